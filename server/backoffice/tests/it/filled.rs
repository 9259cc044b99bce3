//! A log of events that fill every column, for those who verify it.

use crate::office::TestOffice;
use backoffice::audit::{Act, Verdict};
use backoffice::store::WriteTx;
use domain::audit::event::{ActorStamp, AuditEvent, Decision, Details, Kind, PersonName, SourceName};
use domain::clock::Span;
use domain::code::Code;
use domain::desk::DeskError;
use domain::id::{BranchNo, CaseId, CustomerId, EventId, FieldName, Lineage, PersonNo, PurposeName, StaffId, StaffNo};
use domain::role::Role;
use std::sync::Arc;

/// The last of them, each at a time of its own.
const SPACED: u64 = 10;

/// Writes one event that fills every column beside the bytes.
pub struct Fill(pub u8);

impl Fill {
    fn event(&self, tx: &WriteTx<'_>) -> AuditEvent {
        let mut id = [0; 16];
        tx.entropy().fill(&mut id);
        let actor = ActorStamp {
            staff: StaffId::from_bytes([1; 16]),
            staff_no: StaffNo::parse("op1001").unwrap(),
            person: PersonNo::parse("P1001").unwrap(),
            name: PersonName::parse("林一").unwrap(),
            role: Role::Operator,
            unit: BranchNo::parse("0101").unwrap(),
            version: 1,
            lineage: Lineage::from_bytes([2; 16]),
        };
        AuditEvent {
            id: EventId::from_bytes(id),
            time: tx.now(),
            kind: Kind::FieldRevealed,
            decision: Decision::Refused,
            code: Some(Code::NotFound),
            actor: Some(actor),
            request: None,
            endpoint: None,
            app: SourceName::parse("0.1.0").unwrap(),
            details: Details {
                case: Some(CaseId::from_bytes([self.0; 16])),
                customer: Some(CustomerId::from_bytes([4; 16])),
                purpose: PurposeName::parse("complaint").ok(),
                field: FieldName::parse("id_no").ok(),
                ..Details::default()
            },
        }
    }
}

#[async_trait::async_trait]
impl Act for Fill {
    type Fact = ();
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        Ok(Verdict::Kept { event: self.event(tx), error: Code::NotFound.into() })
    }
    fn barred(&self, tx: &WriteTx<'_>, _: &DeskError) -> AuditEvent {
        self.event(tx)
    }
}

/// A log of `size` entries, the last few at times of their own.
pub async fn filled(size: u64) -> Arc<TestOffice> {
    let house = TestOffice::empty().await;
    let mut acts = tokio::task::JoinSet::new();
    for n in 0..size - SPACED - 1 {
        let ledger = house.office.ledger().clone();
        acts.spawn(async move { ledger.act(Fill(n as u8)).await });
    }
    acts.join_all().await;
    for n in 0..SPACED {
        house.wait(Span::seconds(1));
        house.office.ledger().act(Fill(n as u8)).await.unwrap_err();
    }
    house
}
