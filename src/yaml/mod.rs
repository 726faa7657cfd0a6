//! YAML text to an arena of nodes with byte spans.
//!
//! In: one file of the source map. Out: a [`Yaml`] document or located diagnostics. Aliases share
//! their anchor's node, so a document never grows in memory; how often shared nodes are *visited*
//! is bounded here too, which is what an alias bomb needs.

pub mod edit;
pub mod format;
pub mod positions;
mod tokens;

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle};

use crate::diag::{Diagnostic, Diagnostics, code};
use crate::source::{FileId, SourceMap, Span, is_forbidden, secrets};

/// Deepest nesting that a blueprint may have; hand-written ones stay below ten.
pub const MAX_DEPTH: usize = 64;
/// Largest file, in bytes.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Most nodes that may be reached through aliases, counted with repetition.
pub const MAX_ALIASED: u64 = 100_000;

/// A node of a [`Yaml`] document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

/// What a node holds.
#[derive(Debug)]
pub enum Value<'a> {
    /// Text; `plain` if it was written without quotes, so that `null`, numbers and booleans count.
    Scalar {
        /// The text with quotes and escapes resolved.
        text: Cow<'a, str>,
        /// Whether it was written without quotes.
        plain: bool,
    },
    /// A list.
    List(Vec<NodeId>),
    /// Keys and values in the order in which they were written.
    Map(Vec<(NodeId, NodeId)>),
}

#[derive(Debug)]
struct Node<'a> {
    span: Span,
    value: Value<'a>,
}

/// One parsed document.
#[derive(Debug)]
pub struct Yaml<'a> {
    nodes: Vec<Node<'a>>,
    root: NodeId,
}

impl<'a> Yaml<'a> {
    /// The document's top node.
    pub fn root(&self) -> NodeId {
        self.root
    }

    /// What a node holds.
    pub fn value(&self, id: NodeId) -> &Value<'a> {
        &self.nodes[id.0 as usize].value
    }

    /// Where a node stands.
    pub fn span(&self, id: NodeId) -> Span {
        self.nodes[id.0 as usize].span
    }

    /// The text of a scalar.
    pub fn text(&self, id: NodeId) -> Option<&str> {
        match self.value(id) {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether a node is an unquoted empty value, `null` or `~`.
    pub fn is_null(&self, id: NodeId) -> bool {
        matches!(self.value(id), Value::Scalar { text, plain: true } if matches!(&**text, "" | "~" | "null"))
    }

    /// What only shows once escapes are resolved and lines are joined.
    fn report_escaped_secrets(&self, known: &[secrets::Secret], out: &mut Diagnostics) {
        for node in &self.nodes {
            let Value::Scalar { text, .. } = &node.value else {
                continue;
            };
            let seen = known.iter().any(|secret| {
                to_u32(secret.range.start) < node.span.end
                    && node.span.start < to_u32(secret.range.end)
            });
            if seen {
                continue;
            }
            if let Some(secret) = secrets::find(text).first() {
                out.push(secret_here(secret.what, node.span));
            }
        }
    }

    /// The value of a key in a map.
    pub fn get(&self, id: NodeId, key: &str) -> Option<NodeId> {
        match self.value(id) {
            Value::Map(entries) => entries
                .iter()
                .find(|(k, _)| self.text(*k) == Some(key))
                .map(|(_, value)| *value),
            _ => None,
        }
    }
}

/// Parses one file. Everything wrong with its characters is reported; a syntax error ends it.
pub fn parse<'a>(map: &'a SourceMap, file: FileId, out: &mut Diagnostics) -> Option<Yaml<'a>> {
    let text = map.file(file).text();
    if !characters_are_safe(text, file, out) {
        return None;
    }
    let secrets = secrets::find(text);
    for secret in &secrets {
        out.push(secret_here(
            secret.what,
            Span {
                file,
                start: to_u32(secret.range.start),
                end: to_u32(secret.range.end),
            },
        ));
    }
    let places = Places::new(text, file);
    let yaml = Builder {
        places,
        nodes: Vec::new(),
        open: Vec::new(),
        anchors: HashMap::new(),
        aliased: 0,
        root: None,
    }
    .run(text)
    .map_err(|problem| out.push(problem))
    .ok()?;
    yaml.report_escaped_secrets(&secrets, out);
    Some(yaml)
}

/// The value is never repeated, whoever shows this.
fn secret_here(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        code::SECRET_IN_BLUEPRINT,
        span,
        format!("this looks like {what}"),
    )
    .help("remove it and renew it where it counts: a blueprint is committed, and stays readable in every copy")
    .help("meshc needs no secrets: a blueprint names keys and identities, programs get theirs at run time")
}

fn characters_are_safe(text: &str, file: FileId, out: &mut Diagnostics) -> bool {
    let mut safe = true;
    for (at, c) in text
        .char_indices()
        .filter(|(at, c)| is_forbidden(*c) && (*at != 0 || *c != '\u{feff}'))
    {
        let span = Span {
            file,
            start: to_u32(at),
            end: to_u32(at + c.len_utf8()),
        };
        out.push(
            Diagnostic::new(
                code::FORBIDDEN_CHARACTER,
                span,
                format!("the character U+{:04X} is not allowed", u32::from(c)),
            )
            .help("control characters and direction marks can hide what a text says; remove it"),
        );
        safe = false;
    }
    safe
}

fn to_u32(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Turns the parser's character indexes into bytes; free of work where the file is ASCII.
struct Places {
    file: FileId,
    bytes: Option<Vec<u32>>,
    end: u32,
}

impl Places {
    fn new(text: &str, file: FileId) -> Self {
        let bytes =
            (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| to_u32(at)).collect());
        Self {
            file,
            bytes,
            end: to_u32(text.len()),
        }
    }

    fn byte(&self, index: usize) -> u32 {
        match &self.bytes {
            None => to_u32(index).min(self.end),
            Some(table) => table.get(index).copied().unwrap_or(self.end),
        }
    }

    fn span(&self, span: saphyr_parser::Span) -> Span {
        let (start, end) = (self.byte(span.start.index()), self.byte(span.end.index()));
        Span {
            file: self.file,
            start,
            end: end.max(start),
        }
    }
}

/// A list or map that is still being read.
struct Open {
    id: NodeId,
    anchor: usize,
    /// The key that waits for its value, in a map.
    key: Option<NodeId>,
    is_map: bool,
    /// The keys seen so far, so that a map of a million keys is not read in quadratic time.
    keys: HashMap<Box<str>, NodeId>,
}

struct Builder<'a> {
    places: Places,
    nodes: Vec<Node<'a>>,
    open: Vec<Open>,
    /// Anchor id → its node and how many nodes a visit of it costs.
    anchors: HashMap<usize, (NodeId, u64)>,
    aliased: u64,
    root: Option<NodeId>,
}

impl<'a> Builder<'a> {
    fn run(mut self, text: &'a str) -> Result<Yaml<'a>, Diagnostic> {
        for item in Parser::new_from_str(text) {
            let (event, span) = item.map_err(|error| self.syntax(&error))?;
            self.event(event, self.places.span(span))?;
        }
        let whole = Span {
            file: self.places.file,
            start: 0,
            end: 0,
        };
        match self.root {
            Some(root) => Ok(Yaml {
                nodes: self.nodes,
                root,
            }),
            None => Err(
                Diagnostic::new(code::EMPTY_FILE, whole, "the file is empty")
                    .help("a blueprint file starts with `apiVersion: meshc/v1` and a `kind`"),
            ),
        }
    }

    fn syntax(&self, error: &saphyr_parser::ScanError) -> Diagnostic {
        let start = self.places.byte(error.marker().index());
        let span = Span {
            file: self.places.file,
            start,
            end: start,
        };
        Diagnostic::new(
            code::YAML_SYNTAX,
            span,
            format!("this is not YAML: {}", error.info()),
        )
        .help("look here and at the lines just above: at indentation, `: ` after keys, brackets and quotes")
    }

    fn event(&mut self, event: Event<'a>, span: Span) -> Result<(), Diagnostic> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                refuse_tag(tag.as_deref(), span)?;
                if let Some(odd) = text.chars().find(|c| is_forbidden(*c)) {
                    let message = format!("the character U+{:04X} is not allowed", u32::from(odd));
                    return Err(Diagnostic::new(code::FORBIDDEN_CHARACTER, span, message)
                        .help("it is written as an escape here; remove it"));
                }
                refuse_other_forms(&text, span)?;
                let plain = style == ScalarStyle::Plain;
                let id = self.add(span, Value::Scalar { text, plain });
                self.anchor(anchor, id, 1);
                self.attach(id, span)
            }
            Event::SequenceStart(anchor, tag) => {
                refuse_tag(tag.as_deref(), span)?;
                self.start(span, Value::List(Vec::new()), anchor, false)
            }
            Event::MappingStart(anchor, tag) => {
                refuse_tag(tag.as_deref(), span)?;
                self.start(span, Value::Map(Vec::new()), anchor, true)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::DocumentStart(_) if self.root.is_some() => Err(Diagnostic::new(
                code::SEVERAL_DOCUMENTS,
                span,
                "a second document starts here",
            )
            .help("one file holds one document; move the rest to a file of its own")),
            _ => Ok(()),
        }
    }

    fn add(&mut self, span: Span, value: Value<'a>) -> NodeId {
        let id = NodeId(to_u32(self.nodes.len()));
        self.nodes.push(Node { span, value });
        id
    }

    fn start(
        &mut self,
        span: Span,
        value: Value<'a>,
        anchor: usize,
        is_map: bool,
    ) -> Result<(), Diagnostic> {
        if self.open.len() >= MAX_DEPTH {
            let message = format!("this is nested deeper than {MAX_DEPTH} levels");
            return Err(Diagnostic::new(code::TOO_DEEP, span, message).help(
                "a blueprint needs fewer than ten levels; look for a bracket that is never closed",
            ));
        }
        let id = self.add(span, value);
        self.open.push(Open {
            id,
            anchor,
            key: None,
            is_map,
            keys: HashMap::new(),
        });
        Ok(())
    }

    fn end(&mut self, span: Span) -> Result<(), Diagnostic> {
        let Some(done) = self.open.pop() else {
            return Ok(());
        };
        let weight = to_u32(self.nodes.len()).saturating_sub(done.id.0);
        if let Some(node) = self.nodes.get_mut(done.id.0 as usize) {
            node.span.end = span.end.max(node.span.end);
        }
        self.anchor(done.anchor, done.id, u64::from(weight));
        let place = self.nodes[done.id.0 as usize].span;
        self.attach(done.id, place)
    }

    fn anchor(&mut self, anchor: usize, id: NodeId, weight: u64) {
        if anchor != 0 {
            self.anchors
                .insert(anchor, (id, weight.saturating_add(self.aliased)));
        }
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Diagnostic> {
        let Some(&(id, weight)) = self.anchors.get(&anchor) else {
            return Err(Diagnostic::new(
                code::YAML_SYNTAX,
                span,
                "this alias stands inside its own anchor",
            )
            .help("write the repeated part out"));
        };
        self.aliased = self.aliased.saturating_add(weight);
        if self.aliased > MAX_ALIASED {
            return Err(Diagnostic::new(
                code::TOO_MANY_ALIASES,
                span,
                "aliases repeat too much of this file",
            )
            .help(
                "write the repeated part out, or use the layers of `governance` and `defaults`",
            ));
        }
        self.attach(id, span)
    }

    /// Puts a finished node into the list or map that is open, or makes it the document.
    fn attach(&mut self, id: NodeId, span: Span) -> Result<(), Diagnostic> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(id);
            return Ok(());
        };
        let parent = open.id.0 as usize;
        if !open.is_map {
            if let Value::List(items) = &mut self.nodes[parent].value {
                items.push(id);
            }
            return Ok(());
        }
        match open.key.take() {
            Some(key) => {
                if let Value::Map(entries) = &mut self.nodes[parent].value {
                    entries.push((key, id));
                }
            }
            None => {
                open.key = Some(id);
                self.check_key(id, span)?;
            }
        }
        Ok(())
    }

    fn check_key(&mut self, key: NodeId, span: Span) -> Result<(), Diagnostic> {
        let Value::Scalar { text, .. } = &self.nodes[key.0 as usize].value else {
            return Err(Diagnostic::new(
                code::ODD_KEY,
                span,
                "a key is a word, not a list or a map",
            )
            .help("put quotes around a value that starts with `[` or `{`"));
        };
        if text == "<<" {
            return Err(Diagnostic::new(
                code::ODD_KEY,
                span,
                "merge keys (`<<`) are not supported",
            )
            .help(
                "use the layers of `governance` and `defaults`, which say where a value came from",
            ));
        }
        let Some(open) = self.open.last_mut() else {
            return Ok(());
        };
        match open.keys.insert(text.as_ref().into(), key) {
            Some(first) => Err(Diagnostic::new(
                code::DUPLICATE_KEY,
                span,
                format!("`{text}` is given twice"),
            )
            .label(self.nodes[first.0 as usize].span, "first given here")
            .help("keep one of them")),
            None => Ok(()),
        }
    }
}

/// Terraform turns every string into normal form C, so text in another form would not arrive as it
/// was written; nor would text that starts with a mark that joins whatever is put before it.
fn refuse_other_forms(text: &str, span: Span) -> Result<(), Diagnostic> {
    use unicode_normalization::{IsNormalized, is_nfc, is_nfc_quick};
    if text.is_ascii() {
        return Ok(());
    }
    let joins = is_nfc_quick(text.chars().take(1)) != IsNormalized::Yes;
    let message = match text.chars().next() {
        _ if !is_nfc(text) => "this text is not in Unicode's normal form C".to_owned(),
        Some(first) if joins => format!(
            "this text starts with U+{:04X}, which joins the character before it",
            u32::from(first)
        ),
        _ => return Ok(()),
    };
    Err(
        Diagnostic::new(code::FORBIDDEN_CHARACTER, span, message).help(
            "write letters with their accents as one character each: Terraform changes other forms",
        ),
    )
}

fn refuse_tag(tag: Option<&saphyr_parser::Tag>, span: Span) -> Result<(), Diagnostic> {
    match tag {
        None => Ok(()),
        Some(_) => Err(
            Diagnostic::new(code::YAML_TAG, span, "tags (`!…`) are not supported")
                .help("remove it: the schema decides how a value is read"),
        ),
    }
}
