//! A log with a past: events of many tellers, customers and kinds, written through the ledger as any are.

use backoffice::audit::{Act, Ledger, Verdict};
use backoffice::store::WriteTx;
use domain::audit::event::{ActorStamp, AuditEvent, Decision, Details, Kind, PersonName, SourceName};
use domain::code::Code;
use domain::desk::DeskError;
use domain::id::{
    BranchNo, CaseId, CustomerId, EventId, FieldName, Lineage, PersonNo, PurposeName, ReasonCode, StaffId, StaffNo,
};
use domain::role::Role;

/// Tellers who have a past.
const TELLERS: u64 = 400;
/// Customers they looked at.
const CUSTOMERS: u64 = 50_000;
/// Acts on their way at once: more than the writer takes in one batch.
const AT_ONCE: u64 = 512;

/// The customer of the `n`th event.
pub fn customer(n: u64) -> CustomerId {
    let mut bytes = [3; 16];
    bytes[8..].copy_from_slice(&(n.wrapping_mul(7919) % CUSTOMERS).to_be_bytes());
    CustomerId::from_bytes(bytes)
}

/// Writes so many events.
pub async fn write(ledger: &Ledger, events: u64) -> anyhow::Result<()> {
    let template = template()?;
    let mut done = 0;
    while done < events {
        let mut acts = tokio::task::JoinSet::new();
        for n in done..events.min(done + AT_ONCE) {
            let (ledger, act) = (ledger.clone(), Past { n, event: template.clone() });
            acts.spawn(async move { ledger.act(act).await.map(drop) });
        }
        for written in acts.join_all().await {
            written?;
        }
        done += AT_ONCE;
    }
    Ok(())
}

struct Past {
    n: u64,
    event: AuditEvent,
}

fn template() -> anyhow::Result<AuditEvent> {
    let word = |_| anyhow::anyhow!("not a word of ours");
    let actor = ActorStamp {
        staff: StaffId::from_bytes([1; 16]),
        staff_no: StaffNo::parse("op5000").map_err(|_| anyhow::anyhow!("not a staff number"))?,
        person: PersonNo::parse("P5000").map_err(|_| anyhow::anyhow!("not a person"))?,
        name: PersonName::parse("Teller").ok_or(()).map_err(word)?,
        role: Role::Operator,
        unit: BranchNo::parse("0101").map_err(|_| anyhow::anyhow!("not a branch"))?,
        version: 1,
        lineage: Lineage::from_bytes([2; 16]),
    };
    Ok(AuditEvent {
        id: EventId::from_bytes([0; 16]),
        time: domain::clock::Timestamp::from_millis(0),
        kind: Kind::CustomerViewed,
        decision: Decision::Allowed,
        code: None,
        actor: Some(actor),
        request: None,
        endpoint: None,
        app: SourceName::of_version(env!("CARGO_PKG_VERSION")),
        details: Details { purpose: PurposeName::parse("complaint").ok(), ..Details::default() },
    })
}

#[async_trait::async_trait]
impl Act for Past {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let event = &mut self.event;
        let mut id = [0; 16];
        tx.entropy().fill(&mut id);
        (event.id, event.time) = (EventId::from_bytes(id), tx.now());
        if let Some(actor) = &mut event.actor
            && let Ok(staff_no) = StaffNo::parse(&format!("op{}", 5000 + self.n % TELLERS))
        {
            actor.staff_no = staff_no;
        }
        event.details.customer = Some(customer(self.n));
        event.details.case = Some(CaseId::from_bytes([(self.n % 251) as u8; 16]));
        // One of ten is a reveal, one of fifty a refusal: about what a day at a counter looks like.
        if self.n.is_multiple_of(10) {
            event.kind = Kind::FieldRevealed;
            event.details.field = FieldName::parse("mobile").ok();
            event.details.reason = ReasonCode::parse("COMPLAINT").ok();
        }
        if self.n.is_multiple_of(50) {
            (event.decision, event.code) = (Decision::Refused, Some(Code::StepUpRequired));
        }
        Ok(Verdict::Done { event: event.clone(), fact: () })
    }

    fn barred(&self, _: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        let event = self.event.clone();
        AuditEvent { decision: Decision::Refused, code: Some(error.code()), ..event }
    }
}
