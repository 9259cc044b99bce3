//! The log, read from the database behind the server's back.

use backoffice::store::row::Row;
use backoffice::store::statement::{Statement, sql};
use backoffice::store::{Conn, SqliteConn, SqliteFile};
use serde_json::Value;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::path::PathBuf;

/// Where the log is.
#[derive(Clone, Debug)]
pub enum Log {
    File(PathBuf),
    Server(String),
}

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
    /// What a request left.
    pub fn of_request(&self, request_id: &str) -> Vec<Event> {
        let find = match self {
            Self::File(_) => "SELECT seq, bytes FROM log_entry WHERE instr(bytes, $1) > 0",
            Self::Server(_) => "SELECT seq, bytes FROM log_entry WHERE position($1 IN bytes) > 0",
        };
        self.events(sql(find).bind(request_id.as_bytes()))
    }

    /// Events of a kind.
    pub fn of_kind(&self, kind: &str) -> Vec<Event> {
        self.events(sql("SELECT seq, bytes FROM log_entry WHERE kind = $1 ORDER BY seq").bind(kind))
    }

    /// Everything from a place on.
    pub fn from(&self, seq: u64) -> Vec<Event> {
        self.events(sql("SELECT seq, bytes FROM log_entry WHERE seq >= $1 ORDER BY seq").bind(seq as i64))
    }

    /// Whom a handle means, as events name them.
    pub fn customer_of(&self, handle: &str) -> Option<Vec<u8>> {
        let handle = data_encoding::HEXLOWER.decode(handle.as_bytes()).expect("a handle is hexadecimal");
        let rows = self.rows(sql("SELECT customer FROM handle WHERE handle = $1").bind(handle));
        rows.first().map(|row| row.try_get(0).unwrap())
    }

    /// One number.
    pub fn number(&self, text: &'static str) -> i64 {
        self.rows(sql(text))[0].try_get(0).unwrap()
    }

    /// Runs SQL as someone who has the file; the triggers of the log are in the way of none here.
    pub fn meddle(&self, sql: &str) {
        self.file().run(sql).expect("it is done");
    }

    fn file(&self) -> SqliteConn {
        let Self::File(file) = self else { panic!("it is no file") };
        SqliteFile::at(file).connect().expect("the database opens")
    }

    /// Takes a table's triggers away; gives back the SQL that brings them back.
    pub fn without_triggers(&self, table: &str) -> String {
        let triggers = sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = $1").bind(table);
        let rows = self.rows(triggers);
        let text = |row: &Row, at: usize| row.try_get::<String>(at).unwrap();
        for row in &rows {
            self.meddle(&format!("DROP TRIGGER {}", text(row, 0)));
        }
        rows.iter().map(|row| format!("{};", text(row, 1))).collect()
    }

    fn events(&self, statement: Statement<'_>) -> Vec<Event> {
        let event = |row: &Row| {
            let bytes: Vec<u8> = row.try_get(1).unwrap();
            assert_eq!(bytes[0], 1, "the version byte");
            let json = serde_json::from_slice(&bytes[1..]).expect("an event's bytes are JSON");
            Event { seq: row.try_get::<i64>(0).unwrap() as u64, json }
        };
        self.rows(statement).iter().map(event).collect()
    }

    fn rows(&self, statement: Statement<'_>) -> Vec<Row> {
        runtime().block_on(async {
            let mut conn = match self {
                Self::File(_) => Conn::Sqlite(self.file()),
                Self::Server(url) => {
                    let options: PgConnectOptions = url.parse().unwrap();
                    Conn::Postgres(options.disable_statement_logging().connect().await.expect("the server answers"))
                }
            };
            let rows = statement.fetch_all(&mut conn).await.expect("the database answers");
            if let Conn::Postgres(conn) = conn {
                conn.close().await.expect("the server lets go");
            }
            rows
        })
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}
