//! How long a batch waits for acts to join it.
//!
//! While one batch is written the next gathers by itself, so nothing is gained by waiting where a sync is quick. Where it
//! is slow, and acts come one after the other, a short wait puts more of them under one sync.

use std::time::Duration;

/// A wait of so many microseconds at most, and only after a batch that had more than one act: who is alone waits for nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gather(u16);

impl Gather {
    /// The longest, in microseconds: two milliseconds are felt by nobody, and are more than a good disk's sync.
    pub const LONGEST: u16 = 2000;
    /// No wait.
    pub const NONE: Self = Self(0);

    /// So long; nothing if that is longer than the longest.
    pub const fn micros(micros: u16) -> Option<Self> {
        if micros <= Self::LONGEST { Some(Self(micros)) } else { None }
    }

    /// How long to wait when the batch before had so many acts.
    pub(super) fn after(self, acts: usize) -> Option<Duration> {
        (self.0 > 0 && acts > 1).then(|| Duration::from_micros(self.0.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_alone_waits_for_nobody_and_nobody_waits_long() {
        assert_eq!(Gather::NONE.after(64), None);
        let gather = Gather::micros(200).unwrap();
        assert_eq!([gather.after(0), gather.after(1)], [None, None]);
        assert_eq!(gather.after(2), Some(Duration::from_micros(200)));
        assert_eq!(Gather::micros(Gather::LONGEST + 1), None);
    }
}
