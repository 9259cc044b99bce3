//! The notice of secrecy.

use crate::answer;
use crate::asked::Asked;
use axum::response::Response;
use domain::audit::fingerprint::Fingerprint;
use domain::desk::{DeskError, Seen};
use serde::Serialize;

#[derive(Serialize)]
struct Words<'a> {
    notice: Fingerprint,
    zh: &'a [String],
    en: &'a [String],
    acknowledged: bool,
}

/// `/api/notice/read`
pub async fn read(Asked { desk, caller, mut form }: Asked) -> Response {
    let faults = form.faults();
    if !faults.is_empty() {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    }
    let notice = desk.notice();
    let (zh, en) = (notice.zh(), notice.en());
    answer::json(&Words { notice: notice.digest(), zh, en, acknowledged: desk.acknowledged() })
}

/// `/api/notice/acknowledge`
pub async fn acknowledge(Asked { desk, caller, mut form }: Asked) -> Response {
    let words = form.parsed("notice", |text| Fingerprint::parse(text).ok_or(()));
    let faults = form.faults();
    let Some(words) = words.filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    match desk.acknowledge(words).await {
        Ok(()) => answer::json(&serde_json::json!({})),
        Err(error) => caller.refused(&error),
    }
}
