//! Recertification (issue 4, U7): who certifies whom, and that nobody keeps a right because nobody looked.

mod lapse;

use crate::four_eyes::{invitation, no, to_branch};
use crate::office::TestOffice;
use crate::people::{Person, Seat};
use backoffice::Settings;
use backoffice::hooks::Place;
use domain::audit::event::{FactorName, Kind};
use domain::certification::Ticked;
use domain::clock::{Span, Timestamp};
use domain::code::Code;
use domain::desk::{Certify, DeskError, Propose, StaffState, Told, Verb};
use domain::role::Role;
use std::sync::Arc;

const PERIOD: Span = Span::days(90);

fn is(code: Code) -> DeskError {
    DeskError::Refused(code)
}

/// A list of what these ticks stand for.
fn ticked(ticks: &[String]) -> Certify {
    Certify { ticked: Ticked::parse(ticks.iter().map(String::as_str)).unwrap(), challenge: None }
}

/// An office that lists everybody as due, an operator and, a day later, two administrators.
async fn with_admins() -> (Arc<TestOffice>, Seat, Seat, Seat) {
    let house = TestOffice::with(Settings { recertify_notice: PERIOD, ..Settings::default() }).await;
    let seat = house.seat(Person::operator()).await;
    house.wait(Span::days(1));
    let first = house.seat(Person::admin()).await;
    let second = house.seat(Person::second_admin()).await;
    (house, seat, first, second)
}

impl Seat {
    /// What the page of those who are due prints beside each tick.
    async fn tick(&self, staff_no: &str) -> String {
        let list = self.desk().await.due().await.unwrap();
        let due = list.due.iter().find(|due| due.entry.staff_no == no(staff_no)).expect("they are due");
        due.looked.to_string()
    }

    async fn certify(&self, form: Certify) -> Result<(), DeskError> {
        self.desk().await.certify_staff(form).await
    }

    /// A certification with its challenge answered.
    async fn factor_for(&self, form: Certify) -> Certify {
        let challenge = match self.certify(form.clone()).await {
            Err(DeskError::StepUpRequired { challenge, .. }) => challenge,
            other => panic!("no step-up was asked for: {other:?}"),
        };
        self.answer(challenge).await.unwrap();
        Certify { challenge: Some(challenge), ..form }
    }

    /// The whole way to a certification.
    async fn certifies(&self, staff_no: &str) {
        let form = self.factor_for(ticked(&[self.tick(staff_no).await])).await;
        self.certify(form).await.unwrap();
    }

    async fn until(&self, staff_no: &str) -> Timestamp {
        self.desk().await.staff_entry(no(staff_no)).await.unwrap().certified_until
    }
}

#[tokio::test]
async fn u7_one_administrator_certifies_a_list_that_was_looked_at_by_a_factor_bound_to_it() {
    let (house, _, first, _) = with_admins().await;
    let due = first.desk().await.due().await.unwrap();
    let told: Vec<_> = due.due.iter().map(|due| (due.entry.staff_no.to_string(), due.own)).collect();
    assert_eq!(told, [("op1001".into(), false), ("ad9001".into(), true), ("ad9002".into(), false)], "soonest first");
    assert!(due.due[0].may.contains(&Verb::RevealField) && !due.due[0].may.contains(&Verb::CertifyStaff));
    let before = first.until("op1001").await;
    let form = first.factor_for(ticked(&[first.tick("op1001").await, first.tick("ad9002").await])).await;
    let asked = house.events().await.into_iter().rev().find(|event| event.code == Some(Code::StepUpRequired)).unwrap();
    assert_eq!(asked.kind, Kind::StaffCertified);
    assert_eq!(first.until("op1001").await, before, "nobody is certified yet");
    first.certify(form).await.unwrap();
    let event = house.last().await;
    let details = &event.details;
    let whom: Vec<_> =
        details.certified.as_ref().unwrap().iter().map(|one| (one.staff_no.as_str(), one.role)).collect();
    assert_eq!(whom, [("ad9002", Role::Admin), ("op1001", Role::Operator)]);
    assert_eq!((event.kind, details.factor), (Kind::StaffCertified, Some(FactorName::Totp)));
    assert_eq!(details.certified_until, Some(event.time.plus(PERIOD)));
    assert!(details.act == asked.details.act && details.policy.is_some());
    assert_eq!(event.actor.unwrap().staff_no, no("ad9001"));
    for staff_no in ["op1001", "ad9002"] {
        assert_eq!(first.until(staff_no).await, event.time.plus(PERIOD));
    }
    house.whole().await;
}

#[tokio::test]
async fn u7_nobody_certifies_themselves_by_whichever_login() {
    let (house, _, first, second) = with_admins().await;
    house.enrol(&Person::admins_second_login()).await;
    let (own, other) = (second.tick("ad9001").await, second.tick("ax9001").await);
    let before = first.until("op1001").await;
    for tick in [own.clone(), other] {
        // Among others too: all of the list, or nobody.
        let list = [tick, first.tick("op1001").await];
        assert_eq!(first.certify(ticked(&list)).await, Err(is(Code::OwnChange)));
        house.last_is_refusal(Kind::StaffCertified, Code::OwnChange).await;
    }
    let other_login = house.sign_in(&Person::admins_second_login()).await;
    assert_eq!(other_login.certify(ticked(&[own])).await, Err(is(Code::OwnChange)), "one person");
    house.last_is_refusal(Kind::StaffCertified, Code::OwnChange).await;
    assert_eq!(second.until("op1001").await, before);
    second.certifies("ad9001").await;
    // And no way around the code: the database counts people too.
    let as_login = "INSERT INTO staff_certification (staff, role, unit, version, certified_by, by_person, \
        certified_at, certified_until) SELECT id, role, unit, version, id, 'P-other', 1, 2 FROM staff";
    let as_person = "INSERT INTO staff_certification (staff, role, unit, version, certified_by, by_person, \
        certified_at, certified_until) SELECT a.id, a.role, a.unit, a.version, b.id, a.person, 1, 2 \
        FROM staff a, staff b WHERE a.staff_no = 'ad9001' AND b.staff_no = 'ad9002'";
    let by_second_login = "INSERT INTO staff_certification (staff, role, unit, version, certified_by, by_person, \
        certified_at, certified_until) SELECT a.id, a.role, a.unit, a.version, b.id, 'P-other', 1, 2 \
        FROM staff a, staff b WHERE a.staff_no = 'ad9001' AND b.staff_no = 'ax9001'";
    for sql in [as_login, as_person, by_second_login] {
        let refused = house.meddle(sql).await.unwrap_err().to_string();
        assert!(refused.contains("staff_certification_takes_another_person"), "{refused}");
    }
}

#[tokio::test]
async fn u7_a_certification_is_written_once_and_no_date_moves_without_one() {
    let (house, _, first, _) = with_admins().await;
    first.certifies("op1001").await;
    for (sql, name) in [
        ("UPDATE staff_certification SET role = 'admin'", "staff_certification_is_never_changed"),
        ("DELETE FROM staff_certification", "staff_certification_is_never_deleted"),
        ("UPDATE staff SET certified_until = certified_until + 1", "staff_certified_until_moves_with_a_certification"),
    ] {
        let refused = house.meddle(sql).await.unwrap_err().to_string();
        assert!(refused.contains(name), "{sql}: {refused}");
    }
}

#[tokio::test]
async fn u7_what_changed_since_it_was_looked_at_is_not_certified_and_nobody_else_of_the_list() {
    let (house, _, first, second) = with_admins().await;
    let list = [first.tick("op1001").await, first.tick("ad9002").await];
    let before = first.until("ad9002").await;
    let form = first.factor_for(ticked(&list)).await;
    second.confirm(first.propose(to_branch("op1001", "0102")).await).await;
    assert_eq!(first.certify(form).await, Err(is(Code::Changed)));
    let refused = house.last_is_refusal(Kind::StaffCertified, Code::Changed).await;
    assert_eq!(refused.details.subject_staff, Some(no("op1001")));
    assert_eq!(first.until("ad9002").await, before);
}

#[tokio::test]
async fn u7_of_two_administrators_at_once_one_certifies_and_the_other_is_told() {
    let (house, _, first, second) = with_admins().await;
    let list = [first.tick("op1001").await];
    let (one, other) = (first.factor_for(ticked(&list)).await, second.factor_for(ticked(&list)).await);
    // The second one's request is permitted before the first one's is done.
    let winner = first.desk().await;
    house.hooks.once(Place::PermittedNotActed, async move { winner.certify_staff(one).await.unwrap() });
    assert_eq!(second.certify(other).await, Err(is(Code::Changed)));
    assert!(house.hooks.done());
    let lost = house.last_is_refusal(Kind::StaffCertified, Code::Changed).await;
    assert_eq!(lost.actor.unwrap().staff_no, no("ad9002"));
    assert_eq!(house.count(Kind::StaffCertified, None).await, 1);
}

#[tokio::test]
async fn v2_a_factor_certifies_one_list_once() {
    let (house, _, first, _) = with_admins().await;
    house.enrol(&Person::colleague()).await;
    let (one, other) = (first.tick("op1001").await, first.tick("op1003").await);
    let form = first.factor_for(ticked(std::slice::from_ref(&one))).await;
    let challenge = form.challenge;
    for list in [vec![other.clone()], vec![one, other.clone()]] {
        let form = Certify { challenge, ..ticked(&list) };
        assert_eq!(first.certify(form).await, Err(is(Code::ChallengeOtherAct)));
        house.last_is_refusal(Kind::StaffCertified, Code::ChallengeOtherAct).await;
    }
    first.certify(form.clone()).await.unwrap();
    assert_eq!(first.certify(form).await, Err(is(Code::Changed)), "the same again is another state of the record");
    house.last_is_refusal(Kind::StaffCertified, Code::Changed).await;
    let again = Certify { challenge, ..ticked(&[other]) };
    assert_eq!(first.certify(again).await, Err(is(Code::ChallengeSpent)));
    house.last_is_refusal(Kind::StaffCertified, Code::ChallengeSpent).await;
}

#[tokio::test]
async fn u7_whoever_is_unknown_suspended_or_lapsed_is_not_certified() {
    let (house, _, first, _) = with_admins().await;
    let unknown = "op9999:1:5".to_owned();
    assert_eq!(first.certify(ticked(&[unknown])).await, Err(is(Code::NotFound)));
    let refused = house.last_is_refusal(Kind::StaffCertified, Code::NotFound).await;
    assert_eq!(refused.details.subject_staff, None, "what was typed stands in no event");
    let seen = first.tick("op1001").await;
    first.desk().await.suspend_staff(no("op1001")).await.unwrap();
    assert_eq!(first.certify(ticked(std::slice::from_ref(&seen))).await, Err(is(Code::Changed)));
    let due = first.desk().await.due().await.unwrap();
    assert!(due.due.iter().all(|due| due.entry.staff_no != no("op1001")), "nor are they listed");
    // Whoever knows the version is told no better.
    let after = seen.replacen(":1:", ":2:", 1);
    assert_eq!(first.certify(ticked(&[after])).await, Err(is(Code::ChangeUnfit)));
    house.last_is_refusal(Kind::StaffCertified, Code::ChangeUnfit).await;
}

#[tokio::test]
async fn u7_nobody_but_an_administrator_sees_who_is_due_or_certifies() {
    let (house, operator, first, _) = with_admins().await;
    let tick = first.tick("op1001").await;
    let operator = house.sign_in(&operator.person).await;
    let supervisor = house.seat(Person::supervisor()).await;
    for seat in [&operator, &supervisor] {
        assert_eq!(seat.desk().await.due().await.err(), Some(is(Code::NotPermitted)));
        house.last_is_refusal(Kind::RequestRefused, Code::NotPermitted).await;
        assert_eq!(seat.certify(ticked(std::slice::from_ref(&tick))).await, Err(is(Code::NotPermitted)));
        house.last_is_refusal(Kind::StaffCertified, Code::NotPermitted).await;
    }
}

#[tokio::test]
async fn u7_an_invitation_a_move_and_a_reinstatement_set_a_new_date_and_a_reset_does_not() {
    let (house, _, first, second) = with_admins().await;
    let begun = first.until("op1001").await;
    second.confirm(first.propose(Propose::ResetFactor(no("op1001"))).await).await;
    assert_eq!(first.until("op1001").await, begun);
    second.confirm(first.propose(to_branch("op1001", "0102")).await).await;
    let moved = first.until("op1001").await;
    assert_eq!(moved, house.last_time().await.plus(PERIOD));
    first.desk().await.suspend_staff(no("op1001")).await.unwrap();
    second.confirm(first.propose(Propose::Reinstate(no("op1001"))).await).await;
    assert_eq!(first.until("op1001").await, house.last_time().await.plus(PERIOD));
    assert!(first.until("op1001").await > moved);
    let token = {
        let proposal = first.propose(invitation()).await;
        second.confirm(proposal).await;
        first.desk().await.take_link(proposal).await.unwrap().token
    };
    house.enrolled_by(&token, "op1005").await;
    assert_eq!(first.until("op1005").await, house.last_time().await.plus(PERIOD));
}

#[tokio::test]
async fn u7_home_tells_ones_own_date_and_administrators_how_many_are_due() {
    let (house, seat, first, second) = with_admins().await;
    let house_of_default = TestOffice::empty().await;
    let quiet = house_of_default.seat(Person::operator()).await;
    assert!(quiet.desk().await.told().await.unwrap().is_empty(), "not before the notice");
    house_of_default.wait(Span::days(76));
    let quiet = house_of_default.sign_in(&quiet.person).await;
    assert!(matches!(quiet.desk().await.told().await.unwrap()[..], [Told::CertifiedUntil { .. }]), "14 days before");
    let seat = house.sign_in(&seat.person).await;
    let until = first.until("op1001").await;
    let told = seat.desk().await.told().await.unwrap();
    assert!(matches!(told[..], [Told::CertifiedUntil { until: told }] if told == until), "{told:?}");
    let told = second.desk().await.told().await.unwrap();
    assert!(matches!(told[..], [Told::CertifiedUntil { .. }, Told::Lapsing { count: 2, days: 90 }]), "{told:?}");
    assert_eq!(first.desk().await.staff_entry(no("op1001")).await.unwrap().state, StaffState::Active);
}
