//! All ciphertexts of one customer in one blob, by a codec with exactly one spelling for each content.
//!
//! ```text
//! blob  = version(1) count(2) entry*
//! entry = name length(1) name item(1) nonce(12) ciphertext length(2) ciphertext
//! ```
//! Entries ascend by (field, item). A number that a customer's value once had is never given to another
//! (DESIGN §2, *stable for life*): where its value is gone, the entry stays with an empty ciphertext.

use domain::id::{FieldName, Item};

const VERSION: u8 = 1;
/// AES-GCM's nonce.
pub const NONCE: usize = 12;
/// AES-GCM's tag: no ciphertext is shorter.
pub const TAG: usize = 16;

/// The blob is not one that [`Envelope::encode`] writes, or its parts cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a sealed customer")]
pub struct BadEnvelope;

/// One ciphertext.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which field.
    pub field: FieldName,
    /// Which item.
    pub item: Item,
    /// Used once with this customer's key.
    pub nonce: [u8; NONCE],
    /// With its tag; empty where the item was retired.
    pub ciphertext: Box<[u8]>,
}

impl Entry {
    /// A number that is no longer a value's and never again will be.
    pub fn retired(field: FieldName, item: Item) -> Self {
        Self { field, item, nonce: [0; NONCE], ciphertext: Box::default() }
    }
    /// Is there no value any more?
    pub fn is_retired(&self) -> bool {
        self.ciphertext.is_empty()
    }
}

/// The entries of one customer, ascending by (field, item).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope(Vec<Entry>);

impl Envelope {
    /// Puts entries in order; two for one item are refused.
    pub fn new(mut entries: Vec<Entry>) -> Result<Self, BadEnvelope> {
        entries.sort_by(|a, b| (&a.field, a.item).cmp(&(&b.field, b.item)));
        let distinct = entries.windows(2).all(|two| (&two[0].field, two[0].item) < (&two[1].field, two[1].item));
        let fits = |entry: &Entry| match entry.is_retired() {
            true => entry.nonce == [0; NONCE],
            false => (TAG..=usize::from(u16::MAX)).contains(&entry.ciphertext.len()),
        };
        if distinct && entries.iter().all(fits) && u16::try_from(entries.len()).is_ok() {
            Ok(Self(entries))
        } else {
            Err(BadEnvelope)
        }
    }

    /// In order.
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// The live entry of that item.
    pub fn find(&self, field: &FieldName, item: Item) -> Option<&Entry> {
        let at = self.0.binary_search_by(|entry| (&entry.field, entry.item).cmp(&(field, item))).ok()?;
        self.0.get(at).filter(|entry| !entry.is_retired())
    }

    /// The blob.
    pub fn encode(&self) -> Vec<u8> {
        let mut blob = Vec::with_capacity(
            3 + self.0.iter().map(|e| 16 + e.field.as_str().len() + e.ciphertext.len()).sum::<usize>(),
        );
        blob.push(VERSION);
        blob.extend((self.0.len() as u16).to_be_bytes());
        for entry in &self.0 {
            let name = entry.field.as_str();
            blob.push(name.len() as u8);
            blob.extend(name.as_bytes());
            blob.push(entry.item.get());
            blob.extend(entry.nonce);
            blob.extend((entry.ciphertext.len() as u16).to_be_bytes());
            blob.extend(&*entry.ciphertext);
        }
        blob
    }

    /// Reads a blob, and refuses whatever `encode` would have written otherwise.
    pub fn decode(blob: &[u8]) -> Result<Self, BadEnvelope> {
        let mut rest = Reader(blob);
        if rest.byte()? != VERSION {
            return Err(BadEnvelope);
        }
        let count = rest.short()?;
        let mut entries = Vec::with_capacity(usize::from(count).min(blob.len() / 17));
        for _ in 0..count {
            let length = rest.byte()?;
            let name = std::str::from_utf8(rest.take(length.into())?).map_err(|_| BadEnvelope)?;
            let field = FieldName::parse(name).map_err(|_| BadEnvelope)?;
            let item = Item::new(rest.byte()?).map_err(|_| BadEnvelope)?;
            let nonce = rest.take(NONCE)?.try_into().map_err(|_| BadEnvelope)?;
            let length = rest.short()?;
            let ciphertext = rest.take(length.into())?.into();
            entries.push(Entry { field, item, nonce, ciphertext });
        }
        let envelope = Self::new(entries)?;
        // Order has one spelling too.
        (rest.0.is_empty() && envelope.encode() == blob).then_some(envelope).ok_or(BadEnvelope)
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], BadEnvelope> {
        let (head, tail) = self.0.split_at_checked(n).ok_or(BadEnvelope)?;
        self.0 = tail;
        Ok(head)
    }
    fn byte(&mut self) -> Result<u8, BadEnvelope> {
        self.take(1)?.first().copied().ok_or(BadEnvelope)
    }
    fn short(&mut self) -> Result<u16, BadEnvelope> {
        Ok(u16::from_be_bytes(self.take(2)?.try_into().map_err(|_| BadEnvelope)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(field: &str, item: u8, len: usize) -> Entry {
        Entry {
            field: FieldName::parse(field).unwrap(),
            item: Item::new(item).unwrap(),
            nonce: [item; NONCE],
            ciphertext: vec![7; len].into(),
        }
    }

    #[test]
    fn l2_an_envelope_finds_each_item_and_no_other() {
        let retired = Entry::retired(FieldName::parse("mobile").unwrap(), Item::new(1).unwrap());
        let envelope =
            Envelope::new(vec![entry("name", 1, 20), entry("card_no", 2, 32), retired, entry("card_no", 1, 16)])
                .unwrap();
        let find = |field: &str, item| envelope.find(&FieldName::parse(field).unwrap(), Item::new(item).unwrap());
        assert_eq!(find("card_no", 2).unwrap().ciphertext.len(), 32);
        assert!(find("card_no", 3).is_none() && find("card", 1).is_none() && find("mobile", 1).is_none());
        assert_eq!(Envelope::decode(&envelope.encode()), Ok(envelope));
    }

    #[test]
    fn l2_two_ciphertexts_for_one_item_or_one_without_its_tag_are_refused() {
        assert_eq!(Envelope::new(vec![entry("name", 1, 20), entry("name", 1, 21)]), Err(BadEnvelope));
        assert_eq!(Envelope::new(vec![entry("name", 1, TAG - 1)]), Err(BadEnvelope));
        assert_eq!(Envelope::new(vec![entry("name", 1, 65_536)]), Err(BadEnvelope));
    }

    #[test]
    fn l2_every_cut_every_tail_and_every_other_order_of_a_blob_is_refused() {
        let (a, b) = (entry("card_no", 1, 16), entry("name", 1, 20));
        let blob = Envelope::new(vec![a.clone(), b.clone()]).unwrap().encode();
        for len in 0..blob.len() {
            assert_eq!(Envelope::decode(&blob[..len]), Err(BadEnvelope), "{len}");
        }
        assert_eq!(Envelope::decode(&[&blob[..], &[0]].concat()), Err(BadEnvelope));
        assert_eq!(Envelope::decode(&Envelope(vec![b, a]).encode()), Err(BadEnvelope));
        let mut retired = Entry::retired(FieldName::parse("name").unwrap(), Item::FIRST);
        retired.nonce[0] = 1;
        assert_eq!(Envelope::decode(&Envelope(vec![retired]).encode()), Err(BadEnvelope));
    }

    proptest! {
        #[test]
        fn l2_whatever_decodes_encodes_to_the_same_bytes(blob in prop::collection::vec(any::<u8>(), 0..120)) {
            if let Ok(envelope) = Envelope::decode(&[&[VERSION, 0], &blob[..]].concat()) {
                prop_assert_eq!(envelope.encode(), [&[VERSION, 0], &blob[..]].concat());
            }
        }
    }
}
