//! One member of staff, and what an administrator may do about them.

use super::{labels, roles, seen};
use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::ui::field::{Choice, Field};
use crate::ui::problems::Problems;
use crate::ui::time::{Time, local};
use crate::words;
use domain::desk::{Desk, DeskError, StaffEntry, StaffState};
use domain::id::StaffNo;
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    entry: StaffEntry,
}

impl Shows {
    /// What the page is called.
    pub fn title(&self, lang: Lang) -> String {
        text!(lang, people.person_title, name = self.entry.name, no = self.entry.staff_no)
    }
}

/// The record; the desk refuses those who are no administrator, and records that they asked.
pub async fn load(desk: &dyn Desk, staff_no: &StaffNo) -> Result<Shows, DeskError> {
    Ok(Shows { entry: desk.staff_entry(staff_no.clone()).await? })
}

/// Facts, then what fits the record's state.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let (lang, entry) = (context.lang, &shows.entry);
    let frozen = entry.reveals_frozen_until.map(|at| {
        view! { <p class="notice">{text!(lang, people.frozen, at = local(at))}</p> }
    });
    let forms = match entry.state {
        StaffState::Suspended | StaffState::Lapsed => vec![at_once(lang, entry, Verb::Reinstate)],
        StaffState::Active => {
            vec![at_once(lang, entry, Verb::Suspend), at_once(lang, entry, Verb::Reset), move_to(shows, context)]
        }
        StaffState::Locked => vec![
            at_once(lang, entry, Verb::Unlock),
            at_once(lang, entry, Verb::Suspend),
            at_once(lang, entry, Verb::Reset),
            move_to(shows, context),
        ],
    };
    view! {
        <Problems lang form=context.form.clone() labels=labels(lang) request=context.request/>
        <h1>{shows.title(lang)}</h1>
        {frozen}
        <dl class="case-facts facts">
            <div><dt>{text!(lang, people.person)}</dt><dd>{entry.person.to_string()}</dd></div>
            <div><dt>{text!(lang, people.role)}</dt><dd>{words::role(lang, entry.role)}</dd></div>
            <div><dt>{text!(lang, people.unit)}</dt><dd>{entry.unit.to_string()}</dd></div>
            <div><dt>{text!(lang, people.state)}</dt><dd>{words::people::state(lang, entry.state)}</dd></div>
            <div><dt>{text!(lang, people.seen)}</dt><dd>{seen(entry, lang)}</dd></div>
            <div><dt>{text!(lang, people.certified_until)}</dt><dd><Time at=entry.certified_until/></dd></div>
        </dl>
        <div class="acts">{forms}</div>
    }
    .into_any()
}

/// What one button does.
#[derive(Clone, Copy)]
enum Verb {
    Suspend,
    Unlock,
    Reinstate,
    Reset,
}

fn at_once(lang: Lang, entry: &StaffEntry, verb: Verb) -> AnyView {
    let (words, lead, action, change) = match verb {
        Verb::Suspend => (text!(lang, people.suspend), text!(lang, people.suspend_lead), "/admin/staff/suspend", None),
        Verb::Unlock => (text!(lang, people.unlock), text!(lang, people.unlock_lead), "/admin/staff/unlock", None),
        Verb::Reinstate => (
            text!(lang, people.reinstate),
            text!(lang, people.reinstate_lead),
            "/admin/staff/propose",
            Some("reinstate"),
        ),
        Verb::Reset => {
            (text!(lang, people.reset), text!(lang, people.reset_lead), "/admin/staff/propose", Some("reset_factor"))
        }
    };
    view! {
        <form class="panel" method="post" action=action>
            <p>{lead}</p>
            {change.map(|change| view! { <input type="hidden" name="change" value=change/> })}
            <input type="hidden" name="staff_no" value=entry.staff_no.to_string()/>
            <div class="actions"><button type="submit">{words}</button></div>
        </form>
    }
    .into_any()
}

fn move_to(shows: &Shows, context: &PageContext) -> AnyView {
    let (lang, entry) = (context.lang, &shows.entry);
    let mut form = context.form.clone();
    form.values.entry("role".into()).or_insert_with(|| entry.role.as_str().into());
    form.values.entry("unit".into()).or_insert_with(|| entry.unit.to_string());
    view! {
        <section class="panel" aria-labelledby="move">
            <h2 id="move">{text!(lang, people.transfer)}</h2>
            <p class="lead">{text!(lang, people.transfer_lead)}</p>
            <form class="narrow" method="post" action="/admin/staff/propose" autocomplete="off">
                <input type="hidden" name="change" value="move"/>
                <input type="hidden" name="staff_no" value=entry.staff_no.to_string()/>
                <Choice
                    lang
                    name="role"
                    label=text!(lang, people.role)
                    form=form.clone()
                    none=text!(lang, people.choose)
                    options=roles(lang)
                />
                <Field lang name="unit" label=text!(lang, people.unit) form=form/>
                <div class="actions"><button type="submit">{text!(lang, people.propose)}</button></div>
            </form>
        </section>
    }
    .into_any()
}
