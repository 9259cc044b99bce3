//! Sessions by plain forms: ending one's own, and, for administrators, anyone's.

use super::{again, draw, go_to};
use crate::asked::{Caller, Sent};
use app::context::FormState;
use app::page::Page;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::desk::{DeskError, Seen};
use domain::id::{Lineage, StaffNo};
use std::collections::BTreeMap;

/// `/admin/sessions`
pub async fn admin_sessions(caller: Caller, headers: HeaderMap) -> Response {
    draw(Page::AdminSessions, caller, &headers, FormState::default()).await
}

/// `POST /me/sessions/end`
pub async fn post_end_own(Sent { caller, mut form, headers }: Sent) -> Response {
    let session = form.parsed("session_id", Lineage::parse);
    let faults = form.faults();
    let desk = match &caller.desk {
        Ok(desk) => desk.clone(),
        Err(_) => return go_to("/sign-in"),
    };
    let ended = match session.filter(|_| faults.is_empty()) {
        Some(session) => desk.end_own_session(session).await,
        None => Err(desk.refused(Seen::default(), DeskError::Invalid(faults)).await),
    };
    match ended {
        Ok(()) => go_to("/me"),
        Err(error) => again(Page::Me, caller, &headers, BTreeMap::new(), error).await,
    }
}

/// `POST /admin/sessions/end`
pub async fn post_end_anyones(Sent { caller, mut form, headers }: Sent) -> Response {
    let staff_no = form.parsed("staff_no", StaffNo::parse);
    let faults = form.faults();
    let desk = match &caller.desk {
        Ok(desk) => desk.clone(),
        Err(_) => return go_to("/sign-in"),
    };
    let ended = match staff_no.filter(|_| faults.is_empty()) {
        Some(staff_no) => desk.end_sessions_of(staff_no).await,
        None => Err(desk.refused(Seen::default(), DeskError::Invalid(faults)).await),
    };
    match ended {
        Ok(()) => go_to("/admin/sessions"),
        // Whoever may not see the page is told so, and that they tried is recorded once.
        Err(error) if error.code() == domain::code::Code::NotPermitted => {
            draw(Page::Refusal(error.code()), caller, &headers, FormState::default()).await
        }
        Err(error) => again(Page::AdminSessions, caller, &headers, BTreeMap::new(), error).await,
    }
}
