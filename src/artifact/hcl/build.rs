//! Builders for Terraform blocks, as targets use them.
//!
//! In: names and values. Out: [`HclBlock`]s. A Rust string always becomes a literal: only the
//! functions of [`expr`] make references, calls and interpolations. A name that is none makes no
//! panic here; [`super::verify()`] refuses the block that holds it.
//!
//! ```
//! use meshc::artifact::hcl::build::{block, expr, resource};
//! # fn origin() -> meshc::artifact::OriginRef { unimplemented!() }
//! # fn example() {
//! let bucket = resource("aws_s3_bucket", "raw")
//!     .attr("bucket", "acme-sales-raw")
//!     .attr("tags", expr::object([("owner", "sales")]))
//!     .block(block("lifecycle").attr("prevent_destroy", true))
//!     .by(&origin());
//! # }
//! ```

use hcl::Identifier;
use hcl::expr::Expression;
use hcl::structure::{Attribute, Block, BlockLabel, Structure};

use super::HclBlock;
use crate::artifact::OriginRef;

/// A block under construction.
#[derive(Debug, Clone)]
#[must_use]
pub struct BlockBuilder {
    name: String,
    labels: Vec<String>,
    body: Vec<Structure>,
}

/// `resource "KIND" "NAME" {}`.
pub fn resource(kind: &str, name: &str) -> BlockBuilder {
    block("resource").label(kind).label(name)
}

/// `data "KIND" "NAME" {}`.
pub fn data(kind: &str, name: &str) -> BlockBuilder {
    block("data").label(kind).label(name)
}

/// `provider "NAME" {}`.
pub fn provider(name: &str) -> BlockBuilder {
    block("provider").label(name)
}

/// `variable "NAME" {}`; its type is `expr::name("string")`.
pub fn variable(name: &str) -> BlockBuilder {
    block("variable").label(name)
}

/// `output "NAME" {}` with its value.
pub fn output(name: &str, value: impl Into<Expression>) -> BlockBuilder {
    block("output").label(name).attr("value", value)
}

/// `moved {}` from one address to another.
pub fn moved(from: &str, to: &str) -> BlockBuilder {
    block("moved")
        .attr("from", expr::reference(from))
        .attr("to", expr::reference(to))
}

/// `import {}` of an existing thing into an address.
pub fn import(to: &str, id: &str) -> BlockBuilder {
    block("import")
        .attr("to", expr::reference(to))
        .attr("id", id)
}

/// `removed {}`: Terraform forgets the thing and leaves it alone.
pub fn removed(from: &str) -> BlockBuilder {
    block("removed")
        .attr("from", expr::reference(from))
        .block(block("lifecycle").attr("destroy", false))
}

/// Any block: a nested one, or `terraform`, `locals` and the like.
pub fn block(name: &str) -> BlockBuilder {
    BlockBuilder {
        name: name.to_owned(),
        labels: Vec::new(),
        body: Vec::new(),
    }
}

impl BlockBuilder {
    /// Adds a label.
    pub fn label(mut self, label: &str) -> Self {
        self.labels.push(label.to_owned());
        self
    }

    /// Adds an argument.
    pub fn attr(mut self, key: &str, value: impl Into<Expression>) -> Self {
        let attribute = Attribute {
            key: Identifier::unchecked(key),
            expr: value.into(),
        };
        self.body.push(Structure::Attribute(attribute));
        self
    }

    /// Adds an argument if there is a value for it.
    pub fn attr_if(self, key: &str, value: Option<impl Into<Expression>>) -> Self {
        match value {
            Some(value) => self.attr(key, value),
            None => self,
        }
    }

    /// Adds a nested block.
    pub fn block(mut self, block: BlockBuilder) -> Self {
        self.body.push(Structure::Block(block.build()));
        self
    }

    /// Adds nested blocks.
    pub fn blocks(self, blocks: impl IntoIterator<Item = BlockBuilder>) -> Self {
        blocks.into_iter().fold(self, Self::block)
    }

    /// The plain hcl-rs block.
    pub fn build(self) -> Block {
        Block {
            identifier: Identifier::unchecked(self.name),
            labels: self.labels.into_iter().map(BlockLabel::String).collect(),
            body: self.body.into_iter().collect(),
        }
    }

    /// The finished top-level block and who asked for it.
    pub fn by(self, origin: &OriginRef) -> HclBlock {
        HclBlock {
            block: self.build(),
            origin: origin.clone(),
        }
    }
}

/// Values that are more than a literal.
pub mod expr {
    use hcl::Identifier;
    use hcl::expr::{
        Expression, FuncCall, FuncName, Object, ObjectKey, TemplateExpr, Traversal,
        TraversalOperator, Variable,
    };
    use hcl::template::{Element, Interpolation};

    use crate::artifact::hcl::print::push_interpolation;

    /// A reference, written as in Terraform: `aws_s3_bucket.raw.id`, `var.x`, `aws_x.y[0].z`,
    /// `module.m["k"].id`, `google_x.y[*].id`. Text that is no reference becomes a name that
    /// `verify` refuses.
    pub fn reference(text: &str) -> Expression {
        match text.parse::<Expression>() {
            Ok(found @ (Expression::Variable(_) | Expression::Traversal(_))) => found,
            _ => name(text),
        }
    }

    /// A name that stands alone: `string` as a type, `tags` in `ignore_changes`.
    pub fn name(text: &str) -> Expression {
        Expression::Variable(Variable::unchecked(text))
    }

    /// A reference with more steps behind it: attributes of something that is in a variable.
    pub fn attribute(of: &str, attribute: &str) -> Expression {
        let step = TraversalOperator::GetAttr(Identifier::unchecked(attribute));
        match reference(of) {
            Expression::Traversal(mut traversal) => {
                traversal.operators.push(step);
                Expression::Traversal(traversal)
            }
            root => Traversal::new(root, [step]).into(),
        }
    }

    /// A function call: `file("iam/reader.json")`.
    pub fn call<A: Into<Expression>>(
        function: &str,
        arguments: impl IntoIterator<Item = A>,
    ) -> Expression {
        let mut parts: Vec<&str> = function.split("::").collect();
        let last = parts.pop().unwrap_or_default();
        FuncCall {
            name: FuncName {
                namespace: parts.into_iter().map(Identifier::unchecked).collect(),
                name: Identifier::unchecked(last),
            },
            args: arguments.into_iter().map(Into::into).collect(),
            expand_final: false,
        }
        .into()
    }

    /// A list.
    pub fn list<V: Into<Expression>>(items: impl IntoIterator<Item = V>) -> Expression {
        Expression::Array(items.into_iter().map(Into::into).collect())
    }

    /// An object, keys in the order given; a key that is a plain name is printed without quotes.
    pub fn object<K: AsRef<str>, V: Into<Expression>>(
        entries: impl IntoIterator<Item = (K, V)>,
    ) -> Expression {
        let entries = entries
            .into_iter()
            .map(|(entry, value)| (key(entry.as_ref()), value.into()));
        Expression::Object(entries.collect::<Object<ObjectKey, Expression>>())
    }

    fn key(text: &str) -> ObjectKey {
        let mut bytes = text.bytes();
        let plain = bytes
            .next()
            .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
            && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && !matches!(text, "true" | "false" | "null" | "for");
        if plain {
            ObjectKey::Identifier(Identifier::unchecked(text))
        } else {
            ObjectKey::Expression(Expression::String(text.to_owned()))
        }
    }

    /// Any JSON value as the same literal.
    pub fn literal(value: &serde_json::Value) -> Expression {
        use serde_json::Value;
        match value {
            Value::Null => Expression::Null,
            Value::Bool(value) => Expression::Bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), _, _) => Expression::from(number),
                (_, Some(number), _) => Expression::from(number),
                (_, _, Some(number)) => Expression::from(number),
                _ => Expression::Null,
            },
            Value::String(text) => Expression::String(text.clone()),
            Value::Array(items) => list(items.iter().map(literal)),
            Value::Object(entries) => {
                object(entries.iter().map(|(key, value)| (key, literal(value))))
            }
        }
    }

    /// A piece of a [`template`].
    #[derive(Debug, Clone)]
    pub enum Part {
        /// Text that stays text.
        Text(String),
        /// `${value}`.
        Value(Expression),
    }

    /// Text with values in it: `"${aws_s3_bucket.raw.arn}/*"`.
    pub fn template(parts: impl IntoIterator<Item = Part>) -> Expression {
        let mut elements: Vec<Element> = Vec::new();
        for part in parts {
            match (part, elements.last_mut()) {
                (
                    Part::Text(text) | Part::Value(Expression::String(text)),
                    Some(Element::Literal(before)),
                ) => before.push_str(&text),
                (Part::Text(text) | Part::Value(Expression::String(text)), _) => {
                    elements.push(Element::Literal(text));
                }
                (Part::Value(value), _) => {
                    elements.push(Element::Interpolation(Interpolation::new(value)));
                }
            }
        }
        elements.retain(|element| !matches!(element, Element::Literal(text) if text.is_empty()));
        match elements.as_mut_slice() {
            [] => Expression::String(String::new()),
            [Element::Literal(text)] => Expression::String(std::mem::take(text)),
            [Element::Interpolation(only)] => only.expr.clone(),
            _ => TemplateExpr::QuotedString(source(&elements)).into(),
        }
    }

    /// The template's own language, which has no backslashes: only markers are escaped, by doubling.
    ///
    /// hcl-rs's conversion is not used: its escaping loses marker characters.
    fn source(elements: &[Element]) -> String {
        let mut out = String::new();
        let mut rest = elements;
        while let Some((element, after)) = rest.split_first() {
            match element {
                Element::Literal(text) => {
                    // Marker characters before a marker would escape it, so they become a value.
                    let plain = if after.is_empty() {
                        text
                    } else {
                        text.trim_end_matches(['$', '%'])
                    };
                    let mut chars = plain.chars().peekable();
                    while let Some(c) = chars.next() {
                        out.push(c);
                        if matches!((c, chars.peek()), ('$' | '%', Some('{'))) {
                            out.push(c);
                        }
                    }
                    if let Some(markers) = text.get(plain.len()..).filter(|tail| !tail.is_empty()) {
                        let value = Expression::String(markers.to_owned());
                        push_interpolation(&mut out, &Interpolation::new(value), 0);
                    }
                }
                Element::Interpolation(interpolation) => {
                    push_interpolation(&mut out, interpolation, 0);
                }
                // No part becomes a directive.
                Element::Directive(_) => {}
            }
            rest = after;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::expr::{self, Part};
    use super::*;
    use hcl::expr::TemplateExpr;
    use hcl::template::{Element, Template};

    /// The value of a template whose interpolations are strings or the variable `v`.
    fn value_of(template: &Expression) -> String {
        match template {
            Expression::String(text) => text.clone(),
            Expression::TemplateExpr(inner) => {
                assert!(matches!(**inner, TemplateExpr::QuotedString(_)));
                let parsed = Template::from_expr(inner).unwrap();
                let parts = parsed.elements().iter().map(|element| match element {
                    Element::Literal(text) => text.clone(),
                    Element::Interpolation(one) => match &one.expr {
                        Expression::String(text) => text.clone(),
                        other => format!("<{other:?}>"),
                    },
                    Element::Directive(_) => "<directive>".to_owned(),
                });
                parts.collect()
            }
            other => format!("<{other:?}>"),
        }
    }

    #[test]
    fn text_in_a_template_stays_text() {
        let alphabet = ['$', '%', '{', '}', '"', '\\'];
        let mut texts = vec![String::new()];
        let mut last = texts.clone();
        for _ in 0..4 {
            last = last
                .iter()
                .flat_map(|t| alphabet.iter().map(move |c| format!("{t}{c}")))
                .collect();
            texts.extend(last.iter().cloned());
        }
        let value = expr::name("v");
        for text in &texts {
            let template = expr::template([
                Part::Text(text.clone()),
                Part::Value(value.clone()),
                Part::Text(text.clone()),
            ]);
            assert_eq!(
                value_of(&template),
                format!("{text}<{value:?}>{text}"),
                "{template:?}"
            );
        }
    }

    #[test]
    fn a_template_is_no_template_where_it_need_not_be() {
        assert_eq!(expr::template([]), Expression::from(""));
        assert_eq!(
            expr::template([Part::Text("a".to_owned()), Part::Value("${b}".into())]),
            Expression::from("a${b}")
        );
        assert_eq!(
            expr::template([
                Part::Text(String::new()),
                Part::Value(expr::reference("a.b"))
            ]),
            expr::reference("a.b")
        );
    }

    #[test]
    fn strings_are_never_references() {
        let block = block("a")
            .attr("b", "local.secret")
            .attr("c", "${local.secret}")
            .build();
        assert_eq!(
            super::super::references(&block.body),
            super::super::References::default()
        );
    }
}
