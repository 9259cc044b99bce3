//! A second factor for an act that is about nobody's customer: asked for, then spent on it (V2).

use super::{Actor, code_of, methods};
use crate::store::{WriteTx, step_ups};
use crate::system::random;
use domain::audit::event::Details;
use domain::audit::fingerprint::Fingerprint;
use domain::clock::Span;
use domain::code::Code;
use domain::desk::DeskError;
use domain::id::Challenge;
use domain::step_up::ActDigest;

/// Spends the factor that was given for this act, or asks for one with a challenge of that life; the refusal if
/// there is none. `details` learns what the act was and what answered for it.
pub(crate) async fn factor(
    tx: &mut WriteTx<'_>,
    actor: &Actor,
    digest: ActDigest,
    challenge: Option<Challenge>,
    life: Span,
    details: &mut Details,
) -> sqlx::Result<Option<DeskError>> {
    details.act = Some(Fingerprint::from_bytes(*digest.as_bytes()));
    match challenge {
        None => Ok(Some(ask(tx, actor, digest, life).await?)),
        Some(challenge) => Ok(spend(tx, actor, digest, challenge, details).await?.map(DeskError::from)),
    }
}

async fn ask(tx: &mut WriteTx<'_>, actor: &Actor, digest: ActDigest, life: Span) -> sqlx::Result<DeskError> {
    let challenge = Challenge::from_bytes(random(tx.entropy()));
    let new = step_ups::NewChallenge {
        challenge,
        digest: digest.as_bytes(),
        staff: actor.staff(),
        lineage: actor.lineage(),
        case: None,
        customer: None,
        expires: tx.now().plus(life),
        nonce: random(tx.entropy()),
    };
    step_ups::insert(tx.conn(), &new).await?;
    let methods = methods(tx.conn(), &actor.stamp().person).await?;
    Ok(DeskError::StepUpRequired { challenge, methods })
}

/// Spends the challenge, if it was answered for this act; the code if not.
async fn spend(
    tx: &mut WriteTx<'_>,
    actor: &Actor,
    digest: ActDigest,
    challenge: Challenge,
    details: &mut Details,
) -> sqlx::Result<Option<Code>> {
    let now = tx.now();
    let Some(row) = step_ups::find(tx.conn(), challenge, actor.lineage()).await? else {
        return Ok(Some(Code::ChallengeUnknown));
    };
    if let Err(unfit) = row.waiting.spendable(digest, now) {
        return Ok(Some(code_of(unfit)));
    }
    // The conditional write decides, not what was read.
    if !step_ups::spend(tx.conn(), challenge, now).await? {
        return Ok(Some(Code::ChallengeSpent));
    }
    details.factor = row.factor;
    details.factor_age_ms = row.waiting.answered.map(|answered| now.since(answered).millis());
    Ok(None)
}
