//! Writes that end before their time: a failure at every disk operation of a build of
//! `examples/minimal`, and the real binary killed while it writes a mesh of a hundred domains. What is
//! left, `mesh.lock` included, is the old state or the new one. A target of its own, since it takes
//! longer than all of `tests/it` together.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may fail by panicking, and says how much it has tried"
)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use meshc::artifact::write::{self, Fault, FaultyDisk, Recovery, Wanted};
use meshc::diag::Diagnostics;
use meshc::pipeline::{self, Compiled};
use meshc::source::load::MeshDir;
use meshc::source::{SourceMap, Span};
use meshc::template::Templates;
use testkit::mesh_generator::{self, Size};

#[path = "it/quick_disk.rs"]
mod quick_disk;

use quick_disk::QuickDisk;

/// Every file below a folder, by path.
fn tree(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    walkdir::WalkDir::new(dir)
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(dir).unwrap();
            (
                path.to_string_lossy().into_owned(),
                fs::read(entry.path()).unwrap(),
            )
        })
        .collect()
}

/// What a write may change: the tree and the lock, and whatever is left beside them; not what
/// people wrote, and not what a build remembers for the next one: it may be of any build, and is judged by what
/// the next one does.
fn state(mesh: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = tree(mesh);
    files.retain(|path, _| {
        path != "mesh.yaml" && !path.starts_with("domains/") && !path.starts_with(".meshc/")
    });
    files
}

/// A compiled mesh with everything that writing it needs.
struct Build {
    map: SourceMap,
    compiled: Compiled,
    lock: String,
}

impl Build {
    fn of(mesh: &Path) -> Self {
        let dir = MeshDir {
            path: mesh.to_owned(),
            shown: PathBuf::from("mesh"),
        };
        let (mut map, mut out) = (SourceMap::default(), Diagnostics::default());
        let (files, lock) = pipeline::read(&dir, &mut map, &mut out);
        let templates = Templates::embedded(&mut map, &mut out);
        let compiled = pipeline::compile(&map, &files, lock, &templates, &mut out).unwrap();
        let lock = compiled.lock.print();
        Self {
            map,
            compiled,
            lock,
        }
    }

    /// Plans and commits; whether it was written.
    fn write(&self, disk: &dyn write::Disk, mesh: &Path) -> bool {
        let place = |span: Span| self.map.place(span);
        let out = mesh.join("generated");
        let wanted = Wanted {
            out: &out,
            mesh: self.compiled.mesh.name.as_str(),
            mesh_dir: Some(mesh),
            lock: Some(&self.lock),
            files: &self.compiled.printed,
            place: &place,
            scope: &|_| true,
        };
        write::plan(disk, &wanted).is_ok_and(|plan| write::commit(disk, &plan).is_ok())
    }
}

/// Fails or crashes at every operation of a write from `old` (nothing, if there is none) to `new`;
/// returns how many there were and how often the old and the new state came out.
fn at_every_operation(
    old: Option<&Build>,
    new: &Build,
    fault: fn(usize) -> Fault,
) -> (usize, usize, usize) {
    let start = || {
        let place = testkit::memory::folder().unwrap();
        if let Some(old) = old {
            assert!(old.write(&QuickDisk, place.path()));
        }
        place
    };
    let reference = start();
    let before = tree(reference.path());
    let counting = FaultyDisk::new(QuickDisk, Fault::Count);
    assert!(new.write(&counting, reference.path()));
    let after = tree(reference.path());
    assert_ne!(before.get("mesh.lock"), after.get("mesh.lock"));
    let operations = counting.operations();
    let (next, came_old, came_new) = (
        AtomicUsize::new(1),
        AtomicUsize::new(0),
        AtomicUsize::new(0),
    );
    let work = || {
        let mut place = start();
        loop {
            let at = next.fetch_add(1, Ordering::SeqCst);
            if at > operations {
                return;
            }
            let disk = FaultyDisk::new(QuickDisk, fault(at));
            let written = new.write(&disk, place.path());
            assert!(disk.was_hit(), "operation {at} was never reached");
            assert!(!written, "operation {at} failed and nobody noticed");
            let out = place.path().join("generated");
            write::recover(&QuickDisk, &out, Some(place.path())).unwrap();
            let again = write::recover(&QuickDisk, &out, Some(place.path())).unwrap();
            assert_eq!(again, Recovery::Nothing, "operation {at}");
            let found = tree(place.path());
            if found == after {
                came_new.fetch_add(1, Ordering::SeqCst);
                place = start();
            } else {
                assert!(
                    found == before,
                    "operation {at}: neither the old nor the new state: {:?}",
                    found.keys()
                );
                came_old.fetch_add(1, Ordering::SeqCst);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(work);
        }
    });
    (operations, came_old.into_inner(), came_new.into_inner())
}

#[test]
fn a_build_of_the_example_survives_a_failure_at_every_disk_operation() {
    let mesh = testkit::memory::folder().unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/minimal");
    fs::create_dir(mesh.path().join("domains")).unwrap();
    for (path, bytes) in tree(&example) {
        if path == "mesh.yaml" || path.starts_with("domains/") {
            fs::write(mesh.path().join(path), bytes).unwrap();
        }
    }
    let old = Build::of(mesh.path());
    // An edit that changes, adds and removes files, and the lock.
    let file = mesh.path().join("domains/support.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let edited = text
        .replace("replay: 24h", "replay: 48h")
        .replace("zones: [raw, curated]", "zones: [raw, curated, served]");
    assert_ne!(edited, text);
    fs::write(&file, edited).unwrap();
    let new = Build::of(mesh.path());
    for (what, first, second) in [
        ("a cold build", None, &old),
        ("a rebuild after an edit", Some(&old), &new),
    ] {
        for (how, fault) in [
            ("failing", Fault::Fail as fn(usize) -> Fault),
            ("crashing", Fault::Crash),
        ] {
            let started = Instant::now();
            let (operations, came_old, came_new) = at_every_operation(first, second, fault);
            eprintln!(
                "{what}, {how} at each of {operations} disk operations: {came_old} old, {came_new} new ({} ms)",
                started.elapsed().as_millis()
            );
            assert_eq!(came_old + came_new, operations);
            assert!(came_old > 50 && came_new > 10, "{came_old}, {came_new}");
        }
    }
}

const DOMAINS: usize = 100;
const KILLS: usize = 50;

fn meshc(mesh: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshc"));
    command
        .current_dir(mesh)
        .args(arguments)
        .args(["--as-of", "2026-11-25"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn run(mesh: &Path, arguments: &[&str]) -> Output {
    meshc(mesh, arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .unwrap()
}

/// What people wrote, in one of its two revisions.
fn write_blueprint(mesh: &Path, revision: usize) {
    let size = Size {
        domains: DOMAINS,
        revision,
    };
    for (path, text) in mesh_generator::tables(size) {
        let path = mesh.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// How a build ended that was to be killed.
enum End {
    /// Before the kill.
    Finished,
    /// By the kill, but it was not writing.
    Outside,
    /// By the kill, while it was writing; whether the write had been committed.
    Inside { committed: bool },
}

/// Starts a build, waits until it has begun to write, then for `delay`, and kills it.
fn kill_after(mesh: &Path, delay: Duration) -> End {
    let stage = mesh.join("generated/.meshc-stage");
    let mut child = meshc(mesh, &["build"]).spawn().unwrap();
    while !stage.exists() {
        if child.try_wait().unwrap().is_some() {
            return End::Finished;
        }
        std::hint::spin_loop();
    }
    let begun = Instant::now();
    while begun.elapsed() < delay {
        std::thread::sleep(Duration::from_micros(100));
    }
    child.kill().unwrap();
    let status = child.wait().unwrap();
    if status.signal() != Some(9) {
        return End::Finished;
    }
    // What the dead process has left says where it was.
    if stage.exists() {
        End::Inside {
            committed: stage.join("commit.json").exists(),
        }
    } else {
        End::Outside
    }
}

/// How long a build writes, as seen from outside.
fn window(mesh: &Path) -> Duration {
    let stage = mesh.join("generated/.meshc-stage");
    let mut child = meshc(mesh, &["build"]).spawn().unwrap();
    let (mut begun, mut ended) = (None, None);
    while child.try_wait().unwrap().is_none() {
        match (stage.exists(), begun) {
            (true, None) => begun = Some(Instant::now()),
            (true, Some(_)) => ended = Some(Instant::now()),
            _ => {}
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    assert!(child.wait().unwrap().success());
    ended.unwrap() - begun.unwrap()
}

/// Every kill is followed by another command, which need not be a build; then the tree and the lock
/// are the old or the new ones. Only kills that left a half-done write behind are counted.
#[test]
fn a_killed_build_of_a_hundred_domains_leaves_the_old_or_the_new_state() {
    let started = Instant::now();
    let place = tempfile::tempdir().unwrap();
    let mesh = place.path();
    let mut states = Vec::new();
    let mut windows = Vec::new();
    for revision in [0, 1] {
        write_blueprint(mesh, revision);
        windows.push(window(mesh));
        states.push(state(mesh));
    }
    assert!(states[0].len() > DOMAINS && states[0]["mesh.lock"] != states[1]["mesh.lock"]);
    let window = windows[1];
    let explained = states[0]
        .keys()
        .find(|path| path.contains("/resources/"))
        .map(|path| format!("{path}:5"))
        .unwrap();

    let (mut now, mut attempts, mut inside) = (1, 0, 0);
    let (mut came_old, mut came_new, mut committed_kills) = (0, 0, 0);
    // All recoveries are tried as often as each other, wherever the kills happen to fall.
    let commands: [&[&str]; 3] = [&["build", "--check"], &["check"], &["explain", &explained]];
    while inside < KILLS {
        attempts += 1;
        assert!(
            attempts < KILLS * 8,
            "{inside} of {attempts} kills fell inside a window of {window:?}"
        );
        let wanted = 1 - now;
        write_blueprint(mesh, wanted);
        // The golden ratio spreads the kills evenly over the window, however many are needed.
        let share = (f64::from(u32::try_from(attempts).unwrap()) * 0.618_034).fract();
        let end = kill_after(mesh, window.mul_f64(share));
        let command = commands[inside % commands.len()];
        let output = run(mesh, command);
        let found = state(mesh);
        let is_new = found == states[wanted];
        assert!(
            is_new || found == states[now],
            "kill {attempts} at {share:.3} of {window:?}, then {command:?}: neither the old nor the new state; {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let expected = if command[0] == "build" && !is_new {
            2
        } else {
            0
        };
        assert_eq!(
            output.status.code(),
            Some(expected),
            "kill {attempts}, then {command:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        if let End::Inside { committed } = end {
            // The record goes last but for the stage, so without it either state may be there.
            assert!(
                is_new || !committed,
                "a write counts from the moment it is committed"
            );
            inside += 1;
            committed_kills += usize::from(committed);
            if is_new { came_new += 1 } else { came_old += 1 }
        }
        if is_new {
            now = wanted;
        }
    }
    eprintln!(
        "{inside} kills inside a write of {} files ({attempts} attempts, window {} ms): {came_old} old, {came_new} new, \
         {committed_kills} after the commit ({} s)",
        states[0].len(),
        window.as_millis(),
        started.elapsed().as_secs()
    );
    assert!(came_old > 0 && came_new > 0, "both sides of the commit");
}
