//! Whether the time of an answer tells what was wrong (U2; ASVS 6.3.8). It takes some ten minutes and a machine
//! with nothing else to do, so `make timing` runs it and nothing else does.

use crate::app::{Home, Start, TestApp};
use crate::http::{Answer, Request, connect, exchange};
use crate::person::TRY;
use std::net::{IpAddr, Ipv4Addr};
use tokio::time::Instant;

/// Of each kind.
const TRIES: usize = 1000;
/// So many accounts share the wrong passwords that none is tried ten times, or again before its delay is over.
const STAFF: u16 = 150;
/// One chance in a thousand that times alike look so unlike.
const ALPHA: f64 = 0.001;

/// Milliseconds that the first answer took, the second, and both.
type Times = [f64; 3];

fn timed(app: &TestApp, from: IpAddr, request: &Request) -> (Answer, f64) {
    let bytes = request.clone().with("Host", &app.host).with("Origin", &app.origin).bytes();
    let stream = connect(app.addr, Some(from)).expect("a connection");
    let begun = Instant::now();
    let answer = exchange(stream, &bytes).expect("an answer");
    (answer, begun.elapsed().as_secs_f64() * 1000.0)
}

/// One sign-in that fails, from an address that nobody else uses.
fn fail(app: &TestApp, n: usize, staff_no: &str) -> Times {
    let from = Ipv4Addr::from_bits(0x7f02_0000 + n as u32).into();
    let form = [("staff_no", staff_no), ("password", "Grille-demo-2025")];
    let (answer, first) = timed(app, from, &Request::post("/api/sign_in", &form));
    let cookie = format!("{TRY}={}", answer.cookie(TRY).expect("a try"));
    let code = Request::post("/api/verify_totp", &[("code", "000000")]).with("Cookie", cookie);
    let (answer, second) = timed(app, from, &code);
    assert_eq!((answer.status, answer.code().as_str()), (401, "sign_in_failed"));
    [first, second, first + second]
}

/// The statistic of the two-sample Kolmogorov–Smirnov test: how far apart the two distributions ever are.
fn farthest(one: &mut [f64], other: &mut [f64]) -> f64 {
    one.sort_by(f64::total_cmp);
    other.sort_by(f64::total_cmp);
    let below = |sample: &[f64], at: f64| sample.partition_point(|time| *time <= at) as f64 / sample.len() as f64;
    one.iter().chain(other.iter()).map(|at| (below(one, *at) - below(other, *at)).abs()).fold(0.0, f64::max)
}

/// How likely two samples of one distribution are to be so far apart (Kolmogorov's limit, with Stephens' correction).
fn chance(statistic: f64, one: usize, other: usize) -> f64 {
    let root = ((one * other) as f64 / (one + other) as f64).sqrt();
    let lambda = (root + 0.12 + 0.11 / root) * statistic;
    let terms = (1..=100).map(|k| {
        let k = f64::from(k);
        (if k % 2.0 == 1.0 { 2.0 } else { -2.0 }) * (-2.0 * k * k * lambda * lambda).exp()
    });
    // The series does not come to its end where the chance is all but one.
    if lambda < 0.2 { 1.0 } else { terms.sum::<f64>().clamp(0.0, 1.0) }
}

/// Prints a line and gives back the chance.
#[expect(clippy::print_stdout, reason = "the numbers are what it is run for")]
fn compare(what: &str, one: &[Times], other: &[Times], part: usize) -> f64 {
    let [mut one, mut other] = [one, other].map(|times| times.iter().map(|time| time[part]).collect::<Vec<_>>());
    let statistic = farthest(&mut one, &mut other);
    let chance = chance(statistic, one.len(), other.len());
    let [here, there] = [&one, &other].map(|times| times[times.len() / 2]);
    println!(
        "{what:<42} n = {} and {}, medians {here:.3} and {there:.3} ms, D = {statistic:.4}, p = {chance:.4}",
        one.len(),
        other.len()
    );
    chance
}

#[test]
#[ignore = "ten minutes: make timing"]
fn u2_the_time_of_an_answer_does_not_tell_an_unknown_number_from_a_wrong_password() {
    let home = Home::new();
    let app = TestApp::start(&home, &Start { staff: STAFF, env: &[], by: &[] });
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for n in 0..TRIES {
        let (wrong, nobody) = (format!("op{}", 1101 + n % usize::from(STAFF)), format!("op{}", 8000 + n));
        // Neither always goes first.
        if (n * 2_654_435_761) & 64 == 0 {
            known.push(fail(&app, 2 * n, &wrong));
            unknown.push(fail(&app, 2 * n + 1, &nobody));
        } else {
            unknown.push(fail(&app, 2 * n + 1, &nobody));
            known.push(fail(&app, 2 * n, &wrong));
        }
    }
    let (early, late): (Vec<_>, Vec<_>) = unknown.iter().enumerate().partition(|(n, _)| n % 2 == 0);
    let [early, late] = [early, late].map(|half| half.into_iter().map(|(_, times)| *times).collect::<Vec<_>>());
    compare("for comparison, unknown with unknown, both", &early, &late, 2);
    let parts = ["first factor", "second factor", "both"].into_iter().enumerate();
    let chances = parts.map(|(part, what)| (what, compare(what, &known, &unknown, part))).collect::<Vec<_>>();
    for (what, chance) in chances {
        assert!(chance > ALPHA, "{what}: p = {chance}");
    }
}

#[test]
fn u2_the_test_that_is_applied_tells_what_is_apart_from_what_is_not() {
    let even: Vec<f64> = (0..1000).map(|n| f64::from(n) * 2.0).collect();
    let odd: Vec<f64> = even.iter().map(|n| n + 1.0).collect();
    let moved: Vec<f64> = even.iter().map(|n| n + 200.0).collect();
    let apart = |other: &[f64]| farthest(&mut even.clone(), &mut other.to_vec());
    assert!((apart(&odd) - 0.001).abs() < 1e-9 && (apart(&moved) - 0.1).abs() < 1e-9);
    assert!((apart(&even)).abs() < 1e-9);
    assert!(chance(0.001, 1000, 1000) > 0.999);
    // The tables' 5 % and 0.1 % for two samples of a thousand.
    assert!((chance(1.358 / 500_f64.sqrt(), 1000, 1000) - 0.05).abs() < 0.003);
    assert!((chance(1.949 / 500_f64.sqrt(), 1000, 1000) - 0.001).abs() < 0.0002);
}
