//! Opening, closing and correcting cases.

use crate::answer;
use crate::asked::Asked;
use axum::response::Response;
use domain::desk::{DeskError, OpenCase, Seen};
use domain::id::CaseId;
use serde::Serialize;

#[derive(Serialize)]
struct Opened {
    case_id: CaseId,
}

/// `/api/cases/open`
pub async fn open(Asked { desk, caller, mut form }: Asked) -> Response {
    let asked = OpenCase {
        purpose: form.text("purpose"),
        ticket: form.text("ticket"),
        identified: form.text("identified"),
        note: form.text("note"),
    };
    let faults = form.faults();
    if !faults.is_empty() {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    }
    match desk.open_case(asked).await {
        Ok(case_id) => answer::json(&Opened { case_id }),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/cases/close`
pub async fn close(Asked { desk, caller, mut form }: Asked) -> Response {
    let case = form.parsed("case_id", CaseId::parse);
    let faults = form.faults();
    let Some(case) = case.filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen { case, ..Seen::default() }, DeskError::Invalid(faults)).await;
    };
    match desk.close_case(case).await {
        Ok(()) => answer::json(&serde_json::json!({})),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/cases/wrong_person`
pub async fn wrong_person(Asked { desk, caller, mut form }: Asked) -> Response {
    let case = form.parsed("case_id", CaseId::parse);
    let faults = form.faults();
    let Some(case) = case.filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen { case, ..Seen::default() }, DeskError::Invalid(faults)).await;
    };
    match desk.wrong_person(case).await {
        Ok(case_id) => answer::json(&Opened { case_id }),
        Err(error) => caller.refused(&error),
    }
}
