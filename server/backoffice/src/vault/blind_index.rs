//! What can be found without being opened (L3): HMAC-SHA-256 over the whole search form of a value, under
//! a key of each field's own. Never over a part, never beside a mask.

use super::VaultError;
use super::aead::canonical;
use super::keys::{KeyKind, KeyRing};
use domain::id::FieldName;
use domain::normalise::Normal;
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
pub struct BlindIndex {
    ring: Arc<KeyRing>,
}

/// What a tag is for; each has a key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// Which customer of which source: one row is one customer, however often it is imported.
    Source,
    /// A customer's whole content: an equal one needs no writing.
    Content,
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

    /// A tag of import's bookkeeping. Keyed, since its content is a customer's.
    pub fn tag(&self, tag: Tag, parts: &[&[u8]]) -> Result<IndexDigest, VaultError> {
        let name: &[u8] = match tag {
            Tag::Source => b"source",
            Tag::Content => b"content",
        };
        self.mac(&[b"import", name], parts)
    }

    /// HMAC under a key that is itself the HMAC of what it is for, so that equal values of two fields have
    /// nothing in common.
    fn mac(&self, purpose: &[&[u8]], parts: &[&[u8]]) -> Result<IndexDigest, VaultError> {
        let key = self.ring.key(KeyKind::Index)?;
        let label = [&[b"grille index key v1".as_slice()], purpose].concat();
        let own = Zeroizing::new(hmac(key.bytes(), &canonical(&label)));
        Ok(IndexDigest(hmac(&own, &Zeroizing::new(canonical(parts)))))
    }
}

fn hmac(key: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    // HMAC pads a short key with zeros to the block size (RFC 2104 2); given a whole block it cannot fail.
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as KeyInit>::new((&*block).into());
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}
