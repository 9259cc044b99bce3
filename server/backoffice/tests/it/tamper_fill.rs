use backoffice::audit::{Act, Verdict};
use backoffice::store::WriteTx;
use domain::audit::event::{ActorStamp, AuditEvent, Decision, Details, Kind, PersonName, SourceName};
use domain::code::Code;
use domain::desk::DeskError;
use domain::id::*;
use domain::role::Role;
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
