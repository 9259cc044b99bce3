//! How long one person waits for a search, a card and the first page of the log, each beside the bare
//! query that it is about.

use crate::client::Client;
use crate::counter::now;
use crate::office::{Office, Teller};
use crate::past;
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;
use std::time::Duration;

/// Requests that a figure is made of, but for a first tenth that warms up.
const REQUESTS: u64 = 440;

/// One thing asked for over and over, one at a time.
pub struct Waits {
    name: &'static str,
    ours: Spread,
    bare: Spread,
}

#[derive(Clone, Copy)]
struct Spread {
    median: Duration,
    p95: Duration,
}

impl std::fmt::Display for Waits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        let Self { name, ours, bare } = self;
        write!(
            f,
            "wait {name:<20} median {:>7.2} ms  p95 {:>7.2} ms   bare query {:.3} / {:.3} ms",
            ms(ours.median),
            ms(ours.p95),
            ms(bare.median),
            ms(bare.p95)
        )
    }
}

/// Measures all of them on this office.
pub async fn measure(office: &Office, teller: &mut Teller, reader: &mut Client) -> anyhow::Result<Vec<Waits>> {
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(office.file()).read_only(true)).await?;
    let mut all = Vec::new();

    let mut took = Vec::new();
    for turn in 0..REQUESTS {
        let begun = now();
        teller.search(turn).await?;
        took.push(begun.elapsed());
    }
    let keys: Vec<(Vec<u8>,)> =
        sqlx::query_as("SELECT digest FROM vault_index WHERE field = 'id_no' LIMIT 997").fetch_all(&pool).await?;
    let bare = Bare { pool: &pool, keys: keys.into_iter().map(|(key,)| key).collect() };
    const FIND: &str = "SELECT customer.id, masks FROM vault_index JOIN customer ON customer.id = vault_index.customer \
        JOIN customer_mask ON customer_mask.customer = customer.id WHERE field = 'id_no' AND digest = $1";
    all.push(Waits { name: "search", ours: spread(took), bare: bare.spread(FIND).await? });

    let mut took = Vec::new();
    for _ in 0..REQUESTS {
        let begun = now();
        teller.view().await?;
        took.push(begun.elapsed());
    }
    let ids: Vec<(Vec<u8>,)> = sqlx::query_as("SELECT id FROM customer LIMIT 997").fetch_all(&pool).await?;
    let bare = Bare { pool: &pool, keys: ids.into_iter().map(|(id,)| id).collect() };
    all.push(Waits {
        name: "card",
        ours: spread(took),
        bare: bare.spread("SELECT masks FROM customer_mask WHERE customer = $1").await?,
    });

    let nobody = Bare { pool: &pool, keys: vec![Vec::new()] };
    for (name, filter, sql) in [
        ("events", "", "SELECT seq, bytes FROM log_entry WHERE $1 = x'' ORDER BY seq DESC LIMIT 50"),
        (
            "events of one person",
            "&staff_no=op5123",
            "SELECT seq, bytes FROM log_entry WHERE staff_no = 'op5123' AND $1 = x'' ORDER BY seq DESC LIMIT 50",
        ),
        (
            "events refused",
            "&decision=refused",
            "SELECT seq, bytes FROM log_entry WHERE code IS NOT NULL AND $1 = x'' ORDER BY seq DESC LIMIT 50",
        ),
        (
            "events of one field",
            "&field=mobile",
            "SELECT seq, bytes FROM log_entry WHERE field = 'mobile' AND $1 = x'' ORDER BY seq DESC LIMIT 50",
        ),
    ] {
        let ours = ask(reader, &format!("limit=50{filter}")).await?;
        all.push(Waits { name, ours, bare: nobody.spread(sql).await? });
    }
    let one = Bare { pool: &pool, keys: (0..200).map(|n| past::customer(n).as_bytes().to_vec()).collect() };
    let ours = ask(reader, &format!("limit=50&customer_id={}", past::customer(7))).await?;
    const OF_ONE: &str = "SELECT seq, bytes FROM log_entry WHERE customer = $1 ORDER BY seq DESC LIMIT 50";
    all.push(Waits { name: "events of a customer", ours, bare: one.spread(OF_ONE).await? });
    Ok(all)
}

async fn ask(reader: &mut Client, form: &str) -> anyhow::Result<Spread> {
    let mut took = Vec::new();
    for _ in 0..REQUESTS {
        let begun = now();
        reader.post("/api/audit/events", form).await?.expect(200, "\"seq\"")?;
        took.push(begun.elapsed());
    }
    Ok(spread(took))
}

/// The query alone, on a connection that does nothing else.
struct Bare<'a> {
    pool: &'a SqlitePool,
    keys: Vec<Vec<u8>>,
}

impl Bare<'_> {
    async fn spread(&self, sql: &'static str) -> anyhow::Result<Spread> {
        let mut took = Vec::new();
        for key in self.keys.iter().cycle().take(REQUESTS as usize) {
            let begun = now();
            let rows = sqlx::query(sql).bind(key).fetch_all(self.pool).await?;
            took.push(begun.elapsed());
            anyhow::ensure!(!rows.is_empty(), "the bare query found nothing");
        }
        Ok(spread(took))
    }
}

fn spread(mut took: Vec<Duration>) -> Spread {
    took.drain(..(REQUESTS / 10) as usize);
    took.sort_unstable();
    let at = |share: f64| took.get((took.len() as f64 * share) as usize).copied().unwrap_or_default();
    Spread { median: at(0.5), p95: at(0.95) }
}
