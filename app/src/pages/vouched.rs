//! Between an identity provider's word and the second factor (U9).

use crate::context::PageContext;
use crate::lang::text;
use crate::page::Page;
use crate::render::to_sign_in;
use leptos::prelude::*;

/// Where it goes on: a `Refresh` header takes browsers there, the link takes everyone else.
pub fn view(context: &PageContext) -> AnyView {
    let lang = context.lang;
    view! {
        <h1>{text!(lang, sso.title)}</h1>
        <p class="lead">{text!(lang, sso.go_on_lead)}</p>
        <p><a class="primary" href=second_factor(&context.form.value("next"))>{text!(lang, sso.go_on)}</a></p>
    }
    .into_any()
}

/// The address of the second factor that leads back to that page.
pub fn second_factor(next: &str) -> String {
    let page = Page::parse(next).unwrap_or(Page::Home);
    to_sign_in(&page).replacen("/sign-in", "/sign-in/verify", 1)
}
