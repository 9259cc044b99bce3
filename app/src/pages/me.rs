//! How one signs in: passkeys, password and sessions of one's own.

mod password;
mod sessions;

use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::ui::passkey::PasskeyEnrolment;
use crate::ui::problems::Problems;
use crate::ui::time::Time;
use domain::clock::Timestamp;
use domain::desk::{Desk, DeskError, OwnSession, PasskeyView};
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    passkeys: Vec<PasskeyView>,
    sessions: Vec<OwnSession>,
    password_set: Option<Timestamp>,
}

/// This person's, whatever their role.
pub async fn load(desk: &dyn Desk) -> Result<Shows, DeskError> {
    Ok(Shows {
        passkeys: desk.passkeys().await?,
        sessions: desk.own_sessions().await?,
        password_set: desk.password_set().await?,
    })
}

/// Each list with a button to revoke or end one, by plain forms; adding a passkey is the browser's.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let none = shows.passkeys.is_empty().then(|| view! { <p class="empty">{text!(lang, passkey.none)}</p> });
    let demo = context.demo.is_some();
    view! {
        <Problems lang form=context.form.clone() labels=password::labels(lang) request=context.request/>
        <h1>{text!(lang, me.title)}</h1>
        <section aria-labelledby="mine">
            <h2 id="mine">{text!(lang, passkey.title)}</h2>
            <p class="lead">{text!(lang, passkey.lead)}</p>
            {none}
            <ul class="passkeys">{shows.passkeys.iter().map(|passkey| row(passkey, lang)).collect_view()}</ul>
        </section>
        <section aria-labelledby="add">
            <h2 id="add">{text!(lang, passkey.add)}</h2>
            <noscript><p class="notice">{text!(lang, passkey.needs_script)}</p></noscript>
            <PasskeyEnrolment lang demo/>
        </section>
        {password::view(shows, context)}
        {sessions::view(&shows.sessions, lang)}
    }
    .into_any()
}

fn row(passkey: &PasskeyView, lang: Lang) -> AnyView {
    let name = text!(lang, passkey.revoke_named, name = &passkey.name);
    let used = match passkey.used {
        Some(at) => view! { <Time at/> }.into_any(),
        None => text!(lang, passkey.unused).into_any(),
    };
    let suspended = passkey.suspended.then(|| view! { <p class="fault">{text!(lang, passkey.suspended)}</p> });
    view! {
        <li>
            <h3>{passkey.name.clone()}</h3>
            <dl>
                <div><dt>{text!(lang, passkey.enrolled)}</dt><dd><Time at=passkey.enrolled/></dd></div>
                <div><dt>{text!(lang, passkey.used)}</dt><dd>{used}</dd></div>
            </dl>
            {suspended}
            <form method="post" action="/me/passkeys/revoke">
                <input type="hidden" name="passkey_id" value=passkey.passkey_id.to_string()/>
                <button type="submit" aria-label=name>{text!(lang, passkey.revoke)}</button>
            </form>
        </li>
    }
    .into_any()
}
