//! Why a tree cannot be written, as data: the command line turns it into messages.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// One reason. Until the commit record is written, none of them has changed anything.
#[derive(Debug)]
pub enum WriteError {
    /// The tree belongs to another mesh.
    OtherMesh {
        /// The tree.
        out: PathBuf,
        /// Whose it is.
        found: String,
    },
    /// The folder has something in it, but no manifest of ours.
    NotOurs {
        /// The folder.
        out: PathBuf,
        /// One thing that is in it.
        example: String,
    },
    /// The manifest, the provenance or a commit record cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Files were changed by hand since meshc wrote them.
    HandEdited {
        /// The tree.
        out: PathBuf,
        /// The files, below the tree.
        files: Vec<String>,
    },
    /// Something that is not ours stands where a file or folder has to go.
    InTheWay {
        /// Where.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// A symbolic link lies on the way to a file; following it could leave the tree.
    Link {
        /// The link.
        path: PathBuf,
    },
    /// A path that no artifact may have: a defect of a target.
    BadPath {
        /// The path.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A folder that may not be written to.
    ReadOnly {
        /// The folder.
        folder: PathBuf,
    },
    /// Another meshc is writing here.
    Busy {
        /// The folder.
        folder: PathBuf,
    },
    /// The tree was being written together with the lock of another mesh folder.
    OtherFolder {
        /// The tree.
        out: PathBuf,
        /// The mesh folder that the commit record names.
        mesh: PathBuf,
    },
    /// A commit record is there, but what it wants to put in place is gone or damaged.
    Damaged {
        /// What.
        path: PathBuf,
    },
    /// The disk refused.
    Io {
        /// What was being done, as in "cannot read".
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl WriteError {
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }

    /// What a person can do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::OtherMesh { .. } | Self::NotOurs { .. } => {
                "choose another folder with `--out`, or empty this one"
            }
            Self::Unreadable { .. } => {
                "restore it from version control, or remove the whole tree and build again"
            }
            Self::HandEdited { .. } => {
                "put the change into the blueprint or a template, then restore or remove these files"
            }
            Self::InTheWay { .. } => "move it out of the tree",
            Self::Link { .. } => "replace the link with the folder or file itself",
            Self::BadPath { .. } => "this is a defect of meshc; please report it",
            Self::ReadOnly { .. } => "make the folder writable, or choose another one with `--out`",
            Self::Busy { .. } => "wait until it has finished",
            Self::OtherFolder { .. } => {
                "run any command on that mesh folder; it completes the write"
            }
            Self::Damaged { .. } => {
                "restore the tree from version control (or remove it) together with its `.meshc-stage`, and build again"
            }
            Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                "make room on the disk and run the command again"
            }
            Self::Io { .. } => "mend the cause and run the command again; nothing is lost",
        }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherMesh { out, found } => {
                write!(
                    f,
                    "`{}` is the tree of another mesh, `{}`",
                    out.display(),
                    found.escape_debug()
                )
            }
            Self::NotOurs { out, example } => write!(
                f,
                "`{}` was not written by meshc and is not empty: it has `{}`",
                out.display(),
                example.escape_debug()
            ),
            Self::Unreadable { path, why } => {
                write!(f, "`{}` cannot be read: {why}", path.display())
            }
            Self::HandEdited { out, files } => {
                let plural = if files.len() == 1 {
                    "file was"
                } else {
                    "files were"
                };
                write!(
                    f,
                    "{} {plural} edited by hand in `{}`: ",
                    files.len(),
                    out.display()
                )?;
                for (at, file) in files.iter().take(5).enumerate() {
                    write!(
                        f,
                        "{}`{}`",
                        if at == 0 { "" } else { ", " },
                        file.escape_debug()
                    )?;
                }
                if files.len() > 5 {
                    write!(f, " and {} more", files.len() - 5)
                } else {
                    Ok(())
                }
            }
            Self::InTheWay { path, what } => {
                write!(f, "{what} stands in the way at `{}`", path.display())
            }
            Self::Link { path } => write!(f, "`{}` is a symbolic link", path.display()),
            Self::BadPath { path, why } => {
                write!(f, "`{}` cannot be a path: {why}", path.escape_debug())
            }
            Self::ReadOnly { folder } => write!(f, "`{}` cannot be written to", folder.display()),
            Self::Busy { folder } => {
                write!(f, "another meshc is writing in `{}`", folder.display())
            }
            Self::OtherFolder { out, mesh } => write!(
                f,
                "writing `{}` was interrupted, together with the lock in `{}`",
                out.display(),
                mesh.display()
            ),
            Self::Damaged { path } => {
                write!(
                    f,
                    "an interrupted write cannot be completed: `{}` is missing or damaged",
                    path.display()
                )
            }
            Self::Io {
                doing,
                path,
                source,
            } => write!(f, "{doing} `{}`: {source}", path.display()),
        }
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
