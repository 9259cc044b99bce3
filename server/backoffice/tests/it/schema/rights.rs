//! Who may do what on PostgreSQL: what the migrations grant is what `store::rights` says, and `doctor` notices the rest.

use super::cluster::{Database, cluster, run};
use backoffice::store::rights::{self, Login, Wrong};
use backoffice::store::{Db, Postgres, health};
use sqlx::ConnectOptions;

const ROLES: [&str; 3] = ["grille_app", "grille_desk", "grille_vault"];

/// Members are the cluster's, so those of other tests are among them.
async fn wrong(postgres: &Postgres) -> Vec<Wrong> {
    let mut wrong = rights::wrong(postgres).await.unwrap();
    wrong.retain(|one| !matches!(one, Wrong::Member { .. }));
    wrong
}

#[tokio::test]
async fn a1_each_role_has_the_rights_it_needs_on_each_table_and_no_others() {
    let Some(database) = Database::fresh().await else { return };
    let (mut owner, postgres) = (database.owner().await, database.read_only().await);
    assert_eq!(wrong(&postgres).await, []);
    let stranger = database.stranger().await;
    let excess = |role: &str, right: &str, table: &str| Wrong::Excess {
        role: role.into(),
        right: right.into(),
        table: table.into(),
    };
    for (sql, expected) in [
        ("GRANT UPDATE ON log_entry TO grille_app", excess("grille_app", "UPDATE", "log_entry")),
        ("GRANT DELETE ON log_tile TO grille_app", excess("grille_app", "DELETE", "log_tile")),
        ("GRANT TRUNCATE ON log_head TO grille_app", excess("grille_app", "TRUNCATE", "log_head")),
        ("GRANT DELETE ON export_vote TO grille_app", excess("grille_app", "DELETE", "export_vote")),
        ("GRANT INSERT ON session TO grille_desk", excess("grille_desk", "INSERT", "session")),
        ("GRANT SELECT ON staff TO grille_vault", excess("grille_vault", "SELECT", "staff")),
        (
            "GRANT TRUNCATE ON vault.vault_customer TO grille_vault",
            excess("grille_vault", "TRUNCATE", "vault_customer"),
        ),
        (
            "REVOKE INSERT ON log_entry FROM grille_app",
            Wrong::Lack { role: "grille_app".into(), right: "INSERT".into(), table: "log_entry".into() },
        ),
        ("GRANT SELECT ON customer TO PUBLIC", Wrong::Other { role: "PUBLIC".into(), table: "customer".into() }),
        (
            &format!("GRANT UPDATE ON vault.vault_customer TO {stranger}"),
            Wrong::Other { role: stranger.clone(), table: "vault_customer".into() },
        ),
        (
            &format!("GRANT SELECT (password_hash) ON staff TO {stranger}"),
            Wrong::Other { role: stranger.clone(), table: "staff".into() },
        ),
        ("CREATE TABLE copied AS SELECT * FROM customer", Wrong::Unknown { table: "copied".into() }),
        ("CREATE VIEW vault.seen AS SELECT * FROM vault.vault_index", Wrong::Unknown { table: "seen".into() }),
    ] {
        run(&mut owner, &format!("BEGIN; {sql}; COMMIT")).await.unwrap();
        let wrong = wrong(&postgres).await;
        assert!(wrong.contains(&expected), "{sql}: {wrong:?}");
    }
    assert_eq!(wrong(&postgres).await.len(), 13);
}

#[tokio::test]
async fn a1_it_is_noticed_who_else_can_act_as_a_role_of_ours() {
    let Some(database) = Database::fresh().await else { return };
    let (mut owner, postgres) = (database.owner().await, database.read_only().await);
    let stranger = database.stranger().await;
    let member = Wrong::Member { login: stranger.clone(), role: "grille_vault".into() };
    assert!(!rights::wrong(&postgres).await.unwrap().contains(&member));
    run(&mut owner, &format!("GRANT grille_vault TO {stranger}")).await.unwrap();
    assert!(rights::wrong(&postgres).await.unwrap().contains(&member));
    assert_eq!(rights::login(&postgres).await.unwrap(), Login { superuser: true, owns: 45 });
    run(&mut owner, &format!("GRANT grille_app, grille_desk TO {stranger}")).await.unwrap();
    let theirs = database.read_only_as(&stranger).await;
    assert_eq!(rights::login(&theirs).await.unwrap(), Login { superuser: false, owns: 0 });
    run(&mut owner, &format!("ALTER TABLE log_head OWNER TO {stranger}")).await.unwrap();
    assert_eq!(rights::login(&theirs).await.unwrap(), Login { superuser: false, owns: 1 });
}

#[tokio::test]
async fn a1_it_is_noticed_when_a_trigger_is_gone_or_turned_off() {
    let Some(database) = Database::fresh().await else { return };
    let (mut owner, db) = (database.owner().await, Db::Postgres(database.read_only().await));
    assert_eq!(health::triggers_missing(&db).await.unwrap(), [""; 0]);
    run(&mut owner, "ALTER TABLE log_entry DISABLE TRIGGER log_entry_has_no_gap").await.unwrap();
    run(&mut owner, "DROP TRIGGER export_vote_is_never_changed ON export_vote").await.unwrap();
    // One that fires on a replica alone does not fire here.
    run(&mut owner, "ALTER TABLE staff ENABLE REPLICA TRIGGER staff_totp_step_only_grows").await.unwrap();
    let expected = ["export_vote_is_never_changed", "log_entry_has_no_gap", "staff_totp_step_only_grows"];
    assert_eq!(health::triggers_missing(&db).await.unwrap(), expected);
}

#[tokio::test]
async fn v3_the_settings_on_which_a_commit_rests_are_read_back() {
    let Some(database) = Database::fresh().await else { return };
    let db = Db::Postgres(database.read_only().await);
    let settings = health::settings(&db).await.unwrap();
    assert_eq!(
        settings.iter().map(|one| one.name).collect::<Vec<_>>(),
        ["synchronous_commit", "fsync", "full_page_writes", "server_encoding"]
    );
    assert!(settings.iter().all(|one| one.is == one.wanted), "{settings:?}");
    assert!(health::server_version(&db).await.unwrap().unwrap() > 140_000);
}

#[tokio::test]
async fn a1_no_role_signs_in_or_is_more_than_it_is() {
    let Some(database) = Database::fresh().await else { return };
    let sql = "SELECT rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls OR \
        EXISTS (SELECT 1 FROM pg_auth_members WHERE member = pg_roles.oid) FROM pg_roles WHERE rolname = $1";
    let mut owner = database.owner().await;
    for role in ROLES {
        assert!(!sqlx::query_scalar::<_, bool>(sql).bind(role).fetch_one(&mut owner).await.unwrap(), "{role}");
        let mut conn = database.role(role).await;
        for sql in
            ["CREATE TABLE public.mine (a int)", "CREATE TEMPORARY TABLE log_entry (a int)", "CREATE SCHEMA mine"]
        {
            let refused = run(&mut conn, sql).await.unwrap_err().to_string();
            assert!(refused.contains("permission denied"), "{role}: {sql}: {refused}");
        }
    }
}

#[tokio::test]
async fn o1_whoever_may_not_make_the_roles_is_told_what_to_ask_for() {
    let (Some(cluster), Some(database)) = (cluster(), Database::fresh().await) else { return };
    let stranger = database.stranger().await;
    let mut conn = cluster.username(&stranger).connect().await.unwrap();
    let refused = run(&mut conn, include_str!("../../../../../migrations/postgres/roles.sql")).await.unwrap_err();
    let refused = refused.into_database_error().unwrap();
    assert_eq!(refused.message(), format!("{stranger} may not make the roles of Grille"));
    let hint = refused.downcast_ref::<sqlx::postgres::PgDatabaseError>().hint().unwrap();
    assert!(hint.ends_with(&format!("GRANT grille_app, grille_desk, grille_vault TO {stranger};")), "{hint}");
}

#[test]
fn u8_a_server_elsewhere_that_need_not_prove_who_it_is_is_unguarded() {
    let unguarded = |url| backoffice::store::Address::parse(url, None).unwrap().is_unguarded();
    for url in ["postgres://a@localhost/b", "postgres://a@127.0.0.1:5433/b", "postgres:///b?host=/run/postgresql"] {
        assert!(!unguarded(url), "{url}");
    }
    assert!(!unguarded("postgres://a@db.bank.example/b?sslmode=verify-full"));
    for url in ["postgres://a@db.bank.example/b", "postgres://a@10.0.0.1/b?sslmode=require", "postgres://a@10.0.0.1/b"]
    {
        assert!(unguarded(url), "{url}");
    }
}
