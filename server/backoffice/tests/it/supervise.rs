//! The supervisor's window (S1, S7, A7): who may look, what each look leaves, and what a look shows of a log
//! that is not what it was.

use crate::filled::filled;
use crate::office::TestOffice;
use crate::people::{Person, Seat};
use backoffice::store::log::find::{self, Order, Wanted};
use domain::audit::checkpoint;
use domain::audit::event::{AuditEvent, Decision, Kind, VerdictName};
use domain::audit::merkle::{leaf_hash, tree_root};
use domain::audit::tile::{TilePath, decode_entries, decode_hashes};
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{At, DeskError, EventsAsk, EventsPage, Filters};
use domain::id::{CustomerId, FieldName, PurposeName, ReadingId, StaffNo};
use std::sync::Arc;

fn ask(filters: Filters, at: At, query: Option<ReadingId>) -> EventsAsk {
    EventsAsk { filters, at, limit: 20, query }
}

pub fn everything() -> Filters {
    Filters::default()
}

/// The last event of a kind.
async fn last_of(house: &TestOffice, kind: Kind) -> Option<AuditEvent> {
    house.events().await.into_iter().rev().find(|event| event.kind == kind)
}

/// A log of `size` entries and a supervisor before it.
pub async fn watched(size: u64) -> (Arc<TestOffice>, Seat) {
    let house = filled(size).await;
    let seat = house.seat(Person::supervisor()).await;
    (house, seat)
}

async fn newest(seat: &Seat, filters: Filters) -> EventsPage {
    seat.desk().await.events(ask(filters, At::Newest, None)).await.unwrap()
}

#[tokio::test]
async fn s1_an_operator_may_do_nothing_here_and_each_try_is_recorded() {
    let (house, seat) = TestOffice::with_operator().await;
    let desk = seat.desk().await;
    let refused = |error: Option<DeskError>| assert_eq!(error.unwrap(), Code::NotPermitted.into());
    refused(desk.events(ask(everything(), At::Newest, None)).await.err());
    house.last_is_refusal(Kind::LogRead, Code::NotPermitted).await;
    refused(desk.event(0).await.err());
    house.last_is_refusal(Kind::LogEventRead, Code::NotPermitted).await;
    refused(desk.overview().await.err());
    house.last_is_refusal(Kind::LogOverviewRead, Code::NotPermitted).await;
    refused(desk.proof(0).await.err());
    house.last_is_refusal(Kind::LogEventRead, Code::NotPermitted).await;
    refused(desk.verify_entry(0).await.err());
    house.last_is_refusal(Kind::LogVerified, Code::NotPermitted).await;
    refused(desk.verify_log().await.err());
    refused(desk.tail(everything(), None).await.err());
    house.last_is_refusal(Kind::LogRead, Code::NotPermitted).await;
    for path in ["tile/0/000.p/1", "tile/entries/000.p/1"] {
        refused(desk.tile(TilePath::parse(path).unwrap()).await.err());
    }
    refused(desk.integrity().await.err());
    refused(desk.checkpoint().await.err());
    house.last_is_refusal(Kind::RequestRefused, Code::NotPermitted).await;
}

#[tokio::test]
async fn a7_a_query_is_one_event_and_its_pages_another_with_the_range_seen() {
    let (house, seat) = watched(100).await;
    let before = house.size().await;
    let staff = Filters { staff_no: StaffNo::parse("op1001").ok(), ..everything() };
    let first = newest(&seat, staff.clone()).await;
    assert_eq!(house.size().await, before + 1);
    let opened = last_of(&house, Kind::LogRead).await.unwrap();
    assert_eq!(opened.details.subject_staff, staff.staff_no);
    assert_eq!(first.rows.len(), 20);
    let second = seat.desk().await;
    let second = second.events(ask(staff.clone(), At::Before(first.older.unwrap()), Some(first.query))).await.unwrap();
    assert_eq!(second.query, first.query);
    assert_eq!(second.rows[0].seq + 1, first.rows[19].seq, "pages follow on each other");
    assert_eq!(house.size().await, before + 1, "a page is no event of its own");
    // Another query ends this one.
    newest(&seat, everything()).await;
    let closed = last_of(&house, Kind::LogReadClosed).await.unwrap().details;
    assert_eq!(closed.opened, Some(opened.id));
    assert_eq!((closed.lowest, closed.highest), (Some(second.rows[19].seq), Some(first.rows[0].seq)));
    assert_eq!((closed.pages, closed.rows), (Some(2), Some(40)));
    house.whole().await;
}

#[tokio::test]
async fn a7_a_cursor_without_a_live_query_of_ones_own_is_a_query() {
    let (house, seat) = watched(100).await;
    let auditor = house.seat(Person::auditor()).await;
    let own = newest(&seat, everything()).await;
    let readings = async || house.events().await.iter().filter(|event| event.kind == Kind::LogRead).count();
    let so_far = readings().await;
    let before = At::Before(50);
    // No query, a forged one, another's, and one's own for other filters.
    let other = Filters { decision: Some(Decision::Refused), ..everything() };
    for (who, filters, query) in [
        (&auditor, everything(), Some(own.query)),
        (&seat, everything(), Some(ReadingId::from_bytes([9; 16]))),
        (&seat, everything(), None),
        (&seat, other, Some(own.query)),
    ] {
        let page = who.desk().await.events(ask(filters, before, query)).await.unwrap();
        assert_ne!(Some(page.query), query);
    }
    assert_eq!(readings().await, so_far + 4);
    // And one that was idle for five minutes.
    let page = newest(&seat, everything()).await;
    house.wait(Span::minutes(6));
    let late = seat.desk().await.events(ask(everything(), before, Some(page.query))).await.unwrap();
    assert_ne!(late.query, page.query);
    assert_eq!(readings().await, so_far + 6);
}

#[tokio::test]
async fn a7_a_reading_is_closed_by_sign_out_and_by_five_idle_minutes() {
    let (house, seat) = watched(20).await;
    newest(&seat, everything()).await;
    seat.desk().await.sign_out().await.unwrap();
    let kinds: Vec<Kind> = house.events().await.iter().rev().take(2).map(|event| event.kind).collect();
    assert_eq!(kinds, [Kind::SignedOut, Kind::LogReadClosed]);
    let auditor = house.seat(Person::auditor()).await;
    newest(&auditor, everything()).await;
    house.office.close_idle_readings().await.unwrap();
    assert_ne!(house.last().await.kind, Kind::LogReadClosed, "it may still go on");
    house.wait(Span::minutes(5));
    house.office.close_idle_readings().await.unwrap();
    let closed = house.last().await;
    assert_eq!((closed.kind, closed.actor.unwrap().staff_no.as_str()), (Kind::LogReadClosed, "au4001"));
    let size = house.size().await;
    house.office.close_idle_readings().await.unwrap();
    assert_eq!(house.size().await, size, "told once");
}

#[tokio::test]
async fn a7_a_readers_own_readings_are_left_out_unless_asked_for_and_others_are_not() {
    let (house, seat) = watched(20).await;
    newest(&seat, everything()).await;
    seat.desk().await.event(3).await.unwrap();
    let page = newest(&seat, everything()).await;
    let kinds =
        |page: &EventsPage| -> Vec<Kind> { page.rows.iter().map(|row| row.event.as_ref().unwrap().kind).collect() };
    assert!(!kinds(&page).iter().any(|kind| domain::desk::READINGS.contains(kind)), "{:?}", kinds(&page));
    let page = newest(&seat, Filters { own: true, ..everything() }).await;
    assert!(kinds(&page).contains(&Kind::LogEventRead) && kinds(&page).contains(&Kind::LogReadClosed));
    let auditor = house.seat(Person::auditor()).await;
    assert!(kinds(&newest(&auditor, everything()).await).contains(&Kind::LogEventRead));
}

#[tokio::test]
async fn s1_each_filter_finds_what_it_names_and_pages_go_both_ways() {
    let (house, seat) = watched(60).await;
    let all = house.events().await;
    let at = all[55].time;
    let cases = [
        (Filters { customer: Some(CustomerId::from_bytes([4; 16])), ..everything() }, 59),
        (Filters { purpose: PurposeName::parse("complaint").ok(), ..everything() }, 59),
        (Filters { field: FieldName::parse("id_no").ok(), ..everything() }, 59),
        (Filters { field: FieldName::parse("mobile").ok(), ..everything() }, 0),
        (Filters { kind: Some(Kind::StaffCreated), ..everything() }, 1),
        (Filters { decision: Some(Decision::Refused), kind: Some(Kind::FieldRevealed), ..everything() }, 59),
        (Filters { alert: true, ..everything() }, 0),
        (Filters { miss: true, ..everything() }, 0),
        (Filters { to: Some(at), ..everything() }, all.iter().filter(|event| event.time < at).count()),
        (Filters { from: Some(at), to: Some(at.plus(Span::seconds(2))), ..everything() }, 2),
    ];
    for (filters, count) in cases {
        let desk = seat.desk().await;
        let page = desk.events(EventsAsk { limit: 200, ..ask(filters.clone(), At::Newest, None) }).await.unwrap();
        assert_eq!(page.rows.len(), count, "{filters:?}");
        assert!(page.rows.iter().all(|row| row.sound) && page.rows.windows(2).all(|two| two[0].seq > two[1].seq));
    }
    let first = newest(&seat, everything()).await;
    let older = seat.desk().await.events(ask(everything(), At::Before(first.older.unwrap()), Some(first.query))).await;
    let older = older.unwrap();
    let back = seat.desk().await.events(ask(everything(), At::After(older.newer), Some(first.query))).await.unwrap();
    let numbers = |page: &EventsPage| page.rows.iter().map(|row| row.seq).collect::<Vec<_>>();
    assert_eq!(numbers(&back), numbers(&first));
}

#[tokio::test]
async fn s1_each_filter_has_an_index_that_ends_with_the_number() {
    let house = filled(20).await;
    let cases = [
        (everything(), "PRIMARY KEY"),
        (Filters { staff_no: StaffNo::parse("op1001").ok(), ..everything() }, "log_entry_by_staff"),
        (Filters { customer: Some(CustomerId::from_bytes([4; 16])), ..everything() }, "log_entry_by_customer"),
        (Filters { purpose: PurposeName::parse("aml").ok(), ..everything() }, "log_entry_by_purpose"),
        (Filters { field: FieldName::parse("id_no").ok(), ..everything() }, "log_entry_by_field"),
        (Filters { kind: Some(Kind::StepUp), ..everything() }, "log_entry_by_kind"),
        (Filters { decision: Some(Decision::Refused), ..everything() }, "log_entry_refused"),
        (Filters { decision: Some(Decision::Allowed), ..everything() }, "PRIMARY KEY"),
        (Filters { alert: true, ..everything() }, "log_entry_alerted"),
        (Filters { miss: true, ..everything() }, "log_entry_missed"),
    ];
    if !house.database.is_file() {
        // What PostgreSQL does with a table of a few rows tells nothing.
        return;
    }
    let reader = StaffNo::parse("su3001").unwrap();
    for (filters, index) in cases {
        for order in [Order::NewestFirst, Order::OldestFirst] {
            let wanted = Wanted { filters: &filters, not_by: Some(&reader), from: 0, until: 9, order, limit: 51 };
            let plan = find::plan(house.office.db(), &wanted).await.unwrap().join("; ");
            assert!(
                plan.contains(index) && !plan.contains("SCAN") && !plan.contains("TEMP B-TREE"),
                "{filters:?}: {plan}"
            );
        }
    }
}

#[tokio::test]
async fn a1_the_tree_is_rebuilt_from_checkpoint_and_tiles_alone() {
    let house = filled(600).await;
    let auditor = house.seat(Person::auditor()).await;
    let desk = auditor.desk().await;
    let note = desk.checkpoint().await.unwrap();
    let signed = checkpoint::open(&note, &house.key()).unwrap();
    let (mut leaves, mut entries) = (Vec::new(), Vec::new());
    let last = signed.size % 256;
    for (n, width) in [("000", 256), ("001", 256), (&*format!("002.p/{last}"), last as u16)] {
        let hashes = desk.tile(TilePath::parse(&format!("tile/0/{n}")).unwrap()).await.unwrap();
        leaves.extend(decode_hashes(&hashes, width).unwrap());
        let bundle = desk.tile(TilePath::parse(&format!("tile/entries/{n}")).unwrap()).await.unwrap();
        entries.extend(decode_entries(&bundle, width).unwrap().into_iter().map(leaf_hash));
    }
    assert_eq!(tree_root(&leaves), signed.root);
    assert_eq!(leaves, entries, "the entries are what was hashed");
    let above = desk.tile(TilePath::parse("tile/1/000.p/2").unwrap()).await.unwrap();
    assert_eq!(decode_hashes(&above, 2).unwrap(), [tree_root(&leaves[..256]), tree_root(&leaves[256..512])]);
    for beyond in ["tile/0/002", "tile/0/003.p/1", "tile/1/000.p/3", "tile/2/000.p/1", "tile/entries/003.p/1"] {
        let refused = desk.tile(TilePath::parse(beyond).unwrap()).await.unwrap_err();
        assert_eq!(refused, Code::NotFound.into(), "{beyond}");
    }
    // One reading, though three bundles: what was taken is told when it is closed.
    house.wait(Span::minutes(5));
    house.office.close_idle_readings().await.unwrap();
    let taken = last_of(&house, Kind::LogReadClosed).await.unwrap().details;
    assert_eq!((taken.lowest, taken.highest, taken.rows), (Some(0), Some(signed.size - 1), Some(signed.size)));
    assert_eq!(house.count(Kind::LogRead, None).await, 1);
}

#[tokio::test]
async fn a1_a_supervisor_gets_hashes_and_proofs_and_no_bundle() {
    let (house, seat) = watched(300).await;
    let desk = seat.desk().await;
    for seq in [0, 17, 255, 256, 299] {
        let proof = desk.proof(seq).await.unwrap();
        let signed = checkpoint::open(&proof.checkpoint, &house.key()).unwrap();
        let leaf = leaf_hash(&house.events().await[seq as usize].encode().unwrap());
        assert_eq!(proof.leaf_hash, leaf);
        proof.inclusion.verify_in(&leaf, &signed).unwrap();
    }
    let bundle = desk.tile(TilePath::parse("tile/entries/000").unwrap()).await;
    assert_eq!(bundle.unwrap_err(), Code::NotPermitted.into());
    house.last_is_refusal(Kind::LogRead, Code::NotPermitted).await;
    assert_eq!(desk.proof(1_000_000).await.unwrap_err(), Code::NotFound.into());
}

#[tokio::test]
async fn a4_an_altered_entry_shows_as_such_and_the_look_is_an_alarm() {
    let (house, seat) = watched(300).await;
    let good = seat.desk().await.event(9).await.unwrap();
    assert!(good.check.whole() && good.check.in_tree == Some(true) && good.check.signature == Some(true));
    // Another customer in the bytes, in the same length, by someone who has the file.
    house
        .meddle(
            "DROP TRIGGER log_entry_is_never_changed;
             UPDATE log_entry SET bytes = CAST(replace(CAST(bytes AS TEXT), '04040404', '05050505') AS BLOB) WHERE seq = 9;
             UPDATE log_entry SET staff_no = 'op9999' WHERE seq = 10;
             DROP TRIGGER log_entry_is_never_deleted; DROP TRIGGER log_entry_has_no_gap;
             DELETE FROM log_entry WHERE seq = 11;",
        )
        .await
        .unwrap();
    let desk = seat.desk().await;
    let nine = desk.event(9).await.unwrap().check;
    assert_eq!((nine.whole(), nine.leaf_hash, nine.in_tree), (false, false, Some(false)));
    let alarm = house.last().await;
    assert_eq!(
        (alarm.kind, alarm.details.verdict, alarm.details.entry),
        (Kind::LogVerified, Some(VerdictName::NotWhole), Some(9))
    );
    assert_eq!(alarm.details.alert.unwrap().as_str(), "log.not_whole");
    let ten = desk.verify_entry(10).await.unwrap();
    assert_eq!((ten.whole(), ten.leaf_hash, ten.columns, ten.in_tree), (false, true, false, Some(true)));
    let eleven = desk.event(11).await.unwrap();
    assert!(!eleven.check.event && eleven.check.in_tree == Some(false) && eleven.row.event.is_none());
    let page = desk.events(ask(everything(), At::Before(13), None)).await.unwrap();
    let unsound: Vec<u64> = page.rows.iter().filter(|row| !row.sound).map(|row| row.seq).collect();
    assert_eq!(unsound, [10, 9]);
    let alerts = newest(&seat, Filters { alert: true, ..everything() }).await;
    assert_eq!(alerts.rows.len(), 3, "each look that found something is told to all supervisors");
}

#[tokio::test]
async fn s7_the_whole_log_is_verified_one_at_a_time_and_recorded() {
    let (house, seat) = watched(50).await;
    assert!(seat.desk().await.integrity().await.unwrap().verified.is_none());
    let size = house.size().await as u64;
    assert!(house.office.prove_log().await.unwrap().ok());
    let event = house.last().await;
    assert_eq!(
        (event.kind, event.details.verdict, event.details.size),
        (Kind::LogVerified, Some(VerdictName::Whole), Some(size))
    );
    let told = seat.desk().await.integrity().await.unwrap();
    assert_eq!(told.verified.map(|last| (last.size, last.verdict, last.findings)), Some((size, VerdictName::Whole, 0)));
    assert_eq!(told.checkpoint.map(|checkpoint| checkpoint.signed), Some(Some(true)));
    assert_eq!(told.audited, None, "a supervisor's reading is no audit");
    let auditor = house.seat(Person::auditor()).await;
    newest(&auditor, everything()).await;
    assert!(seat.desk().await.integrity().await.unwrap().audited.is_some());
    house
        .meddle("DROP TRIGGER log_entry_is_never_changed; UPDATE log_entry SET kind = 'x' WHERE seq = 5")
        .await
        .unwrap();
    assert!(!house.office.prove_log().await.unwrap().ok());
    let told = seat.desk().await.integrity().await.unwrap().verified.unwrap();
    assert_eq!((told.verdict, told.first), (VerdictName::NotWhole, Some(5)));
    assert_eq!(house.last().await.details.alert.unwrap().as_str(), "log.not_whole");
}

#[tokio::test]
async fn s7_a_press_of_the_button_is_recorded_under_its_name() {
    let (house, seat) = watched(30).await;
    let desk = seat.desk().await;
    desk.verify_log().await.unwrap();
    // It runs by itself; integrity says when it is done.
    while desk.integrity().await.unwrap().verified.is_none() {
        tokio::task::yield_now().await;
    }
    let event = last_of(&house, Kind::LogVerified).await.unwrap();
    assert_eq!(event.actor.unwrap().staff_no.as_str(), "su3001");
}
