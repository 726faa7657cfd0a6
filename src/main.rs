//! The meshc binary: hands over to [`meshc::cli`].

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    meshc::cli::run(std::env::args_os())
}
