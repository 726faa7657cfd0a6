//! What a change may do to people's rights and data.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Part;
use super::node::{Kind, Node};
use crate::artifact::Effect;
use crate::artifact::sql::Statement;

/// What a change may do to people's data and rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// Somebody may do more than before.
    WidensAccess,
    /// Somebody may do less than before.
    NarrowsAccess,
    /// Data is destroyed, or earlier than before.
    LosesData,
    /// A thing is destroyed and made again.
    Replaces,
    /// Something that keeps data safe goes or gets weaker.
    WeakensGuard,
}

impl Risk {
    /// Its words for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::WidensAccess => "widens access",
            Self::NarrowsAccess => "narrows access",
            Self::LosesData => "loses data",
            Self::Replaces => "replaces",
            Self::WeakensGuard => "weakens a guard",
        }
    }

    /// Whether `--allow` has to name what it happens to.
    pub const fn needs_leave(self) -> bool {
        matches!(self, Self::LosesData | Self::Replaces | Self::WeakensGuard)
    }
}

/// Something new.
pub(super) fn appears(node: &Node) -> BTreeSet<Risk> {
    let mut risk = BTreeSet::new();
    match statements(&node.value) {
        Some(list) => risk.extend(list.iter().flat_map(|one| of_statement(None, Some(one)))),
        None => match node.effect() {
            Effect::GrantsAccess => {
                risk.insert(Risk::WidensAccess);
            }
            Effect::Guards => {
                risk.insert(Risk::NarrowsAccess);
            }
            Effect::HoldsData | Effect::Plain => {}
        },
    }
    risk
}

/// Something that goes.
pub(super) fn disappears(node: &Node) -> BTreeSet<Risk> {
    let mut risk = BTreeSet::new();
    match statements(&node.value) {
        Some(list) => risk.extend(list.iter().flat_map(|one| of_statement(Some(one), None))),
        None => match node.effect() {
            Effect::GrantsAccess => {
                risk.insert(Risk::NarrowsAccess);
            }
            Effect::Guards => {
                risk.insert(Risk::WeakensGuard);
            }
            Effect::HoldsData => {
                risk.insert(Risk::LosesData);
            }
            Effect::Plain => {}
        },
    }
    risk
}

/// Something that changes.
pub(super) fn changes(old: &Node, new: &Node, parts: &[Part]) -> BTreeSet<Risk> {
    if let (Some(before), Some(after)) = (statements(&old.value), statements(&new.value)) {
        return of_statements(before, after);
    }
    let mut risk = BTreeSet::new();
    if parts.iter().any(deletes_earlier) {
        risk.insert(Risk::LosesData);
    }
    let matters = parts.iter().filter(|part| !is_prose(&part.pointer));
    let matters: Vec<&Part> = matters.collect();
    if matters.is_empty() {
        return risk;
    }
    let effect = match (old.effect(), new.effect()) {
        (Effect::Guards, _) | (_, Effect::Guards) => Effect::Guards,
        (Effect::GrantsAccess, _) | (_, Effect::GrantsAccess) => Effect::GrantsAccess,
        (_, other) => other,
    };
    match effect {
        Effect::GrantsAccess => risk.extend(grown(&matters)),
        // Whether a guard got weaker cannot be told from its text, so it is said to have.
        Effect::Guards if is_clear_list(new) => {
            risk.extend([Risk::WidensAccess, Risk::NarrowsAccess]);
        }
        Effect::Guards => risk.extend([Risk::WeakensGuard, Risk::NarrowsAccess]),
        Effect::HoldsData | Effect::Plain => {}
    }
    risk
}

/// The body of a mask is the list of who sees values in clear: it is a right, whatever guards it.
fn is_clear_list(node: &Node) -> bool {
    matches!(&node.kind, Kind::Statement(one) if matches!(**one, Statement::SetMaskingBody { .. }))
}

/// Words for people, which no rule looks at.
fn is_prose(pointer: &str) -> bool {
    let first = pointer.split('.').next().unwrap_or_default();
    matches!(
        first,
        "description" | "comment" | "tags" | "labels" | "title" | "display_name" | "friendly_name"
    )
}

/// A number of days after which data is deleted, and which gets smaller or appears.
fn deletes_earlier(part: &Part) -> bool {
    let path = part.pointer.to_ascii_lowercase();
    let is_deletion = (path.contains("expiration")
        || path.contains("retention")
        || path.contains("delete_after"))
        && !path.contains("transition");
    let number = |value: &Option<Value>| value.as_ref().and_then(Value::as_f64);
    is_deletion
        && match (number(&part.before), number(&part.after)) {
            (Some(old), Some(new)) => new < old,
            (None, Some(_)) => part.before.is_none(),
            _ => false,
        }
}

/// Whether lists only grew, or only shrank. Anything else may do both.
fn grown(parts: &[&Part]) -> BTreeSet<Risk> {
    let mut risk = BTreeSet::new();
    for part in parts {
        match (texts(part.before.as_ref()), texts(part.after.as_ref())) {
            (Some(old), Some(new)) if old.is_subset(&new) => risk.insert(Risk::WidensAccess),
            (Some(old), Some(new)) if new.is_subset(&old) => risk.insert(Risk::NarrowsAccess),
            _ => {
                risk.insert(Risk::NarrowsAccess);
                risk.insert(Risk::WidensAccess)
            }
        };
    }
    risk
}

/// A list of texts; one text counts as a list of one, nothing as none.
fn texts(value: Option<&Value>) -> Option<BTreeSet<&str>> {
    match value {
        None => Some(BTreeSet::new()),
        Some(Value::Array(list)) => list.iter().map(Value::as_str).collect(),
        Some(Value::String(one)) => Some(BTreeSet::from([one.as_str()])),
        Some(_) => None,
    }
}

/// The statements of an IAM document.
fn statements(value: &Value) -> Option<&[Value]> {
    value
        .get("Statement")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
}

fn of_statements(before: &[Value], after: &[Value]) -> BTreeSet<Risk> {
    let same = |list: &[Value], one: &Value| list.contains(one);
    let left: Vec<&Value> = before.iter().filter(|one| !same(after, one)).collect();
    let mut come: Vec<&Value> = after.iter().filter(|one| !same(before, one)).collect();
    let mut risk = BTreeSet::new();
    for old in left {
        // A statement of the same name has taken its place.
        let name = old.get("Sid");
        let twin = come.iter().position(|one| {
            name.is_some() && one.get("Sid") == name && one.get("Effect") == old.get("Effect")
        });
        let twin = twin.map(|at| come.swap_remove(at));
        risk.extend(of_statement(Some(old), twin));
    }
    risk.extend(
        come.into_iter()
            .flat_map(|one| of_statement(None, Some(one))),
    );
    risk
}

/// A statement that comes, goes or changes.
fn of_statement(before: Option<&Value>, after: Option<&Value>) -> BTreeSet<Risk> {
    let denies = [before, after]
        .into_iter()
        .flatten()
        .any(|one| one.get("Effect").and_then(Value::as_str) != Some("Allow"));
    let (more, less) = match (before, after) {
        (None, Some(_)) => (true, false),
        (Some(_), None) => (false, true),
        (Some(old), Some(new)) => {
            let parts = super::document::parts(old, new);
            let lists = parts.iter().all(|part| {
                let first = part.pointer.split('.').next().unwrap_or_default();
                matches!(first, "Action" | "Resource" | "Principal")
            });
            let risk = grown(&parts.iter().collect::<Vec<_>>());
            let both = !lists;
            (
                both || risk.contains(&Risk::WidensAccess),
                both || risk.contains(&Risk::NarrowsAccess),
            )
        }
        (None, None) => (false, false),
    };
    let mut risk = BTreeSet::new();
    if more {
        risk.insert(if denies {
            Risk::NarrowsAccess
        } else {
            Risk::WidensAccess
        });
    }
    if less {
        risk.insert(if denies {
            Risk::WeakensGuard
        } else {
            Risk::NarrowsAccess
        });
    }
    risk
}
