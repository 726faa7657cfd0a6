//! The account's whole state as JSON, for tests that compare worlds.

use serde_json::{Map, Value, json};

use super::super::syntax::Setting;
use super::{Account, Body, Column, Id};

impl Account {
    /// Objects, grants and future grants, each list in a stable order, without times.
    pub(crate) fn dump(&self) -> Value {
        let mut objects = Map::new();
        let mut ids: Vec<Id> = self.objects.keys().copied().collect();
        ids.sort_by_key(|id| (self.get(*id).map(|o| o.kind), self.path(*id)));
        for id in ids {
            let Some(object) = self.get(id) else {
                continue;
            };
            let key = format!("{} {}", object.kind, self.qualified(id));
            let settings: Map<String, Value> = object
                .settings
                .iter()
                .filter(|(key, _)| *key != "PASSWORD")
                .map(|(key, value)| (key.clone(), setting(value)))
                .collect();
            objects.insert(
                key,
                json!({
                    "owner": object.owner.map(|owner| self.qualified(owner)),
                    "comment": object.comment,
                    "settings": settings,
                    "tags": self.tag_json(&object.tags),
                    "body": self.body_json(&object.body),
                }),
            );
        }
        let mut grants: Vec<Value> = self
            .grants
            .iter()
            .flat_map(|(to, list)| list.iter().map(move |grant| (to, grant)))
            .map(|(to, grant)| {
                json!({
                    "privilege": grant.privilege,
                    "on": self.named(grant.on),
                    "to": self.named(*to),
                    "grant_option": grant.option,
                    "by": grant.by.map(|by| self.qualified(by)),
                })
            })
            .collect();
        grants.sort_by_key(Value::to_string);
        let mut future: Vec<Value> = self
            .future
            .iter()
            .map(|f| {
                json!({
                    "privilege": f.privilege,
                    "on": f.kind.plural(),
                    "in": self.named(f.container),
                    "to": self.named(f.to),
                    "grant_option": f.grant_option,
                })
            })
            .collect();
        future.sort_by_key(Value::to_string);
        json!({"objects": objects, "grants": grants, "future_grants": future})
    }

    fn named(&self, id: Id) -> String {
        self.get(id).map_or_else(String::new, |o| {
            format!("{} {}", o.kind, self.qualified(id))
        })
    }

    fn tag_json(&self, tags: &std::collections::BTreeMap<Id, String>) -> Value {
        tags.iter()
            .map(|(tag, value)| (self.qualified(*tag), json!(value)))
            .collect::<Map<_, _>>()
            .into()
    }

    fn column_json(&self, column: &Column) -> Value {
        json!({
            "name": column.name.as_str(),
            "type": column.data_type.to_string(),
            "not_null": column.not_null,
            "primary_key": column.primary_key,
            "default": column.default_text,
            "comment": column.comment,
            "masking_policy": column.masking.as_ref().map(|m| self.qualified(m.policy)),
            "tags": self.tag_json(&column.tags),
        })
    }

    fn body_json(&self, body: &Body) -> Value {
        let relation = |relation: &super::Relation| {
            json!({
                "columns": relation.columns.iter().map(|c| self.column_json(c)).collect::<Vec<_>>(),
                "row_access_policy": relation.row_access.as_ref().map(|a| json!({
                    "policy": self.qualified(a.policy),
                    "columns": a.columns.iter().map(super::super::name::Name::as_str).collect::<Vec<_>>(),
                })),
            })
        };
        match body {
            Body::Account | Body::Plain => Value::Null,
            Body::Database { transient } => json!({"transient": transient}),
            Body::Schema { transient, managed } => {
                json!({"transient": transient, "managed_access": managed})
            }
            Body::Table {
                transient,
                relation: r,
                rows,
            } => {
                let mut value = relation(r);
                value["transient"] = json!(transient);
                value["rows"] = json!(
                    rows.iter()
                        .map(|row| row.iter().map(super::Value::text).collect::<Vec<_>>())
                        .collect::<Vec<_>>()
                );
                value
            }
            Body::View {
                secure,
                relation: r,
                text,
                reads,
                ..
            } => {
                let mut value = relation(r);
                value["secure"] = json!(secure);
                value["text"] = json!(text);
                value["reads"] = json!(
                    reads
                        .iter()
                        .map(|id| self.qualified(*id))
                        .collect::<Vec<_>>()
                );
                value
            }
            Body::Warehouse { suspended, monitor } => json!({
                "suspended": suspended,
                "resource_monitor": monitor.map(|m| self.qualified(m)),
            }),
            Body::Monitor { triggers } => json!({"triggers": triggers}),
            Body::Tag { allowed, policies } => json!({
                "allowed_values": allowed,
                "masking_policies": policies.iter().map(|p| self.qualified(*p)).collect::<Vec<_>>(),
            }),
            Body::Policy(policy) => json!({
                "signature": policy.arguments.iter().map(|(n, t)| format!("{n} {t}")).collect::<Vec<_>>(),
                "returns": policy.returns.to_string(),
                "body": policy.text,
                "exempt_other_policies": policy.exempt,
            }),
            Body::Share { accounts } => json!({"accounts": accounts}),
        }
    }
}

fn setting(value: &Setting) -> Value {
    match value {
        Setting::List(items) => Value::Array(items.iter().map(setting).collect()),
        other => json!(other.text()),
    }
}
