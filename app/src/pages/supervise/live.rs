//! Room for the live tail: the browser's half puts in what the server tells, newest first.

use crate::lang::{Lang, text};
use crate::line::{self, Line};
use leptos::prelude::*;

/// A button that follows the log under the page's filters. `address` ends with the number after which the
/// tail begins.
#[component]
pub fn LiveTail(lang: Lang, address: String) -> impl IntoView {
    let (start, stop) = (text!(lang, log.live_start), text!(lang, log.live_stop));
    let words = start.clone();
    view! {
        <section class="live" aria-label=text!(lang, log.live) data-tail=address>
            <button type="button" class="live-switch" aria-pressed="false" data-start=start data-stop=stop>
                {words}
            </button>
            <p
                class="fine"
                role="status"
                data-wait=text!(lang, log.live_wait)
                data-ended=text!(lang, log.live_ended)
                data-failed=text!(lang, log.live_failed)
            ></p>
            <table class="log live-lines" hidden>
                <caption class="visually-hidden">{text!(lang, log.live)}</caption>
                {line::head(lang)}
                <tbody></tbody>
            </table>
            <template id="live-line"><table><tbody>{line::row(Line::blank())}</tbody></table></template>
        </section>
    }
}
