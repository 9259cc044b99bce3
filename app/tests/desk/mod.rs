//! A desk with one case and one customer.

pub mod audit;
pub mod exports;
pub mod people;

use app::page::Page;
use async_trait::async_trait;
use domain::audit::event::AttemptName;
use domain::audit::fingerprint::Fingerprint;
use domain::budget::{Counter, Scope, Window};
use domain::catalogue::Catalogue;
use domain::clock::Timestamp;
use domain::code::Code;
use domain::desk::*;
use domain::id::*;
use domain::mask::Masked;
use domain::notice::Notice;
use domain::purpose::{Identified, Purposes};
use domain::role::Role;
use domain::search::GuardedSearch;
use std::sync::Mutex;

/// Kept results, by what they found.
pub const FOUND: ResultId = ResultId::from_bytes([10; 16]);
pub const NONE: ResultId = ResultId::from_bytes([11; 16]);
pub const MANY: ResultId = ResultId::from_bytes([12; 16]);

const CASE: CaseId = CaseId::from_bytes([2; 16]);
const CUSTOMER: Handle = Handle::from_bytes([3; 16]);

/// The one customer's card.
pub fn card() -> Page {
    Page::Customer { case: CASE, customer: CUSTOMER }
}

pub struct FakeDesk {
    staff: StaffView,
    catalogue: Catalogue,
    purposes: Purposes,
    notice: Notice,
    customer: CustomerView,
    refusals: Mutex<Vec<Code>>,
}

impl FakeDesk {
    pub fn of(role: Role) -> Self {
        Self {
            staff: StaffView {
                staff_no: StaffNo::parse("op1001").unwrap(),
                name: "王芳".into(),
                role,
                unit: BranchNo::parse("0101").unwrap(),
            },
            catalogue: Catalogue::shipped().unwrap(),
            purposes: Purposes::shipped().unwrap(),
            notice: Notice::shipped().unwrap(),
            customer: customer(),
            refusals: Mutex::default(),
        }
    }
    /// The same desk before another customer.
    pub fn with(self, customer: CustomerView) -> Self {
        Self { customer, ..self }
    }
    pub fn refusals(&self) -> Vec<Code> {
        self.refusals.lock().unwrap().clone()
    }
}

fn case() -> CaseView {
    CaseView {
        id: CASE,
        purpose: PurposeName::parse("complaint").unwrap(),
        ticket: "CS-2026-000123".into(),
        identified: Identified::QuestionsPassed,
        opened: Timestamp::from_millis(1_795_335_000_000),
        customer: Some(CUSTOMER),
    }
}

fn customer() -> CustomerView {
    let masks = [
        ("customer_no", 1, "C0000017"),
        ("name", 1, "张*"),
        ("id_no", 1, "9901************12"),
        ("mobile", 1, "138****5678"),
        ("mobile", 2, "139****0001"),
        ("email", 1, "z***@example.com"),
        ("card_no", 1, "622202******0011"),
        ("card_expiry", 1, "**/**"),
        ("address", 1, "北京市海淀区********"),
        ("birth_date", 1, "1990-**-**"),
        ("balance", 1, "******"),
        ("branch", 1, "0101"),
        ("opened_on", 1, "2015-06-01"),
    ];
    let field = |(name, item, mask): (&str, u8, &str)| MaskedField {
        field: FieldName::parse(name).unwrap(),
        item: Item::new(item).unwrap(),
        mask: Masked::stored(mask.into()),
    };
    CustomerView { id: CUSTOMER, fields: masks.into_iter().map(field).collect() }
}

/// Someone with thirty cards and masks that try a layout: endless, from right to left, piled up.
pub fn crowded() -> CustomerView {
    let field = |name: &str, item: u8, mask: &str| MaskedField {
        field: FieldName::parse(name).unwrap(),
        item: Item::new(item).unwrap(),
        mask: Masked::stored(mask.into()),
    };
    let mut fields = vec![
        field("name", 1, &"م*".repeat(100)),
        field("address", 1, &format!("{}****", "e\u{301}\u{302}\u{303}\u{304}\u{305}".repeat(40))),
        field("employer", 1, "\u{202e}****\u{2066}"),
    ];
    fields.extend((1..=30).map(|item| field("card_no", item, "622202******0011")));
    CustomerView { id: CUSTOMER, fields }
}

#[async_trait]
impl Reveals for FakeDesk {
    async fn more(&self, _: RevealNo) -> Result<More, DeskError> {
        Err(Code::Busy.into())
    }
    async fn copied(&self, _: RevealNo) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
    async fn attempted(&self, _: RevealNo, _: AttemptName) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
    async fn rated(&self, _: RevealNo, _: bool) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
    async fn revealed_lately(&self, _: CaseId, _: Handle) -> Result<RevealedLately, DeskError> {
        Ok(RevealedLately { count: 3, last: Some(Timestamp::from_millis(1_795_330_000_000)) })
    }
}

#[async_trait]
impl Budgets for FakeDesk {
    async fn budget_left(&self, _: Option<&PurposeName>) -> Result<Vec<Left>, DeskError> {
        let left = |counter, left| {
            let opens = (left == 0).then_some(Timestamp::from_millis(1_795_338_000_000));
            Left { counter, scope: Scope::Person, window: Window::Hour, left, limit: 60, opens }
        };
        Ok(vec![
            left(Counter::Searches, 58),
            left(Counter::Misses, 57),
            left(Counter::Customers, 3),
            left(Counter::Reveals, 0),
        ])
    }
}

#[async_trait]
impl WrongPerson for FakeDesk {
    async fn wrong_person(&self, _: CaseId) -> Result<CaseId, DeskError> {
        Err(Code::Busy.into())
    }
}

#[async_trait]
impl OwnPassword for FakeDesk {
    async fn password_set(&self) -> Result<Option<Timestamp>, DeskError> {
        Ok(Some(Timestamp::from_millis(1_795_335_330_123)))
    }
    async fn change_password(&self, _: ChangePassword) -> Result<(), DeskError> {
        Err(Code::NotPermitted.into())
    }
}

#[async_trait]
impl Passkeys for FakeDesk {
    async fn passkeys(&self) -> Result<Vec<PasskeyView>, DeskError> {
        let view = |n: u8, used, suspended| PasskeyView {
            passkey_id: PasskeyId::from_bytes([n; 16]),
            name: format!("密钥<{n}>"),
            enrolled: Timestamp::from_millis(1_795_335_000_000),
            used,
            suspended,
        };
        Ok(vec![view(4, Some(Timestamp::from_millis(1_795_335_330_123)), false), view(5, None, true)])
    }
    async fn begin_passkey(&self, _: EnrolPasskey) -> Result<CeremonyOptions, DeskError> {
        Err(Code::Busy.into())
    }
    async fn finish_passkey(&self, _: EnrolPasskey, _: &str) -> Result<PasskeyId, DeskError> {
        Err(Code::Busy.into())
    }
    async fn revoke_passkey(&self, _: PasskeyId) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
    async fn begin_step_up_passkey(&self, _: Challenge) -> Result<CeremonyOptions, DeskError> {
        Err(Code::Busy.into())
    }
    async fn step_up_passkey(&self, _: Challenge, _: &str) -> Result<SessionToken, DeskError> {
        Err(Code::Busy.into())
    }
}

#[async_trait]
impl Secrecy for FakeDesk {
    fn notice(&self) -> &Notice {
        &self.notice
    }
    fn acknowledged(&self) -> bool {
        false
    }
    async fn acknowledge(&self, _: Fingerprint) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
}

#[async_trait]
impl Sessions for FakeDesk {
    fn session(&self) -> SessionLeft {
        SessionLeft::new(890, 28_000, 900)
    }
    async fn own_sessions(&self) -> Result<Vec<OwnSession>, DeskError> {
        let session = |n: u8, end: Option<(i64, EndedBy)>| OwnSession {
            session_id: Lineage::from_bytes([n; 16]),
            started: Timestamp::from_millis(1_795_335_000_000),
            seen: Timestamp::from_millis(1_795_335_300_000),
            end: end.map(|(at, ended_by)| SessionEnd { ended: Timestamp::from_millis(at), ended_by }),
            address: (n == 6).then(|| [192, 0, 2, 7].into()),
            current: end.is_none(),
            same_browser: n == 6,
        };
        let ended = EndedBy::ALL.into_iter().zip(7..);
        Ok(std::iter::once(session(6, None))
            .chain(ended.map(|(by, n)| session(n, Some((1_795_334_000_000, by)))))
            .collect())
    }
    async fn end_own_session(&self, _: Lineage) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
    async fn live_sessions(&self) -> Result<Vec<LiveSession>, DeskError> {
        if self.staff.role != Role::Admin {
            return Err(self.refused(Seen::default(), Code::NotPermitted.into()).await);
        }
        let session = |staff_no: &str, current| LiveSession {
            staff_no: StaffNo::parse(staff_no).unwrap(),
            name: "周<宁>".into(),
            role: Role::Operator,
            unit: BranchNo::parse("0102").unwrap(),
            started: Timestamp::from_millis(1_795_335_000_000),
            seen: Timestamp::from_millis(1_795_335_300_000),
            current,
        };
        Ok(vec![session("op1001", true), session("op1002", false)])
    }
    async fn end_sessions_of(&self, _: StaffNo) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
}

#[async_trait]
impl Desk for FakeDesk {
    fn staff(&self) -> &StaffView {
        &self.staff
    }
    fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }
    fn purposes(&self) -> &Purposes {
        &self.purposes
    }
    async fn cases(&self) -> Result<Vec<CaseView>, DeskError> {
        Ok(vec![case(), CaseView { customer: None, ..case() }])
    }
    async fn case(&self, _: CaseId) -> Result<CaseView, DeskError> {
        Ok(case())
    }
    async fn open_case(&self, _: OpenCase) -> Result<CaseId, DeskError> {
        Err(Code::Busy.into())
    }
    async fn close_case(&self, _: CaseId) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
    async fn search(&self, _: CaseId, _: GuardedSearch, _: Keep) -> Result<Searched, DeskError> {
        Err(Code::Busy.into())
    }
    async fn kept(&self, result: ResultId) -> Result<(CaseId, Found), DeskError> {
        let found = match result {
            FOUND => Found::Found { customers: vec![customer()] },
            MANY => Found::TooMany { customers: [] },
            _ => Found::None { customers: [] },
        };
        Ok((CASE, found))
    }
    async fn view(&self, _: CaseId, _: Handle) -> Result<CustomerView, DeskError> {
        Ok(self.customer.clone())
    }
    async fn reveal(&self, _: RevealForm) -> Result<Shown, DeskError> {
        Err(Code::Busy.into())
    }
    async fn step_up_totp(&self, _: Challenge, _: &str) -> Result<SessionToken, DeskError> {
        Err(Code::Busy.into())
    }
    async fn sign_out(&self) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
    async fn refused(&self, _: Seen, error: DeskError) -> DeskError {
        self.refusals.lock().unwrap().push(error.code());
        error
    }
}

#[async_trait]
impl Drafts for FakeDesk {
    async fn keep_draft(&self, _: DraftPlace, _: Draft) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
    async fn draft(&self, _: DraftPlace) -> Result<Option<Draft>, DeskError> {
        Ok(Some(Draft::parse("typed before the session ended").unwrap()))
    }
    async fn forget_draft(&self, _: DraftPlace) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
}

#[async_trait]
impl Once for FakeDesk {
    async fn take_turn(&self, _: FormSent) -> Result<Turn, DeskError> {
        Err(Code::Busy.into())
    }
    async fn end_turn(&self, _: FormSent, _: Option<&str>) -> Result<(), DeskError> {
        Err(Code::Busy.into())
    }
}
