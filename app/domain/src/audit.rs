//! The log: an RFC 6962 Merkle tree over event bytes that are written once and never re-serialised.
//!
//! Whoever opens this console should not have to trust the bank that runs it, nor the bank its own
//! database administrator. So an event is not only a row. Its bytes are hashed as a *leaf*, and the
//! leaves are hashed in pairs, pairs of pairs and so on up to one *root* ([`merkle`]). Change, drop, swap
//! or insert one event anywhere, and the root is another.
//!
//! **What is written.** One event is one entry: the bytes that the store keeps, hashed as they lie there.
//! The sequence number is the leaf index, without gaps (A6). The writer holds a [`merkle::Frontier`],
//! the roots of the complete subtrees. A batch of events pushes its leaves, puts every node that they
//! complete on a level divisible by eight into its [`tile`], and ends in a root.
//!
//! **What is promised.** Log name, size and root are signed together as a [`checkpoint`], a note of five
//! lines that leaves the database as it is made (A3). From then on the log is committed: no other log of
//! that size has that root. A checkpoint that someone else holds is what makes the log evidence;
//! one that lies only beside the log can be forged by whoever has the key.
//!
//! **What can be checked** ([`proof`]), with a public key and no access to the database:
//!
//! * *this entry is in that tree*: an inclusion proof, a hash for each level between leaf and root;
//! * *that tree only grew into this one*: a consistency proof between two checkpoints. A log that was
//!   rewritten, truncated, reordered, forked or rolled back has none (A3).
//!
//! A proof says where in the tree it belongs only together with a size, and the size is bound to the root
//! by a checkpoint alone. Hence `verify_in` and `verify_between`, which take checkpoints, are what a
//! verifier calls; `verify` on bare roots is the arithmetic beneath them.
//!
//! **How others read it.** Hashes and entries are served as C2SP tiles of 256, which never change once
//! full, and any tlog tool can compute every proof from them (A1). A store here does the same in two
//! steps, so that nothing in this crate waits for IO: it asks `nodes_needed_for_…` which nodes a proof
//! takes, fetches those (or the tiles that hold them, [`tile::Tiles::holding`]), and hands them over as
//! [`tile::Hashes`].
//!
//! **What the tree does not say**: that an event is true, that one was written at all (no receipt, no
//! plaintext sees to that), or when. Order is the sequence number; the times are the server's word.

pub mod backup_note;
pub mod checkpoint;
pub mod event;
pub mod fingerprint;
pub mod merkle;
pub mod proof;
pub mod tile;
