//! Four keys: what stops without each, what goes on, and that it comes back with the file (L0).

use crate::customers::Customer;
use crate::office::TestOffice;
use crate::people::{PASSWORD, Person, Seat, reveal_form, shown};
use backoffice::audit::verify;
use backoffice::vault::KeyKind;
use domain::audit::event::{Decision, Kind};
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{DeskError, RevealForm};
use domain::id::{CaseId, Handle};
use std::sync::Arc;

struct Counter {
    house: Arc<TestOffice>,
    seat: Seat,
    colleague: Arc<Person>,
    customer: Customer,
    case: CaseId,
    handle: Handle,
}

impl Counter {
    async fn ready() -> Self {
        let (house, seat) = TestOffice::with_operator().await;
        let customer = house.customer().await;
        let (case, handle) = seat.bound("complaint", &customer).await;
        let colleague = Person::colleague();
        house.enrol(&colleague).await;
        Self { house, seat, colleague, customer, case, handle }
    }

    fn form(&self) -> RevealForm {
        reveal_form(self.case, self.handle, "id_no")
    }

    async fn masks_work(&self) {
        let card = self.seat.desk().await.view(self.case, self.handle).await.unwrap();
        assert_eq!(card.fields.len(), self.customer.values.len());
        let case = self.seat.open("complaint").await;
        self.seat.desk().await.close_case(case).await.unwrap();
    }

    async fn search_works(&self) {
        self.seat.search(self.case, "id_no", self.customer.value("id_no")).await.unwrap();
    }

    async fn sign_in_works(&self) {
        // A colleague: whoever signs in anew ends their own session.
        let code = self.colleague.code(&self.house);
        self.house.try_sign_in(self.colleague.staff_no, PASSWORD, &code).await.unwrap();
    }

    async fn reveal_works(&self) {
        assert_eq!(shown(&self.seat.reveal(&self.form()).await), self.customer.value("id_no"));
        self.house.whole().await;
    }

    /// Asserts that a reveal is refused with this 503, and that the log says so.
    async fn reveal_stops(&self, form: &RevealForm, code: Code) {
        assert_eq!(code.status(), 503);
        assert_eq!(self.seat.refused(form).await, DeskError::Refused(code));
        self.house.last_is_refusal(Kind::FieldRevealed, code).await;
    }
}

#[tokio::test]
async fn l0_without_the_vault_key_reveal_stops_and_sign_in_search_and_masks_go_on() {
    let counter = Counter::ready().await;
    let answered = counter.seat.stepped_up(&counter.form()).await;
    counter.house.take_key(KeyKind::Vault);
    counter.reveal_stops(&counter.form(), Code::VaultKeyMissing).await;
    counter.reveal_stops(&answered, Code::VaultKeyMissing).await;
    counter.masks_work().await;
    counter.search_works().await;
    counter.sign_in_works().await;
    counter.house.return_key(KeyKind::Vault);
    // The step-up was not spent meanwhile.
    counter.seat.ask(&answered).await.unwrap_or_else(|error| panic!("{error}"));
    counter.reveal_works().await;
}

#[tokio::test]
async fn l0_without_the_index_key_search_stops_and_masks_and_reveals_go_on() {
    let counter = Counter::ready().await;
    counter.house.take_key(KeyKind::Index);
    let searched = counter.seat.search(counter.case, "id_no", counter.customer.value("id_no")).await;
    assert_eq!((searched.err(), Code::IndexKeyMissing.status()), (Some(Code::IndexKeyMissing.into()), 503));
    let event = counter.house.last_is_refusal(Kind::CustomerSearched, Code::IndexKeyMissing).await;
    assert_eq!(event.details.key.unwrap().as_str(), "id_no");
    counter.masks_work().await;
    counter.sign_in_works().await;
    counter.reveal_works().await;
    counter.house.return_key(KeyKind::Index);
    counter.search_works().await;
}

#[tokio::test]
async fn l0_without_the_staff_key_nobody_signs_in_or_steps_up_and_live_sessions_keep_masks() {
    let counter = Counter::ready().await;
    let challenge = counter.seat.challenge(&counter.form()).await;
    counter.house.take_key(KeyKind::Staff);
    let missing = DeskError::Refused(Code::StaffKeyMissing);
    assert_eq!(missing.code().status(), 503);
    let code = counter.seat.person.code(&counter.house);
    for staff_no in ["op1001", "op9999"] {
        let signed_in = counter.house.try_sign_in(staff_no, PASSWORD, &code).await;
        assert_eq!(signed_in.err(), Some(missing.clone()), "{staff_no}");
    }
    assert_eq!(counter.seat.answer_with(challenge, &code).await, Err(missing));
    counter.house.last_is_refusal(Kind::StepUp, Code::StaffKeyMissing).await;
    counter.masks_work().await;
    counter.search_works().await;
    counter.house.return_key(KeyKind::Staff);
    // Neither the code nor the challenge was used up, and no failure was counted.
    counter.seat.answer_with(challenge, &code).await.unwrap();
    counter.sign_in_works().await;
    counter.reveal_works().await;
}

#[tokio::test]
async fn l0_without_the_signing_key_no_sensitive_act_runs_and_masks_go_on() {
    let counter = Counter::ready().await;
    let answered = counter.seat.stepped_up(&counter.form()).await;
    let signed = counter.house.size().await as u64;
    let key = counter.house.key();
    counter.house.take_key(KeyKind::Log);
    counter.reveal_stops(&answered, Code::LogKeyMissing).await;
    counter.reveal_stops(&counter.form(), Code::LogKeyMissing).await;
    counter.masks_work().await;
    counter.search_works().await;
    counter.sign_in_works().await;
    let db = counter.house.office.db();
    let verified = verify(db, Some(&key), None).await.unwrap();
    assert_eq!(verified.checkpoint_size, Some(signed), "the last signature still holds for what it was for");
    assert!(verify(db, None, None).await.unwrap().ok());
    counter.house.return_key(KeyKind::Log);
    counter.seat.ask(&answered).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(counter.house.last().await.decision, Decision::Allowed);
    // The next signature covers what was written without one.
    counter.reveal_works().await;
}

#[tokio::test]
async fn a10_barred_acts_beyond_twenty_a_minute_are_counted_like_other_refusals() {
    let counter = Counter::ready().await;
    counter.house.take_key(KeyKind::Log);
    for _ in 0..20 {
        counter.reveal_stops(&counter.form(), Code::LogKeyMissing).await;
    }
    let before = counter.house.size().await;
    for _ in 0..3 {
        assert_eq!(counter.seat.refused(&counter.form()).await.code(), Code::TooManyRefusals);
    }
    assert_eq!(counter.house.size().await, before);
    counter.house.return_key(KeyKind::Log);
    counter.house.wait(Span::minutes(1));
    counter.house.office.tell_floods().await.unwrap();
    let event = counter.house.last_is_refusal(Kind::RefusalsCounted, Code::LogKeyMissing).await;
    assert_eq!(event.details.count, Some(3));
    counter.reveal_works().await;
}

#[tokio::test]
async fn l0_a_key_that_others_may_read_is_no_key() {
    use std::os::unix::fs::PermissionsExt;
    let counter = Counter::ready().await;
    let file = counter.house.path("keys/vault.key");
    let mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o640);
    counter.reveal_stops(&counter.form(), Code::VaultKeyMissing).await;
    mode(0o600);
    counter.reveal_works().await;
}
