//! The key that a recipient's files are sealed to: an `age` recipient of the plain kind, X25519 (c2sp.org/age).

use domain::audit::fingerprint::Fingerprint;
use sha2::{Digest, Sha256};

/// A public key as `age-keygen` prints it: `age1…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealingKey {
    text: Box<str>,
    recipient: age::x25519::Recipient,
}

/// Why a text is no key that files can be sealed to. Never holds what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSealingKey {
    /// Mistyped, cut short, or no key at all.
    #[error("key_malformed")]
    Malformed,
    /// The secret half: whoever typed it must make another pair.
    #[error("key_secret")]
    Secret,
    /// Another sort of key: of a plugin, of SSH, of a passphrase, of a post-quantum scheme.
    #[error("key_unsupported")]
    Unsupported,
}

/// Points of small order, little-endian, and what else is one of them modulo the field's prime: whoever seals to them
/// seals to everybody, and `age` stops the program. From RFC 7748 6.1 and <https://cr.yp.to/ecdh.html#validate>.
const SMALL_ORDER: [[u8; 32]; 7] = [
    [0; 32],
    small(1),
    [
        0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09,
        0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
    ],
    [
        0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44,
        0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57,
    ],
    below_two_to_255(0xec),
    below_two_to_255(0xed),
    below_two_to_255(0xee),
];

const fn small(number: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[0] = number;
    bytes
}

const fn below_two_to_255(first: u8) -> [u8; 32] {
    let mut bytes = [0xff; 32];
    bytes[0] = first;
    bytes[31] = 0x7f;
    bytes
}

impl SealingKey {
    /// Reads a public key, white space around it forgiven.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, BadSealingKey> {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        // Wherever it stands: a whole key file is pasted as easily as its line.
        if lower.contains("age-secret-key-") || lower.contains("age-plugin-") || lower.contains("private key") {
            return Err(BadSealingKey::Secret);
        }
        // The digit 1 ends the part that names the kind, and stands nowhere else in a key (BIP 173).
        let another_kind =
            lower.strip_prefix("age1").is_some_and(|rest| rest.contains('1') && !rest.contains(char::is_whitespace));
        if another_kind || ["ssh-", "ecdsa-", "sk-ssh-", "age-encryption"].iter().any(|one| lower.starts_with(one)) {
            return Err(BadSealingKey::Unsupported);
        }
        let recipient: age::x25519::Recipient = text.parse().map_err(|_| BadSealingKey::Malformed)?;
        let text = recipient.to_string().into_boxed_str();
        let mut point = bytes_of(&text).ok_or(BadSealingKey::Malformed)?;
        // X25519 passes over the highest bit (RFC 7748 5).
        point[31] &= 0x7f;
        if SMALL_ORDER.contains(&point) {
            return Err(BadSealingKey::Malformed);
        }
        Ok(Self { text, recipient })
    }

    /// In its one spelling.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// SHA-256 of its one spelling, so that the recipient can take it without us: `printf %s age1… | sha256sum`.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::from_bytes(Sha256::digest(self.text.as_bytes()).into())
    }

    /// The fingerprint's first 32 digits in groups of four: what two people read to each other. 128 bits, since an
    /// impostor may try keys until the digits fit.
    pub fn short(&self) -> String {
        let digits = self.fingerprint().to_string();
        let groups: Vec<&str> = (0..8).filter_map(|at| digits.get(4 * at..4 * at + 4)).collect();
        groups.join(" ")
    }

    /// As `age` takes it.
    pub(super) fn recipient(&self) -> &age::x25519::Recipient {
        &self.recipient
    }
}

/// The 32 bytes of a key whose checksum `age` has found right: five bits a character behind `age1` (BIP 173).
fn bytes_of(key: &str) -> Option<[u8; 32]> {
    const ALPHABET: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let mut bytes = [0; 32];
    for (at, letter) in key.strip_prefix("age1")?.bytes().take(52).enumerate() {
        let five = ALPHABET.iter().position(|one| *one == letter)?;
        for bit in 0..5 {
            let place = 5 * at + bit;
            if let Some(byte) = bytes.get_mut(place / 8) {
                *byte |= (((five >> (4 - bit)) & 1) as u8) << (7 - place % 8);
            }
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use age::secrecy::ExposeSecret;

    const KEY: &str = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";

    #[test]
    fn e1_a_key_has_one_spelling_and_its_fingerprint_is_what_anyone_computes() {
        let key = SealingKey::parse(&format!("  {KEY}\r\n")).unwrap();
        assert_eq!(key.as_str(), KEY);
        assert_eq!(key.fingerprint(), Fingerprint::from_bytes(Sha256::digest(KEY).into()));
        assert_eq!(key.short().len(), 39);
        assert_eq!(key.short().replace(' ', ""), key.fingerprint().to_string()[..32]);
        let other = age::x25519::Identity::generate().to_public().to_string();
        assert_ne!(SealingKey::parse(&other).unwrap().fingerprint(), key.fingerprint());
    }

    #[test]
    fn e1_a_secret_key_is_told_apart_wherever_it_stands() {
        let secret = age::x25519::Identity::generate();
        let secret = secret.to_string();
        let secret = secret.expose_secret();
        for text in [secret.to_owned(), secret.to_lowercase(), format!("# public key: {KEY}\n{secret}\n")] {
            assert_eq!(SealingKey::parse(&text), Err(BadSealingKey::Secret));
        }
        let pem = "-----BEGIN OPENSSH PRIVATE KEY-----";
        assert_eq!(SealingKey::parse(pem), Err(BadSealingKey::Secret));
    }

    #[test]
    fn e1_keys_of_other_kinds_are_refused_as_such() {
        for text in ["ssh-ed25519 AAAAC3Nza", "age1yubikey1q2w3e", "age1pq1qqqq", "age1tag1qqqq", "SSH-RSA AAAA"] {
            assert_eq!(SealingKey::parse(text), Err(BadSealingKey::Unsupported), "{text}");
        }
    }

    #[test]
    fn e1_a_malformed_key_is_refused() {
        let mut mistyped = KEY.to_owned();
        mistyped.replace_range(10..11, "q");
        for text in ["", "age1", "key", &KEY[..61], &mistyped, &format!("{KEY} {KEY}"), &KEY.replace("age1", "agf1")] {
            assert_eq!(SealingKey::parse(text), Err(BadSealingKey::Malformed), "{text}");
        }
    }

    #[test]
    fn e1_a_key_that_seals_to_everybody_is_refused() {
        // With their checksums, as a hostile proposer would paste them: zero, one, and 2^255 + 1.
        for point in SMALL_ORDER {
            for high in [0, 0x80] {
                let mut point = point;
                point[31] |= high;
                assert_eq!(SealingKey::parse(&bech32(&point)), Err(BadSealingKey::Malformed), "{point:?}");
            }
        }
        assert!(SealingKey::parse(&bech32(&small(9))).is_ok(), "the encoder is right");
    }

    /// BIP 173, for points that no key generator gives.
    fn bech32(bytes: &[u8; 32]) -> String {
        let mut five: Vec<u8> = (0..52)
            .map(|at| {
                (0..5).fold(0, |word, bit| {
                    let place = 5 * at + bit;
                    let set = bytes.get(place / 8).is_some_and(|byte| byte >> (7 - place % 8) & 1 == 1);
                    word << 1 | u8::from(set)
                })
            })
            .collect();
        let prefix: Vec<u8> = "age".bytes().map(|b| b >> 5).chain([0]).chain("age".bytes().map(|b| b & 31)).collect();
        let polymod = |words: &[u8]| {
            words.iter().fold(1_u32, |sum, word| {
                let top = sum >> 25;
                let generators = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
                let sum = (sum & 0x1ff_ffff) << 5 ^ u32::from(*word);
                generators.iter().enumerate().fold(sum, |sum, (at, g)| if top >> at & 1 == 1 { sum ^ g } else { sum })
            })
        };
        let check = polymod(&[&prefix[..], &five, &[0; 6]].concat()) ^ 1;
        five.extend((0..6).map(|at| (check >> (5 * (5 - at)) & 31) as u8));
        let letters = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
        format!("age1{}", five.iter().map(|word| letters[usize::from(*word)] as char).collect::<String>())
    }
}
