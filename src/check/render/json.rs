//! Findings as JSON.

use serde_json::{Value, json};

use crate::check::{Finding, RuleSeverity};
use crate::source::SourceMap;

/// Every finding as an array.
pub fn findings(list: &[Finding], map: &SourceMap) -> Value {
    list.iter().map(|one| finding(one, map)).collect()
}

fn finding(one: &Finding, map: &SourceMap) -> Value {
    let place = super::shown(one, map);
    let place = place.map(|at| json!({"file": at.file, "line": at.line, "column": at.column}));
    let of = |is: bool| place.clone().filter(|_| is);
    json!({
        "rule": one.rule,
        "title": one.title,
        "severity": word(one.severity),
        "message": one.message,
        "address": one.address,
        "remediation": one.remediation,
        "blueprint": of(one.blueprint.is_some()),
        "file": of(one.blueprint.is_none()),
        "output": one.output.as_ref().map(|(file, line)| json!({"file": file, "line": line})),
    })
}

pub(super) fn word(severity: RuleSeverity) -> &'static str {
    match severity {
        RuleSeverity::Error => "error",
        RuleSeverity::Warning => "warning",
    }
}
