//! Masks made anew after a bank changed a mask rule. Values are opened in here, and masks alone come out.

use super::envelope::Envelope;
use super::{Bound, Plain, SealedCustomer, Vault, VaultError, aead, dek_associated};
use crate::audit::Receipt;
use domain::catalogue::Catalogue;
use domain::id::{FieldName, Item};
use domain::mask::Masked;
use sha2::{Digest, Sha256};

/// The fact that a receipt must prove before values are opened to be masked anew: the job, and by which catalogue,
/// is in the log.
///
/// No plaintext comes out for it: it opens nothing, and what [`Vault::remask`] gives are masks.
///
/// ```compile_fail
/// use backoffice::{audit::Receipt, vault::{RemaskBegun, Revealed, Sealed, Vault}};
/// fn open(vault: &Vault, sealed: Sealed, receipt: Receipt<RemaskBegun>) -> Revealed { vault.open(sealed, receipt).unwrap() }
/// ```
/// ```compile_fail
/// use backoffice::{audit::Receipt, vault::{RemaskBegun, SealedCustomer, Vault}};
/// use domain::{catalogue::Catalogue, normalise::Normal};
/// fn take(vault: &Vault, sealed: &SealedCustomer, receipt: &Receipt<RemaskBegun>, catalogue: &Catalogue) -> Vec<Normal> {
///     vault.remask(sealed, receipt, catalogue).unwrap()
/// }
/// ```
/// ```compile_fail
/// use backoffice::vault::{SealedCustomer, Vault};
/// fn unrecorded(vault: &Vault, sealed: &SealedCustomer, catalogue: &domain::catalogue::Catalogue) { vault.remask(sealed, catalogue).unwrap(); }
/// ```
/// ```compile_fail
/// fn forge() -> backoffice::vault::RemaskBegun { backoffice::vault::RemaskBegun { catalogue: [0; 32] } }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemaskBegun {
    catalogue: [u8; 32],
}

impl RemaskBegun {
    /// By this catalogue, and by no other that would show more.
    pub(crate) fn by(catalogue: &Catalogue) -> Self {
        Self { catalogue: Sha256::digest(catalogue.text_hash_source()).into() }
    }
}

/// An item's mask.
pub type ItemMask = (FieldName, Item, Masked);

impl Vault {
    /// The masks of a customer's values by the catalogue that the receipt is for. What the catalogue does not know
    /// any more has none; what does not fit its kind any more is hidden whole (M3).
    pub fn remask(
        &self,
        sealed: &SealedCustomer,
        receipt: &Receipt<RemaskBegun>,
        catalogue: &Catalogue,
    ) -> Result<Vec<ItemMask>, VaultError> {
        if *receipt.fact() != RemaskBegun::by(catalogue) {
            return Err(VaultError::OtherReceipt);
        }
        let (customer, key_version) = (sealed.customer, sealed.key_version);
        let dek = self.kek.unwrap(key_version, &sealed.wrapped_dek, &dek_associated(customer, key_version))?;
        let cipher = aead::Cipher::new(&dek.0);
        let mut masks = Vec::new();
        for entry in Envelope::decode(&sealed.sealed)?.entries().iter().filter(|entry| !entry.is_retired()) {
            let Some(field) = catalogue.field(&entry.field) else { continue };
            let bound = Bound { customer, field: entry.field.clone(), item: entry.item, key_version };
            let plain = Plain::from_bytes(cipher.open(&entry.nonce, &bound.associated(), &entry.ciphertext)?)?;
            masks.push((bound.field, bound.item, plain.masked(field)));
        }
        Ok(masks)
    }
}
