//! The commit record: the one file whose appearance makes a write happen.
//!
//! It lies in the stage and lists what is left to do, in an order that can be repeated. The pointer
//! beside the lock names the tree, so that a command that only knows the mesh finds it. Both may
//! come from a hostile checkout: paths are checked again, and the lock can only be the one of the
//! mesh folder that the command was started for.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::disk::{Disk, Kind};
use super::error::WriteError;
use super::manifest::sha256;
use super::{MANIFEST, PROVENANCE, STAGE, paths};

const VERSION: u64 = 1;

/// The record's own file, in the stage.
pub(super) const RECORD: &str = "commit.json";
/// Where the tree's new things wait, in the stage.
pub(super) const NEW: &str = "new";

/// What is left to do once everything is staged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    version: u64,
    /// The folder whose `mesh.lock` belongs to this write.
    pub mesh_dir: Option<PathBuf>,
    /// The hash of the lock that is staged beside the record.
    pub lock: Option<String>,
    /// Files to remove.
    pub removes: Vec<String>,
    /// Folders to remove if they are empty then, innermost first.
    pub prunes: Vec<String>,
    /// Files and folders to move from the stage into the tree.
    pub moves: Vec<String>,
}

/// Where a write is going on that changes this mesh.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pointer {
    version: u64,
    /// The tree.
    pub out: PathBuf,
    /// The hash of the record that it belongs to.
    pub record: String,
}

impl Record {
    pub(super) fn new(
        mesh_dir: Option<&Path>,
        lock: Option<&str>,
        [removes, prunes, moves]: [&[String]; 3],
    ) -> Self {
        Self {
            version: VERSION,
            mesh_dir: mesh_dir.map(Path::to_owned),
            lock: lock.map(|text| sha256(text.as_bytes())),
            removes: removes.to_vec(),
            prunes: prunes.to_vec(),
            moves: moves.to_vec(),
        }
    }

    pub(super) fn print(&self) -> String {
        serde_json::json!(self).to_string() + "\n"
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let record: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if record.version != VERSION {
            return Err(format!(
                "it has version {}, this meshc knows version {VERSION}",
                record.version
            ));
        }
        for path in record
            .removes
            .iter()
            .chain(&record.prunes)
            .chain(&record.moves)
        {
            if path != MANIFEST && path != PROVENANCE {
                paths::check(path).map_err(|error| error.to_string())?;
            }
        }
        Ok(record)
    }

    /// The record of a tree and its hash, if a write of it was committed.
    pub(super) fn read(disk: &dyn Disk, out: &Path) -> Result<Option<(Self, String)>, WriteError> {
        let path = out.join(STAGE).join(RECORD);
        match read(disk, &path)? {
            None => Ok(None),
            Some(bytes) => match Self::parse(&bytes) {
                Ok(record) => Ok(Some((record, sha256(&bytes)))),
                Err(why) => Err(WriteError::Unreadable { path, why }),
            },
        }
    }
}

impl Pointer {
    pub(super) fn new(out: &Path, record: &str) -> Self {
        Self {
            version: VERSION,
            out: out.to_owned(),
            record: sha256(record.as_bytes()),
        }
    }

    pub(super) fn print(&self) -> String {
        serde_json::json!(self).to_string() + "\n"
    }

    /// The pointer of a mesh folder. One that cannot be read was being written when the process
    /// ended, before anything was committed.
    pub(super) fn read(disk: &dyn Disk, mesh_dir: &Path) -> Result<Option<Self>, WriteError> {
        let bytes = read(disk, &mesh_dir.join(STAGE).join(RECORD))?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }
}

fn read(disk: &dyn Disk, path: &Path) -> Result<Option<Vec<u8>>, WriteError> {
    match disk
        .kind(path)
        .map_err(WriteError::io("cannot look at", path))?
    {
        Some(Kind::File) => disk
            .read(path)
            .map(Some)
            .map_err(WriteError::io("cannot read", path)),
        Some(Kind::Link) => Err(WriteError::Link {
            path: path.to_owned(),
        }),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;

    #[test]
    fn a_record_cannot_reach_out_of_the_tree() {
        let record = |path: &str| {
            Record::new(
                None,
                Some("x"),
                [&[], &[], &[path.to_owned(), MANIFEST.to_owned()]],
            )
            .print()
        };
        assert!(Record::parse(record("a/b").as_bytes()).is_ok());
        for path in ["../x", "/x", "a/../../x", ".meshc-stage/x", ".terraform/x"] {
            assert!(Record::parse(record(path).as_bytes()).is_err(), "{path}");
        }
        assert!(
            Record::parse(
                record("a")
                    .replace("\"version\":1", "\"version\":9")
                    .as_bytes()
            )
            .is_err()
        );
    }
}
