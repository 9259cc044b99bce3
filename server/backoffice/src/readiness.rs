//! Whether this process could do its work now: what a load balancer asks, every second, of every instance (O3).

use crate::audit::{Standing, Unsettled};
use crate::backoffice::BackOffice;
use crate::store::health::{self, Schema};
use crate::store::log::{self, Head};
use crate::store::vitals;
use crate::vault::KeyKind;
use domain::audit::checkpoint::{self, VerifierKey};
use domain::clock::{Span, Timestamp};
use serde::{Serialize, Serializer};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// An answer is good for this long, so that asking often costs nothing.
const GOOD_FOR: Span = Span::seconds(1);
/// A database that says nothing for so long is not there: whoever asks is to be told, not to wait with us.
const PATIENCE: Duration = Duration::from_secs(2);

macro_rules! lacks {
    ($($(#[doc = $doc:literal])* $name:ident $text:literal $masks:literal;)*) => {
        /// What work may lack: a closed list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Lack {$(
            $(#[doc = $doc])*
            $name,
        )*}

        impl Lack {
            /// Every one.
            pub const ALL: &[Lack] = &[$(Lack::$name),*];
            /// As `/readyz` says it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Lack::$name => $text,)* }
            }
            /// Whether masks can be served all the same, to whoever is signed in.
            pub const fn leaves_masks(self) -> bool {
                match self { $(Lack::$name => $masks,)* }
            }
        }
    };
}

lacks! {
    /// The database does not answer, or not in time.
    Database "database" false;
    /// The one that records is gone: nothing can be done.
    LogWriter "log_writer" false;
    /// The schema is older than this program, or another.
    Migrations "migrations" false;
    /// Another instance has put another policy in force: whatever is decided here would be refused.
    Policy "policy" false;
    /// The clock stands behind the log (A6).
    ClockBehind "clock_behind" true;
    /// The key that opens values.
    VaultKey "vault_key" true;
    /// The key that searches.
    IndexKey "index_key" true;
    /// The key that knows staff.
    StaffKey "staff_key" true;
    /// The key that signs.
    LogKey "log_key" true;
    /// The key that signs is there, and is not the one that signed this log.
    Signing "signing" true;
    /// The log lacks entries that its checkpoint file vouches for, or that this process was told of (A3).
    LogIncomplete "log_incomplete" true;
    /// The checkpoint file is there and cannot be read, so nobody knows what the log must hold (A3).
    Checkpoint "checkpoint" true;
    /// Little room is left on the disk: soon nothing can be recorded.
    Disk "disk" true;
    /// The process was told to stop, and takes its leave.
    Draining "draining" true;
}

impl Serialize for Lack {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The newest answer.
#[derive(Default)]
pub(crate) struct Readiness(Mutex<Option<(Timestamp, Vec<Lack>)>>);

impl BackOffice {
    /// What work lacks now; nothing if all is there. A second old at most, and never long in coming.
    pub async fn missing(&self) -> Vec<Lack> {
        let now = self.clock.now();
        let last = self.readiness.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, missing)) = last
            && now >= at
            && now.since(at) < GOOD_FOR
        {
            return missing;
        }
        let missing = self.missing_now(now).await;
        *self.readiness.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, missing.clone()));
        missing
    }

    async fn missing_now(&self, now: Timestamp) -> Vec<Lack> {
        let asked = tokio::time::timeout(PATIENCE, self.missing_in_the_database(now)).await;
        let mut missing = match asked {
            Ok(Ok(missing)) => missing,
            Ok(Err(_)) | Err(_) => vec![Lack::Database],
        };
        if !self.ledger.is_open() {
            missing.push(Lack::LogWriter);
        }
        let keys = KeyKind::ALL.into_iter().filter(|kind| self.keys.key(*kind).is_err());
        missing.extend(keys.map(|kind| match kind {
            KeyKind::Vault => Lack::VaultKey,
            KeyKind::Index => Lack::IndexKey,
            KeyKind::Staff => Lack::StaffKey,
            KeyKind::Log => Lack::LogKey,
        }));
        missing
    }

    async fn missing_in_the_database(&self, now: Timestamp) -> sqlx::Result<Vec<Lack>> {
        let mut missing = Vec::new();
        let head = log::read_head(&self.db).await?;
        match health::schema(&self.db).await? {
            // A newer program came by: while it takes over, what it added is in nobody's way.
            Schema::Current | Schema::Ahead => (),
            Schema::Behind(_) | Schema::Other => missing.push(Lack::Migrations),
        }
        if vitals::policy_in_force(&self.db).await?.is_some_and(|hash| hash != *self.policy().hash().as_bytes()) {
            missing.push(Lack::Policy);
        }
        if let Some(head) = head {
            if head.latest.since(now) > crate::audit::CLOCK_TOLERANCE {
                missing.push(Lack::ClockBehind);
            }
            if !self.signs(&head) {
                missing.push(Lack::Signing);
            }
        }
        match self.accord.settle().await {
            Ok(Some(Standing::Behind { .. } | Standing::Forked { .. })) => missing.push(Lack::LogIncomplete),
            Ok(Some(Standing::Holds) | None) => (),
            Err(Unsettled::File(_)) => missing.push(Lack::Checkpoint),
            Err(Unsettled::Log(error)) => return Err(error),
        }
        Ok(missing)
    }

    /// Whether the log's newest signature is by the key that is there. Without a key nothing is said of it here.
    fn signs(&self, head: &Head) -> bool {
        let key = self.log_identity().1.and_then(|key| VerifierKey::parse(&key).ok());
        key.is_none_or(|key| head.note.is_empty() || checkpoint::open(&head.note, &key).is_ok())
    }
}
