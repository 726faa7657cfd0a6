//! `bench`: what meshc takes for meshes of 10, 100 and 1,000 domains (with `--large`, 10,000), beside what the machine takes for
//! the same files, in one run.
//!
//! Raw figures go to `benches/results/`, the page `docs/performance.md` is made from them. Times of one
//! machine say little; the ratios of one run are what counts. Rounds take the programs in turn, and
//! every other round backwards, so that no one always comes first.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

// The file itself, since the crate around it would bring servers and providers along.
#[allow(
    dead_code,
    unreachable_pub,
    reason = "it is a public module of testkit, which uses all of it"
)]
#[path = "../../testkit/src/mesh_generator.rs"]
mod mesh_generator;

use mesh_generator::Size;

/// Arguments of `bench`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Sizes of meshes, in domains
    #[arg(long, value_delimiter = ',', default_value = "10,100,1000")]
    domains: Vec<usize>,
    /// Also 10,000 domains: one round of what such a mesh is built with; takes a quarter of an hour and 6 GB of disk
    #[arg(long)]
    large: bool,
    /// Rounds for each size
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// The program to measure [default: what `cargo build --release` makes]
    #[arg(long)]
    program: Option<PathBuf>,
    /// Measure nothing; make the page from the committed figures
    #[arg(long)]
    render: bool,
}

const RESULTS: &str = "benches/results/latest.json";
const PAGE: &str = "docs/performance.md";

/// What is measured, in the order of the page.
const CASES: &[(&str, &str)] = &[
    ("cold", "`meshc build` into an empty folder"),
    ("again", "`meshc build` with nothing to do"),
    ("edit", "`meshc build` after one domain changed"),
    ("build-check", "`meshc build --check`"),
    ("check", "`meshc check`"),
    ("diff", "`meshc diff`"),
    ("plan", "`meshc plan`, nothing applied yet"),
    ("cp", "`cp -r` of the tree"),
    ("git-status", "`git status` of the tree, committed"),
    ("diff-rq", "`diff -rq` of two equal trees"),
    ("jinja", "Jinja script, two files for each domain"),
];

/// The size that is measured only if asked for.
const LARGE: usize = 10_000;

/// What is measured of it: the others wait for git and for copies, or grow as these do.
const LARGE_CASES: &[&str] = &["cold", "again", "build-check", "check"];

/// The measured program's profile and what to do next, as written by whoever profiled it last.
const PROFILE: &str = include_str!("../../benches/profile.md");

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("no repository")?;
    let results = root.join(RESULTS);
    if !args.render {
        let program = match &args.program {
            Some(program) => program.clone(),
            None => build(root)?,
        };
        let figures = measure(args, root, &program.canonicalize()?)?;
        if let Some(folder) = results.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&results, format!("{figures:#}\n"))?;
    }
    let figures: Value = serde_json::from_str(&std::fs::read_to_string(&results)?)?;
    std::fs::write(root.join(PAGE), page(&figures)?)?;
    Ok(())
}

/// The release build.
fn build(root: &Path) -> Result<PathBuf> {
    let made = Command::new("cargo")
        .args(["build", "--release", "-p", "meshc"])
        .current_dir(root)
        .status()?;
    ensure!(made.success(), "cargo build --release failed");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
    Ok(target.join("release/meshc"))
}

/// A Python with Jinja.
fn python(folder: &Path) -> Result<PathBuf> {
    let venv = folder.join("venv");
    let run = |program: &Path, words: &[&str]| -> Result<()> {
        let done = Command::new(program)
            .args(words)
            .stdout(Stdio::null())
            .status()?;
        ensure!(done.success(), "{} {words:?} failed", program.display());
        Ok(())
    };
    run(
        Path::new("python3"),
        &["-m", "venv", &venv.to_string_lossy()],
    )?;
    let python = venv.join("bin/python");
    run(
        &python,
        &[
            "-m",
            "pip",
            "install",
            "--quiet",
            "jinja2==3.1.6",
            "pyyaml==6.0.2",
        ],
    )?;
    Ok(python)
}

/// Everything that one size of mesh needs.
struct Place {
    domains: usize,
    mesh: PathBuf,
    out: PathBuf,
    copy: PathBuf,
    jinja: PathBuf,
    program: PathBuf,
    python: PathBuf,
    script: PathBuf,
}

fn measure(args: &Args, root: &Path, program: &Path) -> Result<Value> {
    let folder = std::env::temp_dir().join(format!("meshc-bench-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    let result = measure_in(args, root, program, &folder);
    std::fs::remove_dir_all(&folder)?;
    result
}

fn measure_in(args: &Args, root: &Path, program: &Path, folder: &Path) -> Result<Value> {
    let python = python(folder)?;
    let mut sizes = Vec::new();
    let before = load();
    let large = args.large.then_some(LARGE);
    for domains in args.domains.iter().chain(&large) {
        let is_large = *domains >= LARGE;
        let rounds = if is_large { 1 } else { args.rounds };
        let home = folder.join(domains.to_string());
        let place = Place {
            domains: *domains,
            mesh: home.join("mesh"),
            out: home.join("tree"),
            copy: home.join("copy"),
            jinja: home.join("jinja"),
            program: program.to_owned(),
            python: python.clone(),
            script: root.join("benches/peers/jinja.py"),
        };
        for (path, text) in mesh_generator::mesh(place.size(0)) {
            let to = place.mesh.join(path);
            std::fs::create_dir_all(to.parent().context("no folder")?)?;
            std::fs::write(to, text)?;
        }
        let mut times: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        let mut memory: BTreeMap<&str, u64> = BTreeMap::new();
        place.first(!is_large)?;
        for round in 0..rounds {
            let mut cases: Vec<&str> = CASES.iter().map(|(case, _)| *case).collect();
            cases.retain(|case| !is_large || LARGE_CASES.contains(case));
            if round % 2 == 1 {
                cases.reverse();
            }
            for case in cases {
                let (time, peak) = place.one(case, round).with_context(|| case.to_owned())?;
                times
                    .entry(case)
                    .or_default()
                    .push(time.as_secs_f64() * 1e3);
                let known = memory.entry(case).or_default();
                *known = (*known).max(peak);
            }
        }
        let (files, bytes) = size(&place.out)?;
        sizes.push(json!({
            "domains": domains,
            "products": domains * 5,
            "rounds": rounds,
            "files": files,
            "bytes": bytes,
            "blueprintBytes": size(&place.mesh)?.1,
            "milliseconds": times,
            "peakBytes": memory,
        }));
        std::fs::remove_dir_all(&home)?;
    }
    Ok(json!({
        "version": 1,
        "meshc": env!("CARGO_PKG_VERSION"),
        "cores": std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        "rounds": args.rounds,
        "load": [before, load()],
        "sizes": sizes,
    }))
}

impl Place {
    fn meshc(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(words)
            .arg(&self.mesh)
            .args(["--quiet", "--as-of", "2026-11-25"]);
        command
    }

    fn build(&self, words: &[&str]) -> Command {
        let mut command = self.meshc(&["build"]);
        command.args(words).arg("--out").arg(&self.out);
        command
    }

    /// The tree, committed where that is measured.
    fn first(&self, committed: bool) -> Result<()> {
        finish(&mut self.build(&[]), &[0])?;
        if !committed {
            return Ok(());
        }
        let git = |words: &[&str]| {
            let mut command = Command::new("git");
            command.arg("-C").arg(&self.out).args(words);
            finish(&mut command, &[0])
        };
        // Beside the tree: a copy of the tree is to be one of what meshc wrote, not of git's objects too.
        let beside = self.out.with_extension("git");
        git(&[
            "init",
            "--quiet",
            "--separate-git-dir",
            &beside.to_string_lossy(),
        ])?;
        git(&["add", "-A"])?;
        git(&[
            "-c",
            "user.name=bench",
            "-c",
            "user.email=bench@example.org",
            // It would work on while others are measured.
            "-c",
            "gc.auto=0",
            "-c",
            "maintenance.auto=false",
            "commit",
            "--quiet",
            "-m",
            "tree",
        ])?;
        Ok(())
    }

    fn size(&self, revision: usize) -> Size {
        Size {
            domains: self.domains,
            revision,
        }
    }

    /// Changes one domain, to one of two revisions.
    fn edit(&self, round: usize) -> Result<()> {
        let name = format!("domains/{}.yaml", mesh_generator::domain(0));
        let path = self.mesh.join(&name);
        let files = mesh_generator::mesh(self.size((round + 1) % 2));
        let text = files.get(&name).context("no first domain")?;
        ensure!(std::fs::read_to_string(&path)? != *text, "nothing changes");
        std::fs::write(&path, text)?;
        Ok(())
    }

    /// One measurement: its time, and its peak memory where the system tells.
    fn one(&self, case: &str, round: usize) -> Result<(Duration, u64)> {
        let remove = |path: &Path| match std::fs::remove_dir_all(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
        match case {
            "cold" => {
                let cold = self.out.with_extension("cold");
                remove(&cold)?;
                let mut command = self.meshc(&["build"]);
                let result = timed(command.arg("--out").arg(&cold), &[0])?;
                remove(&cold)?;
                Ok(result)
            }
            "again" => timed(&mut self.build(&[]), &[0]),
            "edit" => {
                self.edit(round)?;
                timed(&mut self.build(&[]), &[0])
            }
            "build-check" => timed(&mut self.build(&["--check"]), &[0]),
            "check" => timed(&mut self.meshc(&["check"]), &[0]),
            "diff" => timed(self.meshc(&["diff"]).arg("--out").arg(&self.out), &[0]),
            "plan" => timed(&mut self.meshc(&["plan"]), &[0]),
            "cp" => {
                remove(&self.copy)?;
                timed(
                    Command::new("cp").arg("-r").arg(&self.out).arg(&self.copy),
                    &[0],
                )
            }
            "git-status" => timed(
                Command::new("git")
                    .arg("-C")
                    .arg(&self.out)
                    .args(["status", "--short"]),
                &[0],
            ),
            "diff-rq" => {
                remove(&self.copy)?;
                finish(
                    Command::new("cp").arg("-r").arg(&self.out).arg(&self.copy),
                    &[0],
                )?;
                timed(
                    Command::new("diff")
                        .arg("-rq")
                        .arg(&self.out)
                        .arg(&self.copy),
                    &[0],
                )
            }
            "jinja" => {
                remove(&self.jinja)?;
                let mut command = Command::new(&self.python);
                timed(
                    command.arg(&self.script).arg(&self.mesh).arg(&self.jinja),
                    &[0],
                )
            }
            other => bail!("no case `{other}`"),
        }
    }
}

fn finish(command: &mut Command, codes: &[i32]) -> Result<()> {
    timed(command, codes).map(drop)
}

/// Runs a program to its end. Its memory is looked at while it runs: the last look is close to the peak.
fn timed(command: &mut Command, codes: &[i32]) -> Result<(Duration, u64)> {
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = 0;
    let code = loop {
        if let Some(ended) = child.try_wait()? {
            break ended.code();
        }
        peak = peak.max(high_water(&status));
        std::thread::sleep(Duration::from_micros(500));
    };
    let time = start.elapsed();
    let output = child.wait_with_output()?;
    ensure!(
        code.is_some_and(|code| codes.contains(&code)),
        "{command:?} ended with {code:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok((time, peak))
}

/// The most memory that a process has had so far.
fn high_water(status: &Path) -> u64 {
    let text = std::fs::read_to_string(status).unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok())
        .map_or(0, |kilobytes| kilobytes * 1024)
}

/// How many programs wanted to run at once, over the last minute.
fn load() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// How many files lie in a folder, and how many bytes; git's own and what meshc remembers left out.
fn size(folder: &Path) -> Result<(usize, u64)> {
    let (mut files, mut bytes) = (0, 0);
    let walk = walkdir::WalkDir::new(folder).into_iter();
    for entry in
        walk.filter_entry(|entry| entry.file_name() != ".git" && entry.file_name() != ".meshc")
    {
        let entry = entry?;
        if entry.file_type().is_file() {
            files += 1;
            bytes += entry.metadata()?.len();
        }
    }
    Ok((files, bytes))
}

fn median(values: &Value) -> Option<f64> {
    let mut list: Vec<f64> = values
        .as_array()?
        .iter()
        .filter_map(Value::as_f64)
        .collect();
    list.sort_by(f64::total_cmp);
    list.get(list.len() / 2).copied()
}

fn spread(values: &Value) -> Option<(f64, f64)> {
    let list: Vec<f64> = values
        .as_array()?
        .iter()
        .filter_map(Value::as_f64)
        .collect();
    let least = list.iter().copied().min_by(f64::total_cmp)?;
    Some((least, list.iter().copied().max_by(f64::total_cmp)?))
}

/// The page, from figures alone.
pub(crate) fn page(figures: &Value) -> Result<String> {
    let sizes = figures["sizes"].as_array().context("no sizes")?;
    let mut text = format!(
        "# Performance\n\nMade by `cargo run --release -p xtask -- bench` from [{RESULTS}](../{RESULTS}); do not edit.\n\n\
        Release build, {} cores, rounds for each size: {}, programs in turn and every other round backwards. Each domain has five\n\
        products on four clouds. Times in milliseconds, median (least – most); the ratio is that to `cp -r` of the same tree in the\n\
        same run. The Jinja script reads the same files and checks, names and grants nothing: it is a floor of effort, not an equal.\n",
        figures["cores"], figures["rounds"]
    );
    if let (Some(before), Some(after)) = (figures["load"][0].as_f64(), figures["load"][1].as_f64())
    {
        let _ = writeln!(
            text,
            "\nThe load of the machine was {before:.1} before the run and {after:.1} after it. More than its cores means that other work\n\
            went on: every time is longer than it would be, those of the processor more than those of the disk."
        );
    }
    text.push_str(&goals(sizes));
    for size in sizes {
        let _ = write!(
            text,
            "\n## {} domains\n\n{} products, {:.1} MB of blueprint, {} files, {:.1} MB of tree.\n\n| what | ms | to `cp -r` | peak MB |\n|---|---|---|---|\n",
            size["domains"],
            size["products"],
            size["blueprintBytes"].as_f64().unwrap_or(0.0) / 1e6,
            size["files"],
            size["bytes"].as_f64().unwrap_or(0.0) / 1e6
        );
        let times = &size["milliseconds"];
        let floor = median(&times["cp"]);
        for (case, what) in CASES {
            let Some(middle) = median(&times[*case]) else {
                continue;
            };
            let (least, most) = spread(&times[*case]).unwrap_or((middle, middle));
            let peak = size["peakBytes"][*case].as_f64().unwrap_or(0.0) / 1e6;
            let _ = writeln!(
                text,
                "| {what} | {middle:.0} ({least:.0} – {most:.0}) | {} | {peak:.0} |",
                floor.map_or("–".to_owned(), |floor| format!("{:.2}", middle / floor))
            );
        }
    }
    text.push_str(&growth(sizes));
    text.push('\n');
    text.push_str(PROFILE);
    Ok(text)
}

/// What is asked of meshc, and what it came to for the largest size that was measured whole.
fn goals(sizes: &[Value]) -> String {
    let whole = sizes
        .iter()
        .rfind(|size| size["milliseconds"]["git-status"].is_array());
    let Some(size) = whole else {
        return String::new();
    };
    let ratio = |of: &str, to: &str| {
        let times = &size["milliseconds"];
        median(&times[of])
            .zip(median(&times[to]))
            .map_or("–".to_owned(), |(of, to)| format!("{:.2}", of / to))
    };
    format!(
        "\n## Goals\n\n| for {} domains | at most | is |\n|---|---|---|\n\
        | a cold build, to `cp -r` of its output | 4 | {} |\n\
        | a build with nothing to do, to `git status` | 2 | {} |\n\
        | growth of either for ten times the domains | 10.5 | see Growth |\n",
        size["domains"],
        ratio("cold", "cp"),
        ratio("again", "git-status"),
    )
}

/// How times grow with the mesh: 10 would be in step with it.
fn growth(sizes: &[Value]) -> String {
    let mut text = "\n## Growth\n\nTime of a size over that of the next smaller one; ten times the domains each.\n\n| what |".to_owned();
    for pair in sizes.windows(2) {
        if let [small, large] = pair {
            let _ = write!(text, " {} → {} |", small["domains"], large["domains"]);
        }
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(sizes.len().saturating_sub(1)));
    text.push('\n');
    for (case, what) in CASES {
        let _ = write!(text, "| {what} |");
        for pair in sizes.windows(2) {
            if let [small, large] = pair {
                let ratio = median(&large["milliseconds"][*case])
                    .zip(median(&small["milliseconds"][*case]))
                    .map_or("–".to_owned(), |(large, small)| {
                        format!("{:.1}", large / small)
                    });
                let _ = write!(text, " {ratio} |");
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;

    #[test]
    fn the_page_is_what_the_committed_figures_say() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let figures = std::fs::read_to_string(root.join(RESULTS)).unwrap();
        let shown = std::fs::read_to_string(root.join(PAGE)).unwrap();
        assert_eq!(
            shown,
            page(&serde_json::from_str(&figures).unwrap()).unwrap()
        );
    }
}
