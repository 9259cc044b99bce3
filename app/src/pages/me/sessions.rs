//! One's own sessions: the live one, and how earlier ones ended.

use crate::lang::{Lang, text};
use crate::ui::time::{Time, local};
use domain::desk::{EndedBy, OwnSession};
use leptos::prelude::*;

/// So many are shown; the endpoint gives all of the last month.
const SHOWN: usize = 10;

/// A table with a button for what is live.
pub fn view(sessions: &[OwnSession], lang: Lang) -> AnyView {
    view! {
        <section aria-labelledby="sessions">
            <h2 id="sessions">{text!(lang, sessions.mine)}</h2>
            <p class="lead">{text!(lang, sessions.lead)}</p>
            <table class="sessions">
                <thead>
                    <tr>
                        <th scope="col">{text!(lang, sessions.began)}</th>
                        <th scope="col">{text!(lang, sessions.seen)}</th>
                        <th scope="col">{text!(lang, sessions.address)}</th>
                        <th scope="col">{text!(lang, sessions.browser)}</th>
                        <th scope="col">{text!(lang, sessions.state)}</th>
                    </tr>
                </thead>
                <tbody>{sessions.iter().take(SHOWN).map(|session| row(session, lang)).collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn row(session: &OwnSession, lang: Lang) -> AnyView {
    let address = session.address.map_or_else(|| text!(lang, sessions.unknown), |address| address.to_string());
    let browser = if session.same_browser { text!(lang, sessions.same) } else { text!(lang, sessions.other) };
    view! {
        <tr>
            <td><Time at=session.started/></td>
            <td><Time at=session.seen/></td>
            <td>{address}</td>
            <td>{browser}</td>
            <td>{state(session, lang)}</td>
        </tr>
    }
    .into_any()
}

fn state(session: &OwnSession, lang: Lang) -> AnyView {
    let Some(end) = session.end else { return live(session, lang) };
    let words = match end.ended_by {
        EndedBy::SignOut => text!(lang, sessions.sign_out),
        EndedBy::SignIn => text!(lang, sessions.sign_in),
        EndedBy::Admin => text!(lang, sessions.admin),
        EndedBy::Idle => text!(lang, sessions.idle),
        EndedBy::Age => text!(lang, sessions.age),
    };
    view! { {words} " " <Time at=end.ended/> }.into_any()
}

fn live(session: &OwnSession, lang: Lang) -> AnyView {
    let name = text!(lang, sessions.end_this, at = local(session.started));
    let words = if session.current { text!(lang, sessions.this) } else { text!(lang, sessions.live) };
    view! {
        <form method="post" action="/me/sessions/end">
            <span>{words}</span>
            <input type="hidden" name="session_id" value=session.session_id.to_string()/>
            <button type="submit" aria-label=name>{text!(lang, sessions.end)}</button>
        </form>
    }
    .into_any()
}
