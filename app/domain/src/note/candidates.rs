//! What in a note could be a name.

use std::collections::BTreeSet;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::catalogue::Kind;
use crate::normalise::{Normal, folded, is_han, normalise, search_form};

/// More than any note of five hundred characters has, but for one written to have them.
const MOST: usize = 4000;

/// A name with separators is at most so long.
const LONGEST_PARTED: usize = 24;

/// Windows of Han characters, one to four words of any other script, and parts joined by `·`.
pub(super) fn of(note: &str) -> Vec<Normal> {
    let text = folded(note);
    let mut found = Found { seen: BTreeSet::new(), names: Vec::new() };
    // Print between Han characters hides no name: 王 芳, 王-芳, 王*芳.
    let mut run: Vec<&str> = Vec::new();
    for cluster in text.graphemes(true) {
        let first = cluster.chars().next().unwrap_or(' ');
        if is_han(first) {
            run.push(cluster);
        } else if first.is_alphabetic() {
            found.windows(&run, 2..=5);
            run.clear();
        }
    }
    found.windows(&run, 2..=5);
    let words: Vec<&str> = text
        .split(|c: char| is_han(c) || !(c.is_alphabetic() || c == '\'' || c == '’'))
        .filter(|word| !word.is_empty())
        .collect();
    for (at, word) in words.iter().enumerate() {
        for joint in [" ", "-"] {
            for count in 1..=4.min(words.len() - at) {
                found.add(&words[at..at + count].join(joint));
            }
        }
        if let Some(next) = words.get(at + 1) {
            found.add(&format!("{next} {word}"));
        }
    }
    found.parted(&text);
    found.names
}

struct Found {
    seen: BTreeSet<String>,
    names: Vec<Normal>,
}

impl Found {
    fn windows(&mut self, run: &[&str], lengths: std::ops::RangeInclusive<usize>) {
        for length in lengths {
            for window in run.windows(length) {
                self.add(&window.concat());
            }
        }
    }

    /// Windows over letters and separators that hold a separator inside.
    fn parted(&mut self, text: &str) {
        let dot = |c: char| matches!(c, '·' | '•' | '‧' | '・' | '.' | '⋅' | '∙' | '●');
        for run in text.split(|c: char| !(c.is_alphabetic() || dot(c))).filter(|run| run.contains(dot)) {
            let clusters: Vec<&str> = run.graphemes(true).collect();
            let dots: Vec<usize> =
                clusters.iter().enumerate().filter(|(_, c)| c.contains(dot)).map(|(at, _)| at).collect();
            for &at in &dots {
                for start in at.saturating_sub(LONGEST_PARTED)..at {
                    for end in at + 2..=clusters.len().min(start + LONGEST_PARTED) {
                        if self.names.len() >= MOST {
                            return;
                        }
                        self.add(&clusters[start..end].concat());
                    }
                }
            }
        }
    }

    fn add(&mut self, text: &str) {
        if self.names.len() >= MOST {
            return;
        }
        let Ok(name) = normalise(Kind::PersonName, text) else { return };
        let name = search_form(Kind::PersonName, &name);
        if self.seen.insert(name.expose_to_vault().to_owned()) {
            self.names.push(name);
        }
    }
}
