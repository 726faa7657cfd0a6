//! What has to be run so that the clouds are what the blueprint says, as data that people approve.
//!
//! In: a compiled mesh and the ledgers, which say what was applied last. Out: a [`Plan`]: waves of
//! steps, each a Terraform root or one call of a provider's command line, with the hashes of the files
//! that it carries. Nothing here runs anything or reads a disk.
//!
//! A step whose files and calls are the ones applied last is left out. What was applied and is no
//! longer wanted is taken back after everything that is wanted is there: access first, things last.

mod changes;
pub mod ledger;
mod make;
mod revoke;
pub mod terraform;

pub use ledger::Ledger;
pub use make::{Carried, Input, carried, make};

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::artifact::write::sha256;
use crate::cell::{CellId, DomainName};
pub use crate::diff::Risk;
use crate::step::{Call, Draft, Hole, Run, Settle, Wave};

/// The version of the format that is written, and the only one that is read.
pub const VERSION: u32 = 1;

/// The folder below the mesh's in which everything lies that only this machine knows.
pub const STATE_FOLDER: &str = ".meshc";

/// Waves of steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plan {
    /// The version of the format.
    pub version: u32,
    /// The meshc that made it; another one may mean other files.
    pub meshc: String,
    /// The mesh.
    pub mesh: String,
    /// The day for which expiry was judged.
    pub as_of: String,
    /// The cells that it was made for.
    #[serde(default, skip_serializing_if = "Scope::is_everything")]
    pub scope: Scope,
    /// What was left out because it has expired by then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expired: Vec<String>,
    /// What is run, in this order.
    pub waves: Vec<Steps>,
    /// What is no longer in the blueprint and stays all the same, since nobody named it for destruction.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<String>,
}

/// The cells that a plan was made for; an empty list means all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scope {
    /// Environments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
    /// Domains.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domain: Vec<String>,
    /// Clouds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub target: Vec<String>,
}

impl Scope {
    /// Whether it is for all cells.
    pub fn is_everything(&self) -> bool {
        self.env.is_empty() && self.domain.is_empty() && self.target.is_empty()
    }

    /// Whether a cell is in it. What stands above domains belongs to no domain.
    pub fn has(&self, cell: &CellId) -> bool {
        let named =
            |list: &[String], name: &str| list.is_empty() || list.iter().any(|one| one == name);
        let domain = cell.domain.as_ref().map_or("", DomainName::as_str);
        named(&self.env, cell.env.as_str())
            && named(&self.domain, domain)
            && named(&self.target, cell.target.as_str())
    }
}

/// The steps of one wave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Steps {
    /// Which wave.
    pub wave: Wave,
    /// Its steps, sorted by id. Those of one cell run one after the other, others side by side.
    pub steps: Vec<Step>,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doing {
    /// It brings files into the cloud.
    Apply,
    /// It takes back single rights that an earlier state of the files gave.
    Revoke,
    /// It takes away what its files once brought.
    Remove,
}

/// One thing to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Step {
    /// Its name: the cell's folder and the file or folder that it is about.
    pub id: String,
    /// What it is about, in the mesh.
    pub address: String,
    /// The cell, as its folder in the tree.
    pub cell: String,
    /// The cloud.
    pub target: String,
    /// What it does.
    pub doing: Doing,
    /// The main call.
    pub argv: Vec<String>,
    /// What the main call reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
    /// Where it is run, below the mesh folder.
    pub cwd: String,
    /// How it is run so that running it again does no harm.
    pub run: Run,
    /// The files that it carries, below the cell's folder, with their hashes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// What was applied last, as one hash; nothing if it is new.
    pub before: Option<String>,
    /// What is applied then, as one hash; nothing if it goes.
    pub after: Option<String>,
    /// What changes, one by one.
    pub changes: Vec<StepChange>,
    /// Every risk of its changes.
    pub risk: BTreeSet<Risk>,
    /// What takes it back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undo: Vec<Settle>,
    /// The lines of the blueprint that ask for what changes.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub origin: BTreeSet<String>,
    /// Values that it needs and that are known only once another step has run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holes: Vec<Hole>,
}

impl Step {
    /// The main call.
    pub fn call(&self) -> Call {
        Call {
            argv: self.argv.clone(),
            stdin: self.stdin.clone(),
        }
    }

    /// Its name in its cell.
    pub fn name(&self) -> &str {
        self.id
            .strip_prefix(&self.cell)
            .unwrap_or(&self.id)
            .trim_start_matches('/')
    }

    /// The environment and cloud, which share what stands above domains.
    pub fn branch(&self) -> (&str, &str) {
        (
            self.cell.split('/').next().unwrap_or_default(),
            &self.target,
        )
    }

    /// Whether it stands above domains.
    pub fn is_above(&self) -> bool {
        self.cell.split('/').nth(1) == Some("_mesh")
    }
}

impl Plan {
    /// Reads a plan; the error is for people.
    pub fn parse(text: &str) -> Result<Self, String> {
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        match value.get("version").and_then(serde_json::Value::as_u64) {
            Some(version) if version == u64::from(VERSION) => {}
            Some(version) => {
                return Err(format!(
                    "it has version {version}, this meshc knows version {VERSION}"
                ));
            }
            None => return Err("it has no version: not a plan".to_owned()),
        }
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    /// The text of the plan.
    pub fn print(&self) -> String {
        format!("{:#}\n", serde_json::json!(self))
    }

    /// What the plan is known by in journals.
    pub fn hash(&self) -> String {
        sha256(self.print().as_bytes())
    }

    /// Every step in its order.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.waves.iter().flat_map(|wave| &wave.steps)
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps().next().is_none()
    }
}

/// One difference that a step makes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StepChange {
    /// `create`, `update`, `replace`, `delete` or `move`.
    pub action: String,
    /// What, in the words of its language: a Terraform address, a statement, a document.
    pub what: String,
    /// What it is about, in the mesh.
    pub address: Option<String>,
    /// The line of the blueprint that asks for it.
    pub at: Option<String>,
    /// What it may do to people's data and rights.
    pub risk: BTreeSet<Risk>,
}

/// The folder below the mesh folder in which calls of a cell run that name one of its folders, or none.
pub(crate) fn work_folder(cell: &str, folder: &str) -> String {
    let work = format!("{STATE_FOLDER}/{cell}/work");
    if folder.is_empty() {
        work
    } else {
        format!("{work}/{folder}")
    }
}

/// One hash over the files of a step and the calls that carry them.
pub(crate) fn hash(draft: &Draft, files: &BTreeMap<String, String>) -> String {
    sha256(serde_json::json!([draft, files]).to_string().as_bytes())
}
