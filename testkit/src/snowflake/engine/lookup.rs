//! From written names to objects: name resolution, and what a role may see of it.
//!
//! Rule: docs.snowflake.com/en/sql-reference/name-resolution. A name without its database or schema
//! takes the session's.

use super::super::error::{SqlError, rules};
use super::super::name::{Name, dotted_raw};
use super::super::object::{Level, ObjectType};
use super::super::result::ResultSet;
use super::super::syntax::{GranteeRef, Path, SecondaryRoles, Use};
use super::{ACCOUNT, Account, Active, Body, Id, Secondary, Session};

/// Where an object lies or shall lie.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) parent: Option<Id>,
    pub(crate) name: Name,
}

impl Account {
    /// The container that a path names and the last name in it.
    pub(crate) fn place(
        &self,
        session: &Session,
        active: &Active,
        object: ObjectType,
        path: &Path,
        doing: &str,
    ) -> Result<Place, SqlError> {
        let Some((name, containers)) = path.0.split_last() else {
            return Err(SqlError::missing(&object.capitalised(), ""));
        };
        let parent = match object.level() {
            Level::Account => None,
            Level::Database => Some(match containers.last() {
                Some(database) => self.database(active, database)?,
                None => Self::current_database(session, doing)?,
            }),
            Level::Schema => Some(match containers {
                [] => {
                    Self::current_database(session, doing)?;
                    session.schema.ok_or_else(|| {
                        SqlError::new(
                            &rules::NO_CURRENT_DATABASE,
                            "090106",
                            "22000",
                            format!(
                                "Cannot perform {doing}. This session does not have a current \
                                 schema. Call 'USE SCHEMA', or use a qualified name."
                            ),
                        )
                    })?
                }
                [schema] => {
                    let database = Self::current_database(session, doing)?;
                    self.schema(active, database, schema)?
                }
                [database, schema, ..] => {
                    let database = self.database(active, database)?;
                    self.schema(active, database, schema)?
                }
            }),
        };
        Ok(Place {
            parent,
            name: name.clone(),
        })
    }

    fn current_database(session: &Session, doing: &str) -> Result<Id, SqlError> {
        session.database.ok_or_else(|| {
            SqlError::new(
                &rules::NO_CURRENT_DATABASE,
                "090105",
                "22000",
                format!(
                    "Cannot perform {doing}. This session does not have a current database. Call \
                     'USE DATABASE', or use a qualified name."
                ),
            )
        })
    }

    fn database(&self, active: &Active, name: &Name) -> Result<Id, SqlError> {
        let found = self.find(ObjectType::Database, None, name);
        self.open_container(active, found, || {
            SqlError::missing("Database", name.as_str())
        })
    }

    fn schema(&self, active: &Active, database: Id, name: &Name) -> Result<Id, SqlError> {
        let found = self.find(ObjectType::Schema, Some(database), name);
        self.open_container(active, found, || {
            let mut path = self.path(database);
            path.push(name.clone());
            SqlError::missing("Schema", dotted_raw(&path))
        })
    }

    /// A container that exists and is open; one that is closed gives the same error as one that is
    /// missing, but under the rule that it breaks.
    fn open_container(
        &self,
        active: &Active,
        found: Option<Id>,
        missing: impl Fn() -> SqlError,
    ) -> Result<Id, SqlError> {
        match found {
            Some(id) if self.sees(active, id) => Ok(id),
            Some(_) => Err(SqlError {
                rule: &rules::PARENT_PRIVILEGE,
                ..missing()
            }),
            None => Err(missing()),
        }
    }

    /// The object that a path names, if the active roles may see it.
    pub(crate) fn resolve(
        &self,
        session: &Session,
        active: &Active,
        object: ObjectType,
        path: &Path,
        doing: &str,
    ) -> Result<Id, SqlError> {
        let place = self.place(session, active, object, path, doing)?;
        let found = self
            .find(object, place.parent, &place.name)
            .filter(|id| self.sees(active, *id));
        let Some(id) = found else {
            let mut parts = place
                .parent
                .map_or_else(Vec::new, |parent| self.path(parent));
            parts.push(place.name);
            return Err(SqlError::missing(&object.capitalised(), dotted_raw(&parts)));
        };
        let actual = self.get(id).map_or(object, |o| o.kind);
        if actual != object {
            return Err(SqlError::new(
                &rules::MISSING_OR_NOT_AUTHORIZED,
                "002203",
                "02000",
                format!(
                    "SQL compilation error:\nObject found is of type '{actual}', not specified \
                     type '{object}'."
                ),
            ));
        }
        Ok(id)
    }

    /// The same, but `None` for a missing object where IF EXISTS was written.
    pub(crate) fn resolve_if(
        &self,
        session: &Session,
        active: &Active,
        object: ObjectType,
        path: &Path,
        if_exists: bool,
        doing: &str,
    ) -> Result<Option<Id>, SqlError> {
        match self.resolve(session, active, object, path, doing) {
            Ok(id) => Ok(Some(id)),
            Err(error) if if_exists && error.code == "002003" => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A table or view by path, whichever it is.
    pub(crate) fn relation(
        &self,
        session: &Session,
        active: &Active,
        path: &Path,
        doing: &str,
    ) -> Result<Id, SqlError> {
        let place = self.place(session, active, ObjectType::Table, path, doing)?;
        self.find(ObjectType::Table, place.parent, &place.name)
            .filter(|id| self.sees(active, *id))
            .ok_or_else(|| {
                let mut parts = place.parent.map_or_else(Vec::new, |p| self.path(p));
                parts.push(place.name.clone());
                SqlError::missing("Object", dotted_raw(&parts))
            })
    }

    /// The role, user or share that a GRANT names.
    pub(crate) fn grantee(
        &self,
        session: &Session,
        active: &Active,
        grantee: &GranteeRef,
    ) -> Result<Id, SqlError> {
        let (object, path) = match grantee {
            GranteeRef::Role(path) => (ObjectType::Role, path),
            GranteeRef::DatabaseRole(path) => (ObjectType::DatabaseRole, path),
            GranteeRef::User(path) => (ObjectType::User, path),
            GranteeRef::Share(path) => (ObjectType::Share, path),
        };
        self.resolve(session, active, object, path, "GRANT")
    }

    /// USE ROLE, WAREHOUSE, DATABASE, SCHEMA and SECONDARY ROLES.
    pub(super) fn use_(&self, session: &mut Session, what: &Use) -> Result<ResultSet, SqlError> {
        let active = self.active(session);
        match what {
            Use::Role(path) => {
                let [name] = path.0.as_slice() else {
                    return Err(SqlError::compilation(
                        &rules::DATABASE_ROLE_NOT_ACTIVATED,
                        format!(
                            "a database role cannot be activated: '{}'.",
                            dotted_raw(&path.0)
                        ),
                    ));
                };
                session.role = Some(self.role_to_activate(session, name)?);
            }
            Use::SecondaryRoles(SecondaryRoles::All) => session.secondary = Secondary::All,
            Use::SecondaryRoles(SecondaryRoles::None) => session.secondary = Secondary::None,
            Use::SecondaryRoles(SecondaryRoles::These(names)) => {
                let mut roles = Vec::new();
                for name in names {
                    roles.push(self.role_to_activate(session, name)?);
                }
                session.secondary = Secondary::These(roles);
            }
            Use::Warehouse(path) => {
                let id = self.resolve(session, &active, ObjectType::Warehouse, path, "USE")?;
                session.warehouse = Some(id);
            }
            Use::Database(path) => {
                let id = self
                    .resolve(session, &active, ObjectType::Database, path, "USE")
                    .map_err(|_| Self::cannot_use())?;
                session.database = Some(id);
                session.schema = self
                    .find(ObjectType::Schema, Some(id), &Name::exact("PUBLIC"))
                    .filter(|schema| self.sees(&active, *schema));
            }
            Use::Schema(path) => {
                let id = self
                    .resolve(session, &active, ObjectType::Schema, path, "USE")
                    .map_err(|error| {
                        if error.code == "002003" {
                            Self::cannot_use()
                        } else {
                            error
                        }
                    })?;
                session.schema = Some(id);
                session.database = self.database_of(id);
            }
        }
        Ok(ResultSet::done())
    }

    /// An account role that the session's user may activate.
    fn role_to_activate(&self, session: &Session, name: &Name) -> Result<Id, SqlError> {
        let role = self
            .find(ObjectType::Role, None, name)
            .ok_or_else(|| SqlError::missing("Role", name.as_str()))?;
        if self.may_activate(session.user, role) {
            return Ok(role);
        }
        Err(SqlError::new(
            &rules::ROLE_NOT_ASSIGNED,
            "003013",
            "42501",
            format!(
                "SQL access control error:\nRequested role '{}' is not assigned to the executing \
                 user. Specify another role to activate.",
                name.as_str()
            ),
        ))
    }

    /// What Snowflake says to USE of something missing.
    fn cannot_use() -> SqlError {
        SqlError::new(
            &rules::MISSING_OR_NOT_AUTHORIZED,
            "002043",
            "02000",
            "SQL compilation error:\nObject does not exist, or operation cannot be performed.",
        )
    }

    /// The container that a privilege to create names: the account for account objects.
    pub(crate) fn container(parent: Option<Id>) -> Id {
        parent.unwrap_or(ACCOUNT)
    }

    /// Whether a schema is a managed access schema.
    pub(crate) fn is_managed(&self, schema: Id) -> bool {
        matches!(
            self.get(schema).map(|o| &o.body),
            Some(Body::Schema { managed: true, .. })
        )
    }
}
