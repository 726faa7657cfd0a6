//! Running other programs: the only place that starts a process.
//!
//! In: a [`Call`](crate::step::Call) and a folder. Out: what the program said. There is never a
//! shell. A [`Real`] runner starts processes, a [`Recording`] one also writes down what was called
//! and what came back, and a [`Replaying`] one answers from such a file without starting anything.

mod real;
mod recording;

pub use real::Real;
pub use recording::{Recorded, Recording, Replaying};

use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::step::Call;

/// What a program said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Answer {
    /// Whether it ended with 0.
    pub fn succeeded(&self) -> bool {
        self.code == Some(0)
    }

    /// Whether either stream has one of these texts.
    pub fn says(&self, texts: &[String]) -> bool {
        texts
            .iter()
            .any(|text| self.stderr.contains(text) || self.stdout.contains(text))
    }
}

/// A program that could not be run at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunError {
    /// There is no such program.
    Missing(String),
    /// It could not be started, or talking to it failed.
    Failed {
        /// The program.
        program: String,
        /// What the system said.
        why: String,
    },
    /// A replayed file has no answer to the call.
    NotRecorded(String),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(program) => write!(f, "`{program}` is not installed, or not on the PATH"),
            Self::Failed { program, why } => write!(f, "`{program}` could not be run: {why}"),
            Self::NotRecorded(call) => write!(f, "the recording has no answer to `{call}`"),
        }
    }
}

impl std::error::Error for RunError {}

/// Runs programs.
pub trait Runner: Sync {
    /// Runs a call in a folder and waits for its end.
    fn run(&self, call: &Call, folder: &Path) -> Result<Answer, RunError>;

    /// Waits before a call is tried again.
    fn pause(&self, time: Duration);
}
