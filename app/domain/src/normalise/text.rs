//! What the kinds share: folding, spaces, invisible characters.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::BadValue;

/// Dots that stand for a hidden character; in a name one of them between letters is a separator.
pub(super) const BULLETS: [char; 4] = ['\u{2022}', '\u{25CF}', '\u{2219}', '\u{26AB}'];

/// NFKC without the characters that only a spreadsheet or an attacker puts in: marks of direction,
/// zero-width spaces, soft hyphens. Full-width digits and letters become plain ones.
pub(crate) fn folded(raw: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(raw.len() * 2));
    // Stripping first lets what it separated compose, so that folding twice is folding once.
    out.extend(raw.chars().filter(|&c| !is_invisible(c)).nfkc());
    out
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'
        | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Joiners and variation selectors: part of how a name is written, no part of what is compared.
pub(super) fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}' | '\u{180B}'..='\u{180D}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Whether anything of the text can be seen.
pub(super) fn is_visible(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !is_joiner(c))
}

/// Every run of white space becomes one space; a control character that is none is refused.
pub(super) fn spaced(text: &str) -> Result<Zeroizing<String>, BadValue> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    for word in text.split_whitespace() {
        if word.chars().any(char::is_control) {
            return Err(BadValue::ControlCharacter);
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    Ok(out)
}

/// Refuses control characters, white space like tabs and newlines among them.
pub(super) fn without_controls(text: &str) -> Result<&str, BadValue> {
    if text.chars().any(char::is_control) { Err(BadValue::ControlCharacter) } else { Ok(text) }
}

/// The text in upper case without white space and dashes, as numbers on documents are compared.
pub(super) fn packed(text: &str) -> Result<Zeroizing<String>, BadValue> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    out.extend(
        without_controls(text)?
            .chars()
            .filter(|&c| !c.is_whitespace() && !is_dash(c) && !is_joiner(c))
            .map(|c| c.to_ascii_uppercase()),
    );
    if out.is_empty() { Err(BadValue::BadForm) } else { Ok(out) }
}

/// The dashes that people type in numbers.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30FC}')
}

/// [`packed`] text, all digits.
pub(super) fn digits(text: &str) -> Result<Zeroizing<String>, BadValue> {
    let out = packed(text)?;
    if out.bytes().all(|b| b.is_ascii_digit()) { Ok(out) } else { Err(BadValue::NotDigits) }
}

/// A line of text of at most `max` characters.
pub(super) fn line(text: &str, max: usize) -> Result<Zeroizing<String>, BadValue> {
    let out = spaced(text)?;
    if out.chars().count() > max { Err(BadValue::TooLong) } else { Ok(out) }
}

/// A short code of ASCII letters, digits, `-`, `.` and `/`. No `_`, which a search never takes (Q2).
pub(super) fn code(text: &str) -> Result<Zeroizing<String>, BadValue> {
    let text = without_controls(text)?;
    if text.len() > 32 {
        return Err(BadValue::TooLong);
    }
    let fits = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'/'));
    if fits && text.bytes().any(|b| b.is_ascii_alphanumeric()) {
        Ok(Zeroizing::new(text.to_owned()))
    } else {
        Err(BadValue::BadForm)
    }
}

/// Without case and joiners. Up and down again, so that ß meets SS and every sigma is one.
pub(super) fn case_folded(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len() * 2));
    let letters = text.chars().filter(|&c| !is_joiner(c));
    out.extend(letters.flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc());
    out
}
