//! Queries and INSERT on stored rows: who may read what, and what policies make of it.
//!
//! A view runs with its owner's rights, while context functions and policies see the session. Row
//! access policies are evaluated before masking policies
//! (docs.snowflake.com/en/sql-reference/sql/create-row-access-policy#usage-notes).

use std::collections::{BTreeMap, BTreeSet};

use super::super::error::{SqlError, rules};
use super::super::name::{Name, dotted_raw};
use super::super::object::ObjectType;
use super::super::result::ResultSet;
use super::super::syntax::{
    Expr, FromItem, InsertRows, JoinKind, Path, Query, Select, SelectItem, SetOperation, Source,
};
use super::super::types::{DataType, Family};
use super::{Account, Active, Body, Column, Id, Session, Value};

/// A column that an expression can name.
#[derive(Clone, Debug)]
pub(super) struct ScopeColumn {
    /// What may stand before the column's name: the alias, or the table's full path.
    pub(super) qualifier: Vec<Name>,
    pub(super) name: Name,
    pub(super) data_type: DataType,
}

/// Rows with named columns.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pub(super) columns: Vec<ScopeColumn>,
    pub(super) rows: Vec<Vec<Value>>,
}

/// What a query gives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Output {
    pub(crate) columns: Vec<(Name, DataType)>,
    pub(crate) rows: Vec<Vec<Value>>,
}

/// Where a query runs: whose session it is, and whose rights it uses.
#[derive(Clone, Debug)]
pub(super) struct Context<'a> {
    pub(super) session: Session,
    /// The session's active roles: what context functions and policies see.
    pub(super) invoker: &'a Active,
    /// The roles whose privileges are checked.
    pub(super) rights: Active,
    pub(super) with: BTreeMap<Name, Output>,
    /// Columns of the enclosing query's current row, for correlated subqueries.
    pub(super) outer: Option<(Vec<ScopeColumn>, Vec<Value>)>,
    pub(super) depth: usize,
}

/// How deep this account follows views and policies into each other.
const MAX_DEPTH: usize = 64;

impl<'a> Context<'a> {
    pub(super) fn of(session: &Session, active: &'a Active) -> Self {
        Self {
            session: session.clone(),
            invoker: active,
            rights: active.clone(),
            with: BTreeMap::new(),
            outer: None,
            depth: 0,
        }
    }

    /// The same session with another role's rights, inside a view or a policy: names without
    /// their schema, and `CURRENT_DATABASE` and `CURRENT_SCHEMA`, are those of `home`, the view or
    /// the protected object (docs.snowflake.com/en/sql-reference/sql/create-view#usage-notes).
    fn as_owner(&self, account: &Account, owner: Option<Id>, home: Id) -> Result<Self, SqlError> {
        if self.depth >= MAX_DEPTH {
            return Err(SqlError::not_modelled("views nested this deeply"));
        }
        let mut start: Vec<Id> = owner.into_iter().collect();
        start.push(account.system_role("PUBLIC"));
        let all = account.closure(&start);
        Ok(Self {
            session: Session {
                database: account.database_of(home),
                schema: account.schema_of(home),
                ..self.session.clone()
            },
            invoker: self.invoker,
            rights: Active {
                role: owner,
                primary: all.clone(),
                all,
            },
            with: BTreeMap::new(),
            outer: None,
            depth: self.depth + 1,
        })
    }
}

impl Account {
    pub(super) fn select(&self, session: &Session, query: &Query) -> Result<ResultSet, SqlError> {
        let active = self.active(session);
        let output = self.run(session, &active, query)?;
        if !self.reads(session, &active, query)?.is_empty() {
            self.require_warehouse(session, &active)?;
        }
        let columns = output
            .columns
            .into_iter()
            .map(|(name, data_type)| (name.as_str().to_owned(), on_wire(data_type)))
            .collect();
        let rows = output
            .rows
            .into_iter()
            .map(|row| row.iter().map(wire_value).collect())
            .collect();
        Ok(ResultSet::query(columns, rows))
    }

    fn require_warehouse(&self, session: &Session, active: &Active) -> Result<(), SqlError> {
        let none = || {
            SqlError::new(
                &rules::WAREHOUSE_NEEDED,
                "000606",
                "57P03",
                "No active warehouse selected in the current session.  Select an active warehouse \
                 with the 'use warehouse' command.",
            )
        };
        let warehouse = session.warehouse.ok_or_else(none)?;
        if !self.holds(&active.all, "USAGE", warehouse) {
            return Err(none());
        }
        if let Some(Body::Warehouse {
            suspended: true, ..
        }) = self.get(warehouse).map(|o| &o.body)
            && self.setting_text(warehouse, "AUTO_RESUME").as_deref() == Some("FALSE")
        {
            return Err(SqlError::own(
                &rules::WAREHOUSE_NEEDED,
                format!(
                    "warehouse {} is suspended and does not resume by itself.",
                    self.raw(warehouse)
                ),
            ));
        }
        Ok(())
    }

    /// Runs a query with the session's own rights.
    pub(crate) fn run(
        &self,
        session: &Session,
        active: &Active,
        query: &Query,
    ) -> Result<Output, SqlError> {
        self.run_in(&Context::of(session, active), query)
    }

    /// The columns that a query would give; every name in it is resolved.
    pub(crate) fn describe_query(
        &self,
        session: &Session,
        active: &Active,
        query: &Query,
    ) -> Result<Vec<(Name, DataType)>, SqlError> {
        self.run(session, active, query)
            .map(|output| output.columns)
    }

    /// The tables and views that a query names directly, subqueries included.
    pub(crate) fn reads(
        &self,
        session: &Session,
        active: &Active,
        query: &Query,
    ) -> Result<BTreeSet<Id>, SqlError> {
        let mut paths = Vec::new();
        let mut local = BTreeSet::new();
        paths_of(query, &mut paths, &mut local);
        let mut reads = BTreeSet::new();
        for path in paths {
            if path.0.len() == 1 && local.contains(&path.0[0]) {
                continue;
            }
            reads.insert(self.relation(session, active, &path, "SELECT")?);
        }
        Ok(reads)
    }

    pub(super) fn run_in(&self, context: &Context<'_>, query: &Query) -> Result<Output, SqlError> {
        let mut context = context.clone();
        for (name, inner) in &query.with {
            let output = self.run_in(&context, inner)?;
            context.with.insert(name.clone(), output);
        }
        let mut output = self.run_select(&context, &query.first)?;
        for (operation, select) in &query.more {
            let more = self.run_select(&context, select)?;
            if more.columns.len() != output.columns.len() {
                return Err(SqlError::own(
                    &rules::VIEW_COLUMNS,
                    "the parts of a UNION have different numbers of columns.",
                ));
            }
            output.rows.extend(more.rows);
            if *operation == SetOperation::Union {
                distinct(&mut output.rows);
            }
        }
        for (key, descending) in query.order_by.iter().rev() {
            let at = order_column(&output, key)?;
            output.rows.sort_by(|a, b| {
                let ordering = match (&a[at], &b[at]) {
                    (Value::Null, Value::Null) => std::cmp::Ordering::Equal,
                    // Nulls are the largest values.
                    (Value::Null, _) => std::cmp::Ordering::Greater,
                    (_, Value::Null) => std::cmp::Ordering::Less,
                    (x, y) => x.compare(y).unwrap_or(std::cmp::Ordering::Equal),
                };
                if *descending {
                    ordering.reverse()
                } else {
                    ordering
                }
            });
        }
        output.rows.truncate(query.limit.unwrap_or(usize::MAX));
        Ok(output)
    }

    fn run_select(&self, context: &Context<'_>, select: &Select) -> Result<Output, SqlError> {
        let mut input = Rows {
            columns: Vec::new(),
            rows: vec![Vec::new()],
        };
        for item in &select.from {
            input = self.join(context, input, item)?;
        }
        // Every name is checked even where there is no row to evaluate it on.
        if let Some(filter) = &select.filter {
            self.infer(context, filter, &input.columns)?;
            let mut kept = Vec::new();
            for row in input.rows {
                if self
                    .evaluate(context, filter, &input.columns, &row)?
                    .is_true()
                {
                    kept.push(row);
                }
            }
            input.rows = kept;
        }
        for key in &select.group_by {
            self.infer(context, key, &input.columns)?;
        }
        let items = self.expand(context, select, &input.columns)?;
        let mut output = Output {
            columns: items
                .iter()
                .map(|(name, data_type, _)| (name.clone(), data_type.clone()))
                .collect(),
            rows: Vec::new(),
        };
        let aggregates =
            !select.group_by.is_empty() || items.iter().any(|(_, _, expr)| has_aggregate(expr));
        if aggregates {
            let groups = self.groups(context, select, &input)?;
            for group in &groups {
                if let Some(having) = &select.having
                    && !self
                        .evaluate_group(context, having, &input.columns, group)?
                        .is_true()
                {
                    continue;
                }
                let mut row = Vec::new();
                for (_, _, expr) in &items {
                    row.push(self.evaluate_group(context, expr, &input.columns, group)?);
                }
                output.rows.push(row);
            }
        } else {
            for source in &input.rows {
                let mut row = Vec::new();
                for (_, _, expr) in &items {
                    row.push(self.evaluate(context, expr, &input.columns, source)?);
                }
                output.rows.push(row);
            }
        }
        if select.distinct {
            distinct(&mut output.rows);
        }
        Ok(output)
    }

    /// Rows grouped by the values of the GROUP BY keys, in order of first appearance.
    fn groups(
        &self,
        context: &Context<'_>,
        select: &Select,
        input: &Rows,
    ) -> Result<Vec<Vec<Vec<Value>>>, SqlError> {
        if select.group_by.is_empty() {
            return Ok(vec![input.rows.clone()]);
        }
        let mut keys: Vec<Vec<Value>> = Vec::new();
        let mut groups: Vec<Vec<Vec<Value>>> = Vec::new();
        for row in &input.rows {
            let mut key = Vec::new();
            for expr in &select.group_by {
                key.push(self.evaluate(context, expr, &input.columns, row)?);
            }
            if let Some(at) = keys.iter().position(|known| *known == key) {
                groups[at].push(row.clone());
            } else {
                keys.push(key);
                groups.push(vec![row.clone()]);
            }
        }
        Ok(groups)
    }

    /// The SELECT list with stars expanded: name, type and expression of each column.
    fn expand(
        &self,
        context: &Context<'_>,
        select: &Select,
        columns: &[ScopeColumn],
    ) -> Result<Vec<(Name, DataType, Expr)>, SqlError> {
        let mut items = Vec::new();
        for item in &select.items {
            match item {
                SelectItem::Star(qualifier) => {
                    let before = items.len();
                    for column in columns {
                        let wanted = qualifier
                            .as_ref()
                            .is_none_or(|q| column.qualifier.ends_with(q));
                        if wanted {
                            let mut path = column.qualifier.clone();
                            path.push(column.name.clone());
                            items.push((
                                column.name.clone(),
                                column.data_type.clone(),
                                Expr::Column(path),
                            ));
                        }
                    }
                    if items.len() == before {
                        return Err(SqlError::compilation(
                            &rules::UNKNOWN_COLUMN,
                            "SELECT with no columns",
                        ));
                    }
                }
                SelectItem::Expr { expr, alias, text } => {
                    let data_type = self
                        .infer(context, expr, columns)?
                        .unwrap_or_else(DataType::text);
                    let name = match (alias, expr) {
                        (Some(alias), _) => alias.clone(),
                        (None, Expr::Column(path)) => {
                            path.last().cloned().unwrap_or_else(|| Name::folded(text))
                        }
                        (None, _) => Name::folded(text),
                    };
                    items.push((name, data_type, expr.clone()));
                }
            }
        }
        Ok(items)
    }

    fn join(&self, context: &Context<'_>, left: Rows, item: &FromItem) -> Result<Rows, SqlError> {
        let right = self.source(context, item)?;
        let mut columns = left.columns;
        let width = right.columns.len();
        columns.extend(right.columns);
        if let Some(on) = &item.on {
            self.infer(context, on, &columns)?;
        }
        let mut rows = Vec::new();
        for a in &left.rows {
            let mut matched = false;
            for b in &right.rows {
                let mut row = a.clone();
                row.extend(b.iter().cloned());
                let keep = match &item.on {
                    None => true,
                    Some(on) => self.evaluate(context, on, &columns, &row)?.is_true(),
                };
                if keep {
                    matched = true;
                    rows.push(row);
                }
            }
            if !matched && item.join == JoinKind::Left {
                let mut row = a.clone();
                row.extend(std::iter::repeat_n(Value::Null, width));
                rows.push(row);
            }
        }
        Ok(Rows { columns, rows })
    }

    fn source(&self, context: &Context<'_>, item: &FromItem) -> Result<Rows, SqlError> {
        let (output, path) = match &item.source {
            Source::Table(path) => {
                let local = (path.0.len() == 1)
                    .then(|| context.with.get(&path.0[0]))
                    .flatten();
                match local {
                    Some(output) => (output.clone(), path.0.clone()),
                    None => self.scan(context, path)?,
                }
            }
            Source::Query(query) => (self.run_in(context, query)?, Vec::new()),
            Source::Values(rows) => (self.values(context, rows)?, Vec::new()),
            Source::Function { name, arguments } => {
                (self.table_function(context, name, arguments)?, Vec::new())
            }
        };
        let qualifier = item.alias.clone().map_or(path, |alias| vec![alias]);
        Ok(Rows {
            columns: output
                .columns
                .into_iter()
                .map(|(name, data_type)| ScopeColumn {
                    qualifier: qualifier.clone(),
                    name,
                    data_type,
                })
                .collect(),
            rows: output.rows,
        })
    }

    fn values(&self, context: &Context<'_>, rows: &[Vec<Expr>]) -> Result<Output, SqlError> {
        let mut output = Output::default();
        for (at, row) in rows.iter().enumerate() {
            let mut values = Vec::new();
            for (i, expr) in row.iter().enumerate() {
                if at == 0 {
                    let data_type = self
                        .infer(context, expr, &[])?
                        .unwrap_or_else(DataType::text);
                    output
                        .columns
                        .push((Name::exact(format!("COLUMN{}", i + 1)), data_type));
                }
                values.push(self.evaluate(context, expr, &[], &[])?);
            }
            if values.len() != output.columns.len() {
                return Err(SqlError::own(
                    &rules::ROW_SHAPE,
                    "the rows of VALUES have different lengths.",
                ));
            }
            output.rows.push(values);
        }
        Ok(output)
    }

    /// The rows of a table or view as the session may see them.
    fn scan(&self, context: &Context<'_>, path: &Path) -> Result<(Output, Vec<Name>), SqlError> {
        if path
            .0
            .iter()
            .rev()
            .nth(1)
            .is_some_and(|schema| matches!(schema.as_str(), "INFORMATION_SCHEMA" | "ACCOUNT_USAGE"))
        {
            return Err(SqlError::not_modelled(format!(
                "the view {}",
                dotted_raw(&path.0)
            )));
        }
        let id = self.relation(&context.session, &context.rights, path, "SELECT")?;
        self.require(&context.rights, "SELECT", id, &rules::PRIVILEGE)
            .map_err(|error| {
                // A table that one may see but not read is as good as missing to a query.
                if error.code == "003001" && !self.holds_any(&context.rights.all, id) {
                    SqlError {
                        rule: error.rule,
                        ..SqlError::missing("Object", self.raw(id))
                    }
                } else {
                    error
                }
            })?;
        let Some(object) = self.get(id) else {
            return Err(self.not_there(id));
        };
        let (columns, rows) = match &object.body {
            Body::Table { relation, rows, .. } => (&relation.columns, rows.clone()),
            Body::View {
                relation, query, ..
            } => {
                let inner = context.as_owner(self, object.owner, id)?;
                let output = self.run_in(&inner, query).map_err(|error| SqlError {
                    rule: error.rule,
                    ..SqlError::new(
                        error.rule,
                        "002037",
                        "42601",
                        format!(
                            "SQL compilation error:\nFailure during expansion of view '{}': {}",
                            object.name.as_str(),
                            error.message
                        ),
                    )
                })?;
                if output.columns.len() != relation.columns.len() {
                    return Err(SqlError::new(
                        &rules::VIEW_STALE,
                        "002057",
                        "42601",
                        format!(
                            "SQL compilation error:\nView definition for '{}' declared {} \
                             column(s), but view query produces {} column(s).",
                            self.raw(id),
                            relation.columns.len(),
                            output.columns.len()
                        ),
                    ));
                }
                (&relation.columns, output.rows)
            }
            _ => return Err(self.not_there(id)),
        };
        let rows = self.filter_rows(context, id, columns, rows)?;
        let rows = self.mask_rows(context, id, columns, rows)?;
        Ok((
            Output {
                columns: columns
                    .iter()
                    .map(|c| (c.name.clone(), c.data_type.clone()))
                    .collect(),
                rows,
            },
            self.path(id),
        ))
    }

    fn filter_rows(
        &self,
        context: &Context<'_>,
        id: Id,
        columns: &[Column],
        rows: Vec<Vec<Value>>,
    ) -> Result<Vec<Vec<Value>>, SqlError> {
        let Some(access) = self.relation_of(id).and_then(|r| r.row_access.as_ref()) else {
            return Ok(rows);
        };
        let mut kept = Vec::new();
        for row in rows {
            let arguments = pick(columns, &row, &access.columns);
            if self
                .policy_value(context, access.policy, id, &arguments)?
                .is_true()
            {
                kept.push(row);
            }
        }
        Ok(kept)
    }

    fn mask_rows(
        &self,
        context: &Context<'_>,
        id: Id,
        columns: &[Column],
        rows: Vec<Vec<Value>>,
    ) -> Result<Vec<Vec<Value>>, SqlError> {
        let masks: Vec<_> = columns.iter().map(|c| self.mask_of(id, c)).collect();
        let mut masked = Vec::new();
        for row in rows {
            let mut after = row.clone();
            for (at, mask) in masks.iter().enumerate() {
                let Some(mask) = mask else { continue };
                let arguments = if mask.using.is_empty() {
                    vec![row[at].clone()]
                } else {
                    pick(columns, &row, &mask.using)
                };
                after[at] = self.policy_value(context, mask.policy, id, &arguments)?;
            }
            masked.push(after);
        }
        Ok(masked)
    }

    /// A policy's body on argument values, with its owner's rights and the session's context.
    fn policy_value(
        &self,
        context: &Context<'_>,
        policy: Id,
        on: Id,
        arguments: &[Value],
    ) -> Result<Value, SqlError> {
        let owner = self.get(policy).and_then(|o| o.owner);
        let Some(policy) = self.policy_of(policy) else {
            return Ok(Value::Null);
        };
        let inner = context.as_owner(self, owner, on)?;
        let columns: Vec<ScopeColumn> = argument_columns(&policy.arguments);
        self.evaluate(&inner, &policy.body, &columns, arguments)
    }

    /// The type of a policy body over its arguments; subqueries are resolved when it runs.
    pub(crate) fn infer_with(
        &self,
        body: &Expr,
        arguments: &[(Name, DataType)],
    ) -> Result<Option<DataType>, SqlError> {
        self.infer_policy(body, &argument_columns(arguments))
    }

    /// A constant expression's value.
    pub(crate) fn constant(&self, session: &Session, expr: &Expr) -> Result<Value, SqlError> {
        let active = self.active(session);
        self.evaluate(&Context::of(session, &active), expr, &[], &[])
    }

    /// Refuses a default that names columns or is of another type.
    pub(crate) fn check_default(
        &self,
        session: &Session,
        expr: &Expr,
        data_type: &DataType,
    ) -> Result<(), SqlError> {
        let value = self.constant(session, expr)?;
        if value.cast(data_type).is_none() {
            return Err(SqlError::own(
                &rules::ROW_SHAPE,
                format!("the default is not of type {data_type}."),
            ));
        }
        Ok(())
    }

    pub(super) fn insert(
        &mut self,
        session: &Session,
        table: &Path,
        names: &[Name],
        rows: &InsertRows,
    ) -> Result<ResultSet, SqlError> {
        let active = self.active(session);
        let id = self.resolve(session, &active, ObjectType::Table, table, "INSERT")?;
        self.require(&active, "INSERT", id, &rules::PRIVILEGE)?;
        self.require_warehouse(session, &active)?;
        let context = Context::of(session, &active);
        let given = match rows {
            InsertRows::Values(rows) => self.values(&context, rows)?.rows,
            InsertRows::Query(query) => self.run_in(&context, query)?.rows,
        };
        let columns = self
            .relation_of(id)
            .map(|r| r.columns.clone())
            .unwrap_or_default();
        for name in names {
            self.column_of(id, name)?;
        }
        let mut stored = Vec::new();
        for row in given {
            stored.push(self.stored_row(session, &columns, names, &row)?);
        }
        let count = stored.len();
        if let Some(Body::Table { rows, .. }) = self.objects.get_mut(&id).map(|o| &mut o.body) {
            rows.extend(stored);
        }
        Ok(ResultSet::inserted(count))
    }

    fn stored_row(
        &self,
        session: &Session,
        columns: &[Column],
        names: &[Name],
        row: &[Value],
    ) -> Result<Vec<Value>, SqlError> {
        let width = if names.is_empty() {
            columns.len()
        } else {
            names.len()
        };
        if row.len() != width {
            return Err(SqlError::new(
                &rules::ROW_SHAPE,
                "002020",
                "21S01",
                format!(
                    "SQL compilation error:\nInsert value list does not match column list expecting \
                     {width} but got {}",
                    row.len()
                ),
            ));
        }
        let mut stored = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            let given = if names.is_empty() {
                row.get(at)
            } else {
                names
                    .iter()
                    .position(|n| *n == column.name)
                    .and_then(|i| row.get(i))
            };
            let value = match given {
                Some(value) => value.clone(),
                None => self.default_value(session, column)?,
            };
            let Some(value) = value.cast(&column.data_type) else {
                return Err(SqlError::new(
                    &rules::ROW_SHAPE,
                    "100038",
                    "22018",
                    format!(
                        "Value '{}' is not recognized for column '{}' of type {}",
                        value.text().unwrap_or_default(),
                        column.name,
                        column.data_type
                    ),
                ));
            };
            if value == Value::Null && column.not_null {
                return Err(SqlError::new(
                    &rules::ROW_SHAPE,
                    "100072",
                    "22000",
                    format!("NULL result in a non-nullable column '{}'", column.name),
                ));
            }
            stored.push(value);
        }
        Ok(stored)
    }
}

fn argument_columns(arguments: &[(Name, DataType)]) -> Vec<ScopeColumn> {
    arguments
        .iter()
        .map(|(name, data_type)| ScopeColumn {
            qualifier: Vec::new(),
            name: name.clone(),
            data_type: data_type.clone(),
        })
        .collect()
}

fn pick(columns: &[Column], row: &[Value], names: &[Name]) -> Vec<Value> {
    names
        .iter()
        .map(|name| {
            columns
                .iter()
                .position(|c| c.name == *name)
                .and_then(|at| row.get(at).cloned())
                .unwrap_or(Value::Null)
        })
        .collect()
}

fn distinct(rows: &mut Vec<Vec<Value>>) {
    let mut kept: Vec<Vec<Value>> = Vec::new();
    for row in rows.drain(..) {
        if !kept.contains(&row) {
            kept.push(row);
        }
    }
    *rows = kept;
}

/// ORDER BY names an output column or its number.
fn order_column(output: &Output, key: &Expr) -> Result<usize, SqlError> {
    let found = match key {
        Expr::Column(path) => path
            .last()
            .and_then(|name| output.columns.iter().position(|(n, _)| n == name)),
        Expr::Number(number) => number
            .parse::<usize>()
            .ok()
            .and_then(|n| n.checked_sub(1))
            .filter(|at| *at < output.columns.len()),
        _ => None,
    };
    found.ok_or_else(|| SqlError::not_modelled("ORDER BY an expression"))
}

pub(super) fn has_aggregate(expr: &Expr) -> bool {
    match expr {
        Expr::Call {
            name, arguments, ..
        } => {
            let aggregate = name
                .last()
                .is_some_and(|n| matches!(n.as_str(), "COUNT" | "SUM" | "MIN" | "MAX" | "AVG"));
            aggregate || arguments.iter().any(has_aggregate)
        }
        Expr::Binary(_, a, b) => has_aggregate(a) || has_aggregate(b),
        Expr::Unary(_, a) | Expr::Cast(a, _) | Expr::Element(a, _) => has_aggregate(a),
        Expr::IsNull { value, .. } => has_aggregate(value),
        Expr::Case {
            operand,
            branches,
            otherwise,
        } => {
            operand.as_deref().is_some_and(has_aggregate)
                || otherwise.as_deref().is_some_and(has_aggregate)
                || branches
                    .iter()
                    .any(|(a, b)| has_aggregate(a) || has_aggregate(b))
        }
        _ => false,
    }
}

/// Dates travel as the text they were written in; the client is told so.
fn on_wire(data_type: DataType) -> DataType {
    match data_type.family {
        Family::Date
        | Family::Time
        | Family::TimestampNtz
        | Family::TimestampLtz
        | Family::TimestampTz
        | Family::Binary => DataType::text(),
        _ => data_type,
    }
}

fn wire_value(value: &Value) -> Option<String> {
    match value {
        Value::Boolean(value) => Some(if *value { "1" } else { "0" }.to_owned()),
        other => other.text(),
    }
}

/// Every table path that a query names, and the names that its WITH clauses define.
fn paths_of(query: &Query, paths: &mut Vec<Path>, local: &mut BTreeSet<Name>) {
    for (name, inner) in &query.with {
        local.insert(name.clone());
        paths_of(inner, paths, local);
    }
    let mut visit = |expr: &Expr| paths_of_expr(expr, paths, local);
    for (key, _) in &query.order_by {
        visit(key);
    }
    for select in std::iter::once(&query.first).chain(query.more.iter().map(|(_, s)| s)) {
        for item in &select.items {
            if let SelectItem::Expr { expr, .. } = item {
                paths_of_expr(expr, paths, local);
            }
        }
        for item in &select.from {
            match &item.source {
                Source::Table(path) => paths.push(path.clone()),
                Source::Query(inner) => paths_of(inner, paths, local),
                Source::Values(_) | Source::Function { .. } => {}
            }
            if let Some(on) = &item.on {
                paths_of_expr(on, paths, local);
            }
        }
        for expr in select
            .filter
            .iter()
            .chain(&select.group_by)
            .chain(&select.having)
        {
            paths_of_expr(expr, paths, local);
        }
    }
}

fn paths_of_expr(expr: &Expr, paths: &mut Vec<Path>, local: &mut BTreeSet<Name>) {
    match expr {
        Expr::Exists(query) | Expr::Scalar(query) => paths_of(query, paths, local),
        Expr::InQuery { value, query, .. } => {
            paths_of_expr(value, paths, local);
            paths_of(query, paths, local);
        }
        Expr::Call { arguments, .. } => {
            for argument in arguments {
                paths_of_expr(argument, paths, local);
            }
        }
        Expr::Named(_, a) | Expr::Unary(_, a) | Expr::Cast(a, _) | Expr::Element(a, _) => {
            paths_of_expr(a, paths, local);
        }
        Expr::Binary(_, a, b) => {
            paths_of_expr(a, paths, local);
            paths_of_expr(b, paths, local);
        }
        Expr::Case {
            operand,
            branches,
            otherwise,
        } => {
            for part in operand.iter().chain(otherwise) {
                paths_of_expr(part, paths, local);
            }
            for (a, b) in branches {
                paths_of_expr(a, paths, local);
                paths_of_expr(b, paths, local);
            }
        }
        Expr::In { value, list, .. } => {
            paths_of_expr(value, paths, local);
            for item in list {
                paths_of_expr(item, paths, local);
            }
        }
        Expr::Between {
            value, low, high, ..
        } => {
            for part in [value, low, high] {
                paths_of_expr(part, paths, local);
            }
        }
        Expr::Like { value, pattern, .. } => {
            paths_of_expr(value, paths, local);
            paths_of_expr(pattern, paths, local);
        }
        Expr::IsNull { value, .. } => paths_of_expr(value, paths, local),
        Expr::Null | Expr::Boolean(_) | Expr::Number(_) | Expr::Text(_) | Expr::Column(_) => {}
    }
}
