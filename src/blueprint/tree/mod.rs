//! The syntax tree: what the user wrote, checked key by key and leaf by leaf, nothing inferred.
//! Names are still names; a product's kind-specific options are still a node.

pub mod access;
pub mod cloud;
pub mod defaults;
pub mod domain;
pub mod governance;
pub mod mesh;
pub mod product;

use crate::blueprint::decode::{Decoder, Object};
use crate::blueprint::schema::Leaf;
use crate::blueprint::tree::defaults::DefaultsLayer;
use crate::blueprint::tree::governance::GovernanceLayer;
use crate::blueprint::values;
use crate::cell::TargetId;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::ident::Name;
use crate::source::{Span, Spanned};
use crate::yaml::{NodeId, Yaml};

/// The versions of the language that this meshc reads.
pub const API_VERSIONS: &[&str] = &["meshc/v1"];

/// One file of a blueprint.
#[derive(Debug)]
pub enum File {
    /// `mesh.yaml`.
    Mesh(Box<mesh::MeshFile>),
    /// `domains/<domain>.yaml`.
    Domain(Box<domain::DomainFile>),
}

/// Reads a document by its `kind`.
pub fn decode(yaml: &Yaml<'_>, out: &mut Diagnostics) -> Option<File> {
    let mut cx = Decoder { yaml, out };
    let root = yaml.root();
    let kind = yaml.get(root, "kind").and_then(|node| yaml.text(node));
    match kind {
        Some("Mesh") => mesh::decode(&mut cx, root).map(|file| File::Mesh(Box::new(file))),
        Some("Domain") => domain::decode(&mut cx, root).map(|file| File::Domain(Box::new(file))),
        Some(other) => {
            let span = yaml
                .get(root, "kind")
                .map_or(yaml.span(root), |node| yaml.span(node));
            let message = format!("`{}` is not a kind of document", other.escape_debug());
            let problem = Diagnostic::new(code::WRONG_DOCUMENT, span, message);
            cx.out.push(
                problem
                    .did_you_mean(other, ["Mesh", "Domain"])
                    .help("a document is a `Mesh` or a `Domain`"),
            );
            None
        }
        None => {
            let start = yaml.span(root);
            let span = Span {
                end: start.start,
                ..start
            };
            let problem = Diagnostic::new(
                code::WRONG_DOCUMENT,
                span,
                "this document does not say what it is",
            );
            cx.out.push(
                problem.help(
                    "it starts with `apiVersion: meshc/v1` and `kind: Mesh` or `kind: Domain`",
                ),
            );
            None
        }
    }
}

fn check_header(cx: &mut Decoder<'_, '_>, object: &Object) {
    let Some(node) = object.get("apiVersion") else {
        return;
    };
    let written = cx.yaml.text(node).unwrap_or_default().to_owned();
    if !API_VERSIONS.contains(&written.as_str()) {
        let message = format!(
            "`{}` is not a version of the language that this meshc reads",
            written.escape_debug()
        );
        let problem = Diagnostic::new(code::UNKNOWN_API_VERSION, cx.span(node), message);
        cx.out.push(problem.help("this meshc reads `meshc/v1`"));
    }
}

fn leaf<T>(
    cx: &mut Decoder<'_, '_>,
    object: &Object,
    key: &str,
    leaf: &'static Leaf,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Option<Spanned<T>> {
    object.get(key).and_then(|node| cx.leaf(node, leaf, parse))
}

fn items<T>(
    cx: &mut Decoder<'_, '_>,
    object: &Object,
    key: &str,
    of: &str,
    mut each: impl FnMut(&mut Decoder<'_, '_>, NodeId) -> Option<T>,
) -> Vec<T> {
    let Some(node) = object.get(key) else {
        return Vec::new();
    };
    cx.list(node, of)
        .into_iter()
        .filter_map(|item| each(cx, item))
        .collect()
}

/// A list of names without repetition.
fn names(cx: &mut Decoder<'_, '_>, node: NodeId, of: &str) -> Spanned<Vec<Spanned<Name>>> {
    let items = cx.list(node, of);
    let names = items
        .into_iter()
        .filter_map(|item| cx.leaf(item, &values::NAME, Name::parse))
        .collect();
    distinct(cx, Spanned::new(names, cx.span(node)), ToString::to_string)
}

fn column_names(cx: &mut Decoder<'_, '_>, object: &Object, key: &str) -> Vec<Spanned<String>> {
    let Some(node) = object.get(key) else {
        return Vec::new();
    };
    let items = cx.list(node, "columns");
    let names = items
        .into_iter()
        .filter_map(|item| cx.leaf(item, &values::COLUMN, values::parse_column))
        .collect();
    distinct(cx, Spanned::new(names, cx.span(node)), Clone::clone).value
}

/// Reports what stands twice in a list in which each item counts once, and keeps the first.
fn distinct<T>(
    cx: &mut Decoder<'_, '_>,
    list: Spanned<Vec<Spanned<T>>>,
    text: impl Fn(&T) -> String,
) -> Spanned<Vec<Spanned<T>>> {
    let mut seen = std::collections::BTreeMap::<String, Span>::new();
    let mut kept = Vec::with_capacity(list.value.len());
    for item in list.value {
        let name = text(&item.value);
        if let Some(first) = seen.get(&name) {
            let message = format!("`{name}` stands twice in this list");
            cx.out.push(
                Diagnostic::new(code::REPEATED_ITEM, item.span, message)
                    .label(*first, "first here")
                    .help("remove one of them"),
            );
            continue;
        }
        seen.insert(name, item.span);
        kept.push(item);
    }
    Spanned::new(kept, list.span)
}

fn governance_of(cx: &mut Decoder<'_, '_>, object: &Object) -> GovernanceLayer {
    object
        .get("governance")
        .and_then(|node| governance::decode(cx, node))
        .unwrap_or_default()
}

fn defaults_of(cx: &mut Decoder<'_, '_>, object: &Object) -> DefaultsLayer {
    object
        .get("defaults")
        .and_then(|node| defaults::decode(cx, node))
        .unwrap_or_default()
}

/// A list of clouds, each once; empty if it is left out.
fn targets(cx: &mut Decoder<'_, '_>, node: Option<NodeId>) -> Vec<Spanned<TargetId>> {
    let Some(node) = node else { return Vec::new() };
    let mut targets = Vec::new();
    for item in cx.list(node, "targets") {
        let target = cx.choice(item, &TargetId::NAMES);
        targets.extend(
            target.and_then(|word| TargetId::parse(&word).map(|id| Spanned::new(id, word.span))),
        );
    }
    distinct(
        cx,
        Spanned::new(targets, cx.span(node)),
        ToString::to_string,
    )
    .value
}
