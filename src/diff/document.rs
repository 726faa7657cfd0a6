//! Where two values differ, part by part.
//!
//! Lists of words in IAM documents have no order; statements are found by their `Sid`, or else by what
//! they say; anything else is compared in its place.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Part;

/// Every part that differs.
pub(super) fn parts(before: &Value, after: &Value) -> Vec<Part> {
    let mut found = Vec::new();
    compare("", before, after, &mut found);
    found
}

fn join(pointer: &str, step: &str) -> String {
    if pointer.is_empty() {
        step.to_owned()
    } else {
        format!("{pointer}.{step}")
    }
}

fn compare(pointer: &str, before: &Value, after: &Value, found: &mut Vec<Part>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for key in keys {
                let inner = join(pointer, key);
                match (old.get(key), new.get(key)) {
                    (Some(a), Some(b)) => compare(&inner, a, b, found),
                    (a, b) => found.push(part(inner, a, b)),
                }
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            if let (Some(old), Some(new)) = (words(old), words(new)) {
                if old != new {
                    found.push(part(pointer.to_owned(), Some(before), Some(after)));
                }
            } else if let (Some(old), Some(new)) = (named(old), named(new)) {
                let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
                for name in names {
                    let inner = join(pointer, name);
                    match (old.get(name), new.get(name)) {
                        (Some(a), Some(b)) => compare(&inner, a, b, found),
                        (a, b) => found.push(part(inner, a.copied(), b.copied())),
                    }
                }
            } else {
                for at in 0..old.len().max(new.len()) {
                    let inner = join(pointer, &at.to_string());
                    match (old.get(at), new.get(at)) {
                        (Some(a), Some(b)) => compare(&inner, a, b, found),
                        (a, b) => found.push(part(inner, a, b)),
                    }
                }
            }
        }
        _ => found.push(part(pointer.to_owned(), Some(before), Some(after))),
    }
}

fn part(pointer: String, before: Option<&Value>, after: Option<&Value>) -> Part {
    Part {
        pointer,
        before: before.cloned(),
        after: after.cloned(),
    }
}

/// A list of texts, in which the order says nothing.
fn words(list: &[Value]) -> Option<BTreeSet<&str>> {
    list.iter().map(Value::as_str).collect()
}

/// A list of objects that have a name of their own each: statements by `Sid`, else `name` or `title`.
fn named(list: &[Value]) -> Option<BTreeMap<String, &Value>> {
    let mut found = BTreeMap::new();
    for one in list {
        let name = ["Sid", "name", "id"]
            .into_iter()
            .find_map(|key| one.get(key).and_then(Value::as_str))
            .map(str::to_owned);
        // A statement without a name is known by all that it says.
        let name = name.or_else(|| one.get("Effect").map(|_| one.to_string()))?;
        if found.insert(name, one).is_some() {
            return None;
        }
    }
    Some(found)
}
