//! How much one may look at (Q4): counters, each in three windows, for a person, for a branch and for a
//! purpose. A rule of arithmetic: no clock, no storage.
//!
//! *Customers* counts distinct customers whose card was opened. Search hits do not count: a budget that is
//! spent by hits alone would tell a hit from a miss (Q6).

mod limits;
mod meter;

pub use limits::{Allowance, Limits};
pub use meter::{BadMeter, METER_BYTES, Meter};

use crate::audit::event::AlertName;
use crate::clock::{Span, Timestamp};
use serde::Serialize;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Counter {
    /// Searches, whatever they found.
    Searches,
    /// Searches that found nobody.
    Misses,
    /// Distinct customers whose card was opened.
    Customers,
    /// Values shown.
    Reveals,
    /// Searches of every branch, which count as searches too (DESIGN §1).
    BankWideSearches,
}

impl Counter {
    /// Every counter.
    pub const ALL: [Counter; 5] =
        [Counter::Searches, Counter::Misses, Counter::Customers, Counter::Reveals, Counter::BankWideSearches];

    /// Its name in the configuration, in the database and in alerts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Counter::Searches => "searches",
            Counter::Misses => "misses",
            Counter::Customers => "customers",
            Counter::Reveals => "reveals",
            Counter::BankWideSearches => "bank_wide_searches",
        }
    }
    /// The counter of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|counter| counter.as_str() == text)
    }
}

/// Whose budget. A login is nobody: ten sessions of one person share one budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One person, by HR number.
    Person,
    /// Everyone of one branch together.
    Branch,
    /// Everyone in the bank under one purpose together.
    Purpose,
}

impl Scope {
    /// Every scope, the narrowest first.
    pub const ALL: [Scope; 3] = [Scope::Person, Scope::Branch, Scope::Purpose];

    /// Its name in the configuration, in the database and in alerts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Scope::Person => "person",
            Scope::Branch => "branch",
            Scope::Purpose => "purpose",
        }
    }
    /// The scope of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

/// Over which time, ending now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// One hour.
    Hour,
    /// 24 hours.
    Day,
    /// 30 days.
    Month,
}

impl Window {
    /// Every window, the shortest first.
    pub const ALL: [Window; 3] = [Window::Hour, Window::Day, Window::Month];

    /// Its name in the configuration and in alerts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Window::Hour => "hour",
            Window::Day => "day",
            Window::Month => "month",
        }
    }
    /// How long it is.
    pub const fn span(self) -> Span {
        match self {
            Window::Hour => Span::minutes(60),
            Window::Day => Span::days(1),
            Window::Month => Span::days(30),
        }
    }
}

/// One limit among all: `person.searches_hour`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LimitName {
    /// Whose.
    pub scope: Scope,
    /// Of what.
    pub counter: Counter,
    /// Over which time.
    pub window: Window,
}

impl std::fmt::Display for LimitName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}_{}", self.scope.as_str(), self.counter.as_str(), self.window.as_str())
    }
}

impl LimitName {
    /// What the event of the refusal tells a supervisor: `budget.person.searches_hour.spent`.
    pub fn spent_alert(self) -> Option<AlertName> {
        AlertName::parse(&format!("budget.{self}.spent"))
    }
    /// What the event that reached an alert mark tells: `budget.person.customers_day.mark`.
    pub fn mark_alert(self) -> Option<AlertName> {
        AlertName::parse(&format!("budget.{self}.mark"))
    }
}

/// A limit that leaves no room for one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    /// Which.
    pub limit: LimitName,
    /// When there is room again, if nothing more is counted until then.
    pub opens: Timestamp,
}

impl Spent {
    /// Whole seconds from now until it opens, at least one.
    pub fn retry_after(&self, now: Timestamp) -> u32 {
        let seconds = self.opens.since(now).millis().saturating_add(999).div_euclid(1000);
        u32::try_from(seconds.max(1)).unwrap_or(u32::MAX)
    }
}

/// One counter of one scope, brought to the present: what it holds and what it may hold.
#[derive(Clone, Debug)]
pub struct Gauge {
    scope: Scope,
    counter: Counter,
    meter: Meter,
    /// When this customer was last counted, where customers are.
    seen: Option<Timestamp>,
}

impl Gauge {
    /// What `meter` says now. `seen` is when the customer whose card is opened was last counted here.
    pub fn at(now: Timestamp, scope: Scope, counter: Counter, mut meter: Meter, seen: Option<Timestamp>) -> Self {
        meter.advance(now);
        Self { scope, counter, meter, seen }
    }
    /// Whose.
    pub const fn scope(&self) -> Scope {
        self.scope
    }
    /// Of what.
    pub const fn counter(&self) -> Counter {
        self.counter
    }
    /// For the store.
    pub const fn meter(&self) -> &Meter {
        &self.meter
    }
    /// How many are counted in a window.
    pub fn count(&self, window: Window) -> u32 {
        self.meter.count(window)
    }

    /// The limit that leaves no room for one more; of several, the one that opens last.
    pub fn spent(&self, limits: &Limits) -> Option<Spent> {
        let allowance = limits.of(self.scope);
        let spent = Window::ALL.into_iter().filter_map(|window| {
            let opens = self.meter.opens(window, allowance.of(self.counter, window), self.more(window))?;
            Some(Spent { limit: LimitName { scope: self.scope, counter: self.counter, window }, opens })
        });
        spent.max_by_key(|spent| spent.opens)
    }

    /// Counts one more, and says which alert mark it reached: only the one that reaches it, and of several
    /// the longest window's.
    pub fn spend(&mut self, now: Timestamp, limits: &Limits) -> Option<LimitName> {
        let before = Window::ALL.map(|window| self.meter.count(window));
        if let Some(seen) = self.seen.take() {
            self.meter.take_back(seen);
        }
        self.meter.add(now);
        let reached = |(window, before): (Window, u32)| {
            let mark = limits.alert.of(self.counter, window);
            let reached = self.scope == Scope::Person && before < mark && mark <= self.meter.count(window);
            reached.then_some(LimitName { scope: self.scope, counter: self.counter, window })
        };
        Window::ALL.into_iter().zip(before).filter_map(reached).next_back()
    }

    /// What one more costs in that window: nothing for a customer who is counted already.
    fn more(&self, window: Window) -> u32 {
        u32::from(!self.seen.is_some_and(|seen| self.meter.counts(window, seen)))
    }
}

#[cfg(test)]
mod tests;
