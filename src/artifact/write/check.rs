//! Comparing a tree with what it should be, for `build --check`: nothing is written or refused.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::disk::{Disk, Kind};
use super::error::WriteError;
use super::manifest::Manifest;
use super::plan::{Found, Old, changed_lock, look, produced, records};
use super::provenance::Provenance;
use super::{LOCK, MANIFEST, PROVENANCE, STAGE, Wanted, paths};

/// How a file differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Differs {
    /// It should be there.
    Missing,
    /// It has other bytes.
    Changed,
    /// It should not be there. Terraform would read a stray `.tf` file as its own.
    Extra,
}

/// One file that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Below the tree; `mesh.lock` for the lock.
    pub path: String,
    /// How.
    pub differs: Differs,
}

/// Compares; the differences are sorted by path. What other tools leave in the tree is no
/// difference.
pub fn check(disk: &dyn Disk, wanted: &Wanted<'_>) -> Result<Vec<Difference>, Vec<WriteError>> {
    let produced = produced(wanted)?;
    let old = read_old(disk, wanted).map_err(|error| vec![error])?;
    let (manifest, provenance) = records(wanted, &produced, &old);
    let manifest = manifest.print();

    let mut targets: BTreeMap<&str, Option<&[u8]>> = produced
        .iter()
        .map(|(path, printed)| (*path, Some(printed.text.as_bytes())))
        .collect();
    targets.insert(MANIFEST, Some(manifest.as_bytes()));
    targets.insert(PROVENANCE, Some(provenance.as_bytes()));
    let found = look(disk, wanted.out, &targets).map_err(|error| vec![error])?;
    let mut differences = BTreeSet::new();
    for (path, found) in targets.keys().zip(found) {
        let differs = match found {
            Found::Same => continue,
            Found::Nothing => Differs::Missing,
            Found::Other(_) | Found::Folder | Found::Link | Found::Special => Differs::Changed,
        };
        differences.insert(Difference {
            path: (*path).to_owned(),
            differs,
        });
    }
    let mut present = BTreeSet::new();
    walk(disk, wanted.out, "", &mut present).map_err(|error| vec![error])?;
    for path in present {
        if (wanted.scope)(&path) && !targets.contains_key(path.as_str()) {
            differences.insert(Difference {
                path,
                differs: Differs::Extra,
            });
        }
    }
    match changed_lock(disk, wanted) {
        Ok(None) => {}
        Ok(Some(_)) => {
            differences.insert(Difference {
                path: LOCK.to_owned(),
                differs: Differs::Changed,
            });
        }
        Err(error) => return Err(vec![error]),
    }
    Ok(differences.into_iter().collect())
}

/// What is needed of the old records to know what the new ones would be. A record that cannot be
/// read is a difference, no reason to stop.
fn read_old(disk: &dyn Disk, wanted: &Wanted<'_>) -> Result<Old, WriteError> {
    let mut old = Old::nothing(wanted.mesh);
    let read = |name: &str| {
        let path = wanted.out.join(name);
        match disk
            .kind(&path)
            .map_err(WriteError::io("cannot look at", &path))?
        {
            Some(Kind::File) => disk
                .read(&path)
                .map(Some)
                .map_err(WriteError::io("cannot read", &path)),
            _ => Ok(None),
        }
    };
    if let Some(bytes) = read(MANIFEST)?
        && let Ok(manifest) = Manifest::parse(&bytes)
        && manifest.files.keys().any(|path| !(wanted.scope)(path))
    {
        old.manifest = manifest;
        let provenance = read(PROVENANCE)?;
        old.provenance = provenance
            .and_then(|bytes| Provenance::parse(&bytes).ok())
            .unwrap_or_default();
    }
    Ok(old)
}

/// Every file below a folder that is not another tool's.
fn walk(
    disk: &dyn Disk,
    out: &Path,
    folder: &str,
    found: &mut BTreeSet<String>,
) -> Result<(), WriteError> {
    let place = if folder.is_empty() {
        out.to_owned()
    } else {
        paths::below(out, folder)
    };
    let names = match disk
        .kind(&place.join("."))
        .map_err(WriteError::io("cannot look at", &place))?
    {
        Some(Kind::Folder) => disk
            .list(&place)
            .map_err(WriteError::io("cannot list", &place))?,
        _ => return Ok(()),
    };
    for (name, kind) in names {
        let name = name.to_string_lossy();
        if paths::is_foreign(&name) || (folder.is_empty() && name == STAGE) {
            continue;
        }
        let path = if folder.is_empty() {
            name.into_owned()
        } else {
            format!("{folder}/{name}")
        };
        if kind == Kind::Folder {
            walk(disk, out, &path, found)?;
        } else {
            found.insert(path);
        }
    }
    Ok(())
}
