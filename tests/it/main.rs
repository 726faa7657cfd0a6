//! Integration tests.

mod target_aws;
mod write;
