//! The key that wraps customers' keys: a file here, an HSM or a transit service elsewhere.

mod file;

pub use file::FileKek;

use super::VaultError;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A data encryption key: one customer's.
///
/// ```compile_fail
/// fn print(dek: &backoffice::vault::Dek) { println!("{dek:?}") }
/// ```
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Dek(pub(super) [u8; 32]);

/// Wraps and unwraps DEKs. The associated data says whose key it is: a wrapped key that was moved to
/// another customer's row does not unwrap.
pub trait Kek: Send + Sync {
    /// The version that wraps now. Older ones unwrap until rotation is over.
    fn version(&self) -> u32;
    /// Wraps under the version that wraps now.
    fn wrap(&self, dek: &Dek, associated: &[u8]) -> Result<Vec<u8>, VaultError>;
    /// Unwraps what that version wrapped.
    fn unwrap(&self, version: u32, wrapped: &[u8], associated: &[u8]) -> Result<Dek, VaultError>;
}
