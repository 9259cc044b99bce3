//! Counting seconds down on a screen.

use crate::page::window;
use gloo_timers::callback::Interval;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// Four ticks a second, so that what must go is gone within a quarter of one.
const TICK: u32 = 250;

/// A deadline and the whole seconds left until it. Clones count together.
///
/// The deadline is kept in the browser's monotonic time, so that neither a throttled timer nor a moved
/// wall clock lengthens it.
#[derive(Clone, Default)]
pub struct Countdown(Rc<State>);

#[derive(Default)]
struct State {
    deadline: Cell<f64>,
    left: Cell<u32>,
    timer: RefCell<Option<Interval>>,
}

impl Countdown {
    /// Counts from `seconds` to 0 and tells each of them once, rounded up: 0 means over.
    pub fn start(&self, seconds: u32, tell: impl Fn(u32) + 'static) {
        self.stop();
        self.0.deadline.set(now() + f64::from(seconds) * 1000.0);
        self.0.left.set(seconds);
        tell(seconds);
        let state = Rc::downgrade(&self.0);
        let tick = move || {
            let Some(state) = state.upgrade() else { return };
            let left = ((state.deadline.get() - now()) / 1000.0).ceil().max(0.0) as u32;
            if left == state.left.replace(left) {
                return;
            }
            if left == 0 {
                stop(&state);
            }
            tell(left);
        };
        *self.0.timer.borrow_mut() = Some(Interval::new(TICK, tick));
    }

    /// Whole seconds left.
    pub fn left(&self) -> u32 {
        self.0.left.get()
    }

    /// Counts so many seconds more, if it still counts.
    pub fn extend(&self, seconds: u32) {
        if self.left() > 0 {
            self.0.deadline.set(self.0.deadline.get() + f64::from(seconds) * 1000.0);
        }
    }

    /// Stands still, and tells nobody.
    pub fn stop(&self) {
        self.0.left.set(0);
        stop(&self.0);
    }
}

fn stop(state: &State) {
    if let Some(timer) = state.timer.borrow_mut().take() {
        // its closure may be the one that is running: it goes when that is done, and before another tick
        spawn_local(async move { drop(timer) });
    }
}

fn now() -> f64 {
    window().performance().map_or(f64::MAX, |clock| clock.now())
}
