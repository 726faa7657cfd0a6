//! What was applied last in one cell, whole: the files as they were and the calls that carried them.
//!
//! One file per cell, replaced in one go, so that it is either the old or the new one. It is what a
//! plan compares with, and what it takes back things with that the blueprint no longer knows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::diff::Files;
use crate::step::Draft;

const VERSION: u32 = 1;

/// The ledger of one cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ledger {
    /// The version of the format.
    pub version: u32,
    /// The mesh; a ledger of another one is refused.
    pub mesh: String,
    /// The cell, as its folder in the tree.
    pub cell: String,
    /// What was applied, by the step's name in the cell.
    pub steps: BTreeMap<String, Applied>,
    /// Statements of earlier files whose rights may not have been taken back yet, as texts.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub superseded: BTreeSet<String>,
}

/// What one step applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Applied {
    /// How it was run.
    pub draft: Draft,
    /// One hash over files and calls.
    pub hash: String,
    /// What it was about, in the mesh.
    pub address: String,
    /// When it had run, in UTC.
    pub at: String,
    /// The meshc that ran it.
    pub meshc: String,
    /// The files that it carried, by their path below the cell's folder.
    pub files: Files,
}

impl Ledger {
    /// A cell in which nothing was applied yet.
    pub fn new(mesh: &str, cell: &str) -> Self {
        Self {
            version: VERSION,
            mesh: mesh.to_owned(),
            cell: cell.to_owned(),
            steps: BTreeMap::new(),
            superseded: BTreeSet::new(),
        }
    }

    /// Reads a ledger; the error is for people.
    pub fn parse(text: &str) -> Result<Self, String> {
        let ledger: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if ledger.version != VERSION {
            return Err(format!(
                "it has version {}, this meshc knows version {VERSION}",
                ledger.version
            ));
        }
        Ok(ledger)
    }

    /// The text of the file.
    pub fn print(&self) -> String {
        format!("{:#}\n", serde_json::json!(self))
    }
}
