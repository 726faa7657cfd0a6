//! Findings as commands show them.

use serde_json::Value;

use super::options::Format;
use super::session::Session;
use super::shell::Shell;
use crate::check::{self, Finding, RuleSeverity, Suite, SuiteProblem, render};
use crate::diag::render::{Human, Message};
use crate::diag::{Label, Severity};
use crate::pipeline::Compiled;

/// What the policy suite had to say.
#[derive(Debug)]
pub(crate) struct Checked {
    suite: Suite,
    findings: Vec<Finding>,
}

/// Runs the suite over a compiled mesh.
pub(crate) fn check(compiled: &Compiled) -> Result<Checked, SuiteProblem> {
    let suite = Suite::embedded()?;
    let findings = check::check(compiled, &suite)?;
    Ok(Checked { suite, findings })
}

impl Checked {
    /// Whether any finding blocks.
    pub(crate) fn blocks(&self) -> bool {
        self.findings
            .iter()
            .any(|one| one.severity == RuleSeverity::Error)
    }

    /// `checked: 6 rules, no findings`.
    pub(crate) fn line(&self) -> String {
        let rules = self.suite.rules().len();
        match self.findings.len() {
            0 => format!("checked: {rules} rules, no findings\n"),
            1 => format!("checked: {rules} rules, 1 finding\n"),
            many => format!("checked: {rules} rules, {many} findings\n"),
        }
    }

    /// The findings as an array.
    pub(crate) fn json(&self, session: &Session) -> Value {
        render::json::findings(&self.findings, &session.map)
    }

    /// Shows the findings in the form that was asked for.
    pub(crate) fn report(&self, session: &Session, shell: &mut Shell) -> std::io::Result<()> {
        match shell.format() {
            Format::Json => {
                let diagnostics = Shell::diagnostics_json(&session.said, &session.map);
                shell.print_json(&serde_json::json!({
                    "version": 1,
                    "rules": self.suite.rules().iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>(),
                    "findings": self.json(session),
                    "diagnostics": diagnostics,
                }))
            }
            Format::Sarif => shell.print_json(&render::sarif::log(
                &self.findings,
                &self.suite,
                &session.map,
            )),
            Format::Junit => shell.print(&render::junit::report(
                &self.findings,
                &self.suite,
                &session.map,
            )),
            Format::Github => shell.print(&render::github::commands(&self.findings, &session.map)),
            Format::Human | Format::Markdown => {
                shell.diagnostics(&session.said, &session.map)?;
                shell.findings(&self.human(session, shell.color()))?;
                shell.say(&self.line())
            }
        }
    }

    fn human(&self, session: &Session, color: bool) -> String {
        let mut text = String::new();
        for one in &self.findings {
            let severity = match one.severity {
                RuleSeverity::Error => Severity::Error,
                RuleSeverity::Warning => Severity::Warning,
            };
            let primary = one.blueprint.map(|span| Label {
                span,
                text: one.title.clone(),
            });
            let mut help = vec![one.remediation.clone()];
            if let Some((path, line)) = &one.output {
                help.push(format!("in the output: {path}:{line}"));
            }
            let message = Message {
                severity,
                id: &one.rule,
                text: &one.message,
                primary: primary.as_ref(),
                labels: &[],
                help: &help,
            };
            text.push_str(&Human { color }.message(&message, &session.map));
            text.push_str("\n\n");
        }
        text
    }
}
