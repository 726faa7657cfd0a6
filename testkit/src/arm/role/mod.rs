//! Azure RBAC as the service stores and checks it: role definitions, role assignments, conditions.

pub(crate) mod action;
pub(crate) mod assignment;
pub(crate) mod builtin;
pub(crate) mod condition;
pub(crate) mod definition;
pub(crate) mod operation;
