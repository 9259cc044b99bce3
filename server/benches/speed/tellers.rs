//! Tellers who signed in by both factors, opened a case, and stepped up: each at one connection.

use crate::client::{Answer, Client};
use crate::premises::{BRANCH, Premises};
use anyhow::Context;
use backoffice::BackOffice;
use backoffice::auth::code_at;
use backoffice::staff::Enrolment;
use backoffice::system::SystemClock;
use domain::audit::event::PersonName;
use domain::clock::Clock;
use domain::id::{BranchNo, PersonNo, StaffNo};
use domain::role::Role;
use sha2::{Digest, Sha256};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const PASSWORD: &str = "Grille-bench-2026";
/// Who reads the log.
const READER: usize = 8000;

/// What a teller does.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// A value of the `window` tier.
    Reveal,
    /// A search that finds, each turn another customer.
    Search,
    /// The masked card.
    View,
}

impl Act {
    /// Every act.
    pub const ALL: [Act; 3] = [Act::Reveal, Act::Search, Act::View];

    /// Its name among the figures.
    pub fn as_str(self) -> &'static str {
        match self {
            Act::Reveal => "reveal",
            Act::Search => "search",
            Act::View => "view",
        }
    }
}

/// Those who can sign in at one address; each does so once.
pub struct Tellers {
    addr: SocketAddr,
    id_numbers: Arc<Vec<String>>,
    next: AtomicUsize,
}

impl Tellers {
    /// Of an office that is served there.
    pub fn at(addr: SocketAddr, premises: &Premises) -> anyhow::Result<Self> {
        Ok(Self { addr, id_numbers: Arc::new(premises.id_numbers()?), next: AtomicUsize::new(0) })
    }

    /// So many who have not asked anything yet, each ready to reveal.
    pub async fn crowd(&self, clients: usize) -> anyhow::Result<Vec<Teller>> {
        let mut crowd = Vec::with_capacity(clients);
        for _ in 0..clients {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let client = Client::connect(self.addr).await?;
            crowd.push(Teller::ready(client, number, self.id_numbers.clone()).await?);
        }
        Ok(crowd)
    }

    /// A supervisor who is signed in.
    pub async fn reader(&self) -> anyhow::Result<Client> {
        let mut client = Client::connect(self.addr).await?;
        sign_in(&mut client, READER, step()).await?;
        Ok(client)
    }
}

/// Enrols so many, and who reads the log.
pub async fn enrol(office: &BackOffice, tellers: usize) -> anyhow::Result<()> {
    let operators = (0..tellers).map(|teller| (teller, Role::Operator));
    for (number, role) in operators.chain([(READER, Role::Supervisor)]) {
        let staff_no = staff_no(number);
        let who = Enrolment {
            person: PersonNo::parse(&format!("P-{staff_no}"))?,
            name: PersonName::parse(&format!("Teller {staff_no}")).context("a name")?,
            staff_no: StaffNo::parse(&staff_no)?,
            role,
            unit: BranchNo::parse(BRANCH)?,
        };
        office.enrol(who, PASSWORD, &seed(number)).await.context("a teller was not enrolled")?;
    }
    Ok(())
}

fn staff_no(teller: usize) -> String {
    format!("op{}", 1101 + teller)
}

fn seed(teller: usize) -> Vec<u8> {
    Sha256::digest(staff_no(teller))[..20].to_vec()
}

/// The thirty seconds for which a code is good.
fn step() -> i64 {
    SystemClock.now().seconds() / 30
}

fn code(number: usize, step: i64) -> anyhow::Result<String> {
    code_at(&seed(number), step).context("no code")
}

async fn sign_in(client: &mut Client, number: usize, step: i64) -> anyhow::Result<()> {
    let form = format!("staff_no={}&password={PASSWORD}", staff_no(number));
    client.post("/api/sign_in", &form).await?.expect(200, "second_factor")?;
    client.post("/api/verify_totp", &format!("code={}", code(number, step)?)).await?.expect(200, "\"role\"")
}

/// One of them, with one customer's card open.
pub struct Teller {
    client: Client,
    case: String,
    handle: String,
    number: usize,
    id_numbers: Arc<Vec<String>>,
}

impl Teller {
    async fn ready(client: Client, number: usize, id_numbers: Arc<Vec<String>>) -> anyhow::Result<Self> {
        let mut this = Self { client, case: String::new(), handle: String::new(), number, id_numbers };
        // A code works once: sign-in takes this step's, the step-up the next one's.
        let step = step();
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
        let asked = this.ask_to_reveal().await?;
        this.step_up(&asked, step + 1).await?;
        this.reveal().await?;
        Ok(this)
    }

    /// Does it; the `turn` says which customer is searched.
    pub async fn does(&mut self, act: Act, turn: u64) -> anyhow::Result<()> {
        match act {
            Act::Reveal => self.reveal().await,
            Act::Search => self.search(turn).await,
            Act::View => self.view().await,
        }
    }

    /// A reveal by whoever has worked for longer than a step-up is good for: a challenge is answered, as a person would.
    pub async fn reveal_all_day(&mut self) -> anyhow::Result<()> {
        let asked = self.ask_to_reveal().await?;
        if asked.status == 200 {
            return asked.expect(200, "\"value\":\"");
        }
        self.step_up(&asked, step()).await?;
        self.reveal().await
    }

    async fn ask_to_reveal(&mut self) -> anyhow::Result<Answer> {
        let form = format!("case_id={}&customer_id={}&field=name&reason=CUST_CALLBACK", self.case, self.handle);
        self.client.post("/api/customers/reveal", &form).await
    }

    async fn step_up(&mut self, asked: &Answer, step: i64) -> anyhow::Result<()> {
        let form = format!("challenge={}&code={}", asked.member("/challenge")?, code(self.number, step)?);
        self.client.post("/api/step_up/totp", &form).await?.expect(200, "ok")
    }

    /// A value of the `window` tier.
    pub async fn reveal(&mut self) -> anyhow::Result<()> {
        self.ask_to_reveal().await?.expect(200, "\"value\":\"")
    }

    /// A search that finds, each turn another customer.
    pub async fn search(&mut self, turn: u64) -> anyhow::Result<()> {
        self.find(turn).await?.expect(200, "\"outcome\":\"found\"")
    }

    async fn find(&mut self, turn: u64) -> anyhow::Result<Answer> {
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
