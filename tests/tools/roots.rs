//! Terraform roots that meshc made, copied to where a state may lie beside them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// A folder with a configuration.
#[derive(Debug, Clone)]
pub(crate) struct Root {
    pub(crate) folder: PathBuf,
}

impl Root {
    /// `resources` or `access`.
    pub(crate) fn part(&self) -> &str {
        let name = self.folder.file_name().and_then(|name| name.to_str());
        name.unwrap_or_default()
    }

    /// How many resources are written in it.
    pub(crate) fn resources(&self) -> Result<usize> {
        Ok(self.blocks("resource")?.len())
    }

    /// The labels of the blocks of a kind, each as it is written.
    pub(crate) fn blocks(&self, kind: &str) -> Result<Vec<String>> {
        let text = std::fs::read_to_string(self.folder.join("main.tf"))?;
        let labels = |line: &str| {
            let rest = line.strip_prefix(kind)?.strip_prefix(' ')?;
            Some(rest.trim_end_matches('{').trim().to_owned())
        };
        Ok(text.lines().filter_map(labels).collect())
    }

    /// The variables that it has, from the outputs of other roots. One that has a default may be left out.
    pub(crate) fn variables(&self, outputs: &BTreeMap<String, Value>) -> Result<Vec<String>> {
        let mut arguments = Vec::new();
        for label in self.blocks("variable")? {
            let name = label.trim_matches('"');
            if let Some(output) = outputs.get(name) {
                let value = match output {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                arguments.push(format!("-var={name}={value}"));
            }
        }
        Ok(arguments)
    }
}

/// Where the repository lies.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below a folder, sorted, that are wanted.
pub(crate) fn files(dir: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(dir).sort_by_file_name() {
        let path = entry?.into_path();
        if path.is_file() && wanted(&path) {
            files.push(path);
        }
    }
    Ok(files)
}

/// Copies a folder, without the `generated` trees and states in it.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    let hidden = |path: &Path| {
        path.strip_prefix(from).is_ok_and(|path| {
            path.components()
                .any(|part| part.as_os_str() == "generated" || part.as_os_str() == ".terraform")
        })
    };
    for file in files(from, |path| !hidden(path))? {
        let target = to.join(file.strip_prefix(from)?);
        std::fs::create_dir_all(target.parent().context("a file lies in a folder")?)?;
        std::fs::copy(&file, &target)?;
    }
    Ok(())
}

/// The roots below a folder.
pub(crate) fn below(folder: &Path) -> Result<Vec<Root>> {
    let mains = files(folder, |path| {
        path.file_name().is_some_and(|name| name == "main.tf")
    })?;
    mains
        .iter()
        .map(|main| {
            let folder = main.parent().context("a file lies in a folder")?.to_owned();
            Ok(Root { folder })
        })
        .collect()
}

/// The roots of one cloud below a folder.
pub(crate) fn on(folder: &Path, cloud: &str) -> Result<Vec<Root>> {
    let of_cloud = |root: &Root| {
        let below = root.folder.strip_prefix(folder).unwrap_or(&root.folder);
        below.components().any(|part| part.as_os_str() == cloud)
    };
    Ok(below(folder)?.into_iter().filter(of_cloud).collect())
}

/// Copies a tree and finds its roots.
pub(crate) fn copied(tree: &Path, to: &Path) -> Result<Vec<Root>> {
    copy(tree, to)?;
    below(to)
}

/// Runs `meshc build` on a mesh, which writes its tree into the mesh's own folder.
pub(crate) fn build(mesh: &Path) -> Result<()> {
    let build = Command::new(env!("CARGO_BIN_EXE_meshc"))
        .arg("build")
        .arg(mesh)
        .output()?;
    ensure!(
        build.status.success(),
        "{}",
        String::from_utf8_lossy(&build.stderr)
    );
    Ok(())
}

/// A copy of an example for the major of the AWS provider that a machine may hold.
pub(crate) fn for_aws_5(example: &str, folder: &Path) -> Result<()> {
    copy(&repository().join("examples").join(example), folder)?;
    edit(
        &folder.join("mesh.yaml"),
        "ou: ou-ab12-cd34ef56, region: eu-west-1",
        "ou: ou-ab12-cd34ef56, region: eu-west-1, provider: \"5\"",
    )
}

/// Replaces text that must be there, once.
pub(crate) fn edit(file: &Path, from: &str, to: &str) -> Result<()> {
    let text = std::fs::read_to_string(file)?;
    ensure!(
        text.matches(from).count() == 1,
        "`{from}` is {} times in {}",
        text.matches(from).count(),
        file.display()
    );
    std::fs::write(file, text.replace(from, to))?;
    Ok(())
}
