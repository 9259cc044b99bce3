//! Tokens: what leaves in the place of a number (E4). Random, another one for each export, customer, field and item, so
//! that two copies cannot be joined by them; of each a keyed digest is kept, by which a search inside a case finds the
//! customer again. Turning one back is a reveal like any other: the token opens nothing.

use super::copy::CopyError;
use crate::audit::{ActError, Housekeeping, unaudited};
use crate::backoffice::BackOffice;
use crate::samples::numbers::luhn;
use crate::store::WriteTx;
use crate::store::export_tokens::{self, NewToken};
use crate::system::{Entropy, random};
use crate::vault::IndexDigest;
use domain::catalogue::{Field, Kind};
use domain::id::{CustomerId, ExportId, Item};
use std::collections::HashSet;

/// Fewer digits could be guessed, and would soon be used up.
const FEWEST_DIGITS: usize = 12;
/// No value has more.
const MOST_DIGITS: usize = 34;
/// What begins a token that has not the form of a number.
pub(super) const OPAQUE: &str = "tk_";
/// Characters after it: 130 bits.
pub(super) const OPAQUE_LENGTH: usize = 26;
/// Forgotten in one transaction.
const FORGOTTEN_AT_ONCE: u32 = 2_000;

/// What a token looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// So many digits, the first a 9, which begins no bank's card (ISO/IEC 7812-1); with a true check digit where
    /// systems look for one (JR/T 0149: what takes the number takes the token).
    Digits { count: usize, luhn: bool },
    /// Nobody takes it for a number.
    Opaque,
}

impl Shape {
    /// By the mask, which tells the length and is nothing but digits and stars for a number: so nothing is opened.
    fn of(field: &Field, mask: &str) -> Self {
        let count = mask.chars().count();
        let numeric =
            mask.chars().all(|c| c == '*' || c.is_ascii_digit()) && mask.contains(|c: char| c.is_ascii_digit());
        if numeric && (FEWEST_DIGITS..=MOST_DIGITS).contains(&count) {
            Shape::Digits { count, luhn: field.kind == Kind::Pan }
        } else {
            Shape::Opaque
        }
    }

    fn make(self, entropy: &dyn Entropy) -> String {
        match self {
            Shape::Digits { count, luhn: checked } => {
                let free = count - 1 - usize::from(checked);
                let number = u128::from_be_bytes(random(entropy)) % 10_u128.pow(free as u32);
                let mut token = format!("9{number:0free$}");
                if checked {
                    token.push(char::from(b'0' + luhn(&token)));
                }
                token
            }
            Shape::Opaque => {
                let mut text = data_encoding::BASE32_NOPAD.encode(&random::<17>(entropy)).to_ascii_lowercase();
                text.truncate(OPAQUE_LENGTH);
                format!("{OPAQUE}{text}")
            }
        }
    }
}

/// For what a token is wanted.
pub(super) struct Wanted<'a> {
    /// Whose; nobody's in a canary's line.
    pub customer: Option<CustomerId>,
    pub field: &'a Field,
    pub item: Item,
    pub mask: &'a str,
}

/// Makes tokens that never were, and keeps their digests before anyone sees them. In the order in which they were wanted.
pub(super) async fn mint(
    office: &BackOffice,
    export: ExportId,
    wanted: &[Wanted<'_>],
) -> Result<Vec<String>, CopyError> {
    let mut made: Vec<Option<(String, IndexDigest)>> = wanted.iter().map(|_| None).collect();
    let mut used = HashSet::with_capacity(wanted.len());
    // A second round only where chance met a token that was there, which happens to short ones now and then.
    while made.iter().any(Option::is_none) {
        let mut new = Vec::with_capacity(wanted.len());
        for (place, want) in made.iter_mut().zip(wanted).filter(|(place, _)| place.is_none()) {
            let token = Shape::of(want.field, want.mask).make(&*office.entropy);
            let digest = office.index.token(&token)?;
            if used.insert(*digest.as_bytes()) {
                *place = Some((token, digest));
                new.push(digest);
            }
        }
        let known = export_tokens::known(&office.db, &new).await?;
        for place in made.iter_mut() {
            place.take_if(|(_, digest)| known.contains_key(digest.as_bytes()));
        }
    }
    let made: Vec<(String, IndexDigest)> = made.into_iter().flatten().collect();
    if !made.is_empty() {
        let tokens = wanted.iter().zip(&made).map(|(want, (_, digest))| NewToken {
            digest: *digest,
            customer: want.customer,
            field: want.field.name.clone(),
            item: want.item,
        });
        let keep = Keep { export, tokens: tokens.collect() };
        unaudited(office.ledger(), "tokens of a file that is being made; its beginning and end are recorded", keep)
            .await?;
    }
    Ok(made.into_iter().map(|(token, _)| token).collect())
}

/// Forgets the tokens of an earlier try, whose file never left.
pub(super) async fn forget(office: &BackOffice, export: ExportId) -> Result<(), CopyError> {
    while export_tokens::count(&office.db, export).await? > 0 {
        let chore = Forget { export };
        unaudited(office.ledger(), "tokens of a file that was never finished", chore).await?;
    }
    Ok(())
}

struct Keep {
    export: ExportId,
    tokens: Vec<NewToken>,
}

#[async_trait::async_trait]
impl Housekeeping for Keep {
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<()> {
        export_tokens::keep(tx.conn(), self.export, &self.tokens).await
    }
}

struct Forget {
    export: ExportId,
}

#[async_trait::async_trait]
impl Housekeeping for Forget {
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<()> {
        export_tokens::forget(tx.conn(), self.export, FORGOTTEN_AT_ONCE).await
    }
}

impl From<ActError> for CopyError {
    fn from(_: ActError) -> Self {
        CopyError::Tokens
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::TestEntropy;
    use domain::catalogue::Catalogue;
    use domain::id::FieldName;
    use domain::normalise::normalise;
    use proptest::prelude::*;

    fn shape(field: &str, mask: &str) -> Shape {
        let catalogue = Catalogue::shipped().unwrap();
        Shape::of(catalogue.field(&FieldName::parse(field).unwrap()).unwrap(), mask)
    }

    #[test]
    fn e4_a_token_has_the_form_of_its_number_as_far_as_the_mask_tells_it() {
        assert_eq!(shape("card_no", "622202******1234"), Shape::Digits { count: 16, luhn: true });
        assert_eq!(shape("card_no", "*********1234"), Shape::Digits { count: 13, luhn: true });
        assert_eq!(shape("account_no", "************1234"), Shape::Digits { count: 16, luhn: false });
        for (field, mask) in [
            ("account_no", "*******1234"),
            ("account_no", "******************NWBK"),
            ("card_no", "••••"),
            ("account_no", "****************"),
            ("mobile", "+86 154****5678"),
            ("account_no", &"*1".repeat(18)),
        ] {
            assert_eq!(shape(field, mask), Shape::Opaque, "{mask}");
        }
    }

    proptest! {
        #[test]
        fn e4_a_cards_token_is_a_number_that_systems_take_and_no_banks_card(seed: u64, count in 13_usize..=19) {
            let entropy = TestEntropy::seeded(seed);
            let token = Shape::Digits { count, luhn: true }.make(&entropy);
            prop_assert_eq!(token.len(), count);
            prop_assert!(token.starts_with('9'));
            prop_assert!(normalise(Kind::Pan, &token).is_ok(), "its check digit is wrong");
        }

        #[test]
        fn e4_other_tokens_keep_their_length_or_are_no_number(seed: u64, count in 12_usize..=34) {
            let entropy = TestEntropy::seeded(seed);
            let token = Shape::Digits { count, luhn: false }.make(&entropy);
            prop_assert!(token.len() == count && token.starts_with('9') && token.bytes().all(|b| b.is_ascii_digit()));
            let opaque = Shape::Opaque.make(&entropy);
            let body = opaque.strip_prefix("tk_").unwrap();
            prop_assert!(body.len() == 26 && body.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7')));
            prop_assert_ne!(Shape::Opaque.make(&entropy), opaque);
        }
    }
}
