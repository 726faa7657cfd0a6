//! How control policies get into the organization: `aws organizations`, attached to the unit that the
//! mesh names.
//!
//! A policy is found by its name, since its id is the organization's. Source: AWS Organizations API
//! reference (create, update, attach, detach and delete, and their errors).

use crate::artifact::Artifact;
use crate::primitive::CellSet;
use crate::step::{Call, Draft, Find, ID, Run, Settle, Shape, Upsert, Wave};
use crate::targets::terraform;

/// The cell's steps.
pub(super) fn of(cell: &CellSet, artifacts: &[&Artifact]) -> Vec<Draft> {
    if cell.id.domain.is_some() {
        return terraform::steps(cell, artifacts, |name| {
            (name.starts_with("key_") && name.ends_with("_id")).then_some(Shape::KmsKeyId)
        });
    }
    let below = format!("{}/", cell.id);
    artifacts
        .iter()
        .filter_map(|artifact| artifact.path.strip_prefix(&below))
        .filter_map(|path| control_policy(cell, path))
        .collect()
}

fn control_policy(cell: &CellSet, path: &str) -> Option<Draft> {
    let stem = path.strip_prefix("policies/")?.strip_suffix(".json")?;
    let kind = match stem.split('-').next()? {
        "scp" => "SERVICE_CONTROL_POLICY",
        "rcp" => "RESOURCE_CONTROL_POLICY",
        _ => return None,
    };
    let unit = cell.cloud.text("ou")?;
    let name = format!("{}-{}-{stem}", cell.mesh.name, cell.id.env);
    let content = format!("file://{path}");
    let call = |words: &[&str]| {
        let end = ["--output", "json"];
        let words = ["aws", "organizations"].iter().chain(words).chain(&end);
        Call::new(words.copied())
    };
    Some(Draft {
        name: path.to_owned(),
        wave: Wave::Guardrails,
        files: vec![path.to_owned()],
        folder: String::new(),
        call: call(&[
            "create-policy",
            "--type",
            kind,
            "--name",
            &name,
            "--description",
            &format!("meshc {} {}", cell.mesh.name, cell.id.env),
            "--content",
            &content,
        ]),
        run: Run::Upsert(Box::new(Upsert {
            read: call(&["list-policies", "--filter", kind]),
            find: Find::Listed {
                list: "/Policies".to_owned(),
                field: "Name".to_owned(),
                name: name.clone(),
                id: "Id".to_owned(),
                made: "/Policy/PolicySummary/Id".to_owned(),
            },
            revive: None,
            update: call(&["update-policy", "--policy-id", ID, "--content", &content]),
            then: vec![Settle {
                call: call(&["attach-policy", "--policy-id", ID, "--target-id", unit]),
                already: vec!["DuplicatePolicyAttachmentException".to_owned()],
            }],
        })),
        undo: vec![
            Settle {
                call: call(&["detach-policy", "--policy-id", ID, "--target-id", unit]),
                already: vec!["PolicyNotAttachedException".to_owned()],
            },
            Settle {
                call: call(&["delete-policy", "--policy-id", ID]),
                already: vec!["PolicyNotFoundException".to_owned()],
            },
        ],
        holes: Vec::new(),
    })
}
