//! What ends a copy before its end, and what is left then: nothing.

use super::*;

const MASKS: &[(&str, Form)] = &[("customer_no", Form::Plain), ("mobile", Form::Mask)];
const OPENED: &[(&str, Form)] = &[("card_no", Form::Plain)];

async fn fails(bank: &Bank, plan: &CopyPlan, progress: &dyn Progress) -> CopyError {
    let receipt = bank.receipt(ExportOpened { export: plan.export, opened: plan.opened() }).await;
    let dest = bank.dest("copy.age");
    let error = write_copy(&bank.office, plan, receipt, &dest, progress).await.unwrap_err();
    assert!(!dest.exists(), "{error}");
    error
}

/// Stops at the second page.
struct Impatient;

#[async_trait::async_trait]
impl Progress for Impatient {
    async fn step(&self, rows_done: u64) -> Result<(), Code> {
        if rows_done > 500 { Err(Code::RequesterGone) } else { Ok(()) }
    }
}

#[tokio::test]
async fn e6_a_copy_stops_where_it_is_told_to_and_leaves_no_file() {
    let bank = Bank::of(1_100).await;
    let plan = bank.plan(export(1), ExportFormat::Csv, 1_100, MASKS);
    bank.freeze(plan.export, 1_100).await;
    let stopped = fails(&bank, &plan, &Impatient).await;
    assert!(matches!(stopped, CopyError::Stopped(Code::RequesterGone)), "{stopped}");
}

#[tokio::test]
async fn e3_a_customer_who_was_hidden_or_is_gone_or_came_to_it_stops_the_copy() {
    let bank = Bank::of(20).await;
    let plan = bank.plan(export(1), ExportFormat::Csv, 20, MASKS);
    bank.freeze(plan.export, 20).await;
    for (sql, undo) in [
        ("UPDATE customer SET hidden = 1 WHERE id = (SELECT MAX(id) FROM customer)", "UPDATE customer SET hidden = 0"),
        ("UPDATE export_row SET export = x'00' WHERE customer = (SELECT MAX(id) FROM customer)", "SELECT 1"),
    ] {
        bank.meddle("DROP TRIGGER IF EXISTS export_row_is_never_changed").await;
        bank.meddle(sql).await;
        let stopped = fails(&bank, &plan, &Patient).await;
        assert!(matches!(stopped, CopyError::Stopped(Code::ExportChanged)), "{stopped}");
        bank.meddle(undo).await;
    }
    let fewer = CopyPlan { rows: 18, ..plan };
    let stopped = fails(&bank, &fewer, &Patient).await;
    assert!(matches!(stopped, CopyError::Stopped(Code::ExportChanged)), "{stopped}");
}

#[tokio::test]
async fn e4_no_receipt_for_a_field_and_it_stays_shut() {
    let bank = Bank::of(5).await;
    let plan = bank.plan(export(1), ExportFormat::Csv, 5, OPENED);
    bank.freeze(plan.export, 5).await;
    let named = |names: &[&str]| names.iter().map(|name| FieldName::parse(name).unwrap()).collect::<Vec<_>>();
    for fact in [
        ExportOpened { export: plan.export, opened: vec![] },
        ExportOpened { export: plan.export, opened: named(&["account_no"]) },
        ExportOpened { export: export(2), opened: named(&["card_no"]) },
    ] {
        let receipt = bank.receipt(fact).await;
        let error = write_copy(&bank.office, &plan, receipt, &bank.dest("copy.age"), &Patient).await.unwrap_err();
        assert!(matches!(error, CopyError::Vault(VaultError::OtherReceipt)), "{error}");
        assert!(!bank.dest("copy.age").exists());
    }
    // Nor does the vault itself, whoever asks it.
    let receipt = bank.receipt(ExportOpened { export: plan.export, opened: named(&["account_no"]) }).await;
    let permit = bank.office.vault.permit(receipt);
    let customer = bank.customers().await[0];
    let sealed = crate::store::customers::sealed(&bank.office.db, customer).await.unwrap().unwrap();
    let open = |field: &str| {
        let sealed = sealed.item(&FieldName::parse(field).unwrap(), domain::id::Item::FIRST).unwrap().unwrap();
        bank.office.vault.open_for_export(&sealed, &permit).map(drop)
    };
    assert_eq!(open("card_no"), Err(VaultError::OtherReceipt));
    assert_eq!(open("account_no"), Ok(()));
}

#[tokio::test]
async fn l0_without_its_key_nothing_is_opened_or_marked_and_no_file_is_left() {
    let bank = Bank::of(5).await;
    let plan = bank.plan(export(1), ExportFormat::Xlsx, 5, OPENED);
    bank.freeze(plan.export, 5).await;
    for (key, code) in [("vault.key", Code::VaultKeyMissing), ("index.key", Code::IndexKeyMissing)] {
        let path = bank.dir.path().join("keys").join(key);
        let away = path.with_extension("away");
        std::fs::rename(&path, &away).unwrap();
        let error = fails(&bank, &plan, &Patient).await;
        assert_eq!(error.code(), code);
        std::fs::rename(&away, &path).unwrap();
    }
}

#[tokio::test]
async fn e4_a_file_that_is_there_is_not_overwritten_and_not_removed() {
    let bank = Bank::of(5).await;
    let plan = bank.plan(export(1), ExportFormat::Csv, 5, MASKS);
    bank.freeze(plan.export, 5).await;
    let dest = bank.dest("there.age");
    std::fs::write(&dest, "another's").unwrap();
    let receipt = bank.receipt(ExportOpened { export: plan.export, opened: vec![] }).await;
    let error = write_copy(&bank.office, &plan, receipt, &dest, &Patient).await.unwrap_err();
    assert!(matches!(error, CopyError::Io(_)), "{error}");
    assert_eq!(std::fs::read_to_string(&dest).unwrap(), "another's");
}

#[cfg(unix)]
#[tokio::test]
async fn e4_the_file_is_its_owners_alone_and_its_fingerprint_is_of_the_sealed_bytes() {
    use sha2::Digest;
    use std::os::unix::fs::PermissionsExt;
    let bank = Bank::of(5).await;
    let plan = bank.plan(export(1), ExportFormat::Csv, 5, MASKS);
    bank.freeze(plan.export, 5).await;
    let receipt = bank.receipt(ExportOpened { export: plan.export, opened: vec![] }).await;
    let dest = bank.dest("copy.age");
    let written = write_copy(&bank.office, &plan, receipt, &dest, &Patient).await.unwrap();
    let sealed = std::fs::read(&dest).unwrap();
    assert!(sealed.starts_with(b"age-encryption.org/v1"));
    assert_eq!(written.sha256, Fingerprint::from_bytes(sha2::Sha256::digest(&sealed).into()));
    assert_eq!(std::fs::metadata(&dest).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn e4_more_lines_than_a_spreadsheet_takes_are_refused_before_anything_is_written() {
    let bank = Bank::of(5).await;
    let plan = bank.plan(export(1), ExportFormat::Xlsx, 1_048_576 - 150, MASKS);
    let error = fails(&bank, &plan, &Patient).await;
    assert!(matches!(error, CopyError::TooMuchForXlsx), "{error}");
}
