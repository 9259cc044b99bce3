//! One-time links: an invitation, a reset of the second factor, and the day without reveals after it (U4).

use crate::four_eyes::{invitation, no, to_branch, with_admins};
use crate::office::TestOffice;
use crate::people::{PASSWORD, Person, Seat, reveal_form, stamp};
use backoffice::auth::code_at;
use backoffice::enrol::UseLink;
use domain::audit::event::{Kind, PersonName};
use domain::clock::Span;
use domain::code::{Code, Fault};
use domain::desk::{DeskError, EnrolToken, LinkState, Propose, SessionToken, StaffState, Told};
use domain::id::{BranchNo, PersonNo, ProposalId};
use domain::role::Role;
use domain::staff_change::ChangeKind;
use std::collections::BTreeMap;
use std::sync::Mutex;
use zeroize::Zeroizing;

const OWN: &str = "nine lamps over the canal";

fn is(code: Code) -> DeskError {
    DeskError::Refused(code)
}

fn copy(token: &EnrolToken) -> EnrolToken {
    SessionToken::parse(&token.cookie_text()).unwrap()
}

/// The link of a confirmed proposal.
async fn link(first: &Seat, second: &Seat, form: Propose) -> (ProposalId, EnrolToken) {
    let proposal = first.propose(form).await;
    second.confirm(proposal).await;
    (proposal, first.desk().await.take_link(proposal).await.unwrap().token)
}

/// What the last opening of each link gave its form to bring back.
static SHOWN: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

impl TestOffice {
    /// The seed that a link shows.
    async fn seed(&self, token: &EnrolToken) -> Vec<u8> {
        let shown = self.office.open_link(Some(token), None, stamp(self, "/enrol/{token}")).await.unwrap();
        let factor = shown.factor.unwrap();
        SHOWN.lock().unwrap().insert(token.cookie_text(), factor.sealed);
        assert!(factor.uri.contains(factor.secret.as_str()));
        data_encoding::BASE32_NOPAD.decode(factor.secret.as_bytes()).unwrap()
    }

    fn code_of(&self, seed: &[u8]) -> String {
        code_at(seed, self.now().seconds().div_euclid(30)).unwrap()
    }

    async fn use_link(&self, token: &EnrolToken, staff_no: &str, password: &str, code: &str) -> Result<(), DeskError> {
        let form = UseLink {
            token: Some(copy(token)),
            staff_no: staff_no.into(),
            password: Zeroizing::new(password.into()),
            factor: SHOWN.lock().unwrap().get(&token.cookie_text()).cloned().unwrap_or_default(),
            code: Zeroizing::new(code.into()),
        };
        self.office.use_link(form, stamp(self, "/enrol/{token}")).await
    }
}

impl TestOffice {
    /// Has whoever was invited set their factors.
    pub async fn enrolled_by(&self, token: &EnrolToken, staff_no: &str) {
        let seed = self.seed(token).await;
        self.use_link(token, staff_no, OWN, &self.code_of(&seed)).await.unwrap();
    }
}

#[tokio::test]
async fn u4_an_invited_person_sets_their_own_factors_by_a_link_that_works_once() {
    let (house, _, first, second) = with_admins().await;
    let (proposal, token) = link(&first, &second, invitation()).await;
    assert_eq!(first.desk().await.take_link(proposal).await.err(), Some(is(Code::LinkTaken)), "shown once");
    house.last_is_refusal(Kind::EnrolLinkTaken, Code::LinkTaken).await;
    assert!(first.desk().await.staff_entry(no("op1005")).await.is_err(), "nobody is entered yet");
    let seed = house.seed(&token).await;
    let opened = house.last().await;
    assert_eq!((opened.kind, opened.details.proposal), (Kind::EnrolLinkOpened, Some(proposal)));
    let code = house.code_of(&seed);
    house.use_link(&token, "op1005", OWN, &code).await.unwrap();
    let event = house.last().await;
    assert_eq!((event.kind, event.details.subject_staff), (Kind::EnrolLinkUsed, Some(no("op1005"))));
    assert!(house.try_sign_in("op1005", OWN, &code).await.is_err(), "the code was used");
    house.wait(Span::seconds(30));
    house.try_sign_in("op1005", OWN, &house.code_of(&seed)).await.unwrap();
    let entry = first.desk().await.staff_entry(no("op1005")).await.unwrap();
    assert_eq!((entry.state, entry.person.as_str()), (StaffState::Active, "P1005"));
    house.wait(Span::seconds(30));
    assert_eq!(house.use_link(&token, "op1005", OWN, &house.code_of(&seed)).await, Err(is(Code::LinkInvalid)));
    house.last_is_refusal(Kind::EnrolLinkUsed, Code::LinkInvalid).await;
    let told = first.desk().await.told().await.unwrap();
    assert!(matches!(told[..], [Told::Decided { link: Some(LinkState::Used), .. }]), "{told:?}");
    house.whole().await;
}

#[tokio::test]
async fn u4_an_expired_forged_used_or_foreign_link_is_one_answer_and_recorded() {
    let (house, _, first, second) = with_admins().await;
    let (_, token) = link(&first, &second, invitation()).await;
    let seed = house.seed(&token).await;
    // Forged: as long, and not of its form at all.
    let forged = EnrolToken::from_bytes([7; 32]);
    let open = async |token: Option<&EnrolToken>| {
        house.office.open_link(token, None, stamp(&house, "/enrol/{token}")).await.err()
    };
    for token in [Some(&forged), None] {
        assert_eq!(open(token).await, Some(is(Code::LinkInvalid)));
        let event = house.last_is_refusal(Kind::EnrolLinkOpened, Code::LinkInvalid).await;
        assert_eq!((event.actor, event.details.proposal), (None, None));
    }
    assert_eq!(house.use_link(&forged, "op1005", OWN, "000000").await, Err(is(Code::LinkInvalid)));
    // Another's: the number that is typed is not the one it is for.
    for staff_no in ["op1001", "OP1005", ""] {
        assert_eq!(house.use_link(&token, staff_no, OWN, &house.code_of(&seed)).await, Err(is(Code::LinkInvalid)));
        house.last_is_refusal(Kind::EnrolLinkUsed, Code::LinkInvalid).await;
    }
    house.wait(Span::days(1));
    assert_eq!(house.use_link(&token, "op1005", OWN, &house.code_of(&seed)).await, Err(is(Code::LinkInvalid)));
    house.last_is_refusal(Kind::EnrolLinkUsed, Code::LinkInvalid).await;
    assert_eq!(open(Some(&token)).await, Some(is(Code::LinkInvalid)));
    house.last_is_refusal(Kind::EnrolLinkOpened, Code::LinkInvalid).await;
}

#[tokio::test]
async fn u4_five_answers_that_are_not_theirs_kill_a_link_and_guesses_are_counted() {
    let (house, _, first, second) = with_admins().await;
    let (_, token) = link(&first, &second, invitation()).await;
    let seed = house.seed(&token).await;
    for _ in 0..5 {
        assert_eq!(house.use_link(&token, "op1004", OWN, &house.code_of(&seed)).await, Err(is(Code::LinkInvalid)));
    }
    assert_eq!(house.use_link(&token, "op1005", OWN, &house.code_of(&seed)).await, Err(is(Code::LinkInvalid)));
    let weak = house.use_link(&token, "op1005", "weak", &house.code_of(&seed)).await;
    assert_eq!(weak, Err(is(Code::LinkInvalid)), "a dead link does not tell whose it was");
    let before = house.size().await;
    for _ in 0..20 {
        assert_eq!(
            house.use_link(&EnrolToken::from_bytes([7; 32]), "op1005", OWN, "000000").await,
            Err(is(Code::LinkInvalid))
        );
    }
    assert_eq!(house.size().await - before, 10, "ten a minute are events of their own");
}

#[tokio::test]
async fn u1_a_weak_password_is_refused_with_why_and_the_link_stays_good() {
    let (house, _, first, second) = with_admins().await;
    let (_, token) = link(&first, &second, invitation()).await;
    let seed = house.seed(&token).await;
    for (password, why) in [
        ("Tr0ub4dor&3", "password_short"),
        ("aaaaaaaaaaaaaaaa", "password_repeats"),
        ("password1234", "password_common"),
        ("qwertyuiop[]", "password_keys"),
        ("op1005op1005", "password_repeats"),
    ] {
        let refused = house.use_link(&token, "op1005", password, &house.code_of(&seed)).await;
        assert_eq!(refused, Err(DeskError::Invalid(vec![Fault::new("password", why)])), "{password}");
    }
    assert_eq!(
        house.use_link(&token, "op1005", OWN, "00000").await,
        Err(DeskError::Invalid(vec![Fault::new("code", "six_digits")]))
    );
    let stale = code_at(&seed, house.now().seconds().div_euclid(30) - 9).unwrap();
    assert_eq!(house.use_link(&token, "op1005", OWN, &stale).await, Err(is(Code::CodeWrong)));
    house.use_link(&token, "op1005", OWN, &house.code_of(&seed)).await.unwrap();
}

#[tokio::test]
async fn u4_of_two_parallel_uses_of_a_link_one_is_done() {
    let (house, _, first, second) = with_admins().await;
    let (_, token) = link(&first, &second, invitation()).await;
    let code = house.code_of(&house.seed(&token).await);
    let (one, other) =
        tokio::join!(house.use_link(&token, "op1005", OWN, &code), house.use_link(&token, "op1005", OWN, &code));
    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|done| **done).count(), 1, "{one:?} {other:?}");
    assert_eq!(house.count(Kind::EnrolLinkUsed, None).await, 1);
}

#[tokio::test]
async fn u4_only_its_proposer_takes_a_link_and_neither_file_nor_log_holds_its_secret() {
    let (house, _, first, second) = with_admins().await;
    let (proposal, token) = link(&first, &second, invitation()).await;
    assert_eq!(second.desk().await.take_link(proposal).await.err(), Some(is(Code::NotFound)));
    house.last_is_refusal(Kind::EnrolLinkTaken, Code::NotFound).await;
    let seed = house.seed(&token).await;
    for file in house.database.files() {
        let bytes = std::fs::read(file).unwrap();
        let there = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        assert!(!there(token.cookie_text().as_bytes()) && !there(&seed), "it is hashed, or sealed");
    }
    // A second invitation of the same number ends the first one's link.
    let (_, newer) = link(&first, &second, invitation()).await;
    let refused = house.office.open_link(Some(&token), None, stamp(&house, "/enrol/{token}")).await.err();
    assert_eq!(refused, Some(is(Code::LinkInvalid)));
    house.seed(&newer).await;
}

#[tokio::test]
async fn u4_a_factor_reset_takes_two_and_the_password_and_freezes_reveals_for_a_day() {
    let (house, operator, first, second) = with_admins().await;
    let customer = house.customer().await;
    let form = async || {
        let (case, handle) = operator.bound("complaint", &customer).await;
        reveal_form(case, handle, "id_no")
    };
    let (proposal, token) = link(&first, &second, Propose::ResetFactor(no("op1001"))).await;
    // From the confirmation on, whoever holds the old factor.
    let refused = operator.ask(&form().await).await.err();
    assert!(
        matches!(refused, Some(DeskError::Wait { code: Code::RevealFrozen, retry_after: 86_000..=86_401 })),
        "{refused:?}"
    );
    house.last_is_refusal(Kind::FieldRevealed, Code::RevealFrozen).await;
    let told = operator.desk().await.told().await.unwrap();
    assert!(
        matches!(&told[..], [Told::FactorReset { frozen_until: Some(_), proposed_by, .. }] if *proposed_by == no("ad9001"))
    );
    let told = first.desk().await.told().await.unwrap();
    assert!(matches!(told[..], [Told::Decided { change: ChangeKind::ResetFactor, confirmed: true, .. }]), "{told:?}");
    // The link alone makes nobody anyone.
    let seed = house.seed(&token).await;
    assert_eq!(house.use_link(&token, "op1001", OWN, &house.code_of(&seed)).await, Err(is(Code::LinkInvalid)));
    house.last_is_refusal(Kind::EnrolLinkUsed, Code::LinkInvalid).await;
    house.wait(Span::seconds(60));
    house.use_link(&token, "op1001", PASSWORD, &house.code_of(&seed)).await.unwrap();
    assert_eq!(house.last().await.details.proposal, Some(proposal));
    assert_eq!(operator.try_desk().await.err(), Some(is(Code::SignedOut)), "the old session is over");
    house.wait(Span::seconds(30));
    let old = operator.person.code(&house);
    assert!(house.try_sign_in("op1001", PASSWORD, &old).await.is_err(), "the old factor is dead");
    house.wait(Span::seconds(30));
    let again = house.try_sign_in("op1001", PASSWORD, &house.code_of(&seed)).await.unwrap();
    operator.keep(&again);
    assert!(matches!(operator.ask(&form().await).await.err(), Some(DeskError::Wait { code: Code::RevealFrozen, .. })));
    house.wait(Span::days(1));
    let again = house.try_sign_in("op1001", PASSWORD, &house.code_of(&seed)).await.unwrap();
    operator.keep(&again);
    assert!(matches!(operator.ask(&form().await).await.err(), Some(DeskError::StepUpRequired { .. })), "a day later");
    house.whole().await;
}

#[tokio::test]
async fn u4_a_new_secrets_code_is_good_in_the_half_minute_in_which_the_old_ones_was_used() {
    let (house, operator, first, second) = with_admins().await;
    let (_, token) = link(&first, &second, Propose::ResetFactor(no("op1001"))).await;
    let seed = house.seed(&token).await;
    house.wait(Span::seconds(60));
    let used = operator.person.code(&house);
    house.try_sign_in("op1001", PASSWORD, &used).await.unwrap();
    let code = house.code_of(&seed);
    house.use_link(&token, "op1001", PASSWORD, &code).await.unwrap();
    assert!(house.try_sign_in("op1001", PASSWORD, &code).await.is_err(), "and works once");
}

#[tokio::test]
async fn u4_a_suspension_or_any_other_change_ends_the_link_of_a_reset() {
    let (house, _, first, second) = with_admins().await;
    let (_, token) = link(&first, &second, Propose::ResetFactor(no("op1001"))).await;
    let moved = first.propose(to_branch("op1001", "0102")).await;
    second.confirm(moved).await;
    let refused = house.office.open_link(Some(&token), None, stamp(&house, "/enrol/{token}")).await.err();
    assert_eq!(refused, Some(is(Code::LinkInvalid)));
    house.last_is_refusal(Kind::EnrolLinkOpened, Code::LinkInvalid).await;
}

#[tokio::test]
async fn u4_a_forgotten_password_takes_two_and_the_second_factor_they_have_and_freezes_reveals() {
    let (house, operator, first, second) = with_admins().await;
    let (_, token) = link(&first, &second, Propose::ResetPassword(no("op1001"))).await;
    let told = operator.desk().await.told().await.unwrap();
    assert!(
        matches!(told[..], [Told::FactorReset { change: ChangeKind::ResetPassword, frozen_until: Some(_), .. }]),
        "{told:?}"
    );
    let shown = house.office.open_link(Some(&token), None, stamp(&house, "/enrol/{token}")).await.unwrap();
    assert!(shown.factor.is_none(), "the factor that they have stays");
    house.wait(Span::seconds(60));
    // Whoever has the link and no authenticator guesses five times at most.
    let weak = house.use_link(&token, "op1001", "password1234", &operator.person.code(&house)).await;
    assert_eq!(weak, Err(DeskError::Invalid(vec![Fault::new("password", "password_common")])));
    let wrong = operator.person.wrong_code(&house);
    assert_eq!(house.use_link(&token, "op1001", OWN, &wrong).await, Err(is(Code::CodeWrong)));
    house.last_is_refusal(Kind::EnrolLinkUsed, Code::CodeWrong).await;
    house.wait(Span::seconds(60));
    let code = operator.person.code(&house);
    house.use_link(&token, "op1001", OWN, &code).await.unwrap();
    assert_eq!(operator.try_desk().await.err(), Some(is(Code::SignedOut)), "the old session is over");
    assert!(house.try_sign_in("op1001", OWN, &code).await.is_err(), "the code worked once");
    house.wait(Span::seconds(60));
    assert!(house.try_sign_in("op1001", PASSWORD, &operator.person.code(&house)).await.is_err(), "the old one is dead");
    house.wait(Span::seconds(60));
    operator.keep(&house.try_sign_in("op1001", OWN, &operator.person.code(&house)).await.unwrap());
    let customer = house.customer().await;
    let (case, handle) = operator.bound("complaint", &customer).await;
    let refused = operator.ask(&reveal_form(case, handle, "id_no")).await.err();
    assert!(matches!(refused, Some(DeskError::Wait { code: Code::RevealFrozen, .. })), "{refused:?}");
    house.whole().await;
}

#[tokio::test]
async fn u4_five_wrong_codes_kill_the_link_of_a_forgotten_password() {
    let (house, operator, first, second) = with_admins().await;
    let (_, token) = link(&first, &second, Propose::ResetPassword(no("op1001"))).await;
    house.wait(Span::seconds(60));
    for _ in 0..5 {
        let wrong = operator.person.wrong_code(&house);
        assert_eq!(house.use_link(&token, "op1001", OWN, &wrong).await, Err(is(Code::CodeWrong)));
    }
    let right = operator.person.code(&house);
    assert_eq!(house.use_link(&token, "op1001", OWN, &right).await, Err(is(Code::LinkInvalid)));
    house.last_is_refusal(Kind::EnrolLinkUsed, Code::LinkInvalid).await;
}

#[tokio::test]
async fn u5_the_link_of_a_suspended_proposer_is_dead_in_their_hands_and_stays_so() {
    let (house, _, first, second) = with_admins().await;
    let third = house.seat(Person::third_admin()).await;
    let (_, token) = link(&first, &second, Propose::ResetFactor(no("op1001"))).await;
    second.desk().await.suspend_staff(no("ad9001")).await.unwrap();
    let refused = house.office.open_link(Some(&token), None, stamp(&house, "/enrol/{token}")).await.err();
    assert_eq!(refused, Some(is(Code::LinkInvalid)));
    house.last_is_refusal(Kind::EnrolLinkOpened, Code::LinkInvalid).await;
    let back = second.propose(Propose::Reinstate(no("ad9001"))).await;
    third.confirm(back).await;
    let refused = house.office.open_link(Some(&token), None, stamp(&house, "/enrol/{token}")).await.err();
    assert_eq!(refused, Some(is(Code::LinkInvalid)), "what ended does not live again with them");
}

#[tokio::test]
async fn u5_the_link_that_a_suspended_person_confirmed_is_dead() {
    let (house, _, first, second) = with_admins().await;
    house.seat(Person::third_admin()).await;
    let (_, token) = link(&first, &second, invitation()).await;
    first.desk().await.suspend_staff(no("ad9002")).await.unwrap();
    let refused = house.office.open_link(Some(&token), None, stamp(&house, "/enrol/{token}")).await.err();
    assert_eq!(refused, Some(is(Code::LinkInvalid)));
}

#[tokio::test]
async fn u4_who_opened_a_link_before_its_person_has_no_code_of_their_secret() {
    let (house, _, first, second) = with_admins().await;
    let (_, token) = link(&first, &second, invitation()).await;
    let seen_before = house.seed(&token).await;
    let own = house.seed(&token).await;
    assert_ne!(seen_before, own, "each opening makes one");
    house.use_link(&token, "op1005", OWN, &house.code_of(&own)).await.unwrap();
    house.wait(Span::seconds(60));
    assert!(house.try_sign_in("op1005", OWN, &house.code_of(&seen_before)).await.is_err());
    house.wait(Span::seconds(60));
    assert!(house.try_sign_in("op1005", OWN, &house.code_of(&own)).await.is_ok());
}

#[tokio::test]
async fn u4_another_login_for_somebody_who_is_there_is_as_careful_as_a_reset_and_told() {
    let (house, operator, first, second) = with_admins().await;
    let invite = Propose::Invite {
        staff_no: no("op1005"),
        person: PersonNo::parse("P1001").unwrap(),
        name: PersonName::parse("林一").unwrap(),
        role: Role::Operator,
        unit: BranchNo::parse("0101").unwrap(),
    };
    let (_, token) = link(&first, &second, invite).await;
    let told = operator.desk().await.told().await.unwrap();
    assert!(matches!(&told[..], [Told::SecondLogin { staff_no, .. }] if *staff_no == no("op1005")), "{told:?}");
    let seed = house.seed(&token).await;
    house.use_link(&token, "op1005", OWN, &house.code_of(&seed)).await.unwrap();
    assert_eq!(operator.try_desk().await.err(), Some(is(Code::SignedOut)), "their session is over");
    house.wait(Span::seconds(60));
    operator.keep(&house.try_sign_in("op1005", OWN, &house.code_of(&seed)).await.unwrap());
    let customer = house.customer().await;
    let (case, handle) = operator.bound("complaint", &customer).await;
    let refused = operator.ask(&reveal_form(case, handle, "id_no")).await.err();
    assert!(matches!(refused, Some(DeskError::Wait { code: Code::RevealFrozen, .. })), "{refused:?}");
}

#[tokio::test]
async fn a10_guesses_at_a_real_link_are_told_whatever_strangers_send() {
    let (house, _, first, second) = with_admins().await;
    let (_, token) = link(&first, &second, invitation()).await;
    let seed = house.seed(&token).await;
    for _ in 0..30 {
        let forged = EnrolToken::from_bytes([7; 32]);
        assert!(house.office.open_link(Some(&forged), None, stamp(&house, "/enrol/{token}")).await.is_err());
    }
    assert_eq!(house.use_link(&token, "op1004", OWN, &house.code_of(&seed)).await, Err(is(Code::LinkInvalid)));
    assert!(house.last().await.details.proposal.is_some(), "under its own proposal");
    house.last_is_refusal(Kind::EnrolLinkUsed, Code::LinkInvalid).await;
}
