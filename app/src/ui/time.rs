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
