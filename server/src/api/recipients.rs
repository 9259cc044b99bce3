//! To whom files go (E1), and checks of the ways by which data may leave (JR/T 0171 6.1.4.2 g).

use super::exports::{done, malformed, told};
use crate::asked::Asked;
use crate::form::Form;
use axum::response::Response;
use domain::code::Fault;
use domain::desk::{CheckChannel, DecideRecipient, ProposeRecipient, RecipientView};
use domain::id::{BadId, Challenge, CheckId, RecipientId};
use serde::Serialize;

#[derive(Serialize)]
struct Recipients {
    recipients: Vec<RecipientView>,
}

#[derive(Serialize)]
struct Proposed {
    recipient_id: RecipientId,
}

#[derive(Serialize)]
struct Checked {
    check_id: CheckId,
}

/// The one parameter of some.
pub(crate) fn recipient_id(form: &mut Form) -> Result<RecipientId, Vec<Fault>> {
    let recipient = form.parsed("recipient_id", RecipientId::parse);
    let faults = form.faults();
    recipient.filter(|_| faults.is_empty()).ok_or(faults)
}

/// A new recipient, as a form gives it.
pub(crate) fn recipient_form(form: &mut Form) -> Result<ProposeRecipient, Vec<Fault>> {
    let asked = ProposeRecipient {
        name: form.text("name"),
        kind: form.text("kind"),
        contact: form.text("contact"),
        key: form.text("key"),
        assessment: form.text("assessment"),
        assessed_until: form.text("assessed_until"),
        commitment: form.text("commitment"),
    };
    let faults = form.faults();
    if faults.is_empty() { Ok(asked) } else { Err(faults) }
}

/// A second person's word, as a form gives it. The channel may be left out to reject.
pub(crate) fn word_form(form: &mut Form, confirm: bool) -> Result<DecideRecipient, Vec<Fault>> {
    let recipient = form.parsed("recipient_id", RecipientId::parse);
    let channel = if confirm { form.text("channel") } else { form.take("channel").unwrap_or_default() };
    let note = form.text("note");
    let challenge = form.optional("challenge", Challenge::parse);
    let faults = form.faults();
    match recipient {
        Some(recipient) if faults.is_empty() => Ok(DecideRecipient { recipient, confirm, channel, note, challenge }),
        Some(_) | None => Err(faults),
    }
}

/// A check, as a form gives it.
pub(crate) fn check_form(form: &mut Form) -> Result<CheckChannel, Vec<Fault>> {
    let channel = form.text("channel");
    let sound = form.parsed("sound", |text| match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(BadId),
    });
    let (note, due_days) = (form.text("note"), form.text("due_days"));
    let faults = form.faults();
    match sound {
        Some(sound) if faults.is_empty() => Ok(CheckChannel { channel, sound, note, due_days }),
        Some(_) | None => Err(faults),
    }
}

/// `/api/recipients/list`
pub async fn list(Asked { desk, caller, mut form }: Asked) -> Response {
    match form.faults() {
        faults if faults.is_empty() => {
            told(&caller, desk.recipients().await.map(|recipients| Recipients { recipients }))
        }
        faults => malformed(&caller, faults).await,
    }
}

/// `/api/recipients/view`
pub async fn view(Asked { desk, caller, mut form }: Asked) -> Response {
    match recipient_id(&mut form) {
        Ok(recipient) => told(&caller, desk.recipient(recipient).await),
        Err(faults) => malformed(&caller, faults).await,
    }
}

/// `/api/recipients/propose`
pub async fn propose(Asked { desk, caller, mut form }: Asked) -> Response {
    match recipient_form(&mut form) {
        Ok(asked) => told(&caller, desk.propose_recipient(asked).await.map(|recipient_id| Proposed { recipient_id })),
        Err(faults) => malformed(&caller, faults).await,
    }
}

/// `/api/recipients/confirm`
pub async fn confirm(asked: Asked) -> Response {
    word(asked, true).await
}

/// `/api/recipients/reject`
pub async fn reject(asked: Asked) -> Response {
    word(asked, false).await
}

async fn word(Asked { desk, caller, mut form }: Asked, confirm: bool) -> Response {
    match word_form(&mut form, confirm) {
        Ok(word) => done(&caller, desk.decide_recipient(word).await),
        Err(faults) => malformed(&caller, faults).await,
    }
}

/// `/api/recipients/end`
pub async fn end(Asked { desk, caller, mut form }: Asked) -> Response {
    match recipient_id(&mut form) {
        Ok(recipient) => done(&caller, desk.end_recipient(recipient).await),
        Err(faults) => malformed(&caller, faults).await,
    }
}

/// `/api/channels/check`
pub async fn check(Asked { desk, caller, mut form }: Asked) -> Response {
    match check_form(&mut form) {
        Ok(asked) => told(&caller, desk.check_channel(asked).await.map(|check_id| Checked { check_id })),
        Err(faults) => malformed(&caller, faults).await,
    }
}
