//! One thing to run, as data: a call to a provider's command line, how it is repeated safely, and
//! what takes it back. Targets write steps, `plan` orders them, `apply` runs them.
//!
//! Nothing here runs anything. Every call is an argument vector; there is no shell, and no secret
//! in any argument: the command lines find their own credentials.

use serde::{Deserialize, Serialize};

/// One call of a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// What it reads from its standard input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
}

impl Call {
    /// A call without input.
    pub fn new<'a>(argv: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            argv: argv.into_iter().map(str::to_owned).collect(),
            stdin: None,
        }
    }

    /// The same call with something to read.
    #[must_use]
    pub fn with_stdin(mut self, text: impl Into<String>) -> Self {
        self.stdin = Some(text.into());
        self
    }
}

/// Stands in the arguments of an [`Run::Upsert`] for the id that the cloud gave the thing.
pub const ID: &str = "@@id@@";

/// How a step is run so that running it again does no harm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Run {
    /// A Terraform root: initialised, planned, the plan examined, and that plan applied.
    Terraform {
        /// The file of a local state, below the cell's folder; elsewhere the backend knows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<String>,
    },
    /// The call makes or overwrites one thing; the same call again changes nothing.
    Put,
    /// Looks first, because making and changing are different calls.
    Upsert(Box<Upsert>),
}

/// How a thing is made or changed, depending on what is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upsert {
    /// Looks.
    pub read: Call,
    /// What its answer means.
    pub find: Find,
    /// Brings a thing back that is marked as deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revive: Option<Call>,
    /// Changes what is there; the step's own call makes what is not.
    pub update: Call,
    /// Follows in either case; a failure with one of the texts means it was so already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<Settle>,
}

/// What the answer of a read means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Find {
    /// The thing is there if the call succeeds, and is not if it fails with one of these texts.
    /// Any other failure is a failure.
    Exit {
        /// What the error says if it is not there.
        absent: Vec<String>,
        /// A field of the answer that is true if it is marked as deleted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deleted: Option<String>,
    },
    /// The thing is there if a list has an entry with its name.
    Listed {
        /// JSON pointer of the list in the answer.
        list: String,
        /// The field with the name.
        field: String,
        /// The name.
        name: String,
        /// The field with the id.
        id: String,
        /// JSON pointer of the id in the answer of the call that makes it.
        made: String,
    },
}

/// When a step runs: every step of one wave before any of the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wave {
    /// Roles, policies and tags that other things refer to.
    Definitions,
    /// What nobody below may do, before there is anything below.
    Guardrails,
    /// Buckets, tables, streams, keys.
    Things,
    /// Who may use them.
    Access,
    /// What is computed from the things of several domains, once each has let the others read.
    Derived,
    /// What is no longer granted, after everything that still is.
    Revocations,
    /// Things that are no longer wanted, once nobody can use them.
    Removals,
}

impl Wave {
    /// In the order in which they run.
    pub const ALL: &[Self] = &[
        Self::Definitions,
        Self::Guardrails,
        Self::Things,
        Self::Access,
        Self::Derived,
        Self::Revocations,
        Self::Removals,
    ];

    /// Its name in plans.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Definitions => "definitions",
            Self::Guardrails => "guardrails",
            Self::Things => "things",
            Self::Access => "access",
            Self::Derived => "derived",
            Self::Revocations => "revocations",
            Self::Removals => "removals",
        }
    }
}

/// What a target says about one file, or one folder of files, of a cell: how it gets into its cloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// Its name in the cell: the file, or the folder, below the cell's own.
    pub name: String,
    /// When it runs.
    pub wave: Wave,
    /// The files that it carries, below the cell's folder.
    pub files: Vec<String>,
    /// The folder below the cell's in which it runs; empty for the cell's own.
    pub folder: String,
    /// The main call: what makes the thing.
    pub call: Call,
    /// How it is run so that running it again does no harm.
    pub run: Run,
    /// What takes it away, in this order; nothing where it is taken away by other means.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undo: Vec<Settle>,
    /// Values that it needs and that are known only once another step of the cell has run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holes: Vec<Hole>,
}

/// A value that is known only after apply: filled by the runner, refused in any other shape.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hole {
    /// Its name, as the variable that takes it and the output that gives it.
    pub name: String,
    /// What it looks like.
    pub shape: Shape,
    /// The step of the same cell that gives it.
    pub from: String,
}

/// What a value that is known only after apply looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// The id of an AWS KMS key: a UUID, or `mrk-` and 32 hexadecimal digits
    /// (AWS KMS developer guide, key identifiers).
    KmsKeyId,
    /// The name of a Google policy tag
    /// (Data Catalog REST reference, projects.locations.taxonomies.policyTags).
    PolicyTag,
}

impl Shape {
    /// Whether a value looks like that.
    pub fn fits(self, value: &str) -> bool {
        let hex = |text: &str, length| {
            text.len() == length
                && text
                    .bytes()
                    .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        match self {
            Self::KmsKeyId => match value.strip_prefix("mrk-") {
                Some(rest) => hex(rest, 32),
                None => {
                    let parts: Vec<&str> = value.split('-').collect();
                    parts.len() == 5
                        && parts
                            .iter()
                            .zip([8, 4, 4, 4, 12])
                            .all(|(part, length)| hex(part, length))
                }
            },
            Self::PolicyTag => {
                let parts: Vec<&str> = value.split('/').collect();
                let word = |text: &str| {
                    !text.is_empty()
                        && text
                            .bytes()
                            .all(|b| b.is_ascii_alphanumeric() || b"-:.".contains(&b))
                };
                let number =
                    |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                matches!(parts[..], ["projects", project, "locations", place, "taxonomies", taxonomy, "policyTags", tag]
                    if word(project) && word(place) && number(taxonomy) && number(tag))
            }
        }
    }
}

/// A call that may find that nothing is left to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settle {
    /// The call.
    pub call: Call,
    /// Texts of a failure that mean that it was so already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub already: Vec<String>,
}

/// A step's name everywhere: the cell's folder and its own name.
pub fn id(cell: &str, name: &str) -> String {
    format!("{cell}/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_another_shape_are_refused() {
        let key = Shape::KmsKeyId;
        assert!(key.fits("1234abcd-12ab-34cd-56ef-1234567890ab"));
        assert!(key.fits("mrk-1234abcd12ab34cd56ef1234567890ab"));
        let tag = Shape::PolicyTag;
        assert!(tag.fits("projects/acme-dev/locations/eu/taxonomies/12/policyTags/345"));
        for wrong in [
            "",
            "alias/orders",
            "1234abcd-12ab-34cd-56ef-1234567890a",
            "1234ABCD-12ab-34cd-56ef-1234567890ab",
            "1234abcd-12ab-34cd-56ef-1234567890ab\"",
            "mrk-1234",
            "projects/a/locations/eu/taxonomies/12/policyTags/${x}",
            "projects/a/locations/eu/taxonomies/12/policyTags/",
        ] {
            assert!(!key.fits(wrong) && !tag.fits(wrong), "{wrong}");
        }
    }
}
