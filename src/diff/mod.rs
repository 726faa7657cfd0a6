//! What differs between two states of a tree, by address and not by text: blocks of Terraform by
//! their address, documents by path, statements by what they are about.
//!
//! In: two sets of files with the reasons of their lines. Out: changes, each with its parts and with
//! what it may do to people's rights and data. Moving a block, another order, spaces and comments are
//! no change. What is not known to be harmless is never called so: a change of something that bears
//! access and cannot be judged both widens and narrows.

mod document;
mod guard;
mod node;
mod replace;
mod risk;
mod sets;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::artifact::Effect;
use crate::artifact::write::Entry;
use node::{Kind, Node, Nodes};

pub use risk::Risk;

/// A file and why its lines are there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its text.
    pub text: String,
    /// Why its lines are there.
    #[serde(default)]
    pub entries: Vec<Entry>,
}

/// Files by path, with forward slashes.
pub type Files = BTreeMap<String, File>;

/// What happens to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It is new.
    Create,
    /// It changes in place.
    Update,
    /// It is destroyed and made anew.
    Replace,
    /// It goes.
    Delete,
    /// It has another address and stays the same thing.
    Move,
    /// Its state forgets it; the thing stays.
    Forget,
}

impl Action {
    /// Its name in every form of output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Move => "move",
            Self::Forget => "forget",
        }
    }

    /// The mark that people know from Terraform.
    pub const fn mark(self) -> char {
        match self {
            Self::Create => '+',
            Self::Update => '~',
            Self::Replace => '±',
            Self::Delete => '-',
            Self::Move => '→',
            Self::Forget => 'x',
        }
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// What happens.
    pub action: Action,
    /// The file that it is in.
    pub file: String,
    /// What it is, in the words of its language: a Terraform address, a statement's object.
    pub what: String,
    /// What it was before, where it has moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// What it is about, in the mesh.
    pub address: Option<String>,
    /// The line of the blueprint that asks for it, or asked.
    pub at: Option<String>,
    /// Why it is there, in one phrase.
    pub why: Option<String>,
    /// What changes in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// What it may do to people's rights and data.
    pub risk: BTreeSet<Risk>,
}

/// One part of a node that changes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// Where: `lifecycle_rule.0.days`, `Statement.ReadObjects.Action`.
    pub pointer: String,
    /// What was there.
    pub before: Option<Value>,
    /// What is there then.
    pub after: Option<Value>,
}

/// Every difference between two states, sorted by file and node.
pub fn between(before: &Files, after: &Files) -> Vec<Change> {
    let (before, after) = (by_root(before), by_root(after));
    let roots: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    let empty = Own::new();
    let mut changes: Vec<Change> = roots
        .into_par_iter()
        .flat_map_iter(|root| {
            let (old, new) = (
                before.get(root).unwrap_or(&empty),
                after.get(root).unwrap_or(&empty),
            );
            // Most files are the same; only roots in which one differs are looked into.
            let same = old.len() == new.len()
                && old
                    .iter()
                    .zip(new)
                    .all(|((a, old), (b, new))| a == b && old.text == new.text);
            if same {
                Vec::new()
            } else {
                of_root(&node::read(old), &node::read(new))
            }
        })
        .collect();
    changes.sort_by(|a, b| (&a.file, &a.what).cmp(&(&b.file, &b.what)));
    changes
}

/// The files of one root, sorted by path.
type Own<'f> = Vec<(&'f String, &'f File)>;

fn by_root(files: &Files) -> BTreeMap<&str, Own<'_>> {
    let mut roots: BTreeMap<&str, Own<'_>> = BTreeMap::new();
    for (path, file) in files {
        roots
            .entry(node::root_of(path))
            .or_default()
            .push((path, file));
    }
    roots
}

fn of_root(before: &Nodes, after: &Nodes) -> Vec<Change> {
    let mut changes = Vec::new();
    let moved: BTreeMap<&str, &str> = after
        .moved
        .iter()
        .filter(|(from, to)| before.by_name.contains_key(from) && after.by_name.contains_key(to))
        .map(|(from, to)| (to.as_str(), from.as_str()))
        .collect();
    let left: BTreeSet<&str> = moved.values().copied().collect();
    for (what, new) in &after.by_name {
        let from = moved.get(what.as_str()).copied();
        let old = before.by_name.get(from.unwrap_or(what));
        match old {
            None => changes.push(created(what, new)),
            Some(old) => changes.extend(changed(what, old, new, from)),
        }
    }
    for (what, old) in &before.by_name {
        if !after.by_name.contains_key(what) && !left.contains(what.as_str()) {
            changes.push(gone(what, old, after.forgotten.contains(what)));
        }
    }
    changes
}

fn change(action: Action, what: &str, node: &Node) -> Change {
    let entry = node.entry.as_ref();
    Change {
        action,
        file: node.file.clone(),
        what: what.to_owned(),
        was: None,
        address: entry.map(|entry| entry.address.clone()),
        at: entry.map(|entry| entry.at.clone()),
        why: entry.map(|entry| entry.why.clone()),
        parts: Vec::new(),
        risk: BTreeSet::new(),
    }
}

fn created(what: &str, node: &Node) -> Change {
    Change {
        risk: risk::appears(node),
        ..change(Action::Create, what, node)
    }
}

fn gone(what: &str, node: &Node, is_forgotten: bool) -> Change {
    let action = if is_forgotten {
        Action::Forget
    } else {
        Action::Delete
    };
    let risk = if is_forgotten {
        BTreeSet::new()
    } else {
        risk::disappears(node)
    };
    Change {
        risk,
        ..change(action, what, node)
    }
}

fn changed(what: &str, old: &Node, new: &Node, from: Option<&str>) -> Option<Change> {
    let parts = document::parts(&old.value, &new.value, new.of());
    let replaces = match &new.kind {
        Kind::Resource(kind) => replace::first(kind, &old.value, &new.value),
        _ => None,
    };
    let action = match (replaces, from, parts.is_empty()) {
        (Some(_), ..) => Action::Replace,
        (None, Some(_), _) => Action::Move,
        (None, None, false) => Action::Update,
        (None, None, true) => return None,
    };
    let mut risk = if parts.is_empty() {
        BTreeSet::new()
    } else {
        risk::changes(old, new, &parts)
    };
    if let Some(row) = replaces {
        risk.insert(Risk::Replaces);
        let holds = old.effect() == Effect::HoldsData || new.effect() == Effect::HoldsData;
        if row.destroys_data || holds {
            risk.insert(Risk::LosesData);
        }
    }
    Some(Change {
        was: from.map(str::to_owned),
        parts,
        risk,
        ..change(action, what, new)
    })
}

#[cfg(test)]
mod tests;
