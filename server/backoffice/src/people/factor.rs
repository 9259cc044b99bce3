//! The second factor of an act about staff: asked for, bound to the whole act, spent once (V2).

use crate::auth::{Actor, code_of, methods};
use crate::store::{WriteTx, step_ups};
use crate::system::random;
use domain::audit::event::Details;
use domain::clock::Span;
use domain::code::Code;
use domain::desk::DeskError;
use domain::id::Challenge;
use domain::step_up::ActDigest;

/// Spends the factor that was given for this act, or asks for one; the refusal if there is none. A new challenge
/// lives for `life`.
pub(super) async fn factor(
    tx: &mut WriteTx<'_>,
    actor: &Actor,
    (digest, given): (ActDigest, Option<Challenge>),
    life: Span,
    details: &mut Details,
) -> sqlx::Result<Option<DeskError>> {
    let now = tx.now();
    let Some(challenge) = given else {
        let challenge = Challenge::from_bytes(random(tx.entropy()));
        let new = step_ups::NewChallenge {
            challenge,
            digest: digest.as_bytes(),
            staff: actor.staff(),
            lineage: actor.lineage(),
            case: None,
            customer: None,
            expires: now.plus(life),
            nonce: random(tx.entropy()),
        };
        step_ups::insert(tx.conn(), &new).await?;
        let methods = methods(tx.conn(), &actor.stamp().person).await?;
        return Ok(Some(DeskError::StepUpRequired { challenge, methods }));
    };
    let Some(row) = step_ups::find(tx.conn(), challenge, actor.lineage()).await? else {
        return Ok(Some(Code::ChallengeUnknown.into()));
    };
    if let Err(unfit) = row.waiting.spendable(digest, now) {
        return Ok(Some(code_of(unfit).into()));
    }
    if !step_ups::spend(tx.conn(), challenge, now).await? {
        return Ok(Some(Code::ChallengeSpent.into()));
    }
    details.factor = row.factor;
    details.factor_age_ms = row.waiting.answered.map(|answered| now.since(answered).millis());
    Ok(None)
}
