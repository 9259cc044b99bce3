//! Budgets, spent inside the act that they bound (Q4): looked at, decided and counted in one savepoint of
//! the one writer, so that of two requests before the last one passes.

use crate::audit::{Housekeeping, Verdict, unaudited};
use crate::auth::Actor;
use crate::backoffice::BackOffice;
use crate::desk::StaffDesk;
use crate::store::budgets::{self, Names};
use crate::store::{Conn, WriteTx};
use domain::audit::event::{AlertName, Details, Kind};
use domain::budget::{Counter, Gauge, LimitName, Limits, Meter, Scope, Spent};
use domain::clock::{Span, Timestamp};
use domain::code::Code;
use domain::desk::{Budgets, DeskError, Left};
use domain::id::{BranchNo, CustomerId, PersonNo, PurposeName};

/// A month's window with its oldest bucket: older counts are of no use to anyone.
const MEMORY: Span = Span::days(32);

/// Whose budgets an act spends: the person's, whatever the login; the branch's; the purpose's.
#[derive(Clone, Debug)]
pub(crate) struct Purse {
    person: PersonNo,
    branch: BranchNo,
    purpose: PurposeName,
    limits: Limits,
}

/// Counters that have room for one more, not spent yet.
pub(crate) struct Room {
    counters: Vec<[Gauge; 3]>,
    customer: Option<CustomerId>,
}

impl Purse {
    pub(crate) fn of(actor: &Actor, purpose: &PurposeName, limits: Limits) -> Self {
        let (person, branch) = (actor.stamp().person.clone(), actor.unit().clone());
        Self { person, branch, purpose: purpose.clone(), limits }
    }

    fn names(&self) -> Names<'_> {
        Names { person: &self.person, branch: &self.branch, purpose: Some(&self.purpose) }
    }

    /// Room for one more of each of these.
    pub(crate) async fn room(&self, tx: &mut WriteTx<'_>, counters: &[Counter]) -> sqlx::Result<Result<Room, Spent>> {
        let now = tx.now();
        let gauges = self.gauges(tx.conn(), counters, &[], now).await?;
        Ok(self.held_against_limits(Room { counters: gauges, customer: None }))
    }

    /// Room for a view of this customer. One who was counted within these five minutes costs nothing at
    /// all, and one who still counts nothing more.
    pub(crate) async fn room_to_view(
        &self,
        tx: &mut WriteTx<'_>,
        customer: CustomerId,
    ) -> sqlx::Result<Result<Room, Spent>> {
        let now = tx.now();
        let seen = budgets::seen(tx.conn(), self.names(), customer).await?;
        let fresh = |seen: &(Scope, Timestamp)| Meter::same_bucket(seen.1, now);
        if seen.len() == Scope::ALL.len() && seen.iter().all(fresh) {
            return Ok(Ok(Room { counters: Vec::new(), customer: None }));
        }
        let gauges = self.gauges(tx.conn(), &[Counter::Customers], &seen, now).await?;
        Ok(self.held_against_limits(Room { counters: gauges, customer: Some(customer) }))
    }

    /// Counts one more of those counters that `room` holds, and says which alert mark was reached.
    pub(crate) async fn spend(
        &self,
        tx: &mut WriteTx<'_>,
        room: Room,
        which: &[Counter],
    ) -> sqlx::Result<Option<AlertName>> {
        let now = tx.now();
        let mut reached: Option<LimitName> = None;
        for mut gauges in room.counters {
            let [first, ..] = &gauges;
            let counter = first.counter();
            if !which.contains(&counter) {
                continue;
            }
            for gauge in &mut gauges {
                let mark = gauge.spend(now, &self.limits);
                reached = reached.or(mark);
            }
            let meters = gauges.each_ref().map(Gauge::meter);
            budgets::put(tx.conn(), self.names(), counter, meters, now).await?;
        }
        if let Some(customer) = room.customer {
            budgets::see(tx.conn(), self.names(), customer, now).await?;
        }
        Ok(reached.and_then(LimitName::mark_alert))
    }

    /// The room, or the spent limit that opens last.
    fn held_against_limits(&self, room: Room) -> Result<Room, Spent> {
        let spent = room.counters.iter().flatten().filter_map(|gauge| gauge.spent(&self.limits));
        spent.max_by_key(|spent| spent.opens).map_or(Ok(room), Err)
    }

    async fn gauges(
        &self,
        conn: &mut Conn,
        counters: &[Counter],
        seen: &[(Scope, Timestamp)],
        now: Timestamp,
    ) -> sqlx::Result<Vec<[Gauge; 3]>> {
        let stored = budgets::meters(conn, self.names(), counters).await?;
        let gauge = |scope: Scope, counter: Counter| {
            let meter = stored.iter().find(|(of, what, _)| (*of, *what) == (scope, counter));
            let seen = seen.iter().find(|(of, _)| *of == scope).map(|(_, seen)| *seen);
            Gauge::at(now, scope, counter, meter.map(|(.., meter)| meter.clone()).unwrap_or_default(), seen)
        };
        Ok(counters.iter().map(|counter| Scope::ALL.map(|scope| gauge(scope, *counter))).collect())
    }
}

/// Refuses an act whose budget is spent: the answer says when to come back, the event tells a supervisor
/// which limit it was.
pub(crate) async fn refuse<F>(
    actor: &Actor,
    tx: &mut WriteTx<'_>,
    kind: Kind,
    spent: Spent,
    mut details: Details,
) -> sqlx::Result<Verdict<F>> {
    details.alert = spent.limit.spent_alert();
    let error = DeskError::Wait { code: Code::BudgetSpent, retry_after: spent.retry_after(tx.now()) };
    actor.refuse(tx, kind, error, details).await
}

#[async_trait::async_trait]
impl Budgets for StaffDesk {
    async fn budget_left(&self, purpose: Option<&PurposeName>) -> Result<Vec<Left>, DeskError> {
        let names = Names { person: &self.actor.stamp().person, branch: self.actor.unit(), purpose };
        let stored = budgets::all_meters(&self.office.db, names).await.map_err(|_| Code::LogUnavailable)?;
        let limits = &self.office.settings.budgets;
        let scopes = Scope::ALL.into_iter().filter(|scope| *scope != Scope::Purpose || purpose.is_some());
        let left = |counter: Counter| {
            let gauges = scopes.clone().map(|scope| {
                let stored = stored.iter().find(|(of, what, _)| (*of, *what) == (scope, counter));
                let meter = stored.map(|(.., meter)| meter.clone()).unwrap_or_default();
                Gauge::at(self.now, scope, counter, meter, None)
            });
            Left::nearest(gauges, limits)
        };
        Ok(Counter::ALL.into_iter().filter_map(left).collect())
    }
}

impl BackOffice {
    /// Forgets what no budget's window reaches any more. Run it every minute.
    pub async fn forget_budgets(&self) -> Result<(), DeskError> {
        unaudited(&self.ledger, "budgets of more than a month ago", Forget).await.map_err(DeskError::from)
    }
}

struct Forget;

#[async_trait::async_trait]
impl Housekeeping for Forget {
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<()> {
        let before = tx.now().minus(MEMORY);
        budgets::forget(tx.conn(), before).await
    }
}
