//! Values opened for a file that leaves the bank (E4). One receipt opens the fields that it names, for one export, and
//! whatever is opened can go nowhere but into the row that is sealed next.

use super::{Plain, Sealed, Vault, VaultError};
use crate::audit::Receipt;
use crate::exports::copy::CopyRow;
use domain::id::{ExportId, FieldName};

/// The fact that a receipt must prove before values are opened for a file: that making it has begun, and which fields
/// leave in clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportOpened {
    /// The request.
    pub export: ExportId,
    /// The fields whose values are opened; none where masks, tokens and what is visible anyway are all that leaves.
    pub opened: Vec<FieldName>,
}

/// What a receipt was given up for: the right to open some fields while one file is made. It comes only from
/// [`Vault::permit`]:
///
/// ```compile_fail
/// fn forge(fact: backoffice::vault::ExportOpened) -> backoffice::vault::ExportPermit {
///     backoffice::vault::ExportPermit { fact }
/// }
/// ```
/// and it serves one file:
///
/// ```compile_fail
/// fn twice(permit: &backoffice::vault::ExportPermit) -> backoffice::vault::ExportPermit { permit.clone() }
/// ```
/// ```compile_fail
/// use backoffice::{audit::Receipt, vault::{ExportOpened, ExportPermit, Vault}};
/// fn two(vault: &Vault, receipt: Receipt<ExportOpened>) -> [ExportPermit; 2] {
///     [vault.permit(receipt), vault.permit(receipt)]
/// }
/// ```
/// A receipt for one value is none for a file:
///
/// ```compile_fail
/// use backoffice::{audit::Receipt, vault::{ExportPermit, FieldRevealed, Vault}};
/// fn by_another_fact(vault: &Vault, receipt: Receipt<FieldRevealed>) -> ExportPermit { vault.permit(receipt) }
/// ```
#[must_use]
pub struct ExportPermit {
    fact: ExportOpened,
}

/// A value opened for a file. It cannot be printed, copied, serialised or looked into; only the row that goes into the
/// sealed stream takes it.
///
/// ```compile_fail
/// fn print(value: &backoffice::vault::Exported) { println!("{value:?}") }
/// ```
/// ```compile_fail
/// fn show(value: &backoffice::vault::Exported) { println!("{value}") }
/// ```
/// ```compile_fail
/// fn keep(value: &backoffice::vault::Exported) -> backoffice::vault::Exported { value.clone() }
/// ```
/// ```compile_fail
/// fn serialises<T: serde::Serialize>() {}
/// serialises::<backoffice::vault::Exported>();
/// ```
/// ```compile_fail
/// fn read(value: backoffice::vault::Exported) -> String { value.0.to_string() }
/// ```
/// No other receipt opens one, and no permit opens a value for a screen:
///
/// ```compile_fail
/// use backoffice::vault::{ExportPermit, Revealed, Sealed, Vault};
/// fn reveal(vault: &Vault, sealed: Sealed, permit: &ExportPermit) -> Revealed { vault.open(sealed, permit).unwrap() }
/// ```
/// ```compile_fail
/// use backoffice::vault::{Exported, Sealed, Vault};
/// fn unrecorded(vault: &Vault, sealed: &Sealed) -> Exported { vault.open_for_export(sealed).unwrap() }
/// ```
pub struct Exported(Plain);

impl Exported {
    /// The one exit: into the open cell of the row that is sealed next. A test counts the callers.
    pub(crate) fn export_into(self, row: &mut CopyRow) {
        row.push(self.0.as_written());
    }
}

impl Vault {
    /// No receipt, no plaintext: the receipt is given up for what it says may be opened.
    pub fn permit(&self, receipt: Receipt<ExportOpened>) -> ExportPermit {
        ExportPermit { fact: receipt.into_fact() }
    }

    /// One value, for the file that the permit is for. A field that the receipt did not name stays shut.
    ///
    /// # Errors
    /// [`VaultError::OtherReceipt`] for such a field; a key that is missing; a value that is not what it was.
    pub fn open_for_export(&self, sealed: &Sealed, permit: &ExportPermit) -> Result<Exported, VaultError> {
        if !permit.fact.opened.contains(&sealed.bound.field) {
            return Err(VaultError::OtherReceipt);
        }
        Ok(Exported(self.plain(sealed)?))
    }
}
