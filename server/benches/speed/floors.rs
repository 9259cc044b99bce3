//! The least that could be done: see `main`.

use crate::client::Client;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use sha2::{Digest, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection, SqlitePool};
use std::net::SocketAddr;
use std::path::Path;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

/// As many as our own writer commits at once.
const BATCH: usize = 128;

/// A served floor.
pub struct Floors {
    /// Where.
    pub addr: SocketAddr,
    /// How many keys can be selected by.
    pub keys: u64,
}

type Done = oneshot::Sender<()>;

#[derive(Clone)]
struct Floor {
    queue: mpsc::Sender<Done>,
    pool: SqlitePool,
}

impl Floors {
    /// A database of its own, with `keys` rows to select among, and two handlers.
    pub async fn open(dir: &Path, event_bytes: usize, keys: u64) -> anyhow::Result<Self> {
        std::fs::create_dir(dir)?;
        let options = SqliteConnectOptions::new()
            .filename(dir.join("floor.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("cache_size", "-16000")
            .disable_statement_logging();
        let mut conn = options.connect().await?;
        for table in [
            "CREATE TABLE event (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
            "CREATE TABLE found (key BLOB PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
            "BEGIN",
        ] {
            sqlx::query(table).execute(&mut conn).await?;
        }
        for n in 0..keys {
            let insert = sqlx::query("INSERT INTO found (key, value) VALUES ($1, $2)");
            insert.bind(key(n)).bind(vec![7_u8; 16]).execute(&mut conn).await?;
        }
        sqlx::query("COMMIT").execute(&mut conn).await?;
        let pool = SqlitePoolOptions::new().max_connections(8).connect_with(options).await?;
        let (queue, jobs) = mpsc::channel(1024);
        tokio::spawn(write(conn, jobs, vec![0x2e; event_bytes]));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let addr = listener.local_addr()?;
        let router = Router::new()
            .route("/append", post(append))
            .route("/select-and-append", post(select_and_append))
            .with_state(Floor { queue, pool });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { addr, keys })
    }
}

/// One writer, one transaction for all that wait, one row each.
async fn write(mut conn: SqliteConnection, mut jobs: mpsc::Receiver<Done>, row: Vec<u8>) -> sqlx::Result<()> {
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut batch, BATCH).await > 0 {
        sqlx::query("BEGIN IMMEDIATE").execute(&mut conn).await?;
        for _ in &batch {
            sqlx::query("INSERT INTO event (bytes) VALUES ($1)").bind(&row).execute(&mut conn).await?;
        }
        sqlx::query("COMMIT").execute(&mut conn).await?;
        for done in batch.drain(..) {
            // A caller that went away needs no answer.
            done.send(()).unwrap_or_default();
        }
    }
    Ok(())
}

/// F1
async fn append(State(floor): State<Floor>) -> StatusCode {
    let (done, committed) = oneshot::channel();
    if floor.queue.send(done).await.is_err() || committed.await.is_err() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    StatusCode::OK
}

/// F2
async fn select_and_append(State(floor): State<Floor>, asked: String) -> StatusCode {
    let Ok(number) = asked.parse() else { return StatusCode::BAD_REQUEST };
    let select = sqlx::query("SELECT value FROM found WHERE key = $1").bind(key(number));
    match select.fetch_optional(&floor.pool).await {
        Ok(Some(_)) => append(State(floor)).await,
        Ok(None) | Err(_) => StatusCode::NOT_FOUND,
    }
}

/// Scattered, as a blind index's digests are.
fn key(number: u64) -> Vec<u8> {
    Sha256::digest(number.to_be_bytes()).to_vec()
}

/// One connection to a floor.
pub struct Caller {
    client: Client,
    path: &'static str,
    keys: u64,
}

impl Caller {
    /// Calls that path.
    pub fn new(client: Client, path: &'static str, keys: u64) -> Self {
        Self { client, path, keys }
    }

    /// Once.
    pub async fn call(&mut self, turn: u64) -> anyhow::Result<()> {
        let asked = (turn * 104_729 % self.keys).to_string();
        self.client.post(self.path, &asked).await?.expect(200, "")
    }
}

/// F3: seconds that it takes to hash them all as leaves are hashed.
pub fn hash_all(entries: &[Vec<u8>]) -> f64 {
    let begun = crate::counter::now();
    let mut mixed = 0_u8;
    for bytes in entries {
        let leaf = Sha256::new().chain_update([0]).chain_update(bytes).finalize();
        mixed ^= leaf[0];
    }
    std::hint::black_box(mixed);
    begun.elapsed().as_secs_f64()
}
