//! The newest checkpoint, for whoever follows the log in this process: this instance's own as they are made, and the
//! other instances' as they are heard of.

use super::standing::Standing;
use crate::store::Db;
use crate::store::log::{self, Head};
use crate::store::news::News;
use domain::audit::merkle::{Hash, empty_root};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// How long a server that is away is left alone before it is listened to again.
const AWAY: Duration = Duration::from_secs(2);

/// The newest head, as far as this process knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newest {
    /// How many entries there are.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// The signed checkpoint; empty if none was ever signed.
    pub note: String,
    /// How the log stood when it was found not to hold what had been told of it; told once and for all.
    pub lost: Option<Standing>,
}

/// Tells heads to those who follow, for as long as the writer lives that holds it.
pub(super) struct Published {
    newest: Arc<watch::Sender<Newest>>,
    hearing: Option<AbortHandle>,
}

impl Published {
    /// Nothing told yet. Where other instances tell, they are listened to.
    pub(super) fn begin(db: &Db) -> (Self, watch::Receiver<Newest>) {
        let none = Newest { size: 0, root: empty_root(), note: String::new(), lost: None };
        let (newest, followed) = watch::channel(none);
        let newest = Arc::new(newest);
        let hearing = matches!(db, Db::Postgres(_)).then(|| tokio::spawn(hear(db.clone(), newest.clone())));
        (Self { newest, hearing: hearing.map(|task| task.abort_handle()) }, followed)
    }

    /// A head that is committed.
    pub(super) fn tell(&self, head: Head) {
        tell(&self.newest, head);
    }

    /// What was told last: how many entries, and the root over them. Whoever asks before the head is read holds a log to
    /// it that can only have gone on.
    pub(super) fn known(&self) -> (u64, Hash) {
        known(&self.newest)
    }

    /// The log does not hold what was told of it: it was put back beneath us.
    pub(super) fn lose(&self, standing: Standing) {
        lose(&self.newest, standing);
    }

    /// Whether that was found.
    pub(super) fn has_lost(&self) -> bool {
        self.newest.borrow().lost.is_some()
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
fn tell(newest: &watch::Sender<Newest>, head: Head) {
    newest.send_if_modified(|told| {
        let newer = head.size > told.size;
        if newer {
            *told = Newest { size: head.size, root: head.root, note: head.note, lost: told.lost };
        }
        newer
    });
}

fn known(newest: &watch::Sender<Newest>) -> (u64, Hash) {
    let told = newest.borrow();
    (told.size, told.root)
}

fn lose(newest: &watch::Sender<Newest>, standing: Standing) {
    newest.send_if_modified(|told| {
        let first = told.lost.is_none();
        if first {
            told.lost = Some(standing);
        }
        first
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
        let (size, root) = known(newest);
        let head = log::read_head(db).await?;
        match Standing::at(db, head.as_ref(), size, root).await? {
            Standing::Holds => (),
            lost => lose(newest, lost),
        }
        if let Some(head) = head {
            tell(newest, head);
        }
        news.next().await?;
    }
}
