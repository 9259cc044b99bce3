//! A PostgreSQL server: its version, who may do what with our tables, the triggers, and the way to it.

use super::Report;
use backoffice::store::rights::{self, Login};
use backoffice::store::{Address, Db, Postgres, health};

/// The oldest that we are tried against, as the server numbers it.
const OLDEST: u32 = 140_000;
/// So many wrong rights are told one by one.
const TOLD: usize = 8;

pub(super) async fn look(address: &Address, postgres: &Postgres, report: &mut Report) {
    if let Err(error) = ask(postgres, report).await {
        report.problem("server", format!("it does not answer: {error}"), "look at the server and the way to it");
    }
    match address.is_unguarded() {
        true => report.warning(
            "server_tls",
            "the server is on another machine, and need not prove that it is the one that is meant",
            "end database_url with ?sslmode=verify-full&sslrootcert=FILE",
        ),
        false => report.ok("server_tls", "the server is on this machine, or proves who it is"),
    }
}

async fn ask(postgres: &Postgres, report: &mut Report) -> anyhow::Result<()> {
    let db = Db::Postgres(postgres.clone());
    match health::server_version(&db).await? {
        Some(OLDEST..) => report.ok("server", "PostgreSQL 14 or newer"),
        Some(_) | None => {
            report.problem("server", "PostgreSQL is older than 14", "use a server of version 14 or newer")
        }
    }
    own(rights::login(postgres).await?, report);
    let wrong = rights::wrong(postgres).await?;
    match wrong.is_empty() {
        true => report.ok("rights", "each role may do what it needs, and nobody else anything"),
        false => {
            let mut says: Vec<String> = wrong.iter().take(TOLD).map(ToString::to_string).collect();
            says.extend((wrong.len() > TOLD).then(|| format!("and {} more", wrong.len() - TOLD)));
            report.problem("rights", says.join("; "), "have the tables' owner revoke, or grant, what is named");
        }
    }
    Ok(())
}

/// What the login is that the program signs in with: rights and triggers bind neither a superuser nor an owner.
fn own(Login { superuser, owns }: Login, report: &mut Report) {
    match (superuser, owns) {
        (true, _) => report.warning(
            "login",
            "the login of database_url is a superuser: nothing is refused to it",
            "make a login that is a member of grille_app, grille_desk and grille_vault, and name the owner by database_owner_url",
        ),
        (false, 1..) => report.warning(
            "login",
            format!("the login of database_url owns {owns} of our tables: it could turn off what refuses"),
            "let another login own the tables, and name it by database_owner_url",
        ),
        (false, 0) => report.ok("login", "no superuser, and owns nothing of ours"),
    }
}
