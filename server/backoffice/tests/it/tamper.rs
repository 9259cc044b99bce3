//! Someone has the file and no key: whatever they change, `verify` says where (A1, A3, A4).

use crate::database::Database;
use crate::filled::{Fill, filled};
use crate::intruder;
use crate::office::{TestOffice, origin};
use backoffice::audit::{Column, NoteFault, Verified, VerifyError, Wrong, verify};
use backoffice::store::log::{self, EntryRow, Head};
use backoffice::store::statement::sql;
use backoffice::store::{Conn, Db};
use domain::audit::checkpoint::{Checkpoint, SigningKey, VerifierKey};
use domain::audit::event::AuditEvent;
use domain::audit::merkle::{Frontier, Hash, leaf_hash};
use domain::clock::Span;
use domain::id::CustomerId;
use futures_util::TryStreamExt;
use std::sync::Arc;

/// Entries: one full tile and a tail.
const SIZE: u64 = 300;
/// A copy of the log in an intruder's hands: the triggers are gone.
struct Copy {
    database: Arc<Database>,
    key: VerifierKey,
    /// Where it lies, if it is a file.
    _dir: tempfile::TempDir,
}

impl Copy {
    async fn of(house: &TestOffice) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let database = Database::new(dir.path()).await;
        if database.is_file() {
            house.meddle("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
            std::fs::copy(house.path("grille.db"), dir.path().join("grille.db")).unwrap();
        }
        let copy = Self { database: Arc::new(database), key: house.key(), _dir: dir };
        let triggers = [
            "entry_is_never_changed",
            "entry_is_never_deleted",
            "entry_has_no_gap",
            "tile_is_never_changed",
            "tile_is_never_deleted",
            "head_only_grows",
            "head_is_never_deleted",
        ];
        let drops: Vec<String> = triggers.iter().map(|name| format!("DROP TRIGGER log_{name};")).collect();
        copy.run(&format!("BEGIN; {} COMMIT", drops.concat())).await;
        if let (Conn::Postgres(from), Conn::Postgres(to)) = (&mut house.intruder().await, &mut copy.conn().await) {
            for table in ["log_entry", "log_tile", "log_head"] {
                let out = from.copy_out_raw(&format!("COPY {table} TO STDOUT")).await.unwrap();
                let rows: Vec<_> = out.try_collect().await.unwrap();
                let mut into = to.copy_in_raw(&format!("COPY {table} FROM STDIN")).await.unwrap();
                for row in rows {
                    into.send(row).await.unwrap();
                }
                into.finish().await.unwrap();
            }
        }
        copy
    }

    async fn conn(&self) -> Conn {
        self.database.intruder().await
    }

    async fn run(&self, sql: &str) {
        intruder::run(&mut self.conn().await, sql).await.unwrap();
    }

    async fn db(&self) -> Db {
        self.database.open().await
    }

    async fn verified(&self, outside: Option<&str>) -> Verified {
        verify(&self.db().await, Some(&self.key), outside).await.unwrap()
    }
}

/// What `verify` finds first after this SQL.
async fn first(house: &TestOffice, sql: &str) -> (Option<u64>, Wrong) {
    let copy = Copy::of(house).await;
    copy.run(sql).await;
    let verified = copy.verified(None).await;
    assert!(!verified.ok(), "not noticed: {sql}");
    (verified.findings[0].leaf, verified.findings[0].what)
}

#[tokio::test]
async fn a4_a_log_that_nobody_touched_is_whole() {
    let house = filled(SIZE).await;
    let verified = house.whole().await;
    assert_eq!((verified.size, verified.checkpoint_size, verified.outside_size), (SIZE, Some(SIZE), None));
    let outside = house.checkpoint().await;
    let verified = verify(house.office.db(), Some(&house.key()), Some(&outside)).await.unwrap();
    assert!(verified.ok() && verified.outside_size == Some(SIZE), "{verified}");
    assert!(matches!(verify(house.office.db(), None, Some(&outside)).await, Err(VerifyError::KeyWanted)));
    let unsigned = verify(house.office.db(), None, None).await.unwrap();
    assert!(unsigned.ok() && unsigned.checkpoint_size.is_none());
    assert_eq!(Copy::of(&house).await.verified(None).await, house.whole().await);
}

#[tokio::test]
async fn a4_verify_names_the_leaf_for_each_column_of_each_entry() {
    let house = filled(SIZE).await;
    // In a full tile, and in the tail that no tile holds.
    for leaf in [7, SIZE - 3] {
        let columns = [
            (Column::Time, "time = time + 1"),
            (Column::Kind, "kind = 'customer_viewed'"),
            (Column::Decision, "decision = 'allowed'"),
            (Column::Code, "code = 'changed'"),
            (Column::Code, "code = NULL"),
            (Column::StaffNo, "staff_no = 'op1002'"),
            (Column::StaffNo, "staff_no = NULL"),
            (Column::StaffNo, "staff_no = CAST(x'ff' AS TEXT)"),
            (Column::Customer, "customer = x'00'"),
            (Column::Customer, "customer = NULL"),
            (Column::WorkCase, "work_case = zeroblob(16)"),
            (Column::Purpose, "purpose = 'fraud'"),
            (Column::Field, "field = 'mobile'"),
            (Column::Field, "field = ''"),
            (Column::Alert, "alert = 'x'"),
        ];
        for (column, change) in columns {
            // PostgreSQL keeps no text that is none.
            if change.contains("x'ff'") && !house.database.is_file() {
                continue;
            }
            let found = first(&house, &format!("UPDATE log_entry SET {change} WHERE seq = {leaf}")).await;
            assert_eq!(found, (Some(leaf), Wrong::ColumnDiffers { column }), "{change}");
        }
        for change in
            ["leaf_hash = zeroblob(32)", "leaf_hash = x''", "bytes = CAST(bytes || x'20' AS BLOB)", "bytes = x''"]
        {
            let found = first(&house, &format!("UPDATE log_entry SET {change} WHERE seq = {leaf}")).await;
            assert_eq!(found, (Some(leaf), Wrong::LeafHash), "{change}");
        }
        let found = first(&house, &format!("UPDATE log_entry SET seq = 1000 WHERE seq = {leaf}")).await;
        assert_eq!(found.0, Some(leaf));
    }
}

#[tokio::test]
async fn a4_verify_names_each_column_of_a_tile() {
    let house = filled(SIZE).await;
    let tile = |level, index| (level, index);
    let (level, index) = tile(0, 0);
    for (change, wrong) in [
        ("hashes = x''", (Some(0), Wrong::TileHashes { level, index })),
        ("hashes = substr(hashes, 1, 8191)", (Some(255), Wrong::TileHashes { level, index })),
        ("hashes = CAST(hashes || x'00' AS BLOB)", (Some(255), Wrong::TileHashes { level, index })),
        (
            "hashes = CAST(substr(hashes, 1, 320) || zeroblob(32) || substr(hashes, 353) AS BLOB)",
            (Some(10), Wrong::TileHashes { level, index }),
        ),
        ("root = zeroblob(32)", (Some(0), Wrong::TileRoot { level, index })),
        ("root = x''", (Some(0), Wrong::TileRoot { level, index })),
        ("level = 1", (Some(0), Wrong::TileMissing { level, index })),
        ("idx = 1", (Some(0), Wrong::TileMissing { level, index })),
        ("idx = -1", (Some(0), Wrong::TileMissing { level, index })),
    ] {
        assert_eq!(first(&house, &format!("UPDATE log_tile SET {change}")).await, wrong, "{change}");
    }
    let missing = (Some(0), Wrong::TileMissing { level, index });
    assert_eq!(first(&house, "DELETE FROM log_tile").await, missing);
    for (level, index) in [(0, 1), (0, -1), (1, 0), (-1, 0), (200, 0)] {
        let extra = format!("INSERT INTO log_tile VALUES ({level}, {index}, zeroblob(8192), zeroblob(32))");
        assert_eq!(first(&house, &extra).await, (None, Wrong::TileExtra { level, index }));
    }
}

#[tokio::test]
async fn a4_verify_names_each_column_of_the_head() {
    let house = filled(SIZE).await;
    let note = |fault| Wrong::HeadNote { fault };
    for (change, wrong) in [
        ("root = zeroblob(32)", (None, Wrong::HeadRoot)),
        ("root = x''", (None, Wrong::HeadRoot)),
        ("latest = latest + 1", (None, Wrong::HeadLatest)),
        ("latest = 0", (None, Wrong::HeadLatest)),
        ("size = 299", (Some(299), Wrong::Extra)),
        ("size = 301", (Some(300), Wrong::Missing { until: 301 })),
        ("size = 9000000000000000000", (Some(300), Wrong::Missing { until: 9_000_000_000_000_000_000 })),
        ("size = 0", (Some(0), Wrong::Extra)),
        ("note = ''", (None, note(NoteFault::Malformed))),
        ("note = CAST(x'ff' AS TEXT)", (None, note(NoteFault::Malformed))),
        ("note = replace(note, 'bank.example', 'bonk.example')", (None, note(NoteFault::Unsigned))),
        ("note = replace(note, char(10) || '300' || char(10), char(10) || '299' || char(10))", {
            (None, note(NoteFault::WrongSignature))
        }),
    ] {
        assert_eq!(first(&house, &format!("UPDATE log_head SET {change}")).await, wrong, "{change}");
    }
    assert_eq!(first(&house, "UPDATE log_head SET size = -1").await, (Some(0), Wrong::Extra));
    assert_eq!(first(&house, "DELETE FROM log_head").await, (Some(0), Wrong::Extra));
    let moved = "PRAGMA ignore_check_constraints = ON; UPDATE log_head SET id = 2";
    assert_eq!(first(&house, moved).await, (Some(0), Wrong::Extra));
}

#[tokio::test]
async fn a4_a_deleted_row_is_named_wherever_it_stood() {
    let house = filled(SIZE).await;
    for leaf in [0, 7, 255, 256, SIZE - 1] {
        let found = first(&house, &format!("DELETE FROM log_entry WHERE seq = {leaf}")).await;
        assert_eq!(found, (Some(leaf), Wrong::Missing { until: leaf + 1 }));
    }
    assert_eq!(first(&house, "DELETE FROM log_entry").await, (Some(0), Wrong::Missing { until: SIZE }));
    let inserted = "INSERT INTO log_entry SELECT 300, leaf_hash, bytes, time, kind, decision, code, staff_no, \
        customer, work_case, purpose, field, alert FROM log_entry WHERE seq = 299";
    assert_eq!(first(&house, inserted).await, (Some(300), Wrong::Extra));
    let below = inserted.replace("SELECT 300", "SELECT -1");
    assert_eq!(first(&house, &below).await, (None, Wrong::Misnumbered));
}

#[tokio::test]
async fn a4_of_two_swapped_rows_the_first_is_named() {
    let house = filled(SIZE).await;
    let swapped = |one: u64, other: u64| {
        format!(
            "UPDATE log_entry SET seq = -2 WHERE seq = {one}; UPDATE log_entry SET seq = {one} WHERE seq = {other}; \
             UPDATE log_entry SET seq = {other} WHERE seq = -2"
        )
    };
    // Of one time, in a tile: the tile tells.
    let found = first(&house, &swapped(20, 30)).await;
    assert_eq!(found, (Some(20), Wrong::TileHashes { level: 0, index: 0 }));
    // In the tail, where no tile is: time tells, at the first that is earlier than the one before.
    let found = first(&house, &swapped(SIZE - 5, SIZE - 4)).await;
    assert_eq!(found, (Some(SIZE - 4), Wrong::TimeGoesBack));
}

/// Cuts the log to what it was, tiles, head, note and all: there is nothing to see in the file itself.
async fn cut(copy: &Copy, head: &Head) {
    let (size, latest) = (head.size, head.latest.millis());
    copy.run(&format!("DELETE FROM log_entry WHERE seq >= {size}; DELETE FROM log_tile WHERE idx >= {size} / 256"))
        .await;
    let update = sql("UPDATE log_head SET size = $1, root = $2, latest = $3, note = $4");
    let update = update.bind(size as i64).bind(&head.root.as_bytes()[..]).bind(latest).bind(&head.note);
    update.execute(&mut copy.conn().await).await.unwrap();
}

#[tokio::test]
async fn a3_a_cut_tail_disagrees_with_a_checkpoint_kept_outside() {
    let house = filled(SIZE - 5).await;
    let before = log::read_head(house.office.db()).await.unwrap().unwrap();
    for n in 0..5 {
        house.wait(Span::seconds(1));
        house.office.ledger().act(Fill(n)).await.unwrap_err();
    }
    let outside = house.checkpoint().await;
    let copy = Copy::of(&house).await;
    cut(&copy, &before).await;
    assert!(copy.verified(None).await.ok(), "a cut that was once signed cannot be seen from inside");
    let verified = copy.verified(Some(&outside)).await;
    let found: Vec<_> = verified.findings.iter().map(|finding| (finding.leaf, finding.what)).collect();
    assert_eq!(found, [(Some(SIZE - 5), Wrong::OutsideAhead { size: SIZE })]);
    assert_eq!(
        verified.to_string().lines().next().unwrap(),
        format!("entry {}: truncated or rolled back: the checkpoint kept outside has {SIZE} entries", SIZE - 5)
    );
}

#[tokio::test]
async fn a3_a_rolled_back_copy_disagrees_with_a_checkpoint_kept_outside_and_an_older_one_holds() {
    let house = filled(SIZE).await;
    let (old, older) = (Copy::of(&house).await, house.checkpoint().await);
    house.office.ledger().act(Fill(1)).await.unwrap_err();
    let verified = old.verified(Some(&house.checkpoint().await)).await;
    assert_eq!(verified.findings[0].what, Wrong::OutsideAhead { size: SIZE + 1 });
    let verified = verify(house.office.db(), Some(&house.key()), Some(&older)).await.unwrap();
    assert!(verified.ok() && verified.outside_size == Some(SIZE));
}

/// Changes one event and works out everything that follows from it, as one who has the file can.
async fn rewrite(copy: &Copy, leaf: u64, sign: impl FnOnce(u64, Hash) -> Option<String>) {
    let rows = log::entries(&copy.db().await, 0, u32::MAX).await.unwrap();
    let mut hashes = Vec::new();
    let conn = &mut copy.conn().await;
    for row in rows {
        let mut event = AuditEvent::decode(&row.bytes).unwrap();
        if row.seq == leaf {
            event.details.customer = Some(CustomerId::from_bytes([9; 16]));
        }
        let bytes = event.encode().unwrap();
        let row = EntryRow::of(row.seq, leaf_hash(&bytes), bytes, &event);
        hashes.push(leaf_hash(&row.bytes));
        let update = sql("UPDATE log_entry SET leaf_hash = $1, bytes = $2, customer = $3 WHERE seq = $4");
        let update = update.bind(row.leaf_hash).bind(row.bytes).bind(row.columns.customer);
        update.bind(row.seq as i64).execute(&mut *conn).await.unwrap();
    }
    let tile = &hashes[..256];
    let bytes: Vec<u8> = tile.iter().flat_map(|hash| *hash.as_bytes()).collect();
    let root = Frontier::from_leaves(tile.iter().copied()).root();
    let update = sql("UPDATE log_tile SET hashes = $1, root = $2");
    update.bind(bytes).bind(&root.as_bytes()[..]).execute(&mut *conn).await.unwrap();
    let root = Frontier::from_leaves(hashes.iter().copied()).root();
    let update = sql("UPDATE log_head SET root = $1, note = COALESCE($2, note)");
    let note = sign(hashes.len() as u64, root);
    update.bind(&root.as_bytes()[..]).bind(note).execute(&mut *conn).await.unwrap();
}

#[tokio::test]
async fn a3_a_log_rewritten_without_the_key_is_not_what_was_signed() {
    let house = filled(SIZE).await;
    let outside = house.checkpoint().await;
    let copy = Copy::of(&house).await;
    rewrite(&copy, 7, |_, _| None).await;
    let verified = copy.verified(None).await;
    assert_eq!(verified.findings[0].what, Wrong::NoteRoot { size: SIZE }, "{verified}");
    assert_eq!(verified.found, 1);

    // Signed anew by a key of the intruder's own, under the log's name.
    let other = SigningKey::from_seed(origin(), &[9; 32]);
    let copy = Copy::of(&house).await;
    rewrite(&copy, 7, |size, root| Some(other.sign(&Checkpoint { origin: origin(), size, root }).to_string())).await;
    let verified = copy.verified(None).await;
    assert_eq!(verified.findings[0].what, Wrong::HeadNote { fault: NoteFault::Unsigned });
    // Whoever is made to trust the intruder's key still has the checkpoint.
    let forged = Copy { key: other.verifier_key().clone(), ..copy };
    assert!(forged.verified(None).await.ok());
    let verified = forged.verified(Some(&outside)).await;
    assert_eq!(verified.findings[0].what, Wrong::OutsideNote { fault: NoteFault::Unsigned });
}

#[tokio::test]
async fn a3_a_log_rewritten_with_the_key_disagrees_with_a_checkpoint_kept_outside() {
    let house = filled(SIZE).await;
    let outside = house.checkpoint().await;
    let text = std::fs::read_to_string(house.path("keys/log.key")).unwrap();
    let seed = data_encoding::HEXLOWER.decode(text.trim().as_bytes()).unwrap().try_into().unwrap();
    let key = SigningKey::from_seed(origin(), &seed);
    let copy = Copy::of(&house).await;
    rewrite(&copy, 7, |size, root| Some(key.sign(&Checkpoint { origin: origin(), size, root }).to_string())).await;
    assert!(copy.verified(None).await.ok(), "who has file and key can rewrite both");
    let verified = copy.verified(Some(&outside)).await;
    assert_eq!(verified.findings[0].what, Wrong::OutsideRoot { size: SIZE });
}

#[tokio::test]
async fn a3_a_tail_rewritten_under_an_older_signature_is_unsigned() {
    let house = filled(SIZE).await;
    let older = house.checkpoint().await;
    house.wait(Span::seconds(1));
    house.office.ledger().act(Fill(1)).await.unwrap_err();
    let copy = Copy::of(&house).await;
    rewrite(&copy, SIZE, |_, _| Some(older)).await;
    let verified = copy.verified(None).await;
    assert_eq!((verified.findings[0].leaf, verified.findings[0].what), (Some(SIZE), Wrong::Unsigned));
    assert_eq!(verified.checkpoint_size, Some(SIZE));
}

#[tokio::test]
async fn a4_findings_are_said_in_words_and_in_json() {
    let house = filled(SIZE).await;
    let copy = Copy::of(&house).await;
    copy.run("UPDATE log_entry SET purpose = 'fraud' WHERE seq < 150").await;
    let verified = copy.verified(None).await;
    // The first entry is the server's start, which has no purpose.
    assert_eq!((verified.findings.len(), verified.found), (100, 150));
    assert!(verified.to_string().starts_with("entry 0: column purpose differs from its bytes\n"));
    assert!(verified.to_string().contains("\nand 50 more\n"));
    let json = serde_json::to_value(&verified.findings[1]).unwrap();
    assert_eq!(json, serde_json::json!({"leaf": 1, "wrong": "column_differs", "column": "purpose"}));
}
