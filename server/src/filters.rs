//! What is asked of the log, as a form or an address names it.

use crate::form::Form;
use domain::audit::event::{Decision, Kind};
use domain::clock::{Span, Timestamp};
use domain::code::Fault;
use domain::desk::{At, EventsAsk, Filters, MOST};
use domain::id::{CustomerId, FieldName, PurposeName, ReadingId, StaffNo};

/// How many, if it is not said.
const LIMIT: u16 = 50;

/// How one of them is written.
pub struct Spelling {
    /// The name of the customer's internal id.
    pub customer: &'static str,
    /// How a time is written.
    pub time: fn(&str) -> Option<Timestamp>,
}

/// An endpoint's: times are RFC 3339 in UTC.
pub const API: Spelling = Spelling { customer: "customer_id", time: Timestamp::parse };

/// A page's: times are the bank's, as `<input type="datetime-local">` has them.
pub const PAGE: Spelling = Spelling { customer: "customer", time: beijing };

fn beijing(text: &str) -> Option<Timestamp> {
    Timestamp::parse_civil(text).map(|at| at.minus(Span::minutes(8 * 60)))
}

/// A sequence number: a decimal without sign or leading zero, that the database can hold.
pub fn seq(text: &str) -> Result<u64, ()> {
    let seq: u64 = text.parse().map_err(|_| ())?;
    (seq.to_string() == text && i64::try_from(seq).is_ok()).then_some(seq).ok_or(())
}

fn yes(text: &str) -> Result<bool, ()> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(()),
    }
}

impl Spelling {
    /// The filters alone; every fault is noted in the form.
    pub fn filters(&self, form: &mut Form) -> Filters {
        Filters {
            staff_no: form.optional("staff_no", StaffNo::parse),
            customer: form.optional(self.customer, CustomerId::parse),
            purpose: form.optional("purpose", PurposeName::parse),
            field: form.optional("field", FieldName::parse),
            decision: form.optional("decision", |text| Decision::parse(text).ok_or(())),
            kind: form.optional("kind", |text| Kind::parse(text).ok_or(())),
            alert: form.optional("alert", yes).unwrap_or(false),
            miss: form.optional("miss", yes).unwrap_or(false),
            own: form.optional("own", yes).unwrap_or(false),
            from: form.optional("from", |text| (self.time)(text).ok_or(())),
            to: form.optional("to", |text| (self.time)(text).ok_or(())),
        }
    }

    /// Filters, place and size of a page; or every fault.
    pub fn ask(&self, mut form: Form) -> Result<EventsAsk, Vec<Fault>> {
        let filters = self.filters(&mut form);
        let before = form.optional("before", seq);
        let after = form.optional("after", seq);
        let limit = form.optional("limit", |text| match seq(text) {
            Ok(limit) if (1..=u64::from(MOST)).contains(&limit) => Ok(limit as u16),
            _ => Err(()),
        });
        let query = form.optional("query", ReadingId::parse);
        let mut faults = form.faults();
        let at = match (before, after) {
            (None, None) => At::Newest,
            (Some(seq), None) => At::Before(seq),
            (None, Some(seq)) => At::After(seq),
            (Some(_), Some(_)) => {
                faults.push(Fault::new("after", "malformed"));
                At::Newest
            }
        };
        let limit = limit.unwrap_or(LIMIT);
        if faults.is_empty() { Ok(EventsAsk { filters, at, limit, query }) } else { Err(faults) }
    }
}

/// The newest page of everything.
pub fn everything() -> EventsAsk {
    EventsAsk::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(spelling: &Spelling, text: &str) -> Vec<String> {
        let form = Form::parse(text.as_bytes()).unwrap();
        let faults = spelling.ask(form).err().unwrap_or_default();
        faults.iter().map(|fault| format!("{} {}", fault.field, fault.code)).collect()
    }

    #[test]
    fn s1_what_does_not_fit_is_told_by_name_all_at_once() {
        let text = "staff_no=O'1&customer_id=7&purpose=1&field=*&decision=maybe&kind=all&alert=1&from=now&before=-1&limit=100000&query=x&order=seq";
        let told = faults(&API, text);
        let named = [
            "staff_no",
            "customer_id",
            "purpose",
            "field",
            "decision",
            "kind",
            "alert",
            "from",
            "before",
            "limit",
            "query",
        ];
        let mut expected: Vec<String> = named.iter().map(|name| format!("{name} malformed")).collect();
        expected.push(" unknown_parameter".into());
        assert_eq!(told, expected);
        assert_eq!(faults(&API, "before=1&after=2"), ["after malformed"]);
        assert_eq!(faults(&API, "limit=0"), ["limit malformed"]);
        assert_eq!(faults(&API, "before=9223372036854775808"), ["before malformed"]);
        assert_eq!(faults(&API, "limit=200&staff_no=&before=7"), [""; 0]);
    }

    #[test]
    fn s1_a_page_means_the_banks_time_and_an_endpoint_utc() {
        let page = PAGE.ask(Form::parse(b"from=2026-11-22T16:15").unwrap()).unwrap();
        let api = API.ask(Form::parse(b"from=2026-11-22T08:15:00Z").unwrap()).unwrap();
        assert_eq!(page.filters.from, api.filters.from);
        assert_eq!(faults(&API, "from=2026-11-22T16:15"), ["from malformed"]);
        assert_eq!(faults(&PAGE, "from=2026-11-22T08:15:00Z"), ["from malformed"]);
    }
}
