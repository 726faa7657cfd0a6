//! The meshc binary: hands over to [`meshc::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    meshc::cli::run(std::env::args_os())
}
