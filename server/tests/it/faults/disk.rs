//! A disk that is full, read-only or slow under the running binary.

use super::{Shift, WELL, but};
use crate::app::{Home, Start, TestApp, told};
use crate::http::Request;
use backoffice::system::Stopwatch;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const STAFF: u16 = 10;

/// What is answered while nothing can be written: masks are shown to nobody unrecorded either (A2).
fn nothing_is_written() -> Vec<(&'static str, &'static str)> {
    but(&[
        ("sign_in", "503 log_unavailable"),
        ("open", "503 log_unavailable"),
        ("search", "503 log_unavailable"),
        ("view", "503 log_unavailable"),
        ("reveal", "503 log_unavailable"),
        ("step_up", "503 log_unavailable"),
        ("export", "503 log_unavailable"),
        ("events", "503"),
    ])
}

/// What a command said, if it ran and succeeded.
fn run(words: &[&str]) -> bool {
    Command::new(words[0]).args(&words[1..]).status().is_ok_and(|status| status.success())
}

/// Says so where a test cannot be done: it is no success.
#[expect(clippy::print_stderr, reason = "whoever reads the tests' output is to know")]
fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
}

#[test]
fn o2_a_process_that_may_write_no_more_does_nothing_shows_nothing_and_goes_on_when_it_may() {
    let home = Home::new();
    // Whoever writes beyond a limit is sent a signal, and an error only if that is ignored.
    let by = ["sh", "-c", r#"trap '' XFSZ; exec "$0" "$@""#];
    let app = TestApp::start(&home, &Start { staff: STAFF, env: &[], by: &by });
    let mut shift = Shift::begin(&home, &app);
    shift.finds("well", &WELL);
    let pid = app.pid();
    for _ in 0..2 {
        let before = app.log.from(0).len();
        assert!(run(&["prlimit", "--pid", &pid, "--fsize=1:unlimited"]), "prlimit");
        shift.finds("no room", &nothing_is_written());
        assert_eq!(app.log.from(0).len(), before);
        assert!(run(&["prlimit", "--pid", &pid, "--fsize=unlimited:unlimited"]), "prlimit");
        shift.finds("room again", &WELL);
    }
    shift.end();
}

/// A small disk of its own; it goes when this is dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` for whoever may not mount.
    fn at(folder: &Path, size: &str) -> Option<Self> {
        std::fs::create_dir(folder).expect("a folder");
        let options = format!("size={size},mode=0700");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self(folder.to_owned()))
    }

    /// Takes all the room that is left, to the last byte.
    fn fill(&self) -> PathBuf {
        let path = self.0.join("filling");
        let mut file = File::create(&path).expect("a file");
        for chunk in [64 * 1024, 512, 1] {
            while file.write_all(&vec![0; chunk]).is_ok() {}
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: whoever failed may still have a process there.
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}

#[test]
fn o2_on_a_full_disk_nothing_is_done_and_nothing_shown_and_all_goes_on_when_there_is_room() {
    let home = Home::new();
    let Some(disk) = SmallDisk::at(&home.data(), "256m") else {
        return skipped("a small disk is mounted by root alone; the limit on a process shows the same");
    };
    let app = TestApp::start(&home, &Start { staff: STAFF, env: &[], by: &[] });
    let mut shift = Shift::begin(&home, &app);
    shift.finds("well", &WELL);
    // What the write-ahead log has room for already would still be taken.
    app.log.meddle("PRAGMA wal_checkpoint(TRUNCATE)");
    let filling = disk.fill();
    shift.finds("full", &nothing_is_written());
    super::until_missing(&app, &["disk"]);
    std::fs::remove_file(filling).expect("room");
    shift.finds("room again", &WELL);
    super::until_missing(&app, &[]);
    shift.end();
    drop(app);
    // Read-only from the start: it says so, and serves nobody.
    let folder = disk.0.to_string_lossy().into_owned();
    assert!(run(&["mount", "-o", "remount,ro", &folder]), "mount");
    let refused = home.run(&["serve", "--addr", "127.0.0.1:0"]);
    assert_eq!(refused.status.code(), Some(1), "{}", told(&refused));
    assert!(told(&refused).contains("the database"), "{}", told(&refused));
}

/// `strace` at the throat of a running process, until it is dropped.
struct Fault(Child);

impl Fault {
    /// Injects into system calls on the database's files. `None` for whoever may not trace a process that runs.
    fn into(home: &Home, app: &TestApp, calls: &str, what: &str) -> Option<Self> {
        let (trace, inject) = (format!("trace={calls}"), format!("inject={calls}:{what}"));
        let mut command = Command::new("strace");
        command.args(["-f", "-p", &app.pid(), "-o", "/dev/null", "-e", &trace, "-e", &inject]);
        for name in ["grille.db", "grille.db-wal"] {
            command.arg("-P").arg(home.data().join(name));
        }
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().expect("strace is installed");
        let mut said = BufReader::new(child.stderr.take().expect("standard error"));
        let mut line = String::new();
        while said.read_line(&mut line).is_ok_and(|read| read > 0) {
            if line.contains("attached") {
                // It goes on talking of threads.
                std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
                return Some(Self(child));
            }
        }
        drop(child.wait());
        assert!(line.contains("not permitted"), "{line}");
        None
    }
}

impl Drop for Fault {
    fn drop(&mut self) {
        // By a signal that it heeds, so that it lets go of the process first.
        drop(Command::new("kill").args(["-INT", &self.0.id().to_string()]).status());
        drop(self.0.wait());
    }
}

const NO_TRACING: &str = "a running process may not be traced here";

#[test]
fn o2_on_a_disk_that_became_read_only_nothing_is_done_and_nothing_shown() {
    let home = Home::new();
    let app = TestApp::start(&home, &Start { staff: STAFF, env: &[], by: &[] });
    let mut shift = Shift::begin(&home, &app);
    shift.finds("well", &WELL);
    let before = app.log.from(0).len();
    let Some(fault) = Fault::into(&home, &app, "pwrite64,write,ftruncate", "error=EROFS") else {
        return skipped(NO_TRACING);
    };
    shift.finds("read-only", &nothing_is_written());
    assert_eq!(app.log.from(0).len(), before);
    drop(fault);
    shift.finds("writable again", &WELL);
    shift.end();
}

#[test]
fn v3_on_a_slow_disk_no_value_comes_before_its_record_is_down_and_others_are_not_kept_from_reading() {
    const DELAY: Duration = Duration::from_millis(400);
    const TELLERS: usize = 6;
    let home = Home::new();
    let app = TestApp::start(&home, &Start { staff: STAFF, env: &[], by: &[] });
    let mut shift = Shift::begin(&home, &app);
    let teller = shift.teller.at(&app);
    let what = format!("delay_enter={}", DELAY.as_micros());
    let Some(fault) = Fault::into(&home, &app, "fdatasync,fsync", &what) else {
        return skipped(NO_TRACING);
    };
    let before = app.log.from(0).len();
    let ask = || {
        let begun = Stopwatch::begin();
        let answer = teller.reveal(&shift.case, &[("field", "name"), ("reason", "COUNTER_SERVICE")]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(answer.json()["value"].is_string());
        assert!(begun.elapsed() >= DELAY, "it was shown before it was down");
        answer.request_id().to_owned()
    };
    let requests: Vec<String> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..TELLERS).map(|_| scope.spawn(ask)).collect();
        // Meanwhile: what only reads is answered.
        assert_eq!(app.send(&Request::get("/readyz")).status, 200);
        assert_eq!(app.send(&Request::get("/sign-in")).status, 200);
        asking.into_iter().map(|one| one.join().expect("an answer")).collect()
    });
    drop(fault);
    for request in &requests {
        assert_eq!(app.log.of_request(request).len(), 1, "{request}");
    }
    assert!(app.log.from(0).len() >= before + TELLERS);
    shift.shown.extend(requests);
    shift.finds("fast again", &WELL);
    shift.end();
}
