//! `meshc schema`: the JSON Schema of blueprint files, from the tables that the decoder reads.

use super::Outcome;
use super::shell::Shell;
use crate::blueprint::json_schema;
use crate::kinds::KINDS;

/// Arguments of `schema`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "In an editor with the YAML language server, save it and start a file with\n\
    `# yaml-language-server: $schema=mesh.schema.json`."
)]
pub(crate) struct Args {}

/// Runs the command.
pub(crate) fn run(_: &Args, shell: &mut Shell) -> anyhow::Result<Outcome> {
    let kinds: Vec<_> = KINDS
        .iter()
        .map(|kind| (kind.name(), kind.options()))
        .collect();
    shell.print(&format!("{:#}\n", json_schema::schema(&kinds)))?;
    Ok(Outcome::Fine)
}
