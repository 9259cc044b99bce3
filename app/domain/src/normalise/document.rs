//! Numbers of identity documents.

use zeroize::Zeroizing;

use super::BadValue;
use super::date::is_day;
use super::text::packed;

/// Eighteen characters with a true check digit and a real birthday; fifteen are widened first, since
/// both forms of one person's number must hit the same key (standards.md §2).
///
/// The region is not looked up: regions are renamed and abolished while their numbers live on.
pub(super) fn id_card(text: &str) -> Result<Zeroizing<String>, BadValue> {
    let mut number = packed(text)?;
    if !number.bytes().enumerate().all(|(at, b)| b.is_ascii_digit() || (b == b'X' && at == 17)) {
        return Err(BadValue::NotDigits);
    }
    if number.len() == 15 {
        // The short form ended with people born in 1999; its holders' century is the twentieth.
        let mut wide = Zeroizing::new(String::with_capacity(18));
        wide.push_str(&number[..6]);
        wide.push_str("19");
        wide.push_str(&number[6..]);
        let check = check_digit(wide.as_bytes());
        wide.push(char::from(check));
        number = wide;
    }
    if number.len() != 18 {
        return Err(BadValue::WrongLength);
    }
    if !is_day(&number[6..10], &number[10..12], &number[12..14]) {
        return Err(BadValue::NotADate);
    }
    if number.as_bytes()[17] != check_digit(&number.as_bytes()[..17]) {
        return Err(BadValue::WrongCheckDigit);
    }
    Ok(number)
}

/// ISO 7064 MOD 11-2 (GB 11643): each digit doubles what stands before it.
fn check_digit(digits: &[u8]) -> u8 {
    let sum = digits.iter().fold(0_u32, |sum, &b| (sum + u32::from(b.wrapping_sub(b'0'))) * 2 % 11);
    match (12 - sum) % 11 {
        10 => b'X',
        digit => b'0' + digit as u8,
    }
}

/// Five to fifteen letters and digits, a digit among them.
pub(super) fn passport(text: &str) -> Result<Zeroizing<String>, BadValue> {
    letters_and_digits(packed(text)?, 5, 15)
}

/// `H` or `M`, eight life digits, and two of the reissue or none; since 2024 also `HA1234567` for
/// residents who are no Chinese citizens.
pub(super) fn permit(text: &str) -> Result<Zeroizing<String>, BadValue> {
    let number = packed(text)?;
    let bytes = number.as_bytes();
    if !matches!(bytes.len(), 9 | 11) {
        return Err(BadValue::WrongLength);
    }
    let letters = if bytes[1].is_ascii_alphabetic() && bytes.len() == 9 { 2 } else { 1 };
    let fits = matches!(bytes[0], b'H' | b'M') && bytes[letters..].iter().all(u8::is_ascii_digit);
    if fits { Ok(number) } else { Err(BadValue::BadForm) }
}

/// The part of a permit's number that stays for life.
pub(super) fn life_number(permit: &str) -> Zeroizing<String> {
    Zeroizing::new(permit.get(..9).unwrap_or(permit).to_owned())
}

/// Four to thirty letters and digits, a digit among them; brackets are only print.
pub(super) fn other_id(text: &str) -> Result<Zeroizing<String>, BadValue> {
    let packed = packed(text)?;
    let mut bare = Zeroizing::new(String::with_capacity(packed.len()));
    bare.extend(packed.chars().filter(|c| !matches!(c, '(' | ')' | '.' | '/')));
    letters_and_digits(bare, 4, 30)
}

/// Of ASCII letters and digits, at least one digit, and so long.
pub(super) fn letters_and_digits(
    text: Zeroizing<String>,
    min: usize,
    max: usize,
) -> Result<Zeroizing<String>, BadValue> {
    if !text.bytes().all(|b| b.is_ascii_alphanumeric()) || !text.bytes().any(|b| b.is_ascii_digit()) {
        return Err(BadValue::BadForm);
    }
    if (min..=max).contains(&text.len()) { Ok(text) } else { Err(BadValue::WrongLength) }
}
