//! Doing what a plain form does, with a passkey in place of its code: the form's own endpoint is asked, the
//! challenge that it answers with is bound to the act, and the passkey signs that.

use super::{Trouble, assert, on_press};
use crate::page::{data, find};
use crate::wire::{self, Refusal};
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlElement, HtmlFormElement, UrlSearchParams};

/// Brings `data-passkey-act` to life: it holds the endpoint, and `data-choice` the button whose place it takes.
pub fn start() {
    let Some(room) = find("[data-passkey-act]") else { return };
    let then = data(&room, "then");
    on_press(room, then, |room| async move { act(&room).await });
}

async fn act(room: &HtmlElement) -> Result<(), Trouble> {
    let path = data(room, "passkey-act");
    let form = filled_in(room).ok_or_else(Refusal::default)?;
    let refusal = match wire::send::<super::Done>(&path, &form).await {
        Ok(_) => return Ok(()),
        Err(refusal) => refusal,
    };
    let Some(challenge) = refusal.challenge.clone().filter(|_| refusal.code == "step_up_required") else {
        return Err(refusal.into());
    };
    let asked = [("challenge", challenge.as_str())];
    assert("/api/step_up/passkey/begin", "/api/step_up/passkey", &asked).await?;
    form.set("challenge", &challenge);
    wire::send::<super::Done>(&path, &form).await?;
    Ok(())
}

/// What stands in the form around a room, but for the code that this is instead of.
fn filled_in(room: &HtmlElement) -> Option<UrlSearchParams> {
    let form: HtmlFormElement = room.closest("form").ok().flatten()?.dyn_into().ok()?;
    let entries = FormData::new_with_form(&form).ok()?;
    let values = UrlSearchParams::new_with_record_from_str_to_str(entries.unchecked_ref()).ok()?;
    values.delete("code");
    if let Some((name, value)) = data(room, "choice").split_once('=') {
        values.set(name, value);
    }
    Some(values)
}
