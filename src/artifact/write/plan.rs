//! Deciding what to write: looks at the tree and changes nothing.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rayon::prelude::*;

use super::disk::{Disk, Kind};
use super::error::WriteError;
use super::index::Records;
use super::manifest::{Manifest, sha256};
use super::paths::{self, above, below};
use super::provenance::{self, Provenance};
use super::{LOCK, MANIFEST, PROVENANCE, Printed, Wanted};

/// What a commit will do. Nothing has been done yet.
#[derive(Debug)]
pub struct Plan<'a> {
    /// Files that are new, sorted.
    pub added: Vec<String>,
    /// Files that get other bytes, sorted.
    pub changed: Vec<String>,
    /// Files that are no longer produced, sorted.
    pub removed: Vec<String>,
    /// How many files stay as they are.
    pub unchanged: usize,
    /// The hashes of manifest and provenance once the plan is carried out.
    pub records: Records,
    pub(super) out: PathBuf,
    pub(super) mesh_dir: Option<PathBuf>,
    /// The lock's new text, if it changes.
    pub(super) lock: Option<&'a str>,
    /// New bytes by path, manifest and provenance included.
    pub(super) writes: Vec<(String, Cow<'a, [u8]>)>,
    /// Folders that are empty once the removed files are gone, innermost first.
    pub(super) prunes: Vec<String>,
    /// What is moved from the stage into the tree: changed files, and new ones or the outermost
    /// folder that is new with them.
    pub(super) moves: Vec<String>,
}

impl Plan<'_> {
    /// Whether the tree and the lock are what they should be already.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty() && self.removed.is_empty() && self.lock.is_none()
    }

    /// Whether `mesh.lock` gets other bytes.
    pub fn changes_lock(&self) -> bool {
        self.lock.is_some()
    }
}

/// Looks at the tree and decides; the error holds every reason against writing.
pub fn plan<'a>(disk: &dyn Disk, wanted: &Wanted<'a>) -> Result<Plan<'a>, Vec<WriteError>> {
    let produced = produced(wanted)?;
    let old = Old::read(disk, wanted).map_err(|error| vec![error])?;
    let mut problems = Vec::new();

    // Every path that may be written or removed, with the bytes it should have.
    let mut targets: BTreeMap<&str, Option<&'a [u8]>> = BTreeMap::new();
    for path in old
        .manifest
        .files
        .keys()
        .filter(|path| (wanted.scope)(path))
    {
        targets.insert(path, None);
    }
    targets.extend(
        produced
            .iter()
            .map(|(path, printed)| (*path, Some(printed.text.as_bytes()))),
    );
    let found = look(disk, wanted.out, &targets).map_err(|error| vec![error])?;
    let folders =
        look_above(disk, wanted.out, targets.keys().copied()).map_err(|error| vec![error])?;

    let mut plan = Plan {
        added: Vec::new(),
        changed: Vec::new(),
        removed: Vec::new(),
        unchanged: 0,
        records: Records {
            manifest: String::new(),
            provenance: String::new(),
        },
        out: wanted.out.to_owned(),
        mesh_dir: wanted.mesh_dir.map(Path::to_owned),
        lock: None,
        writes: Vec::new(),
        prunes: Vec::new(),
        moves: Vec::new(),
    };
    let mut edited = Vec::new();
    let mut under_folders = Vec::new();
    for ((path, bytes), found) in targets.iter().zip(&found) {
        let listed = old.manifest.files.get(*path);
        let place = || below(wanted.out, path);
        match (bytes, found) {
            (Some(bytes), Found::Nothing) => {
                plan.added.push((*path).to_owned());
                plan.writes.push(((*path).to_owned(), Cow::Borrowed(bytes)));
            }
            (Some(bytes), Found::Folder) => {
                under_folders.push(*path);
                plan.added.push((*path).to_owned());
                plan.writes.push(((*path).to_owned(), Cow::Borrowed(bytes)));
            }
            (Some(_), Found::Same) => plan.unchanged += 1,
            (Some(bytes), Found::Other(hash)) if listed == Some(hash) => {
                plan.changed.push((*path).to_owned());
                plan.writes.push(((*path).to_owned(), Cow::Borrowed(bytes)));
            }
            (None, Found::Other(hash)) if listed == Some(hash) => {
                plan.removed.push((*path).to_owned());
            }
            (Some(_), Found::Other(_)) if listed.is_none() => {
                problems.push(WriteError::InTheWay {
                    path: place(),
                    what: "a file that meshc did not write",
                });
            }
            (_, Found::Other(_)) => edited.push((*path).to_owned()),
            (_, Found::Link) => problems.push(WriteError::Link { path: place() }),
            (Some(_), Found::Special) => {
                problems.push(WriteError::InTheWay {
                    path: place(),
                    what: "something that is no file",
                });
            }
            // It is gone already, or became something of the user's own.
            (None, Found::Nothing | Found::Same | Found::Folder | Found::Special) => {}
        }
    }
    if !edited.is_empty() {
        problems.push(WriteError::HandEdited {
            out: wanted.out.to_owned(),
            files: edited,
        });
    }

    let removed: BTreeSet<&str> = plan.removed.iter().map(String::as_str).collect();
    for (folder, kind) in &folders {
        // A folder matters if something has to go below it, or be removed from it.
        let matters = || {
            let writes = plan.writes.iter().map(|(path, _)| path.as_str());
            writes
                .chain(removed.iter().copied())
                .any(|path| is_below(path, folder))
        };
        let path = below(wanted.out, folder);
        match kind {
            Some(Kind::Folder) | None => {}
            Some(_) if !matters() => {}
            Some(Kind::File) if removed.contains(folder) => {}
            Some(Kind::Link) => problems.push(WriteError::Link { path }),
            Some(Kind::File) => problems.push(WriteError::InTheWay {
                path,
                what: "a file",
            }),
            Some(Kind::Other) => {
                problems.push(WriteError::InTheWay {
                    path,
                    what: "something that is no folder",
                });
            }
        }
    }
    for path in under_folders {
        match stranger(disk, wanted.out, path, &removed) {
            Ok(None) => {}
            Ok(Some(path)) => problems.push(WriteError::InTheWay {
                path,
                what: "something that meshc did not write, in a folder that has to become a file,",
            }),
            Err(error) => problems.push(error),
        }
    }

    let (manifest, provenance) = records(wanted, &produced, &old);
    let kept: BTreeSet<String> = manifest
        .files
        .keys()
        .flat_map(|path| above(path))
        .map(str::to_owned)
        .collect();
    let mut prunes: BTreeSet<&str> = removed.iter().flat_map(|path| above(path)).collect();
    prunes.retain(|folder| !kept.contains(*folder));
    plan.prunes = prunes.into_iter().map(str::to_owned).collect();
    plan.prunes
        .sort_by_key(|folder| std::cmp::Reverse(folder.matches('/').count()));

    let mut moves: BTreeSet<String> = BTreeSet::new();
    for (path, _) in &plan.writes {
        let new =
            above(path).find(|folder| !matches!(folders.get(*folder), Some(Some(Kind::Folder))));
        moves.insert(new.unwrap_or(path).to_owned());
    }
    let manifest = manifest.print();
    plan.records = Records {
        manifest: sha256(manifest.as_bytes()),
        provenance: sha256(provenance.as_bytes()),
    };
    for (name, text, before) in [
        (MANIFEST, manifest, &old.manifest_bytes),
        (PROVENANCE, provenance, &old.provenance_bytes),
    ] {
        if before.as_deref() != Some(text.as_bytes()) {
            plan.writes
                .push((name.to_owned(), Cow::Owned(text.into_bytes())));
            moves.insert(name.to_owned());
        }
    }
    plan.moves = moves.into_iter().collect();
    plan.lock = changed_lock(disk, wanted).unwrap_or_else(|error| {
        problems.push(error);
        None
    });
    if problems.is_empty() && !plan.is_empty() {
        problems = read_only(disk, &plan, &folders);
    }
    if problems.is_empty() {
        Ok(plan)
    } else {
        Err(problems)
    }
}

/// The files in scope, checked: a target's defect must not reach the disk.
pub(super) fn produced<'a>(
    wanted: &Wanted<'a>,
) -> Result<BTreeMap<&'a str, &'a Printed>, Vec<WriteError>> {
    let mut problems = Vec::new();
    let mut produced = BTreeMap::new();
    for (path, printed) in wanted.files.iter().filter(|(path, _)| (wanted.scope)(path)) {
        if let Err(error) = paths::check(path) {
            problems.push(error);
        } else if produced.insert(path.as_str(), printed).is_some() {
            problems.push(WriteError::BadPath {
                path: path.clone(),
                why: "two artifacts want it",
            });
        }
    }
    for path in produced.keys() {
        if let Some(file) = above(path).find(|folder| produced.contains_key(folder)) {
            problems.push(WriteError::BadPath {
                path: file.to_owned(),
                why: "it is both a file and a folder",
            });
        }
    }
    if problems.is_empty() {
        Ok(produced)
    } else {
        Err(problems)
    }
}

/// What is there already.
pub(super) struct Old {
    /// Empty if there is no tree yet.
    pub manifest: Manifest,
    pub manifest_bytes: Option<Vec<u8>>,
    pub provenance: Provenance,
    pub provenance_bytes: Option<Vec<u8>>,
}

impl Old {
    fn read(disk: &dyn Disk, wanted: &Wanted<'_>) -> Result<Self, WriteError> {
        let out = wanted.out;
        let mut old = Self::nothing(wanted.mesh);
        // The tree's own folder may be a link: where it leads is the user's choice.
        match disk
            .kind(&out.join("."))
            .map_err(WriteError::io("cannot look at", out))?
        {
            None => match disk
                .kind(out)
                .map_err(WriteError::io("cannot look at", out))?
            {
                None => return Ok(old),
                Some(_) => {
                    return Err(WriteError::InTheWay {
                        path: out.to_owned(),
                        what: "something that is no folder",
                    });
                }
            },
            Some(Kind::Folder) => {}
            Some(_) => {
                return Err(WriteError::InTheWay {
                    path: out.to_owned(),
                    what: "something that is no folder",
                });
            }
        }
        let path = out.join(MANIFEST);
        let Some(bytes) = own_file(disk, &path)? else {
            let names = disk.list(out).map_err(WriteError::io("cannot list", out))?;
            return match names.first() {
                None => Ok(old),
                Some((name, _)) => Err(WriteError::NotOurs {
                    out: out.to_owned(),
                    example: name.to_string_lossy().into_owned(),
                }),
            };
        };
        old.manifest =
            Manifest::parse(&bytes).map_err(|why| WriteError::Unreadable { path, why })?;
        old.manifest_bytes = Some(bytes);
        if old.manifest.mesh != wanted.mesh {
            return Err(WriteError::OtherMesh {
                out: out.to_owned(),
                found: old.manifest.mesh,
            });
        }
        let path = out.join(PROVENANCE);
        old.provenance_bytes = own_file(disk, &path)?;
        // Only a part of the tree is rewritten: the rest of the provenance has to be kept.
        let keeps = old.manifest.files.keys().any(|path| !(wanted.scope)(path));
        if let (true, Some(bytes)) = (keeps, &old.provenance_bytes) {
            old.provenance =
                Provenance::parse(bytes).map_err(|why| WriteError::Unreadable { path, why })?;
        }
        Ok(old)
    }

    pub(super) fn nothing(mesh: &str) -> Self {
        let manifest = Manifest {
            mesh: mesh.to_owned(),
            meshc: version().to_owned(),
            files: BTreeMap::new(),
        };
        Self {
            manifest,
            manifest_bytes: None,
            provenance: Provenance::default(),
            provenance_bytes: None,
        }
    }
}

fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// The manifest that the tree will have, and the text of its provenance.
pub(super) fn records(
    wanted: &Wanted<'_>,
    produced: &BTreeMap<&str, &Printed>,
    old: &Old,
) -> (Manifest, String) {
    let mut manifest = Manifest {
        mesh: wanted.mesh.to_owned(),
        meshc: version().to_owned(),
        files: BTreeMap::new(),
    };
    let mut parts: Vec<(&str, String)> = Vec::new();
    for (path, hash) in old
        .manifest
        .files
        .iter()
        .filter(|(path, _)| !(wanted.scope)(path))
    {
        manifest.files.insert(path.clone(), hash.clone());
        if let Some(entries) = old.provenance.files.get(path) {
            parts.push((path, provenance::known_part(path, entries)));
        }
    }
    let produced: Vec<_> = produced.iter().collect();
    let lines: Vec<_> = produced
        .par_iter()
        .map(|(path, printed)| {
            let hash = sha256(printed.text.as_bytes());
            let part = provenance::printed_part(path, printed, wanted.place);
            (**path, hash, part)
        })
        .collect();
    for (path, hash, part) in lines {
        manifest.files.insert(path.to_owned(), hash);
        parts.push((path, part));
    }
    parts.sort_by_key(|(path, _)| *path);
    let parts = parts.into_iter().map(|(_, part)| part).collect();
    (manifest, provenance::whole(parts))
}

/// A file at the top of the tree; a link there is refused.
fn own_file(disk: &dyn Disk, path: &Path) -> Result<Option<Vec<u8>>, WriteError> {
    match disk
        .kind(path)
        .map_err(WriteError::io("cannot look at", path))?
    {
        None => Ok(None),
        Some(Kind::File) => disk
            .read(path)
            .map(Some)
            .map_err(WriteError::io("cannot read", path)),
        Some(Kind::Link) => Err(WriteError::Link {
            path: path.to_owned(),
        }),
        Some(_) => Err(WriteError::InTheWay {
            path: path.to_owned(),
            what: "something that is no file",
        }),
    }
}

/// What is at a path, compared with the bytes that it should have.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    Same,
    /// Another file, with its hash.
    Other(String),
    Folder,
    Link,
    Special,
}

/// Looks at every path, in their order.
pub(super) fn look(
    disk: &dyn Disk,
    out: &Path,
    targets: &BTreeMap<&str, Option<&[u8]>>,
) -> Result<Vec<Found>, WriteError> {
    let targets: Vec<_> = targets.iter().collect();
    each(disk, out, &targets, |place, (_, bytes)| {
        Ok(match disk.kind(place)? {
            None => Found::Nothing,
            Some(Kind::Folder) => Found::Folder,
            Some(Kind::Link) => Found::Link,
            Some(Kind::Other) => Found::Special,
            Some(Kind::File) => {
                let found = disk.read(place)?;
                if **bytes == Some(&found) {
                    Found::Same
                } else {
                    Found::Other(sha256(&found))
                }
            }
        })
    })
}

/// What the folders above some paths are.
fn look_above<'p>(
    disk: &dyn Disk,
    out: &Path,
    paths: impl Iterator<Item = &'p str>,
) -> Result<BTreeMap<&'p str, Option<Kind>>, WriteError> {
    let folders: Vec<(&str, ())> = paths
        .flat_map(above)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|folder| (folder, ()))
        .collect();
    let folders: Vec<_> = folders
        .iter()
        .map(|(folder, unit)| (folder, unit))
        .collect();
    let kinds = each(disk, out, &folders, |place, _| disk.kind(place))?;
    Ok(folders
        .into_iter()
        .map(|(folder, ())| *folder)
        .zip(kinds)
        .collect())
}

/// One look at every path; the first error names its path.
fn each<K: AsRef<str> + Sync, V: Sync, T: Send + Sync>(
    disk: &dyn Disk,
    out: &Path,
    items: &[(K, V)],
    look: impl Fn(&Path, &(K, V)) -> io::Result<T> + Sync,
) -> Result<Vec<T>, WriteError> {
    let slots: Vec<OnceLock<T>> = items.iter().map(|_| OnceLock::new()).collect();
    let failed: OnceLock<PathBuf> = OnceLock::new();
    let result = disk.each(items.len(), &|at| {
        let (Some(item), Some(slot)) = (items.get(at), slots.get(at)) else {
            return Ok(());
        };
        let place = below(out, item.0.as_ref());
        match look(&place, item) {
            Ok(found) => {
                let _ = slot.set(found);
                Ok(())
            }
            Err(error) => {
                let _ = failed.set(place);
                Err(error)
            }
        }
    });
    let path = failed.into_inner().unwrap_or_else(|| out.to_owned());
    result.map_err(WriteError::io("cannot read", &path))?;
    Ok(slots.into_iter().filter_map(OnceLock::into_inner).collect())
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.starts_with('/'))
}

/// The first thing below a folder that will not be removed.
fn stranger(
    disk: &dyn Disk,
    out: &Path,
    folder: &str,
    removed: &BTreeSet<&str>,
) -> Result<Option<PathBuf>, WriteError> {
    let place = below(out, folder);
    let names = disk
        .list(&place)
        .map_err(WriteError::io("cannot list", &place))?;
    if names.is_empty() && !removed.iter().any(|path| is_below(path, folder)) {
        return Ok(Some(place));
    }
    for (name, kind) in names {
        let inner = name.to_str().map(|name| format!("{folder}/{name}"));
        let found = match (inner, kind) {
            (Some(inner), Kind::Folder) => stranger(disk, out, &inner, removed)?,
            (Some(inner), Kind::File) if removed.contains(inner.as_str()) => None,
            _ => Some(place.join(name)),
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The lock's text, if it is not what is there.
pub(super) fn changed_lock<'a>(
    disk: &dyn Disk,
    wanted: &Wanted<'a>,
) -> Result<Option<&'a str>, WriteError> {
    let (Some(mesh_dir), Some(text)) = (wanted.mesh_dir, wanted.lock) else {
        return Ok(None);
    };
    let found = own_file(disk, &mesh_dir.join(LOCK))?;
    Ok((found.as_deref() != Some(text.as_bytes())).then_some(text))
}

/// Folders that will be written to but may not be: said now, while nothing has been done.
fn read_only(
    disk: &dyn Disk,
    plan: &Plan<'_>,
    folders: &BTreeMap<&str, Option<Kind>>,
) -> Vec<WriteError> {
    let mut touched: BTreeSet<PathBuf> = BTreeSet::new();
    let paths = plan.moves.iter().chain(&plan.removed).chain(&plan.prunes);
    for folder in paths
        .filter_map(|path| path.rsplit_once('/'))
        .map(|(folder, _)| folder)
    {
        if matches!(folders.get(folder), Some(Some(Kind::Folder))) {
            touched.insert(below(&plan.out, folder));
        }
    }
    // The tree's folder, or the one that it will be made in.
    for folder in plan.out.ancestors() {
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        match disk.kind(&folder.join(".")) {
            Ok(None) => {}
            Ok(Some(_)) => {
                touched.insert(folder.to_owned());
                break;
            }
            Err(error) => return vec![WriteError::io("cannot look at", folder)(error)],
        }
    }
    if let (Some(mesh_dir), Some(_)) = (&plan.mesh_dir, plan.lock) {
        touched.insert(mesh_dir.clone());
    }
    touched
        .into_iter()
        .filter_map(|folder| match disk.is_writable(&folder) {
            Ok(true) => None,
            Ok(false) => Some(WriteError::ReadOnly { folder }),
            Err(error) => Some(WriteError::io("cannot look at", &folder)(error)),
        })
        .collect()
}
