//! The tree on disk as commands see it: where it is, what it should be, and what went wrong.

use std::path::{Path, PathBuf};

use super::options::Common;
use super::session::Session;
use crate::artifact::write::{RealDisk, Recovery, Wanted, WriteError, recover};
use crate::cell::CellId;
use crate::diag::{Code, Diagnostic, code};
use crate::pipeline::Compiled;
use crate::source::load::MeshDir;
use crate::source::{SourceMap, Span};

/// Where the tree of a mesh is: the folder that was named, or `generated` in the mesh.
pub(crate) fn folder(dir: &MeshDir, named: Option<&Path>) -> Tree {
    match named {
        Some(named) => Tree {
            path: named.to_owned(),
            shown: named.to_owned(),
        },
        None => Tree {
            path: dir.path.join("generated"),
            shown: dir.shown.join("generated"),
        },
    }
}

/// A tree's folder, and how it is shown.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    /// The folder.
    pub(crate) path: PathBuf,
    /// As the user would write it.
    pub(crate) shown: PathBuf,
}

/// Finishes what an interrupted command left; every command calls this before it reads anything.
pub(crate) fn settle(dir: &MeshDir, tree: &Tree) -> Result<Recovery, Diagnostic> {
    recover(&RealDisk, &tree.path, Some(&dir.path)).map_err(|error| diagnostic(&error))
}

/// What the tree should be, handed to `use_it`.
pub(crate) fn wanted<T>(
    session: &Session,
    compiled: &Compiled,
    tree: &Tree,
    common: &Common,
    use_it: impl FnOnce(&Wanted<'_>) -> T,
) -> T {
    let lock = compiled.lock.print();
    let place = |span: Span| below_mesh(&session.map, &session.dir, span);
    let scope = |path: &str| {
        !common.is_scoped() || CellId::of_path(path).is_some_and(|cell| common.in_scope(&cell))
    };
    use_it(&Wanted {
        out: &tree.path,
        mesh: compiled.mesh.name.as_str(),
        mesh_dir: Some(&session.dir.path),
        lock: Some(&lock),
        files: &compiled.printed,
        place: &place,
        scope: &scope,
    })
}

/// `file:line:column` with the file below the mesh folder, the same wherever a command starts.
pub(crate) fn below_mesh(map: &SourceMap, dir: &MeshDir, span: Span) -> String {
    let file = map.file(span.file);
    let at = file.line_col(span.start);
    let path = file.path().strip_prefix(&dir.shown).unwrap_or(file.path());
    format!("{}:{}:{}", path.display(), at.line, at.column)
}

/// A reason against writing, as a message.
pub(crate) fn diagnostic(error: &WriteError) -> Diagnostic {
    Diagnostic::without_place(code_of(error), error.to_string()).help(error.help())
}

fn code_of(error: &WriteError) -> Code {
    match error {
        WriteError::OtherMesh { .. } => code::OTHER_MESHS_TREE,
        WriteError::NotOurs { .. } => code::NOT_OUR_TREE,
        WriteError::Unreadable { .. } => code::UNREADABLE_TREE,
        WriteError::HandEdited { .. } => code::HAND_EDITED,
        WriteError::Damaged { .. } | WriteError::OtherFolder { .. } => code::CANNOT_RECOVER,
        WriteError::InTheWay { .. }
        | WriteError::Link { .. }
        | WriteError::BadPath { .. }
        | WriteError::ReadOnly { .. }
        | WriteError::Busy { .. }
        | WriteError::Io { .. } => code::CANNOT_WRITE,
    }
}
