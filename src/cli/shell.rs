//! What is printed where: results to standard output, everything else to standard error.

use std::io::{IsTerminal, Write};

use serde_json::Value;

use super::Outcome;
use super::options::{Common, Format, When};
use crate::diag::render::{Human, count_line, json};
use crate::diag::{Diagnostic, Severity};
use crate::source::SourceMap;

/// The two streams, and how to write to them.
#[derive(Debug)]
pub(crate) struct Shell {
    format: Format,
    quiet: bool,
    color_out: bool,
    color_err: bool,
}

impl Shell {
    pub(crate) fn new(common: &Common) -> Self {
        let color = |is_terminal: bool| match common.color {
            When::Always => true,
            When::Never => false,
            When::Auto => {
                is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        };
        Self {
            format: common.format,
            quiet: common.quiet,
            color_out: color(std::io::stdout().is_terminal()),
            color_err: color(std::io::stderr().is_terminal()),
        }
    }

    /// The form that was asked for.
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Whether messages may be coloured.
    pub(crate) fn color(&self) -> bool {
        self.color_err
    }

    /// A text on standard output in a style, where colours are wanted there.
    pub(crate) fn paint(&self, style: anstyle::Style, text: &str) -> String {
        if self.color_out {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// A result, on standard output. A reader that went away ends the command quietly.
    #[allow(
        clippy::unused_self,
        reason = "printing goes through the shell, so that there is one printer"
    )]
    pub(crate) fn print(&mut self, text: &str) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }

    /// A result for people, unless `--quiet` or another form was asked for.
    pub(crate) fn say(&mut self, text: &str) -> std::io::Result<()> {
        if self.quiet || self.format != Format::Human {
            return Ok(());
        }
        self.print(text)
    }

    /// A versioned object, on standard output.
    pub(crate) fn print_json(&mut self, value: &Value) -> std::io::Result<()> {
        self.print(&format!("{value:#}\n"))
    }

    /// Diagnostics for people, on standard error. Warnings are kept quiet by `--quiet`.
    pub(crate) fn diagnostics(
        &mut self,
        list: &[Diagnostic],
        map: &SourceMap,
    ) -> std::io::Result<()> {
        if self.format == Format::Json {
            return Ok(());
        }
        let shown: Vec<Diagnostic> = list
            .iter()
            .filter(|one| !self.quiet || one.severity == Severity::Error)
            .cloned()
            .collect();
        let mut text = Human {
            color: self.color_err,
        }
        .render(&shown, map);
        if let Some(line) = count_line(&shown) {
            text.push_str(&line);
            text.push('\n');
        }
        std::io::stderr().lock().write_all(text.as_bytes())
    }

    /// Findings for people, on standard error: they are messages about the mesh, not results.
    #[allow(
        clippy::unused_self,
        reason = "printing goes through the shell, so that there is one printer"
    )]
    pub(crate) fn findings(&mut self, text: &str) -> std::io::Result<()> {
        std::io::stderr().lock().write_all(text.as_bytes())
    }

    /// Diagnostics as a field of a JSON object.
    pub(crate) fn diagnostics_json(list: &[Diagnostic], map: &SourceMap) -> Value {
        json::diagnostics(list, map)
    }

    /// Something at the edge went wrong that no blueprint is to blame for.
    #[allow(
        clippy::unused_self,
        reason = "printing goes through the shell, so that there is one printer"
    )]
    pub(crate) fn failure(&mut self, error: &anyhow::Error) -> Outcome {
        // Where even standard error is gone, the exit code still tells.
        let _ = writeln!(std::io::stderr().lock(), "error: {error:#}");
        Outcome::Failed
    }
}

/// `1 file`, `2 files`.
pub(crate) fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
