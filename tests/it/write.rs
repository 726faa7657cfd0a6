//! The output tree: what is written, what is refused, and what is left after every possible
//! interruption.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may fail by panicking, and says how much it has tried"
)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use meshc::address::Address;
use meshc::artifact::write::{
    self, Differs, Disk, Fault, FaultyDisk, Held, Kind, Manifest, Plan, Provenance, RealDisk,
    Recovery, Wanted, WriteError,
};
use meshc::artifact::{Effect, Origin, Printed};
use meshc::source::{SourceMap, Span};

use crate::quick_disk::QuickDisk;

/// A mesh folder and a tree in it.
struct Place {
    dir: tempfile::TempDir,
    tree: PathBuf,
}

type Files = Vec<(String, Printed)>;

fn printed(text: &str, why: &str) -> Printed {
    let file = SourceMap::default().add("domains/sales.yaml", "");
    let origin = Arc::new(Origin {
        address: Address::parse("sales/orders").unwrap(),
        span: Span {
            file,
            start: 3,
            end: 4,
        },
        maker: "dataset",
        why: why.to_owned(),
        effect: Effect::Plain,
    });
    let lines = u32::try_from(text.lines().count().max(1)).unwrap();
    Printed {
        text: text.to_owned(),
        ranges: vec![(1..=lines, origin)],
    }
}

fn files(entries: &[(&str, &str)]) -> Files {
    entries
        .iter()
        .map(|(path, text)| ((*path).to_owned(), printed(text, "test")))
        .collect()
}

fn everything(_: &str) -> bool {
    true
}

fn place_of(span: Span) -> String {
    format!("domains/sales.yaml:{}:1", span.start)
}

impl Place {
    fn new() -> Self {
        let dir = testkit::memory::folder().unwrap();
        let tree = dir.path().join("generated");
        Self { dir, tree }
    }

    fn mesh(&self) -> &Path {
        self.dir.path()
    }

    fn out(&self) -> &Path {
        &self.tree
    }

    fn at(&self, path: &str) -> PathBuf {
        self.out().join(path)
    }

    fn plan<'a>(
        &'a self,
        disk: &dyn Disk,
        files: &'a Files,
        lock: Option<&'a str>,
    ) -> Result<Plan<'a>, Vec<WriteError>> {
        self.plan_in(disk, files, lock, &everything)
    }

    fn plan_in<'a>(
        &'a self,
        disk: &dyn Disk,
        files: &'a Files,
        lock: Option<&'a str>,
        scope: &'a (dyn Fn(&str) -> bool + Sync),
    ) -> Result<Plan<'a>, Vec<WriteError>> {
        let wanted = Wanted {
            out: self.out(),
            mesh: "retail",
            mesh_dir: Some(self.mesh()),
            lock,
            files,
            place: &place_of,
            scope,
        };
        write::plan(disk, &wanted)
    }

    fn build(&self, files: &Files, lock: Option<&str>) -> (usize, usize, usize, usize) {
        let plan = self.plan(&QuickDisk, files, lock).unwrap();
        let counts = (
            plan.added.len(),
            plan.changed.len(),
            plan.removed.len(),
            plan.unchanged,
        );
        write::commit(&QuickDisk, &plan).unwrap();
        counts
    }

    fn refusals(&self, files: &Files) -> Vec<String> {
        let before = self.snapshot();
        let problems = self.plan(&QuickDisk, files, None).unwrap_err();
        assert_eq!(self.snapshot(), before, "a refusal changes nothing");
        problems
            .iter()
            .map(|problem| {
                problem
                    .to_string()
                    .replace(&self.mesh().display().to_string(), "MESH")
            })
            .collect()
    }

    fn check(&self, files: &Files, lock: Option<&str>) -> Vec<(String, Differs)> {
        let wanted = Wanted {
            out: self.out(),
            mesh: "retail",
            mesh_dir: Some(self.mesh()),
            lock,
            files,
            place: &place_of,
            scope: &everything,
        };
        let differences = write::check(&QuickDisk, &wanted).unwrap();
        differences
            .into_iter()
            .map(|difference| (difference.path, difference.differs))
            .collect()
    }

    /// Every file of the mesh folder with its bytes, and every folder that is not empty.
    fn snapshot(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut all = BTreeMap::new();
        for entry in walkdir::WalkDir::new(self.dir.path()) {
            let entry = entry.unwrap();
            if entry.file_type().is_file() {
                let path = entry.path().strip_prefix(self.dir.path()).unwrap();
                all.insert(path.to_owned(), fs::read(entry.path()).unwrap());
            }
        }
        all
    }

    fn set(&self, path: &str, text: &str) {
        fs::create_dir_all(self.at(path).parent().unwrap()).unwrap();
        fs::write(self.at(path), text).unwrap();
    }
}

const OLD: &[(&str, &str)] = &[
    ("dev/sales/aws/resources/main.tf", "same\n"),
    ("dev/sales/aws/resources/providers.tf", "old\n"),
    ("dev/sales/aws/access/main.tf", "gone\n"),
    ("dev/sales/aws/access/iam/reader.json", "gone too\n"),
    ("dev/swap", "a file\n"),
    ("prod/swap/inner/main.tf", "in a folder\n"),
    ("prod/swap/other.tf", "in a folder\n"),
    ("prod/sales/gcp/main.tf", "whole folder goes\n"),
];

const NEW: &[(&str, &str)] = &[
    ("dev/sales/aws/resources/main.tf", "same\n"),
    ("dev/sales/aws/resources/providers.tf", "new\n"),
    ("dev/sales/aws/resources/backend.tf", "added\n"),
    ("dev/swap/main.tf", "a folder now\n"),
    ("dev/swap/deeper/main.tf", "a folder now\n"),
    ("prod/swap", "a file now\n"),
    ("prod/support/azure/access/main.tf", "new folder\n"),
    ("prod/support/azure/access/policies/a.json", "new folder\n"),
    ("prod/support/azure/resources/main.tf", "new folder\n"),
];

#[test]
fn a_tree_is_written_and_written_again() {
    let place = Place::new();
    assert_eq!(place.build(&files(OLD), Some("lock 1\n")), (8, 0, 0, 0));
    let manifest = Manifest::parse(&fs::read(place.at(".manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest.mesh, "retail");
    assert_eq!(manifest.files.len(), 8);
    assert_eq!(manifest.files["dev/swap"], write::sha256(b"a file\n"));
    let provenance = Provenance::parse(&fs::read(place.at(".provenance.json")).unwrap()).unwrap();
    let entry = provenance.line("dev/swap", 1).next().unwrap();
    assert_eq!(
        (entry.at.as_str(), entry.address.as_str()),
        ("domains/sales.yaml:3:1", "sales/orders")
    );
    assert_eq!(
        fs::read_to_string(place.mesh().join("mesh.lock")).unwrap(),
        "lock 1\n"
    );

    assert_eq!(place.build(&files(NEW), Some("lock 2\n")), (7, 1, 6, 1));
    let mut expected: BTreeMap<PathBuf, Vec<u8>> = NEW
        .iter()
        .map(|(path, text)| (Path::new("generated").join(path), text.as_bytes().to_vec()))
        .collect();
    for name in [".manifest.json", ".provenance.json"] {
        expected.insert(
            Path::new("generated").join(name),
            fs::read(place.at(name)).unwrap(),
        );
    }
    expected.insert(PathBuf::from("mesh.lock"), b"lock 2\n".to_vec());
    assert_eq!(place.snapshot(), expected);
    // Folders that lost their last file are gone.
    for folder in [
        "dev/sales/aws/access",
        "prod/sales",
        ".meshc-stage",
        "../.meshc-stage",
    ] {
        assert!(!place.at(folder).exists(), "{folder}");
    }
    assert_eq!(place.check(&files(NEW), Some("lock 2\n")), []);
}

#[test]
fn nothing_is_touched_when_nothing_changes() {
    let place = Place::new();
    place.build(&files(OLD), Some("lock\n"));
    let past = SystemTime::now() - Duration::from_hours(1);
    let mut all = Vec::new();
    for entry in walkdir::WalkDir::new(place.dir.path()) {
        let path = entry.unwrap().into_path();
        fs::File::open(&path).unwrap().set_modified(past).unwrap();
        all.push(path);
    }
    let disk = FaultyDisk::new(QuickDisk, Fault::Count);
    let old = files(OLD);
    let plan = place.plan(&disk, &old, Some("lock\n")).unwrap();
    assert!(plan.is_empty());
    let looked = disk.operations();
    write::commit(&disk, &plan).unwrap();
    assert_eq!(
        disk.operations(),
        looked,
        "committing nothing asks nothing of the disk"
    );
    for path in &all {
        assert_eq!(
            fs::metadata(path).unwrap().modified().unwrap(),
            past,
            "{}",
            path.display()
        );
    }

    // One change touches one file and the manifest; the provenance is the same.
    let mut changed = old.clone();
    changed[0].1 = printed("changed\n", "test");
    place.build(&changed, Some("lock\n"));
    let mut touched: Vec<_> = all
        .iter()
        .filter(|path| path.is_file() && fs::metadata(path).unwrap().modified().unwrap() != past)
        .map(|path| path.strip_prefix(place.out()).unwrap().to_owned())
        .collect();
    touched.sort();
    assert_eq!(
        touched,
        [
            Path::new(".manifest.json"),
            Path::new("dev/sales/aws/resources/main.tf")
        ]
    );
}

#[test]
fn a_changed_provenance_is_a_change() {
    let place = Place::new();
    let mut set = files(OLD);
    place.build(&set, None);
    set[0].1 = printed("same\n", "another reason");
    assert_eq!(
        place.check(&set, None),
        [(".provenance.json".to_owned(), Differs::Changed)]
    );
    assert_eq!(place.build(&set, None), (0, 0, 0, 8));
    assert_eq!(place.check(&set, None), []);
}

#[test]
fn check_sees_every_edit() {
    let place = Place::new();
    let set = files(OLD);
    assert!(
        place
            .check(&set, Some("lock\n"))
            .iter()
            .all(|(path, differs)| {
                *differs
                    == if path == "mesh.lock" {
                        Differs::Changed
                    } else {
                        Differs::Missing
                    }
            })
    );
    place.build(&set, Some("lock\n"));
    let differs = |path: &str, how: Differs| [(path.to_owned(), how)];
    for path in OLD
        .iter()
        .map(|(path, _)| *path)
        .chain([".manifest.json", ".provenance.json"])
    {
        let before = fs::read(place.at(path)).unwrap();
        fs::write(place.at(path), [before.as_slice(), b" "].concat()).unwrap();
        assert_eq!(
            place.check(&set, Some("lock\n")),
            differs(path, Differs::Changed)
        );
        fs::remove_file(place.at(path)).unwrap();
        assert_eq!(
            place.check(&set, Some("lock\n")),
            differs(path, Differs::Missing)
        );
        fs::write(place.at(path), before).unwrap();
        assert_eq!(place.check(&set, Some("lock\n")), []);
    }
    assert_eq!(
        place.check(&set, Some("other\n")),
        differs("mesh.lock", Differs::Changed)
    );
    place.set("dev/sales/aws/access/evil.tf", "resource {}\n");
    assert_eq!(
        place.check(&set, Some("lock\n")),
        differs("dev/sales/aws/access/evil.tf", Differs::Extra)
    );
}

#[test]
fn what_other_tools_leave_is_left_alone() {
    let place = Place::new();
    place.build(&files(OLD), None);
    let foreign = [
        "dev/sales/aws/access/.terraform/providers/x",
        "dev/sales/aws/access/.terraform.lock.hcl",
        "prod/sales/gcp/terraform.tfstate",
        "prod/sales/gcp/.gitignore",
    ];
    for path in foreign {
        place.set(path, "foreign\n");
    }
    assert_eq!(place.check(&files(OLD), None), []);
    place.build(&files(NEW), None);
    for path in foreign {
        assert_eq!(fs::read_to_string(place.at(path)).unwrap(), "foreign\n");
    }
    assert_eq!(place.check(&files(NEW), None), []);
}

#[test]
fn only_what_is_in_scope_is_written_and_pruned() {
    let place = Place::new();
    place.build(&files(OLD), Some("lock 1\n"));
    let dev = |path: &str| path.starts_with("dev/");
    let new = files(NEW);
    let plan = place
        .plan_in(&QuickDisk, &new, Some("lock 2\n"), &dev)
        .unwrap();
    write::commit(&QuickDisk, &plan).unwrap();
    let mixed: Vec<_> = OLD
        .iter()
        .filter(|(path, _)| !dev(path))
        .chain(NEW.iter().filter(|(path, _)| dev(path)))
        .copied()
        .collect();
    assert_eq!(place.check(&files(&mixed), Some("lock 2\n")), []);
    // The rest follows later.
    assert_eq!(place.build(&new, Some("lock 2\n")), (4, 0, 3, 5));
    assert_eq!(place.check(&new, Some("lock 2\n")), []);
}

#[test]
fn a_folder_that_is_not_ours_is_refused() {
    let place = Place::new();
    fs::create_dir(place.out()).unwrap();
    assert!(
        place.plan(&QuickDisk, &files(OLD), None).is_ok(),
        "an empty folder is fine"
    );
    place.set("notes.txt", "mine\n");
    assert_eq!(
        place.refusals(&files(OLD)),
        ["`MESH/generated` was not written by meshc and is not empty: it has `notes.txt`"]
    );
    fs::remove_dir_all(place.out()).unwrap();
    fs::write(place.out(), "a file").unwrap();
    assert_eq!(
        place.refusals(&files(OLD)),
        ["something that is no folder stands in the way at `MESH/generated`"]
    );
}

#[test]
fn a_tree_of_another_mesh_is_refused() {
    let place = Place::new();
    place.build(&files(OLD), None);
    let manifest = fs::read_to_string(place.at(".manifest.json")).unwrap();
    fs::write(
        place.at(".manifest.json"),
        manifest.replace("\"retail\"", "\"other\""),
    )
    .unwrap();
    assert_eq!(
        place.refusals(&files(NEW)),
        ["`MESH/generated` is the tree of another mesh, `other`"]
    );
    fs::write(
        place.at(".manifest.json"),
        manifest.replace("\"version\": 1", "\"version\": 2"),
    )
    .unwrap();
    assert_eq!(
        place.refusals(&files(NEW)),
        [
            "`MESH/generated/.manifest.json` cannot be read: it has version 2, this meshc knows version 1"
        ]
    );
    fs::write(place.at(".manifest.json"), "<<<<<<< HEAD\n").unwrap();
    assert!(
        place.refusals(&files(NEW))[0]
            .starts_with("`MESH/generated/.manifest.json` cannot be read: ")
    );
}

#[test]
fn hand_edited_files_are_refused_and_listed() {
    let place = Place::new();
    place.build(&files(OLD), None);
    // One that would change, one that would stay, one that would go.
    place.set("dev/sales/aws/resources/providers.tf", "edited\n");
    place.set("dev/sales/aws/resources/main.tf", "edited\n");
    place.set("dev/sales/aws/access/main.tf", "edited\n");
    assert_eq!(
        place.refusals(&files(NEW)),
        [
            "3 files were edited by hand in `MESH/generated`: `dev/sales/aws/access/main.tf`, \
          `dev/sales/aws/resources/main.tf`, `dev/sales/aws/resources/providers.tf`"
        ]
    );
    // An edit that is what would be written anyway is none.
    place.set("dev/sales/aws/resources/providers.tf", "new\n");
    place.set("dev/sales/aws/resources/main.tf", "same\n");
    fs::remove_file(place.at("dev/sales/aws/access/main.tf")).unwrap();
    assert_eq!(place.build(&files(NEW), None), (7, 0, 5, 2));
}

#[test]
fn a_removed_file_is_written_again() {
    let place = Place::new();
    place.build(&files(OLD), None);
    fs::remove_dir_all(place.at("prod")).unwrap();
    fs::remove_file(place.at(".provenance.json")).unwrap();
    assert_eq!(place.build(&files(OLD), None), (3, 0, 0, 5));
    assert_eq!(place.check(&files(OLD), None), []);
}

#[test]
fn what_stands_in_the_way_is_refused() {
    let place = Place::new();
    place.build(
        &files(&[
            ("a/main.tf", "1\n"),
            ("b/main.tf", "1\n"),
            ("c", "1\n"),
            ("d/e", "1\n"),
        ]),
        None,
    );
    let refused = |entries: &[(&str, &str)]| {
        let kept = [
            ("a/main.tf", "1\n"),
            ("b/main.tf", "1\n"),
            ("c", "1\n"),
            ("d/e", "1\n"),
        ];
        let replaced = |path: &str| {
            entries
                .iter()
                .any(|(new, _)| path.starts_with(new) || new.starts_with(path))
        };
        let all: Vec<_> = kept
            .into_iter()
            .filter(|(path, _)| !replaced(path))
            .chain(entries.iter().copied())
            .collect();
        place.refusals(&files(&all))
    };
    place.set("a/notes.txt", "mine\n");
    place.set("x/notes.txt", "mine\n");
    place.set("y", "mine\n");
    fs::create_dir(place.at("z")).unwrap();
    assert_eq!(
        refused(&[("a/notes.txt", "2\n")]),
        ["a file that meshc did not write stands in the way at `MESH/generated/a/notes.txt`"]
    );
    assert_eq!(
        refused(&[("y/main.tf", "2\n")]),
        ["a file stands in the way at `MESH/generated/y`"]
    );
    for (path, stranger) in [("x", "x/notes.txt"), ("a", "a/notes.txt"), ("z", "z")] {
        assert_eq!(
            refused(&[(path, "2\n")]),
            [format!(
                "something that meshc did not write, in a folder that has to become a file, \
                 stands in the way at `MESH/generated/{stranger}`"
            )]
        );
    }
    assert_eq!(
        place.refusals(&files(&[("c", "1\n"), ("c/d", "1\n")])),
        ["`c` cannot be a path: it is both a file and a folder"]
    );
    assert_eq!(
        place.refusals(&files(&[("../c", "1\n")])),
        ["`../c` cannot be a path: it has a `.` or `..`"]
    );
    assert_eq!(
        place.refusals(&files(&[("c", "1\n"), ("c", "1\n")])),
        ["`c` cannot be a path: two artifacts want it"]
    );
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_out_of_the_tree() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    place.build(&files(&[("a/b/main.tf", "1\n"), ("c", "1\n")]), None);
    let outside = place.mesh().join("outside");
    fs::create_dir_all(outside.join("b")).unwrap();
    fs::write(outside.join("b/main.tf"), "1\n").unwrap();
    fs::remove_dir_all(place.at("a")).unwrap();
    symlink(&outside, place.at("a")).unwrap();
    for set in [
        files(&[("a/b/main.tf", "2\n"), ("c", "1\n")]),
        files(&[("c", "1\n")]),
    ] {
        assert_eq!(
            place.refusals(&set),
            ["`MESH/generated/a` is a symbolic link"]
        );
    }
    fs::remove_file(place.at("a")).unwrap();
    fs::remove_file(place.at("c")).unwrap();
    symlink(outside.join("b/main.tf"), place.at("c")).unwrap();
    assert_eq!(
        place.refusals(&files(&[("c", "2\n")])),
        ["`MESH/generated/c` is a symbolic link"]
    );
    fs::remove_file(place.at("c")).unwrap();
    fs::remove_file(place.at(".manifest.json")).unwrap();
    symlink(outside.join("b/main.tf"), place.at(".manifest.json")).unwrap();
    assert_eq!(
        place.refusals(&files(&[("c", "2\n")])),
        ["`MESH/generated/.manifest.json` is a symbolic link"]
    );

    // The folder of the tree itself may be one: that is the user's own choice.
    let other = Place::new();
    fs::create_dir(other.mesh().join("elsewhere")).unwrap();
    symlink(other.mesh().join("elsewhere"), other.out()).unwrap();
    other.build(&files(OLD), None);
    assert!(other.mesh().join("elsewhere/dev/swap").is_file());
    assert_eq!(other.check(&files(OLD), None), []);
}

/// As far as the permissions bind this process: root may write everywhere, so there the wrapper
/// answers for the kernel.
#[test]
fn a_folder_that_may_not_be_written_to_is_named_first() {
    struct ReadOnlyBelow(PathBuf);
    impl Disk for ReadOnlyBelow {
        fn kind(&self, path: &Path) -> io::Result<Option<Kind>> {
            RealDisk.kind(path)
        }
        fn list(&self, folder: &Path) -> io::Result<Vec<(OsString, Kind)>> {
            RealDisk.list(folder)
        }
        fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
            RealDisk.read(path)
        }
        fn make_folder(&self, _: &Path) -> io::Result<()> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
        fn write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
        fn rename(&self, _: &Path, _: &Path) -> io::Result<()> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
        fn remove_file(&self, _: &Path) -> io::Result<()> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
        fn remove_folder(&self, _: &Path) -> io::Result<()> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
        fn sync_folder(&self, _: &Path) -> io::Result<()> {
            Ok(())
        }
        fn is_writable(&self, folder: &Path) -> io::Result<bool> {
            Ok(!folder.starts_with(&self.0))
        }
        fn hold(&self, folder: &Path) -> io::Result<Option<Held>> {
            RealDisk.hold(folder)
        }
        fn each(
            &self,
            count: usize,
            job: &(dyn Fn(usize) -> io::Result<()> + Sync),
        ) -> io::Result<()> {
            (0..count).try_for_each(job)
        }
    }
    let place = Place::new();
    place.build(&files(OLD), None);
    let new = files(NEW);
    let refusals = |below: &str| {
        let problems = place
            .plan(&ReadOnlyBelow(place.at(below)), &new, None)
            .unwrap_err();
        let shown = problems.iter().map(|p| {
            p.to_string()
                .replace(&place.mesh().display().to_string(), "MESH")
        });
        shown.collect::<Vec<_>>()
    };
    assert_eq!(
        refusals("dev/sales/aws/resources"),
        ["`MESH/generated/dev/sales/aws/resources` cannot be written to"]
    );
    assert_eq!(
        refusals("prod/swap/inner"),
        ["`MESH/generated/prod/swap/inner` cannot be written to"]
    );
    assert!(
        place
            .plan(&ReadOnlyBelow(place.at("dev/nothing")), &new, None)
            .is_ok()
    );
    // Reading the tree needs no permission.
    let old = files(OLD);
    assert!(
        place
            .plan(&ReadOnlyBelow(place.out().to_owned()), &old, None)
            .unwrap()
            .is_empty()
    );
}

/// What a write may leave: the old or the new tree, the lock with it.
struct Outcomes {
    old: BTreeMap<PathBuf, Vec<u8>>,
    new: BTreeMap<PathBuf, Vec<u8>>,
}

/// Runs one write from `old` to `new` under every fault, and recovers; returns how many operations
/// there were and how often the tree came out old and new.
fn enumerate(old: Option<&Files>, new: &Files, fault: fn(usize) -> Fault) -> (usize, usize, usize) {
    let start = |place: &Place| {
        if let Some(old) = old {
            place.build(old, Some("lock 1\n"));
        } else {
            fs::write(place.mesh().join("mesh.lock"), "lock 1\n").unwrap();
        }
        place.snapshot()
    };
    let reference = Place::new();
    let mut outcomes = Outcomes {
        old: start(&reference),
        new: BTreeMap::new(),
    };
    let disk = FaultyDisk::new(QuickDisk, Fault::Count);
    write::commit(
        &disk,
        &reference.plan(&disk, new, Some("lock 2\n")).unwrap(),
    )
    .unwrap();
    outcomes.new = reference.snapshot();
    let (operations, mut came_old, mut came_new) = (disk.operations(), 0, 0);
    for at in 1..=operations {
        let place = Place::new();
        start(&place);
        let disk = FaultyDisk::new(QuickDisk, fault(at));
        let written = match place.plan(&disk, new, Some("lock 2\n")) {
            Ok(plan) => write::commit(&disk, &plan).is_ok(),
            Err(_) => false,
        };
        assert!(
            disk.was_hit(),
            "operation {at} of {operations} was never reached"
        );
        assert!(!written, "operation {at} failed and nobody noticed");

        let recovery = write::recover(&QuickDisk, place.out(), Some(place.mesh())).unwrap();
        let after = place.snapshot();
        let is_new = after == outcomes.new;
        assert!(
            is_new || after == outcomes.old,
            "after operation {at} the tree is neither old nor new: {:?}",
            after.keys()
        );
        // Once the record is gone, everything is in place and only the stage is left to clear.
        assert!(is_new || recovery != Recovery::Completed, "operation {at}");
        assert_eq!(
            write::recover(&QuickDisk, place.out(), Some(place.mesh())).unwrap(),
            Recovery::Nothing
        );
        // Whatever happened, the next build works and ends in the same place.
        place.build(new, Some("lock 2\n"));
        assert_eq!(place.snapshot(), outcomes.new, "operation {at}");
        if is_new { came_new += 1 } else { came_old += 1 }
    }
    (operations, came_old, came_new)
}

#[test]
fn a_failure_at_any_operation_leaves_the_old_or_the_new_tree() {
    let (old, new) = (files(OLD), files(NEW));
    for (what, old) in [("change", Some(&old)), ("first write", None)] {
        for (how, fault) in [
            ("failing", Fault::Fail as fn(usize) -> Fault),
            ("crashing", Fault::Crash),
        ] {
            let (operations, came_old, came_new) = enumerate(old, &new, fault);
            eprintln!(
                "{what}, {how} at each of {operations} operations: {came_old} old, {came_new} new"
            );
            assert!(
                came_old > 20 && came_new > 20,
                "both sides of the commit are covered"
            );
        }
    }
}

#[test]
fn a_recovery_can_be_interrupted_at_any_operation_too() {
    let old = files(&[("a/x.tf", "old\n"), ("b", "a file\n"), ("c/y.tf", "gone\n")]);
    let new = files(&[("a/x.tf", "new\n"), ("b/z.tf", "a folder\n")]);
    let start = || {
        let place = Place::new();
        place.build(&old, Some("lock 1\n"));
        place
    };
    let reference = start();
    let before = reference.snapshot();
    let disk = FaultyDisk::new(QuickDisk, Fault::Count);
    write::commit(
        &disk,
        &reference.plan(&disk, &new, Some("lock 2\n")).unwrap(),
    )
    .unwrap();
    let (operations, after) = (disk.operations(), reference.snapshot());

    let mut pairs = 0;
    for at in 1..=operations {
        for second in 1.. {
            let place = start();
            let disk = FaultyDisk::new(QuickDisk, Fault::Crash(at));
            let _ = place
                .plan(&disk, &new, Some("lock 2\n"))
                .map(|plan| write::commit(&disk, &plan));
            let disk = FaultyDisk::new(QuickDisk, Fault::Crash(second));
            let first = write::recover(&disk, place.out(), Some(place.mesh()));
            if !disk.was_hit() {
                break;
            }
            assert!(first.is_err());
            write::recover(&QuickDisk, place.out(), Some(place.mesh())).unwrap();
            let found = place.snapshot();
            assert!(
                found == before || found == after,
                "crash at {at}, then at {second}"
            );
            pairs += 1;
        }
    }
    eprintln!("{pairs} pairs of interruptions");
    assert!(pairs > 1000);
}

/// A write that crashed after its commit.
fn committed(place: &Place, new: &Files, lock: &str) {
    for at in 1.. {
        let disk = FaultyDisk::new(QuickDisk, Fault::Crash(at));
        let _ = place
            .plan(&disk, new, Some(lock))
            .map(|plan| write::commit(&disk, &plan));
        if place.at(".meshc-stage/commit.json").exists() {
            return;
        }
        write::recover(&QuickDisk, place.out(), Some(place.mesh())).unwrap();
    }
}

#[test]
fn a_command_that_only_knows_the_mesh_completes_the_write() {
    let place = Place::new();
    place.build(&files(OLD), Some("lock 1\n"));
    committed(&place, &files(NEW), "lock 2\n");
    let nowhere = place.mesh().join("nowhere");
    assert_eq!(
        write::recover(&QuickDisk, &nowhere, Some(place.mesh())).unwrap(),
        Recovery::Completed
    );
    assert_eq!(place.check(&files(NEW), Some("lock 2\n")), []);
    assert!(!place.mesh().join(".meshc-stage").exists());
}

#[test]
fn a_tree_does_not_take_the_lock_of_another_mesh_with_it() {
    let place = Place::new();
    place.build(&files(OLD), Some("lock 1\n"));
    committed(&place, &files(NEW), "lock 2\n");
    let other = tempfile::tempdir().unwrap();
    for mesh in [None, Some(other.path())] {
        let error = write::recover(&QuickDisk, place.out(), mesh).unwrap_err();
        assert!(matches!(error, WriteError::OtherFolder { .. }), "{error}");
    }
    assert_eq!(fs::read_dir(other.path()).unwrap().count(), 0);
    assert_eq!(
        fs::read_to_string(place.mesh().join("mesh.lock")).unwrap(),
        "lock 1\n"
    );
    write::recover(&QuickDisk, place.out(), Some(place.mesh())).unwrap();
    assert_eq!(place.check(&files(NEW), Some("lock 2\n")), []);
}

#[test]
fn a_damaged_stage_is_reported_and_nothing_is_guessed() {
    let place = Place::new();
    place.build(&files(OLD), Some("lock 1\n"));
    committed(&place, &files(NEW), "lock 2\n");
    fs::write(place.at(".meshc-stage/mesh.lock"), "torn").unwrap();
    let error = write::recover(&QuickDisk, place.out(), Some(place.mesh())).unwrap_err();
    assert!(matches!(error, WriteError::Damaged { .. }), "{error}");
    fs::write(place.at(".meshc-stage/mesh.lock"), "lock 2\n").unwrap();
    fs::remove_file(place.at(".meshc-stage/new/prod/swap")).unwrap();
    let error = write::recover(&QuickDisk, place.out(), Some(place.mesh())).unwrap_err();
    assert!(matches!(error, WriteError::Damaged { .. }), "{error}");
    fs::write(place.at(".meshc-stage/commit.json"), "{").unwrap();
    let error = write::recover(&QuickDisk, place.out(), Some(place.mesh())).unwrap_err();
    assert!(matches!(error, WriteError::Unreadable { .. }), "{error}");
}

#[test]
fn two_writers_do_not_meet() {
    let place = Place::new();
    place.build(&files(OLD), Some("lock 1\n"));
    let new = files(NEW);
    let plan = place.plan(&QuickDisk, &new, Some("lock 2\n")).unwrap();
    let before = place.snapshot();
    for folder in [place.out(), place.mesh()] {
        let held = QuickDisk.hold(folder).unwrap().unwrap();
        let error = write::commit(&QuickDisk, &plan).unwrap_err();
        assert!(matches!(error, WriteError::Busy { .. }), "{error}");
        assert_eq!(place.snapshot(), before);
        drop(held);
    }
    // A stage that appeared since the plan belongs to somebody else.
    fs::create_dir(place.at(".meshc-stage")).unwrap();
    assert!(matches!(
        write::commit(&QuickDisk, &plan).unwrap_err(),
        WriteError::Busy { .. }
    ));
    let held = QuickDisk.hold(place.out()).unwrap().unwrap();
    let error = write::recover(&QuickDisk, place.out(), Some(place.mesh())).unwrap_err();
    assert!(matches!(error, WriteError::Busy { .. }), "{error}");
    drop(held);
    assert_eq!(
        write::recover(&QuickDisk, place.out(), Some(place.mesh())).unwrap(),
        Recovery::Cleared
    );
    write::commit(&QuickDisk, &plan).unwrap();
}

/// The real disk, with its threads and its waiting for the disk.
#[test]
fn a_larger_tree_is_written_in_parallel() {
    let place = Place::new();
    let many: Files = (0..400)
        .map(|n| {
            (
                format!("prod/d{}/aws/resources/{n}.tf", n % 40),
                printed(&format!("{n}\n"), "test"),
            )
        })
        .collect();
    let mut sorted = many.clone();
    sorted.sort_by(|(one, _), (other, _)| one.cmp(other));
    for set in [&many, &sorted] {
        let plan = place.plan(&RealDisk, set, Some("lock\n")).unwrap();
        write::commit(&RealDisk, &plan).unwrap();
        assert_eq!(place.check(set, Some("lock\n")), []);
    }
    assert!(
        place
            .plan(&RealDisk, &sorted, Some("lock\n"))
            .unwrap()
            .is_empty(),
        "the order of files does not matter"
    );
    let fewer: Files = sorted
        .into_iter()
        .filter(|(path, _)| !path.contains("/d7/"))
        .collect();
    let plan = place.plan(&RealDisk, &fewer, Some("lock\n")).unwrap();
    assert_eq!(plan.removed.len(), 10);
    write::commit(&RealDisk, &plan).unwrap();
    assert!(!place.at("prod/d7").exists());
    assert_eq!(place.check(&fewer, Some("lock\n")), []);
}
