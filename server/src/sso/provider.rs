//! The provider as it describes itself (OpenID Connect Discovery 1.0), its keys, and the one thing asked of it for each
//! sign-in: a token for a code. What it says of itself is held, and asked again after an hour, or at once when a
//! token names a key that is not known; either way no oftener than a pause allows, whoever sends what.

use super::client::{Address, Client, NoAnswer};
use super::jws::{Key, Signed, keys_of};
use domain::audit::event::SsoName;
use http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;
use zeroize::Zeroizing;

/// For how long what the provider says of itself is believed.
const FRESH: Duration = Duration::from_secs(60 * 60);
/// The least between two questions of the same sort.
const PAUSE: Duration = Duration::from_secs(2);

/// Where the provider does what.
pub struct Metadata {
    /// Where browsers go.
    pub authorization: Address,
    token: Address,
    keys: Address,
    basic: bool,
    /// Whether its answers name it (RFC 9207).
    pub names_itself: bool,
}

#[derive(Deserialize)]
struct Discovered {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Deserialize)]
struct Redeemed {
    id_token: String,
}

#[derive(Deserialize)]
struct Refused {
    error: String,
}

/// The provider, and who we are to it.
pub struct Provider {
    /// Its name, letter by letter.
    pub issuer: String,
    /// Ours.
    pub client_id: String,
    /// Proves that it is us.
    pub secret: Zeroizing<String>,
    /// How it is asked.
    pub client: Client,
    /// What it says of itself.
    pub metadata: Held<Metadata>,
    /// What it signs with.
    pub keys: Held<Vec<Key>>,
}

impl Provider {
    /// What it says of itself; none if it does not answer.
    pub async fn metadata(&self) -> Option<Arc<Metadata>> {
        self.metadata.get(|_| true, async || self.discover().await).await
    }

    async fn discover(&self) -> Option<Metadata> {
        let place = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let address = Address::parse(&place)?;
        let body = told("its description", self.client.get(&address).await)?;
        let found = serde_json::from_slice::<Discovered>(&body).ok().and_then(|found| self.believed(found, &address));
        if found.is_none() {
            tracing::warn!(
                "the identity provider's description is none, is another issuer's, or asks for what is not done"
            );
        }
        found
    }

    /// A provider speaks for itself alone, and once asked by TLS leads nowhere else.
    fn believed(&self, found: Discovered, address: &Address) -> Option<Metadata> {
        let parse = |text: &str| Address::parse(text).filter(|to| to.is_secure() || !address.is_secure());
        let methods = found.token_endpoint_auth_methods_supported;
        let takes = |method: &str| methods.as_ref().is_some_and(|all| all.iter().any(|one| one == method));
        let basic = methods.is_none() || takes("client_secret_basic");
        let ours = found.issuer == self.issuer && (basic || takes("client_secret_post"));
        ours.then_some(())?;
        Some(Metadata {
            authorization: parse(&found.authorization_endpoint)?,
            token: parse(&found.token_endpoint)?,
            keys: parse(&found.jwks_uri)?,
            basic,
            names_itself: found.authorization_response_iss_parameter_supported,
        })
    }

    /// The ID token for a code.
    pub async fn redeem(
        &self,
        metadata: &Metadata,
        code: &str,
        verifier: &str,
        redirect: &str,
    ) -> Result<Zeroizing<String>, SsoName> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("code_verifier", verifier),
        ];
        let basic = metadata.basic.then(|| self.basic());
        if basic.is_none() {
            form.extend([("client_id", self.client_id.as_str()), ("client_secret", &self.secret)]);
        }
        let answer = self.client.post(&metadata.token, basic.as_ref().map(|basic| basic.as_str()), &form).await;
        match answer {
            Ok((StatusCode::OK, body)) => {
                let token = serde_json::from_slice::<Redeemed>(&body).map_err(|_| SsoName::Malformed)?;
                Ok(Zeroizing::new(token.id_token))
            }
            Ok((status, body)) if status.is_client_error() => {
                let error = serde_json::from_slice::<Refused>(&body).map_or("other", |refused| known(&refused.error));
                tracing::warn!(status = status.as_u16(), error, "the identity provider did not take its code");
                Err(SsoName::Code)
            }
            answer => {
                told("a token", answer);
                Err(SsoName::Unreachable)
            }
        }
    }

    /// RFC 6749 2.3.1: each half is escaped as in a form.
    fn basic(&self) -> Zeroizing<String> {
        let escaped = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = Zeroizing::new(format!("{}:{}", escaped(&self.client_id), escaped(&self.secret)));
        Zeroizing::new(data_encoding::BASE64.encode(pair.as_bytes()))
    }

    /// What a token says, if the provider signed it. Its keys are asked for again when it names none of them.
    pub async fn verified(&self, metadata: &Metadata, token: &str) -> Result<Vec<u8>, SsoName> {
        let signed = Signed::parse(token)?;
        let keys = self.keys.get(
            |keys| signed.is_known(keys),
            async || {
                let body = told("its keys", self.client.get(&metadata.keys).await)?;
                keys_of(&body)
            },
        );
        let keys = keys.await.ok_or(SsoName::Unreachable)?;
        signed.verified(&keys)
    }
}

/// The body of an answer that is one.
fn told(what: &'static str, answer: Result<(StatusCode, axum::body::Bytes), NoAnswer>) -> Option<axum::body::Bytes> {
    match answer {
        Ok((StatusCode::OK, body)) => return Some(body),
        Ok((status, _)) => tracing::warn!(what, status = status.as_u16(), "the identity provider answered otherwise"),
        Err(error) => tracing::warn!(what, %error, "the identity provider did not answer"),
    }
    None
}

/// The errors that RFC 6749 5.2 knows; what else a provider writes is not repeated.
fn known(error: &str) -> &'static str {
    const KNOWN: [&str; 5] =
        ["invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type"];
    KNOWN.into_iter().find(|known| *known == error).unwrap_or("other")
}

/// Something of the provider's, held for a while. Who comes while it is asked for waits for that one answer.
pub struct Held<T> {
    state: Mutex<State<T>>,
    failed: AtomicBool,
}

struct State<T> {
    held: Option<(Instant, Arc<T>)>,
    asked: Option<Instant>,
}

impl<T> Default for Held<T> {
    fn default() -> Self {
        Self { state: Mutex::new(State { held: None, asked: None }), failed: AtomicBool::new(false) }
    }
}

impl<T> Held<T> {
    /// What is held, asked for anew if it is old or does not serve. Where nothing new comes the old stays.
    pub async fn get(&self, serves: impl Fn(&T) -> bool, ask: impl AsyncFnOnce() -> Option<T>) -> Option<Arc<T>> {
        let mut state = self.state.lock().await;
        let fits = state.held.as_ref().is_some_and(|(since, held)| since.elapsed() < FRESH && serves(held));
        let rested = state.asked.is_none_or(|asked| asked.elapsed() >= PAUSE);
        if !fits && rested {
            let found = ask().await;
            // From the answer on: a provider that is slow is not asked by everyone who waited.
            state.asked = Some(Instant::now());
            self.failed.store(found.is_none(), Ordering::Relaxed);
            if let Some(found) = found {
                state.held = Some((Instant::now(), Arc::new(found)));
            }
        }
        state.held.as_ref().map(|(_, held)| held.clone())
    }

    /// Whether nothing came when it was last asked for.
    pub fn failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(issuer: &str) -> Provider {
        Provider {
            issuer: issuer.into(),
            client_id: "grille".into(),
            secret: Zeroizing::new("a secret".into()),
            client: Client::new(None, false).unwrap(),
            metadata: Held::default(),
            keys: Held::default(),
        }
    }

    #[test]
    fn u9_a_provider_that_is_asked_by_tls_leads_to_nothing_else() {
        let described = |issuer: &str, token: &str| {
            let found = Discovered {
                issuer: issuer.into(),
                authorization_endpoint: format!("{issuer}/authorize"),
                token_endpoint: token.into(),
                jwks_uri: format!("{issuer}/keys"),
                token_endpoint_auth_methods_supported: None,
                authorization_response_iss_parameter_supported: false,
            };
            provider(issuer).believed(found, &Address::parse(issuer).unwrap()).is_some()
        };
        assert!(described("https://id.bank.example", "https://token.bank.example/token"));
        assert!(described("http://127.0.0.1:9000", "http://127.0.0.1:9000/token"));
        assert!(!described("https://id.bank.example", "http://127.0.0.1:9000/token"), "not even to this machine");
    }

    #[tokio::test]
    async fn u9_what_a_provider_says_of_itself_is_asked_for_once_however_many_wait() {
        let (held, mut asked) = (Held::default(), 0);
        for n in 0..100 {
            let found = held
                .get(
                    |n| *n < 50,
                    async || {
                        asked += 1;
                        Some(n)
                    },
                )
                .await;
            assert_eq!(found.as_deref(), Some(&0));
        }
        assert_eq!(asked, 1);
        let found = held.get(|_| false, async || panic!("it was asked just now")).await;
        assert_eq!(found.as_deref(), Some(&0), "what is held is all there is");
    }

    #[tokio::test]
    async fn u9_a_provider_that_is_down_is_not_asked_by_everyone() {
        let held = Held::<u8>::default();
        assert!(held.get(|_| true, async || None).await.is_none() && held.failed());
        for _ in 0..100 {
            assert!(held.get(|_| true, async || panic!("too soon")).await.is_none());
        }
    }
}
