//! Integration tests.
mod schema_gate;
mod target_aws;
mod write;
