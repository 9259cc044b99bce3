//! The first thing in a database that came out of a backup.

use crate::audit::{Act, Verdict};
use crate::auth::{STEP, event};
use crate::store::{WriteTx, restores};
use domain::audit::event::{AuditEvent, Details, Kind, SourceName};
use domain::audit::fingerprint::Fingerprint;
use domain::code::Code;
use domain::desk::DeskError;

/// Ends what must not live on, and records the restore, once: of several instances, the first one's is done.
///
/// A code that was used after the backup must not serve again, and which ones were is lost: none of a step that has
/// begun, or begins next, serves. So nobody signs in by a code in the first minute.
pub(crate) struct Restored;

#[async_trait::async_trait]
impl Act for Restored {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let Some(restored) = restores::take(tx.conn()).await? else {
            return Ok(Verdict::Unrecorded { error: Code::NotFound.into() });
        };
        let now = tx.now();
        let used_step = now.seconds().div_euclid(STEP) + 1;
        let ended = restores::end_what_lived(tx.conn(), now, used_step).await?;
        let details = Details {
            file_hash: restored.digest.try_into().ok().map(Fingerprint::from_bytes),
            size: Some(restored.size),
            lost: Some(restored.lost),
            count: Some(ended),
            os_user: restored.os_user.as_deref().and_then(SourceName::parse),
            ..Details::default()
        };
        Ok(Verdict::Done { event: event(tx, Kind::BackupRestored, None, None, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        event(tx, Kind::BackupRestored, Some(error.code()), None, None, Details::default())
    }
}
