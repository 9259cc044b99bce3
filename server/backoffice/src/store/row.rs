//! One row of an answer, from whichever database.

use super::sqlite_row::{Held, SqliteRow};
use sqlx::postgres::{PgRow, PgTypeInfo};
use sqlx::{Column, ColumnIndex, Row as _};

/// A row.
pub enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl From<SqliteRow> for Row {
    fn from(row: SqliteRow) -> Self {
        Row::Sqlite(row)
    }
}

impl From<PgRow> for Row {
    fn from(row: PgRow) -> Self {
        Row::Postgres(row)
    }
}

/// What a column can be read as: what [`super::statement::Value`] can bind, and truths.
pub trait Cell<'r>: Sized {
    /// Of what a file's column holds; none if it is of another type.
    fn of_sqlite(held: Held<'r>) -> Option<Self>;
    /// Of a server's row.
    fn of_postgres(row: &'r PgRow, at: impl Place) -> sqlx::Result<Self>;
}

macro_rules! cells {
    ($($type:ty: $held:pat => $made:expr;)+) => {$(
        impl<'r> Cell<'r> for $type {
            fn of_sqlite(held: Held<'r>) -> Option<Self> {
                match held {
                    $held => $made,
                    _ => None,
                }
            }
            fn of_postgres(row: &'r PgRow, at: impl Place) -> sqlx::Result<Self> {
                row.try_get(at)
            }
        }
        impl<'r> Cell<'r> for Option<$type> {
            fn of_sqlite(held: Held<'r>) -> Option<Self> {
                match held {
                    Held::Null => Some(None),
                    some => <$type>::of_sqlite(some).map(Some),
                }
            }
            fn of_postgres(row: &'r PgRow, at: impl Place) -> sqlx::Result<Self> {
                row.try_get(at)
            }
        }
    )+};
}
cells! {
    i64: Held::Number(number) => Some(number);
    &'r str: Held::Text(text) => std::str::from_utf8(text).ok();
    String: Held::Text(text) => std::str::from_utf8(text).ok().map(str::to_owned);
    &'r [u8]: Held::Bytes(bytes) | Held::Text(bytes) => Some(bytes);
    Vec<u8>: Held::Bytes(bytes) | Held::Text(bytes) => Some(bytes.to_vec());
}

/// A truth is a number in a table, on either database; PostgreSQL answers a question with a boolean.
impl<'r> Cell<'r> for Option<bool> {
    fn of_sqlite(held: Held<'r>) -> Option<Self> {
        Option::<i64>::of_sqlite(held).map(|number| number.map(|number| number != 0))
    }
    fn of_postgres(row: &'r PgRow, at: impl Place) -> sqlx::Result<Self> {
        let at = at.index(row)?;
        match *row.column(at).type_info() == PgTypeInfo::with_name("BOOL") {
            true => row.try_get(at),
            false => Ok(row.try_get::<Option<i64>, _>(at)?.map(|number| number != 0)),
        }
    }
}

impl<'r> Cell<'r> for bool {
    fn of_sqlite(held: Held<'r>) -> Option<Self> {
        i64::of_sqlite(held).map(|number| number != 0)
    }
    fn of_postgres(row: &'r PgRow, at: impl Place) -> sqlx::Result<Self> {
        let truth = Option::<bool>::of_postgres(row, at)?;
        truth.ok_or_else(|| sqlx::Error::Decode(Box::new(sqlx::error::UnexpectedNullError)))
    }
}

/// A column's place, from 0, or its name.
pub trait Place: ColumnIndex<PgRow> + Copy {
    /// Where it is in a file's row.
    fn in_sqlite(self, row: &SqliteRow) -> sqlx::Result<usize>;
}

impl Place for usize {
    fn in_sqlite(self, _: &SqliteRow) -> sqlx::Result<usize> {
        Ok(self)
    }
}

impl Place for &str {
    fn in_sqlite(self, row: &SqliteRow) -> sqlx::Result<usize> {
        row.place_of(self).ok_or_else(|| sqlx::Error::ColumnNotFound(self.into()))
    }
}

impl Row {
    /// The column at this place; an error if it is of another type.
    pub fn try_get<'r, T: Cell<'r>>(&'r self, at: impl Place) -> sqlx::Result<T> {
        match self {
            Row::Sqlite(row) => {
                let at = at.in_sqlite(row)?;
                let held = row.held(at).ok_or(sqlx::Error::ColumnIndexOutOfBounds { index: at, len: at })?;
                T::of_sqlite(held).ok_or_else(|| sqlx::Error::ColumnDecode {
                    index: at.to_string(),
                    source: format!("not a {}", std::any::type_name::<T>()).into(),
                })
            }
            Row::Postgres(row) => T::of_postgres(row, at),
        }
    }
}
