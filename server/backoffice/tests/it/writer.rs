//! The one writer: no receipt before the commit, no change without its event, no fork (A1, A2).

use crate::filled::{Fill, filled};
use crate::office::TestOffice;
use crate::people::Person;
use backoffice::audit::{Act, ActError, Verdict};
use backoffice::store::WriteTx;
use backoffice::store::log::{self, Head};
use backoffice::store::statement::sql;
use domain::audit::event::{AuditEvent, Kind};
use domain::audit::merkle::empty_root;
use domain::clock::Timestamp;
use domain::code::Code;
use domain::desk::DeskError;
use std::sync::Arc;
use tokio::task::JoinSet;

#[tokio::test]
async fn a2_a_change_and_its_event_are_there_together_when_the_receipt_is() {
    let (house, seat) = TestOffice::with_operator().await;
    let before = house.size().await;
    let case = seat.open("complaint").await;
    assert_eq!(house.size().await, before + 1);
    let event = house.last().await;
    assert_eq!((event.kind, event.details.case), (Kind::CaseOpened, Some(case)));
    // Seen by another connection: it is committed.
    let found = sql("SELECT id FROM work_case WHERE id = $1").bind(&case.as_bytes()[..]);
    assert_eq!(found.fetch_all(&mut house.intruder().await).await.unwrap().len(), 1);
    house.whole().await;
}

#[tokio::test]
async fn a2_a_failing_act_leaves_nothing_and_others_of_its_batch_survive() {
    let (house, seat) = TestOffice::with_operator().await;
    let mut cases = Vec::new();
    for _ in 0..4 {
        cases.push(seat.open("complaint").await);
    }
    // Closing the second case fails in the database, after the act began.
    let id = data_encoding::HEXLOWER.encode(cases[1].as_bytes());
    let fails = match house.database.is_file() {
        true => format!(
            "CREATE TRIGGER test_fails BEFORE UPDATE ON work_case WHEN OLD.id = x'{id}' BEGIN SELECT RAISE(ABORT, 'no'); END"
        ),
        false => format!(
            "CREATE TRIGGER test_fails BEFORE UPDATE ON work_case FOR EACH ROW WHEN (OLD.id = x'{id}') \
             EXECUTE FUNCTION test_fails()"
        ),
    };
    house.meddle(&fails).await.unwrap();
    let before = house.size().await;
    let mut closing = JoinSet::new();
    for case in cases.clone() {
        let desk = seat.desk().await;
        closing.spawn(async move { (case, desk.close_case(case).await) });
    }
    for (case, closed) in closing.join_all().await {
        let should = if case == cases[1] { Err(Code::LogUnavailable.into()) } else { Ok(()) };
        assert_eq!(closed, should);
    }
    assert_eq!(house.size().await, before + 3);
    let open: Vec<_> = seat.desk().await.cases().await.unwrap().into_iter().map(|case| case.id).collect();
    assert_eq!(open, [cases[1]]);
    house.whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a1_two_processes_on_one_file_interleave_without_a_fork() {
    let one = TestOffice::empty().await;
    let other = one.neighbour().await;
    let mut acts = JoinSet::new();
    for n in 0..600_u32 {
        let ledger = if n % 2 == 0 { one.office.ledger() } else { other.office.ledger() }.clone();
        acts.spawn(async move {
            if n % 50 == 0 {
                tokio::task::yield_now().await;
            }
            ledger.act(Fill(n as u8)).await.map(drop)
        });
    }
    for outcome in acts.join_all().await {
        assert_eq!(outcome, Err(ActError::Refused(Code::NotFound.into())));
    }
    let verified = one.whole().await;
    assert_eq!(verified.size, 602, "600 and two starts");
    assert_eq!(other.whole().await, verified);
}

#[tokio::test]
async fn a1_a_session_and_a_log_are_shared_by_two_processes_act_by_act() {
    let one = TestOffice::empty().await;
    let here = one.seat(Person::operator()).await;
    let other = one.neighbour().await;
    let there = here.at(&other);
    for _ in 0..2 {
        let case = here.open("complaint").await;
        there.desk().await.close_case(case).await.unwrap();
        assert_eq!(here.desk().await.close_case(case).await, Err(Code::CaseClosed.into()));
    }
    one.whole().await;
}

#[tokio::test]
async fn a1_the_log_refuses_updates_and_deletions() {
    let house = TestOffice::empty().await;
    for sql in [
        "UPDATE log_entry SET kind = 'signed_in'",
        "UPDATE log_entry SET seq = 9",
        "DELETE FROM log_entry",
        "INSERT OR REPLACE INTO log_entry SELECT * FROM log_entry",
        "INSERT INTO log_entry SELECT 7, leaf_hash, bytes, time, kind, decision, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
         FROM log_entry",
        "UPDATE log_head SET size = 0",
        "UPDATE log_head SET latest = 1",
        "DELETE FROM log_head",
    ] {
        assert!(house.meddle(sql).await.is_err(), "{sql}");
    }
    house.meddle("INSERT INTO log_tile VALUES (0, 0, x'', x'')").await.unwrap();
    assert!(house.meddle("UPDATE log_tile SET root = x'00'").await.is_err());
    assert!(house.meddle("DELETE FROM log_tile").await.is_err());
}

#[tokio::test]
async fn a1_the_head_moves_from_where_it_is_and_from_nowhere_else() {
    let house = TestOffice::empty().await;
    let mut conn = house.office.db().write_connection(backoffice::store::WriteCache::Serving).await.unwrap();
    let head = log::head(&mut conn).await.unwrap();
    let to = Head { size: 9, root: empty_root(), latest: Timestamp::from_millis(i64::MAX), note: String::new() };
    for wrong in [0, head.size + 1, head.size + 256] {
        assert!(!log::move_head(&mut conn, wrong, &to).await.unwrap());
    }
    assert_eq!(log::head(&mut conn).await.unwrap(), head);
    house.whole().await;
}

#[tokio::test]
async fn a3_each_checkpoint_leaves_the_database_as_it_is_made() {
    let house = TestOffice::empty().await;
    let file = house.path("checkpoint");
    for n in 0..3 {
        house.office.ledger().act(Fill(n)).await.unwrap_err();
        let note = house.checkpoint().await;
        // The file follows in a task of its own.
        let follows = async {
            while std::fs::read_to_string(&file).unwrap_or_default() != note {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), follows).await.unwrap();
    }
    drop(Arc::clone(&house));
}

/// An act that breaks.
struct Panics;

#[async_trait::async_trait]
impl Act for Panics {
    type Fact = ();
    async fn apply(&mut self, _: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        panic!("as if something were wrong with it");
    }
    fn barred(&self, _: &WriteTx<'_>, _: &DeskError) -> AuditEvent {
        unreachable!()
    }
}

#[tokio::test]
async fn a2_an_act_that_panics_is_not_done_and_the_writer_goes_on() {
    let house = filled(20).await;
    let ledger = house.office.ledger();
    let unavailable = Some(ActError::Unavailable(Code::LogUnavailable));
    let (broken, beside) = tokio::join!(ledger.act(Panics), ledger.act(Fill(1)));
    assert_eq!(broken.err(), unavailable);
    assert_eq!(beside.err(), Some(ActError::Refused(Code::NotFound.into())));
    ledger.act(Fill(2)).await.unwrap_err();
    house.whole().await;
}
