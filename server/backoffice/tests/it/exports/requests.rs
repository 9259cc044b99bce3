//! Asking for one (E1, E3).

use super::{Bank, CAPS, challenge_of, is};
use crate::customers::Customer;
use crate::people::Person;
use backoffice::ExportSettings;
use backoffice::store::statement::sql;
use domain::audit::event::Kind;
use domain::clock::Span;
use domain::code::{Code, Fault};
use domain::desk::{DeskError, DrawExport, ExportState, ExportStep};
use domain::export::{Caps, Form};

fn fault(field: &str, code: &str) -> DeskError {
    DeskError::Invalid(vec![Fault::new(field, code)])
}

#[tokio::test]
async fn e1_e3_a_request_is_frozen_as_it_is_drawn_up_and_shown_by_masks() {
    let bank = Bank::open().await;
    let export = bank.draw(bank.usual()).await;
    let event = bank.house.last().await;
    let details = &event.details;
    assert_eq!((event.kind, details.export, details.rows), (Kind::ExportDrawn, Some(export), Some(2)));
    let scope = details.scope.clone().unwrap();
    let scope: Vec<(&str, Form)> = scope.iter().map(|(field, form)| (field.as_str(), *form)).collect();
    assert_eq!(scope, [("name", Form::Mask), ("mobile", Form::Mask), ("card_no", Form::Token)]);
    let view = bank.view(export).await;
    assert_eq!((view.entry.state, view.entry.rows, view.entry.votes_needed), (ExportState::Draft, 2, 2));
    assert_eq!(view.sample.len(), 2);
    let shown = serde_json::to_string(&view).unwrap();
    for customer in &bank.customers {
        for field in ["name", "id_no", "mobile", "card_no"] {
            assert!(!shown.contains(customer.value(field)), "{field}");
        }
    }
    assert!(shown.contains("154****"), "a mobile's mask: {shown}");
    // Drafts are nobody else's.
    assert_eq!(bank.first.desk().await.export(export).await.err(), Some(is(Code::NotFound)));
    bank.house.last_is_refusal(Kind::ExportRead, Code::NotFound).await;
    let colleague = bank.house.seat(Person::colleague()).await;
    assert_eq!(colleague.desk().await.export(export).await.err(), Some(is(Code::NotPermitted)));
    bank.house.last_is_refusal(Kind::ExportRead, Code::NotPermitted).await;
}

#[tokio::test]
async fn e1_ones_own_cases_are_the_other_way_to_choose() {
    let bank = Bank::open().await;
    let cases = DrawExport { cases: vec![bank.case], from: String::new(), to: String::new(), ..bank.usual() };
    let export = bank.draw(cases.clone()).await;
    let view = bank.view(export).await;
    assert_eq!((view.entry.rows, view.tickets.len()), (1, 1));
    let colleague = bank.house.seat(Person::colleague()).await;
    assert_eq!(colleague.desk().await.draw_export(cases.clone()).await, Err(fault("cases", "not_yours")));
    bank.house.last_is_refusal(Kind::ExportDrawn, Code::Invalid).await;
    let both = DrawExport { from: "2026-01-01".into(), to: "2026-01-31".into(), ..cases };
    assert_eq!(bank.try_draw(both).await, fault("cases", "either_or"));
    let neither = DrawExport { from: String::new(), to: String::new(), ..bank.usual() };
    assert_eq!(bank.try_draw(neither).await, fault("cases", "nothing_chosen"));
}

#[tokio::test]
async fn e1_e4_what_cannot_be_asked_for_is_told_by_name() {
    let bank = Bank::open().await;
    let with = |alter: &dyn Fn(&mut DrawExport)| {
        let mut form = bank.usual();
        alter(&mut form);
        form
    };
    for (form, wanted) in [
        (bank.form(&[]), fault("fields", "none_chosen")),
        (bank.form(&[("shoe_size", "mask")]), fault("form_shoe_size", "unknown")),
        (bank.form(&[("card_expiry", "mask")]), fault("form_card_expiry", "never_exported")),
        (bank.form(&[("mobile", "plain")]), fault("form_mobile", "form_refused")),
        (with(&|form| form.to = "2026-04-03".into()), fault("to", "window_too_long")),
        (with(&|form| form.to = "2025-12-31".into()), fault("to", "backwards")),
        (with(&|form| form.from = "1/1/2026".into()), fault("from", "malformed")),
        (with(&|form| form.product = "%".into()), fault("product", "malformed")),
        (with(&|form| form.purpose = "curiosity".into()), fault("purpose", "unknown")),
        (with(&|form| form.recipient = "nobody".into()), fault("recipient", "unknown")),
        (with(&|form| form.basis = "because".into()), fault("basis", "unknown")),
        (with(&|form| form.intended_use = "aaaa".into()), fault("intended_use", "note_filler")),
        (with(&|form| form.retention_days = "0".into()), fault("retention_days", "retention_range")),
        (with(&|form| form.format = "pdf".into()), fault("format", "unknown")),
    ] {
        assert_eq!(bank.try_draw(form).await, wanted);
        bank.house.last_is_refusal(Kind::ExportDrawn, Code::Invalid).await;
    }
    let DeskError::Invalid(all) = bank.try_draw(DrawExport::default()).await else { panic!("not told") };
    assert!(all.len() >= 7, "every fault at once: {all:?}");
    let nobody = with(&|form| (form.from, form.to) = ("2024-01-01".into(), "2024-01-31".into()));
    assert_eq!(bank.try_draw(nobody).await, is(Code::NothingSelected));
    bank.house.last_is_refusal(Kind::ExportDrawn, Code::NothingSelected).await;
}

#[tokio::test]
async fn e1_a_third_party_needs_an_impact_assessment() {
    let bank = Bank::open().await;
    bank.house
        .meddle("DROP TRIGGER recipient_is_never_changed; UPDATE recipient SET kind = 'third_party'")
        .await
        .unwrap();
    assert_eq!(bank.try_draw(bank.usual()).await, fault("impact_assessment", "missing"));
    let form = DrawExport { impact_assessment: "PIA-2026-0007".into(), ..bank.usual() };
    let export = bank.draw(form).await;
    assert_eq!(bank.view(export).await.impact_assessment.as_deref(), Some("PIA-2026-0007"));
}

#[tokio::test]
async fn e1_caps_hold_for_a_request_for_a_month_and_for_what_is_under_way() {
    let caps = Caps { rows_masked: 1, ..CAPS };
    let bank = Bank::with(ExportSettings { caps, ..ExportSettings::default() }).await;
    assert_eq!(bank.try_draw(bank.usual()).await, is(Code::RowCap));
    bank.house.last_is_refusal(Kind::ExportDrawn, Code::RowCap).await;
    bank.draw(bank.form(&[("customer_no", "plain")])).await;

    let caps = Caps { rows_month: 3, ..CAPS };
    let bank = Bank::with(ExportSettings { caps, ..ExportSettings::default() }).await;
    let (one, two) = (bank.draw(bank.usual()).await, bank.draw(bank.usual()).await);
    bank.operator.submit(one).await.unwrap();
    assert_eq!(bank.operator.submit(two).await, Err(is(Code::PeriodCap)), "drafts count when they are submitted");
    bank.house.last_is_refusal(Kind::ExportSubmitted, Code::PeriodCap).await;
    assert_eq!(bank.try_draw(bank.usual()).await, is(Code::PeriodCap));

    let caps = Caps { requests: 2, ..CAPS };
    let bank = Bank::with(ExportSettings { caps, ..ExportSettings::default() }).await;
    let first = bank.draw(bank.usual()).await;
    bank.draw(bank.usual()).await;
    assert_eq!(bank.try_draw(bank.usual()).await, is(Code::ExportLimit));
    bank.house.last_is_refusal(Kind::ExportDrawn, Code::ExportLimit).await;
    bank.operator.desk().await.withdraw_export(first).await.unwrap();
    bank.draw(bank.usual()).await;
}

#[tokio::test]
async fn e1_what_is_drawn_up_and_taken_back_counts_for_a_day_and_its_rows_are_swept_away() {
    let caps = Caps { requests: 1, ..CAPS };
    let bank = Bank::with(ExportSettings { caps, ..ExportSettings::default() }).await;
    for _ in 0..5 {
        let export = bank.draw(bank.usual()).await;
        bank.operator.desk().await.withdraw_export(export).await.unwrap();
    }
    assert_eq!(bank.try_draw(bank.usual()).await, is(Code::ExportLimit));
    bank.house.last_is_refusal(Kind::ExportDrawn, Code::ExportLimit).await;
    let count = async || -> i64 {
        let rows = sql("SELECT COUNT(*) FROM export_row");
        rows.fetch_one(&mut bank.house.intruder().await).await.unwrap().try_get(0).unwrap()
    };
    assert_eq!(count().await, 10);
    bank.house.wait(Span::days(2));
    bank.house.office.work_on_exports().await.unwrap();
    assert_eq!(count().await, 0);
    let seat = bank.house.sign_in(&bank.operator.person).await;
    seat.desk().await.draw_export(bank.usual()).await.unwrap();
}

#[tokio::test]
async fn e1_an_old_case_is_no_way_to_a_customer() {
    let bank = Bank::open().await;
    let cases = DrawExport { cases: vec![bank.case], from: String::new(), to: String::new(), ..bank.usual() };
    bank.draw(cases.clone()).await;
    bank.house.wait(Span::days(31));
    let seat = bank.house.sign_in(&bank.operator.person).await;
    assert_eq!(seat.desk().await.draw_export(cases).await, Err(fault("cases", "not_yours")));
    assert!(seat.desk().await.export_options().await.unwrap().cases.is_empty());
}

#[tokio::test]
async fn e1_a_script_that_asks_ten_thousand_times_writes_no_rows() {
    let caps = Caps { requests: 1, ..CAPS };
    let bank = Bank::with(ExportSettings { caps, ..ExportSettings::default() }).await;
    bank.draw(bank.usual()).await;
    let count = async || -> i64 {
        let rows = sql("SELECT COUNT(*) FROM export_row");
        rows.fetch_one(&mut bank.house.intruder().await).await.unwrap().try_get(0).unwrap()
    };
    let before = (count().await, bank.house.size().await);
    for n in 0..200 {
        let refused = bank.try_draw(bank.usual()).await;
        let flooded = matches!(refused, DeskError::Wait { code: Code::TooManyRefusals, .. });
        assert!(flooded || refused == is(Code::ExportLimit), "{n}: {refused}");
    }
    assert_eq!(count().await, before.0);
    assert!(bank.house.size().await - before.1 <= 21, "the rest is counted (A10)");
}

#[tokio::test]
async fn e2_submitting_takes_a_factor_for_exactly_this_request() {
    let bank = Bank::open().await;
    let (one, two) = (bank.draw(bank.usual()).await, bank.draw(bank.usual()).await);
    let step = |export, challenge| ExportStep { export, challenge };
    let desk = bank.operator.desk().await;
    let challenge = challenge_of(desk.submit_export(step(one, None)).await).unwrap();
    bank.operator.answer(challenge).await.unwrap();
    let desk = bank.operator.desk().await;
    assert_eq!(desk.submit_export(step(two, Some(challenge))).await, Err(is(Code::ChallengeOtherAct)));
    bank.house.last_is_refusal(Kind::ExportSubmitted, Code::ChallengeOtherAct).await;
    desk.submit_export(step(one, Some(challenge))).await.unwrap();
    let event = bank.house.last().await;
    assert_eq!((event.kind, event.details.export), (Kind::ExportSubmitted, Some(one)));
    assert_eq!(desk.submit_export(step(one, None)).await, Err(is(Code::ExportState)));
    bank.house.wait(Span::days(1));
    let seat = bank.house.sign_in(&bank.operator.person).await;
    assert_eq!(seat.submit(two).await, Err(is(Code::ExportExpired)), "a draft waits a day");
    bank.house.last_is_refusal(Kind::ExportSubmitted, Code::ExportExpired).await;
}

#[tokio::test]
async fn e3_what_others_are_told_is_beside_the_usual() {
    let bank = Bank::open().await;
    let first = bank.submitted(bank.form(&[("name", "mask")])).await;
    let view = bank.first.desk().await.export(first).await.unwrap();
    assert_eq!((view.usual.requests, view.usual.new_fields), (0, 1));
    bank.house.wait(Span::minutes(1));
    let second = bank.submitted(bank.usual()).await;
    let view = bank.first.desk().await.export(second).await.unwrap();
    assert_eq!((view.usual.requests, view.usual.median_rows, view.usual.to_recipient), (1, 2, 1));
    assert_eq!(view.usual.new_fields, 2, "card and mobile");
    assert_eq!(view.may_not_decide, None);
    assert_eq!(bank.first.desk().await.approvals().await.unwrap().len(), 2);
}

#[tokio::test]
async fn q2_no_window_reaches_another_branch() {
    let bank = Bank::open().await;
    let other = Customer::number(3, "0102");
    bank.house.keep(&other).await;
    bank.house.opened(&other, "2026-03-02").await;
    let export = bank.draw(bank.usual()).await;
    assert_eq!(bank.view(export).await.entry.rows, 2);
}
