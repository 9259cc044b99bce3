//! Recertification: who is due, and certifying those whom somebody looked at.

use crate::answer;
use crate::asked::Asked;
use crate::form::Form;
use axum::response::Response;
use domain::certification::{BadTicked, Ticked};
use domain::code::Fault;
use domain::desk::{Certify, DeskError, Seen};
use domain::id::Challenge;

/// A list, and what is wrong with it. `ticks` is each tick's value, as it was sent.
pub(crate) fn certify_form(form: &mut Form, ticks: &[String]) -> Result<Certify, Vec<Fault>> {
    let challenge = form.optional("challenge", Challenge::parse);
    let mut faults = form.faults();
    let ticked = Ticked::parse(ticks.iter().map(String::as_str)).map_err(|bad| {
        let code = match bad {
            BadTicked::Nobody => "nobody_ticked",
            BadTicked::TooMany => "too_many_ticked",
            BadTicked::Malformed => "malformed",
        };
        faults.push(Fault::new("ticks", code));
    });
    match ticked {
        Ok(ticked) if faults.is_empty() => Ok(Certify { ticked, challenge }),
        _ => Err(faults),
    }
}

/// `/api/admin/staff/due`
pub async fn due(Asked { desk, caller, mut form }: Asked) -> Response {
    let faults = form.faults();
    if !faults.is_empty() {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    }
    match desk.due().await {
        Ok(due) => answer::json(&due),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/admin/staff/certify`
pub async fn certify(Asked { desk, caller, mut form }: Asked) -> Response {
    let ticks: Vec<String> = form.text("ticks").split_whitespace().map(str::to_owned).collect();
    let asked = match certify_form(&mut form, &ticks) {
        Ok(asked) => asked,
        Err(faults) => return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await,
    };
    match desk.certify_staff(asked).await {
        Ok(()) => answer::json(&serde_json::json!({})),
        Err(error) => caller.refused(&error),
    }
}
