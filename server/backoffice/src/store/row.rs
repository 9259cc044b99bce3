//! One row of an answer, from whichever database.

use sqlx::postgres::{PgRow, PgTypeInfo};
use sqlx::sqlite::SqliteRow;
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
    fn of_sqlite(row: &'r SqliteRow, at: impl Place) -> sqlx::Result<Self>;
    fn of_postgres(row: &'r PgRow, at: impl Place) -> sqlx::Result<Self>;
}

macro_rules! cells {
    ($($type:ty),+) => {$(
        impl<'r> Cell<'r> for $type {
            fn of_sqlite(row: &'r SqliteRow, at: impl Place) -> sqlx::Result<Self> {
                row.try_get(at)
            }
            fn of_postgres(row: &'r PgRow, at: impl Place) -> sqlx::Result<Self> {
                row.try_get(at)
            }
        }
    )+};
}
cells!(i64, String, &'r str, Vec<u8>, &'r [u8]);
cells!(Option<i64>, Option<String>, Option<&'r str>, Option<Vec<u8>>, Option<&'r [u8]>);

/// A truth is a number in a table, on either database; PostgreSQL answers a question with a boolean.
impl<'r> Cell<'r> for Option<bool> {
    fn of_sqlite(row: &'r SqliteRow, at: impl Place) -> sqlx::Result<Self> {
        row.try_get(at)
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
    fn of_sqlite(row: &'r SqliteRow, at: impl Place) -> sqlx::Result<Self> {
        row.try_get(at)
    }
    fn of_postgres(row: &'r PgRow, at: impl Place) -> sqlx::Result<Self> {
        let truth = Option::<bool>::of_postgres(row, at)?;
        truth.ok_or_else(|| sqlx::Error::Decode(Box::new(sqlx::error::UnexpectedNullError)))
    }
}

/// A column's place, from 0, or its name.
pub trait Place: ColumnIndex<SqliteRow> + ColumnIndex<PgRow> {}

impl<T: ColumnIndex<SqliteRow> + ColumnIndex<PgRow>> Place for T {}

impl Row {
    /// The column at this place; an error if it is of another type.
    pub fn try_get<'r, T: Cell<'r>>(&'r self, at: impl Place) -> sqlx::Result<T> {
        match self {
            Row::Sqlite(row) => T::of_sqlite(row, at),
            Row::Postgres(row) => T::of_postgres(row, at),
        }
    }
}
