//! One's own password.

use super::DeskError;
use crate::clock::Timestamp;
use crate::id::Challenge;
use zeroize::Zeroizing;

/// What a signed-in person may do about their own password; nobody sets another's (U4).
#[async_trait::async_trait]
pub trait OwnPassword: Send + Sync {
    /// When its owner set it last; none if it is the one that came with the record.
    async fn password_set(&self) -> Result<Option<Timestamp>, DeskError>;
    /// Sets a new one: the present one is asked for, and a second factor that is bound to this change.
    async fn change_password(&self, form: ChangePassword) -> Result<(), DeskError>;
}

/// What changes a password.
#[derive(Clone)]
pub struct ChangePassword {
    /// The one that they have.
    pub current: Zeroizing<String>,
    /// The one that they want.
    pub new: Zeroizing<String>,
    /// The answered challenge; none at the first try.
    pub challenge: Option<Challenge>,
}
