//! `meshc check`: compile and run the policy suite; nothing is written.

use std::path::PathBuf;

use super::options::Common;
use super::shell::Shell;
use super::{Outcome, findings, session, tree};
use crate::pipeline::{Keep, Wishes};

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Forms: human, json, sarif, junit, github. Exit codes: 0 no blocking finding, 1 the mesh does not compile, 2 blocking findings."
)]
pub(crate) struct Args {
    /// The mesh folder
    #[arg(value_name = "MESH")]
    dir: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, common: &Common, shell: &mut Shell) -> anyhow::Result<Outcome> {
    let dir = match session::find(args.dir.as_deref(), common, shell)? {
        Ok(dir) => dir,
        Err(outcome) => return Ok(outcome),
    };
    if let Err(problem) = tree::settle(&dir, &tree::folder(&dir, None)) {
        return session::fail(&[problem], shell);
    }
    let inputs = session::read(dir, None);
    let (session, _, checked) =
        match findings::compile(inputs, Wishes::keeping(Keep::Nothing), common, shell)? {
            Ok(examined) => examined,
            Err(outcome) => return Ok(outcome),
        };
    checked.report(&session, shell)?;
    Ok(if checked.blocks() {
        Outcome::Different
    } else {
        Outcome::Fine
    })
}
