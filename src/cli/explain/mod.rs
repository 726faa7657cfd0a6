//! `meshc explain`: what a code means, why an output line is there, what is known of an address.

mod address;
mod code;
mod line;

use std::path::PathBuf;

use anyhow::bail;

use super::Outcome;
use super::options::Common;
use super::shell::Shell;
use crate::address::Address;

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    meshc explain E203\n  \
    meshc explain MESH-RET-001\n  \
    meshc explain generated/prod/sales/aws/access/main.tf:12\n  \
    meshc explain prod:sales/orders")]
pub(crate) struct Args {
    /// A code (E203), a rule (MESH-RET-001), a line of the tree (<FILE:LINE>), or an address
    #[arg(value_name = "FILE:LINE|CODE|ADDRESS")]
    what: String,
    /// The tree [default: MESH/generated]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, common: &Common, shell: &mut Shell) -> anyhow::Result<Outcome> {
    if let Some(text) = code::page(&args.what)? {
        shell.print(&text)?;
        return Ok(Outcome::Fine);
    }
    if let Some((file, line)) = args.what.rsplit_once(':')
        && let Ok(line) = line.parse::<u32>()
    {
        return line::run(file, line, args.out.as_deref(), common, shell);
    }
    match Address::parse(&args.what) {
        Ok(address) => address::run(&address, args.out.as_deref(), common, shell),
        Err(why) => bail!(
            "`{}` is no code, no FILE:LINE and no address: {why}",
            args.what
        ),
    }
}
