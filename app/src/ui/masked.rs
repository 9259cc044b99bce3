//! The one component that prints something of a customer.

use domain::mask::Masked;
use leptos::prelude::*;

/// A mask. It takes nothing else, so a page cannot print a value by mistake. A `bdi`: what shows of a name
/// written from right to left turns nothing around it.
#[component]
pub fn MaskedValue(mask: Masked) -> impl IntoView {
    view! { <bdi class="mask" translate="no">{mask.as_str().to_owned()}</bdi> }
}
