//! A disk for tests that write thousands of trees.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;

use meshc::artifact::write::{Disk, Held, Kind, RealDisk};

/// The real disk without waiting for it, so that thousands of writes take seconds.
pub(crate) struct QuickDisk;

impl Disk for QuickDisk {
    fn kind(&self, path: &Path) -> io::Result<Option<Kind>> {
        RealDisk.kind(path)
    }
    fn list(&self, folder: &Path) -> io::Result<Vec<(OsString, Kind)>> {
        RealDisk.list(folder)
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        RealDisk.read(path)
    }
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        RealDisk.make_folder(path)
    }
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::write(path, bytes)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }
    fn remove_file(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove_file(path)
    }
    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove_folder(path)
    }
    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        // Opening it keeps the errors for folders that are not there.
        fs::File::open(folder).map(drop)
    }
    fn is_writable(&self, folder: &Path) -> io::Result<bool> {
        RealDisk.is_writable(folder)
    }
    fn hold(&self, folder: &Path) -> io::Result<Option<Held>> {
        RealDisk.hold(folder)
    }
    fn each(&self, count: usize, job: &(dyn Fn(usize) -> io::Result<()> + Sync)) -> io::Result<()> {
        (0..count).try_for_each(job)
    }
}
