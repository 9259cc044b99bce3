//! Where signing in leads back to, through both of its forms.

use crate::context::FormState;
use leptos::prelude::*;

/// The address, where there is one; the server has parsed it as one of our pages, and does so again.
#[component]
pub fn NextPage(form: FormState) -> impl IntoView {
    let next = form.value("next");
    (!next.is_empty()).then(|| view! { <input type="hidden" name="next" value=next/> })
}
