//! The state folder: `<mesh>/.meshc`, with journal, ledger, local state and staged files per cell.
//!
//! The only writer of it. A ledger is replaced in one go; a journal is only added to. Nothing outside
//! the folder is written, and no link in it is followed.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::ApplyError;
use super::journal::{self, Line};
use crate::artifact::write::{Disk as _, Held, RealDisk};
use crate::plan::{Carried, Ledger, Plan, STATE_FOLDER};

const LEDGER: &str = "ledger.json";
const JOURNAL: &str = "journal.jsonl";
const PLAN: &str = "apply.json";

/// The plan that was begun last, and what it was given leave for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saved {
    /// The plan.
    pub plan: Plan,
    /// The addresses that `--allow` named.
    pub allow: Vec<String>,
}

/// The state folder of a mesh.
#[derive(Debug, Clone)]
pub struct Store {
    mesh: PathBuf,
}

impl Store {
    /// The state folder of a mesh folder. It need not exist.
    pub fn new(mesh: &Path) -> Self {
        Self {
            mesh: mesh.to_owned(),
        }
    }

    /// A path below the mesh folder.
    pub fn path(&self, below_mesh: &str) -> PathBuf {
        self.mesh.join(below_mesh)
    }

    /// The folder of a cell.
    fn home(&self, cell: &str) -> PathBuf {
        self.mesh.join(STATE_FOLDER).join(cell)
    }

    /// Makes the folder of a cell. A state folder is no part of a repository: it says so itself.
    fn make_home(&self, cell: &str) -> Result<PathBuf, ApplyError> {
        let top = self.mesh.join(STATE_FOLDER);
        let mut path = top.clone();
        for part in std::iter::once("").chain(cell.split('/')) {
            path.push(part);
            match fs::symlink_metadata(&path) {
                Ok(found) if found.file_type().is_symlink() => {
                    return Err(ApplyError::Link { path });
                }
                Ok(_) => {}
                Err(_) => fs::create_dir(&path).map_err(ApplyError::io("cannot make", &path))?,
            }
        }
        let ignore = top.join(".gitignore");
        if !ignore.exists() {
            fs::write(&ignore, "*\n").map_err(ApplyError::io("cannot write", &ignore))?;
        }
        Ok(self.home(cell))
    }

    /// Takes a cell for as long as the value lives, or says that somebody else has it.
    pub fn hold(&self, cell: &str) -> Result<Held, ApplyError> {
        let home = self.make_home(cell)?;
        match RealDisk.hold(&home) {
            Ok(Some(held)) => Ok(held),
            Ok(None) => Err(ApplyError::Busy {
                cell: cell.to_owned(),
            }),
            Err(error) => Err(ApplyError::io("cannot lock", &home)(error)),
        }
    }

    /// The ledgers of every cell in which anything was applied. One of another mesh is refused.
    pub fn ledgers(&self, mesh: &str) -> Result<BTreeMap<String, Ledger>, ApplyError> {
        let top = self.mesh.join(STATE_FOLDER);
        let mut found = BTreeMap::new();
        for entry in walkdir::WalkDir::new(&top)
            .min_depth(4)
            .max_depth(4)
            .sort_by_file_name()
        {
            // A mesh to which nothing was applied has no state folder. Anything else that cannot be
            // looked at may hide a ledger, and with it what has to be taken back.
            let entry = match entry {
                Ok(entry) => entry,
                Err(_) if !top.exists() => break,
                Err(error) => {
                    let path = error.path().unwrap_or(&top).to_owned();
                    return Err(ApplyError::io("cannot read", &path)(error.into()));
                }
            };
            if !entry.file_type().is_file() || entry.file_name() != LEDGER {
                continue;
            }
            let path = entry.into_path();
            let unreadable = |why| ApplyError::Unreadable {
                path: path.clone(),
                why,
            };
            let text = fs::read_to_string(&path).map_err(ApplyError::io("cannot read", &path))?;
            let ledger = Ledger::parse(&text).map_err(unreadable)?;
            if ledger.mesh != mesh {
                let why = format!("it belongs to mesh `{}`, not to `{mesh}`", ledger.mesh);
                return Err(unreadable(why));
            }
            if self.home(&ledger.cell).join(LEDGER) != path {
                return Err(unreadable(format!("it is the ledger of `{}`", ledger.cell)));
            }
            found.insert(ledger.cell.clone(), ledger);
        }
        Ok(found)
    }

    /// Replaces the ledger of a cell.
    pub(super) fn write_ledger(&self, ledger: &Ledger) -> Result<(), ApplyError> {
        let home = self.make_home(&ledger.cell)?;
        replace(&home.join(LEDGER), &ledger.print())
    }

    /// Adds a line to the journal of a cell; it is on the disk when this returns.
    pub(super) fn journal(&self, cell: &str, line: &Line) -> Result<(), ApplyError> {
        let path = self.make_home(cell)?.join(JOURNAL);
        refuse_link(&path)?;
        // A line that was cut short by a crash is ended first, or it would swallow this one.
        let cut =
            fs::read(&path).is_ok_and(|bytes| bytes.last().is_some_and(|last| *last != b'\n'));
        let text = format!("{}\n", serde_json::json!(line));
        let add = || {
            let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
            if cut {
                let whole = fs::read(&path)?;
                let end = whole
                    .iter()
                    .rposition(|byte| *byte == b'\n')
                    .map_or(0, |at| at + 1);
                file.set_len(end as u64)?;
            }
            file.write_all(text.as_bytes())?;
            file.sync_data()
        };
        add().map_err(ApplyError::io("cannot write", &path))
    }

    /// The journal of a cell; empty if there is none.
    pub fn read_journal(&self, cell: &str) -> Result<Vec<Line>, ApplyError> {
        let path = self.home(cell).join(JOURNAL);
        match fs::read_to_string(&path) {
            Ok(text) => journal::parse(&text).map_err(|why| ApplyError::Unreadable { path, why }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(ApplyError::io("cannot read", &path)(error)),
        }
    }

    /// Remembers which plan is begun.
    pub fn save_plan(&self, saved: &Saved) -> Result<(), ApplyError> {
        let top = self.mesh.join(STATE_FOLDER);
        self.make_home("")?;
        replace(
            &top.join(PLAN),
            &format!("{:#}\n", serde_json::json!(saved)),
        )
    }

    /// The plan that was begun and has not ended, if there is one.
    pub fn saved_plan(&self) -> Result<Option<Saved>, ApplyError> {
        let path = self.mesh.join(STATE_FOLDER).join(PLAN);
        match fs::read_to_string(&path) {
            Ok(text) => {
                serde_json::from_str(&text)
                    .map(Some)
                    .map_err(|error| ApplyError::Unreadable {
                        path,
                        why: error.to_string(),
                    })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ApplyError::io("cannot read", &path)(error)),
        }
    }

    /// Forgets the plan: every step of it is done.
    pub fn forget_plan(&self) -> Result<(), ApplyError> {
        let path = self.mesh.join(STATE_FOLDER).join(PLAN);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(ApplyError::io("cannot remove", &path)(error))
            }
            _ => Ok(()),
        }
    }

    /// Lays the files of a step out for its calls. In a Terraform root, files of an earlier state go,
    /// since Terraform reads whatever lies there; its own (`.terraform`, the lock file) stay.
    pub(super) fn stage(
        &self,
        cell: &str,
        files: &BTreeMap<String, String>,
        root: Option<&str>,
    ) -> Result<(), ApplyError> {
        let work = self.make_home(&format!("{cell}/work"))?;
        if let Some(root) = root {
            self.make_home(&format!("{cell}/work/{root}"))?;
            clear(&work.join(root), &work, files)?;
        }
        for (name, text) in files {
            if let Some((folder, _)) = name.rsplit_once('/') {
                self.make_home(&format!("{cell}/work/{folder}"))?;
            }
            let path = work.join(name);
            if fs::read(&path).is_ok_and(|found| found == text.as_bytes())
                && refuse_link(&path).is_ok()
            {
                continue;
            }
            replace(&path, text)?;
        }
        Ok(())
    }
}

/// Writes a file that only a step's calls need, readable by nobody else.
pub(super) fn put_private(path: &Path, text: &str) -> Result<(), ApplyError> {
    replace(path, text)
}

/// Removes a file that only a step's calls needed.
pub(super) fn drop_private(path: &Path) {
    // What is left behind is overwritten next time, and git-ignored until then.
    let _ = fs::remove_file(path);
}

/// What a step carries, as texts.
pub(super) fn texts(carried: &Carried) -> BTreeMap<String, String> {
    carried
        .files
        .iter()
        .map(|(path, file)| (path.clone(), file.text.clone()))
        .collect()
}

/// Removes what an earlier state left in a root.
fn clear(root: &Path, work: &Path, keep: &BTreeMap<String, String>) -> Result<(), ApplyError> {
    let stale: Vec<PathBuf> = walkdir::WalkDir::new(root)
        .min_depth(1)
        .into_iter()
        .filter_entry(|entry| entry.file_name() != ".terraform")
        .filter_map(Result::ok)
        .filter(|entry| !entry.file_type().is_dir())
        .filter(|entry| entry.file_name() != ".terraform.lock.hcl")
        .filter(|entry| {
            let name = entry
                .path()
                .strip_prefix(work)
                .map(|path| path.to_string_lossy().replace('\\', "/"));
            name.map_or(true, |name| !keep.contains_key(&name))
        })
        .map(walkdir::DirEntry::into_path)
        .collect();
    for path in stale {
        fs::remove_file(&path).map_err(ApplyError::io("cannot remove", &path))?;
    }
    Ok(())
}

fn refuse_link(path: &Path) -> Result<(), ApplyError> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_symlink() => Err(ApplyError::Link {
            path: path.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// A file is the old or the new one: written beside, then moved.
fn replace(path: &Path, text: &str) -> Result<(), ApplyError> {
    let beside = path.with_extension("meshc-new");
    let write = || {
        let _ = fs::remove_file(&beside);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_data()?;
        fs::rename(&beside, path)?;
        match path.parent() {
            Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
            _ => Ok(()),
        }
    };
    write().map_err(ApplyError::io("cannot write", path))
}
