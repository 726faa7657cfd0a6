//! Processes.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{Answer, RunError, Runner};
use crate::step::Call;

/// What every program is told: no pager, no prompt, no colour, no look for newer versions.
/// Sources: the environment variables that each command line documents.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("AWS_PAGER", ""),
    ("AWS_CLI_AUTO_PROMPT", "off"),
    ("AZURE_CORE_COLLECT_TELEMETRY", "0"),
    ("AZURE_CORE_NO_COLOR", "1"),
    ("AZURE_CORE_ONLY_SHOW_ERRORS", "1"),
    ("AZURE_EXTENSION_USE_DYNAMIC_INSTALL", "no"),
    ("CHECKPOINT_DISABLE", "1"),
    ("CLOUDSDK_CORE_DISABLE_PROMPTS", "1"),
    ("CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK", "1"),
    ("PYTHONIOENCODING", "utf-8"),
    ("TF_IN_AUTOMATION", "1"),
    ("TF_INPUT", "0"),
];

/// Starts processes with the caller's environment, so that the programs find their credentials.
#[derive(Debug, Clone, Copy, Default)]
pub struct Real;

impl Runner for Real {
    fn run(&self, call: &Call, folder: &Path) -> Result<Answer, RunError> {
        let (program, arguments) = call
            .argv
            .split_first()
            .ok_or_else(|| RunError::Missing(String::new()))?;
        let failed = |error: io::Error| match error.kind() {
            // A missing folder has the same kind, and is not the program's fault.
            io::ErrorKind::NotFound if folder.is_dir() => RunError::Missing(program.clone()),
            _ => RunError::Failed {
                program: program.clone(),
                why: error.to_string(),
            },
        };
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(folder)
            .envs(ENVIRONMENT.iter().copied())
            .stdin(if call.stdin.is_some() {
                Stdio::piped()
            } else {
                Stdio::null()
            })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(failed)?;
        let (input, text) = (child.stdin.take(), call.stdin.clone().unwrap_or_default());
        // A program may answer before it has read everything, so writing must not hold up reading.
        let feeder = std::thread::spawn(move || match input {
            Some(mut input) => input.write_all(text.as_bytes()),
            None => Ok(()),
        });
        let output = child.wait_with_output().map_err(failed)?;
        // A program that ended without reading everything has said why in its exit code.
        let _ = feeder.join();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok(Answer {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        })
    }

    fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }
}
