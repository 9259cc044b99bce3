//! A request, frozen: the bytes that are hashed, shown by their digest, voted on, and held against what is there when
//! the file is made (E3).

use super::{Asked, Basis, ExportFormat, Selection};
use crate::audit::fingerprint::Fingerprint;
use crate::clock::Timestamp;
use crate::id::{BranchNo, CustomerId, ExportId, PersonNo, PurposeName, RecipientId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Everything that an approval is of. The bytes are JSON with the members in this order, written once and stored as
/// they were hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frozen {
    /// Of this form.
    pub v: u8,
    /// The request.
    pub id: ExportId,
    /// When it was drawn up.
    pub created: Timestamp,
    /// Who asks: the person, not the login.
    pub person: PersonNo,
    /// Their branch.
    pub unit: BranchNo,
    /// Which customers, in words.
    pub selection: Selection,
    /// Which customers, one by one.
    pub rows: FrozenRows,
    /// What of them leaves, as what and why.
    pub fields: Asked,
    /// How many must approve.
    pub votes: u8,
    /// Why it leaves, by code.
    pub purpose: PurposeName,
    /// To whom.
    pub recipient: RecipientId,
    /// Of the key that the file is sealed to.
    pub key: Fingerprint,
    /// What the recipient does with it.
    pub intended_use: String,
    /// By which ground in law.
    pub basis: Basis,
    /// Number of the impact assessment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact_assessment: Option<String>,
    /// How many days the recipient keeps it.
    pub retention_days: u16,
    /// How the file is written.
    pub format: ExportFormat,
    /// The policy, catalogue and purposes under which it was drawn up.
    pub policy: Fingerprint,
}

/// The customers of a request: how many, and the digest of their ids in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenRows {
    /// How many.
    pub count: u64,
    /// SHA-256 of their ids.
    pub digest: Fingerprint,
}

/// Takes ids in ascending order, one after the other, and keeps none.
#[derive(Clone, Debug)]
pub struct RowsHasher {
    hash: Sha256,
    count: u64,
}

impl Default for RowsHasher {
    fn default() -> Self {
        let mut hash = Sha256::new();
        hash.update(b"grille export rows v1");
        Self { hash, count: 0 }
    }
}

impl RowsHasher {
    /// The next.
    pub fn push(&mut self, customer: CustomerId) {
        self.hash.update(customer.as_bytes());
        self.count += 1;
    }
    /// How many there were.
    pub fn count(&self) -> u64 {
        self.count
    }
    /// What they come to.
    pub fn finish(self) -> FrozenRows {
        FrozenRows { count: self.count, digest: Fingerprint::from_bytes(self.hash.finalize().into()) }
    }
}

/// SHA-256 of a frozen request's bytes: what approvers sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExportDigest(Fingerprint);

impl ExportDigest {
    /// Of a frozen request's bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Fingerprint::of("grille export v1", &[bytes]))
    }
    /// From the 32 bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Fingerprint::from_bytes(bytes))
    }
    /// Reads 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        Fingerprint::parse(text).map(Self)
    }
    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
    /// As an event carries it.
    pub const fn fingerprint(&self) -> Fingerprint {
        self.0
    }
    /// The first sixteen digits in groups of four: what two people read to each other.
    pub fn short(&self) -> String {
        let text = self.0.to_string();
        [&text[..4], &text[4..8], &text[8..12], &text[12..16]].join(" ")
    }
}

impl std::fmt::Display for ExportDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Frozen {
    /// The form of these bytes.
    pub const VERSION: u8 = 1;

    /// The bytes that are stored and hashed.
    pub fn encode(&self) -> Vec<u8> {
        // Every member is a name, a number or a text: none of them can fail to be written.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads them back; nothing that [`Self::encode`] would have written otherwise.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let frozen: Self = serde_json::from_slice(bytes).ok()?;
        (frozen.v == Self::VERSION && frozen.encode() == bytes).then_some(frozen)
    }
}
