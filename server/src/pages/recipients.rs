//! Recipients and the register, by plain forms.

use super::by_code::by_code;
use super::people::refused;
use super::{draw, go_to, page_or_not_found};
use crate::api::recipients::{check_form, recipient_form, recipient_id, word_form};
use crate::asked::{Caller, Sent};
use crate::cookies;
use crate::form::Form;
use app::context::FormState;
use app::page::Page;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::code::Fault;
use domain::desk::{DecideRecipient, DeskError, Seen};
use domain::id::RecipientId;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// `/recipients`
pub async fn recipients(caller: Caller, headers: HeaderMap) -> Response {
    draw(Page::Recipients, caller, &headers, FormState::default()).await
}

/// `/recipients/new`
pub async fn new_recipient(caller: Caller, headers: HeaderMap) -> Response {
    draw(Page::NewRecipient, caller, &headers, FormState::default()).await
}

/// `/recipients/{id}`
pub async fn recipient(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Response {
    page_or_not_found(RecipientId::parse(&id).ok().map(Page::Recipient), caller, &headers).await
}

/// `/supervise/exports`
pub async fn register(caller: Caller, headers: HeaderMap) -> Response {
    draw(Page::ExportRegister, caller, &headers, FormState::default()).await
}

/// All that was sent, to be shown again, and the form once more.
fn typed(form: &mut Form) -> (BTreeMap<String, String>, Form) {
    let pairs = form.rest();
    (pairs.iter().cloned().collect(), Form::of(pairs))
}

/// `POST /recipients/new`
pub async fn post_new_recipient(Sent { caller, mut form, headers }: Sent) -> Response {
    let Ok(desk) = caller.desk.clone() else { return go_to("/sign-in") };
    let (values, mut form) = typed(&mut form);
    let proposed = match recipient_form(&mut form) {
        Ok(asked) => desk.propose_recipient(asked).await,
        Err(faults) => Err(desk.refused(Seen::default(), DeskError::Invalid(faults)).await),
    };
    match proposed {
        Ok(recipient) => go_to(&Page::Recipient(recipient).path()),
        Err(error) => refused(Page::NewRecipient, caller, &headers, values, error).await,
    }
}

fn page_of(form: &Form) -> Page {
    let recipient = form.peek("recipient_id").and_then(|text| RecipientId::parse(text).ok());
    recipient.map_or(Page::Recipients, Page::Recipient)
}

/// `POST /recipients/decide`: with the code that a confirmation takes, in one form.
pub async fn post_decide_recipient(Sent { caller, mut form, headers }: Sent) -> Response {
    let Ok(desk) = caller.desk.clone() else { return go_to("/sign-in") };
    let page = page_of(&form);
    let code = Zeroizing::new(form.take("code").unwrap_or_default().trim().to_owned());
    let (values, mut form) = typed(&mut form);
    let word = match form.take("decision").as_deref() {
        Some("confirm") => word_form(&mut form, true),
        Some("reject") => word_form(&mut form, false),
        Some(_) | None => Err(vec![Fault::new("decision", "malformed")]),
    };
    let word = match word {
        Ok(word) => word,
        Err(faults) => {
            let error = desk.refused(Seen::default(), DeskError::Invalid(faults)).await;
            return refused(page, caller, &headers, values, error).await;
        }
    };
    let act = |challenge| desk.decide_recipient(DecideRecipient { challenge, ..word.clone() });
    let (done, token) = by_code(&*desk, &code, act).await;
    let mut response = match done {
        Ok(()) => go_to(&page.path()),
        Err(error) => refused(page, caller, &headers, values, error).await,
    };
    if let Some(token) = token {
        cookies::set(response.headers_mut(), cookies::SESSION, &token);
    }
    response
}

/// `POST /recipients/end`
pub async fn post_end_recipient(Sent { caller, mut form, headers }: Sent) -> Response {
    let Ok(desk) = caller.desk.clone() else { return go_to("/sign-in") };
    let page = page_of(&form);
    let ended = match recipient_id(&mut form) {
        Ok(recipient) => desk.end_recipient(recipient).await,
        Err(faults) => Err(desk.refused(Seen::default(), DeskError::Invalid(faults)).await),
    };
    match ended {
        Ok(()) => go_to(&page.path()),
        Err(error) => refused(page, caller, &headers, BTreeMap::new(), error).await,
    }
}

/// `POST /supervise/exports/check`
pub async fn post_check(Sent { caller, mut form, headers }: Sent) -> Response {
    let Ok(desk) = caller.desk.clone() else { return go_to("/sign-in") };
    let (values, mut form) = typed(&mut form);
    let checked = match check_form(&mut form) {
        Ok(asked) => desk.check_channel(asked).await,
        Err(faults) => Err(desk.refused(Seen::default(), DeskError::Invalid(faults)).await),
    };
    match checked {
        Ok(_) => go_to(&Page::ExportRegister.path()),
        Err(error) => refused(Page::ExportRegister, caller, &headers, values, error).await,
    }
}
