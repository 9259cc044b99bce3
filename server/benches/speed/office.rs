//! The real thing: a data folder of its own, sample customers through the importer, the real router on
//! loopback, and tellers who signed in, opened a case and stepped up.

use crate::client::Client;
use crate::counter::now;
use anyhow::Context;
use backoffice::auth::code_at;
use backoffice::hooks::NoHooks;
use backoffice::imports::RejectFile;
use backoffice::samples::{self, Columns};
use backoffice::staff::Enrolment;
use backoffice::store::{Db, log};
use backoffice::system::{SystemClock, SystemEntropy};
use backoffice::vault::KeyRing;
use backoffice::{BackOffice, Parts, Settings, audit, policy};
use domain::audit::checkpoint::{Origin, VerifierKey};
use domain::audit::event::PersonName;
use domain::budget::Limits;
use domain::catalogue::Catalogue;
use domain::id::{BranchNo, PersonNo, StaffNo};
use domain::notice::Notice;
use domain::purpose::Purposes;
use domain::role::Role;
use grille::health::Health;
use grille::office::Site;
use grille::{listen, routes};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;

const BRANCH: &str = "0101";
const PASSWORD: &str = "Grille-bench-2026";
/// One for the sample event, one for each client of each crowd, one who is alone at last.
const TELLERS: usize = 1 + 1 + 8 + 64 + 1;
/// Who reads the log.
const READER: usize = 8000;

/// A served back office.
pub struct Office {
    /// Rows a second that came in.
    pub import_rate: f64,
    office: Arc<BackOffice>,
    file: PathBuf,
    addr: SocketAddr,
    id_numbers: Arc<Vec<String>>,
    next_teller: AtomicUsize,
}

impl Office {
    /// Makes the folder, brings customers in, enrols tellers, serves.
    pub async fn open(dir: &Path, customers: u64) -> anyhow::Result<Self> {
        std::fs::create_dir(dir)?;
        KeyRing::create_all(&dir.join("keys"), &SystemEntropy)?;
        std::fs::create_dir(dir.join("exports"))?;
        let parts = Parts {
            db: Db::open_sqlite(&dir.join("grille.db")).await?,
            keys: dir.join("keys"),
            checkpoint: dir.join("checkpoint"),
            exports: dir.join("exports"),
            origin: Origin::parse("grille.bench/log")?,
            relying_party: None,
            catalogue: Catalogue::shipped()?,
            purposes: Purposes::shipped()?,
            policy: policy::SHIPPED.to_owned(),
            notice: Notice::shipped()?,
            // Tellers of a benchmark do in a minute what others do in a year.
            settings: Settings { budgets: Limits::NONE, ..Settings::default() },
            write_cache: backoffice::store::WriteCache::Serving,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            hooks: Arc::new(NoHooks),
        };
        let office = BackOffice::open(parts).await?;
        office.begin().await?;
        let csv = dir.join("customers.csv");
        let mut out = BufWriter::new(File::create(&csv)?);
        samples::write(customers, 7, Columns::Catalogue, &mut out)?;
        out.flush()?;
        let mut rejects = RejectFile::at(dir.join("rejects.csv"))?;
        let begun = now();
        let summary = office.importer(None).run(File::open(&csv)?, None, &mut rejects, |_| ()).await?;
        anyhow::ensure!(summary.counts.added == customers, "{} of {customers} came in", summary.counts.added);
        let import_rate = customers as f64 / begun.elapsed().as_secs_f64();
        for teller in 0..TELLERS {
            enrol(&office, teller, Role::Operator).await?;
        }
        enrol(&office, READER, Role::Supervisor).await?;
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
        tokio::spawn(listen::serve(listener, None, router, std::future::pending()));
        let id_numbers = Arc::new(id_numbers(&csv)?);
        Ok(Self {
            import_rate,
            office,
            file: dir.join("grille.db"),
            addr,
            id_numbers,
            next_teller: AtomicUsize::new(0),
        })
    }

    /// So many tellers who have not asked anything yet, each ready to reveal.
    pub async fn crowd(&self, clients: usize) -> anyhow::Result<Vec<Teller>> {
        let mut crowd = Vec::with_capacity(clients);
        for _ in 0..clients {
            let number = self.next_teller.fetch_add(1, Ordering::Relaxed);
            let client = Client::connect(self.addr).await?;
            crowd.push(Teller::ready(client, number, &self.office, self.id_numbers.clone()).await?);
        }
        Ok(crowd)
    }

    /// A supervisor who is signed in.
    pub async fn reader(&self) -> anyhow::Result<Client> {
        let mut client = Client::connect(self.addr).await?;
        sign_in(&mut client, READER, self.office.clock().now().seconds() / 30).await?;
        Ok(client)
    }

    /// The way to write.
    pub fn ledger(&self) -> &audit::Ledger {
        self.office.ledger()
    }

    /// The database's file.
    pub fn file(&self) -> &Path {
        &self.file
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

/// Column `id_no` of the rows of our branch. No sample cell holds a comma.
fn id_numbers(csv: &Path) -> anyhow::Result<Vec<String>> {
    let mut lines = BufReader::new(File::open(csv)?).lines();
    let header = lines.next().context("no header")??;
    let place = |name: &str| header.split(',').position(|known| known == name).context("no such column");
    let (id_no, branch) = (place("id_no")?, place("branch")?);
    let mut found = Vec::new();
    for line in lines {
        let line = line?;
        let cells: Vec<&str> = line.split(',').collect();
        if cells.get(branch) == Some(&BRANCH) {
            found.push(cells.get(id_no).copied().unwrap_or_default().to_owned());
        }
    }
    Ok(found)
}

fn staff_no(teller: usize) -> String {
    format!("op{}", 1101 + teller)
}

fn seed(teller: usize) -> Vec<u8> {
    Sha256::digest(staff_no(teller))[..20].to_vec()
}

async fn enrol(office: &BackOffice, teller: usize, role: Role) -> anyhow::Result<()> {
    let staff_no = staff_no(teller);
    let who = Enrolment {
        person: PersonNo::parse(&format!("P-{staff_no}"))?,
        name: PersonName::parse(&format!("Teller {staff_no}")).context("a name")?,
        staff_no: StaffNo::parse(&staff_no)?,
        role,
        unit: BranchNo::parse(BRANCH)?,
    };
    office.enrol(who, PASSWORD, &seed(teller)).await.context("a teller was not enrolled")?;
    Ok(())
}

fn code(number: usize, step: i64) -> anyhow::Result<String> {
    code_at(&seed(number), step).context("no code")
}

async fn sign_in(client: &mut Client, number: usize, step: i64) -> anyhow::Result<()> {
    let form = format!("staff_no={}&password={PASSWORD}", staff_no(number));
    client.post("/api/sign_in", &form).await?.expect(200, "second_factor")?;
    client.post("/api/verify_totp", &format!("code={}", code(number, step)?)).await?.expect(200, "\"role\"")
}

/// One teller at one connection, with one customer's card open.
pub struct Teller {
    client: Client,
    case: String,
    handle: String,
    number: usize,
    id_numbers: Arc<Vec<String>>,
}

impl Teller {
    async fn ready(
        client: Client,
        number: usize,
        office: &BackOffice,
        id_numbers: Arc<Vec<String>>,
    ) -> anyhow::Result<Self> {
        let mut this = Self { client, case: String::new(), handle: String::new(), number, id_numbers };
        // A code works once: sign-in takes this step's, the step-up the next one's.
        let step = office.clock().now().seconds() / 30;
        sign_in(&mut this.client, number, step).await?;
        let form = format!(
            "purpose=callback&ticket=CB-2026-{number:06}&identified=known_number_called_back\
             &note=Asks+why+a+transfer+of+last+week+is+late"
        );
        let opened = this.client.post("/api/cases/open", &form).await?;
        this.case = opened.member("/case_id")?;
        let found = this.find(0).await?;
        this.handle = found.member("/customers/0/id")?;
        this.view().await?;
        let asked = this.client.post("/api/customers/reveal", &this.reveal_form()).await?;
        let challenge = asked.member("/challenge")?;
        let form = format!("challenge={challenge}&code={}", code(number, step + 1)?);
        this.client.post("/api/step_up/totp", &form).await?.expect(200, "ok")?;
        this.reveal().await?;
        Ok(this)
    }

    fn reveal_form(&self) -> String {
        format!("case_id={}&customer_id={}&field=name&reason=CUST_CALLBACK", self.case, self.handle)
    }

    /// A value of the `window` tier.
    pub async fn reveal(&mut self) -> anyhow::Result<()> {
        self.client.post("/api/customers/reveal", &self.reveal_form()).await?.expect(200, "\"value\":\"")
    }

    /// A search that finds, each turn another customer.
    pub async fn search(&mut self, turn: u64) -> anyhow::Result<()> {
        self.find(turn).await?.expect(200, "\"outcome\":\"found\"")
    }

    async fn find(&mut self, turn: u64) -> anyhow::Result<crate::client::Answer> {
        // Far apart, so that no two tellers walk in step.
        let at = (self.number * 7919 + turn as usize * 104_729) % self.id_numbers.len();
        let id_no = self.id_numbers.get(at).context("no customer of the branch")?;
        self.client.post("/api/customers/search", &format!("case_id={}&id_no={id_no}", self.case)).await
    }

    /// The masked card.
    pub async fn view(&mut self) -> anyhow::Result<()> {
        let form = format!("case_id={}&customer_id={}", self.case, self.handle);
        self.client.post("/api/customers/view", &form).await?.expect(200, "\"mask\"")
    }
}
