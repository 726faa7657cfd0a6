//! The mock Terraform providers under a real terraform, and beside the real AWS provider.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed unwrap or an unexpected shape is a failed test"
)]

mod lifecycle;
mod refusals;
mod roots;
