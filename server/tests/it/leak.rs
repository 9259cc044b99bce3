//! M1, M2: markers in every protected field are found nowhere but in the one revealed answer.

use crate::app::{Home, Start, TestApp, files_below, json};
use crate::http::{Answer, Request, escape};
use crate::metrics::{WORD, word};
use crate::needles::Needles;
use crate::person::{Case, Person};
use crate::spans::Collector;
use domain::catalogue::Catalogue;
use domain::id::FieldName;
use domain::mask::MaskRule;
use std::collections::BTreeMap;

/// Hidden by its mask in every part that stands here.
const MARKED: [(&str, &str, &str); 9] = [
    ("name", "龘靐甲", "龘靐"),
    ("email", "kqzxwv@secret-marker.example", "kqzxwv"),
    ("address", "浙江省杭州市西湖区龘滂路七十七弄", "龘滂路"),
    ("employer", "靐霖标记实业集团有限公司", "靐霖标记"),
    ("work_address", "江苏省南京市鼓楼区龘沨路三十三弄", "龘沨路"),
    ("spouse_name", "靐龘甲", "靐龘"),
    ("contact_name", "靐靐甲", "靐靐"),
    ("ethnicity", "靐霖族", "靐霖族"),
    ("login_name", "qzvx-marker-login", "qzvx-marker"),
];
/// Hidden whole, each another sum.
const AMOUNTS: [&str; 9] = [
    "balance",
    "credit_limit",
    "loan_balance",
    "annual_income",
    "real_estate_value",
    "vehicle_value",
    "tax_paid",
    "policy_amount",
    "claim_amount",
];

/// Customers by header: valid numbers of `sample-customers`, and markers where a list of names might repeat.
struct Customers {
    csv: String,
    rows: Vec<BTreeMap<String, String>>,
}

impl Customers {
    fn made(home: &Home) -> Self {
        let output = home.run(&["sample-customers", "--count", "12", "--seed", "977"]);
        let text = String::from_utf8(output.stdout).expect("CSV is UTF-8");
        let mut lines = text.lines();
        let headers: Vec<&str> = lines.next().expect("a header").split(',').collect();
        let mut csv = headers.join(",");
        let mut rows = Vec::new();
        // The first five are the guests, whom the slip tells in full.
        for (n, line) in lines.skip(5).enumerate() {
            let mut row: BTreeMap<String, String> =
                headers.iter().zip(line.split(',')).map(|(name, cell)| (name.to_string(), cell.to_owned())).collect();
            row.insert("customer_no".into(), format!("LEAK{n:05}"));
            row.insert("passport_no".into(), format!("X9{:07}", 7_310_551 + n));
            row.insert("permit_no".into(), format!("H{:08}", 73_105_510 + n));
            row.insert("other_id_no".into(), format!("X{:07}", 7_910_551 + n));
            row.insert("landline".into(), format!("010-1{:07}", 7_319_055 + n));
            row.insert("securities_account_no".into(), format!("X{:09}", 731_055_190 + n));
            row.insert("insurance_account_no".into(), format!("XB{:010}", 7_310_551_902_u64 + n as u64));
            for (at, field) in AMOUNTS.into_iter().enumerate() {
                row.insert(field.into(), format!("{}.37", 731_905_518 + 1000 * at + n));
            }
            row.insert("card_expiry".into(), "11/34".into());
            for (field, value, _) in MARKED {
                row.insert(field.into(), value.into());
            }
            let cells: Vec<&str> = headers.iter().map(|name| row[*name].as_str()).collect();
            csv.push('\n');
            csv.push_str(&cells.join(","));
            rows.push(row);
        }
        Self { csv, rows }
    }

    /// Every value of a protected field, and every part of one that its mask hides.
    fn markers(&self) -> Vec<String> {
        let catalogue = Catalogue::shipped().expect("the shipped catalogue");
        let plain = |name: &str| {
            // `mobile_2` is an item of `mobile`.
            let stem = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_');
            let field = FieldName::parse(stem).ok().and_then(|stem| catalogue.field(&stem));
            field.is_some_and(|field| field.mask == MaskRule::Visible)
        };
        let values = self.rows.iter().flat_map(|row| row.iter().filter(|(name, _)| !plain(name)));
        let mut markers: Vec<String> = values.map(|(_, value)| value.clone()).collect();
        markers.extend(MARKED.iter().map(|(_, _, hidden)| hidden.to_string()));
        markers.retain(|marker| !marker.is_empty());
        markers.sort();
        markers.dedup();
        markers
    }
}

/// Answers that were collected, by what was asked.
#[derive(Default)]
struct Heard(Vec<(String, Vec<u8>)>);

impl Heard {
    fn keep(&mut self, asked: &str, answer: &Answer) {
        let head: String = answer.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
        self.0.push((asked.to_owned(), [head.as_bytes(), &answer.body].concat()));
    }
}

#[test]
fn m1_markers_in_every_protected_field_are_found_nowhere_but_in_the_one_revealed_answer() {
    let home = Home::new();
    let (collector, word) = (Collector::listening(), word(&home, 0o600, WORD));
    let env = [
        ("GRILLE_LOG", "trace"),
        ("GRILLE_TELEMETRY__OTLP", collector.address.as_str()),
        ("GRILLE_METRICS__TOKEN_FILE", word.as_str()),
    ];
    let app = TestApp::start(&home, &Start { staff: 1, env: &env, by: &[] });
    let customers = Customers::made(&home);
    let file = home.file("markers.csv");
    std::fs::write(&file, &customers.csv).unwrap();
    // With the server running: import has a writer of its own.
    let imported = home.run_with(
        &["import", "--json", &file.to_string_lossy()],
        &[("GRILLE_LOG", "trace"), ("GRILLE_LOG_FORMAT", "text")],
    );
    assert_eq!(json(&imported)["added"], customers.rows.len(), "{}", String::from_utf8_lossy(&imported.stderr));

    let needles = Needles::new(&customers.markers());
    assert!(!needles.found_in(customers.csv.as_bytes()).is_empty(), "the markers are in what was imported");
    let row = customers.rows.iter().find(|row| row["branch"] == "0101").expect("a customer of the teller's branch");
    let teller = Person::operator(&app);
    let case = teller.before("counter", &row["id_no"]);
    let mut heard = Heard::default();
    heard.0.push(("import".into(), [imported.stdout, imported.stderr].concat()));
    for (_, staff) in one_of_each_role(&app) {
        let person = Person::signed_in(&app, &staff);
        ask_everything(&person, &case, row, &mut heard);
    }
    ask_everything(&teller, &case, row, &mut heard);
    let shown = teller.reveal_by_code(&case, &[("field", "id_no"), ("reason", "COUNTER_SERVICE")]);
    assert_eq!(shown.json()["value"], row["id_no"].as_str());
    assert!(!needles.found_in(&shown.body).is_empty(), "the one answer that holds a value");
    let headers: String = shown.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    assert!(needles.found_in(headers.as_bytes()).is_empty(), "its headers do not");
    ask_everything(&teller, &case, row, &mut heard);
    let metrics = app.send(&Request::get("/metrics").with("Authorization", format!("Bearer {WORD}")));
    assert!(metrics.text().contains("grille_acts_total{kind=\"field_revealed\""), "numbers are told");
    heard.keep("metrics", &metrics);
    assert!(heard.0.len() > 200, "{} answers were looked at", heard.0.len());

    let mut leaks: Vec<String> = Vec::new();
    for (asked, bytes) in &heard.0 {
        leaks.extend(needles.found_in(bytes).iter().map(|found| format!("{asked}: {found}")));
    }
    assert!(home.stderr().len() > 10_000, "the program's own log says something");
    leaks.extend(needles.found_in(&home.stderr()).iter().map(|found| format!("standard error: {found}")));
    // While it runs, the write-ahead log is there; after a kill, all is as a thief would find it.
    let mut looked_at = look(&home, &needles, &mut leaks);
    // In order, so that all spans are sent.
    app.signal("TERM");
    app.wait();
    let spans = collector.heard();
    assert!(spans.len() > 10_000, "spans are sent");
    leaks.extend(needles.found_in(&spans).iter().map(|found| format!("spans: {found}")));
    looked_at += look(&home, &needles, &mut leaks);
    assert!(looked_at > 12, "{looked_at} files: database, its write-ahead log, keys, checkpoint, marks");
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));
}

fn look(home: &Home, needles: &Needles, leaks: &mut Vec<String>) -> usize {
    let files = files_below(&home.data());
    for path in &files {
        let bytes = std::fs::read(path).unwrap_or_default();
        leaks.extend(needles.found_in(&bytes).iter().map(|found| format!("{}: {found}", path.display())));
    }
    files.len()
}

fn one_of_each_role(app: &TestApp) -> BTreeMap<String, crate::person::Staff> {
    let fixed = app.staff.iter().filter(|staff| !staff.staff_no.starts_with("op11"));
    let roles: BTreeMap<_, _> = fixed.map(|staff| (staff.role.clone(), staff.clone())).collect();
    assert_eq!(roles.len(), 5, "operator, approver, supervisor, admin, auditor");
    assert!(roles["operator"].unit != "0101", "an operator of another branch looks on");
    roles
}

/// Every page and endpoint, as this person may and may not, in both languages.
fn ask_everything(person: &Person<'_>, case: &Case, row: &BTreeMap<String, String>, heard: &mut Heard) {
    let own = case.id.as_str();
    let id_no = row["id_no"].as_str();
    let forms: Vec<(&str, Vec<(&str, &str)>)> = vec![
        ("/api/cases/open", vec![("purpose", "counter")]),
        ("/api/cases/close", vec![("case_id", "019b0000-0000-7000-8000-000000000000")]),
        ("/api/customers/search", vec![("case_id", own), ("id_no", id_no)]),
        ("/api/customers/search", vec![("case_id", own), ("mobile", &row["mobile"])]),
        ("/api/customers/search", vec![("case_id", own), ("card_no", &row["card_no"])]),
        ("/api/customers/search", vec![("case_id", own), ("account_no", &row["account_no"])]),
        ("/api/customers/search", vec![("case_id", own), ("customer_no", &row["customer_no"])]),
        (
            "/api/customers/search",
            vec![
                ("case_id", own),
                ("name", &row["name"]),
                ("birth_date", &row["birth_date"]),
                ("branch", &row["branch"]),
            ],
        ),
        // Refused, with a value in it.
        ("/api/customers/search", vec![("case_id", own), ("name", &row["name"])]),
        ("/api/customers/search", vec![("case_id", own), ("id_no", id_no), ("page", id_no)]),
        ("/api/customers/search", vec![("case_id", own), ("id_no", id_no), (id_no, "1")]),
        ("/api/customers/search", vec![("case_id", id_no)]),
        ("/api/customers/view", vec![("case_id", own), ("customer_id", &case.customer)]),
        ("/api/customers/view", vec![("case_id", own), ("customer_id", id_no)]),
        ("/api/customers/reveal", vec![("case_id", own), ("customer_id", &case.customer), ("field", "id_no")]),
        (
            "/api/customers/reveal",
            vec![("case_id", own), ("customer_id", &case.customer), ("field", "email"), ("reason", "COUNTER_SERVICE")],
        ),
        (
            "/api/customers/reveal",
            vec![
                ("case_id", own),
                ("customer_id", &case.customer),
                ("field", "email"),
                ("reason", "COUNTER_SERVICE"),
                ("note", &row["address"]),
            ],
        ),
        ("/api/step_up/totp", vec![("challenge", id_no), ("code", "123456")]),
        ("/api/sign_in", vec![("staff_no", id_no), ("password", &row["email"])]),
        ("/api/verify_totp", vec![("code", id_no)]),
        ("/sign-in", vec![("staff_no", id_no), ("password", &row["email"])]),
        ("/cases/close", vec![("case_id", id_no)]),
    ];
    for (target, form) in &forms {
        let answer = person.post(target, form);
        heard.keep(&format!("{} POST {target} {form:?}", person.staff.staff_no), &answer);
    }
    let found = person.post("/customers", &[("case_id", own), ("id_no", id_no)]);
    heard.keep("POST /customers", &found);
    let found = found.header("location").unwrap_or("/customers").to_owned();
    let card = format!("/customers/{}?case={own}", case.customer);
    let wrong = format!("/customers?case={}", escape(id_no));
    let pages = ["/", "/customers", &found, &card, &wrong, "/sign-in", "/sign-in/verify", "/supervise/events", "/no"];
    for language in ["zh-CN", "en"] {
        for page in pages {
            let request = Request::get(page).with("Accept-Language", language).with("Cookie", person.cookie_header());
            heard.keep(&format!("{} GET {page}", person.staff.staff_no), &person.app.send(&request));
        }
    }
}
