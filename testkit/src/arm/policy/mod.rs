//! Azure Policy as the service stores and checks it: definitions, sets, assignments, exemptions.

pub(crate) mod alias;
pub(crate) mod assignment;
pub(crate) mod builtin;
pub(crate) mod definition;
pub(crate) mod details;
pub(crate) mod exemption;
pub(crate) mod expression;
pub(crate) mod metadata;
pub(crate) mod parameter;
pub(crate) mod rule;
pub(crate) mod set;
