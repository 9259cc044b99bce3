//! Proposals: one administrator proposes, another person decides (issue 4, U4, U7).

use crate::office::TestOffice;
use crate::people::{Person, Seat};
use backoffice::hooks::Place;
use domain::audit::event::{FactorName, Kind, PersonName};
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{Decide, DeskError, ProposalState, Propose, StaffState, Told, Verb};
use domain::id::{BranchNo, PersonNo, ProposalId, StaffNo};
use domain::role::Role;
use domain::staff_change::{ChangeKind, DecisionNote};
use std::sync::Arc;

pub fn no(staff_no: &str) -> StaffNo {
    StaffNo::parse(staff_no).unwrap()
}

fn unit(unit: &str) -> BranchNo {
    BranchNo::parse(unit).unwrap()
}

fn is(code: Code) -> DeskError {
    DeskError::Refused(code)
}

/// An invitation of somebody whom nobody knows yet.
pub fn invitation() -> Propose {
    Propose::Invite {
        staff_no: no("op1005"),
        person: PersonNo::parse("P1005").unwrap(),
        name: PersonName::parse("顾新").unwrap(),
        role: Role::Operator,
        unit: unit("0101"),
    }
}

pub fn to_branch(staff_no: &str, branch: &str) -> Propose {
    Propose::Move { staff_no: no(staff_no), role: Role::Operator, unit: unit(branch) }
}

pub fn decision(proposal: ProposalId, confirm: bool) -> Decide {
    Decide { proposal, confirm, note: DecisionNote::parse("checked with HR by telephone").unwrap(), challenge: None }
}

/// An operator and two administrators, all signed in.
pub async fn with_admins() -> (Arc<TestOffice>, Seat, Seat, Seat) {
    let (house, seat) = TestOffice::with_operator().await;
    let first = house.seat(Person::admin()).await;
    let second = house.seat(Person::second_admin()).await;
    (house, seat, first, second)
}

impl Seat {
    pub async fn propose(&self, form: Propose) -> ProposalId {
        self.desk().await.propose_change(form).await.unwrap()
    }

    pub async fn decide(&self, form: Decide) -> Result<(), DeskError> {
        self.desk().await.decide_change(form).await
    }

    /// A confirmation with its challenge answered.
    pub async fn answered(&self, proposal: ProposalId) -> Decide {
        let form = decision(proposal, true);
        let challenge = match self.decide(form.clone()).await {
            Err(DeskError::StepUpRequired { challenge, .. }) => challenge,
            other => panic!("no step-up was asked for: {other:?}"),
        };
        self.answer(challenge).await.unwrap();
        Decide { challenge: Some(challenge), ..form }
    }

    /// The whole way to a confirmation.
    pub async fn confirm(&self, proposal: ProposalId) {
        let form = self.answered(proposal).await;
        self.decide(form).await.unwrap();
    }
}

#[tokio::test]
async fn u7_a_change_is_proposed_by_one_and_done_by_the_confirmation_of_another() {
    let (house, seat, first, second) = with_admins().await;
    let proposal = first.propose(to_branch("op1001", "0102")).await;
    let event = house.last().await;
    assert_eq!((event.kind, event.details.proposal), (Kind::StaffChangeProposed, Some(proposal)));
    assert_eq!(event.details.subject_unit, Some(unit("0102")));
    assert_eq!(seat.desk().await.staff().unit, unit("0101"), "nothing has changed yet");
    second.confirm(proposal).await;
    let event = house.last().await;
    let details = &event.details;
    assert_eq!(
        (event.kind, details.confirmed, details.factor),
        (Kind::StaffChangeDecided, Some(true), Some(FactorName::Totp))
    );
    assert_eq!((details.change, details.subject_staff.clone()), (Some(ChangeKind::Move), Some(no("op1001"))));
    assert!(details.act.is_some() && details.note.is_some() && details.policy.is_some());
    assert_eq!(seat.desk().await.staff().unit, unit("0102"), "with the next request");
    house.whole().await;
}

#[tokio::test]
async fn u7_ones_own_proposal_is_decided_by_another_person_whatever_the_login() {
    let (house, _, first, _) = with_admins().await;
    let proposal = first.propose(invitation()).await;
    for confirm in [true, false] {
        assert_eq!(first.decide(decision(proposal, confirm)).await, Err(is(Code::OwnProposal)));
        house.last_is_refusal(Kind::StaffChangeDecided, Code::OwnProposal).await;
    }
    let other_login = house.seat(Person::admins_second_login()).await;
    assert_eq!(other_login.decide(decision(proposal, true)).await, Err(is(Code::OwnProposal)), "one person");
    house.last_is_refusal(Kind::StaffChangeDecided, Code::OwnProposal).await;
    // And no way around the code: the database counts people too.
    let beside = "INSERT INTO staff_decision (change, confirmed, note, salt, decided_by, by_person, decided_at) \
        SELECT id, 1, 'note', x'00', proposed_by, by_person, 1 FROM staff_change";
    let refused = house.meddle(beside).await.unwrap_err().to_string();
    assert!(refused.contains("staff_decision_takes_two_people"), "{refused}");
}

#[tokio::test]
async fn u7_nobody_decides_what_is_about_themselves() {
    let (house, _, first, second) = with_admins().await;
    let proposal = first.propose(Propose::Move { staff_no: no("ad9002"), role: Role::Auditor, unit: unit("it") }).await;
    assert_eq!(second.decide(decision(proposal, true)).await, Err(is(Code::OwnChange)));
    house.last_is_refusal(Kind::StaffChangeDecided, Code::OwnChange).await;
    let third = house.seat(Person::third_admin()).await;
    third.confirm(proposal).await;
    assert_eq!(second.desk().await.staff().role, Role::Auditor);
}

#[tokio::test]
async fn u7_of_two_confirmations_at_once_one_wins_and_the_other_is_told() {
    let (house, _, first, second) = with_admins().await;
    let third = house.seat(Person::third_admin()).await;
    let proposal = first.propose(to_branch("op1001", "0102")).await;
    let (one, other) = (second.answered(proposal).await, third.answered(proposal).await);
    // The third one's request is permitted before the second one's is done.
    let (winner, form) = (second.desk().await, one.clone());
    house.hooks.once(Place::PermittedNotActed, async move { winner.decide_change(form).await.unwrap() });
    assert_eq!(third.decide(other).await, Err(is(Code::AlreadyDecided)));
    assert!(house.hooks.done());
    let lost = house.last_is_refusal(Kind::StaffChangeDecided, Code::AlreadyDecided).await;
    assert_eq!(lost.actor.unwrap().staff_no, no("ad9003"));
    assert_eq!(house.count(Kind::StaffChangeDecided, None).await, 1);
    assert_eq!(second.decide(one).await, Err(is(Code::AlreadyDecided)), "nor twice by the same");
}

#[tokio::test]
async fn v2_a_confirmation_takes_a_factor_that_is_bound_to_all_of_it() {
    let (house, _, first, second) = with_admins().await;
    let proposal = first.propose(to_branch("op1001", "0102")).await;
    let form = second.answered(proposal).await;
    let note = DecisionNote::parse("something else").unwrap();
    assert_eq!(second.decide(Decide { note, ..form.clone() }).await, Err(is(Code::ChallengeOtherAct)));
    house.last_is_refusal(Kind::StaffChangeDecided, Code::ChallengeOtherAct).await;
    let other = first.propose(invitation()).await;
    assert_eq!(second.decide(Decide { proposal: other, ..form.clone() }).await, Err(is(Code::ChallengeOtherAct)));
    house.last_is_refusal(Kind::StaffChangeDecided, Code::ChallengeOtherAct).await;
    second.decide(form.clone()).await.unwrap();
    assert_eq!(second.decide(Decide { proposal: other, ..form }).await, Err(is(Code::ChallengeSpent)));
    // To reject takes nothing but a reason.
    second.decide(decision(other, false)).await.unwrap();
    assert_eq!(house.last().await.details.confirmed, Some(false));
    assert_eq!(first.desk().await.take_link(other).await.err(), Some(is(Code::LinkTaken)), "and gives no link");
}

#[tokio::test]
async fn u7_a_proposal_is_of_the_record_that_its_proposer_saw() {
    let (house, _, first, second) = with_admins().await;
    let proposal = first.propose(to_branch("op1001", "0102")).await;
    assert_eq!(first.desk().await.propose_change(to_branch("op1001", "0103")).await, Err(is(Code::ProposalWaiting)));
    house.last_is_refusal(Kind::StaffChangeProposed, Code::ProposalWaiting).await;
    first.desk().await.suspend_staff(no("op1001")).await.unwrap();
    assert_eq!(second.decide(decision(proposal, true)).await, Err(is(Code::Changed)));
    house.last_is_refusal(Kind::StaffChangeDecided, Code::Changed).await;
    second.decide(decision(proposal, false)).await.unwrap();
    let late = first.propose(Propose::Reinstate(no("op1001"))).await;
    house.wait(Span::days(7));
    let second = house.sign_in(&second.person).await;
    assert_eq!(second.decide(decision(late, true)).await, Err(is(Code::ProposalExpired)));
    house.last_is_refusal(Kind::StaffChangeDecided, Code::ProposalExpired).await;
    let (view, _) = second.desk().await.proposal(late).await.unwrap();
    assert_eq!(view.state, ProposalState::Expired);
}

#[tokio::test]
async fn u5_one_administrator_suspends_at_once_and_two_reinstate() {
    let (house, seat, first, second) = with_admins().await;
    let desk = seat.desk().await;
    let case = seat.open("complaint").await;
    first.desk().await.suspend_staff(no("op1001")).await.unwrap();
    let event = house.last().await;
    assert_eq!((event.kind, event.details.subject_staff), (Kind::StaffSuspended, Some(no("op1001"))));
    assert_eq!(seat.try_desk().await.err(), Some(is(Code::SignedOut)), "the next request");
    assert_eq!(desk.close_case(case).await, Err(is(Code::SignedOut)), "and what had begun");
    for (staff_no, code) in [("op1001", Code::ChangeUnfit), ("op9999", Code::NotFound)] {
        assert_eq!(first.desk().await.suspend_staff(no(staff_no)).await, Err(is(code)));
        house.last_is_refusal(Kind::StaffSuspended, code).await;
    }
    assert_eq!(first.desk().await.staff_entry(no("op1001")).await.unwrap().state, StaffState::Suspended);
    let back = first.propose(Propose::Reinstate(no("op1001"))).await;
    second.confirm(back).await;
    assert_eq!(seat.try_desk().await.err(), Some(is(Code::SignedOut)), "the old session does not live again");
    house.sign_in(&seat.person).await.desk().await;
    house.whole().await;
}

#[tokio::test]
async fn u5_suspending_somebody_suspends_the_person_by_whichever_login() {
    let (house, _, first, _) = with_admins().await;
    let other = house.seat(Person::second_login()).await;
    first.desk().await.suspend_staff(no("op1001")).await.unwrap();
    assert!(house.last().await.details.subject_person.is_some());
    assert_eq!(other.try_desk().await.err(), Some(is(Code::SignedOut)));
    house.wait(Span::seconds(60));
    let code = other.person.code(&house);
    assert!(house.try_sign_in("ox1001", crate::people::PASSWORD, &code).await.is_err());
}

#[tokio::test]
async fn u5_nobody_suspends_an_administrator_when_too_few_would_be_left_to_undo_it() {
    let (house, _, first, second) = with_admins().await;
    assert_eq!(first.desk().await.suspend_staff(no("ad9002")).await, Err(is(Code::LastAdministrators)));
    house.last_is_refusal(Kind::StaffSuspended, Code::LastAdministrators).await;
    second.desk().await;
    house.seat(Person::third_admin()).await;
    first.desk().await.suspend_staff(no("ad9002")).await.unwrap();
    assert_eq!(first.desk().await.suspend_staff(no("ad9003")).await, Err(is(Code::LastAdministrators)), "nor the next");
    assert_eq!(
        first.desk().await.suspend_staff(no("ad9002")).await,
        Err(is(Code::ChangeUnfit)),
        "who is none any more"
    );
}

#[tokio::test]
async fn u3_an_administrator_unlocks_another_and_not_themselves() {
    let (house, seat, first, _) = with_admins().await;
    for _ in 0..10 {
        house.wait(Span::seconds(17));
        assert!(house.try_sign_in("op1001", "wrong", "000000").await.is_err());
    }
    let state = async |staff_no| first.desk().await.staff_entry(no(staff_no)).await.unwrap().state;
    assert_eq!(state("op1001").await, StaffState::Locked);
    house.wait(Span::seconds(17));
    let code = seat.person.code(&house);
    assert!(house.try_sign_in("op1001", crate::people::PASSWORD, &code).await.is_err(), "locked");
    first.desk().await.unlock_staff(no("op1001")).await.unwrap();
    let event = house.last().await;
    assert_eq!((event.kind, event.details.subject_staff), (Kind::StaffUnlocked, Some(no("op1001"))));
    house.sign_in(&seat.person).await;
    assert_eq!(first.desk().await.unlock_staff(no("op1001")).await, Err(is(Code::ChangeUnfit)), "it is not locked");
    house.last_is_refusal(Kind::StaffUnlocked, Code::ChangeUnfit).await;
    assert_eq!(first.desk().await.unlock_staff(no("ad9001")).await, Err(is(Code::OwnChange)));
    house.last_is_refusal(Kind::StaffUnlocked, Code::OwnChange).await;
}

#[tokio::test]
async fn u7_one_person_has_one_role_by_whichever_login() {
    let (house, _, first, second) = with_admins().await;
    let Propose::Invite { name, .. } = invitation() else { panic!() };
    let as_approver = Propose::Invite {
        staff_no: no("ap1001"),
        person: PersonNo::parse("P1001").unwrap(),
        name,
        role: Role::Approver,
        unit: unit("HQ"),
    };
    assert_eq!(first.desk().await.propose_change(as_approver).await, Err(is(Code::RoleConflict)));
    house.last_is_refusal(Kind::StaffChangeProposed, Code::RoleConflict).await;
    // Nor does the same number in other letters make another person of anyone.
    let Propose::Invite { name, .. } = invitation() else { panic!() };
    let respelled = Propose::Invite {
        staff_no: no("ax9001"),
        person: PersonNo::parse("p9001").unwrap(),
        name,
        role: Role::Admin,
        unit: unit("it"),
    };
    assert_eq!(first.desk().await.propose_change(respelled).await, Err(is(Code::ChangeUnfit)));
    house.last_is_refusal(Kind::StaffChangeProposed, Code::ChangeUnfit).await;
    // What fits when it is proposed must fit when it is done.
    let proposal =
        first.propose(Propose::Move { staff_no: no("op1001"), role: Role::Approver, unit: unit("HQ") }).await;
    house.enrol(&Person::second_login()).await;
    assert_eq!(second.decide(decision(proposal, true)).await, Err(is(Code::RoleConflict)));
    house.last_is_refusal(Kind::StaffChangeDecided, Code::RoleConflict).await;
}

#[tokio::test]
async fn u7_who_would_gain_what_is_told_before_it_is_confirmed() {
    let (_, _, first, second) = with_admins().await;
    let proposal =
        first.propose(Propose::Move { staff_no: no("op1001"), role: Role::Auditor, unit: unit("audit") }).await;
    let (view, powers) = second.desk().await.proposal(proposal).await.unwrap();
    assert_eq!((view.role_before, view.role, view.own), (Some(Role::Operator), Role::Auditor, false));
    let gained: Vec<Verb> = powers.iter().filter(|one| one.after).map(|one| one.verb).collect();
    assert_eq!(gained, [Verb::ReadLog, Verb::VerifyLog, Verb::ReadEntries, Verb::ReadExports]);
    assert!(powers.iter().any(|one| one.verb == Verb::RevealField && one.before && !one.after), "and loses");
}

#[tokio::test]
async fn u7_nobody_but_an_administrator_sees_or_changes_staff() {
    let (house, operator, first, _) = with_admins().await;
    let proposal = first.propose(invitation()).await;
    let supervisor = house.seat(Person::supervisor()).await;
    for seat in [&operator, &supervisor] {
        let desk = seat.desk().await;
        let mine = desk.staff().staff_no.clone();
        let no_right = is(Code::NotPermitted);
        assert_eq!(desk.staff_list().await.err(), Some(no_right.clone()));
        house.last_is_refusal(Kind::RequestRefused, Code::NotPermitted).await;
        assert_eq!(desk.proposals().await.err(), Some(no_right.clone()));
        assert_eq!(desk.propose_change(to_branch("op1001", "0102")).await, Err(no_right.clone()));
        house.last_is_refusal(Kind::StaffChangeProposed, Code::NotPermitted).await;
        assert_eq!(desk.decide_change(decision(proposal, true)).await, Err(no_right.clone()));
        house.last_is_refusal(Kind::StaffChangeDecided, Code::NotPermitted).await;
        assert_eq!(desk.suspend_staff(mine.clone()).await, Err(no_right.clone()));
        house.last_is_refusal(Kind::StaffSuspended, Code::NotPermitted).await;
        assert_eq!(desk.unlock_staff(mine).await, Err(no_right.clone()));
        house.last_is_refusal(Kind::StaffUnlocked, Code::NotPermitted).await;
        assert_eq!(desk.take_link(proposal).await.err(), Some(no_right));
        house.last_is_refusal(Kind::EnrolLinkTaken, Code::NotPermitted).await;
        assert!(desk.told().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn u7_a_proposal_and_its_decision_are_written_once() {
    let (house, _, first, second) = with_admins().await;
    let proposal = first.propose(to_branch("op1001", "0102")).await;
    let waits = second.desk().await.told().await.unwrap();
    assert!(matches!(waits[..], [Told::Waiting { count: 1 }]), "{waits:?}");
    assert!(first.desk().await.told().await.unwrap().is_empty(), "one's own does not wait for one");
    second.decide(decision(proposal, false)).await.unwrap();
    let told = first.desk().await.told().await.unwrap();
    assert!(matches!(told[..], [Told::Decided { confirmed: false, .. }]), "{told:?}");
    for sql in [
        "UPDATE staff_change SET role = 'admin'",
        "DELETE FROM staff_change",
        "UPDATE staff_decision SET confirmed = 1",
        "DELETE FROM staff_decision",
    ] {
        let refused = house.meddle(sql).await.unwrap_err().to_string();
        assert!(refused.contains("_is_never_"), "{sql}: {refused}");
    }
}
