//! The account: its objects, roles and grants, and the execution of statements against them.
//!
//! In goes a session and one statement's text, out comes a result set or a refusal that cites the
//! vendor's rule. Everything lives in memory, time is a counter, and nothing here knows of HTTP.
//! A statement that is refused changes nothing, except a GRANT that is documented to execute
//! partially.

mod access;
mod alter;
mod column;
mod create;
mod drop;
mod dump;
mod evaluate;
mod function;
mod grant;
mod lookup;
mod policy;
mod query;
mod settings;
mod share;
mod show;
mod show_grants;
mod tag;
#[cfg(test)]
mod tests;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use super::Options;
use super::error::SqlError;
use super::name::Name;
use super::object::{Level, ObjectType};
use super::result::ResultSet;
use super::syntax::{self, Expr, Query, Setting, Statement};
use super::types::DataType;

pub(crate) use access::Active;
pub(crate) use value::Value;

/// The identity of an object; it survives renames and is never used twice.
pub(crate) type Id = u64;

/// A masking policy on a column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ColumnMask {
    pub(crate) policy: Id,
    pub(crate) using: Vec<Name>,
}

/// A column of a table or view.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: Name,
    pub(crate) data_type: DataType,
    pub(crate) not_null: bool,
    pub(crate) primary_key: bool,
    pub(crate) default: Option<Expr>,
    pub(crate) default_text: Option<String>,
    pub(crate) comment: Option<String>,
    pub(crate) masking: Option<ColumnMask>,
    pub(crate) tags: BTreeMap<Id, String>,
}

/// A row access policy on a table or view.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RowAccess {
    pub(crate) policy: Id,
    pub(crate) columns: Vec<Name>,
}

/// What tables and views share.
#[derive(Clone, Debug, PartialEq, Default)]
pub(crate) struct Relation {
    pub(crate) columns: Vec<Column>,
    pub(crate) row_access: Option<RowAccess>,
}

/// A masking or row access policy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Policy {
    pub(crate) arguments: Vec<(Name, DataType)>,
    pub(crate) returns: DataType,
    pub(crate) body: Expr,
    pub(crate) text: String,
    pub(crate) exempt: bool,
}

/// What is particular to an object's type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Body {
    Account,
    Database {
        transient: bool,
    },
    Schema {
        transient: bool,
        managed: bool,
    },
    Table {
        transient: bool,
        relation: Relation,
        rows: Vec<Vec<Value>>,
    },
    View {
        secure: bool,
        relation: Relation,
        query: Box<Query>,
        text: String,
        /// The tables and views its query names.
        reads: BTreeSet<Id>,
    },
    Warehouse {
        suspended: bool,
        monitor: Option<Id>,
    },
    Monitor {
        triggers: Vec<(u32, String)>,
    },
    Tag {
        allowed: Option<Vec<String>>,
        policies: Vec<Id>,
    },
    Policy(Policy),
    Share {
        accounts: Vec<String>,
    },
    /// Roles, database roles, users and network policies have only settings.
    Plain,
}

/// A securable object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Object {
    pub(crate) kind: ObjectType,
    pub(crate) name: Name,
    /// The containing database or schema; `None` in the account.
    pub(crate) parent: Option<Id>,
    /// The role or database role that owns it; `None` for what Snowflake itself owns.
    pub(crate) owner: Option<Id>,
    pub(crate) created: u64,
    pub(crate) comment: String,
    pub(crate) settings: BTreeMap<String, Setting>,
    pub(crate) tags: BTreeMap<Id, String>,
    pub(crate) body: Body,
}

/// A privilege on an object, or the membership in a role (USAGE on the role).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Grant {
    pub(crate) privilege: String,
    pub(crate) on: Id,
    pub(crate) option: bool,
    /// The grantor; `None` is the system.
    pub(crate) by: Option<Id>,
    pub(crate) created: u64,
}

/// A privilege that objects will get when they are created.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FutureGrant {
    pub(crate) privilege: String,
    pub(crate) kind: ObjectType,
    /// The database or schema.
    pub(crate) container: Id,
    pub(crate) to: Id,
    pub(crate) grant_option: bool,
    pub(crate) created: u64,
}

/// The roles whose privileges count besides those of the primary role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Secondary {
    None,
    /// Every role granted to the user.
    All,
    These(Vec<Id>),
}

/// What a client has in use.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) user: Id,
    pub(crate) role: Option<Id>,
    pub(crate) secondary: Secondary,
    pub(crate) warehouse: Option<Id>,
    pub(crate) database: Option<Id>,
    pub(crate) schema: Option<Id>,
}

/// The account.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) options: Options,
    pub(crate) objects: BTreeMap<Id, Object>,
    /// Finds an object by type, container and name. Tables and views share the type Table here.
    index: BTreeMap<(ObjectType, Option<Id>, Name), Id>,
    /// Grants by grantee: a role, database role, user or share.
    pub(crate) grants: BTreeMap<Id, Vec<Grant>>,
    pub(crate) future: Vec<FutureGrant>,
    next: Id,
    clock: u64,
}

/// The account object.
pub(crate) const ACCOUNT: Id = 0;

/// The roles that every account has, each with the roles that inherit it and its global privileges
/// (docs.snowflake.com/en/user-guide/security-access-control-overview#system-defined-roles).
const SYSTEM_ROLES: &[(&str, &[&str], &[&str])] = &[
    ("ACCOUNTADMIN", &[], &["*"]),
    (
        "SECURITYADMIN",
        &["ACCOUNTADMIN"],
        &["MANAGE GRANTS", "CREATE NETWORK POLICY"],
    ),
    (
        "USERADMIN",
        &["SECURITYADMIN"],
        &["CREATE ROLE", "CREATE USER"],
    ),
    (
        "SYSADMIN",
        &["ACCOUNTADMIN"],
        &["CREATE DATABASE", "CREATE WAREHOUSE"],
    ),
    ("PUBLIC", &[], &[]),
];

/// Names that are roles somewhere in Snowflake and can never be created.
const RESERVED_ROLES: &[&str] = &["ORGADMIN", "GLOBALORGADMIN"];

/// Seconds since 1970 of the account's first moment, 2026-01-01; each statement is one second.
const EPOCH: u64 = 1_767_225_600;

impl Account {
    /// A new account with its system roles, the SNOWFLAKE database and the users of the options.
    pub(crate) fn new(options: Options) -> Self {
        let mut account = Self {
            options,
            objects: BTreeMap::new(),
            index: BTreeMap::new(),
            grants: BTreeMap::new(),
            future: Vec::new(),
            next: ACCOUNT,
            clock: 0,
        };
        let name = Name::exact(account.options.account.clone());
        account.add(ObjectType::Account, name, None, None, Body::Account);
        for (role, _, _) in SYSTEM_ROLES {
            account.add(
                ObjectType::Role,
                Name::exact(*role),
                None,
                None,
                Body::Plain,
            );
        }
        for (role, parents, privileges) in SYSTEM_ROLES {
            let id = account.system_role(role);
            for parent in *parents {
                let to = account.system_role(parent);
                account.put_grant(to, "USAGE", id, false, None);
            }
            let all = *privileges == ["*"];
            for privilege in ObjectType::Account.privileges() {
                if all || privileges.contains(privilege) {
                    account.put_grant(id, privilege, ACCOUNT, true, None);
                }
            }
        }
        account.add_snowflake_database();
        account.add_users();
        account
    }

    /// The shared database that every account has, with the roles that governance uses
    /// (docs.snowflake.com/en/sql-reference/snowflake-db-roles).
    fn add_snowflake_database(&mut self) {
        let database = self.add(
            ObjectType::Database,
            Name::exact("SNOWFLAKE"),
            None,
            None,
            Body::Database { transient: false },
        );
        let admin = self.system_role("ACCOUNTADMIN");
        self.put_grant(admin, "IMPORTED PRIVILEGES", database, true, None);
        for role in [
            "OBJECT_VIEWER",
            "USAGE_VIEWER",
            "GOVERNANCE_VIEWER",
            "SECURITY_VIEWER",
        ] {
            self.add(
                ObjectType::DatabaseRole,
                Name::exact(role),
                Some(database),
                Some(admin),
                Body::Plain,
            );
        }
    }

    fn add_users(&mut self) {
        let admin = self.system_role("ACCOUNTADMIN");
        for user in self.options.users.clone() {
            let id = self.add(
                ObjectType::User,
                Name::folded(&user.name),
                None,
                Some(admin),
                Body::Plain,
            );
            for role in &user.roles {
                let role = self.system_role(role);
                self.put_grant(id, "USAGE", role, false, None);
            }
            if let Some(role) = user.roles.first()
                && let Some(object) = self.objects.get_mut(&id)
            {
                object
                    .settings
                    .insert("DEFAULT_ROLE".into(), Setting::Text(role.clone()));
            }
        }
    }

    /// A session for the first of the options' users, with nothing secondary hidden.
    pub(crate) fn admin_session(&self) -> Session {
        let user = self
            .options
            .users
            .first()
            .and_then(|user| self.find(ObjectType::User, None, &Name::folded(&user.name)))
            .unwrap_or(ACCOUNT);
        self.open(user)
    }

    /// Lets a user log in over HTTP, creating it if it does not exist.
    pub(crate) fn add_login(&mut self, name: &str, secret: super::Secret) {
        let folded = Name::folded(name);
        if self.find(ObjectType::User, None, &folded).is_none() {
            let admin = self.system_role("ACCOUNTADMIN");
            self.add(ObjectType::User, folded, None, Some(admin), Body::Plain);
        }
        self.options.users.push(super::UserOptions {
            name: name.to_owned(),
            secret,
            roles: Vec::new(),
        });
    }

    /// A system role by name; the account object stands in for a name that is none.
    pub(crate) fn system_role(&self, name: &str) -> Id {
        self.find(ObjectType::Role, None, &Name::exact(name))
            .unwrap_or(ACCOUNT)
    }

    pub(crate) fn is_system_role(&self, id: Id) -> bool {
        SYSTEM_ROLES
            .iter()
            .any(|(name, _, _)| self.system_role(name) == id)
    }

    /// The moment of the statement that runs, as the driver's timestamp text.
    pub(crate) fn timestamp(created: u64) -> String {
        format!("{}.000000000", EPOCH + created)
    }

    pub(crate) fn now(&self) -> u64 {
        self.clock
    }

    fn index_type(object: ObjectType) -> ObjectType {
        if object == ObjectType::View {
            ObjectType::Table
        } else {
            object
        }
    }

    pub(crate) fn find(&self, object: ObjectType, parent: Option<Id>, name: &Name) -> Option<Id> {
        self.index
            .get(&(Self::index_type(object), parent, name.clone()))
            .copied()
    }

    pub(crate) fn get(&self, id: Id) -> Option<&Object> {
        self.objects.get(&id)
    }

    pub(crate) fn add(
        &mut self,
        object: ObjectType,
        name: Name,
        parent: Option<Id>,
        owner: Option<Id>,
        body: Body,
    ) -> Id {
        let id = self.next;
        self.next += 1;
        if object != ObjectType::Account {
            self.index
                .insert((Self::index_type(object), parent, name.clone()), id);
        }
        self.objects.insert(
            id,
            Object {
                kind: object,
                name,
                parent,
                owner,
                created: self.clock,
                comment: String::new(),
                settings: BTreeMap::new(),
                tags: BTreeMap::new(),
                body,
            },
        );
        id
    }

    /// Gives an object another name or container; its identity, grants and tags stay.
    pub(crate) fn move_object(&mut self, id: Id, parent: Option<Id>, name: Name) {
        let Some(object) = self.objects.get_mut(&id) else {
            return;
        };
        let kind = Self::index_type(object.kind);
        let old = (kind, object.parent, object.name.clone());
        object.parent = parent;
        object.name = name.clone();
        self.index.remove(&old);
        self.index.insert((kind, parent, name), id);
    }

    /// Removes an object and all it contains, with every grant, future grant and tag on them.
    pub(crate) fn remove(&mut self, id: Id) {
        let mut gone = BTreeSet::from([id]);
        loop {
            let more: Vec<Id> = self
                .objects
                .iter()
                .filter(|(child, object)| {
                    !gone.contains(child) && object.parent.is_some_and(|p| gone.contains(&p))
                })
                .map(|(child, _)| *child)
                .collect();
            if more.is_empty() {
                break;
            }
            gone.extend(more);
        }
        for id in &gone {
            if let Some(object) = self.objects.remove(id) {
                self.index
                    .remove(&(Self::index_type(object.kind), object.parent, object.name));
            }
            self.grants.remove(id);
        }
        // What a dropped role granted is revoked with it
        // (docs.snowflake.com/en/sql-reference/sql/drop-role#usage-notes).
        for list in self.grants.values_mut() {
            list.retain(|grant| {
                !gone.contains(&grant.on) && grant.by.is_none_or(|by| !gone.contains(&by))
            });
        }
        self.future
            .retain(|f| !gone.contains(&f.container) && !gone.contains(&f.to));
        for object in self.objects.values_mut() {
            object.tags.retain(|tag, _| !gone.contains(tag));
            match &mut object.body {
                Body::Table { relation, .. } | Body::View { relation, .. } => {
                    for column in &mut relation.columns {
                        column.tags.retain(|tag, _| !gone.contains(tag));
                    }
                }
                Body::Warehouse { monitor, .. } if monitor.is_some_and(|m| gone.contains(&m)) => {
                    *monitor = None;
                }
                _ => {}
            }
        }
    }

    /// Records a grant; a second one of the same only widens its grant option.
    pub(crate) fn put_grant(
        &mut self,
        to: Id,
        privilege: &str,
        on: Id,
        grant_option: bool,
        by: Option<Id>,
    ) {
        let created = self.clock;
        let list = self.grants.entry(to).or_default();
        if let Some(known) = list
            .iter_mut()
            .find(|g| g.on == on && g.privilege == privilege && g.by == by)
        {
            known.option |= grant_option;
            return;
        }
        list.push(Grant {
            privilege: privilege.to_owned(),
            on,
            option: grant_option,
            by,
            created,
        });
    }

    /// Names from the outermost container to the object.
    pub(crate) fn path(&self, id: Id) -> Vec<Name> {
        let mut parts = Vec::new();
        let mut at = Some(id);
        while let Some(object) = at.and_then(|id| self.objects.get(&id)) {
            parts.push(object.name.clone());
            at = object.parent;
        }
        parts.reverse();
        parts
    }

    /// The database that contains the object, or that it is.
    pub(crate) fn database_of(&self, id: Id) -> Option<Id> {
        let mut at = Some(id);
        while let Some(object) = at.and_then(|id| self.objects.get(&id)) {
            if object.kind == ObjectType::Database {
                return at;
            }
            at = object.parent;
        }
        None
    }

    /// The schema that contains the object.
    pub(crate) fn schema_of(&self, id: Id) -> Option<Id> {
        let object = self.objects.get(&id)?;
        if object.kind.level() == Level::Schema {
            object.parent
        } else {
            None
        }
    }

    /// Whether the object lies in a managed access schema, and whose schema that is.
    pub(crate) fn managed_schema_of(&self, id: Id) -> Option<Id> {
        let schema = self.schema_of(id)?;
        match self.objects.get(&schema)?.body {
            Body::Schema { managed: true, .. } => Some(schema),
            _ => None,
        }
    }

    /// Objects of one type below a container.
    pub(crate) fn within(&self, object: ObjectType, container: Id) -> Vec<Id> {
        self.objects
            .iter()
            .filter(|(_, o)| o.kind == object)
            .filter(|(id, o)| {
                o.parent == Some(container)
                    || self.database_of(**id) == Some(container) && **id != container
            })
            .map(|(id, _)| *id)
            .collect()
    }

    /// A session for a user as it begins after login.
    pub(crate) fn open(&self, user: Id) -> Session {
        let settings = |key: &str| {
            self.get(user)
                .and_then(|u| u.settings.get(key))
                .map(Setting::text)
        };
        let role = settings("DEFAULT_ROLE")
            .and_then(|role| self.find(ObjectType::Role, None, &Name::exact(role)))
            .filter(|role| self.may_activate(user, *role))
            .unwrap_or_else(|| self.system_role("PUBLIC"));
        let warehouse = settings("DEFAULT_WAREHOUSE")
            .and_then(|w| self.find(ObjectType::Warehouse, None, &Name::exact(w)));
        // DEFAULT_SECONDARY_ROLES is ('ALL') unless it was set to () (BCR-1692).
        let secondary = self
            .get(user)
            .and_then(|u| u.settings.get("DEFAULT_SECONDARY_ROLES"))
            .is_none_or(|setting| *setting != Setting::List(Vec::new()));
        Session {
            user,
            role: Some(role),
            secondary: if secondary {
                Secondary::All
            } else {
                Secondary::None
            },
            warehouse,
            database: None,
            schema: None,
        }
    }

    /// Runs one statement.
    pub(crate) fn execute(
        &mut self,
        session: &mut Session,
        sql: &str,
    ) -> Result<ResultSet, SqlError> {
        self.clock += 1;
        let statement = syntax::parse(sql)?;
        self.forget_dropped(session);
        match statement {
            Statement::Create(create) => self.create(session, *create),
            Statement::Alter {
                object,
                if_exists,
                name,
                change,
            } => self.alter(session, object, if_exists, name.as_ref(), *change),
            Statement::AlterSession | Statement::Transaction => Ok(ResultSet::done()),
            Statement::Drop {
                object,
                if_exists,
                name,
                restrict,
            } => self.drop(session, object, if_exists, &name, restrict),
            Statement::Comment {
                object,
                if_exists,
                name,
                column,
                text,
            } => self.comment(session, object, if_exists, &name, column.as_ref(), text),
            Statement::Describe { object, name } => self.describe(session, object, &name),
            Statement::Show(show) => self.show(session, &show),
            Statement::Use(what) => self.use_(session, &what),
            Statement::Grant {
                privileges,
                target,
                to,
                grant_option,
            } => self.grant(session, &privileges, &target, &to, grant_option),
            Statement::Revoke {
                privileges,
                target,
                from,
                option_only,
                cascade,
            } => self.revoke(session, &privileges, &target, &from, option_only, cascade),
            Statement::GrantRole {
                role,
                to,
                grant_option,
            } => self.grant_role(session, &role, &to, grant_option),
            Statement::RevokeRole { role, from } => self.revoke_role(session, &role, &from),
            Statement::GrantOwnership {
                target,
                to,
                current,
            } => self.grant_ownership(session, &target, &to, current),
            Statement::Query(query) => self.select(session, &query),
            Statement::Insert {
                table,
                columns,
                rows,
            } => self.insert(session, &table, &columns, &rows),
            Statement::Truncate { table, if_exists } => self.truncate(session, &table, if_exists),
        }
    }

    /// A session loses what was dropped under it.
    fn forget_dropped(&self, session: &mut Session) {
        for slot in [
            &mut session.role,
            &mut session.warehouse,
            &mut session.database,
            &mut session.schema,
        ] {
            if slot.is_some_and(|id| !self.objects.contains_key(&id)) {
                *slot = None;
            }
        }
        if let Secondary::These(roles) = &mut session.secondary {
            roles.retain(|role| self.objects.contains_key(role));
        }
    }
}
