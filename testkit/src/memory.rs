//! Folders for tests that write thousands of files.

use std::io;
use std::path::Path;

use tempfile::TempDir;

/// A temporary folder in memory, where there is such a place, and on the disk otherwise: synced writes are cheap there.
pub fn folder() -> io::Result<TempDir> {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    }
}
