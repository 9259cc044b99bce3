//! Which database is measured, and where in it an office or a floor keeps its tables.

use anyhow::Context;
use backoffice::store::{Address, Db};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where `cargo xtask postgres` says that its cluster is.
const CLUSTER: &str = "TEST_POSTGRES";

/// A kind of database.
pub enum Engine {
    /// Files.
    Sqlite,
    /// The cluster at this address, in which databases may be made.
    Postgres(String),
}

/// Tables of one's own.
pub enum Place {
    /// A file.
    File(PathBuf),
    /// A server's database, by its address.
    Server(String),
}

impl Place {
    /// Opens it as the program does, with its schema up to date; refused if a commit there would not be durable.
    pub async fn open(&self) -> anyhow::Result<Db> {
        Ok(match self {
            Self::File(file) => Db::open_sqlite(file).await?,
            Self::Server(url) => Db::open_postgres(&Address::parse(url, None)?).await?,
        })
    }
}

impl Engine {
    /// All that there are: files, and the cluster if one is named.
    pub fn all() -> Vec<Self> {
        let cluster = std::env::var(CLUSTER).ok().map(Self::Postgres);
        [Some(Self::Sqlite), cluster].into_iter().flatten().collect()
    }

    /// What the names of its figures end with.
    pub fn suffix(&self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres(_) => "_pg",
        }
    }

    /// A new place: a file in this folder, or a database that nobody else uses.
    pub async fn place(&self, dir: &Path, name: &str) -> anyhow::Result<Place> {
        match self {
            Self::Sqlite => Ok(Place::File(dir.join("grille.db"))),
            Self::Postgres(cluster) => {
                let name = format!("{}{name}", ours());
                run(&mut connect(cluster).await?, format!("CREATE DATABASE {name}")).await?;
                Ok(Place::Server(format!("{cluster}/{name}")))
            }
        }
    }

    /// Says where it is that a sync would cost nothing, if it is there.
    pub async fn in_memory(&self) -> anyhow::Result<Option<String>> {
        let Self::Postgres(cluster) = self else { return Ok(None) };
        let shown = sqlx::query("SHOW data_directory").fetch_one(&mut connect(cluster).await?).await?;
        let folder: String = shown.try_get(0)?;
        Ok(is_memory(&folder).then_some(folder))
    }

    /// Drops the databases that this process made.
    pub async fn sweep(&self) -> anyhow::Result<()> {
        let Self::Postgres(cluster) = self else { return Ok(()) };
        let mut conn = connect(cluster).await?;
        let made = sqlx::query("SELECT datname::text FROM pg_database WHERE starts_with(datname::text, $1)");
        for row in made.bind(ours()).fetch_all(&mut conn).await? {
            let name: String = row.try_get(0)?;
            run(&mut conn, format!("DROP DATABASE \"{name}\" WITH (FORCE)")).await?;
        }
        Ok(conn.close().await?)
    }
}

/// How the names of this process's databases begin.
fn ours() -> String {
    format!("bench_{}_", std::process::id())
}

/// Whether a folder is a tmpfs. One that we cannot look into is elsewhere than where `cargo xtask postgres` puts it.
#[cfg(target_os = "linux")]
fn is_memory(folder: &str) -> bool {
    rustix::fs::statfs(folder).is_ok_and(|disk| disk.f_type == 0x0102_1994)
}

#[cfg(not(target_os = "linux"))]
fn is_memory(_: &str) -> bool {
    false
}

async fn connect(cluster: &str) -> anyhow::Result<PgConnection> {
    let options = PgConnectOptions::from_str(cluster)?.disable_statement_logging();
    options.connect().await.with_context(|| format!("{CLUSTER} does not answer"))
}

async fn run(conn: &mut PgConnection, sql: String) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.map(drop)
}
