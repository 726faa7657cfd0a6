//! The Python that everything else is installed with: found on PATH, version 3.10 or later, with pip.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, anyhow, bail};

use super::launch::on_path;

/// A Python interpreter.
#[derive(Debug, Clone)]
pub(super) struct Python {
    /// The interpreter itself, behind any shim.
    pub(super) exe: PathBuf,
    /// Version and platform, as part of the key of what is installed with it.
    pub(super) identity: String,
}

/// `MESHC_PYTHON` if set, else the first of `python3` and `python` on PATH.
pub(super) fn find() -> Result<Python> {
    let set = std::env::var_os("MESHC_PYTHON")
        .filter(|value| !value.is_empty())
        .map(PathBuf::from);
    let exe = set
        .or_else(|| on_path("python3"))
        .or_else(|| on_path("python"))
        .ok_or_else(|| {
            anyhow!("no `python3` on PATH: the tests' tools need Python 3.10 or later with pip")
        })?;
    let probe = "import sys, sysconfig; \
                 print(sys.executable); print('%d.%d.%d' % sys.version_info[:3]); print(sysconfig.get_platform())";
    let output = Command::new(&exe)
        .args(["-I", "-c", probe])
        .output()
        .with_context(|| format!("running {}", exe.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let [path, version, platform] = text.lines().collect::<Vec<_>>()[..] else {
        bail!(
            "{} does not answer as Python 3 does: {}",
            exe.display(),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    };
    let mut numbers = version
        .split('.')
        .filter_map(|part| part.parse::<u32>().ok());
    if (numbers.next(), numbers.next()) < (Some(3), Some(10)) {
        bail!(
            "{path} is Python {version}: the tests' tools need 3.10 or later (set MESHC_PYTHON to another one)"
        );
    }
    Ok(Python {
        exe: PathBuf::from(path),
        identity: format!("{path} {version} {platform}"),
    })
}
