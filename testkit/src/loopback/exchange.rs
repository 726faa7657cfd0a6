//! One request and one reply, as plain values that a service can be tested with.

use std::collections::BTreeMap;

use serde_json::Value;

/// A request as the service sees it: the path is percent-decoded, the query is a list of pairs.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The method in upper case.
    pub method: String,
    /// The decoded path, without the query.
    pub path: String,
    /// The decoded query in the order in which it came.
    pub query: Vec<(String, String)>,
    /// Header names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers; `target` may carry a query.
    pub fn new(method: &str, target: &str, body: Option<&Value>) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: method.to_uppercase(),
            path: decode(path, false),
            query: pairs(query),
            headers: BTreeMap::new(),
            body: body
                .map(|value| value.to_string().into_bytes())
                .unwrap_or_default(),
        }
    }

    /// The same request with one header more.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_lowercase(), value.to_owned());
        self
    }

    /// A header's value; the name is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The first value of a query parameter, its name compared without regard to case.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// All values of a query parameter that may be repeated.
    pub fn parameters(&self, name: &str) -> Vec<&str> {
        self.query
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// The body as JSON; `None` if it is not JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// Splits a raw query into decoded pairs.
pub(crate) fn pairs(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(key, true), decode(value, true))
        })
        .collect()
}

/// Decodes percent escapes; `+` stands for a space in a query only.
pub(crate) fn decode(text: &str, query: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(if query && bytes[at] == b'+' {
                    b' '
                } else {
                    bytes[at]
                });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What a service answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Headers beside the content type.
    pub headers: Vec<(String, String)>,
    /// The body; empty for 204 and the like.
    pub body: Vec<u8>,
    /// The content type of the body.
    pub content_type: &'static str,
    /// The row of the refusal table that this reply stands for, if it is a refusal.
    pub refusal: Option<&'static str>,
}

impl Reply {
    /// A JSON reply.
    pub fn json(status: u16, value: &Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: value.to_string().into_bytes(),
            content_type: "application/json; charset=utf-8",
            refusal: None,
        }
    }

    /// A reply without a body.
    pub const fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            content_type: "application/json; charset=utf-8",
            refusal: None,
        }
    }

    /// A reply of raw text.
    pub fn text(status: u16, content_type: &'static str, text: &str) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: text.as_bytes().to_vec(),
            content_type,
            refusal: None,
        }
    }

    /// The same reply with one header more.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The body as JSON, or null.
    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

#[cfg(test)]
mod tests {
    use super::Request;

    #[test]
    fn a_target_is_split_and_decoded() {
        let request = Request::new(
            "get",
            "/a%20b/c?x=1+2&$filter=name%20eq%20%27q%27&x=3",
            None,
        );
        assert_eq!(request.method, "GET");
        assert_eq!(request.path, "/a b/c");
        assert_eq!(request.parameter("$filter"), Some("name eq 'q'"));
        assert_eq!(request.parameters("x"), ["1 2", "3"]);
    }

    #[test]
    fn a_broken_escape_stays_as_it_is() {
        assert_eq!(Request::new("GET", "/a%zz%4", None).path, "/a%zz%4");
    }
}
