//! A counter over three sliding windows at once, in 284 bytes.

use super::Window;
use crate::clock::{Span, Timestamp};

/// The finest bucket. An hour and a day are whole numbers of it.
const FIVE: Span = Span::minutes(5);
const HOUR: Span = Span::minutes(60);
const DAY: Span = Span::days(1);

/// One bucket more than a window has, since the oldest overlaps the window's beginning and counts whole:
/// the budget is a little stricter than its words, never laxer.
const HOURLY: usize = 13;
const DAILY: usize = 25;
const MONTHLY: usize = 31;

/// As it is stored.
pub const METER_BYTES: usize = 8 + 4 * (HOURLY + DAILY + MONTHLY);

/// How often something was done lately: in five-minute buckets for the hour, hours for the day, days for
/// the month. Newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meter {
    /// The five-minute bucket that is the newest.
    newest: i64,
    hour: [u32; HOURLY],
    day: [u32; DAILY],
    month: [u32; MONTHLY],
}

/// Stored bytes that are no meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a meter's bytes")]
pub struct BadMeter;

impl Default for Meter {
    fn default() -> Self {
        Self { newest: 0, hour: [0; HOURLY], day: [0; DAILY], month: [0; MONTHLY] }
    }
}

impl Meter {
    /// Whether both times are counted in the same buckets, so that moving from one to the other changes
    /// nothing.
    pub fn same_bucket(one: Timestamp, other: Timestamp) -> bool {
        bucket(one, FIVE) == bucket(other, FIVE)
    }

    /// Forgets what is over. Time that goes back is taken as standing still.
    pub fn advance(&mut self, now: Timestamp) {
        let (from, to) = (self.newest, bucket(now, FIVE).max(self.newest));
        let by = |width: Span| coarse(to, width) - coarse(from, width);
        shift(&mut self.hour, by(FIVE));
        shift(&mut self.day, by(HOUR));
        shift(&mut self.month, by(DAY));
        self.newest = to;
    }

    /// Counts one.
    pub fn add(&mut self, now: Timestamp) {
        self.advance(now);
        for newest in [&mut self.hour[0], &mut self.day[0], &mut self.month[0]] {
            *newest = newest.saturating_add(1);
        }
    }

    /// Takes back one that was counted then, wherever it still counts.
    pub fn take_back(&mut self, then: Timestamp) {
        for window in Window::ALL {
            if let Some(age) = self.age(window, then)
                && let Some(count) = self.buckets_mut(window).get_mut(age)
            {
                *count = count.saturating_sub(1);
            }
        }
    }

    /// How many count in the window.
    pub fn count(&self, window: Window) -> u32 {
        self.buckets(window).iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Whether what was counted then still counts in the window.
    pub fn counts(&self, window: Window, then: Timestamp) -> bool {
        self.age(window, then).is_some()
    }

    /// When so many more fit under the limit; `None` if they do now.
    pub fn opens(&self, window: Window, limit: u32, more: u32) -> Option<Timestamp> {
        let buckets = self.buckets(window);
        let (mut sum, limit) = (buckets.iter().map(|count| u64::from(*count)).sum::<u64>(), u64::from(limit));
        let mut last = None;
        for (age, count) in buckets.iter().enumerate().rev() {
            if more == 0 || sum + u64::from(more) <= limit {
                break;
            }
            sum -= u64::from(*count);
            last = Some(age);
        }
        // Where the limit is nothing at all it never opens; then this is when to have another look.
        let age = last? as i64;
        let width = width(window);
        let leaves = coarse(self.newest, width) - age + buckets.len() as i64;
        Some(Timestamp::from_millis(leaves.saturating_mul(width.millis())))
    }

    /// The stored form: the newest bucket's number, then all counts, big-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let counts = self.hour.iter().chain(&self.day).chain(&self.month);
        self.newest.to_be_bytes().into_iter().chain(counts.flat_map(|count| count.to_be_bytes())).collect()
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`BadMeter`] if it is of another length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadMeter> {
        let (newest, counts) = bytes.split_first_chunk::<8>().ok_or(BadMeter)?;
        let (counts, rest) = counts.as_chunks::<4>();
        if !rest.is_empty() || bytes.len() != METER_BYTES {
            return Err(BadMeter);
        }
        let mut meter = Self { newest: i64::from_be_bytes(*newest), ..Self::default() };
        let own = meter.hour.iter_mut().chain(&mut meter.day).chain(&mut meter.month);
        own.zip(counts).for_each(|(own, stored)| *own = u32::from_be_bytes(*stored));
        Ok(meter)
    }

    /// How many buckets ago that was, if it is within the window.
    fn age(&self, window: Window, then: Timestamp) -> Option<usize> {
        let age = coarse(self.newest, width(window)) - bucket(then, width(window));
        usize::try_from(age.max(0)).ok().filter(|age| *age < self.buckets(window).len())
    }

    fn buckets(&self, window: Window) -> &[u32] {
        match window {
            Window::Hour => &self.hour,
            Window::Day => &self.day,
            Window::Month => &self.month,
        }
    }

    fn buckets_mut(&mut self, window: Window) -> &mut [u32] {
        match window {
            Window::Hour => &mut self.hour,
            Window::Day => &mut self.day,
            Window::Month => &mut self.month,
        }
    }
}

const fn width(window: Window) -> Span {
    match window {
        Window::Hour => FIVE,
        Window::Day => HOUR,
        Window::Month => DAY,
    }
}

const fn bucket(time: Timestamp, width: Span) -> i64 {
    time.millis().div_euclid(width.millis())
}

/// The wider bucket that a five-minute bucket lies in.
const fn coarse(five: i64, width: Span) -> i64 {
    five.div_euclid(width.millis() / FIVE.millis())
}

fn shift(buckets: &mut [u32], by: i64) {
    let by = usize::try_from(by).unwrap_or(0).min(buckets.len());
    buckets.rotate_right(by);
    if let Some(fresh) = buckets.get_mut(..by) {
        fresh.fill(0);
    }
}
