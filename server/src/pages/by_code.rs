//! A plain form that does what takes a second factor, with the code beside all else: asked, challenged, answered
//! and asked again, in one request.

use domain::code::Fault;
use domain::desk::{Desk, DeskError, SessionToken};
use domain::id::Challenge;

/// What came of it; and the new cookie's token, since a step-up rotates the session whatever comes after (U5).
pub type Done<T> = (Result<T, DeskError>, Option<SessionToken>);

/// Does `act`, which is given no challenge first and then the answered one.
pub async fn by_code<T, F>(desk: &dyn Desk, code: &str, act: impl Fn(Option<Challenge>) -> F) -> Done<T>
where
    F: Future<Output = Result<T, DeskError>>,
{
    match act(None).await {
        Err(DeskError::StepUpRequired { .. }) if code.is_empty() => {
            (Err(DeskError::Invalid(vec![Fault::new("code", "six_digits")])), None)
        }
        Err(DeskError::StepUpRequired { challenge, .. }) => match desk.step_up_totp(challenge, code).await {
            Ok(token) => (act(Some(challenge)).await, Some(token)),
            Err(error) => (Err(error), None),
        },
        done => (done, None),
    }
}
