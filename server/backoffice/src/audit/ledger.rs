//! The ledger as its callers see it: hand in an act, get a receipt or a refusal.

use super::accord::Accord;
use super::act::{Act, Verdict};
use super::receipt::Receipt;
use crate::auth::too_many_alike;
use crate::spans;
use crate::store::WriteTx;
use domain::audit::event::AuditEvent;
use domain::code::Code;
use domain::desk::DeskError;
use tokio::sync::{mpsc, oneshot};
use tracing::Span;

/// How many acts may wait. Beyond it the answer is `busy`, at once, with nothing done.
pub(super) const QUEUE: usize = 1024;

/// The way to the writer. Clones share it.
#[derive(Clone)]
pub struct Ledger {
    queue: mpsc::Sender<Box<dyn Job>>,
    /// What sensitive acts wait for; nothing for a log that has no checkpoint file.
    accord: Option<Accord>,
}

/// A way to the writer for as long as others have one.
pub(crate) struct WeakLedger {
    queue: mpsc::WeakSender<Box<dyn Job>>,
    accord: Option<Accord>,
}

impl WeakLedger {
    /// The ledger, if it is still there.
    pub(crate) fn upgrade(&self) -> Option<Ledger> {
        Some(Ledger { queue: self.queue.upgrade()?, accord: self.accord.clone() })
    }
}

/// Why there is no receipt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// It was refused, and the refusal is in the log.
    #[error("{0}")]
    Refused(DeskError),
    /// Nothing was done and nothing recorded.
    #[error("{0}")]
    Unavailable(Code),
}

impl From<ActError> for DeskError {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Refused(error) => error,
            ActError::Unavailable(code) => code.into(),
        }
    }
}

impl Ledger {
    pub(super) fn new(queue: mpsc::Sender<Box<dyn Job>>) -> Self {
        Self { queue, accord: None }
    }

    /// The same ledger, which does nothing sensitive while the log lacks what was vouched for before.
    pub(crate) fn in_accord(self, accord: Accord) -> Self {
        Self { accord: Some(accord), ..self }
    }

    /// The same way, which keeps no writer alive.
    pub(crate) fn downgrade(&self) -> WeakLedger {
        WeakLedger { queue: self.queue.downgrade(), accord: self.accord.clone() }
    }

    /// How many acts wait.
    pub fn waiting(&self) -> usize {
        QUEUE.saturating_sub(self.queue.capacity())
    }

    /// Whether the writer still takes acts.
    pub fn is_open(&self) -> bool {
        !self.queue.is_closed()
    }

    /// Waits until everything that is in the queue now is committed, or cannot be.
    pub async fn settled(&self) {
        drop(unaudited(self, "all before it is done when it is", Nothing).await);
    }

    /// Runs the act and waits until its event is durable. No receipt comes back before the COMMIT that
    /// holds the event.
    pub async fn act<A: Act>(&self, act: A) -> Result<Receipt<A::Fact>, ActError> {
        let (reply, answer) = oneshot::channel();
        let bar = match &self.accord {
            Some(accord) if A::SENSITIVE => accord.bar().await,
            Some(_) | None => None,
        };
        let job = ActJob { act, bar, verdict: None, reply, span: spans::act() };
        self.send(Box::new(job))?;
        answer.await.unwrap_or(Err(ActError::Unavailable(Code::LogUnavailable)))
    }

    fn send(&self, job: Box<dyn Job>) -> Result<(), ActError> {
        self.queue.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => ActError::Unavailable(Code::Busy),
            mpsc::error::TrySendError::Closed(_) => ActError::Unavailable(Code::LogUnavailable),
        })
    }
}

/// Housekeeping: a change without an event. `why` is for the reader; grep for `unaudited(` finds all.
///
/// It goes through the writer like an act, since nothing else may begin a write transaction.
pub async fn unaudited<H: Housekeeping>(ledger: &Ledger, why: &'static str, chore: H) -> Result<(), ActError> {
    let (reply, answer) = oneshot::channel();
    let job = ChoreJob { why, chore, reply };
    ledger.send(Box::new(job))?;
    answer.await.unwrap_or(Err(ActError::Unavailable(Code::LogUnavailable)))
}

/// What housekeeping does.
#[async_trait::async_trait]
pub trait Housekeeping: Send + 'static {
    /// The change.
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<()>;
}

struct Nothing;

#[async_trait::async_trait]
impl Housekeeping for Nothing {
    async fn apply(&mut self, _: &mut WriteTx<'_>) -> sqlx::Result<()> {
        Ok(())
    }
}

/// What the writer runs: an act or a chore, whatever its types.
#[async_trait::async_trait]
pub(super) trait Job: Send {
    /// Runs inside a savepoint.
    async fn run(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Ran>;
    /// Whether it reads the log.
    fn reads_log(&self) -> bool;
    /// Says what to record when `error` bars the act; `None` if the act is not sensitive.
    async fn bar(&mut self, tx: &mut WriteTx<'_>, error: DeskError) -> sqlx::Result<Option<Ran>>;
    /// Tells the caller: committed (at `seq`, if an event was written), or not.
    fn settle(self: Box<Self>, committed: Result<Option<u64>, Code>);
}

/// What to do with a job's savepoint and event.
pub(super) struct Ran {
    /// Undo what the act wrote.
    pub undo: bool,
    /// Append this.
    pub event: Option<AuditEvent>,
}

struct ActJob<A: Act> {
    act: A,
    /// Why it may not run, as far as that was known before.
    bar: Option<Code>,
    verdict: Option<Result<A::Fact, DeskError>>,
    reply: oneshot::Sender<Result<Receipt<A::Fact>, ActError>>,
    /// Ends with the job: what it measures is the wait, the change and the commit.
    span: Span,
}

impl<A: Act> ActJob<A> {
    fn tell(&self, ran: &Ran) {
        if let Some(event) = &ran.event {
            spans::was(&self.span, Some(event.kind.as_str()), event.code.map(Code::as_str));
        }
    }
}

#[async_trait::async_trait]
impl<A: Act> Job for ActJob<A> {
    async fn run(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Ran> {
        if let Some(code) = self.bar
            && let Some(ran) = self.bar(tx, code.into()).await?
        {
            return Ok(ran);
        }
        let (verdict, ran) = match self.act.apply(tx).await? {
            Verdict::Done { event, fact } => (Ok(fact), Ran { undo: false, event: Some(event) }),
            Verdict::Refused { event, error } => (Err(error), Ran { undo: true, event: Some(event) }),
            Verdict::Kept { event, error } => (Err(error), Ran { undo: false, event: Some(event) }),
            Verdict::Unrecorded { error } => (Err(error), Ran { undo: false, event: None }),
        };
        self.verdict = Some(verdict);
        self.tell(&ran);
        Ok(ran)
    }

    fn reads_log(&self) -> bool {
        A::READS_LOG
    }

    async fn bar(&mut self, tx: &mut WriteTx<'_>, error: DeskError) -> sqlx::Result<Option<Ran>> {
        if !A::SENSITIVE {
            return Ok(None);
        }
        let event = self.act.barred(tx, &error);
        let (error, event) = match too_many_alike(tx, &event).await? {
            Some(wait) => (wait, None),
            None => (error, Some(event)),
        };
        self.verdict = Some(Err(error));
        let ran = Ran { undo: false, event };
        self.tell(&ran);
        Ok(Some(ran))
    }

    fn settle(self: Box<Self>, committed: Result<Option<u64>, Code>) {
        if let Err(code) = &committed {
            spans::was(&self.span, None, Some(code.as_str()));
        }
        let answer = match (committed, self.verdict) {
            (Ok(Some(seq)), Some(Ok(fact))) => Ok(Receipt::issue(seq, fact)),
            (Ok(_), Some(Err(error))) => Err(ActError::Refused(error)),
            (Err(code), _) => Err(ActError::Unavailable(code)),
            (Ok(_), _) => Err(ActError::Unavailable(Code::LogUnavailable)),
        };
        // A caller that went away needs no answer; what was recorded stays recorded.
        drop(self.reply.send(answer));
    }
}

struct ChoreJob<H> {
    why: &'static str,
    chore: H,
    reply: oneshot::Sender<Result<(), ActError>>,
}

#[async_trait::async_trait]
impl<H: Housekeeping> Job for ChoreJob<H> {
    async fn run(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Ran> {
        tracing::trace!(why = self.why, "unaudited");
        self.chore.apply(tx).await?;
        Ok(Ran { undo: false, event: None })
    }
    fn reads_log(&self) -> bool {
        false
    }
    async fn bar(&mut self, _: &mut WriteTx<'_>, _: DeskError) -> sqlx::Result<Option<Ran>> {
        Ok(None)
    }
    fn settle(self: Box<Self>, committed: Result<Option<u64>, Code>) {
        drop(self.reply.send(committed.map(drop).map_err(ActError::Unavailable)));
    }
}
