//! The live tail on the wire: server-sent events, a line each, in the reader's words.

use crate::asked::Caller;
use crate::filters::{self, PAGE};
use crate::form::Form;
use crate::{answer, cookies};
use app::lang::{self, Lang};
use app::words::happened::Names;
use axum::extract::RawQuery;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use domain::code::Fault;
use domain::desk::{Desk, DeskError, News, Seen, Tail};
use futures_core::Stream;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// Lines that may wait for a slow reader; beyond it the tail waits too.
const WAITING: usize = 64;

/// What the connection reads from.
struct Told(mpsc::Receiver<Event>);

impl Stream for Told {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|event| event.map(Ok))
    }
}

/// `/supervise/events/tail?…&after=`
pub async fn tail(caller: Caller, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let desk = match &caller.desk {
        Ok(desk) => desk.clone(),
        Err(error) => return answer::refusal(error, caller.stamp.request),
    };
    let asked = match Form::parse(query.unwrap_or_default().as_bytes()) {
        Ok(mut form) => {
            let filters = PAGE.filters(&mut form);
            let after = form.optional("after", filters::seq);
            let faults = form.faults();
            if faults.is_empty() { Ok((filters, after)) } else { Err(faults) }
        }
        Err(_) => Err(vec![Fault::new("", "malformed")]),
    };
    let (filters, after) = match asked {
        Ok(asked) => asked,
        Err(faults) => return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await,
    };
    let tail = match desk.tail(filters, after).await {
        Ok(tail) => tail,
        Err(error) => return caller.refused(&error),
    };
    let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let lang = lang::choose(cookies::sent(&headers, cookies::LANGUAGE), accept);
    let (lines, told) = mpsc::channel(WAITING);
    tokio::spawn(follow(tail, desk, lang, lines));
    let mut response = Sse::new(Told(told)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Tells lines until the tail ends or nobody listens; then the reading is closed (A7), whichever it was.
async fn follow(mut tail: Box<dyn Tail>, desk: Arc<dyn Desk>, lang: Lang, lines: mpsc::Sender<Event>) {
    loop {
        let news = tokio::select! {
            news = tail.next() => news,
            () = lines.closed() => break,
        };
        let sent = match news {
            News::Rows(rows) => {
                let names = Names::of(&*desk, lang);
                let events: Vec<Event> = rows
                    .iter()
                    .filter_map(|row| Event::default().event("line").json_data(names.line(row)).ok())
                    .collect();
                send(&lines, events).await
            }
            News::Quiet => send(&lines, vec![Event::default().comment("quiet")]).await,
            News::Ended(error) => {
                send(&lines, vec![Event::default().event("end").data(error.code().as_str())]).await;
                false
            }
        };
        if !sent {
            break;
        }
    }
    drop(lines);
    tail.close().await;
}

async fn send(lines: &mpsc::Sender<Event>, events: Vec<Event>) -> bool {
    for event in events {
        if lines.send(event).await.is_err() {
            return false;
        }
    }
    true
}
