//! Who works there, and how they sign in: by password and code, as anyone must.

use crate::office::TestOffice;
use backoffice::auth::{RequestStamp, code_at};
use backoffice::staff::Enrolment;
use domain::audit::event::{Endpoint, PersonName};
use domain::clock::Span;
use domain::desk::{Desk, DeskError, OpenCase, RevealForm, SessionToken, Shown};
use domain::id::{BranchNo, CaseId, Challenge, FieldName, Handle, Item, PersonNo, ReasonCode, RequestId, StaffNo};
use domain::role::Role;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use zeroize::Zeroizing;

pub const PASSWORD: &str = "Grille-demo-2026";

/// A member of staff and their authenticator.
pub struct Person {
    pub staff_no: &'static str,
    role: Role,
    unit: &'static str,
    seed: [u8; 20],
    /// The last step whose code was given.
    given: AtomicI64,
}

impl Person {
    fn new(staff_no: &'static str, role: Role, unit: &'static str) -> Arc<Self> {
        let mut seed = *b"a seed for staff ...";
        seed[14..].copy_from_slice(staff_no.as_bytes());
        Arc::new(Self { staff_no, role, unit, seed, given: AtomicI64::new(0) })
    }

    /// Somebody of that number, role and unit; who shares its last four digits is the same person.
    pub fn of(staff_no: &'static str, role: Role, unit: &'static str) -> Arc<Self> {
        Self::new(staff_no, role, unit)
    }
    /// The operator of branch 0101.
    pub fn operator() -> Arc<Self> {
        Self::new("op1001", Role::Operator, "0101")
    }
    /// Their colleague of the same branch.
    pub fn colleague() -> Arc<Self> {
        Self::new("op1003", Role::Operator, "0101")
    }
    /// The operator of branch 0102.
    pub fn operator_elsewhere() -> Arc<Self> {
        Self::new("op1002", Role::Operator, "0102")
    }
    /// The operator's second login: another number, the same person.
    pub fn second_login() -> Arc<Self> {
        Self::new("ox1001", Role::Operator, "0101")
    }
    pub fn supervisor() -> Arc<Self> {
        Self::new("su3001", Role::Supervisor, "audit")
    }
    pub fn admin() -> Arc<Self> {
        Self::new("ad9001", Role::Admin, "it")
    }
    /// The second administrator, who confirms.
    pub fn second_admin() -> Arc<Self> {
        Self::new("ad9002", Role::Admin, "it")
    }
    pub fn third_admin() -> Arc<Self> {
        Self::new("ad9003", Role::Admin, "it")
    }
    /// The first administrator's second login: another number, the same person.
    pub fn admins_second_login() -> Arc<Self> {
        Self::new("ax9001", Role::Admin, "it")
    }
    pub fn auditor() -> Arc<Self> {
        Self::new("au4001", Role::Auditor, "audit")
    }

    /// The code that an authenticator shows at this step.
    pub fn code_of_step(&self, step: i64) -> String {
        code_at(&self.seed, step).unwrap()
    }

    /// The next code that will be accepted. Waits for it, as a person would.
    pub fn code(&self, house: &TestOffice) -> String {
        let present = house.now().seconds().div_euclid(30);
        let step = present.max(self.given.load(Ordering::SeqCst) + 1);
        if step > present + 1 {
            house.wait(Span::seconds((step - 1) * 30 - house.now().seconds()));
        }
        self.given.store(step, Ordering::SeqCst);
        self.code_of_step(step)
    }

    /// A code that is not right, now or a step away.
    pub fn wrong_code(&self, house: &TestOffice) -> String {
        let present = house.now().seconds().div_euclid(30);
        let right: Vec<String> = (present - 1..=present + 1).map(|step| self.code_of_step(step)).collect();
        ["000000", "111111", "222222", "333333"]
            .iter()
            .find(|code| right.iter().all(|r| r != *code))
            .unwrap()
            .to_string()
    }
}

/// Who stands where the request came from.
pub fn stamp(house: &TestOffice, route: &str) -> RequestStamp {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&house.requests.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    RequestStamp {
        request: RequestId::from_bytes(id),
        endpoint: Endpoint::parse(route).unwrap(),
        address: Some([127, 0, 0, 1].into()),
        device: None,
    }
}

impl TestOffice {
    /// Enters a person's record.
    pub async fn enrol(&self, person: &Person) {
        let who = Enrolment {
            staff_no: StaffNo::parse(person.staff_no).unwrap(),
            person: PersonNo::parse(&format!("P{}", &person.staff_no[2..])).unwrap(),
            name: PersonName::parse("林一").unwrap(),
            role: person.role,
            unit: BranchNo::parse(person.unit).unwrap(),
        };
        assert!(self.office.enrol(who, PASSWORD, &person.seed).await.unwrap());
    }

    /// Both factors, whatever they are.
    pub async fn try_sign_in(&self, staff_no: &str, password: &str, code: &str) -> Result<SessionToken, DeskError> {
        let first = stamp(self, "/api/sign_in");
        let tried = self.office.sign_in(staff_no, Zeroizing::new(password.into()), &first).await?;
        let signed = self.office.verify_totp(Some(&tried), code, stamp(self, "/api/verify_totp")).await?;
        Ok(signed.token)
    }

    /// A person's seat at this office, signed in.
    pub async fn sign_in(self: &Arc<Self>, person: &Arc<Person>) -> Seat {
        let code = person.code(self);
        let token = self.try_sign_in(person.staff_no, PASSWORD, &code).await.unwrap();
        Seat { house: self.clone(), person: person.clone(), token: Arc::new(Mutex::new(token.cookie_text())) }
    }

    /// The same for someone who has no record yet.
    pub async fn seat(self: &Arc<Self>, person: Arc<Person>) -> Seat {
        self.enrol(&person).await;
        self.sign_in(&person).await
    }

    /// An office with an operator of branch 0101 in it, signed in.
    pub async fn with_operator() -> (Arc<Self>, Seat) {
        let house = Self::empty().await;
        let seat = house.seat(Person::operator()).await;
        (house, seat)
    }
}

/// A person with a browser, whose cookie changes as sessions rotate.
#[derive(Clone)]
pub struct Seat {
    pub house: Arc<TestOffice>,
    pub person: Arc<Person>,
    token: Arc<Mutex<String>>,
}

impl Seat {
    pub fn token(&self) -> SessionToken {
        SessionToken::parse(&self.token.lock().unwrap()).unwrap()
    }

    /// The same browser at another process.
    pub fn at(&self, house: &Arc<TestOffice>) -> Self {
        Self { house: house.clone(), ..self.clone() }
    }

    /// The desk for one request, or why there is none.
    pub async fn try_desk(&self) -> Result<Arc<dyn Desk>, DeskError> {
        self.house.office.desk_for(&self.token(), stamp(&self.house, "/api/test")).await
    }

    pub async fn desk(&self) -> Arc<dyn Desk> {
        self.try_desk().await.unwrap()
    }

    /// What opens a case for that purpose.
    pub fn case_form(&self, purpose: &str, note: &str) -> OpenCase {
        let ticket = if purpose == "counter" { "Q-20261122-7" } else { "CMP-2026-0001" };
        OpenCase {
            purpose: purpose.into(),
            ticket: ticket.into(),
            identified: "not_applicable".into(),
            note: note.into(),
        }
    }

    /// Opens a case with a note of its own.
    pub async fn open(&self, purpose: &str) -> CaseId {
        let form = self.case_form(purpose, &self.house.note());
        self.desk().await.open_case(form).await.unwrap()
    }

    /// Answers a challenge with the next code, and keeps the new cookie.
    pub async fn answer(&self, challenge: Challenge) -> Result<(), DeskError> {
        let code = self.person.code(&self.house);
        self.answer_with(challenge, &code).await
    }

    pub async fn answer_with(&self, challenge: Challenge, code: &str) -> Result<(), DeskError> {
        let token = self.desk().await.step_up_totp(challenge, code).await?;
        self.keep(&token);
        Ok(())
    }

    /// Keeps a new cookie.
    pub fn keep(&self, token: &SessionToken) {
        *self.token.lock().unwrap() = token.cookie_text();
    }

    /// Asks for a reveal once.
    pub async fn ask(&self, form: &RevealForm) -> Result<Shown, DeskError> {
        self.desk().await.reveal(form.clone()).await
    }

    /// Asks, expecting a challenge.
    pub async fn challenge(&self, form: &RevealForm) -> Challenge {
        match self.ask(form).await {
            Err(DeskError::StepUpRequired { challenge, .. }) => challenge,
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("no step-up was asked for"),
        }
    }

    /// Asks, steps up, and gives back the form that will be permitted.
    pub async fn stepped_up(&self, form: &RevealForm) -> RevealForm {
        let challenge = self.challenge(form).await;
        self.answer(challenge).await.unwrap();
        RevealForm { challenge: Some(challenge), ..form.clone() }
    }

    /// The whole way to a value, by a step-up if one is asked for.
    pub async fn reveal(&self, form: &RevealForm) -> Shown {
        let challenge = match self.ask(form).await {
            Ok(shown) => return shown,
            Err(DeskError::StepUpRequired { challenge, .. }) => challenge,
            Err(other) => panic!("{other}"),
        };
        self.answer(challenge).await.unwrap();
        let form = RevealForm { challenge: Some(challenge), ..form.clone() };
        self.ask(&form).await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// The refusal of a request that must not succeed.
    pub async fn refused(&self, form: &RevealForm) -> DeskError {
        self.ask(form).await.err().expect("nothing may be shown")
    }
}

/// What asks for an item, for a complaint.
pub fn reveal_form(case: CaseId, customer: Handle, field: &str) -> RevealForm {
    RevealForm {
        case,
        customer,
        field: FieldName::parse(field).unwrap(),
        item: Item::FIRST,
        reason: ReasonCode::parse("COMPLAINT").unwrap(),
        note: None,
        challenge: None,
    }
}

/// The text that was shown.
pub fn shown(shown: &Shown) -> String {
    serde_json::to_value(&shown.value).unwrap().as_str().unwrap().to_owned()
}
