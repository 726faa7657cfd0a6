//! Real tools as judges of what meshc makes, each in a file of its own.
//!
//! In: what was made, in bulk. Out: verdicts; the caller adds them to the tally of its run. A judge that is a library
//! in another language is asked through a small script beside its file, fed JSON on standard input: one process for a
//! whole run, because starting one costs more than any single verdict. Each judge has a self-check over inputs that
//! are known to be good and known to be bad; it fails if the judge ever says yes to everything, or no.

pub mod cel;
pub mod checkov;
pub mod clients;
pub mod jsonschema;
pub mod mock_provider;
pub mod moto;
pub mod parliament;
pub mod policy_sentry;
pub mod regopy;
pub mod sqlfluff;
pub mod strings;
pub mod terraform;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cases::Exception;
use crate::tools::{Installed, Tool};

/// Asks a script beside this file, with JSON in and JSON out.
fn ask<Q: Serialize, A: DeserializeOwned>(
    tools: &Installed,
    tool: Tool,
    name: &str,
    question: &Q,
) -> Result<A> {
    let question = serde_json::to_vec(question)?;
    let finished = tools
        .script(tool, &self::script(name))?
        .stdin(question)
        .patience(std::time::Duration::from_secs(600))
        .succeed()?;
    serde_json::from_slice(&finished.stdout)
        .with_context(|| format!("the answer of {name}: {finished}"))
}

/// Which exception, by its id, covers which subject: regular expressions in the dialect of Python, over all of it.
/// `tool` is any whose Python is there.
fn excuses(
    tools: &Installed,
    tool: Tool,
    subjects: &[String],
    exceptions: &[Exception],
) -> Result<Vec<Option<String>>> {
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let exceptions: Vec<_> = exceptions.iter().map(|it| (&it.id, &it.pattern)).collect();
    let question = serde_json::json!({"subjects": subjects, "exceptions": exceptions});
    ask(tools, tool, "excuses.py", &question)
}

/// The path of a script beside this file.
fn script(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("src/judges")
        .join(name)
}
