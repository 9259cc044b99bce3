//! A small bank to import into: its own database, keys and ledger, and a few words to ask what is in it.

use super::super::*;
use crate::audit::KeySigner;
use crate::audit::writer::Writer;
use crate::store::customers::{self, Among};
use crate::system::TestEntropy;
use crate::vault::{FileKek, KeyRing};
use domain::audit::checkpoint::Origin;
use domain::audit::event::AuditEvent;
use domain::clock::{TestClock, Timestamp};
use domain::id::{BranchNo, CustomerId};
use domain::search::GuardedSearch;
use std::path::PathBuf;

pub struct Bank {
    pub dir: tempfile::TempDir,
    pub importer: Importer,
    pub sqlite: sqlx::SqlitePool,
}

pub async fn bank() -> Bank {
    let dir = tempfile::tempdir().unwrap();
    let db = Db::open_sqlite(&dir.path().join("bank.db")).await.unwrap();
    let Db::Sqlite(readers) = &db else { panic!("these tests look into a file") };
    let sqlite =
        sqlx::SqlitePool::connect_lazy_with(sqlx::sqlite::SqliteConnectOptions::new().filename(readers.file().path()));
    let entropy = Arc::new(TestEntropy::seeded(5));
    let ring = Arc::new(KeyRing::create_all(&dir.path().join("keys"), &*entropy).unwrap());
    let clock = Arc::new(TestClock::at(Timestamp::from_millis(1_795_335_330_123)));
    let signer = Arc::new(KeySigner::new(ring.clone(), Origin::parse("grille.test/import").unwrap()));
    let (ledger, _) = Writer::start(
        &db,
        crate::store::WriteCache::Serving,
        clock.clone(),
        entropy.clone(),
        signer,
        crate::audit::Gather::NONE,
    )
    .await
    .unwrap();
    let importer = Importer {
        db,
        ledger,
        vault: Vault::new(Arc::new(FileKek::new(ring.clone(), entropy.clone())), entropy.clone()),
        index: BlindIndex::new(ring),
        catalogue: Arc::new(Catalogue::shipped().unwrap()),
        clock,
        entropy,
        os_user: SourceName::parse("tester"),
    };
    Bank { dir, importer, sqlite }
}

pub const HEADER: &str = "customer_no,branch,name,id_no,mobile,mobile_2,card_no,card_no_2,card_expiry,card_expiry_2";
pub const ROW_1: &str =
    "C1,0101,林小满,990101198804123012,16100000101,16100000109,9999000000000012,9999000000000020,01/30,01/30";
pub const ROW_2: &str = "C2,0102,周立春,990102199208155043,16100000201,,9999000000000038,,,";

impl Bank {
    pub fn rejects(&self) -> PathBuf {
        self.dir.path().join("in.csv.rejects.csv")
    }
    pub async fn import_as(&self, csv: impl AsRef<[u8]>, mapping: Option<&str>) -> Result<Summary, Stopped> {
        let mut rejects = RejectFile::at(self.rejects()).unwrap();
        let input = std::io::Cursor::new(csv.as_ref().to_vec());
        self.importer.run(input, mapping.map(|text| Mapping::parse(text).unwrap()), &mut rejects, |_| ()).await
    }
    pub async fn import(&self, rows: &[&str]) -> Result<Summary, Stopped> {
        self.import_as([&[HEADER], rows].concat().join("\n"), None).await
    }
    pub async fn counts(&self, rows: &[&str]) -> [u64; 4] {
        let Counts { added, changed, unchanged, rejected } = self.import(rows).await.unwrap().counts;
        [added, changed, unchanged, rejected]
    }
    pub async fn find(&self, key: &str, value: &str, branch: &str) -> Vec<CustomerId> {
        let search = GuardedSearch::parse(&self.importer.catalogue, &[(key.into(), value.into())]).unwrap();
        let (field, form) = &search.keys()[0];
        let digest = self.importer.index.digest(field, form).unwrap();
        let branch = BranchNo::parse(branch).unwrap();
        customers::found_by(&self.importer.db, search.kind_name(), &digest, Among::Branch(&branch), 6).await.unwrap()
    }
    pub async fn masks(&self, customer: CustomerId) -> Vec<(String, u8, String)> {
        let mut found = None;
        for branch in ["0101", "0102"] {
            let branch = BranchNo::parse(branch).unwrap();
            found = found.or(customers::masks(&self.importer.db, customer, Among::Branch(&branch)).await.unwrap());
        }
        let masks = found.unwrap();
        masks.iter().map(|m| (m.field.to_string(), m.item.get(), m.mask.to_string())).collect()
    }
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.sqlite).await.unwrap()
    }
    pub async fn events(&self) -> Vec<AuditEvent> {
        let all: Vec<Vec<u8>> =
            sqlx::query_scalar("SELECT bytes FROM log_entry ORDER BY seq").fetch_all(&self.sqlite).await.unwrap();
        all.iter().map(|bytes| AuditEvent::decode(bytes).unwrap()).collect()
    }
    pub fn rejected(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.rejects()).unwrap_or_default();
        text.split_terminator("\r\n").skip(1).map(String::from).collect()
    }
}

impl Bank {
    /// What an import that began before the stored one would write: it takes the customer for a new one.
    pub async fn stale_change(&self) -> prepare::PreparedCustomer {
        let source_tag: Vec<u8> =
            sqlx::query_scalar("SELECT source_tag FROM customer").fetch_one(&self.sqlite).await.unwrap();
        let id = CustomerId::from_bytes([9; 16]);
        prepare::PreparedCustomer {
            id,
            source_tag: source_tag.try_into().unwrap(),
            content_tag: [0; 32],
            branch: BranchNo::parse("0101").unwrap(),
            flagged: None,
            masks: "[]".into(),
            chosen_by: chosen_by::ChosenBy::default(),
            sealed: self.importer.vault.seal_customer(id, &[]).unwrap(),
            index: Vec::new(),
            was: None,
        }
    }
}
