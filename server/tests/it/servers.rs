//! `grille doctor` on PostgreSQL: what a server lets whom do (A1). Passes by where there is no cluster.

use crate::app::{Home, told};
use crate::operating::{doctor, found};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// A database of the cluster that `cargo xtask postgres` started, by its address.
struct Server(String);

impl Server {
    fn new(name: &str) -> Option<Self> {
        let cluster = std::env::var("TEST_POSTGRES").ok()?;
        let name = format!("doctor_{}_{name}", std::process::id());
        run(&format!("{cluster}/postgres"), &format!("CREATE DATABASE {name}"));
        Some(Self(format!("{cluster}/{name}")))
    }
    fn run(&self, sql: &str) {
        run(&self.0, sql);
    }
}

fn run(url: &str, sql: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut conn = PgConnection::connect(url).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    });
}

#[test]
fn a1_doctor_names_a_right_too_many_and_a_trigger_that_is_off() {
    let Some(server) = Server::new("rights") else { return };
    let home = Home::new();
    let env = [("GRILLE_DATABASE_URL", server.0.as_str())];
    let made = home.run_with(&["init"], &env);
    assert!(made.status.success(), "{}", told(&made));
    let says = |report: &Value, check: &str| found(report, check)["says"].as_str().unwrap().to_owned();
    let (_, report) = doctor(&home, &env);
    for check in ["database", "server", "server_tls", "triggers", "pragma", "schema", "signature"] {
        assert_eq!(found(&report, check)["level"], "ok", "{check}: {report:#}");
    }
    // The cluster's one login is a superuser: that is told, and no problem.
    assert_eq!(found(&report, "login")["level"], "warning");
    // Roles are the cluster's, so other tests' members of them may be named; no table of this database is.
    assert!(!says(&report, "rights").contains(" log_entry"), "{report:#}");
    server.run("GRANT UPDATE ON log_entry TO grille_app");
    server.run("ALTER TABLE log_head DISABLE TRIGGER log_head_only_grows");
    let (code, report) = doctor(&home, &env);
    assert_eq!((code, &found(&report, "rights")["level"]), (Some(1), &"problem".into()));
    assert!(says(&report, "rights").contains("grille_app may UPDATE log_entry"), "{report:#}");
    assert!(says(&report, "triggers").contains("log_head_only_grows"), "{report:#}");
}
