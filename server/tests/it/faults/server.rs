//! A server whose commits take their time, under the running binary.

use super::{Shift, WELL};
use crate::app::{Home, Start, TestApp};
use crate::cluster::Cluster;
use crate::http::Request;
use crate::instances::wait_until;
use std::sync::atomic::{AtomicBool, Ordering};

/// Each commit waits for a standby, and there is none, until this is dropped.
struct Slow<'a>(&'a Cluster);

impl<'a> Slow<'a> {
    fn begin(cluster: &'a Cluster) -> Self {
        cluster.run("ALTER SYSTEM SET synchronous_standby_names = '*'");
        cluster.run("SELECT pg_reload_conf()");
        Self(cluster)
    }
}

impl Drop for Slow<'_> {
    fn drop(&mut self) {
        self.0.run("ALTER SYSTEM RESET synchronous_standby_names");
        self.0.run("SELECT pg_reload_conf()");
    }
}

#[test]
fn v3_on_a_server_no_value_comes_before_its_commit_and_others_are_not_kept_from_reading() {
    let cluster = Cluster::new();
    let home = Home::on(&cluster);
    let app = TestApp::start(&home, &Start { staff: 5, env: &[], by: &[] });
    let mut shift = Shift::begin(&home, &app);
    shift.finds("well", &WELL);
    let teller = shift.teller.at(&app);
    let answered = AtomicBool::new(false);
    let shown = std::thread::scope(|scope| {
        let slow = Slow::begin(&cluster);
        let taken_up = "SELECT COUNT(*) FROM pg_settings WHERE name = 'synchronous_standby_names' AND setting = '*'";
        wait_until(|| home.log().number(taken_up) == 1);
        let asking = scope.spawn(|| {
            let answer = teller.reveal(&shift.case, &[("field", "name"), ("reason", "COUNTER_SERVICE")]);
            answered.store(true, Ordering::SeqCst);
            answer
        });
        let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
        wait_until(|| home.log().number(waiting) > 0);
        // Meanwhile: what only reads is answered.
        assert_eq!(app.send(&Request::get("/readyz")).status, 200);
        assert_eq!(app.send(&Request::get("/sign-in")).status, 200);
        assert!(!answered.load(Ordering::SeqCst), "it was shown before it was down");
        drop(slow);
        asking.join().expect("an answer")
    });
    assert_eq!(shown.status, 200, "{}", shown.text());
    assert_eq!(app.log.of_request(shown.request_id()).len(), 1);
    shift.shown.insert(shown.request_id().to_owned());
    shift.finds("fast again", &WELL);
    shift.end();
}
