//! Whether this is the log that its own checkpoint file knows (A3).
//!
//! A database can be put back to an earlier time behind our back, by a snapshot of the machine or by a file that was
//! copied, and would go on from there as if nothing had been. The newest checkpoint lies beside it, signed by the same
//! key; and each process knows what it was told last. Where either vouches for entries that the log lacks, nothing
//! sensitive is done until a person has looked; and the file stays as it is, since it is the evidence.

use super::checkpoint::{CheckpointFile, KeySigner, size_of};
use super::published::Newest;
use super::standing::Standing;
use crate::store::Db;
use crate::store::log;
use domain::audit::checkpoint::{self, VerifierKey};
use domain::code::Code;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// From one writing of the file to the next: at full load there are hundreds of checkpoints a second, and who
/// collects them comes by the minute.
const PACE: Duration = Duration::from_millis(100);

/// What this process found when it began, or as soon as there was a key to read the file by, or since. Clones share it.
#[derive(Clone)]
pub(crate) struct Accord(Arc<Held>);

struct Held {
    file: CheckpointFile,
    db: Db,
    signer: Arc<KeySigner>,
    told: watch::Receiver<Newest>,
    /// How many entries the log had when this process began, those left out that were recorded without the key: they
    /// may have taken the numbers of some that are lost.
    began: u64,
    found: watch::Sender<Option<Standing>>,
}

/// Why it is not known how the log stands.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsettled {
    /// The log was not read.
    #[error(transparent)]
    Log(#[from] sqlx::Error),
    /// Nor was the file, which is there.
    #[error("the checkpoint file cannot be read: {0}")]
    File(#[from] std::io::Error),
}

impl Accord {
    /// Of a log that this process has not written to.
    pub(crate) async fn begin(
        file: CheckpointFile,
        db: Db,
        signer: Arc<KeySigner>,
        told: watch::Receiver<Newest>,
    ) -> sqlx::Result<Self> {
        let head = log::read_head(&db).await?;
        let began = head.map_or(0, |head| size_of(&head.note).map_or(head.size, |signed| signed.min(head.size)));
        Ok(Self(Arc::new(Held { file, db, signer, told, began, found: watch::Sender::new(None) })))
    }

    /// What was found, or is found now; nothing without the key.
    pub(crate) async fn settle(&self) -> Result<Option<Standing>, Unsettled> {
        let lost = self.0.told.borrow().lost;
        if let Some(lost) = lost {
            self.find(lost);
        }
        let found = *self.0.found.borrow();
        if found.is_none()
            && let Some(looked) = self.look().await?
        {
            self.find(looked);
        }
        Ok(*self.0.found.borrow())
    }

    /// Notes it. Nothing makes a log whole again that was found not to be, while this process lasts.
    pub(crate) fn find(&self, looked: Standing) {
        self.0.found.send_if_modified(|found| {
            let first = match found {
                None => true,
                Some(Standing::Holds) => looked != Standing::Holds,
                Some(Standing::Behind { .. } | Standing::Forked { .. }) => false,
            };
            if first {
                *found = Some(looked);
                if looked != Standing::Holds {
                    tracing::error!(
                        ?looked,
                        "ALERT: the log lacks entries that were vouched for before; sensitive acts are stopped"
                    );
                }
            }
            first
        });
    }

    /// What the file vouched for beyond this log was agreed to be lost, and it was moved aside.
    pub(crate) fn agreed(&self) {
        self.find(Standing::Holds);
    }

    /// Waits until the log is found to lack something.
    pub(crate) async fn lacks(&self) -> Standing {
        let mut found = self.0.found.subscribe();
        let lacks = |found: &Option<Standing>| found.is_some_and(|found| found != Standing::Holds);
        // The sender is ours, so that it cannot end before.
        found.wait_for(lacks).await.ok().and_then(|found| *found).unwrap_or(Standing::Holds)
    }

    async fn look(&self) -> Result<Option<Standing>, Unsettled> {
        let Some(key) = self.key() else { return Ok(None) };
        loop {
            let Some(note) = self.0.file.read()? else {
                if self.0.began > 0 {
                    tracing::error!("ALERT: the checkpoint file is gone, so the log is compared with nothing");
                }
                return Ok(Some(Standing::Holds));
            };
            let Ok(known) = checkpoint::open(&note, &key) else {
                tracing::error!(
                    "ALERT: the checkpoint file is not signed by this log's key: nothing is compared with it"
                );
                return Ok(Some(Standing::Holds));
            };
            let found = match Standing::of(&self.0.db, &known).await? {
                Standing::Holds => return Ok(Some(Standing::Holds)),
                // However far it has gone on since.
                found => Standing::behind(self.0.began, known.size).unwrap_or(found),
            };
            // Another instance may just have moved it aside, as was agreed to when a backup was restored.
            if self.0.file.read()?.as_ref() == Some(&note) {
                return Ok(Some(found));
            }
        }
    }

    fn key(&self) -> Option<VerifierKey> {
        self.0.signer.verifier_key().and_then(|key| VerifierKey::parse(&key).ok())
    }

    /// Why sensitive acts may not run; nothing if they may.
    pub(crate) async fn bar(&self) -> Option<Code> {
        match self.settle().await {
            Ok(Some(Standing::Holds)) => None,
            Ok(Some(Standing::Behind { .. } | Standing::Forked { .. })) => Some(Code::LogIncomplete),
            Ok(None) => Some(Code::LogKeyMissing),
            Err(error) => {
                tracing::error!(%error, "the log was not held against the checkpoint file");
                Some(Code::LogUnavailable)
            }
        }
    }

    /// Writes the newest checkpoint into the file, ten times a second at most, until the writer ends.
    pub(crate) async fn follow(self, mut checkpoints: watch::Receiver<Newest>) {
        while checkpoints.changed().await.is_ok() {
            let Newest { note, .. } = checkpoints.borrow_and_update().clone();
            // Without a key nothing was ever signed: there is no checkpoint to give away.
            if self.bar().await.is_none()
                && let Some(key) = self.key().filter(|_| !note.is_empty())
            {
                let file = self.0.file.clone();
                let written = tokio::task::spawn_blocking(move || file.replace(&note, &key)).await;
                if let Err(error) = written.map_err(std::io::Error::other).flatten() {
                    tracing::error!(%error, "the checkpoint file was not written");
                }
            }
            tokio::time::sleep(PACE).await;
        }
    }
}
