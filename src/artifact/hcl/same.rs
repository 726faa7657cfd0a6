//! Whether parsed text is the structure that it was printed from.
//!
//! In: an hcl-rs body and the hcl-edit body of its text. Out: the byte offset of the first
//! difference and what differs. hcl-rs's own conversion would do for all but templates, which it
//! turns into text with the escaping that is the reason for this gate.

use std::ops::Range;

use hcl::expr::{Expression, ObjectKey, Operation, TemplateExpr, TraversalOperator};
use hcl::structure::{Block, BlockLabel, Body, Structure};
use hcl_edit::Span as _;
use hcl_edit::expr as edit;
use hcl_edit::structure as edit_structure;
use hcl_edit::template as edit_template;

/// Where in the text something differs, and what.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::artifact) struct Difference {
    /// Byte offset in the text, where known.
    pub at: Option<usize>,
    /// What differs, for people.
    pub what: String,
}

impl Difference {
    /// The difference with its line in the text that was read.
    pub(super) fn located(&self, text: &str) -> String {
        match self.at {
            Some(at) => {
                let line = text
                    .get(..at)
                    .map_or(0, |before| before.matches('\n').count())
                    + 1;
                format!("line {line}: {}", self.what)
            }
            None => self.what.clone(),
        }
    }
}

type Same = Result<(), Difference>;

fn differs(span: Option<Range<usize>>, what: impl Into<String>) -> Same {
    Err(Difference {
        at: span.map(|span| span.start),
        what: what.into(),
    })
}

/// Compares the top level of a file, which holds blocks only.
pub(super) fn file(ours: &[&Block], read: &edit_structure::Body) -> Same {
    if ours.len() != read.len() {
        let what = format!(
            "{} blocks were printed, {} came back",
            ours.len(),
            read.len()
        );
        return differs(None, what);
    }
    for (ours, read) in ours.iter().zip(read) {
        match read {
            edit_structure::Structure::Block(read) => block(ours, read)?,
            edit_structure::Structure::Attribute(read) => {
                return differs(read.span(), "a block came back as an argument");
            }
        }
    }
    Ok(())
}

fn block(ours: &Block, read: &edit_structure::Block) -> Same {
    if ours.identifier.as_str() != read.ident.as_str() || ours.labels.len() != read.labels.len() {
        return differs(
            read.span(),
            format!("block `{}` came back as another", &*ours.identifier),
        );
    }
    for (ours, read) in ours.labels.iter().zip(&read.labels) {
        let ours = match ours {
            BlockLabel::Identifier(name) => name.as_str(),
            BlockLabel::String(text) => text.as_str(),
        };
        if ours != read.as_str() {
            return differs(
                read.span(),
                format!("label `{}` came back as another", ours.escape_debug()),
            );
        }
    }
    body(&ours.body, &read.body)
}

/// Compares bodies, at the top of a file or in a block.
pub(super) fn body(ours: &Body, read: &edit_structure::Body) -> Same {
    let count = ours.iter().count();
    if count != read.len() {
        let what = format!(
            "{count} arguments and blocks were printed, {} came back",
            read.len()
        );
        return differs(read.span(), what);
    }
    for (ours, read) in ours.iter().zip(read) {
        match (ours, read) {
            (Structure::Block(ours), edit_structure::Structure::Block(read)) => block(ours, read)?,
            (Structure::Attribute(ours), edit_structure::Structure::Attribute(read)) => {
                if ours.key.as_str() != read.key.as_str() {
                    return differs(
                        read.span(),
                        format!("`{}` came back as another", &*ours.key),
                    );
                }
                expression(&ours.expr, &read.value)?;
            }
            (_, read) => return differs(read.span(), "an argument and a block were exchanged"),
        }
    }
    Ok(())
}

fn expression(ours: &Expression, read: &edit::Expression) -> Same {
    let fits = match (ours, read) {
        (Expression::Null, edit::Expression::Null(_)) => true,
        (Expression::Bool(ours), edit::Expression::Bool(read)) => ours == read.value(),
        (Expression::Number(ours), edit::Expression::Number(read)) => ours == read.value(),
        // HCL has no negative literals: `-5` is read as an operation.
        (Expression::Number(ours), edit::Expression::UnaryOp(read)) => {
            *read.operator.value() == hcl::expr::UnaryOperator::Neg
                && read
                    .expr
                    .as_number()
                    .is_some_and(|number| -*number == *ours)
        }
        (Expression::String(ours), edit::Expression::String(read)) => ours == read.value(),
        (Expression::Array(ours), edit::Expression::Array(read)) => {
            return sequence(ours, (read.iter(), read.len()), read.span());
        }
        (Expression::Object(ours), edit::Expression::Object(read)) => {
            if ours.len() != read.len() {
                return differs(read.span(), "an object has other keys");
            }
            for ((our_key, our_value), (read_key, read_value)) in ours.iter().zip(read.iter()) {
                match (our_key, read_key) {
                    (ObjectKey::Identifier(ours), edit::ObjectKey::Ident(read))
                        if ours.as_str() == read.as_str() => {}
                    (ObjectKey::Expression(ours), edit::ObjectKey::Expression(read)) => {
                        expression(ours, read)?;
                    }
                    _ => return differs(read_key.span(), "a key came back as another"),
                }
                expression(our_value, read_value.expr())?;
            }
            true
        }
        (Expression::TemplateExpr(ours), edit::Expression::StringTemplate(read)) => {
            let TemplateExpr::QuotedString(text) = &**ours else {
                return differs(read.span(), "a heredoc came back as a quoted template");
            };
            let Ok(ours) = text.parse::<edit_template::Template>() else {
                return differs(read.span(), "a template that does not parse");
            };
            return elements(&ours, read);
        }
        // Only a parsed template has one; that it may not be emitted is said elsewhere.
        (Expression::TemplateExpr(ours), edit::Expression::HeredocTemplate(_)) => {
            matches!(**ours, TemplateExpr::Heredoc(_))
        }
        (Expression::Variable(ours), edit::Expression::Variable(read)) => {
            ours.as_str() == read.as_str()
        }
        (Expression::Traversal(ours), edit::Expression::Traversal(read)) => {
            expression(&ours.expr, &read.expr)?;
            if ours.operators.len() != read.operators.len() {
                return differs(read.span(), "a reference has other steps");
            }
            for (ours, read) in ours.operators.iter().zip(&read.operators) {
                operator(ours, read)?;
            }
            true
        }
        (Expression::FuncCall(ours), edit::Expression::FuncCall(read)) => {
            let same_space = ours.name.namespace.len() == read.name.namespace.len()
                && ours
                    .name
                    .namespace
                    .iter()
                    .zip(&read.name.namespace)
                    .all(|(a, b)| a.as_str() == b.as_str());
            if !same_space
                || ours.name.name.as_str() != read.name.name.as_str()
                || ours.expand_final != read.args.expand_final()
            {
                return differs(read.span(), "a function call came back as another");
            }
            return sequence(&ours.args, (read.args.iter(), read.args.len()), read.span());
        }
        (Expression::Parenthesis(ours), edit::Expression::Parenthesis(read)) => {
            return expression(ours, read.inner());
        }
        (Expression::Conditional(ours), edit::Expression::Conditional(read)) => {
            expression(&ours.cond_expr, &read.cond_expr)?;
            expression(&ours.true_expr, &read.true_expr)?;
            return expression(&ours.false_expr, &read.false_expr);
        }
        (Expression::Operation(ours), read) => return operation(ours, read),
        (Expression::ForExpr(ours), edit::Expression::ForExpr(read)) => {
            let name = |name: &Option<hcl_edit::Decorated<hcl_edit::Ident>>| {
                name.as_ref().map(|name| name.as_str().to_owned())
            };
            if ours.key_var.as_ref().map(|key| key.as_str().to_owned()) != name(&read.intro.key_var)
                || ours.value_var.as_str() != read.intro.value_var.as_str()
                || ours.grouping != read.grouping
            {
                return differs(read.span(), "a `for` came back as another");
            }
            expression(&ours.collection_expr, &read.intro.collection_expr)?;
            optional(ours.key_expr.as_ref(), read.key_expr.as_ref(), read.span())?;
            expression(&ours.value_expr, &read.value_expr)?;
            let condition = read.cond.as_ref().map(|condition| &condition.expr);
            return optional(ours.cond_expr.as_ref(), condition, read.span());
        }
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        differs(read.span(), "a value came back as another")
    }
}

fn optional(
    ours: Option<&Expression>,
    read: Option<&edit::Expression>,
    span: Option<Range<usize>>,
) -> Same {
    match (ours, read) {
        (None, None) => Ok(()),
        (Some(ours), Some(read)) => expression(ours, read),
        _ => differs(span, "a part of a `for` was lost or added"),
    }
}

fn sequence<'a>(
    ours: &[Expression],
    (read, count): (impl Iterator<Item = &'a edit::Expression>, usize),
    span: Option<Range<usize>>,
) -> Same {
    if ours.len() != count {
        return differs(
            span,
            format!("{} values were printed, {count} came back", ours.len()),
        );
    }
    ours.iter()
        .zip(read)
        .try_for_each(|(ours, read)| expression(ours, read))
}

fn operator(ours: &TraversalOperator, read: &hcl_edit::Decorated<edit::TraversalOperator>) -> Same {
    let fits = match (ours, read.value()) {
        (TraversalOperator::AttrSplat, edit::TraversalOperator::AttrSplat(_))
        | (TraversalOperator::FullSplat, edit::TraversalOperator::FullSplat(_)) => true,
        (TraversalOperator::GetAttr(ours), edit::TraversalOperator::GetAttr(read)) => {
            ours.as_str() == read.as_str()
        }
        (TraversalOperator::LegacyIndex(ours), edit::TraversalOperator::LegacyIndex(read)) => {
            ours == read.value()
        }
        (TraversalOperator::Index(ours), edit::TraversalOperator::Index(read)) => {
            return expression(ours, read);
        }
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        differs(read.span(), "a step of a reference came back as another")
    }
}

fn operation(ours: &Operation, read: &edit::Expression) -> Same {
    match (ours, read) {
        (Operation::Unary(ours), edit::Expression::UnaryOp(read))
            if ours.operator == *read.operator.value() =>
        {
            expression(&ours.expr, &read.expr)
        }
        (Operation::Binary(ours), edit::Expression::BinaryOp(read))
            if ours.operator == *read.operator.value() =>
        {
            expression(&ours.lhs_expr, &read.lhs_expr)?;
            expression(&ours.rhs_expr, &read.rhs_expr)
        }
        (_, read) => differs(read.span(), "an operation came back as another value"),
    }
}

/// Both are from the same parser here: one from the template's own text, one from the file.
fn elements(ours: &edit_template::Template, read: &edit_template::StringTemplate) -> Same {
    let ours: Vec<_> = ours.iter().collect();
    let elements: Vec<_> = read.iter().collect();
    if ours.len() != elements.len() {
        return differs(read.span(), "a template has other parts");
    }
    for (ours, read) in ours.into_iter().zip(elements) {
        match (ours, read) {
            (edit_template::Element::Literal(ours), edit_template::Element::Literal(read))
                if ours.value() == read.value() => {}
            (
                edit_template::Element::Interpolation(ours),
                edit_template::Element::Interpolation(read),
            ) if ours.strip == read.strip => {
                expression(&Expression::from(ours.expr.clone()), &read.expr)?;
            }
            // As with heredocs: never emitted, and said so elsewhere.
            (edit_template::Element::Directive(_), edit_template::Element::Directive(_)) => {}
            (_, read) => return differs(read.span(), "a part of a template came back as another"),
        }
    }
    Ok(())
}
