//! One's own work.

use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::ui::case::{CloseCase, address_of_search};
use crate::ui::label::in_language;
use crate::ui::problems::Problems;
use crate::ui::time::age;
use crate::ui::told;
use domain::catalogue::Label;
use domain::desk::{CaseView, Desk, DeskError, Told};
use domain::role::Role;
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    role: Role,
    told: Vec<Told>,
    /// Open cases, each with its purpose's name.
    cases: Vec<(CaseView, Option<Label>)>,
}

/// Only operators have cases.
pub async fn load(desk: &dyn Desk) -> Result<Shows, DeskError> {
    let role = desk.staff().role;
    let cases = if role == Role::Operator { desk.cases().await? } else { Vec::new() };
    let named = cases.into_iter().map(|case| {
        let label = desk.purposes().get(&case.purpose).map(|purpose| purpose.label.clone());
        (case, label)
    });
    Ok(Shows { role, told: desk.told().await?, cases: named.collect() })
}

/// By role.
pub fn title(shows: &Shows, lang: Lang) -> String {
    match shows.role {
        Role::Operator => text!(lang, home.title),
        Role::Approver => text!(lang, home.approver_title),
        Role::Supervisor => text!(lang, home.supervisor_title),
        Role::Admin => text!(lang, home.admin_title),
        Role::Auditor => text!(lang, home.auditor_title),
    }
}

/// An operator's open cases and the next step of each; for others what their job is here.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let lead = match shows.role {
        Role::Operator => return operator(shows, context),
        Role::Approver => text!(lang, home.approver),
        Role::Supervisor => text!(lang, home.supervisor),
        Role::Admin => text!(lang, home.admin),
        Role::Auditor => text!(lang, home.auditor),
    };
    view! {
        <Problems lang form=context.form.clone() labels=Vec::new() request=context.request/>
        <h1>{title(shows, lang)}</h1>
        <p class="lead">{lead}</p>
        {(shows.role == Role::Approver).then(|| view! {
            <p class="after"><a href="/approvals">{text!(lang, exports.approvals)}</a></p>
        })}
        {told::view(&shows.told, lang)}
    }
    .into_any()
}

fn operator(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    view! {
        <Problems lang form=context.form.clone() labels=Vec::new() request=context.request/>
        <div class="section-head">
            <h1>{text!(lang, home.title)}</h1>
            <a class="primary" href="/customers">{text!(lang, home.open)}</a>
        </div>
        {told::view(&shows.told, lang)}
        {if shows.cases.is_empty() { lesson(lang) } else { list(shows, context) }}
        <p class="after"><a href="/exports">{text!(lang, home.requests)}</a></p>
    }
    .into_any()
}

/// What there is to do, each with its one next step.
fn list(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let rows = shows.cases.iter().map(|(case, label)| {
        let purpose = label.as_ref().map(|label| in_language(label, lang).to_owned());
        let (address, next, state, style) = match case.customer {
            Some(customer) => (
                format!("/customers/{customer}?case={}", case.id),
                text!(lang, home.card),
                text!(lang, home.bound),
                "chip",
            ),
            None => (address_of_search(case.id), text!(lang, home.find), text!(lang, home.unbound), "chip waiting"),
        };
        view! {
            <tr>
                <th scope="row"><code class="ticket">{case.ticket.clone()}</code></th>
                <td>{purpose}</td>
                <td><span class=style>{state}</span></td>
                <td class="age"><time datetime=case.opened.to_string()>{age(case.opened, context.now, lang)}</time></td>
                <td class="next">
                    <a class="button" href=address>{next}<span class="visually-hidden">{format!(" {}", case.ticket)}</span></a>
                    <CloseCase lang case=case.clone()/>
                </td>
            </tr>
        }
    });
    view! {
        <section class="cases" aria-labelledby="cases">
            <div class="list-head">
                <h2 id="cases">{text!(lang, home.cases)}</h2>
                <p class="fine">{text!(lang, home.count, count = shows.cases.len())}</p>
            </div>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{text!(lang, case.ticket)}</th>
                        <th scope="col">{text!(lang, case.purpose)}</th>
                        <th scope="col">{text!(lang, home.head_state)}</th>
                        <th scope="col">{text!(lang, home.head_age)}</th>
                        <th scope="col">{text!(lang, home.head_next)}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
            <p class="fine">{text!(lang, home.limit)}</p>
        </section>
    }
    .into_any()
}

/// Nothing is open: how it goes.
fn lesson(lang: Lang) -> AnyView {
    view! {
        <section class="empty lesson" aria-labelledby="lesson">
            <h2 id="lesson">{text!(lang, home.learn_title)}</h2>
            <p>{text!(lang, home.none)}</p>
            <ol>
                <li>{text!(lang, home.learn_open)}</li>
                <li>{text!(lang, home.learn_find)}</li>
                <li>{text!(lang, home.learn_reveal)}</li>
            </ol>
        </section>
    }
    .into_any()
}
