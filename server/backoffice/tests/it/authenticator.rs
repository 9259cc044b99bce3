//! An authenticator in software (WebAuthn level 3 §6; CTAP's CBOR written by hand), and the browser around
//! it. It does what a test tells it, right or wrong.

use crate::office::SITE;
use data_encoding::BASE64URL_NOPAD;
use domain::desk::CeremonyOptions;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub struct Authenticator {
    /// Which one.
    pub number: u8,
    /// Credential ids and their keys.
    pub made: Vec<(Vec<u8>, SigningKey)>,
    /// The last count it gave; `None` for one that does not count.
    pub count: Option<u32>,
    /// Whether it checks PIN or finger.
    pub verifies: bool,
    /// The page that asks.
    pub origin: String,
    /// Signs something else than it was asked to.
    pub signs_wrongly: bool,
}

impl Authenticator {
    /// One of a kind: each number has keys of its own.
    pub fn number(number: u8) -> Self {
        Self { number, made: Vec::new(), count: Some(0), verifies: true, origin: SITE.into(), signs_wrongly: false }
    }

    /// A copy with all its keys.
    pub fn copied(&self) -> Self {
        let (made, origin) = (self.made.clone(), self.origin.clone());
        Self { made, origin, ..*self }
    }

    /// `navigator.credentials.create`, and `toJSON` of what it gives.
    pub fn create(&mut self, options: &CeremonyOptions) -> String {
        let options = &options.public_key;
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(options["attestation"], "none");
        let id = vec![self.number * 16 + self.made.len() as u8; 32];
        let key = SigningKey::from_slice(&[self.number * 16 + self.made.len() as u8 + 1; 32]).unwrap();
        let point = key.verifying_key().to_sec1_point(false);
        // COSE: an EC2 key for ES256 on P-256.
        let mut cose = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        cose.extend_from_slice(point.x().unwrap());
        cose.extend([0x22, 0x58, 0x20]);
        cose.extend_from_slice(point.y().unwrap());
        let attested = [&[0; 16][..], &[0, 32], &id, &cose].concat();
        let data = self.data(options["rp"]["id"].as_str().unwrap(), 0x40, &attested);
        let mut object = vec![0xa3];
        object.extend(text("fmt"));
        object.extend(text("none"));
        object.extend(text("attStmt"));
        object.push(0xa0);
        object.extend(text("authData"));
        object.extend([0x58, data.len() as u8]);
        object.extend(&data);
        self.made.push((id.clone(), key));
        let client = self.client("webauthn.create", &options["challenge"]);
        json!({
            "id": base64(&id), "rawId": base64(&id), "type": "public-key", "clientExtensionResults": {},
            "response": { "attestationObject": base64(&object), "clientDataJSON": base64(&client) },
        })
        .to_string()
    }

    /// `navigator.credentials.get`; nothing if none of its keys is named.
    pub fn get(&mut self, options: &CeremonyOptions) -> Option<String> {
        let options = &options.public_key;
        assert_eq!(options["userVerification"], "required");
        let named = |id: &[u8]| {
            options["allowCredentials"].as_array().unwrap().iter().any(|one| one["id"] == base64(id).as_str())
        };
        let (id, key) = self.made.iter().find(|(id, _)| named(id))?.clone();
        if let Some(count) = &mut self.count {
            *count += 1;
        }
        let data = self.data(options["rpId"].as_str().unwrap(), 0, &[]);
        let client = self.client("webauthn.get", &options["challenge"]);
        let mut signed = [&data[..], &Sha256::digest(&client)].concat();
        if self.signs_wrongly {
            signed.push(0);
        }
        let signature: Signature = key.sign(&signed);
        let answer = json!({
            "id": base64(&id), "rawId": base64(&id), "type": "public-key", "clientExtensionResults": {},
            "response": {
                "authenticatorData": base64(&data), "clientDataJSON": base64(&client),
                "signature": base64(signature.to_der().as_bytes()), "userHandle": null,
            },
        });
        Some(answer.to_string())
    }

    fn data(&self, rp_id: &str, more: u8, attested: &[u8]) -> Vec<u8> {
        let verified = if self.verifies { 0x04 } else { 0 };
        let count = self.count.unwrap_or(0).to_be_bytes();
        [&Sha256::digest(rp_id)[..], &[0x01 | verified | more], &count, attested].concat()
    }

    fn client(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }
}

fn base64(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

fn text(word: &str) -> Vec<u8> {
    [&[0x60 + word.len() as u8], word.as_bytes()].concat()
}
