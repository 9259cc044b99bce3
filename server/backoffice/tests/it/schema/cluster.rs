//! A database with the schema and nothing in it, in the cluster that `cargo xtask postgres` gives.

use backoffice::store::{Address, Db, Postgres};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};

static MADE: AtomicU32 = AtomicU32::new(0);

pub struct Database {
    name: String,
    owner: PgConnectOptions,
}

/// Where there is a cluster.
pub fn cluster() -> Option<PgConnectOptions> {
    let url = std::env::var("TEST_POSTGRES").ok()?;
    Some(PgConnectOptions::from_str(&url).unwrap().database("postgres").disable_statement_logging())
}

pub async fn run(conn: &mut PgConnection, sql: &str) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(conn).await.map(drop)
}

impl Database {
    /// `None` without a cluster.
    pub async fn fresh() -> Option<Self> {
        let cluster = cluster()?;
        let name = format!("schema_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let mut conn = cluster.connect().await.unwrap();
        run(&mut conn, &format!("CREATE DATABASE {name} TEMPLATE template0")).await.unwrap();
        let owner = cluster.database(&name);
        let mut conn = owner.connect().await.unwrap();
        run(&mut conn, include_str!("../../../../../migrations/postgres/roles.sql")).await.unwrap();
        sqlx::migrate!("../../migrations/postgres").run(&mut conn).await.unwrap();
        Some(Self { name, owner })
    }

    /// Of whoever owns it.
    pub async fn owner(&self) -> PgConnection {
        self.owner.connect().await.unwrap()
    }

    /// As Grille connects.
    pub async fn role(&self, role: &str) -> PgConnection {
        let options = self.owner.clone().options([("role", role), ("search_path", "public,vault,pg_temp")]);
        options.connect().await.unwrap()
    }

    /// As `doctor` opens it.
    pub async fn read_only(&self) -> Postgres {
        self.read_only_as("postgres").await
    }

    /// The same by another login.
    pub async fn read_only_as(&self, login: &str) -> Postgres {
        let url = format!("postgres://{login}@{}:{}/{}", self.owner.get_host(), self.owner.get_port(), self.name);
        match Db::open_postgres_read_only(&Address::parse(&url, None).unwrap()).await.unwrap() {
            Db::Postgres(postgres) => postgres,
            Db::Sqlite(_) => panic!("{url} is no file"),
        }
    }

    /// A login that may do nothing; roles belong to the cluster, so its name is this database's.
    pub async fn stranger(&self) -> String {
        let name = format!("{}_stranger", self.name);
        run(&mut self.owner().await, &format!("CREATE ROLE {name} LOGIN")).await.unwrap();
        name
    }
}
