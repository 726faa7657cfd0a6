//! Carrying out a plan: stage, record, move.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::{Disk, Kind};
use super::error::WriteError;
use super::paths::{above, below};
use super::plan::Plan;
use super::record::{NEW, Pointer, RECORD, Record};
use super::recover::{clear, hold, roll_forward};
use super::{LOCK, STAGE};

/// Writes what was planned. After an error, the tree is as it was, or [`super::recover()`] completes
/// it; a plan without changes touches nothing.
pub fn commit(disk: &dyn Disk, plan: &Plan<'_>) -> Result<(), WriteError> {
    if plan.is_empty() {
        return Ok(());
    }
    let out = std::path::absolute(&plan.out).map_err(WriteError::io("cannot find", &plan.out))?;
    let mesh_dir = match &plan.mesh_dir {
        Some(mesh_dir) => {
            Some(std::path::absolute(mesh_dir).map_err(WriteError::io("cannot find", mesh_dir))?)
        }
        None => None,
    };
    let _mesh_held = mesh_dir
        .as_deref()
        .map(|folder| hold(disk, folder))
        .transpose()?;
    let made = make_folders(disk, &out)?;
    // A tree at the top of the mesh folder is held already.
    let held = if mesh_dir.as_ref() == Some(&out) {
        Ok(None)
    } else {
        hold(disk, &out).map(Some)
    };
    let staged = held.and_then(|held| {
        let record = stage(disk, plan, &out, mesh_dir.as_deref())?;
        Ok((held, record))
    });
    let (_held, record) = match staged {
        Ok(staged) => staged,
        Err(error) => {
            // Nothing was committed; what can be cleared away is. The rest is left to `recover`.
            if !matches!(error, WriteError::Busy { .. }) {
                let _ = mesh_dir
                    .as_deref()
                    .map(|folder| clear(disk, &folder.join(STAGE)));
                let _ = clear(disk, &out.join(STAGE));
                for folder in made.iter().rev() {
                    let _ = disk.remove_folder(folder);
                }
            }
            return Err(error);
        }
    };
    roll_forward(disk, &out, mesh_dir.as_deref(), &record)
}

/// Makes the tree's folder and those above it; returns the ones that were not there.
fn make_folders(disk: &dyn Disk, out: &Path) -> Result<Vec<PathBuf>, WriteError> {
    let mut missing = Vec::new();
    let mut folder = Some(out);
    while let Some(here) = folder {
        if disk
            .kind(&here.join("."))
            .map_err(WriteError::io("cannot look at", here))?
            .is_some()
        {
            break;
        }
        missing.push(here.to_owned());
        folder = here.parent();
    }
    missing.reverse();
    for (at, folder) in missing.iter().enumerate() {
        if let Err(error) = disk.make_folder(folder) {
            for folder in missing.iter().take(at).rev() {
                let _ = disk.remove_folder(folder);
            }
            return Err(WriteError::io("cannot make", folder)(error));
        }
    }
    Ok(missing)
}

/// Prepares everything and writes the record; when this returns, the write will happen.
fn stage(
    disk: &dyn Disk,
    plan: &Plan<'_>,
    out: &Path,
    mesh_dir: Option<&Path>,
) -> Result<Record, WriteError> {
    let stage = out.join(STAGE);
    let new = stage.join(NEW);
    let make = |folder: &Path| {
        disk.make_folder(folder)
            .map_err(|error| match error.kind() {
                // Not ours to clear: `recover` was run before, so somebody else has made it since.
                io::ErrorKind::AlreadyExists => WriteError::Busy {
                    folder: out.to_owned(),
                },
                _ => WriteError::io("cannot make", folder)(error),
            })
    };
    make(&stage)?;
    make(&new)?;
    let folders: BTreeSet<&str> = plan
        .writes
        .iter()
        .flat_map(|(path, _)| above(path))
        .collect();
    for folder in &folders {
        make(&below(&new, folder))?;
    }
    disk.each(plan.writes.len(), &|at| match plan.writes.get(at) {
        Some((path, bytes)) => disk.write(&below(&new, path), bytes),
        None => Ok(()),
    })
    .map_err(WriteError::io("cannot write below", &new))?;
    if let Some(text) = plan.lock {
        let path = stage.join(LOCK);
        disk.write(&path, text.as_bytes())
            .map_err(WriteError::io("cannot write", &path))?;
    }
    let mut places: Vec<PathBuf> = folders.iter().map(|folder| below(&new, folder)).collect();
    places.push(new);
    disk.each(places.len(), &|at| {
        places
            .get(at)
            .map_or(Ok(()), |place| disk.sync_folder(place))
    })
    .map_err(WriteError::io("cannot write below", &stage))?;

    let record = Record::new(
        mesh_dir,
        plan.lock,
        [&plan.removed, &plan.prunes, &plan.moves],
    );
    let text = record.print();
    if let Some(mesh_dir) = mesh_dir {
        point(
            disk,
            mesh_dir,
            &Pointer::new(out, &text),
            plan.lock.is_some(),
        )?;
    }
    let (draft, path) = (stage.join("commit.draft"), stage.join(RECORD));
    disk.write(&draft, text.as_bytes())
        .map_err(WriteError::io("cannot write", &draft))?;
    disk.sync_folder(&stage)
        .map_err(WriteError::io("cannot write", &stage))?;
    disk.sync_folder(out)
        .map_err(WriteError::io("cannot write", out))?;
    // From here on, the write happens: now, or at the next command of any kind.
    disk.rename(&draft, &path)
        .map_err(WriteError::io("cannot write", &path))?;
    Ok(record)
}

/// Leaves the pointer in the mesh folder.
fn point(
    disk: &dyn Disk,
    mesh_dir: &Path,
    pointer: &Pointer,
    needed: bool,
) -> Result<(), WriteError> {
    let stage = mesh_dir.join(STAGE);
    // A mesh that may only be read can still be built elsewhere, if its lock does not change; then
    // a later command has to be told where.
    if !needed
        && !disk
            .is_writable(mesh_dir)
            .map_err(WriteError::io("cannot look at", mesh_dir))?
    {
        return Ok(());
    }
    // The tree may lie at the top of the mesh folder itself.
    if disk
        .kind(&stage)
        .map_err(WriteError::io("cannot look at", &stage))?
        != Some(Kind::Folder)
    {
        disk.make_folder(&stage)
            .map_err(WriteError::io("cannot make", &stage))?;
    }
    let path = stage.join(RECORD);
    disk.write(&path, pointer.print().as_bytes())
        .map_err(WriteError::io("cannot write", &path))?;
    disk.sync_folder(&stage)
        .map_err(WriteError::io("cannot write", &stage))?;
    disk.sync_folder(mesh_dir)
        .map_err(WriteError::io("cannot write", mesh_dir))
}
