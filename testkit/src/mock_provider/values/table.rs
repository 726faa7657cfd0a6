//! The rule tables: one JSON file a provider, one row a rule.
//!
//! In: the embedded files. Out: rows by resource type. A row without a source sentence does
//! not parse, so that no refusal is of our own invention.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use regex::Regex;
use serde::Deserialize;

/// One provider's rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct RuleTable {
    /// Where the sentences of the rows were read.
    source: String,
    rows: Vec<Row>,
    #[serde(skip)]
    by_resource: BTreeMap<String, Vec<usize>>,
}

/// One rule on one argument, or on the arguments of one block.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    resource: String,
    /// Dotted path to the argument; for rules on several arguments, to the block around them.
    path: String,
    pub(super) rule: Rule,
    /// The vendor's own words.
    pub(super) says: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Rule {
    OneOf(Vec<String>),
    OneOfNumbers(Vec<f64>),
    /// Bytes, as the provider's SDK counts them.
    Length(usize, usize),
    Range(Option<f64>, Option<f64>),
    Pattern(Pattern),
    /// The text may not match.
    NotPattern(Pattern),
    NotEmpty,
    /// An Amazon resource name; `empty` says whether "" passes.
    Arn {
        empty: bool,
    },
    /// JSON of any kind; `empty` says whether "" passes.
    Json {
        empty: bool,
    },
    /// An IAM policy: a JSON object without repeated keys.
    IamPolicy,
    /// RFC 3339.
    Timestamp,
    /// An absolute URL with a host and one of these schemes.
    Url(Vec<String>),
    /// At least one of these holds.
    Any(Vec<Rule>),
    MinItems(u64),
    MaxItems(u64),
    MapKeyLength(usize, usize),
    MapKeyPattern(Pattern),
    ExactlyOneOf(Vec<String>),
    AtMostOneOf(Vec<String>),
    AtLeastOneOf(Vec<String>),
    Together {
        argument: String,
        with: Vec<String>,
    },
    RequiredBlock(String),
}

/// A regular expression that is compiled when the table is read.
#[derive(Debug)]
pub(super) struct Pattern(pub(super) Regex);

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Regex::new(&text)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

impl RuleTable {
    /// The rules of a provider, by its local name; a provider without a table has none.
    pub(in super::super) fn of(provider: &str) -> Result<Self> {
        let text = match provider {
            "aws" => include_str!("aws.json"),
            "azurerm" => include_str!("azurerm.json"),
            "google" => include_str!("google.json"),
            _ => r#"{"source": "none", "rows": []}"#,
        };
        let mut table: Self = serde_json::from_str(text)
            .with_context(|| format!("the rule table of {provider} does not parse"))?;
        ensure!(!table.source.is_empty(), "a rule table needs a source");
        for (index, row) in table.rows.iter().enumerate() {
            ensure!(
                !row.says.is_empty(),
                "{} {} has no source sentence",
                row.resource,
                row.path
            );
            table
                .by_resource
                .entry(row.resource.clone())
                .or_default()
                .push(index);
        }
        Ok(table)
    }

    pub(super) fn rows_of(&self, kind: &str) -> impl Iterator<Item = &Row> {
        let indices = self.by_resource.get(kind).map_or(&[][..], Vec::as_slice);
        indices.iter().filter_map(|index| self.rows.get(*index))
    }

    /// How many rules there are.
    pub(in super::super) fn len(&self) -> usize {
        self.rows.len()
    }
}

impl Row {
    /// The steps to the block that holds what is judged.
    pub(super) fn steps(&self) -> Vec<&str> {
        let around = if self.rule.is_of_block() {
            self.path.as_str()
        } else {
            self.path.rsplit_once('.').map_or("", |(around, _)| around)
        };
        around.split('.').filter(|step| !step.is_empty()).collect()
    }

    /// The judged argument's name, for rules on one argument.
    pub(super) fn argument(&self) -> Option<&str> {
        (!self.rule.is_of_block()).then(|| self.path.rsplit('.').next().unwrap_or_default())
    }
}

impl Rule {
    fn is_of_block(&self) -> bool {
        matches!(
            self,
            Self::ExactlyOneOf(_)
                | Self::AtMostOneOf(_)
                | Self::AtLeastOneOf(_)
                | Self::Together { .. }
                | Self::RequiredBlock(_)
        )
    }
}
