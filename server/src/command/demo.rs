//! `grille demo`: invented customers, known staff, loopback only.

use super::{Everywhere, open, say, serve, warn};
use crate::config::Config;
use crate::demo::{PASSWORD, STAFF};
use crate::office::Site;
use anyhow::{Context, bail};
use backoffice::guests::GUESTS;
use backoffice::imports::RejectFile;
use backoffice::samples::Columns;
use backoffice::staff::Enrolment;
use backoffice::system::SystemEntropy;
use backoffice::vault::KeyRing;
use backoffice::{BackOffice, DEMO_RECIPIENTS};
use clap::Args;
use domain::audit::event::PersonName;
use domain::id::{BranchNo, PersonNo, StaffNo};
use domain::role::Role;
use sha2::{Digest, Sha256};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

/// The demonstration's customers: enough to search among, few enough to begin at once.
const CUSTOMERS: u64 = 2000;
const SEED: u64 = 1;
/// Says that a data folder is a demonstration's.
const MARK: &str = "demo";

/// Who entered the demonstration's recipients, and who confirmed them: people of two units.
const RECIPIENTS_BY: [&str; 2] = ["op1002", "ap2001"];

/// How to demonstrate.
#[derive(Debug, Args)]
pub struct Options {
    /// Where to listen; loopback only.
    #[arg(long)]
    addr: Option<SocketAddr>,
    /// So many more operators of branch 0101, `op1101` and on, so that tests share nobody.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=800))]
    staff: u16,
}

struct Person {
    staff_no: String,
    role: Role,
    unit: &'static str,
    secret: String,
    name: String,
}

/// Seeds what is missing, and serves.
pub async fn run(mut config: Config, everywhere: &Everywhere, options: Options) -> anyhow::Result<ExitCode> {
    config.addr = options.addr.unwrap_or(config.addr);
    if everywhere.data_dir.is_none() && config.data_dir == Config::default().data_dir {
        config.data_dir = "grille-demo-data".into();
    }
    config.check()?;
    // TLS or a proxy would open another address to `serve`; what everyone knows the passwords of stays here.
    if !config.addr.ip().is_loopback() {
        bail!("a demonstration is served on loopback only: its passwords and codes are known to everyone");
    }
    let tls = serve::certificates(&config)?;
    open::rules(&config)?;
    let exists = config.database()?.exists().await?;
    claim(&config.data_dir, exists)?;
    if !exists {
        forget_a_broken_start(&config)?;
        KeyRing::create_all(&config.keys(), &SystemEntropy)?;
    }
    // First, since passkeys are made for the origin, and the origin has the port.
    let listener = serve::bind(config.addr).await?;
    config.addr = listener.local_addr()?;
    let sso = serve::single_sign_on(&config)?;
    let office = open::make(&config).await?;
    office.begin().await?;
    let people = people(options.staff);
    enrol(&office, &people).await?;
    let [proposer, confirmer] = RECIPIENTS_BY.map(StaffNo::parse);
    office.enter_demo_recipients(&proposer?, &confirmer?).await?;
    seed(&office, &config.data_dir).await?;
    let port = config.addr.port();
    let origins = match &config.origin {
        Some(origin) => vec![origin.clone()],
        None => ["localhost", "127.0.0.1", "[::1]"].map(|host| format!("{}://{host}:{port}", config.scheme())).into(),
    };
    let url = origins.first().cloned().unwrap_or_default();
    tell(&url, &people, everywhere.json);
    let (health, metrics) = serve::watched(&config)?;
    let site = Site { office, origins, demo: true, proxies: config.proxies(), sso, health, metrics };
    serve::until_stopped(listener, tls, site, config.server.drain(0)).await
}

/// A first start that was killed before it had a database leaves keys that nothing depends on. Where there
/// was a log once, its checkpoint says so, and the keys stay.
fn forget_a_broken_start(config: &Config) -> anyhow::Result<()> {
    let keys = config.keys();
    if keys.exists() && !config.checkpoint().exists() {
        std::fs::remove_dir_all(&keys).with_context(|| format!("{} cannot be made anew", keys.display()))?;
    }
    Ok(())
}

/// Marks an empty folder as the demonstration's; refuses one that holds something else.
fn claim(dir: &Path, database_exists: bool) -> anyhow::Result<()> {
    let mark = dir.join(MARK);
    if mark.exists() {
        return Ok(());
    }
    let taken = dir.exists() && std::fs::read_dir(dir).context("the data folder cannot be read")?.next().is_some();
    if taken || database_exists {
        bail!("{} is not a demonstration's data folder: name another with --data-dir", dir.display());
    }
    open::make_dir(dir)?;
    std::fs::write(&mark, "A demonstration's data: nobody in it is real.\n").context("the data folder is not writable")
}

fn people(more: u16) -> Vec<Person> {
    let fixed = STAFF.iter().map(|(staff_no, role, unit, secret, name)| Person {
        staff_no: (*staff_no).into(),
        role: *role,
        unit,
        secret: (*secret).into(),
        name: (*name).into(),
    });
    let more = (0..more).map(|n| {
        let staff_no = format!("op{}", 1101 + n);
        // The same at every start of a folder, and no secret: a demonstration has none.
        let seed = Sha256::digest(format!("grille demo {staff_no}"));
        let secret = data_encoding::BASE32.encode(&seed[..20]);
        let name = format!("柜员 Teller {}", 1101 + n);
        Person { staff_no, role: Role::Operator, unit: "0101", secret, name }
    });
    fixed.chain(more).collect()
}

async fn enrol(office: &BackOffice, people: &[Person]) -> anyhow::Result<()> {
    let there = office.all_staff().await?;
    let now = office.clock().now();
    if there.iter().any(|row| row.has_lapsed(now)) {
        warn("Rights of this demonstration's staff have lapsed. Remove its data folder to begin anew.");
    }
    let known: Vec<_> = there.into_iter().map(|row| row.staff_no).collect();
    for person in people {
        let staff_no = StaffNo::parse(&person.staff_no)?;
        if known.contains(&staff_no) {
            continue;
        }
        let who = Enrolment {
            person: PersonNo::parse(&format!("P-{}", person.staff_no))?,
            staff_no,
            name: PersonName::parse(&person.name).context("a name")?,
            role: person.role,
            unit: BranchNo::parse(person.unit)?,
        };
        let seed = data_encoding::BASE32.decode(person.secret.as_bytes()).context("a TOTP secret")?;
        office.enrol(who, PASSWORD, &seed).await?;
    }
    Ok(())
}

/// Imports the invented customers; those that are there already stay as they are.
async fn seed(office: &BackOffice, dir: &Path) -> anyhow::Result<()> {
    let mark = dir.join("seeded");
    if mark.exists() {
        return Ok(());
    }
    let mut csv = Vec::new();
    backoffice::samples::write(CUSTOMERS, SEED, Columns::WithFlags, &mut csv)?;
    let mut rejects = RejectFile::at(dir.join("seed.rejects.csv"))?;
    let summary = office.importer(None).run(std::io::Cursor::new(csv), None, &mut rejects, |_| ()).await?;
    if summary.counts.rejected > 0 {
        bail!("{} of the demonstration's own customers were rejected", summary.counts.rejected);
    }
    std::fs::write(mark, "").context("the data folder is not writable")
}

fn tell(url: &str, people: &[Person], json: bool) {
    if json {
        let staff: Vec<_> = people
            .iter()
            .map(|person| {
                serde_json::json!({
                    "staff_no": person.staff_no, "role": person.role, "unit": person.unit,
                    "password": PASSWORD, "totp_secret": person.secret,
                })
            })
            .collect();
        let guests: Vec<_> = GUESTS
            .iter()
            .map(|guest| {
                serde_json::json!({
                    "name": guest.name, "id_no": guest.id_no, "mobile": guest.mobile, "card_no": guest.card_no,
                    "branch": guest.branch, "ticket": guest.ticket, "purpose": guest.purpose,
                })
            })
            .collect();
        let recipient = &DEMO_RECIPIENTS[0];
        let recipient = serde_json::json!({
            "recipient_id": recipient.id(), "name": recipient.name, "key": recipient.key,
            "identity": recipient.identity,
        });
        say(serde_json::json!({ "url": url, "staff": staff, "guests": guests, "recipient": recipient }));
        return;
    }
    say(format_args!("Grille's demonstration is at {url}"));
    say(format_args!("Everyone's password is {PASSWORD}; the sign-in page shows each person's next code.\n"));
    for person in people {
        say(format_args!("  {}  {:<10}  {:<5}  {}", person.staff_no, person.role.as_str(), person.unit, person.secret));
    }
    say("\nGuests, invented:");
    for guest in &GUESTS {
        let line = [guest.name, guest.id_no, guest.mobile, guest.card_no, guest.branch, guest.purpose, guest.ticket];
        say(format_args!("  {}", line.join("  ")));
    }
    say("\nRecipients of exports, invented, and the secret key that opens what is sealed to the first:");
    for recipient in &DEMO_RECIPIENTS {
        say(format_args!("  {}  {}", recipient.name, recipient.identity.unwrap_or(recipient.key)));
    }
}
