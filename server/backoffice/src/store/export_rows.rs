//! The rows of an export, one page after another: what was frozen and nothing else (E3). Ciphertext is read only where
//! values are opened.

use super::db::Db;
use super::row::Row;
use super::staff::{bad, id};
use super::statement::sql;
use crate::vault::SealedCustomer;
use domain::id::{CustomerId, ExportId};

/// A customer of an export as they are now.
pub struct ExportedCustomer {
    pub customer: CustomerId,
    /// As stored; `None` if the customer is hidden now, or gone.
    pub masks: Option<String>,
    /// Read with [`Ciphertext::Read`] alone.
    pub sealed: Option<SealedCustomer>,
}

/// Whether a page carries what could be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ciphertext {
    Left,
    Read,
}

/// Those after this one, by id, at most `limit`.
pub async fn after(
    db: &Db,
    export: ExportId,
    last: Option<CustomerId>,
    limit: u32,
    ciphertext: Ciphertext,
) -> sqlx::Result<Vec<ExportedCustomer>> {
    const MASKS: &str = "SELECT export_row.customer, masks FROM export_row \
        LEFT JOIN customer ON customer.id = export_row.customer AND customer.hidden = 0 \
        LEFT JOIN customer_mask ON customer_mask.customer = customer.id \
        WHERE export_row.export = $1 AND export_row.customer > $2 ORDER BY export_row.customer LIMIT $3";
    const SEALED: &str = "SELECT export_row.customer, masks, key_version, wrapped_dek, sealed FROM export_row \
        LEFT JOIN customer ON customer.id = export_row.customer AND customer.hidden = 0 \
        LEFT JOIN customer_mask ON customer_mask.customer = customer.id \
        LEFT JOIN vault_customer ON vault_customer.customer = customer.id \
        WHERE export_row.export = $1 AND export_row.customer > $2 ORDER BY export_row.customer LIMIT $3";
    let text = match ciphertext {
        Ciphertext::Left => MASKS,
        Ciphertext::Read => SEALED,
    };
    let last = last.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    let rows =
        sql(text).bind(&export.as_bytes()[..]).bind(last).bind(i64::from(limit)).long().fetch_all(db.vault()).await?;
    rows.iter()
        .map(|row| {
            let customer = CustomerId::from_bytes(id(row.try_get(0)?)?);
            let sealed = match ciphertext {
                Ciphertext::Left => None,
                Ciphertext::Read => sealed(customer, row)?,
            };
            Ok(ExportedCustomer { customer, masks: row.try_get(1)?, sealed })
        })
        .collect()
}

fn sealed(customer: CustomerId, row: &Row) -> sqlx::Result<Option<SealedCustomer>> {
    let Some(version) = row.try_get::<Option<i64>>(2)? else { return Ok(None) };
    let key_version = u32::try_from(version).map_err(|_| bad("key_version"))?;
    Ok(Some(SealedCustomer { customer, key_version, wrapped_dek: row.try_get(3)?, sealed: row.try_get(4)? }))
}
