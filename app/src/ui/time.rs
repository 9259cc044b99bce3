//! Times on a page.

use crate::lang::{Lang, text};
use domain::clock::{Span, Timestamp};
use leptos::prelude::*;

/// Banks that Grille is for keep Beijing time, eight hours ahead of UTC without summer time.
const BEIJING: Span = Span::minutes(8 * 60);

/// To the minute, with the exact time for machines.
#[component]
pub fn Time(at: Timestamp) -> impl IntoView {
    view! { <time datetime=at.to_string()>{local(at)}</time> }
}

/// To the second.
#[component]
pub fn Moment(at: Timestamp) -> impl IntoView {
    view! { <time datetime=at.to_string()>{local_seconds(at)}</time> }
}

/// As the bank's clocks show it, to the second.
pub fn local_seconds(at: Timestamp) -> String {
    let (_, _, _, _, _, second) = at.plus(BEIJING).civil();
    format!("{}:{second:02}", local(at))
}

/// As `<input type="datetime-local">` holds it.
pub fn for_input(at: Timestamp) -> String {
    local(at).replace(' ', "T")
}

pub fn local(at: Timestamp) -> String {
    let (year, month, day, hour, minute, _) = at.plus(BEIJING).civil();
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
}

/// The day in Beijing: year, month, day.
pub fn day(at: Timestamp) -> (i64, u8, u8) {
    let (year, month, day, ..) = at.plus(BEIJING).civil();
    (year, month, day)
}

/// How long ago, in one unit.
pub fn age(since: Timestamp, now: Timestamp, lang: Lang) -> String {
    let minutes = now.since(since).whole_seconds() / 60;
    match minutes {
        ..1 => text!(lang, age.now),
        1..60 => text!(lang, age.minutes, n = minutes),
        60..1440 => text!(lang, age.hours, n = minutes / 60),
        1440.. => text!(lang, age.days, n = minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shows_beijing_time() {
        assert_eq!(local(Timestamp::from_millis(1_795_335_330_123)), "2026-11-22 16:15");
        assert_eq!(local(Timestamp::from_millis(951_782_400_000 - 1)), "2000-02-29 07:59");
        assert_eq!(day(Timestamp::from_millis(951_782_400_000 - 1)), (2000, 2, 29));
    }

    #[test]
    fn an_age_is_told_in_one_unit_and_a_clock_that_went_back_makes_none_negative() {
        let now = Timestamp::from_millis(1_795_335_330_123);
        for (ago, words) in
            [(-5, "just now"), (59, "just now"), (60, "1 min"), (3_599, "59 min"), (7_300, "2 h"), (90_000, "1 d")]
        {
            assert_eq!(age(now.minus(Span::seconds(ago)), now, Lang::en), words);
        }
    }
}
