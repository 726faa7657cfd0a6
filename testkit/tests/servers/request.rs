//! Requests as tests write them: a valid one, and the same one corrupted in one place.

use serde_json::{Value, json};
use testkit::loopback::{Answer, Client};

/// One request; sent over the network by [`Call::send`].
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: &'static str,
    pub(crate) target: String,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Call {
    pub(crate) fn new(method: &'static str, target: impl Into<String>) -> Self {
        Self {
            method,
            target: target.into(),
            body: None,
            content_type: "application/json",
            headers: Vec::new(),
        }
    }

    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.body = Some(body.to_string().into_bytes());
        self
    }

    pub(crate) fn text(mut self, body: &str) -> Self {
        self.body = Some(body.as_bytes().to_vec());
        self
    }

    pub(crate) const fn content_type(mut self, content_type: &'static str) -> Self {
        self.content_type = content_type;
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn send(&self, client: &Client) -> Answer {
        let client = self
            .headers
            .iter()
            .fold(client.clone(), |client, (name, value)| {
                client.with_header(name, value)
            });
        client
            .send_bytes(
                self.method,
                &self.target,
                self.body.as_deref(),
                self.content_type,
            )
            .unwrap()
    }
}

/// A valid body with one member set; the place is a JSON pointer.
pub(crate) fn set(mut body: Value, place: &str, value: Value) -> Value {
    let (parent, name) = place.rsplit_once('/').unwrap();
    match body.pointer_mut(parent).unwrap() {
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        parent => parent[name] = value,
    }
    body
}

/// A valid body without one member.
pub(crate) fn cut(mut body: Value, place: &str) -> Value {
    let (parent, name) = place.rsplit_once('/').unwrap();
    body.pointer_mut(parent)
        .unwrap()
        .as_object_mut()
        .unwrap()
        .remove(name)
        .unwrap();
    body
}

/// A text of a length.
pub(crate) fn long(length: usize) -> Value {
    json!("x".repeat(length))
}
