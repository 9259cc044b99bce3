//! Whether the log is known to be whole (S7).

use super::unavailable;
use crate::backoffice::BackOffice;
use crate::store::log::find;
use domain::desk::{CheckpointView, DeskError, Integrity};

impl BackOffice {
    pub(super) async fn integrity(&self) -> Result<Integrity, DeskError> {
        let now = self.clock.now();
        let (origin, vkey) = self.log_identity();
        let checkpoint = match self.signed_head().await? {
            Some(head) => {
                let (size, root, signed) = (head.checkpoint.size, head.checkpoint.root, head.signed);
                let at = find::time_of(&self.db, size.saturating_sub(1)).await.map_err(unavailable)?;
                Some(CheckpointView { size, root, at: at.unwrap_or(now), signed })
            }
            None => None,
        };
        Ok(Integrity {
            origin: origin.to_string(),
            vkey,
            size: self.log_size().await?,
            checkpoint,
            verified: self.last_verification().await?,
            running: self.proving.running(),
            audited: find::last_read_by_an_auditor(&self.db).await.map_err(unavailable)?,
            began: find::time_of(&self.db, 0).await.map_err(unavailable)?,
            now,
        })
    }
}
