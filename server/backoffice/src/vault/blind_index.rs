//! What can be found without being opened (L3): HMAC-SHA-256 over the whole search form of a value, under
//! a key of each field's own. Never over a part, never beside a mask.

use super::VaultError;
use super::aead::canonical;
use super::keys::{KeyKind, KeyRing};
use domain::catalogue::{Catalogue, Field, Kind};
use domain::id::{FieldName, Item};
use domain::normalise::{Normal, search_form};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::sync::Arc;
use zeroize::Zeroizing;

/// One row of the index.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndexDigest([u8; 32]);

impl IndexDigest {
    /// What storage keeps.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Computes digests. Without its key nothing is found and nothing is imported (L0).
#[derive(Clone)]
pub struct BlindIndex {
    ring: Arc<KeyRing>,
}

impl BlindIndex {
    /// The key is looked for at each use.
    pub fn new(ring: Arc<KeyRing>) -> Self {
        Self { ring }
    }

    /// The digest of one strong key. `form` is the value's search form.
    pub fn digest(&self, field: &FieldName, form: &Normal) -> Result<IndexDigest, VaultError> {
        self.mac(&[b"field", field.as_str().as_bytes()], &[form.expose_to_vault().as_bytes()])
    }

    /// The digest of a combination: `label` is its fields' names joined by `+`, `forms` their search forms
    /// in that order.
    pub fn combination(&self, label: &str, forms: &[&Normal]) -> Result<IndexDigest, VaultError> {
        let parts: Vec<&[u8]> = forms.iter().map(|form| form.expose_to_vault().as_bytes()).collect();
        self.mac(&[b"combination", label.as_bytes()], &parts)
    }

    /// All rows of the index for one customer, sorted: each strong key, each combination that is whole, and each
    /// name by itself. No search is by name alone (Q2); its digest only tells whether a note names the
    /// customer (V2n).
    pub fn entries(
        &self,
        catalogue: &Catalogue,
        values: &[(FieldName, Item, Normal)],
    ) -> Result<Vec<(String, IndexDigest)>, VaultError> {
        let mut forms: Vec<(&Field, Normal)> = Vec::with_capacity(values.len());
        for (name, _, value) in values {
            if let Some(field) = catalogue.field(name) {
                forms.push((field, search_form(field.kind, value)));
            }
        }
        let mut entries = Vec::with_capacity(forms.len());
        for (field, form) in &forms {
            if field.strong_key || field.kind == Kind::PersonName {
                entries.push((field.name.as_str().to_owned(), self.digest(&field.name, form)?));
            }
        }
        for fields in catalogue.combinations() {
            let label = combination_label(fields);
            for parts in choices(fields, &forms) {
                entries.push((label.clone(), self.combination(&label, &parts)?));
            }
        }
        entries.sort();
        entries.dedup();
        Ok(entries)
    }

    /// HMAC under a key that is itself the HMAC of what it is for, so that equal values of two fields have
    /// nothing in common.
    pub(super) fn mac(&self, purpose: &[&[u8]], parts: &[&[u8]]) -> Result<IndexDigest, VaultError> {
        let key = self.ring.key(KeyKind::Index)?;
        let label = [&[b"grille index key v1".as_slice()], purpose].concat();
        let own = Zeroizing::new(hmac(key.bytes(), &canonical(&label)));
        Ok(IndexDigest(hmac(&own, &Zeroizing::new(canonical(parts)))))
    }
}

/// A combination's name in the index: `name+birth_date+branch`.
pub fn combination_label(fields: &[FieldName]) -> String {
    let names: Vec<&str> = fields.iter().map(FieldName::as_str).collect();
    names.join("+")
}

/// Every choice of one value for each field; none if a field has none.
fn choices<'a>(fields: &[FieldName], forms: &'a [(&Field, Normal)]) -> Vec<Vec<&'a Normal>> {
    let mut chosen: Vec<Vec<&Normal>> = vec![Vec::with_capacity(fields.len())];
    for field in fields {
        let of_field = || forms.iter().filter(|(other, _)| other.name == *field).map(|(_, form)| form);
        let longer =
            |parts: &Vec<&'a Normal>| of_field().map(|form| [parts.as_slice(), &[form]].concat()).collect::<Vec<_>>();
        chosen = chosen.iter().flat_map(longer).collect();
    }
    chosen
}

pub(super) fn hmac(key: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    // HMAC pads a short key with zeros to the block size (RFC 2104 2); given a whole block it cannot fail.
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as KeyInit>::new((&*block).into());
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}
