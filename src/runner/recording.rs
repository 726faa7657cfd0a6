//! Calls written down, one JSON line each, and answered from what was written down.
//!
//! Input is kept as its hash, the environment as names, so that a recording can be shown to people.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Answer, RunError, Runner};
use crate::artifact::write::sha256;
use crate::step::Call;

/// One call and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// The names of the environment variables that were set for it, without their values.
    pub env_names: Vec<String>,
    /// The SHA-256 of its input.
    pub stdin_sha256: Option<String>,
    /// What it printed.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
    /// Its exit code.
    pub rc: Option<i32>,
    /// When it ended, in UTC.
    pub at: String,
}

/// Passes calls on and writes them down.
pub struct Recording<'a, R> {
    inner: R,
    env_names: Vec<String>,
    now: &'a (dyn Fn() -> String + Sync),
    out: Mutex<Box<dyn Write + Send + 'a>>,
}

impl<R> std::fmt::Debug for Recording<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recording")
            .field("env_names", &self.env_names)
            .finish_non_exhaustive()
    }
}

impl<'a, R: Runner> Recording<'a, R> {
    /// A runner that writes what `inner` is asked and answers to `out`.
    pub fn new(
        inner: R,
        env_names: Vec<String>,
        now: &'a (dyn Fn() -> String + Sync),
        out: impl Write + Send + 'a,
    ) -> Self {
        Self {
            inner,
            env_names,
            now,
            out: Mutex::new(Box::new(out)),
        }
    }
}

impl<R: Runner> Runner for Recording<'_, R> {
    fn run(&self, call: &Call, folder: &Path) -> Result<Answer, RunError> {
        let answer = self.inner.run(call, folder)?;
        let line = Recorded {
            argv: call.argv.clone(),
            env_names: self.env_names.clone(),
            stdin_sha256: hash(call),
            stdout: answer.stdout.clone(),
            stderr: answer.stderr.clone(),
            rc: answer.code,
            at: (self.now)(),
        };
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        serde_json::to_string(&line)
            .map_err(std::io::Error::from)
            .and_then(|line| writeln!(out, "{line}"))
            .and_then(|()| out.flush())
            .map_err(|error| RunError::Failed {
                program: call.argv.first().cloned().unwrap_or_default(),
                why: format!("the recording cannot be written: {error}"),
            })?;
        Ok(answer)
    }

    fn pause(&self, time: Duration) {
        self.inner.pause(time);
    }
}

fn hash(call: &Call) -> Option<String> {
    call.stdin.as_ref().map(|text| sha256(text.as_bytes()))
}

/// What identifies a call: its arguments and its input.
type Asked = (Vec<String>, Option<String>);

/// Answers from a recording: the same call gets its answers in the order in which they were written.
#[derive(Debug)]
pub struct Replaying {
    answers: Mutex<BTreeMap<Asked, VecDeque<Answer>>>,
}

impl Replaying {
    /// Reads a recording; the error names the line that is not one.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut answers: BTreeMap<Asked, VecDeque<Answer>> = BTreeMap::new();
        for (number, line) in text.lines().enumerate() {
            let line: Recorded = serde_json::from_str(line)
                .map_err(|error| format!("line {}: {error}", number + 1))?;
            let answer = Answer {
                code: line.rc,
                stdout: line.stdout,
                stderr: line.stderr,
            };
            answers
                .entry((line.argv, line.stdin_sha256))
                .or_default()
                .push_back(answer);
        }
        Ok(Self {
            answers: Mutex::new(answers),
        })
    }

    /// How many answers nobody asked for.
    pub fn left(&self) -> usize {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.values().map(VecDeque::len).sum()
    }
}

impl Runner for Replaying {
    fn run(&self, call: &Call, _: &Path) -> Result<Answer, RunError> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers
            .get_mut(&(call.argv.clone(), hash(call)))
            .and_then(VecDeque::pop_front)
            .ok_or_else(|| RunError::NotRecorded(call.argv.join(" ")))
    }

    fn pause(&self, _: Duration) {}
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;
    use crate::runner::Real;

    fn call(words: &[&str]) -> Call {
        Call::new(words.iter().copied())
    }

    #[test]
    fn what_is_recorded_is_replayed() {
        let here = std::env::temp_dir();
        let mut text = Vec::new();
        let calls = [
            call(&["printf", "%s", "one"]),
            call(&["sh", "-c", "cat; echo no >&2; exit 3"]).with_stdin("two\n"),
            call(&["printf", "%s", "one"]),
        ];
        let now = || "2026-11-25T06:00:00Z".to_owned();
        let heard: Vec<Answer> = {
            let recording = Recording::new(Real, vec!["AWS_PROFILE".to_owned()], &now, &mut text);
            calls
                .iter()
                .map(|call| recording.run(call, &here).unwrap())
                .collect()
        };
        assert_eq!(heard[0].stdout, "one");
        assert_eq!((heard[1].code, heard[1].stderr.as_str()), (Some(3), "no\n"));
        assert_eq!(heard[1].stdout, "two\n");
        let text = String::from_utf8(text).unwrap();
        assert!(!text.contains("\"two\\n\",\"rc"), "input is kept as a hash");
        let replaying = Replaying::parse(&text).unwrap();
        for (call, answer) in calls.iter().zip(&heard) {
            assert_eq!(&replaying.run(call, &here).unwrap(), answer);
        }
        assert_eq!(replaying.left(), 0);
        assert!(matches!(
            replaying.run(&calls[0], &here),
            Err(RunError::NotRecorded(_))
        ));
        assert!(Replaying::parse("{}\n").is_err());
    }

    #[test]
    fn a_missing_program_is_told_from_a_missing_folder() {
        let nothing = call(&["meshc-no-such-program"]);
        let here = std::env::temp_dir();
        assert!(matches!(
            Real.run(&nothing, &here),
            Err(RunError::Missing(_))
        ));
        assert!(matches!(
            Real.run(&call(&["true"]), &here.join("meshc-no-such-folder")),
            Err(RunError::Failed { .. })
        ));
    }

    #[test]
    fn a_program_that_does_not_read_its_input_is_no_failure() {
        let loud = call(&["true"]).with_stdin("x".repeat(1 << 20));
        let answer = Real.run(&loud, &std::env::temp_dir()).unwrap();
        assert!(answer.succeeded());
    }
}
