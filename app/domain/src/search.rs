//! What may be asked (Q2): one exact strong key, an export's token among them, or a combination that the catalogue
//! allows; nothing else.
//!
//! A [`GuardedSearch`] comes from [`GuardedSearch::parse`] alone, and the store takes nothing else:
//!
//! ```compile_fail
//! let all = domain::search::GuardedSearch { kind_name: "all".into(), keys: Vec::new(), bank_wide: true };
//! ```
//! ```compile_fail
//! fn prints<T: std::fmt::Debug>() {}
//! prints::<domain::search::GuardedSearch>();
//! ```
//! ```compile_fail
//! fn serialises<T: serde::Serialize>() {}
//! serialises::<domain::search::GuardedSearch>();
//! ```
//! ```compile_fail
//! fn reads<T: for<'de> serde::Deserialize<'de> + Default>() {}
//! reads::<domain::search::GuardedSearch>();
//! ```

use std::collections::BTreeSet;

use crate::catalogue::{Catalogue, Field, Kind};
use crate::id::FieldName;
use crate::normalise::{BadValue, Normal, export_token, folded, normalise, search_form};

/// The key by which a token of an export finds its customer (E4), and the label of its digests. A strong key of every
/// catalogue, and a field of none.
pub const EXPORT_TOKEN: &str = "export_token";

/// A search that is bounded by its form: every key exact, whole and in search form.
pub struct GuardedSearch {
    kind_name: String,
    keys: Vec<(FieldName, Normal)>,
    bank_wide: bool,
}

/// Why a search is none. Holds names of the catalogue, never what was typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum SearchRefusal {
    /// No key, or only empty ones.
    #[error("nothing to search for")]
    Empty,
    /// A pattern, a prefix, a range, "all".
    #[error("a search is for one exact value")]
    Wildcard,
    /// More than one value for a key.
    #[error("a search is for one value, not for a list")]
    List,
    /// Keys that are neither one strong key nor an allowed combination.
    #[error("not one strong key, nor an allowed combination")]
    KeyWeak,
    /// A name that is no field: page, sort, a misspelling.
    #[error("an unknown key")]
    KeyUnknown,
    /// One name twice.
    #[error("a key stands twice")]
    KeyRepeated,
    /// A value that its field cannot have.
    #[error("{field}: {why}")]
    Malformed {
        /// Whose value.
        field: FieldName,
        /// Why it cannot be one.
        why: BadValue,
    },
}

impl SearchRefusal {
    /// Stable code for the wire and for events (Q7).
    pub const fn code(&self) -> &'static str {
        match self {
            SearchRefusal::Empty => "search_empty",
            SearchRefusal::Wildcard => "search_wildcard",
            SearchRefusal::List => "search_list",
            SearchRefusal::KeyWeak => "search_key_weak",
            SearchRefusal::KeyUnknown => "search_key_unknown",
            SearchRefusal::KeyRepeated => "search_key_repeated",
            SearchRefusal::Malformed { .. } => "key_malformed",
        }
    }
}

impl GuardedSearch {
    /// Parses the keys of a search, each a field's name and what was typed for it, or refuses them.
    ///
    /// A key left blank is no key, so that a form may send all its inputs.
    ///
    /// # Errors
    /// The first of these that holds: a name that is unknown or stands twice; no key; a pattern; a list;
    /// the wrong set of keys; a malformed value.
    pub fn parse(catalogue: &Catalogue, pairs: &[(String, String)]) -> Result<Self, SearchRefusal> {
        let mut named = BTreeSet::new();
        let mut typed: Vec<(Key<'_>, &str)> = Vec::new();
        for (name, value) in pairs {
            let name = FieldName::parse(name).map_err(|_| SearchRefusal::KeyUnknown)?;
            let key = Key::named(catalogue, &name).ok_or(SearchRefusal::KeyUnknown)?;
            if !named.insert(name) {
                return Err(SearchRefusal::KeyRepeated);
            }
            if !folded(value).trim().is_empty() {
                typed.push((key, value.trim()));
            }
        }
        if typed.is_empty() {
            return Err(SearchRefusal::Empty);
        }
        for (key, value) in &typed {
            let value = folded(value);
            if key.is_pattern(value.trim()) {
                return Err(SearchRefusal::Wildcard);
            }
            if is_list(&value) {
                return Err(SearchRefusal::List);
            }
        }
        let order = key_set(catalogue, &typed).ok_or(SearchRefusal::KeyWeak)?;
        let mut keys = Vec::with_capacity(order.len());
        for (key, value) in &order {
            let form = key.form(value).map_err(|why| SearchRefusal::Malformed { field: key.name().clone(), why })?;
            keys.push((key.name().clone(), form));
        }
        let names: Vec<&str> = keys.iter().map(|(name, _)| name.as_str()).collect();
        let bank_wide = matches!(&order[..], [(key, _)] if key.names_one_person_in_the_bank());
        Ok(Self { kind_name: names.join("+"), keys, bank_wide })
    }

    /// What sort of search it is, for its event (Q7): `id_no`, `name+birth_date+branch`.
    pub fn kind_name(&self) -> &str {
        &self.kind_name
    }
    /// The keys in search form, in the catalogue's order; all must match.
    pub fn keys(&self) -> &[(FieldName, Normal)] {
        &self.keys
    }
    /// Whether it is by a full document, card or account number, as a search of every branch must be (DESIGN §1).
    pub const fn may_search_whole_bank(&self) -> bool {
        self.bank_wide
    }
}

/// By what a search is.
#[derive(Clone)]
enum Key<'a> {
    Field(&'a Field),
    ExportToken(FieldName),
}

impl<'a> Key<'a> {
    fn named(catalogue: &'a Catalogue, name: &FieldName) -> Option<Self> {
        match name.as_str() {
            EXPORT_TOKEN => Some(Key::ExportToken(name.clone())),
            _ => catalogue.field(name).map(Key::Field),
        }
    }
    fn name(&self) -> &FieldName {
        match self {
            Key::Field(field) => &field.name,
            Key::ExportToken(name) => name,
        }
    }
    const fn is_strong(&self) -> bool {
        match self {
            Key::Field(field) => field.strong_key,
            Key::ExportToken(_) => true,
        }
    }
    /// A token does not: whoever holds a leaked file has many, and they are of one branch.
    const fn names_one_person_in_the_bank(&self) -> bool {
        match self {
            Key::Field(field) => field.kind.names_one_person_in_the_bank(),
            Key::ExportToken(_) => false,
        }
    }
    fn is_pattern(&self, value: &str) -> bool {
        match self {
            Key::Field(field) => is_pattern(Some(field.kind), value),
            // `tk_` begins some of them, and is all that may hold the sign
            Key::ExportToken(_) => is_pattern(None, value.get(3..).filter(|_| is_marked(value)).unwrap_or(value)),
        }
    }
    fn form(&self, value: &str) -> Result<Normal, BadValue> {
        match self {
            Key::Field(field) => normalise(field.kind, value).map(|normal| search_form(field.kind, &normal)),
            Key::ExportToken(_) => export_token(value),
        }
    }
}

fn is_marked(value: &str) -> bool {
    value.get(..3).is_some_and(|mark| mark.eq_ignore_ascii_case("tk_"))
}

/// The typed keys in the catalogue's order, if they are one strong key or exactly a combination.
fn key_set<'a>(catalogue: &Catalogue, typed: &[(Key<'a>, &'a str)]) -> Option<Vec<(Key<'a>, &'a str)>> {
    if let [(key, _)] = typed
        && key.is_strong()
    {
        return Some(typed.to_vec());
    }
    let combination = catalogue.combinations().iter().find(|names| {
        names.len() == typed.len() && names.iter().all(|name| typed.iter().any(|(key, _)| key.name() == name))
    })?;
    combination.iter().map(|name| typed.iter().find(|(key, _)| key.name() == name).cloned()).collect()
}

/// Signs and words by which people ask for more than one value (JR/T 0171 6.1.4.1 d).
fn is_pattern(kind: Option<Kind>, value: &str) -> bool {
    // An exact address may hold them; its hash matches nothing but itself.
    let in_mail = |c: char| kind == Some(Kind::Email) && matches!(c, '_' | '%' | '~');
    let sign = |c: char| matches!(c, '*' | '?' | '%' | '_' | '~' | '<' | '>' | '≤' | '≥' | '^' | '$' | '\\' | '…');
    value.chars().any(|c| sign(c) && !in_mail(c))
        || value.contains("..")
        || ["all", "any", "全部", "所有"].contains(&value.to_lowercase().as_str())
}

fn is_list(value: &str) -> bool {
    value.trim().contains([',', ';', '、', '|', '\n', '\r', '\t', '\u{2028}', '\u{2029}'])
}

#[cfg(test)]
mod tests;
