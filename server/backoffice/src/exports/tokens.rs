//! Tokens: what leaves in the place of a number (E4). Random, another one for each export, customer, field and item, so
//! that two copies cannot be joined by them; of each a keyed digest is kept, by which a search inside a case finds the
//! customer again. Turning one back is a reveal like any other: the token opens nothing.

use super::copy::{CopyError, Progress};
use crate::audit::{ActError, Housekeeping, unaudited};
use crate::backoffice::BackOffice;
use crate::samples::numbers::luhn;
use crate::store::WriteTx;
use crate::store::export_tokens::{self, NewToken};
use crate::system::{Entropy, random};
use crate::vault::IndexDigest;
use domain::catalogue::{Field, Kind};
use domain::id::{CustomerId, ExportId, Item};
use domain::normalise::{normalise, search_form};
use std::collections::{HashMap, HashSet};

/// Fewer digits could be guessed, and would soon be used up.
const FEWEST_DIGITS: usize = 12;
/// No value has more.
const MOST_DIGITS: usize = 34;
/// What begins a token that has not the form of a number.
pub(super) const OPAQUE: &str = "tk_";
/// Characters after it: 130 bits.
pub(super) const OPAQUE_LENGTH: usize = 26;
/// Begins millions of older cards (9558…, 95599…): a payment system might take such a token for one of them.
const OLDER_CARDS: &str = "955";
/// Forgotten in one transaction.
const FORGOTTEN_AT_ONCE: u32 = 2_000;

/// What a token looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// So many digits, the first a 9, which ISO/IEC 7812-1 leaves to each country: no new card begins so, older ones of
    /// Chinese banks do. With a true check digit where systems look for one (JR/T 0149: what takes the number takes the
    /// token).
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
                let mut token = String::from(OLDER_CARDS);
                while token.starts_with(OLDER_CARDS) {
                    let number = u128::from_be_bytes(random(entropy)) % 10_u128.pow(free as u32);
                    token = format!("9{number:0free$}");
                }
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

/// Makes tokens that never were, nor are any customer's card or account, and keeps their digests before anyone sees them. In the order in which they were wanted.
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
        let tokens: Vec<&str> = made.iter().flatten().map(|(token, _)| token.as_str()).collect();
        let borne: HashSet<String> = borne(office, &tokens).await?;
        for place in made.iter_mut() {
            place.take_if(|(token, digest)| known.contains_key(digest.as_bytes()) || borne.contains(token));
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

/// Which of these a search would find a customer by, as a card or an account.
async fn borne(office: &BackOffice, tokens: &[&str]) -> Result<HashSet<String>, CopyError> {
    let mut borne = HashSet::new();
    let numbers = |field: &&Field| field.strong_key && matches!(field.kind, Kind::Pan | Kind::AccountNo);
    for field in office.catalogue.fields().iter().filter(numbers) {
        let mut digests = Vec::with_capacity(tokens.len());
        let mut of = HashMap::with_capacity(tokens.len());
        for token in tokens.iter().filter(|token| !token.starts_with(OPAQUE)) {
            let Ok(value) = normalise(field.kind, token) else { continue };
            let digest = office.index.digest(&field.name, &search_form(field.kind, &value))?;
            digests.push(digest);
            of.insert(*digest.as_bytes(), *token);
        }
        let taken = export_tokens::taken(&office.db, &field.name, &digests).await?;
        borne.extend(taken.iter().filter_map(|digest| Some((*of.get(digest)?).to_owned())));
    }
    Ok(borne)
}

/// Forgets the tokens of an earlier try, whose file never left. It says that it lives between one part and the next: a
/// large file leaves many.
pub(super) async fn forget(office: &BackOffice, export: ExportId, progress: &dyn Progress) -> Result<(), CopyError> {
    while export_tokens::any(&office.db, export).await? {
        let chore = Forget { export };
        unaudited(office.ledger(), "tokens of a file that was never finished", chore).await?;
        progress.step(0).await.map_err(CopyError::Stopped)?;
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
    use crate::exports::copy::tests::Bank;
    use crate::samples::{self, Columns};
    use crate::system::TestEntropy;
    use domain::catalogue::Catalogue;
    use domain::id::FieldName;
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

    #[test]
    fn e4_no_token_begins_as_most_older_cards_do() {
        let entropy = TestEntropy::seeded(1);
        let tokens: Vec<String> = (0..20_000).map(|_| Shape::Digits { count: 19, luhn: true }.make(&entropy)).collect();
        assert!(tokens.iter().all(|token| !token.starts_with("955")));
        for beginning in ["954", "956", "90", "99"] {
            assert!(tokens.iter().any(|token| token.starts_with(beginning)), "{beginning}");
        }
    }

    #[tokio::test]
    async fn e4_a_number_that_is_a_customers_is_no_token() {
        let bank = Bank::of(3).await;
        let mut csv = Vec::new();
        samples::write(3, 7, Columns::Catalogue, &mut csv).unwrap();
        let mut reader = csv::Reader::from_reader(csv.as_slice());
        let header = reader.headers().unwrap().clone();
        let row = reader.records().next().unwrap().unwrap();
        let value = |name: &str| &row[header.iter().position(|one| one == name).unwrap()];
        let (card, account) = (value("card_no"), value("account_no"));
        let borne = borne(&bank.office, &[card, "6222021234567894", account, "tk_a"]).await.unwrap();
        assert_eq!(borne, HashSet::from([card.to_owned(), account.to_owned()]));
    }

    proptest! {
        #[test]
        fn e4_a_cards_token_is_a_number_that_systems_take_and_begins_with_a_nine(seed: u64, count in 13_usize..=19) {
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
