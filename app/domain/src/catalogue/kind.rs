//! The closed lists that a catalogue chooses from. A bank adds fields, never kinds.

use serde::{Deserialize, Serialize};

use crate::mask::MaskRule;

/// What sort of value a field holds. The kind fixes the normal form and the mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A person's name, Han or not.
    PersonName,
    /// Resident identity card, 18 digits; 15 are widened. Residence permits 81/82/83 too.
    IdCard,
    /// Any country's passport.
    Passport,
    /// Mainland travel permit of Hong Kong and Macao residents.
    Permit,
    /// Any other identity document.
    OtherId,
    /// Mobile number.
    Mobile,
    /// Fixed line, with an extension perhaps.
    Landline,
    /// E-mail address.
    Email,
    /// Postal address.
    Address,
    /// Card number.
    Pan,
    /// Account number that is no card's.
    AccountNo,
    /// Sum of money.
    Amount,
    /// Calendar date.
    Date,
    /// Card expiry, the one C3 kind that may be stored (JR/T 0171 6.1.4.1 a).
    CardExpiry,
    /// A line of text.
    Text,
    /// A short code: customer number, branch, product.
    Code,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 16] = [
        Kind::PersonName,
        Kind::IdCard,
        Kind::Passport,
        Kind::Permit,
        Kind::OtherId,
        Kind::Mobile,
        Kind::Landline,
        Kind::Email,
        Kind::Address,
        Kind::Pan,
        Kind::AccountNo,
        Kind::Amount,
        Kind::Date,
        Kind::CardExpiry,
        Kind::Text,
        Kind::Code,
    ];

    /// Its name in `catalog.toml`.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::PersonName => "person_name",
            Kind::IdCard => "id_card",
            Kind::Passport => "passport",
            Kind::Permit => "permit",
            Kind::OtherId => "other_id",
            Kind::Mobile => "mobile",
            Kind::Landline => "landline",
            Kind::Email => "email",
            Kind::Address => "address",
            Kind::Pan => "pan",
            Kind::AccountNo => "account_no",
            Kind::Amount => "amount",
            Kind::Date => "date",
            Kind::CardExpiry => "card_expiry",
            Kind::Text => "text",
            Kind::Code => "code",
        }
    }

    /// The lowest class that a field of this kind may have (JR/T 0171 4.2, standards.md §3).
    pub const fn lowest_class(self) -> Class {
        match self {
            Kind::CardExpiry => Class::C3,
            Kind::Date | Kind::Text | Kind::Code => Class::C1,
            Kind::PersonName
            | Kind::IdCard
            | Kind::Passport
            | Kind::Permit
            | Kind::OtherId
            | Kind::Mobile
            | Kind::Landline
            | Kind::Email
            | Kind::Address
            | Kind::Pan
            | Kind::AccountNo
            | Kind::Amount => Class::C2,
        }
    }

    /// Whether one exact value names so few people that it may be searched alone (Q2).
    pub const fn may_be_strong_key(self) -> bool {
        matches!(
            self,
            Kind::IdCard
                | Kind::Passport
                | Kind::Permit
                | Kind::OtherId
                | Kind::Mobile
                | Kind::Email
                | Kind::Pan
                | Kind::AccountNo
                | Kind::Code
        )
    }

    /// Whether an exact value may be one part of a combination (Q2).
    pub const fn may_be_combined(self) -> bool {
        matches!(self, Kind::PersonName | Kind::Date | Kind::Code)
    }

    /// Numbers and contacts, whose reveal takes a fresh step-up each time (V2).
    pub const fn takes_a_fresh_step_up(self) -> bool {
        matches!(
            self,
            Kind::IdCard
                | Kind::Passport
                | Kind::Permit
                | Kind::OtherId
                | Kind::Mobile
                | Kind::Landline
                | Kind::Email
                | Kind::Pan
                | Kind::AccountNo
        )
    }

    /// A number that names the person or their money, good for a search of the whole bank (DESIGN §1).
    pub const fn names_one_person_in_the_bank(self) -> bool {
        matches!(self, Kind::IdCard | Kind::Passport | Kind::Permit | Kind::OtherId | Kind::Pan | Kind::AccountNo)
    }

    /// The mask rule where a catalogue names none. What has no rule is hidden whole (M3).
    pub const fn default_mask(self, class: Class) -> MaskRule {
        match self {
            Kind::PersonName => MaskRule::PersonName,
            Kind::IdCard => MaskRule::IdCard,
            Kind::Passport => MaskRule::Passport,
            Kind::Permit => MaskRule::Permit,
            Kind::OtherId => MaskRule::OtherId,
            Kind::Mobile => MaskRule::Mobile,
            Kind::Landline => MaskRule::Landline,
            Kind::Email => MaskRule::Email,
            Kind::Address => MaskRule::Address,
            Kind::Pan => MaskRule::Pan,
            Kind::AccountNo => MaskRule::AccountNo,
            Kind::CardExpiry => MaskRule::CardExpiry,
            Kind::Amount => MaskRule::Hidden,
            Kind::Date | Kind::Text | Kind::Code => match class {
                Class::C1 => MaskRule::Visible,
                Class::C2 | Class::C3 => MaskRule::Hidden,
            },
        }
    }

    /// Whether a catalogue may give a field of this kind and class that rule: the default or a stricter one.
    pub fn permits_mask(self, class: Class, rule: MaskRule) -> bool {
        rule == MaskRule::Hidden
            || rule == self.default_mask(class)
            || matches!(
                (self, rule),
                (Kind::PersonName, MaskRule::NameStrict)
                    | (Kind::Pan | Kind::AccountNo, MaskRule::Last4)
                    | (Kind::Mobile | Kind::Landline, MaskRule::Last2)
                    | (Kind::Passport, MaskRule::OtherId)
            )
    }
}

/// Sensitivity of personal financial data (JR/T 0171 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Class {
    /// Visible to the assigned role.
    C1,
    /// Masked, revealed under all of V2.
    C2,
    /// Authentication data: never stored, the card expiry excepted (M4).
    C3,
}

/// What second factor one reveal takes (V2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum StepUpTier {
    /// A step-up for the same case and customer under five minutes old will do.
    #[serde(rename = "window")]
    Window,
    /// A fresh one each time.
    #[serde(rename = "act")]
    Act,
    /// A fresh one and a second person.
    #[serde(rename = "act+person")]
    ActAndPerson,
}

/// How a field leaves in an export (E4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportRule {
    /// As its mask.
    Mask,
    /// As a token that only the bank can turn back.
    Token,
    /// In clear, each time justified and approved.
    Plain,
    /// Not at all.
    Never,
}

/// Whether a revealed value may be copied (V4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyRule {
    /// Never; a try is recorded.
    Blocked,
    /// Once, recorded before it happens.
    Audited,
}
