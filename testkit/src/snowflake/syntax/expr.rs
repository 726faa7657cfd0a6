//! Expressions and queries: what views, policies, INSERT and SELECT are made of.

use super::super::error::{SqlError, rules};
use super::super::name::Name;
use super::super::token::Kind;
use super::super::types::DataType;
use super::{Cursor, InsertRows, Path, Statement};

/// Two-sided operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Concat,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

/// One-sided operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unary {
    Not,
    Negate,
}

/// A scalar expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    Null,
    Boolean(bool),
    Number(String),
    Text(String),
    /// A column, possibly qualified by table, schema and database.
    Column(Vec<Name>),
    /// A function call; the name keeps its qualification.
    Call {
        name: Vec<Name>,
        arguments: Vec<Expr>,
        /// `COUNT(*)`
        star: bool,
    },
    /// A named argument of a table function.
    Named(Name, Box<Expr>),
    Unary(Unary, Box<Expr>),
    Binary(Binary, Box<Expr>, Box<Expr>),
    Case {
        operand: Option<Box<Expr>>,
        branches: Vec<(Expr, Expr)>,
        otherwise: Option<Box<Expr>>,
    },
    Cast(Box<Expr>, DataType),
    In {
        value: Box<Expr>,
        list: Vec<Expr>,
        negated: bool,
    },
    InQuery {
        value: Box<Expr>,
        query: Box<Query>,
        negated: bool,
    },
    Between {
        value: Box<Expr>,
        low: Box<Expr>,
        high: Box<Expr>,
        negated: bool,
    },
    Like {
        value: Box<Expr>,
        pattern: Box<Expr>,
        negated: bool,
        any_case: bool,
    },
    IsNull {
        value: Box<Expr>,
        negated: bool,
    },
    Exists(Box<Query>),
    Scalar(Box<Query>),
    /// Semi-structured access, `value:path`.
    Element(Box<Expr>, String),
}

/// One item of a SELECT list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SelectItem {
    Star(Option<Vec<Name>>),
    Expr {
        expr: Expr,
        alias: Option<Name>,
        /// The expression as written: the column's name where there is no alias.
        text: String,
    },
}

/// Where rows come from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Source {
    Table(Path),
    Query(Box<Query>),
    Values(Vec<Vec<Expr>>),
    /// `TABLE(function(...))`
    Function {
        name: Vec<Name>,
        arguments: Vec<Expr>,
    },
}

/// How a source is joined to the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JoinKind {
    /// The first source, a comma or CROSS JOIN.
    Cross,
    Inner,
    Left,
}

/// One source of FROM.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FromItem {
    pub(crate) join: JoinKind,
    pub(crate) source: Source,
    pub(crate) alias: Option<Name>,
    pub(crate) on: Option<Expr>,
}

/// One SELECT.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Select {
    pub(crate) distinct: bool,
    pub(crate) items: Vec<SelectItem>,
    pub(crate) from: Vec<FromItem>,
    pub(crate) filter: Option<Expr>,
    pub(crate) group_by: Vec<Expr>,
    pub(crate) having: Option<Expr>,
}

/// How a further SELECT is combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SetOperation {
    UnionAll,
    Union,
}

/// A query.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Query {
    pub(crate) with: Vec<(Name, Query)>,
    pub(crate) first: Select,
    pub(crate) more: Vec<(SetOperation, Select)>,
    pub(crate) order_by: Vec<(Expr, bool)>,
    pub(crate) limit: Option<usize>,
}

/// `INSERT INTO table [(columns)] { VALUES ... | query }`
pub(super) fn insert(cursor: &mut Cursor<'_>) -> Result<Statement, SqlError> {
    cursor.expect(&["INSERT", "INTO"])?;
    let table = cursor.path(3)?;
    let columns = if cursor.at_symbol("(")
        && !matches!(cursor.word_at(1).as_deref(), Some("SELECT" | "WITH"))
    {
        cursor.names_in_parens()?
    } else {
        Vec::new()
    };
    let rows = if cursor.eat(&["VALUES"]) {
        InsertRows::Values(value_rows(cursor)?)
    } else {
        InsertRows::Query(Box::new(query(cursor)?))
    };
    Ok(Statement::Insert {
        table,
        columns,
        rows,
    })
}

fn value_rows(cursor: &mut Cursor<'_>) -> Result<Vec<Vec<Expr>>, SqlError> {
    let mut rows = Vec::new();
    loop {
        cursor.expect_symbol("(")?;
        let mut row = vec![expr(cursor)?];
        while cursor.eat_symbol(",") {
            row.push(expr(cursor)?);
        }
        cursor.expect_symbol(")")?;
        rows.push(row);
        if !cursor.eat_symbol(",") {
            return Ok(rows);
        }
    }
}

/// A query, with its WITH, set operations, ORDER BY and LIMIT.
pub(crate) fn query(cursor: &mut Cursor<'_>) -> Result<Query, SqlError> {
    cursor.enter()?;
    let query = query_inside(cursor)?;
    cursor.leave();
    Ok(query)
}

fn query_inside(cursor: &mut Cursor<'_>) -> Result<Query, SqlError> {
    let mut with = Vec::new();
    if cursor.eat(&["WITH"]) {
        cursor.eat(&["RECURSIVE"]);
        loop {
            let name = cursor.name()?;
            cursor.expect(&["AS"])?;
            cursor.expect_symbol("(")?;
            with.push((name, query(cursor)?));
            cursor.expect_symbol(")")?;
            if !cursor.eat_symbol(",") {
                break;
            }
        }
    }
    let first = operand(cursor, &mut with)?;
    let mut more = Vec::new();
    while cursor.eat(&["UNION"]) {
        let operation = if cursor.eat(&["ALL"]) {
            SetOperation::UnionAll
        } else {
            SetOperation::Union
        };
        more.push((operation, operand(cursor, &mut with)?));
    }
    if cursor.at(&["INTERSECT"]) || cursor.at(&["MINUS"]) || cursor.at(&["EXCEPT"]) {
        return Err(SqlError::not_modelled("INTERSECT and MINUS"));
    }
    let mut order_by = Vec::new();
    if cursor.eat(&["ORDER", "BY"]) {
        loop {
            let key = expr(cursor)?;
            let descending = cursor.eat(&["DESC"]);
            if !descending {
                cursor.eat(&["ASC"]);
            }
            order_by.push((key, descending));
            if !cursor.eat_symbol(",") {
                break;
            }
        }
    }
    let limit = if cursor.eat(&["LIMIT"]) {
        Some(cursor.integer()? as usize)
    } else {
        None
    };
    Ok(Query {
        with,
        first,
        more,
        order_by,
        limit,
    })
}

/// A SELECT, or a parenthesised query that is only a SELECT.
fn operand(cursor: &mut Cursor<'_>, with: &mut Vec<(Name, Query)>) -> Result<Select, SqlError> {
    if cursor.eat_symbol("(") {
        let mut inner = query(cursor)?;
        cursor.expect_symbol(")")?;
        if !inner.more.is_empty() || !inner.order_by.is_empty() || inner.limit.is_some() {
            return Err(SqlError::not_modelled("nested set operations"));
        }
        with.append(&mut inner.with);
        return Ok(inner.first);
    }
    select(cursor)
}

fn select(cursor: &mut Cursor<'_>) -> Result<Select, SqlError> {
    cursor.expect(&["SELECT"])?;
    let distinct = cursor.eat(&["DISTINCT"]);
    if !distinct {
        cursor.eat(&["ALL"]);
    }
    let mut items = vec![item(cursor)?];
    while cursor.eat_symbol(",") {
        items.push(item(cursor)?);
    }
    let mut from = Vec::new();
    if cursor.eat(&["FROM"]) {
        from.push(from_item(cursor, JoinKind::Cross)?);
        loop {
            let join = if cursor.eat_symbol(",") || cursor.eat(&["CROSS", "JOIN"]) {
                JoinKind::Cross
            } else if cursor.eat(&["JOIN"]) || cursor.eat(&["INNER", "JOIN"]) {
                JoinKind::Inner
            } else if cursor.eat(&["LEFT", "JOIN"]) || cursor.eat(&["LEFT", "OUTER", "JOIN"]) {
                JoinKind::Left
            } else if cursor.at(&["RIGHT"]) || cursor.at(&["FULL"]) || cursor.at(&["NATURAL"]) {
                return Err(SqlError::not_modelled("RIGHT, FULL and NATURAL joins"));
            } else {
                break;
            };
            from.push(from_item(cursor, join)?);
        }
    }
    let filter = if cursor.eat(&["WHERE"]) {
        Some(expr(cursor)?)
    } else {
        None
    };
    let mut group_by = Vec::new();
    if cursor.eat(&["GROUP", "BY"]) {
        group_by.push(expr(cursor)?);
        while cursor.eat_symbol(",") {
            group_by.push(expr(cursor)?);
        }
    }
    let having = if cursor.eat(&["HAVING"]) {
        Some(expr(cursor)?)
    } else {
        None
    };
    if cursor.at(&["QUALIFY"]) {
        return Err(SqlError::not_modelled("QUALIFY"));
    }
    Ok(Select {
        distinct,
        items,
        from,
        filter,
        group_by,
        having,
    })
}

fn item(cursor: &mut Cursor<'_>) -> Result<SelectItem, SqlError> {
    if cursor.eat_symbol("*") {
        return Ok(SelectItem::Star(None));
    }
    // `t.*` and `d.s.t.*`: try it, and go back if no star follows the dots.
    let mark = cursor.mark();
    let mut parts = Vec::new();
    while let Ok(name) = cursor.name() {
        parts.push(name);
        if !cursor.eat_symbol(".") {
            break;
        }
        if cursor.eat_symbol("*") {
            return Ok(SelectItem::Star(Some(parts)));
        }
    }
    cursor.reset(mark);
    let start = cursor.offset();
    let value = expr(cursor)?;
    let text = cursor.text_since(start);
    let alias = alias(cursor)?;
    Ok(SelectItem::Expr {
        expr: value,
        alias,
        text,
    })
}

/// `[AS] name`; without AS only what cannot begin the next clause.
fn alias(cursor: &mut Cursor<'_>) -> Result<Option<Name>, SqlError> {
    if cursor.eat(&["AS"]) {
        return cursor.name().map(Some);
    }
    match cursor.kind() {
        Kind::Quoted(_) => cursor.name().map(Some),
        Kind::Word(word) => {
            let word = word.to_uppercase();
            let next_clause = [
                "FROM",
                "WHERE",
                "GROUP",
                "HAVING",
                "ORDER",
                "LIMIT",
                "UNION",
                "ON",
                "JOIN",
                "INNER",
                "LEFT",
                "RIGHT",
                "FULL",
                "CROSS",
                "NATURAL",
                "QUALIFY",
                "COMMENT",
                "EXEMPT_OTHER_POLICIES",
                "INTERSECT",
                "MINUS",
                "EXCEPT",
                "ASC",
                "DESC",
                "USING",
            ];
            if next_clause.contains(&word.as_str()) {
                Ok(None)
            } else {
                cursor.name().map(Some)
            }
        }
        _ => Ok(None),
    }
}

fn from_item(cursor: &mut Cursor<'_>, join: JoinKind) -> Result<FromItem, SqlError> {
    let source = if cursor.eat(&["TABLE"]) {
        cursor.expect_symbol("(")?;
        let name = dotted(cursor)?;
        cursor.expect_symbol("(")?;
        let arguments = arguments(cursor)?;
        cursor.expect_symbol(")")?;
        Source::Function { name, arguments }
    } else if cursor.at_symbol("(") {
        cursor.advance();
        let source = if cursor.eat(&["VALUES"]) {
            Source::Values(value_rows(cursor)?)
        } else {
            Source::Query(Box::new(query(cursor)?))
        };
        cursor.expect_symbol(")")?;
        source
    } else if cursor.eat(&["VALUES"]) {
        Source::Values(value_rows(cursor)?)
    } else {
        Source::Table(cursor.path(3)?)
    };
    let alias = alias(cursor)?;
    let on = if cursor.eat(&["ON"]) {
        Some(expr(cursor)?)
    } else {
        None
    };
    if cursor.at(&["USING"]) {
        return Err(SqlError::not_modelled("JOIN ... USING"));
    }
    Ok(FromItem {
        join,
        source,
        alias,
        on,
    })
}

fn dotted(cursor: &mut Cursor<'_>) -> Result<Vec<Name>, SqlError> {
    let mut parts = vec![cursor.name()?];
    while cursor.eat_symbol(".") {
        parts.push(cursor.name()?);
    }
    Ok(parts)
}

/// Arguments up to and with the closing parenthesis.
fn arguments(cursor: &mut Cursor<'_>) -> Result<Vec<Expr>, SqlError> {
    let mut list = Vec::new();
    if cursor.eat_symbol(")") {
        return Ok(list);
    }
    loop {
        if cursor.symbol_at(1, "=>") {
            let name = cursor.name()?;
            cursor.expect_symbol("=>")?;
            list.push(Expr::Named(name, Box::new(expr(cursor)?)));
        } else {
            list.push(expr(cursor)?);
        }
        if !cursor.eat_symbol(",") {
            break;
        }
    }
    cursor.expect_symbol(")")?;
    Ok(list)
}

/// An expression of any kind.
pub(crate) fn expr(cursor: &mut Cursor<'_>) -> Result<Expr, SqlError> {
    cursor.enter()?;
    let mut left = conjunction(cursor)?;
    while cursor.eat(&["OR"]) {
        left = binary(Binary::Or, left, conjunction(cursor)?);
    }
    cursor.leave();
    Ok(left)
}

fn binary(operator: Binary, left: Expr, right: Expr) -> Expr {
    Expr::Binary(operator, Box::new(left), Box::new(right))
}

fn conjunction(cursor: &mut Cursor<'_>) -> Result<Expr, SqlError> {
    let mut left = negation(cursor)?;
    while cursor.eat(&["AND"]) {
        left = binary(Binary::And, left, negation(cursor)?);
    }
    Ok(left)
}

fn negation(cursor: &mut Cursor<'_>) -> Result<Expr, SqlError> {
    if cursor.eat(&["NOT"]) {
        cursor.enter()?;
        let inner = negation(cursor)?;
        cursor.leave();
        return Ok(Expr::Unary(Unary::Not, Box::new(inner)));
    }
    comparison(cursor)
}

fn comparison(cursor: &mut Cursor<'_>) -> Result<Expr, SqlError> {
    let mut left = sum(cursor)?;
    loop {
        let operator = match cursor.kind() {
            Kind::Symbol("=") => Some(Binary::Equal),
            Kind::Symbol("<>" | "!=") => Some(Binary::NotEqual),
            Kind::Symbol("<") => Some(Binary::Less),
            Kind::Symbol("<=") => Some(Binary::LessEqual),
            Kind::Symbol(">") => Some(Binary::Greater),
            Kind::Symbol(">=") => Some(Binary::GreaterEqual),
            _ => None,
        };
        if let Some(operator) = operator {
            cursor.advance();
            left = binary(operator, left, sum(cursor)?);
            continue;
        }
        if cursor.eat(&["IS"]) {
            let negated = cursor.eat(&["NOT"]);
            cursor.expect(&["NULL"])?;
            left = Expr::IsNull {
                value: Box::new(left),
                negated,
            };
            continue;
        }
        let negated = cursor.at(&["NOT"])
            && matches!(
                cursor.word_at(1).as_deref(),
                Some("IN" | "LIKE" | "ILIKE" | "BETWEEN")
            );
        if negated {
            cursor.advance();
        }
        if cursor.eat(&["IN"]) {
            left = in_list(cursor, left, negated)?;
        } else if cursor.eat(&["BETWEEN"]) {
            let low = sum(cursor)?;
            cursor.expect(&["AND"])?;
            left = Expr::Between {
                value: Box::new(left),
                low: Box::new(low),
                high: Box::new(sum(cursor)?),
                negated,
            };
        } else if cursor.at(&["LIKE"]) || cursor.at(&["ILIKE"]) {
            let any_case = cursor.at(&["ILIKE"]);
            cursor.advance();
            left = Expr::Like {
                value: Box::new(left),
                pattern: Box::new(sum(cursor)?),
                negated,
                any_case,
            };
        } else {
            return Ok(left);
        }
    }
}

fn in_list(cursor: &mut Cursor<'_>, value: Expr, negated: bool) -> Result<Expr, SqlError> {
    cursor.expect_symbol("(")?;
    if cursor.at(&["SELECT"]) || cursor.at(&["WITH"]) {
        let inner = query(cursor)?;
        cursor.expect_symbol(")")?;
        return Ok(Expr::InQuery {
            value: Box::new(value),
            query: Box::new(inner),
            negated,
        });
    }
    let mut list = vec![expr(cursor)?];
    while cursor.eat_symbol(",") {
        list.push(expr(cursor)?);
    }
    cursor.expect_symbol(")")?;
    Ok(Expr::In {
        value: Box::new(value),
        list,
        negated,
    })
}

fn sum(cursor: &mut Cursor<'_>) -> Result<Expr, SqlError> {
    let mut left = product(cursor)?;
    loop {
        let operator = match cursor.kind() {
            Kind::Symbol("+") => Binary::Add,
            Kind::Symbol("-") => Binary::Subtract,
            Kind::Symbol("||") => Binary::Concat,
            _ => return Ok(left),
        };
        cursor.advance();
        left = binary(operator, left, product(cursor)?);
    }
}

fn product(cursor: &mut Cursor<'_>) -> Result<Expr, SqlError> {
    let mut left = unary(cursor)?;
    loop {
        let operator = match cursor.kind() {
            Kind::Symbol("*") => Binary::Multiply,
            Kind::Symbol("/") => Binary::Divide,
            Kind::Symbol("%") => Binary::Modulo,
            _ => return Ok(left),
        };
        cursor.advance();
        left = binary(operator, left, unary(cursor)?);
    }
}

fn unary(cursor: &mut Cursor<'_>) -> Result<Expr, SqlError> {
    if cursor.eat_symbol("-") {
        cursor.enter()?;
        let inner = unary(cursor)?;
        cursor.leave();
        return Ok(Expr::Unary(Unary::Negate, Box::new(inner)));
    }
    cursor.eat_symbol("+");
    let mut value = primary(cursor)?;
    loop {
        if cursor.eat_symbol("::") {
            value = Expr::Cast(Box::new(value), data_type(cursor)?);
        } else if cursor.eat_symbol(":") {
            let path = cursor.name()?;
            value = Expr::Element(Box::new(value), path.as_str().to_owned());
        } else if cursor.eat_symbol("[") {
            let index = expr(cursor)?;
            cursor.expect_symbol("]")?;
            value = Expr::Element(Box::new(value), format!("{index:?}"));
        } else {
            return Ok(value);
        }
    }
}

fn primary(cursor: &mut Cursor<'_>) -> Result<Expr, SqlError> {
    match cursor.kind().clone() {
        Kind::Text(text) => {
            cursor.advance();
            Ok(Expr::Text(text))
        }
        Kind::Number(number) => {
            cursor.advance();
            Ok(Expr::Number(number))
        }
        Kind::Symbol("(") => {
            cursor.advance();
            let value = if cursor.at(&["SELECT"]) || cursor.at(&["WITH"]) {
                Expr::Scalar(Box::new(query(cursor)?))
            } else {
                expr(cursor)?
            };
            cursor.expect_symbol(")")?;
            Ok(value)
        }
        Kind::Word(word) => keyword(cursor, &word.to_uppercase()),
        Kind::Quoted(_) => column_or_call(cursor),
        Kind::Symbol(_) | Kind::End => cursor.unexpected(),
    }
}

fn keyword(cursor: &mut Cursor<'_>, word: &str) -> Result<Expr, SqlError> {
    match word {
        "NULL" => {
            cursor.advance();
            Ok(Expr::Null)
        }
        "TRUE" | "FALSE" => {
            cursor.advance();
            Ok(Expr::Boolean(word == "TRUE"))
        }
        "CASE" => case(cursor),
        "EXISTS" => {
            cursor.advance();
            cursor.expect_symbol("(")?;
            let inner = query(cursor)?;
            cursor.expect_symbol(")")?;
            Ok(Expr::Exists(Box::new(inner)))
        }
        "CAST" | "TRY_CAST" => {
            cursor.advance();
            cursor.expect_symbol("(")?;
            let value = expr(cursor)?;
            cursor.expect(&["AS"])?;
            let data_type = data_type(cursor)?;
            cursor.expect_symbol(")")?;
            Ok(Expr::Cast(Box::new(value), data_type))
        }
        // These two are functions although they are reserved words.
        "LEFT" | "RIGHT" if cursor.symbol_at(1, "(") => {
            cursor.advance();
            cursor.advance();
            Ok(Expr::Call {
                name: vec![Name::folded(word)],
                arguments: arguments(cursor)?,
                star: false,
            })
        }
        // ANSI context functions need no parentheses.
        "CURRENT_DATE" | "CURRENT_TIME" | "CURRENT_TIMESTAMP" | "CURRENT_USER" | "LOCALTIME"
        | "LOCALTIMESTAMP"
            if !cursor.symbol_at(1, "(") =>
        {
            cursor.advance();
            Ok(Expr::Call {
                name: vec![Name::folded(word)],
                arguments: Vec::new(),
                star: false,
            })
        }
        _ => column_or_call(cursor),
    }
}

fn case(cursor: &mut Cursor<'_>) -> Result<Expr, SqlError> {
    cursor.expect(&["CASE"])?;
    let operand = if cursor.at(&["WHEN"]) {
        None
    } else {
        Some(Box::new(expr(cursor)?))
    };
    let mut branches = Vec::new();
    while cursor.eat(&["WHEN"]) {
        let condition = expr(cursor)?;
        cursor.expect(&["THEN"])?;
        branches.push((condition, expr(cursor)?));
    }
    if branches.is_empty() {
        return cursor.unexpected();
    }
    let otherwise = if cursor.eat(&["ELSE"]) {
        Some(Box::new(expr(cursor)?))
    } else {
        None
    };
    cursor.expect(&["END"])?;
    Ok(Expr::Case {
        operand,
        branches,
        otherwise,
    })
}

fn column_or_call(cursor: &mut Cursor<'_>) -> Result<Expr, SqlError> {
    let name = dotted(cursor)?;
    if !cursor.eat_symbol("(") {
        return Ok(Expr::Column(name));
    }
    if cursor.eat_symbol("*") {
        cursor.expect_symbol(")")?;
        return Ok(Expr::Call {
            name,
            arguments: Vec::new(),
            star: true,
        });
    }
    cursor.eat(&["DISTINCT"]);
    let arguments = arguments(cursor)?;
    if cursor.at(&["OVER"]) {
        return Err(SqlError::not_modelled("window functions"));
    }
    Ok(Expr::Call {
        name,
        arguments,
        star: false,
    })
}

/// A data type as written, with its parameters.
pub(crate) fn data_type(cursor: &mut Cursor<'_>) -> Result<DataType, SqlError> {
    let Some(mut words) = cursor.word() else {
        return cursor.unexpected();
    };
    let mark = cursor.mark();
    cursor.advance();
    if words == "DOUBLE" && cursor.eat(&["PRECISION"]) {
        words.push_str(" PRECISION");
    }
    if matches!(words.as_str(), "CHAR" | "NCHAR") && cursor.eat(&["VARYING"]) {
        words.push_str(" VARYING");
    }
    let mut numbers = Vec::new();
    if cursor.at_symbol("(") && matches!(words.as_str(), "VECTOR" | "OBJECT" | "ARRAY" | "MAP") {
        return Err(SqlError::not_modelled("structured and vector types"));
    }
    if cursor.eat_symbol("(") {
        numbers.push(cursor.integer()?);
        while cursor.eat_symbol(",") {
            numbers.push(cursor.integer()?);
        }
        cursor.expect_symbol(")")?;
    }
    if let Some(data_type) = DataType::from_words(&words, &numbers)? {
        return Ok(data_type);
    }
    cursor.reset(mark);
    Err(SqlError::new(
        &rules::UNKNOWN_TYPE,
        "002040",
        "42601",
        format!("SQL compilation error:\nUnsupported data type '{words}'."),
    ))
}
