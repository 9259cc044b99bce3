//! What nobody certified in time (U7). From its date on a record has no rights: every reader compares the date, so
//! nothing waits for this file. Whoever notices first, a request of theirs or the sweep, makes the event, once.

use crate::audit::{Act, ActError, Verdict};
use crate::auth::event;
use crate::backoffice::BackOffice;
use crate::store::staff::{self, StaffRow};
use crate::store::{WriteTx, certifications};
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::clock::Timestamp;
use domain::code::Code;
use domain::desk::DeskError;
use domain::id::StaffId;

impl BackOffice {
    /// Records every lapse that nobody has noticed. Run it at start and every minute.
    pub async fn sweep_lapses(&self) -> Result<(), DeskError> {
        let unnoticed = certifications::unnoticed(&self.db, self.clock.now()).await;
        for staff in unnoticed.map_err(|_| Code::LogUnavailable)? {
            self.note_lapse(staff).await?;
        }
        Ok(())
    }

    /// Records the lapse of whoever just asked for something, unless it is known.
    pub(crate) async fn notice_lapse(&self, row: &StaffRow, now: Timestamp) {
        if row.active
            && row.has_lapsed(now)
            && let Err(error) = self.note_lapse(row.id).await
        {
            // They have no rights all the same, and the sweep comes by.
            tracing::error!(%error, "a lapse is not told yet");
        }
    }

    async fn note_lapse(&self, staff: StaffId) -> Result<(), DeskError> {
        match self.ledger.act(Lapse { staff }).await {
            Ok(_) | Err(ActError::Refused(_)) => Ok(()),
            Err(ActError::Unavailable(code)) => Err(code.into()),
        }
    }
}

struct Lapse {
    staff: StaffId,
}

#[async_trait::async_trait]
impl Act for Lapse {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let now = tx.now();
        let Some((row, _)) = staff::by_id_in(tx.conn(), self.staff).await? else {
            return Ok(Verdict::Unrecorded { error: Code::NotFound.into() });
        };
        // Somebody else was first, or certified them meanwhile.
        if !certifications::lapse(tx.conn(), row.id, now).await? {
            return Ok(Verdict::Unrecorded { error: Code::Changed.into() });
        }
        let details = Details {
            subject_staff: Some(row.staff_no),
            subject_role: Some(row.role),
            subject_unit: Some(row.unit),
            certified_until: Some(row.certified_until),
            ..Details::default()
        };
        Ok(Verdict::Done { event: event(tx, Kind::StaffLapsed, None, None, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        event(tx, Kind::StaffLapsed, Some(error.code()), None, None, Details::default())
    }
}
