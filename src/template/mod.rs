//! Templates draft the shape of resources; they never grant authority.
//!
//! In: a template's name and the values that a target hands over. Out: blocks that passed the
//! gates. Nothing else imports tera.

/// The templates in force: embedded ones, with a mesh's or a folder's overrides on top.
#[derive(Debug, Default)]
pub struct Templates {}
