//! Hashes of leaves, nodes and trees, by RFC 6962 §2.1 over SHA-256.
//!
//! ```text
//! empty tree   SHA-256("")
//! leaf         SHA-256(0x00 || entry)
//! node         SHA-256(0x01 || left || right)
//! ```
//!
//! The two prefixes keep a leaf from passing for a node. A tree of n leaves splits at the largest
//! power of two below n, so its left side is always complete and never hashed again.

use super::tile::Hashes;
use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::{fmt, ops::Range};

/// The log grown so far, as the roots of its complete subtrees, widest first: one for each bit set in
/// `size`. Appending a leaf needs nothing else, so a writer keeps at most 64 hashes in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    subtrees: Vec<Hash>,
}

impl Frontier {
    /// No leaves.
    pub const fn empty() -> Self {
        Self { size: 0, subtrees: Vec::new() }
    }

    /// By appending every leaf in turn.
    pub fn from_leaves(leaves: impl IntoIterator<Item = Hash>) -> Self {
        let mut frontier = Self::empty();
        leaves.into_iter().for_each(|leaf| frontier.push(leaf));
        frontier
    }

    /// From a store that holds [`nodes_needed_for_frontier`]; `None` if one is missing.
    pub fn load(size: u64, hashes: &(impl Hashes + ?Sized)) -> Option<Self> {
        let nodes = nodes_needed_for_frontier(size);
        let subtrees = nodes.into_iter().map(|(level, index)| hashes.node(level, index)).collect::<Option<_>>()?;
        Some(Self { size, subtrees })
    }

    /// Appends a leaf.
    pub fn push(&mut self, leaf: Hash) {
        self.push_noting(leaf, |_, _, _| ());
    }

    /// Appends a leaf and tells `note` every node that it completes, as (level, index, hash), from the
    /// leaf itself upward. Those on levels 0, 8, 16, … are what the tiles hold.
    pub fn push_noting(&mut self, leaf: Hash, mut note: impl FnMut(u8, u64, Hash)) {
        let mut node = leaf;
        let (mut level, mut index) = (0, self.size);
        note(level, index, node);
        while index & 1 == 1
            && let Some(left) = self.subtrees.pop()
        {
            node = node_hash(&left, &node);
            (level, index) = (level + 1, index >> 1);
            note(level, index, node);
        }
        self.subtrees.push(node);
        self.size += 1;
    }

    /// The hash of the whole tree.
    pub fn root(&self) -> Hash {
        join(self.subtrees.iter().copied()).unwrap_or_else(empty_root)
    }

    /// How many leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }
}

/// The complete subtrees that [`Frontier::load`] reads, as (level, index).
pub fn nodes_needed_for_frontier(size: u64) -> Vec<(u8, u64)> {
    subtrees(0..size)
}

/// The hash of an entry.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([0x00]).chain_update(entry).finalize().into())
}

/// The hash of two nodes.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash(Sha256::new().chain_update([0x01]).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// The hash of a tree with these leaf hashes, word for word as RFC 6962 defines it.
pub fn tree_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len() as u64) as usize);
            node_hash(&tree_root(left), &tree_root(right))
        }
    }
}

/// The hash of a tree without leaves.
pub fn empty_root() -> Hash {
    Hash(Sha256::digest([]).into())
}

/// Where a tree of `size` ≥ 2 leaves splits: the largest power of two below `size`.
pub(super) const fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The complete subtrees that make up the tree over these leaves, left to right, as (level, index).
/// The range must be one that RFC 6962 cuts: its start a multiple of a power of two ≥ its length.
pub(super) fn subtrees(leaves: Range<u64>) -> Vec<(u8, u64)> {
    let Range { mut start, end } = leaves;
    let mut found = Vec::new();
    while start < end {
        let level = (end - start).ilog2() as u8;
        found.push((level, start >> level));
        start += 1 << level;
    }
    found
}

/// The root over complete subtrees, given left to right; `None` of none.
pub(super) fn join(subtrees: impl DoubleEndedIterator<Item = Hash>) -> Option<Hash> {
    subtrees.rev().reduce(|right, left| node_hash(&left, &right))
}

/// A SHA-256 hash in the tree; as text, base64 with padding (RFC 4648 §4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash([u8; 32]);

/// The text was not 32 bytes of base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a hash in base64")]
pub struct BadHash;

impl Hash {
    /// From the 32 bytes that storage and tiles keep.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
    /// Parses the one base64 spelling of 32 bytes.
    pub fn parse(text: &str) -> Result<Self, BadHash> {
        let bytes = BASE64.decode(text.as_bytes()).map_err(|_| BadHash)?;
        Ok(Self(bytes.try_into().map_err(|_| BadHash)?))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        crate::spelled::spelled(d, Self::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// The eight entries of Certificate Transparency's own test data and the root after each.
    const KNOWN: [(&str, &str); 8] = [
        ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
        ("5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        ("606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ];

    #[test]
    fn a1_the_tree_has_the_roots_that_certificate_transparency_has() {
        let mut frontier = Frontier::empty();
        let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(format!("{:?}", frontier.root()), nothing);
        for (entry, root) in KNOWN {
            frontier.push(leaf_hash(&HEXLOWER.decode(entry.as_bytes()).unwrap()));
            assert_eq!(format!("{:?}", frontier.root()), root);
        }
    }

    proptest! {
        #[test]
        fn a1_a_frontier_has_the_root_of_the_whole_tree(leaves in prop::collection::vec(any::<[u8; 32]>(), 0..600)) {
            let leaves: Vec<Hash> = leaves.into_iter().map(Hash).collect();
            let frontier = Frontier::from_leaves(leaves.iter().copied());
            prop_assert_eq!(frontier.root(), tree_root(&leaves));
            prop_assert_eq!(frontier.size(), leaves.len() as u64);
            prop_assert_eq!(Frontier::load(frontier.size(), leaves.as_slice()), Some(frontier));
        }

        #[test]
        fn a_hash_has_one_spelling(bytes: [u8; 32]) {
            let text = Hash(bytes).to_string();
            prop_assert_eq!(Hash::parse(&text), Ok(Hash(bytes)));
            let json = serde_json::to_string(&Hash(bytes)).unwrap();
            prop_assert_eq!(&json, &format!("\"{text}\""));
            prop_assert_eq!(serde_json::from_str::<Hash>(&json).unwrap(), Hash(bytes));
            for bad in [&text[1..], text.trim_end_matches('='), &format!("{text}\n"), &format!(" {text}")] {
                prop_assert_eq!(Hash::parse(bad), Err(BadHash));
            }
        }
    }

    #[test]
    fn every_completed_node_is_noted_once_and_is_its_subtrees_root() {
        let leaves: Vec<Hash> = (0..300_u32).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        let (mut frontier, mut noted) = (Frontier::empty(), BTreeMap::new());
        for leaf in &leaves {
            frontier.push_noting(*leaf, |level, index, hash| assert_eq!(noted.insert((level, index), hash), None));
        }
        for (&(level, index), hash) in &noted {
            assert_eq!(leaves.as_slice().node(level, index), Some(*hash));
        }
        assert_eq!(noted.len(), (0..9).map(|level| 300 >> level).sum::<usize>());
        assert_eq!(Frontier::load(300, &noted), Some(frontier));
        noted.remove(&(5, 8));
        assert_eq!(Frontier::load(300, &noted), None, "300 = 256 + 32 + 8 + 4, and node (5, 8) is the 32");
    }

    #[test]
    fn a_hash_that_spells_32_bytes_in_two_ways_is_refused() {
        let text = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        assert_eq!(Hash::parse(text), Ok(Hash([0; 32])));
        assert_eq!(Hash::parse(&text.replace("A=", "B=")), Err(BadHash), "stray bits at the end");
    }
}
