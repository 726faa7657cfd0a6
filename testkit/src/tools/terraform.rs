//! Terraform on PATH, and the real AWS provider in a mirror on this machine, where there are any.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::launch::{Launch, on_path as executable};

/// The `terraform` on PATH if it is 1.5 or later (the first with `import` blocks, which generated roots may hold);
/// nothing if there is none or if `MESHC_TERRAFORM` is `lib`. Any other value of that variable is the path of one.
pub(super) fn on_path() -> Result<Option<PathBuf>> {
    let chosen = std::env::var_os("MESHC_TERRAFORM")
        .filter(|value| !value.is_empty())
        .map(PathBuf::from);
    let exe = match chosen {
        Some(value) if value == Path::new("lib") => return Ok(None),
        Some(value) => value,
        None => match executable("terraform") {
            Some(exe) => exe,
            None => return Ok(None),
        },
    };
    let empty = std::env::temp_dir();
    let version = Launch::new(&exe, &empty)
        .args(["version", "-json"])
        .cwd(&empty)
        .succeed()?
        .json()?;
    let version = version["terraform_version"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let mut numbers = version
        .split('.')
        .filter_map(|part| part.parse::<u32>().ok());
    if (numbers.next(), numbers.next()) < (Some(1), Some(5)) {
        bail!(
            "{} is Terraform {version}; 1.5 or later is needed (MESHC_TERRAFORM=lib installs one)",
            exe.display()
        );
    }
    Ok(Some(exe))
}

/// The real AWS provider, in a folder laid out as a filesystem mirror.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsProvider {
    /// The folder above `registry.terraform.io`.
    pub mirror: PathBuf,
    /// The newest version in it.
    pub version: String,
}

impl AwsProvider {
    /// A Terraform CLI configuration that takes the provider from the mirror and nothing from anywhere else.
    pub fn cli_config(&self) -> String {
        // The path is printed as JSON, which HCL reads as it is unless it holds a template marker.
        let path = serde_json::Value::from(self.mirror.to_string_lossy()).to_string();
        let path = path.replace("${", "$${").replace("%{", "%%{");
        format!(
            "disable_checkpoint = true\n\nprovider_installation {{\n  filesystem_mirror {{\n    path    = {path}\n    \
             include = [\"registry.terraform.io/hashicorp/aws\"]\n  }}\n}}\n"
        )
    }
}

/// The real AWS provider, looked for in `MESHC_TERRAFORM_MIRROR`, in the folders that Terraform itself searches, and
/// in `/opt`. No package registry has it, so it can only be found.
pub fn aws_provider() -> Result<Option<AwsProvider>> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let mut mirrors: Vec<PathBuf> = set("MESHC_TERRAFORM_MIRROR").into_iter().collect();
    mirrors.extend(set("HOME").map(|home| home.join(".terraform.d/plugins")));
    mirrors.extend(set("XDG_DATA_HOME").map(|data| data.join("terraform/plugins")));
    for fixed in [
        "/usr/local/share/terraform/plugins",
        "/usr/share/terraform/plugins",
        "/opt/tf-plugins",
    ] {
        mirrors.push(PathBuf::from(fixed));
    }
    let platform = format!(
        "{}_{}",
        std::env::consts::OS.replace("macos", "darwin"),
        std::env::consts::ARCH
            .replace("x86_64", "amd64")
            .replace("aarch64", "arm64")
    );
    for mirror in mirrors {
        if let Some(version) = newest(&mirror, &platform)? {
            return Ok(Some(AwsProvider { mirror, version }));
        }
    }
    Ok(None)
}

/// The newest version of the provider that a mirror holds for a platform.
fn newest(mirror: &Path, platform: &str) -> Result<Option<String>> {
    let versions = mirror.join("registry.terraform.io/hashicorp/aws");
    if !versions.is_dir() {
        return Ok(None);
    }
    let mut found: Vec<(Vec<u32>, String)> = Vec::new();
    for entry in
        std::fs::read_dir(&versions).with_context(|| format!("reading {}", versions.display()))?
    {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let numbers: Option<Vec<u32>> = name.split('.').map(|part| part.parse().ok()).collect();
        if let (Some(numbers), true) = (numbers, entry.path().join(platform).is_dir()) {
            found.push((numbers, name));
        }
    }
    Ok(found.into_iter().max().map(|(_, name)| name))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    #[test]
    fn the_newest_version_of_this_platform_is_taken() {
        let mirror = tempfile::tempdir().unwrap();
        let provider = mirror.path().join("registry.terraform.io/hashicorp/aws");
        for folder in [
            "5.9.0/linux_amd64",
            "5.100.0/linux_amd64",
            "6.0.0/darwin_arm64",
            "notes/linux_amd64",
        ] {
            std::fs::create_dir_all(provider.join(folder)).unwrap();
        }
        assert_eq!(
            newest(mirror.path(), "linux_amd64").unwrap().as_deref(),
            Some("5.100.0")
        );
        assert_eq!(newest(mirror.path(), "windows_amd64").unwrap(), None);
        assert_eq!(
            newest(&mirror.path().join("absent"), "linux_amd64").unwrap(),
            None
        );
    }
}
