//! So many requests in so long, and how long each took.

use std::fmt;
use std::pin::Pin;
use std::time::{Duration, Instant};

/// A request and its answer, on the way.
pub type Asked<'a> = Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send + 'a>>;

/// Not counted: caches fill, connections settle.
const WARM_UP: Duration = Duration::from_millis(500);

/// What was measured.
pub struct Rate {
    /// Answers a second, all clients together.
    pub per_second: f64,
    median: Duration,
    p99: Duration,
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        write!(f, "{:>7.0}/s  median {:>6.2} ms  p99 {:>6.2} ms", self.per_second, ms(self.median), ms(self.p99))
    }
}

/// The one in the middle, by answers a second.
pub fn median(mut rates: Vec<Rate>) -> Rate {
    rates.sort_by(|one, other| one.per_second.total_cmp(&other.per_second));
    let middle = rates.len() / 2;
    rates.swap_remove(middle)
}

/// The present, for measuring alone.
pub fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures; no rule hangs on it")]
    Instant::now()
}

/// Lets each of the crowd ask over and over, its next request after its last answer. The first that is not
/// answered as it should be ends it all.
pub async fn count<C, F>(crowd: Vec<C>, seconds: Duration, ask: F) -> anyhow::Result<(Rate, Vec<C>)>
where
    C: Send + 'static,
    F: for<'a> Fn(&'a mut C, u64) -> Asked<'a> + Copy + Send + Sync + 'static,
{
    let from = now() + WARM_UP;
    let until = from + seconds;
    let tasks: Vec<_> = crowd
        .into_iter()
        .map(|mut one| {
            tokio::spawn(async move {
                let mut took = Vec::new();
                let mut turn = 0;
                loop {
                    let begun = now();
                    if begun >= until {
                        return anyhow::Ok((one, took));
                    }
                    ask(&mut one, turn).await?;
                    turn += 1;
                    let ended = now();
                    if ended >= from && ended < until {
                        took.push(ended - begun);
                    }
                }
            })
        })
        .collect();
    let (mut crowd, mut all) = (Vec::new(), Vec::new());
    for task in tasks {
        let (one, took) = task.await??;
        crowd.push(one);
        all.extend(took);
    }
    all.sort_unstable();
    let at = |share: f64| all.get((all.len() as f64 * share) as usize).copied().unwrap_or_default();
    let rate = Rate { per_second: all.len() as f64 / seconds.as_secs_f64(), median: at(0.5), p99: at(0.99) };
    Ok((rate, crowd))
}
