//! Numbers of cards and accounts, and sums of money.

use zeroize::Zeroizing;

use super::BadValue;
use super::document::letters_and_digits;
use super::text::{digits, packed, without_controls};

/// Thirteen to nineteen digits with a true Luhn digit (ISO/IEC 7812-1).
pub(super) fn pan(text: &str) -> Result<Zeroizing<String>, BadValue> {
    let number = digits(text)?;
    if !(13..=19).contains(&number.len()) {
        return Err(BadValue::WrongLength);
    }
    let sum: u32 = number
        .bytes()
        .rev()
        .map(|b| u32::from(b - b'0'))
        .enumerate()
        .map(|(at, digit)| if at % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 })
        .sum();
    if sum.is_multiple_of(10) { Ok(number) } else { Err(BadValue::WrongCheckDigit) }
}

/// Five to thirty-four letters and digits, as long as the longest IBAN.
pub(super) fn account_no(text: &str) -> Result<Zeroizing<String>, BadValue> {
    letters_and_digits(packed(text)?, 5, 34)
}

/// What stands for a number in an export: five to thirty-four digits as the number had, or `tk_` and 26 characters of
/// base32 in lower case.
pub(super) fn export_token(text: &str) -> Result<Zeroizing<String>, BadValue> {
    let mut token = packed(text)?;
    token.make_ascii_lowercase();
    let (body, lengths) = match token.strip_prefix("tk_") {
        Some(body) if !body.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7')) => return Err(BadValue::BadForm),
        Some(body) => (body, 26..=26),
        None if !token.bytes().all(|b| b.is_ascii_digit()) => return Err(BadValue::BadForm),
        None => (token.as_str(), 5..=34),
    };
    if lengths.contains(&body.len()) { Ok(token) } else { Err(BadValue::WrongLength) }
}

/// A plain decimal with two to four places: `-1234.50`. A currency before it is dropped if it is the yuan's.
pub(super) fn amount(text: &str) -> Result<Zeroizing<String>, BadValue> {
    let text = without_controls(text)?.trim_start_matches(['¥']).trim_start_matches("CNY").trim_start_matches("RMB");
    let text = text.trim_start();
    let (sign, rest) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, places) = rest.split_once('.').unwrap_or((rest, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || places.len() > 4 || !all_digits(places) || (rest.contains('.') && places.is_empty()) {
        return Err(BadValue::BadForm);
    }
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = whole.contains(',');
    if !all_digits(first) || first.is_empty() || (grouped && first.len() > 3) {
        return Err(BadValue::BadForm);
    }
    let mut bare = Zeroizing::new(String::with_capacity(whole.len() + 8));
    bare.push_str(first);
    for group in groups {
        if group.len() != 3 || !all_digits(group) {
            return Err(BadValue::BadForm);
        }
        bare.push_str(group);
    }
    let whole = bare.trim_start_matches('0');
    if whole.len() > 18 {
        return Err(BadValue::TooLong);
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    let places = if places.len() > 2 { places.trim_end_matches('0') } else { places };
    let is_zero = whole == "0" && places.bytes().all(|b| b == b'0');
    Ok(Zeroizing::new(format!("{}{whole}.{places:0<2}", if is_zero { "" } else { sign })))
}
