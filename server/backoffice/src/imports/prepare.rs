//! From a good row to what is written: numbered, masked, sealed, indexed. CPU only; any thread may do it.

use super::chosen_by::ChosenBy;
use super::row::{Row, RowFault};
use crate::vault::{BlindIndex, IndexDigest, ItemMask, Numbering, SealedCustomer, Vault, VaultError};
use domain::catalogue::Catalogue;
use domain::id::{BranchNo, CustomerId};
use std::sync::Arc;

/// A customer, ready to be written: masks, ciphertext, digests. No plaintext is left in it.
pub struct PreparedCustomer {
    pub(crate) id: CustomerId,
    pub(crate) source_tag: [u8; 32],
    pub(crate) content_tag: [u8; 32],
    pub(crate) branch: BranchNo,
    pub(crate) flagged: Option<bool>,
    pub(crate) masks: String,
    pub(crate) chosen_by: ChosenBy,
    pub(crate) sealed: SealedCustomer,
    pub(crate) index: Vec<(String, IndexDigest)>,
    /// The content tag that was stored when this was prepared; `None` for a new customer.
    pub(crate) was: Option<[u8; 32]>,
}

/// The customer as it is stored before.
pub(crate) struct Before {
    pub id: CustomerId,
    pub content_tag: [u8; 32],
    pub sealed: Option<SealedCustomer>,
}

/// What preparing needs.
pub(crate) struct Preparer {
    pub catalogue: Arc<Catalogue>,
    pub vault: Vault,
    pub index: BlindIndex,
}

impl Preparer {
    /// Prepares a new customer under `new_id`, or the change of one that is stored. The outer error stops the
    /// import; the inner one rejects the row.
    pub(super) fn prepare(
        &self,
        row: Row,
        before: Option<Before>,
        new_id: CustomerId,
    ) -> Result<Result<PreparedCustomer, RowFault>, VaultError> {
        let (line, column) = (row.line, None);
        let sealed_before = before.as_ref().and_then(|before| before.sealed.as_ref());
        let numbering = match self.vault.number(sealed_before, row.wanted) {
            Ok(numbering) => numbering,
            Err(VaultError::TooManyItems) => return Ok(Err(RowFault { line, column, code: "too_many_items" })),
            Err(VaultError::Unaccompanied) => return Ok(Err(RowFault { line, column, code: "item_without_its_pair" })),
            Err(VaultError::TwoForOneItem) => {
                return Ok(Err(RowFault { line, column, code: "two_values_for_one_item" }));
            }
            Err(error) => return Err(error),
        };
        let id = before.as_ref().map_or(new_id, |before| before.id);
        let masks = self.masks(&numbering);
        Ok(Ok(PreparedCustomer {
            id,
            source_tag: row.source_tag,
            content_tag: row.content_tag,
            branch: row.branch,
            flagged: row.flagged,
            masks: masks_text(&self.catalogue, &masks),
            chosen_by: ChosenBy::of(&self.catalogue, &masks),
            sealed: self.vault.seal_numbered(id, &numbering)?,
            index: self.index.entries(&self.catalogue, numbering.values())?,
            was: before.map(|before| before.content_tag),
        }))
    }
}

impl Preparer {
    fn masks(&self, numbering: &Numbering) -> Vec<ItemMask> {
        let mask = |(name, item, value): &(_, _, _)| {
            let field = self.catalogue.field(name)?;
            Some((field.name.clone(), *item, field.mask(value)))
        };
        numbering.values().iter().filter_map(mask).collect()
    }
}

/// `[["card_no",1,"6222********1234"],…]` in the catalogue's order, items in theirs: made once, when the value is
/// written (M2), and again only by `remask`.
pub(crate) fn masks_text(catalogue: &Catalogue, masks: &[ItemMask]) -> String {
    let mut told = Vec::with_capacity(masks.len());
    for field in catalogue.fields() {
        let of_field = masks.iter().filter(|(name, _, _)| *name == field.name);
        let mut items: Vec<_> =
            of_field.map(|(_, item, mask)| (field.name.as_str(), item.get(), mask.as_str())).collect();
        items.sort_by_key(|(_, item, _)| *item);
        told.extend(items);
    }
    serde_json::json!(told).to_string()
}
