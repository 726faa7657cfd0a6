//! The children of an expression, in one place, so that no walk forgets one.

use hcl::expr::{Expression, ObjectKey, Operation, TemplateExpr, TraversalOperator};
use hcl::template::{Directive, Element, Template};

/// Calls `visit` with every direct child: keys, values, arguments, indexes and what stands in
/// `${ }` and `%{ }`. A template that does not parse has none; [`super::verify()`] refuses it.
pub(super) fn children(value: &Expression, visit: &mut dyn FnMut(&Expression)) {
    match value {
        Expression::Array(items) => items.iter().for_each(visit),
        Expression::Object(object) => {
            for (key, value) in object {
                if let ObjectKey::Expression(key) = key {
                    visit(key);
                }
                visit(value);
            }
        }
        Expression::TemplateExpr(template) => {
            if let Some(template) = elements(template) {
                in_template(&template, visit);
            }
        }
        Expression::Traversal(traversal) => {
            visit(&traversal.expr);
            for operator in &traversal.operators {
                if let TraversalOperator::Index(index) = operator {
                    visit(index);
                }
            }
        }
        Expression::FuncCall(call) => call.args.iter().for_each(visit),
        Expression::Parenthesis(inner) => visit(inner),
        Expression::Conditional(choice) => {
            visit(&choice.cond_expr);
            visit(&choice.true_expr);
            visit(&choice.false_expr);
        }
        Expression::Operation(operation) => match &**operation {
            Operation::Unary(unary) => visit(&unary.expr),
            Operation::Binary(binary) => {
                visit(&binary.lhs_expr);
                visit(&binary.rhs_expr);
            }
        },
        Expression::ForExpr(each) => {
            visit(&each.collection_expr);
            each.key_expr.iter().for_each(&mut *visit);
            visit(&each.value_expr);
            each.cond_expr.iter().for_each(visit);
        }
        // Literals and variables have none; a variant that hcl-rs may add is refused elsewhere.
        _ => {}
    }
}

/// The same for changing children, templates left out: their text is the value.
pub(super) fn children_mut(value: &mut Expression, visit: &mut dyn FnMut(&mut Expression)) {
    match value {
        Expression::Array(items) => items.iter_mut().for_each(visit),
        Expression::Object(object) => object.values_mut().for_each(visit),
        Expression::Traversal(traversal) => {
            visit(&mut traversal.expr);
            for operator in &mut traversal.operators {
                if let TraversalOperator::Index(index) = operator {
                    visit(index);
                }
            }
        }
        Expression::FuncCall(call) => call.args.iter_mut().for_each(visit),
        Expression::Parenthesis(inner) => visit(inner),
        Expression::Conditional(choice) => {
            visit(&mut choice.cond_expr);
            visit(&mut choice.true_expr);
            visit(&mut choice.false_expr);
        }
        Expression::Operation(operation) => match &mut **operation {
            Operation::Unary(unary) => visit(&mut unary.expr),
            Operation::Binary(binary) => {
                visit(&mut binary.lhs_expr);
                visit(&mut binary.rhs_expr);
            }
        },
        Expression::ForExpr(each) => {
            visit(&mut each.collection_expr);
            each.key_expr.iter_mut().for_each(&mut *visit);
            visit(&mut each.value_expr);
            each.cond_expr.iter_mut().for_each(visit);
        }
        _ => {}
    }
}

/// The parts of a template, quoted or heredoc.
pub(super) fn elements(template: &TemplateExpr) -> Option<Template> {
    Template::from_expr(template).ok()
}

fn in_template(template: &Template, visit: &mut dyn FnMut(&Expression)) {
    for element in template.elements() {
        match element {
            Element::Literal(_) => {}
            Element::Interpolation(interpolation) => visit(&interpolation.expr),
            Element::Directive(directive) => match &**directive {
                Directive::If(choice) => {
                    visit(&choice.cond_expr);
                    in_template(&choice.true_template, visit);
                    choice
                        .false_template
                        .iter()
                        .for_each(|other| in_template(other, visit));
                }
                Directive::For(each) => {
                    visit(&each.collection_expr);
                    in_template(&each.template, visit);
                }
            },
        }
    }
}
