//! Customers: found by digest, shown by mask, sealed apart. No function here lists them: each takes a
//! digest of a guarded search, or the id that a handle stood for (Q2).

use super::db::{Conn, Db};
use super::staff::{bad, decode, id};
use super::statement::sql;
use crate::vault::{IndexDigest, SealedCustomer};
use domain::desk::MaskedField;
use domain::id::{BranchNo, CustomerId, FieldName, Item};
use domain::mask::Masked;

/// Among whom a customer is looked for.
#[derive(Clone, Copy, Debug)]
pub enum Among<'a> {
    /// Customers of this branch.
    Branch(&'a BranchNo),
    /// All of the bank, where the case permits it (DESIGN §1).
    Bank,
}

impl<'a> Among<'a> {
    /// All of the bank, or this branch's.
    pub fn of(bank_wide: bool, branch: &'a BranchNo) -> Self {
        if bank_wide { Among::Bank } else { Among::Branch(branch) }
    }
    /// As the queries take it: one form of query for both (Q6).
    pub(super) fn bound(self) -> (&'a str, i64) {
        match self {
            Among::Branch(branch) => (branch.as_str(), 0),
            Among::Bank => ("", 1),
        }
    }
}

/// Customers among these that the digest finds, hidden ones left out: at most `limit`, in no
/// promised order. One query, whether the customer is of the branch or not there at all (Q6).
pub async fn found_by(
    db: &Db,
    label: &str,
    digest: &IndexDigest,
    among: Among<'_>,
    limit: u32,
) -> sqlx::Result<Vec<CustomerId>> {
    const SQL: &str = "SELECT customer.id FROM vault_index JOIN customer ON customer.id = vault_index.customer \
        WHERE field = $1 AND digest = $2 AND (branch = $3 OR $4 = 1) AND hidden = 0 LIMIT $5";
    let (branch, bank_wide) = among.bound();
    let rows = sql(SQL)
        .bind(label)
        .bind(&digest.as_bytes()[..])
        .bind(branch)
        .bind(bank_wide)
        .bind(i64::from(limit))
        .fetch_all(db.vault())
        .await?;
    rows.iter().map(|row| Ok(CustomerId::from_bytes(id(row.try_get(0)?)?))).collect()
}

/// Whether the customer is among these now.
pub async fn is_visible(conn: &mut Conn, customer: CustomerId, among: Among<'_>) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT 1 FROM customer WHERE id = $1 AND (branch = $2 OR $3 = 1) AND hidden = 0";
    let (branch, bank_wide) = among.bound();
    let row = sql(SQL).bind(&customer.as_bytes()[..]).bind(branch).bind(bank_wide).fetch_optional(conn).await?;
    Ok(row.is_some())
}

/// The customer's branch, if the customer is not hidden.
pub async fn branch_of(db: &Db, customer: CustomerId) -> sqlx::Result<Option<BranchNo>> {
    const SQL: &str = "SELECT branch FROM customer WHERE id = $1 AND hidden = 0";
    let row = sql(SQL).bind(&customer.as_bytes()[..]).fetch_optional(db).await?;
    row.map(|row| BranchNo::parse(row.try_get(0)?).map_err(decode)).transpose()
}

/// The customer's masks, in the catalogue's order, if the customer is among these now (Q6).
/// No key is touched (M2).
pub async fn masks(db: &Db, customer: CustomerId, among: Among<'_>) -> sqlx::Result<Option<Vec<MaskedField>>> {
    const SQL: &str = "SELECT masks FROM customer_mask JOIN customer ON customer.id = customer_mask.customer \
        WHERE customer.id = $1 AND (branch = $2 OR $3 = 1) AND hidden = 0";
    let (branch, bank_wide) = among.bound();
    let row = sql(SQL).bind(&customer.as_bytes()[..]).bind(branch).bind(bank_wide).fetch_optional(db).await?;
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
    let row = sql(SQL).bind(&customer.as_bytes()[..]).fetch_optional(db.vault()).await?;
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
    let rows = sql(SQL).bind(&customer.as_bytes()[..]).bind(label).fetch_all(db.vault()).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}
