//! Passkeys that nobody has: what is named at a sign-in beside a person's own, or instead of them, so that
//! neither the list nor the work tells whether there are any (U2).

use super::{OwnPasskey, Unproven};
use crate::vault::{StaffVault, VaultError};
use domain::passkey::MOST;
use serde_json::json;
use webauthn_rs::prelude::Passkey;

/// Lengths of credential ids as authenticators make them: password managers, phones, TPMs, security keys.
const LENGTHS: [usize; 8] = [16, 20, 32, 32, 32, 32, 64, 64];

/// Always as many credential ids: a person's own, and invented ones, the same for the same `seed`, which is
/// a keyed digest of the number that was typed.
pub(crate) fn among_invented(
    vault: &StaffVault,
    seed: &[u8; 32],
    own: &[OwnPasskey],
) -> Result<Vec<Vec<u8>>, VaultError> {
    let mut ids: Vec<Vec<u8>> = own.iter().take(MOST).map(|own| own.credential_id().to_vec()).collect();
    for n in ids.len()..MOST {
        let [first, second] = [0, 1].map(|half| vault.tag(&[b"invented credential", seed, &[n as u8, half]]));
        let (first, second) = (first?, second?);
        let length = LENGTHS[usize::from(vault.tag(&[b"its length", seed, &[n as u8]])?[0]) % LENGTHS.len()];
        ids.push([first, second].concat()[..length].to_vec());
    }
    ids.sort_unstable();
    Ok(ids)
}

/// A credential of that id whose answers are verified like any other's and never accepted. Its public key is
/// the base point of P-256.
pub(super) fn passkey(credential_id: &[u8]) -> Result<Passkey, Unproven> {
    const X: &str = "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY";
    const Y: &str = "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU";
    let credential = json!({ "cred": {
        "cred_id": data_encoding::BASE64URL_NOPAD.encode(credential_id),
        "cred": { "type_": "ES256", "key": { "EC_EC2": { "curve": "SECP256R1", "x": X, "y": Y } } },
        "counter": 0,
        "transports": null,
        "user_verified": true,
        "backup_eligible": false,
        "backup_state": false,
        "registration_policy": "required",
        "extensions": {},
        "attestation": { "data": "None", "metadata": "None" },
        "attestation_format": "none",
    }});
    serde_json::from_value(credential).map_err(|_| Unproven::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::TestEntropy;
    use crate::vault::KeyRing;
    use std::sync::Arc;

    #[test]
    fn u2_what_is_invented_is_the_same_for_the_same_number_and_always_as_many() {
        let dir = tempfile::tempdir().unwrap();
        let entropy = Arc::new(TestEntropy::seeded(3));
        let vault = StaffVault::new(Arc::new(KeyRing::create_all(dir.path(), &*entropy).unwrap()), entropy);
        let one = among_invented(&vault, &[1; 32], &[]).unwrap();
        assert_eq!(one, among_invented(&vault, &[1; 32], &[]).unwrap());
        assert_ne!(one, among_invented(&vault, &[2; 32], &[]).unwrap());
        let own =
            [OwnPasskey { id: domain::id::PasskeyId::from_bytes([1; 16]), credential: passkey(&[9; 32]).unwrap() }];
        let with_own = among_invented(&vault, &[1; 32], &own).unwrap();
        assert_eq!((one.len(), with_own.len()), (MOST, MOST));
        assert!(with_own.contains(&vec![9; 32]) && with_own.iter().filter(|id| one.contains(id)).count() == MOST - 1);
    }
}
