//! Maintenance commands of the repository, run as `cargo run -p xtask -- COMMAND`.
//!
//! One file a command: it declares its arguments as a `clap::Args` struct and a
//! `run` that takes them. This file only lists and dispatches them; it holds no
//! logic. Nothing here is part of the shipped binary.

mod bench;
mod fuzz;
mod recipe;
mod schemas;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Maintenance commands of the meshc repository.
#[derive(Debug, Parser)]
#[command(name = "xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// One line a command, in alphabetical order.
#[derive(Debug, Subcommand)]
enum Command {
    /// Feed mutated blueprints to the compiler and watch for panics, hangs and memory.
    Fuzz(fuzz::Args),
    /// Measure meshes of three sizes beside what the machine takes for the same files.
    Bench(bench::Args),
    /// Follow a recipe of CONTRIBUTING.md in a worktree and run the tests there.
    Recipe(recipe::Args),
    /// Trim full provider schemas to what meshc embeds.
    Schemas(schemas::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Fuzz(args) => fuzz::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Recipe(args) => recipe::run(&args),
        Command::Schemas(args) => schemas::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

/// A developer command talks to a terminal: this is its only place that prints errors.
#[allow(clippy::print_stderr, reason = "xtask is a command line of its own")]
fn report(error: &anyhow::Error) {
    eprintln!("xtask: {error:#}");
}
