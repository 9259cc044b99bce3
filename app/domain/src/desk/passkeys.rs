//! One's own passkeys, and answering a challenge by one.

use super::{DeskError, SessionToken};
use crate::clock::Timestamp;
use crate::id::{Challenge, PasskeyId};
use crate::passkey::PasskeyName;
use serde::Serialize;

/// What a signed-in person may ask about their own passkeys; nobody has a way to another's.
#[async_trait::async_trait]
pub trait Passkeys: Send + Sync {
    /// This person's, oldest first, without those that were revoked.
    async fn passkeys(&self) -> Result<Vec<PasskeyView>, DeskError>;
    /// Begins to enrol one: first refused with a challenge for a second factor, then, once that is
    /// answered, what the browser makes a credential from.
    async fn begin_passkey(&self, form: EnrolPasskey) -> Result<CeremonyOptions, DeskError>;
    /// Enrols the credential that the browser made, and spends the challenge.
    async fn finish_passkey(&self, form: EnrolPasskey, credential: &str) -> Result<PasskeyId, DeskError>;
    /// Revokes one, for good.
    async fn revoke_passkey(&self, passkey: PasskeyId) -> Result<(), DeskError>;
    /// What the browser makes an assertion from that answers this challenge, and none for another act.
    async fn begin_step_up_passkey(&self, challenge: Challenge) -> Result<CeremonyOptions, DeskError>;
    /// Answers a challenge by an assertion, and rotates the session: the new cookie's token is in the answer.
    async fn step_up_passkey(&self, challenge: Challenge, assertion: &str) -> Result<SessionToken, DeskError>;
}

/// A passkey as its owner sees it.
#[derive(Clone, Debug, Serialize)]
pub struct PasskeyView {
    /// Its name to the server.
    pub passkey_id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// Since when.
    pub enrolled: Timestamp,
    /// When it last served.
    pub used: Option<Timestamp>,
    /// Whether it was found to be copied, and serves no more.
    pub suspended: bool,
}

/// What enrols a passkey; the same at its beginning and its end.
#[derive(Clone, Debug)]
pub struct EnrolPasskey {
    /// What it will be called.
    pub name: PasskeyName,
    /// The answered challenge; none at the first try.
    pub challenge: Option<Challenge>,
}

/// What a browser needs for one ceremony, in the JSON of WebAuthn level 3, §5.1.9: no secret in it.
#[derive(Clone, Debug, Serialize)]
pub struct CeremonyOptions {
    /// For `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`.
    #[serde(rename = "publicKey")]
    pub public_key: serde_json::Value,
}
