//! Entries and tiles of a batch that are not in the database yet. They go there together, at its end: one
//! statement for many, where each would be a wait of its own while all others wait behind it.

use super::tree::Tree;
use crate::store::Conn;
use crate::store::log::{self, EntryRow, TileRow};
use domain::audit::event::AuditEvent;
use domain::audit::merkle::leaf_hash;

#[derive(Default)]
pub(super) struct Pending {
    entries: Vec<EntryRow>,
    tiles: Vec<TileRow>,
}

impl Pending {
    /// Appends an event to the tree and gives back its number.
    pub(super) fn append(&mut self, tree: &mut Tree, event: &AuditEvent, bytes: Vec<u8>) -> u64 {
        let seq = tree.size();
        let leaf = leaf_hash(&bytes);
        self.entries.push(EntryRow::of(seq, leaf, bytes, event));
        self.tiles.extend(tree.push(leaf));
        seq
    }

    /// Writes what waits; `false` if nothing did.
    pub(super) async fn write(&mut self, conn: &mut Conn) -> sqlx::Result<bool> {
        let some = !self.entries.is_empty();
        log::insert_entries(conn, &self.entries).await?;
        for tile in &self.tiles {
            log::insert_tile(conn, tile).await?;
        }
        self.entries.clear();
        self.tiles.clear();
        Ok(some)
    }
}
