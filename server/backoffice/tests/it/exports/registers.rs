//! What supervisors keep (JR/T 0171 6.1.4.2 b, g, i).

use super::{Bank, is};
use crate::people::Person;
use domain::audit::event::Kind;
use domain::clock::Span;
use domain::code::{Code, Fault};
use domain::desk::{CheckChannel, DeskError, Told};
use domain::export::{Basis, Channel};

#[tokio::test]
async fn e5_the_six_items_of_every_export_stand_in_the_register_and_reading_it_is_recorded() {
    let mut bank = Bank::open().await;
    let export = bank.made(bank.usual()).await;
    drop(bank.fetch(export).await.unwrap());
    let supervisor = bank.house.seat(Person::supervisor()).await;
    let register = supervisor.desk().await.export_register().await.unwrap();
    let read = bank.house.last().await;
    assert_eq!((read.kind, read.details.rows), (Kind::ExportsRead, Some(1)));
    let line = &register.exports[0];
    // date, size, purpose, scope, recipient, intended use
    assert!(line.entry.created > bank.house.now().minus(Span::days(1)));
    assert_eq!((line.entry.rows, line.bytes.is_some(), line.sha256.is_some()), (2, true, true));
    assert_eq!(line.entry.purpose.as_str(), "complaint");
    assert_eq!(line.scope.len(), 3);
    assert_eq!(line.entry.recipient, "Provincial regulator");
    assert_eq!(
        (line.intended_use.as_str(), line.basis),
        ("answers the regulator's quarterly inquiry", Basis::LegalDuty)
    );
    assert!(line.downloaded.is_some() && line.destroyed.is_some());
    assert_eq!(register.recipients.len(), 1);
    assert!(register.channels.iter().all(|channel| channel.overdue && channel.last.is_none()));
    for (column, value) in [("row_count", "1"), ("frozen", "x'00'"), ("recipient", "x'00'"), ("created_at", "1")] {
        let sql = format!("UPDATE export SET {column} = {value}");
        let refused = bank.house.meddle(Box::leak(sql.into_boxed_str())).await.unwrap_err().to_string();
        assert!(refused.contains("export_is_never_changed"), "{column}: {refused}");
    }
    for seat in [&bank.operator, &bank.first] {
        assert_eq!(seat.desk().await.export_register().await.err(), Some(is(Code::NotPermitted)));
        bank.house.last_is_refusal(Kind::ExportsRead, Code::NotPermitted).await;
    }
}

#[tokio::test]
async fn g_a_channels_check_is_recorded_and_falls_due_again() {
    let bank = Bank::open().await;
    let supervisor = bank.house.seat(Person::supervisor()).await;
    let form = |channel: &str, note: &str, days: &str| CheckChannel {
        channel: channel.into(),
        sound: true,
        note: note.into(),
        due_days: days.into(),
    };
    let wrong = supervisor.desk().await.check_channel(form("pigeon", "ok", "0")).await;
    let fault = |field: &str, code: &str| Fault::new(field, code);
    let all = vec![fault("channel", "unknown"), fault("note", "note_too_short"), fault("due_days", "due_range")];
    assert_eq!(wrong, Err(DeskError::Invalid(all)));
    bank.house.last_is_refusal(Kind::ChannelChecked, Code::Invalid).await;
    let right = form("backup", "restored one and compared the checkpoint", "30");
    supervisor.desk().await.check_channel(right.clone()).await.unwrap();
    let event = bank.house.last().await;
    assert_eq!(
        (event.kind, event.details.channel, event.details.sound),
        (Kind::ChannelChecked, Some(Channel::Backup), Some(true))
    );
    let backup = async |at: &crate::people::Seat| {
        let register = at.desk().await.export_register().await.unwrap();
        register.channels.into_iter().find(|one| one.channel == Channel::Backup).unwrap()
    };
    let view = backup(&supervisor).await;
    assert!(!view.overdue && view.last.unwrap().sound);
    bank.house.wait(Span::days(30));
    let supervisor = bank.house.sign_in(&supervisor.person).await;
    assert!(backup(&supervisor).await.overdue);
    assert_eq!(bank.operator.try_desk().await.err(), Some(is(Code::SignedOut)));
    let operator = bank.house.sign_in(&bank.operator.person).await;
    assert_eq!(operator.desk().await.check_channel(right).await, Err(is(Code::NotPermitted)));
    bank.house.last_is_refusal(Kind::ChannelChecked, Code::NotPermitted).await;
}

#[tokio::test]
async fn e2_who_decides_is_told_what_waits_and_who_asked_what_came_of_it() {
    let bank = Bank::open().await;
    let export = bank.submitted(bank.usual()).await;
    let waits = |told: Vec<Told>| told.into_iter().any(|one| matches!(one, Told::ExportsWait { count: 1 }));
    assert!(waits(bank.first.desk().await.told().await.unwrap()));
    bank.first.approve(export).await.unwrap();
    bank.second.approve(export).await.unwrap();
    assert!(!waits(bank.first.desk().await.told().await.unwrap()));
    let told = bank.operator.desk().await.told().await.unwrap();
    assert!(told.iter().any(|one| matches!(one, Told::OwnExport { export: of, .. } if *of == export)), "{told:?}");
}
