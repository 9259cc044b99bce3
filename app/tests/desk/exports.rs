//! Exports in every state, recipients, and the register.

use super::FakeDesk;
use async_trait::async_trait;
use domain::audit::fingerprint::Fingerprint;
use domain::catalogue::Class;
use domain::clock::{Span, Timestamp};
use domain::code::Code;
use domain::desk::*;
use domain::export::*;
use domain::id::*;
use domain::mask::Masked;
use domain::role::Role;

const NOW: Timestamp = Timestamp::from_millis(1_795_335_330_123);

pub const STATES: [ExportState; 12] = [
    ExportState::Draft,
    ExportState::Submitted,
    ExportState::Approved,
    ExportState::Rejected,
    ExportState::Expired,
    ExportState::Withdrawn,
    ExportState::Queued,
    ExportState::Running,
    ExportState::Failed,
    ExportState::Generated,
    ExportState::Downloaded,
    ExportState::Destroyed,
];

/// The request in that state, submitted with a code.
pub fn in_state(state: ExportState) -> ExportId {
    let at = STATES.iter().position(|one| *one == state).unwrap();
    ExportId::from_bytes([u8::try_from(at).unwrap() + 1; 16])
}

/// One whose file waits and that was submitted by passkey.
pub const BY_PASSKEY: ExportId = ExportId::from_bytes([40; 16]);
/// One that an approver of the same unit looks at.
pub const SAME_UNIT: ExportId = ExportId::from_bytes([41; 16]);

pub const WAITING: RecipientId = RecipientId::from_bytes([50; 16]);
pub const CONFIRMED: RecipientId = RecipientId::from_bytes([51; 16]);
pub const RESTING: RecipientId = RecipientId::from_bytes([52; 16]);
pub const OVER: RecipientId = RecipientId::from_bytes([53; 16]);

fn recipient(id: RecipientId) -> RecipientView {
    let waiting = id == WAITING;
    RecipientView {
        recipient_id: id,
        name: "某某<监管>局".into(),
        kind: RecipientKind::Authority,
        contact: "李雷 010-0000-0000".into(),
        key: "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p".into(),
        fingerprint: "0a1b 2c3d 4e5f 6071".into(),
        assessment: "SA-2026-004".into(),
        assessed_until: if id == OVER { NOW.minus(Span::days(3)) } else { NOW.plus(Span::days(90)) },
        commitment: "CM-2026-011".into(),
        proposed_by: StaffNo::parse("op1002").unwrap(),
        proposed: NOW.minus(Span::days(1)),
        state: match id {
            WAITING => RecipientState::Waiting,
            OVER => RecipientState::AssessmentOver,
            _ => RecipientState::Confirmed,
        },
        own: false,
        decision: (!waiting).then(|| RecipientDecision {
            by: StaffNo::parse("ap2001").unwrap(),
            at: NOW,
            channel: "回拨总机".into(),
            note: "逐组核对一致".into(),
        }),
        rests_until: (id == RESTING).then(|| NOW.plus(Span::days(6))),
    }
}

fn entry(id: ExportId, own: bool) -> ExportEntry {
    let at = STATES.iter().position(|state| in_state(*state) == id);
    let state = match id {
        BY_PASSKEY => ExportState::Generated,
        SAME_UNIT => ExportState::Submitted,
        _ => at.map_or(ExportState::Draft, |at| STATES[at]),
    };
    ExportEntry {
        export_id: id,
        state,
        requester: StaffNo::parse("op1001").unwrap(),
        unit: BranchNo::parse("0101").unwrap(),
        created: NOW.minus(Span::minutes(185)),
        expires: Some(NOW.plus(Span::minutes(15))),
        rows: 1_240,
        purpose: PurposeName::parse("complaint").unwrap(),
        recipient: "某某<监管>局".into(),
        votes: 1,
        votes_needed: 2,
        own,
    }
}

fn asked(field: &str, form: Form) -> AskedField {
    AskedField { field: FieldName::parse(field).unwrap(), form, why: "报送<年度>统计".into() }
}

fn run(state: ExportState) -> RunView {
    let made = matches!(state, ExportState::Generated | ExportState::Downloaded | ExportState::Destroyed);
    RunView {
        state,
        rows_done: if made { 1_240 } else { 310 },
        rows: 1_240,
        bytes: made.then_some(88_123),
        sha256: made.then(|| Fingerprint::from_bytes([9; 32])),
        expires: made.then(|| NOW.plus(Span::minutes(15))),
        code: (state == ExportState::Failed).then_some(Code::ExportChanged),
    }
}

impl FakeDesk {
    /// Refuses all others, as the policy does.
    async fn only(&self, roles: &[Role]) -> Result<(), DeskError> {
        if roles.contains(&self.staff.role) {
            return Ok(());
        }
        Err(self.refused(Seen::default(), Code::NotPermitted.into()).await)
    }
}

#[async_trait]
impl Exports for FakeDesk {
    async fn recipients(&self) -> Result<Vec<RecipientView>, DeskError> {
        self.only(&[Role::Operator, Role::Approver, Role::Supervisor, Role::Auditor]).await?;
        Ok([WAITING, CONFIRMED, RESTING, OVER].map(recipient).to_vec())
    }
    async fn recipient(&self, id: RecipientId) -> Result<RecipientView, DeskError> {
        Ok(recipient(id))
    }
    async fn propose_recipient(&self, _: ProposeRecipient) -> Result<RecipientId, DeskError> {
        Err(Code::Busy.into())
    }
    async fn decide_recipient(&self, _: DecideRecipient) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
    async fn end_recipient(&self, _: RecipientId) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }

    async fn export_options(&self) -> Result<ExportOptions, DeskError> {
        self.only(&[Role::Operator]).await?;
        Ok(ExportOptions {
            cases: vec![ExportCase {
                case_id: CaseId::from_bytes([2; 16]),
                purpose: PurposeName::parse("complaint").unwrap(),
                ticket: "CS-2026-000123".into(),
                opened: NOW.minus(Span::days(2)),
            }],
            recipients: [CONFIRMED, RESTING, OVER].map(recipient).to_vec(),
            caps: Caps::default(),
            rows_in_period: 4_321,
        })
    }
    async fn draw_export(&self, _: DrawExport) -> Result<ExportId, DeskError> {
        Err(Code::Busy.into())
    }
    async fn exports(&self) -> Result<Vec<ExportEntry>, DeskError> {
        self.only(&[Role::Operator]).await?;
        Ok(STATES.iter().map(|state| entry(in_state(*state), true)).collect())
    }
    async fn export(&self, id: ExportId) -> Result<ExportView, DeskError> {
        self.only(&[Role::Operator, Role::Approver]).await?;
        let entry = entry(id, self.staff.role == Role::Operator);
        let window = Window::new(Day::parse("2026-01-01").unwrap(), Day::parse("2026-03-31").unwrap()).unwrap();
        let digest = ExportDigest::of(b"a request");
        let mask = |text: &str| Masked::stored(text.into());
        Ok(ExportView {
            selection: match entry.state {
                ExportState::Draft => Selection::Cases { cases: vec![CaseId::from_bytes([2; 16])] },
                _ => Selection::Opened { branch: entry.unit.clone(), window, product: Some("SAV-01".into()) },
            },
            tickets: vec!["CS-2026-000123".into()],
            fields: vec![asked("name", Form::Mask), asked("mobile", Form::Mask), asked("card_no", Form::Token)],
            histogram: vec![(Class::C2, Form::Mask, 2), (Class::C2, Form::Token, 1)],
            to: recipient(CONFIRMED),
            intended_use: "季度<监管>报表".into(),
            basis: Basis::LegalDuty,
            impact_assessment: Some("PIA-2026-0007".into()),
            retention_days: 90,
            format: ExportFormat::Csv,
            digest,
            short: digest.short(),
            sample: vec![
                vec![vec![mask("张*")], vec![mask("138****5678"), mask("139****0001")], vec![]],
                vec![vec![mask("李**")], vec![], vec![mask("622202******0011")]],
            ],
            usual: Usual { requests: 4, median_rows: 100, most_rows: 400, to_recipient: 0, rejected: 1, new_fields: 1 },
            decisions: vec![VoteView {
                by: StaffNo::parse("ap2002").unwrap(),
                name: "周<宁>".into(),
                unit: BranchNo::parse("HOB").unwrap(),
                approved: true,
                note: "依据<监管>通知".into(),
                at: NOW,
                think_ms: Some(245_000),
            }],
            may_not_decide: match id {
                SAME_UNIT => Some(Code::SameUnit),
                _ => (self.staff.role == Role::Operator).then_some(Code::OwnExport),
            },
            submitted_by_passkey: (entry.state != ExportState::Draft).then_some(id == BY_PASSKEY),
            run: match entry.state {
                ExportState::Queued
                | ExportState::Running
                | ExportState::Failed
                | ExportState::Generated
                | ExportState::Downloaded
                | ExportState::Destroyed => Some(run(entry.state)),
                _ => None,
            },
            entry,
        })
    }
    async fn export_progress(&self, _: ExportId) -> Result<RunView, DeskError> {
        Ok(run(ExportState::Running))
    }
    async fn submit_export(&self, _: ExportStep) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
    async fn withdraw_export(&self, _: ExportId) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
    async fn generate_export(&self, _: ExportStep) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
    async fn download_export(&self, _: ExportStep) -> Result<SealedFile, DeskError> {
        Err(Code::Busy.into())
    }

    async fn approvals(&self) -> Result<Vec<ExportEntry>, DeskError> {
        self.only(&[Role::Approver]).await?;
        Ok(vec![entry(in_state(ExportState::Submitted), false)])
    }
    async fn decide_export(&self, _: DecideExport) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }

    async fn export_register(&self) -> Result<ExportRegister, DeskError> {
        self.only(&[Role::Supervisor, Role::Auditor]).await?;
        let channel = |channel, due: Option<Timestamp>, overdue| ChannelView {
            channel,
            last: due.map(|_| ChannelCheck {
                by: StaffNo::parse("su3001").unwrap(),
                at: NOW.minus(Span::days(100)),
                sound: true,
                note: "逐项<抽查>".into(),
            }),
            due,
            overdue,
        };
        Ok(ExportRegister {
            exports: vec![RegisterEntry {
                entry: entry(in_state(ExportState::Destroyed), false),
                scope: vec![(FieldName::parse("name").unwrap(), Form::Mask)],
                intended_use: "季度<监管>报表".into(),
                basis: Basis::LegalDuty,
                retention_days: 90,
                short: ExportDigest::of(b"a request").short(),
                bytes: Some(88_123),
                sha256: Some(Fingerprint::from_bytes([9; 32])),
                downloaded: Some(NOW.minus(Span::minutes(5))),
                destroyed: Some(NOW.minus(Span::minutes(4))),
            }],
            recipients: [OVER, CONFIRMED].map(recipient).to_vec(),
            channels: vec![
                channel(Channel::Export, Some(NOW.plus(Span::days(60))), false),
                channel(Channel::LogBundle, Some(NOW.minus(Span::days(10))), true),
                channel(Channel::Backup, None, true),
                channel(Channel::Browser, None, true),
            ],
        })
    }
    async fn check_channel(&self, _: CheckChannel) -> Result<CheckId, DeskError> {
        Err(Code::Busy.into())
    }
}
