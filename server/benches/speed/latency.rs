//! How long one person waits for a search, a card and the first page of the log, each beside the bare
//! query that it is about.

use crate::client::Client;
use crate::counter::now;
use crate::past;
use crate::tellers::Teller;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
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

/// Measures all of them on the office whose database this file is.
pub async fn measure(file: &Path, teller: &mut Teller, reader: &mut Client) -> anyhow::Result<Vec<Waits>> {
    let conn = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let mut all = Vec::new();

    let mut took = Vec::new();
    for turn in 0..REQUESTS {
        let begun = now();
        teller.search(turn).await?;
        took.push(begun.elapsed());
    }
    let bare = Bare::of(&conn, "SELECT digest FROM vault_index WHERE field = 'id_no' LIMIT 997")?;
    const FIND: &str = "SELECT masks FROM vault_index JOIN customer ON customer.id = vault_index.customer \
        JOIN customer_mask ON customer_mask.customer = customer.id WHERE field = 'id_no' AND digest = $1";
    all.push(Waits { name: "search", ours: spread(took), bare: bare.spread(FIND)? });

    let mut took = Vec::new();
    for _ in 0..REQUESTS {
        let begun = now();
        teller.view().await?;
        took.push(begun.elapsed());
    }
    let bare = Bare::of(&conn, "SELECT id FROM customer LIMIT 997")?;
    all.push(Waits {
        name: "card",
        ours: spread(took),
        bare: bare.spread("SELECT masks FROM customer_mask WHERE customer = $1")?,
    });

    let nobody = Bare { conn: &conn, keys: vec![Vec::new()] };
    for (name, filter, sql) in [
        ("events", "", "SELECT bytes FROM log_entry WHERE $1 = x'' ORDER BY seq DESC LIMIT 50"),
        (
            "events of one person",
            "&staff_no=op5123",
            "SELECT bytes FROM log_entry WHERE staff_no = 'op5123' AND $1 = x'' ORDER BY seq DESC LIMIT 50",
        ),
        (
            "events refused",
            "&decision=refused",
            "SELECT bytes FROM log_entry WHERE code IS NOT NULL AND $1 = x'' ORDER BY seq DESC LIMIT 50",
        ),
        (
            "events of one field",
            "&field=mobile",
            "SELECT bytes FROM log_entry WHERE field = 'mobile' AND $1 = x'' ORDER BY seq DESC LIMIT 50",
        ),
    ] {
        let ours = ask(reader, &format!("limit=50{filter}")).await?;
        all.push(Waits { name, ours, bare: nobody.spread(sql)? });
    }
    let one = Bare { conn: &conn, keys: (0..200).map(|n| past::customer(n).as_bytes().to_vec()).collect() };
    let ours = ask(reader, &format!("limit=50&customer_id={}", past::customer(7))).await?;
    const OF_ONE: &str = "SELECT bytes FROM log_entry WHERE customer = $1 ORDER BY seq DESC LIMIT 50";
    all.push(Waits { name: "events of a customer", ours, bare: one.spread(OF_ONE)? });
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
    conn: &'a Connection,
    keys: Vec<Vec<u8>>,
}

impl<'a> Bare<'a> {
    /// Asked by the keys that this statement gives.
    fn of(conn: &'a Connection, sql: &str) -> anyhow::Result<Self> {
        let mut keys = conn.prepare(sql)?;
        let keys = keys.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(Self { conn, keys })
    }

    fn spread(&self, sql: &str) -> anyhow::Result<Spread> {
        let mut took = Vec::new();
        for key in self.keys.iter().cycle().take(REQUESTS as usize) {
            let begun = now();
            let mut statement = self.conn.prepare_cached(sql)?;
            let rows: Vec<Value> = statement.query_map([key], |row| row.get(0))?.collect::<Result<_, _>>()?;
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
