//! The meshc compiler.
