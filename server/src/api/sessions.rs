//! Sessions: how long one's own goes on, which there were, and ending them (U5).

use crate::answer;
use crate::asked::Asked;
use axum::response::Response;
use domain::desk::{DeskError, LiveSession, OwnSession, Seen};
use domain::id::{Lineage, StaffNo};
use serde::Serialize;

#[derive(Serialize)]
struct Own {
    sessions: Vec<OwnSession>,
}

#[derive(Serialize)]
struct Live {
    sessions: Vec<LiveSession>,
}

/// `/api/session/status`: asked without making the session last, see [`crate::asked`].
pub async fn status(asked: Asked) -> Response {
    left(asked).await
}

/// `/api/session/stay`: asked with the wish that it last.
pub async fn stay(asked: Asked) -> Response {
    left(asked).await
}

async fn left(Asked { desk, caller, mut form }: Asked) -> Response {
    let faults = form.faults();
    if faults.is_empty() {
        return answer::json(&desk.session());
    }
    caller.refuse(Seen::default(), DeskError::Invalid(faults)).await
}

/// `/api/session/list`
pub async fn list(Asked { desk, caller, mut form }: Asked) -> Response {
    let faults = form.faults();
    if !faults.is_empty() {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    }
    match desk.own_sessions().await {
        Ok(sessions) => answer::json(&Own { sessions }),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/session/end`
pub async fn end(Asked { desk, caller, mut form }: Asked) -> Response {
    let session = form.parsed("session_id", Lineage::parse);
    let faults = form.faults();
    let Some(session) = session.filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    match desk.end_own_session(session).await {
        Ok(()) => answer::json(&serde_json::json!({})),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/admin/sessions/list`
pub async fn list_live(Asked { desk, caller, mut form }: Asked) -> Response {
    let faults = form.faults();
    if !faults.is_empty() {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    }
    match desk.live_sessions().await {
        Ok(sessions) => answer::json(&Live { sessions }),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/admin/sessions/end`
pub async fn end_anyones(Asked { desk, caller, mut form }: Asked) -> Response {
    let staff_no = form.parsed("staff_no", StaffNo::parse);
    let faults = form.faults();
    let Some(staff_no) = staff_no.filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    match desk.end_sessions_of(staff_no).await {
        Ok(()) => answer::json(&serde_json::json!({})),
        Err(error) => caller.refused(&error),
    }
}
