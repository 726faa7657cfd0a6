//! ARCHITECTURE.md is the truth: folders, import directions, the table of codes, the templates.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The layers of ARCHITECTURE.md, the lowest first; a module imports from its own line or lines
/// above it, never below.
fn layers() -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let block = text
        .split("```layers\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    block
        .lines()
        .map(|line| line.split_whitespace().skip(1).map(str::to_owned).collect())
        .collect()
}

fn modules() -> BTreeSet<String> {
    std::fs::read_dir(root().join("src"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|name| !matches!(name.as_str(), "lib" | "main"))
        .collect()
}

fn rust_files(dir: &Path) -> Vec<std::path::PathBuf> {
    walkdir::WalkDir::new(dir)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "rs"))
        .collect()
}

/// Which modules a module's code names, tests inside it left out.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let src = root().join("src");
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in rust_files(&src) {
        let relative = file.strip_prefix(&src).unwrap();
        let first = relative
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_string_lossy()
            .into_owned();
        let module = first.trim_end_matches(".rs").to_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let names = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .flat_map(|line| {
                line.match_indices("crate::").map(|(at, _)| {
                    line[at + 7..]
                        .chars()
                        .take_while(|c| c.is_alphanumeric() || *c == '_')
                        .collect::<String>()
                })
            });
        imports.entry(module).or_default().extend(names);
    }
    imports
}

#[test]
fn top_level_folders_are_the_named_ones() {
    let allowed: BTreeSet<&str> = [
        "benches",
        "blueprints",
        "data",
        "docs",
        "examples",
        "generated",
        "policies",
        "src",
        "target",
        "templates",
        "testkit",
        "tests",
        "xtask",
    ]
    .into();
    for entry in std::fs::read_dir(root()).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().unwrap().is_dir() && !name.starts_with('.') {
            assert!(
                allowed.contains(name.as_str()),
                "the folder {name} is not one of the named ones"
            );
        }
    }
}

#[test]
fn every_module_is_in_the_layers_and_imports_only_upwards() {
    let layers = layers();
    let place = |module: &str| {
        layers
            .iter()
            .position(|line| line.iter().any(|name| name == module))
    };
    let listed: BTreeSet<String> = layers.iter().flatten().cloned().collect();
    let modules = modules();
    assert_eq!(
        listed, modules,
        "the layers of ARCHITECTURE.md and the folders of src differ"
    );
    for (module, names) in imports() {
        if matches!(module.as_str(), "lib" | "main") {
            continue;
        }
        for name in names
            .iter()
            .filter(|name| modules.contains(*name) && **name != module)
        {
            assert!(
                place(name) <= place(&module),
                "{module} imports {name}, which lies below it"
            );
        }
    }
}

#[test]
fn targets_do_not_import_each_other_or_the_blueprint_files() {
    let targets = root().join("src/targets");
    let names: Vec<String> = std::fs::read_dir(&targets)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert!(!names.is_empty());
    for name in &names {
        for file in rust_files(&targets.join(name)) {
            let text = std::fs::read_to_string(&file).unwrap();
            for other in names.iter().filter(|other| *other != name) {
                assert!(
                    !text.contains(&format!("targets::{other}")),
                    "{} imports the target {other}",
                    file.display()
                );
            }
            for forbidden in [
                "crate::mesh::Mesh",
                "crate::kinds",
                "std::fs",
                "std::process",
                "std::env",
            ] {
                assert!(
                    !text.contains(forbidden),
                    "{} uses {forbidden}",
                    file.display()
                );
            }
        }
    }
    let registered = std::fs::read_to_string(targets.join("mod.rs")).unwrap();
    for name in &names {
        assert!(
            registered.contains(&format!("&{name}::")),
            "the target {name} is not in TARGETS"
        );
    }
}

#[test]
fn some_crates_have_one_importer() {
    for (krate, owner) in [
        ("tera", "src/template"),
        ("regorus", "src/check"),
        ("saphyr_parser", "src/yaml"),
    ] {
        for file in rust_files(&root().join("src")) {
            let relative = file
                .strip_prefix(root())
                .unwrap()
                .to_string_lossy()
                .into_owned();
            let text = std::fs::read_to_string(&file).unwrap();
            let uses =
                text.contains(&format!("use {krate}::")) || text.contains(&format!(" {krate}::"));
            assert!(
                !uses || relative.starts_with(owner),
                "{relative} uses {krate}, which is {owner}'s business"
            );
        }
    }
}

#[test]
fn one_place_starts_processes() {
    for file in rust_files(&root().join("src")) {
        let relative = file.strip_prefix(root()).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        let starts = text.contains("process::Command") || text.contains("Command::new(");
        assert!(
            !starts || relative.starts_with("src/runner"),
            "{} starts a process, which is src/runner's business",
            relative.display()
        );
    }
}

#[test]
fn every_code_is_unique_and_has_a_page() {
    let mut seen = BTreeSet::new();
    for code in meshc::diag::code::ALL {
        assert!(seen.insert(code.id()), "{} is given twice", code.id());
        let page = root().join("docs/errors").join(format!("{}.md", code.id()));
        let text = std::fs::read_to_string(&page)
            .unwrap_or_else(|_| panic!("{} has no page {}", code.id(), page.display()));
        assert!(
            text.starts_with(&format!("# {}: {}\n", code.id(), code.name())),
            "{} has another title",
            page.display()
        );
    }
}
