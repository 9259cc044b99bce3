//! What leaves by the command line, said in the log before its first byte does.

use super::{Act, Verdict};
use crate::auth::event;
use crate::store::WriteTx;
use domain::audit::event::{AuditEvent, Details, Kind, SourceName};
use domain::code::Code;
use domain::desk::DeskError;

/// What leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// The log, from its beginning up to and with this event, in a bundle (A7).
    Log,
    /// Everything in the database. What is sealed stays sealed, but the file is no longer guarded (O3).
    Backup,
}

/// Says that it leaves. What leaves is known by the log's signature, so this takes the key.
pub(crate) struct Leaves {
    pub what: Leaving,
    pub os_user: Option<SourceName>,
}

#[async_trait::async_trait]
impl Act for Leaves {
    type Fact = ();
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        Ok(Verdict::Done { event: self.event(tx, None), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.event(tx, Some(error.code()))
    }
}

impl Leaves {
    fn event(&self, tx: &WriteTx<'_>, code: Option<Code>) -> AuditEvent {
        let (kind, first_entry) = match self.what {
            Leaving::Log => (Kind::LogExported, Some(0)),
            Leaving::Backup => (Kind::BackupMade, None),
        };
        let details = Details { first_entry, os_user: self.os_user.clone(), ..Details::default() };
        event(tx, kind, code, None, None, details)
    }
}
