//! What follows a reveal: as long again, one copy, what the browser blocked, whether it was needed (V4, V9).

use crate::answer;
use crate::asked::{Asked, Caller};
use axum::response::Response;
use domain::audit::event::AttemptName;
use domain::desk::{DeskError, RevealNo, Seen};
use domain::id::BadId;
use serde::Serialize;

#[derive(Serialize)]
struct Done {
    code: &'static str,
}

/// `/api/reveals/more`
pub async fn more(Asked { desk, caller, mut form }: Asked) -> Response {
    let reveal = form.parsed("event", RevealNo::parse);
    let faults = form.faults();
    let Some(reveal) = reveal.filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    match desk.more(reveal).await {
        Ok(more) => answer::json(&more),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/reveals/copy`
pub async fn copy(Asked { desk, caller, mut form }: Asked) -> Response {
    let reveal = form.parsed("event", RevealNo::parse);
    let faults = form.faults();
    let Some(reveal) = reveal.filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    done(&caller, desk.copied(reveal).await)
}

/// `/api/reveals/attempt`
pub async fn attempt(Asked { desk, caller, mut form }: Asked) -> Response {
    let reveal = form.parsed("event", RevealNo::parse);
    let attempt = form.parsed("attempt", |word| AttemptName::parse(word).ok_or(BadId));
    let faults = form.faults();
    let Some((reveal, attempt)) = reveal.zip(attempt).filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    done(&caller, desk.attempted(reveal, attempt).await)
}

/// `/api/reveals/needed`
pub async fn needed(Asked { desk, caller, mut form }: Asked) -> Response {
    let reveal = form.parsed("event", RevealNo::parse);
    let needed = form.parsed("needed", |word| match word {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(BadId),
    });
    let faults = form.faults();
    let Some((reveal, needed)) = reveal.zip(needed).filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    done(&caller, desk.rated(reveal, needed).await)
}

fn done(caller: &Caller, outcome: Result<(), DeskError>) -> Response {
    match outcome {
        Ok(()) => answer::json(&Done { code: "ok" }),
        Err(error) => caller.refused(&error),
    }
}
