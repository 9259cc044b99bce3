//! Hashes of leaves, nodes and trees (RFC 6962 §2.1).
