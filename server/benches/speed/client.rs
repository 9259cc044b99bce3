//! A client as light as can be: one kept-alive connection, HTTP/1.1, forms out, answers in, cookies kept.

use crate::counter::now;
use anyhow::{Context, bail};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A server lets go of who is silent for thirty seconds; who was for so long comes anew.
const SILENT: Duration = Duration::from_secs(20);

/// One connection.
pub struct Client {
    addr: SocketAddr,
    stream: TcpStream,
    used: Instant,
    host: String,
    cookies: BTreeMap<String, String>,
    buffer: Vec<u8>,
}

/// What came back.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
}

impl Answer {
    /// A member of a flat JSON answer.
    pub fn member(&self, name: &str) -> anyhow::Result<String> {
        let json: serde_json::Value = serde_json::from_str(&self.body)?;
        let text = json.pointer(name).and_then(|value| value.as_str());
        Ok(text.with_context(|| format!("{} without {name}: {}", self.status, self.body))?.to_owned())
    }

    /// Nothing, if the answer is as it should be.
    pub fn expect(&self, status: u16, holds: &str) -> anyhow::Result<()> {
        if self.status != status || !self.body.contains(holds) {
            bail!("wanted {status} with {holds}, got {}: {}", self.status, self.body);
        }
        Ok(())
    }
}

impl Client {
    /// Connects.
    pub async fn connect(addr: SocketAddr) -> anyhow::Result<Self> {
        let stream = open(addr).await?;
        let host = format!("localhost:{}", addr.port());
        let buffer = Vec::with_capacity(16 * 1024);
        Ok(Self { addr, stream, used: now(), host, cookies: BTreeMap::new(), buffer })
    }

    /// Asks for a page.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<Answer> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host);
        self.send(&request).await
    }

    /// Sends a form, as a script of the bank's would, and reads the answer.
    pub async fn post(&mut self, path: &str, form: &str) -> anyhow::Result<Answer> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookie = if cookies.is_empty() { String::new() } else { format!("Cookie: {}\r\n", cookies.join("; ")) };
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nAccept: application/json\r\n{cookie}\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}",
            host = self.host,
            length = form.len(),
        );
        self.send(&request).await
    }

    async fn send(&mut self, request: &str) -> anyhow::Result<Answer> {
        let begun = now();
        if begun - self.used > SILENT {
            self.stream = open(self.addr).await?;
        }
        self.used = begun;
        self.stream.write_all(request.as_bytes()).await?;
        self.answer().await
    }

    async fn answer(&mut self) -> anyhow::Result<Answer> {
        self.buffer.clear();
        let head = loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let text = std::str::from_utf8(self.buffer.get(..head).unwrap_or_default())?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status line")?.parse()?;
        let mut length = 0;
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            if name.eq_ignore_ascii_case("content-length") {
                length = value.parse()?;
            } else if name.eq_ignore_ascii_case("set-cookie") {
                let (name, rest) = value.split_once('=').context("not a cookie")?;
                let kept = rest.split(';').next().unwrap_or_default();
                self.cookies.insert(name.into(), kept.into());
            }
        }
        self.cookies.retain(|_, value| !value.is_empty());
        while self.buffer.len() < head + length {
            self.more().await?;
        }
        let body = self.buffer.get(head..head + length).unwrap_or_default();
        Ok(Answer { status, body: String::from_utf8(body.to_vec())? })
    }

    async fn more(&mut self) -> anyhow::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the connection was closed");
        }
        Ok(())
    }
}

async fn open(addr: SocketAddr) -> anyhow::Result<TcpStream> {
    let stream = TcpStream::connect(addr).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
