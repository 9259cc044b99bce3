//! `/enrol/{token}`: a person sets password and authenticator by a one-time link. The page does not say whose
//! the link is.

use crate::context::PageContext;
use crate::lang::text;
use crate::page::EnrolOnce;
use crate::ui::field::{Field, Input};
use crate::ui::problems::Problems;
use crate::ui::qr;
use domain::staff_change::ChangeKind;
use leptos::prelude::*;

/// The secret, then the form.
pub fn view(once: &EnrolOnce, context: &PageContext) -> AnyView {
    let (lang, form) = (context.lang, &context.form);
    let new = once.change == ChangeKind::Invite;
    let (lead, password, hint) = if new {
        (text!(lang, enrol.lead), text!(lang, enrol.password), text!(lang, enrol.password_hint))
    } else {
        (text!(lang, enrol.lead_reset), text!(lang, enrol.current), String::new())
    };
    let labels = vec![
        ("staff_no".to_owned(), text!(lang, enrol.staff_no)),
        ("password".to_owned(), password.clone()),
        ("code".to_owned(), text!(lang, enrol.code)),
    ];
    let uri = once.uri.to_string();
    view! {
        <Problems lang form=form.clone() labels request=context.request/>
        <h1>{text!(lang, enrol.title)}</h1>
        <p class="lead">{lead}</p>
        <h2>{text!(lang, enrol.secret)}</h2>
        <p>{text!(lang, enrol.secret_lead)}</p>
        {qr::view(&once.uri, text!(lang, enrol.qr))}
        <p><code class="secret">{grouped(&once.secret)}</code></p>
        <p>{text!(lang, enrol.uri)} ": " <a class="secret" href=uri.clone()>{uri.clone()}</a></p>
        <form class="narrow" method="post" action=once.address() autocomplete="off">
            <Field lang name="staff_no" label=text!(lang, enrol.staff_no) form=form.clone()/>
            <Field lang name="password" label=password hint=hint form=form.clone() input=Input::Password/>
            <Field lang name="code" label=text!(lang, enrol.code) form=form.clone() input=Input::Code/>
            <div class="actions"><button type="submit" class="primary">{text!(lang, enrol.submit)}</button></div>
            <p class="fine">{text!(lang, enrol.done)}</p>
        </form>
    }
    .into_any()
}

/// In fours, to be typed.
fn grouped(secret: &str) -> String {
    let mut grouped = String::with_capacity(secret.len() * 5 / 4);
    for (at, sign) in secret.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            grouped.push(' ');
        }
        grouped.push(sign);
    }
    grouped
}
