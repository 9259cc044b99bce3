//! Counting seconds down on a screen.

use leptos::prelude::*;
use std::time::Duration;

/// A deadline and the whole seconds left until it.
///
/// The deadline is kept in the browser's monotonic time, so that neither a throttled timer nor a moved
/// wall clock lengthens it.
#[derive(Clone, Copy)]
pub struct Countdown {
    deadline: RwSignal<f64>,
    left: RwSignal<u32>,
    timer: RwSignal<Option<IntervalHandle>>,
}

impl Countdown {
    /// One that stands still.
    pub fn new() -> Self {
        Self { deadline: RwSignal::new(0.0), left: RwSignal::new(0), timer: RwSignal::new(None) }
    }

    /// Whole seconds left, rounded up: 0 means over.
    pub fn left(self) -> u32 {
        self.left.get()
    }

    /// Counts from `seconds` to 0, then calls `over` once.
    pub fn start(self, seconds: u32, over: impl Fn() + 'static) {
        self.stop();
        self.deadline.set(now() + f64::from(seconds) * 1000.0);
        self.left.set(seconds);
        let tick = move || {
            let left = ((self.deadline.get_untracked() - now()) / 1000.0).ceil().max(0.0) as u32;
            if left != self.left.get_untracked() {
                self.left.set(left);
            }
            if left == 0 {
                self.stop();
                over();
            }
        };
        // four ticks a second, so that what must go is gone within a quarter of one
        self.timer.set(set_interval_with_handle(tick, Duration::from_millis(250)).ok());
    }

    /// Counts so many seconds more, if it still counts.
    pub fn extend(self, seconds: u32) {
        if self.left.get_untracked() > 0 {
            self.deadline.update(|deadline| *deadline += f64::from(seconds) * 1000.0);
            self.left.update(|left| *left += seconds);
        }
    }

    /// Stands still at 0.
    pub fn stop(self) {
        if let Some(timer) = self.timer.get_untracked() {
            timer.clear();
        }
        self.timer.set(None);
        self.left.set(0);
    }
}

fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(f64::MAX, |clock| clock.now())
}
