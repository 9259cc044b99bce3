//! The other way to sign in, above the form for a password.

use crate::context::{FormState, SsoOffer};
use crate::lang::{Lang, text};
use crate::page::Page;
use crate::render::to_sign_in;
use domain::code::Code;
use leptos::prelude::*;

/// A link and no form: the page's policy lets a form lead to our own addresses only, and browsers hold its
/// redirects to that too.
#[component]
pub fn Sso(lang: Lang, offer: SsoOffer, form: FormState) -> impl IntoView {
    let SsoOffer { name, only, down } = offer;
    let page = Page::parse(&form.value("next")).unwrap_or(Page::Home);
    let address = to_sign_in(&page).replacen("/sign-in", "/sign-in/sso", 1);
    // the sentence above has said so of a try just now
    let down = down && form.code != Some(Code::SsoUnavailable);
    let help = form.code == Some(Code::SignInFailed);
    view! {
        <div class="sso">
            {down.then(|| view! { <p class="notice" role="status">{text!(lang, sso.down)}</p> })}
            {help.then(|| view! { <p class="fine">{text!(lang, sso.help)}</p> })}
            <p><a class="primary" href=address>{text!(lang, sso.sign_in, name = name)}</a></p>
            {(!only).then(|| view! { <p class="or">{text!(lang, sso.or_password)}</p> })}
        </div>
    }
}
