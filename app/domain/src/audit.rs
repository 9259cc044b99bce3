//! The log: an RFC 6962 Merkle tree over event bytes that are written once and never re-serialised.

pub mod checkpoint;
pub mod merkle;
pub mod tile;
