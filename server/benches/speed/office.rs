//! The real thing, in this process: the back office of some premises and the real router, on loopback.

use crate::counter::now;
use crate::premises::Premises;
use crate::tellers::{Teller, Tellers, enrol};
use anyhow::Context;
use backoffice::audit::Gather;
use backoffice::store::{WriteCache, log};
use backoffice::{BackOffice, audit};
use domain::audit::checkpoint::VerifierKey;
use grille::health::Health;
use grille::office::Site;
use grille::{listen, routes};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A served back office.
pub struct Office {
    /// Who works there.
    pub tellers: Tellers,
    office: Arc<BackOffice>,
    serving: JoinHandle<()>,
    stop: oneshot::Sender<()>,
}

impl Office {
    /// Opens what was filled, enrols tellers, serves.
    pub async fn open(premises: &Premises, tellers: usize) -> anyhow::Result<Self> {
        Self::open_gathering(premises, tellers, Gather::NONE).await
    }

    /// The same, where batches wait for company.
    pub async fn open_gathering(premises: &Premises, tellers: usize, gather: Gather) -> anyhow::Result<Self> {
        let office = premises.open_gathering(WriteCache::Serving, gather).await?;
        office.begin().await?;
        enrol(&office, tellers).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let addr = listener.local_addr()?;
        let origins = vec![format!("http://localhost:{}", addr.port())];
        let router = routes::router(Arc::new(Site {
            office: office.clone(),
            origins,
            demo: false,
            proxies: None,
            sso: None,
            health: Health::default(),
            metrics: None,
        }));
        let (stop, stopped) = oneshot::channel();
        let stopped = async move { stopped.await.unwrap_or_default() };
        let serving = tokio::spawn(listen::serve(listener, None, router, stopped));
        Ok(Self { tellers: Tellers::at(addr, premises)?, office, serving, stop })
    }

    /// Ends it, so that it is in nobody's way.
    pub async fn close(self) -> anyhow::Result<()> {
        drop(self.stop);
        self.serving.await?;
        self.office.ledger().settled().await;
        Ok(())
    }

    /// So many who have not asked anything yet.
    pub async fn crowd(&self, clients: usize) -> anyhow::Result<Vec<Teller>> {
        self.tellers.crowd(clients).await
    }

    /// The way to write.
    pub fn ledger(&self) -> &audit::Ledger {
        self.office.ledger()
    }

    /// How long a reveal's event is.
    pub async fn some_event_bytes(&self) -> anyhow::Result<usize> {
        let mut teller = self.crowd(1).await?;
        teller.first_mut().context("no teller")?.reveal().await?;
        let size = log::read_head(self.office.db()).await?.context("no log")?.size;
        let last = log::entries(self.office.db(), size - 1, 1).await?;
        Ok(last.first().context("no entry")?.bytes.len())
    }

    /// The bytes of every entry.
    pub async fn log_bytes(&self) -> anyhow::Result<Vec<Vec<u8>>> {
        let mut all = Vec::new();
        loop {
            let page = log::entries(self.office.db(), all.len() as u64, 1000).await?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page.into_iter().map(|row| row.bytes));
        }
    }

    /// Seconds that the whole verification took.
    pub async fn verify(&self) -> anyhow::Result<f64> {
        let key = self.office.log_identity().1.context("no log key")?;
        let key = VerifierKey::parse(&key)?;
        let begun = now();
        let verified = audit::verify(self.office.db(), Some(&key), None).await?;
        let seconds = begun.elapsed().as_secs_f64();
        anyhow::ensure!(verified.ok(), "the log does not verify: {verified}");
        Ok(seconds)
    }
}
