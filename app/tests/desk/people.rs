//! Staff as administrators see them, and what waits for a decision.

use super::FakeDesk;
use async_trait::async_trait;
use domain::certification::Looked;
use domain::clock::Timestamp;
use domain::code::Code;
use domain::desk::*;
use domain::id::*;
use domain::role::Role;
use domain::staff_change::ChangeKind;

#[async_trait]
impl People for FakeDesk {
    async fn staff_list(&self) -> Result<Vec<StaffEntry>, DeskError> {
        Ok(vec![entry(StaffState::Active), entry(StaffState::Suspended)])
    }
    async fn staff_entry(&self, _: StaffNo) -> Result<StaffEntry, DeskError> {
        Ok(entry(StaffState::Locked))
    }
    async fn propose_change(&self, _: Propose) -> Result<ProposalId, DeskError> {
        Err(Code::Busy.into())
    }
    async fn proposals(&self) -> Result<Vec<ProposalView>, DeskError> {
        Ok(vec![proposal(PROPOSAL)])
    }
    async fn proposal(&self, id: ProposalId) -> Result<(ProposalView, Vec<Power>), DeskError> {
        let power = |verb, unit: Option<&str>, before, after| {
            let unit = unit.map(|unit| BranchNo::parse(unit).unwrap());
            Power { verb, unit, before, after }
        };
        let powers = vec![
            power(Verb::OpenCase, None, true, true),
            power(Verb::ViewCustomer, Some("0101"), true, false),
            power(Verb::ViewCustomer, Some("0102"), false, true),
        ];
        Ok((proposal(id), powers))
    }
    async fn decide_change(&self, _: Decide) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
    async fn take_link(&self, _: ProposalId) -> Result<EnrolLink, DeskError> {
        Err(Code::Busy.into())
    }
    async fn suspend_staff(&self, _: StaffNo) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
    async fn unlock_staff(&self, _: StaffNo) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
    async fn told(&self) -> Result<Vec<Told>, DeskError> {
        let own = Told::CertifiedUntil { until: Timestamp::from_millis(1_796_335_300_000) };
        let of_admins = [Told::Waiting { count: 2 }, Told::Lapsing { count: 3, days: 14 }];
        Ok(match self.staff.role {
            Role::Admin => [own].into_iter().chain(of_admins).collect(),
            Role::Approver => vec![own, Told::ExportsWait { count: 3 }],
            Role::Operator => vec![own, own_export()],
            Role::Supervisor | Role::Auditor => vec![own],
        })
    }
}

#[async_trait]
impl Recertify for FakeDesk {
    async fn due(&self) -> Result<DueList, DeskError> {
        let due = |staff_no: &str, own| DueEntry {
            looked: Looked::parse(&format!("{staff_no}:3:1796335300000")).unwrap(),
            entry: StaffEntry { staff_no: StaffNo::parse(staff_no).unwrap(), ..entry(StaffState::Active) },
            may: if own { Vec::new() } else { vec![Verb::OpenCase, Verb::ViewCustomer] },
            own,
        };
        let until = Timestamp::from_millis(1_803_111_300_000);
        Ok(DueList { due: vec![due("op1002", false), due("ad9001", true)], count: 60, notice_days: 14, until })
    }
    async fn certify_staff(&self, _: Certify) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
}

fn own_export() -> Told {
    Told::OwnExport {
        export: super::exports::in_state(ExportState::Generated),
        state: ExportState::Generated,
        at: Timestamp::from_millis(1_795_335_300_000),
        until: Some(Timestamp::from_millis(1_795_336_200_000)),
    }
}

/// A proposal of another, of one's own, and about oneself.
pub const PROPOSAL: ProposalId = ProposalId::from_bytes([21; 16]);
pub const OWN_PROPOSAL: ProposalId = ProposalId::from_bytes([22; 16]);
pub const ABOUT_ME: ProposalId = ProposalId::from_bytes([23; 16]);

fn entry(state: StaffState) -> StaffEntry {
    StaffEntry {
        staff_no: StaffNo::parse("op1002").unwrap(),
        person: PersonNo::parse("P-1002").unwrap(),
        name: "周<宁>".into(),
        role: Role::Operator,
        unit: BranchNo::parse("0102").unwrap(),
        state,
        certified_until: Timestamp::from_millis(1_796_335_300_000),
        seen: (state == StaffState::Active).then_some(Timestamp::from_millis(1_795_335_300_000)),
        reveals_frozen_until: None,
    }
}

fn proposal(id: ProposalId) -> ProposalView {
    ProposalView {
        proposal_id: id,
        change: ChangeKind::Move,
        staff_no: StaffNo::parse("op1002").unwrap(),
        person: PersonNo::parse("P-1002").unwrap(),
        name: "周<宁>".into(),
        role: Role::Operator,
        unit: BranchNo::parse("0102").unwrap(),
        role_before: Some(Role::Operator),
        unit_before: Some(BranchNo::parse("0101").unwrap()),
        proposed_by: StaffNo::parse("ad9001").unwrap(),
        proposed: Timestamp::from_millis(1_795_335_000_000),
        expires: Timestamp::from_millis(1_795_939_800_000),
        state: ProposalState::Waiting,
        decision: None,
        link: None,
        own: id == OWN_PROPOSAL,
        about_me: id == ABOUT_ME,
    }
}
