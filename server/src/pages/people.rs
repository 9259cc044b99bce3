//! Staff administration by plain forms, each doing what its endpoint does; and the page of a one-time link.

use super::by_code::by_code;
use super::{again, draw, go_to, page_or_not_found};
use crate::api::{decide_form, path_of, propose_form, use_form};
use crate::asked::{Caller, Sent};
use crate::cookies;
use app::context::FormState;
use app::page::{EnrolOnce, LinkOnce, NewFactor, Page};
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::code::Code;
use domain::desk::{Decide, DeskError, EnrolToken, Seen};
use domain::id::{ProposalId, StaffNo};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// `/admin/staff`
pub async fn staff(caller: Caller, headers: HeaderMap) -> Response {
    draw(Page::Staff, caller, &headers, FormState::default()).await
}

/// `/admin/staff/{no}`
pub async fn person(caller: Caller, Path(no): Path<String>, headers: HeaderMap) -> Response {
    page_or_not_found(StaffNo::parse(&no).ok().map(Page::Person), caller, &headers).await
}

/// `/admin/proposals`
pub async fn proposals(caller: Caller, headers: HeaderMap) -> Response {
    draw(Page::Proposals, caller, &headers, FormState::default()).await
}

/// `/admin/proposals/{id}`
pub async fn proposal(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Response {
    page_or_not_found(ProposalId::parse(&id).ok().map(Page::Proposal), caller, &headers).await
}

/// The page again, unless whoever asked may not see it or it is not there: that was recorded once already.
pub(super) async fn refused(
    page: Page,
    caller: Caller,
    headers: &HeaderMap,
    values: BTreeMap<String, String>,
    error: DeskError,
) -> Response {
    match error.code() {
        code @ (Code::NotPermitted | Code::NotFound | Code::SignedOut) => {
            draw(Page::Refusal(code), caller, headers, FormState::default()).await
        }
        _ => again(page, caller, headers, values, error).await,
    }
}

/// `POST /admin/staff/propose`
pub async fn post_propose(Sent { caller, mut form, headers }: Sent) -> Response {
    let Ok(desk) = caller.desk.clone() else { return go_to("/sign-in") };
    let asked = propose_form(&mut form);
    let faults = form.faults();
    let done = match asked.clone().filter(|_| faults.is_empty()) {
        Some(asked) => desk.propose_change(asked).await,
        None => Err(desk.refused(Seen::default(), DeskError::Invalid(faults)).await),
    };
    match (done, asked) {
        (Ok(proposal), _) => go_to(&format!("/admin/proposals/{proposal}")),
        (Err(error), Some(domain::desk::Propose::Invite { staff_no, person, name, role, unit })) => {
            let values = [
                ("staff_no", staff_no.to_string()),
                ("person", person.to_string()),
                ("name", name.as_str().to_owned()),
                ("role", role.as_str().to_owned()),
                ("unit", unit.to_string()),
            ];
            let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            refused(Page::Staff, caller, &headers, values, error).await
        }
        (Err(error), Some(asked)) => {
            refused(Page::Person(asked.staff_no().clone()), caller, &headers, BTreeMap::new(), error).await
        }
        (Err(error), None) => refused(Page::Staff, caller, &headers, BTreeMap::new(), error).await,
    }
}

/// `POST /admin/staff/suspend`
pub async fn post_suspend(sent: Sent) -> Response {
    at_once(sent, true).await
}

/// `POST /admin/staff/unlock`
pub async fn post_unlock(sent: Sent) -> Response {
    at_once(sent, false).await
}

async fn at_once(Sent { caller, mut form, headers }: Sent, suspend: bool) -> Response {
    let Ok(desk) = caller.desk.clone() else { return go_to("/sign-in") };
    let staff_no = form.parsed("staff_no", StaffNo::parse);
    let faults = form.faults();
    let Some(staff_no) = staff_no.filter(|_| faults.is_empty()) else {
        let error = desk.refused(Seen::default(), DeskError::Invalid(faults)).await;
        return refused(Page::Staff, caller, &headers, BTreeMap::new(), error).await;
    };
    let done = match suspend {
        true => desk.suspend_staff(staff_no.clone()).await,
        false => desk.unlock_staff(staff_no.clone()).await,
    };
    match done {
        Ok(()) => go_to(&format!("/admin/staff/{staff_no}")),
        Err(error) => refused(Page::Person(staff_no), caller, &headers, BTreeMap::new(), error).await,
    }
}

/// `POST /admin/proposals/decide`: with the code that a confirmation takes, in one form.
pub async fn post_decide(Sent { caller, mut form, headers }: Sent) -> Response {
    let Ok(desk) = caller.desk.clone() else { return go_to("/sign-in") };
    let code = Zeroizing::new(form.take("code").unwrap_or_default().trim().to_owned());
    let mut sent = BTreeMap::new();
    // What a form without a script brings along, to be shown again.
    if let Some(note) = form.peek("note") {
        sent.insert("note".to_owned(), note.to_owned());
    }
    let proposal = form.peek("proposal_id").and_then(|text| ProposalId::parse(text).ok());
    let page = proposal.map_or(Page::Proposals, Page::Proposal);
    let decision = match decide_form(&mut form) {
        Ok(decision) => decision,
        Err(faults) => {
            let error = desk.refused(Seen::default(), DeskError::Invalid(faults)).await;
            return refused(page, caller, &headers, sent, error).await;
        }
    };
    let act = |challenge| desk.decide_change(Decide { challenge, ..decision.clone() });
    let (done, token) = by_code(&*desk, &code, act).await;
    let mut response = match done {
        Ok(()) => go_to(&page.path()),
        Err(error) => refused(page, caller, &headers, sent, error).await,
    };
    if let Some(token) = token {
        cookies::set(response.headers_mut(), cookies::SESSION, &token);
    }
    response
}

/// `POST /admin/proposals/link`: answered by the link itself, since it is stored nowhere that a redirect could
/// lead to. Sent again, it is refused.
pub async fn post_link(Sent { caller, mut form, headers }: Sent) -> Response {
    let Ok(desk) = caller.desk.clone() else { return go_to("/sign-in") };
    let proposal = form.parsed("proposal_id", ProposalId::parse);
    let faults = form.faults();
    let Some(proposal) = proposal.filter(|_| faults.is_empty()) else {
        let error = desk.refused(Seen::default(), DeskError::Invalid(faults)).await;
        return refused(Page::Proposals, caller, &headers, BTreeMap::new(), error).await;
    };
    let taken = match desk.take_link(proposal).await {
        Ok(link) => desk.proposal(proposal).await.map(|(view, _)| (link, view)),
        Err(error) => Err(error),
    };
    match taken {
        Ok((link, view)) => {
            let site = caller.site.origins.first().cloned().unwrap_or_default();
            let address = Zeroizing::new(format!("{site}{}", path_of(&link)));
            let once = LinkOnce { proposal, staff_no: view.staff_no.to_string(), address, expires: link.expires };
            draw(Page::Link(once), caller, &headers, FormState::default()).await
        }
        Err(error) => refused(Page::Proposal(proposal), caller, &headers, BTreeMap::new(), error).await,
    }
}

/// `/enrol/{token}`
pub async fn enrol(caller: Caller, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let token = Zeroizing::new(token);
    opened(caller, token, None, &headers, FormState::default()).await
}

/// The link's page, once its opening is recorded; whatever is wrong with the link is one refusal.
async fn opened(
    caller: Caller,
    token: Zeroizing<String>,
    factor: Option<&str>,
    headers: &HeaderMap,
    form: FormState,
) -> Response {
    let secret = EnrolToken::parse(&token);
    match caller.site.office.open_link(secret.as_ref(), factor, caller.stamp.clone()).await {
        Ok(shown) => {
            let factor =
                shown.factor.map(|factor| NewFactor { secret: factor.secret, uri: factor.uri, sealed: factor.sealed });
            let once = EnrolOnce { token, change: shown.change, factor };
            draw(Page::Enrol(once), caller, headers, form).await
        }
        Err(error) => draw(Page::Refusal(error.code()), caller, headers, FormState::default()).await,
    }
}

/// `POST /enrol/{token}`
pub async fn post_enrol(Path(token): Path<String>, Sent { caller, mut form, headers }: Sent) -> Response {
    let token = Zeroizing::new(token);
    let asked = use_form(&mut form, &token);
    let faults = form.faults();
    // What is no staff number is not shown again: someone may have typed a password there.
    let shown = StaffNo::parse(&asked.staff_no).map(|no| no.to_string()).unwrap_or_default();
    let values = BTreeMap::from([("staff_no".to_owned(), shown)]);
    let factor = asked.factor.clone();
    let done = match faults.is_empty() {
        true => caller.site.office.use_link(asked, caller.stamp.clone()).await,
        false => Err(DeskError::Invalid(faults)),
    };
    match done {
        Ok(()) => go_to("/sign-in"),
        Err(DeskError::Invalid(faults)) => {
            opened(caller, token, Some(&factor), &headers, FormState { values, faults, ..FormState::default() }).await
        }
        Err(error) if error.code() == Code::CodeWrong => {
            let form = FormState { values, code: Some(Code::CodeWrong), ..FormState::default() };
            opened(caller, token, Some(&factor), &headers, form).await
        }
        Err(error) => draw(Page::Refusal(error.code()), caller, &headers, FormState::default()).await,
    }
}
