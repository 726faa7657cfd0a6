//! Findings as a `JUnit` report: a test case per rule, a failure per finding.

use crate::check::{Finding, Suite};
use crate::source::SourceMap;

/// The whole report.
pub fn report(list: &[Finding], suite: &Suite, map: &SourceMap) -> String {
    let failed = suite
        .rules()
        .iter()
        .filter(|rule| list.iter().any(|one| one.rule == rule.id))
        .count();
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text.push_str(&format!(
        "<testsuites name=\"meshc check\" tests=\"{0}\" failures=\"{failed}\">\n  <testsuite name=\"meshc check\" tests=\"{0}\" failures=\"{failed}\">\n",
        suite.rules().len()
    ));
    for rule in suite.rules() {
        let own: Vec<&Finding> = list.iter().filter(|one| one.rule == rule.id).collect();
        let head = format!(
            "    <testcase classname=\"{}\" name=\"{}\"",
            escape(&rule.id),
            escape(&rule.title)
        );
        if own.is_empty() {
            text.push_str(&format!("{head}/>\n"));
            continue;
        }
        let lines: String = own
            .iter()
            .map(|one| {
                let place = super::shown(one, map).map_or(String::new(), |at| {
                    format!("{}:{}:{}: ", at.file, at.line, at.column)
                });
                format!("{place}{}\n", one.message)
            })
            .collect();
        let message = own.first().map_or("", |one| one.message.as_str());
        text.push_str(&format!(
            "{head}>\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
            escape(message),
            escape(&lines)
        ));
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

/// Text inside XML; characters that XML cannot carry at all become their code.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' | '\t' => safe.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                safe.extend(c.escape_unicode());
            }
            c => safe.push(c),
        }
    }
    safe
}
