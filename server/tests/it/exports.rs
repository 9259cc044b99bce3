//! E6, E4: a file whose making is killed at ten points, and where its plaintext is: nowhere.

use crate::app::{Home, Start, TestApp, files_below, json, told};
use crate::http::Answer;
use crate::needles::Needles;
use crate::person::Person;
use std::path::PathBuf;
use std::time::Duration;

const KILLS: usize = 10;
const WHY: &str = "the inquiry names this field of every account";

impl Person<'_> {
    /// The whole way to an act that takes a factor of its own, by a code.
    pub fn by_code(&self, target: &str, form: &[(&str, &str)]) -> Answer {
        let asked = self.post(target, form);
        assert_eq!((asked.status, asked.code().as_str()), (403, "step_up_required"), "{target}: {}", asked.text());
        let challenge = asked.json()["challenge"].as_str().expect("a challenge").to_owned();
        let answer = self.post("/api/step_up/totp", &[("challenge", &challenge), ("code", &self.code())]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let form: Vec<_> = form.iter().copied().chain([("challenge", challenge.as_str())]).collect();
        let answer = self.post(target, &form);
        assert_eq!(answer.status, 200, "{target}: {}", answer.text());
        answer
    }
}

/// Customers of one branch, all taken on in one month: their file, and what of each is opened.
fn customers(home: &Home, count: usize) -> (String, Vec<String>) {
    let made = home.run(&["sample-customers", "--count", &count.to_string(), "--seed", "4711"]);
    let text = String::from_utf8(made.stdout).expect("CSV is UTF-8");
    let mut lines = text.lines();
    let headers: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let at = |name: &str| headers.iter().position(|header| *header == name).expect("a column");
    let (branch, opened, card, number) = (at("branch"), at("opened_on"), at("card_no"), at("customer_no"));
    let (mut csv, mut cards) = (headers.join(","), Vec::new());
    for (n, line) in lines.enumerate() {
        let mut cells: Vec<&str> = line.split(',').collect();
        let customer_no = format!("KILLED{n:06}");
        (cells[branch], cells[opened], cells[number]) = ("0101", "2019-02-03", &customer_no);
        cards.push(cells[card].to_owned());
        csv = csv + "\n" + &cells.join(",");
    }
    (csv, cards)
}

/// What lies in the folder of sealed files, with its length.
fn parts(home: &Home) -> Vec<(PathBuf, u64)> {
    let files = files_below(&home.data().join("exports")).into_iter();
    files.map(|path| (path.clone(), path.metadata().map_or(0, |meta| meta.len()))).collect()
}

/// Looks every millisecond, for a minute.
fn wait(what: &str, happened: impl Fn() -> bool) {
    for _ in 0..60_000 {
        if happened() {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("in vain until {what}");
}

#[test]
fn e6_killed_at_ten_points_of_its_making_a_file_is_begun_anew_and_nothing_of_it_is_readable() {
    let home = Home::new();
    let temporary = home.file("temporary");
    std::fs::create_dir(&temporary).unwrap();
    let temporary_text = temporary.to_string_lossy().into_owned();
    let env = [("GRILLE_EXPORT__ROWS_OPENED", "50000"), ("TMPDIR", temporary_text.as_str())];
    let how = Start { staff: 1, env: &env, by: &[] };
    let app = TestApp::start(&home, &how);
    let (csv, cards) = customers(&home, 3_000);
    let file = home.file("customers.csv");
    std::fs::write(&file, csv).unwrap();
    let imported = home.run(&["import", "--json", &file.to_string_lossy()]);
    assert!(json(&imported)["added"].as_u64().unwrap() > 2_900, "{}", told(&imported));
    std::fs::remove_file(file).unwrap();

    let operator = Person::operator(&app);
    let options = operator.post("/api/exports/options", &[]).json();
    let recipients = options["recipients"].as_array().expect("recipients");
    let recipient = recipients.iter().find(|one| one["kind"] == "authority").expect("the regulator");
    let form = [
        ("from", "2019-02-01"),
        ("to", "2019-02-28"),
        ("form_card_no", "plain"),
        ("why_card_no", WHY),
        ("form_name", "mask"),
        ("why_name", WHY),
        ("purpose", "judicial"),
        ("recipient", recipient["recipient_id"].as_str().expect("an id")),
        ("intended_use", "answers the court's inquiry about these accounts"),
        ("basis", "legal_duty"),
        ("retention_days", "30"),
        ("format", "csv"),
    ];
    let drawn = operator.post("/api/exports/create", &form);
    assert_eq!(drawn.status, 200, "{}", drawn.text());
    let export = drawn.json()["export_id"].as_str().expect("an id").to_owned();
    let of = [("export_id", export.as_str())];
    operator.by_code("/api/exports/submit", &of);
    for staff_no in ["ap2001", "ap2002"] {
        let approver = Person::signed_in(&app, app.staff(staff_no));
        let view = approver.post("/api/exports/view", &of).json();
        let digest = view["digest"].as_str().expect("a digest").to_owned();
        let vote = [("export_id", export.as_str()), ("digest", &digest), ("note", "compared with the court's letter")];
        approver.by_code("/api/exports/approve", &vote);
    }
    // What follows is watched from its first byte.
    app.kill();
    let app = TestApp::start(&home, &how);
    let operator = operator.at(&app);
    operator.by_code("/api/exports/generate", &of);
    app.kill();

    let needles = Needles::new(&cards[..200]);
    let scan = |when: &str| {
        for path in files_below(&home.data()).into_iter().chain(files_below(&temporary)) {
            let found = std::fs::read(&path).unwrap_or_default();
            assert!(needles.found_in(&found).is_empty(), "{when}: a card number in {}", path.display());
        }
    };
    let whole = 3_000 * 20;
    let mut cut = 0;
    for round in 0..KILLS {
        // Nobody waits for twenty seconds here: whoever made it before is known to be dead.
        home.log().meddle("UPDATE export_run SET heartbeat = 0 WHERE state = 'running'");
        let begun = home.log().of_kind("export_begun").len();
        let app = TestApp::start(&home, &how);
        // Another point each time: before the first byte, then after so many of them.
        let until = whole * round as u64 / KILLS as u64;
        wait("it is begun", || home.log().of_kind("export_begun").len() > begun);
        let there =
            |(path, length): &(PathBuf, u64)| path.extension().is_some_and(|end| end == "age") || *length >= until;
        if round > 0 {
            wait("so much of it is written", || parts(&home).iter().any(there));
        }
        app.kill();
        scan(&format!("round {round}"));
        cut += usize::from(home.log().number("SELECT COUNT(*) FROM export_run WHERE state = 'running'") == 1);
        if home.log().number("SELECT COUNT(*) FROM export_run WHERE state = 'generated'") == 1 {
            break;
        }
    }
    assert!(cut >= KILLS / 2, "it was killed while it was made, {cut} times");
    home.log().meddle("UPDATE export_run SET heartbeat = 0 WHERE state = 'running'");
    let app = TestApp::start(&home, &how);
    let operator = operator.at(&app);
    let status = || operator.post("/api/exports/status", &of).json();
    let made = (0..600).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        status()["state"] == "generated"
    });
    assert!(made, "{}", status());
    assert_eq!(status()["rows_done"], status()["rows"]);
    wait("nothing is left of the tries that died", || parts(&home).len() == 1);
    scan("at the end");
    app.kill();
    let left: Vec<PathBuf> = parts(&home).into_iter().map(|(path, _)| path).collect();
    assert_eq!(left.len(), 1, "nothing of the tries that died: {left:?}");
    let verified = home.run(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", told(&verified));
}
