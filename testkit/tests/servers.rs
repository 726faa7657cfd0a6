//! The loopback servers, each driven by the real client that it stands in for.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "In a test a failed unwrap or a panic is the failure's message, and the counts are its report."
)]

#[path = "servers/arm.rs"]
mod arm;
#[path = "servers/az.rs"]
mod az;
#[path = "servers/faults.rs"]
mod faults;
#[path = "servers/gcloud.rs"]
mod gcloud;
#[path = "servers/gcp.rs"]
mod gcp;
#[path = "servers/request.rs"]
mod request;
#[path = "servers/snowflake.rs"]
mod snowflake;
