//! The one component that prints something of a customer.

use domain::mask::Masked;
use leptos::prelude::*;

/// A mask. It takes nothing else, so a page cannot print a value by mistake.
#[component]
pub fn MaskedValue(mask: Masked) -> impl IntoView {
    view! { <span class="mask" translate="no">{mask.as_str().to_owned()}</span> }
}
