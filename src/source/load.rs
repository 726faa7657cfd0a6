//! Reading a mesh folder: the only reader of blueprint files.
//!
//! In: a path. Out: the files' text in a [`SourceMap`], in an order that no file system decides,
//! and located diagnostics for what cannot be read. Symbolic links are followed only inside the
//! folder, and nothing but `mesh.yaml` and `domains/*.yaml` is opened.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{FileId, SourceMap, Span};
use crate::diag::{Diagnostic, Diagnostics, code};

/// Largest file that is read, in bytes.
pub const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// The same for `mesh.lock`, which meshc writes itself: 5 KB for each domain of a usual size, so that what one build
/// wrote, the next one reads. Nobody can split it.
pub const MAX_LOCK_BYTES: u64 = 1024 * 1024 * 1024;

/// A mesh folder that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeshDir {
    /// The folder with `mesh.yaml`.
    pub path: PathBuf,
    /// How its files are shown to people: as the user wrote the path.
    pub shown: PathBuf,
}

/// The folder that a command works on: the one that was named, or the nearest above with a
/// `mesh.yaml`.
pub fn find(named: Option<&Path>, current: &Path) -> Result<MeshDir, Diagnostic> {
    if let Some(named) = named {
        let path = current.join(named);
        if path.join("mesh.yaml").is_file() {
            return Ok(MeshDir {
                path,
                shown: named.to_owned(),
            });
        }
        let message = format!("there is no mesh.yaml in `{}`", named.display());
        return Err(Diagnostic::without_place(code::NO_MESH, message)
            .help("name a folder with a mesh.yaml, or start one with `meshc new DIR`"));
    }
    for (depth, folder) in current.ancestors().enumerate() {
        if folder.join("mesh.yaml").is_file() {
            let shown: PathBuf = std::iter::repeat_n("..", depth).collect();
            return Ok(MeshDir {
                path: folder.to_owned(),
                shown,
            });
        }
    }
    Err(Diagnostic::without_place(
        code::NO_MESH,
        "there is no mesh.yaml here or in a folder above",
    )
    .help("name a folder with a mesh.yaml, or start one with `meshc new DIR`"))
}

/// Reads every file of a mesh: `mesh.yaml` first, then the domains by name.
pub fn read(dir: &MeshDir, map: &mut SourceMap, out: &mut Diagnostics) -> Vec<FileId> {
    let mut names = vec![PathBuf::from("mesh.yaml")];
    names.extend(domain_files(dir, out));
    let texts: Vec<_> = names
        .par_iter()
        .map(|name| read_text(&dir.path.join(name), MAX_BYTES))
        .collect();
    let mut files = Vec::with_capacity(names.len());
    for (name, text) in names.iter().zip(texts) {
        let shown = dir.shown.join(name);
        match text {
            Ok(text) => files.push(map.add(shown, text)),
            Err(problem) => {
                // The message points at the file even though none of its text could be shown.
                let file = map.add(shown, problem.readable_start);
                let span = Span {
                    file,
                    start: problem.at,
                    end: problem.at,
                };
                let mut diagnostic = Diagnostic::new(problem.code, span, problem.message);
                diagnostic.help.extend(problem.help.map(str::to_owned));
                out.push(diagnostic);
            }
        }
    }
    files
}

/// Reads `mesh.lock`, if there is one.
pub fn read_lock(dir: &MeshDir, map: &mut SourceMap, out: &mut Diagnostics) -> Option<FileId> {
    let path = dir.path.join("mesh.lock");
    if !path.exists() {
        return None;
    }
    match read_text(&path, MAX_LOCK_BYTES) {
        Ok(text) => Some(map.add(dir.shown.join("mesh.lock"), text)),
        Err(problem) => {
            let file = map.add(dir.shown.join("mesh.lock"), problem.readable_start);
            out.push(Diagnostic::new(
                problem.code,
                Span {
                    file,
                    start: problem.at,
                    end: problem.at,
                },
                problem.message,
            ));
            None
        }
    }
}

fn domain_files(dir: &MeshDir, out: &mut Diagnostics) -> Vec<PathBuf> {
    let folder = dir.path.join("domains");
    if !folder.is_dir() {
        return Vec::new();
    }
    let mut names = Vec::new();
    for entry in walkdir::WalkDir::new(&folder)
        .min_depth(1)
        .max_depth(1)
        .sort_by_file_name()
    {
        match entry {
            Ok(entry) => {
                let name = Path::new("domains").join(entry.file_name());
                let yaml = matches!(
                    name.extension().and_then(|ext| ext.to_str()),
                    Some("yaml" | "yml")
                );
                if yaml && inside(&dir.path, entry.path()) {
                    names.push(name);
                }
            }
            Err(error) => out.push(Diagnostic::without_place(
                code::UNREADABLE_FILE,
                format!("the folder domains cannot be read: {error}"),
            )),
        }
    }
    names
}

/// Whether a path, links followed, is still inside the mesh folder.
fn inside(root: &Path, path: &Path) -> bool {
    match (root.canonicalize(), path.canonicalize()) {
        (Ok(root), Ok(path)) => path.starts_with(root) && path.is_file(),
        // A dangling link is left for the reader, which reports it.
        _ => true,
    }
}

struct Unreadable {
    code: crate::diag::Code,
    message: String,
    help: Option<&'static str>,
    readable_start: String,
    at: u32,
}

fn read_text(path: &Path, most: u64) -> Result<String, Unreadable> {
    let unreadable = |code, message: String, help| Unreadable {
        code,
        message,
        help,
        readable_start: String::new(),
        at: 0,
    };
    let size = std::fs::metadata(path).map(|meta| meta.len());
    if let Ok(size) = size
        && size > most
    {
        let message = format!("the file has {size} bytes, at most {most} are read");
        return Err(unreadable(
            code::FILE_TOO_LARGE,
            message,
            Some("split the domain: a sub-domain is a file of its own"),
        ));
    }
    let bytes = std::fs::read(path).map_err(|error| {
        unreadable(
            code::UNREADABLE_FILE,
            format!("the file cannot be read: {error}"),
            None,
        )
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let readable_start = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
        Unreadable {
            code: code::NOT_UTF8,
            message: "the file is not UTF-8 from here on".to_owned(),
            help: Some("save it as UTF-8"),
            at: u32::try_from(readable_start.len()).unwrap_or(u32::MAX),
            readable_start,
        }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;

    #[test]
    fn a_lock_may_be_larger_than_what_people_write() {
        let folder = tempfile::tempdir().unwrap();
        let dir = MeshDir {
            path: folder.path().to_owned(),
            shown: "mesh".into(),
        };
        let text = " ".repeat(usize::try_from(MAX_BYTES).unwrap() + 1);
        for name in ["mesh.lock", "mesh.yaml"] {
            std::fs::write(folder.path().join(name), &text).unwrap();
        }
        let (mut map, mut out) = (SourceMap::default(), Diagnostics::default());
        assert!(read_lock(&dir, &mut map, &mut out).is_some());
        assert!(out.is_empty());
        read(&dir, &mut map, &mut out);
        assert_eq!(out.iter().next().unwrap().code, code::FILE_TOO_LARGE);
    }
}
