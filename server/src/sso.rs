//! Single sign-on by OpenID Connect (U9): the code flow with PKCE, `state` and `nonce`, and the verification of what
//! comes back. What it is worth here, and how a refusal is recorded, is `auth/sso.rs` of the back office.
//!
//! Claims are checked here and signatures by `ring`, as in TLS, instead of by a library for all of OpenID Connect:
//! one flow of it is used, each rule of it is a test, and nothing is taken along that has to be left unused.

mod claims;
pub(crate) mod client;
mod jws;
mod provider;

use crate::config;
use crate::tls::open_to_others;
use backoffice::auth::AskedProvider;
use claims::Expected;
pub use client::TrustError;
use client::{Address, Client};
use domain::audit::event::SsoName;
use domain::clock::{Span, Timestamp};
use domain::id::StaffNo;
use provider::{Held, Provider};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Where the provider sends people back to.
pub const BACK: &str = "/sign-in/sso/back";
/// Longer is no client's secret.
const LONGEST_SECRET: usize = 1024;

/// Why single sign-on cannot be offered as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum SsoError {
    /// The secret's file is not there, or not for this user.
    #[error("sso.client_secret_file: {0} cannot be read: is it there, and may the user that runs grille read it?")]
    Unreadable(PathBuf),
    /// Others than its owner may read or write it.
    #[error("sso.client_secret_file: {0} can be read or written by others than its owner: set its mode to 0600")]
    OpenToOthers(PathBuf),
    /// It holds no secret.
    #[error("sso.client_secret_file: {0} must hold one line: the secret that the provider gave this client")]
    NoSecret(PathBuf),
    /// No authorities to trust.
    #[error(transparent)]
    Trust(#[from] TrustError),
}

/// Whether a provider can be meant by that: by TLS, or on this machine, with nothing behind the path.
pub fn is_issuer(text: &str) -> bool {
    // As it stands, since it is compared as it stands.
    Address::parse(text).is_some_and(|address| !address.has_query()) && !text.contains(['?', '#'])
}

/// The way in by a provider.
pub struct SingleSignOn {
    provider: Provider,
    claim: String,
    max_age: Span,
    redirect: String,
    name: String,
    only: bool,
}

impl SingleSignOn {
    /// As it is configured, if it is. The provider is not asked yet: one that is down stops no start.
    pub fn open(config: &config::Sso, origin: &str) -> Result<Option<Self>, SsoError> {
        let (Some(issuer), Some(client_id), Some(file)) =
            (&config.issuer, &config.client_id, &config.client_secret_file)
        else {
            return Ok(None);
        };
        let provider = Provider {
            issuer: issuer.clone(),
            client_id: client_id.clone(),
            secret: read_secret(file)?,
            client: Client::new(config.ca_file.as_deref(), issuer.starts_with("https:"))?,
            metadata: Held::default(),
            keys: Held::default(),
        };
        Ok(Some(Self {
            provider,
            claim: config.claim.clone(),
            max_age: Span::seconds(config.max_age.into()),
            redirect: format!("{origin}{BACK}"),
            name: config.name.clone(),
            only: config.only,
        }))
    }

    /// What the bank calls it.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// Whether it is the only way in.
    pub const fn is_only(&self) -> bool {
        self.only
    }
    /// Whether the provider did not answer when it was last asked.
    pub fn is_down(&self) -> bool {
        self.provider.metadata.failed()
    }

    /// Asks the provider who it is, so that the first person need not wait for that.
    pub async fn greet(&self) {
        if !self.answers().await {
            tracing::error!("SINGLE SIGN-ON IS NOT AVAILABLE: the identity provider is asked again as people come");
        }
    }

    /// Whether the provider says who it is, and is the one that is meant.
    pub async fn answers(&self) -> bool {
        self.provider.metadata().await.is_some()
    }

    /// Where a browser goes to be vouched for; none if the provider does not answer.
    pub async fn address(&self, asked: &AskedProvider) -> Option<String> {
        let metadata = self.provider.metadata().await?;
        let challenge = data_encoding::BASE64URL_NOPAD.encode(&Sha256::digest(asked.verifier()));
        let max_age = self.max_age.whole_seconds().to_string();
        Some(metadata.authorization.with(&[
            ("response_type", "code"),
            ("scope", "openid profile"),
            ("client_id", &self.provider.client_id),
            ("redirect_uri", &self.redirect),
            ("state", asked.state()),
            ("nonce", asked.nonce()),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("max_age", &max_age),
        ]))
    }

    /// Whether the answer names the provider that was asked, or need not (RFC 9207: another's code is not sent on).
    pub async fn is_ours(&self, iss: Option<&str>) -> Result<(), SsoName> {
        let metadata = self.provider.metadata().await.ok_or(SsoName::Unreachable)?;
        match iss {
            Some(iss) if iss == self.provider.issuer => Ok(()),
            None if !metadata.names_itself => Ok(()),
            Some(_) | None => Err(SsoName::Issuer),
        }
    }

    /// Whose staff number the provider vouches for, in answer to what was asked.
    pub async fn identify(&self, asked: &AskedProvider, code: &str, now: Timestamp) -> Result<StaffNo, SsoName> {
        let metadata = self.provider.metadata().await.ok_or(SsoName::Unreachable)?;
        let token = self.provider.redeem(&metadata, code, asked.verifier(), &self.redirect).await?;
        let payload = Zeroizing::new(self.provider.verified(&metadata, &token).await?);
        let expected = Expected {
            issuer: &self.provider.issuer,
            client_id: &self.provider.client_id,
            nonce: asked.nonce(),
            claim: &self.claim,
            asked: asked.since(),
            max_age: self.max_age,
            now,
        };
        claims::staff_no(&payload, &expected)
    }
}

fn read_secret(file: &Path) -> Result<Zeroizing<String>, SsoError> {
    let unreadable = |_: std::io::Error| SsoError::Unreadable(file.into());
    let meta = std::fs::metadata(file).map_err(unreadable)?;
    if open_to_others(&meta) {
        return Err(SsoError::OpenToOthers(file.into()));
    }
    let text = Zeroizing::new(std::fs::read(file).map_err(unreadable)?);
    let text = std::str::from_utf8(&text).map_err(|_| SsoError::NoSecret(file.into()))?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    let one = !text.is_empty() && text.len() <= LONGEST_SECRET && text.bytes().all(|byte| byte.is_ascii_graphic());
    one.then(|| Zeroizing::new(text.to_owned())).ok_or_else(|| SsoError::NoSecret(file.into()))
}
