//! SHOW of objects and columns, and DESCRIBE.
//!
//! Column names and order are those of the vendor's page for each command; columns that say nothing
//! about this account are there and empty. A SHOW lists what an active role has a privilege on.

use serde_json::json;

use super::super::error::{SqlError, rules};
use super::super::name::Name;
use super::super::object::ObjectType;
use super::super::result::ResultSet;
use super::super::syntax::{Path, Scope, Setting, Show};
use super::super::types::Family;
use super::{Account, Active, Body, Column, Id, Object, Session};

impl Account {
    pub(super) fn show(&self, session: &Session, show: &Show) -> Result<ResultSet, SqlError> {
        let active = self.active(session);
        match show {
            Show::Objects {
                object,
                terse,
                like,
                scope,
                starts_with,
                limit,
            } => {
                let container = self.scope(session, &active, scope)?;
                let mut ids: Vec<Id> = self
                    .objects
                    .iter()
                    .filter(|(id, o)| {
                        o.kind == *object
                            && self.sees(&active, **id)
                            && container.is_none_or(|c| {
                                o.parent == Some(c) || self.database_of(**id) == Some(c)
                            })
                            && like
                                .as_ref()
                                .is_none_or(|l| like_matches(o.name.as_str(), l, true))
                            && starts_with
                                .as_ref()
                                .is_none_or(|s| o.name.as_str().starts_with(s.as_str()))
                    })
                    .map(|(id, _)| *id)
                    .collect();
                ids.sort_by_key(|id| self.path(*id));
                ids.truncate(limit.unwrap_or(usize::MAX));
                let mut result = self.listing(session, &active, *object, &ids);
                if *terse {
                    keep(
                        &mut result,
                        &["created_on", "name", "kind", "database_name", "schema_name"],
                    );
                }
                Ok(result)
            }
            Show::Columns(scope) => self.show_columns(session, &active, scope),
            Show::Parameters => Ok(ResultSet::table(&[
                "key",
                "value",
                "default",
                "level",
                "description",
                "type",
            ])),
            _ => self.show_grants(session, &active, show),
        }
    }

    /// The container that a SHOW looks in; `None` is the whole account.
    fn scope(
        &self,
        session: &Session,
        active: &Active,
        scope: &Scope,
    ) -> Result<Option<Id>, SqlError> {
        Ok(match scope {
            Scope::Account => None,
            Scope::Session => session.schema.or(session.database),
            Scope::Database(None) => session.database,
            Scope::Schema(None) => session.schema,
            Scope::Database(Some(path)) => {
                Some(self.resolve(session, active, ObjectType::Database, path, "SHOW")?)
            }
            Scope::Schema(Some(path)) => {
                Some(self.resolve(session, active, ObjectType::Schema, path, "SHOW")?)
            }
            Scope::Table(path) => Some(self.relation(session, active, path, "SHOW")?),
        })
    }

    /// The owner's name and kind.
    fn owner(&self, object: &Object) -> (String, String) {
        match object.owner.and_then(|owner| self.get(owner)) {
            Some(owner) => (owner.name.as_str().to_owned(), owner.kind.shown()),
            None => (String::new(), String::new()),
        }
    }

    /// Names of the containing database and schema.
    fn containers(&self, id: Id) -> (String, String) {
        let path = self.path(id);
        let at = |i: usize| {
            if i + 1 < path.len() {
                path.get(i).map_or("", Name::as_str).to_owned()
            } else {
                String::new()
            }
        };
        (at(0), at(1))
    }

    fn yes(value: bool) -> String {
        if value { "Y" } else { "N" }.to_owned()
    }

    /// How many days of Time Travel an object has, its containers' setting included.
    fn retention(&self, id: Id) -> String {
        let mut at = Some(id);
        while let Some(object) = at.and_then(|id| self.get(id)) {
            if let Some(days) = object.settings.get("DATA_RETENTION_TIME_IN_DAYS") {
                return days.text();
            }
            at = object.parent;
        }
        "1".to_owned()
    }

    fn listing(
        &self,
        session: &Session,
        active: &Active,
        object: ObjectType,
        ids: &[Id],
    ) -> ResultSet {
        let names: &[&str] = match object {
            ObjectType::Database => &[
                "created_on",
                "name",
                "is_default",
                "is_current",
                "origin",
                "owner",
                "comment",
                "options",
                "retention_time",
                "kind",
                "budget",
                "owner_role_type",
                "object_visibility",
            ],
            ObjectType::Schema => &[
                "created_on",
                "name",
                "is_default",
                "is_current",
                "database_name",
                "owner",
                "comment",
                "options",
                "retention_time",
                "owner_role_type",
            ],
            ObjectType::Table => &[
                "created_on",
                "name",
                "database_name",
                "schema_name",
                "kind",
                "comment",
                "cluster_by",
                "rows",
                "bytes",
                "owner",
                "retention_time",
                "automatic_clustering",
                "change_tracking",
                "is_external",
                "enable_schema_evolution",
                "owner_role_type",
                "is_event",
                "budget",
                "is_hybrid",
                "is_iceberg",
                "is_dynamic",
                "is_immutable",
            ],
            ObjectType::View => &[
                "created_on",
                "name",
                "reserved",
                "database_name",
                "schema_name",
                "owner",
                "comment",
                "text",
                "is_secure",
                "is_materialized",
                "owner_role_type",
                "change_tracking",
            ],
            ObjectType::Warehouse => &[
                "name",
                "state",
                "type",
                "size",
                "min_cluster_count",
                "max_cluster_count",
                "started_clusters",
                "running",
                "queued",
                "is_default",
                "is_current",
                "auto_suspend",
                "auto_resume",
                "created_on",
                "owner",
                "comment",
                "enable_query_acceleration",
                "resource_monitor",
                "scaling_policy",
                "budget",
                "owner_role_type",
            ],
            ObjectType::ResourceMonitor => &[
                "name",
                "credit_quota",
                "used_credits",
                "remaining_credits",
                "level",
                "frequency",
                "start_time",
                "end_time",
                "notify_at",
                "suspend_at",
                "suspend_immediately_at",
                "created_on",
                "owner",
                "comment",
                "notify_users",
            ],
            ObjectType::Role => &[
                "created_on",
                "name",
                "is_default",
                "is_current",
                "is_inherited",
                "assigned_to_users",
                "granted_to_roles",
                "granted_roles",
                "owner",
                "comment",
            ],
            ObjectType::DatabaseRole => &[
                "created_on",
                "name",
                "is_default",
                "is_current",
                "is_inherited",
                "granted_to_roles",
                "granted_to_database_roles",
                "granted_database_roles",
                "owner",
                "comment",
                "owner_role_type",
            ],
            ObjectType::User => &[
                "name",
                "created_on",
                "login_name",
                "display_name",
                "first_name",
                "last_name",
                "email",
                "comment",
                "disabled",
                "must_change_password",
                "default_warehouse",
                "default_namespace",
                "default_role",
                "default_secondary_roles",
                "owner",
                "has_password",
                "has_rsa_public_key",
                "type",
            ],
            ObjectType::Tag => &[
                "created_on",
                "name",
                "database_name",
                "schema_name",
                "owner",
                "comment",
                "allowed_values",
                "owner_role_type",
                "propagate",
                "on_conflict",
            ],
            ObjectType::MaskingPolicy | ObjectType::RowAccessPolicy => &[
                "created_on",
                "name",
                "database_name",
                "schema_name",
                "kind",
                "owner",
                "comment",
                "owner_role_type",
                "options",
            ],
            ObjectType::NetworkPolicy => &[
                "created_on",
                "name",
                "comment",
                "entries_in_allowed_ip_list",
                "entries_in_blocked_ip_list",
                "entries_in_allowed_network_rules",
                "entries_in_blocked_network_rules",
            ],
            ObjectType::Share => &[
                "created_on",
                "kind",
                "owner_account",
                "name",
                "database_name",
                "to",
                "owner",
                "comment",
                "listing_global_name",
                "secure_objects_only",
            ],
            _ => &["created_on", "name"],
        };
        let mut result = ResultSet::table(names);
        for id in ids {
            let Some(object) = self.get(*id) else {
                continue;
            };
            let row = names
                .iter()
                .map(|name| self.cell(session, active, *id, object, name))
                .collect();
            result.rows.push(row);
        }
        result
    }

    /// One cell of a listing, by the column's name.
    fn cell(
        &self,
        session: &Session,
        active: &Active,
        id: Id,
        object: &Object,
        column: &str,
    ) -> Option<String> {
        let (owner, owner_type) = self.owner(object);
        let (database, schema) = self.containers(id);
        let setting = |key: &str| object.settings.get(key).map(Setting::text);
        let setting_or =
            |key: &str, default: &str| Some(setting(key).unwrap_or_else(|| default.to_owned()));
        let list_length = |key: &str| match object.settings.get(key) {
            Some(Setting::List(items)) => Some(items.len().to_string()),
            _ => Some("0".to_owned()),
        };
        match column {
            "created_on" => Some(Self::timestamp(object.created)),
            "name" => Some(object.name.as_str().to_owned()),
            "owner" => Some(owner),
            "owner_role_type" => Some(owner_type),
            "comment" => Some(object.comment.clone()),
            "schema_name" => Some(schema),
            "is_default" => {
                let key = match object.kind {
                    ObjectType::Warehouse => "DEFAULT_WAREHOUSE",
                    ObjectType::Role => "DEFAULT_ROLE",
                    _ => return Some("N".to_owned()),
                };
                let default = self.setting_text(session.user, key);
                Some(Self::yes(default.as_deref() == Some(object.name.as_str())))
            }
            "is_current" => Some(Self::yes(
                [
                    session.role,
                    session.warehouse,
                    session.database,
                    session.schema,
                ]
                .contains(&Some(id)),
            )),
            "is_inherited" => {
                let inherited = session.role != Some(id)
                    && session
                        .role
                        .is_some_and(|role| self.closure(&[role]).contains(&id));
                Some(Self::yes(inherited))
            }
            "retention_time" => Some(self.retention(id)),
            "kind" => Some(match (&object.body, object.kind) {
                (Body::Database { .. }, _) => "STANDARD".to_owned(),
                (
                    Body::Table {
                        transient: true, ..
                    },
                    _,
                ) => "TRANSIENT".to_owned(),
                (Body::Table { .. }, _) => "TABLE".to_owned(),
                (_, ObjectType::Share) => "OUTBOUND".to_owned(),
                _ => object.kind.shown(),
            }),
            "options" => Some(match &object.body {
                Body::Schema { transient, managed } => {
                    let mut options = Vec::new();
                    if *transient {
                        options.push("TRANSIENT");
                    }
                    if *managed {
                        options.push("MANAGED ACCESS");
                    }
                    options.join(", ")
                }
                Body::Database { transient: true } => "TRANSIENT".to_owned(),
                Body::Policy(policy) if policy.exempt => {
                    json!({"EXEMPT_OTHER_POLICIES": "TRUE"}).to_string()
                }
                _ => String::new(),
            }),
            "rows" => match &object.body {
                Body::Table { rows, .. } => Some(rows.len().to_string()),
                _ => None,
            },
            "automatic_clustering" => Some("OFF".to_owned()),
            "change_tracking" => {
                let on = setting("CHANGE_TRACKING").as_deref() == Some("TRUE");
                Some(if on { "ON" } else { "OFF" }.to_owned())
            }
            "is_external" | "is_event" | "is_hybrid" | "is_iceberg" | "is_dynamic"
            | "is_immutable" => Some("N".to_owned()),
            "enable_schema_evolution" => Some(Self::yes(
                setting("ENABLE_SCHEMA_EVOLUTION").as_deref() == Some("TRUE"),
            )),
            "text" => match &object.body {
                // A secure view's definition is its owner's secret
                // (docs.snowflake.com/en/user-guide/views-secure).
                Body::View { secure: true, .. } if !self.owned_by(&active.all, id) => {
                    Some(String::new())
                }
                Body::View { text, .. } => Some(text.clone()),
                _ => None,
            },
            "is_secure" => match &object.body {
                Body::View { secure, .. } => Some(secure.to_string()),
                _ => None,
            },
            "is_materialized" => Some("false".to_owned()),
            "state" => match &object.body {
                Body::Warehouse { suspended, .. } => {
                    Some(if *suspended { "SUSPENDED" } else { "STARTED" }.to_owned())
                }
                _ => None,
            },
            "type" if object.kind == ObjectType::User => setting("TYPE"),
            "type" => setting_or("WAREHOUSE_TYPE", "STANDARD"),
            "size" => Some(size(&setting("WAREHOUSE_SIZE").unwrap_or_default())),
            "min_cluster_count" => setting_or("MIN_CLUSTER_COUNT", "1"),
            "max_cluster_count" => setting_or("MAX_CLUSTER_COUNT", "1"),
            "bytes" | "started_clusters" | "running" | "queued" => Some("0".to_owned()),
            "auto_suspend" => setting_or("AUTO_SUSPEND", "600").filter(|seconds| seconds != "NULL"),
            "auto_resume" => Some(setting_or("AUTO_RESUME", "TRUE")?.to_lowercase()),
            "enable_query_acceleration" => {
                Some(setting_or("ENABLE_QUERY_ACCELERATION", "FALSE")?.to_lowercase())
            }
            "scaling_policy" => setting_or("SCALING_POLICY", "STANDARD"),
            "resource_monitor" => match &object.body {
                Body::Warehouse { monitor, .. } => Some(
                    monitor
                        .and_then(|m| self.get(m))
                        .map_or("null", |m| m.name.as_str())
                        .to_owned(),
                ),
                _ => None,
            },
            "credit_quota" | "remaining_credits" => setting("CREDIT_QUOTA"),
            "used_credits" => Some("0.00".to_owned()),
            "frequency" => setting_or("FREQUENCY", "MONTHLY"),
            "start_time" => setting("START_TIMESTAMP"),
            "end_time" => setting("END_TIMESTAMP"),
            "level" => {
                let used = self.objects.values().any(
                    |o| matches!(o.body, Body::Warehouse { monitor, .. } if monitor == Some(id)),
                );
                used.then(|| "WAREHOUSE".to_owned())
            }
            "notify_at" | "suspend_at" | "suspend_immediately_at" => {
                let action = match column {
                    "notify_at" => "NOTIFY",
                    "suspend_at" => "SUSPEND",
                    _ => "SUSPEND_IMMEDIATE",
                };
                match &object.body {
                    Body::Monitor { triggers } => Some(
                        triggers
                            .iter()
                            .filter(|(_, a)| a == action)
                            .map(|(percent, _)| format!("{percent}%"))
                            .collect::<Vec<_>>()
                            .join(","),
                    ),
                    _ => None,
                }
            }
            "assigned_to_users" => Some(self.count_grantees(id, ObjectType::User)),
            "granted_to_roles" => Some(self.count_grantees(id, ObjectType::Role)),
            "granted_to_database_roles" => Some(self.count_grantees(id, ObjectType::DatabaseRole)),
            "granted_roles" | "granted_database_roles" => {
                Some(self.direct_roles(id).len().to_string())
            }
            "login_name" => setting_or("LOGIN_NAME", object.name.as_str()),
            "display_name" => setting_or("DISPLAY_NAME", object.name.as_str()),
            "first_name" => setting("FIRST_NAME"),
            "last_name" => setting("LAST_NAME"),
            "email" => setting("EMAIL"),
            "disabled" => Some(setting_or("DISABLED", "FALSE")?.to_lowercase()),
            "must_change_password" => {
                Some(setting_or("MUST_CHANGE_PASSWORD", "FALSE")?.to_lowercase())
            }
            "default_warehouse" => setting("DEFAULT_WAREHOUSE"),
            "default_namespace" => setting("DEFAULT_NAMESPACE"),
            "default_role" => setting("DEFAULT_ROLE"),
            "default_secondary_roles" => {
                Some(match object.settings.get("DEFAULT_SECONDARY_ROLES") {
                    Some(Setting::List(items)) if items.is_empty() => "[]".to_owned(),
                    _ => "[\"ALL\"]".to_owned(),
                })
            }
            "has_password" => Some(object.settings.contains_key("PASSWORD").to_string()),
            "has_rsa_public_key" => {
                Some(object.settings.contains_key("RSA_PUBLIC_KEY").to_string())
            }
            "allowed_values" => match &object.body {
                Body::Tag { allowed, .. } => allowed.as_ref().map(|list| json!(list).to_string()),
                _ => None,
            },
            "propagate" => setting_or("PROPAGATE", "NONE"),
            "on_conflict" => setting("ON_CONFLICT"),
            "entries_in_allowed_ip_list" => list_length("ALLOWED_IP_LIST"),
            "entries_in_blocked_ip_list" => list_length("BLOCKED_IP_LIST"),
            "entries_in_allowed_network_rules" => list_length("ALLOWED_NETWORK_RULE_LIST"),
            "entries_in_blocked_network_rules" => list_length("BLOCKED_NETWORK_RULE_LIST"),
            "owner_account" => Some(format!(
                "{}.{}",
                self.options.organization, self.options.account
            )),
            "database_name" if object.kind == ObjectType::Share => Some(
                self.shared_database(id)
                    .map_or_else(String::new, |database| self.raw(database)),
            ),
            "database_name" => Some(database),
            "to" => match &object.body {
                Body::Share { accounts } => Some(accounts.join(", ")),
                _ => None,
            },
            "secure_objects_only" => {
                Some(setting_or("SECURE_OBJECTS_ONLY", "TRUE")?.to_lowercase())
            }
            "object_visibility" | "budget" => None,
            _ => Some(String::new()),
        }
    }

    fn count_grantees(&self, role: Id, kind: ObjectType) -> String {
        self.grants
            .iter()
            .filter(|(to, list)| {
                self.get(**to).map(|o| o.kind) == Some(kind)
                    && list.iter().any(|g| g.on == role && g.privilege == "USAGE")
            })
            .count()
            .to_string()
    }

    fn show_columns(
        &self,
        session: &Session,
        active: &Active,
        scope: &Scope,
    ) -> Result<ResultSet, SqlError> {
        let container = self.scope(session, active, scope)?;
        let mut result = ResultSet::table(&[
            "table_name",
            "schema_name",
            "column_name",
            "data_type",
            "null?",
            "default",
            "kind",
            "expression",
            "comment",
            "database_name",
            "autoincrement",
        ]);
        let mut ids: Vec<Id> = self
            .objects
            .keys()
            .copied()
            .filter(|id| {
                self.relation_of(*id).is_some()
                    && self.sees(active, *id)
                    && container.is_none_or(|c| {
                        c == *id
                            || self.schema_of(*id) == Some(c)
                            || self.database_of(*id) == Some(c)
                    })
            })
            .collect();
        ids.sort_by_key(|id| self.path(*id));
        for id in ids {
            let (database, schema) = self.containers(id);
            let name = self.get(id).map_or("", |o| o.name.as_str());
            for column in self.relation_of(id).map_or(&[][..], |r| &r.columns) {
                result.push(vec![
                    name.to_owned(),
                    schema.clone(),
                    column.name.as_str().to_owned(),
                    column_json(column),
                    if column.not_null { "NOT_NULL" } else { "true" }.to_owned(),
                    column.default_text.clone().unwrap_or_default(),
                    "COLUMN".to_owned(),
                    String::new(),
                    column.comment.clone().unwrap_or_default(),
                    database.clone(),
                    String::new(),
                ]);
            }
        }
        Ok(result)
    }

    pub(super) fn describe(
        &self,
        session: &Session,
        object: ObjectType,
        path: &Path,
    ) -> Result<ResultSet, SqlError> {
        let active = self.active(session);
        let id = if matches!(object, ObjectType::Table | ObjectType::View) {
            self.relation(session, &active, path, "DESCRIBE")?
        } else {
            self.resolve(session, &active, object, path, "DESCRIBE")?
        };
        self.require_containers(&active, id)?;
        let Some(found) = self.get(id) else {
            return Err(self.not_there(id));
        };
        match object {
            ObjectType::Table | ObjectType::View => Ok(self.describe_relation(id)),
            ObjectType::MaskingPolicy | ObjectType::RowAccessPolicy => {
                let mut result = ResultSet::table(&["name", "signature", "return_type", "body"]);
                if let Body::Policy(policy) = &found.body {
                    let signature: Vec<String> = policy
                        .arguments
                        .iter()
                        .map(|(name, data_type)| format!("{name} {}", plain_type(data_type)))
                        .collect();
                    result.push(vec![
                        found.name.as_str().to_owned(),
                        format!("({})", signature.join(", ")),
                        policy.returns.to_string(),
                        policy.text.clone(),
                    ]);
                }
                Ok(result)
            }
            ObjectType::Database | ObjectType::Schema => {
                let mut result = ResultSet::table(&["created_on", "name", "kind"]);
                let children = if object == ObjectType::Database {
                    ObjectType::Schema
                } else {
                    ObjectType::Table
                };
                for (child, o) in &self.objects {
                    let listed = o.kind == children
                        || children == ObjectType::Table && o.kind == ObjectType::View;
                    if o.parent == Some(id) && listed && self.sees(&active, *child) {
                        result.push(vec![
                            Self::timestamp(o.created),
                            o.name.as_str().to_owned(),
                            o.kind.shown(),
                        ]);
                    }
                }
                Ok(result)
            }
            ObjectType::Warehouse => {
                let mut result = ResultSet::table(&["created_on", "name", "kind"]);
                result.push(vec![
                    Self::timestamp(found.created),
                    found.name.as_str().to_owned(),
                    "WAREHOUSE".to_owned(),
                ]);
                Ok(result)
            }
            ObjectType::NetworkPolicy => {
                let mut result = ResultSet::table(&["name", "value"]);
                for key in ["ALLOWED_IP_LIST", "BLOCKED_IP_LIST"] {
                    if let Some(value) = found.settings.get(key) {
                        result.push(vec![key.to_owned(), value.text()]);
                    }
                }
                Ok(result)
            }
            ObjectType::Share => {
                let mut result = ResultSet::table(&["kind", "name", "shared_on"]);
                for grant in self.grants.get(&id).into_iter().flatten() {
                    if let Some(on) = self.get(grant.on) {
                        result.push(vec![
                            on.kind.shown(),
                            self.qualified(grant.on),
                            Self::timestamp(grant.created),
                        ]);
                    }
                }
                Ok(result)
            }
            ObjectType::User => {
                let mut result = ResultSet::table(&["property", "value", "default", "description"]);
                for (key, value) in &found.settings {
                    let secret = key == "PASSWORD";
                    result.push(vec![
                        key.clone(),
                        if secret {
                            "********".to_owned()
                        } else {
                            value.text()
                        },
                        "null".to_owned(),
                        String::new(),
                    ]);
                }
                Ok(result)
            }
            _ => Err(SqlError::compilation(
                &rules::SYNTAX,
                format!("syntax error: DESCRIBE {object} does not exist."),
            )),
        }
    }

    fn describe_relation(&self, id: Id) -> ResultSet {
        let mut result = ResultSet::table(&[
            "name",
            "type",
            "kind",
            "null?",
            "default",
            "primary key",
            "unique key",
            "check",
            "expression",
            "comment",
            "policy name",
            "privacy domain",
        ]);
        for column in self.relation_of(id).map_or(&[][..], |r| &r.columns) {
            // Only a policy set directly on the column is shown here.
            let policy = column.masking.as_ref().map(|mask| self.raw(mask.policy));
            result.rows.push(vec![
                Some(column.name.as_str().to_owned()),
                Some(column.data_type.to_string()),
                Some("COLUMN".to_owned()),
                Some(Self::yes(!column.not_null)),
                column.default_text.clone(),
                Some(Self::yes(column.primary_key)),
                Some("N".to_owned()),
                None,
                None,
                column.comment.clone(),
                policy,
                None,
            ]);
        }
        result
    }
}

/// Type names in policy signatures carry no length.
fn plain_type(data_type: &super::super::types::DataType) -> String {
    match data_type.family {
        Family::Text | Family::Binary => data_type
            .to_string()
            .split('(')
            .next()
            .unwrap_or_default()
            .to_owned(),
        _ => data_type.to_string(),
    }
}

fn column_json(column: &Column) -> String {
    let name = match column.data_type.family {
        Family::Number => "FIXED",
        Family::Float => "REAL",
        Family::Text => "TEXT",
        _ => "",
    };
    let printed = column.data_type.to_string();
    let name = if name.is_empty() {
        printed.split('(').next().unwrap_or_default()
    } else {
        name
    };
    match column.data_type.family {
        Family::Number => json!({
            "type": name,
            "precision": column.data_type.size,
            "scale": column.data_type.scale,
            "nullable": !column.not_null,
        }),
        Family::Text => json!({
            "type": name,
            "length": column.data_type.size,
            "nullable": !column.not_null,
            "fixed": false,
        }),
        _ => json!({"type": name, "nullable": !column.not_null}),
    }
    .to_string()
}

/// The size as SHOW WAREHOUSES prints it.
fn size(written: &str) -> String {
    match written.to_uppercase().as_str() {
        "" | "XSMALL" | "X-SMALL" => "X-Small",
        "SMALL" => "Small",
        "MEDIUM" => "Medium",
        "LARGE" => "Large",
        "XLARGE" | "X-LARGE" => "X-Large",
        "XXLARGE" | "X2LARGE" | "2X-LARGE" => "2X-Large",
        "XXXLARGE" | "X3LARGE" | "3X-LARGE" => "3X-Large",
        "X4LARGE" | "4X-LARGE" => "4X-Large",
        "X5LARGE" | "5X-LARGE" => "5X-Large",
        "X6LARGE" | "6X-LARGE" => "6X-Large",
        _ => written,
    }
    .to_owned()
}

fn keep(result: &mut ResultSet, names: &[&str]) {
    let at: Vec<usize> = result
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| names.contains(&column.name.as_str()))
        .map(|(at, _)| at)
        .collect();
    result.columns = at.iter().map(|i| result.columns[*i].clone()).collect();
    for row in &mut result.rows {
        *row = at.iter().map(|i| row[*i].clone()).collect();
    }
}

/// SQL LIKE with `%` and `_`; SHOW ... LIKE ignores case.
pub(super) fn like_matches(text: &str, pattern: &str, any_case: bool) -> bool {
    let fold = |s: &str| -> Vec<char> {
        if any_case {
            s.to_lowercase().chars().collect()
        } else {
            s.chars().collect()
        }
    };
    let (text, pattern) = (fold(text), fold(pattern));
    // reachable[i]: the pattern read so far matches the first i characters.
    let mut reachable = vec![false; text.len() + 1];
    reachable[0] = true;
    let mut escaped = false;
    for symbol in pattern {
        if symbol == '\\' && !escaped {
            escaped = true;
            continue;
        }
        let mut next = vec![false; text.len() + 1];
        if symbol == '%' && !escaped {
            let mut any = false;
            for (at, here) in reachable.iter().enumerate() {
                any |= *here;
                next[at] = any;
            }
        } else {
            for (at, c) in text.iter().enumerate() {
                next[at + 1] = reachable[at] && (symbol == '_' && !escaped || symbol == *c);
            }
        }
        escaped = false;
        reachable = next;
    }
    reachable[text.len()]
}

#[cfg(test)]
mod tests {
    use super::like_matches;

    #[test]
    fn like_knows_both_wildcards() {
        assert!(like_matches("ACME_DEV_SALES", "acme%sales", true));
        assert!(like_matches("ABC", "A_C", false));
        assert!(!like_matches("ABBC", "A_C", false));
        assert!(like_matches("A%C", "A\\%C", false));
        assert!(!like_matches("ABC", "A\\%C", false));
        assert!(like_matches("", "%", false));
    }
}
