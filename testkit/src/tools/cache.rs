//! The user's cache of installed tools: where it lies, and how an entry gets into it.
//!
//! An entry is a folder named after what it was made from. It is built in a temporary folder under a lock of its
//! name, and comes into being by one rename, so nobody ever sees half of one. Never touches anything outside the
//! cache's root.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, anyhow};
use sha2::{Digest as _, Sha256};

/// How long an entry that nobody used is kept.
const UNUSED: Duration = Duration::from_secs(30 * 24 * 3600);

/// The folder of the cache: `MESHC_TOOLS`, else `meshc-tools` in `XDG_CACHE_HOME`, else `~/.cache/meshc-tools`.
pub fn root() -> Result<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let root = set("MESHC_TOOLS")
        .or_else(|| Some(set("XDG_CACHE_HOME")?.join("meshc-tools")))
        .or_else(|| Some(set("HOME")?.join(".cache").join("meshc-tools")))
        .ok_or_else(|| {
            anyhow!(
                "none of MESHC_TOOLS, XDG_CACHE_HOME and HOME is set: there is no place for tools"
            )
        })?;
    std::path::absolute(&root).with_context(|| format!("making {} absolute", root.display()))
}

/// What tells one version of an entry from another: the first 16 digits of the SHA-256 of its ingredients.
pub(super) fn key(ingredients: &[&str]) -> String {
    let mut hash = Sha256::new();
    for ingredient in ingredients {
        hash.update(ingredient.len().to_le_bytes());
        hash.update(ingredient);
    }
    hash.finalize()
        .iter()
        .take(8)
        .fold(String::new(), |mut text, byte| {
            use std::fmt::Write as _;
            // Writing into a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The folder `<name>-<key>`, made by `build` if it is not there or no longer `sound`. `build` gets a temporary
/// folder that does not exist yet and must check its own work: what it leaves is what everybody gets from then on.
/// Also says whether it was built now.
pub(super) fn entry(
    root: &Path,
    name: &str,
    key: &str,
    sound: impl Fn(&Path) -> bool,
    build: impl FnOnce(&Path) -> Result<()>,
) -> Result<(PathBuf, bool)> {
    let path = root.join(format!("{name}-{key}"));
    let used = |path: &Path| fs::write(path.join(".used"), b"");
    if path.exists() && sound(&path) {
        // An entry in a read-only cache is as good as any.
        let _ = used(&path);
        return Ok((path, false));
    }
    fs::create_dir_all(root).with_context(|| format!("creating {}", root.display()))?;
    let lock_path = root.join(format!("{name}.lock"));
    let lock = fs::File::create(&lock_path)
        .with_context(|| format!("creating {}", lock_path.display()))?;
    lock.lock()
        .with_context(|| format!("locking {}", lock_path.display()))?;
    // Whoever held the lock before may have built it.
    if path.exists() && sound(&path) {
        return Ok((path, false));
    }
    let temporary = root.join(format!(".building-{name}"));
    for stale in [&temporary, &path] {
        if stale.exists() {
            fs::remove_dir_all(stale).with_context(|| format!("removing {}", stale.display()))?;
        }
    }
    build(&temporary).with_context(|| format!("installing into {}", root.display()))?;
    used(&temporary).with_context(|| format!("writing into {}", temporary.display()))?;
    fs::rename(&temporary, &path).with_context(|| format!("renaming to {}", path.display()))?;
    forget_other_versions(root, name, &path);
    Ok((path, true))
}

/// Removes entries of `name` that no run has used for a month. Other versions in use by other checkouts stay.
fn forget_other_versions(root: &Path, name: &str, keep: &Path) {
    let Ok(entries) = fs::read_dir(root) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let is_version = entry
            .file_name()
            .to_string_lossy()
            .strip_prefix(name)
            .is_some_and(|rest| {
                rest.strip_prefix('-').is_some_and(|key| {
                    key.len() == 16 && key.bytes().all(|b| b.is_ascii_hexdigit())
                })
            });
        if is_version && path != keep && older_than(&path.join(".used"), UNUSED) {
            let _ = fs::remove_dir_all(path);
        }
    }
}

/// Removes the folders directly in `folder` that are older than `age`.
pub(super) fn forget_older_than(folder: &Path, age: Duration) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if older_than(&entry.path(), age) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn older_than(path: &Path, age: Duration) -> bool {
    let changed = fs::metadata(path).and_then(|metadata| metadata.modified());
    changed.is_ok_and(|at| {
        SystemTime::now()
            .duration_since(at)
            .is_ok_and(|passed| passed > age)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn always(_: &Path) -> bool {
        true
    }

    #[test]
    fn an_entry_is_built_once_and_found_afterwards() {
        let root = tempfile::tempdir().unwrap();
        let build = |path: &Path| {
            fs::create_dir(path)?;
            Ok(fs::write(path.join("tool"), "x")?)
        };
        let (path, fresh) = entry(root.path(), "aws", "00", always, build).unwrap();
        assert!(fresh && path.join("tool").exists());
        let (again, fresh) = entry(root.path(), "aws", "00", always, |_| {
            unreachable!("it is there")
        })
        .unwrap();
        assert!(!fresh && again == path);
    }

    #[test]
    fn a_failed_build_leaves_no_entry_and_the_next_one_starts_clean() {
        let root = tempfile::tempdir().unwrap();
        let failing = |path: &Path| {
            fs::create_dir(path)?;
            fs::write(path.join("half"), "x")?;
            Err(anyhow!("self-check failed"))
        };
        assert!(entry(root.path(), "aws", "00", always, failing).is_err());
        assert!(!root.path().join("aws-00").exists());
        let (path, _) = entry(root.path(), "aws", "00", always, |path| {
            Ok(fs::create_dir(path)?)
        })
        .unwrap();
        assert!(
            !path.join("half").exists(),
            "nothing of the failed build is in the next one"
        );
    }

    #[test]
    fn an_unsound_entry_is_built_anew() {
        let root = tempfile::tempdir().unwrap();
        let build = |path: &Path| Ok(fs::create_dir(path)?);
        entry(root.path(), "aws", "00", always, build).unwrap();
        let sound = |path: &Path| path.join("python").exists();
        let rebuild = |path: &Path| {
            fs::create_dir(path)?;
            Ok(fs::write(path.join("python"), "")?)
        };
        let (_, fresh) = entry(root.path(), "aws", "00", sound, rebuild).unwrap();
        assert!(fresh);
    }

    #[test]
    fn many_at_once_build_one_entry() {
        let root = tempfile::tempdir().unwrap();
        let builds = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let build = |path: &Path| {
                        builds.fetch_add(1, Ordering::SeqCst);
                        Ok(fs::create_dir(path)?)
                    };
                    entry(root.path(), "aws", "00", always, build).unwrap();
                });
            }
        });
        assert_eq!(builds.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_key_tells_ingredients_apart_that_join_to_the_same_text() {
        assert_ne!(key(&["ab", "c"]), key(&["a", "bc"]));
        assert_eq!(key(&["ab", "c"]), key(&["ab", "c"]));
    }
}
