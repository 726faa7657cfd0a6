//! How roles and policies get to the management group: `az rest` with PUT, which makes or overwrites
//! and can be repeated. `az role definition create` makes a new role each time (Azure CLI reference).
//!
//! Source: Azure REST API reference, Role Definitions - Create Or Update (2022-04-01), Policy
//! Definitions and Policy Assignments - Create Or Update (2025-11-01).

use serde_json::Value;

use crate::artifact::{Artifact, Content};
use crate::primitive::CellSet;
use crate::step::{Call, Draft, Run, Settle, Wave};
use crate::targets::terraform;

/// The cell's steps.
pub(super) fn of(cell: &CellSet, artifacts: &[&Artifact]) -> Vec<Draft> {
    if cell.id.domain.is_some() {
        return terraform::steps(cell, artifacts, |_| None);
    }
    artifacts
        .iter()
        .filter_map(|artifact| document(cell, artifact))
        .collect()
}

fn document(cell: &CellSet, artifact: &Artifact) -> Option<Draft> {
    let path = artifact.path.strip_prefix(&format!("{}/", cell.id))?;
    let Content::Json(document) = &artifact.content else {
        return None;
    };
    let (folder, file) = path.split_once('/')?;
    let stem = file.strip_suffix(".json")?;
    let (kind, name, version, wave) = match (folder, stem.strip_prefix("assign-")) {
        ("roles", _) => {
            let id = document.value.get("name").and_then(Value::as_str)?;
            ("roleDefinitions", id, "2022-04-01", Wave::Definitions)
        }
        ("policies", Some(name)) => ("policyAssignments", name, "2025-11-01", Wave::Guardrails),
        ("policies", None) => ("policyDefinitions", stem, "2025-11-01", Wave::Definitions),
        _ => return None,
    };
    let group = cell.cloud.text("management-group")?;
    // A path alone is completed by `az` with the endpoint of the cloud that it is signed in to.
    let url = format!(
        "/providers/Microsoft.Management/managementGroups/{group}/providers/Microsoft.Authorization/{kind}/{name}?api-version={version}"
    );
    let rest = |method: &str, more: &[&str]| {
        let words = ["az", "rest", "--method", method, "--url", &url];
        Call::new(
            words
                .iter()
                .chain(more)
                .chain(&["--output", "json"])
                .copied(),
        )
    };
    Some(Draft {
        name: path.to_owned(),
        wave,
        files: vec![path.to_owned()],
        folder: String::new(),
        call: rest("put", &["--body", &format!("@{path}")]),
        run: Run::Put,
        undo: vec![Settle {
            call: rest("delete", &[]),
            already: [
                "RoleDefinitionDoesNotExist",
                "PolicyDefinitionNotFound",
                "PolicyAssignmentNotFound",
            ]
            .map(str::to_owned)
            .to_vec(),
        }],
        holes: Vec::new(),
    })
}
