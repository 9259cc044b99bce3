//! An orderly end: nobody is turned away who could have been sent elsewhere, and nothing is left half done (O3).

use crate::app::{Home, Start, TestApp, free_address, told};
use crate::cluster::Cluster;
use crate::http::{Request, connect};
use crate::person::{Case, Person, reveal};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Asks until the process says that it goes.
fn until_draining(app: &TestApp) {
    loop {
        let said = app.send(&Request::get("/readyz"));
        if said.status == 503 {
            assert_eq!(said.text(), r#"{"ready":false,"masks":true,"missing":["draining"]}"#);
            return;
        }
    }
}

#[test]
fn o3_told_to_stop_it_says_so_serves_on_closes_its_listener_and_ends_with_0() {
    let home = Home::new();
    let app = TestApp::start(&home, &Start { staff: 1, env: &[("GRILLE_SERVER__DRAIN_SECONDS", "10")], by: &[] });
    let person = Person::operator(&app);
    let keeping = Request::get("/sign-in").with("Host", &app.host);
    // `Connection: close` is this client's own; without it the connection would be kept.
    let keeping = String::from_utf8(keeping.bytes()).unwrap().replace("Connection: close\r\n", "");
    let mut kept = connect(app.addr, None).expect("a connection");
    app.signal("TERM");
    until_draining(&app);
    assert_eq!(app.send(&Request::get("/healthz")).status, 200);
    let case = person.before("counter", &app.guests[0].id_no);
    let shown = person.reveal_by_code(&case, &[("field", "name"), ("reason", "COUNTER_SERVICE")]);
    assert_eq!(shown.json()["value"], app.guests[0].name.as_str(), "who is there still works");
    // Whoever would keep a connection is told not to.
    kept.write_all(keeping.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    kept.read_to_end(&mut answer).expect("the connection is closed behind the answer");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.to_ascii_lowercase().contains("\r\nconnection: close\r\n"), "{answer}");
    assert_eq!(app.wait().code(), Some(0));
    assert!(TcpStream::connect(app.addr).is_err(), "nobody listens");
    let verified = home.run(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", told(&verified));
}

#[test]
fn o3_told_twice_it_ends_at_once() {
    let home = Home::new();
    let app = TestApp::start(&home, &Start { staff: 1, env: &[("GRILLE_SERVER__DRAIN_SECONDS", "3600")], by: &[] });
    app.signal("TERM");
    until_draining(&app);
    app.signal("INT");
    // Not after an hour, which is longer than any test may take.
    assert_eq!(app.wait().code(), Some(1));
}

#[test]
fn a7_a_live_tail_ends_with_the_process_and_its_reading_is_in_the_log() {
    let home = Home::new();
    let app = TestApp::start(&home, &Start { staff: 1, env: &[], by: &[] });
    let supervisor = Person::signed_in(&app, app.staff("su3001"));
    let request = Request::get("/supervise/events/tail").with("Host", &app.host);
    let mut tail = connect(app.addr, None).expect("a connection");
    tail.write_all(&request.with("Cookie", supervisor.cookie_header()).bytes()).expect("sent");
    let mut head = [0; 12];
    tail.read_exact(&mut head).expect("an answer");
    assert_eq!(&head, b"HTTP/1.1 200");
    app.signal("TERM");
    let mut rest = String::new();
    tail.read_to_string(&mut rest).expect("it ends");
    assert!(rest.contains("event: end"), "{rest}");
    assert_eq!(app.wait().code(), Some(0));
    assert_eq!(home.log().of_kind("log_read_closed").len(), 1);
}

/// A load balancer: the instances it knows take turns, those that say they are ready. It never asks twice: what an
/// instance took and did not answer is lost.
struct Balancer {
    addr: SocketAddr,
    instances: Arc<Mutex<Vec<SocketAddr>>>,
}

impl Balancer {
    fn at(addr: SocketAddr) -> Self {
        let listener = TcpListener::bind(addr).expect("an address");
        let instances: Arc<Mutex<Vec<SocketAddr>>> = Arc::default();
        let (known, turn) = (instances.clone(), Arc::new(AtomicUsize::new(0)));
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (known, turn) = (known.lock().unwrap().clone(), turn.clone());
                std::thread::spawn(move || drop(carry(client, &known, &turn)));
            }
        });
        Self { addr, instances }
    }
}

fn is_ready(instance: SocketAddr) -> bool {
    let Ok(stream) = connect(instance, None) else { return false };
    let request = Request::get("/readyz").with("Host", "balancer");
    crate::http::exchange(stream, &request.bytes()).is_ok_and(|answer| answer.status == 200)
}

/// One connection, byte for byte.
fn carry(client: TcpStream, known: &[SocketAddr], turn: &AtomicUsize) -> std::io::Result<()> {
    let first = turn.fetch_add(1, Ordering::Relaxed);
    let in_turn = (0..known.len()).map(|n| known[(first + n) % known.len()]);
    let instance = in_turn.filter(|instance| is_ready(*instance)).find_map(|instance| connect(instance, None).ok());
    let Some(instance) = instance else { return client.shutdown(Shutdown::Both) };
    let (mut from, mut to) = (client.try_clone()?, instance.try_clone()?);
    std::thread::spawn(move || drop(std::io::copy(&mut from, &mut to)));
    let (mut from, mut to) = (instance, client);
    std::io::copy(&mut from, &mut to)?;
    to.shutdown(Shutdown::Both)
}

const CLIENTS: usize = 4;
const FIELDS: [&str; 4] = ["name", "address", "employer", "birth_date"];

/// Works until told not to; gives back how many answers came. Each is whole and right, or the test fails.
fn work(person: &Person<'_>, case: &Case, done: &AtomicBool) -> usize {
    let mut answers = 0;
    while !done.load(Ordering::Relaxed) {
        for field in FIELDS {
            let asked = reveal(case, &[("field", field), ("reason", "COUNTER_SERVICE")]);
            let answer =
                person.app.try_send(&asked.with("Cookie", person.cookie_header())).expect("no request is lost");
            assert_eq!(answer.status, 200, "{}", answer.text());
            assert!(answer.json()["value"].is_string());
        }
        let page = person.app.try_send(&Request::get("/customers").with("Cookie", person.cookie_header()));
        assert_eq!(page.expect("no request is lost").status, 200);
        answers += FIELDS.len() + 1;
    }
    answers
}

#[test]
fn o3_two_instances_are_replaced_under_load_and_no_request_is_lost() {
    two_are_replaced(&Home::new());
}

#[test]
fn o3_two_instances_on_a_server_are_replaced_under_load_and_no_request_is_lost() {
    two_are_replaced(&Home::on(&Cluster::new()));
}

fn two_are_replaced(home: &Home) {
    let balancer = Balancer::at(free_address());
    let origin = format!("http://localhost:{}", balancer.addr.port());
    let env = [("GRILLE_ORIGIN", origin.as_str()), ("GRILLE_SERVER__DRAIN_SECONDS", "5")];
    let start = || {
        let how = Start { staff: CLIENTS as u16, env: &env, by: &[] };
        let app = TestApp::start_at(home, &how, free_address());
        balancer.instances.lock().unwrap().push(app.addr);
        app
    };
    let mut serving = vec![start(), start()];
    let site = serving[0].by_way_of(balancer.addr);
    let people: Vec<(Person<'_>, Case)> = (0..CLIENTS)
        .map(|n| {
            let person = Person::operator(&site);
            let case = person.before("counter", &site.guests[n % 3].id_no);
            assert_eq!(person.reveal_by_code(&case, &[("field", "name"), ("reason", "COUNTER_SERVICE")]).status, 200);
            (person, case)
        })
        .collect();
    let before = site.log.of_kind("field_revealed").len();
    let done = AtomicBool::new(false);
    let answers: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = people.iter().map(|(person, case)| scope.spawn(|| work(person, case, &done))).collect();
        // However this ends, the others end too.
        let replaced = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for _ in 0..2 {
                let next = start();
                let old = serving.remove(0);
                old.signal("TERM");
                assert_eq!(old.wait().code(), Some(0));
                balancer.instances.lock().unwrap().retain(|known| *known != old.addr);
                serving.push(next);
            }
        }));
        done.store(true, Ordering::Relaxed);
        let answers = workers.into_iter().map(|worker| worker.join().expect("a worker")).sum();
        replaced.expect("two instances were replaced");
        answers
    });
    assert!(answers > 10 * CLIENTS, "{answers} answers");
    let recorded = site.log.of_kind("field_revealed").len() - before;
    assert_eq!(recorded, answers / (FIELDS.len() + 1) * FIELDS.len(), "a value, an event");
    let verified = home.run(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", told(&verified));
}
