//! The tree on disk: the only writer of artifacts and of `mesh.lock`.
//!
//! In: printed files and the lock's text. Out: a tree that is either the old or the new one, never
//! something between, with a manifest (what is ours) and a provenance file (why it is there).
//!
//! 1. [`recover()`] is called by every command first: it completes a write that was interrupted after
//!    its commit record, and clears away one that was interrupted before.
//! 2. [`plan()`] looks and decides, and changes nothing: what to add, change and remove, or every
//!    reason why the tree may not be touched.
//! 3. [`commit()`] stages everything beside the tree, writes the commit record, and moves things into
//!    place. A failure before the record leaves the old tree, one after it is mended by `recover`.
//!
//! [`index`] remembers, outside of the tree, that it was the one its inputs say, so that the next build need not
//! make it again to know so.
//!
//! Files that did not change are not touched; if nothing changed, nothing is written at all. What
//! meshc did not write is never touched, and what was edited by hand since is refused.

mod check;
mod commit;
mod disk;
mod error;
mod faulty;
pub mod index;
mod manifest;
mod paths;
mod plan;
mod provenance;
mod record;
mod recover;
mod replace;

pub use check::{Difference, Differs, check};
pub use commit::commit;
pub use disk::{Disk, Held, Kind, RealDisk};
pub use error::WriteError;
pub use faulty::{Fault, FaultyDisk};
pub use manifest::{Manifest, sha256};
pub(in crate::artifact) use paths::is_foreign;
pub use plan::{Plan, plan};
pub(crate) use provenance::entries;
pub use provenance::{Entry, Provenance};
pub use recover::{Recovery, recover};
pub use replace::replace;

use std::path::Path;

use super::Printed;
use crate::source::Span;

/// What is ours, at the top of the tree.
pub const MANIFEST: &str = ".manifest.json";
/// Why it is there, at the top of the tree.
pub const PROVENANCE: &str = ".provenance.json";
/// Where a write is prepared, at the top of the tree and of the mesh folder; gone when it is done.
pub const STAGE: &str = ".meshc-stage";
/// The file with every physical name, in the mesh folder.
pub const LOCK: &str = "mesh.lock";

/// What a tree should be.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// The folder of the tree.
    pub out: &'a Path,
    /// The mesh's name; a tree of another mesh is refused.
    pub mesh: &'a str,
    /// The folder of the mesh, in which the lock lies and later commands look for a half-done write.
    pub mesh_dir: Option<&'a Path>,
    /// The text of the lock; `None` leaves it alone.
    pub lock: Option<&'a str>,
    /// Every file of the tree, by path; paths outside of `scope` are ignored.
    pub files: &'a [(String, Printed)],
    /// Turns a span into `file:line:column` with the file below the mesh folder, so that the
    /// provenance is the same wherever a command is started.
    pub place: &'a (dyn Fn(Span) -> String + Sync),
    /// Which paths may be written and pruned; the others stay as they are, as do their entries in
    /// manifest and provenance.
    pub scope: &'a (dyn Fn(&str) -> bool + Sync),
}

impl std::fmt::Debug for Wanted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wanted")
            .field("out", &self.out)
            .field("mesh", &self.mesh)
            .field("files", &self.files.len())
            .finish_non_exhaustive()
    }
}
