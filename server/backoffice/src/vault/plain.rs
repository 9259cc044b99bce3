//! Plaintext, and the one way out.

use super::{Bound, FieldRevealed, VaultError};
use domain::desk::WireValue;
use zeroize::Zeroizing;

/// An opened value, wiped when dropped. Only this module reads it: it cannot be printed, copied or
/// serialised, nor made or looked into from elsewhere.
///
/// ```compile_fail
/// fn print(plain: &backoffice::vault::Plain) { println!("{plain:?}") }
/// ```
/// ```compile_fail
/// fn show(plain: &backoffice::vault::Plain) { println!("{plain}") }
/// ```
/// ```compile_fail
/// fn keep(plain: &backoffice::vault::Plain) -> backoffice::vault::Plain { plain.clone() }
/// ```
/// ```compile_fail
/// fn serialises<T: serde::Serialize>() {}
/// serialises::<backoffice::vault::Plain>();
/// ```
/// ```compile_fail
/// fn read(plain: backoffice::vault::Plain) -> String { plain.0.to_string() }
/// ```
pub struct Plain(Zeroizing<String>);

impl Plain {
    /// What an AEAD gave back. It was UTF-8 when it was sealed.
    pub(super) fn from_bytes(bytes: Zeroizing<Vec<u8>>) -> Result<Self, VaultError> {
        // Copied, since String::from_utf8 would take the bytes out of the wrapper that wipes them.
        let text = std::str::from_utf8(&bytes).map_err(|_| VaultError::Unreadable)?;
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// Its mask by the field's rule, for the vault's own remasking: nothing else of it comes out. What the field's
    /// kind does not take any more is hidden whole (M3).
    pub(super) fn masked(&self, field: &domain::catalogue::Field) -> domain::mask::Masked {
        let normal = domain::normalise::normalise(field.kind, &self.0);
        normal.map_or_else(|_| domain::mask::Masked::hidden(), |normal| field.mask(&normal))
    }

    /// For [`Exported`](super::Exported) alone, whose one exit is a row that is sealed next.
    pub(super) fn as_written(&self) -> &str {
        &self.0
    }

    /// Is it this value? In constant time for values of one length. The answer is for the vault's own
    /// bookkeeping (an item keeps its number while its value stays).
    pub(super) fn is(&self, value: &domain::normalise::Normal) -> bool {
        use subtle::ConstantTimeEq;
        self.0.as_bytes().ct_eq(value.expose_to_vault().as_bytes()).into()
    }
}

/// A value that a receipt was given up for. It comes only from [`Vault::open`](super::Vault::open):
///
/// ```compile_fail
/// fn forge(plain: backoffice::vault::Plain) -> backoffice::vault::Revealed {
///     backoffice::vault::Revealed { plain, seq: 0 }
/// }
/// ```
/// and can be neither printed nor copied:
///
/// ```compile_fail
/// fn print(value: &backoffice::vault::Revealed) { println!("{value:?}") }
/// ```
/// ```compile_fail
/// fn keep(value: &backoffice::vault::Revealed) -> backoffice::vault::Revealed { value.clone() }
/// ```
/// ```compile_fail
/// fn serialises<T: serde::Serialize>() {}
/// serialises::<backoffice::vault::Revealed>();
/// ```
pub struct Revealed {
    plain: Plain,
    seq: u64,
}

impl Revealed {
    pub(super) fn new(plain: Plain, seq: u64) -> Self {
        Self { plain, seq }
    }

    /// Where in the log it stands that this value was given out.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The one exit: into the one answer that carries it. A test counts the callers.
    pub fn disclose(self) -> WireValue {
        WireValue::from_vault(self.plain.0)
    }
}

/// The ciphertext of one item, with all that is needed to open it but the key and the receipt.
///
/// ```compile_fail
/// use backoffice::vault::{Revealed, Sealed, Vault};
/// fn without_receipt(vault: &Vault, sealed: Sealed) -> Revealed { vault.open(sealed).unwrap() }
/// ```
/// ```compile_fail
/// use backoffice::{audit::Receipt, vault::{FieldRevealed, Revealed, Sealed, Vault}};
/// fn twice(vault: &Vault, a: Sealed, b: Sealed, receipt: Receipt<FieldRevealed>) -> [Revealed; 2] {
///     [vault.open(a, receipt).unwrap(), vault.open(b, receipt).unwrap()]
/// }
/// ```
/// ```compile_fail
/// use backoffice::{audit::Receipt, vault::{Revealed, Sealed, Vault}};
/// struct CaseOpened;
/// fn by_another_fact(vault: &Vault, sealed: Sealed, receipt: Receipt<CaseOpened>) -> Revealed {
///     vault.open(sealed, receipt).unwrap()
/// }
/// ```
pub struct Sealed {
    pub(super) bound: Bound,
    pub(super) wrapped_dek: Box<[u8]>,
    pub(super) nonce: [u8; super::envelope::NONCE],
    pub(super) ciphertext: Box<[u8]>,
}

impl Sealed {
    /// Is the receipt for this item, of this field, of this customer?
    pub(super) fn permitted_by(&self, fact: &FieldRevealed) -> Result<(), VaultError> {
        let bound = &self.bound;
        (bound.customer == fact.customer && bound.field == fact.field && bound.item == fact.item)
            .then_some(())
            .ok_or(VaultError::OtherReceipt)
    }
}
