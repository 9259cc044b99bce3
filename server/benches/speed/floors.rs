//! The least that could be done: see `main`.

mod few;
mod postgres;
mod sqlite;

use crate::client::Client;
use crate::engine::Place;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use few::Few;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use std::net::SocketAddr;
use std::sync::Arc;
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

/// Whoever waits for a row to be durable.
type Done = oneshot::Sender<()>;

#[derive(Clone)]
struct Floor {
    queue: mpsc::Sender<Done>,
    readers: Readers,
}

#[derive(Clone)]
enum Readers {
    Sqlite(Arc<Few<rusqlite::Connection>>),
    Postgres(Arc<Few<PgConnection>>),
}

impl Floors {
    /// Tables in a place of their own, with `keys` rows to select among, and two handlers.
    pub async fn open(place: &Place, event_bytes: usize, keys: u64) -> anyhow::Result<Self> {
        let (queue, jobs) = mpsc::channel(1024);
        let row = vec![0x2e; event_bytes];
        let readers = match place {
            Place::File(file) => Readers::Sqlite(Arc::new(sqlite::open(file, keys, jobs, row)?)),
            Place::Server(url) => Readers::Postgres(Arc::new(postgres::open(url, keys, jobs, row).await?)),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let addr = listener.local_addr()?;
        let router = Router::new()
            .route("/append", post(append))
            .route("/select-and-append", post(select_and_append))
            .with_state(Floor { queue, readers });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { addr, keys })
    }
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
    let found = match &floor.readers {
        Readers::Sqlite(readers) => sqlite::select(readers, number).await,
        Readers::Postgres(readers) => postgres::select(readers, number).await,
    };
    match found {
        Ok(true) => append(State(floor)).await,
        Ok(false) | Err(_) => StatusCode::NOT_FOUND,
    }
}

/// Scattered, as a blind index's digests are.
fn key(number: u64) -> [u8; 32] {
    Sha256::digest(number.to_be_bytes()).into()
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
