//! The printer: canonical text that `terraform fmt` leaves as it is.
//!
//! In: blocks with their origins. Out: [`Printed`]. The layout is decided here alone: `=` aligned in
//! runs of one-line arguments, blank lines around blocks and long values, objects one entry a line,
//! lists on one line while they are short and flat. What cannot be emitted is printed as text that
//! does not parse; [`super::verify()`] names it.

use std::ops::RangeInclusive;

use hcl::expr::{Expression, ObjectKey, Operation, TemplateExpr, TraversalOperator};
use hcl::structure::{Attribute, Block, BlockLabel, Body, Structure};
use hcl::template::{Element, Interpolation, Template};

use super::quote::{Place, push_escaped, push_escaped_before_marker, quoted};
use super::{HEADER, HclBlock, Printed, visible};
use crate::artifact::OriginRef;

/// A list stays on its line up to here; `terraform fmt` has no opinion.
const WIDTH: usize = 100;

/// Deeper than any provider's schema and than what the parser of the gate accepts.
pub(super) const MAX_DEPTH: usize = 60;

/// Stands where something cannot be emitted. It is no HCL, so it can never be taken for a value.
const UNPRINTABLE: &str = "<<<not emittable>>>";

/// Prints one file.
pub fn print(blocks: &[HclBlock]) -> Printed {
    let mut printer = Printer {
        out: String::with_capacity(blocks.len() * 256),
        line: 1,
    };
    let mut ranges: Vec<(RangeInclusive<u32>, OriginRef)> = Vec::with_capacity(blocks.len());
    printer.text("# ");
    printer.text(HEADER);
    printer.end_line();
    for HclBlock { block, origin } in blocks {
        printer.end_line();
        let first = printer.line;
        let why = visible::origin_line(origin);
        if !why.is_empty() {
            printer.text("# ");
            printer.text(&why);
            printer.end_line();
        }
        printer.block(block, 0);
        // The block ends with the line break after its closing brace.
        ranges.push((first..=printer.line - 1, origin.clone()));
    }
    Printed {
        text: printer.out,
        ranges,
    }
}

struct Printer {
    out: String,
    /// The line that is being written, from 1.
    line: u32,
}

impl Printer {
    fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn end_line(&mut self) {
        self.out.push('\n');
        self.line += 1;
    }

    fn indent(&mut self, depth: usize) {
        for _ in 0..depth {
            self.out.push_str("  ");
        }
    }

    fn pad(&mut self, columns: usize) {
        for _ in 0..columns {
            self.out.push(' ');
        }
    }

    fn block(&mut self, block: &Block, depth: usize) {
        self.indent(depth);
        self.text(&block.identifier);
        for label in &block.labels {
            self.text(" ");
            // `terraform fmt` quotes every label.
            let label = match label {
                BlockLabel::Identifier(name) => name.as_str(),
                BlockLabel::String(text) => text.as_str(),
            };
            self.text(&quoted(label, Place::Value));
        }
        self.text(" {");
        if depth >= MAX_DEPTH {
            self.text(UNPRINTABLE);
        } else if block.body.iter().next().is_some() {
            self.end_line();
            self.body(&block.body, depth + 1);
            self.indent(depth);
        }
        self.text("}");
        self.end_line();
    }

    fn body(&mut self, body: &Body, depth: usize) {
        let structures: Vec<&Structure> = body.iter().collect();
        let mut rest = structures.as_slice();
        let mut first = true;
        while let Some((next, after)) = rest.split_first() {
            if !first {
                self.end_line();
            }
            first = false;
            match next {
                Structure::Block(block) => {
                    self.block(block, depth);
                    rest = after;
                }
                Structure::Attribute(attribute) => {
                    let run: Vec<&Attribute> = rest
                        .iter()
                        .map_while(|structure| match structure {
                            Structure::Attribute(a) if is_one_line(&a.expr, a.key.len(), depth) => {
                                Some(a)
                            }
                            _ => None,
                        })
                        .collect();
                    if run.is_empty() {
                        self.indent(depth);
                        self.text(&attribute.key);
                        self.text(" = ");
                        self.value(&attribute.expr, depth);
                        self.end_line();
                        rest = after;
                    } else {
                        let entries: Vec<_> =
                            run.iter().map(|a| (a.key.to_string(), &a.expr)).collect();
                        self.run(&entries, depth);
                        rest = rest.get(run.len()..).unwrap_or_default();
                    }
                }
            }
        }
    }

    /// One-line entries below each other, with their `=` in one column.
    fn run(&mut self, entries: &[(String, &Expression)], depth: usize) {
        let width = entries
            .iter()
            .map(|(key, _)| columns(key))
            .max()
            .unwrap_or(0);
        for (key, value) in entries {
            self.indent(depth);
            self.text(key);
            self.pad(width - columns(key));
            self.text(" = ");
            push_inline(&mut self.out, value, depth);
            self.end_line();
        }
    }

    /// A value that may take several lines; the cursor is behind `= ` or an indent.
    fn value(&mut self, value: &Expression, depth: usize) {
        if depth >= MAX_DEPTH {
            return self.text(UNPRINTABLE);
        }
        match value {
            Expression::Object(object) if !object.is_empty() => {
                self.text("{");
                self.end_line();
                let entries: Vec<(String, &Expression)> = object
                    .iter()
                    .map(|(key, value)| (key_text(key, depth), value))
                    .collect();
                let mut rest = entries.as_slice();
                while let Some(((key, value), after)) = rest.split_first() {
                    let run = rest
                        .iter()
                        .take_while(|(key, value)| is_one_line(value, columns(key), depth + 1))
                        .count();
                    if run == 0 {
                        self.indent(depth + 1);
                        self.text(key);
                        self.text(" = ");
                        self.value(value, depth + 1);
                        self.end_line();
                        rest = after;
                    } else {
                        self.run(rest.get(..run).unwrap_or_default(), depth + 1);
                        rest = rest.get(run..).unwrap_or_default();
                    }
                }
                self.indent(depth);
                self.text("}");
            }
            Expression::Array(items) if !items.is_empty() => {
                self.text("[");
                self.end_line();
                for item in items {
                    self.indent(depth + 1);
                    if is_one_line(item, 0, depth + 1) {
                        push_inline(&mut self.out, item, depth + 1);
                    } else {
                        self.value(item, depth + 1);
                    }
                    self.text(",");
                    self.end_line();
                }
                self.indent(depth);
                self.text("]");
            }
            other => push_inline(&mut self.out, other, depth),
        }
    }
}

/// Keys are printed so that characters are columns; see [`Place::Key`].
fn columns(key: &str) -> usize {
    key.chars().count()
}

/// Whether a value stays on the line of its key, which is `key` columns wide.
fn is_one_line(value: &Expression, key: usize, depth: usize) -> bool {
    match value {
        Expression::Object(object) => object.is_empty(),
        Expression::Array(items) => {
            items.is_empty()
                || (items.iter().all(is_flat) && {
                    let mut text = String::new();
                    push_inline(&mut text, value, depth);
                    depth * 2 + key + " = ".len() + text.chars().count() <= WIDTH
                })
        }
        _ => true,
    }
}

/// Whether a list item reads well beside others.
fn is_flat(item: &Expression) -> bool {
    match item {
        Expression::Object(object) => object.is_empty(),
        Expression::Array(items) => items.is_empty(),
        Expression::FuncCall(call) => call.args.iter().all(is_flat),
        _ => true,
    }
}

fn key_text(key: &ObjectKey, depth: usize) -> String {
    match key {
        ObjectKey::Identifier(name) => name.to_string(),
        ObjectKey::Expression(Expression::String(text)) => quoted(text, Place::Key),
        ObjectKey::Expression(Expression::TemplateExpr(template)) => {
            let mut out = String::new();
            push_template_expr(&mut out, template, Place::Key, depth);
            out
        }
        ObjectKey::Expression(inner @ Expression::Parenthesis(_)) => {
            let mut out = String::new();
            push_inline(&mut out, inner, depth);
            out
        }
        _ => UNPRINTABLE.to_owned(),
    }
}

/// Any value on one line.
pub(super) fn push_inline(out: &mut String, value: &Expression, depth: usize) {
    if depth >= MAX_DEPTH {
        return out.push_str(UNPRINTABLE);
    }
    let depth = depth + 1;
    match value {
        Expression::Null => out.push_str("null"),
        Expression::Bool(true) => out.push_str("true"),
        Expression::Bool(false) => out.push_str("false"),
        Expression::Number(number) => out.push_str(&number.to_string()),
        Expression::String(text) => {
            out.push('"');
            push_escaped(out, text, Place::Value);
            out.push('"');
        }
        Expression::Array(items) => {
            out.push('[');
            list(out, items, depth);
            out.push(']');
        }
        Expression::Object(object) if object.is_empty() => out.push_str("{}"),
        Expression::Object(object) => {
            out.push_str("{ ");
            for (at, (key, value)) in object.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                out.push_str(&key_text(key, depth));
                out.push_str(" = ");
                push_inline(out, value, depth);
            }
            out.push_str(" }");
        }
        Expression::TemplateExpr(template) => {
            push_template_expr(out, template, Place::Value, depth);
        }
        Expression::Variable(name) => out.push_str(name),
        Expression::Traversal(traversal) => {
            push_inline(out, &traversal.expr, depth);
            for operator in &traversal.operators {
                match operator {
                    TraversalOperator::AttrSplat => out.push_str(".*"),
                    TraversalOperator::FullSplat => out.push_str("[*]"),
                    TraversalOperator::GetAttr(name) => {
                        out.push('.');
                        out.push_str(name);
                    }
                    TraversalOperator::Index(index) => {
                        out.push('[');
                        push_inline(out, index, depth);
                        out.push(']');
                    }
                    TraversalOperator::LegacyIndex(index) => {
                        out.push('.');
                        out.push_str(&index.to_string());
                    }
                }
            }
        }
        Expression::FuncCall(call) => {
            for space in &call.name.namespace {
                out.push_str(space);
                out.push_str("::");
            }
            out.push_str(&call.name.name);
            out.push('(');
            list(out, &call.args, depth);
            out.push_str(if call.expand_final { "...)" } else { ")" });
        }
        Expression::Parenthesis(inner) => {
            out.push('(');
            push_inline(out, inner, depth);
            out.push(')');
        }
        Expression::Conditional(choice) => {
            push_inline(out, &choice.cond_expr, depth);
            out.push_str(" ? ");
            push_inline(out, &choice.true_expr, depth);
            out.push_str(" : ");
            push_inline(out, &choice.false_expr, depth);
        }
        Expression::Operation(operation) => match &**operation {
            Operation::Unary(unary) => {
                out.push_str(unary.operator.as_str());
                push_inline(out, &unary.expr, depth);
            }
            Operation::Binary(binary) => {
                push_inline(out, &binary.lhs_expr, depth);
                out.push(' ');
                out.push_str(binary.operator.as_str());
                out.push(' ');
                push_inline(out, &binary.rhs_expr, depth);
            }
        },
        Expression::ForExpr(each) => {
            out.push_str(if each.key_expr.is_some() {
                "{ for "
            } else {
                "[for "
            });
            if let Some(key) = &each.key_var {
                out.push_str(key);
                out.push_str(", ");
            }
            out.push_str(&each.value_var);
            out.push_str(" in ");
            push_inline(out, &each.collection_expr, depth);
            out.push_str(" : ");
            if let Some(key) = &each.key_expr {
                push_inline(out, key, depth);
                out.push_str(" => ");
            }
            push_inline(out, &each.value_expr, depth);
            if each.grouping {
                out.push_str("...");
            }
            if let Some(condition) = &each.cond_expr {
                out.push_str(" if ");
                push_inline(out, condition, depth);
            }
            out.push_str(if each.key_expr.is_some() { " }" } else { "]" });
        }
        // The enum may grow; what is unknown is not guessed at.
        _ => out.push_str(UNPRINTABLE),
    }
}

fn list(out: &mut String, items: &[Expression], depth: usize) {
    for (at, item) in items.iter().enumerate() {
        out.push_str(if at == 0 { "" } else { ", " });
        push_inline(out, item, depth);
    }
}

fn push_template_expr(out: &mut String, template: &TemplateExpr, place: Place, depth: usize) {
    let parsed = match template {
        TemplateExpr::QuotedString(_) => Template::from_expr(template).ok(),
        TemplateExpr::Heredoc(_) => None,
    };
    match parsed {
        Some(parsed) => {
            out.push('"');
            push_elements(out, parsed.elements(), place, depth);
            out.push('"');
        }
        None => out.push_str(UNPRINTABLE),
    }
}

fn push_elements(out: &mut String, elements: &[Element], place: Place, depth: usize) {
    for (at, element) in elements.iter().enumerate() {
        match element {
            Element::Literal(text) if at + 1 < elements.len() => {
                push_escaped_before_marker(out, text, place);
            }
            Element::Literal(text) => push_escaped(out, text, place),
            Element::Interpolation(interpolation) => {
                push_interpolation(out, interpolation, depth);
            }
            Element::Directive(_) => out.push_str(UNPRINTABLE),
        }
    }
}

/// `terraform fmt` sets a space between `${` and a brace, and behind a minus that follows `${`.
pub(super) fn push_interpolation(out: &mut String, interpolation: &Interpolation, depth: usize) {
    let mut value = String::new();
    push_inline(&mut value, &interpolation.expr, depth);
    out.push_str("${");
    out.push_str(if interpolation.strip.strip_start() {
        "~"
    } else {
        ""
    });
    if let Some(positive) = value.strip_prefix('-') {
        out.push_str("- ");
        out.push_str(positive);
    } else {
        out.push_str(if value.starts_with('{') { " " } else { "" });
        out.push_str(&value);
    }
    out.push_str(if value.ends_with('}') { " " } else { "" });
    out.push_str(if interpolation.strip.strip_end() {
        "~"
    } else {
        ""
    });
    out.push('}');
}
