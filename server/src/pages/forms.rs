//! The plain forms: each does what its endpoint does, then goes on to a page, or shows the same page again
//! with everything that was typed.

use super::{again, go_to};
use crate::api::search_error;
use crate::asked::{Caller, Sent};
use crate::cookies;
use app::lang;
use app::page::Page;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::code::{Code, Fault};
use domain::desk::{Desk, DeskError, Draft, DraftPlace, FormSent, Keep, OpenCase, Seen, Turn};
use domain::id::{CaseId, RequestId, StaffNo};
use domain::search::GuardedSearch;
use std::collections::BTreeMap;
use std::sync::Arc;
use zeroize::Zeroizing;

/// `POST /sign-in`
pub async fn post_sign_in(Sent { caller, mut form, headers }: Sent) -> Response {
    let staff_no = form.text("staff_no").trim().to_lowercase();
    let password = Zeroizing::new(form.text("password"));
    let next = form.take("next").and_then(|address| Page::parse(&address));
    let mut faults = form.faults();
    for (name, value) in [("staff_no", staff_no.as_str()), ("password", password.as_str())] {
        if value.is_empty() && faults.iter().all(|fault| fault.field != name) {
            faults.push(Fault::new(name, "missing"));
        }
    }
    // What is no staff number is not shown again: someone may have typed a password there.
    let shown = StaffNo::parse(&staff_no).map(|no| no.to_string()).unwrap_or_default();
    let mut values = BTreeMap::from([("staff_no".to_owned(), shown)]);
    values.extend(next.as_ref().map(|page| ("next".to_owned(), page.path())));
    if !faults.is_empty() {
        return again(Page::SignIn, caller, &headers, values, DeskError::Invalid(faults)).await;
    }
    match caller.site.office.sign_in(&staff_no, password, &caller.stamp).await {
        Ok(token) => {
            let to = next.map_or_else(|| "/sign-in".into(), |page| app::to_sign_in(&page));
            let mut response = go_to(&to.replacen("/sign-in", "/sign-in/verify", 1));
            cookies::set(response.headers_mut(), cookies::TRY, &token);
            response
        }
        Err(error) => again(Page::SignIn, caller, &headers, values, error).await,
    }
}

/// `POST /sign-in/verify`
pub async fn post_verify(Sent { caller, mut form, headers }: Sent) -> Response {
    let code = Zeroizing::new(form.text("code").trim().to_owned());
    let next = form.take("next").and_then(|address| Page::parse(&address));
    let values = BTreeMap::from_iter(next.as_ref().map(|page| ("next".to_owned(), page.path())));
    let faults = form.faults();
    if !faults.is_empty() {
        return again(Page::Verify, caller, &headers, values, DeskError::Invalid(faults)).await;
    }
    let token = cookies::token(&headers, cookies::TRY);
    match caller.site.office.verify_totp(token.as_ref(), &code, caller.stamp.clone()).await {
        Ok(begun) => {
            let mut response = go_to(&app::to_notice(&next.unwrap_or(Page::Home)));
            cookies::forget(response.headers_mut(), cookies::TRY);
            cookies::set(response.headers_mut(), cookies::SESSION, &begun.token);
            response
        }
        Err(error) => again(Page::Verify, caller, &headers, values, error).await,
    }
}

/// `POST /sign-out`
pub async fn post_sign_out(Sent { caller, .. }: Sent) -> Response {
    if let Ok(desk) = &caller.desk
        && let Err(error) = desk.sign_out().await
    {
        return caller.refused(&error);
    }
    let mut response = go_to("/sign-in");
    cookies::forget(response.headers_mut(), cookies::SESSION);
    response
}

/// `POST /language`
pub async fn post_language(Sent { mut form, headers, .. }: Sent) -> Response {
    let chosen = form.take("language").and_then(|name| lang::parse(&name));
    // Only a path of ours, or the switch would send people anywhere.
    let back =
        form.take("back").filter(|path| path.starts_with('/') && !path.starts_with("//") && !path.contains('\\'));
    let mut response = go_to(&back.unwrap_or_else(|| "/".into()));
    if let Some(chosen) = chosen {
        cookies::set_language(response.headers_mut(), lang::name(chosen));
    }
    drop(headers);
    response
}

/// `POST /cases/close`
pub async fn post_close(Sent { caller, mut form, headers }: Sent) -> Response {
    let case = form.parsed("case_id", CaseId::parse);
    let faults = form.faults();
    let desk = match &caller.desk {
        Ok(desk) => desk.clone(),
        Err(_) => return go_to("/sign-in"),
    };
    let closed = match case.filter(|_| faults.is_empty()) {
        Some(case) => desk.close_case(case).await,
        None => Err(desk.refused(Seen { case, ..Seen::default() }, DeskError::Invalid(faults)).await),
    };
    match closed {
        Ok(()) => go_to("/"),
        Err(error) => again(Page::Refusal(error.code()), caller, &headers, BTreeMap::new(), error).await,
    }
}

/// `POST /customers`: opens a case, unless `case_id` names one, and searches in it, unless no key was given.
/// Sent twice, it is done once.
pub async fn post_customers(Sent { caller, mut form, headers }: Sent) -> Response {
    let once = form.optional("once", RequestId::parse);
    let malformed = form.faults_so_far();
    let pairs = form.rest();
    let once = once.zip(cookies::token(&headers, cookies::SESSION)).map(|(drawing, session)| {
        let drawing = drawing.to_string();
        let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        FormSent::of(&session, pairs.chain([("once", drawing.as_str())]))
    });
    let values: BTreeMap<String, String> = pairs.iter().cloned().collect();
    let sent = Asked::sort(pairs);
    let case = sent.case.as_deref().and_then(|text| CaseId::parse(text).ok());
    let page = Page::Customers { case, result: None };
    let desk = match &caller.desk {
        Ok(desk) => desk.clone(),
        Err(_) => {
            keep_of_lapsed(&caller, &headers, &sent.open.note).await;
            return go_to(&app::to_sign_in(&page));
        }
    };
    if !malformed.is_empty() {
        let error = desk.refused(Seen { case, ..Seen::default() }, DeskError::Invalid(malformed)).await;
        return again(page, caller, &headers, values, error).await;
    }
    if let Some(form) = once {
        match desk.take_turn(form).await {
            Ok(Turn::First) => (),
            Ok(Turn::Again(address)) => return go_to(&address),
            Err(error) => return again(page, caller, &headers, values, error).await,
        }
    }
    let note = sent.open.note.clone();
    let done = open_and_search(&desk, sent, case).await;
    if let Some(form) = once {
        // The case stays, even if the search in it was refused: a repeat must not open another.
        let led_to = match &done {
            Ok(address) => Some(address.clone()),
            Err((Some(case), _)) => Some(format!("/customers?case={case}")),
            Err((None, _)) => None,
        };
        if let Err(error) = desk.end_turn(form, led_to.as_deref()).await {
            tracing::warn!(%error, "a form's turn did not end: a repeat waits in vain");
        }
    }
    match done {
        Ok(address) => go_to(&address),
        // Without the case there is no form to show again; asking for it anew would be a second refusal.
        Err((_, error)) if matches!(error.code(), Code::NotFound | Code::CaseClosed) => {
            again(Page::Refusal(error.code()), caller, &headers, values, error).await
        }
        Err((case, error)) => {
            if case.is_none()
                && let Ok(draft) = Draft::parse(&note)
                && let Err(error) = desk.keep_draft(DraftPlace::CaseNote, draft).await
            {
                tracing::warn!(%error, "a refused note was not kept");
            }
            again(Page::Customers { case, result: None }, caller, &headers, values, error).await
        }
    }
}

/// What someone typed while their session ended is not lost.
async fn keep_of_lapsed(caller: &Caller, headers: &HeaderMap, note: &str) {
    let (Some(token), Ok(draft)) = (cookies::token(headers, cookies::SESSION), Draft::parse(note)) else { return };
    if draft.is_empty() {
        return;
    }
    if let Err(error) = caller.site.office.keep_draft_of_lapsed(&token, DraftPlace::CaseNote, &draft).await {
        tracing::warn!(%error, "a note of an ended session was not kept");
    }
}

/// The one form that opens a case and searches.
struct Asked {
    case: Option<String>,
    open: OpenCase,
    keys: Vec<(String, String)>,
}

impl Asked {
    fn sort(pairs: Vec<(String, String)>) -> Self {
        let mut asked = Self { case: None, open: OpenCase::default(), keys: Vec::new() };
        for (name, value) in pairs {
            match name.as_str() {
                "case_id" => asked.case = Some(value).filter(|value| !value.is_empty()),
                "purpose" => asked.open.purpose = value,
                "ticket" => asked.open.ticket = value.trim().into(),
                "identified" => asked.open.identified = value,
                "note" => asked.open.note = value,
                // A plain form sends its empty boxes too.
                _ if value.trim().is_empty() => (),
                _ => asked.keys.push((name, value)),
            }
        }
        asked
    }
}

/// Where to go on, or in which case what was wrong. A search that does not parse opens no case.
async fn open_and_search(
    desk: &Arc<dyn Desk>,
    asked: Asked,
    case: Option<CaseId>,
) -> Result<String, (Option<CaseId>, DeskError)> {
    let search = match asked.keys.is_empty() {
        true => None,
        false => Some(GuardedSearch::parse(desk.catalogue(), &asked.keys)),
    };
    let search = match search.transpose() {
        Ok(search) => search,
        Err(refusal) => {
            let seen = Seen { case, ..Seen::default() };
            let mut error = search_error(&refusal);
            // No case is opened, so what is wrong with it would only be told the next time.
            if let (DeskError::Invalid(faults), None) = (&mut error, &asked.case) {
                let mut all = asked.open.faults(desk.purposes());
                all.append(faults);
                *faults = all;
            }
            return Err((case, desk.refused(seen, error).await));
        }
    };
    let case = match (case, asked.case) {
        (Some(case), _) => case,
        (None, Some(_)) => {
            return Err((None, desk.refused(Seen::default(), Code::NotFound.into()).await));
        }
        (None, None) => desk.open_case(asked.open).await.map_err(|error| (None, error))?,
    };
    let Some(search) = search else { return Ok(format!("/customers?case={case}")) };
    let searched = desk.search(case, search, Keep::ForPage).await.map_err(|error| (Some(case), error))?;
    Ok(match searched.result {
        Some(result) => format!("/customers?case={case}&result={result}"),
        None => format!("/customers?case={case}"),
    })
}
