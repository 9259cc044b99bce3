//! Recertification: who is due, and certifying those whom somebody looked at.

use crate::answer;
use crate::asked::Asked;
use crate::form::Form;
use axum::response::Response;
use domain::certification::{BadTicked, Ticked};
use domain::code::Fault;
use domain::desk::{Certify, DeskError, Seen};
use domain::id::Challenge;

/// How the name of a tick begins; the staff number follows.
pub(crate) const TICK: &str = "tick_";

/// A list, and what is wrong with it. `ticks` are those of the form, by name.
pub(crate) fn certify_form(form: &mut Form, ticks: &[(String, String)]) -> Result<Certify, Vec<Fault>> {
    let challenge = form.optional("challenge", Challenge::parse);
    let mut faults = form.faults();
    let parsed = Ticked::parse(ticks.iter().map(|(_, looked)| looked.as_str()));
    // A tick beside one name that means another was printed by no page of ours.
    let beside = |(name, looked): &(String, String)| {
        name.strip_prefix(TICK).is_some_and(|no| looked.split(':').next() == Some(no))
    };
    let parsed = parsed.and_then(|list| if ticks.iter().all(beside) { Ok(list) } else { Err(BadTicked::Malformed) });
    let ticked = parsed.map_err(|bad| {
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
    let ticks = form.take_all(TICK);
    let asked = match certify_form(&mut form, &ticks) {
        Ok(asked) => asked,
        Err(faults) => return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await,
    };
    match desk.certify_staff(asked).await {
        Ok(()) => answer::json(&serde_json::json!({})),
        Err(error) => caller.refused(&error),
    }
}
