//! Who may do what, asked for: each role, and nobody, at every endpoint and page. What came of it is
//! `docs/access-matrix.md`, which someone has read. A new endpoint or page is a line in [`ENDPOINT`] or [`PAGE`].

use crate::app::{Home, Start, TestApp};
use crate::http::{Answer, Request};
use crate::person::{Case, Person, note};
use domain::id::CaseId;
use grille::routes::{ENDPOINTS, PAGES};
use std::fmt::Write;
use std::path::Path;

/// Parameters, with `{case}` and `{customer}` for an operator's case and the customer in it, `{other_case}` for
/// another case of the same operator, `{note}` for words that nobody has used.
type Form = &'static [(&'static str, &'static str)];

/// What each endpoint is asked. The order is that of the asking; whoever signs out does so last.
const ENDPOINT: [(&str, Form); 69] = [
    ("/api/sign_in", &[("staff_no", "nobody"), ("password", "not-a-password")]),
    ("/api/verify_totp", &[("code", "000000")]),
    ("/api/verify_passkey/begin", &[]),
    ("/api/verify_passkey", &[("assertion", "{}")]),
    ("/api/passkeys/list", &[]),
    ("/api/passkeys/begin", &[("name", "a key")]),
    ("/api/passkeys/finish", &[("name", "a key"), ("challenge", UNKNOWN), ("credential", "{}")]),
    ("/api/passkeys/revoke", &[("passkey_id", NO_ONES)]),
    ("/api/password/change", &[("current_password", "short"), ("new_password", "short")]),
    ("/api/notice/read", &[]),
    ("/api/notice/acknowledge", &[("notice", OTHER_WORDS)]),
    ("/api/session/status", &[]),
    ("/api/session/stay", &[]),
    ("/api/session/list", &[]),
    ("/api/session/end", &[("session_id", NO_ONES)]),
    ("/api/admin/sessions/list", &[]),
    ("/api/admin/sessions/end", &[("staff_no", "op9999")]),
    ("/api/admin/staff/list", &[]),
    ("/api/admin/staff/propose", &[("change", "reinstate"), ("staff_no", "op9999")]),
    ("/api/admin/staff/suspend", &[("staff_no", "op9999")]),
    ("/api/admin/staff/unlock", &[("staff_no", "op9999")]),
    ("/api/admin/staff/due", &[]),
    ("/api/admin/staff/certify", &[("tick_op9999", "op9999:1:5")]),
    ("/api/admin/proposals/list", &[]),
    ("/api/admin/proposals/view", &[("proposal_id", NO_ONES)]),
    ("/api/admin/proposals/decide", DECIDE),
    ("/api/admin/proposals/link", &[("proposal_id", NO_ONES)]),
    ("/api/enrol/open", &[("token", UNKNOWN)]),
    ("/api/enrol/finish", &[("token", UNKNOWN), ("staff_no", "op9999"), ("password", "none"), ("code", "000000")]),
    ("/api/step_up/passkey/begin", &[("challenge", UNKNOWN)]),
    ("/api/step_up/passkey", &[("challenge", UNKNOWN), ("assertion", "{}")]),
    ("/api/step_up/totp", &[("challenge", UNKNOWN), ("code", "000000")]),
    ("/api/cases/open", OPEN),
    ("/api/customers/search", &[("case_id", "{case}"), ("id_no", "{id_no}")]),
    ("/api/customers/view", &[("case_id", "{case}"), ("customer_id", "{customer}")]),
    (
        "/api/customers/reveal",
        &[("case_id", "{case}"), ("customer_id", "{customer}"), ("field", "id_no"), ("reason", "COUNTER_SERVICE")],
    ),
    ("/api/drafts/keep", &[("place", "case_note"), ("text", "not sent yet")]),
    ("/api/drafts/forget", &[("place", "case_note")]),
    ("/api/reveals/more", &[("event", "0")]),
    ("/api/reveals/copy", &[("event", "0")]),
    ("/api/reveals/attempt", &[("event", "0"), ("attempt", "copy")]),
    ("/api/reveals/needed", &[("event", "0"), ("needed", "yes")]),
    ("/api/recipients/list", &[]),
    ("/api/recipients/view", &[("recipient_id", NO_ONES)]),
    ("/api/recipients/propose", RECIPIENT),
    (
        "/api/recipients/confirm",
        &[("recipient_id", NO_ONES), ("channel", "a call back"), ("note", "compared by group")],
    ),
    ("/api/recipients/reject", &[("recipient_id", NO_ONES), ("note", "not the key they read out")]),
    ("/api/recipients/end", &[("recipient_id", NO_ONES)]),
    ("/api/exports/options", &[]),
    ("/api/exports/create", EXPORT),
    ("/api/exports/list", &[]),
    ("/api/exports/view", &[("export_id", NO_ONES)]),
    ("/api/exports/status", &[("export_id", NO_ONES)]),
    ("/api/exports/submit", &[("export_id", NO_ONES)]),
    ("/api/exports/withdraw", &[("export_id", NO_ONES)]),
    ("/api/exports/generate", &[("export_id", NO_ONES)]),
    ("/api/exports/download", &[("export_id", NO_ONES)]),
    ("/api/exports/approvals", &[]),
    ("/api/exports/approve", &[("export_id", NO_ONES), ("digest", OTHER_WORDS)]),
    ("/api/exports/reject", &[("export_id", NO_ONES), ("digest", OTHER_WORDS), ("note", "not needed for this")]),
    ("/api/exports/register", &[]),
    ("/api/channels/check", CHECK),
    ("/api/audit/events", &[]),
    ("/api/audit/event", &[("seq", "0")]),
    ("/api/audit/proof", &[("seq", "0")]),
    ("/api/audit/verify", &[("seq", "0")]),
    ("/api/cases/wrong_person", &[("case_id", "{wrong_case}")]),
    ("/api/cases/close", &[("case_id", "{other_case}")]),
    ("/api/sign_out", &[]),
];

/// What each page is asked: method, route, the address (or the route itself), the form.
const PAGE: [(&str, &str, &str, Form); 66] = [
    ("GET", "/", "/", &[]),
    ("GET", "/sign-in", "/sign-in", &[]),
    ("POST", "/sign-in", "/sign-in", &[("staff_no", "nobody"), ("password", "not-a-password")]),
    ("GET", "/sign-in/verify", "/sign-in/verify", &[]),
    ("POST", "/sign-in/verify", "/sign-in/verify", &[("code", "000000")]),
    // there is no identity provider here: see tests/it/sso.rs
    ("GET", "/sign-in/sso", "/sign-in/sso", &[]),
    ("GET", "/sign-in/sso/back", "/sign-in/sso/back?code=c&state=s", &[]),
    ("GET", "/notice", "/notice", &[]),
    ("POST", "/notice", "/notice", &[("notice", OTHER_WORDS)]),
    ("GET", "/customers", "/customers", &[]),
    ("POST", "/customers", "/customers", OPEN),
    ("GET", "/customers/{id}", "/customers/{customer}?case={case}", &[]),
    ("POST", "/cases/wrong-person", "/cases/wrong-person", &[("case_id", "{page_case}")]),
    ("POST", "/cases/close", "/cases/close", &[("case_id", "{page_case}")]),
    ("GET", "/me", "/me", &[]),
    ("POST", "/me/passkeys/revoke", "/me/passkeys/revoke", &[("passkey_id", NO_ONES)]),
    ("POST", "/me/password", "/me/password", &[("current_password", "short"), ("new_password", "short")]),
    ("POST", "/me/sessions/end", "/me/sessions/end", &[("session_id", NO_ONES)]),
    ("GET", "/admin/sessions", "/admin/sessions", &[]),
    ("POST", "/admin/sessions/end", "/admin/sessions/end", &[("staff_no", "op9999")]),
    ("GET", "/admin/staff", "/admin/staff", &[]),
    ("GET", "/admin/staff/{no}", "/admin/staff/op1001", &[]),
    ("POST", "/admin/staff/propose", "/admin/staff/propose", &[("change", "reinstate"), ("staff_no", "op9999")]),
    ("POST", "/admin/staff/suspend", "/admin/staff/suspend", &[("staff_no", "op9999")]),
    ("POST", "/admin/staff/unlock", "/admin/staff/unlock", &[("staff_no", "op9999")]),
    ("GET", "/admin/recertification", "/admin/recertification", &[]),
    ("POST", "/admin/recertification", "/admin/recertification", &[("tick_op9999", "op9999:1:5"), ("code", "000000")]),
    ("GET", "/admin/proposals", "/admin/proposals", &[]),
    ("GET", "/admin/proposals/{id}", "/admin/proposals/01890a5d-ac96-774b-bcce-b302099a8057", &[]),
    ("POST", "/admin/proposals/decide", "/admin/proposals/decide", DECIDE),
    ("POST", "/admin/proposals/link", "/admin/proposals/link", &[("proposal_id", NO_ONES)]),
    ("GET", "/enrol/{token}", "/enrol/00000000000000000000000000000000", &[]),
    (
        "POST",
        "/enrol/{token}",
        "/enrol/00000000000000000000000000000000",
        &[("staff_no", "op9999"), ("password", "none"), ("code", "000000")],
    ),
    ("GET", "/exports", "/exports", &[]),
    ("GET", "/exports/new", "/exports/new", &[]),
    ("POST", "/exports/new", "/exports/new", EXPORT),
    ("GET", "/exports/{id}", "/exports/01890a5d-ac96-774b-bcce-b302099a8057", &[]),
    ("POST", "/exports/submit", "/exports/submit", &[("export_id", NO_ONES), ("code", "000000")]),
    ("POST", "/exports/withdraw", "/exports/withdraw", &[("export_id", NO_ONES)]),
    ("POST", "/exports/generate", "/exports/generate", &[("export_id", NO_ONES), ("code", "000000")]),
    ("POST", "/exports/download", "/exports/download", &[("export_id", NO_ONES), ("code", "000000")]),
    (
        "POST",
        "/exports/decide",
        "/exports/decide",
        &[("export_id", NO_ONES), ("digest", OTHER_WORDS), ("decision", "reject"), ("note", "not needed for this")],
    ),
    ("GET", "/approvals", "/approvals", &[]),
    ("GET", "/recipients", "/recipients", &[]),
    ("GET", "/recipients/new", "/recipients/new", &[]),
    ("POST", "/recipients/new", "/recipients/new", RECIPIENT),
    ("GET", "/recipients/{id}", "/recipients/01890a5d-ac96-774b-bcce-b302099a8057", &[]),
    (
        "POST",
        "/recipients/decide",
        "/recipients/decide",
        &[("recipient_id", NO_ONES), ("decision", "reject"), ("note", "not the key they read out")],
    ),
    ("POST", "/recipients/end", "/recipients/end", &[("recipient_id", NO_ONES)]),
    ("GET", "/supervise/exports", "/supervise/exports", &[]),
    ("POST", "/supervise/exports/check", "/supervise/exports/check", CHECK),
    ("GET", "/supervise", "/supervise", &[]),
    ("GET", "/supervise/events", "/supervise/events", &[]),
    ("GET", "/supervise/events/{seq}", "/supervise/events/0", &[]),
    ("POST", "/supervise/events/{seq}/verify", "/supervise/events/0/verify", &[]),
    // whoever may is told that the filter does not fit; a tail that does begins and has no end
    ("GET", "/supervise/events/tail", "/supervise/events/tail?from=yesterday", &[]),
    ("GET", "/supervise/integrity", "/supervise/integrity", &[]),
    ("POST", "/supervise/integrity/verify", "/supervise/integrity/verify", &[]),
    ("GET", "/log/checkpoint", "/log/checkpoint", &[]),
    ("GET", "/log/tile/{*path}", "/log/tile/0/000.p/1", &[]),
    ("POST", "/language", "/language", &[("language", "en"), ("back", "/")]),
    ("GET", "/demo/code", "/demo/code", &[]),
    ("GET", "/healthz", "/healthz", &[]),
    ("GET", "/readyz", "/readyz", &[]),
    ("GET", "/metrics", "/metrics", &[]),
    ("POST", "/sign-out", "/sign-out", &[]),
];

const OPEN: Form =
    &[("purpose", "counter"), ("ticket", "Q-20261122-7"), ("identified", "document_seen"), ("note", "{note}")];
const DECIDE: Form = &[("proposal_id", NO_ONES), ("decision", "reject"), ("note", "not as agreed with HR")];
const RECIPIENT: Form = &[
    ("name", "Regulator"),
    ("kind", "authority"),
    ("contact", "Statistics desk"),
    ("key", "age1d7kvf82pv487esl6jde9gjkr59gw5y2ff9whnjak4w37p49pp5nqy5ajet"),
    ("assessment", "AS-1"),
    ("assessed_until", "2099-12-31"),
    ("commitment", "CO-1"),
];
/// Well-formed, and of a day on which nobody became a customer.
const EXPORT: Form = &[
    ("from", "1901-01-01"),
    ("to", "1901-01-02"),
    ("form_branch", "plain"),
    ("why_branch", "counts by branch are asked for"),
    ("purpose", "complaint"),
    ("recipient", "019a9a9a-0000-7000-8000-000000000001"),
    ("intended_use", "their yearly statistics of complaints"),
    ("basis", "legal_duty"),
    ("retention_days", "90"),
    ("format", "csv"),
];
const CHECK: Form =
    &[("channel", "backup"), ("sound", "yes"), ("note", "restored one and read it"), ("due_days", "90")];
const UNKNOWN: &str = "00000000000000000000000000000000";
const OTHER_WORDS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const NO_ONES: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
const STAFF: [&str; 5] = ["op1001", "ap2001", "su3001", "ad9001", "au4001"];
const HEAD: &str =
    "| nobody | operator | approver | supervisor | admin | auditor |\n| --- | --- | --- | --- | --- | --- | --- |\n";

const INTRODUCTION: &str = "\
# Access matrix

*Made by the test in `server/tests/it/matrix.rs`, which asks the running program. Do not edit: change the code, run
the test, read the difference.*

Each role, and nobody, asks each endpoint and page once, well-formed. Operators ask about a case of their own; all
others about that same operator's case, customer and handle. A refusal has its code; each is an event.
";

/// What stands for what in addresses and forms.
struct Names {
    case: Case,
    other_case: String,
    page_case: String,
    wrong_case: String,
    id_no: String,
}

impl Names {
    fn put(&self, text: &str) -> String {
        text.replace("{case}", &self.case.id)
            .replace("{customer}", &self.case.customer)
            .replace("{other_case}", &self.other_case)
            .replace("{wrong_case}", &self.wrong_case)
            .replace("{page_case}", &self.page_case)
            .replace("{id_no}", &self.id_no)
            .replace("{note}", &note())
    }

    fn request(&self, method: &str, address: &str, form: Form) -> Request {
        let form: Vec<(&str, String)> = form.iter().map(|(name, value)| (*name, self.put(value))).collect();
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let address = self.put(address);
        if method == "GET" { Request::get(&address) } else { Request::post(&address, &form) }
    }
}

/// Status, and the code or the address that it leads to, ids left out.
fn outcome(answer: &Answer) -> String {
    if answer.is_json() && answer.status >= 400 {
        return format!("{} `{}`", answer.status, answer.code());
    }
    match answer.header("location") {
        Some(to) => {
            let path = to.split('?').next().unwrap_or_default();
            let parts = path.split('/').map(|part| if CaseId::parse(part).is_ok() { "{id}" } else { part });
            format!("{} to `{}`", answer.status, parts.collect::<Vec<_>>().join("/"))
        }
        None => answer.status.to_string(),
    }
}

/// A column: what one caller is answered, endpoint by endpoint and then page by page.
fn ask(app: &TestApp, person: Option<&Person<'_>>, names: &Names) -> Vec<String> {
    let send = |request: Request| match person {
        Some(person) => outcome(&person.send(request)),
        None => outcome(&app.send(&request)),
    };
    let mut told: Vec<String> = ENDPOINT.iter().map(|(path, form)| send(names.request("POST", path, form))).collect();
    if let Some(person) = person {
        // The last endpoint ended the session.
        person.sign_in();
    }
    told.extend(PAGE.iter().map(|(method, _, address, form)| send(names.request(method, address, form))));
    told
}

#[test]
fn u7_docs_access_matrix_md_is_what_each_role_is_answered() {
    let mut asked: Vec<&str> = ENDPOINT.iter().map(|(path, _)| *path).collect();
    let mut there = ENDPOINTS.to_vec();
    asked.sort_unstable();
    there.sort_unstable();
    assert_eq!(asked, there, "each endpoint has its line in ENDPOINT");
    let mut asked: Vec<_> = PAGE.iter().map(|(method, route, ..)| (*method, *route)).collect();
    let mut there = PAGES.to_vec();
    asked.sort_unstable();
    there.sort_unstable();
    assert_eq!(asked, there, "each page has its line in PAGE");

    let home = Home::new();
    let app = TestApp::start(&home, &Start { staff: 0, env: &[], by: &[] });
    let people = STAFF.map(|staff_no| Person::signed_in(&app, app.staff(staff_no)));
    let guest = &app.guests[0];
    let operator = &people[0];
    let names = Names {
        case: operator.before("counter", &guest.id_no),
        other_case: operator.open("counter"),
        page_case: operator.open("counter"),
        wrong_case: operator.before("counter", &guest.id_no).id,
        id_no: guest.id_no.clone(),
    };
    // The operator last: closing a case changes what others find.
    let mut columns = vec![ask(&app, None, &names)];
    columns.extend(people[1..].iter().map(|person| ask(&app, Some(person), &names)));
    columns.insert(1, ask(&app, Some(operator), &names));

    let mut text = format!("{INTRODUCTION}\n## Endpoints\n\n| Endpoint {HEAD}");
    let labels = ENDPOINT.iter().map(|(path, _)| (*path).to_owned());
    let labels = labels.chain(PAGE.iter().map(|(method, route, ..)| format!("{method} {route}")));
    for (row, label) in labels.enumerate() {
        if row == ENDPOINT.len() {
            write!(text, "\n## Pages and plain forms\n\n| Page {HEAD}").unwrap();
        }
        let cells: Vec<&str> = columns.iter().map(|column| column[row].as_str()).collect();
        writeln!(text, "| `{label}` | {} |", cells.join(" | ")).unwrap();
    }
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/access-matrix.md");
    if std::fs::read_to_string(document).unwrap_or_default() != text {
        let new = Path::new(env!("CARGO_TARGET_TMPDIR")).join("access-matrix.md");
        std::fs::write(&new, text).unwrap();
        panic!(
            "docs/access-matrix.md is not what the program does. Read the difference, and if everyone may what it \
             says: cp {} docs/access-matrix.md",
            new.display()
        );
    }
}
