//! What a second factor is bound to at each step of an export (E2).

use super::{ExportDigest, RecipientKind};
use crate::id::{ExportId, Lineage, PersonNo, RecipientId};
use crate::step_up::ActDigest;

/// Submitting a request, having its file made, fetching it.
#[derive(Clone, Copy, Debug)]
pub struct ExportAct<'a> {
    /// `submit`, `generate` or `download`.
    pub operation: &'static str,
    /// Who acts.
    pub person: &'a PersonNo,
    /// From sign-in to sign-out.
    pub lineage: Lineage,
    /// Which request.
    pub export: ExportId,
    /// All of it.
    pub digest: ExportDigest,
}

impl ExportAct<'_> {
    /// The digest that the challenge commits to.
    pub fn digest(&self) -> ActDigest {
        ActDigest::of(&[
            b"grille export act v1",
            self.operation.as_bytes(),
            self.person.as_str().as_bytes(),
            self.lineage.as_bytes(),
            self.export.as_bytes(),
            self.digest.as_bytes(),
        ])
    }
}

/// A vote on a request.
#[derive(Clone, Copy, Debug)]
pub struct DeciderAct<'a> {
    /// Who votes.
    pub person: &'a PersonNo,
    /// From sign-in to sign-out.
    pub lineage: Lineage,
    /// Which request.
    pub export: ExportId,
    /// All of it.
    pub digest: ExportDigest,
    /// For it, or against.
    pub approve: bool,
    /// Why.
    pub note: &'a str,
}

impl DeciderAct<'_> {
    /// The digest that the challenge commits to.
    pub fn digest(&self) -> ActDigest {
        ActDigest::of(&[
            b"grille export vote v1",
            self.person.as_str().as_bytes(),
            self.lineage.as_bytes(),
            self.export.as_bytes(),
            self.digest.as_bytes(),
            &[u8::from(self.approve)],
            self.note.as_bytes(),
        ])
    }
}

/// Confirming a recipient, after its key's fingerprint was compared.
#[derive(Clone, Copy, Debug)]
pub struct RecipientAct<'a> {
    /// Who confirms.
    pub person: &'a PersonNo,
    /// From sign-in to sign-out.
    pub lineage: Lineage,
    /// Which.
    pub recipient: RecipientId,
    /// As what.
    pub kind: RecipientKind,
    /// Called what.
    pub name: &'a str,
    /// Reached how.
    pub contact: &'a str,
    /// The key.
    pub key: &'a str,
    /// Number of its assessment, its end in milliseconds, and what it committed to.
    pub assessment: (&'a str, i64, &'a str),
    /// By which channel the fingerprint was compared.
    pub channel: &'a str,
    /// Why.
    pub note: &'a str,
}

impl RecipientAct<'_> {
    /// The digest that the challenge commits to.
    pub fn digest(&self) -> ActDigest {
        let (assessment, until, commitment) = self.assessment;
        ActDigest::of(&[
            b"grille recipient v1",
            self.person.as_str().as_bytes(),
            self.lineage.as_bytes(),
            self.recipient.as_bytes(),
            self.kind.as_str().as_bytes(),
            self.name.as_bytes(),
            self.contact.as_bytes(),
            self.key.as_bytes(),
            assessment.as_bytes(),
            &until.to_be_bytes(),
            commitment.as_bytes(),
            self.channel.as_bytes(),
            self.note.as_bytes(),
        ])
    }
}
