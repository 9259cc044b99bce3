//! Canary rows: lines about nobody, which only the bank can tell from the others (E4).
//!
//! A canary borrows its form from the customers of its page. Which items it has, and all that is visible of them, are one
//! customer's, so that what belongs together stays together (who has a spouse has the spouse's ID number); each field's
//! masks are of another customer who has the same items, so that no line is a twin of any. What would name somebody is not
//! borrowed: the last digits of a number come from the key, a visible code only keeps what it has in common with
//! another's, and what leaves in clear is invented whole, of regions, prefixes and hosts that are nobody's. A number that
//! searches would find is looked for first, so that no canary bears a customer's.

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
use std::collections::HashSet;

/// Digits at a number's end that come from the key, as many as masks show.
pub(super) const TAIL: usize = 4;
/// Digits of a number that leaves in clear by which it is found again; the six before them are an issuer's.
pub(super) const MIDDLE: std::ops::Range<usize> = 6..11;
/// Codes that are shorter, or have fewer digits than a tail, name a branch or a product, not a person.
const SHORTEST_NUMBER: usize = 8;
/// Characters that a code keeps at least.
const KEPT: usize = 2;
/// Numbers in clear that are looked for before one is taken. One is enough but for the cards of one large issuer.
const TRIES: usize = 8;
/// A cell: items and what stands for each.
pub(super) type Items = Vec<(Item, String)>;

/// The cells of a canary, in the form of these customers'. Where tokens leave, they are the masks by which their form is
/// told. What was `given` to a canary before is given to no other: a number that stands twice would be nobody's.
pub(super) async fn row(
    office: &BackOffice,
    marks: &Marks,
    canary: u64,
    columns: &[(Field, Form)],
    lenders: &[Vec<Items>],
    given: &mut HashSet<String>,
) -> Result<Vec<Items>, CopyError> {
    let chosen = marks.lender(canary, lenders.len());
    let mut row = Vec::with_capacity(columns.len());
    for (at, (field, form)) in columns.iter().enumerate() {
        let column: Vec<&Items> = lenders.iter().filter_map(|one| one.get(at)).collect();
        let Some(own) = column.get(chosen) else { continue };
        let peers: Vec<&&Items> = column.iter().filter(|other| of_same_items(other, own)).collect();
        let lender = match field.mask {
            MaskRule::Visible => own,
            _ => peers.get(marks.peer(canary, &field.name, peers.len())).copied().unwrap_or(own),
        };
        let mut items = Items::with_capacity(lender.len());
        for (place, (item, text)) in lender.iter().enumerate() {
            let seed = marks.seed(canary, &field.name, place);
            let made = match form {
                Form::Token => text.clone(),
                Form::Plain if is_opened(field, *form) => {
                    free(office, field, given, (0..TRIES).map(|attempt| in_clear(field.kind, seed, attempt, text)))
                        .await?
                }
                Form::Mask | Form::Plain if field.mask != MaskRule::Visible => with_tail(field.kind, seed, text, TAIL),
                Form::Mask | Form::Plain if field.strong_key => {
                    free(
                        office,
                        field,
                        given,
                        (TAIL..=text.len()).map(|width| with_tail(field.kind, seed, text, width)),
                    )
                    .await?
                }
                Form::Mask | Form::Plain if field.kind == Kind::Code && ends_in_a_number(field.kind, text) => {
                    let others = column.iter().enumerate().filter(|(other, _)| *other != chosen);
                    let others = others.flat_map(|(_, items)| items.iter().map(|(_, other)| in_common(text, other)));
                    another_code(seed, text, others.max().unwrap_or_default())
                }
                Form::Mask | Form::Plain => with_tail(field.kind, seed, text, TAIL),
            };
            items.push((*item, made));
        }
        row.push(items);
    }
    Ok(row)
}

fn of_same_items(one: &Items, other: &Items) -> bool {
    one.iter().map(|(item, _)| item).eq(other.iter().map(|(item, _)| item))
}

/// The first of these that no customer is found by, where any could be, and no canary was given.
pub(super) async fn free(
    office: &BackOffice,
    field: &Field,
    given: &mut HashSet<String>,
    tries: impl Iterator<Item = String> + Send,
) -> Result<String, CopyError> {
    let mut last = String::new();
    for made in tries {
        last = made;
        let Ok(value) = normalise(field.kind, &last) else { break };
        if !field.strong_key {
            break;
        }
        let digest = office.index.digest(&field.name, &search_form(field.kind, &value))?;
        if !export_tokens::is_taken(&office.db, &field.name, &digest).await? && given.insert(last.clone()) {
            break;
        }
    }
    Ok(last)
}

/// How many characters two codes begin with alike.
fn in_common(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count()
}

/// A code of the same form that is nobody's. It keeps what it has in common with another customer's: all of it if that one
/// has the same (it names a branch, a product), else half of it at most. Behind that, digits and letters are others, and
/// the check digit of a card is as true as it was.
fn another_code(seed: u128, text: &str, in_common: usize) -> String {
    let length = text.chars().count();
    if in_common >= length {
        return text.to_owned();
    }
    let kept = in_common.clamp(KEPT, length / 2);
    let mut dice = Dice::of(seed as u64, 0);
    let hexadecimal = text.chars().skip(kept).all(|c| !c.is_ascii_alphabetic() || c.is_ascii_hexdigit());
    let mut letter = |first: u8| char::from(first + dice.below(if hexadecimal { 6 } else { 26 }) as u8);
    let from_key = digits(seed);
    // From its end, as they are looked for in a leak.
    let mut source = from_key.chars().rev().cycle();
    let replaced = text.chars().rev().take(length - kept).map(|c| match c {
        '0'..='9' => source.next().unwrap_or(c),
        'a'..='z' => letter(b'a'),
        'A'..='Z' => letter(b'A'),
        _ => c,
    });
    let mut replaced: Vec<char> = replaced.collect();
    replaced.reverse();
    let (kept, behind): (String, String) = (text.chars().take(kept).collect(), replaced.iter().skip(1).collect());
    let made: String = kept.chars().chain(replaced).collect();
    if normalise(Kind::Pan, text).is_err() {
        return made;
    }
    let mut cards = (0..10).map(|digit| format!("{kept}{digit}{behind}"));
    cards.find(|card| normalise(Kind::Pan, card).is_ok()).unwrap_or(made)
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
        Kind::Code => text.len() >= SHORTEST_NUMBER && text.bytes().filter(u8::is_ascii_digit).count() >= TAIL,
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
fn in_clear(kind: Kind, seed: u128, attempt: usize, mask: &str) -> String {
    if let Some(whole) = invented(kind, seed) {
        return whole;
    }
    let mut dice = Dice::of(seed as u64, 0);
    match kind {
        Kind::Pan | Kind::AccountNo | Kind::Passport | Kind::Permit | Kind::OtherId | Kind::Landline | Kind::Code => {
            number(kind, seed, attempt, mask)
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

/// What the mask shows at its beginning (an issuer's six digits, a document's letter), and digits of the key behind it:
/// others at each attempt, but for those by which a long number is found again.
fn number(kind: Kind, seed: u128, attempt: usize, mask: &str) -> String {
    let length = mask.chars().count();
    let fixed = if length > MIDDLE.end { MIDDLE.end } else { 0 };
    let (from_key, others) = (digits(seed), digits(seed.rotate_left(13 * attempt as u32)));
    let from_key = from_key.chars().take(fixed).chain(others.chars().skip(fixed));
    let shown = mask.chars().take_while(|c| !matches!(c, '*' | '•')).take(MIDDLE.start).count();
    let behind = mask.chars().zip(from_key);
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
            (Kind::Code, "WEALTH_01", "WEALTH_01"),
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
        let made = number(Kind::Pan, u128::MAX / 7, 0, "622202******1234");
        assert!(made.starts_with("622202") && made.len() == 16);
        assert!(normalise(Kind::Pan, &made).is_ok());
        assert_eq!(number(Kind::AccountNo, 5, 0, "***************1234").len(), 19);
        assert!(number(Kind::Passport, 5, 0, "E******34").starts_with('E'));
    }

    #[test]
    fn e4_a_number_in_clear_that_is_somebodys_is_tried_again_and_is_found_again() {
        let tries: Vec<String> = (0..TRIES)
            .map(|attempt| number(Kind::Pan, 0x0123_4567_89ab_cdef << 40, attempt, "622202******1234"))
            .collect();
        assert_eq!(tries.iter().collect::<std::collections::BTreeSet<_>>().len(), TRIES);
        for made in &tries {
            assert_eq!(made[..MIDDLE.end], tries[0][..MIDDLE.end]);
            assert!(normalise(Kind::Pan, made).is_ok(), "{made}");
        }
    }

    #[test]
    fn e4_a_code_keeps_what_it_has_in_common_with_another_and_its_form() {
        let text = "TK0123456789ABCDEF";
        assert_eq!(in_common(text, "TK01FF"), 4);
        let made = another_code(1234, text, 4);
        assert!(made.starts_with("TK01") && !made.ends_with("ABCDEF"), "{made}");
        let form = |text: &str| text.chars().map(|c| if c.is_ascii_digit() { '0' } else { 'A' }).collect::<String>();
        assert_eq!(form(&made), form(text));
        assert!(made[2..].chars().all(|c| c.is_ascii_hexdigit()), "{made}");
        let tail: String = made.chars().filter(char::is_ascii_digit).collect();
        assert!(tail.ends_with("1234"), "by which it is found again");
        assert_eq!(another_code(1234, "102100099996", 12), "102100099996", "a branch of several customers");
        let nearly = another_code(1234, "PT0001234567", 11);
        assert!(nearly.starts_with("PT0001") && nearly != "PT0001234567", "half of it at most");
        assert_eq!(another_code(5, "客户客户00001234", 0).chars().count(), 12);
    }

    proptest! {
        #[test]
        fn e4_a_payment_token_stays_as_true_as_it_was(seed: u128, kept in 0_usize..12) {
            let made = another_code(seed, "6222021234567894", kept);
            prop_assert!(normalise(Kind::Pan, "6222021234567894").is_ok());
            prop_assert!(normalise(Kind::Pan, &made).is_ok(), "{}", made);
            prop_assert_eq!(&made[12..], &digits(seed)[32..]);
        }

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
