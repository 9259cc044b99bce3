//! Proposals: what waits for a second person, and what was decided.

use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::ui::problems::Problems;
use crate::ui::time::Time;
use crate::words;
use domain::desk::{Desk, DeskError, ProposalView};
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    proposals: Vec<ProposalView>,
}

/// Those of the last month; the desk refuses those who are no administrator, and records that they asked.
pub async fn load(desk: &dyn Desk) -> Result<Shows, DeskError> {
    Ok(Shows { proposals: desk.proposals().await? })
}

/// A table, each row leading to its proposal.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let none = shows.proposals.is_empty().then(|| view! { <p class="empty">{text!(lang, people.no_proposals)}</p> });
    view! {
        <Problems lang form=context.form.clone() labels=Vec::new() request=context.request/>
        <h1>{text!(lang, people.proposals)}</h1>
        <p class="lead">{text!(lang, people.proposals_lead)}</p>
        {none}
        <table class="sessions">
            <thead>
                <tr>
                    <th scope="col">{text!(lang, people.whom)}</th>
                    <th scope="col">{text!(lang, people.what)}</th>
                    <th scope="col">{text!(lang, people.by)}</th>
                    <th scope="col">{text!(lang, people.at)}</th>
                    <th scope="col">{text!(lang, people.stands)}</th>
                    <th scope="col">{text!(lang, people.look)}</th>
                </tr>
            </thead>
            <tbody>{shows.proposals.iter().map(|one| row(one, lang)).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(one: &ProposalView, lang: Lang) -> AnyView {
    let address = format!("/admin/proposals/{}", one.proposal_id);
    let name = text!(lang, people.look_at, no = one.staff_no);
    view! {
        <tr>
            <th scope="row">{one.name.clone()} " " {one.staff_no.to_string()}</th>
            <td>{words::people::change(lang, one.change)}</td>
            <td>{one.proposed_by.to_string()}</td>
            <td><Time at=one.proposed/></td>
            <td>{words::people::proposal(lang, one.state)}</td>
            <td><a href=address aria-label=name>{text!(lang, people.look)}</a></td>
        </tr>
    }
    .into_any()
}
