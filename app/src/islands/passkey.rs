//! Passkeys: making one, and being asked for one. The server says what to sign; the browser and its
//! authenticator do the rest.

mod browser;
mod enrol;
mod sign_in;

use crate::islands::wire::{self, Refusal};
use crate::lang::{Lang, text};
use crate::words;
use browser::Failure;
pub use enrol::EnrolPasskey;
use leptos::prelude::*;
use serde::Deserialize;
pub use sign_in::PasskeySignIn;

/// What the server wants signed.
#[derive(Deserialize)]
struct Options {
    #[serde(rename = "publicKey")]
    public_key: serde_json::Value,
}

#[derive(Deserialize)]
struct Done {}

/// Why it did not go through.
pub enum Trouble {
    /// The browser or its authenticator did not.
    Browser(Failure),
    /// The server did not take it.
    Server(Refusal),
}

impl Trouble {
    /// What happened and what to do.
    pub fn sentence(&self, lang: Lang) -> String {
        match self {
            Trouble::Browser(Failure::Unsupported) => text!(lang, passkey.unsupported),
            Trouble::Browser(Failure::Dismissed) => text!(lang, passkey.dismissed),
            Trouble::Browser(Failure::Already) => text!(lang, passkey.already),
            Trouble::Server(refusal) if refusal.faults.iter().any(|fault| fault.field == "name") => {
                text!(lang, passkey.bad_name)
            }
            Trouble::Server(refusal) => {
                words::sentence_of(lang, &refusal.code).unwrap_or_else(|| text!(lang, passkey.unreachable))
            }
        }
    }

    /// Whether the challenge is as good as before, so that another answer makes sense.
    pub fn leaves_the_challenge(&self) -> bool {
        const AGAIN: [&str; 8] = [
            "code_wrong",
            "code_used",
            "passkey_wrong",
            "passkey_not_verified",
            "challenge_other_act",
            "invalid",
            "busy",
            "",
        ];
        match self {
            Trouble::Browser(_) => true,
            Trouble::Server(refusal) => AGAIN.contains(&refusal.code.as_str()),
        }
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Trouble::Browser(failure)
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Trouble::Server(refusal)
    }
}

/// Why the last try did not go through; announced when it appears.
fn complaint(words: String) -> impl IntoView {
    view! { <div class="reveal-problem" role="alert"><p>{words}</p></div> }
}

/// Has the browser sign what `begin` asks for, and sends that to `end`.
pub async fn assert(begin: &str, end: &str, form: &[(&str, &str)]) -> Result<(), Trouble> {
    let options: Options = wire::post(begin, form).await?;
    let assertion = browser::get(&options.public_key).await?;
    let mut form = form.to_vec();
    form.push(("assertion", &assertion));
    let Done {} = wire::post(end, &form).await?;
    Ok(())
}

/// Has the browser make a credential for what the server allows under this challenge, and enrols it.
async fn enrol(name: &str, challenge: &str) -> Result<(), Trouble> {
    let mut form = vec![("name", name), ("challenge", challenge)];
    let options: Options = wire::post("/api/passkeys/begin", &form).await?;
    let credential = browser::create(&options.public_key).await?;
    form.push(("credential", &credential));
    let Done {} = wire::post("/api/passkeys/finish", &form).await?;
    Ok(())
}
