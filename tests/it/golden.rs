//! Golden trees: each shipped example compiles to exactly what is committed under `generated/`,
//! so that a pull request shows the output. `UPDATE=1 cargo test --test it golden` rewrites them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The examples with a golden tree.
const EXAMPLES: &[&str] = &["minimal", "retail"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn meshc() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshc"));
    command.current_dir(root());
    command
}

/// Every file below a folder, by path; foreign files of tools are none of ours.
pub(crate) fn tree(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    walkdir::WalkDir::new(dir)
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry
                .path()
                .strip_prefix(dir)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            (path, std::fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// A copy of an example, so that building it leaves the checkout alone.
pub(crate) fn copy_example(name: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, bytes) in tree(&root().join("examples").join(name)) {
        if path.starts_with("generated/") {
            continue;
        }
        let to = dir.path().join(&path);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::write(to, bytes).unwrap();
    }
    dir
}

fn build(mesh: &Path, out: &Path) {
    let output = meshc()
        .arg("build")
        .arg(mesh)
        .arg("--out")
        .arg(out)
        .args(["--as-of", "2026-11-25"])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn examples_compile_to_their_golden_trees() {
    let update = std::env::var_os("UPDATE").is_some();
    for name in EXAMPLES {
        let mesh = copy_example(name);
        let out = tempfile::tempdir().unwrap();
        let out = out.path().join("tree");
        build(mesh.path(), &out);
        let golden: PathBuf = root().join("generated").join(name);
        let lock = root().join("examples").join(name).join("mesh.lock");
        if update {
            let _ = std::fs::remove_dir_all(&golden);
            for (path, bytes) in tree(&out) {
                let to = golden.join(path);
                std::fs::create_dir_all(to.parent().unwrap()).unwrap();
                std::fs::write(to, bytes).unwrap();
            }
            std::fs::copy(mesh.path().join("mesh.lock"), &lock).unwrap();
        }
        let (made, committed) = (tree(&out), tree(&golden));
        let paths = |tree: &BTreeMap<String, Vec<u8>>| tree.keys().cloned().collect::<Vec<_>>();
        assert_eq!(
            paths(&made),
            paths(&committed),
            "{name}: run with UPDATE=1 and review the difference"
        );
        for (path, bytes) in &made {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            assert_eq!(
                text(bytes),
                text(&committed[path]),
                "{name}/{path}: run with UPDATE=1 and review the difference"
            );
        }
        assert_eq!(
            std::fs::read(mesh.path().join("mesh.lock")).unwrap(),
            std::fs::read(lock).unwrap(),
            "{name}: mesh.lock"
        );
    }
}

#[test]
fn a_second_build_touches_nothing_and_check_agrees() {
    for name in EXAMPLES {
        a_second_build_of(name);
    }
}

fn a_second_build_of(name: &str) {
    let mesh = copy_example(name);
    let out = tempfile::tempdir().unwrap();
    let out = out.path().join("tree");
    build(mesh.path(), &out);
    let times = |dir: &Path| -> BTreeMap<PathBuf, std::time::SystemTime> {
        walkdir::WalkDir::new(dir)
            .into_iter()
            .map(|entry| entry.unwrap().into_path())
            .map(|path| {
                (
                    path.clone(),
                    std::fs::metadata(path).unwrap().modified().unwrap(),
                )
            })
            .collect()
    };
    let (tree_before, mesh_before) = (times(&out), times(mesh.path()));
    build(mesh.path(), &out);
    assert_eq!(times(&out), tree_before);
    assert_eq!(times(mesh.path()), mesh_before);

    let check = |mesh: &Path| {
        meshc()
            .arg("build")
            .arg(mesh)
            .arg("--out")
            .arg(&out)
            .arg("--check")
            .output()
            .unwrap()
            .status
            .code()
    };
    assert_eq!(check(mesh.path()), Some(0));
    let file = mesh.path().join("domains/sales.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    // A comment above everything moves every line: artifacts stay, provenance does not.
    std::fs::write(&file, format!("# moved\n{text}")).unwrap();
    assert_eq!(check(mesh.path()), Some(2));
    std::fs::write(&file, text.replace("retention: 730d", "retention: 729d")).unwrap();
    assert_eq!(check(mesh.path()), Some(2));
    std::fs::write(&file, &text).unwrap();
    assert_eq!(check(mesh.path()), Some(0));
    let one = tree(&out)
        .into_keys()
        .find(|path| path.ends_with("resources/main.tf"))
        .unwrap();
    let path = out.join(one);
    let original = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{original}# by hand\n")).unwrap();
    assert_eq!(check(mesh.path()), Some(2));
}

#[test]
fn the_order_of_files_and_the_folder_do_not_matter() {
    for name in EXAMPLES {
        let (one, other) = (copy_example(name), copy_example(name));
        let out = tempfile::tempdir().unwrap();
        build(one.path(), &out.path().join("one"));
        build(other.path(), &out.path().join("other"));
        assert_eq!(
            tree(&out.path().join("one")),
            tree(&out.path().join("other"))
        );
    }
}

#[test]
fn the_starters_are_the_examples() {
    for name in EXAMPLES {
        let mut example = tree(&root().join("examples").join(name));
        example.retain(|path, _| {
            !path.starts_with("generated/") && path != "mesh.lock" && !path.starts_with(".meshc/")
        });
        assert_eq!(
            tree(&root().join("blueprints").join(name)),
            example,
            "{name}"
        );
    }
}
