//! A disk that fails where a test wants it to.
//!
//! In: another disk and the number of an operation. Out: the same operations, one of which fails,
//! alone or with everything after it. Operations run one after the other, so that numbers mean the
//! same in every run.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::disk::{Disk, Held, Kind};

/// What happens at an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing; operations are counted.
    Count,
    /// The operation with this number (from 1) fails, as on a full disk; the next ones work.
    Fail(usize),
    /// The process ends at the operation with this number; a write leaves half of its bytes.
    Crash(usize),
}

/// Wraps a disk with one fault.
#[derive(Debug)]
pub struct FaultyDisk<D> {
    inner: D,
    fault: Fault,
    done: AtomicUsize,
    hit: AtomicBool,
}

impl<D: Disk> FaultyDisk<D> {
    /// A disk with a fault.
    pub fn new(inner: D, fault: Fault) -> Self {
        Self {
            inner,
            fault,
            done: AtomicUsize::new(0),
            hit: AtomicBool::new(false),
        }
    }

    /// How many operations were asked for.
    pub fn operations(&self) -> usize {
        self.done.load(Ordering::SeqCst)
    }

    /// Whether the fault has happened.
    pub fn was_hit(&self) -> bool {
        self.hit.load(Ordering::SeqCst)
    }

    fn step(&self) -> io::Result<()> {
        let now = self.done.fetch_add(1, Ordering::SeqCst) + 1;
        let fails = match self.fault {
            Fault::Count => false,
            Fault::Fail(at) => now == at,
            Fault::Crash(at) => now >= at,
        };
        if fails {
            self.hit.store(true, Ordering::SeqCst);
            return Err(io::Error::new(io::ErrorKind::StorageFull, "injected"));
        }
        Ok(())
    }
}

impl<D: Disk> Disk for FaultyDisk<D> {
    fn kind(&self, path: &Path) -> io::Result<Option<Kind>> {
        self.step()?;
        self.inner.kind(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<(OsString, Kind)>> {
        self.step()?;
        self.inner.list(folder)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.step()?;
        self.inner.read(path)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        self.inner.make_folder(path)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let first = !self.was_hit();
        match self.step() {
            Ok(()) => self.inner.write(path, bytes),
            Err(error) => {
                if first {
                    // A full disk and a killed process both leave a part behind.
                    self.inner
                        .write(path, bytes.get(..bytes.len() / 2).unwrap_or_default())?;
                }
                Err(error)
            }
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        self.inner.rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        self.inner.remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        self.inner.remove_folder(path)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.step()?;
        self.inner.sync_folder(folder)
    }

    fn is_writable(&self, folder: &Path) -> io::Result<bool> {
        self.step()?;
        self.inner.is_writable(folder)
    }

    fn hold(&self, folder: &Path) -> io::Result<Option<Held>> {
        self.step()?;
        self.inner.hold(folder)
    }

    fn each(&self, count: usize, job: &(dyn Fn(usize) -> io::Result<()> + Sync)) -> io::Result<()> {
        (0..count).try_for_each(job)
    }
}
