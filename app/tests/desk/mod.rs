//! A desk with one case and one customer.

use app::page::Page;
use async_trait::async_trait;
use domain::catalogue::Catalogue;
use domain::clock::Timestamp;
use domain::code::Code;
use domain::desk::*;
use domain::id::*;
use domain::mask::Masked;
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
            refusals: Mutex::default(),
        }
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
        Ok(customer())
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
