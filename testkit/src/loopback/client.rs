//! A small blocking HTTP/1.1 client, for tests that send requests no CLI would send. It opens one
//! connection per request and never leaves the address it was made for.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustls::pki_types::ServerName;
use serde_json::Value;

/// A client of one loopback server.
#[derive(Debug, Clone)]
pub struct Client {
    address: SocketAddr,
    tls: Option<Arc<rustls::ClientConfig>>,
    headers: Vec<(String, String)>,
}

/// A status, the headers with names in lower case, and the body.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON, or null.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// A header's value; the name is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

impl Client {
    pub(crate) const fn new(address: SocketAddr, tls: Option<Arc<rustls::ClientConfig>>) -> Self {
        Self {
            address,
            tls,
            headers: Vec::new(),
        }
    }

    /// The same client, sending one header more with every request.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sends a JSON body, or none.
    pub fn send(&self, method: &str, target: &str, body: Option<&Value>) -> Result<Answer> {
        let bytes = body.map(|value| value.to_string().into_bytes());
        self.send_bytes(method, target, bytes.as_deref(), "application/json")
    }

    /// Sends raw bytes under a content type.
    pub fn send_bytes(
        &self,
        method: &str,
        target: &str,
        body: Option<&[u8]>,
        content_type: &str,
    ) -> Result<Answer> {
        let stream = TcpStream::connect(self.address).context("the server does not listen")?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let head = self.head(method, target, body, content_type);
        let Some(config) = &self.tls else {
            return exchange(stream, &head, body.unwrap_or_default());
        };
        let name = ServerName::try_from("127.0.0.1").context("not a server name")?;
        let session = rustls::ClientConnection::new(Arc::clone(config), name)?;
        exchange(
            rustls::StreamOwned::new(session, stream),
            &head,
            body.unwrap_or_default(),
        )
    }

    fn head(&self, method: &str, target: &str, body: Option<&[u8]>, content_type: &str) -> String {
        use std::fmt::Write as _;
        let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {}\r\n", self.address);
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if let Some(bytes) = body {
            let _ = write!(
                head,
                "Content-Type: {content_type}\r\nContent-Length: {}\r\n",
                bytes.len()
            );
        }
        head.push_str("Connection: close\r\n\r\n");
        head
    }
}

fn exchange(mut stream: impl Read + Write, head: &str, body: &[u8]) -> Result<Answer> {
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    stream.flush()?;
    let mut bytes = Vec::new();
    if let Err(error) = stream.read_to_end(&mut bytes) {
        // A TLS peer that closes without a goodbye is fine once the whole answer has come.
        if bytes.is_empty() {
            return Err(error).context("no answer");
        }
    }
    parse(&bytes)
}

fn parse(bytes: &[u8]) -> Result<Answer> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        bail!("the answer has no end of headers")
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .and_then(|code| code.parse().ok())
        .context("the answer has no status")?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned()))
        .collect();
    Ok(Answer {
        status,
        headers,
        body: bytes[end + 4..].to_vec(),
    })
}
