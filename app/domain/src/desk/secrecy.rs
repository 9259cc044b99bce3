//! The notice of secrecy, acknowledged once a session before anything else.

use super::DeskError;
use crate::audit::fingerprint::Fingerprint;
use crate::notice::Notice;

/// The part of the desk that is there before the notice is acknowledged.
#[async_trait::async_trait]
pub trait Secrecy: Send + Sync {
    /// The words.
    fn notice(&self) -> &Notice;
    /// Whether these words were acknowledged in this session.
    fn acknowledged(&self) -> bool;
    /// Acknowledges the words of that digest, which must be those that are asked for.
    async fn acknowledge(&self, words: Fingerprint) -> Result<(), DeskError>;
}
