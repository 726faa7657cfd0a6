//! Integration tests.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail by unwrapping or panicking, and prints its counts"
)]

mod apply;
mod architecture;
mod benchmarks;
mod diagnostics;
mod diff;
mod fmt;
mod foreign;
mod golden;
mod hostile;
mod hostile_mesh;
mod invented;
mod meaning;
mod mutants;
mod pictures;
mod pitfalls;
mod policies;
mod provider_majors;
mod quick_disk;
mod reference;
mod schema_gate;
mod support;
mod target_aws;
mod target_azure;
mod target_gcp;
mod target_snowflake;
mod transcripts;
#[cfg(unix)]
mod unchanged;
mod write;
