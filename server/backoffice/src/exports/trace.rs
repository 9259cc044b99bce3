//! From which copy a leaked file comes (E4): by references, tokens and canaries, of which any one is enough. The file may
//! have been sorted, cut, merged, and lost columns; it is read in memory and nothing of it is kept, told or logged.

mod canary_signs;
mod seen;
mod table;
#[cfg(test)]
mod tests;
mod weigh;

use super::marks::{Marks, lines};
use crate::audit::{Act, ActError, Verdict};
use crate::auth::event;
use crate::backoffice::BackOffice;
use crate::store::{WriteTx, export_tokens, export_traces};
use crate::vault::VaultError;
use canary_signs::CanarySigns;
use domain::audit::event::{AuditEvent, Details, Kind, SourceName};
use domain::audit::fingerprint::Fingerprint;
use domain::catalogue::Catalogue;
use domain::clock::Timestamp;
use domain::code::Code;
use domain::desk::DeskError;
use domain::export::Frozen;
use domain::id::{ExportId, RecipientId};
use seen::Seen;
use serde::Serialize;
use std::collections::HashMap;
use weigh::Hits;

/// A longer file is not read; any part of it does.
pub const MOST_BYTES: usize = 64 * 1024 * 1024;
/// Below these chances of being wrong, over all copies that were compared.
const CERTAIN: f64 = 1e-9;
const LIKELY: f64 = 1e-4;
/// More are not told.
const MOST_CANDIDATES: usize = 20;

/// What a leaked file was found to be.
#[derive(Clone, Debug, Serialize)]
pub struct TraceReport {
    /// Rows that were read.
    pub rows: u64,
    /// Cells that were read.
    pub cells: u64,
    /// Copies that they were compared with: all that were ever made and can be read.
    pub copies: u64,
    /// Copies that they were not compared with, since the books about them were changed or damaged. The file may come from
    /// one of them.
    pub unreadable: u64,
    /// Those that something was found of, the surest first.
    pub candidates: Vec<TraceCandidate>,
    /// Number of the event that says so.
    pub event: u64,
}

/// A copy that the file may come from.
#[derive(Clone, Debug, Serialize)]
pub struct TraceCandidate {
    /// The request.
    pub export_id: ExportId,
    /// To whom it went.
    pub recipient_id: RecipientId,
    /// When the request was drawn up.
    pub created: Timestamp,
    /// References of its lines that were found.
    pub refs: u64,
    /// Tokens of it that were found.
    pub tokens: u64,
    /// Canaries of it of which two cells or more stand in one row.
    pub canaries: u64,
    /// How many of these were to be expected in a file that has nothing to do with it.
    pub expected: f64,
    /// The chance of finding as much in such a file, at most, over all copies that were compared.
    pub chance: f64,
    /// What that comes to.
    pub verdict: TraceVerdict,
}

/// How sure it is that the file comes from a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TraceVerdict {
    /// Wrong in less than one of a thousand million files.
    Certain,
    /// Wrong in less than one of ten thousand.
    Likely,
    /// It may be chance.
    None,
}

/// Why there is no report. Nothing of the file is in it.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// Over 64 MB, or unpacking to more than any spreadsheet that was a copy.
    #[error("the file is too large: give a part of it (64 MB at most)")]
    TooLarge,
    /// Over two million cells.
    #[error("the file has too many cells: give a part of it (2,000,000 at most)")]
    TooManyCells,
    /// A damaged or encrypted spreadsheet.
    #[error("the spreadsheet cannot be read: save it as CSV and try again")]
    Unreadable,
    /// The index key is missing.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database does not answer.
    #[error("the exports could not be read: {0}")]
    Store(#[from] sqlx::Error),
    /// That it was traced could not be recorded, so nothing is told.
    #[error("not recorded, so nothing is told: {0}")]
    NotRecorded(DeskError),
}

impl From<ActError> for TraceError {
    fn from(error: ActError) -> Self {
        TraceError::NotRecorded(error.into())
    }
}

impl BackOffice {
    /// Compares a file (CSV, TSV, XLSX) with every copy that was ever made, and records that it did.
    ///
    /// # Errors
    /// If it cannot be read, compared or recorded.
    pub async fn trace(&self, file: Vec<u8>, os_user: Option<SourceName>) -> Result<TraceReport, TraceError> {
        if file.len() > MOST_BYTES {
            return Err(TraceError::TooLarge);
        }
        let seen = tokio::task::spawn_blocking(move || {
            let mut seen = Seen::default();
            table::read(&file, &mut |cells| seen.row(cells)).map(|()| seen)
        });
        // A reader that a hostile file brings down has not read it.
        let mut seen = seen.await.map_err(|_| TraceError::Unreadable)??;
        let tokens = self.tokens_of(&seen).await?;
        let made = export_traces::made(&self.db).await?;
        let all = made.len() as u64;
        let copies: Vec<Frozen> = made.into_iter().flatten().collect();
        let count = copies.len() as u64;
        let mut candidates = Vec::new();
        for frozen in copies {
            let found = tokens.get(&frozen.id).copied().unwrap_or_default();
            let of_copy = export_tokens::count(&self.db, frozen.id).await?;
            let token_hits = weigh::tokens(found, &seen, of_copy);
            let (index, catalogue) = (self.index.clone(), self.catalogue.clone());
            let compared = tokio::task::spawn_blocking(move || {
                let marks = Marks::of(&index, frozen.id)?;
                let candidate = compared(&marks, &catalogue, &frozen, &seen, token_hits, count);
                Ok::<_, VaultError>((seen, candidate))
            });
            let candidate;
            (seen, candidate) = compared.await.map_err(|_| TraceError::Unreadable)??;
            candidates.extend(candidate);
        }
        candidates.sort_by(|a, b| a.chance.total_cmp(&b.chance));
        candidates.truncate(MOST_CANDIDATES);
        let sure = candidates.iter().filter(|one| one.verdict != TraceVerdict::None);
        let act = Traced {
            rows: seen.rows,
            findings: sure.clone().count() as u64,
            best: sure.map(|one| one.export_id).next(),
            policy: Fingerprint::from_bytes(*self.policy().hash().as_bytes()),
            os_user,
        };
        let event = self.ledger().act(act).await?.seq();
        let unreadable = all - count;
        Ok(TraceReport { rows: seen.rows, cells: seen.cells, copies: count, unreadable, candidates, event })
    }

    /// How many of the file's tokens are of which copy.
    async fn tokens_of(&self, seen: &Seen) -> Result<HashMap<ExportId, u64>, TraceError> {
        let digests = seen.tokens.iter().map(|token| self.index.token(token)).collect::<Result<Vec<_>, _>>()?;
        let mut counts = HashMap::new();
        for export in export_tokens::known(&self.db, &digests).await?.into_values() {
            *counts.entry(export).or_default() += 1;
        }
        Ok(counts)
    }
}

/// What the file has of one copy; nothing if it has nothing.
fn compared(
    marks: &Marks,
    catalogue: &Catalogue,
    frozen: &Frozen,
    seen: &Seen,
    tokens: Hits,
    copies: u64,
) -> Option<TraceCandidate> {
    let lines = lines(frozen.rows.count);
    let found = match seen.refs.is_empty() {
        true => 0,
        false => (0..lines).filter(|line| seen.refs.contains(&marks.reference(*line))).count() as u64,
    };
    let refs = weigh::refs(found, seen, lines);
    // A field that the catalogue has no more was not in a copy by that name either way.
    let columns = frozen.fields.fields().iter().filter_map(|one| Some((catalogue.field(&one.field)?, one.form)));
    let columns: Vec<_> = columns.collect();
    let canaries = weigh::canaries(seen, &CanarySigns::of(marks, &columns, frozen.rows.count));
    let [two, ..] = canaries;
    if refs.found + tokens.found + two.found == 0 {
        return None;
    }
    // Each copy was compared, and each in so many ways: that many times something could be found by chance.
    let ways = (2 + canaries.len()) as f64 * copies as f64;
    let least = canaries.into_iter().chain([refs, tokens]).map(Hits::chance).fold(1.0, f64::min);
    let chance = (least * ways).min(1.0);
    let verdict = match chance {
        _ if chance < CERTAIN => TraceVerdict::Certain,
        _ if chance < LIKELY => TraceVerdict::Likely,
        _ => TraceVerdict::None,
    };
    Some(TraceCandidate {
        export_id: frozen.id,
        recipient_id: frozen.recipient,
        created: frozen.created,
        refs: refs.found,
        tokens: tokens.found,
        canaries: two.found,
        expected: refs.expected + tokens.expected + two.expected,
        chance,
        verdict,
    })
}

/// Says that a file was traced, and to which copy.
struct Traced {
    rows: u64,
    findings: u64,
    best: Option<ExportId>,
    policy: Fingerprint,
    os_user: Option<SourceName>,
}

#[async_trait::async_trait]
impl Act for Traced {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        Ok(Verdict::Done { event: self.event(tx, None), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.event(tx, Some(error.code()))
    }
}

impl Traced {
    fn event(&self, tx: &WriteTx<'_>, code: Option<Code>) -> AuditEvent {
        let details = Details {
            export: self.best,
            rows: Some(self.rows),
            findings: Some(self.findings),
            policy: Some(self.policy),
            os_user: self.os_user.clone(),
            ..Details::default()
        };
        event(tx, Kind::ExportTraced, code, None, None, details)
    }
}
