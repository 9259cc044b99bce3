//! Filters as an address, so that a reading can be kept and passed on.

use crate::ui::time::for_input;
use domain::desk::{At, Filters};
use domain::id::ReadingId;

/// `/supervise/events?…`: only what is asked for, in one order.
pub fn address(filters: &Filters, at: At, query: Option<ReadingId>) -> String {
    let mut pairs = pairs(filters);
    match at {
        At::Newest => (),
        At::Before(seq) => pairs.push(("before", seq.to_string())),
        At::After(seq) => pairs.push(("after", seq.to_string())),
    }
    pairs.extend(query.map(|query| ("query", query.to_string())));
    join("/supervise/events", &pairs)
}

/// Where the live tail of these filters is, after that number.
pub fn of_tail(filters: &Filters, after: u64) -> String {
    let mut pairs = pairs(filters);
    pairs.push(("after", after.to_string()));
    join("/supervise/events/tail", &pairs)
}

/// What the query bar holds, by its names.
pub fn pairs(filters: &Filters) -> Vec<(&'static str, String)> {
    let yes = |name, set: bool| (name, set.then(|| "true".to_owned()));
    let all = [
        ("staff_no", filters.staff_no.as_ref().map(ToString::to_string)),
        ("customer", filters.customer.map(|id| id.to_string())),
        ("purpose", filters.purpose.as_ref().map(ToString::to_string)),
        ("field", filters.field.as_ref().map(ToString::to_string)),
        ("decision", filters.decision.map(|decision| decision.as_str().to_owned())),
        ("kind", filters.kind.map(|kind| kind.as_str().to_owned())),
        yes("alert", filters.alert),
        yes("miss", filters.miss),
        yes("own", filters.own),
        ("from", filters.from.map(for_input)),
        ("to", filters.to.map(for_input)),
    ];
    all.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
}

/// Every value is of letters, digits and `-_:`, which stand in an address as they are.
fn join(path: &str, pairs: &[(&'static str, String)]) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}
