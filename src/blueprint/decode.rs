//! Nodes to typed values, by the tables of [`super::schema`]: keys are taken one by one, the rest
//! is reported with the nearest known key, and everything wrong in a file is found in one run.

use crate::blueprint::schema::{Leaf, Shape, Table};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::source::{Span, Spanned};
use crate::yaml::{NodeId, Value, Yaml};

/// What decoding a file needs: the document and where messages go.
#[derive(Debug)]
pub struct Decoder<'d, 'a> {
    /// The document.
    pub yaml: &'d Yaml<'a>,
    /// The sink.
    pub out: &'d mut Diagnostics,
}

/// An object whose keys are taken by name; made by [`Decoder::object`], which has already reported
/// unknown and missing keys.
#[derive(Debug, Clone)]
pub struct Object {
    table: &'static Table,
    entries: Vec<(&'static str, NodeId)>,
    /// Where the object stands.
    pub span: Span,
}

impl Object {
    /// The value of a key, unless it was left out or is null.
    ///
    /// In debug builds a key that the table lacks is a defect that any test finds.
    pub fn get(&self, key: &str) -> Option<NodeId> {
        debug_assert!(
            self.table.field(key).is_some(),
            "{} has no field {key}",
            self.table.name
        );
        self.entries
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, node)| *node)
    }

    /// The keys that were given, in the table's spelling and the file's order.
    pub fn entries(&self) -> impl Iterator<Item = (&'static str, NodeId)> + '_ {
        self.entries.iter().copied()
    }
}

impl Decoder<'_, '_> {
    /// Where a node stands.
    pub fn span(&self, node: NodeId) -> Span {
        self.yaml.span(node)
    }

    /// Reads a map by a table; reports unknown and missing keys.
    pub fn object(&mut self, node: NodeId, table: &'static Table) -> Option<Object> {
        let Value::Map(entries) = self.yaml.value(node) else {
            let first = table.fields.first();
            let example = first.and_then(|field| field.shape.example());
            let help = format!(
                "write it as `{{{}: {}, …}}`; its keys are {}",
                first.map_or("key", |field| field.name),
                example.unwrap_or("…"),
                listed(table.fields.iter().map(|field| field.name))
            );
            self.wrong_type(node, &format!("a map of the keys of {}", table.name), &help);
            return None;
        };
        let mut known = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let written = self.yaml.text(*key).unwrap_or_default();
            match table.field(written) {
                Some(field) if self.yaml.is_null(*value) && !field.required => {}
                Some(field) => known.push((field.name, *value)),
                None => {
                    let names = || table.fields.iter().map(|field| field.name);
                    let message = format!("{} has no field `{written}`", table.name);
                    let mut problem =
                        Diagnostic::new(code::UNKNOWN_FIELD, self.span(*key), message)
                            .did_you_mean(written, names());
                    if problem.help.is_empty() {
                        problem = problem.help(format!("its fields are {}", listed(names())));
                    }
                    self.out.push(problem);
                }
            }
        }
        let mut complete = true;
        for field in table.fields.iter().filter(|field| field.required) {
            if !known.iter().any(|(name, _)| *name == field.name) {
                complete = false;
                let message = format!("this {} needs `{}`", table.name, field.name);
                let span = self.head(node);
                let problem = Diagnostic::new(code::MISSING_FIELD, span, message)
                    .here(format!("this {}", table.name))
                    .help(format!(
                        "add `{}: {}`",
                        field.name,
                        field.shape.example().unwrap_or("…")
                    ))
                    .help(format!("its meaning: {}", uncapital(field.doc)));
                self.out.push(problem);
            }
        }
        let object = Object {
            table,
            entries: known,
            span: self.span(node),
        };
        complete.then_some(object)
    }

    /// The first key of a map rather than all of it: an excerpt of one line is read at a glance.
    fn head(&self, node: NodeId) -> Span {
        match self.yaml.value(node) {
            Value::Map(entries) => entries
                .first()
                .map_or(self.span(node), |(key, _)| self.span(*key)),
            _ => self.span(node),
        }
    }

    /// The items of a list; reports anything else, and an empty list.
    pub fn list(&mut self, node: NodeId, of: &str) -> Vec<NodeId> {
        match self.yaml.value(node) {
            Value::List(items) if items.is_empty() => {
                let problem = Diagnostic::new(
                    code::EMPTY_LIST,
                    self.span(node),
                    format!("this list of {of} is empty"),
                );
                self.out
                    .push(problem.help("leave the key out, or name at least one"));
                Vec::new()
            }
            Value::List(items) => items.clone(),
            _ => {
                let help = match self.yaml.text(node).filter(|text| !text.is_empty()) {
                    Some(_) => {
                        "put it in brackets, as in `[a, b]`, or on lines that start with `- `"
                    }
                    None => {
                        "write it in brackets, as in `[a, b]`, or on lines that start with `- `"
                    }
                };
                self.wrong_type(node, &format!("a list of {of}"), help);
                Vec::new()
            }
        }
    }

    /// The entries of a free map (its keys are names of the user's).
    pub fn map(&mut self, node: NodeId, of: &str) -> Vec<(NodeId, NodeId)> {
        match self.yaml.value(node) {
            Value::Map(entries) => entries.clone(),
            _ => {
                let help = "write a key and its value, as in `key: value`, indented below";
                self.wrong_type(node, &format!("a map of {of}"), help);
                Vec::new()
            }
        }
    }

    /// The text of a scalar; `what` names what was expected, with its article.
    pub fn scalar(&mut self, node: NodeId, what: &str) -> Option<Spanned<String>> {
        match self.yaml.text(node) {
            Some(text) if !self.yaml.is_null(node) => {
                Some(Spanned::new(text.to_owned(), self.span(node)))
            }
            _ => {
                let help = if self.yaml.is_null(node) {
                    "write a value, or remove the key"
                } else {
                    "write one value; quotes keep brackets and braces as text"
                };
                self.wrong_type(node, what, help);
                None
            }
        }
    }

    /// Free text for people.
    pub fn text(&mut self, node: NodeId, most: usize) -> Option<Spanned<String>> {
        let text = self.scalar(node, "a text")?;
        let length = text.chars().count();
        if length > most {
            let message = format!("this text has {length} characters, at most {most} are allowed");
            self.out
                .push(Diagnostic::new(code::TEXT_TOO_LONG, text.span, message).help(
                    "shorten it; `description` holds the most, and longer text has a place in your wiki",
                ));
            return None;
        }
        Some(text)
    }

    /// A scalar with a grammar, parsed into a type of its own.
    pub fn leaf<T>(
        &mut self,
        node: NodeId,
        leaf: &'static Leaf,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<Spanned<T>> {
        let text = self.scalar(node, leaf.name)?;
        match parse(&text) {
            Ok(value) => Some(Spanned::new(value, text.span)),
            Err(why) => {
                self.malformed(text.span, &text, leaf, &why);
                None
            }
        }
    }

    /// Reports a scalar that its grammar does not accept.
    pub fn malformed(&mut self, span: Span, text: &str, leaf: &'static Leaf, why: &str) {
        let shown: String = text.chars().take(60).collect();
        let message = format!("`{}` is not {}: {why}", shown.escape_debug(), leaf.name);
        let problem = Diagnostic::new(code::MALFORMED_VALUE, span, message);
        self.out
            .push(problem.help(format!("for example `{}`", leaf.example)));
    }

    /// One of several words.
    pub fn choice(
        &mut self,
        node: NodeId,
        choices: &'static [&'static str],
    ) -> Option<Spanned<&'static str>> {
        let text = self.scalar(node, "a word")?;
        if let Some(choice) = choices.iter().find(|choice| **choice == *text) {
            return Some(Spanned::new(choice, text.span));
        }
        let message = format!(
            "`{}` is not one of {}",
            text.escape_debug(),
            listed(choices.iter().copied())
        );
        let problem = Diagnostic::new(code::UNKNOWN_CHOICE, text.span, message);
        self.out
            .push(problem.did_you_mean(&text, choices.iter().copied()));
        None
    }

    /// `true` or `false`, unquoted.
    pub fn boolean(&mut self, node: NodeId) -> Option<Spanned<bool>> {
        let value = match self.yaml.value(node) {
            Value::Scalar { text, plain: true } if text == "true" => true,
            Value::Scalar { text, plain: true } if text == "false" => false,
            _ => {
                let help = "write `true` or `false` without quotes, or leave the key out";
                self.wrong_type(node, "`true` or `false`", help);
                return None;
            }
        };
        Some(Spanned::new(value, self.span(node)))
    }

    /// A whole number within bounds.
    pub fn integer(&mut self, node: NodeId, least: i64, most: i64) -> Option<Spanned<i64>> {
        let text = self.scalar(node, "a whole number")?;
        match text.parse::<i64>() {
            Ok(number) if (least..=most).contains(&number) => Some(Spanned::new(number, text.span)),
            Ok(_) => {
                let message = format!("`{}` is not between {least} and {most}", *text);
                let help = format!("write a whole number from {least} to {most}");
                self.out
                    .push(Diagnostic::new(code::MALFORMED_VALUE, text.span, message).help(help));
                None
            }
            Err(_) => {
                let help = format!("write a whole number from {least} to {most}");
                self.wrong_type(node, "a whole number", &help);
                None
            }
        }
    }

    /// Reports that a node is not what is wanted here.
    pub fn wrong_type(&mut self, node: NodeId, wanted: &str, help: &str) {
        let found = match self.yaml.value(node) {
            _ if self.yaml.is_null(node) => "nothing",
            Value::Scalar { .. } => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        };
        let span = self.head(node);
        let message = format!("here stands {found}, wanted is {wanted}");
        self.out
            .push(Diagnostic::new(code::WRONG_TYPE, span, message).help(help));
    }

    /// Checks a list of values, or of lists of values, as [`Self::settings_value`] checks one. A
    /// value that stands by itself is a row of one.
    pub fn settings_rows(
        &mut self,
        node: NodeId,
        inner: &'static Shape,
    ) -> Vec<Vec<Spanned<String>>> {
        let mut rows = Vec::new();
        for item in self.list(node, "values") {
            let (items, shape) = match inner {
                Shape::List(shape) => (self.list(item, "values"), *shape),
                shape => (vec![item], shape),
            };
            let row: Vec<_> = items
                .into_iter()
                .filter_map(|item| self.settings_value(item, shape))
                .collect();
            if !row.is_empty() {
                rows.push(row);
            }
        }
        rows
    }

    /// Checks a value against a shape without building a type: for settings whose keys a cloud's
    /// or kind's table knows and this layer does not.
    pub fn settings_value(
        &mut self,
        node: NodeId,
        shape: &'static Shape,
    ) -> Option<Spanned<String>> {
        match shape {
            Shape::Text(most) => self.text(node, *most),
            Shape::Leaf(leaf) => {
                let check = leaf.check;
                self.leaf(node, leaf, |text| check(text).map(|()| text.to_owned()))
            }
            Shape::Choice(choices) => self
                .choice(node, choices)
                .map(|word| word.map(str::to_owned)),
            Shape::Boolean => self
                .boolean(node)
                .map(|value| value.map(|it| it.to_string())),
            Shape::Integer(least, most) => self
                .integer(node, *least, *most)
                .map(|value| value.map(|it| it.to_string())),
            Shape::List(_)
            | Shape::Map(..)
            | Shape::Object(_)
            | Shape::ShortOrLong(..)
            | Shape::KindOptions => {
                self.wrong_type(node, "a single value", "write one value");
                None
            }
        }
    }
}

/// A sentence as the end of another one.
fn uncapital(text: &str) -> String {
    let text = text.strip_suffix('.').unwrap_or(text);
    let mut chars = text.chars();
    // `SLA …` and `AWS …` keep their capitals.
    match (chars.next(), chars.clone().next()) {
        (Some(first), second) if second.is_none_or(|c| !c.is_uppercase()) => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}

/// `a`, `b` and `c`, in back-ticks.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        None => "none".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
