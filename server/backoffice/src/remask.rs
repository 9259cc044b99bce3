//! `grille remask`: after a bank changed a mask rule, every stored mask is made anew (M2, M5), and so is what stands
//! beside it for exports to choose by (E1).
//!
//! The job is recorded before anything is opened, and its receipt is what the vault and the store ask for. Each
//! thousand customers are a transaction with its event; customers whose masks stay are not touched, so that a job
//! which was cut off is simply begun again.

use crate::audit::{Act, ActError, Receipt, Verdict};
use crate::auth::event;
use crate::backoffice::BackOffice;
use crate::imports::chosen_by::ChosenBy;
use crate::imports::prepare::masks_text;
use crate::store::{WriteTx, remask as rows};
use crate::vault::{KeyKind, RemaskBegun, SealedCustomer, VaultError};
use domain::audit::event::{AuditEvent, Details, Kind, SourceName};
use domain::audit::fingerprint::Fingerprint;
use domain::catalogue::Catalogue;
use domain::code::Code;
use domain::desk::DeskError;
use domain::id::CustomerId;
use std::sync::Arc;

/// Customers of a transaction.
const BATCH: u32 = 1000;
/// How often a batch is read again when an import was faster.
const TRIES: u32 = 5;

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Remasked {
    /// Customers whose masks are others now.
    pub changed: u64,
    /// Customers whose masks stay.
    pub unchanged: u64,
    /// Customers who could not be opened: their masks stay as they were.
    pub unreadable: u64,
}

/// Why the job ended before its end. Running it again is safe.
#[derive(Debug, thiserror::Error)]
pub enum RemaskError {
    /// It was refused, or could not be recorded.
    #[error("{0}")]
    NotRecorded(DeskError),
    /// A key went missing.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database does not answer.
    #[error("the customers could not be read: {0}")]
    Sqlx(#[from] sqlx::Error),
    /// The program is ending.
    #[error("cut short")]
    CutShort,
}

impl From<ActError> for RemaskError {
    fn from(error: ActError) -> Self {
        RemaskError::NotRecorded(error.into())
    }
}

impl BackOffice {
    /// Makes every stored mask anew by the catalogue of this process. `progress` is told customers done and
    /// customers in all.
    pub async fn remask(
        &self,
        os_user: Option<SourceName>,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<Remasked, RemaskError> {
        let missing = self.keys.key(KeyKind::Vault).err().map(|error| VaultError::from(error).code());
        let about = About { policy: Fingerprint::from_bytes(*self.policy().hash().as_bytes()), os_user };
        let fact = RemaskBegun::by(&self.catalogue);
        let receipt = Arc::new(self.ledger().act(Begin { about: about.clone(), fact, missing }).await?);
        let all = rows::count(self.db(), &receipt).await?;
        let mut total = Remasked::default();
        let mut last = None;
        loop {
            let (batch, end) = self.remask_batch(&about, &receipt, last).await?;
            total.changed += batch.changed;
            total.unchanged += batch.unchanged;
            total.unreadable += batch.unreadable;
            progress(total.changed + total.unchanged + total.unreadable, all);
            let Some(end) = end else { break };
            last = Some(end);
        }
        self.ledger()
            .act(Write { about, kind: Kind::RemaskEnded, changes: Vec::new(), counts: total })
            .await?
            .into_fact();
        Ok(total)
    }

    /// The customers after `last`; and the last of them, if there may be more.
    async fn remask_batch(
        &self,
        about: &About,
        receipt: &Arc<Receipt<RemaskBegun>>,
        last: Option<CustomerId>,
    ) -> Result<(Remasked, Option<CustomerId>), RemaskError> {
        let mut tries = 0;
        loop {
            let page = rows::after(self.db(), receipt, last, BATCH).await?;
            let end = page.last().map(|one| one.sealed.customer);
            let (vault, catalogue, receipt) = (self.vault.clone(), self.catalogue.clone(), receipt.clone());
            let made = tokio::task::spawn_blocking(move || {
                page.into_iter().map(|one| made_anew(&vault, one, &receipt, &catalogue)).collect::<Result<Vec<_>, _>>()
            });
            let mut counts = Remasked::default();
            let mut changes = Vec::new();
            for one in made.await.map_err(|_| RemaskError::CutShort)?? {
                match one {
                    Made::Changed(change) => changes.push(change),
                    Made::Same => counts.unchanged += 1,
                    Made::Unreadable => counts.unreadable += 1,
                }
            }
            counts.changed = changes.len() as u64;
            if changes.is_empty() {
                return Ok((counts, end));
            }
            let kind = Kind::CustomersRemasked;
            match self.ledger().act(Write { about: about.clone(), kind, changes, counts }).await {
                Ok(done) => {
                    done.into_fact();
                    return Ok((counts, end));
                }
                Err(ActError::Refused(DeskError::Refused(Code::Changed))) if tries < TRIES => tries += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// A customer whose masks are others now, or what stands beside them.
struct Remade {
    sealed: SealedCustomer,
    masks: String,
    chosen_by: ChosenBy,
}

enum Made {
    Changed(Remade),
    Same,
    Unreadable,
}

/// A missing key ends the job; one customer who cannot be opened does not.
fn made_anew(
    vault: &crate::vault::Vault,
    one: rows::StoredMasks,
    receipt: &Receipt<RemaskBegun>,
    catalogue: &Catalogue,
) -> Result<Made, VaultError> {
    match vault.remask(&one.sealed, receipt, catalogue) {
        Ok(masks) => {
            let (chosen_by, masks) = (ChosenBy::of(catalogue, &masks), masks_text(catalogue, &masks));
            let same = masks == one.masks && chosen_by == one.chosen_by;
            Ok(if same { Made::Same } else { Made::Changed(Remade { sealed: one.sealed, masks, chosen_by }) })
        }
        Err(VaultError::Unreadable) => Ok(Made::Unreadable),
        Err(error) => Err(error),
    }
}

/// By which rules, and by whose hand.
#[derive(Clone)]
struct About {
    policy: Fingerprint,
    os_user: Option<SourceName>,
}

impl About {
    fn event(&self, tx: &WriteTx<'_>, kind: Kind, code: Option<Code>, counts: Option<Remasked>) -> AuditEvent {
        let details = Details {
            policy: Some(self.policy),
            changed: counts.map(|counts| counts.changed),
            unchanged: counts.map(|counts| counts.unchanged),
            rejected: counts.map(|counts| counts.unreadable),
            os_user: self.os_user.clone(),
            ..Details::default()
        };
        event(tx, kind, code, None, None, details)
    }
}

/// Says that the job begins, before anything is opened.
struct Begin {
    about: About,
    fact: RemaskBegun,
    missing: Option<Code>,
}

#[async_trait::async_trait]
impl Act for Begin {
    type Fact = RemaskBegun;
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<RemaskBegun>> {
        let event = self.about.event(tx, Kind::RemaskBegun, self.missing, None);
        Ok(match self.missing {
            Some(code) => Verdict::Refused { event, error: code.into() },
            None => Verdict::Done { event, fact: self.fact.clone() },
        })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.about.event(tx, Kind::RemaskBegun, Some(error.code()), None)
    }
}

/// Writes one batch; or, without one, says that the job is at its end.
struct Write {
    about: About,
    kind: Kind,
    changes: Vec<Remade>,
    counts: Remasked,
}

#[async_trait::async_trait]
impl Act for Write {
    type Fact = ();
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        for change in &self.changes {
            if !rows::replace(tx.conn(), &change.sealed, &change.masks, &change.chosen_by).await? {
                // An import was faster: these masks are of values that are no more.
                let event = self.about.event(tx, self.kind, Some(Code::Changed), Some(self.counts));
                return Ok(Verdict::Refused { event, error: Code::Changed.into() });
            }
        }
        Ok(Verdict::Done { event: self.about.event(tx, self.kind, None, Some(self.counts)), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.about.event(tx, self.kind, Some(error.code()), Some(self.counts))
    }
}
