//! Import as a whole: file in, rows and events out.

use super::*;
use crate::samples::{self, Columns};
use crate::store::customers::{self, Among};
use crate::vault::{KeyError, KeyKind};
use domain::audit::event::{Decision, Kind};
use domain::code::Code;
use domain::id::BranchNo;
use domain::search::GuardedSearch;

mod bank;
mod chosen_by;

use bank::{HEADER, ROW_1, ROW_2, bank};

#[tokio::test]
async fn l1_a_row_becomes_masks_ciphertext_and_digests_and_an_event_counts_it() {
    let bank = bank().await;
    let summary = bank.import(&[ROW_1, ROW_2]).await.unwrap();
    assert_eq!((summary.rows, summary.bytes), (2, [HEADER, ROW_1, ROW_2].join("\n").len() as u64));
    assert_eq!(summary.counts, Counts { added: 2, ..Counts::default() });
    for (key, value) in [
        ("id_no", "990101198804123012"),
        ("mobile", "+86 161-0000-0109"),
        ("card_no", "9999 0000 0000 0020"),
        ("customer_no", "c1"),
    ] {
        let found = bank.find(key, value, "0101").await;
        assert_eq!(found.len(), 1, "{key}");
        assert!(bank.find(key, value, "0102").await.is_empty());
        let masks = bank.masks(found[0]).await;
        let fields: Vec<_> = masks.iter().map(|(field, item, _)| (field.as_str(), *item)).collect();
        let want = [
            ("customer_no", 1),
            ("name", 1),
            ("id_no", 1),
            ("mobile", 1),
            ("mobile", 2),
            ("card_no", 1),
            ("card_no", 2),
            ("card_expiry", 1),
            ("card_expiry", 2),
            ("branch", 1),
        ];
        assert_eq!(fields, want);
        assert_eq!(masks[1].2, "**满");
    }
    let events = bank.events().await;
    assert_eq!(events.len(), 1);
    let (event, details) = (&events[0], &events[0].details);
    assert_eq!(
        (event.kind, event.decision, details.batch),
        (Kind::CustomersImported, Decision::Allowed, Some(summary.batch))
    );
    assert_eq!(
        (details.added, details.changed, details.unchanged, details.rejected),
        (Some(2), Some(0), Some(0), Some(0))
    );
    assert_eq!(
        (details.source.as_ref().unwrap().as_str(), details.os_user.as_ref().unwrap().as_str()),
        ("csv", "tester")
    );
}

#[tokio::test]
async fn q2_a_combination_finds_by_its_whole_and_a_name_alone_has_no_search() {
    let bank = bank().await;
    bank.import_as("customer_no,branch,name,birth_date\nC1,0101,John  Ronald Smith,19880412\n", None).await.unwrap();
    let keys = [("name", "john ronald smith"), ("birth_date", "1988-04-12"), ("branch", "0101")]
        .map(|(k, v)| (k.to_owned(), v.to_owned()));
    let search = GuardedSearch::parse(&bank.importer.catalogue, &keys).unwrap();
    let forms: Vec<_> = search.keys().iter().map(|(_, form)| form).collect();
    let digest = bank.importer.index.combination(search.kind_name(), &forms).unwrap();
    let branch = BranchNo::parse("0101").unwrap();
    let found =
        customers::found_by(&bank.importer.db, search.kind_name(), &digest, Among::Branch(&branch), 6).await.unwrap();
    assert_eq!(found.len(), 1);
    assert!(GuardedSearch::parse(&bank.importer.catalogue, &keys[..1]).is_err());
    assert_eq!(customers::digests(&bank.importer.db, "name", found[0]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn m1_neither_database_nor_log_nor_reject_file_holds_a_value() {
    let bank = bank().await;
    bank.import(&[ROW_1, ROW_2, "C3,0101,沈惊蛰,990101196901016051,,,,,,"]).await.unwrap();
    let mut all = std::fs::read(bank.rejects()).unwrap();
    for file in ["bank.db", "bank.db-wal"] {
        all.extend(std::fs::read(bank.dir.path().join(file)).unwrap());
    }
    for value in [
        "林小满",
        "990101198804123012",
        "16100000101",
        "9999000000000012",
        "01/30",
        "周立春",
        "沈惊蛰",
        "990101196901016051",
    ] {
        assert!(!all.windows(value.len()).any(|window| window == value.as_bytes()), "{value}");
    }
    assert!(
        all.windows(9).any(|window| window == "**满".as_bytes())
            || all.windows(5).any(|window| window == "**满".as_bytes())
    );
}

#[tokio::test]
async fn l1_the_same_file_twice_changes_nothing_but_the_log() {
    let bank = bank().await;
    assert_eq!(bank.counts(&[ROW_1, ROW_2]).await, [2, 0, 0, 0]);
    let sealed: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT sealed FROM vault_customer").fetch_all(&bank.sqlite).await.unwrap();
    assert_eq!(bank.counts(&[ROW_2, ROW_1]).await, [0, 0, 2, 0]);
    let again: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT sealed FROM vault_customer").fetch_all(&bank.sqlite).await.unwrap();
    assert_eq!(sealed, again);
    assert_eq!(bank.events().await.len(), 2);
}

#[tokio::test]
async fn l1_a_changed_row_changes_its_customer_whose_items_keep_their_numbers() {
    let bank = bank().await;
    bank.import(&[ROW_1]).await.unwrap();
    let [id] = bank.find("customer_no", "C1", "0101").await[..] else { panic!() };
    // Moved to 0102, renamed; the first card gone, a third come; the expiry of the second card changed.
    let changed = "C1,0102,林大满,990101198804123012,16100000109,,9999000000000020,9999000000000053,02/31,03/33";
    assert_eq!(bank.counts(&[changed]).await, [0, 1, 0, 0]);
    assert_eq!(bank.find("customer_no", "C1", "0102").await, [id]);
    assert!(bank.find("customer_no", "C1", "0101").await.is_empty());
    assert!(bank.find("card_no", "9999000000000012", "0102").await.is_empty());
    assert_eq!(bank.find("card_no", "9999000000000053", "0102").await, [id]);
    let numbers: Vec<_> = bank.masks(id).await.into_iter().map(|(field, item, _)| (field, item)).collect();
    let of = |field: &str| numbers.iter().filter(|(f, _)| f == field).map(|(_, item)| *item).collect::<Vec<_>>();
    assert_eq!((of("mobile"), of("card_no"), of("card_expiry")), (vec![2], vec![2, 3], vec![2, 3]));
    assert_eq!(bank.count("SELECT count(*) FROM customer").await, 1);
}

#[tokio::test]
async fn l1_each_row_is_in_whole_or_not_at_all_and_the_reject_file_says_why_without_a_value() {
    let bank = bank().await;
    let rows = [
        ROW_1,
        "C3,0101,沈惊蛰,990101196901016051,161,,9999000000000053,,,",
        "C4,0101,沈惊蛰",
        ",0101,沈惊蛰,,,,,,,",
        "C5,,沈惊蛰,,,,,,,",
        "C6,01.01,沈惊蛰,,,,,,,",
        "C1,0101,二,,,,,,,",
        "C7,0101,沈惊蛰,,,,9999000000000053,,,05/30",
        "C8,0101,**蛰,,,,,,,",
        ROW_2,
    ];
    let summary = bank.import(&rows).await.unwrap();
    assert_eq!((summary.rows, summary.counts), (10, Counts { added: 2, rejected: 8, ..Counts::default() }));
    let want = [
        "3,id_no,wrong_check_digit",
        "3,mobile,wrong_length",
        "4,,wrong_cell_count",
        "5,customer_no,empty",
        "6,branch,empty",
        "7,branch,bad_form",
        "8,customer_no,duplicate_source_key",
        "9,,item_without_its_pair",
        "10,name,looks_masked",
    ];
    assert_eq!(bank.rejected(), want);
    assert_eq!(bank.count("SELECT count(*) FROM customer").await, 2);
    assert_eq!(bank.count("SELECT count(*) FROM vault_customer").await, 2);
    let [event] = &bank.events().await[..] else { panic!() };
    assert_eq!((event.details.added, event.details.rejected), (Some(2), Some(8)));
}

#[tokio::test]
async fn m4_a_c3_column_is_refused_by_name_with_nothing_written() {
    let bank = bank().await;
    let csv = format!("{HEADER},cvv2\n{ROW_1},123\n");
    let stopped = bank.import_as(csv, None).await.unwrap_err();
    assert_eq!(stopped.to_string(), "column 11 (cvv2): C3 data has nowhere to be stored; nothing was imported (M4)");
    for sql in ["SELECT count(*) FROM customer", "SELECT count(*) FROM vault_index", "SELECT count(*) FROM log_entry"] {
        assert_eq!(bank.count(sql).await, 0);
    }
    assert!(!bank.rejects().exists());
}

#[tokio::test]
async fn l1_a_broken_csv_stops_with_line_and_column_and_what_stood_above_is_in() {
    let bank = bank().await;
    for (broken, told) in [
        ("C9,0101,\"沈\"惊蛰", "line 3, column 3: a quotation mark stands where none may"),
        ("C9,0101,沈\0", "line 3, column 3: a NUL byte"),
        ("C9,\"0101", "line 3, column 2: the record does not end (is a quotation mark left open?)"),
    ] {
        let stopped = bank.import(&[ROW_1, broken]).await.unwrap_err();
        assert_eq!(stopped.to_string(), told);
        assert_eq!(stopped.so_far.rows, 1);
    }
    let csv = [format!("{HEADER}\n{ROW_1}\nC9,0101,").as_bytes(), b"\xc9\xf2"].concat();
    assert_eq!(
        bank.import_as(csv, None).await.unwrap_err().to_string(),
        "line 3, column 3: not UTF-8 (save the file as UTF-8)"
    );
    assert_eq!(bank.import_as("", None).await.unwrap_err().to_string(), "the file is empty: a header line is needed");
    assert_eq!(bank.count("SELECT count(*) FROM customer").await, 1);
}

#[tokio::test]
async fn l1_a_mapping_file_renames_columns_reads_formats_and_names_the_source() {
    let bank = bank().await;
    let mapping = "[source]\nname = \"core\"\n[columns]\ncustomer_no = \"客户号\"\nbranch = \"ORG\"\nbirth_date = \"BIRTH\"\nbalance = \"BAL\"\ncard_no = [\"CARD_A\", \"CARD_B\"]\n[formats]\ndate = \"DD/MM/YYYY\"\namount = \"1.234,56\"\n";
    let csv = "CARD_B,客户号,ORG,BIRTH,REMARK,BAL,CARD_A\n9999000000000020,C1,0101,12/04/1988,x,\"1.234,50\",9999000000000012\n9,C2,0101,1988-04-12,x,,\n";
    let summary = bank.import_as(csv, Some(mapping)).await.unwrap();
    assert_eq!(summary.counts, Counts { added: 1, rejected: 1, ..Counts::default() });
    assert_eq!(bank.rejected(), ["3,CARD_B,wrong_length", "3,BIRTH,not_of_its_format"]);
    let [id] = bank.find("customer_no", "C1", "0101").await[..] else { panic!() };
    let fields: Vec<_> = bank.masks(id).await.into_iter().map(|(field, item, _)| (field, item)).collect();
    assert!(fields.contains(&("balance".into(), 1)) && fields.contains(&("card_no".into(), 2)));
    assert_eq!(bank.events().await[0].details.source.as_ref().unwrap().as_str(), "core");
    // The same number of another source is another customer.
    bank.import_as("customer_no,branch\nC1,0101\n", None).await.unwrap();
    assert_eq!(bank.find("customer_no", "C1", "0101").await.len(), 2);
}

#[tokio::test]
async fn v5_a_flag_comes_by_import_and_stays_where_a_file_does_not_speak_of_it() {
    let bank = bank().await;
    let flagged = || bank.count("SELECT flagged FROM customer");
    bank.import_as("customer_no,branch,flagged\nC1,0101,1\n", None).await.unwrap();
    assert_eq!(flagged().await, 1);
    bank.import_as("customer_no,branch,name\nC1,0101,林小满\n", None).await.unwrap();
    assert_eq!(flagged().await, 1);
    bank.import_as("customer_no,branch,flagged\nC1,0101,0\n", None).await.unwrap();
    assert_eq!(flagged().await, 0);
    let [id] = bank.find("customer_no", "C1", "0101").await[..] else { panic!() };
    assert!(bank.masks(id).await.iter().all(|(field, _, _)| field != FLAGGED));
    bank.import_as("customer_no,branch,flagged\nC1,0101,VIP\n", None).await.unwrap();
    assert_eq!(bank.rejected(), ["2,flagged,not_a_flag"]);
}

#[tokio::test]
async fn l0_without_vault_index_or_log_key_nothing_is_imported() {
    for (kind, code) in [(KeyKind::Vault, None), (KeyKind::Index, None), (KeyKind::Log, Some(Code::LogKeyMissing))] {
        let bank = bank().await;
        std::fs::remove_file(bank.dir.path().join("keys").join(kind.file_name())).unwrap();
        let stopped = bank.import(&[ROW_1]).await.unwrap_err();
        match (stopped.cause, code) {
            (ImportError::Vault(VaultError::Key(KeyError::Missing(missing))), None) => assert_eq!(missing, kind),
            (ImportError::Act(error), Some(code)) => assert_eq!(domain::desk::DeskError::from(error).code(), code),
            (other, _) => panic!("{kind:?}: {other}"),
        }
        assert_eq!(bank.count("SELECT count(*) FROM customer").await, 0);
    }
}

#[tokio::test]
async fn l1_every_sample_goes_in_and_a_thousand_rows_share_an_event() {
    let bank = bank().await;
    let mut csv = Vec::new();
    samples::write(2500, 1, Columns::WithFlags, &mut csv).unwrap();
    let summary = bank.import_as(&csv, None).await.unwrap();
    assert_eq!(summary.counts, Counts { added: 2500, ..Counts::default() });
    assert_eq!(summary.bytes, csv.len() as u64);
    let added: Vec<_> = bank.events().await.iter().map(|event| event.details.added).collect();
    assert_eq!(added, [Some(1000), Some(1000), Some(500)]);
    for guest in crate::guests::GUESTS {
        for (key, value) in [
            ("id_no", guest.id_no),
            ("mobile", guest.mobile),
            ("card_no", guest.card_no),
            ("customer_no", guest.customer_no),
        ] {
            assert_eq!(bank.find(key, value, guest.branch).await.len(), 1, "{key} of {}", guest.name);
        }
    }
    assert_eq!(bank.count("SELECT count(*) FROM customer WHERE flagged = 1").await, 1);
}

#[tokio::test]
async fn l1_a_chunk_prepared_on_what_another_import_changed_is_refused_and_recorded() {
    let bank = bank().await;
    bank.import(&[ROW_1]).await.unwrap();
    let act = WriteChunk {
        batch: BatchId::from_bytes([1; 16]),
        source: SourceName::parse("csv").unwrap(),
        batch_name: None,
        os_user: None,
        changes: vec![bank.stale_change().await],
        counts: Counts { added: 1, ..Counts::default() },
    };
    let refused = bank.importer.ledger.act(act).await.err().unwrap();
    assert_eq!(domain::desk::DeskError::from(refused).code(), Code::Changed);
    let last = bank.events().await.pop().unwrap();
    assert_eq!((last.decision, last.code), (Decision::Refused, Some(Code::Changed)));
    assert_eq!(bank.count("SELECT count(*) FROM customer").await, 1);
}

/// `cargo test --release -p backoffice --lib -- --ignored --nocapture measure_import`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a rule"]
#[expect(clippy::disallowed_methods, reason = "a measurement of time")]
async fn measure_import() {
    let bank = bank().await;
    let rows = std::env::var("ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(100_000);
    let path = bank.dir.path().join("sample.csv");
    let started = std::time::Instant::now();
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    samples::write(rows, 7, Columns::Catalogue, &mut file).unwrap();
    println!("written: {:.2} s", started.elapsed().as_secs_f64());
    let peak = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        status
            .lines()
            .find(|line| line.starts_with("VmHWM"))
            .map(|line| line.replace(['\t', ' '], ""))
            .unwrap_or_default()
    };
    for what in ["new", "again"] {
        let started = std::time::Instant::now();
        let mut rejects = RejectFile::at(bank.rejects()).unwrap();
        let file = std::fs::File::open(&path).unwrap();
        let summary = bank.importer.run(file, None, &mut rejects, |_| ()).await.unwrap();
        let seconds = started.elapsed().as_secs_f64();
        println!(
            "{what}: {:?} {seconds:.2} s, {:.0} rows/s, {}",
            summary.counts,
            summary.rows as f64 / seconds,
            peak()
        );
    }
}
