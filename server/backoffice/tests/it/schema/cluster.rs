//! A database with the schema and nothing in it, in the cluster that `cargo xtask postgres` gives.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};

static MADE: AtomicU32 = AtomicU32::new(0);

pub struct Database {
    owner: PgConnectOptions,
}

/// Where there is a cluster.
pub fn cluster() -> Option<PgConnectOptions> {
    let url = std::env::var("GRILLE_TEST_POSTGRES").ok()?;
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
        Some(Self { owner })
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
}
