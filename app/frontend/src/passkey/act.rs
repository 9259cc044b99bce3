//! Doing what a plain form does, with a passkey in place of its code: the form's own endpoint is asked, the
//! challenge that it answers with is bound to the act, and the passkey signs that.

use super::{Trouble, assert, on_press};
use crate::page::{data, find, within};
use crate::wire::{self, Refusal};
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlElement, HtmlFormElement, HtmlInputElement, UrlSearchParams};

/// Brings `data-passkey-act` to life: it holds the endpoint, and `data-choice` the button whose place it takes.
pub fn start() {
    let Some(room) = find("[data-passkey-act]") else { return };
    let then = data(&room, "then");
    on_press(room, then, |room| async move { act(&room).await });
}

async fn act(room: &HtmlElement) -> Result<(), Trouble> {
    let form = filled_in(room).ok_or_else(Refusal::default)?;
    let path = path_of(&data(room, "passkey-act"), &form);
    let refusal = match wire::send::<super::Done>(&path, &form).await {
        Ok(_) => return Ok(()),
        Err(refusal) => refusal,
    };
    let Some(challenge) = refusal.challenge.clone().filter(|_| refusal.code == "step_up_required") else {
        return Err(refusal.into());
    };
    let asked = [("challenge", challenge.as_str())];
    assert("/api/step_up/passkey/begin", "/api/step_up/passkey", &asked).await?;
    if data(room, "then").is_empty() {
        return send_itself(room, &challenge);
    }
    form.set("challenge", &challenge);
    wire::send::<super::Done>(&path, &form).await?;
    Ok(())
}

/// The endpoint, with what the form has under a `{name}` in it, which is then no parameter.
fn path_of(endpoint: &str, form: &UrlSearchParams) -> String {
    let Some((before, name, after)) = endpoint
        .split_once('{')
        .and_then(|(before, rest)| rest.split_once('}').map(|(name, after)| (before, name, after)))
    else {
        return endpoint.to_owned();
    };
    let chosen = form.get(name).unwrap_or_default();
    form.delete(name);
    format!("{before}{chosen}{after}")
}

/// The answer is a file, which a browser takes from a form of its own and this crate has no use for.
fn send_itself(room: &HtmlElement, challenge: &str) -> Result<(), Trouble> {
    let form = form_around(room).ok_or_else(Refusal::default)?;
    let place: HtmlInputElement = within(&form, "[name=challenge]").ok_or_else(Refusal::default)?;
    place.set_value(challenge);
    form.submit().map_err(|_| Refusal::default().into())
}

fn form_around(room: &HtmlElement) -> Option<HtmlFormElement> {
    room.closest("form").ok().flatten()?.dyn_into().ok()
}

/// What stands in the form around a room, but for the code that this is instead of.
fn filled_in(room: &HtmlElement) -> Option<UrlSearchParams> {
    let form = form_around(room)?;
    let entries = FormData::new_with_form(&form).ok()?;
    let values = UrlSearchParams::new_with_record_from_str_to_str(entries.unchecked_ref()).ok()?;
    values.delete("code");
    if let Some((name, value)) = data(room, "choice").split_once('=') {
        values.set(name, value);
    }
    Some(values)
}
