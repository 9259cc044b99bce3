//! `make bench-export`: how fast a large copy is made and how much memory it takes, beside `sqlite3 -csv` of the same
//! rows, which opens nothing, marks nothing and seals nothing.

use super::*;
use std::process::{Command, Stdio};
use std::time::Instant;

const COLUMNS: &[(&str, Form)] = &[
    ("customer_no", Form::Plain),
    ("name", Form::Mask),
    ("mobile", Form::Mask),
    ("card_no", Form::Mask),
    ("account_no", Form::Mask),
    ("branch", Form::Plain),
    ("opened_on", Form::Plain),
    ("risk_level", Form::Plain),
];

/// The kernel's word for this process's memory at its highest since it was last set back, in kB.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown");
    line.trim().to_owned()
}

#[ignore = "a measurement: make bench-export"]
#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "it measures")]
async fn rows_a_second_and_memory() {
    let customers = std::env::var("CUSTOMERS").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let bank = Bank::of(customers).await;
    println!("{customers} customers, {} columns", COLUMNS.len());
    for (number, format) in [(1, ExportFormat::Csv), (2, ExportFormat::Xlsx)] {
        let rows = if format == ExportFormat::Xlsx { customers.min(1_048_000) } else { customers };
        let plan = bank.plan(export(number), format, rows, COLUMNS);
        bank.freeze(plan.export, rows).await;
        let receipt = bank.receipt(ExportOpened { export: plan.export, opened: plan.opened() }).await;
        // Importing took memory of its own (proc(5): 5 sets the peak back).
        drop(std::fs::write("/proc/self/clear_refs", "5"));
        let (before, begun) = (peak(), Instant::now());
        let written = write_copy(&bank.office, &plan, receipt, &bank.dest(format.as_str()), &Patient).await.unwrap();
        let took = begun.elapsed().as_secs_f64();
        println!(
            "{:<5} {rows} rows, {} bytes sealed, {took:.2} s, {:.0} rows/s, memory {before} before, {} at its highest",
            format.as_str(),
            written.bytes,
            rows as f64 / took,
            peak()
        );
    }
    // The masks as they are stored, so that no time goes to taking them apart; and taken apart, as a file has them.
    let names = COLUMNS.iter().map(|(name, _)| {
        format!("(SELECT group_concat(json_extract(value, '$[2]'), '; ') FROM json_each(masks) WHERE json_extract(value, '$[0]') = '{name}')")
    });
    let names = names.collect::<Vec<_>>().join(", ");
    for (what, columns) in [("stored", "masks".to_owned()), ("taken apart", names)] {
        let id = data_encoding::HEXLOWER.encode(export(1).as_bytes());
        let sql = format!(
            "SELECT {columns} FROM export_row JOIN customer_mask USING (customer) WHERE export = x'{id}' ORDER BY customer"
        );
        let out = std::fs::File::create(bank.dest("floor.csv")).unwrap();
        let begun = Instant::now();
        let status = Command::new("sqlite3")
            .args(["-csv", "-readonly"])
            .arg(bank.dest("grille.db"))
            .arg(sql)
            .stdout(Stdio::from(out))
            .status();
        match status {
            Ok(status) if status.success() => {
                let took = begun.elapsed().as_secs_f64();
                println!("sqlite3 -csv, masks {what}: {took:.2} s, {:.0} rows/s", customers as f64 / took);
            }
            _ => println!("sqlite3 is not here: apt-get install sqlite3"),
        }
    }
}
