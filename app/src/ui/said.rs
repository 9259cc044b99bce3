//! What the browser's half may have to say, printed by name: it has no words of its own.

use crate::lang::{Lang, text};
use crate::words;
use domain::code::{Code, Fault};
use leptos::prelude::*;

/// Every sentence for a refusal, and what a verb says meanwhile.
#[component]
pub fn Said(lang: Lang) -> impl IntoView {
    let codes = Code::ALL.iter().map(|code| (format!("code.{}", code.as_str()), words::sentence(lang, *code)));
    let faults = words::FAULTS.iter().map(|code| (format!("fault.{code}"), words::fault(lang, &Fault::new("", code))));
    let rest = [
        ("unreachable", text!(lang, reveal.unreachable)),
        ("about", text!(lang, fault.about)),
        ("blocked", text!(lang, reveal.blocked)),
        ("copied", text!(lang, reveal.copied)),
        ("copy_failed", text!(lang, reveal.copy_failed)),
        ("more_said", text!(lang, reveal.more_said)),
        ("wait_seconds", text!(lang, reveal.wait)),
        ("wait_minutes", text!(lang, budget.wait_minutes)),
        ("wait_hours", text!(lang, budget.wait_hours)),
        ("passkey_unsupported", text!(lang, passkey.unsupported)),
        ("passkey_dismissed", text!(lang, passkey.dismissed)),
        ("passkey_already", text!(lang, passkey.already)),
        ("passkey_bad_name", text!(lang, passkey.bad_name)),
        ("passkey_unreachable", text!(lang, passkey.unreachable)),
    ];
    let rest = rest.into_iter().map(|(name, words)| (name.to_owned(), words));
    let all = codes.chain(faults).chain(rest).map(|(name, words)| view! { <p data-name=name>{words}</p> });
    view! { <template id="words">{all.collect_view()}</template> }
}

/// A button that says when it is at work. `act` is what the browser's half does at a press; without one it
/// sends its form.
#[component]
pub fn BusyButton(
    lang: Lang,
    #[prop(into)] words: String,
    #[prop(optional)] act: Option<&'static str>,
) -> impl IntoView {
    let idle = words.clone();
    view! {
        <button
            r#type=if act.is_some() { "button" } else { "submit" }
            class="primary"
            aria-disabled="false"
            data-do=act
            data-idle=idle
            data-busy=text!(lang, reveal.busy)
        >
            {words}
        </button>
    }
}
