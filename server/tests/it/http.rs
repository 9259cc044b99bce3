//! Requests as bytes, answers read strictly. One connection a request; no cookie, header or retry that a
//! test did not ask for.

use serde_json::Value;
use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;
use tokio::net::TcpSocket;

/// A request: what is said is what is sent.
#[derive(Clone, Debug)]
pub struct Request {
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, target: &str) -> Self {
        Self { method: method.into(), target: target.into(), headers: Vec::new(), body: Vec::new() }
    }

    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    /// A form.
    pub fn post(target: &str, form: &[(&str, &str)]) -> Self {
        let pairs: Vec<String> =
            form.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
        Self::new("POST", target)
            .with("Content-Type", "application/x-www-form-urlencoded")
            .body(pairs.join("&").into_bytes())
    }

    /// Adds a header, beside one of that name if there is one.
    pub fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.into(), value.as_ref().to_vec()));
        self
    }

    /// Adds a header unless there is one of that name.
    pub fn or(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        match self.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            true => self,
            false => self.with(name, value),
        }
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    pub fn body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        let length = self.body.len().to_string();
        let own = [("Connection", b"close".as_slice()), ("Content-Length", length.as_bytes())];
        let own = own.into_iter().filter(|(name, _)| *name == "Connection" || self.method != "GET");
        let given = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
        for (name, value) in given.chain(own) {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// `application/x-www-form-urlencoded`.
pub fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => escaped.push(char::from(byte)),
            other => escaped.push_str(&format!("%{other:02X}")),
        }
    }
    escaped
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// A header that stands once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let all = self.all(name);
        assert!(all.len() < 2, "{name} stands twice: {all:?}");
        all.first().copied()
    }

    pub fn all(&self, name: &str) -> Vec<&str> {
        let same = |known: &&(String, String)| known.0.eq_ignore_ascii_case(name);
        self.headers.iter().filter(same).map(|(_, value)| value.as_str()).collect()
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("an answer is UTF-8")
    }

    pub fn is_json(&self) -> bool {
        self.header("content-type") == Some("application/json")
    }

    pub fn json(&self) -> Value {
        assert!(self.is_json(), "{} {:?} is not JSON: {}", self.status, self.headers, self.text());
        serde_json::from_slice(&self.body).expect("an endpoint's answer is JSON")
    }

    /// The refusal's code.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn request_id(&self) -> &str {
        self.header("x-request-id").expect("every answer names its request")
    }

    /// The value that a cookie is set to by this answer.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let line = self.all("set-cookie").into_iter().find(|line| line.starts_with(&format!("{name}=")))?;
        let pair = line.split(';').next().unwrap_or_default();
        pair.split_once('=').map(|(_, value)| value.to_owned())
    }
}

/// A connection, with TLS or without.
pub trait Stream: Read + Write {}
impl<S: Read + Write> Stream for S {}

/// Connects, from an address of this machine if one is named.
pub fn connect(addr: SocketAddr, from: Option<IpAddr>) -> std::io::Result<TcpStream> {
    let stream = match from {
        None => TcpStream::connect(addr)?,
        Some(from) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let stream = runtime.block_on(async {
                let socket = TcpSocket::new_v4()?;
                socket.bind(SocketAddr::from((from, 0)))?;
                socket.connect(addr).await?.into_std()
            })?;
            stream.set_nonblocking(false)?;
            stream
        }
    };
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    stream.set_write_timeout(Some(Duration::from_secs(60)))?;
    Ok(stream)
}

/// Sends bytes and reads to the end. An answer may come before all was sent, and then it counts.
pub fn exchange(mut stream: impl Stream, bytes: &[u8]) -> std::io::Result<Answer> {
    let sent = stream.write_all(bytes);
    let mut answer = Vec::new();
    let received = stream.read_to_end(&mut answer);
    match parse(&answer) {
        Some(answer) => Ok(answer),
        None => {
            sent?;
            received?;
            Err(std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "the answer is not whole"))
        }
    }
}

/// `None` if it is not whole.
fn parse(bytes: &[u8]) -> Option<Answer> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(start) = head.parse(bytes).ok()? else { return None };
    let status = head.code?;
    let text = |value: &[u8]| String::from_utf8(value.to_vec()).expect("a header is UTF-8");
    let headers = head.headers.iter().map(|header| (header.name.to_ascii_lowercase(), text(header.value))).collect();
    let mut answer = Answer { status, headers, body: Vec::new() };
    let rest = bytes.get(start..)?;
    answer.body = if answer.header("transfer-encoding") == Some("chunked") {
        unchunk(rest)?
    } else {
        let length = answer.header("content-length").map(|length| length.parse().expect("a length"));
        rest.get(..length.unwrap_or(rest.len()))?.to_vec()
    };
    Some(answer)
}

fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let httparse::Status::Complete((start, length)) = httparse::parse_chunk_size(rest).ok()? else { return None };
        let length = usize::try_from(length).ok()?;
        if length == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(start..start + length)?);
        rest = rest.get(start + length + 2..)?;
    }
}
