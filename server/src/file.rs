//! A sealed file on the wire: read as it is sent, never whole in memory, and kept by nobody on the way.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::desk::SealedFile;
use futures_core::Stream;
use std::io::{Error, Read};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// So much is read at once.
const CHUNK: usize = 64 * 1024;
/// So many chunks wait for a slow reader; beyond that the file waits too.
const WAITING: usize = 4;

/// What the connection reads from.
struct Chunks(mpsc::Receiver<Result<Bytes, Error>>);

impl Stream for Chunks {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

/// A download. What breaks off on the way breaks the connection: the length was told before.
pub fn sent(file: SealedFile) -> Response {
    let (to, from) = mpsc::channel(WAITING);
    let mut content = file.content;
    tokio::task::spawn_blocking(move || {
        loop {
            let mut chunk = vec![0; CHUNK];
            let read = match content.read(&mut chunk) {
                Ok(0) => return,
                Ok(read) => read,
                Err(error) => return drop(to.blocking_send(Err(error))),
            };
            chunk.truncate(read);
            // Nobody reads any more.
            if to.blocking_send(Ok(chunk.into())).is_err() {
                return;
            }
        }
    });
    let mut response = Body::from_stream(Chunks(from)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(file.bytes));
    headers.insert(header::CONTENT_DISPOSITION, disposition(&file.name));
    response
}

/// A name of our own making; should it ever be another, what could end the header stays out.
fn disposition(name: &str) -> HeaderValue {
    let plain: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
    HeaderValue::from_str(&format!("attachment; filename=\"{plain}\""))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use std::io::Cursor;

    #[tokio::test]
    async fn e5_a_file_is_sent_whole_as_a_download_that_nobody_keeps() {
        let content: Vec<u8> = (0..CHUNK * 7 + 3).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let bytes = u64::try_from(content.len()).unwrap();
        let file = SealedFile { name: "export.csv.age".into(), bytes, content: Box::new(Cursor::new(content.clone())) };
        let response = sent(file);
        let header = |name| response.headers()[&name].to_str().unwrap().to_owned();
        assert_eq!(header(header::CONTENT_DISPOSITION), "attachment; filename=\"export.csv.age\"");
        assert_eq!(header(header::CONTENT_LENGTH), bytes.to_string());
        assert_eq!(header(header::CACHE_CONTROL), "no-store");
        assert_eq!(to_bytes(response.into_body(), usize::MAX).await.unwrap(), content);
    }

    #[tokio::test]
    async fn e5_a_file_that_breaks_off_is_no_whole_file() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(Error::other("gone"))
            }
        }
        let response = sent(SealedFile { name: "x\"\r\n".into(), bytes: 9, content: Box::new(Broken) });
        assert_eq!(response.headers()[header::CONTENT_DISPOSITION], "attachment; filename=\"x\"");
        assert!(to_bytes(response.into_body(), usize::MAX).await.is_err());
    }
}
