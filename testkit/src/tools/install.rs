//! Makes one Python environment from a lock: `uv` by pip, everything else by `uv`.
//!
//! In: a recipe. Out: a folder in the cache. Installing is the only thing here that reaches beyond this machine, so
//! it inherits the caller's environment (proxies, certificates, index); checking what was installed does not.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};

use super::python::{self, Python};
use super::recipe::{Recipe, UV, versions};
use super::{Found, Launch, cache};

/// Part of every key: to be raised when what this file does to an environment changes.
const FORMAT: &str = "1";

/// A registry that is slow or breaks off is asked this many times.
const TRIES: usize = 3;

/// The environment of a recipe, installed if it is not there.
pub(super) fn environment(root: &Path, recipe: &Recipe) -> Result<Found> {
    let python = python()?;
    let launcher = recipe.launcher.map_or("", |(_, source)| source);
    let key = cache::key(&[FORMAT, UV, recipe.lock, launcher, &python.identity]);
    let sound = |path: &Path| path.join("bin/python").exists();
    let started = Instant::now();
    let (path, built) = cache::entry(root, recipe.name, &key, sound, |folder| {
        let uv = uv(root, &python)?;
        create(&uv, root, &python, recipe, folder)?;
        check(recipe, folder).context("the self-check of what was installed")
    })?;
    Ok(Found {
        bin: path.join("bin"),
        installed_in: built.then(|| started.elapsed()),
    })
}

/// Looks for Python once in a process.
fn python() -> Result<Python> {
    static FOUND: Mutex<Option<Python>> = Mutex::new(None);
    let mut found = FOUND
        .lock()
        .map_err(|_| anyhow!("another thread died while looking for Python"))?;
    if let Some(python) = &*found {
        return Ok(python.clone());
    }
    let python = python::find()?;
    *found = Some(python.clone());
    Ok(python)
}

/// `uv`, installed by pip into a folder of its own.
fn uv(root: &Path, python: &Python) -> Result<PathBuf> {
    let key = cache::key(&[FORMAT, UV, &python.identity]);
    let (path, _) = cache::entry(
        root,
        "uv",
        &key,
        |path| path.join("bin/uv").exists(),
        |folder| {
            fs::create_dir_all(folder)?;
            let lock = folder.join("lock.txt");
            fs::write(&lock, UV)?;
            let mut pip = Command::new(&python.exe);
            pip.args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-input",
            ]);
            pip.args([
                "--no-deps",
                "--only-binary=:all:",
                "--require-hashes",
                "--requirement",
            ]);
            pip.arg(&lock).arg("--target").arg(folder);
            reach_out(&mut pip)
                .context("Python has no working pip, which the tests' tools need")?;
            let version = versions(UV, "uv").first().copied().unwrap_or_default();
            let says = Launch::new(folder.join("bin/uv"), folder)
                .arg("--version")
                .succeed()?
                .out();
            if !says.contains(version) {
                bail!("`uv --version` says `{}`, not {version}", says.trim());
            }
            Ok(())
        },
    )?;
    Ok(path.join("bin/uv"))
}

fn create(uv: &Path, root: &Path, python: &Python, recipe: &Recipe, folder: &Path) -> Result<()> {
    let command = |args: &[&OsStr]| {
        let mut command = Command::new(uv);
        command.args(args);
        command
            .args([
                "--quiet",
                "--no-progress",
                "--no-python-downloads",
                "--cache-dir",
            ])
            .arg(root.join("uv-cache"));
        // A virtual environment that the caller has activated is none of ours.
        command.env_remove("VIRTUAL_ENV");
        // pip's settings count for uv too, where they say something that uv was not told itself.
        for (pip, uv) in [
            ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"),
            ("PIP_CERT", "SSL_CERT_FILE"),
        ] {
            if let (Some(value), None) = (std::env::var_os(pip), std::env::var_os(uv)) {
                command.env(uv, value);
            }
        }
        command
    };
    // Relocatable, for it is renamed once it has been checked.
    let venv = ["venv", "--no-project", "--relocatable"].map(OsStr::new);
    reach_out(command(&venv).arg("--python").arg(&python.exe).arg(folder))?;
    let lock = folder.join("lock.txt");
    fs::write(&lock, recipe.lock)?;
    let install = ["pip", "install", "--no-deps", "--require-hashes"].map(OsStr::new);
    let interpreter = folder.join("bin/python");
    reach_out(
        command(&install)
            .arg("--requirement")
            .arg(&lock)
            .arg("--python")
            .arg(interpreter),
    )?;
    if let Some((name, source)) = recipe.launcher {
        write_launcher(folder, name, source)?;
    }
    Ok(())
}

/// A shell script that starts a Python source beside it with the environment's own Python, wherever both lie.
fn write_launcher(folder: &Path, name: &str, source: &str) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let bin = folder.join("bin");
    fs::write(bin.join(format!("{name}_wrapper.py")), source)?;
    let script = format!(
        "#!/bin/sh\nhere=$(dirname -- \"$(realpath -- \"$0\")\")\nexec \"$here/python\" -I \"$here/{name}_wrapper.py\" \"$@\"\n"
    );
    let path = bin.join(name);
    fs::write(&path, script)?;
    Ok(fs::set_permissions(
        &path,
        fs::Permissions::from_mode(0o755),
    )?)
}

/// Runs a command that may use the network, more than once if it fails.
fn reach_out(command: &mut Command) -> Result<()> {
    command.stdin(Stdio::null());
    let mut failure = String::new();
    for attempt in 0..TRIES {
        if attempt > 0 {
            std::thread::sleep(Duration::from_secs(2));
        }
        let output = command
            .output()
            .with_context(|| format!("starting {}", command.get_program().display()))?;
        if output.status.success() {
            return Ok(());
        }
        String::from_utf8_lossy(&output.stderr)
            .trim()
            .clone_into(&mut failure);
    }
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .display();
    Err(anyhow!("{failure}").context(format!("`{program}` failed {TRIES} times")))
}

/// Sees that what was installed is what the lock says, and that it starts.
fn check(recipe: &Recipe, folder: &Path) -> Result<()> {
    let home = folder.join("home-of-self-check");
    fs::create_dir(&home)?;
    let ask = "import importlib, importlib.metadata, json, sys\n\
               want = json.load(sys.stdin)\n\
               for module in want['imports']: importlib.import_module(module)\n\
               print(json.dumps([importlib.metadata.version(name) for name in want['packages']]))";
    let want = serde_json::json!({"imports": recipe.imports, "packages": recipe.packages});
    let python = Launch::new(folder.join("bin/python"), &home);
    let found: Vec<String> = serde_json::from_slice(
        &python
            .args(["-I", "-c", ask])
            .stdin(want.to_string())
            .succeed()?
            .stdout,
    )?;
    for (package, version) in recipe.packages.iter().zip(&found) {
        if !versions(recipe.lock, package).contains(&version.as_str()) {
            bail!("`{package}` is {version}, which its lock does not name");
        }
    }
    for (call, package) in recipe.calls {
        let [program, args @ ..] = call else {
            bail!("an empty call")
        };
        let finished = Launch::new(folder.join("bin").join(program), &home)
            .args(args)
            .succeed()?;
        let says = finished.out() + &finished.err();
        if !versions(recipe.lock, package)
            .iter()
            .any(|version| says.contains(version))
        {
            bail!("{finished}\nbut the version of `{package}` that its lock names is not in it");
        }
    }
    fs::remove_dir_all(&home)?;
    Ok(())
}
