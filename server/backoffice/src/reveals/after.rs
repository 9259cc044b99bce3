//! After a reveal: as long again, one copy, what the browser blocked, whether it was needed (V4, V9).
//! Each is about one reveal of this session's own; any other number is not there (Q6).

use super::keep_using::{KeepUsing, Use};
use super::tell::{TOLD_ENOUGH, Tell, Told};
use crate::audit::ActError;
use crate::desk::StaffDesk;
use crate::policy;
use crate::store::customers::Among;
use crate::store::reveals;
use domain::audit::event::{AttemptName, AuditEvent, Details, Kind};
use domain::audit::fingerprint::Fingerprint;
use domain::catalogue::CopyRule;
use domain::clock::{Span, Timestamp};
use domain::code::Code;
use domain::desk::{DeskError, More, RevealNo, RevealedLately, Reveals};
use domain::id::{CaseId, CustomerId, FieldName, Handle, Item};

/// How far back *lately* reaches.
const LATELY: Span = Span::days(30);

#[async_trait::async_trait]
impl Reveals for StaffDesk {
    async fn more(&self, reveal: RevealNo) -> Result<More, DeskError> {
        let past = self.past(reveal, Kind::RevealExtended).await?;
        let event = self.keep_using(past, Use::More).await?;
        Ok(More { seconds: self.office.settings.reveal_seconds, event })
    }

    async fn copied(&self, reveal: RevealNo) -> Result<(), DeskError> {
        let past = self.past(reveal, Kind::ValueCopied).await?;
        let field = self.office.catalogue.field(&past.field);
        if field.map(|field| field.copy) != Some(CopyRule::Audited) {
            return Err(self.refused_as(Kind::ValueCopied, past.details(), Code::CopyBlocked.into()).await);
        }
        self.keep_using(past, Use::Copy).await.map(drop)
    }

    async fn attempted(&self, reveal: RevealNo, attempt: AttemptName) -> Result<(), DeskError> {
        let past = self.past(reveal, Kind::CopyAttempted).await?;
        self.tell(past, Told::Attempt(attempt)).await
    }

    async fn rated(&self, reveal: RevealNo, needed: bool) -> Result<(), DeskError> {
        let past = self.past(reveal, Kind::RevealRated).await?;
        self.tell(past, Told::Needed(needed)).await
    }

    async fn revealed_lately(&self, case: CaseId, customer: Handle) -> Result<RevealedLately, DeskError> {
        match self.lately(case, customer).await {
            Ok(lately) => Ok(lately),
            Err(error) => {
                let details = Details { case: Some(case), ..Details::default() };
                Err(self.refused_as(Kind::RequestRefused, details, error).await)
            }
        }
    }
}

impl StaffDesk {
    /// The reveal of that number, if it was shown to this session; rotated by a step-up, it is the same one.
    async fn past(&self, reveal: RevealNo, kind: Kind) -> Result<Past, DeskError> {
        let bytes = reveals::event(&self.office.db, reveal.get()).await.map_err(|_| Code::LogUnavailable)?;
        let event = bytes.and_then(|bytes| AuditEvent::decode(&bytes).ok());
        let mine =
            event.filter(|event| event.actor.as_ref().is_some_and(|actor| actor.lineage == self.actor.lineage()));
        match mine.and_then(|event| Past::of(reveal, event)) {
            Some(past) => Ok(past),
            None => {
                let details = Details { reveal: Some(reveal.get()), ..Details::default() };
                Err(self.refused_as(kind, details, Code::NotFound.into()).await)
            }
        }
    }

    async fn keep_using(&self, past: Past, what: Use) -> Result<u64, DeskError> {
        self.permitted().await;
        let seconds = Span::seconds(i64::from(self.office.settings.reveal_seconds));
        let act = KeepUsing { actor: self.actor.clone(), past, what, seconds };
        let receipt = self.office.ledger.act(act).await?;
        let event = receipt.seq();
        receipt.into_fact();
        Ok(event)
    }

    async fn tell(&self, past: Past, what: Told) -> Result<(), DeskError> {
        match self.office.ledger.act(Tell { actor: self.actor.clone(), past, what }).await {
            Ok(receipt) => {
                receipt.into_fact();
                Ok(())
            }
            Err(ActError::Refused(TOLD_ENOUGH)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn lately(&self, case: CaseId, handle: Handle) -> Result<RevealedLately, DeskError> {
        let (row, customer, bank_wide) = self.customer_in(case, handle).await?;
        let branch = self.branch_for_policy(customer, bank_wide).await?;
        let question = policy::ViewQuestion { branch: &branch, purpose: &row.purpose, bank_wide };
        self.office.policy().decide::<policy::ViewCustomer>(&self.actor, &question)?;
        let among = Among::of(bank_wide, self.actor.unit());
        let since = self.now.minus(LATELY);
        let (count, last) =
            reveals::since(&self.office.db, customer, among, since).await.map_err(|_| Code::LogUnavailable)?;
        Ok(RevealedLately { count: u32::try_from(count).unwrap_or(u32::MAX), last })
    }
}

/// A reveal as its event tells it.
pub(super) struct Past {
    pub seq: u64,
    pub time: Timestamp,
    pub case: CaseId,
    pub customer: CustomerId,
    field: FieldName,
    item: Item,
    pub policy: Fingerprint,
    /// Version of the staff record that it was shown to.
    pub version: i64,
}

impl Past {
    fn of(reveal: RevealNo, event: AuditEvent) -> Option<Self> {
        let details = event.details;
        Some(Self {
            seq: reveal.get(),
            time: event.time,
            case: details.case?,
            customer: details.customer?,
            field: details.field?,
            item: details.item?,
            policy: details.policy?,
            version: event.actor?.version,
        })
    }

    pub(super) fn details(&self) -> Details {
        Details {
            case: Some(self.case),
            customer: Some(self.customer),
            field: Some(self.field.clone()),
            item: Some(self.item),
            reveal: Some(self.seq),
            ..Details::default()
        }
    }
}
