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

/// Each customer's line, without its reference, by the customer number in its first column.
async fn theirs(bank: &Bank, table: &[Vec<String>]) -> Vec<(CustomerId, Vec<String>)> {
    let mut lines = Vec::new();
    for customer in bank.customers().await {
        let number = mask(bank, customer, "customer_no").await;
        let mut found = table[1..].iter().filter(|row| row[1] == number);
        lines.push((customer, found.next().unwrap()[1..].to_vec()));
        assert_eq!(found.next(), None, "{number} stands there once");
    }
    lines
}

/// The lines that are nobody's, with their references.
async fn nobodys(bank: &Bank, table: &[Vec<String>]) -> Vec<Vec<String>> {
    let theirs: HashSet<Vec<String>> = theirs(bank, table).await.into_iter().map(|(_, row)| row).collect();
    table[1..].iter().filter(|row| !theirs.contains(&row[1..])).cloned().collect()
}

/// The masks of a field as they stand in a cell.
async fn mask(bank: &Bank, customer: CustomerId, field: &str) -> String {
    let masks = bank.masks(customer).await;
    masks.iter().filter(|(name, ..)| name == field).map(|(.., mask)| mask.as_str()).collect::<Vec<_>>().join("; ")
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
        for (customer, row) in theirs(&bank, &table).await {
            assert_eq!(undone(&row[1]), mask(&bank, customer, "name").await);
            assert_eq!(undone(&row[2]), mask(&bank, customer, "mobile").await);
            assert_eq!(row[3].split("; ").count(), mask(&bank, customer, "card_no").await.split("; ").count());
            assert_eq!(row[5], mask(&bank, customer, "branch").await);
            let accounts = &samples[&row[0]];
            let accounts = accounts.iter().filter(|(name, value)| name.starts_with("account_no") && !value.is_empty());
            let accounts: Vec<&str> = accounts.map(|(_, value)| value.as_str()).collect();
            assert_eq!(row[4], accounts.join("; "));
        }
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
        for (customer, row) in theirs(&bank, &table).await {
            for token in row[1].split("; ").chain(row[2].split("; ")) {
                let digest = bank.office.index.token(token).unwrap();
                let found = sqlx::query(
                    "SELECT export, vault_token.customer, vault_index.customer FROM vault_token \
                    LEFT JOIN vault_index ON vault_index.digest = vault_token.digest AND vault_index.field = 'export_token' \
                    WHERE vault_token.digest = $1",
                )
                .bind(&digest.as_bytes()[..])
                .fetch_one(&bank.pool())
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
    let kept: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM vault_token").fetch_one(&bank.pool()).await.unwrap();
    assert_eq!(kept as usize, count);
    let indexed = "SELECT COUNT(*) FROM vault_index WHERE field = 'export_token'";
    let indexed: i64 = sqlx::query_scalar(indexed).fetch_one(&bank.pool()).await.unwrap();
    assert!(indexed < kept, "a canary's token leads to nobody");
}

/// What it was told.
#[derive(Default)]
struct Told(std::sync::Mutex<Vec<u64>>);

#[async_trait::async_trait]
impl Progress for Told {
    async fn step(&self, rows_done: u64) -> Result<(), Code> {
        self.0.lock().unwrap().push(rows_done);
        Ok(())
    }
}

#[tokio::test]
async fn e4_a_copy_made_anew_forgets_the_tokens_of_the_first_try() {
    let bank = Bank::of(30).await;
    let plan = bank.plan(export(1), ExportFormat::Csv, 30, &[("card_no", Form::Token)]);
    bank.copy(&plan).await;
    let before: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT digest FROM vault_token").fetch_all(&bank.pool()).await.unwrap();
    let receipt = bank.receipt(ExportOpened { export: plan.export, opened: vec![] }).await;
    let told = Told::default();
    write_copy(&bank.office, &plan, receipt, &bank.dest("again"), &told).await.unwrap();
    assert_eq!(*told.0.lock().unwrap(), [0, 30], "it lives while it forgets");
    for digest in &before {
        for sql in
            ["SELECT COUNT(*) FROM vault_token WHERE digest = $1", "SELECT COUNT(*) FROM vault_index WHERE digest = $1"]
        {
            let left: i64 = sqlx::query_scalar(sql).bind(digest).fetch_one(&bank.pool()).await.unwrap();
            assert_eq!(left, 0);
        }
    }
    let now: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM vault_token").fetch_one(&bank.pool()).await.unwrap();
    assert!(now > 30);
}

#[tokio::test]
async fn e4_a_token_stays_when_its_customer_is_imported_again() {
    let bank = Bank::of(30).await;
    let plan = bank.plan(export(1), ExportFormat::Csv, 30, &[("card_no", Form::Token)]);
    bank.copy(&plan).await;
    let count = "SELECT COUNT(*) FROM vault_index WHERE field = 'export_token'";
    let before: i64 = sqlx::query_scalar(count).fetch_one(&bank.pool()).await.unwrap();
    let mut csv = Vec::new();
    samples::write(30, 7, Columns::Catalogue, &mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap().replace("已婚", "离异");
    let mut rejects = RejectFile::at(bank.dest("rejects-2.csv")).unwrap();
    let input = std::io::Cursor::new(csv.into_bytes());
    let summary = bank.office.importer(None).run(input, None, &mut rejects, |_| ()).await.unwrap();
    assert!(summary.counts.changed > 5);
    assert!(before >= 30);
    assert_eq!(sqlx::query_scalar::<_, i64>(count).fetch_one(&bank.pool()).await.unwrap(), before);
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
    let real: Vec<Vec<String>> = theirs(&bank, &table).await.into_iter().map(|(_, row)| row).collect();
    let canaries = nobodys(&bank, &table).await;
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
}

#[tokio::test]
async fn e4_lines_are_in_no_order_but_the_keys_so_no_canary_stands_out_of_sequence() {
    let bank = Bank::of(60).await;
    let columns = &[("customer_no", Form::Plain)];
    let mut orders = Vec::new();
    for number in [1, 2] {
        let table = bank.copy(&bank.plan(export(number), ExportFormat::Csv, 60, columns)).await;
        let real: HashSet<String> = theirs(&bank, &table).await.into_iter().map(|(_, row)| row[0].clone()).collect();
        let order: Vec<String> = table[1..].iter().map(|row| row[1].clone()).filter(|no| real.contains(no)).collect();
        assert!(!order.is_sorted() && !order.is_sorted_by(|a, b| a > b));
        orders.push(order);
        let marks = crate::exports::marks::Marks::of(&bank.office.index, export(number)).unwrap();
        for (line, row) in (0..).zip(&table[1..]) {
            assert_eq!(row[0], crate::exports::marks::ref_text(marks.reference(line)), "as it is written");
        }
    }
    assert_ne!(orders[0], orders[1], "and each copy has its own");
}

#[tokio::test]
async fn e4_what_belongs_together_is_one_customers_and_yet_no_canary_is_a_twin() {
    let bank = Bank::of(520).await;
    let columns = &[
        ("customer_no", Form::Plain),
        ("name", Form::Mask),
        ("spouse_name", Form::Mask),
        ("spouse_id_no", Form::Mask),
        ("contact_name", Form::Mask),
        ("contact_mobile", Form::Mask),
        ("gender", Form::Plain),
        ("marital_status", Form::Plain),
        ("occupation", Form::Plain),
        ("opened_on", Form::Plain),
        ("payment_token", Form::Plain),
        ("mobile", Form::Mask),
    ];
    // The second page has twenty customers and borrows from the first.
    let table = bank.copy(&bank.plan(export(1), ExportFormat::Xlsx, 520, columns)).await;
    let real: Vec<Vec<String>> = theirs(&bank, &table).await.into_iter().map(|(_, row)| row).collect();
    let canaries = nobodys(&bank, &table).await;
    assert_eq!(canaries.len(), 26);
    let items =
        |row: &[String]| row.iter().map(|cell| cell.split("; ").filter(|item| !item.is_empty()).count()).collect();
    let visible = 6..=9;
    for canary in canaries.iter().map(|row| &row[1..]) {
        let shape: Vec<usize> = items(canary);
        assert_eq!(shape[2], shape[3], "a spouse has both or neither");
        let alike = |row: &Vec<String>| items(row) == shape && row[visible.clone()] == canary[visible.clone()];
        assert!(real.iter().any(alike), "{canary:?}");
        let twin = |row: &Vec<String>| alike(row) && row[1..=5] == canary[1..=5];
        assert!(!real.iter().any(twin), "{canary:?}");
        assert!(canary[10].is_empty() || real.iter().all(|row| row[10] != canary[10]), "{canary:?}");
    }
    assert!(canaries.iter().any(|row| !row[11].is_empty()) && canaries.iter().any(|row| !row[3].is_empty()));
}

#[tokio::test]
async fn e4_canaries_of_a_page_of_one_customer_borrow_from_the_page_before() {
    let bank = Bank::of(501).await;
    let columns = &[("customer_no", Form::Plain), ("opened_on", Form::Plain)];
    // A copy whose last two lines are the second page: one customer and one canary.
    let lines = |number| {
        let marks = crate::exports::marks::Marks::of(&bank.office.index, export(number)).unwrap();
        marks.canary_lines(501)
    };
    let number = (1..=255).find(|number| matches!(lines(*number)[23..], [before, 525] if before < 523)).unwrap();
    let table = bank.copy(&bank.plan(export(number), ExportFormat::Csv, 501, columns)).await;
    let mask = mask(&bank, bank.customers().await[500], "customer_no").await;
    let [one, other] = &table[525..] else { panic!("{} lines", table.len()) };
    let (last, canary) = if one[1] == mask { (one, other) } else { (other, one) };
    assert_eq!(last[1], mask);
    assert_ne!(canary[2], last[2], "not a twin of the only one there");
}

#[tokio::test]
async fn e4_a_number_in_clear_is_looked_for_first() {
    let bank = Bank::of(1).await;
    let mut csv = Vec::new();
    samples::write(1, 7, Columns::Catalogue, &mut csv).unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_slice());
    let at = reader.headers().unwrap().iter().position(|name| name == "card_no").unwrap();
    let card = reader.records().next().unwrap().unwrap()[at].to_owned();
    let plan = bank.plan(export(1), ExportFormat::Csv, 1, &[("card_no", Form::Plain)]);
    let field = &plan.columns[0].0;
    let tries = [card, "6222021234567894".to_owned(), "6222021234567902".to_owned()];
    let mut given = HashSet::new();
    for number in &tries[1..] {
        let tries = tries.clone().into_iter();
        let free = crate::exports::canaries::free(&bank.office, field, &mut given, tries).await.unwrap();
        assert_eq!(free, *number, "no customer's, and no other canary's");
    }
}
