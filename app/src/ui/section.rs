//! The parts of a card, in the order in which a teller asks for them.

use crate::lang::{Lang, text};
use domain::catalogue::{Class, Kind};

/// One part of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Who they are.
    Identity,
    /// How they are reached.
    Contact,
    /// What they hold.
    Money,
    /// What the bank knows of itself.
    Bank,
}

impl Section {
    /// All four.
    pub const ALL: [Section; 4] = [Section::Identity, Section::Contact, Section::Money, Section::Bank];

    /// Where a field belongs. A bank's own fields find their place by kind and class, without code.
    pub const fn of(kind: Kind, class: Class) -> Self {
        match (kind, class) {
            (Kind::PersonName | Kind::IdCard | Kind::Passport | Kind::Permit | Kind::OtherId, _) => Section::Identity,
            (Kind::Mobile | Kind::Landline | Kind::Email | Kind::Address, _) => Section::Contact,
            (Kind::Pan | Kind::CardExpiry | Kind::AccountNo | Kind::Amount, _) => Section::Money,
            // what may be seen of anyone is the bank's own; a birthday or an employer is the person's
            (Kind::Date | Kind::Text | Kind::Code, Class::C1) => Section::Bank,
            (Kind::Date | Kind::Text | Kind::Code, Class::C2 | Class::C3) => Section::Identity,
        }
    }

    /// For ids.
    pub const fn name(self) -> &'static str {
        match self {
            Section::Identity => "identity",
            Section::Contact => "contact",
            Section::Money => "money",
            Section::Bank => "bank",
        }
    }

    /// Its heading.
    pub fn heading(self, lang: Lang) -> String {
        match self {
            Section::Identity => text!(lang, section.identity),
            Section::Contact => text!(lang, section.contact),
            Section::Money => text!(lang, section.money),
            Section::Bank => text!(lang, section.bank),
        }
    }
}
