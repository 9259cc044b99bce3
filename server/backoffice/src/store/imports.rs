//! Import: many rows a statement, since a statement's round trip costs more than its rows.

use super::db::{Conn, Db};
use super::statement::{sql, sql_of_parts};
use crate::imports::prepare::{Before, PreparedCustomer};
use crate::vault::{IndexDigest, SealedCustomer};
use domain::clock::Timestamp;
use domain::id::{BatchId, CustomerId};
use domain::search::EXPORT_TOKEN;
use std::collections::HashMap;

/// What is stored under a source tag.
pub(crate) type Stored = HashMap<[u8; 32], (CustomerId, [u8; 32])>;

/// One of these: source tag, then id and content tag.
type StoredRow = ([u8; 32], (CustomerId, [u8; 32]));

/// A row of `vault_index`.
type IndexRow<'a> = (&'a str, &'a IndexDigest, CustomerId);

/// How many values go into one statement. SQLite looks a numbered parameter up by walking the list of all, so the
/// cost of a statement grows with the square of its values: with thousands, that was all that an import did.
pub(super) const VALUES: usize = 180;

/// The customers that these source tags name, read before preparing.
pub(crate) async fn stored(db: &Db, tags: &[[u8; 32]]) -> sqlx::Result<Stored> {
    let mut stored = Stored::with_capacity(tags.len());
    for tags in tags.chunks(VALUES) {
        let sql = stored_sql(tags.len());
        let rows = {
            let query = tags.iter().fold(sql_of_parts(sql), |query, tag| query.bind(&tag[..]));
            query.long().fetch_all(db).await?
        };
        for row in rows {
            stored.extend([stored_row(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)?]);
        }
    }
    Ok(stored)
}

/// The same inside the act.
pub(crate) async fn stored_now(conn: &mut Conn, changes: &[PreparedCustomer]) -> sqlx::Result<Stored> {
    let mut stored = Stored::with_capacity(changes.len());
    for changes in changes.chunks(VALUES) {
        let sql = stored_sql(changes.len());
        let rows = {
            let query = changes.iter().fold(sql_of_parts(sql), |query, one| query.bind(&one.source_tag[..]));
            query.fetch_all(&mut *conn).await?
        };
        for row in rows {
            stored.extend([stored_row(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)?]);
        }
    }
    Ok(stored)
}

fn stored_sql(count: usize) -> String {
    format!("SELECT source_tag, id, content_tag FROM customer WHERE source_tag IN {}", tuple(1, count))
}

fn stored_row(tag: Vec<u8>, id: Vec<u8>, content: Vec<u8>) -> sqlx::Result<StoredRow> {
    let id = CustomerId::from_bytes(id.try_into().map_err(|_| wrong("id"))?);
    let tag = tag.try_into().map_err(|_| wrong("source_tag"))?;
    Ok((tag, (id, content.try_into().map_err(|_| wrong("content_tag"))?)))
}

/// The customer as it is, for its item numbers: ciphertext only.
pub(crate) async fn before(db: &Db, id: CustomerId, content_tag: [u8; 32]) -> sqlx::Result<Before> {
    const SQL: &str = "SELECT key_version, wrapped_dek, sealed FROM vault_customer WHERE customer = $1";
    let row = sql(SQL).bind(&id.as_bytes()[..]).fetch_optional(db.vault()).await?;
    let sealed = match row {
        None => None,
        Some(row) => {
            let version: i64 = row.try_get(0)?;
            let key_version = u32::try_from(version).map_err(|_| wrong("key_version"))?;
            Some(SealedCustomer { customer: id, key_version, wrapped_dek: row.try_get(1)?, sealed: row.try_get(2)? })
        }
    };
    Ok(Before { id, content_tag, sealed })
}

/// Writes new and changed customers into their four tables.
pub(crate) async fn write(
    conn: &mut Conn,
    changes: &[PreparedCustomer],
    source: &str,
    batch: BatchId,
    now: Timestamp,
) -> sqlx::Result<()> {
    // Flags that a file does not speak of stay as they are.
    let (told, untold): (Vec<_>, Vec<_>) = changes.iter().partition(|one| one.flagged.is_some());
    for (changes, also) in [(told, ", flagged = excluded.flagged"), (untold, "")] {
        for some in changes.chunks(VALUES / 11) {
            write_customers(conn, some, source, batch, now, also).await?;
        }
    }
    for some in changes.chunks(VALUES / 2) {
        write_masks(conn, some).await?;
    }
    for some in changes.chunks(VALUES / 4) {
        write_sealed(conn, some).await?;
    }
    let changed: Vec<_> = changes.iter().filter(|one| one.was.is_some()).collect();
    for some in changed.chunks(VALUES) {
        forget_index(conn, some).await?;
    }
    let mut entries: Vec<IndexRow<'_>> = Vec::with_capacity(12 * changes.len());
    for one in changes {
        entries.extend(one.index.iter().map(|(label, digest)| (label.as_str(), digest, one.id)));
    }
    // In the index's own order: neighbouring rows share a page.
    entries.sort();
    for some in entries.chunks(VALUES / 3) {
        write_index(conn, some).await?;
    }
    Ok(())
}

async fn write_customers(
    conn: &mut Conn,
    changes: &[&PreparedCustomer],
    source: &str,
    batch: BatchId,
    now: Timestamp,
    also: &str,
) -> sqlx::Result<()> {
    let sql = format!(
        "INSERT INTO customer (id, branch, source, source_tag, content_tag, batch, created_at, updated_at, flagged, \
         opened_on, product) VALUES {} \
         ON CONFLICT (id) DO UPDATE SET branch = excluded.branch, content_tag = excluded.content_tag, \
         batch = excluded.batch, updated_at = excluded.updated_at, opened_on = excluded.opened_on, \
         product = excluded.product{also}",
        tuples(changes.len(), 11)
    );
    {
        let query = changes.iter().fold(sql_of_parts(sql), |query, one| {
            query
                .bind(&one.id.as_bytes()[..])
                .bind(one.branch.as_str())
                .bind(source)
                .bind(&one.source_tag[..])
                .bind(&one.content_tag[..])
                .bind(batch.as_bytes().to_vec())
                .bind(now.millis())
                .bind(now.millis())
                .bind(i64::from(one.flagged == Some(true)))
                .bind(one.chosen_by.opened_on.as_deref())
                .bind(one.chosen_by.product.as_deref())
        });
        query.execute(conn).await.map(drop)
    }
}

async fn write_masks(conn: &mut Conn, changes: &[PreparedCustomer]) -> sqlx::Result<()> {
    let sql = format!(
        "INSERT INTO customer_mask (customer, masks) VALUES {} ON CONFLICT (customer) DO UPDATE SET masks = excluded.masks",
        tuples(changes.len(), 2)
    );
    {
        let query = changes
            .iter()
            .fold(sql_of_parts(sql), |query, one| query.bind(&one.id.as_bytes()[..]).bind(one.masks.as_str()));
        query.execute(conn).await.map(drop)
    }
}

async fn write_sealed(conn: &mut Conn, changes: &[PreparedCustomer]) -> sqlx::Result<()> {
    let sql = format!(
        "INSERT INTO vault_customer (customer, key_version, wrapped_dek, sealed) VALUES {} \
         ON CONFLICT (customer) DO UPDATE SET key_version = excluded.key_version, \
         wrapped_dek = excluded.wrapped_dek, sealed = excluded.sealed",
        tuples(changes.len(), 4)
    );
    {
        let query = changes.iter().fold(sql_of_parts(sql), |query, one| {
            let row = &one.sealed;
            let query = query.bind(&row.customer.as_bytes()[..]).bind(i64::from(row.key_version));
            query.bind(&row.wrapped_dek[..]).bind(&row.sealed[..])
        });
        query.execute(conn).await.map(drop)
    }
}

async fn forget_index(conn: &mut Conn, changed: &[&PreparedCustomer]) -> sqlx::Result<()> {
    // Tokens of exports are no value of the file: they stand for items, whose numbers are theirs for life.
    let sql = format!("DELETE FROM vault_index WHERE field <> $1 AND customer IN {}", tuple(2, changed.len()));
    {
        let query = sql_of_parts(sql).bind(EXPORT_TOKEN);
        let query = changed.iter().fold(query, |query, one| query.bind(&one.id.as_bytes()[..]));
        query.execute(conn).await.map(drop)
    }
}

async fn write_index(conn: &mut Conn, entries: &[IndexRow<'_>]) -> sqlx::Result<()> {
    let sql = format!("INSERT INTO vault_index (field, digest, customer) VALUES {}", tuples(entries.len(), 3));
    {
        let query = entries.iter().fold(sql_of_parts(sql), |query, (label, digest, id)| {
            query.bind(*label).bind(&digest.as_bytes()[..]).bind(&id.as_bytes()[..])
        });
        query.execute(conn).await.map(drop)
    }
}

/// `($1,$2),($3,$4)`: numbers only, nothing of a caller's.
pub(super) fn tuples(rows: usize, width: usize) -> String {
    let rows: Vec<String> = (0..rows).map(|row| tuple(row * width + 1, width)).collect();
    rows.join(",")
}

pub(super) fn tuple(first: usize, width: usize) -> String {
    let marks: Vec<String> = (first..first + width).map(|n| format!("${n}")).collect();
    format!("({})", marks.join(","))
}

fn wrong(column: &'static str) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.into(), source: "of the wrong length".into() }
}
