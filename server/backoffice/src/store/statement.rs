//! One statement, on whichever database. A query is written once, with numbered placeholders; what is bound has
//! one of three types, so that both databases store and compare it alike.

use super::db::{Conn, Db, VaultDb};
use super::readers::Readers;
use super::row::Row;
use super::sqlite_conn::SqliteConn;
use sqlx::{AssertSqlSafe, PgConnection, PgPool, SqlSafeStr, SqlStr};

/// A text, and the values of its placeholders.
#[must_use]
pub struct Statement<'q> {
    text: SqlStr,
    bound: Vec<Value<'q>>,
    /// Whether it may read for longer than others should wait.
    long: bool,
}

/// A statement whose text stands in the code.
pub fn sql<'q>(text: &'static str) -> Statement<'q> {
    Statement { text: text.into_sql_str(), bound: Vec::new(), long: false }
}

/// One whose text was put together from parts that stand in the code; nothing of a caller's is in it.
pub fn sql_of_parts<'q>(text: String) -> Statement<'q> {
    Statement { text: AssertSqlSafe(text).into_sql_str(), bound: Vec::new(), long: false }
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

impl Value<'_> {
    fn into_owned(self) -> Value<'static> {
        match self {
            Value::Number(number) => Value::Number(number),
            Value::Text(None) => Value::Text(None),
            Value::Text(Some(text)) => Value::OwnText(text.to_owned()),
            Value::OwnText(text) => Value::OwnText(text),
            Value::Bytes(None) => Value::Bytes(None),
            Value::Bytes(Some(bytes)) => Value::OwnBytes(bytes.to_vec()),
            Value::OwnBytes(bytes) => Value::OwnBytes(bytes),
        }
    }
}

/// Where a statement runs.
pub enum On<'c> {
    SqliteReaders(&'c Readers),
    Sqlite(&'c mut SqliteConn),
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

    /// It reads much: a file's pages are then read on another thread than those that serve.
    pub fn long(mut self) -> Self {
        self.long = true;
        self
    }

    /// Runs it; gives back how many rows it wrote.
    pub async fn execute<'c>(self, on: impl Into<On<'c>>) -> sqlx::Result<u64> {
        match on.into() {
            On::SqliteReaders(readers) => self.read(readers, |conn, text, bound| conn.execute(text, bound)).await,
            On::Sqlite(conn) => conn.execute(self.text.as_str(), &self.bound),
            On::PostgresPool(pool) => self.of_postgres().execute(pool).await.map(|done| done.rows_affected()),
            On::Postgres(conn) => self.of_postgres().execute(conn).await.map(|done| done.rows_affected()),
        }
    }

    /// The one row there must be.
    pub async fn fetch_one<'c>(self, on: impl Into<On<'c>>) -> sqlx::Result<Row> {
        self.fetch_optional(on).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// The row, if there is one.
    pub async fn fetch_optional<'c>(self, on: impl Into<On<'c>>) -> sqlx::Result<Option<Row>> {
        Ok(match on.into() {
            On::SqliteReaders(readers) => {
                let rows = self.read(readers, |conn, text, bound| conn.rows(text, bound, 1)).await?;
                rows.into_iter().next().map(Row::Sqlite)
            }
            On::Sqlite(conn) => conn.rows(self.text.as_str(), &self.bound, 1)?.into_iter().next().map(Row::Sqlite),
            On::PostgresPool(pool) => self.of_postgres().fetch_optional(pool).await?.map(Row::Postgres),
            On::Postgres(conn) => self.of_postgres().fetch_optional(conn).await?.map(Row::Postgres),
        })
    }

    /// All rows: every statement bounds how many there can be.
    pub async fn fetch_all<'c>(self, on: impl Into<On<'c>>) -> sqlx::Result<Vec<Row>> {
        const ALL: usize = usize::MAX;
        Ok(match on.into() {
            On::SqliteReaders(readers) => {
                let rows = self.read(readers, |conn, text, bound| conn.rows(text, bound, ALL)).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            On::Sqlite(conn) => conn.rows(self.text.as_str(), &self.bound, ALL)?.into_iter().map(Row::Sqlite).collect(),
            On::PostgresPool(pool) => {
                self.of_postgres().fetch_all(pool).await?.into_iter().map(Row::Postgres).collect()
            }
            On::Postgres(conn) => self.of_postgres().fetch_all(conn).await?.into_iter().map(Row::Postgres).collect(),
        })
    }

    /// Asks a file, here or on a thread that may take its time.
    async fn read<T: Send + 'static>(
        self,
        readers: &Readers,
        ask: fn(&mut SqliteConn, &str, &[Value<'_>]) -> sqlx::Result<T>,
    ) -> sqlx::Result<T> {
        if !self.long {
            let mut reader = readers.take().await?;
            let answer = ask(&mut reader.conn, self.text.as_str(), &self.bound)?;
            reader.give_back();
            return Ok(answer);
        }
        let mut reader = readers.take_long().await?;
        let bound: Vec<_> = self.bound.into_iter().map(Value::into_owned).collect();
        let text = self.text;
        let asked = tokio::task::spawn_blocking(move || {
            let answer = ask(&mut reader.conn, text.as_str(), &bound)?;
            reader.give_back();
            Ok(answer)
        });
        asked.await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }

    fn of_postgres(self) -> sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments> {
        self.bound.into_iter().fold(sqlx::query(self.text), |query, value| match value {
            Value::Number(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
            Value::OwnText(value) => query.bind(value),
            Value::Bytes(value) => query.bind(value),
            Value::OwnBytes(value) => query.bind(value),
        })
    }
}
