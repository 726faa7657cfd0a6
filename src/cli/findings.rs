//! Findings as commands show them.

use serde_json::Value;

use super::Outcome;
use super::options::{Common, Format};
use super::session::{Inputs, Session};
use super::shell::Shell;
use crate::blueprint::decode::listed;
use crate::check::{self, CellInput, Finding, RuleSeverity, Suite, SuiteProblem, render};
use crate::diag::render::{Human, Message};
use crate::diag::{Diagnostic, Label, Severity};
use crate::ident::Name;
use crate::mesh::Mesh;
use crate::pipeline::{Compiled, Made, Wishes};
use crate::primitive::CellSet;
use crate::source::SourceMap;

/// What the policy suite had to say.
#[derive(Debug)]
pub(crate) struct Checked {
    suite: Suite,
    findings: Vec<Finding>,
}

/// A compiled mesh and what the suite had to say, or the outcome of a command that could not compile it.
pub(crate) type Examined = Result<(Session, Compiled, Checked), Outcome>;

/// Compiles a mesh, and runs a suite over every cell while its structures are there.
pub(crate) fn compile(
    inputs: Inputs,
    wishes: Wishes<'_>,
    suite: Suite,
    common: &Common,
    shell: &mut Shell,
) -> anyhow::Result<Examined> {
    let run = check::Run::start(&suite, Some(common.day()))?;
    let look = |mesh: &Mesh, cell: &CellSet, made: &[Made]| run.look(mesh, cell, made);
    let wishes = Wishes {
        look: Some(&look),
        ..wishes
    };
    let (session, compiled) = match inputs.compile(&wishes, common, shell)? {
        Ok(opened) => opened,
        Err(outcome) => return Ok(Err(outcome)),
    };
    let findings = run.findings()?;
    Ok(Ok((session, compiled, Checked { suite, findings })))
}

/// Runs a suite over what was not compiled here.
pub(crate) fn judge(inputs: &[CellInput], suite: Suite) -> Result<Checked, SuiteProblem> {
    let findings = check::judge(inputs, &suite)?;
    Ok(Checked { suite, findings })
}

impl Checked {
    /// What a suite had to say at another time.
    pub(crate) fn of(suite: Suite, findings: Vec<Finding>) -> Self {
        Self { suite, findings }
    }

    /// Every finding.
    pub(crate) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether any finding blocks.
    pub(crate) fn blocks(&self) -> bool {
        self.findings
            .iter()
            .any(|one| one.severity == RuleSeverity::Error)
    }

    /// `checked: 6 rules, no findings`.
    pub(crate) fn line(&self) -> String {
        let rules = self.suite.rules().len();
        match self.merged().len() {
            0 => format!("checked: {rules} rules, no findings\n"),
            1 => format!("checked: {rules} rules, 1 finding\n"),
            many => format!("checked: {rules} rules, {many} findings\n"),
        }
    }

    /// The findings as an array.
    pub(crate) fn json(&self, map: &SourceMap) -> Value {
        render::json::findings(&self.findings, map)
    }

    /// Shows the findings in the form that was asked for.
    pub(crate) fn report(&self, session: &Session, shell: &mut Shell) -> std::io::Result<()> {
        self.show(&session.said, &session.map, shell)
    }

    /// The same for files that no mesh was compiled from.
    pub(crate) fn show(
        &self,
        said: &[Diagnostic],
        map: &SourceMap,
        shell: &mut Shell,
    ) -> std::io::Result<()> {
        match shell.format() {
            Format::Json => {
                let diagnostics = Shell::diagnostics_json(said, map);
                shell.print_json(&serde_json::json!({
                    "version": 1,
                    "rules": self.suite.rules().iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>(),
                    "findings": self.json(map),
                    "diagnostics": diagnostics,
                }))
            }
            Format::Sarif => {
                shell.print_json(&render::sarif::log(&self.findings, &self.suite, map))
            }
            Format::Junit => shell.print(&render::junit::report(&self.findings, &self.suite, map)),
            Format::Github => shell.print(&render::github::commands(&self.findings, map)),
            Format::Human | Format::Markdown => {
                shell.diagnostics(said, map)?;
                shell.findings(&self.human(map, shell.color()))?;
                shell.say(&self.line())
            }
        }
    }

    /// Shows findings that do not block beside a command's own result.
    pub(crate) fn mention(&self, session: &Session, shell: &mut Shell) -> std::io::Result<()> {
        match shell.format() {
            Format::Human => shell.findings(&self.human(&session.map, shell.color())),
            _ => Ok(()),
        }
    }

    /// What holds in several environments is said once, with the environments listed.
    fn merged(&self) -> Vec<Merged<'_>> {
        let mut merged: Vec<Merged<'_>> = Vec::new();
        for one in &self.findings {
            let same = merged.iter_mut().find(|other| {
                let first = other.finding;
                let key = |it: &'_ Finding| (it.primary(), it.severity);
                let place = first.primary().is_some() || first.address == one.address;
                place
                    && key(first) == key(one)
                    && (&first.rule, &first.message) == (&one.rule, &one.message)
            });
            match same {
                Some(entry) => entry.add(one),
                None => merged.push(Merged::new(one)),
            }
        }
        merged
    }

    fn human(&self, map: &SourceMap, color: bool) -> String {
        let mut text = String::new();
        for one in self.merged() {
            let finding = one.finding;
            let severity = match finding.severity {
                RuleSeverity::Error => Severity::Error,
                RuleSeverity::Warning => Severity::Warning,
            };
            let primary = finding.primary().map(|span| Label {
                span,
                text: finding.title.clone(),
            });
            let mut help = vec![finding.remediation.clone()];
            match one.outputs.as_slice() {
                [] => {}
                outputs => help.push(format!("in the output: {}", outputs.join(", "))),
            }
            let whose = match (finding.primary(), finding.address.as_str()) {
                (Some(_), _) | (None, "") => String::new(),
                (None, address) => format!("{address}: "),
            };
            let said = match one.environments.as_slice() {
                [] => format!("{whose}{}", finding.message),
                environments => format!(
                    "{whose}{} (in {})",
                    finding.message,
                    listed(environments.iter().copied())
                ),
            };
            let message = Message {
                severity,
                id: &finding.rule,
                text: &said,
                primary: primary.as_ref(),
                labels: &[],
                help: &help,
            };
            text.push_str(&Human { color }.message(&message, map));
            text.push_str("\n\n");
        }
        text
    }
}

/// One finding with every environment that it holds in.
#[derive(Debug)]
struct Merged<'a> {
    finding: &'a Finding,
    environments: Vec<&'a str>,
    outputs: Vec<String>,
}

impl<'a> Merged<'a> {
    fn new(finding: &'a Finding) -> Self {
        let mut merged = Self {
            finding,
            environments: Vec::new(),
            outputs: Vec::new(),
        };
        merged.add(finding);
        merged
    }

    fn add(&mut self, one: &'a Finding) {
        if let Some((path, line)) = &one.output {
            let place = format!("{path}:{line}");
            if !self.outputs.contains(&place) {
                self.outputs.push(place);
            }
        }
        if one.file.is_some() {
            return;
        }
        // Addresses of findings start with their environment; output paths do too.
        let environment = one.address.split_once(':').map(|(env, _)| env).or_else(|| {
            one.output
                .as_ref()
                .and_then(|(path, _)| path.split('/').next())
        });
        if let Some(environment) =
            environment.filter(|env| Name::parse(env).is_ok() && !self.environments.contains(env))
        {
            self.environments.push(environment);
        }
    }
}
