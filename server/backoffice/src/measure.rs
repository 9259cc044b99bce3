//! Numbers about the program (O3): how many, how long, how full. This is the one place that names a metric, and nothing
//! that a person or a customer could be known by fits into one: a label is a [`Label`], which is made of text that the
//! program holds since it was compiled, or a closed list's name.
#![expect(clippy::disallowed_macros, reason = "the one place that names metrics")]

use crate::readiness::Lack;
use domain::audit::event::Kind;
use domain::code::Code;
use metrics::{counter, gauge, histogram};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Whether anyone reads: nothing is counted for nobody.
static READ: AtomicBool = AtomicBool::new(false);

/// Says that a recorder is there.
pub fn begin() {
    READ.store(true, Ordering::Relaxed);
}

fn is_read() -> bool {
    READ.load(Ordering::Relaxed)
}

/// A label's value.
///
/// ```
/// backoffice::measure::Label::of("/api/customers/reveal");
/// ```
/// ```compile_fail
/// fn label(staff_no: &str) -> backoffice::measure::Label { backoffice::measure::Label::of(staff_no) }
/// ```
/// ```compile_fail
/// fn label(staff_no: String) -> backoffice::measure::Label { backoffice::measure::Label::of(&staff_no) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(&'static str);

impl Label {
    /// Of text that the program is made with.
    pub const fn of(text: &'static str) -> Self {
        Self(text)
    }
}

/// Every metric, what it says, and which labels it has.
pub const METRICS: [(&str, &str, &[&str]); 18] = [
    ("grille_requests_total", "requests answered", &["route", "status"]),
    ("grille_request_seconds", "from a request's head to its answer's", &["route"]),
    ("grille_acts_total", "acts recorded, by kind of event and how they ended", &["kind", "outcome"]),
    ("grille_acts_lost_total", "acts that were neither done nor recorded", &[]),
    ("grille_batch_acts", "acts that share a transaction", &[]),
    ("grille_batch_seconds", "a transaction of the writer, from BEGIN to the end of COMMIT", &[]),
    ("grille_commit_seconds", "COMMIT alone", &[]),
    ("grille_queue_acts", "acts that wait for the writer", &[]),
    ("grille_log_entries", "entries of the log", &[]),
    ("grille_checkpoint_age_seconds", "since the newest entry that a signature covers", &[]),
    ("grille_verification_age_seconds", "since the whole log was verified last", &[]),
    ("grille_verification_whole", "1 if it verified then, 0 if not", &[]),
    ("grille_sessions", "sessions that live", &[]),
    ("grille_exports", "files of exports that wait", &["for"]),
    ("grille_missing", "1 if /readyz names it, 0 if not", &["part"]),
    ("grille_ready", "1 if sensitive acts can be done, 0 if not", &[]),
    ("grille_masks", "1 if masks can be served, 0 if not", &[]),
    ("grille_memory_bytes", "memory of the process that is resident", &[]),
];

/// A request was answered.
pub fn request(route: Label, status: Label, took: Duration) {
    if is_read() {
        counter!("grille_requests_total", "route" => route.0, "status" => status.0).increment(1);
        histogram!("grille_request_seconds", "route" => route.0).record(took.as_secs_f64());
    }
}

/// The writer committed these.
pub(crate) fn batch(acts: &[(Kind, Option<Code>)], took: Duration, commit: Duration) {
    if is_read() {
        for (kind, code) in acts {
            let outcome = code.map_or("done", Code::as_str);
            counter!("grille_acts_total", "kind" => kind.as_str(), "outcome" => outcome).increment(1);
        }
        histogram!("grille_batch_acts").record(acts.len() as f64);
        histogram!("grille_batch_seconds").record(took.as_secs_f64());
        histogram!("grille_commit_seconds").record(commit.as_secs_f64());
    }
}

/// The writer could not commit so many.
pub(crate) fn lost(acts: usize) {
    if is_read() {
        counter!("grille_acts_lost_total").increment(acts as u64);
    }
}

/// What is as it is now. What is not known is not a number: an old one would look like one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gauge {
    /// Acts that wait for the writer.
    Queue,
    /// Entries of the log.
    Entries,
    /// Seconds since the newest signed entry.
    CheckpointAge,
    /// Seconds since the last verification.
    VerificationAge,
    /// What that came to.
    VerificationWhole,
    /// Live sessions.
    Sessions,
    /// Files to be made.
    ExportsToMake,
    /// Files to be fetched.
    ExportsToFetch,
    /// Resident memory.
    Memory,
}

/// Sets one.
pub fn set(what: Gauge, value: Option<f64>) {
    let gauge = match what {
        Gauge::Queue => gauge!("grille_queue_acts"),
        Gauge::Entries => gauge!("grille_log_entries"),
        Gauge::CheckpointAge => gauge!("grille_checkpoint_age_seconds"),
        Gauge::VerificationAge => gauge!("grille_verification_age_seconds"),
        Gauge::VerificationWhole => gauge!("grille_verification_whole"),
        Gauge::Sessions => gauge!("grille_sessions"),
        Gauge::ExportsToMake => gauge!("grille_exports", "for" => "making"),
        Gauge::ExportsToFetch => gauge!("grille_exports", "for" => "fetching"),
        Gauge::Memory => gauge!("grille_memory_bytes"),
    };
    gauge.set(value.unwrap_or(f64::NAN));
}

/// What `/readyz` says.
pub fn readiness(missing: &[Lack]) {
    for lack in Lack::ALL {
        gauge!("grille_missing", "part" => lack.as_str()).set(f64::from(u8::from(missing.contains(lack))));
    }
    gauge!("grille_ready").set(f64::from(u8::from(missing.is_empty())));
    let masks = missing.iter().all(|lack| lack.leaves_masks());
    gauge!("grille_masks").set(f64::from(u8::from(masks)));
}
