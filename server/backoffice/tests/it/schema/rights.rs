//! Who may do what on PostgreSQL, table by table: a new table without a line here fails.

use super::cluster::{Database, cluster, run};
use sqlx::{ConnectOptions, Row};

const ROLES: [&str; 3] = ["grille_app", "grille_desk", "grille_vault"];
const EVERY: [&str; 7] = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"];

/// Written once, or at least never deleted: `grille_app` may add.
const ADDED_TO: &[&str] = &[
    "channel_check",
    "export",
    "export_reading",
    "export_submission",
    "export_vote",
    "export_withdrawal",
    "log_entry",
    "log_tile",
    "log_verification",
    "note",
    "recipient",
    "recipient_decision",
    "recipient_end",
    "staff_certification",
    "staff_change",
    "staff_decision",
];
/// Changed, and never deleted.
const CHANGED: &[&str] = &[
    "customer",
    "customer_mask",
    "enrol_link",
    "export_run",
    "handle",
    "log_head",
    "passkey",
    "policy_state",
    "reveal_use",
    "session",
    "staff",
    "step_up",
    "vault_customer",
    "work_case",
];
/// Added and taken away, and not changed.
const PASSING: &[&str] =
    &["export_row", "export_staging", "search_result", "sign_in_try", "sso_answer", "vault_index", "vault_token"];
/// Of the moment.
const WORKING: &[&str] = &["budget_customer", "budget_meter", "draft", "form_turn", "log_reading", "refusal_count"];
/// Beside its own, what `grille_vault` joins.
const JOINED: &[&str] = &["customer", "customer_mask", "export_row"];

/// What a role should have on a table.
fn wanted(role: &str, table: &str) -> Option<Vec<&'static str>> {
    let groups: [(&[&str], &[&'static str]); 5] = [
        (ADDED_TO, &["SELECT", "INSERT"]),
        (CHANGED, &["SELECT", "INSERT", "UPDATE"]),
        (PASSING, &["SELECT", "INSERT", "DELETE"]),
        (WORKING, &["SELECT", "INSERT", "UPDATE", "DELETE"]),
        (&["_sqlx_migrations"], &["SELECT"]),
    ];
    let (_, app) = groups.into_iter().find(|(tables, _)| tables.contains(&table))?;
    let of_the_vault = table.starts_with("vault_");
    Some(match role {
        "grille_app" => app.to_vec(),
        "grille_desk" if of_the_vault => vec![],
        "grille_desk" => vec!["SELECT"],
        // its owner
        "grille_vault" if of_the_vault => EVERY.to_vec(),
        "grille_vault" if JOINED.contains(&table) => vec!["SELECT"],
        _ => vec![],
    })
}

#[tokio::test]
async fn a1_each_role_has_the_rights_it_needs_on_each_table_and_no_others() {
    let Some(database) = Database::fresh().await else { return };
    let mut owner = database.owner().await;
    let tables = "SELECT relname::text, nspname::text, relacl::text FROM pg_class JOIN pg_namespace ON \
        pg_namespace.oid = relnamespace WHERE nspname IN ('public', 'vault') AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')";
    let tables = sqlx::query(tables).fetch_all(&mut owner).await.unwrap();
    assert_eq!(tables.len(), 44);
    for row in tables {
        let (table, schema): (String, String) = (row.get(0), row.get(1));
        assert_eq!(table.starts_with("vault_"), schema == "vault", "{table}");
        for role in ROLES {
            let wanted = wanted(role, &table).unwrap_or_else(|| panic!("nobody said who may do what with {table}"));
            for right in EVERY {
                let sql =
                    "SELECT has_schema_privilege($1, $2, 'USAGE') AND has_table_privilege($1, $2 || '.' || $3, $4)";
                let query = sqlx::query_scalar(sql).bind(role).bind(&schema).bind(&table).bind(right);
                let has: bool = query.fetch_one(&mut owner).await.unwrap();
                assert_eq!(has, wanted.contains(&right), "{role} {right} {table}");
            }
        }
        // An entry without a name is PUBLIC's.
        let acl: String = row.get(2);
        let others = acl.trim_matches(['{', '}']).split(',').map(|entry| entry.split('=').next().unwrap());
        for other in others {
            assert!(ROLES.contains(&other) || other == "postgres", "{table}: {acl}");
        }
    }
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
    let Some(cluster) = cluster() else { return };
    let _made = Database::fresh().await;
    let mut conn = cluster.connect().await.unwrap();
    run(&mut conn, "DROP ROLE IF EXISTS test_stranger; CREATE ROLE test_stranger LOGIN").await.unwrap();
    let mut stranger = cluster.username("test_stranger").connect().await.unwrap();
    let refused = run(&mut stranger, include_str!("../../../../../migrations/postgres/roles.sql")).await.unwrap_err();
    let refused = refused.into_database_error().unwrap();
    assert_eq!(refused.message(), "test_stranger may not make the roles of Grille");
    let hint = refused.downcast_ref::<sqlx::postgres::PgDatabaseError>().hint().unwrap();
    assert!(hint.ends_with("GRANT grille_app, grille_desk, grille_vault TO test_stranger;"), "{hint}");
}
