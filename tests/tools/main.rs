//! Real tools judge what meshc makes: `cargo test --test tools [FILTER...] [--list]`.
//!
//! The tools are installed into the user's cache on first use (see `testkit::tools`), and `tests/tools.toml` says
//! which are required and what is not judged. Cases are named `group/what`; a file per group, and one line here.

mod apply;
mod artifacts;
mod aws;
mod checkov;
mod hostile;
#[allow(
    clippy::unwrap_used,
    reason = "a mesh of the tests' own that cannot be read is a failed test"
)]
#[path = "../it/hostile_mesh.rs"]
mod hostile_mesh;
mod mutations;
mod own_files;
mod renames;
mod roots;
mod self_checks;
mod terraform;

use std::process::ExitCode;

fn main() -> ExitCode {
    let groups = [
        self_checks::cases(),
        aws::cases(),
        renames::cases(),
        apply::cases(),
        mutations::cases(),
        terraform::cases(),
        artifacts::cases(),
        checkov::cases(),
        hostile::cases(),
        own_files::cases(),
    ];
    testkit::cases::main(&groups.into_iter().flatten().collect::<Vec<_>>())
}
