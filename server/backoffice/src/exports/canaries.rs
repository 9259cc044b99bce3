//! Canary rows: lines about nobody, which only the bank can tell from the others (E4).
//!
//! A canary borrows, cell by cell, the form of the customers around it (each cell of another one, so that no line is a
//! twin of any): a visible region, product or day, the prefix of a telephone, the length of an account. What would name
//! somebody is not borrowed: the last digits of a number come from the key, and what leaves in clear is invented whole,
//! of regions, prefixes and hosts that are nobody's. A number that searches would find is looked for first, so that no
//! canary bears a customer's.

use super::copy::{CopyError, is_opened};
use super::marks::{Marks, digits};
use crate::backoffice::BackOffice;
use crate::samples::names;
use crate::samples::numbers::{Dice, id_check, luhn};
use crate::store::export_tokens;
use domain::catalogue::{Field, Kind};
use domain::clock::{Span, Timestamp};
use domain::export::Form;
use domain::id::Item;
use domain::mask::MaskRule;
use domain::normalise::{normalise, search_form};

/// Digits at a number's end that come from the key, as many as masks show.
pub(super) const TAIL: usize = 4;
/// Codes that are shorter name a branch or a product, not a person.
const SHORTEST_NUMBER: usize = 8;
/// A cell: items and what stands for each.
pub(super) type Items = Vec<(Item, String)>;

/// One cell of a canary, made in the form of another's. Where tokens leave, it is the mask by which their form is told.
pub(super) async fn cell(
    office: &BackOffice,
    marks: &Marks,
    canary: u64,
    (field, form): (&Field, Form),
    lender: &Items,
) -> Result<Items, CopyError> {
    let mut items = Vec::with_capacity(lender.len());
    for (place, (item, text)) in lender.iter().enumerate() {
        let seed = marks.seed(canary, &field.name, place);
        let made = match form {
            Form::Token => text.clone(),
            Form::Plain if is_opened(field, form) => in_clear(field.kind, seed, text),
            Form::Mask | Form::Plain if field.mask == MaskRule::Visible => free(office, field, seed, text).await?,
            Form::Mask | Form::Plain => with_tail(field.kind, seed, text, TAIL),
        };
        items.push((*item, made));
    }
    Ok(items)
}

/// A visible value that no customer is found by: as many of its last digits as it takes come from the key.
async fn free(office: &BackOffice, field: &Field, seed: u128, text: &str) -> Result<String, CopyError> {
    let mut made = with_tail(field.kind, seed, text, TAIL);
    if !field.strong_key {
        return Ok(made);
    }
    for width in TAIL + 1..=text.len() {
        let Ok(value) = normalise(field.kind, &made) else { break };
        let digest = office.index.digest(&field.name, &search_form(field.kind, &value))?;
        if !export_tokens::is_taken(&office.db, &field.name, &digest).await? {
            break;
        }
        made = with_tail(field.kind, seed, text, width);
    }
    Ok(made)
}

/// The text with its last digits, up to `width`, replaced; of a mask only what it shows behind its stars.
fn with_tail(kind: Kind, seed: u128, text: &str, width: usize) -> String {
    if !ends_in_a_number(kind, text) {
        return text.to_owned();
    }
    let from_key = digits(seed);
    let mut source = from_key.chars().rev();
    let hidden = text.rfind(['*', '•']).map_or(0, |at| at + 1);
    let mut left = width;
    let mut made: Vec<char> = Vec::with_capacity(text.len());
    for (at, c) in text.char_indices().rev() {
        let replaced = left > 0 && at >= hidden && c.is_ascii_digit();
        left -= usize::from(replaced);
        made.push(if replaced { source.next().unwrap_or(c) } else { c });
    }
    made.into_iter().rev().collect()
}

fn ends_in_a_number(kind: Kind, text: &str) -> bool {
    match kind {
        Kind::Mobile | Kind::Landline | Kind::Pan | Kind::AccountNo | Kind::Passport | Kind::Permit | Kind::OtherId => {
            true
        }
        Kind::Code => text.len() >= SHORTEST_NUMBER,
        Kind::PersonName
        | Kind::IdCard
        | Kind::Email
        | Kind::Address
        | Kind::Amount
        | Kind::Date
        | Kind::CardExpiry
        | Kind::Text => false,
    }
}

/// A value that leaves in clear: invented, in the length of the mask where it is a number.
fn in_clear(kind: Kind, seed: u128, mask: &str) -> String {
    if let Some(whole) = invented(kind, seed) {
        return whole;
    }
    let mut dice = Dice::of(seed as u64, 0);
    match kind {
        Kind::Pan | Kind::AccountNo | Kind::Passport | Kind::Permit | Kind::OtherId | Kind::Landline | Kind::Code => {
            number(kind, seed, mask)
        }
        Kind::Amount => format!("{}.{:02}", dice.below(2_000_000) >> dice.below(12), dice.below(100)),
        Kind::Date => day(dice.below(22_000)),
        Kind::Text => names::employer(&mut dice),
        // The first five always have one, and no expiry ever leaves.
        Kind::PersonName | Kind::IdCard | Kind::Mobile | Kind::Email | Kind::Address | Kind::CardExpiry => {
            String::new()
        }
    }
}

/// What is invented from the seed alone, so that it is found again as a whole.
pub(super) fn invented(kind: Kind, seed: u128) -> Option<String> {
    let mut dice = Dice::of(seed as u64, 0);
    match kind {
        Kind::PersonName => Some(names::name(&mut dice)),
        Kind::IdCard => {
            // Provinces 19, 29 … 69 are not assigned (GB/T 2260), and begin as true ones do.
            let region = format!("{}9{:04}", 1 + dice.below(6), 101 + dice.below(9_000));
            let mut number = format!("{region}{}{:03}", day(dice.below(22_000)).replace('-', ""), 1 + dice.below(999));
            number.push(id_check(&number));
            Some(number)
        }
        // Never given out.
        Kind::Mobile => Some(format!("154{:08}", dice.below(100_000_000))),
        Kind::Email => Some(format!("u{:09}@example.com", dice.below(1_000_000_000))),
        Kind::Address => Some(names::address(&mut dice)),
        Kind::Passport
        | Kind::Permit
        | Kind::OtherId
        | Kind::Landline
        | Kind::Pan
        | Kind::AccountNo
        | Kind::Amount
        | Kind::Date
        | Kind::CardExpiry
        | Kind::Text
        | Kind::Code => None,
    }
}

/// What the mask shows at its beginning (an issuer's six digits, a document's letter), and digits of the key behind it.
fn number(kind: Kind, seed: u128, mask: &str) -> String {
    let from_key = digits(seed);
    let shown = mask.chars().take_while(|c| !matches!(c, '*' | '•')).take(6).count();
    let behind = mask.chars().zip(from_key.chars());
    let mut made: String =
        behind.enumerate().map(|(at, (c, digit))| if at < shown || c == '-' { c } else { digit }).collect();
    if kind == Kind::Pan && made.pop().is_some() {
        made.push(char::from(b'0' + luhn(&made)));
    }
    made
}

/// Days after 1945, as they are written.
fn day(number: u64) -> String {
    const FIRST: Timestamp = Timestamp::from_millis(0).minus(Span::days(9_131));
    let (year, month, date, ..) = FIRST.plus(Span::days(number as i64)).civil();
    format!("{year:04}-{month:02}-{date:02}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn e4_a_canarys_mask_differs_in_the_digits_it_shows_and_in_nothing_else() {
        let seed = 1234;
        for (kind, mask, made) in [
            (Kind::Mobile, "+86 138****5678", "+86 138****1234"),
            (Kind::Pan, "622202******5678", "622202******1234"),
            (Kind::Landline, "010-******78", "010-******34"),
            (Kind::AccountNo, "*************••", "*************••"),
            (Kind::Code, "C000045678", "C000041234"),
            (Kind::Code, "0101", "0101"),
            (Kind::PersonName, "*芳", "*芳"),
            (Kind::IdCard, "4****************7", "4****************7"),
            (Kind::Date, "2026-01-31", "2026-01-31"),
        ] {
            assert_eq!(with_tail(kind, seed, mask, TAIL), made);
        }
    }

    #[test]
    fn e4_a_canary_in_clear_has_an_issuers_form_and_a_true_check_digit() {
        let made = number(Kind::Pan, u128::MAX / 7, "622202******1234");
        assert!(made.starts_with("622202") && made.len() == 16);
        assert!(normalise(Kind::Pan, &made).is_ok());
        assert_eq!(number(Kind::AccountNo, 5, "***************1234").len(), 19);
        assert!(number(Kind::Passport, 5, "E******34").starts_with('E'));
    }

    proptest! {
        #[test]
        fn e4_whatever_is_invented_is_a_value_of_its_kind(seed: u128) {
            for kind in [Kind::PersonName, Kind::IdCard, Kind::Mobile, Kind::Email, Kind::Address] {
                let made = invented(kind, seed).unwrap();
                prop_assert!(normalise(kind, &made).is_ok(), "{:?} {}", kind, made);
                prop_assert_eq!(invented(kind, seed).unwrap(), made);
            }
            let id_no = invented(Kind::IdCard, seed).unwrap();
            prop_assert!(id_no.as_bytes()[1] == b'9', "a province that is none");
        }
    }
}
