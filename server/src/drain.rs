//! The orderly end of a served site (O3): it says that it goes, goes on serving until load balancers know, takes no more
//! connections, answers what was asked, writes what waits, and ends. Told twice, it ends at once.

use crate::office::Site;
use backoffice::BackOffice;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long whatever is under way may take: answers, a file that is being made, the writer's queue.
const LINGER: Duration = Duration::from_secs(10);

/// How often the process was told to stop.
#[derive(Clone)]
pub struct Stops(watch::Receiver<u32>);

impl Stops {
    /// Listens from now on: until then the system ends the process by itself.
    pub fn listen() -> Self {
        let (told, stops) = watch::channel(0);
        let mut signals = Signals::new();
        tokio::spawn(async move {
            loop {
                signals.next().await;
                told.send_modify(|times| *times += 1);
            }
        });
        Self(stops)
    }

    /// When it was told so often.
    pub async fn told(&mut self, times: u32) {
        if self.0.wait_for(|told| *told >= times).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// SIGTERM and SIGINT, none of them lost between two looks.
struct Signals {
    #[cfg(unix)]
    both: Option<[tokio::signal::unix::Signal; 2]>,
}

impl Signals {
    fn new() -> Self {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let both = signal(SignalKind::terminate()).and_then(|term| Ok([term, signal(SignalKind::interrupt())?]));
            if let Err(error) = &both {
                tracing::error!(%error, "signals cannot be listened to: the process ends by SIGKILL alone");
            }
            Self { both: both.ok() }
        }
        #[cfg(not(unix))]
        Self {}
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        match &mut self.both {
            Some([term, interrupt]) => {
                tokio::select! { _ = term.recv() => (), _ = interrupt.recv() => () }
            }
            None => std::future::pending().await,
        }
        #[cfg(not(unix))]
        drop(tokio::signal::ctrl_c().await);
    }
}

/// Waits for the word to stop, and then until the listener may close.
pub async fn begin(mut stops: Stops, site: Arc<Site>, drain: Duration) {
    stops.told(1).await;
    site.health.drain();
    site.office.end_exports();
    tracing::warn!(seconds = drain.as_secs(), "told to stop: whoever asks /readyz is sent elsewhere");
    tokio::time::sleep(drain).await;
    // A live tail is an answer without an end: the server would wait for it.
    site.office.end_tails();
}

/// Waits, for so long and no longer, until nothing is half done: tails are closed in the log, no file is half made, and
/// the writer's queue is empty. A file that takes longer is begun anew by whoever lives (E3).
pub async fn end(office: &BackOffice, exports: JoinHandle<()>) {
    let tails = tokio::time::timeout(LINGER, office.tails_closed()).await;
    let files = tokio::time::timeout(LINGER, exports).await;
    let queue = tokio::time::timeout(LINGER, office.ledger().settled()).await;
    for (late, what) in [
        (tails.is_err(), "some live tails"),
        (files.is_err(), "a file that is being made"),
        (queue.is_err(), "the writer"),
    ] {
        if late {
            tracing::warn!(what, "not waited for any longer");
        }
    }
}
