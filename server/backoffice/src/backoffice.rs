//! The back office: its parts, put together once at start.

use crate::audit::writer::Writer;
use crate::audit::{Accord, Act, ActError, CheckpointFile, Gather, KeySigner, Ledger, Newest, Receipt, Verdict};
use crate::auth::{RelyingParty, RequestStamp, Turnstile, event};
use crate::backup;
use crate::desk::StaffDesk;
use crate::exports::ExportSettings;
use crate::hooks::Hooks;
use crate::imports::Importer;
use crate::policy::{Policy, PolicyError};
use crate::readiness::Readiness;
use crate::secrecy::NoticeAsked;
use crate::sessions::over;
use crate::store::sessions::SessionRow;
use crate::store::{self, Db, WriteCache, WriteTx, sessions};
use crate::supervise::{Proving, Tails};
use crate::system::Entropy;
use crate::vault::{BlindIndex, FileKek, KeyRing, StaffVault, Vault};
use domain::audit::checkpoint::Origin;
use domain::audit::event::{AuditEvent, Details, Kind, SourceName};
use domain::budget::Limits;
use domain::catalogue::Catalogue;
use domain::clock::{Clock, Span, Timestamp};
use domain::code::Code;
use domain::desk::{Desk, DeskError, Seen, SessionToken};
use domain::notice::Notice;
use domain::purpose::Purposes;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::watch;

/// Lengths of time and budgets that a bank may set.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// A session without requests ends after this.
    pub session_idle: Span,
    /// A session ends after this in any case.
    pub session_absolute: Span,
    /// A challenge lives this long.
    pub challenge_life: Span,
    /// How long a step-up of the `window` tier is good for.
    pub step_up_window: Span,
    /// For how long a value may stand on the screen.
    pub reveal_seconds: u32,
    /// Failed sign-ins from one address in a minute after which no more are looked at; 0 for any number.
    pub address_failures: u32,
    /// Whether a password is a first factor; else only an identity provider's word is (U9).
    pub passwords: bool,
    /// Where the notice of secrecy is asked for.
    pub notice: NoticeAsked,
    /// How much may be looked at (Q4).
    pub budgets: Limits,
    /// How long rights last before somebody must certify them anew.
    pub recertify: Span,
    /// How long before that people are told.
    pub recertify_notice: Span,
    /// How much leaves, and how long its steps wait.
    pub exports: ExportSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            session_idle: Span::minutes(15),
            session_absolute: Span::minutes(8 * 60),
            challenge_life: domain::step_up::CHALLENGE_LIFE,
            step_up_window: domain::step_up::WINDOW,
            reveal_seconds: 30,
            address_failures: 20,
            passwords: true,
            notice: NoticeAsked::Pages,
            budgets: Limits::default(),
            recertify: Span::days(90),
            recertify_notice: Span::days(14),
            exports: ExportSettings::default(),
        }
    }
}

/// What a back office is made of.
pub struct Parts {
    /// The database, open and up to date.
    pub db: Db,
    /// The folder of the four keys.
    pub keys: PathBuf,
    /// Where the newest checkpoint is put for others to collect.
    pub checkpoint: PathBuf,
    /// The folder of files that were sealed for recipients, of nobody else's: made by whoever opens the office.
    pub exports: PathBuf,
    /// The log's name.
    pub origin: Origin,
    /// Whom passkeys are made for; none where the site is served under an address.
    pub relying_party: Option<RelyingParty>,
    /// What a customer is.
    pub catalogue: Catalogue,
    /// Why anyone may look.
    pub purposes: Purposes,
    /// What everyone acknowledges before anything else.
    pub notice: Notice,
    /// The policies' text.
    pub policy: String,
    /// Lengths of time and budgets.
    pub settings: Settings,
    /// Memory for the pages that a write transaction touches.
    pub write_cache: WriteCache,
    /// How long a batch of acts waits for more.
    pub gather: Gather,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Where a test steps in.
    pub hooks: Arc<dyn Hooks>,
}

/// How a request counts for its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// As work: it makes the session last, and waits until the notice of secrecy is acknowledged.
    Work,
    /// As what comes before work: acknowledging it, signing out.
    Doorway,
    /// As a wish that it last: noted at once, not to the minute.
    Stay,
    /// Not at all: a page that asks how long it lasts keeps no session alive.
    Look,
    /// Not at all either: a page that follows a job by itself. It waits for the notice as work does.
    Glance,
}

/// Why the back office cannot open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database.
    #[error(transparent)]
    Store(#[from] store::OpenError),
    /// The policies.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

/// Everything behind the desk.
pub struct BackOffice {
    pub(crate) db: Db,
    pub(crate) ledger: Ledger,
    pub(crate) accord: Accord,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) vault: Vault,
    pub(crate) index: BlindIndex,
    pub(crate) staff_vault: StaffVault,
    pub(crate) relying_party: Option<RelyingParty>,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) purposes: Purposes,
    pub(crate) notice: Notice,
    pub(crate) settings: Settings,
    pub(crate) exports_dir: PathBuf,
    /// Told when a file waits to be made, and when one waits to be destroyed.
    pub(crate) export_runs: tokio::sync::Notify,
    pub(crate) export_ends: tokio::sync::Notify,
    /// Whether the process is to end: no other file is begun.
    pub(crate) ending: watch::Sender<bool>,
    /// Requests are drawn up one after the other.
    pub(crate) drawing: tokio::sync::Mutex<()>,
    pub(crate) hooks: Arc<dyn Hooks>,
    pub(crate) readiness: Readiness,
    /// Each new checkpoint, as the writer makes it.
    pub(crate) checkpoints: watch::Receiver<Newest>,
    pub(crate) tails: Tails,
    pub(crate) proving: Proving,
    pub(crate) turnstile: Turnstile,
    pub(crate) at_provider: Turnstile,
    policy: RwLock<Arc<Policy>>,
    beside_policy: [Vec<u8>; 2],
    signer: Arc<KeySigner>,
    origin: Origin,
}

impl BackOffice {
    /// Puts the parts together and starts the writer. Nothing is recorded yet: see [`Self::begin`].
    pub async fn open(parts: Parts) -> Result<Arc<Self>, OpenError> {
        let beside_policy = [parts.catalogue.text_hash_source().to_vec(), parts.purposes.text_hash_source().to_vec()];
        let policy = Policy::parse(&parts.policy, &beside_policy.each_ref().map(Vec::as_slice))?;
        let keys = Arc::new(KeyRing::open(&parts.keys));
        let signer = Arc::new(KeySigner::new(keys.clone(), parts.origin.clone()));
        let (ledger, checkpoints) = Writer::start(
            &parts.db,
            parts.write_cache,
            parts.clock.clone(),
            parts.entropy.clone(),
            signer.clone(),
            parts.gather,
        )
        .await?;
        let file = CheckpointFile::at(parts.checkpoint);
        let told = checkpoints.clone();
        let accord = Accord::begin(file.clone(), parts.db.clone(), signer.clone(), told)
            .await
            .map_err(store::OpenError::from)?;
        let ledger = ledger.in_accord(accord.clone());
        backup::come_back(&parts.db, &ledger, &file, &accord).await?;
        tokio::spawn(accord.clone().follow(checkpoints.clone()));
        let later = backup::found_later(ledger.downgrade(), accord.clone(), checkpoints.clone());
        tokio::spawn(later);
        let kek = Arc::new(FileKek::new(keys.clone(), parts.entropy.clone()));
        Ok(Arc::new(Self {
            db: parts.db,
            ledger,
            accord,
            vault: Vault::new(kek, parts.entropy.clone()),
            index: BlindIndex::new(keys.clone()),
            staff_vault: StaffVault::new(keys.clone(), parts.entropy.clone()),
            keys,
            relying_party: parts.relying_party,
            clock: parts.clock,
            entropy: parts.entropy,
            catalogue: Arc::new(parts.catalogue),
            purposes: parts.purposes,
            notice: parts.notice,
            settings: parts.settings,
            exports_dir: parts.exports,
            export_runs: tokio::sync::Notify::new(),
            export_ends: tokio::sync::Notify::new(),
            ending: watch::Sender::new(false),
            drawing: tokio::sync::Mutex::default(),
            hooks: parts.hooks,
            readiness: Readiness::default(),
            checkpoints,
            tails: Tails::default(),
            proving: Proving::default(),
            turnstile: Turnstile::default(),
            at_provider: Turnstile::default(),
            policy: RwLock::new(Arc::new(policy)),
            beside_policy,
            signer,
            origin: parts.origin,
        }))
    }

    /// Begins to serve: puts this process's policies in force for every instance, and records that it
    /// started. A command that only imports or verifies does not begin, and changes no policy.
    pub async fn begin(&self) -> Result<(), OpenError> {
        self.put_policy_in_force().await
    }

    /// Replaces the policies of this running process, and records that it did.
    pub async fn load_policy(&self, text: &str) -> Result<(), OpenError> {
        let policy = Policy::parse(text, &self.beside_policy.each_ref().map(Vec::as_slice))?;
        *self.policy.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(policy);
        self.put_policy_in_force().await
    }

    async fn put_policy_in_force(&self) -> Result<(), OpenError> {
        let act = PolicyInForce { hash: *self.policy().hash().as_bytes() };
        Ok(recorded(self.ledger.act(act).await)?)
    }

    /// The policies in force.
    pub(crate) fn policy(&self) -> Arc<Policy> {
        self.policy.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What a customer is.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }
    /// Brings customers in; `os_user` is who runs the command.
    pub fn importer(&self, os_user: Option<SourceName>) -> Importer {
        Importer {
            db: self.db.clone(),
            ledger: self.ledger.clone(),
            vault: self.vault.clone(),
            index: self.index.clone(),
            catalogue: self.catalogue.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            os_user,
        }
    }
    /// The way to change anything.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }
    /// Where reads go.
    pub fn db(&self) -> &Db {
        &self.db
    }
    /// Seals, and opens for a receipt.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }
    /// Digests for search.
    pub fn index(&self) -> &BlindIndex {
        &self.index
    }
    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }
    /// Randomness.
    pub fn entropy(&self) -> &Arc<dyn Entropy> {
        &self.entropy
    }
    /// The log's name and the public half of its key, if the key is there.
    pub fn log_identity(&self) -> (&Origin, Option<String>) {
        (&self.origin, self.signer.verifier_key())
    }

    /// The log key's word for a backup's manifest, if the key is there.
    pub(crate) fn sign_backup(&self, manifest: &[u8; 32]) -> Option<String> {
        self.signer.sign_backup(manifest)
    }

    /// The desk of whoever's cookie this is: rights are read now, for this request (U5).
    pub async fn desk_for(
        self: &Arc<Self>,
        token: &SessionToken,
        request: RequestStamp,
    ) -> Result<Arc<dyn Desk>, DeskError> {
        self.enter(token, request, Entry::Work).await
    }

    /// The same for a request that counts otherwise for its session.
    pub async fn enter(
        self: &Arc<Self>,
        token: &SessionToken,
        request: RequestStamp,
        entry: Entry,
    ) -> Result<Arc<dyn Desk>, DeskError> {
        let session = sessions::by_token(&self.db, &token.hash()).await.map_err(|error| {
            tracing::error!(%error, "the session was not read");
            DeskError::Refused(Code::LogUnavailable)
        })?;
        let (mut session, now) = self.live(session).await.ok_or(Code::SignedOut)?;
        match entry {
            Entry::Work | Entry::Doorway => self.touch(&mut session, now).await,
            Entry::Stay => self.touch_now(&mut session, now).await,
            Entry::Look | Entry::Glance => (),
        }
        let works = matches!(entry, Entry::Work | Entry::Glance);
        let waits = works && self.settings.notice.holds(request.endpoint.as_str());
        let desk = StaffDesk::new(self.clone(), session, request, now);
        if waits && !desk.acknowledged {
            return Err(desk.refused(Seen::default(), Code::NoticeUnacknowledged.into()).await);
        }
        Ok(Arc::new(desk))
    }

    /// The session, if it lives, and the time that it was told by.
    pub(crate) async fn live(&self, session: Option<(SessionRow, Timestamp)>) -> Option<(SessionRow, Timestamp)> {
        let (session, latest) = session?;
        // A clock that went back gives no session more time (A6).
        let now = self.clock.now().max(latest);
        self.notice_lapse(&session.staff, now).await;
        let live = session.staff.serves(now) && over(&session, now, &self.settings).is_none();
        live.then_some((session, now))
    }
}

/// Whether an act is in the log, done or refused.
pub(crate) fn recorded(ended: Result<Receipt<()>, ActError>) -> Result<(), store::OpenError> {
    match ended {
        Ok(_) | Err(ActError::Refused(_)) => Ok(()),
        Err(ActError::Unavailable(_)) => Err(store::OpenError::Sqlx(sqlx::Error::WorkerCrashed)),
    }
}

/// Says which policy is in force, if it was another before (U7).
struct PolicyInForce {
    hash: [u8; 32],
}

#[async_trait::async_trait]
impl Act for PolicyInForce {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let before = sessions::policy_hash(tx.conn()).await?;
        sessions::set_policy_hash(tx.conn(), &self.hash).await?;
        let kind = if before == Some(self.hash) { Kind::ServerStarted } else { Kind::PolicyLoaded };
        Ok(Verdict::Done { event: self.event(tx, kind, None), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.event(tx, Kind::PolicyLoaded, Some(error.code()))
    }
}

impl PolicyInForce {
    fn event(&self, tx: &WriteTx<'_>, kind: Kind, code: Option<Code>) -> AuditEvent {
        let policy = Some(domain::audit::fingerprint::Fingerprint::from_bytes(self.hash));
        event(tx, kind, code, None, None, Details { policy, ..Details::default() })
    }
}
