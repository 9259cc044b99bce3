//! Names.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::normalise::is_han;

/// The last character of a Han name at least `shown_from` characters long; the initials of any other.
///
/// Han: 王芳 `*芳`, 欧阳娜 `**娜`, 阿卜杜拉·买买提 `****·**提`. The last and not the first, since the
/// first is the surname. Other: John Ronald Smith `J*** R*** S***`.
pub(super) fn person_name(text: &str, shown_from: usize) -> Option<String> {
    let words = text.contains(' ') || text.chars().any(|c| c.is_lowercase() || c.is_uppercase());
    Some(if words { initials(text) } else { last_character(text, shown_from) })
}

fn last_character(text: &str, shown_from: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split('·').peekable();
    while let Some(part) = parts.next() {
        let clusters: Vec<&str> = part.graphemes(true).collect();
        let last = parts.peek().is_none();
        let shown = usize::from(last && clusters.len() >= shown_from.max(2));
        out.extend(std::iter::repeat_n('*', clusters.len() - shown));
        out.extend(clusters.iter().skip(clusters.len() - shown).copied());
        if !last {
            out.push('·');
        }
    }
    out
}

fn initials(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, word) in text.split(' ').filter(|word| !word.is_empty()).enumerate() {
        if at > 0 {
            out.push(' ');
        }
        for (at, part) in word.split('·').enumerate() {
            if at > 0 {
                out.push('·');
            }
            out.push_str(&initial(part));
        }
    }
    out
}

/// The first letter of a word of three or more; never a Han character, which would be the surname.
fn initial(word: &str) -> String {
    let mut clusters = word.graphemes(true);
    let first = clusters.next();
    let han = word.chars().any(is_han);
    match first {
        None => String::new(),
        Some(_) if clusters.count() < 2 => "*".to_owned(),
        Some(_) if han => "***".to_owned(),
        Some(first) => format!("{first}***"),
    }
}
