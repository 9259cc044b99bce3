//! Customers: found by digest, shown by mask, sealed apart. No function here lists them: each takes a
//! digest of a guarded search, or the id that a handle stood for (Q2).

use super::db::{Conn, Db, on, on_conn};
use super::staff::{bad, id};
use crate::vault::{IndexDigest, SealedCustomer};
use domain::desk::MaskedField;
use domain::id::{BranchNo, CustomerId, FieldName, Item};
use domain::mask::Masked;
use sqlx::Row;

/// Customers of this branch that the digest finds, hidden ones left out: at most `limit`, in no
/// promised order. One query, whether the customer is of the branch or not there at all (Q6).
pub async fn found_by(
    db: &Db,
    label: &str,
    digest: &IndexDigest,
    branch: &BranchNo,
    limit: u32,
) -> sqlx::Result<Vec<CustomerId>> {
    const SQL: &str = "SELECT customer.id FROM vault_index JOIN customer ON customer.id = vault_index.customer \
        WHERE field = $1 AND digest = $2 AND branch = $3 AND hidden = 0 LIMIT $4";
    let rows = on!(db, |pool| sqlx::query(SQL)
        .bind(label)
        .bind(&digest.as_bytes()[..])
        .bind(branch.as_str())
        .bind(i64::from(limit))
        .fetch_all(pool)
        .await?);
    rows.iter().map(|row| Ok(CustomerId::from_bytes(id(row.try_get(0)?)?))).collect()
}

/// Whether the customer may be seen from this branch now.
pub async fn is_visible(conn: &mut Conn, customer: CustomerId, branch: &BranchNo) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT 1 FROM customer WHERE id = $1 AND branch = $2 AND hidden = 0";
    let row = on_conn!(conn, |c| sqlx::query(SQL)
        .bind(&customer.as_bytes()[..])
        .bind(branch.as_str())
        .fetch_optional(c)
        .await?);
    Ok(row.is_some())
}

/// The customer's masks, in the catalogue's order, if the customer may be seen from this branch now (Q6).
/// No key is touched (M2).
pub async fn masks(db: &Db, customer: CustomerId, branch: &BranchNo) -> sqlx::Result<Option<Vec<MaskedField>>> {
    const SQL: &str = "SELECT masks FROM customer_mask JOIN customer ON customer.id = customer_mask.customer \
        WHERE customer.id = $1 AND branch = $2 AND hidden = 0";
    let row = on!(db, |pool| sqlx::query(SQL)
        .bind(&customer.as_bytes()[..])
        .bind(branch.as_str())
        .fetch_optional(pool)
        .await?);
    row.map(|row| {
        let stored: Vec<(FieldName, Item, String)> = serde_json::from_str(row.try_get(0)?).map_err(|_| bad("masks"))?;
        Ok(stored
            .into_iter()
            .map(|(field, item, mask)| MaskedField { field, item, mask: Masked::stored(mask) })
            .collect())
    })
    .transpose()
}

/// The customer's sealed row: ciphertext only.
pub async fn sealed(db: &Db, customer: CustomerId) -> sqlx::Result<Option<SealedCustomer>> {
    const SQL: &str = "SELECT key_version, wrapped_dek, sealed FROM vault_customer WHERE customer = $1";
    let row = on!(db, |pool| sqlx::query(SQL).bind(&customer.as_bytes()[..]).fetch_optional(pool).await?);
    row.map(|row| {
        let version: i64 = row.try_get(0)?;
        Ok(SealedCustomer {
            customer,
            key_version: u32::try_from(version).map_err(|_| bad("key_version"))?,
            wrapped_dek: row.try_get(1)?,
            sealed: row.try_get(2)?,
        })
    })
    .transpose()
}

/// The customer's digests under that label: to see whether a note names the customer (V2n).
pub async fn digests(db: &Db, label: &str, customer: CustomerId) -> sqlx::Result<Vec<Vec<u8>>> {
    const SQL: &str = "SELECT digest FROM vault_index WHERE customer = $1 AND field = $2";
    let rows = on!(db, |pool| sqlx::query(SQL).bind(&customer.as_bytes()[..]).bind(label).fetch_all(pool).await?);
    rows.iter().map(|row| row.try_get(0)).collect()
}
