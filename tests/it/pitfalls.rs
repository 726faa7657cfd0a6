//! `examples/pitfalls`: every file has exactly the finding that its page says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use meshc::check::{Suite, foreign, judge};
use meshc::source::SourceMap;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/pitfalls")
}

/// File and rule of every row of the page's table.
fn page() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(folder().join("README.md")).unwrap();
    text.lines()
        .filter_map(|line| line.strip_prefix("| [`row-"))
        .map(|row| {
            let (file, rest) = row.split_once('`').unwrap();
            let rule = rest.split('`').nth(1).unwrap();
            (format!("row-{file}"), rule.to_owned())
        })
        .collect()
}

#[test]
fn every_pitfall_has_exactly_its_finding() {
    let suite = Suite::embedded().unwrap();
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == "README.md" {
            continue;
        }
        let tree = meshc::artifact::read(&path).unwrap();
        assert!(tree.problems.is_empty(), "{name}: {:?}", tree.problems);
        let mut map = SourceMap::default();
        let cells = foreign::inputs(&tree, &folder(), &mut map, None);
        let findings = judge(&cells, &suite).unwrap();
        assert_eq!(findings.len(), 1, "{name}: {findings:#?}");
        let place = map.place(findings[0].primary().unwrap());
        assert!(place.contains(&name), "{name}: {place}");
        found.insert(name, findings[0].rule.clone());
    }
    assert_eq!(found, page());
    println!("pitfalls judged: {}", found.len());
}
