//! Signing in by a passkey, after the password (U2). Neither what is named to the browser nor the answer
//! tells whether the number exists, whether its password was right, or whether it has passkeys.

use super::actor::RequestStamp;
use super::factor::Given;
use super::passkey::{OwnPasskey, nobody};
use super::sign_in::{SignedIn, TryToken, unavailable};
use crate::backoffice::BackOffice;
use crate::store::passkeys;
use domain::code::Code;
use domain::desk::{CeremonyOptions, DeskError, SessionToken};
use domain::id::PersonNo;
use domain::passkey::Ceremony;

impl BackOffice {
    /// What the browser makes an assertion from: always as many credentials, some or all of them invented.
    pub async fn begin_verify_passkey(&self, token: Option<&TryToken>) -> Result<CeremonyOptions, DeskError> {
        let party = self.relying_party.as_ref().ok_or(Code::PasskeysUnavailable)?;
        let (tried, record) = self.tried(token).await?;
        let own = self.serving_passkeys(record.as_ref().map(|(row, _)| &row.person)).await?;
        let seed = tried.and_then(|row| row.decoy).unwrap_or_default();
        let named = nobody::among_invented(&self.staff_vault, &seed, &own).map_err(|error| error.code())?;
        let token_hash = token.map(SessionToken::hash).unwrap_or_default();
        Ok(party.request(&named, Ceremony::SignIn(&token_hash)))
    }

    /// The second factor by a passkey: a session, or one refusal that does not tell its cause. The log has it.
    pub async fn verify_passkey(
        &self,
        token: Option<&TryToken>,
        assertion: &str,
        request: RequestStamp,
    ) -> Result<SignedIn, DeskError> {
        let party = self.relying_party.as_ref().ok_or(Code::PasskeysUnavailable)?;
        let (tried, record) = self.tried(token).await?;
        let own = self.serving_passkeys(record.as_ref().map(|(row, _)| &row.person)).await?;
        let token_hash = token.map(SessionToken::hash).unwrap_or_default();
        let given = Given::Passkey(party.asserted(&own, Ceremony::SignIn(&token_hash), assertion));
        self.second_factor(token, tried, record.map(|(row, _)| row), given, request).await
    }

    /// A person's passkeys that serve, opened; none for nobody, after the same query.
    pub(crate) async fn serving_passkeys(&self, person: Option<&PersonNo>) -> Result<Vec<OwnPasskey>, DeskError> {
        let rows = passkeys::of_person(&self.db, person.map_or("", PersonNo::as_str)).await.map_err(unavailable)?;
        let Some(person) = person else { return Ok(Vec::new()) };
        let mut own = Vec::with_capacity(rows.len());
        for row in rows.iter().filter(|row| !row.suspended) {
            let credential = self.staff_vault.open_passkey(person, row.id, &row.sealed).map_err(|e| e.code())?;
            own.push(OwnPasskey::parse(row.id, credential.bytes()).map_err(|_| Code::ValueUnreadable)?);
        }
        Ok(own)
    }
}
