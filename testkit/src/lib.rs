//! What tests use and the product never holds: a mock Terraform provider, loopback servers, real tools as judges.

pub mod cases;
pub mod judges;
pub mod tools;
