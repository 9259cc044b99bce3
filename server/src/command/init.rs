//! `grille init`: a data folder, four keys, a database, two administrators.

use super::{open, say};
use crate::config::Config;
use anyhow::{Context, bail};
use backoffice::staff::Enrolment;
use backoffice::system::{SystemEntropy, random};
use backoffice::vault::KeyRing;
use domain::audit::event::PersonName;
use domain::id::{BranchNo, PersonNo, StaffNo};
use domain::role::Role;
use std::process::ExitCode;
use zeroize::Zeroizing;

/// Exactly two: one proposes, the other confirms.
const ADMINS: [(&str, &str); 2] = [("ad9001", "First administrator"), ("ad9002", "Second administrator")];

/// Makes everything once. Passwords and TOTP secrets are printed once and kept nowhere in the clear.
pub async fn run(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let database = config.database()?;
    if database.exists().await? {
        bail!("{database} exists already: nothing was changed");
    }
    open::rules(config)?;
    open::make_dir(&config.data_dir)?;
    KeyRing::create_all(&config.keys(), &SystemEntropy)?;
    let office = open::make(config).await?;
    office.begin().await?;
    let mut made = Vec::new();
    for (staff_no, name) in ADMINS {
        let password = Zeroizing::new(data_encoding::BASE32_NOPAD.encode(&random::<15>(&SystemEntropy)).to_lowercase());
        let seed = Zeroizing::new(random::<20>(&SystemEntropy));
        let who = Enrolment {
            staff_no: StaffNo::parse(staff_no)?,
            person: PersonNo::parse(&format!("P-{staff_no}"))?,
            name: PersonName::parse(name).context("an administrator's name")?,
            role: Role::Admin,
            unit: BranchNo::parse("IT")?,
        };
        office.enrol(who, &password, &*seed).await?;
        made.push((staff_no, password, data_encoding::BASE32_NOPAD.encode(&*seed)));
    }
    if json {
        let admins: Vec<_> = made
            .iter()
            .map(|(staff_no, password, secret)| {
                serde_json::json!({ "staff_no": staff_no, "password": password.as_str(), "totp_secret": secret })
            })
            .collect();
        say(serde_json::json!({ "data_dir": config.data_dir, "admins": admins }));
    } else {
        say(format_args!(
            "{} is ready. Hand each of these to one person; they are shown once:",
            config.data_dir.display()
        ));
        for (staff_no, password, secret) in &made {
            say(format_args!("  {staff_no}  password {}  TOTP secret {secret}", password.as_str()));
        }
        say("Keep the four files in its keys folder: without them the data cannot be opened, by anyone.");
    }
    Ok(ExitCode::SUCCESS)
}
