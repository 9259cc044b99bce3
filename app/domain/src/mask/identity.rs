//! Numbers of documents, telephones, cards and accounts.

use unicode_segmentation::UnicodeSegmentation as _;

use super::edges;

/// 1+1. Six and four would leave but the birthday hidden. What begins 81, 82 or 83 is a residence
/// permit of Hong Kong, Macao or Taiwan, and its region is not shown.
pub(super) fn id_card(text: &str) -> Option<String> {
    if !matches!(text.chars().count(), 15 | 18) {
        return other_id(text);
    }
    let residence = ["810000", "820000", "830000"].iter().any(|region| text.starts_with(region));
    edges(text, usize::from(!residence), 1, 13)
}

/// 1+2 if six stay hidden, else as a document that nobody knows.
pub(super) fn passport(text: &str) -> Option<String> {
    edges(text, 1, 2, 6).or_else(|| other_id(text))
}

/// Letters and the last two of the life digits: `H******78`; the reissue digits are hidden.
pub(super) fn permit(text: &str) -> Option<String> {
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let digits = text.get(letters..)?;
    if !(1..=2).contains(&letters) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return other_id(text);
    }
    match digits.len() {
        7 | 8 => edges(text, letters, 2, 5),
        10 => edges(text.get(..letters + 8)?, letters, 2, 6).map(|life| life + "**"),
        _ => other_id(text),
    }
}

/// 1+1 of six or more, else nothing.
pub(super) fn other_id(text: &str) -> Option<String> {
    edges(text, 1, 1, 4)
}

/// `+86 138****5678`; another country's `+852 ******78`; anything else its last two.
pub(super) fn mobile(text: &str) -> Option<String> {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if text.len() == 11 && text.starts_with('1') && digits(text) {
        return edges(text, 3, 4, 4).map(|number| format!("+86 {number}"));
    }
    match text.strip_prefix('+') {
        Some(number) if digits(number) => {
            let code = country_code(number);
            let rest = number.get(code..)?;
            edges(rest, 0, 2, 4).map(|rest| format!("+{} {rest}", &number[..code]))
        }
        _ => edges(text, 0, 2, 4),
    }
}

/// How many digits the country code has (ITU-T E.164, list of assigned codes).
fn country_code(digits: &str) -> usize {
    match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        _ => digits.len().min(3),
    }
}

/// `010-******78`, the extension hidden.
pub(super) fn landline(text: &str) -> Option<String> {
    if text.starts_with('+') {
        return mobile(text);
    }
    let mut groups = text.split('-');
    match (groups.next(), groups.next(), groups.next(), groups.next()) {
        (Some(local), None, None, None) => edges(local, 0, 2, 4),
        (Some(area), Some(local), extension, None)
            if (3..=4).contains(&area.len()) && area.bytes().all(|b| b.is_ascii_digit()) =>
        {
            let extension = if extension.is_some() { "-***" } else { "" };
            edges(local, 0, 2, 4).map(|local| format!("{area}-{local}{extension}"))
        }
        _ => None,
    }
}

/// 6+4 of sixteen or more, so that six stay hidden; of fewer the last four (PCI DSS 3.4.1).
pub(super) fn pan(text: &str) -> Option<String> {
    match text.chars().count() {
        16.. => edges(text, 6, 4, 6),
        _ => last_four(text),
    }
}

/// The last four, never more than a third; nothing of fewer than six.
pub(super) fn last_four(text: &str) -> Option<String> {
    let length = text.graphemes(true).count();
    if length < 6 { None } else { edges(text, 0, (length / 3).min(4), 4) }
}
