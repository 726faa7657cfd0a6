//! `tests/benchmarks.toml` over the committed trees: what benchmarks ask for is met by an attribute of every resource.

use std::collections::BTreeMap;
use std::path::Path;

use meshc::artifact::read::{ReadContent, ReadTree};
use serde::Deserialize;
use serde_json::Value;

use crate::meaning;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    item: Vec<Item>,
}

/// One row.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Item {
    benchmark: String,
    #[serde(rename = "item")]
    number: String,
    about: String,
    resource: Option<String>,
    documents: Option<String>,
    #[serde(default)]
    equals: BTreeMap<String, Value>,
    #[serde(default)]
    present: Vec<String>,
    #[serde(default)]
    at_most: BTreeMap<String, u64>,
    companion: Option<String>,
    #[serde(default)]
    never: Vec<String>,
    denies: Option<Value>,
    /// Whether number and version were looked up.
    verified: bool,
}

/// What the committed trees hold.
struct Output {
    /// Cell, type, label, values.
    resources: Vec<(String, String, String, Value)>,
    /// Path below the root's folder, and the document.
    documents: Vec<(String, Value)>,
}

fn output() -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("generated");
    let mut output = Output {
        resources: Vec::new(),
        documents: Vec::new(),
    };
    for (path, file) in read(&root).files {
        let parts: Vec<&str> = path.split('/').collect();
        match file.content {
            ReadContent::Hcl(blocks) => {
                for one in blocks
                    .iter()
                    .filter(|one| one.block.identifier() == "resource")
                {
                    let labels: Vec<&str> = one
                        .block
                        .labels()
                        .iter()
                        .map(hcl::BlockLabel::as_str)
                        .collect();
                    output.resources.push((
                        parts[..4].join("/"),
                        labels[0].to_owned(),
                        labels[1].to_owned(),
                        meaning::json(one.block.body()),
                    ));
                }
            }
            // example / environment / domain / cloud / part / path
            ReadContent::Json(value) if parts.len() > 5 => {
                output.documents.push((parts[5..].join("/"), value));
            }
            _ => {}
        }
    }
    output
}

fn read(root: &Path) -> ReadTree {
    let files = crate::golden::tree(root).into_iter().collect();
    let tree = ReadTree::from_files(files);
    assert!(tree.problems.is_empty(), "{:?}", tree.problems);
    tree
}

fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        Value::Object(entries) => entries.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

impl Item {
    /// What is wrong with a thing that the item is about.
    fn problem(&self, value: &Value) -> Option<String> {
        for (pointer, wanted) in &self.equals {
            if value.pointer(pointer) != Some(wanted) {
                return Some(format!("{pointer} is {:?}", value.pointer(pointer)));
            }
        }
        if let Some(pointer) = self
            .present
            .iter()
            .find(|one| value.pointer(one).is_none_or(Value::is_null))
        {
            return Some(format!("{pointer} is missing"));
        }
        for (pointer, most) in &self.at_most {
            let text = value
                .pointer(pointer)
                .and_then(Value::as_str)
                .unwrap_or_default();
            let seconds = text
                .strip_suffix('s')
                .and_then(|number| number.parse::<u64>().ok());
            if seconds.is_none_or(|seconds| seconds > *most) {
                return Some(format!("{pointer} is {text:?}"));
            }
        }
        if let Some(found) = strings(value)
            .into_iter()
            .find(|text| self.never.iter().any(|one| one == text))
        {
            return Some(format!("{found:?} stands in it"));
        }
        self.denies.as_ref().and_then(|condition| {
            let statements = value["Statement"].as_array().cloned().unwrap_or_default();
            let denied = statements.iter().any(|statement| {
                statement["Effect"] == "Deny"
                    && statement["Principal"]["AWS"] == "*"
                    && statement["Action"] == "s3:*"
                    && statement["Condition"] == *condition
            });
            (!denied).then(|| "no statement denies that".to_owned())
        })
    }

    /// How many things it was held against, and what is wrong with them.
    fn judge(&self, output: &Output) -> (usize, Vec<String>) {
        let (mut judged, mut wrong) = (0, Vec::new());
        let mut say = |what: &str, problem: Option<String>| {
            judged += 1;
            wrong.extend(
                problem.map(|why| format!("{} {}: {what}: {why}", self.benchmark, self.number)),
            );
        };
        if let Some(wanted) = &self.resource {
            for (cell, _, label, value) in output
                .resources
                .iter()
                .filter(|(_, kind, ..)| kind == wanted)
            {
                let lonely = self.companion.as_ref().is_some_and(|other| {
                    !output.resources.iter().any(|(there, kind, name, _)| {
                        there == cell && kind == other && name == label
                    })
                });
                let problem = lonely.then(|| {
                    format!(
                        "no {} beside it",
                        self.companion.as_deref().unwrap_or_default()
                    )
                });
                say(
                    &format!("{cell} {wanted}.{label}"),
                    problem.or_else(|| self.problem(value)),
                );
            }
        }
        if let Some(start) = &self.documents {
            for (path, value) in output
                .documents
                .iter()
                .filter(|(path, _)| path.starts_with(start))
            {
                // A resource of `*` beside actions that have none is no right to everything.
                let actions: Vec<Value> = value["Statement"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter(|statement| statement["Effect"] == "Allow")
                    .map(|statement| statement["Action"].clone())
                    .collect();
                let problem = if self.never.is_empty() {
                    self.problem(value)
                } else {
                    self.problem(&Value::from(actions))
                };
                say(path, problem);
            }
        }
        (judged, wrong)
    }
}

fn table() -> Vec<Item> {
    let text = include_str!("../benchmarks.toml");
    toml::from_str::<Table>(text).unwrap().item
}

#[test]
fn every_item_is_met_by_every_resource() {
    let output = output();
    let mut wrong = Vec::new();
    let mut judged = 0;
    let items = table();
    for item in &items {
        assert!(item.about.ends_with('.'), "{item:?}");
        assert!(
            item.resource.is_some() != item.documents.is_some(),
            "{item:?}"
        );
        let (count, problems) = item.judge(&output);
        assert!(
            count > 0,
            "nothing is there that {} {} could be about",
            item.benchmark,
            item.number
        );
        judged += count;
        wrong.extend(problems);
    }
    let remembered = items.iter().filter(|item| !item.verified).count();
    println!(
        "benchmarks: {} items ({remembered} numbered from memory) over {judged} resources and documents",
        items.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every row must be able to fail.
#[test]
fn an_item_is_not_met_by_something_empty() {
    for item in table() {
        let empty = serde_json::json!({});
        let bad = if item.never.is_empty() {
            empty
        } else {
            Value::from(vec![item.never[0].clone()])
        };
        assert!(
            item.companion.is_some() || item.problem(&bad).is_some(),
            "{item:?}"
        );
    }
}
