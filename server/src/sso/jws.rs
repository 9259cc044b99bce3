//! What a provider signed (RFC 7515), and the keys to verify it by (RFC 7517). The signature itself is `ring`'s, as
//! in TLS. What is allowed is a short list of our own: what a token says of its algorithm chooses from it and adds
//! nothing, and a key verifies only what keys of its sort sign.

use data_encoding::BASE64URL_NOPAD;
use domain::audit::event::SsoName;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use serde::Deserialize;

/// Longer is no ID token of a staff member.
const LONGEST: usize = 16 * 1024;
/// More are no provider's key set.
const KEYS: usize = 64;

/// How a token may be signed: nothing symmetric, nothing unsigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Rs256,
    Ps256,
    Es256,
    Es384,
    EdDsa,
}

impl Algorithm {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            "ES384" => Some(Self::Es384),
            "EdDSA" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

/// A token taken apart, and not yet believed.
pub struct Signed<'a> {
    algorithm: Algorithm,
    kid: Option<String>,
    signed: &'a str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    typ: Option<String>,
    /// Extensions that must be understood, which none is. Keys that a header brings along are not even read.
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

impl<'a> Signed<'a> {
    /// Takes a compact serialisation apart.
    pub fn parse(token: &'a str) -> Result<Self, SsoName> {
        let malformed = || SsoName::Malformed;
        if token.len() > LONGEST {
            return Err(malformed());
        }
        let (signed, signature) = token.rsplit_once('.').ok_or_else(malformed)?;
        let (header, payload) = signed.split_once('.').filter(|(_, rest)| !rest.contains('.')).ok_or_else(malformed)?;
        let decode = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| malformed());
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| malformed())?;
        // An access token may look the same but for this (RFC 9068 4).
        let typ = header.typ.as_deref().is_none_or(|typ| typ.eq_ignore_ascii_case("JWT"));
        if header.crit.is_some() || !typ {
            return Err(malformed());
        }
        let algorithm = Algorithm::parse(&header.alg).ok_or(SsoName::Algorithm)?;
        Ok(Self { algorithm, kid: header.kid, signed, payload: decode(payload)?, signature: decode(signature)? })
    }

    /// What was signed, if it was by one of these keys.
    pub fn verified(self, keys: &[Key]) -> Result<Vec<u8>, SsoName> {
        let signed = self.fitting(keys).any(|key| key.signed(self.algorithm, self.signed.as_bytes(), &self.signature));
        if signed { Ok(self.payload) } else { Err(SsoName::Signature) }
    }

    /// Whether these keys have the one that it names, or one that it may mean.
    pub fn is_known(&self, keys: &[Key]) -> bool {
        self.fitting(keys).next().is_some()
    }

    /// The keys that it names. Without a name a set must leave no choice (OpenID Connect Core 10.1).
    fn fitting<'k>(&self, keys: &'k [Key]) -> impl Iterator<Item = &'k Key> {
        let named = keys.iter().filter(|key| key.fits(self.algorithm));
        let named: Vec<&Key> = match &self.kid {
            Some(kid) => named.filter(|key| key.kid.as_ref() == Some(kid)).collect(),
            None => named.collect(),
        };
        let choice = self.kid.is_none() && named.len() > 1;
        named.into_iter().filter(move |_| !choice)
    }
}

/// A provider's public key.
#[derive(Debug)]
pub struct Key {
    kid: Option<String>,
    /// The one algorithm that its owner means it for, if they say so.
    only: Option<Algorithm>,
    public: Public,
}

#[derive(Debug)]
enum Public {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
}

#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    r#use: Option<String>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    y: Option<String>,
}

/// The keys of a set that verify what we allow; others are for somebody else. `None`: it is no key set.
pub fn keys_of(json: &[u8]) -> Option<Vec<Key>> {
    let set: JwkSet = serde_json::from_slice(json).ok()?;
    if set.keys.len() > KEYS {
        return None;
    }
    Some(set.keys.into_iter().filter_map(|jwk| serde_json::from_value(jwk).ok().and_then(Key::of)).collect())
}

impl Key {
    fn of(jwk: Jwk) -> Option<Self> {
        if jwk.r#use.as_deref().is_some_and(|usage| usage != "sig") {
            return None;
        }
        let only = match jwk.alg.as_deref() {
            Some(name) => Some(Algorithm::parse(name)?),
            None => None,
        };
        let bytes = |text: &Option<String>| BASE64URL_NOPAD.decode(text.as_ref()?.as_bytes()).ok();
        // An uncompressed point (SEC 1 2.3.3), of which `ring` checks that it is on the curve.
        let point = |len: usize| {
            let (x, y) = (bytes(&jwk.x)?, bytes(&jwk.y)?);
            (x.len() == len && y.len() == len).then(|| [vec![4], x, y].concat())
        };
        let public = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            // `ring` takes 2048 to 8192 bits, and no leading zeros.
            ("RSA", None) => Public::Rsa { n: without_zeros(bytes(&jwk.n)?), e: without_zeros(bytes(&jwk.e)?) },
            ("EC", Some("P-256")) => Public::P256(point(32)?),
            ("EC", Some("P-384")) => Public::P384(point(48)?),
            ("OKP", Some("Ed25519")) => Public::Ed25519(bytes(&jwk.x)?),
            _ => return None,
        };
        Some(Self { kid: jwk.kid, only, public })
    }

    fn fits(&self, algorithm: Algorithm) -> bool {
        let sort = match self.public {
            Public::Rsa { .. } => matches!(algorithm, Algorithm::Rs256 | Algorithm::Ps256),
            Public::P256(_) => algorithm == Algorithm::Es256,
            Public::P384(_) => algorithm == Algorithm::Es384,
            Public::Ed25519(_) => algorithm == Algorithm::EdDsa,
        };
        sort && self.only.is_none_or(|only| only == algorithm)
    }

    fn signed(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let rsa = |how: &'static RsaParameters, n: &Vec<u8>, e: &Vec<u8>| {
            RsaPublicKeyComponents { n, e }.verify(how, message, signature).is_ok()
        };
        let other = |how: &'static dyn VerificationAlgorithm, key: &Vec<u8>| {
            UnparsedPublicKey::new(how, key).verify(message, signature).is_ok()
        };
        match (&self.public, algorithm) {
            (Public::Rsa { n, e }, Algorithm::Rs256) => rsa(&RSA_PKCS1_2048_8192_SHA256, n, e),
            (Public::Rsa { n, e }, Algorithm::Ps256) => rsa(&RSA_PSS_2048_8192_SHA256, n, e),
            (Public::P256(key), Algorithm::Es256) => other(&ECDSA_P256_SHA256_FIXED, key),
            (Public::P384(key), Algorithm::Es384) => other(&ECDSA_P384_SHA384_FIXED, key),
            (Public::Ed25519(key), Algorithm::EdDsa) => other(&ED25519, key),
            (Public::Rsa { .. } | Public::P256(_) | Public::P384(_) | Public::Ed25519(_), _) => false,
        }
    }
}

fn without_zeros(mut bytes: Vec<u8>) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.drain(..zeros);
    bytes
}

#[cfg(test)]
mod tests;
