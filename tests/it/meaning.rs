//! Meshes in memory and their artifacts as structure, for tests that judge what a target means
//! rather than how it prints.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use meshc::artifact::{Content, HclBlock};
use meshc::diag::{Diagnostic, Diagnostics};
use meshc::pipeline::{self, Compiled};
use meshc::source::SourceMap;
use meshc::template::Templates;
use serde_json::Value;

/// A mesh in memory, compiled with the embedded templates.
pub(crate) struct Mesh {
    files: BTreeMap<String, String>,
}

/// What came of it.
pub(crate) struct Outcome {
    pub(crate) map: SourceMap,
    pub(crate) compiled: Option<Compiled>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Mesh {
    /// The example of the README.
    pub(crate) fn minimal() -> Self {
        Self::shipped("blueprints/minimal")
    }

    /// A mesh folder of this repository.
    pub(crate) fn shipped(folder: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            files: crate::golden::tree(&folder)
                .into_iter()
                .filter(|(path, _)| path.rsplit('.').next() == Some("yaml"))
                .map(|(path, bytes)| (path, text(bytes)))
                .collect(),
        }
    }

    /// A mesh without any file.
    pub(crate) fn empty() -> Self {
        Self {
            files: BTreeMap::new(),
        }
    }

    /// Replaces text that is there exactly once.
    pub(crate) fn with(mut self, file: &str, old: &str, new: &str) -> Self {
        let text = self.files.get_mut(file).unwrap();
        assert_eq!(text.matches(old).count(), 1, "`{old}` in {file}");
        *text = text.replace(old, new);
        self
    }

    /// Takes text out wherever it is.
    pub(crate) fn without(mut self, file: &str, old: &str) -> Self {
        let text = self.files.get_mut(file).unwrap();
        *text = text.replace(old, "");
        self
    }

    /// Adds a file.
    pub(crate) fn and(mut self, file: &str, text: &str) -> Self {
        self.files.insert(file.to_owned(), text.to_owned());
        self
    }

    /// Takes the text from one place up to another out of a file.
    pub(crate) fn cut(mut self, file: &str, from: &str, to: &str) -> (String, Self) {
        let text = self.files.get_mut(file).unwrap();
        let (start, end) = (text.find(from).unwrap(), text.find(to).unwrap());
        let taken: String = text.drain(start..end).collect();
        (taken, self)
    }

    pub(crate) fn compile(&self) -> Outcome {
        let (mut map, mut out) = (SourceMap::default(), Diagnostics::default());
        let templates = Templates::embedded(&mut map, &mut out);
        let ids: Vec<_> = self
            .files
            .iter()
            .map(|(name, text)| map.add(name, text.clone()))
            .collect();
        let compiled = pipeline::compile(&map, &ids, None, &templates, &mut out);
        Outcome {
            map,
            compiled,
            diagnostics: out.into_sorted(),
        }
    }
}

impl Outcome {
    /// What was compiled; what blocked is the panic's message.
    pub(crate) fn compiled(&self) -> &Compiled {
        let said: Vec<_> = self
            .diagnostics
            .iter()
            .map(|one| (one.code.id(), &one.message))
            .collect();
        self.compiled.as_ref().unwrap_or_else(|| panic!("{said:?}"))
    }
}

/// Everything in one HCL block, as JSON: arguments by name, nested blocks as lists by name;
/// references and calls as their text.
pub(crate) fn json(body: &hcl::Body) -> Value {
    let mut all = serde_json::Map::new();
    for structure in body {
        match structure {
            hcl::Structure::Attribute(attribute) => {
                all.insert(attribute.key().to_owned(), value(attribute.expr()));
            }
            hcl::Structure::Block(block) => {
                let list = all
                    .entry(block.identifier().to_owned())
                    .or_insert_with(|| Value::Array(Vec::new()));
                list.as_array_mut().unwrap().push(json(block.body()));
            }
        }
    }
    Value::Object(all)
}

fn value(expression: &hcl::Expression) -> Value {
    match expression {
        hcl::Expression::Null => Value::Null,
        hcl::Expression::Bool(value) => Value::Bool(*value),
        hcl::Expression::Number(number) => serde_json::to_value(number).unwrap(),
        hcl::Expression::String(text) => Value::String(text.clone()),
        hcl::Expression::Array(items) => items.iter().map(value).collect(),
        hcl::Expression::Object(entries) => entries
            .iter()
            .map(|(key, one)| (key.to_string().trim_matches('"').to_owned(), value(one)))
            .collect(),
        other => Value::String(format!("<{}>", hcl::format::to_string(other).unwrap())),
    }
}

/// The blocks of a file.
pub(crate) fn blocks<'c>(compiled: &'c Compiled, path: &str) -> &'c [HclBlock] {
    match &compiled
        .artifacts
        .get(path)
        .unwrap_or_else(|| panic!("no {path}"))
        .content
    {
        Content::Hcl(blocks) => blocks,
        other => panic!("{path} is {other:?}"),
    }
}

/// The document at a path, JSON or YAML.
pub(crate) fn document<'c>(compiled: &'c Compiled, path: &str) -> &'c Value {
    match &compiled
        .artifacts
        .get(path)
        .unwrap_or_else(|| panic!("no {path}"))
        .content
    {
        Content::Json(document) | Content::Yaml(document) => &document.value,
        other => panic!("{path} is {other:?}"),
    }
}

/// Every `resource` of a file by `type.label`.
pub(crate) fn resources(compiled: &Compiled, path: &str) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for one in blocks(compiled, path)
        .iter()
        .filter(|one| one.block.identifier() == "resource")
    {
        let labels: Vec<&str> = one
            .block
            .labels
            .iter()
            .map(hcl::structure::BlockLabel::as_str)
            .collect();
        let before = all.insert(labels.join("."), json(&one.block.body));
        assert!(before.is_none(), "{labels:?} is there twice");
    }
    all
}

/// The addresses of the resources of one type.
pub(crate) fn of_type(all: &BTreeMap<String, Value>, kind: &str) -> BTreeSet<String> {
    let prefix = format!("{kind}.");
    all.keys()
        .filter_map(|address| address.strip_prefix(&prefix))
        .map(str::to_owned)
        .collect()
}
