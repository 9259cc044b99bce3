//! A one-time link, shown once: the answer to the form that takes it, and nothing to come back to.

use crate::context::PageContext;
use crate::lang::text;
use crate::page::LinkOnce;
use crate::ui::time::local;
use leptos::prelude::*;

/// The link, as text to be copied.
pub fn view(link: &LinkOnce, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let address = format!("/admin/proposals/{}", link.proposal);
    view! {
        <h1>{text!(lang, people.link_title)}</h1>
        <p class="lead">{text!(lang, people.link_lead, no = link.staff_no, at = local(link.expires))}</p>
        <p><code class="secret">{link.address.to_string()}</code></p>
        <p><a href=address>{text!(lang, people.back)}</a></p>
    }
    .into_any()
}
