//! Real tools as judges of what meshc makes, each in a file of its own.
//!
//! In: what was made, in bulk. Out: verdicts; the caller adds them to the tally of its run. A judge that is a library
//! in another language is asked through a small script beside its file, fed JSON on standard input: one process for a
//! whole run, because starting one costs more than any single verdict. Each judge has a self-check over inputs that
//! are known to be good and known to be bad; it fails if the judge ever says yes to everything, or no.

pub mod clients;
pub mod sqlfluff;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::tools::{Installed, Tool};

/// Asks a script beside this file, with JSON in and JSON out.
fn ask<Q: Serialize, A: DeserializeOwned>(
    tools: &Installed,
    tool: Tool,
    script: &str,
    question: &Q,
) -> Result<A> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("src/judges")
        .join(script);
    let question = serde_json::to_vec(question)?;
    let finished = tools
        .script(tool, &path)?
        .stdin(question)
        .patience(std::time::Duration::from_secs(600))
        .succeed()?;
    serde_json::from_slice(&finished.stdout)
        .with_context(|| format!("the answer of {script}: {finished}"))
}
