//! What a statement is about: the key by which two versions of a file are compared. A grant is its
//! object, privilege and grantee; anything else the thing that it makes or sets.

use super::statement::{Grantee, Securable, Statement};

/// Every identity of a statement; a grant of several privileges has one for each, so that adding a
/// privilege is an addition and not a change.
pub fn identities(statement: &Statement) -> Vec<String> {
    let path = dotted;
    let one = |text: String| vec![text];
    match statement {
        Statement::UseRole(role) => one(format!("role in use {role}")),
        Statement::CreateDatabase(name) => one(format!("database {name}")),
        Statement::CreateSchema(name) => one(format!("schema {}", path(name))),
        Statement::CreateTable { table, .. } => one(format!("table {}", path(table))),
        Statement::AddColumn { table, column } => {
            one(format!("column {}.{}", path(table), column.name))
        }
        Statement::SetRetention { table, .. } => one(format!("retention of table {}", path(table))),
        Statement::SetComment { on, .. } => {
            one(format!("comment on {} {}", on.word(), path(on.path())))
        }
        Statement::SetColumnComment { table, column, .. } => {
            one(format!("comment on column {}.{column}", path(table)))
        }
        Statement::CreateWarehouse(name) => one(format!("warehouse {name}")),
        Statement::SetWarehouse { warehouse, .. } => {
            one(format!("settings of warehouse {warehouse}"))
        }
        Statement::SetWarehouseMonitor { warehouse, .. } => {
            one(format!("monitor of warehouse {warehouse}"))
        }
        Statement::CreateMonitor { monitor, .. } => one(format!("resource monitor {monitor}")),
        Statement::SetMonitor { monitor, .. } => {
            one(format!("settings of resource monitor {monitor}"))
        }
        Statement::CreateTag { tag, .. } => one(format!("tag {}", path(tag))),
        Statement::SetTagValues { tag, .. } => one(format!("values of tag {}", path(tag))),
        Statement::CreateMaskingPolicy { policy, .. } => {
            one(format!("masking policy {}", path(policy)))
        }
        Statement::SetMaskingBody { policy, .. } => {
            one(format!("body of masking policy {}", path(policy)))
        }
        Statement::SetColumnMask { table, column, .. }
        | Statement::UnsetColumnMask { table, column } => {
            one(format!("mask of column {}.{column}", path(table)))
        }
        Statement::CreateView { view, .. } | Statement::CreateJoinedView { view, .. } => {
            one(format!("view {}", path(view)))
        }
        Statement::CreateRole { role, .. } => one(format!("role {role}")),
        Statement::CreateDatabaseRole { role, .. } => one(format!("database role {}", path(role))),
        Statement::CreateShare { share, .. } => one(format!("share {share}")),
        Statement::AddAccount { share, account } | Statement::RemoveAccount { share, account } => {
            one(format!("account {account} in share {share}"))
        }
        Statement::SetTags { on, tags } => tags
            .iter()
            .map(|(tag, _)| format!("tag {} on {} {}", path(tag), on.word(), path(on.path())))
            .collect(),
        Statement::SetColumnTags {
            table,
            column,
            tags,
        } => tags
            .iter()
            .map(|(tag, _)| format!("tag {} on column {}.{column}", path(tag), path(table)))
            .collect(),
        Statement::Grant { privileges, on, to }
        | Statement::Revoke {
            privileges,
            on,
            from: to,
        } => privileges
            .iter()
            .map(|privilege| {
                format!(
                    "{} on {} for {}",
                    privilege.words().join(" "),
                    securable(on),
                    grantee(to)
                )
            })
            .collect(),
        Statement::GrantOwnership { on, .. } => {
            one(format!("OWNERSHIP on {} {}", on.word(), path(on.path())))
        }
        Statement::GrantRole { role, to } | Statement::RevokeRole { role, from: to } => {
            one(format!("role {role} for role {to}"))
        }
        Statement::GrantDatabaseRole { role, to }
        | Statement::RevokeDatabaseRole { role, from: to } => {
            one(format!("database role {} for {}", path(role), grantee(to)))
        }
    }
}

fn dotted(path: &[super::SqlIdent]) -> String {
    path.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(".")
}

fn securable(on: &Securable) -> String {
    match on {
        Securable::Account => "ACCOUNT".to_owned(),
        Securable::One(object) => format!("{} {}", object.word(), dotted(object.path())),
        Securable::AllTables(schema) => format!("ALL TABLES IN SCHEMA {}", dotted(schema)),
        Securable::FutureTables(schema) => format!("FUTURE TABLES IN SCHEMA {}", dotted(schema)),
    }
}

fn grantee(to: &Grantee) -> String {
    match to {
        Grantee::Role(role) => format!("ROLE {role}"),
        Grantee::Share(share) => format!("SHARE {share}"),
        Grantee::DatabaseRole(role) => format!("DATABASE ROLE {}", dotted(role)),
    }
}
