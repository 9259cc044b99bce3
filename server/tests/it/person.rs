//! A member of staff at work: signed in, in a case, before a customer.

use crate::app::TestApp;
use crate::http::{Answer, Request};
use backoffice::auth::code_at;
use backoffice::system::SystemClock;
use domain::clock::Clock;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

pub const SESSION: &str = "__Host-grille";
pub const TRY: &str = "__Host-grille-try";
const STEP: i64 = 30;

/// As the demonstration tells them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staff {
    pub staff_no: String,
    pub role: String,
    pub unit: String,
    pub password: String,
    pub totp_secret: String,
}

/// Someone signed in. Every code they have used is behind them: each works once (U2).
pub struct Person<'a> {
    pub app: &'a TestApp,
    pub staff: Staff,
    cookie: Mutex<String>,
    last_step: Mutex<i64>,
}

/// An open case and, if someone was searched for, the handle that means them there.
#[derive(Clone, Debug)]
pub struct Case {
    pub id: String,
    pub customer: String,
}

/// One of the fixed staff of the app that tests share, signed in once for all of them: signing in again would end
/// this session under the feet of whoever uses it (U5). Whoever must be signed out is nobody's colleague.
pub fn colleague(staff_no: &str) -> &'static Person<'static> {
    static COLLEAGUES: Mutex<BTreeMap<String, &'static OnceLock<Person<'static>>>> = Mutex::new(BTreeMap::new());
    let place = *COLLEAGUES.lock().unwrap().entry(staff_no.into()).or_insert_with(|| Box::leak(Box::default()));
    place.get_or_init(|| {
        let app = TestApp::shared();
        Person::signed_in(app, app.staff(staff_no))
    })
}

/// Acknowledges the notice of secrecy by its plain form at that address.
pub fn acknowledge_by_form(app: &TestApp, notice: &str, cookie: &str) -> Answer {
    let page = app.send(&Request::get(notice).with("Cookie", cookie)).text();
    let hidden = |name: &str| {
        let value = page.split(&format!("name=\"{name}\" value=\"")).nth(1).and_then(|rest| rest.split('"').next());
        value.unwrap_or_default().replace("&amp;", "&")
    };
    let (words, next) = (hidden("notice"), hidden("next"));
    app.send(&Request::post("/notice", &[("notice", &words), ("next", &next)]).with("Cookie", cookie))
}

/// Seconds since 1970.
pub fn now() -> i64 {
    SystemClock.now().seconds()
}

impl<'a> Person<'a> {
    /// Someone nobody else uses.
    pub fn operator(app: &'a TestApp) -> Self {
        Self::signed_in(app, app.operator())
    }

    pub fn signed_in(app: &'a TestApp, staff: &Staff) -> Self {
        let person = Self::signed_out(app, staff);
        person.sign_in();
        person
    }

    pub fn signed_out(app: &'a TestApp, staff: &Staff) -> Self {
        Self { app, staff: staff.clone(), cookie: Mutex::default(), last_step: Mutex::new(0) }
    }

    /// The same person, session and all, after the process was started anew.
    pub fn at<'b>(&self, app: &'b TestApp) -> Person<'b> {
        let (cookie, last_step) = (Mutex::new(self.cookie()), Mutex::new(*self.last_step.lock().unwrap()));
        Person { app, staff: self.staff.clone(), cookie, last_step }
    }

    /// Signs in, and acknowledges the notice of secrecy as everyone must.
    pub fn sign_in(&self) -> Answer {
        let answer = self.begin();
        self.acknowledge();
        answer
    }

    /// Both factors, and nothing else.
    pub fn begin(&self) -> Answer {
        let answer = self.first_factor();
        assert_eq!(answer.status, 200, "{}", answer.text());
        let tried = answer.cookie(TRY).expect("a cookie between the factors");
        let code = self.code();
        let request = Request::post("/api/verify_totp", &[("code", &code)]);
        let answer = self.app.send(&request.with("Cookie", format!("{TRY}={tried}")));
        assert_eq!(answer.status, 200, "{}", answer.text());
        *self.cookie.lock().unwrap() = answer.cookie(SESSION).expect("a session");
        answer
    }

    /// Acknowledges the notice of secrecy.
    pub fn acknowledge(&self) {
        let words = self.post("/api/notice/read", &[]).json()["notice"].as_str().expect("a digest").to_owned();
        let answer = self.post("/api/notice/acknowledge", &[("notice", &words)]);
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    pub fn first_factor(&self) -> Answer {
        let form = [("staff_no", self.staff.staff_no.as_str()), ("password", self.staff.password.as_str())];
        self.app.send(&Request::post("/api/sign_in", &form))
    }

    /// A code that will be accepted: a step above the last, which may be the next one's at once (skew ±1).
    /// Only a third code within half a minute waits.
    pub fn code(&self) -> String {
        let mut last = self.last_step.lock().unwrap();
        let step = (now() / STEP).max(*last + 1);
        while step > now() / STEP + 1 {
            std::thread::sleep(Duration::from_millis(200));
        }
        *last = step;
        self.code_of(step)
    }

    /// A code that fits no step near now.
    pub fn wrong_code(&self) -> String {
        let near: Vec<String> = (-3..=3).map(|by| self.code_of(now() / STEP + by)).collect();
        let wrong = (0..).map(|n| format!("{n:06}")).find(|code| !near.contains(code));
        wrong.expect("a code that is none of seven")
    }

    /// The code that was used last.
    pub fn used_code(&self) -> String {
        self.code_of(*self.last_step.lock().unwrap())
    }

    fn code_of(&self, step: i64) -> String {
        let seed = data_encoding::BASE32.decode(self.staff.totp_secret.as_bytes()).expect("base32");
        code_at(&seed, step).expect("a code")
    }

    pub fn cookie(&self) -> String {
        self.cookie.lock().unwrap().clone()
    }

    pub fn cookie_header(&self) -> String {
        format!("{SESSION}={}", self.cookie())
    }

    pub fn get(&self, target: &str) -> Answer {
        self.app.send(&Request::get(target).with("Cookie", self.cookie_header()))
    }

    pub fn post(&self, target: &str, form: &[(&str, &str)]) -> Answer {
        self.send(Request::post(target, form))
    }

    /// Sends with this person's cookie; keeps the new one if the session is rotated.
    pub fn send(&self, request: Request) -> Answer {
        let answer = self.app.send(&request.or("Cookie", self.cookie_header()));
        if let Some(cookie) = answer.cookie(SESSION) {
            *self.cookie.lock().unwrap() = cookie;
        }
        answer
    }

    /// A case of a purpose, with the ticket that fits.
    pub fn open(&self, purpose: &str) -> String {
        let ticket = if purpose == "counter" { "Q-20261122-7" } else { "CO-2026-000103" };
        let form = [("purpose", purpose), ("ticket", ticket), ("identified", "document_seen"), ("note", &note())];
        let answer = self.post("/api/cases/open", &form);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["case_id"].as_str().expect("a case").to_owned()
    }

    /// The handle of the one customer with this key.
    pub fn find(&self, case: &str, key: &str, value: &str) -> String {
        let answer = self.post("/api/customers/search", &[("case_id", case), (key, value)]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let json = answer.json();
        assert_eq!(json["customers"].as_array().map(Vec::len), Some(1), "{json}");
        json["customers"][0]["id"].as_str().expect("a handle").to_owned()
    }

    /// Opens a case, finds and views: the case is bound.
    pub fn before(&self, purpose: &str, id_no: &str) -> Case {
        let id = self.open(purpose);
        let customer = self.find(&id, "id_no", id_no);
        let answer = self.post("/api/customers/view", &[("case_id", &id), ("customer_id", &customer)]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        Case { id, customer }
    }

    /// Asks for a value as it stands; step-up is another matter.
    pub fn reveal(&self, case: &Case, more: &[(&str, &str)]) -> Answer {
        self.send(reveal(case, more))
    }

    /// Asks, gives a code for the challenge, and asks again with it.
    pub fn reveal_by_code(&self, case: &Case, more: &[(&str, &str)]) -> Answer {
        let challenge = self.challenge(case, more);
        let answer = self.post("/api/step_up/totp", &[("challenge", &challenge), ("code", &self.code())]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let more: Vec<_> = more.iter().copied().chain([("challenge", challenge.as_str())]).collect();
        self.reveal(case, &more)
    }

    /// The challenge that a reveal is answered by.
    pub fn challenge(&self, case: &Case, more: &[(&str, &str)]) -> String {
        let answer = self.reveal(case, more);
        assert_eq!((answer.status, answer.code().as_str()), (403, "step_up_required"), "{}", answer.text());
        answer.json()["challenge"].as_str().expect("a challenge").to_owned()
    }
}

/// The request for a value; `more` names field and reason, and whatever else.
pub fn reveal(case: &Case, more: &[(&str, &str)]) -> Request {
    let own = [("case_id", case.id.as_str()), ("customer_id", case.customer.as_str())];
    let form: Vec<_> = own.into_iter().chain(more.iter().copied()).collect();
    Request::post("/api/customers/reveal", &form)
}

/// A note that is like no other (V2n): words of random syllables.
pub fn note() -> String {
    static NOTES: AtomicU64 = AtomicU64::new(1);
    const SYLLABLES: [&str; 16] =
        ["ka", "lo", "mi", "tu", "re", "sa", "vo", "ni", "pe", "du", "gra", "fel", "hon", "zi", "bru", "cha"];
    let mut state = NOTES.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut syllable = || {
        state ^= state >> 29;
        state = state.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        SYLLABLES[(state >> 60) as usize]
    };
    let words: Vec<String> = (0..8).map(|_| [syllable(), syllable(), syllable()].concat()).collect();
    words.join(" ")
}
