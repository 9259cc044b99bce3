//! The data folder, its keys, and the room left on its disk.

use super::Report;
use crate::config::Config;
use backoffice::vault::{KeyError, KeyKind, KeyRing};
use std::path::Path;
use std::process::Command;

/// Kilobytes: below the one something fails soon, below the other someone should look.
const LITTLE: u64 = 200_000;
const SOME: u64 = 2_000_000;

pub(super) fn look(config: &Config, report: &mut Report) {
    folder("data_dir", &config.data_dir, report);
    folder("keys_dir", &config.keys(), report);
    keys(&config.keys(), report);
    room(&config.data_dir, report);
}

fn folder(check: &'static str, path: &Path, report: &mut Report) {
    match std::fs::metadata(path) {
        Err(_) => report.problem(check, format!("{} is not there", path.display()), "run `grille init`, or name it"),
        Ok(meta) if !meta.is_dir() => {
            report.problem(check, format!("{} is no folder", path.display()), "name another with data_dir");
        }
        Ok(meta) if open_to_others(&meta) => {
            let says = format!("{} can be entered by others than its owner", path.display());
            report.warning(check, says, "set its mode to 0700");
        }
        Ok(_) => report.ok(check, format!("{}", path.display())),
    }
}

/// Whether group or others have any right.
pub(super) fn open_to_others(meta: &std::fs::Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        meta.permissions().mode() & 0o077 != 0
    }
    #[cfg(not(unix))]
    {
        let _ = meta;
        false
    }
}

fn keys(dir: &Path, report: &mut Report) {
    let ring = KeyRing::open(dir);
    for kind in KeyKind::ALL {
        let check = match kind {
            KeyKind::Vault => "vault_key",
            KeyKind::Index => "index_key",
            KeyKind::Staff => "staff_key",
            KeyKind::Log => "log_key",
        };
        match ring.key(kind) {
            Ok(_) => report.ok(check, "there, well-formed, and its owner's alone"),
            Err(error) => report.problem(check, error.to_string(), remedy(error)),
        }
    }
}

const fn remedy(error: KeyError) -> &'static str {
    match error {
        KeyError::Missing(_) | KeyError::Malformed(_) => {
            "put the key back from where you keep its copy; make no new one"
        }
        KeyError::OpenToOthers(_) => "set its mode to 0600, and ask who may have read it",
        KeyError::Exists(_) | KeyError::NotWritten(_) => "look at the folder's owner and mode",
    }
}

/// As `df` has it: the standard library does not know.
fn room(dir: &Path, report: &mut Report) {
    let told = Command::new("df").arg("-Pk").arg(dir).output().ok().filter(|output| output.status.success());
    let text = told.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let free =
        text.lines().nth(1).and_then(|line| line.split_whitespace().nth(3)).and_then(|kb| kb.parse::<u64>().ok());
    let todo = "make room: with a full disk nothing is recorded, so nothing is shown";
    match free {
        None => report.warning("disk", "how much room is left is not known", "look with `df`"),
        Some(kb) if kb < LITTLE => report.problem("disk", format!("{} MB left", kb / 1000), todo),
        Some(kb) if kb < SOME => report.warning("disk", format!("{} MB left", kb / 1000), todo),
        Some(kb) => report.ok("disk", format!("{} MB left", kb / 1000)),
    }
}
