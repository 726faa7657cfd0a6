//! `mesh.lock`: every physical name, one line each, sorted, so that it merges line by line.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::address::Address;
use crate::cell::CellId;
use crate::ident::Name;

/// The names that were given so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MeshLock {
    mesh: String,
    /// Cell folder → `address role` → name.
    names: BTreeMap<String, BTreeMap<String, String>>,
}

/// Why a lock cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockProblem {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
}

/// The version of the format that is written, and the only one that is read.
const VERSION: u64 = 1;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "_")]
    _about: Option<String>,
    version: u64,
    mesh: String,
    names: BTreeMap<String, BTreeMap<String, String>>,
}

impl MeshLock {
    /// A lock without names.
    pub fn new(mesh: &Name) -> Self {
        Self {
            mesh: mesh.to_string(),
            names: BTreeMap::new(),
        }
    }

    /// Reads a lock.
    pub fn parse(text: &str) -> Result<Self, LockProblem> {
        let file: File = serde_json::from_str(text).map_err(|error| LockProblem {
            line: error.line(),
            column: error.column().max(1),
            what: plain(&error),
        })?;
        if file.version != VERSION {
            let what = format!(
                "it has version {}, this meshc reads version {VERSION}",
                file.version
            );
            return Err(LockProblem {
                line: 1,
                column: 1,
                what,
            });
        }
        for key in file.names.values().flat_map(BTreeMap::keys) {
            let owner = key
                .rsplit_once(' ')
                .map(|(owner, _)| owner)
                .unwrap_or_default();
            // What belongs to the mesh has an empty owner.
            if !owner.is_empty()
                && let Err(why) = Address::parse(owner)
            {
                return Err(LockProblem {
                    line: 1,
                    column: 1,
                    what: format!("`{}` is not an address: {why}", owner.escape_debug()),
                });
            }
        }
        Ok(Self {
            mesh: file.mesh,
            names: file.names,
        })
    }

    /// The mesh whose names these are; empty if there is no lock yet.
    pub fn mesh(&self) -> &str {
        &self.mesh
    }

    pub(super) fn get(&self, cell: &CellId, key: &str) -> Option<&str> {
        self.names
            .get(&cell.to_string())
            .and_then(|names| names.get(key))
            .map(String::as_str)
    }

    pub(super) fn insert(&mut self, cell: &CellId, key: &str, name: &str) {
        self.names
            .entry(cell.to_string())
            .or_default()
            .insert(key.to_owned(), name.to_owned());
    }

    /// The things that names were given to.
    pub(super) fn owners(&self) -> impl Iterator<Item = Address> + '_ {
        let keys = self.names.values().flat_map(BTreeMap::keys);
        keys.filter_map(|key| key.rsplit_once(' '))
            .filter_map(|(owner, _)| Address::parse(owner).ok())
    }

    /// The text of the file.
    pub fn print(&self) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let mut text = String::from(
            "{\n  \"_\": \"Written by meshc; commit it. A physical name never changes once it is here.\",\n",
        );
        let _ = writeln!(
            text,
            "  \"version\": {VERSION},\n  \"mesh\": {},\n  \"names\": {{",
            quoted(&self.mesh)
        );
        for (at, (cell, names)) in self.names.iter().enumerate() {
            let _ = writeln!(text, "    {}: {{", quoted(cell));
            for (at, (key, name)) in names.iter().enumerate() {
                let comma = if at + 1 < names.len() { "," } else { "" };
                let _ = writeln!(text, "      {}: {}{comma}", quoted(key), quoted(name));
            }
            let comma = if at + 1 < self.names.len() { "," } else { "" };
            let _ = writeln!(text, "    }}{comma}");
        }
        text.push_str("  }\n}\n");
        text
    }
}

fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;
    use crate::cell::{DomainName, TargetId};

    #[test]
    fn what_is_printed_is_read() {
        let mut lock = MeshLock::new(&Name::parse("retail").unwrap());
        let cell = CellId {
            env: Name::parse("dev").unwrap(),
            domain: Some(DomainName::parse("sales").unwrap()),
            target: TargetId::Aws,
        };
        lock.insert(
            &cell,
            "sales/orders:raw bucket",
            "acme-dev-sales-orders-raw",
        );
        lock.insert(
            &cell,
            "sales/orders:curated bucket",
            "acme-dev-sales-orders-curated",
        );
        assert_eq!(MeshLock::parse(&lock.print()).unwrap(), lock);
        assert_eq!(
            MeshLock::parse(&MeshLock::new(&Name::parse("m").unwrap()).print())
                .unwrap()
                .mesh(),
            "m"
        );
    }

    #[test]
    fn a_merge_conflict_is_found_at_its_line() {
        let problem = MeshLock::parse("{\n<<<<<<< HEAD\n").unwrap_err();
        assert_eq!(problem.line, 2);
    }
}
