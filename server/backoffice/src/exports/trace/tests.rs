//! Leaks: parts of copies, and files that have nothing to do with any.

use super::*;
use crate::exports::copy::tests::{Bank, export};
use crate::samples::{self, Columns};
use domain::audit::event::AuditEvent;
use domain::clock::Timestamp;
use domain::export::{Asked, Basis, Day, ExportDigest, ExportFormat, Form, FrozenRows, Selection, Window};
use domain::id::{BranchNo, FieldName, PersonNo, PurposeName};
use domain::mask::MaskRule;

/// Fields that leave as masks, visible, and as tokens.
const MASKED: &[(&str, Form)] = &[
    ("customer_no", Form::Plain),
    ("name", Form::Mask),
    ("mobile", Form::Mask),
    ("card_no", Form::Mask),
    ("account_no", Form::Mask),
    ("branch", Form::Plain),
];
const TOKENS: &[(&str, Form)] = &[
    ("name", Form::Mask),
    ("card_no", Form::Token),
    ("account_no", Form::Token),
    ("branch", Form::Plain),
    ("gender", Form::Plain),
];
const OPENED: &[(&str, Form)] = &[("card_no", Form::Plain), ("account_no", Form::Plain), ("branch", Form::Plain)];

impl Bank {
    /// Makes a copy as a run would, and has it in the books.
    async fn made(&self, number: u8, format: ExportFormat, rows: u64, columns: &[(&str, Form)]) -> Vec<Vec<String>> {
        let plan = self.plan(export(number), format, rows, columns);
        let chosen = columns.iter().map(|(name, form)| {
            let why = "needed for the yearly check".to_owned();
            (FieldName::parse(name).unwrap(), form.as_str().to_owned(), why)
        });
        let day = |text| Day::parse(text).unwrap();
        let frozen = Frozen {
            v: Frozen::VERSION,
            id: plan.export,
            created: Timestamp::from_millis(1_795_313_700_000),
            person: PersonNo::parse("P1001").unwrap(),
            unit: BranchNo::parse("0101").unwrap(),
            selection: Selection::Opened {
                branch: BranchNo::parse("0101").unwrap(),
                window: Window::new(day("2026-01-01"), day("2026-03-31")).unwrap(),
                product: None,
            },
            rows: FrozenRows { count: rows, digest: Fingerprint::from_bytes([0; 32]) },
            fields: self.asked(&chosen.collect::<Vec<_>>()),
            votes: 2,
            purpose: PurposeName::parse("aml").unwrap(),
            recipient: RecipientId::from_bytes([number; 16]),
            key: plan.key.fingerprint(),
            intended_use: "the yearly check".into(),
            basis: Basis::LegalDuty,
            impact_assessment: None,
            retention_days: 30,
            format,
            policy: Fingerprint::from_bytes([0; 32]),
        };
        let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
        let (id, bytes) = (hex(plan.export.as_bytes()), hex(&frozen.encode()));
        let digest = hex(ExportDigest::of(&frozen.encode()).as_bytes());
        let table = self.copy(&plan).await;
        self.meddle(&format!(
            "DROP TRIGGER IF EXISTS export_run_takes_its_votes; DROP TRIGGER IF EXISTS export_run_goes_forward;
             DROP TRIGGER IF EXISTS export_is_of_its_staff;
             INSERT INTO export VALUES (x'{id}', x'00', 'P1001', '0101', 1, x'00', x'{bytes}', x'{digest}', {rows}, 1, 0, 1);
             INSERT INTO export_run (export, state, asked_at, heartbeat, generated_at)
             VALUES (x'{id}', 'queued', 0, 0, {number});"
        ))
        .await;
        table
    }

    fn asked(&self, chosen: &[(FieldName, String, String)]) -> Asked {
        Asked::parse(&self.office.catalogue, chosen).unwrap()
    }

    async fn traced(&self, file: Vec<u8>) -> TraceReport {
        self.office.trace(file, SourceName::parse("root")).await.unwrap()
    }

    async fn last_event(&self) -> AuditEvent {
        let sql = "SELECT bytes FROM log_entry ORDER BY seq DESC LIMIT 1";
        AuditEvent::decode(&sqlx::query_scalar::<_, Vec<u8>>(sql).fetch_one(&self.pool()).await.unwrap()).unwrap()
    }
}

/// Rows as another program writes them.
fn csv_of(rows: &[Vec<String>], delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

/// One row in twenty from somewhere, in another order, without these columns and without a header.
fn leak(table: &[Vec<String>], dropped: &[usize], first: usize) -> Vec<Vec<String>> {
    let part = table[1..].iter().skip(first).step_by(20);
    let keep = |row: &Vec<String>| {
        let cells = row.iter().enumerate().filter(|(at, _)| !dropped.contains(at));
        cells.map(|(_, cell)| cell.clone()).collect::<Vec<_>>()
    };
    let mut rows: Vec<_> = part.map(keep).collect();
    rows.sort_by_key(|row| seen::whole(&row.join(",")));
    rows
}

fn only(report: &TraceReport) -> (&TraceCandidate, u64) {
    let sure = report.candidates.iter().filter(|one| one.verdict != TraceVerdict::None).count() as u64;
    (&report.candidates[0], sure)
}

#[tokio::test]
async fn e4_a_twentieth_of_a_copy_reordered_and_without_two_columns_names_it_by_any_of_its_marks() {
    let bank = Bank::of(2_000).await;
    let masked =
        [bank.made(1, ExportFormat::Csv, 2_000, MASKED).await, bank.made(2, ExportFormat::Xlsx, 2_000, MASKED).await];
    let tokens =
        [bank.made(3, ExportFormat::Csv, 2_000, TOKENS).await, bank.made(4, ExportFormat::Csv, 2_000, TOKENS).await];
    for first in [0, 7, 13] {
        for (number, table) in (1..).zip(&masked) {
            // Without the references and the names: canaries alone are left.
            let report = bank.traced(csv_of(&leak(table, &[0, 2], first), b',')).await;
            let (best, sure) = only(&report);
            assert_eq!((best.export_id, best.verdict, sure), (export(number), TraceVerdict::Certain, 1), "{report:?}");
            assert_eq!((best.refs, best.tokens), (0, 0));
            // With them.
            let report = bank.traced(csv_of(&leak(table, &[1, 2], first), b';')).await;
            let (best, sure) = only(&report);
            assert_eq!((best.export_id, best.refs, sure), (export(number), 105, 1), "{report:?}");
        }
        for (number, table) in (3..).zip(&tokens) {
            let report = bank.traced(csv_of(&leak(table, &[0, 2], first), b'\t')).await;
            let (best, sure) = only(&report);
            assert_eq!((best.export_id, best.verdict, sure), (export(number), TraceVerdict::Certain, 1), "{report:?}");
            assert!(best.tokens >= 105 && best.refs == 0);
        }
    }
    let event = bank.last_event().await;
    assert_eq!((event.kind, event.details.export), (Kind::ExportTraced, Some(export(4))));
    assert_eq!((event.details.rows, event.details.findings), (Some(105), Some(1)));
    assert_eq!(event.details.os_user, SourceName::parse("root"));
}

#[tokio::test]
async fn e4_canaries_in_clear_are_found_again_and_a_merged_file_names_both_copies() {
    let bank = Bank::of(600).await;
    let opened = bank.made(1, ExportFormat::Csv, 600, OPENED).await;
    let masked = bank.made(2, ExportFormat::Csv, 600, MASKED).await;
    let without_ref: Vec<Vec<String>> = opened[1..].iter().map(|row| row[1..].to_vec()).collect();
    let report = bank.traced(csv_of(&without_ref, b',')).await;
    let (best, sure) = only(&report);
    assert_eq!((best.export_id, best.verdict, sure), (export(1), TraceVerdict::Certain, 1), "{report:?}");
    assert!(best.canaries > 20, "{report:?}");
    let merged: Vec<_> = leak(&opened, &[1], 3).into_iter().chain(leak(&masked, &[1], 3)).collect();
    let report = bank.traced(csv_of(&merged, b',')).await;
    let named: Vec<_> = report.candidates.iter().map(|one| one.verdict).collect();
    assert_eq!(named, [TraceVerdict::Certain; 2], "{report:?}");
}

#[tokio::test]
async fn e4_files_that_have_nothing_to_do_with_a_copy_are_never_taken_for_one() {
    let bank = Bank::of(400).await;
    bank.made(1, ExportFormat::Csv, 400, MASKED).await;
    bank.made(2, ExportFormat::Csv, 400, TOKENS).await;
    bank.made(3, ExportFormat::Csv, 400, OPENED).await;
    let rules = [("mobile", MaskRule::Mobile), ("card_no", MaskRule::Pan), ("account_no", MaskRule::AccountNo)];
    for seed in 1_000..1_240 {
        let mut csv = Vec::new();
        samples::write(60, seed, Columns::Catalogue, &mut csv).unwrap();
        // Every other file as another bank would mask it.
        if seed % 2 == 0 {
            let mut reader = csv::Reader::from_reader(csv.as_slice());
            let header = reader.headers().unwrap().clone();
            let mut rows = vec![header.iter().map(str::to_owned).collect::<Vec<_>>()];
            for record in reader.into_records() {
                let record = record.unwrap();
                let cell = |(name, value): (&str, &str)| {
                    let rule = rules.iter().find(|(field, _)| name.starts_with(field));
                    let field =
                        rule.and_then(|(field, _)| bank.office.catalogue.field(&FieldName::parse(field).unwrap()));
                    let value_of = |kind| domain::normalise::normalise(kind, value).ok();
                    let masked = field.and_then(|field| Some(field.mask(&value_of(field.kind)?).to_string()));
                    masked.unwrap_or_else(|| value.to_owned())
                };
                rows.push(header.iter().zip(record.iter()).map(cell).collect());
            }
            csv = csv_of(&rows, b',');
        }
        let report = bank.traced(csv).await;
        assert!(report.candidates.iter().all(|one| one.verdict == TraceVerdict::None), "{seed}: {report:?}");
    }
    assert_eq!(bank.last_event().await.details.export, None);
}

#[tokio::test]
async fn e4_what_a_spreadsheet_and_an_editor_did_to_a_file_does_not_hide_it() {
    let bank = Bank::of(200).await;
    let table = bank.made(1, ExportFormat::Csv, 200, TOKENS).await;
    let part: Vec<Vec<String>> = table[20..40].to_vec();
    let wrapped: Vec<_> = part.iter().map(|row| row.iter().map(|cell| format!("=\"{cell}\"")).collect()).collect();
    let spaced: Vec<_> = part.iter().map(|row| row.iter().map(|cell| format!("\u{a0}{cell} ")).collect()).collect();
    let lower: Vec<_> = part.iter().map(|row| row.iter().map(|cell| cell.to_lowercase()).collect()).collect();
    let wide = |text: Vec<u8>| {
        let text = String::from_utf8(text).unwrap();
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect::<Vec<u8>>()
    };
    // Sixteen digits as a number, of which fifteen are kept.
    let rounded: Vec<Vec<String>> = part
        .iter()
        .flat_map(|row| {
            row[2].split("; ").filter(|card| card.len() == 16).map(|card| vec![format!("{}0", &card[..15])])
        })
        .collect();
    assert!(rounded.len() > 5);
    for file in [
        csv_of(&wrapped, b','),
        csv_of(&spaced, b'\t'),
        csv_of(&lower, b';'),
        wide(csv_of(&part, b'\t')),
        [b"\xef\xbb\xbf".as_slice(), &csv_of(&part, b',')].concat(),
        csv_of(&rounded, b','),
    ] {
        let report = bank.traced(file).await;
        let (best, sure) = only(&report);
        assert_eq!((best.export_id, best.verdict, sure), (export(1), TraceVerdict::Certain, 1), "{report:?}");
    }
}

#[tokio::test]
async fn e4_a_leaked_spreadsheet_is_read_as_it_is() {
    let bank = Bank::of(100).await;
    let plan = bank.plan(export(9), ExportFormat::Xlsx, 100, MASKED);
    bank.made(9, ExportFormat::Xlsx, 100, MASKED).await;
    let sealed = std::fs::read(bank.dest(&format!("{}.age", plan.export))).unwrap();
    let report = bank.traced(bank.unseal(&sealed)).await;
    assert_eq!((report.rows, report.cells), (106, 106 * 7));
    let (best, _) = only(&report);
    assert_eq!((best.export_id, best.refs, best.canaries), (export(9), 105, 5));
}

#[tokio::test]
async fn e4_books_that_were_changed_or_damaged_hide_no_other_copy_and_are_told() {
    let bank = Bank::of(60).await;
    let table = bank.made(1, ExportFormat::Csv, 60, MASKED).await;
    for number in [2, 3] {
        bank.made(number, ExportFormat::Csv, 60, MASKED).await;
    }
    // No request at all; and one of more rows than anybody could compare.
    bank.meddle(
        "DROP TRIGGER export_is_never_changed;
         UPDATE export SET frozen = x'00' WHERE id = x'02020202020202020202020202020202';
         UPDATE export SET frozen = CAST(replace(CAST(frozen AS TEXT), '\"count\":60', '\"count\":18446744073709551615') AS BLOB)
         WHERE id = x'03030303030303030303030303030303';",
    )
    .await;
    let report = bank.traced(csv_of(&table, b',')).await;
    assert_eq!((report.copies, report.unreadable), (1, 2));
    let (best, sure) = only(&report);
    assert_eq!((best.export_id, best.verdict, sure), (export(1), TraceVerdict::Certain, 1), "{report:?}");
}

#[tokio::test]
async fn e4_a_file_that_is_no_table_or_beyond_measure_is_refused_and_nothing_of_it_is_told() {
    let bank = Bank::of(5).await;
    let refused = async |file: Vec<u8>| bank.office.trace(file, None).await.unwrap_err().to_string();
    assert!(refused(vec![b'a'; MOST_BYTES + 1]).await.contains("too large"));
    assert!(refused(b",\n".repeat(1_000_001)).await.contains("too many cells"));
    assert!(refused(b"PK\x03\x04 secret".to_vec()).await.contains("cannot be read"));
    for file in [Vec::new(), b"\0\xff\xfe\"".to_vec(), b"\xff\xfe1".to_vec(), "一,二\n".repeat(9).into_bytes()] {
        let report = bank.traced(file).await;
        assert!(report.candidates.is_empty());
    }
}

#[test]
fn e4_hits_are_weighed_by_what_was_to_be_expected() {
    let chance = |found, expected| Hits { found, expected }.chance();
    assert_eq!(chance(0, 0.1), 1.0);
    assert_eq!(chance(3, 5.0), 1.0);
    assert!((chance(1, 1e-6) - 1e-6).abs() < 1e-12);
    assert!((chance(2, 1e-3) - 5e-7).abs() < 1e-12);
    assert!(chance(5, 0.05) < 1e-8);
    assert!(chance(1_000_000, 1e-9) == 0.0, "and no overflow");
}
