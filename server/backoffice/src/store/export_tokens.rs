//! Tokens: of each its digest, and what it stands for (E4).

use super::db::{Conn, Db};
use super::imports::{VALUES, tuple, tuples};
use super::staff::{bad, id};
use super::statement::{sql, sql_of_parts};
use crate::vault::IndexDigest;
use domain::id::{CustomerId, ExportId, FieldName, Item};
use domain::search::EXPORT_TOKEN;
use std::collections::{HashMap, HashSet};

/// A token that is about to leave.
pub struct NewToken {
    pub digest: IndexDigest,
    /// `None` for a row that is nobody's.
    pub customer: Option<CustomerId>,
    pub field: FieldName,
    pub item: Item,
}

/// Keeps them, and lets a search find their customers.
pub async fn keep(conn: &mut Conn, export: ExportId, tokens: &[NewToken]) -> sqlx::Result<()> {
    let nobody = [0_u8; 16];
    for some in tokens.chunks(VALUES / 5) {
        let sql =
            format!("INSERT INTO vault_token (digest, export, customer, field, item) VALUES {}", tuples(some.len(), 5));
        {
            let query = some.iter().fold(sql_of_parts(sql), |query, token| {
                query
                    .bind(&token.digest.as_bytes()[..])
                    .bind(&export.as_bytes()[..])
                    .bind(token.customer.as_ref().map_or(&nobody[..], |customer| &customer.as_bytes()[..]))
                    .bind(token.field.as_str())
                    .bind(i64::from(token.item.get()))
            });
            query.execute(&mut *conn).await?
        };
    }
    let found: Vec<_> = tokens.iter().filter_map(|token| Some((&token.digest, token.customer.as_ref()?))).collect();
    for some in found.chunks(VALUES / 3) {
        let sql = format!("INSERT INTO vault_index (field, digest, customer) VALUES {}", tuples(some.len(), 3));
        {
            let query = some.iter().fold(sql_of_parts(sql), |query, (digest, customer)| {
                query.bind(EXPORT_TOKEN).bind(&digest.as_bytes()[..]).bind(&customer.as_bytes()[..])
            });
            query.execute(&mut *conn).await?
        };
    }
    Ok(())
}

/// Forgets up to so many tokens of an export.
pub async fn forget(conn: &mut Conn, export: ExportId, limit: u32) -> sqlx::Result<()> {
    const SEARCHED: &str = "DELETE FROM vault_index WHERE (field, digest, customer) IN \
        (SELECT $1, digest, customer FROM vault_token WHERE export = $2 ORDER BY digest LIMIT $3)";
    const KEPT: &str = "DELETE FROM vault_token WHERE digest IN \
        (SELECT digest FROM vault_token WHERE export = $1 ORDER BY digest LIMIT $2)";
    let (export, limit) = (&export.as_bytes()[..], i64::from(limit));
    sql(SEARCHED).bind(EXPORT_TOKEN).bind(export).bind(limit).execute(&mut *conn).await?;
    sql(KEPT).bind(export).bind(limit).execute(conn).await.map(drop)
}

/// Whether an export has tokens.
pub async fn any(db: &Db, export: ExportId) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT EXISTS (SELECT 1 FROM vault_token WHERE export = $1)";
    sql(SQL).bind(&export.as_bytes()[..]).long().fetch_one(db.vault()).await?.try_get(0)
}

/// How many tokens an export has.
pub async fn count(db: &Db, export: ExportId) -> sqlx::Result<u64> {
    const SQL: &str = "SELECT COUNT(*) FROM vault_token WHERE export = $1";
    Ok(sql(SQL).bind(&export.as_bytes()[..]).long().fetch_one(db.vault()).await?.try_get::<i64>(0)? as u64)
}

/// Which of these are tokens, and of which export.
pub async fn known(db: &Db, digests: &[IndexDigest]) -> sqlx::Result<HashMap<[u8; 32], ExportId>> {
    let mut known = HashMap::new();
    for some in digests.chunks(VALUES) {
        let sql = format!("SELECT digest, export FROM vault_token WHERE digest IN {}", tuple(1, some.len()));
        let rows = {
            let query = some.iter().fold(sql_of_parts(sql), |query, one| query.bind(&one.as_bytes()[..]));
            query.long().fetch_all(db.vault()).await?
        };
        for row in rows {
            let digest = row.try_get::<Vec<u8>>(0)?.try_into().map_err(|_| bad("digest"))?;
            known.insert(digest, ExportId::from_bytes(id(row.try_get(1)?)?));
        }
    }
    Ok(known)
}

/// By which of these digests of that field customers are found.
pub async fn taken(db: &Db, field: &FieldName, digests: &[IndexDigest]) -> sqlx::Result<HashSet<[u8; 32]>> {
    let mut taken = HashSet::new();
    for some in digests.chunks(VALUES) {
        let sql =
            format!("SELECT DISTINCT digest FROM vault_index WHERE field = $1 AND digest IN {}", tuple(2, some.len()));
        let rows = {
            let query = sql_of_parts(sql).bind(field.as_str());
            let query = some.iter().fold(query, |query, one| query.bind(&one.as_bytes()[..]));
            query.long().fetch_all(db.vault()).await?
        };
        for row in rows {
            taken.insert(row.try_get::<Vec<u8>>(0)?.try_into().map_err(|_| bad("digest"))?);
        }
    }
    Ok(taken)
}

/// Whether any customer is found by this digest of that field.
pub async fn is_taken(db: &Db, field: &FieldName, digest: &IndexDigest) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT 1 FROM vault_index WHERE field = $1 AND digest = $2 LIMIT 1";
    let row = sql(SQL).bind(field.as_str()).bind(&digest.as_bytes()[..]).fetch_optional(db.vault()).await?;
    Ok(row.is_some())
}
