//! Types and values of expressions.
//!
//! `infer` resolves every name and gives the type as far as it is known; `evaluate` gives the value
//! on one row. An expression that `infer` accepts may still be refused by `evaluate` if it calls a
//! function whose result this account does not compute; the refusal then says so.

use std::cmp::Ordering;

use super::super::error::{SqlError, rules};
use super::super::name::{Name, dotted};
use super::super::syntax::{Binary, Expr, Query, Unary};
use super::super::types::{DataType, Family};
use super::query::{Context, ScopeColumn};
use super::show::like_matches;
use super::{Account, Value};

/// What may be done with a subquery while inferring.
#[derive(Clone, Copy)]
enum Inner<'a, 'b> {
    /// Run it for its columns.
    Run(&'a Context<'b>),
    /// A policy's body: its subqueries are resolved when the policy runs.
    Later,
}

impl Account {
    pub(super) fn infer(
        &self,
        context: &Context<'_>,
        expr: &Expr,
        columns: &[ScopeColumn],
    ) -> Result<Option<DataType>, SqlError> {
        self.type_of(Inner::Run(context), expr, columns)
    }

    pub(super) fn infer_policy(
        &self,
        expr: &Expr,
        columns: &[ScopeColumn],
    ) -> Result<Option<DataType>, SqlError> {
        self.type_of(Inner::Later, expr, columns)
    }

    #[allow(
        clippy::match_same_arms,
        reason = "One arm per kind of expression reads better than merged ones."
    )]
    fn type_of(
        &self,
        inner: Inner<'_, '_>,
        expr: &Expr,
        columns: &[ScopeColumn],
    ) -> Result<Option<DataType>, SqlError> {
        let boolean = || Some(DataType::plain(Family::Boolean));
        let sub = |e: &Expr| self.type_of(inner, e, columns);
        Ok(match expr {
            Expr::Null => None,
            Expr::Boolean(_) => boolean(),
            Expr::Number(text) => Some(match Value::parse_number(text) {
                Some(Value::Number(_, scale)) if scale <= 37 => DataType::number(38, scale),
                _ => DataType::plain(Family::Float),
            }),
            Expr::Text(_) => Some(DataType::text()),
            Expr::Column(path) => {
                let outer = match inner {
                    Inner::Run(context) => context.outer.as_ref().map(|(c, _)| c.as_slice()),
                    Inner::Later => None,
                };
                Some(find(columns, outer, path)?.1.data_type.clone())
            }
            Expr::Call {
                name, arguments, ..
            } => {
                let mut types = Vec::new();
                for argument in arguments {
                    types.push(sub(argument)?);
                }
                Self::function_type(name, &types)?
            }
            Expr::Named(_, value) => sub(value)?,
            Expr::Unary(Unary::Not, value) => {
                sub(value)?;
                boolean()
            }
            Expr::Unary(Unary::Negate, value) => sub(value)?,
            Expr::Binary(operator, left, right) => {
                let (a, b) = (sub(left)?, sub(right)?);
                match operator {
                    Binary::Concat => Some(DataType::text()),
                    Binary::Add
                    | Binary::Subtract
                    | Binary::Multiply
                    | Binary::Divide
                    | Binary::Modulo => a.or(b).map(|t| match t.family {
                        Family::Number => DataType::number(38, t.scale.unwrap_or(0)),
                        _ => t,
                    }),
                    _ => boolean(),
                }
            }
            Expr::Case {
                operand,
                branches,
                otherwise,
            } => {
                if let Some(operand) = operand {
                    sub(operand)?;
                }
                let mut found: Option<DataType> = None;
                for (condition, result) in branches {
                    sub(condition)?;
                    found = unify(found, sub(result)?)?;
                }
                if let Some(otherwise) = otherwise {
                    found = unify(found, sub(otherwise)?)?;
                }
                found
            }
            Expr::Cast(value, data_type) => {
                sub(value)?;
                Some(data_type.clone())
            }
            Expr::In { value, list, .. } => {
                sub(value)?;
                for item in list {
                    sub(item)?;
                }
                boolean()
            }
            Expr::InQuery { value, query, .. } => {
                sub(value)?;
                self.query_type(inner, query, columns)?;
                boolean()
            }
            Expr::Between {
                value, low, high, ..
            } => {
                for part in [value, low, high] {
                    sub(part)?;
                }
                boolean()
            }
            Expr::Like { value, pattern, .. } => {
                sub(value)?;
                sub(pattern)?;
                boolean()
            }
            Expr::IsNull { value, .. } => {
                sub(value)?;
                boolean()
            }
            Expr::Exists(query) => {
                self.query_type(inner, query, columns)?;
                boolean()
            }
            Expr::Scalar(query) => self.query_type(inner, query, columns)?,
            Expr::Element(value, _) => {
                sub(value)?;
                Some(DataType::plain(Family::Variant))
            }
        })
    }

    /// The type of a subquery's only column.
    fn query_type(
        &self,
        inner: Inner<'_, '_>,
        query: &Query,
        columns: &[ScopeColumn],
    ) -> Result<Option<DataType>, SqlError> {
        let Inner::Run(context) = inner else {
            return Ok(None);
        };
        let nulls = vec![Value::Null; columns.len()];
        let output = self.run_in(&nested(context, columns, &nulls), query)?;
        Ok(output.columns.into_iter().next().map(|(_, t)| t))
    }

    pub(super) fn evaluate(
        &self,
        context: &Context<'_>,
        expr: &Expr,
        columns: &[ScopeColumn],
        row: &[Value],
    ) -> Result<Value, SqlError> {
        let sub = |e: &Expr| self.evaluate(context, e, columns, row);
        Ok(match expr {
            Expr::Null => Value::Null,
            Expr::Boolean(value) => Value::Boolean(*value),
            Expr::Number(text) => Value::parse_number(text)
                .ok_or_else(|| SqlError::not_modelled(format!("the number {text}")))?,
            Expr::Text(text) => Value::Text(text.clone()),
            Expr::Column(path) => {
                let outer = context.outer.as_ref();
                match find(columns, outer.map(|(c, _)| c.as_slice()), path)? {
                    (At::Here(at), _) => row.get(at).cloned().unwrap_or(Value::Null),
                    (At::Outside(at), _) => outer
                        .and_then(|(_, values)| values.get(at).cloned())
                        .unwrap_or(Value::Null),
                }
            }
            Expr::Call {
                name, arguments, ..
            } => {
                let mut values = Vec::new();
                for argument in arguments {
                    values.push(sub(argument)?);
                }
                self.function_value(context, name, &values)?
            }
            Expr::Named(_, value) => sub(value)?,
            Expr::Unary(Unary::Not, value) => match sub(value)? {
                Value::Boolean(value) => Value::Boolean(!value),
                _ => Value::Null,
            },
            Expr::Unary(Unary::Negate, value) => arithmetic('-', &Value::integer(0), &sub(value)?)?,
            Expr::Binary(operator, left, right) => {
                let left = sub(left)?;
                // AND and OR must not evaluate what the left side has decided.
                match (operator, &left) {
                    (Binary::And, Value::Boolean(false)) => return Ok(Value::Boolean(false)),
                    (Binary::Or, Value::Boolean(true)) => return Ok(Value::Boolean(true)),
                    _ => {}
                }
                combine(*operator, &left, &sub(right)?)?
            }
            Expr::Case {
                operand,
                branches,
                otherwise,
            } => {
                let operand = match operand {
                    Some(operand) => Some(sub(operand)?),
                    None => None,
                };
                for (condition, result) in branches {
                    let condition = sub(condition)?;
                    let taken = match &operand {
                        Some(operand) => operand.compare(&condition) == Some(Ordering::Equal),
                        None => condition.is_true(),
                    };
                    if taken {
                        return sub(result);
                    }
                }
                match otherwise {
                    Some(otherwise) => sub(otherwise)?,
                    None => Value::Null,
                }
            }
            Expr::Cast(value, data_type) => {
                let value = sub(value)?;
                value.cast(data_type).ok_or_else(|| {
                    SqlError::own(
                        &rules::ROW_SHAPE,
                        format!(
                            "'{}' is not recognized as {data_type}.",
                            value.text().unwrap_or_default()
                        ),
                    )
                })?
            }
            Expr::In {
                value,
                list,
                negated,
            } => {
                let value = sub(value)?;
                let mut items = Vec::new();
                for item in list {
                    items.push(sub(item)?);
                }
                contains(&value, &items, *negated)
            }
            Expr::InQuery {
                value,
                query,
                negated,
            } => {
                let value = sub(value)?;
                let output = self.run_in(&nested(context, columns, row), query)?;
                let items: Vec<Value> = output
                    .rows
                    .into_iter()
                    .filter_map(|row| row.into_iter().next())
                    .collect();
                contains(&value, &items, *negated)
            }
            Expr::Between {
                value,
                low,
                high,
                negated,
            } => {
                let value = sub(value)?;
                match (value.compare(&sub(low)?), value.compare(&sub(high)?)) {
                    (Some(low), Some(high)) => {
                        let inside = low != Ordering::Less && high != Ordering::Greater;
                        Value::Boolean(inside != *negated)
                    }
                    _ => Value::Null,
                }
            }
            Expr::Like {
                value,
                pattern,
                negated,
                any_case,
            } => match (sub(value)?.text(), sub(pattern)?.text()) {
                (Some(value), Some(pattern)) => {
                    Value::Boolean(like_matches(&value, &pattern, *any_case) != *negated)
                }
                _ => Value::Null,
            },
            Expr::IsNull { value, negated } => {
                Value::Boolean((sub(value)? == Value::Null) != *negated)
            }
            Expr::Exists(query) => {
                let output = self.run_in(&nested(context, columns, row), query)?;
                Value::Boolean(!output.rows.is_empty())
            }
            Expr::Scalar(query) => {
                let output = self.run_in(&nested(context, columns, row), query)?;
                if output.rows.len() > 1 {
                    return Err(SqlError::own(
                        &rules::ROW_SHAPE,
                        "single-row subquery returns more than one row.",
                    ));
                }
                output
                    .rows
                    .into_iter()
                    .next()
                    .and_then(|row| row.into_iter().next())
                    .unwrap_or(Value::Null)
            }
            Expr::Element(..) => {
                return Err(SqlError::not_modelled("values of semi-structured data"));
            }
        })
    }

    /// The value of an expression over a group: aggregates over all rows, the rest on the first.
    pub(super) fn evaluate_group(
        &self,
        context: &Context<'_>,
        expr: &Expr,
        columns: &[ScopeColumn],
        group: &[Vec<Value>],
    ) -> Result<Value, SqlError> {
        if let Expr::Call {
            name,
            arguments,
            star,
        } = expr
            && let Some(function) = name.last()
            && matches!(function.as_str(), "COUNT" | "SUM" | "MIN" | "MAX" | "AVG")
        {
            if *star {
                return Ok(Value::integer(
                    i64::try_from(group.len()).unwrap_or(i64::MAX),
                ));
            }
            let mut values = Vec::new();
            for row in group {
                if let Some(argument) = arguments.first() {
                    let value = self.evaluate(context, argument, columns, row)?;
                    if value != Value::Null {
                        values.push(value);
                    }
                }
            }
            return aggregate(function.as_str(), values);
        }
        if let Expr::Binary(operator, left, right) = expr {
            let left = self.evaluate_group(context, left, columns, group)?;
            let right = self.evaluate_group(context, right, columns, group)?;
            return combine(*operator, &left, &right);
        }
        let nulls = vec![Value::Null; columns.len()];
        self.evaluate(context, expr, columns, group.first().unwrap_or(&nulls))
    }
}

fn aggregate(function: &str, values: Vec<Value>) -> Result<Value, SqlError> {
    let count = i64::try_from(values.len()).unwrap_or(i64::MAX);
    if function == "COUNT" {
        return Ok(Value::integer(count));
    }
    let mut values = values.into_iter();
    let Some(mut result) = values.next() else {
        return Ok(Value::Null);
    };
    for value in values {
        result = match function {
            "SUM" | "AVG" => arithmetic('+', &result, &value)?,
            "MIN" if value.compare(&result) == Some(Ordering::Less) => value,
            "MAX" if value.compare(&result) == Some(Ordering::Greater) => value,
            _ => result,
        };
    }
    if function == "AVG" {
        return arithmetic('/', &result, &Value::integer(count));
    }
    Ok(result)
}

/// A context in which the current row is visible to a subquery.
fn nested<'a>(context: &Context<'a>, columns: &[ScopeColumn], row: &[Value]) -> Context<'a> {
    let mut inner = context.clone();
    let (mut names, mut values) = (columns.to_vec(), row.to_vec());
    if let Some((outer_names, outer_values)) = &context.outer {
        names.extend(outer_names.iter().cloned());
        values.extend(outer_values.iter().cloned());
    }
    inner.outer = Some((names, values));
    inner
}

/// Where a column was found.
enum At {
    Here(usize),
    Outside(usize),
}

fn find<'a>(
    columns: &'a [ScopeColumn],
    outer: Option<&'a [ScopeColumn]>,
    path: &[Name],
) -> Result<(At, &'a ScopeColumn), SqlError> {
    let Some((name, qualifier)) = path.split_last() else {
        return Err(unknown(path));
    };
    let matches = |column: &ScopeColumn| {
        column.name == *name && (qualifier.is_empty() || column.qualifier.ends_with(qualifier))
    };
    let mut found = columns.iter().enumerate().filter(|(_, c)| matches(c));
    if let Some((at, column)) = found.next() {
        if found.next().is_some() {
            return Err(SqlError::new(
                &rules::UNKNOWN_COLUMN,
                "002001",
                "42601",
                format!("SQL compilation error:\nambiguous column name '{name}'"),
            ));
        }
        return Ok((At::Here(at), column));
    }
    outer
        .into_iter()
        .flatten()
        .enumerate()
        .find(|(_, c)| matches(c))
        .map(|(at, column)| (At::Outside(at), column))
        .ok_or_else(|| unknown(path))
}

fn unknown(path: &[Name]) -> SqlError {
    SqlError::new(
        &rules::UNKNOWN_COLUMN,
        "000904",
        "42000",
        format!(
            "SQL compilation error:\ninvalid identifier '{}'",
            dotted(path)
        ),
    )
}

/// The common type of two branches; different families have none.
fn unify(a: Option<DataType>, b: Option<DataType>) -> Result<Option<DataType>, SqlError> {
    match (a, b) {
        (None, other) | (other, None) => Ok(other),
        (Some(a), Some(b)) if a.same_family(&b) => {
            let larger = if b.size > a.size { b } else { a };
            Ok(Some(larger))
        }
        (Some(a), Some(b)) => Err(SqlError::compilation(
            &rules::MASKING_BODY_TYPE,
            format!("the branches of CASE have the types {a} and {b}."),
        )),
    }
}

fn arithmetic(operator: char, left: &Value, right: &Value) -> Result<Value, SqlError> {
    left.arithmetic(operator, right).ok_or_else(|| {
        SqlError::own(
            &rules::ROW_SHAPE,
            format!(
                "numeric value '{}' or '{}' is not recognized, or the result is out of range.",
                left.text().unwrap_or_default(),
                right.text().unwrap_or_default()
            ),
        )
    })
}

fn combine(operator: Binary, left: &Value, right: &Value) -> Result<Value, SqlError> {
    let compared = |test: fn(Ordering) -> bool| {
        left.compare(right)
            .map_or(Value::Null, |ordering| Value::Boolean(test(ordering)))
    };
    Ok(match operator {
        Binary::And => match (left, right) {
            (Value::Boolean(false), _) | (_, Value::Boolean(false)) => Value::Boolean(false),
            (Value::Boolean(true), Value::Boolean(true)) => Value::Boolean(true),
            _ => Value::Null,
        },
        Binary::Or => match (left, right) {
            (Value::Boolean(true), _) | (_, Value::Boolean(true)) => Value::Boolean(true),
            (Value::Boolean(false), Value::Boolean(false)) => Value::Boolean(false),
            _ => Value::Null,
        },
        Binary::Equal => compared(Ordering::is_eq),
        Binary::NotEqual => compared(Ordering::is_ne),
        Binary::Less => compared(Ordering::is_lt),
        Binary::LessEqual => compared(Ordering::is_le),
        Binary::Greater => compared(Ordering::is_gt),
        Binary::GreaterEqual => compared(Ordering::is_ge),
        Binary::Concat => match (left.text(), right.text()) {
            (Some(a), Some(b)) => Value::Text(a + &b),
            _ => Value::Null,
        },
        Binary::Add => arithmetic('+', left, right)?,
        Binary::Subtract => arithmetic('-', left, right)?,
        Binary::Multiply => arithmetic('*', left, right)?,
        Binary::Divide => arithmetic('/', left, right)?,
        Binary::Modulo => arithmetic('%', left, right)?,
    })
}

fn contains(value: &Value, items: &[Value], negated: bool) -> Value {
    if *value == Value::Null {
        return Value::Null;
    }
    let found = items
        .iter()
        .any(|item| value.compare(item) == Some(Ordering::Equal));
    if !found && items.contains(&Value::Null) {
        return Value::Null;
    }
    Value::Boolean(found != negated)
}
