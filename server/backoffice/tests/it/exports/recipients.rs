//! To whom files go (E1).

use super::{Bank, challenge_of, is, proposal, public_key, recipient_word};
use crate::office::TestOffice;
use crate::people::Person;
use domain::audit::event::Kind;
use domain::clock::Span;
use domain::code::{Code, Fault};
use domain::desk::{DecideRecipient, DeskError, ProposeRecipient, RecipientState};
use domain::role::Role;

#[tokio::test]
async fn e1_a_recipient_is_entered_by_one_and_confirmed_by_another_of_another_unit() {
    let (house, seat) = TestOffice::with_operator().await;
    let key = public_key(&age::x25519::Identity::generate());
    let id = seat.desk().await.propose_recipient(proposal(&key)).await.unwrap();
    let event = house.last().await;
    assert_eq!((event.kind, event.details.recipient), (Kind::RecipientProposed, Some(id)));
    assert!(event.details.recipient_key.is_some() && event.details.due.is_some());
    let word = recipient_word(id, true);
    assert_eq!(seat.desk().await.decide_recipient(word.clone()).await, Err(is(Code::NotPermitted)));
    house.last_is_refusal(Kind::RecipientDecided, Code::NotPermitted).await;
    let same_person = house.seat(Person::of("ap1001", Role::Approver, "HQA")).await;
    assert_eq!(same_person.desk().await.decide_recipient(word.clone()).await, Err(is(Code::OwnProposal)));
    house.last_is_refusal(Kind::RecipientDecided, Code::OwnProposal).await;
    let same_unit = house.seat(Person::of("ap2004", Role::Approver, "0101")).await;
    assert_eq!(same_unit.desk().await.decide_recipient(word.clone()).await, Err(is(Code::SameUnit)));
    house.last_is_refusal(Kind::RecipientDecided, Code::SameUnit).await;
    let other = house.seat(Person::of("ap2001", Role::Approver, "HQA")).await;
    other.confirm_recipient(id).await;
    let event = house.last().await;
    assert_eq!((event.kind, event.details.confirmed), (Kind::RecipientDecided, Some(true)));
    assert!(event.details.act.is_some() && event.details.factor.is_some() && event.details.note.is_some());
    house.wait(Span::minutes(1));
    let seat = house.sign_in(&seat.person).await;
    let view = seat.desk().await.recipient(id).await.unwrap();
    assert_eq!((view.state, view.own), (RecipientState::Confirmed, true));
    assert!(view.rests_until.is_some(), "whoever entered it stays away from it");
    assert_eq!(other.desk().await.decide_recipient(word).await, Err(is(Code::AlreadyDecided)));
    let other_key = public_key(&age::x25519::Identity::generate());
    let waiting = seat.desk().await.propose_recipient(proposal(&other_key)).await.unwrap();
    let waiting = data_encoding::HEXLOWER.encode(waiting.as_bytes());
    for (column, value, wanted) in [
        ("by_person", "by_person", "recipient_decision_takes_two_people"),
        ("by_unit", "by_unit", "recipient_decision_takes_two_units"),
    ] {
        let (person, unit) = if column == "by_person" { (value, "'HQA'") } else { ("'P2001'", value) };
        let sql = format!(
            "INSERT INTO recipient_decision SELECT id, 1, 'telephone', 'note', x'00', proposed_by, {person}, {unit}, 1 \
             FROM recipient WHERE id = x'{waiting}'"
        );
        let refused = house.meddle(Box::leak(sql.into_boxed_str())).await.unwrap_err().to_string();
        assert!(refused.contains(wanted) || refused.contains("recipient_decision_is"), "{refused}");
    }
    house.whole().await;
}

#[tokio::test]
async fn e1_a_confirmations_factor_is_bound_to_the_key_that_was_compared() {
    let (house, seat) = TestOffice::with_operator().await;
    let other = house.seat(Person::of("ap2001", Role::Approver, "HQA")).await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let key = public_key(&age::x25519::Identity::generate());
        ids.push(seat.desk().await.propose_recipient(proposal(&key)).await.unwrap());
    }
    let word = recipient_word(ids[0], true);
    let challenge = challenge_of(other.desk().await.decide_recipient(word.clone()).await).unwrap();
    other.answer(challenge).await.unwrap();
    let swapped = DecideRecipient { recipient: ids[1], challenge: Some(challenge), ..word.clone() };
    let channel = DecideRecipient { channel: "by letter".into(), challenge: Some(challenge), ..word };
    for wrong in [swapped, channel] {
        assert_eq!(other.desk().await.decide_recipient(wrong).await, Err(is(Code::ChallengeOtherAct)));
        house.last_is_refusal(Kind::RecipientDecided, Code::ChallengeOtherAct).await;
    }
}

#[tokio::test]
async fn e1_every_fault_of_a_proposal_is_told_at_once_and_a_secret_key_by_its_name() {
    let (house, seat) = TestOffice::with_operator().await;
    let fault = |field: &str, code: &str| Fault::new(field, code);
    let empty = seat.desk().await.propose_recipient(ProposeRecipient::default()).await;
    let DeskError::Invalid(faults) = empty.unwrap_err() else { panic!("not told") };
    let named: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(named, ["name", "contact", "assessment", "commitment", "kind", "key", "assessed_until"]);
    house.last_is_refusal(Kind::RecipientProposed, Code::Invalid).await;
    let good = proposal(&public_key(&age::x25519::Identity::generate()));
    for (key, code) in [
        ("age1qqqq", "key_malformed"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA", "key_unsupported"),
        ("AGE-SECRET-KEY-1QQQQ", "key_secret"),
    ] {
        let answer = seat.desk().await.propose_recipient(ProposeRecipient { key: key.into(), ..good.clone() }).await;
        assert_eq!(answer, Err(DeskError::Invalid(vec![fault("key", code)])), "{key}");
    }
    for (day, code) in [("2026-02-30", "malformed"), ("2026-11-21", "past"), ("soon", "malformed")] {
        let form = ProposeRecipient { assessed_until: day.into(), ..good.clone() };
        let answer = seat.desk().await.propose_recipient(form).await;
        assert_eq!(answer, Err(DeskError::Invalid(vec![fault("assessed_until", code)])), "{day}");
    }
}

#[tokio::test]
async fn e1_who_entered_a_recipient_stays_away_from_it_for_seven_days() {
    let bank = Bank::open().await;
    let confirmer = Person::of("ap2009", Role::Approver, "HQC");
    let export = bank.submitted(bank.usual()).await;
    bank.house.wait(Span::minutes(1));
    let seat = bank.house.sign_in(&confirmer).await;
    assert_eq!(seat.approve(export).await, Err(is(Code::RecipientResting)));
    bank.house.last_is_refusal(Kind::ExportDecided, Code::RecipientResting).await;
    // Nor does whoever proposed it ask for one.
    let proposer = bank.house.sign_in(&Person::operator_elsewhere()).await;
    let refused = proposer.desk().await.draw_export(bank.usual()).await;
    assert_eq!(refused, Err(is(Code::RecipientResting)));
    bank.house.last_is_refusal(Kind::ExportDrawn, Code::RecipientResting).await;
}

#[tokio::test]
async fn e1_nothing_goes_to_a_recipient_that_waits_was_ended_or_whose_assessment_is_over() {
    let bank = Bank::open().await;
    let key = public_key(&age::x25519::Identity::generate());
    let waiting = bank.operator.desk().await.propose_recipient(proposal(&key)).await.unwrap();
    let mut form = bank.usual();
    form.recipient = waiting.to_string();
    assert_eq!(bank.try_draw(form).await, is(Code::RecipientUnfit));
    let export = bank.submitted(bank.usual()).await;
    bank.second.desk().await.end_recipient(bank.recipient).await.unwrap();
    assert_eq!(bank.house.last().await.kind, Kind::RecipientEnded);
    assert_eq!(bank.first.approve(export).await, Err(is(Code::RecipientUnfit)));
    bank.house.last_is_refusal(Kind::ExportDecided, Code::RecipientUnfit).await;
    assert_eq!(bank.try_draw(bank.usual()).await, is(Code::RecipientUnfit));
    let over = Bank::open().await;
    over.house.wait(Span::days(80));
    over.house
        .meddle("DROP TRIGGER recipient_is_never_changed; UPDATE recipient SET assessed_until = 1")
        .await
        .unwrap();
    let seat = over.house.sign_in(&over.operator.person).await;
    assert_eq!(seat.desk().await.draw_export(over.usual()).await, Err(is(Code::RecipientUnfit)));
    let view = seat.desk().await.recipient(over.recipient).await.unwrap();
    assert_eq!(view.state, RecipientState::AssessmentOver);
}
