//! Where two values differ, part by part.
//!
//! Whether a list has an order depends on what it is in. In Terraform the provider's schema says it
//! (lists that are sets were sorted when they were read); in documents a table of names does. Things
//! with a name of their own are found by it; anything else is compared in its place.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Part;

/// What the values are parts of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// A Terraform block, whose sets are sorted.
    Block,
    /// A JSON or YAML document.
    Document,
}

/// Lists of documents in which order says nothing: IAM statements and what is in them (IAM's policy
/// grammar), permissions of Azure role definitions (learn.microsoft.com, role-based-access-control,
/// role-definitions), of Google roles (cloud.google.com, iam, rest, organizations.roles) and the values
/// of Google's organisation policies.
const UNORDERED: &[&str] = &[
    "Statement",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "actions",
    "notActions",
    "dataActions",
    "notDataActions",
    "assignableScopes",
    "includedPermissions",
    "allowedValues",
    "deniedValues",
];
/// Maps whose lists have no order, however deep.
const UNORDERED_BELOW: &[&str] = &["Principal", "NotPrincipal", "Condition"];

/// Every part that differs.
pub(super) fn parts(before: &Value, after: &Value, of: Of) -> Vec<Part> {
    let mut found = Vec::new();
    Compare {
        of,
        found: &mut found,
    }
    .values("", before, after);
    found
}

fn join(pointer: &str, step: &str) -> String {
    if pointer.is_empty() {
        step.to_owned()
    } else {
        format!("{pointer}.{step}")
    }
}

struct Compare<'f> {
    of: Of,
    found: &'f mut Vec<Part>,
}

impl Compare<'_> {
    fn add(&mut self, pointer: String, before: Option<&Value>, after: Option<&Value>) {
        self.found.push(Part {
            pointer,
            before: before.cloned(),
            after: after.cloned(),
        });
    }

    fn has_order(&self, pointer: &str) -> bool {
        let mut steps = pointer.split('.');
        let last = pointer.rsplit('.').next().unwrap_or_default();
        self.of == Of::Block
            || !(UNORDERED.contains(&last) || steps.any(|step| UNORDERED_BELOW.contains(&step)))
    }

    fn values(&mut self, pointer: &str, before: &Value, after: &Value) {
        if before == after {
            return;
        }
        match (before, after) {
            (Value::Object(old), Value::Object(new)) => {
                let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
                for key in keys {
                    let inner = join(pointer, key);
                    match (old.get(key), new.get(key)) {
                        (Some(a), Some(b)) => self.values(&inner, a, b),
                        (a, b) => self.add(inner, a, b),
                    }
                }
            }
            (Value::Array(old), Value::Array(new)) => self.lists(pointer, before, old, after, new),
            // In a document without order one word and a list of it are the same.
            (Value::Array(list), Value::String(_)) | (Value::String(_), Value::Array(list))
                if !self.has_order(pointer)
                    && list.len() == 1
                    && list
                        .first()
                        .is_some_and(|one| one == before || one == after) => {}
            _ => self.add(pointer.to_owned(), Some(before), Some(after)),
        }
    }

    fn lists(
        &mut self,
        pointer: &str,
        before: &Value,
        old: &[Value],
        after: &Value,
        new: &[Value],
    ) {
        let has_order = self.has_order(pointer);
        if let (Some(a), Some(b)) = (words(old), words(new)) {
            if a != b || has_order {
                self.add(pointer.to_owned(), Some(before), Some(after));
            }
            return;
        }
        if let (Some(a), Some(b)) = (named(old), named(new)) {
            let a: BTreeMap<&str, &Value> = a.into_iter().collect();
            let b_names: Vec<&str> = b.iter().map(|(name, _)| *name).collect();
            let a_names: Vec<&str> = named(old)
                .into_iter()
                .flatten()
                .map(|(name, _)| name)
                .collect();
            let b: BTreeMap<&str, &Value> = b.into_iter().collect();
            let names: BTreeSet<&str> = a.keys().chain(b.keys()).copied().collect();
            for name in names {
                let inner = join(pointer, name);
                match (a.get(name), b.get(name)) {
                    (Some(a), Some(b)) => self.values(&inner, a, b),
                    (a, b) => self.add(inner, a.copied(), b.copied()),
                }
            }
            let stay = |names: &[&str], in_other: &BTreeMap<&str, &Value>| -> Vec<String> {
                let kept = names.iter().filter(|name| in_other.contains_key(**name));
                kept.map(|name| (*name).to_owned()).collect()
            };
            let (was, is) = (stay(&a_names, &b), stay(&b_names, &a));
            if has_order && was != is {
                self.add(
                    join(pointer, "(order)"),
                    Some(&Value::from(was)),
                    Some(&Value::from(is)),
                );
            }
            return;
        }
        // What is in both is no difference, so that one more item does not shift all others.
        let (gone, come) = if old.len() == new.len() && has_order {
            ((0..old.len()).collect(), (0..new.len()).collect())
        } else {
            unmatched(old, new)
        };
        for at in 0..gone.len().max(come.len()) {
            let (was, is) = (gone.get(at).copied(), come.get(at).copied());
            let inner = join(pointer, &is.or(was).unwrap_or(at).to_string());
            let value =
                |list: &'_ [Value], at: Option<usize>| at.and_then(|at| list.get(at).cloned());
            match (value(old, was), value(new, is)) {
                (Some(a), Some(b)) => self.values(&inner, &a, &b),
                (a, b) => self.add(inner, a.as_ref(), b.as_ref()),
            }
        }
        if gone.is_empty() && come.is_empty() && has_order {
            self.add(pointer.to_owned(), Some(before), Some(after));
        }
    }
}

/// The places of what is in one list and not in the other.
fn unmatched(old: &[Value], new: &[Value]) -> (Vec<usize>, Vec<usize>) {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for one in new {
        *counts.entry(one.to_string()).or_default() += 1;
    }
    let mut gone = Vec::new();
    for (at, one) in old.iter().enumerate() {
        match counts.get_mut(&one.to_string()) {
            Some(count) if *count > 0 => *count -= 1,
            _ => gone.push(at),
        }
    }
    // What is left of a count is new; the last ones of that text are taken.
    let mut come = Vec::new();
    for (at, one) in new.iter().enumerate().rev() {
        if let Some(count) = counts.get_mut(&one.to_string())
            && *count > 0
        {
            *count -= 1;
            come.push(at);
        }
    }
    come.reverse();
    (gone, come)
}

/// A list of texts.
fn words(list: &[Value]) -> Option<BTreeSet<&str>> {
    list.iter().map(Value::as_str).collect()
}

/// A list of objects that have a name of their own each: statements by `Sid`, else `name` or `id`.
fn named(list: &[Value]) -> Option<Vec<(&str, &Value)>> {
    let mut seen = BTreeSet::new();
    list.iter()
        .map(|one| {
            let name = ["Sid", "name", "id"]
                .into_iter()
                .find_map(|key| one.get(key).and_then(Value::as_str))?;
            seen.insert(name).then_some((name, one))
        })
        .collect()
}
