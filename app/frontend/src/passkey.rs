//! Passkeys: making one, and being asked for one. The server says what to sign; the browser and its
//! authenticator do the rest.

mod act;
mod browser;
mod enrol;
mod sign_in;

use crate::page::{around, copy_of, fault, hear, ready, show_busy, window, within, words};
use crate::wire::{self, Refusal};
use browser::Failure;
use serde::Deserialize;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlElement};

/// Brings to life what the page has of them.
pub fn start() {
    act::start();
    sign_in::start();
    enrol::start();
}

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
    pub fn sentence(&self) -> String {
        let said = match self {
            Trouble::Browser(Failure::Unsupported) => words("passkey_unsupported"),
            Trouble::Browser(Failure::Dismissed) => words("passkey_dismissed"),
            Trouble::Browser(Failure::Already) => words("passkey_already"),
            Trouble::Server(refusal) if refusal.faults.iter().any(|fault| fault.field == "name") => {
                words("passkey_bad_name")
            }
            Trouble::Server(refusal) if !refusal.faults.is_empty() => {
                let told = refusal.faults.iter().map(|one| fault(&one.code, &format!("field-{}", one.field)));
                Some(told.collect::<Vec<_>>().join(" "))
            }
            Trouble::Server(refusal) => words(&format!("code.{}", refusal.code)),
        };
        said.or_else(|| words("passkey_unreachable")).unwrap_or_default()
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

/// Says at the head of a room why the last try did not go through, or that nothing is wrong any more.
fn complain(room: &Element, trouble: Option<&Trouble>) {
    if let Some(before) = within::<Element>(room, "[role=alert]") {
        before.remove();
    }
    let Some((trouble, alert)) = trouble.zip(copy_of::<Element>("passkey-trouble")) else { return };
    if let Some(place) = within::<Element>(&alert, "p") {
        place.set_text_content(Some(&trouble.sentence()));
    }
    let _ = room.prepend_with_node_1(&alert);
}

/// Does something by a passkey at a press in the room, once at a time, and then shows the page `then`.
fn on_press<F>(room: HtmlElement, then: String, act: impl Fn(HtmlElement) -> F + 'static)
where
    F: Future<Output = Result<(), Trouble>> + 'static,
{
    let busy = Rc::new(Cell::new(false));
    ready(&room);
    hear(&room.clone(), "click", move |event| {
        if around(event, "[data-do]").is_none() || busy.replace(true) {
            return;
        }
        let (room, busy, then, doing) = (room.clone(), busy.clone(), then.clone(), act(room.clone()));
        show_busy(&room, true);
        complain(&room, None);
        spawn_local(async move {
            match doing.await {
                // A form that sent itself for a file: the page stays, and its challenge is spent.
                Ok(()) if then.is_empty() => show_busy(&room, false),
                Ok(()) => drop(window().location().replace(&then)),
                Err(trouble) => {
                    complain(&room, Some(&trouble));
                    show_busy(&room, false);
                    busy.set(false);
                }
            }
        });
    });
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
