//! The plain form behind *wrong person* (Q1).

use super::{again, go_to};
use crate::asked::Sent;
use app::page::Page;
use axum::response::Response;
use domain::desk::{DeskError, Seen};
use domain::id::CaseId;
use std::collections::BTreeMap;

/// `POST /cases/wrong-person`: goes on to search again, in the case that takes the other's place.
pub async fn post_wrong_person(Sent { caller, mut form, headers }: Sent) -> Response {
    let case = form.parsed("case_id", CaseId::parse);
    let faults = form.faults();
    let desk = match &caller.desk {
        Ok(desk) => desk.clone(),
        Err(_) => return go_to("/sign-in"),
    };
    let reopened = match case.filter(|_| faults.is_empty()) {
        Some(case) => desk.wrong_person(case).await,
        None => Err(desk.refused(Seen { case, ..Seen::default() }, DeskError::Invalid(faults)).await),
    };
    match reopened {
        Ok(case) => go_to(&format!("/customers?case={case}")),
        Err(error) => again(Page::Refusal(error.code()), caller, &headers, BTreeMap::new(), error).await,
    }
}
