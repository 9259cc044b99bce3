//! No, why not, and what to do.

use crate::context::PageContext;
use crate::lang::text;
use crate::words;
use domain::code::Code;
use leptos::prelude::*;

/// One refusal.
pub fn view(code: Code, retry_after: Option<u32>, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let (way_out, words) = match context.desk {
        Some(_) => ("/", text!(lang, app.back_home)),
        None => ("/sign-in", text!(lang, sign_in.title)),
    };
    view! {
        <h1>{words::heading(lang, code)}</h1>
        <p class="lead">{words::sentence(lang, code)}</p>
        {retry_after.map(|seconds| view! { <p>{words::wait(lang, seconds)}</p> })}
        <p class="request">{text!(lang, app.request)} " " <code>{context.request.to_string()}</code></p>
        <p><a class="primary" href=way_out>{words}</a></p>
    }
    .into_any()
}
