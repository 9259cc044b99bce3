//! The log, read from the database file behind the server's back.

use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{ConnectOptions, Connection, Row};
use std::path::PathBuf;

/// Where the log is.
#[derive(Clone, Debug)]
pub struct Log(PathBuf);

/// One event: its place, and its bytes read as JSON.
#[derive(Clone, Debug)]
pub struct Event {
    pub seq: u64,
    pub json: Value,
}

impl Event {
    /// A member, `details/case` for one of the details; empty if it is not there.
    pub fn text(&self, path: &str) -> &str {
        self.json.pointer(&format!("/{path}")).and_then(Value::as_str).unwrap_or_default()
    }
}

impl Log {
    pub fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// What a request left.
    pub fn of_request(&self, request_id: &str) -> Vec<Event> {
        self.events("SELECT seq, bytes FROM log_entry WHERE instr(bytes, $1) > 0", request_id.as_bytes())
    }

    /// Events of a kind.
    pub fn of_kind(&self, kind: &str) -> Vec<Event> {
        self.events("SELECT seq, bytes FROM log_entry WHERE kind = CAST($1 AS TEXT) ORDER BY seq", kind.as_bytes())
    }

    /// Everything from a place on.
    pub fn from(&self, seq: u64) -> Vec<Event> {
        const SQL: &str = "SELECT seq, bytes FROM log_entry WHERE seq >= CAST($1 AS INTEGER) ORDER BY seq";
        self.events(SQL, seq.to_string().as_bytes())
    }

    /// Whom a handle means, as events name them.
    pub fn customer_of(&self, handle: &str) -> Option<Vec<u8>> {
        let handle = data_encoding::HEXLOWER.decode(handle.as_bytes()).expect("a handle is hexadecimal");
        let rows = self.rows("SELECT customer FROM handle WHERE handle = $1", &handle);
        rows.first().map(|row| row.get(0))
    }

    /// One number.
    pub fn number(&self, sql: &'static str) -> i64 {
        self.rows(sql, &[])[0].get(0)
    }

    /// Runs SQL as someone who has the file; the triggers of the log are in the way of none here.
    pub fn meddle(&self, sql: &str) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let options = SqliteConnectOptions::new().filename(&self.0);
            let mut conn = options.connect().await.expect("the database opens");
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut conn).await.expect("it is done");
            conn.close().await.expect("the database closes");
        });
    }

    /// Takes a table's triggers away; gives back the SQL that brings them back.
    pub fn without_triggers(&self, table: &str) -> String {
        const SQL: &str = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = CAST($1 AS TEXT)";
        let rows = self.rows(SQL, table.as_bytes());
        for row in &rows {
            self.meddle(&format!("DROP TRIGGER {}", row.get::<String, _>(0)));
        }
        rows.iter().map(|row| format!("{};", row.get::<String, _>(1))).collect()
    }

    fn events(&self, sql: &'static str, bound: &[u8]) -> Vec<Event> {
        let event = |row: &SqliteRow| {
            let bytes: Vec<u8> = row.get(1);
            assert_eq!(bytes[0], 1, "the version byte");
            let json = serde_json::from_slice(&bytes[1..]).expect("an event's bytes are JSON");
            Event { seq: row.get::<i64, _>(0) as u64, json }
        };
        self.rows(sql, bound).iter().map(event).collect()
    }

    fn rows(&self, sql: &'static str, bound: &[u8]) -> Vec<SqliteRow> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let options = SqliteConnectOptions::new().filename(&self.0).read_only(true);
            let mut conn = options.connect().await.expect("the database opens");
            let rows = sqlx::query(sql).bind(bound).fetch_all(&mut conn).await.expect("the database answers");
            conn.close().await.expect("the database closes");
            rows
        })
    }
}
