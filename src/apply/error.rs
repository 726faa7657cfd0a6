//! Why a plan is not run at all, or a file of the state folder cannot be used.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::diag::{Code, code};

/// A reason against going on. Steps that fail are not errors of this sort: see `Report`.
#[derive(Debug)]
pub enum ApplyError {
    /// Somebody else is applying to a cell.
    Busy {
        /// The cell's folder.
        cell: String,
    },
    /// A file of the state folder cannot be understood.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A link where a folder of ours should be: it could lead anywhere.
    Link {
        /// The link.
        path: PathBuf,
    },
    /// The disk refused.
    Io {
        /// What was tried: `cannot write`.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        why: io::Error,
    },
}

impl ApplyError {
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |why| Self::Io { doing, path, why }
    }

    /// Its code.
    pub fn code(&self) -> Code {
        match self {
            Self::Busy { .. } => code::APPLY_BUSY,
            Self::Unreadable { .. } | Self::Link { .. } | Self::Io { .. } => code::STATE_FOLDER,
        }
    }

    /// A way out.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Busy { .. } => {
                "wait for the other apply to end; it holds the lock only while it lives"
            }
            Self::Unreadable { .. } => {
                "bring the file back from where you keep the state folder; without it, move it away and plan again: everything is then applied anew, which changes nothing that is right"
            }
            Self::Link { .. } => {
                "replace the link by a folder; meshc follows none in its state folder"
            }
            Self::Io { .. } => {
                "nothing is lost: make room or fix the permissions, then run the command again"
            }
        }
    }
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy { cell } => write!(f, "another process is applying to `{cell}`"),
            Self::Unreadable { path, why } => {
                write!(f, "`{}` cannot be read: {why}", path.display())
            }
            Self::Link { path } => write!(f, "`{}` is a link", path.display()),
            Self::Io { doing, path, why } => write!(f, "{doing} `{}`: {why}", path.display()),
        }
    }
}

impl std::error::Error for ApplyError {}
