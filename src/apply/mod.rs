//! Running a plan: exactly its steps, in its order, and nothing that was not approved.
//!
//! In: a plan, what the mesh compiles to now, and a runner. Out: what was done, what was not, and what
//! nobody knows. Before a step starts and after it ends a line goes to the cell's journal; what was
//! applied goes to its ledger in one write. So a process that is killed anywhere leaves a state from
//! which the same command goes on: a step that may have run is run again, which every step allows.
//!
//! A step that fails stops its cell and, above domains, everything of its environment and cloud; all
//! other cells go on.

mod engine;
mod error;
mod journal;
mod refuse;
mod retry;
mod root;
mod store;

pub use engine::{Event, Job, Report, Status, run, unknown};
pub use error::ApplyError;
pub use journal::{Line, Word};
pub use refuse::{needs_leave, stale};
pub use store::{Saved, Store};
