//! Functions: what they return, and the values of those that this account computes.
//!
//! The context functions are the heart of it: policies decide by them who sees what
//! (docs.snowflake.com/en/sql-reference/functions-context). Functions that only policies and views
//! name are known by type; calling them on a row is refused as not modelled.

use super::super::error::{SqlError, rules};
use super::super::name::{Name, dotted_raw};
use super::super::object::ObjectType;
use super::super::syntax::{Expr, Path, parse_path};
use super::super::types::{DataType, Family};
use super::query::{Context, Output};
use super::{Account, Body, Id, Secondary, Value};

/// Functions that return text.
const TEXT: &[&str] = &[
    "CONCAT",
    "CURRENT_ACCOUNT",
    "CURRENT_ACCOUNT_NAME",
    "CURRENT_ORGANIZATION_NAME",
    "CURRENT_AVAILABLE_ROLES",
    "CURRENT_DATABASE",
    "CURRENT_REGION",
    "CURRENT_ROLE",
    "CURRENT_ROLE_TYPE",
    "CURRENT_SCHEMA",
    "CURRENT_SECONDARY_ROLES",
    "CURRENT_SESSION",
    "CURRENT_USER",
    "CURRENT_VERSION",
    "CURRENT_WAREHOUSE",
    "INITCAP",
    "INVOKER_ROLE",
    "INVOKER_SHARE",
    "LEFT",
    "LOWER",
    "LPAD",
    "LTRIM",
    "MD5",
    "REGEXP_REPLACE",
    "REGEXP_SUBSTR",
    "REPEAT",
    "REPLACE",
    "REVERSE",
    "RIGHT",
    "RPAD",
    "RTRIM",
    "SHA1",
    "SHA2",
    "SPLIT_PART",
    "SUBSTR",
    "SUBSTRING",
    "SYSTEM$GET_TAG",
    "SYSTEM$GET_TAG_ALLOWED_VALUES",
    "SYSTEM$GET_TAG_ON_CURRENT_COLUMN",
    "TO_CHAR",
    "TO_VARCHAR",
    "TRANSLATE",
    "TRIM",
    "UPPER",
    "UUID_STRING",
];
/// Functions that return a number.
const NUMBER: &[&str] = &[
    "ABS",
    "CEIL",
    "COUNT",
    "DATEDIFF",
    "DAY",
    "FLOOR",
    "HASH",
    "LENGTH",
    "MOD",
    "MONTH",
    "POSITION",
    "ROUND",
    "TO_DECIMAL",
    "TO_NUMBER",
    "TRUNC",
    "YEAR",
    "REGEXP_COUNT",
    "EXTRACT",
];
/// Functions that return a boolean.
const BOOLEAN: &[&str] = &[
    "CONTAINS",
    "ENDSWITH",
    "IS_DATABASE_ROLE_IN_SESSION",
    "IS_GRANTED_TO_INVOKER_ROLE",
    "IS_ROLE_IN_SESSION",
    "REGEXP_LIKE",
    "STARTSWITH",
    "TO_BOOLEAN",
    "ARRAY_CONTAINS",
];
/// Functions that return a date.
const DATE: &[&str] = &["CURRENT_DATE", "DATE_FROM_PARTS", "TO_DATE", "LAST_DAY"];
/// Functions that return a timestamp.
const TIMESTAMP: &[&str] = &[
    "CURRENT_TIMESTAMP",
    "GETDATE",
    "LOCALTIMESTAMP",
    "SYSDATE",
    "TO_TIMESTAMP",
    "TO_TIMESTAMP_NTZ",
    "TO_TIMESTAMP_LTZ",
    "TO_TIMESTAMP_TZ",
];
/// Functions that return what their first (or given) argument is.
const SAME: &[&str] = &[
    "ANY_VALUE",
    "AVG",
    "COALESCE",
    "GREATEST",
    "LEAST",
    "MAX",
    "MIN",
    "NULLIF",
    "NVL",
    "IFNULL",
    "SUM",
    "DATE_TRUNC",
    "DATEADD",
    "ZEROIFNULL",
];
/// Functions that return semi-structured data.
const VARIANT: &[&str] = &[
    "ARRAY_AGG",
    "ARRAY_CONSTRUCT",
    "OBJECT_CONSTRUCT",
    "OBJECT_DELETE",
    "OBJECT_INSERT",
    "PARSE_JSON",
    "TO_VARIANT",
];

impl Account {
    /// What a function returns; `None` where that depends on data.
    pub(super) fn function_type(
        name: &[Name],
        arguments: &[Option<DataType>],
    ) -> Result<Option<DataType>, SqlError> {
        let [single] = name else {
            return Err(SqlError::not_modelled(format!(
                "the user-defined function {}",
                dotted_raw(name)
            )));
        };
        let function = single.as_str();
        let argument = |at: usize| arguments.get(at).cloned().flatten();
        Ok(if TEXT.contains(&function) {
            Some(DataType::text())
        } else if NUMBER.contains(&function) {
            Some(DataType::number(38, 0))
        } else if BOOLEAN.contains(&function) {
            Some(DataType::plain(Family::Boolean))
        } else if DATE.contains(&function) {
            Some(DataType::plain(Family::Date))
        } else if TIMESTAMP.contains(&function) {
            Some(DataType {
                family: Family::TimestampLtz,
                size: Some(9),
                scale: None,
            })
        } else if matches!(function, "DATEADD" | "DATE_TRUNC") {
            arguments.last().cloned().flatten()
        } else if SAME.contains(&function) {
            arguments.iter().flatten().next().cloned()
        } else if VARIANT.contains(&function) {
            Some(DataType::plain(Family::Variant))
        } else if matches!(function, "IFF" | "NVL2" | "DECODE") {
            argument(if function == "DECODE" { 2 } else { 1 }).or_else(|| argument(2))
        } else {
            return Err(SqlError::new(
                &rules::SYNTAX,
                "002140",
                "42601",
                format!("SQL compilation error:\nUnknown function {function}"),
            ));
        })
    }

    pub(super) fn function_value(
        &self,
        context: &Context<'_>,
        name: &[Name],
        arguments: &[Value],
    ) -> Result<Value, SqlError> {
        let types = vec![None; arguments.len()];
        Self::function_type(name, &types)?;
        let function = name.last().map_or("", Name::as_str);
        let text = |at: usize| arguments.get(at).and_then(Value::text);
        let named = |id: Option<Id>| {
            id.and_then(|id| self.get(id))
                .map_or(Value::Null, |o| Value::Text(o.name.as_str().to_owned()))
        };
        Ok(match function {
            "CURRENT_ROLE" => named(context.session.role),
            "CURRENT_ROLE_TYPE" => Value::Text("ROLE".into()),
            "CURRENT_USER" => named(Some(context.session.user)),
            "CURRENT_WAREHOUSE" => named(context.session.warehouse),
            "CURRENT_DATABASE" => named(context.session.database),
            "CURRENT_SCHEMA" => named(context.session.schema),
            "CURRENT_ACCOUNT" | "CURRENT_ACCOUNT_NAME" => Value::Text(self.options.account.clone()),
            "CURRENT_ORGANIZATION_NAME" => Value::Text(self.options.organization.clone()),
            "CURRENT_REGION" => Value::Text(self.options.region.clone()),
            "CURRENT_VERSION" => Value::Text("10.0.0".into()),
            "CURRENT_SECONDARY_ROLES" => {
                let names = |ids: &[Id]| {
                    let mut names: Vec<String> = ids
                        .iter()
                        .filter(|id| Some(**id) != context.session.role)
                        .map(|id| self.raw(*id))
                        .collect();
                    names.sort();
                    names.join(",")
                };
                let (roles, value) = match &context.session.secondary {
                    Secondary::None => (String::new(), ""),
                    Secondary::All => (names(&self.direct_roles(context.session.user)), "ALL"),
                    Secondary::These(roles) => (names(roles), ""),
                };
                Value::Text(serde_json::json!({"roles": roles, "value": value}).to_string())
            }
            // The role that executes: the owner inside a view, else the session's.
            "INVOKER_ROLE" => named(context.rights.role),
            "IS_ROLE_IN_SESSION" => match text(0) {
                None => Value::Null,
                Some(role) => {
                    let found = self.find(ObjectType::Role, None, &Name::exact(role));
                    Value::Boolean(found.is_some_and(|id| context.invoker.all.contains(&id)))
                }
            },
            "IS_DATABASE_ROLE_IN_SESSION" => match text(0) {
                None => Value::Null,
                Some(role) => self.database_role_in_session(context, &role)?,
            },
            "SYSDATE" => Value::Text(self.options.now.clone()),
            // Moments are kept as text that sorts as they follow each other.
            "TO_TIMESTAMP_NTZ" if arguments.len() == 1 => match text(0) {
                Some(day) if day.len() == 10 => Value::Text(format!("{day} 00:00:00")),
                moment => moment.map_or(Value::Null, Value::Text),
            },
            "TO_DATE" if text(1).is_none_or(|format| format == "YYYY-MM-DD") => {
                text(0).map_or(Value::Null, Value::Text)
            }
            "UPPER" => map(text(0), str::to_uppercase),
            "LOWER" => map(text(0), str::to_lowercase),
            "TRIM" => map(text(0), |t| t.trim().to_owned()),
            "REVERSE" => map(text(0), |t| t.chars().rev().collect()),
            "LENGTH" => text(0).map_or(Value::Null, |t| count(t.chars().count())),
            "CONCAT" => {
                let mut joined = String::new();
                for at in 0..arguments.len() {
                    match text(at) {
                        Some(part) => joined.push_str(&part),
                        None => return Ok(Value::Null),
                    }
                }
                Value::Text(joined)
            }
            "LEFT" | "RIGHT" | "REPEAT" => match (text(0), integer(arguments.get(1))) {
                (Some(t), Some(n)) => Value::Text(match function {
                    "LEFT" => t.chars().take(n).collect(),
                    "REPEAT" => t.repeat(n.min(10_000)),
                    _ => {
                        let skip = t.chars().count().saturating_sub(n);
                        t.chars().skip(skip).collect()
                    }
                }),
                _ => Value::Null,
            },
            "SUBSTR" | "SUBSTRING" => match (text(0), integer(arguments.get(1))) {
                (Some(t), Some(start)) => {
                    let length = integer(arguments.get(2)).unwrap_or(usize::MAX);
                    Value::Text(
                        t.chars()
                            .skip(start.saturating_sub(1))
                            .take(length)
                            .collect(),
                    )
                }
                _ => Value::Null,
            },
            "REPLACE" => match (text(0), text(1)) {
                (Some(t), Some(from)) => {
                    Value::Text(t.replace(&from, &text(2).unwrap_or_default()))
                }
                _ => Value::Null,
            },
            "SPLIT_PART" => match (text(0), text(1), integer(arguments.get(2))) {
                (Some(t), Some(by), Some(n)) => Value::Text(
                    t.split(by.as_str())
                        .nth(n.saturating_sub(1))
                        .unwrap_or_default()
                        .to_owned(),
                ),
                _ => Value::Null,
            },
            "STARTSWITH" | "ENDSWITH" | "CONTAINS" => match (text(0), text(1)) {
                (Some(t), Some(part)) => Value::Boolean(match function {
                    "STARTSWITH" => t.starts_with(&part),
                    "ENDSWITH" => t.ends_with(&part),
                    _ => t.contains(&part),
                }),
                _ => Value::Null,
            },
            "TO_VARCHAR" | "TO_CHAR" if arguments.len() == 1 => {
                text(0).map_or(Value::Null, Value::Text)
            }
            "TO_NUMBER" | "TO_DECIMAL" if arguments.len() == 1 => arguments
                .first()
                .and_then(|v| v.cast(&DataType::number(38, 0)))
                .unwrap_or(Value::Null),
            "COALESCE" | "NVL" | "IFNULL" => arguments
                .iter()
                .find(|v| **v != Value::Null)
                .cloned()
                .unwrap_or(Value::Null),
            "NULLIF" => match arguments {
                [a, b] if a.compare(b) == Some(std::cmp::Ordering::Equal) => Value::Null,
                [a, ..] => a.clone(),
                [] => Value::Null,
            },
            "IFF" => {
                let at = if arguments.first().is_some_and(Value::is_true) {
                    1
                } else {
                    2
                };
                arguments.get(at).cloned().unwrap_or(Value::Null)
            }
            "SYSTEM$GET_TAG_ALLOWED_VALUES" => match text(0) {
                None => Value::Null,
                Some(tag) => {
                    let id = self.resolve(
                        &context.session,
                        &context.rights,
                        ObjectType::Tag,
                        &parse_path(&tag, 3)?,
                        "GET_TAG",
                    )?;
                    match self.get(id).map(|o| &o.body) {
                        Some(Body::Tag {
                            allowed: Some(allowed),
                            ..
                        }) => Value::Text(serde_json::json!(allowed).to_string()),
                        _ => Value::Null,
                    }
                }
            },
            "SYSTEM$GET_TAG" => self.get_tag(context, text(0), text(1), text(2))?,
            _ => {
                return Err(SqlError::not_modelled(format!(
                    "the value of the function {function}"
                )));
            }
        })
    }

    /// `IS_DATABASE_ROLE_IN_SESSION`: the role of the named or current database.
    fn database_role_in_session(
        &self,
        context: &Context<'_>,
        role: &str,
    ) -> Result<Value, SqlError> {
        let path = parse_path(role, 2)?;
        let database = match path.0.as_slice() {
            [database, _] => self.find(ObjectType::Database, None, database),
            _ => context.session.database,
        };
        let found = database.and_then(|database| {
            let name = path.0.last()?;
            self.find(ObjectType::DatabaseRole, Some(database), name)
        });
        Ok(Value::Boolean(
            found.is_some_and(|id| context.invoker.all.contains(&id)),
        ))
    }

    /// An object by the text and domain that table functions and `SYSTEM$GET_TAG` take.
    fn by_text(
        &self,
        context: &Context<'_>,
        text: &str,
        domain: &str,
    ) -> Result<(Id, Option<Name>), SqlError> {
        let object = match domain.to_uppercase().as_str() {
            "TABLE" | "VIEW" => {
                let path = parse_path(text, 3)?;
                let id = self.relation(&context.session, &context.rights, &path, "GET_TAG")?;
                return Ok((id, None));
            }
            "COLUMN" => {
                let mut parts = parse_path(text, 4)?.0;
                let column = parts.pop();
                let id =
                    self.relation(&context.session, &context.rights, &Path(parts), "GET_TAG")?;
                if let Some(column) = &column {
                    self.column_of(id, column)?;
                }
                return Ok((id, column));
            }
            other => ObjectType::all()
                .find(|object| object.singular() == other)
                .ok_or_else(|| SqlError::not_modelled(format!("the domain {other}")))?,
        };
        let path = parse_path(text, 3)?;
        let id = self.resolve(&context.session, &context.rights, object, &path, "GET_TAG")?;
        Ok((id, None))
    }

    /// Tags on an object with the level they are set on, nearest first.
    fn tags_on(&self, id: Id, column: Option<&Name>) -> Vec<(Id, String, Id, bool)> {
        let mut found: Vec<(Id, String, Id, bool)> = Vec::new();
        let mut push = |tag: Id, value: &String, on: Id, own: bool| {
            if !found.iter().any(|(known, ..)| *known == tag) {
                found.push((tag, value.clone(), on, own));
            }
        };
        if let Some(name) = column
            && let Ok(column) = self.column_of(id, name)
        {
            for (tag, value) in &column.tags {
                push(*tag, value, id, true);
            }
        }
        let mut at = Some(id);
        while let Some(object) = at.and_then(|id| self.get(id)) {
            for (tag, value) in &object.tags {
                push(*tag, value, at.unwrap_or(id), false);
            }
            at = object.parent;
        }
        found
    }

    fn get_tag(
        &self,
        context: &Context<'_>,
        tag: Option<String>,
        object: Option<String>,
        domain: Option<String>,
    ) -> Result<Value, SqlError> {
        let (Some(tag), Some(object), Some(domain)) = (tag, object, domain) else {
            return Ok(Value::Null);
        };
        let tag = self.resolve(
            &context.session,
            &context.rights,
            ObjectType::Tag,
            &parse_path(&tag, 3)?,
            "GET_TAG",
        )?;
        let (id, column) = self.by_text(context, &object, &domain)?;
        Ok(self
            .tags_on(id, column.as_ref())
            .into_iter()
            .find(|(known, ..)| *known == tag)
            .map_or(Value::Null, |(_, value, ..)| Value::Text(value)))
    }

    /// `TABLE(INFORMATION_SCHEMA.function(...))`
    pub(super) fn table_function(
        &self,
        context: &Context<'_>,
        name: &[Name],
        arguments: &[Expr],
    ) -> Result<Output, SqlError> {
        let mut positional = Vec::new();
        let mut named = Vec::new();
        for argument in arguments {
            let value = self.evaluate(context, argument, &[], &[])?;
            let text = value.text().unwrap_or_default();
            match argument {
                Expr::Named(key, _) => named.push((key.as_str().to_owned(), text)),
                _ => positional.push(text),
            }
        }
        let value = |key: &str, at: usize| {
            named
                .iter()
                .find(|(k, _)| k == key)
                .map(|(_, v)| v.clone())
                .or_else(|| positional.get(at).cloned())
        };
        match name.last().map_or("", Name::as_str) {
            "POLICY_REFERENCES" => {
                if let Some((_, policy)) = named.iter().find(|(k, _)| k == "POLICY_NAME") {
                    let path = parse_path(policy, 3)?;
                    let id = self
                        .resolve(
                            &context.session,
                            &context.rights,
                            ObjectType::MaskingPolicy,
                            &path,
                            "POLICY_REFERENCES",
                        )
                        .or_else(|_| {
                            self.resolve(
                                &context.session,
                                &context.rights,
                                ObjectType::RowAccessPolicy,
                                &path,
                                "POLICY_REFERENCES",
                            )
                        })?;
                    return Ok(self.policy_references(|policy, _| policy == id));
                }
                let entity = value("REF_ENTITY_NAME", 0).unwrap_or_default();
                let domain = value("REF_ENTITY_DOMAIN", 1).unwrap_or_else(|| "TABLE".into());
                let (id, _) = self.by_text(context, &entity, &domain)?;
                Ok(self.policy_references(|_, on| on == id))
            }
            "TAG_REFERENCES" => {
                let object = value("OBJECT_NAME", 0).unwrap_or_default();
                let domain = value("OBJECT_DOMAIN", 1).unwrap_or_default();
                let (id, column) = self.by_text(context, &object, &domain)?;
                Ok(self.tag_references(id, &[column]))
            }
            "TAG_REFERENCES_ALL_COLUMNS" => {
                let object = value("OBJECT_NAME", 0).unwrap_or_default();
                let domain = value("OBJECT_DOMAIN", 1).unwrap_or_default();
                let (id, _) = self.by_text(context, &object, &domain)?;
                let columns: Vec<Option<Name>> = self
                    .relation_of(id)
                    .map(|r| r.columns.iter().map(|c| Some(c.name.clone())).collect())
                    .unwrap_or_default();
                Ok(self.tag_references(id, &columns))
            }
            other => Err(SqlError::not_modelled(format!(
                "the table function {other}"
            ))),
        }
    }

    fn policy_references(&self, keep: impl Fn(Id, Id) -> bool) -> Output {
        let names = [
            "POLICY_DB",
            "POLICY_SCHEMA",
            "POLICY_NAME",
            "POLICY_KIND",
            "REF_DATABASE_NAME",
            "REF_SCHEMA_NAME",
            "REF_ENTITY_NAME",
            "REF_ENTITY_DOMAIN",
            "REF_COLUMN_NAME",
            "REF_ARG_COLUMN_NAMES",
            "TAG_DATABASE",
            "TAG_SCHEMA",
            "TAG_NAME",
            "POLICY_STATUS",
        ];
        let mut rows = Vec::new();
        for (policy, object) in self.objects.iter().filter(|(_, o)| o.kind.is_policy()) {
            for (on, column) in self.attachments(*policy) {
                if !keep(*policy, on) {
                    continue;
                }
                let (policy_path, on_path) = (self.path(*policy), self.path(on));
                let arguments = self
                    .relation_of(on)
                    .and_then(|r| r.row_access.as_ref())
                    .filter(|a| a.policy == *policy)
                    .map(|a| a.columns.iter().map(Name::as_str).collect::<Vec<_>>());
                let domain = self.get(on).map_or("", |o| o.kind.singular());
                rows.push(vec![
                    part(&policy_path, 0),
                    part(&policy_path, 1),
                    part(&policy_path, 2),
                    Value::Text(object.kind.shown()),
                    part(&on_path, 0),
                    part(&on_path, 1),
                    part(&on_path, 2),
                    Value::Text(domain.to_owned()),
                    column.map_or(Value::Null, |c| Value::Text(c.as_str().to_owned())),
                    arguments.map_or(Value::Null, |a| {
                        Value::Text(serde_json::json!(a).to_string())
                    }),
                    Value::Null,
                    Value::Null,
                    Value::Null,
                    Value::Text("ACTIVE".into()),
                ]);
            }
        }
        table(&names, rows)
    }

    fn tag_references(&self, id: Id, columns: &[Option<Name>]) -> Output {
        let names = [
            "TAG_DATABASE",
            "TAG_SCHEMA",
            "TAG_NAME",
            "TAG_VALUE",
            "APPLY_METHOD",
            "LEVEL",
            "OBJECT_DATABASE",
            "OBJECT_SCHEMA",
            "OBJECT_NAME",
            "DOMAIN",
            "COLUMN_NAME",
        ];
        let mut rows = Vec::new();
        for column in columns {
            for (tag, value, on, own) in self.tags_on(id, column.as_ref()) {
                let (tag_path, path) = (self.path(tag), self.path(id));
                let level = if own {
                    "COLUMN".to_owned()
                } else {
                    self.get(on).map_or_else(String::new, |o| o.kind.shown())
                };
                let direct = own || (column.is_none() && on == id);
                let domain = if column.is_some() {
                    "COLUMN".to_owned()
                } else {
                    self.get(id).map_or_else(String::new, |o| o.kind.shown())
                };
                let nested = path.len() > 1;
                rows.push(vec![
                    part(&tag_path, 0),
                    part(&tag_path, 1),
                    part(&tag_path, 2),
                    Value::Text(value),
                    Value::Text(if direct { "MANUAL" } else { "INHERITED" }.to_owned()),
                    Value::Text(level),
                    if nested { part(&path, 0) } else { Value::Null },
                    if path.len() > 2 {
                        part(&path, 1)
                    } else {
                        Value::Null
                    },
                    path.last()
                        .map_or(Value::Null, |n| Value::Text(n.as_str().to_owned())),
                    Value::Text(domain),
                    column
                        .as_ref()
                        .map_or(Value::Null, |c| Value::Text(c.as_str().to_owned())),
                ]);
            }
        }
        table(&names, rows)
    }
}

fn table(names: &[&str], rows: Vec<Vec<Value>>) -> Output {
    Output {
        columns: names
            .iter()
            .map(|name| (Name::exact(*name), DataType::text()))
            .collect(),
        rows,
    }
}

fn part(path: &[Name], at: usize) -> Value {
    path.get(at)
        .map_or(Value::Null, |name| Value::Text(name.as_str().to_owned()))
}

fn map(text: Option<String>, change: impl Fn(&str) -> String) -> Value {
    text.map_or(Value::Null, |t| Value::Text(change(&t)))
}

fn count(value: usize) -> Value {
    Value::integer(i64::try_from(value).unwrap_or(i64::MAX))
}

fn integer(value: Option<&Value>) -> Option<usize> {
    match value?.cast(&DataType::number(38, 0))? {
        Value::Number(n, _) => usize::try_from(n.max(0)).ok(),
        _ => None,
    }
}
