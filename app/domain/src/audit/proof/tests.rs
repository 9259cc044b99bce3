use super::*;
use crate::audit::{
    checkpoint::Origin,
    merkle::{leaf_hash, tree_root},
};
use proptest::prelude::*;
use std::collections::BTreeMap;

const SIZES: u64 = 70;

type Nodes = BTreeMap<(u8, u64), Hash>;

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

fn first(leaves: &[Hash], size: u64) -> Hash {
    tree_root(&leaves[..size as usize])
}

fn flipped(hash: &Hash, bit: usize) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[bit / 8] ^= 1 << (bit % 8);
    Hash::from_bytes(bytes)
}

/// Every list that is one small step away from this one.
fn mutations(hashes: &[Hash], seed: usize) -> Vec<Vec<Hash>> {
    let mut all = vec![[hashes, &[leaf_hash(b"one more")]].concat()];
    for at in 0..hashes.len() {
        let mut changed = hashes.to_vec();
        changed[at] = flipped(&hashes[at], (seed * 31 + at * 7) % 256);
        all.push(changed);
        all.push([&hashes[..at], &hashes[at + 1..]].concat());
        all.push([&hashes[..=at], &hashes[at..]].concat());
        if at > 0 {
            let mut swapped = hashes.to_vec();
            swapped.swap(at - 1, at);
            all.push(swapped);
        }
    }
    all
}

/// The verifier of RFC 9162 §2.1.3.2, step by step.
fn rfc_includes(proof: &InclusionProof, leaf: &Hash, root: &Hash) -> bool {
    if proof.leaf_index >= proof.tree_size {
        return false;
    }
    let (mut fnode, mut snode, mut r) = (proof.leaf_index, proof.tree_size - 1, *leaf);
    for p in &proof.hashes {
        if snode == 0 {
            return false;
        }
        if fnode & 1 == 1 || fnode == snode {
            r = node_hash(p, &r);
            while fnode & 1 == 0 && fnode != 0 {
                (fnode, snode) = (fnode >> 1, snode >> 1);
            }
        } else {
            r = node_hash(&r, p);
        }
        (fnode, snode) = (fnode >> 1, snode >> 1);
    }
    snode == 0 && r == *root
}

/// The verifier of RFC 9162 §2.1.4.2, step by step, for 0 < from < to.
fn rfc_is_consistent(proof: &ConsistencyProof, old: &Hash, new: &Hash) -> bool {
    let mut path = proof.hashes.clone();
    if path.is_empty() {
        return false;
    }
    if proof.from.is_power_of_two() {
        path.insert(0, *old);
    }
    let (mut fnode, mut snode) = (proof.from - 1, proof.to - 1);
    while fnode & 1 == 1 {
        (fnode, snode) = (fnode >> 1, snode >> 1);
    }
    let (mut fr, mut sr) = (path[0], path[0]);
    for c in &path[1..] {
        if snode == 0 {
            return false;
        }
        if fnode & 1 == 1 || fnode == snode {
            (fr, sr) = (node_hash(c, &fr), node_hash(c, &sr));
            while fnode & 1 == 0 && fnode != 0 {
                (fnode, snode) = (fnode >> 1, snode >> 1);
            }
        } else {
            sr = node_hash(&sr, c);
        }
        (fnode, snode) = (fnode >> 1, snode >> 1);
    }
    fr == *old && sr == *new && snode == 0
}

#[test]
fn a4_the_example_of_rfc_9162_needs_the_nodes_that_it_names() {
    let (g, k, l) = ((1, 0), (2, 0), [(1, 2), (0, 6)]);
    assert_eq!(nodes_needed_for_inclusion(0, 7), [(0, 1), (1, 1), l[0], l[1]]);
    assert_eq!(nodes_needed_for_inclusion(3, 7), [(0, 2), g, l[0], l[1]]);
    assert_eq!(nodes_needed_for_inclusion(4, 7), [(0, 5), (0, 6), k]);
    assert_eq!(nodes_needed_for_inclusion(6, 7), [(1, 2), k]);
    assert_eq!(nodes_needed_for_consistency(3, 7), [(0, 2), (0, 3), g, l[0], l[1]]);
    assert_eq!(nodes_needed_for_consistency(4, 7), l);
    assert_eq!(nodes_needed_for_consistency(6, 7), [(1, 2), (0, 6), k]);
}

#[test]
fn a4_certificate_transparencys_own_proofs_are_ours() {
    let entries: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let leaves = entries.map(leaf_hash);
    let hex = |hashes: Vec<Hash>| hashes.iter().map(|hash| format!("{hash:?}")).collect::<Vec<_>>();
    let inclusion = |index, size| hex(InclusionProof::prove(index, size, leaves.as_slice()).unwrap().hashes);
    let consistency = |from, to| hex(ConsistencyProof::prove(from, to, leaves.as_slice()).unwrap().hashes);
    let second = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
    let second_pair = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
    let right_half = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
    let fifth = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
    let third_pair = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
    let fourth_pair = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
    let left_half = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7";
    assert_eq!(inclusion(0, 8), [second, second_pair, right_half]);
    assert_eq!(inclusion(5, 8), [fifth, fourth_pair, left_half]);
    assert_eq!(consistency(1, 8), [second, second_pair, right_half]);
    assert_eq!(consistency(6, 8), [third_pair, fourth_pair, left_half]);
    assert_eq!(consistency(2, 5), [second_pair, fifth]);
}

#[test]
fn a4_every_leaf_is_proved_to_be_in_every_tree_and_no_altered_proof_holds() {
    let leaves = leaves(SIZES);
    for size in 1..=SIZES {
        let root = first(&leaves, size);
        for index in 0..size {
            let proof = InclusionProof::prove(index, size, leaves.as_slice()).unwrap();
            let leaf = &leaves[index as usize];
            assert_eq!(proof.verify(leaf, &root), Ok(()));
            assert!(rfc_includes(&proof, leaf, &root));

            assert_eq!(proof.verify(&flipped(leaf, 5), &root), Err(BadProof));
            assert_eq!(proof.verify(leaf, &flipped(&root, 250)), Err(BadProof));
            for hashes in mutations(&proof.hashes, index as usize) {
                if hashes != proof.hashes {
                    let altered = InclusionProof { hashes, ..proof.clone() };
                    assert_eq!(altered.verify(leaf, &root), Err(BadProof), "{index} in {size}");
                }
            }
            for leaf_index in (0..SIZES + 2).filter(|&other| other != index) {
                let altered = InclusionProof { leaf_index, ..proof.clone() };
                assert_eq!(altered.verify(leaf, &root), Err(BadProof), "{index} as {leaf_index} in {size}");
            }
        }
    }
}

#[test]
fn a4_a_proof_for_another_size_fails_against_a_checkpoint_and_else_as_in_the_rfc() {
    let leaves = leaves(SIZES);
    for size in 1..=SIZES {
        let tree = checkpoint(size, first(&leaves, size));
        for index in 0..size {
            let proof = InclusionProof::prove(index, size, leaves.as_slice()).unwrap();
            let leaf = &leaves[index as usize];
            assert_eq!(proof.verify_in(leaf, &tree), Ok(()));
            for tree_size in (0..SIZES + 2).filter(|&other| other != size) {
                let altered = InclusionProof { tree_size, ..proof.clone() };
                assert_eq!(altered.verify_in(leaf, &tree), Err(BadProof));
                assert_eq!(altered.verify(leaf, &tree.root).is_ok(), rfc_includes(&altered, leaf, &tree.root));
            }
        }
    }
}

#[test]
fn a3_every_tree_is_proved_to_have_grown_from_each_before_and_no_altered_proof_holds() {
    let leaves = leaves(SIZES);
    for to in 0..=SIZES {
        let new = first(&leaves, to);
        for from in 0..=to {
            let old = first(&leaves, from);
            let proof = ConsistencyProof::prove(from, to, leaves.as_slice()).unwrap();
            assert_eq!(proof.verify(&old, &new), Ok(()), "{from} to {to}");
            assert!(from == 0 || from == to || rfc_is_consistent(&proof, &old, &new));

            assert_eq!(proof.verify(&flipped(&old, 9), &new), Err(BadProof));
            assert!(from == 0 && to > 0 || proof.verify(&old, &flipped(&new, 99)) == Err(BadProof));
            for hashes in mutations(&proof.hashes, from as usize) {
                if hashes != proof.hashes {
                    let altered = ConsistencyProof { hashes, ..proof.clone() };
                    assert_eq!(altered.verify(&old, &new), Err(BadProof), "{from} to {to}");
                }
            }
        }
    }
}

#[test]
fn a3_a_consistency_proof_for_other_sizes_fails_against_checkpoints_and_else_as_in_the_rfc() {
    let leaves = leaves(33);
    for (from, to) in (0..=33).flat_map(|to| (0..=to).map(move |from| (from, to))) {
        let (old, new) = (checkpoint(from, first(&leaves, from)), checkpoint(to, first(&leaves, to)));
        let proof = ConsistencyProof::prove(from, to, leaves.as_slice()).unwrap();
        assert_eq!(proof.verify_between(&old, &new), Ok(()));
        for other in (0..=35).filter(|&other| other != from) {
            let altered = ConsistencyProof { from: other, ..proof.clone() };
            assert_eq!(altered.verify_between(&old, &new), Err(BadProof));
            if (1..to).contains(&other) {
                let rfc = rfc_is_consistent(&altered, &old.root, &new.root);
                assert_eq!(altered.verify(&old.root, &new.root).is_ok(), rfc, "{other} for {from} to {to}");
            }
        }
        for other in (0..=35).filter(|&other| other != to) {
            let altered = ConsistencyProof { to: other, ..proof.clone() };
            assert_eq!(altered.verify_between(&old, &new), Err(BadProof));
            if from > 0 && other > from {
                let rfc = rfc_is_consistent(&altered, &old.root, &new.root);
                assert_eq!(altered.verify(&old.root, &new.root).is_ok(), rfc, "{from} to {other} for {to}");
            }
        }
    }
}

#[test]
fn a3_a_rewritten_truncated_reordered_or_forked_log_is_not_consistent_with_the_one_held_elsewhere() {
    let honest = leaves(20);
    let held = checkpoint(13, first(&honest, 13));
    let mut rewritten = honest.clone();
    rewritten[4] = leaf_hash(b"nobody looked");
    let mut reordered = honest.clone();
    reordered.swap(2, 3);
    let mut truncated = honest.clone();
    truncated.remove(7);
    let mut forked = honest[..12].to_vec();
    forked.extend(leaves(40).drain(30..));
    for log in [rewritten, reordered, truncated, forked] {
        let now = checkpoint(log.len() as u64, tree_root(&log));
        let proof = ConsistencyProof::prove(held.size, now.size, log.as_slice()).unwrap();
        assert_eq!(proof.verify_between(&held, &now), Err(BadProof));
    }
    let rolled_back = ConsistencyProof { from: 13, to: 12, hashes: vec![] };
    assert_eq!(rolled_back.verify_between(&held, &checkpoint(12, first(&honest, 12))), Err(BadProof));
    let other_log = Checkpoint { origin: Origin::parse("other.example/log").unwrap(), ..held.clone() };
    let same = ConsistencyProof { from: 13, to: 13, hashes: vec![] };
    assert_eq!(same.verify_between(&held, &other_log), Err(BadProof));
}

#[test]
fn the_nodes_named_beforehand_are_enough_and_none_is_idle() {
    let leaves = leaves(SIZES);
    let fetch = |nodes: Vec<(u8, u64)>| -> Nodes {
        nodes.into_iter().map(|at| (at, leaves.as_slice().node(at.0, at.1).unwrap())).collect()
    };
    for (a, size) in (0..=SIZES).flat_map(|size| (0..=size).map(move |a| (a, size))) {
        let inclusion = |nodes: &Nodes| InclusionProof::prove(a, size, nodes).map(|proof| proof.hashes);
        let consistency = |nodes: &Nodes| ConsistencyProof::prove(a, size, nodes).map(|proof| proof.hashes);
        let fetched = fetch(nodes_needed_for_inclusion(a, size));
        assert_eq!(inclusion(&fetched).is_ok(), a < size);
        enough_and_no_more(&fetched, &inclusion);
        let fetched = fetch(nodes_needed_for_consistency(a, size));
        assert!(consistency(&fetched).is_ok());
        enough_and_no_more(&fetched, &consistency);
    }
}

fn enough_and_no_more(nodes: &Nodes, prove: &dyn Fn(&Nodes) -> Result<Vec<Hash>, NoProof>) {
    for &(level, index) in nodes.keys() {
        let mut fewer = nodes.clone();
        fewer.remove(&(level, index));
        assert_eq!(prove(&fewer), Err(NoProof::Missing { level, index }));
    }
}

#[test]
fn what_is_out_of_range_has_no_proof() {
    let leaves = leaves(4);
    assert_eq!(InclusionProof::prove(4, 4, leaves.as_slice()), Err(NoProof::OutOfRange));
    assert_eq!(InclusionProof::prove(0, 0, leaves.as_slice()), Err(NoProof::OutOfRange));
    assert_eq!(ConsistencyProof::prove(4, 3, leaves.as_slice()), Err(NoProof::OutOfRange));
    assert_eq!(nodes_needed_for_inclusion(4, 4), []);
    assert_eq!(nodes_needed_for_consistency(4, 3), []);
}

proptest! {
    #[test]
    fn any_numbers_make_a_short_path_and_never_a_crash(a: u64, b: u64, hashes in prop::collection::vec(any::<[u8; 32]>(), 0..70)) {
        let hashes: Vec<Hash> = hashes.into_iter().map(Hash::from_bytes).collect();
        let zero = Hash::from_bytes([0; 32]);
        prop_assert!(nodes_needed_for_inclusion(a, b).len() <= 128);
        prop_assert!(nodes_needed_for_consistency(a, b).len() <= 128);
        let inclusion = InclusionProof { leaf_index: a, tree_size: b, hashes: hashes.clone() };
        prop_assert_eq!(inclusion.verify(&zero, &zero), Err(BadProof));
        let consistency = ConsistencyProof { from: a, to: b, hashes };
        prop_assert_eq!(consistency.verify(&zero, &zero), Err(BadProof));
    }

    #[test]
    fn a4_every_single_bit_of_a_proof_counts(size in 2..500_u64, at: prop::sample::Index, which: prop::sample::Index, bit in 0..256_usize) {
        let leaves = leaves(size);
        let index = at.index(size as usize);
        let mut proof = InclusionProof::prove(index as u64, size, leaves.as_slice()).unwrap();
        let hash = which.get(&proof.hashes);
        let position = proof.hashes.iter().position(|other| other == hash).unwrap();
        proof.hashes[position] = flipped(hash, bit);
        prop_assert_eq!(proof.verify(&leaves[index], &tree_root(&leaves)), Err(BadProof));
    }
}

fn checkpoint(size: u64, root: Hash) -> Checkpoint {
    Checkpoint { origin: Origin::parse("bank.example/grille").unwrap(), size, root }
}
