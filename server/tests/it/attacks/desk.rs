//! A desk set up to be attacked: an operator with cases of every sort.

use crate::app::{Guest, TestApp};
use crate::person::{Case, Person};

/// An operator's desk.
pub struct Desk<'a> {
    pub person: Person<'a>,
    guest: Guest,
    /// `counter`, bound to the first guest.
    bound: Case,
    /// `complaint`: someone was found but not looked at.
    unbound: Case,
    /// `counter`, bound to another guest; and the first one's handle in it, which binds nobody.
    other: Case,
    found_in_other: String,
    /// `counter`, bound, then closed.
    closed: Case,
    /// For the first guest's ID number, given no code yet.
    challenge: String,
    /// The event of an ID number that was shown, which may not be copied.
    reveal: u64,
}

impl<'a> Desk<'a> {
    pub fn set_up(app: &'a TestApp) -> Self {
        let person = Person::operator(app);
        let guest = app.guests[0].clone();
        let bound = person.before("counter", &guest.id_no);
        let id = person.open("complaint");
        let unbound = Case { customer: person.find(&id, "id_no", &guest.id_no), id };
        let other = person.before("counter", &app.guests[1].id_no);
        let found_in_other = person.find(&other.id, "id_no", &guest.id_no);
        let closed = person.before("counter", &guest.id_no);
        assert_eq!(person.post("/api/cases/close", &[("case_id", &closed.id)]).status, 200);
        let id_no = [("field", "id_no"), ("reason", "COUNTER_SERVICE")];
        let shown = person.reveal_by_code(&bound, &id_no);
        let reveal = shown.json()["event"].as_u64().expect("a value was shown");
        let challenge = person.challenge(&bound, &id_no);
        Self { person, guest, bound, unbound, other, found_in_other, closed, challenge, reveal }
    }

    /// What may be typed for the first guest.
    pub fn values(&self) -> impl Iterator<Item = (&'static str, String)> {
        let Guest { name, id_no, mobile, card_no, .. } = self.guest.clone();
        [("name", name), ("id_no", id_no), ("mobile", mobile), ("card_no", card_no)].into_iter()
    }

    /// Fills in `{name}`; `{byte:ff}` is a byte, and `{foreign_…}` is of another person.
    pub fn fill(&self, text: &str, foreign: &Desk<'_>) -> Vec<u8> {
        let mut names: Vec<(&str, String)> = vec![
            ("host", self.person.app.host.clone()),
            ("origin", self.person.app.origin.clone()),
            ("cookie", self.person.cookie()),
            ("case", self.bound.id.clone()),
            ("customer", self.bound.customer.clone()),
            ("unbound_case", self.unbound.id.clone()),
            ("unbound_customer", self.unbound.customer.clone()),
            ("other_case", self.other.id.clone()),
            ("other_customer", self.other.customer.clone()),
            ("found_in_other", self.found_in_other.clone()),
            ("closed_case", self.closed.id.clone()),
            ("closed_customer", self.closed.customer.clone()),
            ("challenge", self.challenge.clone()),
            ("reveal", self.reveal.to_string()),
            ("foreign_reveal", foreign.reveal.to_string()),
            ("foreign_case", foreign.bound.id.clone()),
            ("foreign_customer", foreign.bound.customer.clone()),
            ("foreign_challenge", foreign.challenge.clone()),
        ];
        names.extend(self.values());
        let mut filled = text.to_owned();
        for (name, value) in names {
            filled = filled.replace(&format!("{{{name}}}"), &value);
        }
        raw_bytes(&filled)
    }
}

/// `{byte:ff}` as the byte that it is.
fn raw_bytes(text: &str) -> Vec<u8> {
    let mut parts = text.split("{byte:");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (hex, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(hex, 16).expect("a byte in hexadecimal"));
        bytes.extend_from_slice(rest.strip_prefix('}').expect("{byte:hh}").as_bytes());
    }
    bytes
}
