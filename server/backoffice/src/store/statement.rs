//! One statement, on whichever database. A query is written once, with numbered placeholders; what is bound has
//! one of three types, so that both databases store and compare it alike.

use super::db::{Conn, Db, VaultDb};
use super::readers::Readers;
use super::row::Row;
use sqlx::{AssertSqlSafe, PgConnection, PgPool, SqlSafeStr, SqlStr, SqliteConnection};

/// A text, and the values of its placeholders.
#[must_use]
pub struct Statement<'q> {
    text: SqlStr,
    bound: Vec<Value<'q>>,
}

/// A statement whose text stands in the code.
pub fn sql<'q>(text: &'static str) -> Statement<'q> {
    Statement { text: text.into_sql_str(), bound: Vec::new() }
}

/// One whose text was put together from parts that stand in the code; nothing of a caller's is in it.
pub fn sql_of_parts<'q>(text: String) -> Statement<'q> {
    Statement { text: AssertSqlSafe(text).into_sql_str(), bound: Vec::new() }
}

/// What a placeholder stands for; absent, it is a NULL of its type.
#[derive(Clone, Debug)]
pub enum Value<'q> {
    Number(Option<i64>),
    Text(Option<&'q str>),
    OwnText(String),
    Bytes(Option<&'q [u8]>),
    OwnBytes(Vec<u8>),
}

macro_rules! value_from {
    ($($type:ty => |$value:ident| $made:expr;)+) => {$(
        impl<'q> From<$type> for Value<'q> {
            fn from($value: $type) -> Self {
                $made
            }
        }
    )+};
}
value_from! {
    i64 => |value| Value::Number(Some(value));
    Option<i64> => |value| Value::Number(value);
    bool => |value| Value::Number(Some(i64::from(value)));
    &'q str => |value| Value::Text(Some(value));
    &'q String => |value| Value::Text(Some(value));
    Option<&'q str> => |value| Value::Text(value);
    &'q Option<String> => |value| Value::Text(value.as_deref());
    String => |value| Value::OwnText(value);
    Option<String> => |value| value.map_or(Value::Text(None), Value::OwnText);
    &'q [u8] => |value| Value::Bytes(Some(value));
    &'q Vec<u8> => |value| Value::Bytes(Some(value));
    Option<&'q [u8]> => |value| Value::Bytes(value);
    &'q Option<Vec<u8>> => |value| Value::Bytes(value.as_deref());
    Vec<u8> => |value| Value::OwnBytes(value);
    Option<Vec<u8>> => |value| value.map_or(Value::Bytes(None), Value::OwnBytes);
}

/// Where a statement runs.
pub enum On<'c> {
    SqliteReaders(&'c Readers),
    Sqlite(&'c mut SqliteConnection),
    PostgresPool(&'c PgPool),
    Postgres(&'c mut PgConnection),
}

impl<'c> From<&'c Db> for On<'c> {
    fn from(db: &'c Db) -> Self {
        match db {
            Db::Sqlite(readers) => On::SqliteReaders(readers),
            Db::Postgres(postgres) => On::PostgresPool(postgres.desk()),
        }
    }
}

impl<'c> From<VaultDb<'c>> for On<'c> {
    fn from(VaultDb(db): VaultDb<'c>) -> Self {
        match db {
            Db::Sqlite(readers) => On::SqliteReaders(readers),
            Db::Postgres(postgres) => On::PostgresPool(postgres.vault()),
        }
    }
}

impl<'c> From<&'c mut Conn> for On<'c> {
    fn from(conn: &'c mut Conn) -> Self {
        match conn {
            Conn::Sqlite(conn) => On::Sqlite(conn),
            Conn::Postgres(conn) => On::Postgres(conn),
        }
    }
}

/// Binds the values and runs the method on whatever it is.
macro_rules! run {
    ($statement:expr, $on:expr, $method:ident) => {{
        let Statement { text, bound } = $statement;
        match $on.into() {
            On::SqliteReaders(readers) => {
                let mut reader = readers.take().await?;
                let answer = bound_to!(text, bound).$method(&mut reader.conn).await?;
                reader.give_back();
                Ok(answer.into())
            }
            On::Sqlite(conn) => bound_to!(text, bound).$method(conn).await.map(Into::into),
            On::PostgresPool(pool) => bound_to!(text, bound).$method(pool).await.map(Into::into),
            On::Postgres(conn) => bound_to!(text, bound).$method(conn).await.map(Into::into),
        }
    }};
}
macro_rules! bound_to {
    ($text:expr, $bound:expr) => {
        $bound.into_iter().fold(sqlx::query($text), |query, value| match value {
            Value::Number(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
            Value::OwnText(value) => query.bind(value),
            Value::Bytes(value) => query.bind(value),
            Value::OwnBytes(value) => query.bind(value),
        })
    };
}

impl<'q> Statement<'q> {
    /// The next placeholder's value.
    pub fn bind(mut self, value: impl Into<Value<'q>>) -> Self {
        self.bound.push(value.into());
        self
    }

    /// The values of several placeholders.
    pub fn bind_all(mut self, values: impl IntoIterator<Item = Value<'q>>) -> Self {
        self.bound.extend(values);
        self
    }

    /// Runs it; gives back how many rows it wrote.
    pub async fn execute<'c>(self, on: impl Into<On<'c>>) -> sqlx::Result<u64> {
        let done: Done = run!(self, on, execute)?;
        Ok(done.0)
    }

    /// The one row there must be.
    pub async fn fetch_one<'c>(self, on: impl Into<On<'c>>) -> sqlx::Result<Row> {
        run!(self, on, fetch_one)
    }

    /// The row, if there is one.
    pub async fn fetch_optional<'c>(self, on: impl Into<On<'c>>) -> sqlx::Result<Option<Row>> {
        let row: Perhaps = run!(self, on, fetch_optional)?;
        Ok(row.0)
    }

    /// All rows: every statement bounds how many there can be.
    pub async fn fetch_all<'c>(self, on: impl Into<On<'c>>) -> sqlx::Result<Vec<Row>> {
        let rows: Rows = run!(self, on, fetch_all)?;
        Ok(rows.0)
    }
}

struct Done(u64);
struct Perhaps(Option<Row>);
struct Rows(Vec<Row>);

macro_rules! answers_from {
    ($result:ty, $row:ty) => {
        impl From<$result> for Done {
            fn from(result: $result) -> Self {
                Self(result.rows_affected())
            }
        }
        impl From<Option<$row>> for Perhaps {
            fn from(row: Option<$row>) -> Self {
                Self(row.map(Row::from))
            }
        }
        impl From<Vec<$row>> for Rows {
            fn from(rows: Vec<$row>) -> Self {
                Self(rows.into_iter().map(Row::from).collect())
            }
        }
    };
}
answers_from!(sqlx::sqlite::SqliteQueryResult, sqlx::sqlite::SqliteRow);
answers_from!(sqlx::postgres::PgQueryResult, sqlx::postgres::PgRow);
