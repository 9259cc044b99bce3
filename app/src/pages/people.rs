//! Staff administration: who there is, and inviting somebody. Administrators see no customer, masked or not.

pub mod enrol;
pub mod link;
pub mod person;
pub mod proposal;
pub mod proposals;
pub mod recertify;

use crate::context::{FormState, PageContext};
use crate::lang::{Lang, text};
use crate::ui::field::{Choice, Field};
use crate::ui::problems::Problems;
use crate::ui::time::Time;
use crate::words;
use domain::desk::{Desk, DeskError, StaffEntry};
use domain::role::Role;
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    staff: Vec<StaffEntry>,
}

/// Everyone; the desk refuses those who are no administrator, and records that they asked.
pub async fn load(desk: &dyn Desk) -> Result<Shows, DeskError> {
    Ok(Shows { staff: desk.staff_list().await? })
}

/// A table, and the form that proposes an invitation.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let (lang, form) = (context.lang, &context.form);
    view! {
        <Problems lang form=form.clone() labels=labels(lang) request=context.request/>
        <h1>{text!(lang, people.title)}</h1>
        <p class="lead">{text!(lang, people.lead)}</p>
        <table class="sessions">
            <thead>
                <tr>
                    <th scope="col">{text!(lang, people.no)}</th>
                    <th scope="col">{text!(lang, people.name)}</th>
                    <th scope="col">{text!(lang, people.role)}</th>
                    <th scope="col">{text!(lang, people.unit)}</th>
                    <th scope="col">{text!(lang, people.state)}</th>
                    <th scope="col">{text!(lang, people.seen)}</th>
                    <th scope="col">{text!(lang, people.certified_until)}</th>
                </tr>
            </thead>
            <tbody>{shows.staff.iter().map(|entry| row(entry, lang)).collect_view()}</tbody>
        </table>
        {invite(lang, form)}
    }
    .into_any()
}

fn row(entry: &StaffEntry, lang: Lang) -> AnyView {
    let no = entry.staff_no.to_string();
    view! {
        <tr>
            <th scope="row"><a href=format!("/admin/staff/{no}")>{no.clone()}</a></th>
            <td>{entry.name.clone()}</td>
            <td>{words::role(lang, entry.role)}</td>
            <td>{entry.unit.to_string()}</td>
            <td>{words::people::state(lang, entry.state)}</td>
            <td>{seen(entry, lang)}</td>
            <td><Time at=entry.certified_until/></td>
        </tr>
    }
    .into_any()
}

fn seen(entry: &StaffEntry, lang: Lang) -> AnyView {
    match entry.seen {
        Some(at) => view! { <Time at/> }.into_any(),
        None => text!(lang, people.never).into_any(),
    }
}

fn labels(lang: Lang) -> Vec<(String, String)> {
    [
        ("staff_no", text!(lang, people.no)),
        ("person", text!(lang, people.person)),
        ("name", text!(lang, people.name)),
        ("role", text!(lang, people.role)),
        ("unit", text!(lang, people.unit)),
    ]
    .into_iter()
    .map(|(name, label)| (name.to_owned(), label))
    .collect()
}

/// The five jobs, to choose from.
fn roles(lang: Lang) -> Vec<(String, String)> {
    Role::ALL.into_iter().map(|role| (role.as_str().to_owned(), words::role(lang, role))).collect()
}

fn invite(lang: Lang, form: &FormState) -> AnyView {
    view! {
        <section aria-labelledby="invite">
            <h2 id="invite">{text!(lang, people.invite)}</h2>
            <p class="lead">{text!(lang, people.invite_lead)}</p>
            <form class="narrow" method="post" action="/admin/staff/propose" autocomplete="off">
                <input type="hidden" name="change" value="invite"/>
                <Field lang name="person" label=text!(lang, people.person) form=form.clone()/>
                <Field lang name="name" label=text!(lang, people.name) form=form.clone()/>
                <Field lang name="staff_no" label=text!(lang, people.no) form=form.clone()/>
                <Choice
                    lang
                    name="role"
                    label=text!(lang, people.role)
                    form=form.clone()
                    none=text!(lang, people.choose)
                    options=roles(lang)
                />
                <Field lang name="unit" label=text!(lang, people.unit) form=form.clone()/>
                <div class="actions"><button type="submit" class="primary">{text!(lang, people.propose)}</button></div>
            </form>
        </section>
    }
    .into_any()
}
