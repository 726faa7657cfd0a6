//! The shortcut of `build` beside the whole work: whatever happened to a mesh, its tree or what is remembered of
//! it, both say and do the same.
//!
//! The whole work is the same program on a copy of the folder from which everything remembered was removed.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use meshc::artifact::write::index::Index;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::golden::copy_example;

/// A day on which one right of the example has ended, so that there is a warning to be repeated.
const DAY: &str = "2027-07-15";

/// How many sequences of events are tried.
const CASES: u32 = 16;

/// A folder with a mesh in `mesh`, and its tree in `mesh/generated`.
struct Place(tempfile::TempDir);

impl Place {
    /// A mesh that was built once.
    fn built() -> Self {
        let place = Self::new();
        place.run(&["build", "mesh", "--as-of", DAY]);
        assert!(
            place.index().is_file(),
            "nothing was remembered in {}",
            place.index().display()
        );
        place
    }

    fn new() -> Self {
        let place = Self(testkit::memory::folder().unwrap());
        let example = copy_example("minimal");
        copy(example.path(), &place.path("mesh"));
        place
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn tree(&self, below: &str) -> PathBuf {
        self.path("mesh/generated").join(below)
    }

    /// The one index of the mesh.
    fn index(&self) -> PathBuf {
        let folder = self.path("mesh/.meshc/trees");
        fs::read_dir(&folder)
            .ok()
            .and_then(|mut names| Some(names.next()?.unwrap().path()))
            .unwrap_or(folder)
    }

    /// A link that leads to the same place in a copy of the folder.
    fn link(&self, to: &Path, at: &Path) {
        let below = |path: &Path| path.strip_prefix(self.0.path()).unwrap().to_owned();
        let up = below(at).components().count() - 1;
        let relative: PathBuf = std::iter::repeat_n(Path::new(".."), up).collect();
        symlink(relative.join(below(to)), at).unwrap();
    }

    /// The same folder somewhere else, without anything remembered.
    fn forgetful(&self) -> Self {
        let other = Self(testkit::memory::folder().unwrap());
        copy(self.0.path(), other.0.path());
        let state = other.path("mesh/.meshc");
        match fs::symlink_metadata(&state) {
            Ok(found) if found.is_dir() => fs::remove_dir_all(&state).unwrap(),
            Ok(_) => fs::remove_file(&state).unwrap(),
            Err(_) => {}
        }
        other
    }

    fn run(&self, words: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_meshc"))
            .args(words)
            .current_dir(self.0.path())
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        // Messages of the system may name the folder.
        format!(
            "exit {:?}\n{}\n--\n{}",
            output.status.code(),
            text(&output.stdout),
            text(&output.stderr)
        )
        .replace(&*self.0.path().to_string_lossy(), "HERE")
    }

    /// Every file and link of the folder, what is remembered left out.
    fn content(&self) -> Vec<(PathBuf, String)> {
        walkdir::WalkDir::new(self.0.path())
            .sort_by_file_name()
            .into_iter()
            .map(|entry| entry.unwrap())
            .filter(|entry| {
                !entry
                    .path()
                    .components()
                    .any(|part| part.as_os_str() == ".meshc")
            })
            .map(|entry| {
                let path = entry.path().strip_prefix(self.0.path()).unwrap().to_owned();
                let what = if entry.file_type().is_symlink() {
                    format!("-> {}", fs::read_link(entry.path()).unwrap().display())
                } else if entry.file_type().is_dir() {
                    "folder".to_owned()
                } else {
                    String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned()
                };
                (
                    path,
                    what.replace(&*self.0.path().to_string_lossy(), "HERE"),
                )
            })
            .collect()
    }
}

/// Copies a folder with links and times, as `cp -a`.
fn copy(from: &Path, to: &Path) {
    let done = Command::new("cp")
        .arg("-aT")
        .arg(from)
        .arg(to)
        .status()
        .unwrap();
    assert!(done.success());
}

/// Inode, times and mode of everything below a folder.
fn stamps(dir: &Path) -> Vec<(PathBuf, u64, i64, i64, i64, i64, u32)> {
    walkdir::WalkDir::new(dir)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| {
            let entry = entry.unwrap();
            let found = entry.metadata().unwrap();
            (
                entry.into_path(),
                found.ino(),
                found.mtime(),
                found.mtime_nsec(),
                found.ctime(),
                found.ctime_nsec(),
                found.mode(),
            )
        })
        .collect()
}

#[test]
fn a_second_build_touches_nothing_and_says_what_the_whole_work_says() {
    let place = Place::built();
    let before = stamps(place.0.path());
    for words in [
        vec!["build", "mesh", "--as-of", DAY],
        vec!["build", "mesh", "--as-of", DAY, "--check"],
        vec!["build", "mesh", "--as-of", DAY, "--format", "json"],
        vec![
            "build", "mesh", "--as-of", DAY, "--check", "--format", "json",
        ],
        vec!["build", "mesh", "--as-of", DAY, "--quiet"],
        vec!["build", "mesh", "--as-of", DAY, "--color", "always"],
        vec!["build", "mesh", "--as-of", "2029-01-01"],
    ] {
        let said = place.run(&words);
        assert_eq!(said, place.forgetful().run(&words), "{words:?}");
        assert_eq!(before, stamps(place.0.path()), "{words:?}");
    }
    assert!(
        place
            .run(&["build", "mesh", "--as-of", DAY])
            .contains("expired")
    );
}

/// Puts other words into the index: if they come back, the shortcut was taken.
fn mark(place: &Place) {
    let path = place.index();
    let index = Index::read(&path).unwrap();
    let note = index.note().replace("\"domains\":2", "\"domains\":777");
    assert!(note.contains("777"), "{note}");
    let draft = path.with_extension("test");
    fs::write(&draft, "").unwrap();
    index.with_note(note).write(&draft, &path).unwrap();
}

fn shortcut(place: &Place, words: &[&str]) -> bool {
    place.run(words).contains("777 domains")
}

#[test]
fn the_shortcut_is_taken_only_where_everything_is_the_same() {
    let build: &[&str] = &["build", "mesh", "--as-of", DAY];
    let place = Place::built();
    mark(&place);
    assert!(shortcut(&place, build));
    // What only looks changed is read: a copy of a file, another time, other permissions, a stranger beside it.
    let manifest = place.tree(".manifest.json");
    let text = fs::read(&manifest).unwrap();
    fs::remove_file(&manifest).unwrap();
    fs::write(&manifest, text).unwrap();
    fs::write(place.tree("notes.txt"), "mine").unwrap();
    assert!(shortcut(&place, build));
    // The same rights have ended on these days, and other ones on those.
    assert!(shortcut(
        &place,
        &["build", "mesh", "--as-of", "2027-07-01"]
    ));
    assert!(!shortcut(
        &place,
        &["build", "mesh", "--as-of", "2027-06-30"]
    ));
    // That build remembered its own day; a part of a mesh is never remembered, and reads nothing of it.
    mark(&place);
    assert!(shortcut(
        &place,
        &["build", "mesh", "--as-of", "2027-06-30"]
    ));
    for words in [
        ["build", "mesh", "--as-of", "2027-06-30", "--env", "dev"],
        [
            "build",
            "mesh",
            "--as-of",
            "2027-06-30",
            "--domain",
            "sales",
        ],
        ["build", "mesh", "--as-of", "2027-06-30", "--target", "aws"],
        [
            "build",
            "mesh",
            "--as-of",
            "2027-06-30",
            "--templates",
            "mesh",
        ],
    ] {
        assert!(!shortcut(&place, &words), "{words:?}");
    }
}

/// Rules may count the days until something ends, and a share ends like a right: until everything has ended, a
/// build of yesterday says nothing about today.
#[test]
fn what_depends_on_the_day_is_said_as_of_that_day() {
    let place = Place::new();
    let edit = |file: &str, from: &str, to: &str| {
        let path = place.path(file);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{from} in {file}");
        fs::write(&path, text.replace(from, to)).unwrap();
    };
    edit(
        "mesh/domains/support.yaml",
        "until: 2027-06-30",
        "until: 2030-06-30",
    );
    edit(
        "mesh/domains/sales.yaml",
        "until: 2027-06-30}\n      - {group: sales-analysts, can: [read]}\n",
        "until: 2027-06-30}\n      - {group: sales-analysts, can: [read]}\n    grants:\n      \
         - {share: {snowflake: ACME.PARTNER}, columns: [day, revenue], purpose: Plan, ticket: DATA-9, until: 2028-01-31}\n",
    );
    let first = place.run(&["build", "mesh", "--as-of", DAY]);
    assert!(first.contains("MESH-ACC-007"), "{first}");
    for day in [
        DAY,
        "2027-07-16",
        "2028-01-31",
        "2028-02-01",
        "2028-07-01",
        "2031-01-01",
    ] {
        for words in [
            vec!["build", "mesh", "--as-of", day],
            vec!["build", "mesh", "--as-of", day, "--check"],
        ] {
            let whole = place.forgetful().run(&words);
            assert_eq!(place.run(&words), whole, "{words:?}");
        }
    }
}

#[test]
fn a_flipped_bit_anywhere_is_no_index() {
    let place = Place::built();
    let path = place.index();
    let good = fs::read(&path).unwrap();
    assert!(Index::read(&path).is_some());
    let bad = place.path("bad");
    for at in (0..good.len())
        .step_by(good.len() / 200 + 1)
        .chain([0, good.len() - 1])
    {
        for bit in [1, 128] {
            let mut bytes = good.clone();
            bytes[at] ^= bit;
            fs::write(&bad, bytes).unwrap();
            assert_eq!(Index::read(&bad), None, "byte {at}");
        }
        fs::write(&bad, &good[..at]).unwrap();
        assert_eq!(Index::read(&bad), None, "{at} bytes");
    }
    fs::write(&bad, [good.as_slice(), b"x"].concat()).unwrap();
    assert_eq!(Index::read(&bad), None);
}

#[test]
fn an_edit_within_the_tick_of_the_build_is_seen() {
    // Built and edited as fast as can be, with the same size and the old times: only the time of the last change
    // of any kind can tell, and only where the clock has moved on; else the file has to be read.
    for _ in 0..8 {
        let place = Place::built();
        let path = first_file(&place);
        same_size_edit(&path, None);
        let said = place.run(&["build", "mesh", "--as-of", DAY, "--check"]);
        assert!(said.starts_with("exit Some(2)"), "{said}");
    }
}

fn first_file(place: &Place) -> PathBuf {
    file(place, 0)
}

/// One of the files of the tree.
fn file(place: &Place, pick: usize) -> PathBuf {
    let all: Vec<PathBuf> = walkdir::WalkDir::new(place.tree(""))
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    all[pick % all.len()].clone()
}

/// Changes one letter and puts a time back: the old one, or one long ago as of a clock that was moved back.
fn same_size_edit(path: &Path, time: Option<SystemTime>) {
    let old = fs::metadata(path).unwrap().modified().unwrap();
    let mut bytes = fs::read(path).unwrap();
    let at = bytes.iter().position(u8::is_ascii_lowercase).unwrap();
    bytes[at] = if bytes[at] == b'q' { b'z' } else { b'q' };
    fs::write(path, bytes).unwrap();
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(time.unwrap_or(old)).unwrap();
}

/// What may happen between two builds.
#[derive(Debug, Clone, Copy)]
enum Event {
    SameSizeEdit(usize),
    ClockMovedBack(usize),
    Touch(usize),
    Mode(usize),
    Delete(usize),
    Grow(usize),
    NewInode(usize),
    LinkInstead(usize),
    FolderLink,
    Stranger,
    StrangerOfTerraform,
    EmptyFolder,
    Manifest,
    Provenance,
    LockEdited,
    LockGone,
    LockLink,
    LockSpaces,
    MeshComment,
    DomainEdited,
    DomainGone,
    DomainNew,
    TemplateNew,
    TemplateBroken,
    TemplateEdited,
    IndexFlipped(usize),
    IndexCut(usize),
    IndexGone,
    IndexOfAnother,
    IndexFolder,
    StateFile,
    Rebuild,
    RebuildOfPart,
}

fn events() -> impl Strategy<Value = Event> {
    let any = 0..10_000_usize;
    prop_oneof![
        6 => any.clone().prop_map(Event::SameSizeEdit),
        3 => any.clone().prop_map(Event::ClockMovedBack),
        3 => any.clone().prop_map(Event::Touch),
        2 => any.clone().prop_map(Event::Mode),
        3 => any.clone().prop_map(Event::Delete),
        2 => any.clone().prop_map(Event::Grow),
        2 => any.clone().prop_map(Event::NewInode),
        2 => any.clone().prop_map(Event::LinkInstead),
        2 => any.clone().prop_map(Event::IndexFlipped),
        2 => any.prop_map(Event::IndexCut),
        20 => prop::sample::select(vec![
            Event::FolderLink, Event::Stranger, Event::StrangerOfTerraform, Event::EmptyFolder, Event::Manifest,
            Event::Provenance, Event::LockEdited, Event::LockGone, Event::LockLink, Event::LockSpaces,
            Event::MeshComment, Event::DomainEdited, Event::DomainGone, Event::DomainNew, Event::TemplateNew,
            Event::TemplateBroken, Event::TemplateEdited, Event::IndexGone, Event::IndexOfAnother,
            Event::IndexFolder, Event::StateFile,
        ]),
        6 => Just(Event::Rebuild),
        2 => Just(Event::RebuildOfPart),
    ]
}

const TEMPLATE: &str = "mesh/templates/aws/storage.tf.tera";

fn happen(place: &Place, event: Event) {
    let edit = |path: &str, change: &dyn Fn(String) -> String| {
        let path = place.path(path);
        if let Ok(text) = fs::read_to_string(&path) {
            fs::write(path, change(text)).unwrap();
        }
    };
    let template = |text: &str| {
        let path = place.path(TEMPLATE);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let embedded = || {
        meshc::template::embedded_text("aws/storage")
            .unwrap()
            .to_owned()
    };
    match event {
        Event::SameSizeEdit(pick) => same_size_edit(&file(place, pick), None),
        Event::ClockMovedBack(pick) => {
            let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
            same_size_edit(&file(place, pick), Some(long_ago));
        }
        Event::Touch(pick) => {
            let file = File::options().write(true).open(file(place, pick)).unwrap();
            file.set_modified(SystemTime::now() + Duration::from_secs(pick as u64))
                .unwrap();
        }
        Event::Mode(pick) => {
            fs::set_permissions(file(place, pick), Permissions::from_mode(0o600)).unwrap();
        }
        Event::Delete(pick) => fs::remove_file(file(place, pick)).unwrap(),
        Event::Grow(pick) => {
            let path = file(place, pick);
            let text = [fs::read(&path).unwrap(), b"\n".to_vec()].concat();
            fs::write(path, text).unwrap();
        }
        Event::NewInode(pick) => {
            let path = file(place, pick);
            let beside = place.path("beside");
            fs::copy(&path, &beside).unwrap();
            fs::rename(beside, path).unwrap();
        }
        Event::LinkInstead(pick) => {
            let path = file(place, pick);
            let moved = place.path("moved");
            fs::rename(&path, &moved).unwrap();
            place.link(&moved, &path);
        }
        Event::FolderLink => {
            let (here, there) = (place.tree("dev"), place.path("dev"));
            if fs::symlink_metadata(&here).is_ok_and(|found| found.is_dir()) && !there.exists() {
                fs::rename(&here, &there).unwrap();
                place.link(&there, &here);
            }
        }
        Event::Stranger => fs::write(place.tree("dev/stray.tf"), "# mine\n").unwrap_or_default(),
        Event::StrangerOfTerraform => {
            let folder = place.tree(".terraform");
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("x"), "theirs").unwrap();
        }
        Event::EmptyFolder => fs::create_dir_all(place.tree("empty")).unwrap(),
        Event::Manifest => same_size_edit(&place.tree(".manifest.json"), None),
        Event::Provenance => same_size_edit(&place.tree(".provenance.json"), None),
        Event::LockEdited => edit("mesh/mesh.lock", &|text| text.replacen("acme-", "acmf-", 1)),
        Event::LockGone => fs::remove_file(place.path("mesh/mesh.lock")).unwrap_or_default(),
        Event::LockLink => {
            let (here, there) = (place.path("mesh/mesh.lock"), place.path("lock"));
            if fs::symlink_metadata(&here).is_ok_and(|found| found.is_file()) {
                fs::rename(&here, &there).unwrap();
                place.link(&there, &here);
            }
        }
        Event::LockSpaces => edit("mesh/mesh.lock", &|text| text.replacen("  ", "   ", 1)),
        Event::MeshComment => edit("mesh/mesh.yaml", &|text| format!("# said later\n{text}")),
        Event::DomainEdited => edit("mesh/domains/sales.yaml", &|text| {
            text.replace("retention: 365d", "retention: 366d")
        }),
        Event::DomainGone => {
            fs::remove_file(place.path("mesh/domains/support.yaml")).unwrap_or_default();
        }
        Event::DomainNew => fs::write(place.path("mesh/domains/new.yaml"), "x: 1\n").unwrap(),
        Event::TemplateNew => template(&embedded()),
        Event::TemplateBroken => template("{{ x }}"),
        Event::TemplateEdited => template(&format!("# mine\n{}", embedded())),
        Event::IndexFlipped(at) => {
            let path = place.index();
            if let Ok(mut bytes) = fs::read(&path)
                && !bytes.is_empty()
            {
                let at = at % bytes.len();
                bytes[at] ^= 4;
                fs::write(path, bytes).unwrap();
            }
        }
        Event::IndexCut(at) => {
            let path = place.index();
            if let Ok(bytes) = fs::read(&path) {
                fs::write(path, &bytes[..at.min(bytes.len())]).unwrap();
            }
        }
        Event::IndexGone => fs::remove_file(place.index()).unwrap_or_default(),
        Event::IndexOfAnother => {
            // The same mesh, built somewhere else.
            let other = Place::built();
            if place.index().is_file() {
                fs::copy(other.index(), place.index()).unwrap();
            }
        }
        Event::IndexFolder => {
            let path = place.index();
            if path.is_file() {
                fs::remove_file(&path).unwrap();
                fs::create_dir(&path).unwrap();
            }
        }
        Event::StateFile => {
            let state = place.path("mesh/.meshc");
            if state.is_dir() {
                fs::remove_dir_all(&state).unwrap();
                fs::write(&state, "no folder").unwrap();
            }
        }
        Event::Rebuild => {
            place.run(&["build", "mesh", "--as-of", DAY]);
        }
        Event::RebuildOfPart => {
            place.run(&["build", "mesh", "--as-of", DAY, "--env", "dev"]);
        }
    }
}

#[test]
fn whatever_happened_both_ways_say_and_do_the_same() {
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    // The same sequences in every run.
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(config, random);
    let days = prop::sample::select(vec![DAY, DAY, DAY, "2027-06-30", "2026-11-25"]);
    let (mut told, mut refused) = (0, 0);
    let strategy = (prop::collection::vec(events(), 1..4), days);
    for _ in 0..CASES {
        let (list, day) = strategy.new_tree(&mut runner).unwrap().current();
        let place = Place::built();
        for event in &list {
            // A file that went is nothing that can be edited again.
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                happen(&place, *event);
            }));
            if done.is_err() {
                break;
            }
        }
        for words in [
            &["build", "mesh", "--as-of", day, "--check"] as &[&str],
            &[
                "build", "mesh", "--as-of", day, "--check", "--format", "json",
            ],
            &["build", "mesh", "--as-of", day],
        ] {
            let other = place.forgetful();
            let (quick, whole) = (place.run(words), other.run(words));
            assert_eq!(quick, whole, "{list:?} {words:?}");
            let (here, there) = (place.content(), other.content());
            let one_sided: Vec<_> = here
                .iter()
                .filter(|entry| !there.contains(entry))
                .chain(there.iter().filter(|entry| !here.contains(entry)))
                .map(|(path, _)| path)
                .collect();
            assert!(one_sided.is_empty(), "{list:?} {words:?}: {one_sided:?}");
            told += 1;
            refused += usize::from(!quick.starts_with("exit Some(0)"));
        }
    }
    println!("states compared: {told}, of them not fine: {refused}");
    assert!(refused > 5 && told - refused > 5);
}
