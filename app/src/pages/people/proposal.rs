//! One proposal: what it changes, who would gain what, and the form of whoever decides it.

use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::ui::field::{Field, Input};
use crate::ui::passkey::{PasskeyAct, PasskeyWords};
use crate::ui::problems::Problems;
use crate::ui::time::Time;
use crate::words;
use domain::desk::{Desk, DeskError, LinkState, Power, ProposalState, ProposalView};
use domain::id::{BranchNo, ProposalId};
use domain::role::Role;
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    proposal: ProposalView,
    powers: Vec<Power>,
    /// Whether the reader has a passkey that serves.
    passkey: bool,
}

impl Shows {
    /// What the page is called.
    pub fn title(&self, lang: Lang) -> String {
        let what = words::people::change(lang, self.proposal.change);
        format!("{} · {what}", text!(lang, people.person_title, name = self.proposal.name, no = self.proposal.staff_no))
    }
}

/// The proposal; the desk refuses those who are no administrator, and records that they asked.
pub async fn load(desk: &dyn Desk, proposal: ProposalId) -> Result<Shows, DeskError> {
    let (proposal, powers) = desk.proposal(proposal).await?;
    let passkey = desk.passkeys().await?.iter().any(|one| !one.suspended);
    Ok(Shows { proposal, powers, passkey })
}

/// Facts, gains, and what the reader may do.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let (lang, one) = (context.lang, &shows.proposal);
    let labels = vec![("note".to_owned(), text!(lang, people.note)), ("code".to_owned(), text!(lang, people.code))];
    let before = match (one.role_before, &one.unit_before) {
        (Some(role), Some(unit)) => place(lang, role, unit),
        _ => "–".to_owned(),
    };
    let decision = one.decision.as_ref().map(|made| {
        view! {
            <div><dt>{text!(lang, people.decided_by)}</dt><dd>{made.by.to_string()} " " <Time at=made.at/></dd></div>
            <div><dt>{text!(lang, people.note)}</dt><dd>{made.note.clone()}</dd></div>
        }
    });
    view! {
        <Problems lang form=context.form.clone() labels request=context.request/>
        <h1>{shows.title(lang)}</h1>
        <dl class="case-facts facts">
            <div><dt>{text!(lang, people.person)}</dt><dd>{one.person.to_string()}</dd></div>
            <div><dt>{text!(lang, people.before)}</dt><dd>{before}</dd></div>
            <div><dt>{text!(lang, people.after)}</dt><dd>{place(lang, one.role, &one.unit)}</dd></div>
            <div><dt>{text!(lang, people.by)}</dt><dd>{one.proposed_by.to_string()} " " <Time at=one.proposed/></dd></div>
            <div><dt>{text!(lang, people.until)}</dt><dd><Time at=one.expires/></dd></div>
            <div><dt>{text!(lang, people.stands)}</dt><dd>{words::people::proposal(lang, one.state)}</dd></div>
            {decision}
        </dl>
        {gains(&shows.powers, lang)}
        {next(one, shows.passkey, context)}
    }
    .into_any()
}

fn place(lang: Lang, role: Role, unit: &BranchNo) -> String {
    format!("{} · {unit}", words::role(lang, role))
}

fn gains(powers: &[Power], lang: Lang) -> AnyView {
    let none = powers.is_empty().then(|| view! { <p class="empty">{text!(lang, people.nothing)}</p> });
    let rows = powers.iter().map(|power| {
        let yes_or_no = |yes| if yes { text!(lang, people.yes) } else { text!(lang, people.dash) };
        let change = match (power.before, power.after) {
            (false, _) => text!(lang, people.gained),
            (true, false) => text!(lang, people.lost),
            (true, true) => text!(lang, people.kept),
        };
        let unit = power.unit.as_ref().map_or_else(|| text!(lang, people.anywhere), ToString::to_string);
        view! {
            <tr>
                <th scope="row">{words::people::verb(lang, power.verb)}</th>
                <td>{unit}</td>
                <td>{yes_or_no(power.before)}</td>
                <td>{yes_or_no(power.after)}</td>
                <td><strong>{change}</strong></td>
            </tr>
        }
    });
    view! {
        <section aria-labelledby="gains">
            <h2 id="gains">{text!(lang, people.gains)}</h2>
            <p class="lead">{text!(lang, people.gains_lead)}</p>
            {none}
            <table class="sessions">
                <thead>
                    <tr>
                        <th scope="col">{text!(lang, people.may)}</th>
                        <th scope="col">{text!(lang, people.where_)}</th>
                        <th scope="col">{text!(lang, people.before)}</th>
                        <th scope="col">{text!(lang, people.after)}</th>
                        <th scope="col">{text!(lang, people.what)}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}

/// What the reader may do now: decide another's, take the link of their own, or nothing.
fn next(one: &ProposalView, passkey: bool, context: &PageContext) -> AnyView {
    let lang = context.lang;
    match (one.state, one.link) {
        (ProposalState::Waiting, _) if one.own => view! { <p class="notice">{text!(lang, people.own)}</p> }.into_any(),
        (ProposalState::Waiting, _) if one.about_me => {
            view! { <p class="notice">{text!(lang, people.about_me)}</p> }.into_any()
        }
        (ProposalState::Waiting, _) => decide(one, passkey, context),
        (ProposalState::Confirmed, Some(LinkState::Waiting)) if one.own => view! {
            <form method="post" action="/admin/proposals/link">
                <input type="hidden" name="proposal_id" value=one.proposal_id.to_string()/>
                <div class="actions"><button type="submit" class="primary">{text!(lang, people.show_link)}</button></div>
            </form>
        }
        .into_any(),
        (_, Some(link)) => view! { <p class="notice">{words::people::link(lang, link)}</p> }.into_any(),
        (_, None) => ().into_any(),
    }
}

fn decide(one: &ProposalView, passkey: bool, context: &PageContext) -> AnyView {
    let (lang, form) = (context.lang, &context.form);
    let by_passkey = passkey.then(|| {
        view! {
            <PasskeyAct
                lang
                endpoint="/api/admin/proposals/decide"
                choice="decision=confirm"
                then=format!("/admin/proposals/{}", one.proposal_id)
                words=text!(lang, people.confirm_by_passkey)
            />
            <PasskeyWords lang/>
        }
    });
    view! {
        <section aria-labelledby="decide">
            <h2 id="decide">{text!(lang, people.decide)}</h2>
            <p class="lead">{text!(lang, people.decide_lead)}</p>
            <form class="narrow" method="post" action="/admin/proposals/decide" autocomplete="off">
                <input type="hidden" name="proposal_id" value=one.proposal_id.to_string()/>
                <Field lang name="note" label=text!(lang, people.note) form=form.clone()/>
                {by_passkey}
                <Field
                    lang
                    name="code"
                    label=text!(lang, people.code)
                    form=form.clone()
                    input=Input::Code
                    required=false
                />
                <div class="actions">
                    <button type="submit" name="decision" value="reject">{text!(lang, people.reject)}</button>
                    <button type="submit" class="primary" name="decision" value="confirm">{text!(lang, people.confirm)}</button>
                </div>
            </form>
        </section>
    }
    .into_any()
}
