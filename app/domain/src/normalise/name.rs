//! Names of people.

use zeroize::Zeroizing;

use super::BadValue;
use super::text::{case_folded, spaced, without_controls};

/// 民委发〔2016〕33号 asks for at least fifty; pinyin of four generations needs more.
const MAX_CHARS: usize = 120;

/// The separator of names from Xinjiang and of translated names (GB 18030 A1A4).
pub(super) const SEPARATOR: char = '·';

/// Single spaces, none between Han characters, every separator a U+00B7; case as written.
pub(super) fn person_name(text: &str) -> Result<Zeroizing<String>, BadValue> {
    let spaced = spaced(without_controls(text)?)?;
    if spaced.chars().count() > MAX_CHARS {
        return Err(BadValue::TooLong);
    }
    if !spaced.chars().any(char::is_alphabetic) {
        return Err(BadValue::BadForm);
    }
    let mut out = Zeroizing::new(String::with_capacity(spaced.len()));
    let mut letters = spaced.chars().peekable();
    let mut before: Option<char> = None;
    while let Some(c) = letters.next() {
        let after = letters.peek().copied();
        let between_han = before.is_some_and(is_han) && after.is_some_and(is_han);
        match c {
            ' ' if between_han => continue,
            // A full stop ends an initial in Latin; between Han characters it can only be a separator.
            '.' if between_han => out.push(SEPARATOR),
            '\u{2022}' | '\u{2027}' | '\u{30FB}' | '\u{2219}' | '\u{25CF}' | '\u{26AB}' | '\u{22C5}' => {
                out.push(SEPARATOR);
            }
            _ => out.push(c),
        }
        before = Some(c);
    }
    Ok(out)
}

/// A name as it is compared: without case, full stops, and spaces around the separator.
pub(super) fn search_name(text: &str) -> Zeroizing<String> {
    let folded = case_folded(text);
    let mut out = Zeroizing::new(String::with_capacity(folded.len()));
    let mut owed_space = false;
    for c in folded.chars() {
        if c == ' ' || c == '.' {
            owed_space = !out.is_empty() && !out.ends_with(SEPARATOR);
            continue;
        }
        if owed_space && c != SEPARATOR {
            out.push(' ');
        }
        owed_space = false;
        out.push(c);
    }
    if out.is_empty() { folded } else { out }
}

/// A Han character, of whichever extension; also 〇, which stands in names.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c,
        '\u{3005}' | '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{E000}'..='\u{F8FF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}
