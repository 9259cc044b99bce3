//! What exports choose by comes in with the row, and what they left behind stays (E1, E4).

use super::bank::{Bank, bank};
use super::*;
use domain::catalogue::SHIPPED;
use domain::id::FieldName;
use domain::normalise::export_token;
use domain::search::EXPORT_TOKEN;
use sqlx::ConnectOptions;

const HEADER: &str = "customer_no,branch,opened_on,product";

async fn import(bank: &Bank, rows: &[&str]) -> Counts {
    bank.import_as([&[HEADER], rows].concat().join("\n"), None).await.unwrap().counts
}

type Chosen = (String, Option<String>, Option<String>);

/// Branch, day and product of each customer, by branch.
async fn stored(bank: &Bank) -> Vec<Chosen> {
    let sql = "SELECT branch, opened_on, product FROM customer ORDER BY branch";
    sqlx::query_as(sql).fetch_all(&bank.sqlite).await.unwrap()
}

fn chosen(branch: &str, opened_on: Option<&str>, product: Option<&str>) -> Chosen {
    (branch.to_owned(), opened_on.map(str::to_owned), product.map(str::to_owned))
}

#[tokio::test]
async fn e1_a_row_brings_the_day_and_the_product_that_exports_choose_by_and_a_changed_row_others() {
    let bank = bank().await;
    let counts = import(&bank, &["C1,0101,2026/1/31,SAV", "C2,0102,,", "C3,0103,20251231,"]).await;
    assert_eq!(counts.added, 3);
    let one = chosen("0101", Some("2026-01-31"), Some("SAV"));
    let (two, three) = (chosen("0102", None, None), chosen("0103", Some("2025-12-31"), None));
    assert_eq!(stored(&bank).await, [one, two.clone(), three.clone()]);
    let counts = import(&bank, &["C1,0101,2026-02-01,CARD", "C2,0102,,", "C3,0103,2025-12-31,"]).await;
    assert_eq!((counts.changed, counts.unchanged), (1, 2));
    let one = chosen("0101", Some("2026-02-01"), Some("CARD"));
    assert_eq!(stored(&bank).await, [one, two, three]);
    // The file is the whole of a customer: what it leaves out is gone, here too.
    bank.import_as("customer_no,branch\nC1,0101\n", None).await.unwrap();
    assert_eq!(stored(&bank).await[0], chosen("0101", None, None));
}

#[tokio::test]
async fn e1_a_catalogue_that_names_other_fields_to_choose_by_makes_the_same_file_a_change() {
    let mut bank = bank().await;
    let none = SHIPPED.lines().filter(|line| !line.starts_with("export_")).collect::<Vec<_>>().join("\n");
    // Keys of fields are `export = …`, and stay: only the two at the top are gone.
    bank.importer.catalogue = Arc::new(Catalogue::parse(&none).unwrap());
    assert!(bank.importer.catalogue.export_window().is_none());
    import(&bank, &["C1,0101,2026-01-31,SAV"]).await;
    assert_eq!(stored(&bank).await, [chosen("0101", None, None)]);
    bank.importer.catalogue = Arc::new(Catalogue::shipped().unwrap());
    assert_eq!(import(&bank, &["C1,0101,2026-01-31,SAV"]).await.changed, 1);
    assert_eq!(stored(&bank).await, [chosen("0101", Some("2026-01-31"), Some("SAV"))]);
    assert_eq!(import(&bank, &["C1,0101,2026-01-31,SAV"]).await.unchanged, 1);
}

#[tokio::test]
async fn e4_a_changed_row_takes_no_token_of_an_export_away() {
    let bank = bank().await;
    import(&bank, &["C1,0101,2026-01-31,SAV"]).await;
    let [id] = bank.find("customer_no", "C1", "0101").await[..] else { panic!() };
    let token = export_token("9000000000000003").unwrap();
    let digest = bank.importer.index.digest(&FieldName::parse(EXPORT_TOKEN).unwrap(), &token).unwrap();
    let sql = "INSERT INTO vault_index (field, digest, customer) VALUES ('export_token', $1, $2)";
    let row = sqlx::query(sql).bind(digest.as_bytes().to_vec()).bind(id.as_bytes().to_vec());
    let file = sqlx::sqlite::SqliteConnectOptions::new().filename(bank.dir.path().join("bank.db"));
    row.execute(&mut file.connect().await.unwrap()).await.unwrap();
    assert_eq!(import(&bank, &["C1,0102,2026-01-31,SAV"]).await.changed, 1);
    assert_eq!(bank.find(EXPORT_TOKEN, "9000 0000 0000 0003", "0102").await, [id]);
    assert!(bank.find(EXPORT_TOKEN, "9000 0000 0000 0003", "0101").await.is_empty());
    assert_eq!(bank.count("SELECT COUNT(*) FROM vault_index WHERE field = 'customer_no'").await, 1);
}
