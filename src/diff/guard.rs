//! Arguments that keep something safe although they stand in a block that holds data or is plain:
//! `public_access_prevention` of a bucket. In: a resource type and one part that changes. Out: what
//! the change may do. The facts are rows of `data/guards.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;

use super::{Part, Risk};

/// One argument that keeps something safe.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    dead_code,
    reason = "facts carry their source and whether it was read; a remembered one is used all the same"
)]
pub(super) struct Guard {
    /// The resource type; `*` is every one.
    pub(super) resource: String,
    /// Its path below the resource, without the numbers of repeated blocks.
    pub(super) attribute: String,
    safe: Safe,
    /// Whether another value lets more people in.
    widens: bool,
    /// Where the fact comes from.
    pub(super) source: String,
    /// Whether it was read or tried, rather than remembered.
    verified: bool,
}

/// The safe value.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Safe {
    Is(bool),
    Text(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "_")]
    _about: String,
    rows: Vec<Guard>,
}

pub(super) fn rows() -> &'static [Guard] {
    static ROWS: OnceLock<Vec<Guard>> = OnceLock::new();
    ROWS.get_or_init(|| {
        // INVARIANT: the text is part of the binary and a test parses it.
        let file: File = serde_json::from_str(include_str!("../../data/guards.json"))
            .expect("the embedded table of guards parses");
        file.rows
    })
}

/// What the change of one part may do to what it guards; `None` if no row is about it.
pub(super) fn changes(kind: &str, part: &Part) -> Option<BTreeSet<Risk>> {
    let steps = part.pointer.split('.');
    let steps: Vec<&str> = steps
        .filter(|step| step.parse::<usize>().is_err())
        .collect();
    let path = steps.join(".");
    let (mut risk, mut is_known) = (BTreeSet::new(), false);
    for guard in by_resource()
        .get(kind)
        .into_iter()
        .chain(by_resource().get("*"))
        .flatten()
    {
        let same = path == guard.attribute;
        let inside = path
            .strip_prefix(&guard.attribute)
            .is_some_and(|rest| rest.starts_with('.'));
        let around = guard
            .attribute
            .strip_prefix(&path)
            .is_some_and(|rest| rest.starts_with('.'));
        let (weaker, stronger) = if same {
            guard.direction(part.before.as_ref(), part.after.as_ref())
        } else if inside {
            (true, true)
        } else if around {
            // A block that comes is not weaker than none; one that goes takes its guard along.
            (part.after.is_none(), part.before.is_none())
        } else {
            continue;
        };
        is_known = true;
        if weaker {
            risk.insert(Risk::WeakensGuard);
        }
        if weaker && guard.widens {
            risk.insert(Risk::WidensAccess);
        }
        if stronger && guard.widens {
            risk.insert(Risk::NarrowsAccess);
        }
    }
    is_known.then_some(risk)
}

fn by_resource() -> &'static BTreeMap<&'static str, Vec<&'static Guard>> {
    static INDEX: OnceLock<BTreeMap<&'static str, Vec<&'static Guard>>> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index: BTreeMap<&str, Vec<&Guard>> = BTreeMap::new();
        for row in rows() {
            index.entry(row.resource.as_str()).or_default().push(row);
        }
        index
    })
}

impl Guard {
    /// Whether it gets weaker, and whether it gets stronger. What is not said is not known to be safe.
    fn direction(&self, before: Option<&Value>, after: Option<&Value>) -> (bool, bool) {
        match &self.safe {
            Safe::Is(safe) => towards(&Value::Bool(*safe), after),
            Safe::Text(word) if word == "higher" => match (number(before), number(after)) {
                (Some(old), Some(new)) => (new < old, new > old),
                _ => (true, true),
            },
            // A key or a list of rules: setting one is stronger, anything else cannot be told.
            Safe::Text(word) if word == "same" => (before.is_some(), true),
            Safe::Text(text) => towards(&Value::from(text.as_str()), after),
        }
    }
}

/// A part that changes and does not end at the safe value has left it, or was never known to be there.
fn towards(safe: &Value, after: Option<&Value>) -> (bool, bool) {
    (after != Some(safe), after == Some(safe))
}

/// A number, also in a text such as `TLS1_2` or `1.2`.
fn number(value: Option<&Value>) -> Option<f64> {
    let value = value?;
    value.as_f64().or_else(|| {
        let text = value.as_str()?;
        let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
        digits.replace('_', ".").parse().ok()
    })
}
