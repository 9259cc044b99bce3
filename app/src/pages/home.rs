//! One's own work.

use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::ui::case::{CaseFacts, CloseCase, address_of_search};
use crate::ui::problems::Problems;
use domain::catalogue::Label;
use domain::desk::{CaseView, Desk, DeskError};
use domain::role::Role;
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    role: Role,
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
    Ok(Shows { role, cases: named.collect() })
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
    }
    .into_any()
}

fn operator(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let none = shows.cases.is_empty();
    let cases = shows.cases.iter().map(|(case, label)| {
        let next = match case.customer {
            Some(customer) => (format!("/customers/{customer}?case={}", case.id), text!(lang, home.card)),
            None => (address_of_search(case.id), text!(lang, home.find)),
        };
        let state = if case.customer.is_some() { text!(lang, home.bound) } else { text!(lang, home.unbound) };
        view! {
            <li class="case">
                <CaseFacts lang case=case.clone() label=label.clone()/>
                <p class="state">{state}</p>
                <p class="next"><a class="primary" href=next.0>{next.1}</a></p>
                <CloseCase lang case=case.clone()/>
            </li>
        }
    });
    view! {
        <Problems lang form=context.form.clone() labels=Vec::new() request=context.request/>
        <h1>{text!(lang, home.title)}</h1>
        <section aria-labelledby="cases">
            <div class="section-head">
                <h2 id="cases">{text!(lang, home.cases)}</h2>
                <a class="primary" href="/customers">{text!(lang, home.open)}</a>
            </div>
            {none.then(|| view! { <p class="empty">{text!(lang, home.none)}</p> })}
            <ul class="cases">{cases.collect_view()}</ul>
            <p class="fine">{text!(lang, home.limit)}</p>
        </section>
    }
    .into_any()
}
