//! Searching, the masked card, and revealing one value.

use super::search_error;
use crate::answer;
use crate::asked::Asked;
use axum::response::Response;
use domain::desk::{DeskError, Keep, RevealForm, Seen};
use domain::id::{CaseId, Challenge, FieldName, Handle, Item, ReasonCode};
use domain::search::GuardedSearch;

/// `/api/customers/search`
pub async fn search(Asked { desk, caller, mut form }: Asked) -> Response {
    let case = form.parsed("case_id", CaseId::parse);
    let seen = Seen { case, ..Seen::default() };
    let keys = form.rest();
    let Some(case) = case else {
        return caller.refuse(seen, DeskError::Invalid(form.faults())).await;
    };
    let search = match GuardedSearch::parse(desk.catalogue(), &keys) {
        Ok(search) => search,
        Err(refusal) => return caller.refuse(seen, search_error(&refusal)).await,
    };
    match desk.search(case, search, Keep::No).await {
        Ok(searched) => answer::json(&searched.found),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/customers/view`
pub async fn view(Asked { desk, caller, mut form }: Asked) -> Response {
    let case = form.parsed("case_id", CaseId::parse);
    let customer = form.parsed("customer_id", Handle::parse);
    let faults = form.faults();
    let Some((case, customer)) = case.zip(customer).filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen { case, ..Seen::default() }, DeskError::Invalid(faults)).await;
    };
    match desk.view(case, customer).await {
        Ok(card) => answer::json(&card),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/customers/reveal`
pub async fn reveal(Asked { desk, caller, mut form }: Asked) -> Response {
    let case = form.parsed("case_id", CaseId::parse);
    let customer = form.parsed("customer_id", Handle::parse);
    let field = form.parsed("field", FieldName::parse);
    let item = form.take("item").map(|text| Item::parse(&text));
    let reason = form.parsed("reason", ReasonCode::parse);
    let note = form.take("note");
    let challenge = form.optional("challenge", Challenge::parse);
    let mut faults = form.faults();
    let item = item.unwrap_or(Ok(Item::FIRST)).map_err(|_| faults.push(domain::code::Fault::new("item", "malformed")));
    let seen = Seen { case, field: field.clone(), item: item.ok(), reason: reason.clone() };
    let (Some(case), Some(customer), Some(field), Ok(item), Some(reason), []) =
        (case, customer, field, item, reason, &faults[..])
    else {
        return caller.refuse(seen, DeskError::Invalid(faults)).await;
    };
    match desk.reveal(RevealForm { case, customer, field, item, reason, note, challenge }).await {
        Ok(shown) => answer::json(&shown),
        Err(error) => caller.refused(&error),
    }
}
