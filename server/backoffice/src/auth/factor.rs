//! The second factor that was given: found right or wrong beforehand, accepted or not inside the act.

use super::passkey::{Asserted, Unproven};
use super::totp;
use crate::store::staff::{Secrets, StaffRow};
use crate::store::{Conn, WriteTx, passkeys, staff};
use domain::audit::event::{AlertName, Details, FactorName};
use domain::code::Code;
use domain::desk::{DeskError, Method};
use domain::id::PersonNo;

/// What was given, and what it proves.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Given {
    /// A code, and the step it fits.
    Totp(Option<i64>),
    /// An assertion, and the passkey that made it.
    Passkey(Result<Asserted, Unproven>),
}

/// Why it is not accepted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NotAccepted {
    /// Wrong: it counts as a failure.
    Wrong(Code),
    /// Right, and too early.
    Wait {
        /// Seconds until another code works.
        retry_after: u32,
    },
}

impl Given {
    /// Which factor it is.
    pub const fn name(&self) -> FactorName {
        match self {
            Given::Totp(_) => FactorName::Totp,
            Given::Passkey(_) => FactorName::Passkey,
        }
    }

    /// Names the factor, and the passkey if one has proved itself.
    pub fn tell(&self, details: &mut Details) {
        details.factor = Some(self.name());
        if let Given::Passkey(Ok(asserted)) = self {
            details.passkey = Some(asserted.passkey);
        }
    }

    /// Uses it up. Conditional writes decide, not what was read: of twenty equal codes or counts, one is
    /// first. A passkey that counted backwards is suspended here.
    pub async fn accept(
        &self,
        tx: &mut WriteTx<'_>,
        row: &StaffRow,
        secrets: &Secrets,
    ) -> sqlx::Result<Result<(), NotAccepted>> {
        let now = tx.now();
        match self {
            Given::Totp(None) => Ok(Err(NotAccepted::Wrong(Code::CodeWrong))),
            Given::Totp(Some(step)) => {
                if staff::accept_totp_step(tx.conn(), row.id, *step).await? {
                    return Ok(Ok(()));
                }
                let (_, wait) = totp::next_step(secrets.totp_step, now);
                Ok(Err(NotAccepted::Wait { retry_after: wait.max(1) as u32 }))
            }
            Given::Passkey(Err(unproven)) => Ok(Err(NotAccepted::Wrong(code_of(*unproven)))),
            Given::Passkey(Ok(asserted)) => {
                let (id, person) = (asserted.passkey, &row.person);
                if passkeys::accept(tx.conn(), id, person, asserted.sign_count, now).await? {
                    return Ok(Ok(()));
                }
                let copied = passkeys::suspend(tx.conn(), id, person).await?;
                Ok(Err(NotAccepted::Wrong(if copied { Code::PasskeyCopied } else { Code::PasskeyWrong })))
            }
        }
    }
}

/// What a supervisor should know at once of a factor that was not accepted.
pub(crate) fn alert_of(code: Code) -> Option<AlertName> {
    if code == Code::PasskeyCopied { AlertName::parse("passkey.copied") } else { None }
}

/// How an answer that proves nothing is told.
pub(crate) const fn code_of(unproven: Unproven) -> Code {
    match unproven {
        Unproven::Malformed | Unproven::Wrong => Code::PasskeyWrong,
        Unproven::OtherCeremony => Code::ChallengeOtherAct,
        Unproven::NotVerified => Code::PasskeyNotVerified,
        Unproven::ForeignOrigin => Code::PasskeyForeignOrigin,
    }
}

/// What this person may answer a challenge with, the strongest first.
pub(crate) async fn methods(conn: &mut Conn, person: &PersonNo) -> sqlx::Result<Vec<Method>> {
    let (serving, _) = passkeys::count(conn, person).await?;
    Ok(if serving > 0 { vec![Method::Passkey, Method::Totp] } else { vec![Method::Totp] })
}

impl From<NotAccepted> for DeskError {
    fn from(refused: NotAccepted) -> Self {
        match refused {
            NotAccepted::Wrong(code) => DeskError::Refused(code),
            NotAccepted::Wait { retry_after } => DeskError::Wait { code: Code::CodeUsed, retry_after },
        }
    }
}
