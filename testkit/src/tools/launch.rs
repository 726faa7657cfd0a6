//! One call of a tool, in an environment that holds nothing of the caller's.
//!
//! In: a program, arguments, what to add to the environment. Out: [`Finished`]. The child sees no variable of ours
//! (no credentials, no configuration), has its own home, and every way out of this machine leads to a closed port,
//! so a call that would leave it fails at once. Never goes through a shell.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};

/// What keeps a child on this machine: proxies at a port that nobody listens on, and loopback exempt from them.
pub const NO_NETWORK: &[(&str, &str)] = &[
    ("HTTP_PROXY", "http://127.0.0.1:9"),
    ("HTTPS_PROXY", "http://127.0.0.1:9"),
    ("http_proxy", "http://127.0.0.1:9"),
    ("https_proxy", "http://127.0.0.1:9"),
    ("NO_PROXY", "127.0.0.1,localhost"),
    ("no_proxy", "127.0.0.1,localhost"),
];

/// The rest of the environment that every child gets.
const ALWAYS: &[(&str, &str)] = &[
    ("PATH", "/usr/local/bin:/usr/bin:/bin"),
    ("LANG", "C.UTF-8"),
    ("TZ", "UTC"),
    // Python's own defaults depend on the locale; ours do not.
    ("PYTHONUTF8", "1"),
    // No telemetry and no look for a newer version.
    ("CHECKPOINT_DISABLE", "1"),
    ("AZURE_CORE_COLLECT_TELEMETRY", "no"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
    ("CLOUDSDK_CORE_DISABLE_USAGE_REPORTING", "true"),
    ("CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK", "true"),
    ("NO_COLOR", "1"),
];

/// How long a call may take unless it says otherwise.
const PATIENCE: Duration = Duration::from_secs(180);

/// A call that has not been made yet.
#[derive(Debug, Clone)]
pub struct Launch {
    program: PathBuf,
    args: Vec<OsString>,
    env: BTreeMap<OsString, OsString>,
    cwd: Option<PathBuf>,
    stdin: Vec<u8>,
    patience: Duration,
}

impl Launch {
    /// A call of `program` with `home` as its home folder.
    pub fn new(program: impl Into<PathBuf>, home: &Path) -> Self {
        let launch = Self {
            program: program.into(),
            args: Vec::new(),
            env: BTreeMap::new(),
            cwd: None,
            stdin: Vec::new(),
            patience: PATIENCE,
        };
        launch
            .env("HOME", home)
            .envs(ALWAYS.iter().copied())
            .envs(NO_NETWORK.iter().copied())
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args
            .extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Sets a variable of the child's environment.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env
            .insert(name.as_ref().to_owned(), value.as_ref().to_owned());
        self
    }

    /// Sets variables of the child's environment.
    #[must_use]
    pub fn envs<N: AsRef<OsStr>, V: AsRef<OsStr>>(
        self,
        vars: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        vars.into_iter()
            .fold(self, |launch, (name, value)| launch.env(name, value))
    }

    /// Sets the folder that the child runs in.
    #[must_use]
    pub fn cwd(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cwd = Some(folder.into());
        self
    }

    /// Sets what the child reads; nothing unless called.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// Sets how long the call may take. Later it is killed with all that it started.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The call as a [`Command`] with the same environment, for a process that is to live longer than a call.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).env_clear().envs(&self.env);
        if let Some(folder) = &self.cwd {
            command.current_dir(folder);
        }
        command
    }

    /// Makes the call. An error means that it could not be made or took too long; a failing child is not one.
    pub fn run(&self) -> Result<Finished> {
        let shown = self.shown();
        let started = Instant::now();
        let mut command = self.command();
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // Its own group, so that what it starts can be ended with it.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command
            .spawn()
            .with_context(|| format!("starting `{shown}`"))?;
        let mut stdin = child.stdin.take().ok_or_else(|| anyhow!("no stdin"))?;
        let bytes = self.stdin.clone();
        std::thread::spawn(move || {
            // A child may end without reading all of it.
            let _ = stdin.write_all(&bytes);
        });
        let stdout = drain(child.stdout.take());
        let stderr = drain(child.stderr.take());
        let deadline = started + self.patience;
        let status = loop {
            if let Some(status) = child
                .try_wait()
                .with_context(|| format!("waiting for `{shown}`"))?
            {
                break status;
            }
            if Instant::now() > deadline {
                end_group(&mut child);
                bail!(
                    "`{shown}` took longer than {:?} and was ended",
                    self.patience
                );
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let output = |pipe: mpsc::Receiver<Vec<u8>>| {
            // A process that outlives its parent may hold the pipe open: its output is not waited for.
            let held =
                || anyhow!("`{shown}` ended, but something it started holds its output open");
            pipe.recv_timeout(Duration::from_secs(10))
                .map_err(|_| held())
        };
        Ok(Finished {
            code: status.code(),
            stdout: output(stdout)?,
            stderr: output(stderr)?,
            took: started.elapsed(),
            shown: shown.clone(),
        })
    }

    /// Makes the call and wants it to succeed.
    pub fn succeed(&self) -> Result<Finished> {
        let finished = self.run()?;
        if finished.code != Some(0) {
            bail!("{finished}");
        }
        Ok(finished)
    }

    fn shown(&self) -> String {
        let mut shown = self
            .program
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        for arg in &self.args {
            shown.push(' ');
            shown.push_str(&arg.to_string_lossy());
        }
        shown
    }
}

/// What came of a call.
#[derive(Debug, Clone)]
pub struct Finished {
    /// The exit code; nothing if a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub stderr: Vec<u8>,
    /// How long it took.
    pub took: Duration,
    shown: String,
}

impl Finished {
    /// Standard output as text.
    pub fn out(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard error as text.
    pub fn err(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// Standard output as JSON.
    pub fn json(&self) -> Result<serde_json::Value> {
        serde_json::from_slice(&self.stdout).with_context(|| format!("reading JSON: {self}"))
    }
}

impl std::fmt::Display for Finished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.code {
            Some(code) => write!(f, "`{}` ended with {code}", self.shown)?,
            None => write!(f, "`{}` was ended by a signal", self.shown)?,
        }
        for (name, text) in [("stdout", self.out()), ("stderr", self.err())] {
            if !text.trim().is_empty() {
                write!(f, "\n--- {name}\n{}", text.trim_end())?;
            }
        }
        Ok(())
    }
}

/// Reads a pipe to its end on a thread of its own, so that a child that fills one never waits for the other.
fn drain(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What could be read before an error is still worth showing.
            let _ = pipe.read_to_end(&mut bytes);
        }
        let _ = sender.send(bytes);
    });
    receiver
}

/// Ends a child that has not been waited for, and all of its group.
fn end_group(child: &mut Child) {
    let pid = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    if let Some(pid) = pid {
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// The first executable called `name` in the folders of PATH.
pub(super) fn on_path(name: &str) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|exe| {
            exe.metadata()
                .is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    fn sh(script: &str) -> Launch {
        Launch::new("/bin/sh", Path::new("/nonexistent")).args(["-c", script])
    }

    #[test]
    fn a_child_sees_nothing_of_ours() {
        let finished = sh("env").succeed().unwrap();
        let out = finished.out();
        assert!(out.contains("HTTPS_PROXY=http://127.0.0.1:9"), "{out}");
        // Cargo sets these for this very test.
        assert!(!out.contains("CARGO"), "{out}");
    }

    #[test]
    fn input_larger_than_a_pipe_comes_back_whole() {
        let bytes = vec![b'x'; 1 << 20];
        assert_eq!(
            sh("cat").stdin(bytes.clone()).succeed().unwrap().stdout,
            bytes
        );
    }

    #[test]
    fn a_child_that_reads_nothing_does_not_block() {
        assert_eq!(
            sh("exit 7").stdin(vec![b'x'; 1 << 20]).run().unwrap().code,
            Some(7)
        );
    }

    #[test]
    fn what_takes_too_long_is_ended_with_its_children() {
        let started = Instant::now();
        let error = sh("sleep 60 & sleep 60; wait")
            .patience(Duration::from_millis(200))
            .run()
            .unwrap_err();
        assert!(error.to_string().contains("was ended"), "{error}");
        assert!(started.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn a_failing_call_shows_what_it_wrote() {
        let error = sh("echo seen; echo why >&2; exit 3")
            .succeed()
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("ended with 3") && error.contains("seen") && error.contains("why"),
            "{error}"
        );
    }
}
