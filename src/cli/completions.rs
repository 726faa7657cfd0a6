//! `meshc completions SHELL`: a script for the shell's own completion.

use super::Outcome;
use super::shell::Shell;

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "For example: meshc completions bash > ~/.local/share/bash-completion/completions/meshc"
)]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// Runs the command.
pub(crate) fn run(
    args: &Args,
    command: &mut clap::Command,
    shell: &mut Shell,
) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, "meshc", &mut script);
    shell.print(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Fine)
}
