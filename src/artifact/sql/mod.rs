//! Snowflake SQL: statements in, text that is inert wherever somebody else's words stand in it out.
//!
//! In: [`Statement`]s made of keywords that this program knows, [`SqlIdent`]s and [`SqlString`]s.
//! Out: text with line ranges ([`print()`]), the verdict of the last gate ([`verify()`]), statements
//! read back from text ([`read()`]) and what each is about ([`identities`]). There is no template
//! and no free text: what is not a variant cannot be emitted.
//!
//! The text is written for `snow sql -f FILE --enable-templating NONE`: no line starts with `!`, no
//! string spans lines, and nothing but our comments is a comment.

mod forms;
mod ident;
mod identity;
mod pieces;
mod print;
mod read;
mod statement;
#[cfg(test)]
mod tests;
mod tokens;
mod verify;

pub use forms::FORMS;
pub use ident::{AccountName, InDatabase, InSchema, SqlIdent, SqlString, SqlType};
pub use identity::identities;
pub use print::print;
pub use read::{Found, Reading, read};
pub use statement::{
    ClearFor, ColumnDef, Grantee, JoinedTable, MonitorAction, Object, Privilege, Securable, Slice,
    SqlValue, Statement, Trigger, ViewColumn, WarehouseSize,
};
pub use verify::verify;
