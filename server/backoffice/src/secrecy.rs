//! Acknowledging the notice of secrecy: once a session, before anything else. Which words it was stands with the
//! session and in the log.

use crate::audit::{Act, Verdict};
use crate::auth::Actor;
use crate::desk::StaffDesk;
use crate::store::{WriteTx, sessions};
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::audit::fingerprint::Fingerprint;
use domain::code::Code;
use domain::desk::{DeskError, Secrecy};
use domain::notice::Notice;

const KIND: Kind = Kind::NoticeAcknowledged;

/// Where it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeAsked {
    /// By every page and endpoint.
    Everywhere,
    /// By the pages alone, so that scripts written before go on.
    Pages,
}

impl NoticeAsked {
    /// Whether a request of this route waits for it.
    pub(crate) fn holds(self, route: &str) -> bool {
        match self {
            NoticeAsked::Everywhere => true,
            NoticeAsked::Pages => !route.starts_with("/api/"),
        }
    }
}

#[async_trait::async_trait]
impl Secrecy for StaffDesk {
    fn notice(&self) -> &Notice {
        &self.office.notice
    }

    fn acknowledged(&self) -> bool {
        self.acknowledged
    }

    async fn acknowledge(&self, words: Fingerprint) -> Result<(), DeskError> {
        // Words that are not those asked for: someone waited while they changed.
        if words != self.office.notice.digest() {
            return Err(self.refused_as(KIND, Details::default(), Code::Changed.into()).await);
        }
        if self.acknowledged {
            return Ok(());
        }
        self.office.ledger.act(Acknowledge { actor: self.actor.clone(), words }).await?.into_fact();
        Ok(())
    }
}

struct Acknowledge {
    actor: Actor,
    words: Fingerprint,
}

#[async_trait::async_trait]
impl Act for Acknowledge {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        if let Err(code) = self.actor.still_here(tx).await? {
            return self.actor.refuse(tx, KIND, code.into(), self.details()).await;
        }
        sessions::acknowledge(tx.conn(), self.actor.lineage(), self.words.as_bytes()).await?;
        Ok(Verdict::Done { event: self.actor.event(tx, KIND, None, self.details()), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, KIND, Some(error.code()), self.details())
    }
}

impl Acknowledge {
    fn details(&self) -> Details {
        Details { words: Some(self.words), ..Details::default() }
    }
}
