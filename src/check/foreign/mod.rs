//! Inputs without a blueprint: a folder of files, or a plan of Terraform.
//!
//! In: what was read. Out: [`CellInput`](super::CellInput)s whose blueprint parts are empty, so that
//! rules about files judge files that meshc did not write. Nothing is looked up and nothing runs.

mod folder;
mod plan;

pub use folder::inputs;
pub use plan::{NotAPlan, planned};
