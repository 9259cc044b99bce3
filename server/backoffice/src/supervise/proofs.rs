//! Hashes: the signed head, proofs and tiles, by which anyone with the public key can check the log
//! without trusting this program (A1, A3).

use super::reading::Subject;
use super::unavailable;
use crate::backoffice::BackOffice;
use crate::desk::StaffDesk;
use crate::policy::ReadEntries;
use crate::store::log::find;
use crate::store::log::{self, tiles};
use crate::store::readings::{self, Extent};
use domain::audit::checkpoint::{self, Checkpoint, VerifierKey};
use domain::audit::event::{Details, Kind};
use domain::audit::fingerprint::Fingerprint;
use domain::audit::merkle::Hash;
use domain::audit::proof::{InclusionProof, nodes_needed_for_inclusion};
use domain::audit::tile::{TILE_WIDTH, TileKind, TilePath, Tiles, encode_entries, encode_hashes};
use domain::code::Code;
use domain::desk::{DeskError, Proof};

/// The newest note, read.
pub(super) struct SignedHead {
    pub checkpoint: Checkpoint,
    pub note: String,
    /// Whether the log's key signed it; `None` without the key.
    pub signed: Option<bool>,
}

impl BackOffice {
    /// The newest checkpoint; `None` before the first signature.
    pub(super) async fn signed_head(&self) -> Result<Option<SignedHead>, DeskError> {
        let head = log::read_head(&self.db).await.map_err(unavailable)?;
        let Some(head) = head.filter(|head| !head.note.is_empty()) else { return Ok(None) };
        let (origin, key) = self.log_identity();
        let key = key.and_then(|key| VerifierKey::parse(&key).ok());
        let opened = key.map(|key| checkpoint::open(&head.note, &key));
        if let Some(Ok(checkpoint)) = opened {
            return Ok(Some(SignedHead { checkpoint, note: head.note, signed: Some(true) }));
        }
        // Not signed, or nothing to check it by: what it says is read all the same, and said to be so.
        let mut lines = head.note.lines().skip(1);
        let size = lines.next().and_then(|size| size.parse().ok());
        let root = lines.next().and_then(|root| Hash::parse(root).ok());
        let checkpoint =
            Checkpoint { origin: origin.clone(), size: size.unwrap_or(head.size), root: root.unwrap_or(head.root) };
        Ok(Some(SignedHead { checkpoint, note: head.note, signed: opened.map(|_| false) }))
    }

    /// The proof that an entry is in the tree of that size; `None` if the log lacks what it takes.
    pub(super) async fn inclusion(&self, seq: u64, size: u64) -> Result<Option<InclusionProof>, DeskError> {
        let mut held = Tiles::default();
        let mut wanted: Vec<(u8, u64)> = nodes_needed_for_inclusion(seq, size)
            .into_iter()
            .map(|(level, index)| Tiles::holding(level, index))
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        for (level, index) in wanted {
            let path = TilePath::in_tree(TileKind::Hashes { level }, index, size);
            let found = match path {
                Some(path) => tiles::hashes(&self.db, level, &path).await.map_err(unavailable)?,
                None => None,
            };
            let Some(hashes) = found else { return Ok(None) };
            held.insert(level, index, hashes);
        }
        Ok(InclusionProof::prove(seq, size, &held).ok())
    }
}

impl StaffDesk {
    pub(super) async fn give_proof(&self, seq: u64) -> Result<Proof, DeskError> {
        let details = Details { entry: Some(seq), ..Details::default() };
        self.may_read(Kind::LogEventRead, details.clone()).await?;
        let stored = find::one(&self.office.db, seq).await.map_err(unavailable)?;
        match self.check(seq, stored.as_ref()).await?.1.filter(|_| stored.is_some()) {
            Some(proof) => Ok(proof),
            None => Err(self.refused_as(Kind::LogEventRead, details, Code::NotFound.into()).await),
        }
    }

    pub(super) async fn give_checkpoint(&self) -> Result<String, DeskError> {
        self.may_read(Kind::RequestRefused, Details::default()).await?;
        match self.office.signed_head().await? {
            Some(head) => Ok(head.note),
            None => Err(self.refused_as(Kind::RequestRefused, Details::default(), Code::NotFound.into()).await),
        }
    }

    pub(super) async fn give_tile(&self, path: TilePath) -> Result<Vec<u8>, DeskError> {
        let Some(level) = tiles::level_of(&path) else { return self.give_entries(path).await };
        self.may_read(Kind::RequestRefused, Details::default()).await?;
        self.within(&path, Kind::RequestRefused).await?;
        let found = tiles::hashes(&self.office.db, level, &path).await.map_err(unavailable)?;
        Ok(encode_hashes(&found.ok_or(Code::LogUnavailable)?))
    }

    /// Whole entries: a reading like another, told by its range (A7).
    async fn give_entries(&self, path: TilePath) -> Result<Vec<u8>, DeskError> {
        let details = Details { bundles: Some(true), ..Details::default() };
        let allowed = match self.office.policy().decide::<ReadEntries>(&self.actor, &()) {
            Ok(allowed) => allowed,
            Err(code) => return Err(self.refused_as(Kind::LogRead, details, code.into()).await),
        };
        self.within(&path, Kind::LogRead).await?;
        let found = tiles::entries(&self.office.db, &path).await.map_err(unavailable)?;
        let found = found.ok_or(Code::LogUnavailable)?;
        let bytes = encode_entries(found.iter().map(Vec::as_slice)).map_err(|_| Code::LogUnavailable)?;
        let first = path.index() * TILE_WIDTH as u64;
        let seen = Extent::of(first..first + u64::from(path.width()));
        let filters = Fingerprint::of("grille log bundles v1", &[]);
        let open = readings::of_lineage(&self.office.db, self.actor.lineage()).await.map_err(unavailable)?;
        let same = open.iter().find(|(_, _, of)| of[..] == filters.as_bytes()[..]);
        let goes_on = match same {
            Some((id, _, _)) => self.go_on(*id, filters, seen).await?,
            None => false,
        };
        if !goes_on {
            self.open_reading(allowed, Subject { details, filters, live: false }, seen).await?;
        }
        Ok(bytes)
    }

    /// A tile that the newest checkpoint does not reach is not there.
    async fn within(&self, path: &TilePath, kind: Kind) -> Result<(), DeskError> {
        let size = self.office.signed_head().await?.map_or(0, |head| head.checkpoint.size);
        if path.is_within(size) {
            return Ok(());
        }
        Err(self.refused_as(kind, Details::default(), Code::NotFound.into()).await)
    }
}
