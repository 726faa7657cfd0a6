//! From diagnostics to text for people or JSON for programs. Never called inside a stage.

mod human;
pub mod json;

pub use human::{Human, Message, count_line};
