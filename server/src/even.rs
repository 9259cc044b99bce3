//! Refusals of a sign-in leave on a beat, counted from when the request came in: by the clock on the wall a
//! number that nobody has, a wrong password and a locked account are one (U2). Behind the answer their work
//! differs by an event more or less.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Longer than a refusal takes on a machine that is not overrun; there it is the next beat.
const BEAT: Duration = Duration::from_millis(250);

/// Answers what was refused on the next beat, and all else at once.
pub async fn on_the_beat(request: Request, next: Next) -> Response {
    let arrived = Instant::now();
    let response = next.run(request).await;
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        sleep_until(next_beat(arrived, Instant::now())).await;
    }
    response
}

fn next_beat(arrived: Instant, now: Instant) -> Instant {
    let beats = now.duration_since(arrived).as_nanos() / BEAT.as_nanos() + 1;
    arrived + BEAT * u32::try_from(beats).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u2_a_refusal_leaves_on_the_next_beat_after_its_work() {
        let arrived = Instant::now();
        for (worked, beats) in [(0, 1), (1, 1), (249, 1), (250, 2), (260, 2), (1000, 5)] {
            let leaves = next_beat(arrived, arrived + Duration::from_millis(worked));
            assert_eq!(leaves.duration_since(arrived), BEAT * beats, "{worked} ms");
        }
    }
}
