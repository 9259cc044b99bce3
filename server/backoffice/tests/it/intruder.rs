//! Someone who has the database, and no key: the file, or its owner's login. What they run is written as for SQLite;
//! what PostgreSQL spells otherwise is spelt over.

use backoffice::store::Conn;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions};
use std::path::Path;

/// Opens a file as sqlite's own shell would, and does not wait for the disk.
pub async fn of_file(file: &Path) -> Conn {
    let options = SqliteConnectOptions::new().filename(file).foreign_keys(false);
    let options = options.synchronous(SqliteSynchronous::Off).disable_statement_logging();
    Conn::Sqlite(options.connect().await.unwrap())
}

/// Signs in to a server as the owner of everything.
pub async fn of_server(url: &str) -> Conn {
    let options: PgConnectOptions = url.parse().unwrap();
    let options = options.options([("search_path", "public,vault")]).disable_statement_logging();
    Conn::Postgres(options.connect().await.unwrap())
}

/// Runs statements.
pub async fn run(conn: &mut Conn, sql: &str) -> sqlx::Result<()> {
    match conn {
        Conn::Sqlite(conn) => sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(conn).await.map(drop),
        Conn::Postgres(conn) => sqlx::raw_sql(AssertSqlSafe(spelt_over(sql))).execute(conn).await.map(drop),
    }
}

/// Blobs, triggers without their table, and what only SQLite has.
fn spelt_over(sql: &str) -> String {
    if sql.starts_with("PRAGMA") {
        return "SELECT 1".into();
    }
    let mut pieces = sql.split("x'");
    let mut spelt = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (hex, rest) = piece.split_once('\'').unwrap();
        spelt += &format!("'\\x{hex}'::bytea{rest}");
    }
    // A semicolon inside a function is written `\;`.
    let spelt = spelt.replace("\\;", "\u{1}");
    let statements = spelt.split(';').map(|one| match one.trim().strip_prefix("DROP TRIGGER ") {
        Some(name) => format!(
            "DO $$ DECLARE of regclass; BEGIN SELECT tgrelid INTO STRICT of FROM pg_trigger WHERE tgname = '{name}'; \
             EXECUTE 'DROP TRIGGER {name} ON ' || of; END $$"
        ),
        None => one.replace(" AS BLOB)", " AS BYTEA)"),
    });
    statements.collect::<Vec<_>>().join(";").replace('\u{1}', ";")
}
