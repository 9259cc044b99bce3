//! O2: what breaks beneath the running binary, and what each act is answered then: the disk is full, or read-only, or
//! slow; a key file is lost. Nothing is shown unrecorded, all comes back without a restart, and the log verifies.

mod disk;
mod keys;
mod server;

use crate::app::{Home, TestApp, told};
use crate::http::Answer;
use crate::person::{Case, Person, note};
use std::collections::BTreeSet;

/// What people do all day, in this order.
pub const ACTS: [&str; 10] =
    ["home", "sign_in", "open", "search", "view", "reveal", "step_up", "export", "events", "integrity"];

/// What each is answered when nothing is wrong.
pub const WELL: [(&str, &str); 10] = [
    ("home", "200"),
    ("sign_in", "200"),
    ("open", "200"),
    ("search", "200"),
    ("view", "200"),
    ("reveal", "200"),
    ("step_up", "403 step_up_required"),
    ("export", "200"),
    ("events", "200"),
    ("integrity", "200"),
];

/// People in the middle of their work.
pub struct Shift<'a> {
    home: &'a Home,
    app: &'a TestApp,
    teller: Person<'a>,
    case: Case,
    supervisor: Person<'a>,
    recipient: String,
    id_no: String,
    /// Requests of reveals that were answered with a value.
    shown: BTreeSet<String>,
}

impl<'a> Shift<'a> {
    pub fn begin(home: &'a Home, app: &'a TestApp) -> Self {
        let teller = Person::operator(app);
        let id_no = app.guests[0].id_no.clone();
        let case = teller.before("counter", &id_no);
        // The tier of names stays open for five minutes, so that a reveal needs nothing but its record.
        let first = teller.reveal_by_code(&case, &[("field", "name"), ("reason", "COUNTER_SERVICE")]);
        assert_eq!(first.status, 200, "{}", first.text());
        let supervisor = Person::signed_in(app, app.staff("su3001"));
        let options = teller.post("/api/exports/options", &[]).json();
        let recipients = options["recipients"].as_array().expect("recipients");
        let recipient = recipients.iter().find(|one| one["kind"] == "authority").expect("the regulator");
        let recipient = recipient["recipient_id"].as_str().expect("an id").to_owned();
        let shown = BTreeSet::from([first.request_id().to_owned()]);
        Self { home, app, teller, case, supervisor, recipient, id_no, shown }
    }

    /// Asks for each act, and compares with what was expected.
    pub fn finds(&mut self, when: &str, expected: &[(&str, &str)]) {
        let found: Vec<(&str, String)> = ACTS.map(|act| (act, self.ask(act))).into();
        let found: Vec<(&str, &str)> = found.iter().map(|(act, answer)| (*act, answer.as_str())).collect();
        assert_eq!(found, expected, "{when}");
    }

    /// The status, and the code if it is a refusal of an endpoint.
    fn ask(&mut self, act: &str) -> String {
        let (case, customer) = (self.case.id.as_str(), self.case.customer.as_str());
        let answer = match act {
            "home" => self.teller.get("/"),
            "sign_in" => self.sign_in(),
            "open" => self.open(),
            "search" => self.teller.post("/api/customers/search", &[("case_id", case), ("id_no", &self.id_no)]),
            "view" => self.teller.post("/api/customers/view", &[("case_id", case), ("customer_id", customer)]),
            "reveal" => {
                let answer = self.teller.reveal(&self.case, &[("field", "name"), ("reason", "COUNTER_SERVICE")]);
                let has_value = answer.json().get("value").is_some();
                assert_eq!(has_value, answer.status == 200, "a refusal shows nothing");
                if has_value {
                    self.shown.insert(answer.request_id().to_owned());
                }
                answer
            }
            "step_up" => self.teller.reveal(&self.case, &[("field", "id_no"), ("reason", "COUNTER_SERVICE")]),
            "export" => self.teller.post(
                "/api/exports/create",
                &[
                    ("from", "2019-02-01"),
                    ("to", "2019-02-28"),
                    ("form_name", "mask"),
                    ("why_name", "the inquiry names every customer of that month"),
                    ("purpose", "judicial"),
                    ("recipient", &self.recipient),
                    ("intended_use", "answers the court's inquiry about these accounts"),
                    ("basis", "legal_duty"),
                    ("retention_days", "30"),
                    ("format", "csv"),
                ],
            ),
            "events" => self.supervisor.get("/supervise/events"),
            "integrity" => self.supervisor.get("/supervise/integrity"),
            other => panic!("no act: {other}"),
        };
        match answer.is_json() && answer.status != 200 {
            true => format!("{} {}", answer.status, answer.code()),
            false => answer.status.to_string(),
        }
    }

    /// A case is opened, and closed again: nobody has any number of them.
    fn open(&self) -> Answer {
        let form = [("purpose", "counter"), ("ticket", "Q-20261122-7"), ("identified", "document_seen")];
        let answer = self.teller.post("/api/cases/open", &[&form[..], &[("note", &note())]].concat());
        if answer.status == 200 {
            let json = answer.json();
            let id = json["case_id"].as_str().expect("a case");
            assert_eq!(self.teller.post("/api/cases/close", &[("case_id", id)]).status, 200);
        }
        answer
    }

    /// Somebody who was not here yet comes: what the first factor is answered, or the second if it comes to that.
    fn sign_in(&self) -> Answer {
        let newcomer = Person::signed_out(self.app, self.app.operator());
        let first = newcomer.first_factor();
        let Some(tried) = first.cookie(crate::person::TRY) else { return first };
        let second = crate::http::Request::post("/api/verify_totp", &[("code", &newcomer.code())]);
        self.app.send(&second.with("Cookie", format!("{}={tried}", crate::person::TRY)))
    }

    /// Every value that was shown is in the log, and the log is whole.
    pub fn end(self) {
        for request in &self.shown {
            let events = self.app.log.of_request(request);
            let recorded = events
                .iter()
                .any(|event| ["kind", "decision"].map(|path| event.text(path)) == ["field_revealed", "allowed"]);
            assert!(recorded, "{request} was answered with a value and is not recorded");
        }
        assert!(self.shown.len() > 1);
        let verified = self.home.run(&["audit", "verify"]);
        assert!(verified.status.success(), "{}", told(&verified));
    }
}

/// `/readyz`, until it names these: an answer is a second old at most.
pub fn until_missing(app: &TestApp, wanted: &[&str]) {
    let mut said = serde_json::Value::Null;
    for _ in 0..300 {
        said = app.send(&crate::http::Request::get("/readyz")).json()["missing"].clone();
        if said == serde_json::Value::from(wanted) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("never {wanted:?}: {said}");
}

/// All of them as they are when nothing is wrong, but for these.
pub fn but(others: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let other = |act: &str| others.iter().find(|(known, _)| *known == act).map(|(_, answer)| *answer);
    WELL.iter().map(|(act, well)| (*act, other(act).unwrap_or(well))).collect()
}
