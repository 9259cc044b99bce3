//! The database of an office under test: a file of its own; or, with `TEST_ON=postgres` and beside a cluster that
//! `cargo xtask postgres` started, a database of its own in that. `make test` runs every test of this crate on both.

use crate::intruder;
use backoffice::store::{Address, Conn, Db};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;

/// Where `cargo xtask postgres` says that its cluster is.
const CLUSTER: &str = "TEST_POSTGRES";
/// On which database the tests are to run, if not on SQLite: `postgres`.
const ON: &str = "TEST_ON";

/// A database that goes away with it.
pub enum Database {
    Sqlite(PathBuf),
    Postgres { cluster: String, name: String },
}

impl Database {
    /// A new one: in this folder, if it is a file.
    pub async fn new(dir: &Path) -> Self {
        if std::env::var(ON).as_deref() != Ok("postgres") {
            return Self::Sqlite(dir.join("grille.db"));
        }
        let cluster = std::env::var(CLUSTER).expect("start me by `cargo xtask postgres -- …`");
        let name = make(&cluster).await;
        Self::Postgres { cluster, name }
    }

    /// The files in which nothing must stand that is to be sealed or hashed; a server's are not ours to read.
    pub fn files(&self) -> Vec<PathBuf> {
        match self {
            Self::Sqlite(file) => vec![file.clone(), file.with_extension("db-wal")],
            Self::Postgres { .. } => Vec::new(),
        }
    }

    /// Whether it is a file: for what only a file can be asked.
    pub fn is_file(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    pub async fn open(&self) -> Db {
        match self {
            Self::Sqlite(file) => Db::open_sqlite(file).await.unwrap(),
            Self::Postgres { .. } => Db::open_postgres(&self.address()).await.unwrap(),
        }
    }

    fn url(&self) -> String {
        match self {
            Self::Sqlite(_) => panic!("a file has no URL"),
            Self::Postgres { cluster, name } => format!("{cluster}/{name}"),
        }
    }

    pub fn address(&self) -> Address {
        Address::parse(&self.url(), None).unwrap()
    }

    /// A connection of someone who has the file, or owns the database: nothing of the back office is in the way.
    pub async fn intruder(&self) -> Conn {
        match self {
            Self::Sqlite(file) => intruder::of_file(file),
            Self::Postgres { .. } => intruder::of_server(&self.url()).await,
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Self::Postgres { cluster, name } = self else { return };
        let (cluster, sql) = (cluster.clone(), format!("DROP DATABASE \"{name}\" WITH (FORCE)"));
        // The test's own runtime is ending, and may be the one we are on.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { run(&cluster, sql).await });
        });
        dropping.join().unwrap();
    }
}

async fn connect(cluster: &str) -> PgConnection {
    let options: sqlx::postgres::PgConnectOptions = cluster.parse().unwrap();
    options.disable_statement_logging().connect().await.unwrap()
}

async fn run(cluster: &str, sql: String) {
    let mut conn = connect(cluster).await;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

/// Makes a database by copying one whose schema is up to date: a copy takes less than the migrations.
async fn make(cluster: &str) -> String {
    static TEMPLATE: OnceCell<()> = OnceCell::const_new();
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let process = std::process::id();
    let template = format!("template_{process}");
    TEMPLATE
        .get_or_init(|| async {
            run(cluster, format!("CREATE DATABASE {template}")).await;
            let address = Address::parse(&format!("{cluster}/{template}"), None).unwrap();
            let Db::Postgres(postgres) = Db::open_postgres(&address).await.unwrap() else { unreachable!() };
            postgres.close().await;
            run(&format!("{cluster}/{template}"), intruder::WHAT_TESTS_NEED.into()).await;
            // A template that somebody is connected to cannot be copied; they leave a moment after they said so.
            let mut conn = connect(cluster).await;
            let left = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = $1";
            for _ in 0..500 {
                let row = sqlx::query(left).bind(&template).fetch_one(&mut conn).await.unwrap();
                if row.get::<i64, _>(0) == 0 {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            panic!("somebody stays connected to the template");
        })
        .await;
    let name = format!("test_{process}_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    run(cluster, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    name
}
