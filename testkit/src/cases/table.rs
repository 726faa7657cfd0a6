//! `tests/tools.toml`: which tools are required, what each judge judges, and what it cannot judge and why.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, anyhow, bail};
use serde::Deserialize;

use crate::tools::Tool;

/// The table, read and checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    tool: BTreeMap<String, ToolEntry>,
    judge: BTreeMap<String, Judge>,
}

/// Whether a run may do without a tool.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ToolEntry {
    required: bool,
    /// For an optional one: why it may be absent.
    #[serde(default)]
    why: String,
}

/// One judge.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judge {
    /// The tool that it is, or is made with.
    pub tool: String,
    /// What it judges, in a few words.
    pub judges: String,
    /// What it cannot judge.
    #[serde(default)]
    pub not_judged: Vec<Exception>,
}

/// Something that a judge cannot judge, although it is right.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// A word for it, unique within the judge.
    pub id: String,
    /// What it is about: a regular expression over a statement, or a Terraform resource type.
    pub pattern: String,
    /// Why the judge is wrong or unable, with its own words where it has any.
    pub why: String,
    /// An input that the judge rejects although it is right. The self-check fails once it no longer does, so an
    /// exception cannot outlive its reason.
    #[serde(default)]
    pub example: Option<String>,
    /// Where the right form is documented.
    #[serde(default)]
    pub source: Option<String>,
}

impl Judge {
    /// The tool that it is, or is made with.
    pub(super) fn tool(&self) -> Option<Tool> {
        Tool::ALL
            .iter()
            .copied()
            .find(|tool| tool.name() == self.tool)
    }
}

impl Table {
    /// The table of this repository.
    pub fn embedded() -> Result<Self> {
        Self::parse(include_str!("../../../tests/tools.toml")).context("tests/tools.toml")
    }

    fn parse(text: &str) -> Result<Self> {
        let table: Self = toml::from_str(text)?;
        for tool in Tool::ALL {
            table.tool(*tool)?;
        }
        for (name, entry) in &table.tool {
            if !Tool::ALL.iter().any(|tool| tool.name() == name) {
                bail!("there is no tool `{name}`");
            }
            if !entry.required && entry.why.trim().is_empty() {
                bail!("tool `{name}` is optional and does not say why");
            }
        }
        for (name, judge) in &table.judge {
            if !table.tool.contains_key(&judge.tool) {
                bail!(
                    "judge `{name}` wants the tool `{}`, which is not in the table",
                    judge.tool
                );
            }
            for (place, exception) in judge.not_judged.iter().enumerate() {
                if exception.why.trim().is_empty() {
                    bail!("`{}` of judge `{name}` does not say why", exception.id);
                }
                if judge.not_judged[..place]
                    .iter()
                    .any(|other| other.id == exception.id)
                {
                    bail!("judge `{name}` has two exceptions `{}`", exception.id);
                }
            }
        }
        Ok(table)
    }

    /// The judges, by name.
    pub fn judges(&self) -> impl Iterator<Item = (&str, &Judge)> {
        self.judge
            .iter()
            .map(|(name, judge)| (name.as_str(), judge))
    }

    /// One judge.
    pub fn judge(&self, name: &str) -> Result<&Judge> {
        self.judge
            .get(name)
            .ok_or_else(|| anyhow!("tests/tools.toml has no judge `{name}`"))
    }

    /// Whether a run without this tool has failed.
    pub fn is_required(&self, tool: Tool) -> bool {
        self.tool(tool).is_ok_and(|entry| entry.required)
    }

    fn tool(&self, tool: Tool) -> Result<&ToolEntry> {
        self.tool
            .get(tool.name())
            .ok_or_else(|| anyhow!("tool `{}` is missing", tool.name()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    #[test]
    fn the_table_of_this_repository_is_whole() {
        let table = Table::embedded().unwrap();
        assert!(table.judges().count() > 0);
        assert!(table.is_required(Tool::Az) && !table.is_required(Tool::Gcloud));
    }

    #[test]
    fn a_table_that_hides_a_reason_is_refused() {
        let entry = |tool: &Tool| format!("[tool.{}]\nrequired = true\n", tool.name());
        let tools = Tool::ALL.iter().map(entry).collect::<Vec<_>>().concat();
        assert!(Table::parse(&format!("{tools}[judge]")).is_ok());
        let bad = [
            ("[tool.nail]\nrequired = true\n[judge]", "no tool `nail`"),
            (
                "[judge.x]\ntool = \"nail\"\njudges = \"all\"",
                "not in the table",
            ),
            (
                "[judge.x]\ntool = \"az\"\njudges = \"all\"\n[[judge.x.not_judged]]\nid = \"a\"\npattern = \"a\"\nwhy = \" \"",
                "say why",
            ),
            (
                "[judge.x]\ntool = \"az\"\njudges = \"all\"\nskip = true",
                "unknown field",
            ),
        ];
        for (addition, wanted) in bad {
            let error = format!(
                "{:#}",
                Table::parse(&format!("{tools}{addition}")).unwrap_err()
            );
            assert!(error.contains(wanted), "{error}");
        }
        let optional = tools.replacen("true", "false", 1);
        let error = format!(
            "{:#}",
            Table::parse(&format!("{optional}[judge]")).unwrap_err()
        );
        assert!(error.contains("optional and does not say why"), "{error}");
        assert!(
            Table::parse("[tool]\n[judge]").is_err(),
            "every tool must be in it"
        );
    }
}
