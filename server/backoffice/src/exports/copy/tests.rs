//! Files of a small bank, opened again with the recipient's key.

use super::*;
use crate::audit::{Act, Verdict};
use crate::auth::event;
use crate::hooks::NoHooks;
use crate::imports::RejectFile;
use crate::samples::{self, Columns};
use crate::store::{Db, WriteCache, WriteTx};
use crate::system::TestEntropy;
use crate::vault::KeyRing;
use crate::{Parts, Settings};
use domain::audit::checkpoint::Origin;
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::catalogue::Catalogue;
use domain::clock::{TestClock, Timestamp};
use domain::desk::DeskError;
use domain::id::CustomerId;
use domain::notice::Notice;
use domain::purpose::Purposes;
use sqlx::Row;
use sqlx::sqlite::SqliteConnectOptions;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

mod contents;
mod measure;
mod on_the_disk;
mod read_back;
mod stopped;

/// A bank with sample customers.
pub(crate) struct Bank {
    pub dir: tempfile::TempDir,
    pub office: Arc<BackOffice>,
    /// Who opens what was sealed.
    pub identity: age::x25519::Identity,
}

impl Bank {
    pub async fn of(customers: u64) -> Self {
        Self::seeded(customers, 7).await
    }

    pub async fn seeded(customers: u64, seed: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let entropy = Arc::new(TestEntropy::seeded(seed));
        KeyRing::create_all(&dir.path().join("keys"), &*entropy).unwrap();
        let parts = Parts {
            db: Db::open_sqlite(&dir.path().join("grille.db")).await.unwrap(),
            keys: dir.path().join("keys"),
            checkpoint: dir.path().join("checkpoint"),
            exports: dir.path().join("exports"),
            origin: Origin::parse("grille.test/exports").unwrap(),
            relying_party: None,
            catalogue: Catalogue::shipped().unwrap(),
            purposes: Purposes::shipped().unwrap(),
            policy: crate::policy::SHIPPED.into(),
            notice: Notice::shipped().unwrap(),
            settings: Settings::default(),
            write_cache: WriteCache::Serving,
            gather: crate::audit::Gather::NONE,
            clock: Arc::new(TestClock::at(Timestamp::from_millis(1_795_313_700_000))),
            entropy,
            hooks: Arc::new(NoHooks),
        };
        let office = BackOffice::open(parts).await.unwrap();
        let mut csv = Vec::new();
        samples::write(customers, seed, Columns::Catalogue, &mut csv).unwrap();
        let mut rejects = RejectFile::at(dir.path().join("rejects.csv")).unwrap();
        let summary = office.importer(None).run(std::io::Cursor::new(csv), None, &mut rejects, |_| ()).await.unwrap();
        assert_eq!(summary.counts.added, customers);
        Self { dir, office, identity: age::x25519::Identity::generate() }
    }

    pub fn pool(&self) -> sqlx::SqlitePool {
        let Db::Sqlite(readers) = &self.office.db else { panic!("these tests look into a file") };
        sqlx::SqlitePool::connect_lazy_with(SqliteConnectOptions::new().filename(readers.file().path()))
    }

    /// As somebody who has the file.
    pub async fn meddle(&self, sql: &str) {
        use sqlx::{AssertSqlSafe, ConnectOptions};
        let options = SqliteConnectOptions::new().filename(self.dir.path().join("grille.db"));
        let mut conn = options.foreign_keys(false).connect().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut conn).await.unwrap();
    }

    /// Freezes all customers, or the first so many, as the rows of an export.
    pub async fn freeze(&self, export: ExportId, customers: u64) {
        let id = data_encoding::HEXLOWER.encode(export.as_bytes());
        let sql = format!("INSERT INTO export_row SELECT x'{id}', id FROM customer ORDER BY id LIMIT {customers}");
        self.meddle(&sql).await;
    }

    pub fn key(&self) -> SealingKey {
        SealingKey::parse(&self.identity.to_public().to_string()).unwrap()
    }

    pub fn plan(&self, export: ExportId, format: ExportFormat, rows: u64, columns: &[(&str, Form)]) -> CopyPlan {
        let field = |name: &str| self.office.catalogue.field(&FieldName::parse(name).unwrap()).unwrap().clone();
        let columns = columns.iter().map(|(name, form)| (field(name), *form)).collect();
        CopyPlan { export, format, columns, rows, key: self.key() }
    }

    /// There is one way to a receipt: an act whose event is committed.
    pub async fn receipt(&self, fact: ExportOpened) -> Receipt<ExportOpened> {
        self.office.ledger().act(Begin(fact)).await.unwrap()
    }

    pub fn dest(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Freezes, writes and opens again.
    pub async fn copy(&self, plan: &CopyPlan) -> Vec<Vec<String>> {
        self.freeze(plan.export, plan.rows).await;
        let receipt = self.receipt(ExportOpened { export: plan.export, opened: plan.opened() }).await;
        let dest = self.dest(&format!("{}.age", plan.export));
        let written = write_copy(&self.office, plan, receipt, &dest, &Patient).await.unwrap();
        assert_eq!(written.rows.count, plan.rows);
        let sealed = std::fs::read(&dest).unwrap();
        assert_eq!(written.bytes, sealed.len() as u64);
        table(&self.unseal(&sealed), plan.format)
    }

    pub fn unseal(&self, sealed: &[u8]) -> Vec<u8> {
        let mut plain = Vec::new();
        let decryptor = age::Decryptor::new(sealed).unwrap();
        let identity: &dyn age::Identity = &self.identity;
        decryptor.decrypt(std::iter::once(identity)).unwrap().read_to_end(&mut plain).unwrap();
        plain
    }

    /// Masks of a customer by field, as they are stored.
    pub async fn masks(&self, customer: CustomerId) -> Vec<(String, u8, String)> {
        let row = sqlx::query("SELECT masks FROM customer_mask WHERE customer = $1").bind(&customer.as_bytes()[..]);
        let row = row.fetch_one(&self.pool()).await.unwrap();
        serde_json::from_str(row.get(0)).unwrap()
    }

    /// The customers in the order of a file.
    pub async fn customers(&self) -> Vec<CustomerId> {
        let rows = sqlx::query("SELECT id FROM customer ORDER BY id").fetch_all(&self.pool()).await.unwrap();
        rows.iter().map(|row| CustomerId::from_bytes(row.get::<Vec<u8>, _>(0).try_into().unwrap())).collect()
    }
}

pub(crate) fn export(number: u8) -> ExportId {
    ExportId::from_bytes([number; 16])
}

struct Begin(ExportOpened);

#[async_trait::async_trait]
impl Act for Begin {
    type Fact = ExportOpened;
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<ExportOpened>> {
        let details = Details { export: Some(self.0.export), ..Details::default() };
        Ok(Verdict::Done { event: event(tx, Kind::ExportBegun, None, None, None, details), fact: self.0.clone() })
    }
    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        event(tx, Kind::ExportBegun, Some(error.code()), None, None, Details::default())
    }
}

/// Lets it go on.
pub(crate) struct Patient;

#[async_trait::async_trait]
impl Progress for Patient {
    async fn step(&self, _: u64) -> Result<(), Code> {
        Ok(())
    }
}

/// A file's cells as its recipient reads them, by readers that know nothing of how it was written.
pub(crate) fn table(plain: &[u8], format: ExportFormat) -> Vec<Vec<String>> {
    match format {
        ExportFormat::Csv => {
            let text = plain.strip_prefix("\u{feff}".as_bytes()).expect("the mark that Excel wants");
            let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
            let rows = reader.into_records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
            rows.collect()
        }
        ExportFormat::Xlsx => {
            use calamine::Reader as _;
            let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(plain)).unwrap();
            let sheet = book.worksheet_range("export").unwrap();
            let text = |cell: &calamine::Data| match cell {
                calamine::Data::String(text) => text.clone(),
                calamine::Data::Empty => String::new(),
                other => panic!("{other:?} is no text"),
            };
            sheet.rows().map(|row| row.iter().map(text).collect()).collect()
        }
    }
}
