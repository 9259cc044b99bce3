//! Numbers that no two sample customers share, with their check digits.

/// Small, fast and the same everywhere (splitmix64, Steele, Lea and Flood 2014). Not for secrets.
pub struct Dice(u64);

impl Dice {
    /// One row's own stream.
    pub fn of(seed: u64, index: u64) -> Self {
        let mut dice = Self(seed ^ 0x6772_696c_6c65);
        let start = dice.next();
        Self(start ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }
    /// 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// Below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }
    /// One of these.
    pub fn one_of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        let at = self.below(list.len() as u64) as usize;
        list.get(at).copied().unwrap_or_default()
    }
}

/// A number below `n` that is another for each index below `n`: multiplication by what has no factor in common
/// with `n` only shuffles.
pub fn shuffled(seed: u64, index: u64, n: u64) -> u64 {
    // Prime, above every `n` used here, and with none of their factors.
    const FACTOR: u128 = 1_000_000_007;
    let start = u128::from(Dice::of(seed, n).next() % n);
    let shuffled = (u128::from(index) * FACTOR + start) % u128::from(n);
    shuffled as u64
}

/// The ISO 7064 MOD 11-2 digit of an ID number's first seventeen (GB 11643).
pub fn id_check(digits: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 =
        digits.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')) * weight).sum();
    "10X98765432".chars().nth((sum % 11) as usize).unwrap_or('0')
}

/// The Luhn digit that makes a card number of these digits (ISO/IEC 7812-1).
pub fn luhn(digits: &str) -> u8 {
    let double = |digit: u8| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let values = digits.bytes().rev().map(|digit| digit.wrapping_sub(b'0'));
    let sum: u32 =
        values.enumerate().map(|(at, digit)| u32::from(if at % 2 == 0 { double(digit) } else { digit })).sum();
    ((10 - sum % 10) % 10) as u8
}
