//! Notes say something, are this case's own, and hold no customer data (V2n).

use crate::customers::Customer;
use crate::office::TestOffice;
use crate::people::{Seat, reveal_form};
use backoffice::store::statement::sql;
use domain::audit::event::Kind;
use domain::audit::fingerprint::Fingerprint;
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{DeskError, RevealForm};
use domain::id::ReasonCode;

async fn fault(seat: &Seat, note: &str) -> Option<String> {
    match seat.desk().await.open_case(seat.case_form("complaint", note)).await {
        Ok(case) => {
            seat.desk().await.close_case(case).await.unwrap();
            None
        }
        Err(DeskError::Invalid(faults)) => {
            seat.house.last_is_refusal(Kind::CaseOpened, Code::Invalid).await;
            Some(faults.into_iter().map(|fault| fault.code).collect())
        }
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn v2n_filler_numbers_and_mail_are_refused() {
    let (_, seat) = TestOffice::with_operator().await;
    for (note, code) in [
        ("", "note_too_short"),
        (".", "note_too_short"),
        ("aaaa", "note_filler"),
        ("工作需要", "note_filler"),
        ("客户尾号 6217001 的卡被吞", "note_number"),
        ("请回复到 wang@bank.example 即可", "note_email"),
    ] {
        assert_eq!(fault(&seat, note).await.as_deref(), Some(code), "{note}");
    }
    assert_eq!(fault(&seat, "按工单 CMP-2026-0001 核对扣费明细").await, None);
}

#[tokio::test]
async fn v2n_a_note_is_not_said_again_in_another_case_for_thirty_days() {
    let (house, seat) = TestOffice::with_operator().await;
    let note = "对账单寄错地方，申请改成新的住址";
    assert_eq!(fault(&seat, note).await, None);
    assert_eq!(fault(&seat, note).await.as_deref(), Some("note_repeated"));
    assert_eq!(fault(&seat, "对账单寄错地方，申请改成新的住址。2").await.as_deref(), Some("note_repeated"));
    let colleague = house.seat(crate::people::Person::colleague()).await;
    assert_eq!(fault(&colleague, note).await, None, "it is this person's notes that count");
    house.wait(Span::days(31));
    let seat = house.sign_in(&seat.person).await;
    assert_eq!(fault(&seat, note).await, None);
}

#[tokio::test]
async fn v2n_a_cases_note_that_names_the_customer_keeps_the_case_unbound() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let name = customer.value("name");
    for note in [format!("{name}来电称短信没有收到"), format!("核对 {name} 预留号码是否仍在使用")]
    {
        let case = seat.desk().await.open_case(seat.case_form("complaint", &note)).await.unwrap();
        let handle = seat.find(case, &customer).await;
        assert_eq!(seat.desk().await.view(case, handle).await.err(), Some(Code::NoteNamesCustomer.into()));
        let event = house.last_is_refusal(Kind::CustomerViewed, Code::NoteNamesCustomer).await;
        assert_eq!(event.details.customer, Some(customer.id));
        assert_eq!(seat.desk().await.case(case).await.unwrap().customer, None);
        // Another customer it does not name.
        let other = Customer::number(10 + house.size().await as u32, "0101").with("name", "蒋文丽");
        house.keep(&other).await;
        let handle = seat.find(case, &other).await;
        seat.desk().await.view(case, handle).await.unwrap();
        seat.desk().await.close_case(case).await.unwrap();
    }
}

#[tokio::test]
async fn v2n_a_reveals_note_that_names_the_customer_is_refused() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let (case, handle) = seat.bound("complaint", &customer).await;
    let with_note = |note: &str| RevealForm { note: Some(note.into()), ..reveal_form(case, handle, "id_no") };
    let name = customer.value("name");
    let spaced: String = name.chars().flat_map(|c| [c, ' ']).collect();
    for (note, code) in [
        (format!("{name}要求当面核对证件"), "note_names_customer"),
        (format!("{spaced}要求当面核对证件"), "note_names_customer"),
        ("....".to_owned(), "note_filler"),
        ("证件号里有 199001011237 这一段".to_owned(), "note_number"),
    ] {
        let DeskError::Invalid(faults) = seat.refused(&with_note(&note)).await else { panic!("{note}") };
        assert_eq!((faults[0].field.as_str(), faults[0].code.as_str()), ("note", code), "{note}");
        house.last_is_refusal(Kind::FieldRevealed, Code::Invalid).await;
    }
    seat.reveal(&with_note("客户在柜台要求逐位核对")).await;
}

#[tokio::test]
async fn v2n_judicial_and_emergency_reveals_take_a_note_of_their_own() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    for (purpose, reason) in [("judicial", "JUDICIAL"), ("complaint", "BREAK_GLASS")] {
        let (case, handle) = seat.bound(purpose, &customer).await;
        let form = RevealForm { reason: ReasonCode::parse(reason).unwrap(), ..reveal_form(case, handle, "id_no") };
        for note in [None, Some("  ".to_owned())] {
            let DeskError::Invalid(faults) = seat.refused(&RevealForm { note, ..form.clone() }).await else {
                panic!("{reason}")
            };
            assert_eq!((faults[0].field.as_str(), faults[0].code.as_str()), ("note", "required"));
            house.last_is_refusal(Kind::FieldRevealed, Code::Invalid).await;
        }
        seat.reveal(&RevealForm { note: Some(house.note()), ..form }).await;
    }
}

#[tokio::test]
async fn v2n_a_notes_body_stands_beside_the_log_and_its_commitment_in_it() {
    let (house, seat) = TestOffice::with_operator().await;
    let note = "理财到期未赎回，投诉经理没有提醒";
    seat.desk().await.open_case(seat.case_form("complaint", note)).await.unwrap();
    let commitment = house.last().await.details.note.unwrap();
    let row = sql("SELECT salt, body FROM note").fetch_one(&mut house.intruder().await).await.unwrap();
    let (salt, body): (Vec<u8>, String) = (row.try_get(0).unwrap(), row.try_get(1).unwrap());
    assert_eq!(body, note);
    assert_eq!(Fingerprint::of_note(&salt.try_into().unwrap(), &body), commitment);
    let rows = backoffice::store::log::entries(house.office.db(), 0, u32::MAX).await.unwrap();
    assert!(rows.iter().all(|row| !String::from_utf8_lossy(&row.bytes).contains("理财")));
    // A body can be destroyed, and the tree still verifies.
    house.meddle("UPDATE note SET body = '', salt = x''").await.unwrap();
    house.whole().await;
}
