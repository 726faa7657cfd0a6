//! Terraform: blocks in, text that `terraform fmt` leaves alone out.
//!
//! In: [`HclBlock`]s whose bodies are hcl-rs structures, made by [`build`] or parsed back from a
//! template. Out: text with line ranges ([`print()`]), the verdict of the last gate ([`verify()`]) and
//! everything that a body refers to ([`references`]). hcl-rs's own printer and its string escaping
//! are never used: it prints the string `${%${local.secret}` as a live interpolation.
//!
//! Not everything that HCL knows can be emitted. Heredocs, template directives, non-ASCII
//! identifiers and object keys other than names, strings, templates and parentheses are refused by
//! [`verify()`] with the line that holds them.

pub mod build;
mod emittable;
mod lives;
mod print;
mod quote;
mod refs;
mod same;
mod tidy;
mod verify;
mod walk;

pub use build::{BlockBuilder, expr};
pub use print::print;
pub use refs::{References, references};
pub(in crate::artifact) use tidy::from_edit;
pub use tidy::{parse, tidy};
pub use verify::verify;

#[cfg(test)]
pub(in crate::artifact) mod samples;

use super::{HEADER, HclBlock, Printed, visible};

/// One value as it stands after `=`, on one line: how templates print the values they are given.
pub fn inline(value: &::hcl::Expression) -> String {
    let mut text = String::new();
    print::push_inline(&mut text, value, 0);
    text
}
