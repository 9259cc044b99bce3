//! What happens at the date, and how somebody comes back.

use super::{PERIOD, is, no, ticked, with_admins};
use crate::four_eyes::to_branch;
use crate::office::TestOffice;
use crate::people::{PASSWORD, Person, Seat, stamp};
use crate::supervise::everything;
use domain::audit::event::{Kind, SourceName};
use domain::clock::{Span, Timestamp};
use domain::code::Code;
use domain::desk::{Ended, News, Propose, StaffState};
use domain::role::Role;

impl TestOffice {
    /// The time of the newest event.
    pub async fn last_time(&self) -> Timestamp {
        self.last().await.time
    }

    fn wait_until(&self, then: Timestamp) {
        self.wait(then.since(self.now()));
    }

    async fn lapses(&self) -> usize {
        self.count(Kind::StaffLapsed, None).await
    }
}

const MILLISECOND: Span = Timestamp::from_millis(1).since(Timestamp::from_millis(0));

/// Signs somebody in a millisecond before their date.
async fn in_time(house: &std::sync::Arc<TestOffice>, person: &std::sync::Arc<Person>, until: Timestamp) -> Seat {
    house.wait_until(until.minus(MILLISECOND));
    house.sign_in(person).await
}

#[tokio::test]
async fn u7_rights_end_with_their_date_and_not_a_millisecond_before() {
    let (house, seat, first, _) = with_admins().await;
    let until = first.until("op1001").await;
    let seat = in_time(&house, &seat.person, until).await;
    let case = seat.open("complaint").await;
    let desk = seat.desk().await;
    house.wait(MILLISECOND);
    assert_eq!(desk.close_case(case).await, Err(is(Code::SignedOut)), "what had begun");
    assert_eq!(house.lapses().await, 0, "nobody has noticed");
    assert_eq!(seat.try_desk().await.err(), Some(is(Code::SignedOut)), "the next request");
    let event = house.last().await;
    let details = &event.details;
    assert_eq!((event.kind, event.actor), (Kind::StaffLapsed, None));
    assert_eq!((&details.subject_staff, details.subject_role), (&Some(no("op1001")), Some(Role::Operator)));
    assert_eq!(details.certified_until, Some(until));
    assert!(seat.try_desk().await.is_err());
    house.office.sweep_lapses().await.unwrap();
    assert_eq!(house.lapses().await, 1, "told once");
    assert!(matches!(house.office.ended(&seat.token()).await, Some(Ended::Lapsed)));
    house.whole().await;
}

#[tokio::test]
async fn u7_whoever_lapsed_is_refused_at_sign_in_as_anybody_is() {
    let (house, seat, first, _) = with_admins().await;
    house.wait_until(first.until("op1001").await);
    let code = seat.person.code(&house);
    assert_eq!(house.try_sign_in("op1001", PASSWORD, &code).await.err(), Some(is(Code::SignInFailed)));
    house.last_is_refusal(Kind::SignedIn, Code::SignInFailed).await;
    assert_eq!(house.lapses().await, 1, "and the lapse is told");
}

#[tokio::test]
async fn u7_a_live_tail_ends_with_the_rights_of_its_reader() {
    let (house, ..) = with_admins().await;
    let person = Person::supervisor();
    house.enrol(&person).await;
    let until = house.now().plus(PERIOD);
    let seat = in_time(&house, &person, until).await;
    let mut tail = seat.desk().await.tail(everything(), None).await.unwrap();
    house.wait(MILLISECOND);
    let ended = loop {
        if let News::Ended(error) = tail.next().await {
            break error;
        }
    };
    assert_eq!(ended, is(Code::SignedOut));
    let events = house.events().await;
    let lapsed: Vec<_> = events.iter().filter(|event| event.kind == Kind::StaffLapsed).collect();
    assert!(lapsed.iter().any(|event| event.details.subject_staff == Some(no("su3001"))), "{lapsed:?}");
}

#[tokio::test]
async fn u7_a_request_and_two_sweeps_at_once_make_one_event() {
    let (house, seat, first, _) = with_admins().await;
    let until = first.until("op1001").await;
    let seat = in_time(&house, &seat.person, until).await;
    let neighbour = house.neighbour().await;
    let there = seat.at(&neighbour);
    house.wait(MILLISECOND);
    let (here, elsewhere, one, other) =
        tokio::join!(seat.try_desk(), there.try_desk(), house.office.sweep_lapses(), neighbour.office.sweep_lapses());
    assert!(here.is_err() && elsewhere.is_err());
    one.unwrap();
    other.unwrap();
    assert_eq!(house.lapses().await, 1);
    house.whole().await;
}

#[tokio::test]
async fn u7_whoever_lapsed_comes_back_by_two_and_until_a_new_date() {
    let (house, seat, first, second) = with_admins().await;
    let until = first.until("op1001").await;
    let seat = in_time(&house, &seat.person, until).await;
    let (first, second) = (house.sign_in(&first.person).await, house.sign_in(&second.person).await);
    let tick = first.tick("op1001").await;
    house.wait_until(until);
    assert_eq!(first.certify(ticked(&[tick])).await, Err(is(Code::Changed)), "the lapse is a change of the record");
    assert_eq!(house.lapses().await, 1);
    assert_eq!(first.desk().await.staff_entry(no("op1001")).await.unwrap().state, StaffState::Lapsed);
    for (form, code) in
        [(to_branch("op1001", "0102"), Code::ChangeUnfit), (Propose::ResetFactor(no("op1001")), Code::ChangeUnfit)]
    {
        assert_eq!(first.desk().await.propose_change(form).await, Err(is(code)));
        house.last_is_refusal(Kind::StaffChangeProposed, code).await;
    }
    second.confirm(first.propose(Propose::Reinstate(no("op1001"))).await).await;
    let entry = first.desk().await.staff_entry(no("op1001")).await.unwrap();
    assert_eq!((entry.state, entry.certified_until), (StaffState::Active, house.last_time().await.plus(PERIOD)));
    assert_eq!(seat.try_desk().await.err(), Some(is(Code::SignedOut)), "the old session does not live again");
    house.sign_in(&seat.person).await.desk().await;
    house.wait_until(entry.certified_until);
    assert!(house.sign_in_fails(&seat.person).await);
    assert_eq!(house.lapses().await, 2, "a second time, since the first was made good");
    house.whole().await;
}

impl TestOffice {
    async fn sign_in_fails(&self, person: &Person) -> bool {
        let code = person.code(self);
        self.try_sign_in(person.staff_no, PASSWORD, &code).await.is_err()
    }
}

#[tokio::test]
async fn u7_a_link_that_resets_a_factor_dies_with_the_rights_and_brings_nobody_back() {
    let (house, _, first, second) = with_admins().await;
    let until = first.until("op1001").await;
    house.wait_until(until.minus(Span::minutes(60)));
    let (first, second) = (house.sign_in(&first.person).await, house.sign_in(&second.person).await);
    let proposal = first.propose(Propose::ResetFactor(no("op1001"))).await;
    second.confirm(proposal).await;
    let token = first.desk().await.take_link(proposal).await.unwrap().token;
    house.wait_until(until);
    let opened = house.office.open_link(Some(&token), None, stamp(&house, "/enrol/{token}")).await;
    assert_eq!(opened.err(), Some(is(Code::LinkInvalid)));
    house.last_is_refusal(Kind::EnrolLinkOpened, Code::LinkInvalid).await;
}

#[tokio::test]
async fn u7_a_suspended_person_does_not_lapse_besides() {
    let (house, _, first, _) = with_admins().await;
    let until = first.until("op1001").await;
    first.desk().await.suspend_staff(no("op1001")).await.unwrap();
    house.wait_until(until);
    house.office.sweep_lapses().await.unwrap();
    assert_eq!(house.lapses().await, 0);
    let first = house.sign_in(&first.person).await;
    assert_eq!(first.desk().await.staff_entry(no("op1001")).await.unwrap().state, StaffState::Suspended);
}

#[tokio::test]
async fn u7_what_somebody_proposed_who_has_no_rights_any_more_is_not_confirmed() {
    let (house, _, first, second) = with_admins().await;
    let third = house.seat(Person::third_admin()).await;
    let until = first.until("ad9001").await;
    house.wait_until(until.minus(Span::days(2)));
    let (first, third) = (house.sign_in(&first.person).await, house.sign_in(&third.person).await);
    // All but the proposer are looked at.
    for staff_no in ["ad9002", "op1001"] {
        third.certifies(staff_no).await;
    }
    let second = house.sign_in(&second.person).await;
    second.certifies("ad9003").await;
    let (lapsed, suspended) = {
        let lapsed = first.propose(to_branch("op1001", "0102")).await;
        (lapsed, second.propose(super::invitation()).await)
    };
    house.wait_until(until);
    let third = house.sign_in(&third.person).await;
    assert_eq!(third.decide(crate::four_eyes::decision(lapsed, true)).await, Err(is(Code::ProposerGone)));
    house.last_is_refusal(Kind::StaffChangeDecided, Code::ProposerGone).await;
    assert_eq!(house.lapses().await, 1);
    third.decide(crate::four_eyes::decision(lapsed, false)).await.unwrap();
    house.office.suspend(&no("ad9002"), None).await.unwrap();
    assert_eq!(third.decide(crate::four_eyes::decision(suspended, true)).await, Err(is(Code::ProposerGone)));
    house.last_is_refusal(Kind::StaffChangeDecided, Code::ProposerGone).await;
}

#[tokio::test]
async fn u7_on_the_machine_itself_an_administrator_is_certified_when_too_few_are_left() {
    let (house, _, first, second) = with_admins().await;
    let os_user = || SourceName::parse("root");
    let until = first.until("ad9002").await;
    house.wait_until(until);
    house.office.sweep_lapses().await.unwrap();
    assert_eq!(house.lapses().await, 3, "nobody is left");
    assert!(house.sign_in_fails(&first.person).await);
    let until = house.office.certify(&no("ad9001"), os_user()).await.unwrap();
    let event = house.last().await;
    assert_eq!((event.kind, event.actor), (Kind::StaffCertified, None));
    assert_eq!((event.details.os_user, event.details.certified_until), (os_user(), Some(until)));
    assert_eq!(event.details.subject_staff, Some(no("ad9001")));
    house.office.certify(&no("ad9002"), os_user()).await.unwrap();
    let (first, second) = (house.sign_in(&first.person).await, house.sign_in(&second.person).await);
    second.confirm(first.propose(Propose::Reinstate(no("op1001"))).await).await;
    // Nobody else than an administrator, nobody whom one suspended, and nobody while two others can.
    let refused = async |staff_no: &str, code| {
        assert_eq!(house.office.certify(&no(staff_no), os_user()).await.err(), Some(is(code)));
        house.last_is_refusal(Kind::StaffCertified, code).await;
    };
    refused("op1001", Code::ChangeUnfit).await;
    house.seat(Person::third_admin()).await;
    refused("ad9001", Code::SecondPersonRequired).await;
    first.desk().await.suspend_staff(no("ad9002")).await.unwrap();
    refused("ad9002", Code::ChangeUnfit).await;
    assert_eq!(house.office.certify(&no("ad9999"), os_user()).await.err(), Some(is(Code::NotFound)));
    house.whole().await;
}

#[tokio::test]
async fn u7_a_session_from_before_the_lapse_is_not_let_in_again_by_the_machine() {
    let (house, _, first, _) = with_admins().await;
    let until = first.until("ad9001").await;
    let seat = in_time(&house, &first.person, until).await;
    house.wait_until(until);
    house.office.certify(&no("ad9001"), None).await.unwrap();
    assert_eq!(house.lapses().await, 3, "what lapsed is told first");
    assert_eq!(seat.try_desk().await.err(), Some(is(Code::SignedOut)));
    house.sign_in(&seat.person).await.desk().await;
}
