//! Time is an argument. A rule never asks the machine what time it is.

use serde::{Deserialize, Serialize};

/// UTC milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// A length of time in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(i64);

impl Span {
    /// So many seconds.
    pub const fn seconds(n: i64) -> Self {
        Self(n * 1000)
    }
    /// So many minutes.
    pub const fn minutes(n: i64) -> Self {
        Self::seconds(n * 60)
    }
    /// So many days of 24 hours.
    pub const fn days(n: i64) -> Self {
        Self::minutes(n * 24 * 60)
    }
    /// In milliseconds.
    pub const fn millis(self) -> i64 {
        self.0
    }
    /// In whole seconds, rounded down.
    pub const fn whole_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

impl Timestamp {
    /// From UTC milliseconds.
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms)
    }
    /// UTC milliseconds.
    pub const fn millis(self) -> i64 {
        self.0
    }
    /// UTC seconds, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
    /// Parses the one spelling that is printed, or the same without milliseconds.
    pub fn parse(text: &str) -> Option<Self> {
        let whole = text.strip_suffix('Z')?;
        let (text, ms) = match whole.split_once('.') {
            Some((text, ms)) if ms.len() == 3 && ms.bytes().all(|b| b.is_ascii_digit()) => (text, ms.parse().ok()?),
            Some(_) => return None,
            None => (whole, 0),
        };
        Self::parse_civil(text).map(|at| Self(at.0 + ms))
    }
    /// Parses `2026-11-22T08:15:30`, or without the seconds, as if it stood at Greenwich.
    pub fn parse_civil(text: &str) -> Option<Self> {
        let with_seconds = if text.len() == 16 { format!("{text}:00") } else { text.to_owned() };
        let bytes = with_seconds.as_bytes();
        let form = b"dddd-dd-ddTdd:dd:dd";
        let fits = |(is, should): (&u8, &u8)| if *should == b'd' { is.is_ascii_digit() } else { is == should };
        if bytes.len() != form.len() || !bytes.iter().zip(form).all(fits) {
            return None;
        }
        let number = |range: std::ops::Range<usize>| with_seconds.get(range)?.parse::<i64>().ok();
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let seconds = number(11..13)? * 3600 + number(14..16)? * 60 + number(17..19)?;
        // Days from civil date, the inverse of `civil`; what does not come back the same was no date.
        let shifted_year = if month <= 2 { year - 1 } else { year };
        let era = shifted_year.div_euclid(400);
        let year_of_era = shifted_year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let days = era * 146_097 + day_of_era - 719_468;
        let at = Self((days * 86_400 + seconds) * 1000);
        at.to_string().starts_with(&with_seconds).then_some(at)
    }
    /// This much later.
    #[must_use]
    pub const fn plus(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
    /// This much earlier.
    #[must_use]
    pub const fn minus(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
    /// How long after `earlier`; negative if before.
    pub const fn since(self, earlier: Timestamp) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
    /// The UTC calendar date and time of day: year, month, day, hour, minute, second.
    /// Days to civil date by the era arithmetic of the proleptic Gregorian calendar.
    pub const fn civil(self) -> (i64, u8, u8, u8, u8, u8) {
        let seconds = self.seconds();
        let days = seconds.div_euclid(86_400) + 719_468;
        let second_of_day = seconds.rem_euclid(86_400);
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + (month <= 2) as i64;
        (
            year,
            month as u8,
            day as u8,
            (second_of_day / 3600) as u8,
            (second_of_day / 60 % 60) as u8,
            (second_of_day % 60) as u8,
        )
    }
}

/// RFC 3339 in UTC with milliseconds: `2026-11-22T08:15:30.123Z`.
impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day, hour, minute, second) = self.civil();
        let ms = self.0.rem_euclid(1000);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
    }
}

/// Where time comes from.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// A clock that a test moves by hand.
#[derive(Debug)]
pub struct TestClock(std::sync::atomic::AtomicI64);

impl TestClock {
    /// Stands at `start` until moved.
    pub const fn at(start: Timestamp) -> Self {
        Self(std::sync::atomic::AtomicI64::new(start.0))
    }
    /// Moves the clock; a negative span moves it back.
    pub fn advance(&self, span: Span) {
        self.0.fetch_add(span.0, std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(std::sync::atomic::Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_prints_as_rfc_3339() {
        for (ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_335_330_123, "2026-11-22T08:15:30.123Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        ] {
            assert_eq!(Timestamp::from_millis(ms).to_string(), text);
        }
    }

    #[test]
    fn a_time_is_parsed_in_the_one_spelling_that_is_printed() {
        for ms in [0, -1, 951_782_400_000, 1_795_335_330_123, 4_107_542_399_999] {
            let at = Timestamp::from_millis(ms);
            assert_eq!(Timestamp::parse(&at.to_string()), Some(at));
        }
        assert_eq!(Timestamp::parse_civil("2026-11-22T08:15"), Timestamp::parse("2026-11-22T08:15:00Z"));
        for bad in [
            "",
            "2026-11-22",
            "2026-02-30T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T08:15:60Z",
            "2026-11-22 08:15:30Z",
            "2026-11-22T08:15:30.1Z",
            "2026-11-22T08:15:30+08:00",
            "x026-11-22T08:15:30Z",
        ] {
            assert_eq!(Timestamp::parse(bad), None, "{bad}");
        }
    }
}
