//! Telephone numbers and e-mail addresses.

use zeroize::Zeroizing;

use super::BadValue;
use super::text::{is_dash, is_joiner, packed, without_controls};

/// Eleven digits for a mainland number, whatever stands before them; E.164 for any other.
pub(super) fn mobile(text: &str) -> Result<Zeroizing<String>, BadValue> {
    let number = dialled(text)?;
    let digits = number.trim_start_matches('+');
    if !digits.bytes().all(|b| b.is_ascii_digit()) || number.len() - digits.len() > 1 {
        return Err(BadValue::NotDigits);
    }
    let abroad = number.len() > digits.len();
    let mainland = match digits.strip_prefix("86") {
        Some(rest) if abroad || rest.len() == 11 => rest,
        _ => digits,
    };
    let is_mainland = !abroad || mainland.len() < digits.len();
    if is_mainland {
        if mainland.len() != 11 {
            return Err(BadValue::WrongLength);
        }
        let b = mainland.as_bytes();
        return if b[0] == b'1' && b[1] >= b'3' {
            Ok(Zeroizing::new(mainland.to_owned()))
        } else {
            Err(BadValue::BadForm)
        };
    }
    e164(digits)
}

/// `010-12345678`, `0755-12345678-102`, `400-1234567`; a local number without area code as it is;
/// E.164 for any other country's.
pub(super) fn landline(text: &str) -> Result<Zeroizing<String>, BadValue> {
    let (main, extension) = split_extension(without_controls(text)?);
    let number = dialled(main)?;
    let mut bare = number.trim_start_matches('+');
    if !bare.bytes().all(|b| b.is_ascii_digit()) || number.len() - bare.len() > 1 {
        return Err(BadValue::NotDigits);
    }
    let mut owned = Zeroizing::new(String::with_capacity(16));
    if number.starts_with('+') {
        let Some(rest) = bare.strip_prefix("86") else { return e164(bare) };
        if !rest.starts_with('0') && !is_service(rest) {
            owned.push('0');
        }
        owned.push_str(rest);
        bare = &owned;
    }
    let area = match bare.as_bytes() {
        [b'0', b'1', b'0', ..] | [b'0', b'2', ..] => 3,
        [b'0', ..] => 4,
        _ if is_service(bare) => 3,
        _ => 0,
    };
    let local = bare.get(area..).unwrap_or_default();
    if !(7..=8).contains(&local.len()) {
        return Err(BadValue::WrongLength);
    }
    let mut out = Zeroizing::new(String::with_capacity(24));
    if area > 0 {
        out.push_str(&bare[..area]);
        out.push('-');
    }
    out.push_str(local);
    if let Some(extension) = extension {
        if extension.is_empty() || extension.len() > 6 || !extension.bytes().all(|b| b.is_ascii_digit()) {
            return Err(BadValue::BadForm);
        }
        // Without an area code the dash would turn number and extension into area and number.
        if area == 0 {
            return Err(BadValue::BadForm);
        }
        out.push('-');
        out.push_str(extension);
    }
    Ok(out)
}

fn is_service(digits: &str) -> bool {
    digits.len() == 10 && (digits.starts_with("400") || digits.starts_with("800"))
}

/// The number and what is dialled after it: `转`, `ext`, `#`, `x`, or a third group behind dashes.
fn split_extension(text: &str) -> (&str, Option<&str>) {
    for mark in ["转", "ext.", "ext", "EXT", "Ext", "#", "x"] {
        if let Some((main, extension)) = text.split_once(mark) {
            return (main.trim_end_matches(|c: char| c == ' ' || is_dash(c)), Some(extension.trim()));
        }
    }
    let groups = text.split(is_dash).count();
    match text.rsplit_once(is_dash) {
        // 400-123-4567 and 010-1234-5678 are numbers; 010-12345678-102 has an extension.
        Some((main, last)) if groups == 3 => {
            let before = main.bytes().filter(u8::is_ascii_digit).count();
            if before >= 10 { (main, Some(last.trim())) } else { (text, None) }
        }
        _ => (text, None),
    }
}

/// Digits as dialled: without print, `00` in front a `+`.
fn dialled(text: &str) -> Result<Zeroizing<String>, BadValue> {
    let packed = packed(text)?;
    let mut out = Zeroizing::new(String::with_capacity(packed.len() + 1));
    let rest = match packed.strip_prefix("00") {
        Some(rest) => {
            out.push('+');
            rest
        }
        None => &packed,
    };
    out.extend(rest.chars().filter(|c| !matches!(c, '(' | ')' | '.' | '/')));
    Ok(out)
}

fn e164(digits: &str) -> Result<Zeroizing<String>, BadValue> {
    if digits.starts_with('0') {
        return Err(BadValue::BadForm);
    }
    if !(8..=15).contains(&digits.len()) {
        return Err(BadValue::WrongLength);
    }
    Ok(Zeroizing::new(format!("+{digits}")))
}

/// `local@domain`, parted at the last `@`, the domain in lower case.
pub(super) fn email(text: &str) -> Result<Zeroizing<String>, BadValue> {
    let text = without_controls(text)?;
    // RFC 5321 4.5.3.1.3, less the angle brackets.
    if text.len() > 254 {
        return Err(BadValue::TooLong);
    }
    let Some((local, domain)) = text.rsplit_once('@') else { return Err(BadValue::BadForm) };
    let sound = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || is_joiner(c));
    let labels_sound = domain.contains('.')
        && domain
            .split('.')
            .all(|label| sound(label) && label.chars().all(|c| c.is_alphanumeric() || c == '-' || !c.is_ascii()));
    if !sound(local) || !labels_sound {
        return Err(BadValue::BadForm);
    }
    Ok(Zeroizing::new(format!("{local}@{}", domain.to_lowercase())))
}
