//! What the screen tells about a reveal: an attempt that it blocked (V4), and whether the value was needed (V9).

use super::after::Past;
use crate::audit::{Act, Verdict};
use crate::auth::Actor;
use crate::store::{WriteTx, reveals};
use domain::audit::event::{AlertName, AttemptName, AuditEvent, Details, Kind};
use domain::code::Code;
use domain::desk::DeskError;

/// So many attempts of a sort are events; more of them say nothing new.
const ATTEMPTS: i64 = 3;
/// What the act gives back for those: they are answered like the others, and nobody learns when the log had
/// enough. A flood of refusals is another answer, [`DeskError::Wait`].
pub(super) const TOLD_ENOUGH: DeskError = DeskError::Refused(Code::TooManyRefusals);

/// What the screen tells about a reveal.
#[derive(Clone, Copy)]
pub(super) enum Told {
    Attempt(AttemptName),
    Needed(bool),
}

impl Told {
    pub(super) const fn kind(self) -> Kind {
        match self {
            Told::Attempt(_) => Kind::CopyAttempted,
            Told::Needed(_) => Kind::RevealRated,
        }
    }
    const fn word(self) -> &'static str {
        match self {
            Told::Attempt(attempt) => attempt.as_str(),
            Told::Needed(_) => "rated",
        }
    }
    fn details(self, past: &Past) -> Details {
        match self {
            Told::Attempt(attempt) => {
                let alert = AlertName::parse("copy.attempt");
                Details { attempt: Some(attempt), alert, ..past.details() }
            }
            Told::Needed(needed) => Details { needed: Some(needed), ..past.details() },
        }
    }
}

/// Writes down what the screen tells. The value is masked or about to be, so case and time do not matter.
pub(super) struct Tell {
    pub actor: Actor,
    pub past: Past,
    pub what: Told,
}

#[async_trait::async_trait]
impl Act for Tell {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let (kind, now) = (self.what.kind(), tx.now());
        let details = self.what.details(&self.past);
        if let Err(code) = self.actor.still_here(tx).await? {
            return self.actor.refuse(tx, kind, code.into(), details).await;
        }
        let count = reveals::count(tx.conn(), self.past.seq, self.what.word(), now).await?;
        match self.what {
            Told::Attempt(_) if count > ATTEMPTS => Ok(Verdict::Unrecorded { error: TOLD_ENOUGH }),
            Told::Needed(_) if count > 1 => self.actor.refuse(tx, kind, Code::RatingSpent.into(), details).await,
            Told::Attempt(_) | Told::Needed(_) => {
                Ok(Verdict::Done { event: self.actor.event(tx, kind, None, details), fact: () })
            }
        }
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, self.what.kind(), Some(error.code()), self.what.details(&self.past))
    }
}
