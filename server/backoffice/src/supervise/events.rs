//! Events by filter, a page at a time; and the overview.

use super::reading::Subject;
use super::{rows_of, unavailable};
use crate::backoffice::BackOffice;
use crate::desk::StaffDesk;
use crate::store::log;
use crate::store::log::find::{self, Order, Wanted};
use crate::store::log::raw::RawEntry;
use crate::store::readings::Extent;
use domain::audit::event::{Decision, Details, Kind};
use domain::clock::Span;
use domain::code::{Code, Fault};
use domain::desk::{At, DeskError, EventRow, EventsAsk, EventsPage, Filters, MOST, Overview};
use domain::id::StaffNo;

/// How many of each the overview shows.
const NEWEST: u32 = 6;

impl BackOffice {
    /// How many entries there are.
    pub(super) async fn log_size(&self) -> Result<u64, DeskError> {
        Ok(log::read_head(&self.db).await.map_err(unavailable)?.map_or(0, |head| head.size))
    }

    /// Entries that fit, between two numbers and two times.
    pub(super) async fn find(
        &self,
        filters: &Filters,
        reader: &StaffNo,
        (mut from, mut until): (u64, u64),
        order: Order,
        limit: u32,
    ) -> Result<Vec<RawEntry>, DeskError> {
        if let Some(time) = filters.from {
            from = from.max(find::first_not_before(&self.db, time, until).await.map_err(unavailable)?);
        }
        if let Some(time) = filters.to {
            until = find::first_not_before(&self.db, time, until).await.map_err(unavailable)?;
        }
        let not_by = (!filters.own).then_some(reader);
        let wanted = Wanted { filters, not_by, from, until, order, limit };
        find::find(&self.db, &wanted).await.map_err(unavailable)
    }
}

impl StaffDesk {
    fn reader(&self) -> &StaffNo {
        &self.actor.stamp().staff_no
    }

    pub(super) async fn read_events(&self, ask: EventsAsk) -> Result<EventsPage, DeskError> {
        let details = ask.filters.details();
        let allowed = self.may_read(Kind::LogRead, details.clone()).await?;
        if ask.limit == 0 || ask.limit > MOST {
            let error = DeskError::Invalid(vec![Fault::new("limit", "malformed")]);
            return Err(self.refused_as(Kind::LogRead, details, error).await);
        }
        let size = self.office.log_size().await?;
        let limit = usize::from(ask.limit);
        let (bounds, order) = match ask.at {
            At::Newest => ((0, size), Order::NewestFirst),
            At::Before(seq) => ((0, seq.min(size)), Order::NewestFirst),
            At::After(seq) => ((seq.saturating_add(1).min(size), size), Order::OldestFirst),
        };
        // One more tells whether there is another page.
        let found = self.office.find(&ask.filters, self.reader(), bounds, order, u32::from(ask.limit) + 1).await?;
        let more = found.len() > limit;
        let mut rows = rows_of(&found[..found.len().min(limit)]);
        if order == Order::OldestFirst {
            rows.reverse();
        }
        let seen = Extent::of(rows.iter().map(|row| row.seq));
        let filters = ask.filters.fingerprint();
        let goes_on = match ask.query.filter(|_| ask.at != At::Newest) {
            Some(query) => self.go_on(query, filters, seen).await?.then_some(query),
            None => None,
        };
        let query = match goes_on {
            Some(query) => query,
            None => self.open_reading(allowed, Subject { details, filters, live: false }, seen).await?,
        };
        let (newest, older) = match ask.at {
            At::Newest => (true, more),
            At::Before(_) => (false, more),
            // A page above a number has that number below it.
            At::After(_) => (!more, true),
        };
        Ok(EventsPage {
            older: rows.last().map(|row| row.seq).filter(|_| older),
            newer: rows.first().map_or_else(|| bounds.1.saturating_sub(1), |row| row.seq),
            newest,
            rows,
            query,
        })
    }

    pub(super) async fn read_overview(&self) -> Result<Overview, DeskError> {
        let allowed = self.may_read(Kind::LogOverviewRead, Details::default()).await?;
        let bounds = (0, self.office.log_size().await?);
        let alerts = Filters { alert: true, ..Filters::default() };
        let since = Some(self.now.minus(Span::days(1)));
        let refusals = Filters { decision: Some(Decision::Refused), from: since, ..Filters::default() };
        let misses = Filters { miss: true, ..Filters::default() };
        let mut found = Vec::new();
        for filters in [alerts, refusals, misses] {
            found.push(self.office.find(&filters, self.reader(), bounds, Order::NewestFirst, NEWEST).await?);
        }
        let mut rows = found.iter().map(|entries| rows_of(entries));
        let (Some(alerts), Some(refusals), Some(misses)) = (rows.next(), rows.next(), rows.next()) else {
            return Err(Code::LogUnavailable.into());
        };
        let integrity = self.office.integrity().await?;
        let details = seen_details(alerts.iter().chain(&refusals).chain(&misses));
        self.record_look(allowed, Kind::LogOverviewRead, details).await?;
        Ok(Overview { alerts, refusals, misses, integrity })
    }
}

/// What a look without further pages has seen.
pub(super) fn seen_details<'a>(rows: impl Iterator<Item = &'a EventRow> + Clone) -> Details {
    let seen = Extent::of(rows.map(|row| row.seq));
    let (lowest, highest) = seen.range.unzip();
    Details { lowest, highest, rows: Some(seen.entries), ..Details::default() }
}
