//! The command line of the runner: what people and tools pass to Rust's own test harness.

use std::num::NonZero;

use anyhow::{Context as _, Result, anyhow, bail};

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Run,
    List,
    /// Only ignored tests were asked for, and there are none: every case here runs every time.
    Nothing,
}

/// A command line, read.
#[derive(Debug)]
pub(super) struct Arguments {
    pub(super) wanted: Wanted,
    pub(super) threads: usize,
    filters: Vec<String>,
    skips: Vec<String>,
    exact: bool,
}

impl Arguments {
    pub(super) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut parsed = Self {
            wanted: Wanted::Run,
            // Most cases wait for a process that uses one core, and some of those wait themselves; four hold the
            // memory bounded.
            threads: std::thread::available_parallelism()
                .map_or(2, |cores| cores.get() + 1)
                .clamp(2, 4),
            filters: Vec::new(),
            skips: Vec::new(),
            exact: false,
        };
        let (mut list, mut ignored) = (false, false);
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with("--") => {
                    (name.to_owned(), Some(value.to_owned()))
                }
                _ => (argument, None),
            };
            let mut value = || {
                inline
                    .clone()
                    .or_else(|| arguments.next())
                    .ok_or_else(|| anyhow!("`{name}` wants a value"))
            };
            match name.as_str() {
                "--list" => list = true,
                "--exact" => parsed.exact = true,
                "--ignored" => ignored = true,
                "--skip" => parsed.skips.push(value()?),
                "--test-threads" => {
                    let threads = value()?;
                    let threads: NonZero<usize> = threads
                        .parse()
                        .context("`--test-threads` wants a number above 0")?;
                    parsed.threads = threads.get();
                }
                // What these ask for is so anyway: output is never captured, everything is run.
                "--nocapture" | "--no-capture" | "--show-output" | "--include-ignored"
                | "--quiet" | "-q" | "--test" => {}
                "--format" | "--color" | "-Z" => drop(value()?),
                _ if name.starts_with('-') => bail!("unknown option `{name}`"),
                _ => parsed.filters.push(name),
            }
        }
        if list {
            parsed.wanted = Wanted::List;
        }
        if ignored {
            parsed.wanted = Wanted::Nothing;
        }
        Ok(parsed)
    }

    /// Those whose name contains (or is) one of the filters and none of the skips.
    pub(super) fn select<'a, T>(&self, all: &'a [T], name: impl Fn(&T) -> &str) -> Vec<&'a T> {
        let hit = |name: &str, pattern: &String| {
            if self.exact {
                name == pattern
            } else {
                name.contains(pattern)
            }
        };
        all.iter()
            .filter(|item| {
                self.filters.is_empty() || self.filters.iter().any(|filter| hit(name(item), filter))
            })
            .filter(|item| !self.skips.iter().any(|skip| hit(name(item), skip)))
            .collect()
    }

    /// Whether nothing was left out.
    pub(super) fn is_whole(&self) -> bool {
        self.filters.is_empty() && self.skips.is_empty()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    fn parse(line: &str) -> Result<Arguments> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    fn selected(line: &str) -> Vec<&'static str> {
        const NAMES: &[&str] = &["moto/starts", "moto/stops", "sqlfluff/knows"];
        parse(line)
            .unwrap()
            .select(NAMES, |name| name)
            .into_iter()
            .copied()
            .collect()
    }

    #[test]
    fn filters_select_as_in_libtest() {
        assert_eq!(selected("").len(), 3);
        assert_eq!(selected("moto"), ["moto/starts", "moto/stops"]);
        assert_eq!(selected("moto --skip stops"), ["moto/starts"]);
        assert_eq!(selected("--exact moto/stops"), ["moto/stops"]);
        assert!(selected("--exact moto").is_empty());
        assert_eq!(selected("knows starts").len(), 2);
    }

    #[test]
    fn options_of_libtest_are_understood_and_others_refused() {
        assert_eq!(parse("--list --format terse").unwrap().wanted, Wanted::List);
        assert_eq!(
            parse("--list --format=terse --ignored").unwrap().wanted,
            Wanted::Nothing
        );
        assert_eq!(
            parse("--test-threads 1 --nocapture --color=always x")
                .unwrap()
                .threads,
            1
        );
        assert!(parse("--test-threads 0").is_err());
        assert!(parse("--test-threads").is_err());
        assert!(parse("--fast").is_err());
        assert!(!parse("x").unwrap().is_whole() && parse("-q").unwrap().is_whole());
    }
}
