//! Which paths an artifact may have, and which names in a tree are not ours.

use std::path::{Path, PathBuf};

use super::error::WriteError;
use super::{MANIFEST, PROVENANCE, STAGE};

/// Checks a path below the tree; everything that reaches the disk or a record passes here.
pub(super) fn check(path: &str) -> Result<(), WriteError> {
    let bad = |why| {
        Err(WriteError::BadPath {
            path: path.to_owned(),
            why,
        })
    };
    if path.len() > 1024 {
        return bad("it is longer than 1024 bytes");
    }
    for part in path.split('/') {
        match part {
            "" => return bad("a part of it is empty"),
            "." | ".." => return bad("it has a `.` or `..`"),
            _ if part.len() > 255 => return bad("a part of it is longer than 255 bytes"),
            _ if part
                .chars()
                .any(|c| c == '\\' || c == ':' || crate::artifact::visible::is_hidden(c)) =>
            {
                return bad("it has a character that paths should not have");
            }
            _ if part.ends_with(['.', ' ']) => return bad("a part of it ends in a dot or a space"),
            _ if is_foreign(part) => return bad("the name belongs to another tool"),
            _ => {}
        }
    }
    match path.split('/').next() {
        Some(MANIFEST | PROVENANCE | STAGE) => bad("the name is meshc's own"),
        _ => Ok(()),
    }
}

/// Names that Terraform and version control leave in the tree: never touched, never reported.
pub(in crate::artifact) fn is_foreign(name: &str) -> bool {
    name.starts_with(".terraform")
        || name.starts_with(".git")
        || name.ends_with(".tfstate")
        || name.ends_with(".tfstate.backup")
        || name == ".DS_Store"
        || name == "crash.log"
}

/// The place of a checked path on the disk.
pub(super) fn below(out: &Path, path: &str) -> PathBuf {
    let mut place = out.to_owned();
    place.extend(path.split('/'));
    place
}

/// The folders above a path, outermost first: `a`, `a/b` for `a/b/c`.
pub(super) fn above(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/')
        .filter_map(move |(at, _)| path.get(..at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leaves_the_tree_or_hides_in_it() {
        for path in [
            "",
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a/./b",
            "a//b",
            "a/",
            "a\\b",
            "C:x",
            "a\0",
            "a\nb",
            "a\u{202e}b",
            ".meshc-stage/x",
            ".manifest.json",
            ".provenance.json",
            ".terraform/x",
            "a/.terraform.lock.hcl",
            "a/terraform.tfstate",
            "a/.git/config",
            "a.",
            "a/b ",
        ] {
            assert!(check(path).is_err(), "{path:?}");
        }
        assert!(check(&"a".repeat(256)).is_err());
        assert!(check(&"a/".repeat(600)).is_err());
        for path in [
            "a",
            "prod/sales/aws/access/main.tf",
            "prod/_mesh/aws/policies/größe.json",
            "a/.manifest.json",
        ] {
            assert!(check(path).is_ok(), "{path:?}");
        }
    }

    #[test]
    fn folders_above_come_outermost_first() {
        assert_eq!(above("a/b/c").collect::<Vec<_>>(), ["a", "a/b"]);
        assert_eq!(above("a").count(), 0);
    }
}
