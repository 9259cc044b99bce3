//! Behind proxies: who is answered, and whose word counts for where a request came from (U8).

use crate::app::{Home, TestApp};
use crate::http::{Answer, Request};
use crate::person::Person;
use std::net::{IpAddr, Ipv4Addr};

const ORIGIN: &str = "https://grille.bank.example";
const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 4));

/// Served behind 127.0.0.2 and 127.0.0.3, and asked by the first.
fn behind(home: &Home, headers: &str) -> TestApp {
    let env = [
        ("GRILLE_BEHIND_PROXY", "true"),
        ("GRILLE_PROXY__TRUSTED", "[\"127.0.0.2/31\"]"),
        ("GRILLE_PROXY__HEADERS", headers),
        ("GRILLE_ORIGIN", ORIGIN),
    ];
    let mut app = TestApp::init_and_serve(home, &env);
    app.way.from = Some(PROXY);
    app
}

/// Signs in with these headers on the second factor; gives back the address in the event.
fn address_of_sign_in(app: &TestApp, nth: usize, headers: &[(&str, &str)]) -> String {
    let person = Person::signed_out(app, &app.staff[nth]);
    let tried = person.first_factor().cookie(crate::person::TRY).expect("a try");
    let cookie = format!("{}={tried}", crate::person::TRY);
    let second = Request::post("/api/verify_totp", &[("code", &person.code())]).with("Cookie", cookie);
    let answer = app.send(&headers.iter().fold(second, |request, (name, value)| request.with(name, value)));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let events = app.log.of_request(answer.request_id());
    events[0].text("details/address").to_owned()
}

#[test]
fn u8_behind_a_proxy_the_event_has_the_clients_address_as_the_proxy_saw_it() {
    let home = Home::new();
    let app = behind(&home, "x-forwarded");
    // The client wrote the first, and the other header; the proxies the rest.
    let told = [
        ("X-Forwarded-For", "10.9.9.9"),
        ("X-Forwarded-For", "192.0.2.7, 127.0.0.3"),
        ("X-Forwarded-Proto", "https"),
        ("Forwarded", "for=10.9.9.9"),
        ("X-Real-IP", "10.9.9.9"),
    ];
    assert_eq!(address_of_sign_in(&app, 0, &told), "192.0.2.7");
    assert_eq!(address_of_sign_in(&app, 1, &[]), "", "no address is better than the proxy's");
}

#[test]
fn u8_behind_a_proxy_that_writes_forwarded_that_alone_is_read() {
    let home = Home::new();
    let app = behind(&home, "forwarded");
    let told = [("Forwarded", "for=10.9.9.9, for=\"[2001:db8::7]:4711\";proto=https"), ("X-Forwarded-For", "10.9.9.9")];
    assert_eq!(address_of_sign_in(&app, 0, &told), "2001:db8::7");
}

#[test]
fn u8_without_a_proxy_nobody_is_believed() {
    let app = TestApp::shared();
    let person = Person::signed_out(app, app.operator());
    let headers = [("X-Forwarded-For", "192.0.2.7"), ("Forwarded", "for=192.0.2.7"), ("X-Real-IP", "192.0.2.7")];
    let tried = person.first_factor().cookie(crate::person::TRY).expect("a try");
    let second = Request::post("/api/verify_totp", &[("code", &person.code())])
        .with("Cookie", format!("{}={tried}", crate::person::TRY));
    let answer = app.send(&headers.iter().fold(second, |request, (name, value)| request.with(name, value)));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(app.log.of_request(answer.request_id())[0].text("details/address"), "127.0.0.1");
}

#[test]
fn u8_who_is_no_named_proxy_is_refused_whatever_they_say() {
    let home = Home::new();
    let mut app = behind(&home, "x-forwarded");
    let refused = |answer: &Answer, code: &str| {
        assert_eq!((answer.status, answer.code().as_str()), (421, code));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(app_log_is_quiet(&home), "nobody acted");
    };
    for from in [None, Some(OTHER)] {
        app.way.from = from;
        for name in ["X-Forwarded-For", "X-Real-IP", "Via"] {
            refused(&app.send(&Request::get("/sign-in").with(name, "127.0.0.2")), "foreign_peer");
        }
        let form = [("staff_no", "ad9001"), ("password", "Grille-demo-2026")];
        refused(&app.send(&Request::post("/api/sign_in", &form)), "foreign_peer");
    }
    app.way.from = Some(PROXY);
    assert_eq!(app.send(&Request::get("/sign-in")).status, 200);
    let clear = Request::get("/sign-in").with("X-Forwarded-Proto", "http");
    refused(&app.send(&clear), "foreign_host");
    let renamed = Request::get("/sign-in").with("Host", "evil.example").with("X-Forwarded-Host", "grille.bank.example");
    refused(&app.send(&renamed), "foreign_host");
}

/// Whether nothing but the start, what `init` entered, and the process's own look at its log is in there.
fn app_log_is_quiet(home: &Home) -> bool {
    let kinds = ["staff_created", "server_started", "policy_loaded", "log_verified"];
    home.log().from(0).iter().all(|event| kinds.contains(&event.text("kind")))
}
