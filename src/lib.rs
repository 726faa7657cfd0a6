//! meshc, a compiler for data meshes: one blueprint in, the artifacts of four clouds out.
//!
//! The pipeline, in the order of [`pipeline`]:
//!
//! 1. [`source`] reads files, [`blueprint`] parses them into a syntax tree in which every value
//!    knows its place.
//! 2. [`mesh`] resolves names, layers and agreements into a model.
//! 3. [`kinds`] expand products into [`primitive`]s, the narrow waist that knows no cloud.
//! 4. [`naming`] gives physical names and keeps them; [`targets`] lower primitives into
//!    [`artifact`]s, with [`template`]s drafting shapes and typed code granting authority.
//! 5. [`gate`] refuses what Terraform would refuse; [`artifact`] prints, parses back and compares before anything is written.
//!
//! Every stage pushes located messages into [`diag::Diagnostics`]; a stage never half-fails.

pub mod address;
pub mod apply;
pub mod artifact;
pub mod blueprint;
pub mod cell;
pub mod check;
pub mod cli;
pub mod diag;
pub mod diff;
pub mod gate;
pub mod ident;
pub mod kinds;
pub mod mesh;
pub mod naming;
pub mod pipeline;
pub mod plan;
pub mod primitive;
pub mod runner;
pub mod schema;
pub mod source;
pub mod step;
pub mod targets;
pub mod template;
pub mod yaml;
