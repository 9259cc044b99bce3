//! Customers one after another, for the one job that has to see all: it shows the receipt that says so, since
//! nothing else may list them (Q2).

use super::db::{Conn, Db};
use super::staff::id;
use super::statement::sql;
use crate::audit::Receipt;
use crate::imports::chosen_by::ChosenBy;
use crate::vault::{RemaskBegun, SealedCustomer};
use domain::id::CustomerId;

/// A sealed customer, the masks that are stored beside, and what exports choose by.
pub struct StoredMasks {
    pub sealed: SealedCustomer,
    pub masks: String,
    pub(crate) chosen_by: ChosenBy,
}

/// How many there are.
pub async fn count(db: &Db, _: &Receipt<RemaskBegun>) -> sqlx::Result<u64> {
    const SQL: &str = "SELECT COUNT(*) FROM vault_customer";
    Ok(sql(SQL).long().fetch_one(db.vault()).await?.try_get::<i64>(0)? as u64)
}

/// Those after this one, by id, at most `limit`.
pub async fn after(
    db: &Db,
    _: &Receipt<RemaskBegun>,
    last: Option<CustomerId>,
    limit: u32,
) -> sqlx::Result<Vec<StoredMasks>> {
    const SQL: &str = "SELECT vault_customer.customer, key_version, wrapped_dek, sealed, masks, opened_on, product \
        FROM vault_customer JOIN customer_mask ON customer_mask.customer = vault_customer.customer \
        JOIN customer ON customer.id = vault_customer.customer \
        WHERE vault_customer.customer > $1 ORDER BY vault_customer.customer LIMIT $2";
    let last = last.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    let rows = sql(SQL).bind(last).bind(i64::from(limit)).long().fetch_all(db.vault()).await?;
    rows.iter()
        .map(|row| {
            let customer = CustomerId::from_bytes(id(row.try_get(0)?)?);
            let key_version = row.try_get::<i64>(1)? as u32;
            let sealed =
                SealedCustomer { customer, key_version, wrapped_dek: row.try_get(2)?, sealed: row.try_get(3)? };
            let chosen_by = ChosenBy { opened_on: row.try_get(5)?, product: row.try_get(6)? };
            Ok(StoredMasks { sealed, masks: row.try_get(4)?, chosen_by })
        })
        .collect()
}

/// Replaces a customer's masks and what exports choose by, if the customer is still sealed as they were made from; `false` if not. A change
/// of any value seals anew under another key, so that the wrapped key tells.
pub(crate) async fn replace(
    conn: &mut Conn,
    sealed: &SealedCustomer,
    masks: &str,
    chosen_by: &ChosenBy,
) -> sqlx::Result<bool> {
    const CHOSEN_BY: &str = "UPDATE customer SET opened_on = $1, product = $2 WHERE id = $3";
    const SQL: &str = "UPDATE customer_mask SET masks = $1 WHERE customer = $2 \
        AND EXISTS (SELECT 1 FROM vault_customer WHERE customer = $2 AND wrapped_dek = $3)";
    let done = sql(SQL)
        .bind(masks)
        .bind(&sealed.customer.as_bytes()[..])
        .bind(&sealed.wrapped_dek)
        .execute(&mut *conn)
        .await?;
    if done != 1 {
        return Ok(false);
    }
    sql(CHOSEN_BY)
        .bind(chosen_by.opened_on.as_deref())
        .bind(chosen_by.product.as_deref())
        .bind(&sealed.customer.as_bytes()[..])
        .execute(conn)
        .await?;
    Ok(true)
}
