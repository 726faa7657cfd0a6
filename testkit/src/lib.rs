//! What tests use and the product never holds: a mock Terraform provider, loopback servers, real tools as judges.

pub mod arm;
pub mod cases;
pub mod gcp;
pub mod invented_meshes;
pub mod judges;
pub mod loopback;
pub mod memory;
pub mod mesh_generator;
pub mod mock_provider;
pub mod snowflake;
pub mod tools;
