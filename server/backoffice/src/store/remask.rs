//! Customers one after another, for the one job that has to see all: it shows the receipt that says so, since
//! nothing else may list them (Q2).

use super::db::{Conn, Db, on, on_conn};
use super::staff::id;
use crate::audit::Receipt;
use crate::vault::{RemaskBegun, SealedCustomer};
use domain::id::CustomerId;
use sqlx::Row;

/// A sealed customer and the masks that are stored beside.
pub struct StoredMasks {
    pub sealed: SealedCustomer,
    pub masks: String,
}

/// How many there are.
pub async fn count(db: &Db, _: &Receipt<RemaskBegun>) -> sqlx::Result<u64> {
    const SQL: &str = "SELECT COUNT(*) FROM vault_customer";
    Ok(on!(db, |pool| sqlx::query(SQL).fetch_one(pool).await?).try_get::<i64, _>(0)? as u64)
}

/// Those after this one, by id, at most `limit`.
pub async fn after(
    db: &Db,
    _: &Receipt<RemaskBegun>,
    last: Option<CustomerId>,
    limit: u32,
) -> sqlx::Result<Vec<StoredMasks>> {
    const SQL: &str = "SELECT vault_customer.customer, key_version, wrapped_dek, sealed, masks FROM vault_customer \
        JOIN customer_mask ON customer_mask.customer = vault_customer.customer \
        WHERE vault_customer.customer > $1 ORDER BY vault_customer.customer LIMIT $2";
    let last = last.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    let rows = on!(db, |pool| sqlx::query(SQL).bind(last).bind(i64::from(limit)).fetch_all(pool).await?);
    rows.iter()
        .map(|row| {
            let customer = CustomerId::from_bytes(id(row.try_get(0)?)?);
            let key_version = row.try_get::<i64, _>(1)? as u32;
            let sealed =
                SealedCustomer { customer, key_version, wrapped_dek: row.try_get(2)?, sealed: row.try_get(3)? };
            Ok(StoredMasks { sealed, masks: row.try_get(4)? })
        })
        .collect()
}

/// Replaces a customer's masks, if the customer is still sealed as they were made from; `false` if not. A change
/// of any value seals anew under another key, so that the wrapped key tells.
pub async fn replace(conn: &mut Conn, sealed: &SealedCustomer, masks: &str) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE customer_mask SET masks = $1 WHERE customer = $2 \
        AND EXISTS (SELECT 1 FROM vault_customer WHERE customer = $2 AND wrapped_dek = $3)";
    let done = on_conn!(conn, |c| sqlx::query(SQL)
        .bind(masks)
        .bind(&sealed.customer.as_bytes()[..])
        .bind(&sealed.wrapped_dek)
        .execute(c)
        .await?
        .rows_affected());
    Ok(done == 1)
}
