//! Findings as SARIF 2.1.0. The blueprint is the primary location, since that is the line a person
//! can edit; the output line is a related one.

use serde_json::{Value, json};

use super::json::word;
use crate::check::{Finding, Rule, Suite};
use crate::source::SourceMap;

/// A whole SARIF log of one run.
pub fn log(list: &[Finding], suite: &Suite, map: &SourceMap) -> Value {
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "meshc",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": suite.rules().iter().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": list.iter().map(|one| result(one, suite, map)).collect::<Vec<_>>(),
        }],
    })
}

fn rule(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.description},
        "help": {"text": rule.remediation},
        "defaultConfiguration": {"level": word(rule.severity)},
    })
}

fn result(one: &Finding, suite: &Suite, map: &SourceMap) -> Value {
    let place = super::shown(one, map);
    let locations: Vec<Value> = place
        .into_iter()
        .map(|at| {
            json!({"physicalLocation": {
                "artifactLocation": {"uri": at.file},
                "region": {"startLine": at.line, "startColumn": at.column},
            }})
        })
        .collect();
    // What stands in no file is named by its address, as a resource of a plan.
    let locations = match (locations.as_slice(), one.address.as_str()) {
        ([], address) if !address.is_empty() => {
            vec![json!({"logicalLocations": [{"fullyQualifiedName": address}]})]
        }
        _ => locations,
    };
    let related: Vec<Value> = one
        .output
        .iter()
        .map(|(file, line)| json!({
            "physicalLocation": {"artifactLocation": {"uri": file}, "region": {"startLine": line}},
            "message": {"text": "in the output"},
        }))
        .collect();
    json!({
        "ruleId": one.rule,
        "ruleIndex": suite.rules().iter().position(|rule| rule.id == one.rule),
        "level": word(one.severity),
        "message": {"text": format!("{}. {}", one.message, one.remediation)},
        "locations": locations,
        "relatedLocations": related,
        "partialFingerprints": {"meshc/v1": format!("{}:{}", one.rule, one.address)},
    })
}
