//! Who is signed in, for administrators, and the switch that ends a session (U5).

use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::ui::problems::Problems;
use crate::ui::time::Time;
use crate::words;
use domain::desk::{Desk, DeskError, LiveSession};
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    live: Vec<LiveSession>,
}

/// Everyone's live sessions; the desk refuses those who are no administrator, and records that they asked.
pub async fn load(desk: &dyn Desk) -> Result<Shows, DeskError> {
    Ok(Shows { live: desk.live_sessions().await? })
}

/// A table with a plain form in each row.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let none = shows.live.is_empty().then(|| view! { <p class="empty">{text!(lang, sessions.admin_none)}</p> });
    view! {
        <Problems lang form=context.form.clone() labels=Vec::new() request=context.request/>
        <h1>{text!(lang, sessions.admin_title)}</h1>
        <p class="lead">{text!(lang, sessions.admin_lead)}</p>
        {none}
        <table class="sessions">
            <thead>
                <tr>
                    <th scope="col">{text!(lang, sessions.who)}</th>
                    <th scope="col">{text!(lang, sessions.role)}</th>
                    <th scope="col">{text!(lang, sessions.unit)}</th>
                    <th scope="col">{text!(lang, sessions.began)}</th>
                    <th scope="col">{text!(lang, sessions.seen)}</th>
                    <th scope="col">{text!(lang, sessions.state)}</th>
                </tr>
            </thead>
            <tbody>{shows.live.iter().map(|session| row(session, lang)).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(session: &LiveSession, lang: Lang) -> AnyView {
    let no = session.staff_no.to_string();
    let name = text!(lang, sessions.end_named, name = &session.name, no = &no);
    let words = if session.current { text!(lang, sessions.this) } else { text!(lang, sessions.live) };
    view! {
        <tr>
            <td>{session.name.clone()} " " {no.clone()}</td>
            <td>{words::role(lang, session.role)}</td>
            <td>{session.unit.to_string()}</td>
            <td><Time at=session.started/></td>
            <td><Time at=session.seen/></td>
            <td>
                <form method="post" action="/admin/sessions/end">
                    <span>{words}</span>
                    <input type="hidden" name="staff_no" value=no/>
                    <button type="submit" aria-label=name>{text!(lang, sessions.end)}</button>
                </form>
            </td>
        </tr>
    }
    .into_any()
}
