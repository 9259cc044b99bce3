//! Passkeys: enrolled by a fresh second factor, bound to person, site and act (U2, V2). Each refusal is seen
//! twice, as an answer and as an event.

mod sign_in;
mod step_up;

use crate::authenticator::Authenticator;
use crate::office::TestOffice;
use crate::people::{PASSWORD, Person, Seat, reveal_form, stamp};
use backoffice::auth::TryToken;
use backoffice::vault::KeyKind;
use domain::audit::event::{FactorName, Kind};
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{CeremonyOptions, DeskError, EnrolPasskey, Method, RevealForm, SessionToken};
use domain::id::{Challenge, PasskeyId};
use domain::passkey::PasskeyName;
use std::sync::Arc;
use zeroize::Zeroizing;

fn named(name: &str) -> EnrolPasskey {
    EnrolPasskey { name: PasskeyName::parse(name).unwrap(), challenge: None }
}

impl Seat {
    /// Asks to enrol, and answers by a code.
    async fn allowed_to_enrol(&self, name: &str) -> EnrolPasskey {
        let form = named(name);
        let error = self.desk().await.begin_passkey(form.clone()).await.err().unwrap();
        let DeskError::StepUpRequired { challenge, .. } = error else { panic!("{error}") };
        self.house.last_is_refusal(Kind::PasskeyEnrolled, Code::StepUpRequired).await;
        self.answer(challenge).await.unwrap();
        EnrolPasskey { challenge: Some(challenge), ..form }
    }

    /// The whole way to a passkey.
    pub async fn enrol_passkey(&self, name: &str, device: &mut Authenticator) -> PasskeyId {
        let form = self.allowed_to_enrol(name).await;
        let options = self.desk().await.begin_passkey(form.clone()).await.unwrap();
        self.desk().await.finish_passkey(form, &device.create(&options)).await.unwrap()
    }

    pub async fn step_up_options(&self, challenge: Challenge) -> CeremonyOptions {
        self.desk().await.begin_step_up_passkey(challenge).await.unwrap()
    }

    pub async fn answer_by(&self, challenge: Challenge, assertion: &str) -> Result<(), DeskError> {
        let token = self.desk().await.step_up_passkey(challenge, assertion).await?;
        self.keep(&token);
        Ok(())
    }
}

/// A password that was typed.
async fn tried(house: &TestOffice, staff_no: &str, password: &str) -> TryToken {
    house.office.sign_in(staff_no, Zeroizing::new(password.into()), &stamp(house, "/api/sign_in")).await.unwrap()
}

async fn sign_in_options(house: &TestOffice, token: &TryToken) -> CeremonyOptions {
    house.office.begin_verify_passkey(Some(token)).await.unwrap()
}

async fn verify(house: &TestOffice, token: &TryToken, assertion: &str) -> Result<SessionToken, Code> {
    let request = stamp(house, "/api/verify_passkey");
    let signed = house.office.verify_passkey(Some(token), assertion, request).await;
    signed.map(|signed| signed.token).map_err(|error| error.code())
}

/// An operator with a passkey, before a customer's card.
async fn with_passkey() -> (Arc<TestOffice>, Seat, RevealForm, Authenticator) {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let (case, handle) = seat.bound("complaint", &customer).await;
    let mut device = Authenticator::number(1);
    seat.enrol_passkey("办公室安全密钥", &mut device).await;
    (house, seat, reveal_form(case, handle, "id_no"), device)
}

#[tokio::test]
async fn u2_a_passkey_is_enrolled_listed_used_and_revoked() {
    let (house, seat, _, mut device) = with_passkey().await;
    let event = house.last().await;
    assert_eq!((event.kind, event.code), (Kind::PasskeyEnrolled, None));
    assert_eq!(event.details.factor, Some(FactorName::Totp));
    let id = event.details.passkey.unwrap();
    let listed = seat.desk().await.passkeys().await.unwrap();
    assert_eq!((listed.len(), listed[0].passkey_id, listed[0].name.as_str()), (1, id, "办公室安全密钥"));
    assert!(listed[0].used.is_none() && !listed[0].suspended);

    house.wait(Span::minutes(1));
    let token = tried(&house, "op1001", PASSWORD).await;
    let assertion = device.get(&sign_in_options(&house, &token).await).unwrap();
    seat.keep(&verify(&house, &token, &assertion).await.unwrap());
    let event = house.last().await;
    assert_eq!((event.kind, event.code, event.details.passkey), (Kind::SignedIn, None, Some(id)));
    assert_eq!(event.details.factor, Some(FactorName::Passkey));
    assert!(seat.desk().await.passkeys().await.unwrap()[0].used.is_some());

    seat.desk().await.revoke_passkey(id).await.unwrap();
    assert_eq!(house.last().await.details.passkey, Some(id));
    assert!(seat.desk().await.passkeys().await.unwrap().is_empty());
    let token = tried(&house, "op1001", PASSWORD).await;
    assert!(device.get(&sign_in_options(&house, &token).await).is_none(), "it is not named any more");
    assert_eq!(seat.desk().await.revoke_passkey(id).await, Err(Code::NotFound.into()));
    house.last_is_refusal(Kind::PasskeyRevoked, Code::NotFound).await;
    house.whole().await;
}

#[tokio::test]
async fn u2_enrolling_takes_a_fresh_factor_for_this_name_once() {
    let (house, seat) = TestOffice::with_operator().await;
    let mut device = Authenticator::number(1);
    let refused = |code| {
        let house = house.clone();
        async move { house.last_is_refusal(Kind::PasskeyEnrolled, code).await }
    };
    // No challenge, an unanswered one, one that nobody made.
    let allowed = seat.allowed_to_enrol("one").await;
    let options = seat.desk().await.begin_passkey(allowed.clone()).await.unwrap();
    let credential = device.create(&options);
    let desk = seat.desk().await;
    assert_eq!(desk.finish_passkey(named("one"), &credential).await, Err(Code::ChallengeUnknown.into()));
    refused(Code::ChallengeUnknown).await;
    let made_up = EnrolPasskey { challenge: Some(Challenge::from_bytes([7; 16])), ..named("one") };
    assert_eq!(desk.finish_passkey(made_up, &credential).await, Err(Code::ChallengeUnknown.into()));
    refused(Code::ChallengeUnknown).await;
    let error = desk.begin_passkey(named("one")).await.err().unwrap();
    let DeskError::StepUpRequired { challenge, methods } = error else { panic!("{error}") };
    assert_eq!(methods, [Method::Totp]);
    let unanswered = EnrolPasskey { challenge: Some(challenge), ..named("one") };
    assert_eq!(desk.begin_passkey(unanswered).await.err(), Some(Code::ChallengeUnanswered.into()));
    refused(Code::ChallengeUnanswered).await;
    // The answered one, for another name; a credential of another ceremony.
    let other = EnrolPasskey { name: PasskeyName::parse("two").unwrap(), ..allowed.clone() };
    assert_eq!(desk.begin_passkey(other.clone()).await.err(), Some(Code::ChallengeOtherAct.into()));
    refused(Code::ChallengeOtherAct).await;
    assert_eq!(desk.finish_passkey(other, &credential).await, Err(Code::ChallengeOtherAct.into()));
    refused(Code::ChallengeOtherAct).await;

    desk.finish_passkey(allowed.clone(), &credential).await.unwrap();
    assert_eq!(desk.finish_passkey(allowed, &credential).await, Err(Code::ChallengeSpent.into()));
    refused(Code::ChallengeSpent).await;
    assert_eq!(house.count(Kind::PasskeyEnrolled, None).await, 1);
    house.whole().await;
}

#[tokio::test]
async fn u2_what_is_no_credential_of_this_site_and_person_is_not_enrolled() {
    let (house, seat) = TestOffice::with_operator().await;
    let form = seat.allowed_to_enrol("key").await;
    let options = seat.desk().await.begin_passkey(form.clone()).await.unwrap();
    let unverified = Authenticator { verifies: false, ..Authenticator::number(1) }.create(&options);
    let elsewhere =
        Authenticator { origin: "https://evil.example".into(), ..Authenticator::number(1) }.create(&options);
    for (credential, code) in [
        (unverified.as_str(), Code::PasskeyNotVerified),
        (&elsewhere, Code::PasskeyForeignOrigin),
        ("{}", Code::PasskeyWrong),
        ("", Code::Invalid),
        ("[1]", Code::Invalid),
        (&format!("{{\"a\":\"{}\"}}", "a".repeat(12 * 1024)), Code::Invalid),
    ] {
        let error = seat.desk().await.finish_passkey(form.clone(), credential).await.unwrap_err();
        assert_eq!(error.code(), code);
        house.last_is_refusal(Kind::PasskeyEnrolled, code).await;
    }
    // The same credential under two people: the second is refused, and its challenge stays unspent.
    let credential = Authenticator::number(2).create(&options);
    seat.desk().await.finish_passkey(form, &credential).await.unwrap();
    let other = house.seat(Person::colleague()).await;
    let form = other.allowed_to_enrol("key").await;
    let options = other.desk().await.begin_passkey(form.clone()).await.unwrap();
    let same = Authenticator::number(2).create(&options);
    assert_eq!(other.desk().await.finish_passkey(form, &same).await, Err(Code::PasskeyKnown.into()));
    house.last_is_refusal(Kind::PasskeyEnrolled, Code::PasskeyKnown).await;
}

#[tokio::test]
async fn u2_a_person_has_five_passkeys_at_most() {
    let (house, seat) = TestOffice::with_operator().await;
    for n in 1..=5 {
        seat.enrol_passkey(&format!("key {n}"), &mut Authenticator::number(n)).await;
    }
    assert_eq!(seat.desk().await.begin_passkey(named("sixth")).await.err(), Some(Code::PasskeyLimit.into()));
    house.last_is_refusal(Kind::PasskeyEnrolled, Code::PasskeyLimit).await;
    let oldest = seat.desk().await.passkeys().await.unwrap()[0].passkey_id;
    seat.desk().await.revoke_passkey(oldest).await.unwrap();
    seat.enrol_passkey("sixth", &mut Authenticator::number(6)).await;
}

#[tokio::test]
async fn u2_nobody_revokes_or_sees_anothers_passkey() {
    let (house, seat, _, _) = with_passkey().await;
    let other = house.seat(Person::colleague()).await;
    let id = seat.desk().await.passkeys().await.unwrap()[0].passkey_id;
    assert!(other.desk().await.passkeys().await.unwrap().is_empty());
    assert_eq!(other.desk().await.revoke_passkey(id).await, Err(Code::NotFound.into()));
    house.last_is_refusal(Kind::PasskeyRevoked, Code::NotFound).await;
    assert_eq!(seat.desk().await.passkeys().await.unwrap().len(), 1);
}

#[tokio::test]
async fn l0_without_the_staff_key_no_passkey_serves_and_masks_go_on() {
    let (house, seat, form, mut device) = with_passkey().await;
    let token = tried(&house, "op1001", PASSWORD).await;
    let challenge = seat.challenge(&form).await;
    let options = seat.step_up_options(challenge).await;
    let assertion = device.get(&options).unwrap();
    house.take_key(KeyKind::Staff);
    assert_eq!(house.office.begin_verify_passkey(Some(&token)).await.err(), Some(Code::StaffKeyMissing.into()));
    assert_eq!(verify(&house, &token, &assertion).await.err(), Some(Code::StaffKeyMissing));
    assert_eq!(seat.answer_by(challenge, &assertion).await, Err(Code::StaffKeyMissing.into()));
    house.last_is_refusal(Kind::StepUp, Code::StaffKeyMissing).await;
    assert_eq!(seat.desk().await.passkeys().await.unwrap().len(), 1);
    house.return_key(KeyKind::Staff);
    seat.answer_by(challenge, &assertion).await.unwrap();
}

#[tokio::test]
async fn m1_neither_database_nor_log_holds_a_credential_in_the_clear() {
    let (house, seat, _, mut device) = with_passkey().await;
    let token = tried(&house, "op1001", PASSWORD).await;
    let assertion = device.get(&sign_in_options(&house, &token).await).unwrap();
    seat.keep(&verify(&house, &token, &assertion).await.unwrap());
    let raw = [16_u8; 32];
    let written = data_encoding::BASE64URL_NOPAD.encode(&raw);
    assert!(assertion.contains(&written), "this is the credential's id");
    for file in house.database.files() {
        let bytes = std::fs::read(file).unwrap_or_default();
        assert!(!bytes.windows(32).any(|window| window == raw));
        assert!(!bytes.windows(written.len()).any(|window| window == written.as_bytes()));
    }
}
