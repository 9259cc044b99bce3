//! Someone who has the database, and no key: the file, or its owner's login. What they run is written as for SQLite;
//! what PostgreSQL spells otherwise is spelt over.

use backoffice::store::{Conn, SqliteFile};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions};
use std::path::Path;

/// Opens a file as sqlite's own shell would, and does not wait for the disk.
pub fn of_file(file: &Path) -> Conn {
    let file = SqliteFile::at(file).pragma("foreign_keys", "OFF").pragma("synchronous", "OFF");
    Conn::Sqlite(file.connect().unwrap())
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
        Conn::Sqlite(conn) => conn.run(sql),
        Conn::Postgres(conn) => sqlx::raw_sql(AssertSqlSafe(spelt_over(sql))).execute(conn).await.map(drop),
    }
}

/// Blobs, triggers without their table, and what only SQLite has.
fn spelt_over(sql: &str) -> String {
    let mut pieces = sql.split("x'");
    let mut spelt = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        if spelt.ends_with('\'') {
            // The text 'x', not the beginning of bytes.
            spelt += &format!("x'{piece}");
            continue;
        }
        let (hex, rest) = piece.split_once('\'').unwrap();
        spelt += &format!("'\\x{hex}'::bytea{rest}");
    }
    // What is between a trigger's BEGIN and its END is the function `test_fails`, which every template has.
    let fails = " FOR EACH ROW EXECUTE FUNCTION test_fails()";
    let spelt = spelt.replace(" BEGIN SELECT RAISE(ABORT, 'no'); END", fails);
    let spelt = spelt.replace(" BEGIN SELECT RAISE(ROLLBACK, 'no'); END", fails);
    spelt.split(';').map(statement).collect::<Vec<_>>().join(";")
}

fn statement(one: &str) -> String {
    if let Some(name) = one.trim().strip_prefix("DROP TRIGGER ") {
        return format!(
            "DO $$ DECLARE of regclass; BEGIN SELECT tgrelid INTO STRICT of FROM pg_trigger WHERE tgname = '{name}'; \
             EXECUTE 'DROP TRIGGER {name} ON ' || of; END $$"
        );
    }
    match one.trim() {
        "PRAGMA ignore_check_constraints = ON" => "ALTER TABLE log_head DROP CONSTRAINT log_head_is_one_row".into(),
        pragma if pragma.starts_with("PRAGMA") => String::new(),
        text if text.contains("CAST(replace(CAST(") => text
            .replace("CAST(replace(CAST(", "convert_to(replace(convert_from(")
            .replace(" AS TEXT), ", ", 'UTF8'), ")
            .replace(" AS BLOB)", ", 'UTF8')"),
        text => text.replace(" AS BLOB)", " AS BYTEA)").replace("char(10)", "chr(10)"),
    }
}

/// What statements written for SQLite find on PostgreSQL in tests.
pub const WHAT_TESTS_NEED: &str = "\
    CREATE FUNCTION zeroblob(int) RETURNS bytea LANGUAGE sql AS $$ SELECT decode(repeat('00', $1), 'hex') $$; \
    CREATE FUNCTION test_fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;";
