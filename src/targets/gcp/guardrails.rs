//! Organization policies, for `gcloud org-policies set-policy FILE`, one per constraint and project.
//!
//! They are set on the projects of the mesh, not on the organization or a folder: what else lies in
//! the organization is not ours to restrict, and a tighter environment must not bind another one.

use serde_json::{Value, json};

use crate::artifact::{Artifact, Content, Document};
use crate::primitive::{CellSet, Guardrail, GuardrailRule, Primitive};
use crate::targets::terraform::{Part, Root};

/// Every policy of every project.
pub(super) fn documents(cell: &CellSet) -> Vec<Artifact> {
    let root = Root::new(cell, Part::Above);
    let projects: std::collections::BTreeSet<&str> = cell
        .siblings
        .iter()
        .filter_map(|(_, settings)| settings.text("project"))
        .collect();
    let mut artifacts = Vec::new();
    for primitive in &cell.primitives {
        let Primitive::Guardrail(guardrail) = primitive else {
            continue;
        };
        for (constraint, rule) in constraints(guardrail, cell) {
            for project in &projects {
                let value = json!({
                    "name": format!("projects/{project}/policies/{constraint}"),
                    "spec": spec(&rule),
                });
                let path = root.path(&format!(
                    "policies/{project}-{}.yaml",
                    constraint.replace('.', "-")
                ));
                let document = Document {
                    value,
                    origin: guardrail.origin.clone(),
                    parts: Vec::new(),
                };
                artifacts.push(Artifact {
                    path,
                    content: Content::Yaml(document),
                });
            }
        }
    }
    artifacts
}

/// Lists of what is denied add to those above; a list of what is allowed stands for itself, since
/// joined with one above it would allow more. Switches have nothing to inherit.
fn spec(rule: &Value) -> Value {
    match rule.get("values") {
        Some(values) => {
            json!({"inheritFromParent": values.get("deniedValues").is_some(), "rules": [rule]})
        }
        None => json!({"rules": [rule]}),
    }
}

/// Constraints and the one rule of each.
/// Source: cloud.google.com/resource-manager/docs/organization-policy/org-policy-constraints.
fn constraints(guardrail: &Guardrail, cell: &CellSet) -> Vec<(&'static str, Value)> {
    let enforce = || json!({"enforce": true});
    match &guardrail.rule {
        GuardrailRule::Regions(regions) => {
            let allowed = locations(regions.iter(), cell);
            vec![(
                "gcp.resourceLocations",
                json!({"values": {"allowedValues": allowed}}),
            )]
        }
        GuardrailRule::Plaintext => vec![
            ("storage.secureHttpTransport", enforce()),
            (
                "gcp.restrictTLSVersion",
                json!({"values": {"deniedValues": ["TLS_VERSION_1", "TLS_VERSION_1_1"]}}),
            ),
        ],
        GuardrailRule::PublicAccess => {
            vec![
                ("storage.publicAccessPrevention", enforce()),
                ("storage.uniformBucketLevelAccess", enforce()),
            ]
        }
    }
}

/// The allowed regions that are Google's, as value groups: `in:europe-west1-locations` is the region
/// with its zones. Google's regions end in letters and a number (`europe-west1`), Amazon's in a
/// number after a hyphen, Azure's have no hyphen at all.
fn locations<'r>(regions: impl Iterator<Item = &'r String>, cell: &CellSet) -> Vec<String> {
    let multi = ["asia", "eu", "us"];
    let google = |region: &&String| match region.rsplit_once('-') {
        Some((_, last)) => {
            last.starts_with(|c: char| c.is_ascii_alphabetic())
                && last.ends_with(|c: char| c.is_ascii_digit())
        }
        None => multi.contains(&region.as_str()),
    };
    let mut found: Vec<String> = regions.filter(google).cloned().collect();
    if found.is_empty() {
        found.extend(cell.region.iter().map(|region| region.value.clone()));
    }
    found
        .iter()
        .map(|region| format!("in:{region}-locations"))
        .collect()
}
