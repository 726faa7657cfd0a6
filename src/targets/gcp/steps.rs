//! How custom roles and organization policies get to Google Cloud.
//!
//! A role is made by one call and changed by another, and one that was deleted has to be brought back
//! before it can be changed; a policy is set. Sources: Google Cloud SDK reference, `gcloud iam roles`
//! and `gcloud org-policies`; cloud.google.com/iam/docs/creating-custom-roles (deleted roles).

use crate::artifact::{Artifact, Content};
use crate::primitive::CellSet;
use crate::step::{Call, Draft, Find, Run, Settle, Shape, Upsert, Wave};
use crate::targets::terraform;

/// The cell's steps.
pub(super) fn of(cell: &CellSet, artifacts: &[&Artifact]) -> Vec<Draft> {
    if cell.id.domain.is_some() {
        return terraform::steps(cell, artifacts, |name| {
            name.starts_with("policy_tag_").then_some(Shape::PolicyTag)
        });
    }
    artifacts
        .iter()
        .filter_map(|artifact| {
            let path = artifact.path.strip_prefix(&format!("{}/", cell.id))?;
            match path.split_once('/')? {
                ("roles", file) => role(cell, path, file.strip_suffix(".yaml")?),
                ("policies", _) => policy(artifact, path),
                _ => None,
            }
        })
        .collect()
}

/// `--quiet` answers the question about roles without an etag: ours are overwritten whole.
fn gcloud(words: &[&str]) -> Call {
    let end = ["--format", "json", "--quiet"];
    Call::new(["gcloud"].iter().chain(words).chain(&end).copied())
}

fn role(cell: &CellSet, path: &str, id: &str) -> Option<Draft> {
    let organization = cell.cloud.text("organization")?;
    let at = ["--organization", organization];
    let call = |verb: &str, more: &[&str]| {
        let words = ["iam", "roles", verb, id];
        gcloud(&[&words[..], &at, more].concat())
    };
    let file = ["--file", path];
    Some(Draft {
        name: path.to_owned(),
        wave: Wave::Definitions,
        files: vec![path.to_owned()],
        folder: String::new(),
        call: call("create", &file),
        run: Run::Upsert(Box::new(Upsert {
            read: call("describe", &[]),
            find: Find::Exit {
                absent: vec!["NOT_FOUND".to_owned()],
                deleted: Some("deleted".to_owned()),
            },
            revive: Some(call("undelete", &[])),
            update: call("update", &file),
            then: Vec::new(),
        })),
        undo: vec![Settle {
            call: call("delete", &[]),
            already: ["NOT_FOUND", "already deleted"].map(str::to_owned).to_vec(),
        }],
        holes: Vec::new(),
    })
}

fn policy(artifact: &Artifact, path: &str) -> Option<Draft> {
    let Content::Yaml(document) = &artifact.content else {
        return None;
    };
    // `projects/PROJECT/policies/CONSTRAINT`.
    let name = document.value.get("name").and_then(|name| name.as_str())?;
    let parts: Vec<&str> = name.split('/').collect();
    let ["projects", project, "policies", constraint] = parts[..] else {
        return None;
    };
    Some(Draft {
        name: path.to_owned(),
        wave: Wave::Guardrails,
        files: vec![path.to_owned()],
        folder: String::new(),
        call: gcloud(&["org-policies", "set-policy", path]),
        run: Run::Put,
        undo: vec![Settle {
            call: gcloud(&["org-policies", "delete", constraint, "--project", project]),
            already: vec!["NOT_FOUND".to_owned()],
        }],
        holes: Vec::new(),
    })
}
