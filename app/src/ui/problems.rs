//! What is wrong with a form, above its heading, each line leading to its field.

use super::field::id_of;
use crate::context::FormState;
use crate::lang::{Lang, text};
use crate::words;
use domain::id::RequestId;
use leptos::prelude::*;

/// Nothing, unless the form was refused. Focused when the page opens, with or without JavaScript.
#[component]
pub fn Problems(lang: Lang, form: FormState, labels: Vec<(String, String)>, request: RequestId) -> impl IntoView {
    let refused = form.refused();
    let summary = move || {
        let code = form.code.map(|code| view! { <p>{words::sentence(lang, code)}</p> });
        let wait = form.retry_after.map(|seconds| view! { <p>{words::wait(lang, seconds)}</p> });
        let faults = form.faults.iter().map(|fault| match labels.iter().find(|(name, _)| *name == fault.field) {
            Some((name, label)) => {
                let address = format!("#{}", id_of(name));
                view! { <li><a href=address>{words::fault_about(lang, label, fault)}</a></li> }.into_any()
            }
            None => view! { <li>{words::fault(lang, fault)}</li> }.into_any(),
        });
        view! {
            <div class="problems" role="alert" aria-labelledby="problems" tabindex="-1" autofocus>
                <h2 id="problems">{text!(lang, app.problems)}</h2>
                {code}
                {wait}
                <ul>{faults.collect_view()}</ul>
                <p class="request">{text!(lang, app.request)} " " <code>{request.to_string()}</code></p>
            </div>
        }
    };
    refused.then(summary)
}
