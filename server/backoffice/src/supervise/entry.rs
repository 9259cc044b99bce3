//! One entry: what it says, what vouches for it, what stands around it.

use super::events::seen_details;
use super::{row_of, rows_of, unavailable};
use crate::audit::{Act, Verdict};
use crate::auth::Actor;
use crate::desk::StaffDesk;
use crate::policy::{Allowed, VerifyLog};
use crate::store::WriteTx;
use crate::store::log::find::{self, Common};
use crate::store::log::raw::RawEntry;
use domain::audit::event::{AlertName, AuditEvent, Details, Kind};
use domain::audit::merkle::leaf_hash;
use domain::code::Code;
use domain::desk::{DeskError, EntryCheck, EventDetail, EventRow};

/// Neighbours on either side.
const EACH: u32 = 4;
/// Entries of the same person looked through for those of the same session.
const LOOKED_THROUGH: u32 = 40;

impl StaffDesk {
    pub(super) async fn read_event(&self, seq: u64) -> Result<EventDetail, DeskError> {
        let details = Details { entry: Some(seq), ..Details::default() };
        let allowed = self.may_read(Kind::LogEventRead, details.clone()).await?;
        let db = &self.office.db;
        // An entry that the head counts and that is not there is not "not found": it is gone.
        if seq >= self.office.log_size().await? {
            return Err(self.refused_as(Kind::LogEventRead, details, Code::NotFound.into()).await);
        }
        let stored = find::one(db, seq).await.map_err(unavailable)?;
        let row = stored.as_ref().map_or(EventRow { seq, event: None, sound: false }, row_of);
        let (check, proof) = self.check(seq, stored.as_ref()).await?;
        let about = row.event.as_ref();
        let of_case = self.around(seq, about.and_then(|event| event.details.case).map(Common::Case), EACH).await?;
        let customer = about.and_then(|event| event.details.customer);
        let of_customer = self.around(seq, customer.map(Common::Customer), EACH).await?;
        let of_session = self.of_session(seq, about).await?;
        let integrity = self.office.integrity().await?;
        let seen = [&of_case, &of_session, &of_customer].into_iter().flatten().chain([&row]);
        let details = Details { entry: Some(seq), ..seen_details(seen) };
        self.record_look(allowed, Kind::LogEventRead, details).await?;
        if !check.whole() {
            self.record_check(check).await?;
        }
        Ok(EventDetail { row, check, proof, of_case, of_session, of_customer, integrity })
    }

    async fn around(&self, seq: u64, common: Option<Common>, each: u32) -> Result<Vec<EventRow>, DeskError> {
        let Some(common) = common else { return Ok(Vec::new()) };
        let found = find::around(&self.office.db, seq, &common, each).await.map_err(unavailable)?;
        Ok(rows_of(&found))
    }

    /// The same session's: of the same person's nearest entries, those of the same lineage.
    async fn of_session(&self, seq: u64, event: Option<&AuditEvent>) -> Result<Vec<EventRow>, DeskError> {
        let Some(actor) = event.and_then(|event| event.actor.as_ref()) else { return Ok(Vec::new()) };
        let rows = self.around(seq, Some(Common::Staff(actor.staff_no.clone())), LOOKED_THROUGH).await?;
        let same = |row: &EventRow| {
            let other = row.event.as_ref().and_then(|event| event.actor.as_ref());
            other.is_some_and(|other| other.lineage == actor.lineage)
        };
        let (newer, older): (Vec<_>, Vec<_>) = rows.into_iter().filter(same).partition(|row| row.seq > seq);
        let each = EACH as usize;
        let skipped = newer.len().saturating_sub(each);
        Ok(newer.into_iter().skip(skipped).chain(older.into_iter().take(each)).collect())
    }

    /// Holds an entry, as it is stored, against its hashes and the newest checkpoint.
    pub(super) async fn check(
        &self,
        seq: u64,
        stored: Option<&RawEntry>,
    ) -> Result<(EntryCheck, Option<domain::desk::Proof>), DeskError> {
        let bytes = stored.and_then(RawEntry::bytes);
        let hash = leaf_hash(bytes.unwrap_or_default());
        let row = stored.map(row_of);
        let leaf_hash = stored.is_some_and(|entry| entry.leaf_hash() == Some(hash.as_bytes()));
        let event = row.as_ref().is_some_and(|row| row.event.is_some());
        // Without an event there is nothing that a column could differ from.
        let columns = row.as_ref().is_some_and(|row| row.sound || !leaf_hash || !event);
        let signed = self.office.signed_head().await?;
        let mut check = EntryCheck { seq, event, leaf_hash, columns, in_tree: None, signature: None, checkpoint: 0 };
        let Some(signed) = signed else { return Ok((check, None)) };
        check.signature = signed.signed;
        check.checkpoint = signed.checkpoint.size;
        if seq >= signed.checkpoint.size {
            return Ok((check, None));
        }
        let inclusion = self.office.inclusion(seq, signed.checkpoint.size).await?;
        let holds = inclusion.as_ref().is_some_and(|proof| proof.verify_in(&hash, &signed.checkpoint).is_ok());
        check.in_tree = Some(holds && bytes.is_some());
        let proof =
            inclusion.map(|inclusion| domain::desk::Proof { inclusion, leaf_hash: hash, checkpoint: signed.note });
        Ok((check, proof))
    }

    pub(super) async fn check_and_record(&self, seq: u64) -> Result<EntryCheck, DeskError> {
        let details = Details { entry: Some(seq), ..Details::default() };
        self.may_verify(details.clone()).await?;
        if seq >= self.office.log_size().await? {
            return Err(self.refused_as(Kind::LogVerified, details, Code::NotFound.into()).await);
        }
        let stored = find::one(&self.office.db, seq).await.map_err(unavailable)?;
        let (check, _) = self.check(seq, stored.as_ref()).await?;
        self.record_check(check).await?;
        Ok(check)
    }

    async fn record_check(&self, check: EntryCheck) -> Result<(), DeskError> {
        let allowed = self.may_verify(Details { entry: Some(check.seq), ..Details::default() }).await?;
        if !check.whole() {
            tracing::error!(seq = check.seq, "ALERT: an entry of the log is not what it was");
        }
        let act = RecordCheck { actor: self.actor.clone(), allowed, check };
        self.office.ledger.act(act).await?.into_fact();
        Ok(())
    }

    pub(super) async fn may_verify(&self, details: Details) -> Result<Allowed<VerifyLog>, DeskError> {
        match self.office.policy().decide::<VerifyLog>(&self.actor, &()) {
            Ok(allowed) => Ok(allowed),
            Err(code) => Err(self.refused_as(Kind::LogVerified, details, code.into()).await),
        }
    }
}

/// What a supervisor should know at once: the log is not what it was.
pub(super) fn alarm(whole: bool) -> Option<AlertName> {
    if whole { None } else { AlertName::parse("log.not_whole") }
}

struct RecordCheck {
    actor: Actor,
    allowed: Allowed<VerifyLog>,
    check: EntryCheck,
}

impl RecordCheck {
    fn details(&self) -> Details {
        Details {
            entry: Some(self.check.seq),
            verdict: Some(self.check.verdict()),
            size: Some(self.check.checkpoint),
            alert: alarm(self.check.whole()),
            policy: Some(self.allowed.policy()),
            ..Details::default()
        }
    }
}

#[async_trait::async_trait]
impl Act for RecordCheck {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, Kind::LogVerified, code.into(), self.details()).await;
        }
        Ok(Verdict::Done { event: self.actor.event(tx, Kind::LogVerified, None, self.details()), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, Kind::LogVerified, Some(error.code()), self.details())
    }
}
