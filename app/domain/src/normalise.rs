//! One normal form per kind of value, so that a value has one mask (M5) and one index entry (L3).
//!
//! A [`Normal`] cannot be printed, cloned or serialised:
//!
//! ```compile_fail
//! fn prints<T: std::fmt::Debug>() {}
//! prints::<domain::normalise::Normal>();
//! ```
//! ```compile_fail
//! fn displays<T: std::fmt::Display>() {}
//! displays::<domain::normalise::Normal>();
//! ```
//! ```compile_fail
//! fn clones<T: Clone>() {}
//! clones::<domain::normalise::Normal>();
//! ```
//! ```compile_fail
//! fn serialises<T: serde::Serialize>() {}
//! serialises::<domain::normalise::Normal>();
//! ```
//! ```compile_fail
//! fn compares<T: PartialEq>() {}
//! compares::<domain::normalise::Normal>();
//! ```

mod contact;
mod date;
mod document;
mod name;
mod number;
mod text;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::catalogue::Kind;
use crate::mask::looks_masked;

pub(crate) use name::is_han;
pub(crate) use text::folded;

/// A plaintext value in its one normal form. Never empty, without control characters, wiped when dropped.
pub struct Normal(Zeroizing<String>);

impl Normal {
    /// The plaintext. For the vault that seals it, the index that hashes it and the mask that hides it;
    /// for nobody else: what leaves by another way has no receipt.
    pub fn expose_to_vault(&self) -> &str {
        &self.0
    }

    /// Text that a rule of this module has put into its normal form.
    fn from_rule(text: impl Into<Zeroizing<String>>) -> Self {
        Self(text.into())
    }
}

/// Why a text is no value of its kind. Never holds the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum BadValue {
    /// Nothing there, or nothing visible.
    #[error("empty")]
    Empty,
    /// Longer than any value of its kind.
    #[error("too long")]
    TooLong,
    /// Holds a control character.
    #[error("holds a control character")]
    ControlCharacter,
    /// As many characters as no value of its kind has.
    #[error("of the wrong length")]
    WrongLength,
    /// Its check digit says that a digit is mistyped.
    #[error("check digit is wrong")]
    WrongCheckDigit,
    /// No day of the calendar.
    #[error("not a date")]
    NotADate,
    /// Holds something else than digits.
    #[error("not digits")]
    NotDigits,
    /// Not written as its kind is.
    #[error("badly formed")]
    BadForm,
    /// Holds mask characters (M7).
    #[error("looks masked")]
    LooksMasked,
}

impl BadValue {
    /// Stable code for the wire and for a reject file.
    pub const fn code(self) -> &'static str {
        match self {
            BadValue::Empty => "empty",
            BadValue::TooLong => "too_long",
            BadValue::ControlCharacter => "control_character",
            BadValue::WrongLength => "wrong_length",
            BadValue::WrongCheckDigit => "wrong_check_digit",
            BadValue::NotADate => "not_a_date",
            BadValue::NotDigits => "not_digits",
            BadValue::BadForm => "bad_form",
            BadValue::LooksMasked => "looks_masked",
        }
    }
}

/// No value of any kind needs more; keeps the cost of hostile input flat.
const MAX_BYTES: usize = 4096;

/// Puts a text into the normal form of its kind, or says why it has none.
///
/// Normalising a normal form changes nothing. A mask has no normal form (M7).
///
/// # Errors
/// [`BadValue`], which never holds the text.
pub fn normalise(kind: Kind, raw: &str) -> Result<Normal, BadValue> {
    let text = foldable(raw)?;
    let text = text.trim();
    if looks_masked(text) || (kind != Kind::PersonName && text.contains(text::BULLETS)) {
        return Err(BadValue::LooksMasked);
    }
    let normal = match kind {
        Kind::PersonName => name::person_name(text),
        Kind::IdCard => document::id_card(text),
        Kind::Passport => document::passport(text),
        Kind::Permit => document::permit(text),
        Kind::OtherId => document::other_id(text),
        Kind::Mobile => contact::mobile(text),
        Kind::Landline => contact::landline(text),
        Kind::Email => contact::email(text),
        Kind::Address => text::line(text, 400),
        Kind::Pan => number::pan(text),
        Kind::AccountNo => number::account_no(text),
        Kind::Amount => number::amount(text),
        Kind::Date => date::date(text),
        Kind::CardExpiry => date::card_expiry(text),
        Kind::Text => text::line(text, 500),
        Kind::Code => text::code(text),
    }?;
    Ok(Normal::from_rule(normal))
}

/// The normal form, and the search form, of a token that stands for a value in an export (E4). It is of no field: what
/// it was made of is found by it, and is nowhere in it.
///
/// # Errors
/// [`BadValue`], which never holds the text.
pub fn export_token(raw: &str) -> Result<Normal, BadValue> {
    let text = foldable(raw)?;
    if looks_masked(&text) || text.contains(text::BULLETS) {
        return Err(BadValue::LooksMasked);
    }
    number::export_token(text.trim()).map(Normal::from_rule)
}

/// The folded text, if it is not too long and anything of it can be seen.
fn foldable(raw: &str) -> Result<Zeroizing<String>, BadValue> {
    if raw.len() > MAX_BYTES {
        return Err(BadValue::TooLong);
    }
    let text = folded(raw);
    if text::is_visible(&text) { Ok(text) } else { Err(BadValue::Empty) }
}

/// The form of which the blind index takes its HMAC: what two ways of writing one value share.
///
/// Names and e-mails are case-folded; a travel permit is its holder's life number, so that a reissue
/// still matches (standards.md §2); codes are upper case. All else is its normal form.
pub fn search_form(kind: Kind, value: &Normal) -> Normal {
    let text = value.expose_to_vault();
    let form = match kind {
        Kind::PersonName => name::search_name(text),
        Kind::Permit => document::life_number(text),
        Kind::Email | Kind::Address | Kind::Text => text::case_folded(text),
        Kind::Code => Zeroizing::new(text.to_ascii_uppercase()),
        Kind::IdCard
        | Kind::Passport
        | Kind::OtherId
        | Kind::Mobile
        | Kind::Landline
        | Kind::Pan
        | Kind::AccountNo
        | Kind::Amount
        | Kind::Date
        | Kind::CardExpiry => Zeroizing::new(text.to_owned()),
    };
    Normal::from_rule(form)
}

#[cfg(test)]
mod tests;
