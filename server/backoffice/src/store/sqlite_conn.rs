//! A connection to a SQLite file, called on the thread that asks. A statement on pages in memory takes some
//! microseconds: less than to hand it to another thread and be woken by its answer.

use super::sqlite_row::SqliteRow;
use super::statement::Value;
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags};
use sqlx::error::{DatabaseError, ErrorKind};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a statement waits for whoever holds the file.
const PATIENCE: Duration = Duration::from_secs(10);
/// Prepared statements that a connection keeps.
const PREPARED: usize = 128;

/// What holds wherever a file is opened. What a file brings along, in a trigger or a view, calls nothing of ours.
const ALWAYS: [(&str, &str); 2] = [("foreign_keys", "ON"), ("trusted_schema", "OFF")];

/// A file, and how it is opened.
#[derive(Clone, Debug)]
pub struct SqliteFile {
    path: PathBuf,
    patience: Duration,
    immutable: bool,
    leaves_wal: bool,
    pragmas: Vec<(&'static str, &'static str)>,
}

impl SqliteFile {
    /// One that is there: nothing is made by opening it.
    pub fn at(path: &Path) -> Self {
        Self { path: path.into(), patience: PATIENCE, immutable: false, leaves_wal: false, pragmas: ALWAYS.into() }
    }

    /// Sets a pragma; a later setting of the same takes the place of an earlier one.
    pub fn pragma(mut self, name: &'static str, value: &'static str) -> Self {
        self.pragmas.retain(|(known, _)| *known != name);
        self.pragmas.push((name, value));
        self
    }

    /// Waits so long for whoever holds it.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Whoever closes it last leaves the WAL of one who was killed as it lies, and the file too: to look at a database
    /// is not to change it.
    pub fn leaving_the_wal(mut self) -> Self {
        self.leaves_wal = true;
        self
    }

    /// Taken as nobody's: it is not locked, and nothing that may lie beside it is read.
    pub fn immutable(mut self) -> Self {
        self.immutable = true;
        self
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens it.
    pub fn connect(&self) -> sqlx::Result<SqliteConn> {
        let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = if self.immutable {
            let flags = flags | OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
            Connection::open_with_flags(self.uri()?, flags)
        } else {
            Connection::open_with_flags(&self.path, flags | OpenFlags::SQLITE_OPEN_READ_WRITE)
        };
        let conn = conn.map_err(fault)?;
        conn.busy_timeout(self.patience).map_err(fault)?;
        conn.set_prepared_statement_cache_capacity(PREPARED);
        // One plan, whatever is bound: else SQLite prepares a statement anew each time a value is bound that its plan
        // might hang on (https://www.sqlite.org/c3ref/c_dbconfig_defensive.html).
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(fault)?;
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, self.leaves_wal).map_err(fault)?;
        for (name, value) in &self.pragmas {
            conn.pragma_update(None, name, value).map_err(fault)?;
        }
        // To set the first pragma was to read the file, with a cache of the usual size: its pages are given back.
        conn.execute_batch("PRAGMA shrink_memory").map_err(fault)?;
        Ok(SqliteConn(conn))
    }

    /// <https://www.sqlite.org/uri.html>
    fn uri(&self) -> sqlx::Result<String> {
        let path = self.path.to_str().ok_or_else(|| sqlx::Error::Protocol("a path that is not UTF-8".into()))?;
        let path = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        Ok(format!("file:{path}?immutable=1"))
    }
}

/// A connection.
#[derive(Debug)]
pub struct SqliteConn(Connection);

impl SqliteConn {
    /// Runs one statement; gives back how many rows it wrote.
    pub(super) fn execute(&mut self, text: &str, bound: &[Value<'_>]) -> sqlx::Result<u64> {
        let mut statement = self.prepared(text, bound)?;
        let mut rows = statement.raw_query();
        while rows.next().map_err(fault)?.is_some() {}
        drop(rows);
        match statement.readonly() {
            // SQLite would tell the count of whatever wrote before.
            true => Ok(0),
            false => Ok(self.0.changes()),
        }
    }

    /// Runs one statement; gives back its rows, at most so many.
    pub(super) fn rows(&mut self, text: &str, bound: &[Value<'_>], most: usize) -> sqlx::Result<Vec<SqliteRow>> {
        let mut statement = self.prepared(text, bound)?;
        let mut found = Vec::new();
        let mut names = None;
        let mut rows = statement.raw_query();
        while found.len() < most
            && let Some(row) = rows.next().map_err(fault)?
        {
            let names = names.get_or_insert_with(|| row.as_ref().column_names().into_iter().map(Box::from).collect());
            let row = SqliteRow::of(names, row, found.last()).map_err(fault)?;
            found.push(row);
        }
        Ok(found)
    }

    /// Runs any number of statements, with nothing bound.
    pub fn run(&mut self, text: &str) -> sqlx::Result<()> {
        self.0.execute_batch(text).map_err(fault)
    }

    fn prepared(&self, text: &str, bound: &[Value<'_>]) -> sqlx::Result<CachedStatement<'_>> {
        debug_assert!(!text.trim_end_matches(';').contains(';'), "one statement at a time: {text}");
        let mut statement = self.0.prepare_cached(text).map_err(fault)?;
        for place in 1..=statement.parameter_count() {
            // `$2` is a name to SQLite, and numbered by where it first stands.
            let number = match statement.parameter_name(place) {
                Some(name) => name.get(1..).and_then(|number| number.parse().ok()).unwrap_or(0),
                None => place,
            };
            let value = number.checked_sub(1).and_then(|at| bound.get(at));
            let value = value.ok_or_else(|| sqlx::Error::Protocol(format!("nothing is bound to place {number}")))?;
            statement.raw_bind_parameter(place, value).map_err(fault)?;
        }
        Ok(statement)
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Number(None) | Value::Text(None) | Value::Bytes(None) => ValueRef::Null,
            Value::Number(Some(number)) => ValueRef::Integer(*number),
            Value::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Value::OwnText(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(Some(bytes)) => ValueRef::Blob(bytes),
            Value::OwnBytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// What SQLite says, as the other database's driver would.
#[derive(Debug, thiserror::Error)]
#[error("(code: {code}) {message}")]
struct Fault {
    code: i32,
    message: String,
}

fn fault(error: rusqlite::Error) -> sqlx::Error {
    match error {
        rusqlite::Error::SqliteFailure(failure, message) => {
            let message = message.unwrap_or_else(|| failure.to_string());
            sqlx::Error::Database(Box::new(Fault { code: failure.extended_code, message }))
        }
        other => sqlx::Error::Protocol(other.to_string()),
    }
}

/// Whether another connection held the file for longer than we wait: this one is as good as before.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    let fault = error.as_database_error().and_then(|error| error.try_downcast_ref::<Fault>());
    fault.is_some_and(|fault| fault.code & 0xff == rusqlite::ffi::SQLITE_BUSY)
}

impl DatabaseError for Fault {
    fn message(&self) -> &str {
        &self.message
    }
    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.code.to_string().into())
    }
    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }
    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }
    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }
    fn kind(&self) -> ErrorKind {
        match self.code {
            rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY => {
                ErrorKind::UniqueViolation
            }
            rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY => ErrorKind::ForeignKeyViolation,
            rusqlite::ffi::SQLITE_CONSTRAINT_NOTNULL => ErrorKind::NotNullViolation,
            rusqlite::ffi::SQLITE_CONSTRAINT_CHECK => ErrorKind::CheckViolation,
            _ => ErrorKind::Other,
        }
    }
}
