//! The newest checkpoint, for whoever follows the log in this process: this instance's own as they are made, and the
//! other instances' as they are heard of.

use crate::store::Db;
use crate::store::log;
use crate::store::news::News;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// How long a server that is away is left alone before it is listened to again.
const AWAY: Duration = Duration::from_secs(2);

/// The newest head, as far as this process knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Newest {
    /// How many entries there are.
    pub size: u64,
    /// The signed checkpoint; empty if none was ever signed.
    pub note: String,
}

/// Tells heads to those who follow, for as long as the writer lives that holds it.
pub(super) struct Published {
    newest: Arc<watch::Sender<Newest>>,
    hearing: Option<AbortHandle>,
}

impl Published {
    /// Nothing told yet. Where other instances tell, they are listened to.
    pub(super) fn begin(db: &Db) -> (Self, watch::Receiver<Newest>) {
        let (newest, followed) = watch::channel(Newest::default());
        let newest = Arc::new(newest);
        let hearing = matches!(db, Db::Postgres(_)).then(|| tokio::spawn(hear(db.clone(), newest.clone())));
        (Self { newest, hearing: hearing.map(|task| task.abort_handle()) }, followed)
    }

    /// A head of our own making.
    pub(super) fn tell(&self, size: u64, note: String) {
        tell(&self.newest, size, note);
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        if let Some(hearing) = &self.hearing {
            hearing.abort();
        }
    }
}

/// A head that is older than what was told is nothing new.
fn tell(newest: &watch::Sender<Newest>, size: u64, note: String) {
    newest.send_if_modified(|told| {
        let newer = size > told.size;
        if newer {
            *told = Newest { size, note };
        }
        newer
    });
}

async fn hear(db: Db, newest: Arc<watch::Sender<Newest>>) {
    loop {
        if let Err(error) = hear_until_it_breaks(&db, &newest).await {
            tracing::warn!(%error, "the other instances are not heard");
        }
        tokio::time::sleep(AWAY).await;
    }
}

async fn hear_until_it_breaks(db: &Db, newest: &watch::Sender<Newest>) -> sqlx::Result<()> {
    let Some(mut news) = News::listen(db).await? else { return Ok(()) };
    loop {
        if let Some(head) = log::read_head(db).await? {
            tell(newest, head.size, head.note);
        }
        news.next().await?;
    }
}
