//! The command line: one file per command, which parses, calls and shows. The only printer, and
//! the only place that looks at the environment and the clock.
//!
//! Exit codes: 0 fine; 1 bad input, bad usage or failure; 2 blocking findings, differences, drift;
//! 3 access wider than the blueprint.

mod apply;
mod build;
mod check;
mod completions;
mod diff;
mod explain;
mod findings;
mod fmt;
mod new;
mod options;
mod plan;
mod schema;
mod session;
mod shell;
mod templates;
mod tree;
mod unchanged;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use options::Common;
use shell::Shell;

/// A compiler for data meshes: one blueprint in YAML to Terraform, AWS IAM, Azure Policy, GCP
/// roles and Snowflake SQL.
#[derive(Debug, Parser)]
#[command(
    name = "meshc",
    version,
    about,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true
)]
#[command(
    after_help = "Start with `meshc new my-mesh`, then `meshc build my-mesh`.\n\
    Exit codes: 0 fine; 1 bad input, bad usage or failure; 2 findings, differences or drift; 3 access wider than the blueprint."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a mesh in a new folder
    New(new::Args),
    /// Print the JSON Schema of blueprint files, for editors
    Schema(schema::Args),
    /// Format blueprint files; comments and order stay
    Fmt(fmt::Args),
    /// Compile a mesh, check it, and write what changed
    Build(build::Args),
    /// Check a mesh against the policy suite, without writing
    Check(check::Args),
    /// Show what the blueprint changes, by address and with its risk
    Diff(diff::Args),
    /// Say what would have to be run so that the clouds are what the blueprint says
    Plan(plan::Args),
    /// Run a plan: an approved one, or the one that would be made now
    Apply(apply::Args),
    /// Explain a code, a rule, a line of the tree, or an address
    Explain(explain::Args),
    /// List the templates in force, or copy one out to change it
    Templates(templates::Args),
    /// Print completions for a shell
    Completions(completions::Args),
}

/// How a command ended, as an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 0
    Fine,
    /// 1
    Failed,
    /// 2
    Different,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Fine => Self::SUCCESS,
            Outcome::Failed => Self::from(1),
            Outcome::Different => Self::from(2),
        }
    }
}

/// Runs meshc with these arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // clap exits 2 on bad usage, which means "findings" here.
            let failed = error.use_stderr();
            // A closed pipe while printing help is nobody's concern.
            let _ = error.print();
            return if failed {
                Outcome::Failed.into()
            } else {
                Outcome::Fine.into()
            };
        }
    };
    let mut shell = Shell::new(&cli.common);
    let common = &cli.common;
    let result = match &cli.command {
        Command::New(args) => new::run(args, &mut shell),
        Command::Schema(args) => schema::run(args, &mut shell),
        Command::Fmt(args) => fmt::run(args, common, &mut shell),
        Command::Build(args) => build::run(args, common, &mut shell),
        Command::Check(args) => check::run(args, common, &mut shell),
        Command::Diff(args) => diff::run(args, common, &mut shell),
        Command::Plan(args) => plan::run(args, common, &mut shell),
        Command::Apply(args) => apply::run(args, common, &mut shell),
        Command::Explain(args) => explain::run(args, common, &mut shell),
        Command::Templates(args) => templates::run(args, common, &mut shell),
        Command::Completions(args) => completions::run(args, &mut Cli::command(), &mut shell),
    };
    result.unwrap_or_else(|error| shell.failure(&error)).into()
}
