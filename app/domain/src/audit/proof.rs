//! What a reader checks instead of trusting the log (RFC 9162 §2.1.3 and §2.1.4).
//!
//! A proof is a list of subtree roots, and which subtrees they are follows from two numbers alone:
//!
//! ```text
//! inclusion of leaf 4 in 7        consistency of 3 with 7
//!          root                            root
//!        /      \                        /      \
//!     [0..4]     .                      .      [4..7]
//!              /   \                  /   \
//!             .    [6]            [0..2]   .
//!            / \                          / \
//!           4  [5]                      [2] [3]
//! ```
//!
//! Both sides work that list out anew, so a verifier never follows a shape that the proof suggests.

use super::{
    checkpoint::Checkpoint,
    merkle::{Hash, empty_root, join, node_hash, split, subtrees},
    tile::Hashes,
};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// This entry is in that tree: the sibling subtrees from the leaf up to the root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InclusionProof {
    /// The entry's sequence number.
    pub leaf_index: u64,
    /// How many leaves the tree has.
    pub tree_size: u64,
    /// Sibling first, the root's own child last.
    pub hashes: Vec<Hash>,
}

/// That tree only grew into this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsistencyProof {
    /// How many leaves the older tree has.
    pub from: u64,
    /// How many leaves the newer tree has.
    pub to: u64,
    /// The subtree where the older tree ends (left out where that is the whole older tree), then its
    /// siblings up to the root.
    pub hashes: Vec<Hash>,
}

/// The proof does not show what it claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the proof does not hold")]
pub struct BadProof;

/// Why there is nothing to prove, or nothing to prove it with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoProof {
    /// The leaf is not in the tree, or the older tree is the larger one.
    #[error("the tree does not reach that far")]
    OutOfRange,
    /// The store lacks a node that the tree must have.
    #[error("node {index} on level {level} is missing")]
    Missing {
        /// Its level; 0 is a leaf.
        level: u8,
        /// Its index within the level.
        index: u64,
    },
}

impl InclusionProof {
    /// The proof, from a store that holds [`nodes_needed_for_inclusion`].
    pub fn prove(leaf_index: u64, tree_size: u64, hashes: &(impl Hashes + ?Sized)) -> Result<Self, NoProof> {
        if leaf_index >= tree_size {
            return Err(NoProof::OutOfRange);
        }
        Ok(Self { leaf_index, tree_size, hashes: roots(inclusion_path(leaf_index, tree_size), hashes)? })
    }

    /// Whether `leaf` is at `leaf_index` of the tree that has this root. The size is bound to the root by
    /// the checkpoint only: where both come from one, use [`Self::verify_in`].
    pub fn verify(&self, leaf: &Hash, root: &Hash) -> Result<(), BadProof> {
        let path = inclusion_path(self.leaf_index, self.tree_size);
        ensure(self.leaf_index < self.tree_size && path.len() == self.hashes.len())?;
        let climbed = path.iter().zip(&self.hashes).fold(*leaf, |below, (sibling, hash)| {
            if sibling.start > self.leaf_index { node_hash(&below, hash) } else { node_hash(hash, &below) }
        });
        ensure(climbed == *root)
    }

    /// Whether `leaf` is at `leaf_index` of exactly the tree that the checkpoint names.
    pub fn verify_in(&self, leaf: &Hash, tree: &Checkpoint) -> Result<(), BadProof> {
        ensure(self.tree_size == tree.size)?;
        self.verify(leaf, &tree.root)
    }
}

impl ConsistencyProof {
    /// The proof, from a store that holds [`nodes_needed_for_consistency`].
    pub fn prove(from: u64, to: u64, hashes: &(impl Hashes + ?Sized)) -> Result<Self, NoProof> {
        if from > to {
            return Err(NoProof::OutOfRange);
        }
        Ok(Self { from, to, hashes: roots(consistency_path(from, to), hashes)? })
    }

    /// Whether the tree of `to` leaves with root `new` begins with the tree of `from` leaves with root
    /// `old`. As with inclusion, only checkpoints bind the sizes: see [`Self::verify_between`].
    pub fn verify(&self, old: &Hash, new: &Hash) -> Result<(), BadProof> {
        ensure(self.from <= self.to)?;
        if self.from == 0 {
            let new_is_right = self.to > 0 || *new == empty_root();
            return ensure(self.hashes.is_empty() && *old == empty_root() && new_is_right);
        }
        let path = consistency_path(self.from, self.to);
        ensure(path.len() == self.hashes.len())?;
        let mut steps = path.iter().zip(&self.hashes);
        // The path begins with the older tree's last subtree, unless that is the older tree itself.
        let begins_inside = path.first().is_some_and(|first| first.end == self.from);
        let end = if begins_inside { steps.next().map_or(old, |(_, hash)| hash) } else { old };
        let (climbed_old, climbed_new) = steps.fold((*end, *end), |(older, newer), (sibling, hash)| {
            if sibling.start >= self.from {
                (older, node_hash(&newer, hash))
            } else {
                (node_hash(hash, &older), node_hash(hash, &newer))
            }
        });
        ensure(climbed_old == *old && climbed_new == *new)
    }

    /// Whether the log of `new` is the log of `old`, grown.
    pub fn verify_between(&self, old: &Checkpoint, new: &Checkpoint) -> Result<(), BadProof> {
        ensure(old.origin == new.origin && self.from == old.size && self.to == new.size)?;
        self.verify(&old.root, &new.root)
    }
}

/// The nodes, as (level, index), from which [`InclusionProof::prove`] works; none if out of range.
pub fn nodes_needed_for_inclusion(leaf_index: u64, tree_size: u64) -> Vec<(u8, u64)> {
    let path = if leaf_index < tree_size { inclusion_path(leaf_index, tree_size) } else { Vec::new() };
    path.into_iter().flat_map(subtrees).collect()
}

/// The nodes, as (level, index), from which [`ConsistencyProof::prove`] works; none if out of range.
pub fn nodes_needed_for_consistency(from: u64, to: u64) -> Vec<(u8, u64)> {
    consistency_path(from, to).into_iter().flat_map(subtrees).collect()
}

/// PATH(m, D_n) of RFC 9162 §2.1.3.1, as ranges of leaves.
fn inclusion_path(leaf_index: u64, tree_size: u64) -> Vec<Range<u64>> {
    let (mut tree, mut path) = (0..tree_size, Vec::new());
    while tree.end - tree.start > 1 {
        let (left, right) = halves(tree);
        let (sibling, inside) = if leaf_index < left.end { (right, left) } else { (left, right) };
        path.push(sibling);
        tree = inside;
    }
    path.reverse();
    path
}

/// PROOF(m, D_n) of RFC 9162 §2.1.4.1, as ranges of leaves. From an empty tree there is nothing to show.
fn consistency_path(from: u64, to: u64) -> Vec<Range<u64>> {
    if from == 0 {
        return Vec::new();
    }
    let (mut tree, mut path) = (0..to, Vec::new());
    while from < tree.end {
        let (left, right) = halves(tree);
        let (sibling, inside) = if from <= left.end { (right, left) } else { (left, right) };
        path.push(sibling);
        tree = inside;
    }
    if tree.start > 0 {
        path.push(tree);
    }
    path.reverse();
    path
}

/// The two sides of a tree of at least two leaves.
fn halves(tree: Range<u64>) -> (Range<u64>, Range<u64>) {
    let middle = tree.start + split(tree.end - tree.start);
    (tree.start..middle, middle..tree.end)
}

/// The root over each range of leaves.
fn roots(path: Vec<Range<u64>>, hashes: &(impl Hashes + ?Sized)) -> Result<Vec<Hash>, NoProof> {
    let node = |(level, index)| hashes.node(level, index).ok_or(NoProof::Missing { level, index });
    let root = |leaves| {
        let nodes = subtrees(leaves).into_iter().map(node).collect::<Result<Vec<Hash>, _>>()?;
        join(nodes.into_iter()).ok_or(NoProof::OutOfRange)
    };
    path.into_iter().map(root).collect()
}

fn ensure(holds: bool) -> Result<(), BadProof> {
    holds.then_some(()).ok_or(BadProof)
}

#[cfg(test)]
mod tests;
