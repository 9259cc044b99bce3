//! Tokens as a provider would sign them, and as nobody may.

use super::*;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair,
};
use serde_json::{Value, json};

/// Made by OpenSSL; its private half is gone.
const RSA_N: &str = "uzVPmMkRFpWwfBT3b-aZkrJaUgIbifaPNh7lPX_iUSY_n_nfDTsDEXPFg-OG3ciJxzt24FltSLKR9bDAn-eJUfS2KPPLofLJM5fpbmsaL_lHHMY8kfh3sX5LZevFgdNdmiNbTvkWyaSyX4HREoJQQTFr1k1ewG5sAYCNVSDPjgm0gVzyoiemog6bsgoFc1NsnnOmBhxVUPZHyeCLHhhpb5_HTjpPvtdBO40ulFn9S4qcGx-5eMbzPwPY263KFIv6KjUYcmIknHSXXBQ4dP4WUGUxzSdQKuawnm-C3RNYPq7XTv0Ojm1bZ02r4sVED-IwmGtfk6SMaoFZIsVLI59vxQ";
const RS256: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIn0.eyJzdWIiOiIxIn0.ulH3V18JbNaGQbeLlzPlE8VBdO0X1l3ZlzrB98BWQmVxNpUgAzkq11twjYq2TbRCEIKPZ0ZRSPAwaY7e-iJhwFB2WJX3mDnGpitjhekEfdz2iA_aBuxMd8iVN3hZ7-tYL3oiw0flco4hXo0NWtfAjaxs4O6SE-776-UepX2D3hNxR7U5Jj-Gynpv8NYEjYUZ8RpvTKygkV7vt66Lf5Vg6JUavUEbvjQKkEt7mOid-3uMmb_1K9PIoClzfaYNpCUS4KL7pIkxhGUfWFoiL6ZicGiT8m-oFtgK8y6Mzc_DMeyVDyyRNsvV6NnsvInrAzaR1JDYTtcTPHabEtJeGd0U0A";
const PS256: &str = "eyJhbGciOiJQUzI1NiIsImtpZCI6InIxIn0.eyJzdWIiOiIxIn0.W3X3XXR8zG4tEePueF1A8aI51KqUlzIBJRDK50ZP_oSabyToLYiLiq6UAAfuaIW5iJwBUG5_IJLHYaLJYO-VfkxTCp3rTIJT36ylrGnVtTH9wSMCErA5JrDpufeOIuKQ6IT92uVwmQ-nvbUAR_z2Q8o6t9AhyJ9MXEW2bWtYVyqwyVEHdJLmE-JBvmu2CjV17C9ID4-V9ye7BpZBGlMwXqeXQDJbMU6HkAVt6tHodNSK11jLCuVh9N7dEOtDbuxOASpt2ESGgarJDcw3IDKC2o54cA8YlKL5FGSk-t8cdkhP0KGljwEUSuR_O0xsClLw9yE2nmNkuuKe61JXpTKjpQ";

fn b64(bytes: impl AsRef<[u8]>) -> String {
    BASE64URL_NOPAD.encode(bytes.as_ref())
}

fn keys(all: &[Value]) -> Vec<Key> {
    keys_of(&serde_json::to_vec(&json!({ "keys": all })).unwrap()).unwrap()
}

fn rsa(kid: &str) -> Value {
    json!({ "kty": "RSA", "kid": kid, "use": "sig", "n": RSA_N, "e": "AQAB" })
}

fn token(header: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let signed = format!("{}.{}", b64(header.to_string()), b64(r#"{"sub":"1"}"#));
    let signature = sign(signed.as_bytes());
    format!("{signed}.{}", b64(signature))
}

fn verified(token: &str, keys: &[Key]) -> Result<String, SsoName> {
    Signed::parse(token)?.verified(keys).map(|payload| String::from_utf8(payload).unwrap())
}

/// A key on a curve: its public half as a JWK, and a token of its own by that algorithm.
fn curve(how: &'static EcdsaSigningAlgorithm, crv: &str, alg: &str) -> (Value, String) {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(how, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(how, pkcs8.as_ref(), &random).unwrap();
    let point = &pair.public_key().as_ref()[1..];
    let (x, y) = point.split_at(point.len() / 2);
    let token =
        token(&json!({ "alg": alg, "kid": "k" }), |signed| pair.sign(&random, signed).unwrap().as_ref().to_vec());
    (json!({ "kty": "EC", "kid": "k", "crv": crv, "x": b64(x), "y": b64(y) }), token)
}

fn edwards() -> (Value, String) {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let token = token(&json!({ "alg": "EdDSA", "kid": "k" }), |signed| pair.sign(signed).as_ref().to_vec());
    (json!({ "kty": "OKP", "kid": "k", "crv": "Ed25519", "x": b64(pair.public_key()) }), token)
}

#[test]
fn u9_each_algorithm_of_the_list_is_verified_by_its_own_sort_of_key_and_by_no_other() {
    let (p256, es256) = curve(&ECDSA_P256_SHA256_FIXED_SIGNING, "P-256", "ES256");
    let (p384, es384) = curve(&ECDSA_P384_SHA384_FIXED_SIGNING, "P-384", "ES384");
    let (ed25519, eddsa) = edwards();
    let all = [rsa("r1"), p256, p384, ed25519];
    for (token, right) in [(RS256, 0), (PS256, 0), (&es256, 1), (&es384, 2), (&eddsa, 3)] {
        for (at, key) in all.iter().enumerate() {
            let mut key = key.clone();
            // Even under the name that the token gives.
            key["kid"] = json!(if right == 0 { "r1" } else { "k" });
            let is = verified(token, &keys(&[key]));
            let must = if at == right { Ok(r#"{"sub":"1"}"#.to_owned()) } else { Err(SsoName::Signature) };
            assert_eq!(is, must, "{at} {token}");
        }
    }
}

#[test]
fn u9_one_changed_letter_anywhere_is_noticed() {
    let (key, token) = edwards();
    let keys = keys(&[key]);
    assert!(verified(&token, &keys).is_ok());
    for at in 0..token.len() {
        let mut altered = token.clone().into_bytes();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        assert!(verified(&String::from_utf8(altered).unwrap(), &keys).is_err(), "{at}");
    }
}

#[test]
fn u9_no_token_is_unsigned_symmetric_or_signed_otherwise_than_the_list_allows() {
    let keys = keys(&[rsa("r1")]);
    for alg in ["none", "None", "NONE", "", "HS256", "HS384", "HS512", "RS1", "RS384", "ES256K", "rs256", "dir"] {
        for signature in [vec![], vec![0; 32]] {
            let token = token(&json!({ "alg": alg, "kid": "r1" }), |_| signature);
            assert_eq!(verified(&token, &keys), Err(SsoName::Algorithm), "{alg}");
        }
    }
    // The old trick: a MAC whose key is the public key, which everyone has.
    let mac = |signed: &[u8]| {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, RSA_N.as_bytes());
        ring::hmac::sign(&key, signed).as_ref().to_vec()
    };
    assert_eq!(verified(&token(&json!({ "alg": "HS256", "kid": "r1" }), mac), &keys), Err(SsoName::Algorithm));
    assert_eq!(verified(&token(&json!({ "alg": "RS256", "kid": "r1" }), mac), &keys), Err(SsoName::Signature));
}

#[test]
fn u9_a_key_that_the_token_brings_along_verifies_nothing() {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
    let own = json!({ "kty": "OKP", "crv": "Ed25519", "x": b64(pair.public_key()) });
    let (held, _) = edwards();
    for header in [
        json!({ "alg": "EdDSA", "kid": "k", "jwk": own }),
        json!({ "alg": "EdDSA", "kid": "k", "jku": "https://evil.example/keys" }),
        json!({ "alg": "EdDSA", "kid": "other" }),
        json!({ "alg": "EdDSA" }),
    ] {
        let token = token(&header, |signed| pair.sign(signed).as_ref().to_vec());
        assert_eq!(verified(&token, &keys(std::slice::from_ref(&held))), Err(SsoName::Signature), "{header}");
    }
}

#[test]
fn u9_what_is_no_compact_token_of_the_right_type_is_malformed() {
    let (key, good) = edwards();
    let keys = keys(&[key]);
    let sign = |header: Value| token(&header, |_| vec![0; 64]);
    let spaced = format!(" {good}");
    let padded = format!("{good}=");
    let five = format!("{good}.e.e");
    let long = "a".repeat(LONGEST + 1);
    let typed = sign(json!({ "alg": "EdDSA", "typ": "at+jwt" }));
    let critical = sign(json!({ "alg": "EdDSA", "crit": ["b64"], "b64": false }));
    let twice = format!("{}.e30.AA", b64(r#"{"alg":"EdDSA","alg":"none"}"#));
    for bad in
        ["", "..", "a.b", &spaced, &padded, &five, &long, &typed, &critical, &twice, &sign(json!({})), &sign(json!([]))]
    {
        assert_eq!(verified(bad, &keys), Err(SsoName::Malformed), "{bad}");
    }
}

#[test]
fn u9_a_set_of_keys_leaves_no_choice_and_what_is_not_for_signing_verifies_nothing() {
    let unnamed = RS256.replacen(RS256.split('.').next().unwrap(), &b64(r#"{"alg":"RS256"}"#), 1);
    let is_known = |token: &str, all: &[Value]| Signed::parse(token).unwrap().is_known(&keys(all));
    assert!(is_known(&unnamed, &[rsa("r1")]), "one key needs no name");
    assert!(!is_known(&unnamed, &[rsa("r1"), rsa("r2")]), "two do");
    assert!(is_known(RS256, &[rsa("r2"), rsa("r1")]) && !is_known(RS256, &[rsa("r2")]));
    for (name, value) in [("use", json!("enc")), ("alg", json!("RS512")), ("alg", json!("PS256")), ("n", json!("?"))] {
        let mut key = rsa("r1");
        key[name] = value;
        assert!(!is_known(RS256, &[key]), "{name}");
    }
    for none in [&b""[..], b"[]", b"{}", b"{\"keys\":{}}"] {
        assert!(keys_of(none).is_none());
    }
    assert!(
        keys(&[json!(null), json!({ "kty": "oct", "k": "AAAA" }), json!({ "kty": "EC", "crv": "P-256" })]).is_empty()
    );
    let many: Vec<Value> = (0..=KEYS).map(|n| rsa(&n.to_string())).collect();
    assert!(keys_of(&serde_json::to_vec(&json!({ "keys": many })).unwrap()).is_none());
}

#[test]
fn u9_a_short_rsa_key_verifies_nothing() {
    let mut key = rsa("r1");
    key["n"] = json!(b64([0xff; 128]));
    assert_eq!(verified(RS256, &keys(&[key])), Err(SsoName::Signature));
}
