//! Findings as other programs want them: SARIF for code hosts, `JUnit` for test reports, workflow
//! commands for GitHub, JSON for everything else.

pub mod github;
pub mod json;
pub mod junit;
pub mod sarif;

use super::Finding;
use crate::source::SourceMap;

/// Where a finding is shown: file, line and column of the blueprint or of a foreign file, all from 1.
struct Shown {
    file: String,
    line: u32,
    column: u32,
}

fn shown(finding: &Finding, map: &SourceMap) -> Option<Shown> {
    let span = finding.primary()?;
    let file = map.file(span.file);
    let at = file.line_col(span.start);
    Some(Shown {
        file: file.path().to_string_lossy().replace('\\', "/"),
        line: at.line,
        column: at.column,
    })
}
