//! What the log's key says of a backup: this is its manifest (O3). A signed note (<https://c2sp.org/signed-note>), as a
//! checkpoint is.
//!
//! ```text
//! bank.example/grille/backup                       a backup of which log
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=     SHA-256 of the manifest in base64
//!                                                  what is above this line is signed
//! — bank.example/grille Az3grlgtzPICa5OS8npVm…     base64(key id || Ed25519 signature)
//! ```
//!
//! One key signs both and neither passes for the other: the first line of this is no log of that key's name, and a
//! checkpoint has a line more.

use super::checkpoint::{BadNote, Origin, SignedNote, SigningKey, VerifierKey, signed_text};
use data_encoding::BASE64;

/// Reads a note of a backup whose signature by `key` holds; gives back the manifest's SHA-256.
pub fn open(note: &str, key: &VerifierKey) -> Result<[u8; 32], BadNote> {
    let signed = signed_text(note, key)?;
    let [_, manifest] = signed.lines().collect::<Vec<_>>().try_into().map_err(|_| BadNote::Malformed)?;
    let bytes = BASE64.decode(manifest.as_bytes()).map_err(|_| BadNote::Malformed)?;
    let manifest = bytes.try_into().map_err(|_| BadNote::Malformed)?;
    (text(key.name(), &manifest) == signed).then_some(manifest).ok_or(BadNote::OtherLog)
}

/// Signs the manifest of a backup of the log that this key is named after.
pub fn sign(key: &SigningKey, manifest: &[u8; 32]) -> SignedNote {
    key.sign_text(&text(key.verifier_key().name(), manifest))
}

fn text(origin: &Origin, manifest: &[u8; 32]) -> String {
    format!("{origin}/backup\n{}\n", BASE64.encode(manifest))
}

#[cfg(test)]
mod tests;
