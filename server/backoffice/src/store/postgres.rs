//! PostgreSQL: a server that several instances share, and the three roles by which one process keeps itself from
//! what it need not reach.
//!
//! | Role | Whose connections | May |
//! | --- | --- | --- |
//! | `grille_desk` | reads | read, but nothing in the schema `vault` |
//! | `grille_vault` | reads of the vault | read the vault, and what stands beside it |
//! | `grille_app` | the writer's | change what changes; of the log, add and read |
//!
//! The login that the URL names is a member of all three and takes a role as each connection begins.

use super::db::{OpenError, WriteCache};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool, Row};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

pub(super) static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/postgres");
pub(super) const ROLES: &str = include_str!("../../../../migrations/postgres/roles.sql");

/// Where a server is, and as whom.
#[derive(Clone)]
pub struct Address {
    login: PgConnectOptions,
    /// Who owns the tables and brings them up to date, if it is not the login.
    owner: Option<PgConnectOptions>,
}

impl Address {
    /// Of `postgres://…` URLs. An error does not repeat them: a password may stand in them.
    pub fn parse(url: &str, owner_url: Option<&str>) -> Result<Self, OpenError> {
        const WRONG: OpenError =
            OpenError::NotPrepared("the database's URL is not postgres://USER:PASSWORD@HOST/DATABASE");
        let parse = |url: &str| {
            let known = url.starts_with("postgres://") || url.starts_with("postgresql://");
            let options = known.then(|| PgConnectOptions::from_str(url).ok()).flatten().ok_or(WRONG)?;
            Ok::<_, OpenError>(options.disable_statement_logging())
        };
        Ok(Self { login: parse(url)?, owner: owner_url.map(parse).transpose()? })
    }

    /// Whether what is said on the way could be heard, or answered, by somebody else: it leaves this machine, and the
    /// other end is not made to prove who it is.
    pub fn is_unguarded(&self) -> bool {
        let on_this_machine = self.login.get_socket().is_some()
            || ["localhost", "127.0.0.1", "::1"].contains(&self.login.get_host())
            || self.login.get_host().starts_with('/');
        !on_this_machine && !matches!(self.login.get_ssl_mode(), PgSslMode::VerifyCa | PgSslMode::VerifyFull)
    }

    /// Whether a log was ever begun there.
    pub async fn is_begun(&self) -> sqlx::Result<bool> {
        // The roles are made with the tables: before, there is none to take.
        let mut conn = self.login.connect().await?;
        let there = "SELECT to_regclass('public.log_head') IS NOT NULL";
        let there: bool = sqlx::query(there).fetch_one(&mut conn).await?.try_get(0)?;
        conn.close().await?;
        if !there {
            return Ok(false);
        }
        let mut conn = acting_as(self, Role::Desk).connect().await?;
        let begun = sqlx::query("SELECT 1 FROM log_head").fetch_optional(&mut conn).await?.is_some();
        conn.close().await?;
        Ok(begun)
    }

    /// A connection of whoever owns the tables, with nothing brought up to date.
    pub(super) async fn owner_connection(&self) -> sqlx::Result<PgConnection> {
        let options = [("search_path", "public,vault,pg_temp"), ("statement_timeout", "0")];
        self.owner().clone().application_name("grille").options(options).connect().await
    }

    fn owner(&self) -> &PgConnectOptions {
        self.owner.as_ref().unwrap_or(&self.login)
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "postgres://{}/{}", self.login.get_host(), self.login.get_database().unwrap_or_default())
    }
}

/// An open database of a server.
#[derive(Clone, Debug)]
pub struct Postgres {
    desk: PgPool,
    vault: PgPool,
    address: Arc<Address>,
}

/// As whom a connection acts.
#[derive(Clone, Copy)]
enum Role {
    App,
    Desk,
    Vault,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Role::App => "grille_app",
            Role::Desk => "grille_desk",
            Role::Vault => "grille_vault",
        }
    }
}

impl Postgres {
    pub(super) async fn open(address: &Address) -> Result<Self, OpenError> {
        let mut owner = address.owner().connect().await?;
        sqlx::raw_sql(ROLES).execute(&mut owner).await?;
        if address.owner.is_some() {
            let grant = "SELECT format('GRANT grille_app, grille_desk, grille_vault TO %I', $1)";
            let grant = sqlx::query(grant).bind(address.login.get_username()).fetch_one(&mut owner).await?;
            sqlx::raw_sql(AssertSqlSafe(grant.try_get::<String, _>(0)?)).execute(&mut owner).await?;
        }
        MIGRATIONS.run(&mut owner).await?;
        owner.close().await?;
        Self::open_read_only(address).await
    }

    pub(super) async fn open_read_only(address: &Address) -> Result<Self, OpenError> {
        let desk = pool(address, Role::Desk, 16).await?;
        let vault = pool(address, Role::Vault, 8).await?;
        Ok(Self { desk, vault, address: Arc::new(address.clone()) })
    }

    /// Lets go of every connection.
    pub async fn close(&self) {
        self.desk.close().await;
        self.vault.close().await;
    }

    /// Reads of everything but the vault.
    pub(super) fn desk(&self) -> &PgPool {
        &self.desk
    }

    /// Reads of the vault.
    pub(super) fn vault(&self) -> &PgPool {
        &self.vault
    }

    /// One that reads everything, for as long as it takes.
    pub(super) async fn snapshot_connection(&self) -> sqlx::Result<PgConnection> {
        let options = [("default_transaction_read_only", "on"), ("statement_timeout", "0")];
        acting_as(&self.address, Role::App).options(options).connect().await
    }

    pub(super) async fn write_connection(&self, cache: WriteCache) -> Result<PgConnection, OpenError> {
        // A writer that hangs in a transaction would hold the head, and so every other instance: the server ends
        // it, and a statement that does not end. One that waits for the head gives up when SQLite's would.
        let statement_timeout = match cache {
            WriteCache::Serving => "20s",
            WriteCache::Importing => "120s",
        };
        let options = acting_as(&self.address, Role::App).options([
            ("lock_timeout", "10s"),
            ("idle_in_transaction_session_timeout", "15s"),
            ("statement_timeout", statement_timeout),
        ]);
        let mut conn = options.connect().await?;
        check_durable(&mut conn).await?;
        Ok(conn)
    }
}

async fn pool(address: &Address, role: Role, most: u32) -> Result<PgPool, OpenError> {
    let options = acting_as(address, role).options([("default_transaction_read_only", "on")]);
    let pool = PgPoolOptions::new()
        .max_connections(most)
        .acquire_timeout(Duration::from_secs(3))
        // One that was used just now is there; asking it would double the cost of each read.
        .test_before_acquire(false)
        .before_acquire(|conn, met| {
            Box::pin(async move {
                match met.idle_for > Duration::from_secs(5) {
                    true => conn.ping().await.map(|()| true),
                    false => Ok(true),
                }
            })
        })
        .connect_with(options)
        .await?;
    Ok(pool)
}

fn acting_as(address: &Address, role: Role) -> PgConnectOptions {
    address.login.clone().application_name("grille").options([
        ("role", role.name()),
        ("search_path", "public,vault,pg_temp"),
        ("synchronous_commit", "on"),
    ])
}

/// Reads back what makes a COMMIT durable (V3).
async fn check_durable(conn: &mut PgConnection) -> Result<(), OpenError> {
    const SQL: &str = "SELECT current_setting('synchronous_commit'), current_setting('fsync'), \
        current_setting('full_page_writes')";
    let row = sqlx::query(SQL).fetch_one(&mut *conn).await?;
    if row.try_get::<&str, _>(0)? != "on" {
        return Err(OpenError::NotDurable("synchronous_commit=on"));
    }
    if row.try_get::<&str, _>(1)? != "on" {
        return Err(OpenError::NotDurable("fsync=on"));
    }
    if row.try_get::<&str, _>(2)? != "on" {
        return Err(OpenError::NotDurable("full_page_writes=on"));
    }
    Ok(())
}
