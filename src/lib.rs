//! meshc, a compiler for data meshes.
pub mod address;
pub mod blueprint;
pub mod cell;
pub mod diag;
pub mod ident;
pub mod mesh;
pub mod source;
