//! What a customer is: fields, kinds, classes, keys and rules, as a bank's `catalog.toml` has them.
//!
//! A catalogue that contradicts the standard is refused at start, with the line and the rule.

mod check;
mod forbidden;
mod kind;
mod parse;

use serde::{Deserialize, Serialize};

use crate::id::{FieldName, PurposeName};
use crate::mask::{MaskRule, Masked, mask};
use crate::normalise::Normal;
pub use crate::strict_toml::Fault;
pub use check::CatalogueRule;
pub use forbidden::forbidden_column;
pub use kind::{Class, CopyRule, ExportRule, Kind, StepUpTier};
pub(crate) use parse::label;

/// A label in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// One field of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its name in requests, events, mappings and tables.
    pub name: FieldName,
    /// The heading that begins at this field, if one does.
    pub section: Option<Label>,
    /// What a screen calls it.
    pub label: Label,
    /// What sort of value it holds.
    pub kind: Kind,
    /// How sensitive it is.
    pub class: Class,
    /// How its mask is made.
    pub mask: MaskRule,
    /// Whether one exact value of it is a search (Q2).
    pub strong_key: bool,
    /// Whether it holds several items, 1…n.
    pub many: bool,
    /// The field whose item of the same number it belongs to: a card's expiry to its number (V8).
    pub pairs_with: Option<FieldName>,
    /// For which purposes it may be revealed; empty: never.
    pub reveal: Vec<PurposeName>,
    /// What a reveal takes; there if and only if it may be revealed.
    pub step_up: Option<StepUpTier>,
    /// How it leaves in an export.
    pub export: ExportRule,
    /// Whether a revealed value may be copied.
    pub copy: CopyRule,
}

impl Field {
    /// Whether there is any purpose for which it may be revealed.
    pub fn revealable(&self) -> bool {
        !self.reveal.is_empty()
    }
    /// Whether it may be revealed for this purpose.
    pub fn revealable_for(&self, purpose: &PurposeName) -> bool {
        self.reveal.contains(purpose)
    }
    /// The one mask of a value of this field (M5).
    pub fn mask(&self, value: &Normal) -> Masked {
        mask(self.mask, value)
    }
}

/// A bank's fields and the combinations of them that are a search.
#[derive(Clone, Debug)]
pub struct Catalogue {
    fields: Vec<Field>,
    combinations: Vec<Vec<FieldName>>,
    export_window: Option<FieldName>,
    export_product: Option<FieldName>,
    source: String,
}

impl Catalogue {
    /// Reads `catalog.toml`.
    ///
    /// # Errors
    /// The first line that is wrong and the rule that it breaks.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        let parse::Parsed { fields, combinations, export_window, export_product } = parse::parse(text)?;
        Ok(Self { fields, combinations, export_window, export_product, source: text.to_owned() })
    }

    /// The catalogue that Grille ships.
    ///
    /// # Errors
    /// None that a test has not seen.
    pub fn shipped() -> Result<Self, CatalogueError> {
        Self::parse(SHIPPED)
    }

    /// Every field, in the order in which screens show them.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The field of that name.
    pub fn field(&self, name: &FieldName) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == *name)
    }

    /// The sets of fields whose exact values together are a search (Q2).
    pub fn combinations(&self) -> &[Vec<FieldName>] {
        &self.combinations
    }

    /// The day by which an export may choose customers (E1): C1, one item, visible; none, and no export is by window.
    pub fn export_window(&self) -> Option<&Field> {
        self.field(self.export_window.as_ref()?)
    }

    /// The product by which a window of an export may be narrowed (E1): C1, one item, visible.
    pub fn export_product(&self) -> Option<&Field> {
        self.field(self.export_product.as_ref()?)
    }

    /// The bytes that were parsed; the policy hash of every event is taken over them (U7).
    pub fn text_hash_source(&self) -> &[u8] {
        self.source.as_bytes()
    }
}

/// Where a catalogue contradicts the standard or itself. Holds nothing of the file's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {rule}")]
pub struct CatalogueError {
    /// The line, from 1.
    pub line: usize,
    /// The rule.
    pub rule: CatalogueRule,
}

/// The shipped file's text, for `grille init` to write out.
pub const SHIPPED: &str = include_str!("../catalog.toml");

#[cfg(test)]
mod tests;
