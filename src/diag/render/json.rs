//! Diagnostics for programs: one object per message, places as file, line and column.

use serde_json::{Value, json};

use crate::diag::{Diagnostic, Label, Severity};
use crate::source::{SourceMap, secrets};

/// Every diagnostic as an array.
pub fn diagnostics(list: &[Diagnostic], map: &SourceMap) -> Value {
    list.iter().map(|one| diagnostic(one, map)).collect()
}

fn diagnostic(one: &Diagnostic, map: &SourceMap) -> Value {
    json!({
        "code": one.code.id(),
        "name": one.code.name(),
        "severity": match one.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "message": shown(&one.message),
        "place": one.primary.as_ref().map(|label| place(label, map)),
        "related": one.labels.iter().map(|label| place(label, map)).collect::<Vec<_>>(),
        "help": one.help.iter().map(|help| shown(help)).collect::<Vec<_>>(),
    })
}

fn place(label: &Label, map: &SourceMap) -> Value {
    let file = map.file(label.span.file);
    let (start, end) = (
        file.line_col(label.span.start),
        file.line_col(label.span.end),
    );
    json!({
        "file": file.path().to_string_lossy(),
        "line": start.line,
        "column": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "text": shown(&label.text),
    })
}

/// Messages quote what the user wrote; what looks like a secret is never repeated.
fn shown(text: &str) -> String {
    secrets::covered(text).unwrap_or_else(|| text.to_owned())
}
