//! The one writer. It drains its queue into one transaction, each act in a savepoint of its own; hashes
//! each event as a leaf; moves the head by compare-and-swap; commits; and only then gives receipts. So
//! sixty-four clients share one fsync, and no act has its receipt before the commit that holds its event.

use super::checkpoint::Signer;
use super::gather::Gather;
use super::ledger::{Job, Ledger, QUEUE};
use super::pending::Pending;
use super::published::{Newest, Published};
use super::standing::Standing;
use super::tree::{LoadError, Tree};
use crate::store::log::{self, Head};
use crate::store::{Conn, Db, OpenError, WriteCache, WriteTx, is_busy};
use crate::system::{Entropy, Stopwatch};
use crate::{measure, spans};
use domain::audit::event::Kind;
use domain::audit::merkle::Hash;
use domain::clock::{Clock, Span, Timestamp};
use domain::code::Code;
use domain::desk::DeskError;
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tracing::Instrument;

/// Acts that share one transaction, at most: enough to share an fsync, few enough to keep its wait short.
const BATCH: usize = 128;
/// How long a database that went away is waited for, while acts wait in the queue.
const RECONNECT: Duration = Duration::from_secs(3);
/// How far the clock may stand behind the log before sensitive acts stop (A6).
pub(crate) const CLOCK_TOLERANCE: Span = Span::seconds(2);

/// What the writer works with.
pub(crate) struct Writer {
    db: Db,
    cache: WriteCache,
    conn: Conn,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    signer: Arc<dyn Signer>,
    gather: Gather,
    tree: Option<Tree>,
    /// Why the last batch barred sensitive acts: said once, when it begins.
    barred: Option<Code>,
    published: Published,
}

/// A failure inside a batch: nothing of it is committed.
#[derive(Debug, thiserror::Error)]
enum BatchError {
    #[error(transparent)]
    Sqlx(#[from] sqlx::Error),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error("another writer moved the head")]
    HeadMoved,
    #[error(transparent)]
    Reconnect(OpenError),
    #[error("the database does not answer")]
    Gone,
}

/// One batch's place in the log.
struct Batch {
    tree: Tree,
    head: Head,
    now: Timestamp,
    /// Why sensitive acts may not run in this batch.
    bar: Option<Code>,
    savepoint: Savepoint,
    pending: Pending,
    /// What is appended, for those who count.
    told: Vec<(Kind, Option<Code>)>,
}

/// How the savepoint stands that the next act would run in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Savepoint {
    /// There is none yet.
    Absent,
    /// Nothing happened in it, or what did was undone.
    Fresh,
    /// It holds an act's work.
    Used,
}

impl Writer {
    /// Starts the writer on a thread of its own: each of its statements is a wait, and on the threads that
    /// serve it would queue behind everybody's requests after each. `watch` tells each new signed checkpoint.
    pub(crate) async fn start(
        db: &Db,
        cache: WriteCache,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        signer: Arc<dyn Signer>,
        gather: Gather,
    ) -> Result<(Ledger, watch::Receiver<Newest>), OpenError> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let (published, checkpoints) = Published::begin(db);
        // On this runtime, whose pool it is: a connection lives by the one that it was made on.
        if let Some(head) = log::read_head(db).await? {
            published.tell(head);
        }
        let (db, (opened, open)) = (db.clone(), oneshot::channel());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(sqlx::Error::Io)?;
        let write = async move {
            let conn = match db.write_connection(cache).await {
                Ok(conn) => conn,
                Err(error) => return drop(opened.send(Err(error))),
            };
            let writer = Self { db, cache, conn, clock, entropy, signer, gather, tree: None, barred: None, published };
            if opened.send(Ok(())).is_ok() {
                writer.run(jobs).await;
            }
        };
        let thread = std::thread::Builder::new().name("writer".into());
        thread.spawn(move || runtime.block_on(write)).map_err(sqlx::Error::Io)?;
        open.await.map_err(|_| sqlx::Error::WorkerCrashed)??;
        Ok((Ledger::new(queue), checkpoints))
    }

    async fn run(mut self, mut jobs: mpsc::Receiver<Box<dyn Job>>) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut before = 0;
        while jobs.recv_many(&mut batch, BATCH).await > 0 {
            if let Some(wait) = self.gather.after(before) {
                // This thread has nothing else to do, and tokio's clock ticks by the millisecond.
                std::thread::sleep(wait);
                while batch.len() < BATCH
                    && let Ok(job) = jobs.try_recv()
                {
                    batch.push(job);
                }
            }
            before = batch.len();
            let span = spans::batch(batch.len());
            let settled = self.commit(&mut batch).instrument(span).await;
            if let Err(error) = &settled {
                measure::lost(batch.len());
                tracing::error!(%error, acts = batch.len(), "a batch was not committed; nothing in it was done");
                self.tree = None;
                drop(self.conn.rollback().await);
            }
            let mut outcomes = settled.unwrap_or_default().into_iter();
            for job in batch.drain(..) {
                job.settle(outcomes.next().unwrap_or(Err(Code::LogUnavailable)));
            }
        }
    }

    /// Runs the jobs and commits. Gives back, job by job, whether it was done and at which number its
    /// event stands.
    async fn commit(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<Vec<Result<Option<u64>, Code>>, BatchError> {
        let whole = Stopwatch::begin();
        if let Err(error) = self.conn.begin().await {
            if is_busy(&error) {
                return Err(error.into());
            }
            // Nothing of the batch has run yet: a server that went away and came back costs it nothing.
            tracing::warn!(%error, "no transaction could begin; the database is connected to anew");
            self.reconnect().await?;
            self.conn.begin().await?;
        }
        let mut batch = self.begin_batch().await?;
        let mut outcomes = Vec::with_capacity(jobs.len());
        for job in jobs {
            outcomes.push(self.run_one(&mut batch, job.as_mut()).await?);
        }
        batch.pending.write(&mut self.conn).await?;
        let grown = batch.tree.size() > batch.head.size;
        let moved = if grown { Some(self.move_head(&mut batch).await?) } else { None };
        if !grown && batch.savepoint != Savepoint::Absent {
            // On PostgreSQL the COMMIT of a transaction that failed answers as if all were well. Where something was
            // appended a statement has failed before; where nothing was, this one does.
            self.conn.leave_savepoint().await?;
        }
        let commit = Stopwatch::begin();
        self.conn.commit().await?;
        measure::batch(&batch.told, whole.elapsed(), commit.elapsed());
        self.tree = Some(batch.tree);
        if let Some(head) = moved {
            self.published.tell(head);
        }
        Ok(outcomes)
    }

    /// Takes a new connection for one that a server ended. One that is not there in time leaves the old one: the next
    /// batch tries again, and until then every act is refused.
    async fn reconnect(&mut self) -> Result<(), BatchError> {
        let connecting = tokio::time::timeout(RECONNECT, self.db.write_connection(self.cache));
        self.conn = connecting.await.map_err(|_| BatchError::Gone)?.map_err(BatchError::Reconnect)?;
        Ok(())
    }

    /// Reads the head. Another process (an import, another instance) may have moved it: then the tree is
    /// read again, and must have grown out of the one that was known.
    async fn begin_batch(&mut self) -> Result<Batch, BatchError> {
        let known = self.published.known();
        let head = log::head(&mut self.conn).await?;
        let tree = match self.tree.take() {
            Some(tree) if tree.size() == head.size && tree.root() == head.root => tree,
            _ => Tree::load(&mut self.conn, head.size).await?,
        };
        self.hold(&tree, known).await?;
        let clock = self.clock.now();
        let bar = if self.published.has_lost() {
            Some(Code::LogIncomplete)
        } else if head.latest.since(clock) > CLOCK_TOLERANCE {
            Some(Code::ClockBehind)
        } else if !self.signer.ready() {
            Some(Code::LogKeyMissing)
        } else {
            None
        };
        if bar != self.barred {
            match bar {
                Some(code) => tracing::error!(%code, "ALERT: sensitive acts are stopped"),
                None => tracing::warn!("sensitive acts go on"),
            }
            self.barred = bar;
        }
        let now = clock.max(head.latest);
        let (savepoint, pending) = (Savepoint::Absent, Pending::default());
        Ok(Batch { tree, head, now, bar, savepoint, pending, told: Vec::new() })
    }

    /// Holds the tree against what was told before the head was read (A3). The root of then is mostly in what the tree
    /// is kept by; where a tile has filled since, it takes the tiles.
    async fn hold(&mut self, tree: &Tree, (known, root): (u64, Hash)) -> Result<(), BatchError> {
        let standing = match Standing::behind(tree.size(), known) {
            Some(behind) => behind,
            None => match self.root_at(tree, known).await? {
                Some(then) if then == root => return Ok(()),
                Some(_) | None => Standing::Forked { size: tree.size() },
            },
        };
        self.published.lose(standing);
        Ok(())
    }

    async fn root_at(&mut self, tree: &Tree, size: u64) -> Result<Option<Hash>, BatchError> {
        if size == tree.size() {
            return Ok(Some(tree.root()));
        }
        if let Some(root) = tree.root_at(size) {
            return Ok(Some(root));
        }
        match Tree::load(&mut self.conn, size).await {
            Ok(then) => Ok(Some(then.root())),
            Err(LoadError::Gap) => Ok(None),
            Err(LoadError::Sqlx(error)) => Err(error.into()),
        }
    }

    async fn run_one(&mut self, batch: &mut Batch, job: &mut dyn Job) -> Result<Result<Option<u64>, Code>, BatchError> {
        self.enter_savepoint(batch, job.reads_log()).await?;
        let mut tx = WriteTx::new(&mut self.conn, batch.now, &*self.entropy, job.reads_log());
        let barred = match batch.bar {
            Some(code) => caught(job.bar(&mut tx, DeskError::Refused(code))).await,
            None => Ok(None),
        };
        let ran = match barred {
            Ok(Some(ran)) => Ok(ran),
            Ok(None) => caught(job.run(&mut tx)).await,
            Err(error) => Err(error),
        };
        let encoded = match ran {
            Ok(ran) => match ran.event.map(|event| event.encode().map(|bytes| (event, bytes))).transpose() {
                Ok(event) => Ok((ran.undo, event)),
                Err(error) => Err(format!("event not written: {error}")),
            },
            Err(error) => Err(format!("act failed: {error}")),
        };
        batch.savepoint = match &encoded {
            Ok((false, _)) => Savepoint::Used,
            Ok((true, _)) | Err(_) => {
                self.conn.undo().await?;
                Savepoint::Fresh
            }
        };
        match encoded {
            Ok((_, Some((event, bytes)))) => {
                batch.told.push((event.kind, event.code));
                Ok(Ok(Some(batch.pending.append(&mut batch.tree, &event, bytes))))
            }
            Ok((_, None)) => Ok(Ok(None)),
            Err(error) => {
                tracing::error!(%error, "an act was undone");
                Ok(Err(Code::LogUnavailable))
            }
        }
    }

    /// Makes room for an act that can be undone by itself. One that reads the log sees all before it there.
    async fn enter_savepoint(&mut self, batch: &mut Batch, reads_log: bool) -> Result<(), BatchError> {
        if reads_log && batch.pending.write(&mut self.conn).await? {
            batch.savepoint = Savepoint::Used;
        }
        match batch.savepoint {
            Savepoint::Absent => self.conn.savepoint().await?,
            Savepoint::Fresh => (),
            Savepoint::Used => self.conn.next_savepoint().await?,
        }
        batch.savepoint = Savepoint::Fresh;
        Ok(())
    }

    /// Signs the new tree and moves the head onto it. The signature is made before COMMIT and leaves this
    /// process after it: a head that never came to be is never shown.
    async fn move_head(&mut self, batch: &mut Batch) -> Result<Head, BatchError> {
        let (size, root) = (batch.tree.size(), batch.tree.root());
        let note = self.signer.sign(size, root).unwrap_or_else(|| batch.head.note.clone());
        let head = Head { size, root, latest: batch.now, note };
        // Compare-and-swap: if the head is not where this batch began, two logs were about to fork.
        if !log::move_head(&mut self.conn, batch.head.size, &head).await? {
            return Err(BatchError::HeadMoved);
        }
        Ok(head)
    }
}

/// An act that panics is undone like one that fails; the writer lives on.
async fn caught<T>(work: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| Err(sqlx::Error::WorkerCrashed))
}
