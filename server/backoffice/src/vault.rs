//! The vault: customers' values, sealed. A value leaves it only in exchange for a receipt.
//!
//! Each customer has a key of their own (DEK), wrapped by a key that is not in the database (KEK). Each
//! item is one AES-256-GCM ciphertext bound to customer, field, item and key version (L2). A customer is
//! sealed anew as a whole, with a new DEK, whenever a value changes: a nonce never meets a key twice, and
//! destroying one wrapped key destroys the customer (L4).
//!
//! The one way a value is opened (the wrong ways stand beside the types, as code that does not compile):
//!
//! ```
//! use backoffice::audit::Receipt;
//! use backoffice::vault::{FieldRevealed, Revealed, Sealed, Vault, VaultError};
//! fn once(vault: &Vault, sealed: Sealed, receipt: Receipt<FieldRevealed>) -> Result<Revealed, VaultError> {
//!     vault.open(sealed, receipt)
//! }
//! ```

mod aead;
mod blind_index;
mod envelope;
mod export;
mod kek;
mod keys;
mod marks;
mod numbering;
mod plain;
mod remask;
mod staff;
mod tags;
#[cfg(test)]
mod tests;

pub use blind_index::{BlindIndex, IndexDigest, combination_label};
pub use envelope::BadEnvelope;
pub use export::{ExportOpened, ExportPermit, Exported};
pub use kek::{Dek, FileKek, Kek};
pub use keys::{Key, KeyError, KeyKind, KeyRing};
pub(crate) use marks::ExportMarks;
pub use numbering::{Numbered, Numbering, Wanted};
pub use plain::{Plain, Revealed, Sealed};
pub use remask::{ItemMask, RemaskBegun};
pub use staff::{StaffSecret, StaffVault};

use crate::audit::Receipt;
use crate::system::{Entropy, random};
use domain::code::Code;
use domain::id::{CustomerId, FieldName, Item};
use domain::normalise::Normal;
use envelope::{Entry, Envelope};
use std::sync::Arc;

/// Why the vault did not do it. Never holds a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// A key is missing or wrong.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The receipt is for another customer, field or item.
    #[error("the receipt is for another value")]
    OtherReceipt,
    /// The ciphertext, its place or its key is not what it was.
    #[error("a sealed value cannot be opened")]
    Unreadable,
    /// A value is longer than any may be.
    #[error("a value is too long to be sealed")]
    TooLong,
    /// A customer's field has had 99 items already.
    #[error("a field has no item number left")]
    TooManyItems,
    /// A value that goes with another stands without it: an expiry without its card.
    #[error("a value stands without the one it belongs to")]
    Unaccompanied,
    /// One item has two values: two expiries of one card.
    #[error("one item has two values")]
    TwoForOneItem,
}

impl From<BadEnvelope> for VaultError {
    fn from(BadEnvelope: BadEnvelope) -> Self {
        VaultError::Unreadable
    }
}

impl VaultError {
    /// What is told of it.
    pub const fn code(self) -> Code {
        match self {
            VaultError::Key(error) => match error.kind() {
                KeyKind::Vault => Code::VaultKeyMissing,
                KeyKind::Index => Code::IndexKeyMissing,
                KeyKind::Staff => Code::StaffKeyMissing,
                KeyKind::Log => Code::LogKeyMissing,
            },
            VaultError::OtherReceipt
            | VaultError::Unreadable
            | VaultError::TooLong
            | VaultError::TooManyItems
            | VaultError::Unaccompanied
            | VaultError::TwoForOneItem => Code::ValueUnreadable,
        }
    }
}

/// The fact that a receipt must prove before a value is opened: this item of this field of this
/// customer was asked for, permitted, and recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRevealed {
    /// Whose.
    pub customer: CustomerId,
    /// Which field.
    pub field: FieldName,
    /// Which item.
    pub item: Item,
}

/// A customer's row in `vault_customer`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedCustomer {
    /// Whose.
    pub customer: CustomerId,
    /// The KEK's version.
    pub key_version: u32,
    /// The customer's key, wrapped.
    pub wrapped_dek: Vec<u8>,
    /// All ciphertexts: see the module `envelope`.
    pub sealed: Vec<u8>,
}

impl SealedCustomer {
    /// The ciphertext of one item, if the customer has it.
    pub fn item(&self, field: &FieldName, item: Item) -> Result<Option<Sealed>, BadEnvelope> {
        let envelope = Envelope::decode(&self.sealed)?;
        Ok(envelope.find(field, item).map(|entry| self.sealed(entry)))
    }

    fn sealed(&self, entry: &Entry) -> Sealed {
        let (customer, key_version) = (self.customer, self.key_version);
        Sealed {
            bound: Bound { customer, field: entry.field.clone(), item: entry.item, key_version },
            wrapped_dek: self.wrapped_dek.as_slice().into(),
            nonce: entry.nonce,
            ciphertext: entry.ciphertext.clone(),
        }
    }
}

/// What a ciphertext is bound to.
struct Bound {
    customer: CustomerId,
    field: FieldName,
    item: Item,
    key_version: u32,
}

impl Bound {
    fn associated(&self) -> Vec<u8> {
        aead::canonical(&[
            b"grille field v1",
            self.customer.as_bytes(),
            self.field.as_str().as_bytes(),
            &[self.item.get()],
            &self.key_version.to_be_bytes(),
        ])
    }
}

fn dek_associated(customer: CustomerId, key_version: u32) -> Vec<u8> {
    aead::canonical(&[b"grille dek v1", customer.as_bytes(), &key_version.to_be_bytes()])
}

/// Seals customers, and opens one value for one receipt.
#[derive(Clone)]
pub struct Vault {
    kek: Arc<dyn Kek>,
    entropy: Arc<dyn Entropy>,
}

impl Vault {
    /// A vault under that KEK.
    pub fn new(kek: Arc<dyn Kek>, entropy: Arc<dyn Entropy>) -> Self {
        Self { kek, entropy }
    }

    /// Seals all values of a customer under a new DEK.
    pub fn seal_customer(
        &self,
        customer: CustomerId,
        values: &[(FieldName, Item, Normal)],
    ) -> Result<SealedCustomer, VaultError> {
        self.seal(customer, values, Vec::new())
    }

    fn seal(
        &self,
        customer: CustomerId,
        values: &[(FieldName, Item, Normal)],
        retired: Vec<Entry>,
    ) -> Result<SealedCustomer, VaultError> {
        let key_version = self.kek.version();
        let dek = Dek(random(&*self.entropy));
        let wrapped_dek = self.kek.wrap(&dek, &dek_associated(customer, key_version))?;
        let cipher = aead::Cipher::new(&dek.0);
        let mut entries = retired;
        for (field, item, value) in values {
            let bound = Bound { customer, field: field.clone(), item: *item, key_version };
            let nonce = random(&*self.entropy);
            let ciphertext = cipher.seal(&nonce, &bound.associated(), value.expose_to_vault().as_bytes())?.into();
            entries.push(Entry { field: bound.field, item: bound.item, nonce, ciphertext });
        }
        let sealed = Envelope::new(entries).map_err(|_| VaultError::TooLong)?.encode();
        Ok(SealedCustomer { customer, key_version, wrapped_dek, sealed })
    }

    /// No receipt, no plaintext: the receipt is given up for the one value that it names.
    pub fn open(&self, sealed: Sealed, receipt: Receipt<FieldRevealed>) -> Result<Revealed, VaultError> {
        sealed.permitted_by(receipt.fact())?;
        Ok(Revealed::new(self.plain(&sealed)?, receipt.seq()))
    }

    fn plain(&self, sealed: &Sealed) -> Result<Plain, VaultError> {
        let bound = &sealed.bound;
        let associated = dek_associated(bound.customer, bound.key_version);
        let dek = self.kek.unwrap(bound.key_version, &sealed.wrapped_dek, &associated)?;
        let bytes = aead::Cipher::new(&dek.0).open(&sealed.nonce, &bound.associated(), &sealed.ciphertext)?;
        Plain::from_bytes(bytes)
    }
}
