//! Times on a page.

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

pub(super) fn local(at: Timestamp) -> String {
    let (year, month, day, hour, minute, _) = at.plus(BEIJING).civil();
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shows_beijing_time() {
        assert_eq!(local(Timestamp::from_millis(1_795_335_330_123)), "2026-11-22 16:15");
        assert_eq!(local(Timestamp::from_millis(951_782_400_000 - 1)), "2000-02-29 07:59");
    }
}
