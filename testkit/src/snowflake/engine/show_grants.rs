//! SHOW GRANTS and SHOW FUTURE GRANTS.
//!
//! Columns and the meaning of `granted_by`: docs.snowflake.com/en/sql-reference/sql/show-grants.

use super::super::error::SqlError;
use super::super::object::ObjectType;
use super::super::result::ResultSet;
use super::super::syntax::{GranteeRef, Path, Show};
use super::{ACCOUNT, Account, Active, Body, Grant, Id, Session};

const TO: &[&str] = &[
    "created_on",
    "privilege",
    "granted_on",
    "name",
    "granted_to",
    "grantee_name",
    "grant_option",
    "granted_by",
];
const ON: &[&str] = &[
    "created_on",
    "privilege",
    "granted_on",
    "name",
    "granted_to",
    "grantee_name",
    "grant_option",
    "granted_by",
    "granted_by_role_type",
];
const OF: &[&str] = &[
    "created_on",
    "role",
    "granted_to",
    "grantee_name",
    "granted_by",
];
const FUTURE: &[&str] = &[
    "created_on",
    "privilege",
    "grant_on",
    "name",
    "grant_to",
    "grantee_name",
    "grant_option",
];

/// A grant, OWNERSHIP included, with both of its ends.
struct Row {
    privilege: String,
    on: Id,
    to: Id,
    option: bool,
    by: Option<Id>,
    created: u64,
}

impl Account {
    pub(super) fn show_grants(
        &self,
        session: &Session,
        active: &Active,
        show: &Show,
    ) -> Result<ResultSet, SqlError> {
        match show {
            Show::GrantsOfMine => Ok(self.grants_to_user(session.user)),
            Show::GrantsOnAccount => Ok(self.grants_on(ACCOUNT)),
            Show::GrantsOn(object, path) => {
                let id = self.grants_target(session, active, *object, path)?;
                Ok(self.grants_on(id))
            }
            Show::GrantsTo(grantee) => {
                let id = self.grantee(session, active, grantee)?;
                if let GranteeRef::User(_) = grantee {
                    return Ok(self.grants_to_user(id));
                }
                Ok(self.grants_to(id))
            }
            Show::GrantsOf(grantee) => {
                let id = self.grantee(session, active, grantee)?;
                Ok(self.grants_of(id))
            }
            Show::FutureGrantsIn(object, path) => {
                let id = self.resolve(session, active, *object, path, "SHOW")?;
                Ok(self.future_grants(|f| f.container == id))
            }
            Show::FutureGrantsTo(grantee) => {
                let id = self.grantee(session, active, grantee)?;
                Ok(self.future_grants(|f| f.to == id))
            }
            _ => Ok(ResultSet::done()),
        }
    }

    fn grants_target(
        &self,
        session: &Session,
        active: &Active,
        object: ObjectType,
        path: &Path,
    ) -> Result<Id, SqlError> {
        if object == ObjectType::Table {
            self.relation(session, active, path, "SHOW")
        } else {
            self.resolve(session, active, object, path, "SHOW")
        }
    }

    fn rows(&self, keep: impl Fn(&Row) -> bool) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for (id, object) in &self.objects {
            if let Some(owner) = object.owner {
                rows.push(Row {
                    privilege: "OWNERSHIP".into(),
                    on: *id,
                    to: owner,
                    option: true,
                    by: Some(owner),
                    created: object.created,
                });
            }
        }
        for (to, list) in &self.grants {
            for Grant {
                privilege,
                on,
                option,
                by,
                created,
            } in list
            {
                rows.push(Row {
                    privilege: privilege.clone(),
                    on: *on,
                    to: *to,
                    option: *option,
                    by: *by,
                    created: *created,
                });
            }
        }
        rows.retain(keep);
        rows.sort_by(|a, b| {
            (a.created, a.on, &a.privilege, a.to).cmp(&(b.created, b.on, &b.privilege, b.to))
        });
        rows
    }

    /// A role as grantee or grantor: its own name, without the database.
    fn bare(&self, id: Option<Id>) -> String {
        id.and_then(|id| self.get(id))
            .map_or_else(String::new, |o| o.name.as_str().to_owned())
    }

    /// The grantee's name: shares with the account, database roles as the command prints them.
    fn grantee_name(&self, id: Id) -> String {
        match self.get(id) {
            Some(object) if object.kind == ObjectType::Share => {
                format!(
                    "{}.{}.{}",
                    self.options.organization,
                    self.options.account,
                    object.name.as_str()
                )
            }
            _ => self.bare(Some(id)),
        }
    }

    fn shown_type(&self, id: Id) -> String {
        self.get(id).map_or_else(String::new, |o| o.kind.shown())
    }

    /// The object's name as SHOW GRANTS prints it.
    fn shown_name(&self, id: Id) -> String {
        self.qualified(id)
    }

    fn grants_to(&self, to: Id) -> ResultSet {
        let mut result = ResultSet::table(TO);
        for row in self.rows(|row| row.to == to) {
            result.push(vec![
                Self::timestamp(row.created),
                row.privilege,
                self.shown_type(row.on),
                self.shown_name(row.on),
                self.shown_type(row.to),
                self.grantee_name(row.to),
                row.option.to_string(),
                self.bare(row.by),
            ]);
        }
        result
    }

    /// SHOW GRANTS TO USER lists roles and direct privileges in one shape.
    fn grants_to_user(&self, user: Id) -> ResultSet {
        let mut result = ResultSet::table(&[
            "created_on",
            "privilege",
            "granted_on",
            "name",
            "role",
            "granted_to",
            "grantee_name",
            "grant_option",
            "granted_by",
        ]);
        for row in self.rows(|row| row.to == user && row.privilege != "OWNERSHIP") {
            let role = self.is_role(row.on);
            let name = self.shown_name(row.on);
            result.rows.push(vec![
                Some(Self::timestamp(row.created)),
                Some(row.privilege),
                Some(self.shown_type(row.on)),
                Some(name.clone()),
                role.then_some(name),
                Some("USER".to_owned()),
                Some(self.bare(Some(user))),
                Some(row.option.to_string()),
                Some(self.bare(row.by)),
            ]);
        }
        result
    }

    fn grants_on(&self, id: Id) -> ResultSet {
        let mut result = ResultSet::table(ON);
        // The grant option is shown as false inside managed access schemas.
        let managed = self.managed_schema_of(id).is_some();
        for row in self.rows(|row| row.on == id) {
            result.push(vec![
                Self::timestamp(row.created),
                row.privilege,
                self.shown_type(id),
                self.shown_name(id),
                self.shown_type(row.to),
                self.grantee_name(row.to),
                (row.option && !managed).to_string(),
                self.bare(row.by),
                row.by.map_or_else(String::new, |by| self.shown_type(by)),
            ]);
        }
        // The owner of a managed access schema is shown with MANAGE GRANTS on it.
        if let Some(object) = self.get(id)
            && let Some(owner) = object.owner
            && self.is_managed(id)
        {
            result.push(vec![
                Self::timestamp(object.created),
                "MANAGE GRANTS".to_owned(),
                self.shown_type(id),
                self.shown_name(id),
                self.shown_type(owner),
                self.grantee_name(owner),
                "true".to_owned(),
                self.bare(Some(owner)),
                self.shown_type(owner),
            ]);
        }
        result
    }

    fn grants_of(&self, id: Id) -> ResultSet {
        if let Some(Body::Share { accounts }) = self.get(id).map(|o| &o.body) {
            let mut result =
                ResultSet::table(&["created_on", "share", "account", "kind", "database_name"]);
            for account in accounts {
                result.push(vec![
                    Self::timestamp(self.get(id).map_or(0, |o| o.created)),
                    self.raw(id),
                    account.clone(),
                    "OUTBOUND".to_owned(),
                    self.shared_database(id)
                        .map_or_else(String::new, |database| self.raw(database)),
                ]);
            }
            return result;
        }
        let mut result = ResultSet::table(OF);
        for row in self.rows(|row| row.on == id && row.privilege == "USAGE") {
            // Since bundle 2026_06 a database role stands here without its database (BCR-2371).
            let grantee = if self.is_database_role(row.to) && self.options.qualified_database_roles
            {
                self.qualified(row.to)
            } else {
                self.grantee_name(row.to)
            };
            result.push(vec![
                Self::timestamp(row.created),
                self.qualified(id),
                self.shown_type(row.to),
                grantee,
                self.bare(row.by),
            ]);
        }
        result
    }

    fn future_grants(&self, keep: impl Fn(&super::FutureGrant) -> bool) -> ResultSet {
        let mut result = ResultSet::table(FUTURE);
        for future in self.future.iter().filter(|f| keep(f)) {
            result.push(vec![
                Self::timestamp(future.created),
                future.privilege.clone(),
                future.kind.shown(),
                format!(
                    "{}.<{}>",
                    self.qualified(future.container),
                    future.kind.singular()
                ),
                self.shown_type(future.to),
                self.grantee_name(future.to),
                future.grant_option.to_string(),
            ]);
        }
        result
    }
}
