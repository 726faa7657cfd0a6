//! The files of a folder, in an order that no file system decides.

use std::fs;
use std::io;
use std::path::Path;

use rayon::prelude::*;
use walkdir::WalkDir;

use super::{MAX_DEPTH, MAX_FILE, MAX_FILES, ReadProblem, ReadTree};
use crate::artifact::write::{STAGE, is_foreign};

/// Reads a folder, or a single file. The error is about the path itself; what is wrong below it is
/// among the tree's problems.
pub fn read(dir: &Path) -> io::Result<ReadTree> {
    let root = dir.canonicalize()?;
    let mut problems = Vec::new();
    if root.is_file() {
        let name = dir
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let mut tree = ReadTree::default();
        match load(&root) {
            Ok(bytes) => tree = ReadTree::from_files(vec![(name, bytes)]),
            Err(what) => tree.problems.push(ReadProblem {
                path: name,
                at: None,
                what,
            }),
        }
        return Ok(tree);
    }

    let walk = WalkDir::new(&root)
        .sort_by_file_name()
        .max_depth(MAX_DEPTH + 1)
        .into_iter()
        .filter_entry(|entry| {
            let name = entry.file_name().to_string_lossy();
            entry.depth() == 0 || !(is_foreign(&name) || (entry.depth() == 1 && name == STAGE))
        });
    let mut found = Vec::new();
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error
                    .path()
                    .map(|path| shown(path, &root))
                    .unwrap_or_default();
                problems.push(ReadProblem {
                    path,
                    at: None,
                    what: format!("cannot be read: {error}"),
                });
                continue;
            }
        };
        let path = shown(entry.path(), &root);
        let mut problem = |what: &str| {
            problems.push(ReadProblem {
                path: path.clone(),
                at: None,
                what: what.to_owned(),
            });
        };
        let kind = entry.file_type();
        if kind.is_dir() {
            if entry.depth() > MAX_DEPTH {
                problem("a folder so deep that it is not read");
            }
        } else if kind.is_symlink() {
            // A link to a file in the folder is that file under another name, which Terraform
            // reads too. Other links could lead anywhere, or in circles.
            match entry.path().canonicalize() {
                Ok(target) if !target.starts_with(&root) => {
                    problem("a link that leads out of the folder; not read");
                }
                Ok(target) if target.is_file() => found.push(path),
                Ok(_) => problem("a link to a folder; not read under this name"),
                Err(_) => problem("a link that leads nowhere"),
            }
        } else if kind.is_file() {
            found.push(path);
        } else {
            problem("neither a file nor a folder; not read");
        }
        if found.len() > MAX_FILES {
            problems.push(ReadProblem {
                path: String::new(),
                at: None,
                what: format!("more than {MAX_FILES} files; the rest is not read"),
            });
            break;
        }
    }

    let loaded: Vec<_> = found
        .into_par_iter()
        .map(|path| (load(&root.join(&path)), path))
        .collect();
    let mut files = Vec::with_capacity(loaded.len());
    for (bytes, path) in loaded {
        match bytes {
            Ok(bytes) => files.push((path, bytes)),
            Err(what) => problems.push(ReadProblem {
                path,
                at: None,
                what,
            }),
        }
    }
    let mut tree = ReadTree::from_files(files);
    tree.problems.append(&mut problems);
    tree.problems.sort();
    Ok(tree)
}

fn load(path: &Path) -> Result<Vec<u8>, String> {
    let size = fs::metadata(path)
        .map_err(|error| format!("cannot be read: {error}"))?
        .len();
    if size > MAX_FILE {
        return Err(format!("it is larger than {} MiB", MAX_FILE / 1024 / 1024));
    }
    fs::read(path).map_err(|error| format!("cannot be read: {error}"))
}

/// A path below the root, with forward slashes on every system.
fn shown(path: &Path, root: &Path) -> String {
    let rest = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = rest
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}
