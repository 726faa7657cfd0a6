//! What a change may do to people's rights and data.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::document::Of;
use super::node::{Kind, Node};
use super::{Part, guard};
use crate::artifact::Effect;

mod grant;
mod sql;

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
    if let (Kind::Statement(before), Kind::Statement(after)) = (&old.kind, &new.kind)
        && let Some(risk) = sql::changes(before, after)
    {
        return risk;
    }
    let mut risk = BTreeSet::new();
    if parts.iter().any(deletes_earlier) {
        risk.insert(Risk::LosesData);
    }
    let mut matters = Vec::new();
    for part in parts.iter().filter(|part| !is_prose(&part.pointer)) {
        let known = match &new.kind {
            Kind::Resource(kind) => guard::changes(kind, part),
            _ => None,
        };
        match known {
            Some(known) => risk.extend(known),
            None => matters.push(part),
        }
    }
    if matters.is_empty() {
        return risk;
    }
    let effect = match (old.effect(), new.effect()) {
        (Effect::Guards, _) | (_, Effect::Guards) => Effect::Guards,
        (Effect::GrantsAccess, _) | (_, Effect::GrantsAccess) => Effect::GrantsAccess,
        (Effect::HoldsData, _) | (_, Effect::HoldsData) => Effect::HoldsData,
        (Effect::Plain, Effect::Plain) => Effect::Plain,
    };
    match effect {
        Effect::GrantsAccess => risk.extend(grant::changes(&matters)),
        // Whether a guard got weaker cannot be told from its text, so it is said to have.
        Effect::Guards => risk.extend([Risk::WeakensGuard, Risk::NarrowsAccess]),
        Effect::HoldsData if new.of() == Of::Document => {
            // The columns of a table: one that goes or becomes another takes its values along.
            if matters.iter().any(|part| part.before.is_some()) {
                risk.insert(Risk::LosesData);
            }
        }
        Effect::HoldsData | Effect::Plain => {}
    }
    risk
}

/// Words for people, which no rule looks at.
fn is_prose(pointer: &str) -> bool {
    let first = pointer.split('.').next().unwrap_or_default();
    let last = pointer.rsplit('.').next().unwrap_or_default();
    matches!(
        first,
        "description" | "comment" | "tags" | "labels" | "title" | "display_name" | "friendly_name"
    ) || last == "description"
}

/// A time after which data is deleted, and which gets shorter or appears.
fn deletes_earlier(part: &Part) -> bool {
    let path = part.pointer.to_ascii_lowercase();
    let is_deletion = ["expiration", "retention", "delete_after", "lifecycle_rule"]
        .iter()
        .any(|word| path.contains(word))
        && !path.contains("transition");
    is_deletion
        && match (length(part.before.as_ref()), length(part.after.as_ref())) {
            (Some(old), Some(new)) => new < old,
            (None, Some(_)) => part.before.is_none(),
            _ => false,
        }
}

/// A number, or a duration in seconds as Google writes it (`604800s`).
fn length(value: Option<&Value>) -> Option<f64> {
    let value = value?;
    value
        .as_f64()
        .or_else(|| value.as_str()?.strip_suffix('s')?.parse().ok())
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
        // A statement of the same name has taken its place, or one that allows the same under
        // another condition: names tell the expiry.
        let name = old.get("Sid");
        let twin = come
            .iter()
            .position(|one| {
                name.is_some() && one.get("Sid") == name && one.get("Effect") == old.get("Effect")
            })
            .or_else(|| come.iter().position(|one| core(one) == core(old)));
        let twin = twin.map(|at| come.swap_remove(at));
        risk.extend(of_statement(Some(old), twin));
    }
    risk.extend(
        come.into_iter()
            .flat_map(|one| of_statement(None, Some(one))),
    );
    risk
}

/// A statement without its name and its condition.
fn core(statement: &Value) -> Option<BTreeMap<&String, &Value>> {
    let all = statement.as_object()?.iter();
    Some(
        all.filter(|(key, _)| !matches!(key.as_str(), "Sid" | "Condition"))
            .collect(),
    )
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
            let parts = super::document::parts(old, new, Of::Document);
            let matters = parts.iter().filter(|part| part.pointer != "Sid");
            let risk = grant::changes(&matters.collect::<Vec<_>>());
            (
                risk.contains(&Risk::WidensAccess),
                risk.contains(&Risk::NarrowsAccess),
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
