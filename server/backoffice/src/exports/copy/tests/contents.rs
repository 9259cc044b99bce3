//! What stands in a file.

use super::*;
use std::collections::HashSet;

const COLUMNS: &[(&str, Form)] = &[
    ("customer_no", Form::Plain),
    ("name", Form::Mask),
    ("mobile", Form::Mask),
    ("card_no", Form::Token),
    ("account_no", Form::Plain),
    ("branch", Form::Plain),
];

/// The lines that are customers', without header, references and canaries.
fn theirs(bank: &Bank, plan: &CopyPlan, table: &[Vec<String>]) -> Vec<Vec<String>> {
    let marks = crate::exports::marks::Marks::of(&bank.office.index, plan.export).unwrap();
    let canaries: HashSet<u64> = marks.canary_lines(plan.rows).into_iter().collect();
    let lines = (0..).zip(&table[1..]).filter(|(line, _)| !canaries.contains(line));
    lines.map(|(_, row)| row[1..].to_vec()).collect()
}

/// The values that were imported, by customer number: the one thing of a line that says whose it is.
fn samples_by_number(customers: u64) -> std::collections::HashMap<String, Vec<(String, String)>> {
    let mut csv = Vec::new();
    samples::write(customers, 7, Columns::Catalogue, &mut csv).unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_slice());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |row: csv::StringRecord| {
        let cells: Vec<_> = header.iter().cloned().zip(row.iter().map(str::to_owned)).collect();
        (row[0].to_owned(), cells)
    };
    reader.into_records().map(|one| row(one.unwrap())).collect()
}

#[tokio::test]
async fn e4_the_sealed_file_holds_every_customers_cells_and_nothing_else_of_them() {
    for (number, format) in [(1, ExportFormat::Csv), (2, ExportFormat::Xlsx)] {
        let bank = Bank::of(120).await;
        let plan = bank.plan(export(number), format, 120, COLUMNS);
        assert_eq!(plan.opened(), [FieldName::parse("account_no").unwrap()], "what is visible needs no opening");
        let table = bank.copy(&plan).await;
        assert_eq!(table[0], ["ref", "customer_no", "name", "mobile", "card_no", "account_no", "branch"]);
        assert_eq!(table.len(), 1 + 120 + 6);
        let samples = samples_by_number(120);
        let rows = theirs(&bank, &plan, &table);
        assert_eq!(rows.len(), 120);
        for (customer, row) in bank.customers().await.into_iter().zip(&rows) {
            let masks = bank.masks(customer).await;
            let masked = |field: &str| {
                let items: Vec<_> =
                    masks.iter().filter(|(name, ..)| name == field).map(|(.., mask)| mask.clone()).collect();
                items.join("; ")
            };
            assert_eq!(undone(&row[0]), masked("customer_no"));
            assert_eq!(undone(&row[1]), masked("name"));
            assert_eq!(undone(&row[2]), masked("mobile"));
            assert_eq!(row[3].split("; ").count(), masked("card_no").split("; ").count());
            assert_eq!(row[5], masked("branch"));
            let accounts = &samples[&row[0]];
            let accounts = accounts.iter().filter(|(name, value)| name.starts_with("account_no") && !value.is_empty());
            let accounts: Vec<&str> = accounts.map(|(_, value)| value.as_str()).collect();
            assert_eq!(row[4], accounts.join("; "));
        }
        assert!(rows.iter().map(|row| &row[0]).collect::<HashSet<_>>().len() == 120);
    }
}

#[tokio::test]
async fn e4_a_telephones_mask_is_no_formula_in_csv_and_untouched_in_a_spreadsheet() {
    let bank = Bank::of(10).await;
    let columns = &[("customer_no", Form::Plain), ("mobile", Form::Mask)];
    let csv = bank.copy(&bank.plan(export(1), ExportFormat::Csv, 10, columns)).await;
    assert!(csv[1..].iter().all(|row| row[2].starts_with("'+86 ")));
    let xlsx = bank.copy(&bank.plan(export(2), ExportFormat::Xlsx, 10, columns)).await;
    assert!(xlsx[1..].iter().all(|row| row[2].starts_with("+86 ")));
}

#[tokio::test]
async fn e4_tokens_are_of_this_file_alone_and_lead_back_to_their_customer() {
    let bank = Bank::of(60).await;
    let columns = &[("customer_no", Form::Plain), ("card_no", Form::Token), ("account_no", Form::Token)];
    let mut all = HashSet::new();
    let mut count = 0;
    for number in [1, 2] {
        let plan = bank.plan(export(number), ExportFormat::Csv, 60, columns);
        let table = bank.copy(&plan).await;
        for (customer, row) in bank.customers().await.iter().zip(theirs(&bank, &plan, &table)) {
            for token in row[1].split("; ").chain(row[2].split("; ")) {
                let digest = bank.office.index.token(token).unwrap();
                let found = sqlx::query(
                    "SELECT export, vault_token.customer, vault_index.customer FROM vault_token \
                    LEFT JOIN vault_index ON vault_index.digest = vault_token.digest AND vault_index.field = 'export_token' \
                    WHERE vault_token.digest = $1",
                )
                .bind(&digest.as_bytes()[..])
                .fetch_one(bank.pool())
                .await
                .unwrap();
                assert_eq!(found.get::<Vec<u8>, _>(0), plan.export.as_bytes());
                assert_eq!(found.get::<Vec<u8>, _>(1), customer.as_bytes());
                assert_eq!(found.get::<Vec<u8>, _>(2), customer.as_bytes());
            }
        }
        for row in &table[1..] {
            for (column, masks) in [(2, 16..=19), (3, 12..=34)] {
                for token in row[column].split("; ").filter(|token| !token.is_empty()) {
                    assert!(token.starts_with('9') && masks.contains(&token.len()), "{token}");
                    all.insert(token.to_owned());
                    count += 1;
                }
            }
        }
    }
    assert_eq!(all.len(), count, "no token twice, in one file or in two");
    let kept: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM vault_token").fetch_one(bank.pool()).await.unwrap();
    assert_eq!(kept as usize, count);
    let indexed = "SELECT COUNT(*) FROM vault_index WHERE field = 'export_token'";
    let indexed: i64 = sqlx::query_scalar(indexed).fetch_one(bank.pool()).await.unwrap();
    assert!(indexed < kept, "a canary's token leads to nobody");
}

#[tokio::test]
async fn e4_a_copy_made_anew_forgets_the_tokens_of_the_first_try() {
    let bank = Bank::of(30).await;
    let plan = bank.plan(export(1), ExportFormat::Csv, 30, &[("card_no", Form::Token)]);
    bank.copy(&plan).await;
    let before: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT digest FROM vault_token").fetch_all(bank.pool()).await.unwrap();
    let receipt = bank.receipt(ExportOpened { export: plan.export, opened: vec![] }).await;
    write_copy(&bank.office, &plan, receipt, &bank.dest("again"), &Patient).await.unwrap();
    for digest in &before {
        for sql in
            ["SELECT COUNT(*) FROM vault_token WHERE digest = $1", "SELECT COUNT(*) FROM vault_index WHERE digest = $1"]
        {
            let left: i64 = sqlx::query_scalar(sql).bind(digest).fetch_one(bank.pool()).await.unwrap();
            assert_eq!(left, 0);
        }
    }
    let now: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM vault_token").fetch_one(bank.pool()).await.unwrap();
    assert!(now > 30);
}

#[tokio::test]
async fn e4_a_token_stays_when_its_customer_is_imported_again() {
    let bank = Bank::of(30).await;
    let plan = bank.plan(export(1), ExportFormat::Csv, 30, &[("card_no", Form::Token)]);
    bank.copy(&plan).await;
    let count = "SELECT COUNT(*) FROM vault_index WHERE field = 'export_token'";
    let before: i64 = sqlx::query_scalar(count).fetch_one(bank.pool()).await.unwrap();
    let mut csv = Vec::new();
    samples::write(30, 7, Columns::Catalogue, &mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap().replace("已婚", "离异");
    let mut rejects = RejectFile::at(bank.dest("rejects-2.csv")).unwrap();
    let input = std::io::Cursor::new(csv.into_bytes());
    let summary = bank.office.importer(None).run(input, None, &mut rejects, |_| ()).await.unwrap();
    assert!(summary.counts.changed > 5);
    assert!(before >= 30);
    assert_eq!(sqlx::query_scalar::<_, i64>(count).fetch_one(bank.pool()).await.unwrap(), before);
}

#[tokio::test]
async fn e4_a_canary_bears_no_customers_number_and_looks_like_the_lines_around_it() {
    let bank = Bank::of(400).await;
    let columns = &[
        ("customer_no", Form::Plain),
        ("name", Form::Mask),
        ("id_no", Form::Mask),
        ("mobile", Form::Mask),
        ("card_no", Form::Plain),
        ("account_no", Form::Token),
        ("branch", Form::Plain),
        ("opened_on", Form::Plain),
    ];
    let plan = bank.plan(export(1), ExportFormat::Csv, 400, columns);
    let table = bank.copy(&plan).await;
    let real: HashSet<Vec<String>> = theirs(&bank, &plan, &table).into_iter().collect();
    let canaries: Vec<_> = table[1..].iter().filter(|row| !real.contains(&row[1..])).collect();
    assert_eq!(canaries.len(), 20);
    let of = |column: usize| table[1..].iter().map(move |row| row[column].as_str());
    let numbers: Vec<&str> = of(1).collect();
    assert_eq!(numbers.iter().collect::<HashSet<_>>().len(), 420, "a canary has a number of its own");
    // The shape of a cell: digits are 0, letters and signs themselves, but for names.
    let shape = |cell: &str| cell.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect::<String>();
    for column in [1, 3, 4, 5, 7, 8] {
        let shapes: HashSet<String> = real.iter().map(|row| shape(&row[column - 1])).collect();
        for canary in &canaries {
            assert!(shapes.contains(&shape(&canary[column])), "column {column}: {}", canary[column]);
        }
    }
    let cards: HashSet<&str> = of(5).flat_map(|cell| cell.split("; ")).collect();
    for card in &cards {
        assert!(domain::normalise::normalise(domain::catalogue::Kind::Pan, card).is_ok(), "{card}");
    }
    let names: HashSet<&str> = canaries.iter().map(|row| row[2].as_str()).collect();
    assert!(names.len() > 3, "each cell is borrowed of another customer");
}
