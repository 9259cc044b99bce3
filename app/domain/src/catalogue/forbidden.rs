//! Columns that are refused by name, whatever is in them (M4, JR/T 0171 6.1.3 a and 6.1.4.1 a).

use unicode_normalization::UnicodeNormalization as _;

/// Whole words: too short to be looked for inside others (`shipping`, `interface`).
const WORDS: [&str; 30] = [
    "pin",
    "pin2",
    "pins",
    "epin",
    "tpin",
    "mpin",
    "pvv",
    "cvv",
    "cvv1",
    "cvv2",
    "cvn",
    "cvn1",
    "cvn2",
    "cvc",
    "cvc1",
    "cvc2",
    "csc",
    "cav2",
    "icvv",
    "dcvv",
    "pwd",
    "passwd",
    "pass",
    "otp",
    "totp",
    "face",
    "iris",
    "voiceprint",
    "biometric",
    "biometrics",
];

/// Looked for anywhere once print is taken out.
const PARTS: [&str; 47] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pinblock",
    "pinoffset",
    "pincode",
    "cardpin",
    "atmpin",
    "cvv2",
    "cvn2",
    "cvc2",
    "cardverification",
    "securitycode",
    "track1",
    "track2",
    "track3",
    "trackdata",
    "trackone",
    "tracktwo",
    "magstripe",
    "magneticstripe",
    "chipdata",
    "fingerprint",
    "faceid",
    "faceimage",
    "facetemplate",
    "facefeature",
    "faceprint",
    "palmprint",
    "voiceprint",
    "iriscode",
    "biometric",
    "securityanswer",
    "smscode",
    "密码",
    "口令",
    "磁道",
    "磁条",
    "指纹",
    "人脸",
    "面部",
    "声纹",
    "虹膜",
    "掌纹",
    "验证码",
    "安全码",
];

/// Whether a column of this name would hold C3 data other than a card's expiry.
///
/// Case, width, spaces, dashes and underscores make no difference. Errs towards refusing: a column that
/// is refused wrongly is renamed, one that is stored wrongly cannot be unstored.
pub fn forbidden_column(header: &str) -> bool {
    let spelled: Vec<char> = header.nfkc().collect();
    let mut words: Vec<String> = vec![String::new()];
    for (at, &c) in spelled.iter().enumerate() {
        let camel = c.is_uppercase() && at > 0 && spelled[at - 1].is_lowercase();
        if camel || !c.is_alphanumeric() {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    let whole = words.concat();
    let says =
        |word: &str| WORDS.contains(&word) || WORDS.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit()));
    words.iter().any(|word| says(word))
        || says(&whole)
        || whole == "track"
        || PARTS.iter().any(|part| whole.contains(part))
}
