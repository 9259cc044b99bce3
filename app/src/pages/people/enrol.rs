//! `/enrol/{token}`: a person sets password and authenticator by a one-time link. The page does not say whose
//! the link is.

use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::page::{EnrolOnce, NewFactor};
use crate::ui::field::{Field, Input};
use crate::ui::problems::Problems;
use crate::ui::qr;
use domain::staff_change::ChangeKind;
use leptos::prelude::*;

/// The secret, then the form.
pub fn view(once: &EnrolOnce, context: &PageContext) -> AnyView {
    let (lang, form) = (context.lang, &context.form);
    let hint = || text!(lang, enrol.password_hint);
    let (lead, password, hint) = match once.change {
        ChangeKind::ResetPassword => (text!(lang, enrol.lead_password), text!(lang, enrol.password), hint()),
        ChangeKind::ResetFactor => (text!(lang, enrol.lead_reset), text!(lang, enrol.current), String::new()),
        // No other kind gives a link.
        ChangeKind::Invite | ChangeKind::Reinstate | ChangeKind::Move => {
            (text!(lang, enrol.lead), text!(lang, enrol.password), hint())
        }
    };
    let code = match once.factor {
        Some(_) => text!(lang, enrol.code),
        None => text!(lang, enrol.code_password),
    };
    let labels = vec![
        ("staff_no".to_owned(), text!(lang, enrol.staff_no)),
        ("password".to_owned(), password.clone()),
        ("code".to_owned(), code.clone()),
    ];
    view! {
        <Problems lang form=form.clone() labels request=context.request/>
        <h1>{text!(lang, enrol.title)}</h1>
        <p class="lead">{lead}</p>
        {once.factor.as_ref().map(|factor| new_factor(factor, lang))}
        <form class="narrow" method="post" action=once.address() autocomplete="off">
            {once.factor.as_ref().map(|new| view! { <input type="hidden" name="factor" value=new.sealed.clone()/> })}
            <Field lang name="staff_no" label=text!(lang, enrol.staff_no) form=form.clone()/>
            <Field lang name="password" label=password hint=hint form=form.clone() input=Input::Password/>
            <Field lang name="code" label=code form=form.clone() input=Input::Code/>
            <div class="actions"><button type="submit" class="primary">{text!(lang, enrol.submit)}</button></div>
            <p class="fine">{text!(lang, enrol.done)}</p>
        </form>
    }
    .into_any()
}

/// The new secret in the three ways that authenticators take one.
fn new_factor(factor: &NewFactor, lang: Lang) -> AnyView {
    let uri = factor.uri.to_string();
    view! {
        <h2>{text!(lang, enrol.secret)}</h2>
        <p>{text!(lang, enrol.secret_lead)}</p>
        {qr::view(&factor.uri, text!(lang, enrol.qr))}
        <p><code class="secret">{grouped(&factor.secret)}</code></p>
        <p>{text!(lang, enrol.uri)} ": " <a class="secret" href=uri.clone()>{uri.clone()}</a></p>
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
