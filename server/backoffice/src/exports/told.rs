//! What people are told of exports when they come home.

use super::state;
use crate::desk::StaffDesk;
use crate::policy::DecideExport;
use crate::store::exports::{self, ExportRow};
use domain::clock::{Span, Timestamp};
use domain::code::Code;
use domain::desk::{DeskError, ExportState, Told};

/// How long one is told that something came of one's own.
const TOLD: Span = Span::days(7);

impl StaffDesk {
    /// What waits for this person's vote, and what came of their own requests.
    pub(crate) async fn told_of_exports(&self) -> Result<Vec<Told>, DeskError> {
        let unavailable = |_| DeskError::Refused(Code::LogUnavailable);
        let (db, person) = (&self.office.db, &self.actor.stamp().person);
        let mut told = Vec::new();
        if self.office.policy().decide::<DecideExport>(&self.actor, &()).is_ok() {
            let waiting = exports::waiting(db, self.now).await.map_err(unavailable)?;
            let unit = self.actor.unit();
            let count = waiting.iter().filter(|row| row.by_person != *person && row.by_unit != *unit).count();
            told.extend((count > 0).then_some(Told::ExportsWait { count }));
        }
        let own = exports::of_staff(db, self.actor.staff(), self.now.minus(TOLD)).await.map_err(unavailable)?;
        told.extend(own.iter().filter_map(|row| self.told_of_own(row)));
        Ok(told)
    }

    fn told_of_own(&self, row: &ExportRow) -> Option<Told> {
        let state = state::state(row, self.now);
        let run = row.run.as_ref();
        let at: Option<Timestamp> = match state {
            ExportState::Approved | ExportState::Rejected => row.submission.map(|submission| submission.at),
            ExportState::Generated => run.and_then(|run| run.generated),
            ExportState::Failed => run.map(|run| run.heartbeat),
            ExportState::Draft
            | ExportState::Submitted
            | ExportState::Expired
            | ExportState::Withdrawn
            | ExportState::Queued
            | ExportState::Running
            | ExportState::Downloaded
            | ExportState::Destroyed => None,
        };
        let until = run.and_then(|run| run.expires).filter(|_| state == ExportState::Generated);
        Some(Told::OwnExport { export: row.id, state, at: at?, until })
    }
}
