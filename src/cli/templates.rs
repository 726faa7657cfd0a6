//! `meshc templates list|eject`: which template is in force, and a copy of one to change.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::json;

use super::options::{Common, Format};
use super::shell::Shell;
use super::{Outcome, session};
use crate::diag::{Diagnostics, closest};
use crate::source::SourceMap;
use crate::template::{TemplateOrigin, Templates, embedded_text};

/// Arguments of `templates`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Every template and where it comes from: built in, or the mesh's own folder
    List,
    /// Copy a built-in template into the mesh's `templates` folder, where it overrides the original
    Eject {
        /// The template's name, as `list` shows it
        name: String,
    },
}

/// Runs the command.
pub(crate) fn run(args: &Args, common: &Common, shell: &mut Shell) -> anyhow::Result<Outcome> {
    match &args.command {
        Command::List => list(common, shell),
        Command::Eject { name } => eject(name, common, shell),
    }
}

fn list(common: &Common, shell: &mut Shell) -> anyhow::Result<Outcome> {
    let mut map = SourceMap::default();
    let mut out = Diagnostics::default();
    // Listing works without a mesh too: then only the built-in ones are there.
    let current = std::env::current_dir()?;
    let own = crate::source::load::find(common.mesh.as_deref(), &current)
        .ok()
        .map(|dir| dir.path.join("templates"));
    let folders: Vec<&Path> = own.iter().map(PathBuf::as_path).collect();
    let templates = Templates::load(&folders, &mut map, &mut out);
    let said = out.into_sorted();
    let place = |origin: &TemplateOrigin| match origin {
        TemplateOrigin::Embedded => "built in".to_owned(),
        TemplateOrigin::File(path) => path.display().to_string(),
    };
    if shell.format() == Format::Json {
        let rows: Vec<_> = templates
            .sources()
            .iter()
            .map(|source| json!({"name": source.name, "from": place(&source.origin)}))
            .collect();
        shell.print_json(&json!({"version": 1, "templates": rows, "diagnostics": Shell::diagnostics_json(&said, &map)}))?;
    } else {
        let width = templates
            .sources()
            .iter()
            .map(|source| source.name.len())
            .max()
            .unwrap_or(0);
        let rows: String = templates
            .sources()
            .iter()
            .map(|source| format!("{:width$}  {}\n", source.name, place(&source.origin)))
            .collect();
        shell.print(&rows)?;
        shell.diagnostics(&said, &map)?;
    }
    Ok(if session::blocks(&said) {
        Outcome::Failed
    } else {
        Outcome::Fine
    })
}

fn eject(name: &str, common: &Common, shell: &mut Shell) -> anyhow::Result<Outcome> {
    let dir = match session::find(None, common, shell)? {
        Ok(dir) => dir,
        Err(outcome) => return Ok(outcome),
    };
    let Some(text) = embedded_text(name) else {
        let mut map = SourceMap::default();
        let templates = Templates::embedded(&mut map, &mut Diagnostics::default());
        let names = templates
            .sources()
            .iter()
            .map(|source| source.name.as_str());
        match closest(name, names) {
            Some(near) => bail!("there is no template `{name}`; did you mean `{near}`?"),
            None => bail!("there is no template `{name}`; `meshc templates list` shows them"),
        }
    };
    let relative = format!("templates/{name}.tf.tera");
    let path = dir.path.join(&relative);
    if path.exists() {
        bail!(
            "{} is already there; remove it to start again from the original",
            dir.shown.join(&relative).display()
        );
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    }
    std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    shell.say(&format!(
        "wrote {}; it is in force from now on, and goes through the same gates\n",
        dir.shown.join(&relative).display()
    ))?;
    Ok(Outcome::Fine)
}
