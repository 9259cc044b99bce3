//! A log of one reveal, one refusal and one altered entry.

use super::FakeDesk;
use async_trait::async_trait;
use domain::audit::event::{
    ActorStamp, AlertName, AuditEvent, Decision, Details, FactorName, Kind, PersonName, SourceName, TicketText,
    VerdictName,
};
use domain::audit::merkle::empty_root;
use domain::audit::tile::TilePath;
use domain::clock::Timestamp;
use domain::code::Code;
use domain::desk::*;
use domain::id::*;
use domain::role::Role;

const AT: Timestamp = Timestamp::from_millis(1_795_335_330_123);

pub fn event(kind: Kind) -> AuditEvent {
    AuditEvent {
        id: EventId::from_bytes([1; 16]),
        time: AT,
        kind,
        decision: Decision::Allowed,
        code: None,
        actor: Some(ActorStamp {
            staff: StaffId::from_bytes([2; 16]),
            staff_no: StaffNo::parse("op1001").unwrap(),
            person: PersonNo::parse("P-op1001").unwrap(),
            name: PersonName::parse("王芳").unwrap(),
            role: Role::Operator,
            unit: BranchNo::parse("0101").unwrap(),
            version: 1,
            lineage: Lineage::from_bytes([3; 16]),
        }),
        request: None,
        endpoint: None,
        app: SourceName::parse("0.1.0").unwrap(),
        details: Details::default(),
    }
}

fn reveal() -> AuditEvent {
    let details = Details {
        purpose: PurposeName::parse("complaint").ok(),
        reason: ReasonCode::parse("COMPLAINT").ok(),
        ticket: TicketText::parse("CS-2026-000123"),
        customer: Some(CustomerId::from_bytes([7; 16])),
        field: FieldName::parse("mobile").ok(),
        item: Item::new(2).ok(),
        factor: Some(FactorName::Totp),
        factor_age_ms: Some(3200),
        ..Details::default()
    };
    AuditEvent { details, ..event(Kind::FieldRevealed) }
}

fn rows() -> Vec<EventRow> {
    let refused = AuditEvent {
        decision: Decision::Refused,
        code: Some(Code::NotPermitted),
        details: Details { alert: AlertName::parse("log.not_whole"), ..Details::default() },
        ..event(Kind::CustomerSearched)
    };
    vec![
        EventRow { seq: 9, event: Some(reveal()), sound: true },
        EventRow { seq: 8, event: Some(refused), sound: true },
        EventRow { seq: 7, event: None, sound: false },
    ]
}

fn integrity() -> Integrity {
    Integrity {
        origin: "bank.example/grille".into(),
        vkey: Some("bank.example/grille+00000000+AAAA".into()),
        size: 10,
        checkpoint: Some(CheckpointView { size: 10, root: empty_root(), at: AT, signed: Some(true) }),
        verified: Some(Verification {
            at: AT,
            size: 10,
            verdict: VerdictName::Whole,
            findings: 0,
            first: None,
            took_ms: 4,
        }),
        running: false,
        audited: None,
        began: Some(Timestamp::from_millis(AT.millis() - 184 * 24 * 3_600_000)),
        now: AT,
    }
}

/// The entry of number 9 is whole; any other is not what was written.
fn check(seq: u64) -> EntryCheck {
    let good = seq == 9;
    EntryCheck {
        seq,
        event: good,
        leaf_hash: good,
        columns: good,
        in_tree: Some(good),
        signature: Some(true),
        checkpoint: 10,
    }
}

#[async_trait]
impl Audit for FakeDesk {
    async fn overview(&self) -> Result<Overview, DeskError> {
        self.readers_only()?;
        Ok(Overview { alerts: rows(), refusals: Vec::new(), misses: Vec::new(), integrity: integrity() })
    }
    async fn events(&self, ask: EventsAsk) -> Result<EventsPage, DeskError> {
        self.readers_only()?;
        let newest = ask.at == At::Newest;
        Ok(EventsPage { rows: rows(), query: ReadingId::from_bytes([5; 16]), older: Some(7), newer: 9, newest })
    }
    async fn event(&self, seq: u64) -> Result<EventDetail, DeskError> {
        self.readers_only()?;
        let row = rows().into_iter().find(|row| row.seq == seq).ok_or(Code::NotFound)?;
        Ok(EventDetail {
            row,
            check: check(seq),
            proof: None,
            of_case: rows(),
            of_session: Vec::new(),
            of_customer: Vec::new(),
            integrity: integrity(),
        })
    }
    async fn proof(&self, _: u64) -> Result<Proof, DeskError> {
        Err(Code::Busy.into())
    }
    async fn verify_entry(&self, seq: u64) -> Result<EntryCheck, DeskError> {
        Ok(check(seq))
    }
    async fn verify_log(&self) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
    async fn integrity(&self) -> Result<Integrity, DeskError> {
        self.readers_only()?;
        Ok(integrity())
    }
    async fn tail(&self, _: Filters, _: Option<u64>) -> Result<Box<dyn Tail>, DeskError> {
        Err(Code::Busy.into())
    }
    async fn checkpoint(&self) -> Result<String, DeskError> {
        Err(Code::Busy.into())
    }
    async fn tile(&self, _: TilePath) -> Result<Vec<u8>, DeskError> {
        Err(Code::Busy.into())
    }
}

impl FakeDesk {
    fn readers_only(&self) -> Result<(), DeskError> {
        match self.staff().role {
            Role::Supervisor | Role::Auditor => Ok(()),
            Role::Operator | Role::Approver | Role::Admin => Err(Code::NotPermitted.into()),
        }
    }
}
