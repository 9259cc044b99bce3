//! The database, and the log in it: settings, schema, clock, signature, the checkpoint outside.

use super::Report;
use super::files::open_to_others;
use crate::config::{Config, Database};
use backoffice::audit::{CheckpointFile, KeySigner, Standing};
use backoffice::store::health::{self, Schema, Setting};
use backoffice::store::log::{self, Head};
use backoffice::store::{Db, certifications, sqlite_schema};
use backoffice::system::SystemClock;
use backoffice::vault::KeyRing;
use domain::audit::checkpoint::{self, Origin, VerifierKey};
use domain::clock::{Clock, Span};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// As far as the writer bears with (A6).
const TOLERANCE: Span = Span::seconds(2);
/// As long as the notice that a bank gives by default.
const FORTNIGHT: Span = Span::days(14);
/// How often the checkpoint file is read anew before it counts as left behind: two seconds, where the server writes it
/// ten times in one.
const LOOKS: u32 = 20;
const BETWEEN: Duration = Duration::from_millis(100);

pub(super) async fn look(config: &Config, report: &mut Report) {
    let database = match config.database() {
        Ok(database) => database,
        Err(error) => return report.problem("database", error.to_string(), "mend the configuration"),
    };
    match database.exists().await {
        Ok(true) => (),
        Ok(false) => return report.problem("database", format!("{database} is not there"), "run `grille init`"),
        Err(error) => return report.problem("database", format!("{error:#}"), "look at the server and the way to it"),
    }
    let db = match database.open_read_only().await {
        Ok(db) => db,
        Err(error) => return report.problem("database", error.to_string(), "restore it from a backup"),
    };
    match &database {
        Database::File(path) if std::fs::metadata(path).is_ok_and(|meta| open_to_others(&meta)) && !shut_in(path) => {
            report.warning("database", "others than its owner may read it", "set its mode to 0600");
        }
        Database::File(_) | Database::Server(_) => report.ok("database", database.to_string()),
    }
    if let (Database::Server(address), Db::Postgres(postgres)) = (&database, &db) {
        super::server::look(address, postgres, report).await;
    }
    if let Err(error) = settings(&db, report).await {
        return report.problem("database", format!("it does not answer: {error}"), "restore it from a backup");
    }
    administrators(&db, report).await;
    match log::read_head(&db).await {
        Ok(Some(head)) => recorded(config, &db, &head, report).await,
        Ok(None) => report.warning("log", "there is no event yet", "run `grille init` to its end"),
        Err(error) => {
            report.problem("log", format!("the log's head cannot be read: {error}"), "run `grille audit verify`")
        }
    }
}

/// Could somebody be reinstated in a fortnight? It takes two.
async fn administrators(db: &Db, report: &mut Report) {
    let then = SystemClock.now().plus(FORTNIGHT);
    match certifications::admins(db, then).await {
        Ok(2..) => report.ok("certified", "two administrators or more, for 14 days and longer"),
        Ok(n) => report.warning(
            "certified",
            format!("{n} administrators have rights that last 14 days: two are needed to let anybody in again"),
            "have them certify each other at /admin/recertification; if too few are left, `grille staff certify NO`",
        ),
        // A schema that is behind was told already.
        Err(_) => (),
    }
}

/// Whether the folder around it lets nobody in.
fn shut_in(path: &Path) -> bool {
    path.parent().and_then(|dir| std::fs::metadata(dir).ok()).is_some_and(|meta| !open_to_others(&meta))
}

async fn settings(db: &Db, report: &mut Report) -> anyhow::Result<()> {
    for Setting { name, wanted, is } in health::settings(db).await? {
        match is == wanted {
            true => report.ok("pragma", format!("{name} = {is}")),
            false => report.problem(
                "pragma",
                format!("{name} = {is}, not {wanted}: a commit would not last"),
                "use a local file system that keeps it; on a server, set it in postgresql.conf",
            ),
        }
    }
    match health::triggers_missing(db).await?.as_slice() {
        [] => report.ok("triggers", "all are there, and refuse"),
        missing => report.problem(
            "triggers",
            format!("{} do not refuse", missing.join(", ")),
            "find out who took them away; then restore the schema from a backup, and run `grille audit verify`",
        ),
    }
    let schema = health::schema(db).await?;
    let differs = match (db, &schema) {
        (Db::Sqlite(_), Schema::Current) => sqlite_schema::other_than_ours(db).await.ok().flatten(),
        _ => None,
    };
    if let Some(differs) = differs {
        report.problem(
            "schema",
            format!("{differs} is not as our migrations make it"),
            "find out who changed it; then restore the schema from a backup, and run `grille audit verify`",
        );
        return Ok(());
    }
    match schema {
        Schema::Current => report.ok("schema", "every migration has run"),
        Schema::Behind(n) => {
            report.warning("schema", format!("{n} migrations are yet to run"), "start the server once")
        }
        Schema::Ahead => {
            report.problem("schema", "a newer program was here", "use that program, or restore the backup from before");
        }
        Schema::Other => {
            report.problem("schema", "a migration is not as this program knows it", "restore it from a backup");
        }
    }
    Ok(())
}

async fn recorded(config: &Config, db: &Db, head: &Head, report: &mut Report) {
    // Before anything: the log may go on, and its file with it.
    let path = config.checkpoint();
    let note = CheckpointFile::at(path.clone()).read();
    let now = SystemClock.now();
    match head.latest.since(now) > TOLERANCE {
        true => report.problem(
            "clock",
            "the clock stands behind the newest event: sensitive acts are stopped (A6)",
            "set the clock by a time server",
        ),
        false => report.ok("clock", "not behind the newest event"),
    }
    let origin = Origin::parse(&config.log_origin).ok();
    let signer = origin.map(|origin| KeySigner::new(Arc::new(KeyRing::open(&config.keys())), origin));
    let key = signer.and_then(|signer| signer.verifier_key()).and_then(|key| VerifierKey::parse(&key).ok());
    match key.as_ref().map(|key| checkpoint::open(&head.note, key)) {
        None => report.warning("signature", "the head's signature was not checked", "put log.key back"),
        Some(Err(bad)) => report.problem("signature", format!("the log's head: {bad}"), "run `grille audit verify`"),
        Some(Ok(signed)) if signed.size < head.size => report.warning(
            "signature",
            format!("{} of {} events are signed", signed.size, head.size),
            "put log.key back: the next event signs them all",
        ),
        Some(Ok(signed)) => report.ok("signature", format!("{} events, all signed", signed.size)),
    }
    let known = match (&note, &key) {
        (Ok(Some(note)), Some(key)) => checkpoint::open(note, key).ok(),
        _ => None,
    };
    let standing = match &known {
        Some(known) => Standing::of(db, known).await.ok(),
        None => None,
    };
    match note {
        Ok(_) if matches!(standing, Some(Standing::Behind { .. } | Standing::Forked { .. })) => report.problem(
            "checkpoint",
            format!("{} vouches for entries that the log lacks: sensitive acts are stopped (A3)", path.display()),
            "find out who put the database back; then restore what is newer, or agree by `grille restore --what-is-there`",
        ),
        Ok(Some(note)) if note == head.note || follows(&path, head, key.as_ref()).await => {
            report.ok("checkpoint", format!("{} is the newest", path.display()));
        }
        Ok(Some(_)) if key.is_some() && known.is_none() => report.problem(
            "checkpoint",
            format!("{} was not signed by this log's key: the log was compared with nothing (A3)", path.display()),
            "find out who wrote it; the server sets it aside and writes its own at the next event",
        ),
        Ok(Some(_)) => report.warning(
            "checkpoint",
            format!("{} is not the newest", path.display()),
            "if the server runs, look whether it may write it; if it was killed, the next event writes it",
        ),
        Ok(None) => report.warning(
            "checkpoint",
            format!("{} is not there: the log was compared with nothing (A3)", path.display()),
            "find out who took it away; it is written at the next event",
        ),
        Err(error) => report.problem(
            "checkpoint",
            format!("{} cannot be read, so sensitive acts are stopped (A3): {error}", path.display()),
            "let the server's account read it",
        ),
    }
}

/// Whether the file comes to vouch for what the log held when we looked: beside a server at work it is a moment behind.
async fn follows(path: &Path, head: &Head, key: Option<&VerifierKey>) -> bool {
    let Some(key) = key else { return false };
    for _ in 0..LOOKS {
        let note = std::fs::read_to_string(path).ok();
        if note.and_then(|note| checkpoint::open(&note, key).ok()).is_some_and(|known| known.size >= head.size) {
            return true;
        }
        tokio::time::sleep(BETWEEN).await;
    }
    false
}
