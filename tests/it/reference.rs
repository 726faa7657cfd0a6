//! The tables of `docs/blueprint.md` are those that the decoder reads. `UPDATE=1` rewrites them.

use std::fmt::Write as _;
use std::path::Path;

use meshc::blueprint::schema::{Shape, Table, reachable};
use meshc::blueprint::tree::{domain, mesh};
use meshc::kinds::KINDS;

const MARK: &str = "<!-- tables -->\n";

fn shape(shape: &Shape) -> String {
    match shape {
        Shape::Text(most) => format!("text, at most {most} characters"),
        Shape::Leaf(leaf) => format!("{}, `{}`", leaf.name, leaf.example),
        Shape::Choice(words) => words
            .iter()
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", "),
        Shape::Boolean => "`true` or `false`".to_owned(),
        Shape::Integer(least, most) => format!("{least} to {most}"),
        Shape::List(inner) => format!("list: {}", self::shape(inner)),
        Shape::Map(leaf, inner) => format!("map from {} to: {}", leaf.name, self::shape(inner)),
        Shape::Object(table) => link(table),
        Shape::ShortOrLong(leaf, table) => {
            format!("{}, `{}`; or {}", leaf.name, leaf.example, link(table))
        }
        Shape::KindOptions => "the options of the product's kind".to_owned(),
    }
}

fn link(table: &Table) -> String {
    format!(
        "[{}](#{})",
        table.name,
        table.name.to_lowercase().replace(' ', "-")
    )
}

fn section(text: &mut String, table: &Table) {
    writeln!(text, "\n### {}\n\n{}\n", table.name, table.doc).unwrap();
    if table.fields.is_empty() {
        return;
    }
    text.push_str("| key | value | meaning |\n|---|---|---|\n");
    for field in table.fields {
        let required = if field.required { " (required)" } else { "" };
        writeln!(
            text,
            "| `{}`{required} | {} | {} |",
            field.name,
            shape(&field.shape),
            field.doc
        )
        .unwrap();
    }
}

fn tables() -> String {
    let mut text = String::from("\n## Tables\n");
    let mut seen: Vec<&str> = Vec::new();
    for root in [&mesh::TABLE, &domain::TABLE] {
        for table in reachable(root) {
            if !seen.contains(&table.name) {
                seen.push(table.name);
                section(&mut text, table);
            }
        }
    }
    text.push_str("\n## Kinds of products\n");
    for kind in KINDS {
        let targets: Vec<&str> = kind
            .targets()
            .iter()
            .map(|target| target.as_str())
            .collect();
        let capabilities: Vec<&str> = kind.capabilities().iter().map(|one| one.as_str()).collect();
        writeln!(
            text,
            "\n### {}\n\n{} It lies on {}. Groups can be given {}.",
            kind.name(),
            kind.doc(),
            targets.join(", "),
            capabilities.join(", ")
        )
        .unwrap();
        if !kind.options().fields.is_empty() {
            section(&mut text, kind.options());
        }
    }
    text
}

#[test]
fn the_documented_tables_are_the_decoders() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/blueprint.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (prose, shown) = text.split_once(MARK).unwrap();
    let made = tables();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, format!("{prose}{MARK}{made}")).unwrap();
        return;
    }
    assert!(
        shown == made,
        "docs/blueprint.md: run with UPDATE=1 and review"
    );
}

#[test]
fn the_schema_accepts_the_example_and_refuses_a_misspelt_key() {
    let kinds: Vec<_> = KINDS
        .iter()
        .map(|kind| (kind.name(), kind.options()))
        .collect();
    let schema = meshc::blueprint::json_schema::schema(&kinds);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/minimal");
    for file in ["mesh.yaml", "domains/sales.yaml", "domains/support.yaml"] {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        let value: serde_json::Value = serde_yaml::from_str(&text).unwrap();
        let problems: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(problems.is_empty(), "{file}: {problems:#?}");
        let mut wrong = value.clone();
        wrong
            .as_object_mut()
            .unwrap()
            .insert("ownr".to_owned(), "x".into());
        assert!(!validator.is_valid(&wrong), "{file}");
    }
}

/// Every form of a statement has a row with its reason and a source, and no other form has one.
#[test]
fn the_page_of_snowflake_gives_a_reason_for_every_form_of_a_statement() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/targets/snowflake.md")).unwrap();
    let section = page.split("\n## Statements\n").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let mut forms = Vec::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 3, "{row}");
        assert!(
            cells[1].len() > 20 && cells[2].contains("docs.snowflake.com/"),
            "{row}"
        );
        forms.push(cells[0].trim_matches('`'));
    }
    assert_eq!(forms, meshc::artifact::sql::FORMS);
}

/// Each cloud has a page; it names every Terraform resource type that the example's tree has there.
#[test]
fn the_page_of_each_cloud_names_what_it_becomes() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let generated = root.join("generated/minimal");
    for target in meshc::cell::TargetId::ALL {
        let page = root.join(format!("docs/targets/{}.md", target.as_str()));
        let page = std::fs::read_to_string(&page)
            .unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        for heading in ["becomes", "expects", "cannot do"] {
            assert!(
                page.lines()
                    .any(|line| line.starts_with("## ") && line.contains(heading)),
                "{}: no heading with `{heading}`",
                target.as_str()
            );
        }
        let (mut types, mut roots) = (std::collections::BTreeSet::new(), 0);
        for (path, bytes) in crate::golden::tree(&generated) {
            if !path.split('/').any(|part| part == target.as_str()) {
                continue;
            }
            roots += usize::from(path.ends_with("/main.tf"));
            for line in String::from_utf8(bytes).unwrap().lines() {
                if let Some(rest) = line.strip_prefix("resource \"")
                    && let Some((kind, _)) = rest.split_once('"')
                {
                    types.insert(kind.to_owned());
                }
            }
        }
        assert_eq!(
            types.is_empty(),
            roots == 0,
            "{}: {roots} roots and these types: {types:?}",
            target.as_str()
        );
        let missing: Vec<_> = types
            .iter()
            .filter(|kind| !page.contains(&format!("`{kind}`")))
            .collect();
        // The page of AWS says in words what the others say by type as well.
        if *target != meshc::cell::TargetId::Aws {
            assert!(missing.is_empty(), "{}: {missing:?}", target.as_str());
        }
    }
}
