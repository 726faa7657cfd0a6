//! Integration tests.
mod target_aws;
