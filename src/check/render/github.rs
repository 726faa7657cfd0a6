//! Findings as GitHub Actions workflow commands, which become annotations on the pull request.

use super::json::word;
use crate::check::Finding;
use crate::source::SourceMap;

/// One command per finding.
pub fn commands(list: &[Finding], map: &SourceMap) -> String {
    list.iter().map(|one| command(one, map)).collect()
}

fn command(one: &Finding, map: &SourceMap) -> String {
    let place = super::shown(one, map).map_or(String::new(), |at| {
        format!(
            "file={},line={},col={},",
            property(&at.file),
            at.line,
            at.column
        )
    });
    let title = property(&format!("{} {}", one.rule, one.title));
    format!(
        "::{} {place}title={title}::{}\n",
        word(one.severity),
        message(&format!("{}. {}", one.message, one.remediation))
    )
}

/// The escapes that GitHub's runner undoes in a message.
fn message(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The escapes that it undoes in a property, which also ends at `,` and `:`.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
