//! Making the file (E3, E4, E6): what was approved, to the last row, or nothing.

use super::{Bank, CAPS, is};
use crate::customers::Customer;
use crate::people::{reveal_form, shown};
use backoffice::ExportSettings;
use backoffice::store::statement::sql;
use backoffice::vault::KeyKind;
use domain::audit::event::{AuditEvent, EndingName, Kind};
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{ExportState, Found};
use domain::export::Caps;
use domain::id::{ExportId, StaffNo};
use std::path::PathBuf;

impl Bank {
    /// What lies in the folder of sealed files.
    pub fn files(&self) -> Vec<PathBuf> {
        let folder = self.house.path("exports");
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    pub async fn work(&self) {
        self.house.office.work_on_exports().await.unwrap();
    }

    /// Queued, and then something happens.
    async fn queued(&self) -> ExportId {
        let export = self.approved(self.usual()).await;
        self.operator.generate(export).await.unwrap();
        assert_eq!(self.state(export).await, ExportState::Queued);
        export
    }

    /// Asserts that making it was refused for that, recorded, and that no file is there.
    async fn not_made(&self, code: Code) -> AuditEvent {
        self.work().await;
        let event = self.house.last_is_refusal(Kind::ExportBegun, code).await;
        assert_eq!(self.files(), Vec::<PathBuf>::new());
        let runs = sql("SELECT state, code FROM export_run");
        let row = runs.fetch_one(&mut self.house.intruder().await).await.unwrap();
        let text = |at: usize| row.try_get::<&str>(at).unwrap();
        assert_eq!((text(0), text(1)), ("failed", code.as_str()));
        self.house.whole().await;
        event
    }
}

#[tokio::test]
async fn e3_a_process_that_is_to_end_begins_no_file_and_leaves_it_to_others() {
    let bank = Bank::open().await;
    let export = bank.queued().await;
    bank.house.office.end_exports();
    // It would make files for ever.
    bank.house.office.clone().keep_exports().await;
    bank.work().await;
    assert_eq!(bank.state(export).await, ExportState::Queued);
    assert_eq!(bank.files(), Vec::<PathBuf>::new());
    bank.house.neighbour().await.office.work_on_exports().await.unwrap();
    assert_eq!(bank.state(export).await, ExportState::Generated);
}

fn rows(csv: &[u8]) -> Vec<Vec<String>> {
    let text = csv.strip_prefix(b"\xef\xbb\xbf").expect("Excel's mark");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[tokio::test]
async fn e4_a_file_holds_what_was_approved_and_opens_for_its_recipient_alone() {
    let mut bank = Bank::open().await;
    let form = bank.form(&[("name", "mask"), ("card_no", "plain"), ("mobile", "mask"), ("customer_no", "plain")]);
    let export = bank.made(form).await;
    let events = bank.house.events().await;
    let place = |kind| events.iter().position(|event| event.kind == kind && event.code.is_none()).unwrap();
    assert!(place(Kind::ExportBegun) < place(Kind::ExportGenerated), "no receipt, no plaintext");
    let begun = &events[place(Kind::ExportBegun)].details;
    assert_eq!((begun.rows, begun.attempts), (Some(2), Some(1)));
    assert!(begun.scope.is_some() && begun.recipient.is_some() && begun.purpose.is_some());
    let made = &events[place(Kind::ExportGenerated)].details;
    let file = bank.fetch(export).await.unwrap();
    assert_eq!(made.bytes, Some(file.bytes));
    let table = rows(&bank.unseal(file));
    assert_eq!(table[0], ["ref", "customer_no", "name", "mobile", "card_no"]);
    for customer in &bank.customers {
        let row = table.iter().find(|row| row[4] == customer.value("card_no")).expect("the card in clear");
        let mobile = customer.value("mobile");
        assert!(row[3].contains(&mobile[mobile.len() - 4..]) && row[3].contains("****"), "{row:?}");
        assert_ne!(row[2], customer.value("name"), "a name is masked");
    }
    let canaries = table.len() - 1 - bank.customers.len();
    assert_eq!(canaries, 3, "rows of nobody, to know the copy by");
    bank.house.whole().await;
}

#[tokio::test]
async fn e4_nothing_is_opened_for_masks_and_tokens_and_no_key_is_needed() {
    let mut bank = Bank::open().await;
    let export = bank.approved(bank.usual()).await;
    bank.operator.generate(export).await.unwrap();
    bank.house.take_key(KeyKind::Vault);
    bank.work().await;
    assert_eq!(bank.state(export).await, ExportState::Generated);
    let file = bank.fetch(export).await.unwrap();
    let table = rows(&bank.unseal(file));
    assert_eq!(table[0], ["ref", "name", "mobile", "card_no"]);
    for row in &table[1..] {
        assert!(row[3].len() >= 12 && row[3].starts_with('9') && row[3].bytes().all(|b| b.is_ascii_digit()), "{row:?}");
        assert!(bank.customers.iter().all(|customer| customer.value("card_no") != row[3]));
    }
}

#[tokio::test]
async fn e4_a_token_from_a_file_leads_back_to_its_customer_in_a_case_and_no_further_without_a_reveal() {
    let mut bank = Bank::open().await;
    let export = bank.made(bank.usual()).await;
    let file = bank.fetch(export).await.unwrap();
    let table = rows(&bank.unseal(file));
    let case = bank.operator.open("complaint").await;
    let mut found = Vec::new();
    for row in &table[1..] {
        match bank.operator.search(case, "export_token", &row[3]).await.unwrap() {
            Found::Found { customers } => found.push(customers[0].id),
            Found::None { .. } => (),
            Found::TooMany { .. } => panic!("a token is one customer's"),
        }
    }
    assert_eq!(found.len(), bank.customers.len(), "canaries are nobody's");
    bank.operator.desk().await.view(case, found[0]).await.unwrap();
    let value = bank.operator.reveal(&reveal_form(case, found[0], "card_no")).await;
    assert!(bank.customers.iter().any(|customer| customer.value("card_no") == shown(&value)));
}

#[tokio::test]
async fn e3_a_row_more_than_was_approved_stops_it() {
    let bank = Bank::open().await;
    bank.queued().await;
    let other = Customer::number(3, "0101");
    bank.house.keep(&other).await;
    bank.house.meddle("DROP TRIGGER export_row_is_frozen").await.unwrap();
    bank.house
        .meddle("INSERT INTO export_row SELECT export.id, customer.id FROM export, customer WHERE opened_on IS NULL")
        .await
        .unwrap();
    bank.not_made(Code::ExportChanged).await;
}

#[tokio::test]
async fn e3_a_row_less_or_another_stops_it() {
    for sql in [
        "DROP TRIGGER export_row_is_never_deleted; DELETE FROM export_row WHERE customer = (SELECT customer FROM export_row ORDER BY customer DESC LIMIT 1)",
        "DROP TRIGGER export_row_is_never_changed; UPDATE export_row SET customer = x'70000000000000000000000000000003' \
         WHERE customer = (SELECT customer FROM export_row ORDER BY customer DESC LIMIT 1)",
        "UPDATE customer SET hidden = 1 WHERE opened_on = '2026-03-31'",
        "UPDATE customer SET opened_on = '2026-04-01' WHERE opened_on = '2026-03-31'",
    ] {
        let bank = Bank::open().await;
        bank.queued().await;
        bank.house.keep(&Customer::number(3, "0101")).await;
        bank.house.meddle(sql).await.unwrap();
        bank.not_made(Code::ExportChanged).await;
    }
}

#[tokio::test]
async fn e3_a_customer_who_came_since_stops_it() {
    let bank = Bank::open().await;
    bank.queued().await;
    let other = Customer::number(3, "0101");
    bank.house.keep(&other).await;
    bank.house.opened(&other, "2026-02-01").await;
    let event = bank.not_made(Code::ExportChanged).await;
    assert_eq!(event.details.rows, Some(2));
}

#[tokio::test]
async fn e3_another_policy_than_that_of_the_request_stops_it() {
    let bank = Bank::open().await;
    let export = bank.queued().await;
    let policy = format!("{}\n// another\n", backoffice::policy::SHIPPED);
    bank.house.office.load_policy(&policy).await.unwrap();
    bank.not_made(Code::ExportChanged).await;
    assert_eq!(bank.operator.download(export, None).await.err(), Some(is(Code::ExportChanged)));
}

#[tokio::test]
async fn abuse_15_it_is_not_made_for_who_was_suspended_nor_on_the_word_of_who_was() {
    for (staff_no, code) in [("op1001", Code::RequesterGone), ("ap2002", Code::ApproverGone)] {
        let bank = Bank::open().await;
        bank.queued().await;
        bank.house.office.suspend(&StaffNo::parse(staff_no).unwrap(), None).await.unwrap();
        bank.not_made(code).await;
    }
}

#[tokio::test]
async fn e2_votes_written_by_hand_are_no_votes() {
    let bank = Bank::open().await;
    let export = bank.submitted(bank.usual()).await;
    bank.first.approve(export).await.unwrap();
    let run = "INSERT INTO export_run (export, state, asked_at, heartbeat) SELECT id, 'queued', 1, 1 FROM export";
    let refused = bank.house.meddle(run).await.unwrap_err().to_string();
    assert!(refused.contains("export_run_takes_its_votes"), "{refused}");
    // With every trigger gone a second vote is the requester's own, and the rules count anew.
    bank.house
        .meddle(
            "DROP TRIGGER export_vote_takes_another_person; DROP TRIGGER export_vote_takes_another_unit; \
             DROP TRIGGER export_vote_is_of_its_staff; \
             INSERT INTO export_vote (export, staff, person, unit, by_version, approved, digest, note, salt, factor, voted_at) \
             SELECT id, requester, by_person, by_unit, 1, 1, digest, '', x'00', 'totp', 1 FROM export",
        )
        .await
        .unwrap();
    bank.house.meddle(run).await.unwrap();
    bank.not_made(Code::ExportChanged).await;
}

#[tokio::test]
async fn e2_a_vote_that_nobody_recorded_is_no_vote() {
    let bank = Bank::open().await;
    let export = bank.submitted(bank.usual()).await;
    bank.first.approve(export).await.unwrap();
    // In the second approver's own name, every trigger content: only the log knows better.
    bank.house
        .meddle(
            "INSERT INTO export_vote (export, staff, person, unit, by_version, approved, digest, note, salt, factor, voted_at) \
             SELECT export.id, staff.id, person, unit, version, 1, digest, '', x'00', 'totp', 9999999999999 \
             FROM export, staff WHERE staff_no = 'ap2002'",
        )
        .await
        .unwrap();
    assert_eq!(bank.operator.generate(export).await, Err(is(Code::ExportChanged)));
    bank.house.last_is_refusal(Kind::ExportQueued, Code::ExportChanged).await;
    let run = "INSERT INTO export_run (export, state, asked_at, heartbeat) SELECT id, 'queued', 1, 1 FROM export";
    bank.house.meddle(run).await.unwrap();
    bank.not_made(Code::ExportChanged).await;
}

#[tokio::test]
async fn e2_fewer_votes_than_were_frozen_are_too_few() {
    let bank = Bank::open().await;
    let export = bank.submitted(bank.usual()).await;
    bank.first.approve(export).await.unwrap();
    bank.house.meddle("DROP TRIGGER export_is_never_changed; UPDATE export SET votes_needed = 1").await.unwrap();
    assert_eq!(bank.operator.generate(export).await, Err(is(Code::ExportChanged)));
    bank.house.last_is_refusal(Kind::ExportQueued, Code::ExportChanged).await;
}

#[tokio::test]
async fn e5_what_was_written_once_is_not_written_again() {
    let bank = Bank::open().await;
    let export = bank.made(bank.usual()).await;
    for (sql, wanted) in [
        ("UPDATE export_run SET bytes = 1", "export_run_says_its_size_once"),
        ("UPDATE export_run SET expires_at = 9999999999999", "export_run_says_its_size_once"),
        ("INSERT OR REPLACE INTO export SELECT * FROM export", "export_is_written_once"),
        ("UPDATE vault_token SET customer = x'00'", "vault_token_is_never_changed"),
    ] {
        // Only SQLite replaces rows in such a way.
        if bank.house.database.is_file() || !sql.contains("OR REPLACE") {
            let refused = bank.house.meddle(sql).await.unwrap_err().to_string();
            assert!(refused.contains(wanted), "{sql}: {refused}");
        }
    }
    let again = match bank.house.database.is_file() {
        true => "INSERT OR REPLACE",
        false => "INSERT",
    };
    bank.house.meddle(&format!("{again} INTO recipient_decision SELECT recipient, 1, channel, 'other', salt, decided_by, by_person, by_unit, 1 FROM recipient_decision")).await.unwrap();
    let view = bank.operator.desk().await.recipient(bank.recipient).await.unwrap();
    assert!(view.decision.unwrap().note.starts_with("read the fingerprint"), "left as it is");
    bank.operator.desk().await.withdraw_export(export).await.unwrap();
    let refused = bank.house.meddle("DELETE FROM export_withdrawal").await.unwrap_err().to_string();
    assert!(refused.contains("export_withdrawal_is_never_deleted"), "{refused}");
}

#[tokio::test]
async fn e1_a_file_larger_than_its_class_may_be_is_not_kept() {
    let caps = Caps { bytes_masked: 100, ..CAPS };
    let bank = Bank::with(ExportSettings { caps, ..ExportSettings::default() }).await;
    let export = bank.approved(bank.usual()).await;
    bank.operator.generate(export).await.unwrap();
    bank.work().await;
    bank.house.last_is_refusal(Kind::ExportGenerated, Code::RowCap).await;
    assert_eq!(bank.state(export).await, ExportState::Failed);
    assert_eq!(bank.files(), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn e5_a_file_that_somebody_took_away_is_certified_as_that() {
    let bank = Bank::open().await;
    bank.made(bank.usual()).await;
    std::fs::remove_file(&bank.files()[0]).unwrap();
    bank.house.wait(Span::minutes(15));
    bank.work().await;
    assert_eq!(bank.house.last().await.details.ending, Some(EndingName::Absent));
}

#[tokio::test]
async fn e6_what_was_taken_back_is_not_made() {
    let bank = Bank::open().await;
    let export = bank.queued().await;
    bank.operator.desk().await.withdraw_export(export).await.unwrap();
    assert_eq!(bank.house.last().await.kind, Kind::ExportWithdrawn);
    bank.not_made(Code::ExportState).await;
    assert_eq!(bank.state(export).await, ExportState::Withdrawn);
    assert_eq!(bank.operator.desk().await.withdraw_export(export).await, Err(is(Code::ExportState)));
    bank.house.last_is_refusal(Kind::ExportWithdrawn, Code::ExportState).await;
}

#[tokio::test]
async fn e6_what_a_dead_process_began_is_begun_anew_once_it_has_been_silent() {
    let bank = Bank::open().await;
    let export = bank.queued().await;
    bank.house.meddle("UPDATE export_run SET state = 'running', attempts = 1").await.unwrap();
    let part = bank.house.path("exports").join(format!("{export}.1.part"));
    std::fs::write(&part, b"sealed, and cut off").unwrap();
    bank.work().await;
    assert_eq!(bank.state(export).await, ExportState::Running, "somebody makes it, as far as anyone knows");
    assert!(part.exists());
    bank.house.wait(Span::seconds(30));
    bank.work().await;
    assert_eq!(bank.state(export).await, ExportState::Generated);
    let made = bank.house.events().await.into_iter().find(|event| event.kind == Kind::ExportBegun).unwrap();
    assert_eq!(made.details.attempts, Some(2));
    bank.work().await;
    let left: Vec<_> = bank.files().iter().map(|path| path.extension().unwrap().to_owned()).collect();
    assert_eq!(left, ["age"], "nothing of the first try");
}

#[tokio::test]
async fn l0_without_the_vault_key_it_waits_and_goes_on_when_the_key_is_back() {
    let bank = Bank::open().await;
    let export = bank.approved(bank.form(&[("card_no", "plain")])).await;
    bank.house.take_key(KeyKind::Vault);
    assert_eq!(bank.operator.generate(export).await, Err(is(Code::VaultKeyMissing)), "its approvals are kept");
    bank.house.last_is_refusal(Kind::ExportQueued, Code::VaultKeyMissing).await;
    bank.house.return_key(KeyKind::Vault);
    bank.operator.generate(export).await.unwrap();
    bank.house.take_key(KeyKind::Vault);
    bank.work().await;
    assert_eq!(bank.state(export).await, ExportState::Running);
    bank.house.return_key(KeyKind::Vault);
    bank.house.wait(Span::seconds(30));
    bank.work().await;
    assert_eq!(bank.state(export).await, ExportState::Generated);
}

#[tokio::test]
async fn e6_what_fails_five_times_is_given_up_and_said_so() {
    let bank = Bank::open().await;
    let export = bank.approved(bank.form(&[("card_no", "plain")])).await;
    bank.operator.generate(export).await.unwrap();
    bank.house.take_key(KeyKind::Vault);
    for _ in 0..5 {
        bank.work().await;
        bank.house.wait(Span::seconds(30));
    }
    bank.house.last_is_refusal(Kind::ExportGenerated, Code::VaultKeyMissing).await;
    assert_eq!(bank.state(export).await, ExportState::Failed);
    bank.work().await;
    assert_eq!(bank.files(), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn e6_two_processes_make_one_file() {
    let bank = Bank::open().await;
    let export = bank.queued().await;
    let neighbour = bank.house.neighbour().await;
    let (one, other) = tokio::join!(bank.house.office.work_on_exports(), neighbour.office.work_on_exports());
    one.unwrap();
    other.unwrap();
    assert_eq!(bank.state(export).await, ExportState::Generated);
    assert_eq!(bank.house.count(Kind::ExportBegun, None).await, 1);
    assert_eq!(bank.files().len(), 1);
}

#[tokio::test]
async fn e5_a_file_that_nobody_fetches_is_destroyed_with_a_certificate() {
    let bank = Bank::open().await;
    let export = bank.made(bank.usual()).await;
    let made = bank.house.events().await.into_iter().find(|event| event.kind == Kind::ExportGenerated).unwrap();
    bank.house.wait(Span::minutes(15));
    bank.work().await;
    let event = bank.house.last().await;
    assert_eq!((event.kind, event.details.ending), (Kind::ExportDestroyed, Some(EndingName::Expired)));
    assert_eq!(event.details.file_hash, made.details.file_hash);
    assert_eq!(event.details.export, Some(export));
    assert_eq!(bank.files(), Vec::<PathBuf>::new());
    bank.house.whole().await;
}
