//! The disk, as far as writing a tree needs it: few operations, so that a test can make each one
//! of them fail.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use rayon::prelude::*;

/// What a path is, without following a symbolic link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, wherever it leads.
    Link,
    /// A socket, device or pipe.
    Other,
}

/// Held while a tree is written; another process finds the folder taken until it is dropped.
#[derive(Debug)]
pub struct Held(Option<File>);

impl Drop for Held {
    fn drop(&mut self) {
        // A process that another thread is just starting has a copy of the descriptor until it runs
        // its own program. Closing ours would leave the folder taken until then; unlocking does not.
        if let Some(file) = &self.0 {
            let _ = file.unlock();
        }
    }
}

/// The operations of writing. Every method is one operation to a test that counts.
pub trait Disk: Sync {
    /// What a path is, or `None` if there is nothing.
    fn kind(&self, path: &Path) -> io::Result<Option<Kind>>;
    /// The names in a folder, with what they are, sorted.
    fn list(&self, folder: &Path) -> io::Result<Vec<(OsString, Kind)>>;
    /// A file's bytes.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Makes one folder in an existing one.
    fn make_folder(&self, path: &Path) -> io::Result<()>;
    /// Makes or replaces a file; when this returns, its bytes survive a power failure.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Moves a file or folder within a disk; a file that was there is replaced.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file or a link itself.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Removes an empty folder.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
    /// Makes what was created, renamed and removed in a folder survive a power failure.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
    /// Whether this process may create files in a folder.
    fn is_writable(&self, folder: &Path) -> io::Result<bool>;
    /// Takes a folder for this process; `None` if another one has it.
    fn hold(&self, folder: &Path) -> io::Result<Option<Held>>;
    /// Runs `job` for 0 to `count - 1`, in parallel where that is faster. Every job runs to its
    /// end; one error is returned.
    fn each(&self, count: usize, job: &(dyn Fn(usize) -> io::Result<()> + Sync)) -> io::Result<()>;
}

/// The real one.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

/// Waiting for the disk is most of the work, so more threads than processors help.
const THREADS: usize = 16;

/// Below this, starting threads costs more than they bring.
const WORTH_THREADS: usize = 32;

impl Disk for RealDisk {
    fn kind(&self, path: &Path) -> io::Result<Option<Kind>> {
        match fs::symlink_metadata(path) {
            Ok(metadata) => Ok(Some(kind_of(metadata.file_type()))),
            // A file where a folder is asked for: there is nothing below it.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<(OsString, Kind)>> {
        let mut names = fs::read_dir(folder)?
            .map(|entry| {
                let entry = entry?;
                Ok((entry.file_name(), kind_of(entry.file_type()?)))
            })
            .collect::<io::Result<Vec<_>>>()?;
        names.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(names)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_data()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        // Windows cannot open a folder as a file, and does not need it for this.
        if cfg!(unix) {
            File::open(folder)?.sync_all()
        } else {
            Ok(())
        }
    }

    fn is_writable(&self, folder: &Path) -> io::Result<bool> {
        is_writable(folder)
    }

    fn hold(&self, folder: &Path) -> io::Result<Option<Held>> {
        if cfg!(not(unix)) {
            return Ok(Some(Held(None)));
        }
        let file = File::open(folder)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Held(Some(file)))),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            // Some network file systems know no locks; then two writers at once are not noticed.
            Err(fs::TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                Ok(Some(Held(None)))
            }
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    fn each(&self, count: usize, job: &(dyn Fn(usize) -> io::Result<()> + Sync)) -> io::Result<()> {
        if count < WORTH_THREADS {
            return (0..count).map(job).fold(Ok(()), io::Result::and);
        }
        match rayon::ThreadPoolBuilder::new().num_threads(THREADS).build() {
            Ok(pool) => pool.install(|| {
                (0..count)
                    .into_par_iter()
                    .map(job)
                    .reduce(|| Ok(()), io::Result::and)
            }),
            // No threads to be had: slower, not worse.
            Err(_) => (0..count).map(job).fold(Ok(()), io::Result::and),
        }
    }
}

fn kind_of(kind: fs::FileType) -> Kind {
    if kind.is_symlink() {
        Kind::Link
    } else if kind.is_dir() {
        Kind::Folder
    } else if kind.is_file() {
        Kind::File
    } else {
        Kind::Other
    }
}

/// The kernel's own answer, which knows of read-only mounts and access lists too.
#[cfg(unix)]
fn is_writable(folder: &Path) -> io::Result<bool> {
    use rustix::fs::{Access, access};
    match access(folder, Access::WRITE_OK | Access::EXEC_OK) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::ACCESS | rustix::io::Errno::ROFS | rustix::io::Errno::PERM) => {
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(unix))]
fn is_writable(folder: &Path) -> io::Result<bool> {
    Ok(!fs::metadata(folder)?.permissions().readonly())
}
