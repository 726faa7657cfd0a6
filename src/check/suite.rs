//! The rules in force: Rego text with its metadata, read once.
//!
//! Metadata stands in a `# METADATA` comment above the package, as OPA writes it: YAML with
//! `title`, `description` and, under `custom`, `id`, `severity` and `remediation`.

use include_dir::{Dir, include_dir};
use serde::Deserialize;

use super::engine;
use crate::source::LineCol;

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/policies");

/// Every rule in force.
#[derive(Debug, Clone)]
pub struct Suite {
    rules: Vec<Rule>,
    libraries: Vec<(String, String)>,
}

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its stable id.
    pub id: String,
    /// What it asks for.
    pub title: String,
    /// Why.
    pub description: String,
    /// What to do about a finding.
    pub remediation: String,
    /// Whether a finding blocks.
    pub severity: RuleSeverity,
    /// The Rego package, `data.meshc.retention.bounds`.
    pub package: String,
    /// Where the text is, below `policies/`.
    pub path: String,
    /// The text.
    pub text: String,
}

/// Whether a finding blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleSeverity {
    /// It blocks.
    Error,
    /// It never blocks.
    Warning,
}

/// Why a suite cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuiteProblem {
    /// The rule's file.
    pub path: String,
    /// The place in it, where there is one.
    pub at: Option<LineCol>,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for SuiteProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the policy {}: {}", self.path, self.what)
    }
}

impl std::error::Error for SuiteProblem {}

#[derive(Deserialize)]
struct Metadata {
    title: String,
    description: String,
    custom: Custom,
}

#[derive(Deserialize)]
struct Custom {
    id: String,
    severity: RuleSeverity,
    remediation: String,
}

impl Suite {
    /// The rules that ship with meshc.
    pub fn embedded() -> Result<Self, SuiteProblem> {
        let mut files = Vec::new();
        collect(&EMBEDDED, &mut files);
        Self::from_files(files)
    }

    /// A suite from files: `(path, text)`. Files that end in `_test.rego` are tests, those in `lib/`
    /// are libraries, every other one is a rule.
    pub fn from_files(files: Vec<(String, String)>) -> Result<Self, SuiteProblem> {
        Self::sorted(
            files
                .into_iter()
                .map(|(path, text)| (path.clone(), path.starts_with("lib/"), text))
                .collect(),
        )
    }

    /// The rules that ship with meshc and a team's own: `(path, whether it is a library, text)`.
    pub fn with(own: Vec<(String, bool, String)>) -> Result<Self, SuiteProblem> {
        let mut embedded = Vec::new();
        collect(&EMBEDDED, &mut embedded);
        let mut files: Vec<(String, bool, String)> = embedded
            .into_iter()
            .map(|(path, text)| (path.clone(), path.starts_with("lib/"), text))
            .collect();
        files.extend(own);
        Self::sorted(files)
    }

    /// Whether the engine takes every rule.
    pub fn compiles(&self) -> Result<(), SuiteProblem> {
        engine::compile(self).map(drop)
    }

    fn sorted(files: Vec<(String, bool, String)>) -> Result<Self, SuiteProblem> {
        let (mut rules, mut libraries): (Vec<Rule>, Vec<(String, String)>) =
            (Vec::new(), Vec::new());
        for (path, library, text) in files
            .into_iter()
            .filter(|(path, ..)| !path.ends_with("_test.rego"))
        {
            if library {
                libraries.push((path, text));
                continue;
            }
            let rule = Rule::read(path, text)?;
            if let Some(twin) = rules.iter().find(|other| other.id == rule.id) {
                let what = format!("its id {} is also that of {}", rule.id, twin.path);
                return Err(SuiteProblem {
                    path: rule.path,
                    at: None,
                    what,
                });
            }
            rules.push(rule);
        }
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        libraries.sort();
        Ok(Self { rules, libraries })
    }

    /// The rules, by id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// What rules share: `(path, text)`.
    pub fn libraries(&self) -> &[(String, String)] {
        &self.libraries
    }
}

impl Rule {
    fn read(path: String, text: String) -> Result<Self, SuiteProblem> {
        let problem = |what: String| SuiteProblem {
            path: path.clone(),
            at: None,
            what,
        };
        let package = text
            .lines()
            .find_map(|line| line.strip_prefix("package "))
            .map(|name| format!("data.{}", name.trim()))
            .ok_or_else(|| problem("it has no package".to_owned()))?;
        let yaml: String = text
            .lines()
            .skip_while(|line| line.trim() != "# METADATA")
            .skip(1)
            .map_while(|line| line.strip_prefix('#'))
            .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
            .collect();
        if yaml.is_empty() {
            return Err(problem("it has no `# METADATA` comment".to_owned()));
        }
        let metadata: Metadata = serde_yaml::from_str(&yaml)
            .map_err(|error| problem(format!("its metadata cannot be read: {error}")))?;
        Ok(Self {
            id: metadata.custom.id,
            title: metadata.title,
            description: one_line(&metadata.description),
            remediation: one_line(&metadata.custom.remediation),
            severity: metadata.custom.severity,
            package,
            path,
            text,
        })
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn collect(dir: &'static Dir<'static>, files: &mut Vec<(String, String)>) {
    for file in dir.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        let rego = file.path().extension().is_some_and(|ext| ext == "rego");
        if let Some(text) = file.contents_utf8().filter(|_| rego) {
            files.push((path, text.to_owned()));
        }
    }
    for inner in dir.dirs() {
        collect(inner, files);
    }
}
