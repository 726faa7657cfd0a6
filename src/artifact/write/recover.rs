//! After an interrupted write: forward if it was committed, back if not.
//!
//! Every step can be repeated: what is done already is recognised. So an interrupted recovery is
//! recovered from in the same way.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::{Disk, Held, Kind};
use super::error::WriteError;
use super::manifest::sha256;
use super::paths::{above, below};
use super::record::{NEW, Pointer, RECORD, Record};
use super::{LOCK, STAGE};

/// What a command found when it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// Nothing was left half-done.
    Nothing,
    /// A write had been interrupted before it was committed; the old tree is untouched.
    Cleared,
    /// A committed write was completed; the tree and the lock are the new ones.
    Completed,
}

/// Completes or clears an interrupted write of a tree, and of whichever tree the mesh folder points
/// to. Every command calls this before it reads the lock or the tree.
pub fn recover(
    disk: &dyn Disk,
    out: &Path,
    mesh_dir: Option<&Path>,
) -> Result<Recovery, WriteError> {
    let absolute =
        |path: &Path| std::path::absolute(path).map_err(WriteError::io("cannot find", path));
    let out = absolute(out)?;
    let mesh_dir = mesh_dir.map(absolute).transpose()?;
    let mut done = Recovery::Nothing;
    let has_stage = |folder: &Path| {
        let stage = folder.join(STAGE);
        match disk
            .kind(&stage)
            .map_err(WriteError::io("cannot look at", &stage))?
        {
            None => Ok(false),
            Some(Kind::Folder) => Ok(true),
            Some(_) => Err(WriteError::InTheWay {
                path: stage,
                what: "something that is no folder",
            }),
        }
    };

    if let Some(mesh_dir) = mesh_dir.as_deref()
        && has_stage(mesh_dir)?
    {
        let _mesh_held = hold(disk, mesh_dir)?;
        done = Recovery::Cleared;
        if let Some(pointer) = Pointer::read(disk, mesh_dir)?
            && has_stage(&pointer.out)?
        {
            let _held = hold(disk, &pointer.out)?;
            match Record::read(disk, &pointer.out)? {
                Some((record, hash)) if hash == pointer.record => {
                    roll_forward(disk, &pointer.out, Some(mesh_dir), &record)?;
                    done = Recovery::Completed;
                }
                // Another write of that tree, or one that was not committed: not this mesh's.
                _ => {}
            }
        }
        // A tree at the top of the mesh folder has its stage in the same place.
        if out != mesh_dir || Record::read(disk, &out)?.is_none() {
            clear(disk, &mesh_dir.join(STAGE))?;
        }
    }

    if has_stage(&out)? {
        let _mesh_held = mesh_dir
            .as_deref()
            .map(|folder| hold(disk, folder))
            .transpose()?;
        let _held = if mesh_dir.as_deref() == Some(&out) {
            None
        } else {
            Some(hold(disk, &out)?)
        };
        if let Some((record, _)) = Record::read(disk, &out)? {
            match &record.mesh_dir {
                Some(named) if record.lock.is_some() && !is_same(mesh_dir.as_deref(), named) => {
                    return Err(WriteError::OtherFolder {
                        out,
                        mesh: named.clone(),
                    });
                }
                _ => {}
            }
            roll_forward(disk, &out, mesh_dir.as_deref(), &record)?;
            done = Recovery::Completed;
        } else {
            clear(disk, &out.join(STAGE))?;
            done = done.max_with(Recovery::Cleared);
        }
    }
    Ok(done)
}

impl Recovery {
    fn max_with(self, other: Self) -> Self {
        if self == Self::Completed { self } else { other }
    }
}

/// The same folder, although one of the two may be spelled through a link.
fn is_same(given: Option<&Path>, named: &Path) -> bool {
    given.is_some_and(|given| {
        given == named
            || matches!((given.canonicalize(), named.canonicalize()), (Ok(given), Ok(named)) if given == named)
    })
}

/// Takes a folder, or says who has it.
pub(super) fn hold(disk: &dyn Disk, folder: &Path) -> Result<Held, WriteError> {
    match disk
        .hold(folder)
        .map_err(WriteError::io("cannot open", folder))?
    {
        Some(held) => Ok(held),
        None => Err(WriteError::Busy {
            folder: folder.to_owned(),
        }),
    }
}

/// Does what a record says is left, lock first, and takes record and stages away.
pub(super) fn roll_forward(
    disk: &dyn Disk,
    out: &Path,
    mesh_dir: Option<&Path>,
    record: &Record,
) -> Result<(), WriteError> {
    let stage = out.join(STAGE);
    // Nothing may reach the disk before the record itself has.
    disk.sync_folder(&stage)
        .map_err(WriteError::io("cannot write", &stage))?;
    if let (Some(mesh_dir), Some(hash)) = (mesh_dir, &record.lock) {
        put_lock(disk, &stage, mesh_dir, hash)?;
    }
    let here = |path: &str| below(out, path);

    each(
        disk,
        &record.removes,
        &here,
        "cannot remove",
        &|place| match disk.kind(place)? {
            Some(Kind::File | Kind::Link) => disk.remove_file(place),
            // Gone already; or a folder that the moves below have put there.
            _ => Ok(()),
        },
    )?;
    // Innermost first, so one after the other.
    for folder in &record.prunes {
        let place = here(folder);
        match disk.remove_folder(&place) {
            Err(error) if !is_kept(&error) => {
                return Err(WriteError::io("cannot remove", &place)(error));
            }
            _ => {}
        }
    }
    let checked: BTreeSet<&str> = record.moves.iter().flat_map(|path| above(path)).collect();
    let checked: Vec<String> = checked.into_iter().map(str::to_owned).collect();
    let link = std::sync::OnceLock::new();
    each(disk, &checked, &here, "cannot look at", &|place| {
        if disk.kind(place)? == Some(Kind::Link) {
            let _ = link.set(place.to_owned());
        }
        Ok(())
    })?;
    if let Some(path) = link.into_inner() {
        return Err(WriteError::Link { path });
    }
    let lost = std::sync::OnceLock::new();
    each(
        disk,
        &record.moves,
        &here,
        "cannot put in place",
        &|place| {
            let staged = match place.strip_prefix(out) {
                Ok(rest) => stage.join(NEW).join(rest),
                Err(_) => return Ok(()),
            };
            if disk.kind(&staged)?.is_some() {
                return disk.rename(&staged, place);
            }
            if disk.kind(place)?.is_none() {
                let _ = lost.set(place.to_owned());
            }
            Ok(())
        },
    )?;
    if let Some(path) = lost.into_inner() {
        return Err(WriteError::Damaged { path });
    }

    // The record may go only when what it lists cannot be lost any more.
    let touched = record
        .removes
        .iter()
        .chain(&record.prunes)
        .chain(&record.moves);
    let folders: BTreeSet<&Path> = touched
        .filter_map(|path| Path::new(path).parent())
        .collect();
    let folders: Vec<PathBuf> = folders.into_iter().map(|folder| out.join(folder)).collect();
    disk.each(
        folders.len(),
        &|at| match folders.get(at).map(|folder| disk.sync_folder(folder)) {
            Some(Err(error)) if !is_kept(&error) => Err(error),
            _ => Ok(()),
        },
    )
    .map_err(WriteError::io("cannot write", out))?;
    let path = stage.join(RECORD);
    disk.remove_file(&path)
        .map_err(WriteError::io("cannot remove", &path))?;
    clear(disk, &stage)?;
    disk.sync_folder(out)
        .map_err(WriteError::io("cannot write", out))?;
    if let Some(mesh_dir) = mesh_dir {
        clear(disk, &mesh_dir.join(STAGE))?;
    }
    Ok(())
}

/// A folder that is gone, not empty, or has become a file is none that has to be removed.
fn is_kept(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::NotADirectory
    )
}

fn put_lock(disk: &dyn Disk, stage: &Path, mesh_dir: &Path, hash: &str) -> Result<(), WriteError> {
    let (path, staged) = (mesh_dir.join(LOCK), stage.join(LOCK));
    let has = |path: &Path| -> Result<Option<Vec<u8>>, WriteError> {
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
    };
    if has(&path)?.is_some_and(|bytes| sha256(&bytes) == hash) {
        return Ok(());
    }
    let Some(bytes) = has(&staged)?.filter(|bytes| sha256(bytes) == hash) else {
        return Err(WriteError::Damaged { path: staged });
    };
    // The tree may lie on another disk, from which nothing can be renamed to here.
    let own = mesh_dir.join(STAGE);
    if disk
        .kind(&own)
        .map_err(WriteError::io("cannot look at", &own))?
        .is_none()
    {
        disk.make_folder(&own)
            .map_err(WriteError::io("cannot make", &own))?;
    }
    let draft = own.join("lock.draft");
    disk.write(&draft, &bytes)
        .map_err(WriteError::io("cannot write", &draft))?;
    disk.rename(&draft, &path)
        .map_err(WriteError::io("cannot write", &path))?;
    disk.sync_folder(mesh_dir)
        .map_err(WriteError::io("cannot write", mesh_dir))
}

/// Runs a step for every path; an error names its path.
fn each(
    disk: &dyn Disk,
    paths: &[String],
    here: &(dyn Fn(&str) -> PathBuf + Sync),
    doing: &'static str,
    step: &(dyn Fn(&Path) -> io::Result<()> + Sync),
) -> Result<(), WriteError> {
    let failed = std::sync::OnceLock::new();
    disk.each(paths.len(), &|at| {
        let Some(path) = paths.get(at) else {
            return Ok(());
        };
        let place = here(path);
        step(&place).inspect_err(|_| {
            let _ = failed.set(place.clone());
        })
    })
    .map_err(|error| {
        let path = failed.into_inner().unwrap_or_default();
        WriteError::io(doing, &path)(error)
    })
}

/// Removes a stage with everything in it; the record first, if one is there.
pub(super) fn clear(disk: &dyn Disk, stage: &Path) -> Result<(), WriteError> {
    fn inner(disk: &dyn Disk, folder: &Path) -> io::Result<()> {
        for (name, kind) in disk.list(folder)? {
            let path = folder.join(name);
            match kind {
                Kind::Folder => inner(disk, &path)?,
                _ => disk.remove_file(&path)?,
            }
        }
        disk.remove_folder(folder)
    }
    match inner(disk, stage) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(WriteError::io("cannot remove", stage)(error))
        }
        _ => Ok(()),
    }
}
