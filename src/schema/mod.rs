//! What the Terraform providers say of their own resource types, as data.
//!
//! Holds the trimmed provider schemas of `data/provider-schemas/` and the table of
//! attributes whose change replaces a resource (`data/force-new.json`), both embedded
//! and parsed once. In: a provider and a major. Out: typed schemas, force-new rows and
//! [`check_block`], the gate that compares one HCL block with its schema. It never
//! reads a file and knows nothing of meshes.

mod check;
mod cty;
mod force_new;
mod literal;
mod provider;

pub use check::{ProblemKind, SchemaProblem, check_block};
pub use cty::Type;
pub use force_new::{ForceNew, ForceNewTable, When, force_new};
pub use provider::{
    Attribute, Block, NestedBlock, Nesting, Provider, ProviderSchema, ResourceSchema,
};
