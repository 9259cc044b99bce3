//! A back office in a temporary folder.

use crate::database::Database;
use crate::intruder;
use backoffice::audit::{Verified, verify};
use backoffice::auth::RelyingParty;
use backoffice::hooks::{Hooks, Place};
use backoffice::store::{Conn, log};
use backoffice::system::TestEntropy;
use backoffice::vault::{KeyKind, KeyRing};
use backoffice::{BackOffice, Parts, Settings};
use domain::audit::checkpoint::{Origin, VerifierKey};
use domain::audit::event::{AuditEvent, Kind};
use domain::catalogue::Catalogue;
use domain::clock::{Clock, Span, TestClock, Timestamp};
use domain::code::Code;
use domain::notice::Notice;
use domain::purpose::Purposes;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// 22 November 2026, in the morning: the beginning of a minute and of a TOTP step.
const MORNING: i64 = 1_795_313_700_000;

/// A back office and all that a test holds of it.
pub struct TestOffice {
    dir: Arc<tempfile::TempDir>,
    pub database: Arc<Database>,
    pub clock: Arc<TestClock>,
    pub hooks: Arc<TestHooks>,
    pub office: Arc<BackOffice>,
    notes: AtomicU64,
    settings: Settings,
    pub requests: AtomicU64,
}

/// Where the office is served.
pub const SITE: &str = "https://grille.bank.example";

/// The name of the log.
pub fn origin() -> Origin {
    Origin::parse("bank.example/grille").unwrap()
}

impl TestOffice {
    /// An empty office: keys and a log, nobody in it.
    pub async fn empty() -> Arc<Self> {
        Self::with(Settings::default()).await
    }

    /// The same of a bank that set something else.
    pub async fn with(settings: Settings) -> Arc<Self> {
        let dir = Arc::new(tempfile::tempdir().unwrap());
        let entropy = Arc::new(TestEntropy::seeded(1));
        KeyRing::create_all(&dir.path().join("keys"), &*entropy).unwrap();
        let clock = Arc::new(TestClock::at(Timestamp::from_millis(MORNING)));
        let database = Arc::new(Database::new(dir.path()).await);
        Self::on(dir, database, clock, entropy, settings).await
    }

    /// A second process on the same database, keys and clock.
    pub async fn neighbour(&self) -> Arc<Self> {
        Self::on(
            self.dir.clone(),
            self.database.clone(),
            self.clock.clone(),
            Arc::new(TestEntropy::seeded(2)),
            self.settings,
        )
        .await
    }

    /// The same house, keys and clock on another database.
    pub async fn moved_to(&self, database: impl Into<Arc<Database>>) -> Arc<Self> {
        let entropy = Arc::new(TestEntropy::seeded(3));
        Self::on(self.dir.clone(), database.into(), self.clock.clone(), entropy, self.settings).await
    }

    async fn on(
        dir: Arc<tempfile::TempDir>,
        database: Arc<Database>,
        clock: Arc<TestClock>,
        entropy: Arc<TestEntropy>,
        settings: Settings,
    ) -> Arc<Self> {
        let hooks = Arc::new(TestHooks::default());
        std::fs::create_dir_all(dir.path().join("exports")).unwrap();
        let parts = Parts {
            db: database.open().await,
            keys: dir.path().join("keys"),
            checkpoint: dir.path().join("checkpoint"),
            exports: dir.path().join("exports"),
            origin: origin(),
            relying_party: RelyingParty::of_origin(SITE),
            catalogue: Catalogue::shipped().unwrap(),
            purposes: Purposes::shipped().unwrap(),
            policy: backoffice::policy::SHIPPED.into(),
            notice: Notice::shipped().unwrap(),
            settings,
            write_cache: backoffice::store::WriteCache::Serving,
            gather: backoffice::audit::Gather::NONE,
            clock: clock.clone(),
            entropy,
            hooks: hooks.clone(),
        };
        let office = BackOffice::open(parts).await.unwrap();
        office.begin().await.unwrap();
        let (notes, requests) = (AtomicU64::new(0), AtomicU64::new(0));
        Arc::new(Self { dir, database, clock, hooks, office, notes, requests, settings })
    }

    /// A path in the office's folder. The database is `grille.db` there, if it is a file.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A connection of someone who has the database: nothing of the back office is in the way.
    pub async fn intruder(&self) -> Conn {
        self.database.intruder().await
    }

    /// Runs SQL as that someone.
    pub async fn meddle(&self, sql: &str) -> sqlx::Result<()> {
        intruder::run(&mut self.intruder().await, sql).await
    }

    /// Time goes on, or back.
    pub fn wait(&self, span: Span) {
        self.clock.advance(span);
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn key_file(&self, kind: KeyKind) -> PathBuf {
        self.dir.path().join("keys").join(kind.file_name())
    }

    /// Takes a key away.
    pub fn take_key(&self, kind: KeyKind) {
        std::fs::rename(self.key_file(kind), self.key_file(kind).with_extension("away")).unwrap();
    }

    /// Puts it back.
    pub fn return_key(&self, kind: KeyKind) {
        std::fs::rename(self.key_file(kind).with_extension("away"), self.key_file(kind)).unwrap();
    }

    /// Every event, by number.
    pub async fn events(&self) -> Vec<AuditEvent> {
        let rows = log::entries(self.office.db(), 0, u32::MAX).await.unwrap();
        rows.iter().map(|row| AuditEvent::decode(&row.bytes).unwrap()).collect()
    }

    /// How many events there are.
    pub async fn size(&self) -> usize {
        self.events().await.len()
    }

    /// The newest event.
    pub async fn last(&self) -> AuditEvent {
        self.events().await.pop().unwrap()
    }

    /// Asserts that the newest event is this refusal.
    pub async fn last_is_refusal(&self, kind: Kind, code: Code) -> AuditEvent {
        let event = self.last().await;
        assert_eq!((event.kind, event.code), (kind, Some(code)));
        event
    }

    /// How many events are of this kind and code.
    pub async fn count(&self, kind: Kind, code: Option<Code>) -> usize {
        self.events().await.iter().filter(|event| event.kind == kind && event.code == code).count()
    }

    /// The log's public key.
    pub fn key(&self) -> VerifierKey {
        VerifierKey::parse(&self.office.log_identity().1.unwrap()).unwrap()
    }

    /// The newest checkpoint, as a witness would have it.
    pub async fn checkpoint(&self) -> String {
        log::read_head(self.office.db()).await.unwrap().unwrap().note
    }

    /// Verifies the log with its key.
    pub async fn verified(&self) -> Verified {
        verify(self.office.db(), Some(&self.key()), None).await.unwrap()
    }

    /// Asserts that the log is whole.
    pub async fn whole(&self) -> Verified {
        let verified = self.verified().await;
        assert!(verified.ok(), "{verified}");
        verified
    }

    /// A note that says something and that nobody gave before.
    pub fn note(&self) -> String {
        const NOTES: [&str; 12] = [
            "来电称短信没有收到，要核对预留号码",
            "对账单寄错地方，申请改成新住址",
            "caller disputes a fee on last month's statement",
            "柜台补办遗失的存折，先确认开户证件",
            "asked us to explain a declined payment abroad",
            "网点转来的书面异议，要求三天内答复",
            "prepares the yearly letter about dormant savings",
            "理财到期未赎回，投诉经理没有提醒",
            "wants the mortgage schedule sent again by post",
            "工资代发失败，单位财务要求查明退回缘由",
            "signature on the slip looks unlike the specimen",
            "境外消费被冻结，本人在机场等待解除",
        ];
        NOTES[self.notes.fetch_add(1, Ordering::Relaxed) as usize % NOTES.len()].into()
    }
}

type Step = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What a test does at a named place, once.
#[derive(Default)]
pub struct TestHooks(Mutex<Option<(Place, Step)>>);

impl TestHooks {
    /// Does this when the code next comes to that place.
    pub fn once(&self, place: Place, step: impl Future<Output = ()> + Send + 'static) {
        *self.0.lock().unwrap() = Some((place, Box::pin(step)));
    }

    /// Whether it was done.
    pub fn done(&self) -> bool {
        self.0.lock().unwrap().is_none()
    }
}

#[async_trait::async_trait]
impl Hooks for TestHooks {
    async fn at(&self, place: Place) {
        let step = self.0.lock().unwrap().take_if(|(at, _)| *at == place);
        if let Some((_, step)) = step {
            step.await;
        }
    }
}
