//! Exports (issue 5, E1–E6): a bank with two approvers of two units, and a recipient who holds a key.

mod fetching;
mod making;
mod recipients;
mod registers;
mod requests;
mod votes;

use crate::authenticator::Authenticator;
use crate::customers::Customer;
use crate::office::TestOffice;
use crate::people::{Person, Seat};
use age::secrecy::ExposeSecret;
use backoffice::store::statement::sql;
use backoffice::{ExportSettings, Settings};
use domain::code::Code;
use domain::desk::{
    DecideExport, DecideRecipient, DeskError, DrawExport, ExportState, ExportStep, ExportView, Method,
    ProposeRecipient, SealedFile,
};
use domain::export::Caps;
use domain::id::{CaseId, Challenge, ExportId, FieldName, RecipientId};
use domain::role::Role;
use std::io::Read;
use std::sync::Arc;

pub const WHY: &str = "the regulator's template asks for it";

/// A bank that exports.
pub struct Bank {
    pub house: Arc<TestOffice>,
    /// Of branch 0101, with a code and a passkey.
    pub operator: Seat,
    pub device: Authenticator,
    /// Of head office A and B.
    pub first: Seat,
    pub second: Seat,
    pub recipient: RecipientId,
    identity: age::x25519::Identity,
    pub customers: Vec<Customer>,
    pub case: CaseId,
}

pub fn public_key(identity: &age::x25519::Identity) -> String {
    let text = identity.to_string();
    let text: &str = text.expose_secret();
    let identity: age::x25519::Identity = text.parse().unwrap();
    identity.to_public().to_string()
}

pub fn proposal(key: &str) -> ProposeRecipient {
    ProposeRecipient {
        name: "Provincial regulator".into(),
        kind: "authority".into(),
        contact: "duty desk, extension 20".into(),
        key: key.into(),
        assessment: "SEC-2026-0009".into(),
        assessed_until: "2027-06-30".into(),
        commitment: "UND-2026-0003".into(),
    }
}

impl Bank {
    pub async fn open() -> Self {
        Self::with(ExportSettings::default()).await
    }

    pub async fn with(exports: ExportSettings) -> Self {
        let house = TestOffice::with(Settings { exports, ..Settings::default() }).await;
        let operator = house.seat(Person::operator()).await;
        let customers = vec![Customer::number(1, "0101"), Customer::number(2, "0101")];
        for (n, customer) in customers.iter().enumerate() {
            house.keep(customer).await;
            house.opened(customer, ["2026-03-02", "2026-03-31"][n]).await;
        }
        let (case, _) = operator.bound("complaint", &customers[0]).await;
        let mut device = Authenticator::number(1);
        operator.enrol_passkey("desk key", &mut device).await;
        let first = house.seat(Person::of("ap2001", Role::Approver, "HQA")).await;
        let second = house.seat(Person::of("ap2002", Role::Approver, "HQB")).await;
        // Entered by two who are nobody else here: they stay away from it for a week.
        let (by, confirmer) = (
            house.seat(Person::operator_elsewhere()).await,
            house.seat(Person::of("ap2009", Role::Approver, "HQC")).await,
        );
        let identity = age::x25519::Identity::generate();
        let form = proposal(&public_key(&identity));
        let recipient = by.desk().await.propose_recipient(form).await.unwrap();
        confirmer.confirm_recipient(recipient).await;
        Self { house, operator, device, first, second, recipient, identity, customers, case }
    }

    /// A request for the customers of the first quarter.
    pub fn form(&self, fields: &[(&str, &str)]) -> DrawExport {
        let field = |(name, form): &(&str, &str)| (FieldName::parse(name).unwrap(), (*form).to_owned(), WHY.to_owned());
        DrawExport {
            cases: Vec::new(),
            from: "2026-01-01".into(),
            to: "2026-03-31".into(),
            product: String::new(),
            fields: fields.iter().map(field).collect(),
            purpose: "complaint".into(),
            recipient: self.recipient.to_string(),
            intended_use: "answers the regulator's quarterly inquiry".into(),
            basis: "legal_duty".into(),
            impact_assessment: String::new(),
            retention_days: "90".into(),
            format: "csv".into(),
        }
    }

    pub fn usual(&self) -> DrawExport {
        self.form(&[("name", "mask"), ("card_no", "token"), ("mobile", "mask")])
    }

    pub async fn draw(&self, form: DrawExport) -> ExportId {
        self.operator.desk().await.draw_export(form).await.unwrap_or_else(|error| panic!("{error:?}"))
    }

    pub async fn try_draw(&self, form: DrawExport) -> DeskError {
        self.operator.desk().await.draw_export(form).await.unwrap_err()
    }

    pub async fn view(&self, export: ExportId) -> ExportView {
        self.operator.desk().await.export(export).await.unwrap()
    }

    pub async fn state(&self, export: ExportId) -> ExportState {
        self.view(export).await.entry.state
    }

    /// Drawn up and submitted by a code.
    pub async fn submitted(&self, form: DrawExport) -> ExportId {
        let export = self.draw(form).await;
        self.operator.submit(export).await.unwrap();
        export
    }

    /// With both votes.
    pub async fn approved(&self, form: DrawExport) -> ExportId {
        let export = self.submitted(form).await;
        self.first.approve(export).await.unwrap();
        self.second.approve(export).await.unwrap();
        export
    }

    /// With its file.
    pub async fn made(&self, form: DrawExport) -> ExportId {
        let export = self.approved(form).await;
        self.operator.generate(export).await.unwrap();
        self.house.office.work_on_exports().await.unwrap();
        assert_eq!(self.state(export).await, ExportState::Generated);
        export
    }

    /// Fetches it by the passkey.
    pub async fn fetch(&mut self, export: ExportId) -> Result<SealedFile, DeskError> {
        let challenge = match self.operator.download(export, None).await {
            Err(DeskError::StepUpRequired { challenge, methods }) => {
                assert_eq!(methods, [Method::Passkey], "it was submitted by a code");
                challenge
            }
            other => return other,
        };
        let options = self.operator.step_up_options(challenge).await;
        let assertion = self.device.get(&options).unwrap();
        self.operator.answer_by(challenge, &assertion).await.unwrap();
        self.operator.download(export, Some(challenge)).await
    }

    /// As the recipient opens it.
    pub fn unseal(&self, mut file: SealedFile) -> Vec<u8> {
        let mut sealed = Vec::new();
        file.content.read_to_end(&mut sealed).unwrap();
        assert_eq!(sealed.len() as u64, file.bytes);
        age::decrypt(&self.identity, &sealed).unwrap()
    }
}

impl TestOffice {
    /// Says when a customer was taken on.
    pub async fn opened(&self, customer: &Customer, day: &str) {
        let update =
            sql("UPDATE customer SET opened_on = $1 WHERE id = $2").bind(day).bind(&customer.id.as_bytes()[..]);
        update.execute(&mut self.intruder().await).await.unwrap();
    }
}

/// The challenge that a first try is answered with.
pub fn challenge_of<T>(answer: Result<T, DeskError>) -> Result<Challenge, DeskError> {
    match answer {
        Err(DeskError::StepUpRequired { challenge, .. }) => Ok(challenge),
        Err(other) => Err(other),
        Ok(_) => panic!("no step-up was asked for"),
    }
}

pub fn is(code: Code) -> DeskError {
    DeskError::Refused(code)
}

pub const CAPS: Caps = Caps {
    rows_visible: 1_000_000,
    rows_masked: 50_000,
    rows_opened: 1_000,
    bytes_visible: 1 << 30,
    bytes_masked: 1 << 30,
    bytes_opened: 1 << 30,
    rows_month: 2_000_000,
    requests: 10,
    pair_votes: 10,
};

impl Seat {
    pub async fn submit(&self, export: ExportId) -> Result<(), DeskError> {
        let step = ExportStep { export, challenge: None };
        let challenge = challenge_of(self.desk().await.submit_export(step).await)?;
        self.answer(challenge).await.unwrap();
        self.desk().await.submit_export(ExportStep { export, challenge: Some(challenge) }).await
    }

    pub async fn generate(&self, export: ExportId) -> Result<(), DeskError> {
        let step = ExportStep { export, challenge: None };
        let challenge = challenge_of(self.desk().await.generate_export(step).await)?;
        self.answer(challenge).await.unwrap();
        self.desk().await.generate_export(ExportStep { export, challenge: Some(challenge) }).await
    }

    pub async fn download(&self, export: ExportId, challenge: Option<Challenge>) -> Result<SealedFile, DeskError> {
        self.desk().await.download_export(ExportStep { export, challenge }).await
    }

    /// What this person would vote, having read it.
    pub async fn ballot(&self, export: ExportId, approve: bool) -> DecideExport {
        let view = self.desk().await.export(export).await.unwrap();
        let note = if approve { String::new() } else { "the scope is wider than the inquiry".into() };
        DecideExport { export, digest: view.digest, approve, note, challenge: None }
    }

    pub async fn cast(&self, ballot: DecideExport) -> Result<(), DeskError> {
        let challenge = challenge_of(self.desk().await.decide_export(ballot.clone()).await)?;
        self.answer(challenge).await.unwrap();
        self.desk().await.decide_export(DecideExport { challenge: Some(challenge), ..ballot }).await
    }

    pub async fn approve(&self, export: ExportId) -> Result<(), DeskError> {
        let ballot = self.ballot(export, true).await;
        self.cast(ballot).await
    }

    pub async fn confirm_recipient(&self, recipient: RecipientId) {
        let form = recipient_word(recipient, true);
        let challenge = challenge_of(self.desk().await.decide_recipient(form.clone()).await).unwrap();
        self.answer(challenge).await.unwrap();
        let form = DecideRecipient { challenge: Some(challenge), ..form };
        self.desk().await.decide_recipient(form).await.unwrap();
    }
}

pub fn recipient_word(recipient: RecipientId, confirm: bool) -> DecideRecipient {
    DecideRecipient {
        recipient,
        confirm,
        channel: "telephone, by the number in the contract".into(),
        note: "read the fingerprint out to their officer".into(),
        challenge: None,
    }
}
