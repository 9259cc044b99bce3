//! What the page knows of its session's end: seconds, and a notice that stays closed until it is near. Without a
//! script nothing opens it, and the end is told by the sign-in page instead.

use crate::lang::{Lang, text};
use domain::desk::SessionLeft;
use leptos::prelude::*;

/// A closed dialog with its words, and when to open it.
pub fn view(left: SessionLeft, lang: Lang) -> AnyView {
    view! {
        <dialog
            class="idle"
            aria-labelledby="idle-title"
            data-idle-seconds=left.idle_seconds.to_string()
            data-absolute-seconds=left.absolute_seconds.to_string()
            data-notice-seconds=left.notice_seconds.to_string()
        >
            <h2 id="idle-title">{text!(lang, idle.title)}</h2>
            <p data-when="idle">{text!(lang, idle.idle)}</p>
            <p data-when="absolute">{text!(lang, idle.age)}</p>
            <p>{text!(lang, idle.left)} " " <span data-left></span></p>
            <button type="button" class="primary" data-stay>{text!(lang, idle.stay)}</button>
        </dialog>
    }
    .into_any()
}
