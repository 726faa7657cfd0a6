//! The files of one root as nodes: what can be made, changed and taken away by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::Path;

use serde_json::Value;

use super::document::Of;
use super::{File, sets};
use crate::artifact::Effect;
use crate::artifact::read::{ReadContent, ReadTree};
use crate::artifact::sql::{Reading, Statement, identities};
use crate::artifact::write::Entry;

/// What a node is, as far as comparing needs to know.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A Terraform resource of a type.
    Resource(String),
    /// Another block, a document, prose.
    Other,
    /// A Snowflake statement.
    Statement(Box<Statement>),
}

/// Something that can be made, changed and taken away by itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub file: String,
    pub kind: Kind,
    pub value: Value,
    /// Why it is there; foreign files do not say.
    pub entry: Option<Entry>,
}

impl Node {
    /// What its value is a part of, as far as the order of lists goes.
    pub(super) fn of(&self) -> Of {
        let end = Path::new(&self.file).extension().and_then(OsStr::to_str);
        match end {
            Some("json" | "yaml" | "yml") => Of::Document,
            _ => Of::Block,
        }
    }

    /// What it does. A file that does not say is judged by what it is.
    pub(super) fn effect(&self) -> Effect {
        match (&self.entry, &self.kind) {
            (Some(entry), _) => entry.effect,
            (None, Kind::Resource(kind)) if is_data_bearing(kind) => Effect::HoldsData,
            (None, Kind::Statement(statement)) => of_statement(statement),
            // A document without a reason may bear access.
            (None, _) => match Path::new(&self.file).extension().and_then(OsStr::to_str) {
                Some("json" | "yaml") => Effect::GrantsAccess,
                _ => Effect::Plain,
            },
        }
    }
}

fn is_data_bearing(kind: &str) -> bool {
    crate::schema::ForceNewTable::get().is_data_bearing(kind)
}

fn of_statement(statement: &Statement) -> Effect {
    match statement {
        Statement::Grant { .. }
        | Statement::GrantRole { .. }
        | Statement::GrantDatabaseRole { .. }
        | Statement::GrantOwnership { .. } => Effect::GrantsAccess,
        Statement::SetColumnMask { .. }
        | Statement::SetMaskingBody { .. }
        | Statement::CreateMaskingPolicy { .. } => Effect::Guards,
        Statement::CreateTable { .. } | Statement::CreateDatabase(_) => Effect::HoldsData,
        _ => Effect::Plain,
    }
}

/// The nodes of one root, and what its blocks say about other addresses.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    pub by_name: BTreeMap<String, Node>,
    /// `moved`: from and to.
    pub moved: Vec<(String, String)>,
    /// `removed` without destroying.
    pub forgotten: BTreeSet<String>,
}

/// The folder whose files are one root: for Terraform and Snowflake the part of a cell, above domains
/// the cell itself.
pub(super) fn root_of(path: &str) -> &str {
    let parts = path.match_indices('/').map(|(at, _)| at);
    let ends: Vec<usize> = parts.collect();
    let folder = |depth: usize| ends.get(depth).map(|at| path.get(..*at).unwrap_or(path));
    let is_part = |folder: &&str| {
        let last = folder.rsplit('/').next();
        matches!(last, Some("resources" | "access"))
    };
    // `ENV/DOMAIN/TARGET/PART/…`, or `PART/…` in a cell.
    folder(3)
        .filter(is_part)
        .or_else(|| folder(0).filter(is_part))
        .or_else(|| folder(2))
        .or_else(|| folder(0))
        .unwrap_or("")
}

/// The nodes of the files of a root. Files that cannot be read are nodes of their own, as text.
pub(super) fn read(own: &[(&String, &File)]) -> Nodes {
    let bytes = own
        .iter()
        .map(|(path, file)| ((*path).clone(), file.text.clone().into_bytes()));
    let tree = ReadTree::from_files(bytes.collect());
    let mut nodes = Nodes::default();
    for &(path, file) in own {
        let place = Place {
            path,
            entries: &file.entries,
        };
        match tree.files.get(path) {
            Some(read) => nodes.take(&place, read),
            None => nodes.put(
                path,
                place.node(Kind::Other, Value::from(file.text.as_str()), 1..=1),
            ),
        }
    }
    nodes
}

struct Place<'a> {
    path: &'a String,
    entries: &'a [Entry],
}

impl Place<'_> {
    /// A node that stands on these lines.
    fn node(&self, kind: Kind, value: Value, lines: std::ops::RangeInclusive<u32>) -> Node {
        let inside =
            |entry: &&Entry| entry.lines.0 <= *lines.end() && entry.lines.1 >= *lines.start();
        // The innermost entry that holds all of it; entries are sorted by their lines.
        let holds =
            |entry: &&Entry| entry.lines.0 <= *lines.start() && entry.lines.1 >= *lines.end();
        Node {
            file: self.path.clone(),
            kind,
            value,
            entry: self
                .entries
                .iter()
                .rfind(holds)
                .or_else(|| self.entries.iter().find(inside))
                .cloned(),
        }
    }
}

impl Nodes {
    /// Two nodes of one address are a defect of the files; the second one is not lost.
    fn put(&mut self, what: &str, node: Node) {
        let mut name = what.to_owned();
        let mut number = 2;
        while self.by_name.contains_key(&name) {
            name = format!("{what} ({number})");
            number += 1;
        }
        self.by_name.insert(name, node);
    }

    fn take(&mut self, place: &Place<'_>, file: &crate::artifact::read::ReadFile) {
        let line = |at: usize| file.line_col(at).line;
        match &file.content {
            ReadContent::Hcl(blocks) => {
                for one in blocks {
                    let end = one.span.end.saturating_sub(1);
                    self.block(place, &one.block, line(one.span.start)..=line(end));
                }
            }
            ReadContent::Sql(found) => {
                for one in found {
                    self.statement(place, one);
                }
            }
            ReadContent::Json(value) | ReadContent::Yaml(value) => {
                let lines = 1..=line(file.text.len().saturating_sub(1));
                self.put(place.path, place.node(Kind::Other, value.clone(), lines));
            }
            ReadContent::HclValues(_) | ReadContent::Text => {
                let text = Value::from(file.text.as_str());
                self.put(place.path, place.node(Kind::Other, text, 1..=1));
            }
        }
    }

    fn block(
        &mut self,
        place: &Place<'_>,
        block: &hcl::Block,
        lines: std::ops::RangeInclusive<u32>,
    ) {
        let labels: Vec<&str> = block
            .labels
            .iter()
            .map(hcl::structure::BlockLabel::as_str)
            .collect();
        let mut value = body(&block.body);
        if let ("resource", Some(kind)) = (block.identifier.as_str(), labels.first()) {
            sets::sort(kind, &mut value);
        }
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(bare);
        match (block.identifier.as_str(), &labels[..]) {
            ("moved", _) => {
                self.moved.extend(text("from").zip(text("to")));
            }
            ("removed", _) => {
                // Without it Terraform destroys what it forgets
                // (developer.hashicorp.com/terraform/language/block/removed).
                let destroys = value.pointer("/lifecycle/0/destroy");
                if destroys == Some(&Value::Bool(false)) {
                    self.forgotten.extend(text("from"));
                }
            }
            ("import", _) => {}
            ("resource", [kind, label]) => {
                let node = place.node(Kind::Resource((*kind).to_owned()), value, lines);
                self.put(&format!("{kind}.{label}"), node);
            }
            (word, labels) => {
                let what = std::iter::once(word).chain(labels.iter().copied());
                let what = what.collect::<Vec<_>>().join(".");
                self.put(&what, place.node(Kind::Other, value, lines));
            }
        }
    }

    fn statement(&mut self, place: &Place<'_>, found: &crate::artifact::sql::Found) {
        let lines = found.line..=found.line;
        match &found.what {
            // Who runs what follows is no thing of its own.
            Reading::Known(Statement::UseRole(_)) => {}
            Reading::Known(statement) => {
                for what in identities(statement) {
                    let kind = Kind::Statement(Box::new(statement.clone()));
                    let value = match statement {
                        // A grant is its identity: another privilege beside it is no change of it.
                        Statement::Grant { .. } => Value::Null,
                        other => Value::from(other.to_string()),
                    };
                    self.put(&what, place.node(kind, value, lines.clone()));
                }
            }
            Reading::Unknown(text) => {
                let node = place.node(Kind::Other, Value::from(text.as_str()), lines);
                self.put(text, node);
            }
        }
    }
}

/// `${a.b}` as `a.b`.
fn bare(text: &str) -> String {
    text.strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'))
        .unwrap_or(text)
        .to_owned()
}

/// A body as JSON: attributes by name, blocks in lists, expressions as `${…}`.
fn body(body: &hcl::Body) -> Value {
    let mut map = serde_json::Map::new();
    for attribute in body.attributes() {
        let value = serde_json::to_value(&attribute.expr).unwrap_or(Value::Null);
        map.insert(attribute.key.to_string(), value);
    }
    for block in body.blocks() {
        let mut value = self::body(&block.body);
        let labels: Vec<&str> = block
            .labels
            .iter()
            .map(hcl::structure::BlockLabel::as_str)
            .collect();
        if let (Value::Object(inner), false) = (&mut value, labels.is_empty()) {
            inner.insert("(labels)".to_owned(), Value::from(labels.join(".")));
        }
        let list = map
            .entry(block.identifier.to_string())
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(value);
        }
    }
    Value::Object(map)
}
