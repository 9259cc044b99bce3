//! Parts of pages for the browser's half to use a passkey with. Without JavaScript they are not seen.

use super::said::{BusyButton, Said};
use crate::lang::{Lang, text};
use leptos::prelude::*;

/// One button above the form for a code, and then the page `next`.
#[component]
pub fn PasskeySignIn(lang: Lang, next: String) -> impl IntoView {
    view! {
        <div class="passkey" data-passkey-sign-in=next>
            {by_passkey(lang)}
        </div>
        {trouble()}
        <Said lang/>
    }
}

/// A button within a plain form that does by a passkey what the form does by its code: `endpoint` is asked for
/// `choice`, a name and a value, and then the page `then` is shown. `{name}` in the endpoint is what the form has under
/// that name. Where `then` is empty the form itself is sent, with the answered challenge: its answer is a file.
#[component]
pub fn PasskeyAct(
    lang: Lang,
    endpoint: &'static str,
    choice: &'static str,
    then: String,
    #[prop(into)] words: String,
    /// Where no code would do.
    #[prop(optional)]
    alone: bool,
) -> impl IntoView {
    view! {
        <div class="passkey" data-passkey-act=endpoint data-choice=choice data-then=then>
            <BusyButton lang words act="passkey"/>
            {(!alone).then(|| view! { <p class="or">{text!(lang, passkey.or_code)}</p> })}
        </div>
    }
}

/// What a page with [`PasskeyAct`] alone has to print besides.
#[component]
pub fn PasskeyWords(lang: Lang) -> impl IntoView {
    view! {
        {trouble()}
        <Said lang/>
    }
}

/// A passkey, or else a code: the strongest first.
pub fn by_passkey(lang: Lang) -> AnyView {
    view! {
        <BusyButton lang words=text!(lang, passkey.apply) act="passkey"/>
        <p class="or">{text!(lang, passkey.or_code)}</p>
    }
    .into_any()
}

/// Adding one: its name, a second factor for just that, the browser's part.
#[component]
pub fn PasskeyEnrolment(lang: Lang, demo: bool) -> impl IntoView {
    view! {
        <div class="passkey" data-passkey-enrol data-demo=demo.to_string()></div>
        <template id="passkey-name-part">{name(lang)}</template>
        <template id="passkey-factor-part">{factor(lang)}</template>
        <template id="passkey-make-part">
            <div class="actions"><BusyButton lang words=text!(lang, passkey.begin) act="make"/></div>
        </template>
        {trouble()}
        <Said lang/>
    }
}

/// Why the last try did not go through; announced when it appears.
fn trouble() -> AnyView {
    view! {
        <template id="passkey-trouble">
            <div class="reveal-problem" role="alert"><p></p></div>
        </template>
    }
    .into_any()
}

fn name(lang: Lang) -> AnyView {
    view! {
        <form class="narrow field" autocomplete="off">
            <label for="passkey-name">{text!(lang, passkey.name)}</label>
            <p class="hint" id="passkey-hint">{text!(lang, passkey.name_hint)}</p>
            <input id="passkey-name" maxlength="40" autocomplete="off" aria-describedby="passkey-hint"/>
            <div class="actions"><BusyButton lang words=text!(lang, passkey.begin)/></div>
        </form>
    }
    .into_any()
}

fn factor(lang: Lang) -> AnyView {
    view! {
        <div>
            <p class="lead" id="passkey-lead">{text!(lang, passkey.confirm_lead)}</p>
            <div class="by-passkey" hidden>{by_passkey(lang)}</div>
            <form class="narrow field" autocomplete="off">
                <p class="demo-code" role="status" data-text=text!(lang, passkey.demo_code) hidden></p>
                <label for="passkey-code">{text!(lang, passkey.code)}</label>
                <input
                    id="passkey-code"
                    class="code"
                    inputmode="numeric"
                    maxlength="6"
                    autocomplete="off"
                    aria-describedby="passkey-lead"
                />
                <div class="actions">
                    <BusyButton lang words=text!(lang, passkey.by_code)/>
                    <button type="button" data-do="cancel">{text!(lang, passkey.cancel)}</button>
                </div>
            </form>
        </div>
    }
    .into_any()
}
