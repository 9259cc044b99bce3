//! What is left of the budgets, for the person to see (Q4).

use super::DeskError;
use crate::budget::{Counter, Gauge, Limits, Scope, Window};
use crate::clock::Timestamp;
use crate::id::PurposeName;
use serde::Serialize;
use std::cmp::Reverse;

/// The part of the desk that tells budgets.
#[async_trait::async_trait]
pub trait Budgets {
    /// What is left of each counter, by the limit that is nearest; of the person's own and their branch's
    /// budgets and, where a purpose is named, of that purpose's. Nothing is counted by asking.
    async fn budget_left(&self, purpose: Option<&PurposeName>) -> Result<Vec<Left>, DeskError>;
}

/// The nearest limit of one counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Left {
    /// Of what.
    pub counter: Counter,
    /// Whose limit it is.
    pub scope: Scope,
    /// Over which time.
    pub window: Window,
    /// How many more.
    pub left: u32,
    /// Of how many.
    pub limit: u32,
    /// Where nothing is left: when there is room again.
    pub opens: Option<Timestamp>,
}

impl Left {
    /// Of gauges of one counter, what the nearest limit leaves: if one is spent, the one that opens last;
    /// else the one that leaves least, the narrowest scope and the shortest window first. `None` without
    /// gauges.
    pub fn nearest(gauges: impl Iterator<Item = Gauge>, limits: &Limits) -> Option<Self> {
        let all = gauges.flat_map(|gauge| {
            let spent = gauge.spent(limits);
            Window::ALL.map(|window| {
                let (scope, counter) = (gauge.scope(), gauge.counter());
                let limit = limits.of(scope).of(counter, window);
                let opens = spent.filter(|spent| spent.limit.window == window).map(|spent| spent.opens);
                Left { counter, scope, window, left: limit.saturating_sub(gauge.count(window)), limit, opens }
            })
        });
        all.min_by_key(|left| (Reverse(left.opens), left.left))
    }
}
