//! What a bank may set of single sign-on.

use super::ConfigError;
use crate::sso::is_issuer;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Single sign-on by OpenID Connect: off unless `issuer`, `client_id` and `client_secret_file` are set.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sso {
    /// The provider, as it names itself.
    pub issuer: Option<String>,
    /// Our name there.
    pub client_id: Option<String>,
    /// The file of the secret that it gave us, mode 0600.
    pub client_secret_file: Option<PathBuf>,
    /// The certificates that it is trusted by, PEM; the machine's if left out.
    pub ca_file: Option<PathBuf>,
    /// What the sign-in page calls it.
    pub name: String,
    /// The claim that names the staff number.
    pub claim: String,
    /// How long ago, in seconds, someone may have proved themselves to it.
    pub max_age: u32,
    /// Whether no password is taken.
    pub only: bool,
}

impl Default for Sso {
    fn default() -> Self {
        Self {
            issuer: None,
            client_id: None,
            client_secret_file: None,
            ca_file: None,
            name: "SSO".into(),
            claim: "preferred_username".into(),
            max_age: 60 * 60,
            only: false,
        }
    }
}

impl Sso {
    /// Who else may say who somebody is (U9).
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |what| Err(ConfigError::Contradiction(what));
        let Sso { issuer, client_id, client_secret_file, ca_file, name, claim, max_age, only } = self;
        let set = [issuer.is_some(), client_id.is_some(), client_secret_file.is_some()];
        if set.iter().any(|one| *one != set[0]) {
            return wrong("sso: issuer, client_id and client_secret_file go together");
        }
        if !set[0] && (*only || ca_file.is_some()) {
            return wrong("sso: without an issuer there is no single sign-on to be the only way, or to trust");
        }
        if issuer.as_deref().is_some_and(|issuer| !is_issuer(issuer)) {
            return wrong(
                "sso.issuer: https://, or http:// on loopback, as the provider writes itself, without a query",
            );
        }
        if client_id.as_deref().is_some_and(|id| id.is_empty() || id.contains(char::is_control)) {
            return wrong("sso.client_id: the name that the provider gave this client");
        }
        if name.trim().is_empty() || name.chars().count() > 40 || name.contains(char::is_control) {
            return wrong("sso.name: 1 to 40 characters");
        }
        if claim.is_empty() || claim.contains(char::is_control) {
            return wrong("sso.claim: the name of a claim");
        }
        if *max_age < 60 || *max_age > 12 * 60 * 60 {
            return wrong("sso.max_age: 60 seconds to 12 hours");
        }
        Ok(())
    }
}
