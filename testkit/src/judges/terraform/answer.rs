//! What terraform says, read from its JSON.

use std::fmt;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// An error or a warning of `terraform validate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file within the root.
    pub file: Option<String>,
    /// Its line, from 1.
    pub line: Option<u64>,
    /// In one sentence.
    pub summary: String,
    /// In several.
    pub detail: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(file), Some(line)) = (&self.file, self.line) {
            write!(f, "{file}:{line}: ")?;
        }
        write!(f, "{}: {}", self.summary, self.detail)
    }
}

pub(super) fn diagnostic(value: &Value) -> Diagnostic {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Diagnostic {
        file: text(&value["range"]["filename"]),
        line: value["range"]["start"]["line"].as_u64(),
        summary: text(&value["summary"]).unwrap_or_default(),
        detail: text(&value["detail"]).unwrap_or_default(),
    }
}

/// A Terraform plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Whether terraform said that there is anything to do.
    pub has_changes: bool,
    /// What it does, or not, to each managed resource, in the plan's order.
    pub changes: Vec<Change>,
    /// Objects that were changed by somebody else since the state was written.
    pub drift: Vec<Change>,
}

/// What a plan does to one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The resource's address.
    pub address: String,
    /// Its address in the state, if a `moved` block renames it.
    pub previous: Option<String>,
    /// Whether an `import` block brings it into the state.
    pub imports: bool,
    /// `["no-op"]`, `["create"]`, `["update"]`, `["delete", "create"]`, `["forget"]` and so on.
    pub actions: Vec<String>,
    /// The arguments that force a replacement, dotted.
    pub replace_paths: Vec<String>,
}

impl Plan {
    /// A plan as `terraform show -json` prints it.
    pub(super) fn read(json: &Value, has_changes: bool) -> Result<Self> {
        let managed = |name: &str| -> Result<Vec<Change>> {
            let all = json[name].as_array().map(Vec::as_slice).unwrap_or_default();
            let managed = all.iter().filter(|change| change["mode"] == "managed");
            managed.map(Change::read).collect()
        };
        Ok(Self {
            has_changes,
            changes: managed("resource_changes")?,
            drift: managed("resource_drift")?,
        })
    }

    /// The change of one resource.
    pub fn change(&self, address: &str) -> Option<&Change> {
        self.changes.iter().find(|change| change.address == address)
    }

    /// The addresses with these actions.
    pub fn with_actions(&self, actions: &[&str]) -> Vec<&str> {
        let same = self
            .changes
            .iter()
            .filter(|change| change.actions == actions);
        same.map(|change| change.address.as_str()).collect()
    }

    /// What is done at all, for a message.
    pub fn done(&self) -> Vec<&Change> {
        let done = |change: &&Change| change.actions != ["no-op"];
        self.changes.iter().filter(done).collect()
    }
}

impl Change {
    fn read(json: &Value) -> Result<Self> {
        let change = &json["change"];
        let actions = change["actions"]
            .as_array()
            .context("a change without actions")?;
        let paths = change["replace_paths"].as_array();
        let step = |step: &Value| match step {
            Value::String(name) => name.clone(),
            other => other.to_string(),
        };
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        Ok(Self {
            address: text("address").context("a change without an address")?,
            previous: text("previous_address"),
            imports: !change["importing"].is_null(),
            actions: actions.iter().map(step).collect(),
            replace_paths: paths
                .into_iter()
                .flatten()
                .filter_map(Value::as_array)
                .map(|path| path.iter().map(step).collect::<Vec<_>>().join("."))
                .collect(),
        })
    }

    /// Whether the resource is destroyed, to be made again or not.
    pub fn destroys(&self) -> bool {
        self.actions.iter().any(|action| action == "delete")
    }
}
