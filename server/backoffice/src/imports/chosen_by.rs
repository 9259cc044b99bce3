//! What a bounded export chooses customers by (E1): a day and a product, which every screen shows anyway. They stand
//! beside the masks, not in place of them, so that a choice needs neither key nor index.

use crate::vault::ItemMask;
use domain::catalogue::{Catalogue, Field};
use domain::normalise::normalise;

/// A customer's day and product, where the customer has them and the catalogue names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChosenBy {
    pub opened_on: Option<String>,
    pub product: Option<String>,
}

impl ChosenBy {
    /// Of a customer with these masks.
    pub fn of(catalogue: &Catalogue, masks: &[ItemMask]) -> Self {
        let shown = |field: Option<&Field>| {
            let field = field?;
            let (_, _, mask) = masks.iter().find(|(name, ..)| *name == field.name)?;
            // A value that does not fit its kind any more is hidden, and chooses nobody (M3).
            normalise(field.kind, mask.as_str()).is_ok().then(|| mask.as_str().to_owned())
        };
        Self { opened_on: shown(catalogue.export_window()), product: shown(catalogue.export_product()) }
    }
}
