//! A demonstration's recipients are there from its first start, and told in the log like any others (E1).

use crate::office::TestOffice;
use crate::people::{PASSWORD, Person, Seat};
use backoffice::DEMO_RECIPIENTS;
use backoffice::staff::Enrolment;
use backoffice::store::statement::sql;
use domain::audit::event::{AuditEvent, Kind, PersonName};
use domain::desk::{RecipientState, RecipientView};
use domain::id::{BranchNo, PersonNo, StaffNo};
use domain::role::Role;

fn no(staff_no: &str) -> StaffNo {
    StaffNo::parse(staff_no).unwrap()
}

async fn enter(house: &TestOffice) {
    house.office.enter_demo_recipients(&no("op1002"), &no("ap2001")).await.unwrap();
}

async fn approver_of(house: &TestOffice, unit: &str) {
    let who = Enrolment {
        staff_no: no("ap2001"),
        person: PersonNo::parse("P-ap2001").unwrap(),
        name: PersonName::parse("何敏").unwrap(),
        role: Role::Approver,
        unit: BranchNo::parse(unit).unwrap(),
    };
    assert!(house.office.enrol(who, PASSWORD, &[7; 20]).await.unwrap());
}

async fn told(house: &TestOffice) -> Vec<AuditEvent> {
    let events = house.events().await.into_iter();
    events.filter(|event| [Kind::RecipientProposed, Kind::RecipientDecided].contains(&event.kind)).collect()
}

/// As an operator sees them, the first as it is listed first in the code.
async fn seen(by: &Seat) -> Vec<RecipientView> {
    let mut all = by.desk().await.recipients().await.unwrap();
    all.sort_by_key(|one| *one.recipient_id.as_bytes());
    all
}

#[tokio::test]
async fn e1_a_demonstration_has_two_recipients_from_its_first_start_and_no_start_adds_another() {
    let house = TestOffice::empty().await;
    let seat = house.seat(Person::operator_elsewhere()).await;
    enter(&house).await;
    assert!(told(&house).await.is_empty(), "nothing is done in the name of whoever is not there");
    approver_of(&house, "HQ-A").await;
    for _ in 0..2 {
        enter(&house).await;
        let events = told(&house).await;
        let kinds: Vec<Kind> = events.iter().map(|event| event.kind).collect();
        let [entered, decided] = [Kind::RecipientProposed, Kind::RecipientDecided];
        assert_eq!(kinds, [entered, decided, entered, decided]);
        assert!(events.iter().all(|event| event.code.is_none() && event.details.recipient_key.is_some()));
        assert_eq!(events[1].details.recipient, Some(DEMO_RECIPIENTS[0].id()));
        assert_eq!((events[1].details.confirmed, events[1].details.note.is_some()), (Some(true), true));
    }
    let there = seen(&seat).await;
    assert_eq!(there.len(), 2);
    for (view, recipient) in there.iter().zip(DEMO_RECIPIENTS) {
        assert_eq!((view.recipient_id, view.name.as_str()), (recipient.id(), recipient.name));
        assert_eq!((view.state, view.kind), (RecipientState::Confirmed, recipient.kind));
        assert_eq!((view.key.as_str(), view.rests_until), (recipient.key, None), "whoever entered it may use it");
    }
    house.whole().await;
}

#[tokio::test]
async fn e1_two_people_of_one_unit_enter_no_recipient_of_a_demonstration_either() {
    let house = TestOffice::empty().await;
    house.enrol(&Person::operator_elsewhere()).await;
    approver_of(&house, "0102").await;
    enter(&house).await;
    house.office.enter_demo_recipients(&no("op1002"), &no("op1002")).await.unwrap();
    assert!(told(&house).await.is_empty());
    let recipients = sql("SELECT id FROM recipient").fetch_all(&mut house.intruder().await).await.unwrap();
    assert!(recipients.is_empty());
}
