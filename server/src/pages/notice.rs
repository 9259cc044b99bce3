//! The notice of secrecy: the page after signing in, and its one form.

use super::{again, draw, go_to, next_in, with_next};
use crate::asked::{Caller, Sent};
use app::page::Page;
use axum::extract::RawQuery;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::audit::fingerprint::Fingerprint;
use domain::desk::{DeskError, Seen};
use std::collections::BTreeMap;

/// `/notice?next=`: whoever has acknowledged it is led on.
pub async fn notice(caller: Caller, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let next = next_in(query);
    match &caller.desk {
        Ok(desk) if desk.acknowledged() => go_to(&next.map_or_else(|| "/".into(), |page| page.path())),
        Ok(_) => draw(Page::Notice, caller, &headers, with_next(next.as_ref())).await,
        Err(_) => go_to(&next.map_or_else(|| "/sign-in".into(), |page| app::to_sign_in(&page))),
    }
}

/// `POST /notice`
pub async fn post_notice(Sent { caller, mut form, headers }: Sent) -> Response {
    let words = form.parsed("notice", |text| Fingerprint::parse(text).ok_or(()));
    let next = form.take("next").and_then(|address| Page::parse(&address)).map(|page| page.path());
    let faults = form.faults();
    let desk = match &caller.desk {
        Ok(desk) => desk.clone(),
        Err(_) => return go_to("/sign-in"),
    };
    let acknowledged = match words.filter(|_| faults.is_empty()) {
        Some(words) => desk.acknowledge(words).await,
        None => Err(desk.refused(Seen::default(), DeskError::Invalid(faults)).await),
    };
    match acknowledged {
        Ok(()) => go_to(next.as_deref().unwrap_or("/")),
        Err(error) => {
            let values = BTreeMap::from_iter(next.map(|next| ("next".to_owned(), next)));
            again(Page::Notice, caller, &headers, values, error).await
        }
    }
}
