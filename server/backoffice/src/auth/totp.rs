//! Time-based one-time passwords (RFC 6238: SHA-1, 6 digits, 30 s), one step of skew either way.

use domain::clock::Timestamp;
use subtle::ConstantTimeEq;
use totp_rs::{Algorithm, Builder};

/// Seconds of a step.
pub(crate) const STEP: i64 = 30;

/// The code of a step for this seed.
pub fn code_at(seed: &[u8], step: i64) -> Option<String> {
    let time = u64::try_from(step.checked_mul(STEP)?).ok()?;
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(STEP as u64)
        .with_secret(seed.to_vec())
        .build_noncompliant();
    Some(totp.generate(time).to_string())
}

/// The step that a code fits, of the present one and its two neighbours; all three are tried whichever
/// fits, so that time does not tell.
pub(crate) fn matching_step(seed: &[u8], code: &str, now: Timestamp) -> Option<i64> {
    let present = now.seconds().div_euclid(STEP);
    let mut fits = None;
    for step in [present - 1, present, present + 1] {
        let expected = code_at(seed, step)?;
        if bool::from(expected.as_bytes().ct_eq(code.as_bytes())) {
            fits = Some(step);
        }
    }
    fits
}

/// Six digits, and nothing else.
pub(crate) fn well_formed(code: &str) -> bool {
    code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// The next step whose code will be accepted, and the seconds until an authenticator shows it: at once,
/// unless the present step was used.
pub fn next_step(last_used: i64, now: Timestamp) -> (i64, i64) {
    let present = now.seconds().div_euclid(STEP);
    let next = present.max(last_used + 1);
    (next, (next * STEP - now.seconds()).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B, the six last digits of its eight.
    #[test]
    fn u2_codes_are_those_of_rfc_6238() {
        let seed = b"12345678901234567890";
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(code_at(seed, seconds / STEP).as_deref(), Some(code));
        }
    }

    #[test]
    fn u2_a_code_fits_its_step_and_one_either_way() {
        let seed = b"12345678901234567890";
        let now = Timestamp::from_millis(1_111_111_109_000);
        let present = 1_111_111_109 / STEP;
        for step in present - 3..=present + 3 {
            let expected = (present - 1..=present + 1).contains(&step).then_some(step);
            assert_eq!(matching_step(seed, &code_at(seed, step).unwrap(), now), expected, "{}", step - present);
        }
        assert_eq!(matching_step(seed, "000000", now), None);
        assert!(
            well_formed("012345") && !well_formed("01234") && !well_formed("０１２３４５") && !well_formed("01234a")
        );
    }

    #[test]
    fn u2_after_a_used_code_the_next_is_told_in_seconds() {
        let now = Timestamp::from_millis(61_000);
        assert_eq!(next_step(0, now), (2, 0));
        assert_eq!(next_step(2, now), (3, 29));
        assert_eq!(next_step(3, now), (4, 59));
    }
}
