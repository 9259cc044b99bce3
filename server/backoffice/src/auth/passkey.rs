//! Passkeys (WebAuthn level 3), user verification always required (U2).
//!
//! Nothing in flight is kept. What is to be signed is made anew, when the answer comes, from what the
//! ceremony is about ([`Ceremony`]); the library's own state is built then, with that challenge in it. The
//! signature count is not the library's to judge either: it is decided in the act, by a conditional write.

pub(super) mod nobody;

use domain::desk::CeremonyOptions;
use domain::id::{PasskeyId, StaffNo};
use domain::passkey::Ceremony;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;
use uuid::Uuid;
use webauthn_rs::Webauthn;
use webauthn_rs::prelude::{
    Credential, Passkey, PublicKeyCredential, RegisterPublicKeyCredential, WebauthnBuilder, WebauthnError,
};
use zeroize::Zeroizing;

/// What the browser gives its person, like a challenge's life (V2).
const TIMEOUT: Duration = Duration::from_secs(120);

/// Whom credentials are made for: the one origin served, and its host.
pub struct RelyingParty {
    webauthn: Webauthn,
    id: String,
}

/// Whose credential is made, in the words that an authenticator shows.
pub(crate) struct Owner<'a> {
    pub staff_no: &'a StaffNo,
    pub name: &'a str,
    /// The person as authenticators know them: sixteen bytes that tell nothing.
    pub handle: [u8; 16],
}

/// A credential of one person, opened.
pub(crate) struct OwnPasskey {
    pub id: PasskeyId,
    credential: Passkey,
}

/// A credential to be kept.
pub(crate) struct Enrolled {
    /// To be sealed.
    pub credential: Zeroizing<Vec<u8>>,
    /// As authenticators and browsers know it.
    pub credential_id: Vec<u8>,
    /// The count it begins with.
    pub sign_count: u32,
}

/// A passkey of that person's has signed what this ceremony is about, having verified its user. Whether it
/// still serves, and has counted forwards, is decided in the act.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asserted {
    pub passkey: PasskeyId,
    pub sign_count: u32,
}

/// Why an answer proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unproven {
    /// Not an answer of WebAuthn at all.
    #[error("malformed")]
    Malformed,
    /// Another challenge was signed: that of another act, or of another try.
    #[error("other ceremony")]
    OtherCeremony,
    /// The authenticator did not verify its user.
    #[error("not verified")]
    NotVerified,
    /// It was asked for by another site.
    #[error("foreign origin")]
    ForeignOrigin,
    /// No passkey of this person's, or a signature that is not its.
    #[error("wrong")]
    Wrong,
}

impl RelyingParty {
    /// The party of that origin; none where its host is an address, not a name (WebAuthn §5.1.2).
    pub fn of_origin(origin: &str) -> Option<Self> {
        let url = Url::parse(origin).ok()?;
        let id = url.domain()?.to_owned();
        let webauthn = WebauthnBuilder::new(&id, &url).ok()?.rp_name("Grille").timeout(TIMEOUT).build().ok()?;
        Some(Self { webauthn, id })
    }

    /// What a browser makes a credential from, other than those that are there.
    pub(crate) fn creation(
        &self,
        owner: &Owner<'_>,
        there: &[OwnPasskey],
        ceremony: Ceremony<'_>,
    ) -> Result<CeremonyOptions, Unproven> {
        let (mut options, _) = self.registration(owner, there)?;
        options.public_key.challenge = ceremony.challenge().to_vec();
        let mut whole = serde_json::to_value(&options).map_err(|_| Unproven::Malformed)?;
        Ok(CeremonyOptions { public_key: whole["publicKey"].take() })
    }

    /// The credential that a browser has made, if it was made for this ceremony.
    pub(crate) fn created(
        &self,
        owner: &Owner<'_>,
        there: &[OwnPasskey],
        ceremony: Ceremony<'_>,
        answer: &str,
    ) -> Result<Enrolled, Unproven> {
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).map_err(|_| Unproven::Malformed)?;
        let (_, state) = self.registration(owner, there)?;
        let state = with_challenge(&state, "/rs/challenge", ceremony)?;
        let mut credential: Credential = self.webauthn.finish_passkey_registration(&answer, &state)?.into();
        // The library would judge this count, which no act has written.
        let sign_count = std::mem::take(&mut credential.counter);
        let credential_id = credential.cred_id.clone();
        let credential = serde_json::to_vec(&Passkey::from(credential)).map_err(|_| Unproven::Malformed)?;
        Ok(Enrolled { credential: Zeroizing::new(credential), credential_id, sign_count })
    }

    fn registration(
        &self,
        owner: &Owner<'_>,
        there: &[OwnPasskey],
    ) -> Result<(webauthn_rs::prelude::CreationChallengeResponse, webauthn_rs::prelude::PasskeyRegistration), Unproven>
    {
        let there = there.iter().map(|own| own.credential.cred_id().clone()).collect();
        let handle = Uuid::from_bytes(owner.handle);
        let staff_no = owner.staff_no.as_str();
        Ok(self.webauthn.start_passkey_registration(handle, staff_no, owner.name, Some(there))?)
    }

    /// What a browser makes an assertion from, by one of these credentials.
    pub(crate) fn request(&self, credential_ids: &[Vec<u8>], ceremony: Ceremony<'_>) -> CeremonyOptions {
        let base64 = |bytes: &[u8]| data_encoding::BASE64URL_NOPAD.encode(bytes);
        let allowed: Vec<Value> =
            credential_ids.iter().map(|id| json!({ "type": "public-key", "id": base64(id) })).collect();
        CeremonyOptions {
            public_key: json!({
                "challenge": base64(&ceremony.challenge()),
                "rpId": self.id,
                "allowCredentials": allowed,
                "userVerification": "required",
                "timeout": TIMEOUT.as_millis() as u64,
            }),
        }
    }

    /// Which of these passkeys has signed what this ceremony is about. Where it is none of them, the same
    /// work is done against a credential that nobody has.
    pub(crate) fn asserted(
        &self,
        own: &[OwnPasskey],
        ceremony: Ceremony<'_>,
        answer: &str,
    ) -> Result<Asserted, Unproven> {
        let answer: PublicKeyCredential = serde_json::from_str(answer).map_err(|_| Unproven::Malformed)?;
        let used = own.iter().find(|own| own.credential.cred_id().as_slice() == answer.get_credential_id());
        let credential = match used {
            Some(own) => own.credential.clone(),
            None => nobody::passkey(answer.get_credential_id())?,
        };
        let (_, state) = self.webauthn.start_passkey_authentication(&[credential])?;
        let state = with_challenge(&state, "/ast/challenge", ceremony)?;
        let result = self.webauthn.finish_passkey_authentication(&answer, &state)?;
        let used = used.ok_or(Unproven::Wrong)?;
        Ok(Asserted { passkey: used.id, sign_count: result.counter() })
    }
}

impl OwnPasskey {
    /// From what was sealed.
    pub(crate) fn parse(id: PasskeyId, credential: &[u8]) -> Result<Self, Unproven> {
        Ok(Self { id, credential: serde_json::from_slice(credential).map_err(|_| Unproven::Malformed)? })
    }
    /// As authenticators and browsers know it.
    pub(crate) fn credential_id(&self) -> &[u8] {
        self.credential.cred_id()
    }
}

/// The library's state with the ceremony's own challenge in it. If the library kept its challenge elsewhere
/// one day, every answer would be refused.
fn with_challenge<S: Serialize + DeserializeOwned>(
    state: &S,
    place: &str,
    ceremony: Ceremony<'_>,
) -> Result<S, Unproven> {
    let mut state = serde_json::to_value(state).map_err(|_| Unproven::Malformed)?;
    let challenge = state.pointer_mut(place).ok_or(Unproven::Malformed)?;
    *challenge = data_encoding::BASE64URL_NOPAD.encode(&ceremony.challenge()).into();
    serde_json::from_value(state).map_err(|_| Unproven::Malformed)
}

impl From<WebauthnError> for Unproven {
    fn from(error: WebauthnError) -> Self {
        match error {
            WebauthnError::MismatchedChallenge => Unproven::OtherCeremony,
            WebauthnError::UserNotVerified | WebauthnError::UserNotPresent => Unproven::NotVerified,
            WebauthnError::InvalidRPOrigin | WebauthnError::InvalidRPIDHash | WebauthnError::CredentialCrossOrigin => {
                Unproven::ForeignOrigin
            }
            // The library's list is long and grows; whatever else is wrong, nothing was proved.
            _ => Unproven::Wrong,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u2_passkeys_are_for_a_named_site() {
        for (origin, id) in [
            ("http://localhost:3000", Some("localhost")),
            ("https://grille.bank.example", Some("grille.bank.example")),
            ("http://127.0.0.1:3000", None),
            ("http://[::1]:3000", None),
            ("grille.bank.example", None),
        ] {
            assert_eq!(RelyingParty::of_origin(origin).map(|party| party.id).as_deref(), id, "{origin}");
        }
    }
}
