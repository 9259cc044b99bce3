//! What may be done with a value that is on a screen, and what the screen tells about it (V4, V9).

use crate::customers::Customer;
use crate::office::TestOffice;
use crate::people::{Person, Seat, reveal_form};
use backoffice::hooks::Place;
use backoffice::vault::KeyKind;
use domain::audit::event::{AttemptName, Decision, Kind};
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{DeskError, More, RevealNo, RevealedLately};
use domain::id::{CaseId, Handle, StaffNo};
use std::sync::Arc;

/// An operator with a value on the screen.
struct Screen {
    house: Arc<TestOffice>,
    seat: Seat,
    customer: Customer,
    case: CaseId,
    handle: Handle,
    reveal: RevealNo,
}

fn no(seq: u64) -> RevealNo {
    RevealNo::parse(&seq.to_string()).unwrap()
}

impl Screen {
    async fn with(field: &str) -> Self {
        let (house, seat) = TestOffice::with_operator().await;
        let customer = house.customer().await;
        let (case, handle) = seat.bound("complaint", &customer).await;
        let shown = seat.reveal(&reveal_form(case, handle, field)).await;
        Self { house, seat, customer, case, handle, reveal: no(shown.event) }
    }

    async fn more(&self) -> Result<More, DeskError> {
        self.seat.desk().await.more(self.reveal).await
    }

    async fn copied(&self) -> Result<(), DeskError> {
        self.seat.desk().await.copied(self.reveal).await
    }

    async fn attempted(&self, attempt: AttemptName) -> Result<(), DeskError> {
        self.seat.desk().await.attempted(self.reveal, attempt).await
    }

    async fn rated(&self, needed: bool) -> Result<(), DeskError> {
        self.seat.desk().await.rated(self.reveal, needed).await
    }

    /// Asserts that as long again and a copy are both refused so, and that both refusals are recorded.
    async fn nothing_more(&self, code: Code) {
        assert_eq!(self.more().await, Err(code.into()));
        let event = self.house.last_is_refusal(Kind::RevealExtended, code).await;
        assert_eq!(event.details.reveal, Some(self.reveal.get()));
        assert_eq!(self.copied().await, Err(code.into()));
        self.house.last_is_refusal(Kind::ValueCopied, code).await;
        assert_eq!(self.house.count(Kind::RevealExtended, None).await, 0);
        assert_eq!(self.house.count(Kind::ValueCopied, None).await, 0);
    }
}

#[tokio::test]
async fn v4_a_value_is_given_as_long_again_once_and_recorded() {
    let screen = Screen::with("mobile").await;
    screen.house.wait(Span::seconds(29));
    let more = screen.more().await.unwrap();
    assert_eq!((more.seconds, more.event as usize), (30, screen.house.size().await - 1));
    let event = screen.house.last().await;
    assert_eq!((event.kind, event.decision), (Kind::RevealExtended, Decision::Allowed));
    let details = event.details;
    assert_eq!((details.reveal, details.customer), (Some(screen.reveal.get()), Some(screen.customer.id)));
    assert_eq!((details.case, details.field.unwrap().as_str()), (Some(screen.case), "mobile"));
    assert!(details.item.is_some() && details.policy.is_some());
    assert_eq!(screen.more().await, Err(Code::MoreSpent.into()));
    screen.house.last_is_refusal(Kind::RevealExtended, Code::MoreSpent).await;
    screen.house.whole().await;
}

#[tokio::test]
async fn v4_of_two_parallel_requests_for_more_one_passes() {
    let screen = Screen::with("mobile").await;
    let (one, other) = tokio::join!(screen.more(), screen.more());
    assert_eq!([&one, &other].iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(one.or(other).map(|more| more.seconds), Ok(30));
    assert_eq!(screen.house.count(Kind::RevealExtended, None).await, 1);
    assert_eq!(screen.house.count(Kind::RevealExtended, Some(Code::MoreSpent)).await, 1);
}

#[tokio::test]
async fn v4_when_its_time_is_over_a_value_gets_no_more_and_is_not_copied() {
    let screen = Screen::with("mobile").await;
    screen.house.wait(Span::seconds(36));
    screen.nothing_more(Code::RevealOver).await;
}

#[tokio::test]
async fn v4_as_long_again_is_as_long_for_a_copy_and_no_longer() {
    let screen = Screen::with("mobile").await;
    screen.more().await.unwrap();
    screen.house.wait(Span::seconds(59));
    screen.copied().await.unwrap();
    let later = Screen::with("mobile").await;
    later.more().await.unwrap();
    later.house.wait(Span::seconds(66));
    assert_eq!(later.copied().await, Err(Code::RevealOver.into()));
    later.house.last_is_refusal(Kind::ValueCopied, Code::RevealOver).await;
}

#[tokio::test]
async fn v4_what_the_catalogue_lets_be_copied_is_copied_once_and_recorded_first() {
    let screen = Screen::with("mobile").await;
    screen.copied().await.unwrap();
    let event = screen.house.last().await;
    assert_eq!((event.kind, event.decision), (Kind::ValueCopied, Decision::Allowed));
    assert_eq!(event.details.reveal, Some(screen.reveal.get()));
    assert_eq!(screen.copied().await, Err(Code::CopySpent.into()));
    screen.house.last_is_refusal(Kind::ValueCopied, Code::CopySpent).await;
}

#[tokio::test]
async fn v4_what_the_catalogue_does_not_let_be_copied_is_refused_and_recorded() {
    let screen = Screen::with("id_no").await;
    assert_eq!(screen.copied().await, Err(Code::CopyBlocked.into()));
    let event = screen.house.last_is_refusal(Kind::ValueCopied, Code::CopyBlocked).await;
    assert_eq!(event.details.field.unwrap().as_str(), "id_no");
    screen.more().await.unwrap();
}

#[tokio::test]
async fn v4_a_closed_case_a_changed_policy_and_a_hidden_customer_end_what_may_be_done() {
    let screen = Screen::with("mobile").await;
    screen.seat.desk().await.close_case(screen.case).await.unwrap();
    screen.nothing_more(Code::CaseClosed).await;

    let screen = Screen::with("mobile").await;
    let other = format!("{}\n// and nothing else\n", backoffice::policy::SHIPPED);
    screen.house.office.load_policy(&other).await.unwrap();
    screen.nothing_more(Code::Changed).await;

    let screen = Screen::with("mobile").await;
    screen.house.meddle("UPDATE customer SET hidden = 1").await.unwrap();
    screen.nothing_more(Code::NotFound).await;

    let screen = Screen::with("mobile").await;
    screen.house.meddle("UPDATE staff SET version = version + 1").await.unwrap();
    screen.nothing_more(Code::Changed).await;
}

#[tokio::test]
async fn v4_what_changes_between_question_and_act_is_seen_by_the_act() {
    let screen = Screen::with("mobile").await;
    let (meanwhile, case) = (screen.seat.clone(), screen.case);
    screen.house.hooks.once(Place::PermittedNotActed, async move {
        meanwhile.desk().await.close_case(case).await.unwrap();
    });
    assert_eq!(screen.more().await, Err(Code::CaseClosed.into()));
    assert!(screen.house.hooks.done());

    let screen = Screen::with("mobile").await;
    let office = screen.house.office.clone();
    screen.house.hooks.once(Place::PermittedNotActed, async move {
        office.suspend(&StaffNo::parse("op1001").unwrap(), None).await.unwrap();
    });
    assert_eq!(screen.copied().await, Err(Code::SignedOut.into()));
    screen.house.last_is_refusal(Kind::ValueCopied, Code::SignedOut).await;
    assert_eq!(screen.house.count(Kind::ValueCopied, None).await, 0);
}

#[tokio::test]
async fn v4_without_a_signed_log_a_value_gets_no_more_but_an_attempt_is_still_told() {
    let screen = Screen::with("mobile").await;
    screen.house.take_key(KeyKind::Log);
    screen.nothing_more(Code::LogKeyMissing).await;
    screen.attempted(AttemptName::Print).await.unwrap();
    assert_eq!(screen.house.last().await.kind, Kind::CopyAttempted);
    screen.house.return_key(KeyKind::Log);
    screen.more().await.unwrap();
}

#[tokio::test]
async fn q6_anothers_reveal_and_what_is_none_are_not_there() {
    let screen = Screen::with("mobile").await;
    let size = screen.house.size().await as u64;
    let (refused_no, sign_in_no) = {
        let events = screen.house.events().await;
        let at = |kind, decision| {
            events.iter().position(|event| event.kind == kind && event.decision == decision).unwrap() as u64
        };
        (at(Kind::FieldRevealed, Decision::Refused), at(Kind::SignedIn, Decision::Allowed))
    };
    let colleague = screen.house.seat(Person::colleague()).await;
    for (seat, reveal) in [
        (&colleague, screen.reveal),
        (&screen.seat, no(refused_no)),
        (&screen.seat, no(sign_in_no)),
        (&screen.seat, no(size + 1000)),
        (&screen.seat, no(i64::MAX as u64)),
    ] {
        let desk = seat.desk().await;
        let answers = [
            desk.more(reveal).await.map(drop),
            desk.copied(reveal).await,
            desk.attempted(reveal, AttemptName::Copy).await,
            desk.rated(reveal, true).await,
        ];
        assert_eq!(answers, [const { Err(DeskError::Refused(Code::NotFound)) }; 4]);
        let events = screen.house.events().await;
        let last: Vec<_> = events[events.len() - 4..].iter().map(|event| (event.kind, event.code)).collect();
        let kinds = [Kind::RevealExtended, Kind::ValueCopied, Kind::CopyAttempted, Kind::RevealRated];
        assert_eq!(last, kinds.map(|kind| (kind, Some(Code::NotFound))));
        for event in &events[events.len() - 4..] {
            assert_eq!(event.actor.as_ref().unwrap().staff_no.as_str(), seat.person.staff_no);
            assert_eq!((event.details.reveal, event.details.customer), (Some(reveal.get()), None));
        }
    }
}

#[tokio::test]
async fn v4_a_reveal_is_of_its_session_which_a_step_up_rotates_and_a_sign_out_ends() {
    let screen = Screen::with("mobile").await;
    // Another step-up, another cookie: the same session.
    screen.seat.reveal(&reveal_form(screen.case, screen.handle, "id_no")).await;
    screen.rated(false).await.unwrap();
    assert_eq!(screen.house.last().await.details.reveal, Some(screen.reveal.get()));
    // The same person after another sign-in is another session.
    let later = screen.house.sign_in(&screen.seat.person).await;
    assert_eq!(later.desk().await.rated(screen.reveal, true).await, Err(Code::NotFound.into()));
}

#[tokio::test]
async fn v4_each_sort_of_attempt_is_an_alert_three_times_and_answered_alike_for_ever() {
    let screen = Screen::with("mobile").await;
    for attempt in AttemptName::ALL {
        for _ in 0..5 {
            screen.attempted(attempt).await.unwrap();
        }
        let events = screen.house.events().await;
        let told: Vec<_> = events.iter().filter(|event| event.details.attempt == Some(attempt)).collect();
        assert_eq!(told.len(), 3, "{attempt:?}");
        for event in told {
            assert_eq!((event.kind, event.decision), (Kind::CopyAttempted, Decision::Allowed));
            assert_eq!(event.details.alert.as_ref().unwrap().as_str(), "copy.attempt");
            assert_eq!(event.details.reveal, Some(screen.reveal.get()));
        }
    }
    // Late ones count too: they say what was tried, not what was seen.
    let again = Screen::with("mobile").await;
    again.house.wait(Span::seconds(90));
    again.attempted(AttemptName::ScreenshotKey).await.unwrap();
    assert_eq!(again.house.count(Kind::CopyAttempted, None).await, 1);
    again.house.whole().await;
}

#[tokio::test]
async fn v9_whether_it_was_needed_is_answered_once() {
    let screen = Screen::with("mobile").await;
    screen.house.wait(Span::seconds(60));
    screen.rated(true).await.unwrap();
    let event = screen.house.last().await;
    assert_eq!((event.kind, event.decision), (Kind::RevealRated, Decision::Allowed));
    assert_eq!((event.details.needed, event.details.reveal), (Some(true), Some(screen.reveal.get())));
    assert_eq!(screen.rated(false).await, Err(Code::RatingSpent.into()));
    screen.house.last_is_refusal(Kind::RevealRated, Code::RatingSpent).await;
}

#[tokio::test]
async fn v4_the_card_tells_how_often_this_customer_was_seen_within_thirty_days() {
    let screen = Screen::with("mobile").await;
    let shown_at = screen.house.events().await[screen.reveal.get() as usize].time;
    let lately = async || screen.seat.desk().await.revealed_lately(screen.case, screen.handle).await.unwrap();
    assert_eq!(lately().await, RevealedLately { count: 1, last: Some(shown_at) });
    // A refusal is no look; another's look is one.
    screen.seat.refused(&reveal_form(screen.case, screen.handle, "id_no")).await;
    assert_eq!(lately().await.count, 1);
    let colleague = screen.house.seat(Person::colleague()).await;
    let (case, handle) = colleague.bound("complaint", &screen.customer).await;
    colleague.reveal(&reveal_form(case, handle, "id_no")).await;
    assert_eq!(lately().await.count, 2);
    // A handle is good for its own case and person only, and that is recorded.
    let size = screen.house.size().await;
    assert_eq!(screen.seat.desk().await.revealed_lately(case, handle).await, Err(Code::NotFound.into()));
    screen.house.last_is_refusal(Kind::RequestRefused, Code::NotFound).await;
    assert_eq!(screen.house.size().await, size + 1);
    // Whoever is hidden was never there.
    screen.house.meddle("UPDATE customer SET hidden = 1").await.unwrap();
    assert_eq!(lately().await, RevealedLately::default());
    screen.house.meddle("UPDATE customer SET hidden = 0").await.unwrap();
    screen.house.wait(Span::days(31));
    let seat = screen.house.sign_in(&screen.seat.person).await;
    let lately = seat.desk().await.revealed_lately(screen.case, screen.handle).await;
    assert_eq!(lately, Ok(RevealedLately::default()));
}
