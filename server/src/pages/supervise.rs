//! The supervisor's pages.

use super::{again, draw, go_to, refused};
use crate::asked::{Caller, Sent};
use crate::filters::{self, PAGE};
use crate::form::Form;
use app::context::FormState;
use app::page::Page;
use axum::extract::{Path, RawQuery};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::code::{Code, Fault};
use domain::desk::{DeskError, Seen};
use std::collections::BTreeMap;

/// `/supervise`
pub async fn overview(caller: Caller, headers: HeaderMap) -> Response {
    draw(Page::Supervise, caller, &headers, FormState::default()).await
}

/// `/supervise/integrity`
pub async fn integrity(caller: Caller, headers: HeaderMap) -> Response {
    draw(Page::Integrity, caller, &headers, FormState::default()).await
}

/// `/supervise/events?…`: filters that do not fit are told at their boxes, and nothing is read.
pub async fn events(caller: Caller, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = query.unwrap_or_default();
    let (asked, values) = match Form::parse(query.as_bytes()) {
        Ok(form) => {
            let mut typed = Form::parse(query.as_bytes()).unwrap_or_default();
            (PAGE.ask(form), typed.rest().into_iter().collect::<BTreeMap<String, String>>())
        }
        Err(_) => (Err(vec![Fault::new("", "malformed")]), BTreeMap::new()),
    };
    match asked {
        Ok(ask) => draw(Page::Events(ask), caller, &headers, FormState::default()).await,
        Err(faults) => {
            // What does not fit is not shown again: someone may have typed a customer's number there.
            let mut values = values;
            values.retain(|name, _| faults.iter().all(|fault| fault.field != *name));
            let error = DeskError::Invalid(faults);
            let error = match &caller.desk {
                Ok(desk) => desk.refused(Seen::default(), error).await,
                Err(_) => error,
            };
            again(Page::Events(filters::everything()), caller, &headers, values, error).await
        }
    }
}

/// `/supervise/events/{seq}`
pub async fn event(caller: Caller, Path(seq): Path<String>, headers: HeaderMap) -> Response {
    match filters::seq(&seq) {
        Ok(seq) => draw(Page::Event(seq), caller, &headers, FormState::default()).await,
        Err(()) => refused(Code::NotFound, caller, &headers).await,
    }
}

/// What a button verifies.
#[derive(Clone, Copy)]
enum Verify {
    Entry(u64),
    Log,
}

impl Verify {
    const fn page(self) -> Page {
        match self {
            Verify::Entry(seq) => Page::Event(seq),
            Verify::Log => Page::Integrity,
        }
    }
}

/// `POST /supervise/events/{seq}/verify`
pub async fn post_verify_entry(Path(seq): Path<String>, sent: Sent) -> Response {
    match filters::seq(&seq) {
        Ok(seq) => post(sent, Verify::Entry(seq)).await,
        Err(()) => refused(Code::NotFound, sent.caller, &sent.headers).await,
    }
}

/// `POST /supervise/integrity/verify`
pub async fn post_verify_log(sent: Sent) -> Response {
    post(sent, Verify::Log).await
}

/// A press of a button without boxes: done, then back to the page.
async fn post(Sent { caller, mut form, headers }: Sent, what: Verify) -> Response {
    let desk = match &caller.desk {
        Ok(desk) => desk.clone(),
        Err(_) => return go_to("/sign-in"),
    };
    let faults = form.faults();
    let done = match (faults.is_empty(), what) {
        (true, Verify::Entry(seq)) => desk.verify_entry(seq).await.map(drop),
        (true, Verify::Log) => desk.verify_log().await,
        (false, _) => Err(desk.refused(Seen::default(), DeskError::Invalid(faults)).await),
    };
    match done {
        Ok(()) => go_to(&what.page().path()),
        // The page again would be refused again, and recorded twice.
        Err(error) if matches!(error.code(), Code::NotPermitted | Code::NotFound | Code::SignedOut) => {
            again(Page::Refusal(error.code()), caller, &headers, BTreeMap::new(), error).await
        }
        Err(error) => again(what.page(), caller, &headers, BTreeMap::new(), error).await,
    }
}
