//! What a value looks like outside: one function per kind, as standards.md §2 has it.
//!
//! A mask is made once, when the value is written (M2), by one rule per field (M5), and can never be
//! taken for a value again (M7).

mod identity;
mod name;
mod place;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::normalise::Normal;

/// A mask: what may be shown, stored apart from its value, logged.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Masked(String);

impl Masked {
    /// What has no rule, no class or no form is hidden whole (M3), its length too.
    pub fn hidden() -> Self {
        Self(HIDDEN.to_owned())
    }
    /// A mask read back from where [`mask`] had it stored.
    pub fn stored(mask: String) -> Self {
        Self(mask)
    }
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Masked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// How much of a value a mask shows. A kind has a default; a catalogue may name a stricter one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaskRule {
    /// All: C1 fields only.
    Visible,
    /// Nothing, nor the length.
    Hidden,
    /// The last character of a Han name, the initials of any other.
    PersonName,
    /// As `person_name`, and nothing of a name of two characters (rule A).
    NameStrict,
    /// First and last character.
    IdCard,
    /// First and last two.
    Passport,
    /// Letters and the last two of the eight life digits.
    Permit,
    /// One character at each side.
    OtherId,
    /// `+86`, three and four; country and two for others.
    Mobile,
    /// Area code and last two.
    Landline,
    /// First letter, and the domain if it is a public one.
    Email,
    /// Province and city.
    Address,
    /// Six and four of sixteen digits or more, else the last four (PCI DSS 3.4.1).
    Pan,
    /// Last four, never more than a third.
    AccountNo,
    /// As `account_no`, for cards.
    #[serde(rename = "last4")]
    Last4,
    /// The last two.
    #[serde(rename = "last2")]
    Last2,
    /// `**/**`.
    CardExpiry,
}

impl MaskRule {
    /// Every rule.
    pub const ALL: [MaskRule; 17] = [
        MaskRule::Visible,
        MaskRule::Hidden,
        MaskRule::PersonName,
        MaskRule::NameStrict,
        MaskRule::IdCard,
        MaskRule::Passport,
        MaskRule::Permit,
        MaskRule::OtherId,
        MaskRule::Mobile,
        MaskRule::Landline,
        MaskRule::Email,
        MaskRule::Address,
        MaskRule::Pan,
        MaskRule::AccountNo,
        MaskRule::Last4,
        MaskRule::Last2,
        MaskRule::CardExpiry,
    ];

    /// Its name in `catalog.toml`.
    pub const fn name(self) -> &'static str {
        match self {
            MaskRule::Visible => "visible",
            MaskRule::Hidden => "hidden",
            MaskRule::PersonName => "person_name",
            MaskRule::NameStrict => "name_strict",
            MaskRule::IdCard => "id_card",
            MaskRule::Passport => "passport",
            MaskRule::Permit => "permit",
            MaskRule::OtherId => "other_id",
            MaskRule::Mobile => "mobile",
            MaskRule::Landline => "landline",
            MaskRule::Email => "email",
            MaskRule::Address => "address",
            MaskRule::Pan => "pan",
            MaskRule::AccountNo => "account_no",
            MaskRule::Last4 => "last4",
            MaskRule::Last2 => "last2",
            MaskRule::CardExpiry => "card_expiry",
        }
    }
}

/// The mask of a value. Total: what the rule cannot parse is hidden whole (M3).
pub fn mask(rule: MaskRule, value: &Normal) -> Masked {
    Masked(mask_text(rule, value.expose_to_vault()))
}

/// Whether a text is, or holds, a mask: an asterisk, or a dot that separates no two letters (M7).
pub fn looks_masked(text: &str) -> bool {
    let mut before: Option<char> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let separates = before.is_some_and(char::is_alphabetic) && chars.peek().is_some_and(|c| c.is_alphabetic());
        if is_star(c) || (is_bullet(c) && !separates) {
            return true;
        }
        before = Some(c);
    }
    false
}

/// Fixed, so that it tells no length.
const HIDDEN: &str = "••••";

fn is_star(c: char) -> bool {
    matches!(c, '*' | '＊' | '﹡' | '∗' | '⁎' | '✱' | '✲' | '█' | '▇' | '■' | '※' | '\u{066D}')
}

fn is_bullet(c: char) -> bool {
    matches!(c, '•' | '●' | '∙' | '⚫')
}

/// [`mask`] for any text at all.
fn mask_text(rule: MaskRule, text: &str) -> String {
    if rule == MaskRule::Visible {
        return text.chars().filter(|c| !c.is_control()).collect();
    }
    let shown = match rule {
        MaskRule::Visible | MaskRule::Hidden => None,
        MaskRule::PersonName => name::person_name(text, 2),
        MaskRule::NameStrict => name::person_name(text, 3),
        MaskRule::IdCard => identity::id_card(text),
        MaskRule::Passport => identity::passport(text),
        MaskRule::Permit => identity::permit(text),
        MaskRule::OtherId => identity::other_id(text),
        MaskRule::Mobile => identity::mobile(text),
        MaskRule::Landline => identity::landline(text),
        MaskRule::Email => place::email(text),
        MaskRule::Address => place::address(text),
        MaskRule::Pan => identity::pan(text),
        MaskRule::AccountNo | MaskRule::Last4 => identity::last_four(text),
        MaskRule::Last2 => edges(text, 0, 2, 4),
        MaskRule::CardExpiry => Some("**/**".to_owned()),
    };
    // A rule that found nothing to hide has not understood the text.
    shown
        .filter(|shown| looks_masked(shown) && !shown.chars().any(char::is_control))
        .unwrap_or_else(|| HIDDEN.to_owned())
}

/// Stars for all but the first `left` and last `right` characters as a reader counts them; nothing at
/// all unless `hidden` of them stay hidden.
fn edges(text: &str, left: usize, right: usize, hidden: usize) -> Option<String> {
    let clusters: Vec<&str> = text.graphemes(true).collect();
    let middle = clusters.len().checked_sub(left + right).filter(|&middle| middle >= hidden)?;
    let mut out = String::with_capacity(text.len());
    out.extend(clusters.iter().take(left).copied());
    out.extend(std::iter::repeat_n('*', middle));
    out.extend(clusters.iter().skip(left + middle).copied());
    Some(out)
}

#[cfg(test)]
mod tests;
