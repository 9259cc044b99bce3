//! Unsent words of one's own.

use crate::answer;
use crate::asked::{Asked, Sent};
use crate::cookies;
use axum::response::Response;
use domain::code::Fault;
use domain::desk::{DeskError, Draft, DraftPlace, Seen};

/// `/api/drafts/keep`. An expired session keeps them too, for whose it was, and is told that it expired.
pub async fn keep(Sent { caller, mut form, headers }: Sent) -> Response {
    let place = form.parsed("place", |text| DraftPlace::parse(text).ok_or(()));
    let draft = Draft::parse(&form.text("text"));
    let mut faults = form.faults();
    if draft.is_err() {
        faults.push(Fault::new("text", "too_long"));
    }
    let (Some(place), Ok(draft), true) = (place, draft, faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    let kept = match (&caller.desk, cookies::token(&headers, cookies::SESSION)) {
        (Ok(desk), _) => desk.keep_draft(place, draft).await,
        (Err(error), Some(token)) => {
            let kept = caller.site.office.keep_draft_of_lapsed(&token, place, &draft).await;
            kept.and(Err(error.clone()))
        }
        (Err(error), None) => Err(error.clone()),
    };
    match kept {
        Ok(()) => answer::json(&serde_json::json!({})),
        Err(error) => caller.refuse(Seen::default(), error).await,
    }
}

/// `/api/drafts/forget`
pub async fn forget(Asked { desk, caller, mut form }: Asked) -> Response {
    let place = form.parsed("place", |text| DraftPlace::parse(text).ok_or(()));
    let faults = form.faults();
    let Some(place) = place.filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    match desk.forget_draft(place).await {
        Ok(()) => answer::json(&serde_json::json!({})),
        Err(error) => caller.refuse(Seen::default(), error).await,
    }
}
