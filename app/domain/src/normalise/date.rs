//! Days and months.

use zeroize::Zeroizing;

use super::BadValue;
use super::text::without_controls;

/// `YYYY-MM-DD`, from that, `YYYYMMDD`, `YYYY/MM/DD`, `YYYY.MM.DD` or `YYYY年MM月DD日`.
pub(super) fn date(text: &str) -> Result<Zeroizing<String>, BadValue> {
    let text = without_controls(text)?;
    let parts = if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        [&text[..4], &text[4..6], &text[6..]]
    } else {
        let mut parts = text.trim_end_matches('日').split(['-', '/', '.', '年', '月']);
        let (year, month, day) = (parts.next(), parts.next(), parts.next());
        let (Some(year), Some(month), Some(day), None) = (year, month, day, parts.next()) else {
            return Err(BadValue::NotADate);
        };
        [year, month, day]
    };
    let [year, month, day] = parts;
    if !is_day(year, month, day) {
        return Err(BadValue::NotADate);
    }
    Ok(Zeroizing::new(format!("{year}-{month:0>2}-{day:0>2}")))
}

/// `MM/YY`, from that, `MMYY`, `MM-YY`, `MM/YYYY` or `YYYY-MM`.
pub(super) fn card_expiry(text: &str) -> Result<Zeroizing<String>, BadValue> {
    let text = without_controls(text)?;
    let (month, year) = match text.split_once(['/', '-', '.']) {
        None if text.len() == 4 && text.is_ascii() => text.split_at(2),
        None => return Err(BadValue::BadForm),
        Some((year, month)) if year.len() == 4 => (month, year),
        Some((month, year)) => (month, year),
    };
    let (Some(month), Some(year)) = (number(month, 1..=2), number(year, 2..=4)) else {
        return Err(BadValue::BadForm);
    };
    if !(1..=12).contains(&month) || !matches!(year, 0..=99 | 2000..=2099) {
        return Err(BadValue::NotADate);
    }
    Ok(Zeroizing::new(format!("{month:02}/{:02}", year % 100)))
}

/// Whether these digits are a day of the Gregorian calendar within living memory or a contract's term.
pub(super) fn is_day(year: &str, month: &str, day: &str) -> bool {
    let (Some(year), Some(month), Some(day)) = (number(year, 4..=4), number(month, 1..=2), number(day, 1..=2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (1800..=2200).contains(&year) && (1..=days).contains(&day)
}

fn number(digits: &str, lengths: std::ops::RangeInclusive<usize>) -> Option<u32> {
    (lengths.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())?
}
