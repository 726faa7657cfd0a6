//! The policy suite: every rule has tests, and every test of every rule holds.

use std::collections::BTreeSet;
use std::path::Path;

use meshc::check::{CellInput, Suite};
use serde_json::json;
use testkit::mesh_generator::{self, Size};

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
    assert!(suite.rules().len() >= 24);
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
    assert!(run >= 180, "only {run} tests ran");
}

/// Every input that a test of a rule judges, with the rule's package: what stands behind
/// `with input as` up to the end of the line, as a rule of its own in the test's package.
fn judged_inputs(files: &[(String, String)]) -> Vec<(String, regorus::Value)> {
    let mut engine = regorus::Engine::new();
    let mut cases = Vec::new();
    for (path, text) in files {
        let mut text = text.clone();
        let package = text
            .lines()
            .find_map(|line| line.strip_prefix("package "))
            .unwrap()
            .to_owned();
        if let Some(rule) = package.strip_suffix("_test") {
            let inputs: Vec<String> = text
                .lines()
                .filter_map(|line| line.split_once("with input as "))
                .map(|(_, input)| input.to_owned())
                .collect();
            for (number, input) in inputs.iter().enumerate() {
                text.push_str(&format!("\ncase_{number} := {input}\n"));
                cases.push((rule.to_owned(), format!("data.{package}.case_{number}")));
            }
        }
        engine.add_policy(path.clone(), text).unwrap();
    }
    cases
        .into_iter()
        .map(|(rule, case)| (rule, engine.eval_rule(case).unwrap()))
        .collect()
}

/// The tests of rules run in the interpreter, findings come from the virtual machine.
#[test]
fn the_virtual_machine_and_the_interpreter_agree() {
    let suite = Suite::embedded().unwrap();
    let files = policy_files();
    let mut engine = regorus::Engine::new();
    for (path, text) in files
        .iter()
        .filter(|(path, _)| !path.ends_with("_test.rego"))
    {
        engine.add_policy(path.clone(), text.clone()).unwrap();
    }
    let cases = judged_inputs(&files);
    let cells: Vec<CellInput> = cases
        .iter()
        .enumerate()
        .map(|(number, (_, input))| CellInput {
            value: input.clone(),
            json: json!(null),
            places: Vec::new(),
            address: number.to_string(),
        })
        .collect();
    let found = meshc::check::judge(&cells, &suite).unwrap();
    let mut findings = 0;
    for (number, (package, input)) in cases.iter().enumerate() {
        engine.set_input(input.clone());
        let value = engine.eval_rule(format!("data.{package}.deny")).unwrap();
        let interpreted: BTreeSet<String> = value
            .as_set()
            .unwrap()
            .iter()
            .map(|one| one["message"].as_string().unwrap().to_string())
            .collect();
        let rule = suite
            .rules()
            .iter()
            .find(|rule| rule.package == format!("data.{package}"))
            .unwrap();
        let address = number.to_string();
        let said: BTreeSet<String> = found
            .iter()
            .filter(|one| one.address == address && one.rule == rule.id)
            .map(|one| one.message.clone())
            .collect();
        assert_eq!(said, interpreted, "{package}: {input}");
        findings += said.len();
    }
    println!("inputs compared: {}, findings: {findings}", cases.len());
    assert!(cases.len() > 300 && findings > 150);
}

#[test]
fn the_example_has_no_findings() {
    let dir = crate::golden::copy_example("minimal");
    let compiled = crate::support::compile(dir.path());
    let suite = Suite::embedded().unwrap();
    let findings = meshc::check::check(&compiled, &suite, None).unwrap();
    assert_eq!(findings, []);
}

/// Words of every rule: types, attributes and keys that some rule looks at.
fn words_of_rules() -> BTreeSet<String> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let files = policy_files();
    let rules = files
        .iter()
        .filter(|(path, _)| !path.ends_with("_test.rego"));
    // Comments and messages are no keys.
    rules
        .flat_map(|(_, text)| text.lines().filter(|line| !line.starts_with('#')))
        .flat_map(|line| line.split(|c| !word(c)))
        .filter(|found| found.len() > 1)
        .map(str::to_owned)
        .collect()
}

#[test]
fn no_value_of_a_foreign_file_stops_a_rule() {
    let suite = Suite::embedded().unwrap();
    let words = words_of_rules();
    assert!(words.len() > 400, "only {} words", words.len());
    let leaves = [
        json!(null),
        json!(7),
        json!("x"),
        json!([null, 1, "x", ["y"], {"a": 1}]),
        json!({"expression": true, "text": 4}),
    ];
    // Every key that some rule looks at, with the same odd value behind each.
    let full = |leaf: &serde_json::Value| -> serde_json::Value {
        words
            .iter()
            .map(|word| (word.clone(), leaf.clone()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let mut values = Vec::from(leaves.clone());
    values.extend(leaves.iter().map(&full));
    values.push(json!([full(&json!([null, 1, "x"]))]));
    let few: serde_json::Map<_, _> = ["Statement", "properties", "jobs", "spec", "fields", "sla"]
        .iter()
        .map(|key| ((*key).to_owned(), full(&json!([null, 1, "x"]))))
        .collect();
    values.push(few.into());
    let clouds = ["aws_", "azurerm_", "azuread_", "google_", "snowflake_"];
    let input = |value: &serde_json::Value| {
        let resources: Vec<_> = words
            .iter()
            .filter(|word| clouds.iter().any(|cloud| word.starts_with(cloud)))
            .map(|kind| json!({"type": kind, "name": "n", "path": "a.tf", "root": ".", "values": value, "at": 0}))
            .collect();
        json!({
            "version": 1, "as_of": "2026-01-01", "domain": null, "governance": null,
            "mesh": {"name": null, "prefix": null, "classifications": []},
            "products": [], "storages": [], "streams": [], "grants": [],
            "resources": resources, "data_sources": [], "providers": [],
            "documents": [{"path": "a.json", "name": "a.json", "value": value, "at": 0}],
            "statements": [{"path": "a.sql", "text": "CREATE ;", "at": 0}],
            "policies": [{"path": "a.rego", "text": "{", "at": 0}],
        })
    };
    let cells: Vec<CellInput> = values
        .iter()
        .map(|value| {
            let json = input(value);
            CellInput {
                value: regorus::Value::from(json.clone()),
                json,
                places: Vec::new(),
                address: String::new(),
            }
        })
        .collect();
    let found = meshc::check::judge(&cells, &suite).unwrap();
    assert!(!found.is_empty(), "nothing of this was judged");
    println!("foreign inputs judged: {}", cells.len());
}

/// Other tests build these meshes, and a finding that blocks would stop them.
#[test]
fn meshes_that_tests_build_have_no_findings() {
    let suite = Suite::embedded().unwrap();
    let day = Some(jiff::civil::date(2026, 11, 25));
    let judged = |dir: &Path| {
        let compiled = crate::support::compile(dir);
        let findings = meshc::check::check(&compiled, &suite, day).unwrap();
        assert_eq!(findings, [], "{}", dir.display());
    };
    judged(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/meshes/wide-aws"));
    for revision in [0, 1] {
        let size = Size {
            domains: 3,
            revision,
        };
        for files in [mesh_generator::mesh(size), mesh_generator::tables(size)] {
            let dir = tempfile::tempdir().unwrap();
            for (path, text) in files {
                let path = dir.path().join(path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, text).unwrap();
            }
            judged(dir.path());
        }
    }
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
        let run = meshc::check::Run::start(&suite, None).unwrap();
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
            findings.push(meshc::check::check(&compiled, &suite, None).unwrap());
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
