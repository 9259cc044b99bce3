//! Going on with a database that was put back by other means than ours: a snapshot of the machine, a copied file. It is
//! taken for a backup that was restored, with what that loses, and whoever opens it next acts on that.

use super::Loss;
use super::restore::{Known, RestoreError, Target, whole};
use crate::audit::{Standing, verify};
use crate::store::{Db, backups, restores, sqlite_backups};
use domain::audit::checkpoint::{self, VerifierKey};
use domain::audit::event::SourceName;

/// What a database that is there lacks of what is known.
#[derive(Clone, Debug)]
pub struct Lacking {
    size: u64,
    loss: Loss,
}

impl Lacking {
    /// Verifies the log that is there and holds it against what is known. `accepted` is what may be lost.
    pub async fn of(db: &Db, key: &VerifierKey, known: &[Known], accepted: Option<Loss>) -> Result<Self, RestoreError> {
        whole(verify(db, Some(key), None).await?, "")?;
        let before = restores::found_lacking(db).await?;
        let mut most: Option<(Self, String)> = None;
        for one in known {
            let signed = checkpoint::open(&one.note, key).map_err(|_| RestoreError::KnownUnsigned(one.from.clone()))?;
            let (size, lost) = match (Standing::of(db, &signed).await?, before) {
                (Standing::Holds, _) => continue,
                // Since it was found, entries have taken the numbers of those that are lost.
                (_, Some((size, Some(_)))) => (size, signed.size.checked_sub(size)),
                (Standing::Behind { size, lost }, _) => (size, Some(lost)),
                (Standing::Forked { size }, _) => (size, None),
            };
            let loss = lost.map_or(Loss::Unknown, Loss::Events);
            let less = |(other, _): &(Self, String)| match (other.loss, loss) {
                (Loss::Events(other), Loss::Events(lost)) => other < lost,
                (Loss::Events(_), Loss::Unknown) => true,
                (Loss::Unknown, _) => false,
            };
            if most.as_ref().is_none_or(less) {
                most = Some((Self { size, loss }, one.from.clone()));
            }
        }
        // What was found once stands until somebody agrees to it, even if what showed it is gone.
        let found = before.map(|(size, lost)| {
            (Self { size, loss: lost.map_or(Loss::Unknown, Loss::Events) }, "the log itself".to_owned())
        });
        let (lacking, from) = most.or(found).ok_or(RestoreError::NothingLacks)?;
        match lacking.loss {
            loss if accepted == Some(loss) => Ok(lacking),
            Loss::Events(lost) => Err(RestoreError::Older { from, lost }),
            Loss::Unknown => Err(RestoreError::LacksUncounted(from)),
        }
    }

    /// How many entries the log had when it was put back.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What is lost.
    pub fn lost(&self) -> Loss {
        self.loss
    }

    /// Notes in the database, which nobody has open, that this was agreed to.
    pub async fn agree(&self, target: Target<'_>, os_user: Option<&SourceName>) -> Result<(), RestoreError> {
        let restored = restores::Restored {
            // Of no file.
            digest: Vec::new(),
            size: self.size,
            lost: self.loss.events(),
            os_user: os_user.map(|name| name.as_str().to_owned()),
        };
        match target {
            Target::Sqlite(path) if sqlite_backups::is_in_use(path)? => Err(RestoreError::InUse(path.into())),
            Target::Sqlite(path) => Ok(sqlite_backups::finish(path, &restored).await?),
            Target::Postgres(address) => Ok(backups::note(address, &restored).await?),
        }
    }
}
