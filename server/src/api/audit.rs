//! The log, for a supervisor's or auditor's own scripts.

use crate::answer;
use crate::asked::Asked;
use crate::filters::{self, API};
use axum::response::Response;
use domain::desk::{DeskError, EventRow, Proof, Seen};
use serde_json::{Value, json};

/// One event as a list has it: who, when and how it ended, and every detail under its own name. What is no
/// event has its number alone.
pub fn row(row: &EventRow) -> Value {
    let mut line = json!({ "seq": row.seq, "sound": row.sound });
    let (Some(event), Value::Object(members)) = (&row.event, &mut line) else { return line };
    members.insert("time".into(), event.time.to_string().into());
    members.insert("kind".into(), event.kind.as_str().into());
    members.insert("decision".into(), event.decision.as_str().into());
    if let Some(code) = event.code {
        members.insert("code".into(), code.as_str().into());
    }
    if let Some(actor) = &event.actor {
        members.insert("staff_no".into(), actor.staff_no.as_str().into());
        members.insert("name".into(), actor.name.as_str().into());
        members.insert("role".into(), actor.role.as_str().into());
        members.insert("unit".into(), actor.unit.as_str().into());
    }
    if let Ok(Value::Object(details)) = serde_json::to_value(&event.details) {
        members.extend(details);
    }
    line
}

fn rows(all: &[EventRow]) -> Vec<Value> {
    all.iter().map(row).collect()
}

/// `/api/audit/events`
pub async fn events(Asked { desk, caller, form }: Asked) -> Response {
    let ask = match API.ask(form) {
        Ok(ask) => ask,
        Err(faults) => return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await,
    };
    match desk.events(ask).await {
        Ok(page) => answer::json(&json!({
            "events": rows(&page.rows), "next": page.older, "newer": page.newer, "query": page.query,
        })),
        Err(error) => caller.refused(&error),
    }
}

/// The one parameter that the others take.
async fn seq(asked: Asked) -> Result<(Asked, u64), Response> {
    let Asked { desk, caller, mut form } = asked;
    let seq = form.parsed("seq", filters::seq);
    let faults = form.faults();
    match seq.filter(|_| faults.is_empty()) {
        Some(seq) => Ok((Asked { desk, caller, form }, seq)),
        None => Err(caller.refuse(Seen::default(), DeskError::Invalid(faults)).await),
    }
}

/// `/api/audit/event`
pub async fn event(asked: Asked) -> Response {
    let (Asked { desk, caller, .. }, seq) = match seq(asked).await {
        Ok(parsed) => parsed,
        Err(response) => return response,
    };
    match desk.event(seq).await {
        Ok(detail) => answer::json(&json!({
            "seq": seq,
            "event": detail.row.event,
            "check": detail.check,
            "proof": detail.proof.as_ref().map(proof_json),
            "neighbours": {
                "case": rows(&detail.of_case), "session": rows(&detail.of_session),
                "customer": rows(&detail.of_customer),
            },
        })),
        Err(error) => caller.refused(&error),
    }
}

fn proof_json(proof: &Proof) -> Value {
    serde_json::to_value(proof).unwrap_or_default()
}

/// `/api/audit/proof`
pub async fn proof(asked: Asked) -> Response {
    let (Asked { desk, caller, .. }, seq) = match seq(asked).await {
        Ok(parsed) => parsed,
        Err(response) => return response,
    };
    match desk.proof(seq).await {
        Ok(proof) => answer::json(&proof),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/audit/verify`
pub async fn verify(asked: Asked) -> Response {
    let (Asked { desk, caller, .. }, seq) = match seq(asked).await {
        Ok(parsed) => parsed,
        Err(response) => return response,
    };
    match desk.verify_entry(seq).await {
        Ok(check) => answer::json(&json!({ "whole": check.whole(), "check": check })),
        Err(error) => caller.refused(&error),
    }
}
