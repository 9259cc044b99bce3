//! What several of these pages show.

use crate::lang::{Lang, text};
use crate::line::{self, Line};
use domain::audit::event::VerdictName;
use domain::desk::Integrity;
use leptos::prelude::*;

/// Whether the log is known to be whole, in a word, leading to why.
#[component]
pub fn Pill(lang: Lang, integrity: Integrity) -> impl IntoView {
    let unsigned = integrity.checkpoint.as_ref().is_some_and(|checkpoint| checkpoint.signed == Some(false));
    let (class, words) = match &integrity.verified {
        _ if unsigned => ("pill bad", text!(lang, log.pill_bad)),
        Some(last) => match last.verdict {
            VerdictName::NotWhole => ("pill bad", text!(lang, log.pill_bad)),
            VerdictName::Whole => ("pill good", text!(lang, log.pill_whole, size = last.size)),
        },
        None => ("pill", text!(lang, log.pill_none)),
    };
    view! { <a class=class href="/supervise/integrity">{words}</a> }
}

/// Lines under a name that only those hear who do not see the heading above.
pub fn table(lang: Lang, caption: &str, lines: &[Line]) -> AnyView {
    view! {
        <table class="log">
            <caption class="visually-hidden">{caption.to_owned()}</caption>
            {line::head(lang)}
            <tbody>{lines.iter().cloned().map(line::row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}
