//! The log as files, as any C2SP tlog tool reads it (<https://c2sp.org/tlog-tiles>): the checkpoint, tiles
//! of hashes, and, for an auditor, bundles of entries.

use crate::answer;
use crate::asked::Caller;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::audit::tile::TilePath;
use domain::code::Code;
use domain::desk::Seen;

fn bytes(kind: &'static str, body: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        // Behind a session, so that no cache may keep it, though a full tile never changes.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, body).into_response()
}

/// `/log/checkpoint`
pub async fn checkpoint(caller: Caller) -> Response {
    let desk = match &caller.desk {
        Ok(desk) => desk,
        Err(error) => return answer::refusal(error, caller.stamp.request),
    };
    match desk.checkpoint().await {
        Ok(note) => bytes("text/plain; charset=utf-8", note.into_bytes()),
        Err(error) => caller.refused(&error),
    }
}

/// `/log/tile/{level}/{n}`, `/log/tile/entries/{n}`; `n` in groups of three digits, `.p/{w}` for a tile that
/// is not full.
pub async fn tile(caller: Caller, Path(path): Path<String>) -> Response {
    let desk = match &caller.desk {
        Ok(desk) => desk,
        Err(error) => return answer::refusal(error, caller.stamp.request),
    };
    let Ok(path) = TilePath::parse(&format!("tile/{path}")) else {
        return caller.refuse(Seen::default(), Code::NotFound.into()).await;
    };
    match desk.tile(path).await {
        Ok(tile) => bytes("application/octet-stream", tile),
        Err(error) => caller.refused(&error),
    }
}
