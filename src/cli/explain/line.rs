//! Why a line of the tree is there: from the provenance file back to the blueprint.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::json;

use super::super::options::{Common, Format};
use super::super::shell::Shell;
use super::super::{Outcome, session, tree};
use crate::artifact::write::{Entry, PROVENANCE, Provenance};
use crate::source::load::MeshDir;

/// Explains one line.
pub(super) fn run(
    file: &str,
    line: u32,
    out: Option<&Path>,
    common: &Common,
    shell: &mut Shell,
) -> anyhow::Result<Outcome> {
    let dir = match session::find(None, common, shell) {
        Ok(Ok(dir)) => dir,
        Ok(Err(outcome)) => return Ok(outcome),
        Err(error) => return Err(error),
    };
    let tree = tree::folder(&dir, out);
    if let Err(problem) = tree::settle(&dir, &tree) {
        return session::fail(&[problem], shell);
    }
    let records = tree.path.join(PROVENANCE);
    let bytes = std::fs::read(&records).with_context(|| {
        format!(
            "{} cannot be read; run `meshc build` first",
            tree.shown.join(PROVENANCE).display()
        )
    })?;
    let provenance = match Provenance::parse(&bytes) {
        Ok(provenance) => provenance,
        Err(why) => bail!("{} cannot be read: {why}", records.display()),
    };
    let path = below(&tree.path, file)?;
    let entries: Vec<&Entry> = provenance.line(&path, line).collect();
    if entries.is_empty() {
        if !provenance.files.contains_key(&path) {
            bail!(
                "`{path}` is not a file of the tree {}",
                tree.shown.display()
            );
        }
        shell.print(&format!(
            "{path}:{line} belongs to no single line of the blueprint: every file has it\n"
        ))?;
        return Ok(Outcome::Fine);
    }
    if shell.format() == Format::Json {
        shell.print_json(&json!({"version": 1, "file": path, "line": line, "because": entries}))?;
        return Ok(Outcome::Fine);
    }
    let mut text = format!("{path}:{line}\n");
    for entry in entries {
        text.push_str(&format!(
            "  is there for {}\n  because: {} ({})\n",
            entry.address, entry.why, entry.maker
        ));
        text.push_str(&excerpt(&dir, &entry.at));
    }
    shell.print(&text)?;
    Ok(Outcome::Fine)
}

/// The path below the tree, however the user wrote it: from the current folder or from the tree.
fn below(tree: &Path, file: &str) -> anyhow::Result<String> {
    let absolute = |path: &Path| {
        std::path::absolute(path).with_context(|| format!("{} has no place", path.display()))
    };
    let (tree, given) = (absolute(tree)?, absolute(Path::new(file))?);
    let relative: PathBuf = match given.strip_prefix(&tree) {
        Ok(relative) => relative.to_owned(),
        Err(_) => PathBuf::from(file),
    };
    Ok(relative.to_string_lossy().replace('\\', "/"))
}

/// The blueprint line itself; only its place if the file has changed since.
fn excerpt(dir: &MeshDir, at: &str) -> String {
    let mut parts = at.rsplitn(3, ':');
    let (_, line, file) = (parts.next(), parts.next(), parts.next());
    let text = file.and_then(|file| std::fs::read_to_string(dir.path.join(file)).ok());
    let number = line
        .and_then(|line| line.parse::<usize>().ok())
        .unwrap_or(0);
    let shown = dir.shown.join(at);
    match text
        .as_deref()
        .and_then(|text| text.lines().nth(number.saturating_sub(1)))
    {
        Some(line) => format!("  --> {}\n      {}\n", shown.display(), line.trim()),
        None => format!("  --> {}\n", shown.display()),
    }
}
