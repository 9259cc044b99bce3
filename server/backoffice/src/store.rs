//! SQL, and nothing but SQL. Each query is written once and runs on either database; what a row means
//! is said in `domain`.
//!
//! Reads go through a pool. Writes go through the writer (`audit::writer`) alone: it holds the one
//! connection that may begin a write transaction, and hands it to acts as a [`WriteTx`].

pub mod backups;
pub mod budgets;
pub mod cases;
pub mod certifications;
pub mod channels;
pub mod customers;
mod db;
pub mod drafts;
pub mod enrol_links;
pub mod export_rows;
pub mod export_runs;
pub mod export_selection;
pub mod export_tokens;
pub mod export_traces;
pub mod export_votes;
pub mod exports;
pub(crate) mod grounds;
pub mod health;
pub mod imports;
pub mod log;
pub mod news;
pub mod passkeys;
mod postgres;
mod readers;
pub mod readings;
pub mod recipients;
pub mod refusals;
pub mod remask;
pub mod restores;
pub mod reveals;
pub mod rights;
pub mod row;
pub mod session_ends;
pub mod sessions;
mod sqlite;
pub mod sqlite_backups;
mod sqlite_conn;
mod sqlite_row;
pub mod sqlite_schema;
pub mod sso;
pub mod staff;
pub mod staff_admin;
pub mod staff_changes;
pub mod statement;
pub mod step_ups;
pub mod turns;
pub mod verifications;
pub mod vitals;

pub use db::{Conn, Db, OpenError, WriteCache, WriteTx};
pub use postgres::{Address, Postgres};
pub use readers::Readers;
pub(crate) use sqlite_conn::is_busy;
pub use sqlite_conn::{SqliteConn, SqliteFile};
