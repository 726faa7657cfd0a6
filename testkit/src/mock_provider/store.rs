//! The world that the mock providers change, and the log of what they did to it.
//!
//! An object is a resource's attributes as JSON, keyed by provider, type and id. The mock
//! talks to the world only through [`Store`], so that a loopback server can put its own
//! objects behind the same trait and tests can change the world behind terraform's back.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::{Map, Value as Json};

/// What names an object in the world.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The provider's local name, such as `aws`.
    pub provider: String,
    /// The Terraform resource type.
    pub kind: String,
    pub id: String,
}

impl Key {
    pub fn new(
        provider: impl Into<String>,
        kind: impl Into<String>,
        id: impl Into<String>,
    ) -> Self {
        Self {
            provider: provider.into(),
            kind: kind.into(),
            id: id.into(),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.id)
    }
}

/// A world of objects. Every method may be called from several threads at once.
pub trait Store: Send + Sync + fmt::Debug {
    fn get(&self, key: &Key) -> Option<Map<String, Json>>;
    /// Creates or replaces an object.
    fn put(&self, key: &Key, object: Map<String, Json>);
    /// Returns what was removed.
    fn remove(&self, key: &Key) -> Option<Map<String, Json>>;
    /// Every key, sorted.
    fn keys(&self) -> Vec<Key>;
}

/// The world in memory, which dies with the test.
#[derive(Debug, Default)]
pub struct MemoryStore {
    objects: Mutex<BTreeMap<Key, Map<String, Json>>>,
}

impl MemoryStore {
    fn objects(&self) -> MutexGuard<'_, BTreeMap<Key, Map<String, Json>>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn get(&self, key: &Key) -> Option<Map<String, Json>> {
        self.objects().get(key).cloned()
    }

    fn put(&self, key: &Key, object: Map<String, Json>) {
        self.objects().insert(key.clone(), object);
    }

    fn remove(&self, key: &Key) -> Option<Map<String, Json>> {
        self.objects().remove(key)
    }

    fn keys(&self) -> Vec<Key> {
        self.objects().keys().cloned().collect()
    }
}

/// What a provider did to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    Create,
    Update,
    Delete,
}

/// One line of the log. The order of the lines is the order of the changes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LogEntry {
    pub sequence: usize,
    pub provider: String,
    pub op: Operation,
    #[serde(rename = "type")]
    pub kind: String,
    pub id: String,
    /// Attributes that are neither null nor empty.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub before: Map<String, Json>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub after: Map<String, Json>,
}

/// Everything that the providers of one process changed, in order.
#[derive(Debug, Default)]
pub(super) struct Log {
    entries: Mutex<Vec<LogEntry>>,
}

impl Log {
    pub(super) fn add(
        &self,
        op: Operation,
        key: &Key,
        before: Map<String, Json>,
        after: Map<String, Json>,
    ) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let sequence = entries.len();
        entries.push(LogEntry {
            sequence,
            provider: key.provider.clone(),
            op,
            kind: key.kind.clone(),
            id: key.id.clone(),
            before: without_empty(before),
            after: without_empty(after),
        });
    }

    pub(super) fn entries(&self) -> Vec<LogEntry> {
        self.entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn without_empty(object: Map<String, Json>) -> Map<String, Json> {
    object
        .into_iter()
        .filter(|(_, value)| match value {
            Json::Null => false,
            Json::Array(items) => !items.is_empty(),
            Json::Object(members) => !members.is_empty(),
            _ => true,
        })
        .collect()
}
