//! How likely it is that what was found is there by chance.
//!
//! Every mark is a number that the index key draws, so for a file that has nothing to do with a copy each comparison
//! hits with a known chance, *whatever stands in the file*: how many people share a mask, or four last digits, does not
//! matter, since the canary's digits are drawn and not theirs. Of `n` independent things that each hit with chance `q`,
//! `h` or more hit with a chance of at most `(nq)^h / h!` (the union bound over all choices of `h`).

use super::canary_signs::CanarySigns;
use super::seen::{Seen, Sort};

/// So many hits, where so many were to be expected by chance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Hits {
    pub found: u64,
    pub expected: f64,
}

impl Hits {
    /// The chance of as many hits or more, at most.
    pub(super) fn chance(self) -> f64 {
        if self.found == 0 || self.expected >= self.found as f64 {
            return 1.0;
        }
        let log: f64 = (1..=self.found).map(|n| (self.expected / n as f64).ln()).sum();
        log.exp()
    }
}

/// References of 60 bits: each of the file's against each of the copy's lines.
pub(super) fn refs(found: u64, seen: &Seen, lines: u64) -> Hits {
    Hits { found, expected: seen.refs.len() as f64 * lines as f64 / 2_f64.powi(60) }
}

/// Tokens: each of the file's against all of the copy's of that length; two digits of each are not free.
pub(super) fn tokens(found: u64, seen: &Seen, of_copy: u64) -> Hits {
    let one = |token: &String| match token.len() {
        _ if token.starts_with('9') => 10_f64.powi(2 - token.len() as i32),
        _ => 2_f64.powi(-130),
    };
    Hits { found, expected: of_copy as f64 * seen.tokens.iter().map(one).sum::<f64>() }
}

/// Fewer cells than these of one canary in one row say nothing.
pub(super) const FEWEST_SIGNS: usize = 2;
/// More are not told apart.
const MOST_SIGNS: usize = 5;

/// Canaries, by how many signs of one stand together in a row: `[2 or more, 3 or more, …]`.
pub(super) fn canaries(seen: &Seen, canaries: &CanarySigns) -> [Hits; MOST_SIGNS - FEWEST_SIGNS + 1] {
    let best = canaries.best_rows(seen);
    let mut hits = [Hits::default(); MOST_SIGNS - FEWEST_SIGNS + 1];
    // For one row, how many of one canary's signs it has by chance.
    let means = seen.signs.iter().map(|row| {
        let of = |sort: Sort| row.iter().filter(|(one, _)| *one == sort).count() as f64;
        Sort::ALL.iter().map(|sort| of(*sort) * canaries.of_sort(*sort) as f64 * sort.chance()).sum::<f64>()
    });
    let means: Vec<f64> = means.collect();
    for (hit, fewest) in hits.iter_mut().zip(FEWEST_SIGNS..) {
        let factorial: f64 = (1..=fewest).map(|n| n as f64).product();
        let one: f64 = means.iter().map(|mean| mean.powi(fewest as i32) / factorial).sum();
        hit.found = best.iter().filter(|best| **best >= fewest).count() as u64;
        hit.expected = best.len() as f64 * one.min(1.0);
    }
    hits
}
