//! What PostgreSQL itself refuses, whoever asks.

use super::cluster::{Database, run};
use sqlx::PgConnection;

const ENTRY: &str = "INSERT INTO log_entry (seq, leaf_hash, bytes, time, kind, decision) VALUES";

async fn refused(conn: &mut PgConnection, sql: &str) -> String {
    match run(conn, sql).await {
        Err(sqlx::Error::Database(error)) => match error.constraint() {
            // A trigger names itself twice: for people, and for programs.
            Some(name) => {
                assert_eq!(name, error.message(), "{sql}");
                name.into()
            }
            None => error.message().into(),
        },
        other => panic!("{sql}: {other:?}"),
    }
}

#[tokio::test]
async fn a1_the_log_refuses_its_owner_and_the_role_that_writes_it() {
    let Some(database) = Database::fresh().await else { return };
    let mut owner = database.owner().await;
    run(&mut owner, "INSERT INTO log_head VALUES (1, 2, '', 7, '')").await.unwrap();
    run(&mut owner, &format!("{ENTRY} (0, '', '', 0, 'a', 'b'), (1, '', '', 0, 'a', 'b')")).await.unwrap();
    run(&mut owner, "INSERT INTO log_tile VALUES (0, 0, '', '')").await.unwrap();
    let mut app = database.role("grille_app").await;
    for conn in [&mut owner, &mut app] {
        for seq in [0, 1, 3] {
            assert_eq!(refused(conn, &format!("{ENTRY} ({seq}, '', '', 0, 'a', 'b')")).await, "log_entry_has_no_gap");
        }
        // Within one statement too.
        let two = format!("{ENTRY} (2, '', '', 0, 'a', 'b'), (4, '', '', 0, 'a', 'b')");
        assert_eq!(refused(conn, &two).await, "log_entry_has_no_gap");
        for head in ["size = 1", "latest = 6"] {
            assert_eq!(refused(conn, &format!("UPDATE log_head SET {head}")).await, "log_head_only_grows");
        }
    }
    for (sql, name) in [
        ("UPDATE log_entry SET time = 1", "log_entry_is_never_changed"),
        ("UPDATE log_entry SET time = 1 WHERE seq = 99", "log_entry_is_never_changed"),
        ("DELETE FROM log_entry", "log_entry_is_never_deleted"),
        ("TRUNCATE log_entry", "log_entry_is_never_deleted"),
        ("UPDATE log_tile SET root = ''", "log_tile_is_never_changed"),
        ("DELETE FROM log_tile", "log_tile_is_never_deleted"),
        ("TRUNCATE log_tile", "log_tile_is_never_deleted"),
        ("DELETE FROM log_head", "log_head_is_never_deleted"),
        ("TRUNCATE log_head", "log_head_is_never_deleted"),
    ] {
        assert_eq!(refused(&mut owner, sql).await, name, "{sql}");
        let denied = refused(&mut app, sql).await;
        assert!(denied.starts_with("permission denied for table log_"), "{sql}: {denied}");
    }
    let mut app = database.role("grille_app").await;
    for sql in ["ALTER TABLE log_entry DISABLE TRIGGER ALL", "DROP TRIGGER log_entry_has_no_gap ON log_entry"] {
        assert!(refused(&mut app, sql).await.starts_with("must be owner of"), "{sql}");
    }
}

#[tokio::test]
async fn e5_whatever_is_written_once_is_not_truncated_either() {
    let Some(database) = Database::fresh().await else { return };
    let mut owner = database.owner().await;
    let sql = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%\\_is\\_never\\_deleted'";
    let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut owner).await.unwrap();
    assert_eq!(tables.len(), 16);
    for table in tables {
        let name = refused(&mut owner, &format!("TRUNCATE {table} CASCADE")).await;
        assert!(name.ends_with("_is_never_deleted") || name == "export_row_is_never_emptied", "{table}: {name}");
    }
}

#[tokio::test]
async fn v2_a_totp_step_only_grows_and_a_case_is_bound_once_and_a_token_stays_what_it_is() {
    let Some(database) = Database::fresh().await else { return };
    let mut owner = database.owner().await;
    let rows = "INSERT INTO staff (id, staff_no, person, name, role, unit, password_hash, totp_sealed, totp_step, created_at) \
            VALUES ('1', 'op', 'P', 'n', 'operator', 'u', '', 'a', 5, 0); \
        INSERT INTO note VALUES ('1', 'P', '1', '', '', 0); \
        INSERT INTO work_case (id, staff, purpose, ticket, identified, note, opened_at, customer) \
            VALUES ('1', '1', 'p', 't', 'i', '1', 0, 'c'); \
        INSERT INTO vault.vault_token VALUES ('1', '1', '1', 'f', 1)";
    run(&mut owner, rows).await.unwrap();
    for (sql, name) in [
        ("UPDATE staff SET totp_step = 4", "staff_totp_step_only_grows"),
        ("UPDATE work_case SET customer = 'd'", "work_case_is_bound_once"),
        ("UPDATE work_case SET customer = NULL", "work_case_is_bound_once"),
        ("UPDATE vault.vault_token SET item = 2", "vault_token_is_never_changed"),
        ("UPDATE staff SET certified_until = 9", "staff_certified_until_moves_with_a_certification"),
    ] {
        assert_eq!(refused(&mut owner, sql).await, name, "{sql}");
    }
    run(&mut owner, "UPDATE staff SET totp_step = 1, totp_sealed = 'b'").await.unwrap();
    run(&mut owner, "UPDATE work_case SET customer = 'c', closed_at = 1").await.unwrap();
}

#[tokio::test]
async fn m3_what_shows_masks_sees_nothing_of_the_vault() {
    let Some(database) = Database::fresh().await else { return };
    let mut desk = database.role("grille_desk").await;
    run(&mut desk, "SELECT masks FROM customer_mask").await.unwrap();
    for table in ["vault_customer", "vault_index", "vault_token"] {
        assert_eq!(
            refused(&mut desk, &format!("SELECT 1 FROM vault.{table}")).await,
            "permission denied for schema vault"
        );
    }
    let mut vault = database.role("grille_vault").await;
    run(&mut vault, "SELECT sealed FROM vault_customer JOIN customer ON customer.id = customer").await.unwrap();
    assert_eq!(refused(&mut vault, "SELECT totp_sealed FROM staff").await, "permission denied for table staff");
}
