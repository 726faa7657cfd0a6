//! From one major of a provider to the next: the same addresses with the same arguments, so nothing is replaced.
//!
//! That each output fits the schema of its own major is the schema gate's claim, which every compile passes.

use std::collections::{BTreeMap, BTreeSet};

use meshc::artifact::Content;
use serde_json::Value;

use crate::meaning::{self, Mesh};

/// The resources of every AWS root by path and address.
fn resources(mesh: &Mesh) -> BTreeMap<String, Value> {
    let outcome = mesh.compile();
    let compiled = outcome.compiled();
    let roots = compiled.artifacts.iter().filter(|artifact| {
        artifact.path.contains("/aws/")
            && artifact.path.ends_with("/main.tf")
            && matches!(artifact.content, Content::Hcl(_))
    });
    roots
        .flat_map(|artifact| {
            let all = meaning::resources(compiled, &artifact.path);
            let place = artifact.path.trim_end_matches("main.tf").to_owned();
            all.into_iter()
                .map(move |(address, value)| (format!("{place}{address}"), value))
        })
        .collect()
}

/// Every argument by its path, with the places in lists of blocks left out.
fn arguments(value: &Value, path: &str, into: &mut BTreeMap<String, BTreeSet<String>>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let dot = if path.is_empty() { "" } else { "." };
                arguments(value, &format!("{path}{dot}{key}"), into);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for item in items {
                arguments(item, path, into);
            }
        }
        other => {
            into.entry(path.to_owned())
                .or_default()
                .insert(other.to_string());
        }
    }
}

#[test]
fn from_aws_5_to_6_no_address_changes_and_nothing_is_replaced() {
    let mut compared = 0;
    for folder in [
        "blueprints/minimal",
        "blueprints/retail",
        "tests/meshes/wide-aws",
    ] {
        let major = |number: u32| {
            let plain = "ou: ou-ab12-cd34ef56, region: eu-west-1}";
            let mesh = Mesh::shipped(folder).without("mesh.yaml", ", provider: \"5\"");
            let chosen =
                format!("ou: ou-ab12-cd34ef56, region: eu-west-1, provider: \"{number}\"}}");
            resources(&mesh.with("mesh.yaml", plain, &chosen))
        };
        let (five, six) = (major(5), major(6));
        let addresses = |all: &BTreeMap<String, Value>| all.keys().cloned().collect::<Vec<_>>();
        assert_eq!(addresses(&five), addresses(&six), "{folder}");
        for (address, old) in &five {
            let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
            arguments(old, "", &mut before);
            arguments(&six[address], "", &mut after);
            // Not even an argument that could be changed in place differs, so none that replaces does.
            assert_eq!(before, after, "{folder}: {address}");
            compared += before.len();
        }
    }
    println!("AWS 5 to 6: {compared} arguments, all equal");
    assert!(compared > 2000);
}
