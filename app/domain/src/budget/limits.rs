//! What a bank allows.

use super::{Counter, Scope, Window};
use serde::{Deserialize, Serialize};

macro_rules! allowance {
    ($($counter:ident $hour:ident $day:ident $month:ident;)*) => {
        /// How many of each counter in each window. Zero allows none; as an alert mark it means no mark.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Allowance {$(
            #[doc = concat!("Of `", stringify!($counter), "`, in an hour.")]
            pub $hour: u32,
            #[doc = concat!("Of `", stringify!($counter), "`, in 24 hours.")]
            pub $day: u32,
            #[doc = concat!("Of `", stringify!($counter), "`, in 30 days.")]
            pub $month: u32,
        )*}

        impl Allowance {
            /// The same everywhere.
            pub const fn all(limit: u32) -> Self {
                Self { $($hour: limit, $day: limit, $month: limit,)* }
            }
            /// How many of this counter in this window.
            pub const fn of(&self, counter: Counter, window: Window) -> u32 {
                match (counter, window) {$(
                    (Counter::$counter, Window::Hour) => self.$hour,
                    (Counter::$counter, Window::Day) => self.$day,
                    (Counter::$counter, Window::Month) => self.$month,
                )*}
            }
        }
    };
}

allowance! {
    Searches searches_hour searches_day searches_month;
    Misses misses_hour misses_day misses_month;
    Customers customers_hour customers_day customers_month;
    Reveals reveals_hour reveals_day reveals_month;
    BankWideSearches bank_wide_searches_hour bank_wide_searches_day bank_wide_searches_month;
}

/// All limits, and a person's alert marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Of one person.
    pub person: Allowance,
    /// Of all of one branch.
    pub branch: Allowance,
    /// Of all in the bank under one purpose.
    pub purpose: Allowance,
    /// Where a person's count is told to supervisors while the work goes on; 0 for nowhere.
    pub alert: Allowance,
}

impl Limits {
    /// Nothing is ever spent and nothing told: for a benchmark.
    pub const NONE: Limits = Limits {
        person: Allowance::all(u32::MAX),
        branch: Allowance::all(u32::MAX),
        purpose: Allowance::all(u32::MAX),
        alert: Allowance::all(0),
    };

    /// The limits of a scope.
    pub const fn of(&self, scope: Scope) -> &Allowance {
        match scope {
            Scope::Person => &self.person,
            Scope::Branch => &self.branch,
            Scope::Purpose => &self.purpose,
        }
    }
}

impl Default for Limits {
    /// What a busy teller never meets. The alert marks are those of 法释〔2017〕10号 5, halved for data seen
    /// through one's job.
    fn default() -> Self {
        Self {
            person: Allowance {
                searches_hour: 120,
                searches_day: 600,
                searches_month: 6_000,
                misses_hour: 30,
                misses_day: 120,
                misses_month: 1_000,
                customers_hour: 60,
                customers_day: 200,
                customers_month: 2_000,
                reveals_hour: 60,
                reveals_day: 300,
                reveals_month: 3_000,
                bank_wide_searches_hour: 60,
                bank_wide_searches_day: 300,
                bank_wide_searches_month: 3_000,
            },
            branch: Allowance {
                searches_hour: 3_000,
                searches_day: 15_000,
                searches_month: 200_000,
                misses_hour: 600,
                misses_day: 3_000,
                misses_month: 30_000,
                customers_hour: 1_500,
                customers_day: 6_000,
                customers_month: 60_000,
                reveals_hour: 1_500,
                reveals_day: 7_500,
                reveals_month: 100_000,
                bank_wide_searches_hour: 1_500,
                bank_wide_searches_day: 7_500,
                bank_wide_searches_month: 100_000,
            },
            purpose: Allowance {
                searches_hour: 60_000,
                searches_day: 300_000,
                searches_month: 4_000_000,
                misses_hour: 12_000,
                misses_day: 60_000,
                misses_month: 600_000,
                customers_hour: 30_000,
                customers_day: 120_000,
                customers_month: 1_200_000,
                reveals_hour: 30_000,
                reveals_day: 150_000,
                reveals_month: 2_000_000,
                bank_wide_searches_hour: 30_000,
                bank_wide_searches_day: 150_000,
                bank_wide_searches_month: 2_000_000,
            },
            alert: Allowance { customers_day: 25, customers_month: 250, ..Allowance::all(0) },
        }
    }
}
