//! The request log: what a client really sent, in order, for counting calls and comparing bodies.

use serde_json::Value;

/// One request and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The method in upper case.
    pub method: String,
    /// The decoded path, without the query.
    pub path: String,
    /// The decoded query.
    pub query: Vec<(String, String)>,
    /// The body as JSON, as text if it was not JSON, null if there was none.
    pub body: Value,
    /// The status that was answered.
    pub status: u16,
    /// The row of the refusal table, if the request was refused.
    pub refusal: Option<&'static str>,
    /// The fault that hit the request, if one did.
    pub fault: Option<&'static str>,
    /// Discovery, tokens and the like, which no fault hits and which counts as no call.
    pub housekeeping: bool,
}

impl Entry {
    /// Whether the request asks for a change.
    pub fn is_write(&self) -> bool {
        !self.housekeeping && !matches!(self.method.as_str(), "GET" | "HEAD")
    }
}

/// The body of a request in the form in which the log keeps it.
pub(crate) fn body(bytes: &[u8]) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(bytes)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(bytes).into_owned()))
}
