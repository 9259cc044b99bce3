//! The note of a case or a reveal: free text that says something and holds no customer data (V2n).

mod candidates;
mod digits;
mod filler;

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization as _;

use crate::normalise::{Normal, folded};

/// A note that passed every check that needs neither the customer nor the database. Its body stands
/// beside the log, never in it (A5): no `Debug`, no `Display`, no `Serialize`.
///
/// ```compile_fail
/// fn prints<T: std::fmt::Debug>() {}
/// prints::<domain::note::Note>();
/// ```
/// ```compile_fail
/// fn serialises<T: serde::Serialize>() {}
/// serialises::<domain::note::Note>();
/// ```
pub struct Note(String);

/// Why a note does not do. Never holds the note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum BadNote {
    /// Fewer than four characters.
    #[error("too short")]
    TooShort,
    /// More than five hundred.
    #[error("too long")]
    TooLong,
    /// Holds a control character other than a line break.
    #[error("holds a control character")]
    ControlCharacter,
    /// Says nothing: `aaaa`, `工作需要`.
    #[error("says nothing")]
    Filler,
    /// Equal or near-equal to an earlier note.
    #[error("repeats an earlier note")]
    Repeated,
    /// Six digits in a row that are not the ticket's.
    #[error("holds a number")]
    Number,
    /// An e-mail address.
    #[error("holds an e-mail address")]
    Email,
}

impl BadNote {
    /// Stable code for the wire and for events.
    pub const fn code(self) -> &'static str {
        match self {
            BadNote::TooShort => "note_too_short",
            BadNote::TooLong => "note_too_long",
            BadNote::ControlCharacter => "note_control_character",
            BadNote::Filler => "note_filler",
            BadNote::Repeated => "note_repeated",
            BadNote::Number => "note_number",
            BadNote::Email => "note_email",
        }
    }
}

const MIN_CHARS: usize = 4;
const MAX_CHARS: usize = 500;

impl Note {
    /// Parses a note under a ticket, given the bodies of this person's notes of other cases.
    ///
    /// That it does not hold this customer's name is for the back office to see, by the hashes of
    /// [`Note::name_candidates`].
    ///
    /// # Errors
    /// The first check that it fails.
    pub fn parse(raw: &str, ticket: &str, earlier: &[&str]) -> Result<Self, BadNote> {
        // Bounds the cost of everything below before anything is folded.
        if raw.len() > MAX_CHARS * 16 {
            return Err(BadNote::TooLong);
        }
        let text = raw.replace("\r\n", "\n");
        let text = text.trim();
        let length = text.chars().count();
        if length > MAX_CHARS {
            return Err(BadNote::TooLong);
        }
        if text.chars().any(|c| c.is_control() && c != '\n') {
            return Err(BadNote::ControlCharacter);
        }
        let folded = folded(text);
        // One sign may fold into a whole phrase, and an invisible one into nothing.
        if length.min(folded.trim().chars().count()) < MIN_CHARS {
            return Err(BadNote::TooShort);
        }
        if filler::is_filler(&folded) {
            return Err(BadNote::Filler);
        }
        if has_email(&folded) {
            return Err(BadNote::Email);
        }
        if digits::has_number(&folded, &crate::normalise::folded(ticket)) {
            return Err(BadNote::Number);
        }
        let this = trigrams(&folded);
        if earlier.iter().any(|earlier| near_equal(&this, &trigrams(&crate::normalise::folded(earlier)))) {
            return Err(BadNote::Repeated);
        }
        Ok(Self(text.to_owned()))
    }

    /// The body.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Every part of the note that could be a name, in the search form of names. The back office hashes
    /// them with the name's index key and compares: so it learns that the note holds this customer's
    /// name without opening the name.
    pub fn name_candidates(&self) -> Vec<Normal> {
        candidates::of(&self.0)
    }
}

fn has_email(text: &str) -> bool {
    let word = |c: char| c.is_alphanumeric();
    text.match_indices('@').any(|(at, _)| {
        let before = text[..at].trim_end().chars().next_back();
        let after = text[at + 1..].trim_start();
        let host = after.split(|c: char| c.is_whitespace()).next().unwrap_or_default();
        before.is_some_and(word) && host.chars().next().is_some_and(word) && host.contains('.')
    })
}

/// The letters of a text, without case, digits and print: a template with another number in it is the
/// same note.
fn letters(text: &str) -> String {
    text.nfkc().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()
}

fn trigrams(text: &str) -> BTreeSet<[char; 3]> {
    let padded: Vec<char> = ['^', '^'].into_iter().chain(letters(text).chars()).chain(['$']).collect();
    padded.windows(3).filter_map(|window| window.try_into().ok()).collect()
}

/// Jaccard similarity of at least 0.8, in whole numbers.
fn near_equal(one: &BTreeSet<[char; 3]>, other: &BTreeSet<[char; 3]>) -> bool {
    let shared = one.intersection(other).count();
    let all = one.len() + other.len() - shared;
    shared * 5 >= all * 4
}

#[cfg(test)]
mod tests;
