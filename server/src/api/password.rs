//! One's own password.

use crate::answer;
use crate::asked::Asked;
use crate::form::Form;
use axum::response::Response;
use domain::code::Fault;
use domain::desk::{ChangePassword, DeskError, Seen};
use domain::id::Challenge;
use zeroize::Zeroizing;

/// A change of password, as a form gives it.
pub(crate) fn change_form(form: &mut Form) -> Result<ChangePassword, Vec<Fault>> {
    let current = Zeroizing::new(form.text("current_password"));
    let new = Zeroizing::new(form.text("new_password"));
    let again = form.take("new_again").map(Zeroizing::new);
    let challenge = form.optional("challenge", Challenge::parse);
    let mut faults = form.faults();
    if again.is_some_and(|again| again != new) {
        faults.push(Fault::new("new_again", "password_differs"));
    }
    if faults.is_empty() { Ok(ChangePassword { current, new, challenge }) } else { Err(faults) }
}

/// `/api/password/change`
pub async fn change(Asked { desk, caller, mut form }: Asked) -> Response {
    let asked = match change_form(&mut form) {
        Ok(asked) => asked,
        Err(faults) => return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await,
    };
    match desk.change_password(asked).await {
        Ok(()) => answer::json(&serde_json::json!({})),
        Err(error) => caller.refused(&error),
    }
}
