//! The policy suite: every rule has tests, and every test of every rule holds.

use std::collections::BTreeSet;
use std::path::Path;

use meshc::check::Suite;

fn policy_files() -> Vec<(String, String)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    walkdir::WalkDir::new(&dir)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().extension().is_some_and(|ext| ext == "rego"))
        .map(|entry| {
            let path = entry
                .path()
                .strip_prefix(&dir)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            (path, std::fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn every_rule_has_metadata_and_tests_that_pass_and_fail_it() {
    let suite = Suite::embedded().unwrap();
    assert!(suite.rules().len() >= 6);
    let files = policy_files();
    let mut engine = regorus::Engine::new();
    engine.set_strict_builtin_errors(true);
    for (path, text) in &files {
        engine.add_policy(path.clone(), text.clone()).unwrap();
    }
    let mut run = 0;
    for rule in suite.rules() {
        assert!(rule.id.starts_with("MESH-"), "{}", rule.path);
        assert!(
            !rule.title.is_empty() && !rule.description.is_empty() && !rule.remediation.is_empty(),
            "{}",
            rule.path
        );
        let test_path = rule.path.replace(".rego", "_test.rego");
        let (_, text) = files
            .iter()
            .find(|(path, _)| *path == test_path)
            .unwrap_or_else(|| panic!("{} has no tests", rule.path));
        let names: BTreeSet<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("test_"))
            .filter_map(|rest| rest.split(' ').next())
            .collect();
        let denies = text.contains("count(rule.deny) == 1")
            || text.contains(".deny == {{")
            || text.contains("deny) == 1");
        assert!(
            denies && text.contains("deny) == 0"),
            "{test_path} needs a case that is denied and one that is not"
        );
        for name in names {
            let query = format!(
                "data.{}_test.test_{name}",
                rule.package.trim_start_matches("data.")
            );
            let value = engine
                .eval_rule(query.clone())
                .unwrap_or_else(|error| panic!("{query}: {error}"));
            assert_eq!(value, regorus::Value::Bool(true), "{query}");
            run += 1;
        }
    }
    println!("policy tests run: {run}");
    assert!(run >= 25, "only {run} tests ran");
}

#[test]
fn the_virtual_machine_and_the_interpreter_agree() {
    let dir = crate::golden::copy_example("minimal");
    let compiled = crate::support::compile(dir.path());
    let suite = Suite::embedded().unwrap();
    let findings = meshc::check::check(&compiled, &suite).unwrap();
    let mut engine = regorus::Engine::new();
    for (path, text) in policy_files()
        .into_iter()
        .filter(|(path, _)| !path.ends_with("_test.rego"))
    {
        engine.add_policy(path, text).unwrap();
    }
    let mut interpreted = 0;
    for cell in meshc::check::inputs(&compiled) {
        engine.set_input(cell.value.clone());
        for rule in suite.rules() {
            let value = engine.eval_rule(format!("{}.deny", rule.package)).unwrap();
            interpreted += value.as_set().unwrap().len();
        }
    }
    assert_eq!((findings.len(), interpreted), (0, 0));
}

#[test]
fn what_is_kept_of_a_cell_changes_neither_text_nor_findings() {
    use meshc::diag::Diagnostics;
    use meshc::pipeline::{self, Keep, Wishes};
    use meshc::source::SourceMap;
    use meshc::source::load::MeshDir;
    use meshc::template::Templates;

    let place = crate::golden::copy_example("minimal");
    // One finding, so that there is something to compare.
    let path = place.path().join("domains/support.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let fresh = text.replace("retention: ", "retention: 9");
    assert_ne!(text, fresh);
    std::fs::write(&path, fresh).unwrap();
    let dir = MeshDir {
        path: place.path().to_owned(),
        shown: "mesh".into(),
    };
    let suite = Suite::embedded().unwrap();
    let mut texts = Vec::new();
    let mut findings = Vec::new();
    for keep in [
        Keep::Everything,
        Keep::Primitives,
        Keep::Text,
        Keep::Nothing,
    ] {
        let (mut map, mut out) = (SourceMap::default(), Diagnostics::default());
        let (files, lock) = pipeline::read(&dir, &mut map, &mut out);
        let templates = Templates::embedded(&mut map, &mut out);
        let run = meshc::check::Run::start(&suite).unwrap();
        let look = |mesh: &_, cell: &_, made: &[_]| run.look(mesh, cell, made);
        let wishes = Wishes {
            look: Some(&look),
            ..Wishes::keeping(keep)
        };
        let compiled =
            pipeline::compile_as_wished(&map, &files, lock, &templates, &wishes, &mut out).unwrap();
        assert_eq!(compiled.artifacts.is_empty(), keep < Keep::Everything);
        assert_eq!(
            compiled.primitives.cells.is_empty(),
            keep < Keep::Primitives
        );
        if keep == Keep::Everything {
            findings.push(meshc::check::check(&compiled, &suite).unwrap());
        }
        if keep > Keep::Nothing {
            let printed = compiled.printed.into_iter();
            texts.push(
                printed
                    .map(|(path, file)| (path, file.text))
                    .collect::<Vec<_>>(),
            );
        }
        findings.push(run.findings().unwrap());
    }
    assert!(!findings[0].is_empty() && texts[0].len() > 50);
    assert!(findings.windows(2).all(|pair| pair[0] == pair[1]));
    assert!(texts.windows(2).all(|pair| pair[0] == pair[1]));
}
