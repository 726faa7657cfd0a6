//! DROP and COMMENT.

use super::super::error::{SqlError, rules};
use super::super::name::Name;
use super::super::object::ObjectType;
use super::super::result::ResultSet;
use super::super::syntax::Path;
use super::{Account, Active, Body, Id, Session};

impl Account {
    pub(super) fn drop(
        &mut self,
        session: &mut Session,
        object: ObjectType,
        if_exists: bool,
        path: &Path,
        restrict: bool,
    ) -> Result<ResultSet, SqlError> {
        let active = self.active(session);
        let name = path.0.last().map_or("", Name::as_str).to_owned();
        let Some(id) = self.resolve_if(session, &active, object, path, if_exists, "DROP")? else {
            return Ok(ResultSet::status(format!(
                "Drop statement executed successfully ({name} already dropped)."
            )));
        };
        if self.is_system_role(id) {
            return Err(SqlError::own(
                &rules::SYSTEM_ROLE,
                format!("system role {name} cannot be dropped."),
            ));
        }
        self.may_drop(&active, id)?;
        self.may_vanish(id)?;
        if self.is_role(id) {
            self.role_may_vanish(session, id)?;
        }
        if restrict
            && self.objects.values().any(|o| o.parent == Some(id))
            && object == ObjectType::Schema
        {
            return Err(SqlError::own(
                &rules::CONTAINER_IN_USE,
                format!("schema {name} is not empty and RESTRICT was given."),
            ));
        }
        if self.is_role(id) {
            // What a dropped role owned passes to the role that drops it
            // (docs.snowflake.com/en/sql-reference/sql/drop-role). Grants in the old owner's name
            // are revoked with it.
            for other in self.objects.values_mut() {
                if other.owner == Some(id) {
                    other.owner = active.role;
                }
            }
        }
        self.remove(id);
        self.forget_dropped(session);
        Ok(ResultSet::status(format!("{name} successfully dropped.")))
    }

    /// Dropping needs OWNERSHIP; a row access policy's schema owner may drop it too
    /// (docs.snowflake.com/en/user-guide/security-row-intro).
    fn may_drop(&self, active: &Active, id: Id) -> Result<(), SqlError> {
        let row_policy = self.get(id).map(|o| o.kind) == Some(ObjectType::RowAccessPolicy);
        let by_schema = row_policy
            && self
                .schema_of(id)
                .is_some_and(|schema| self.owned_by(&active.all, schema));
        if by_schema {
            return self.require_containers(active, id);
        }
        self.require_ownership(active, id)
    }

    /// A role in use as primary role, or one that owns a shared database, stays.
    fn role_may_vanish(&self, session: &Session, role: Id) -> Result<(), SqlError> {
        if session.role == Some(role) {
            return Err(SqlError::new(
                &rules::DROP_CURRENT_ROLE,
                super::super::error::OWN_WORDING,
                "42501",
                format!(
                    "SQL execution error: Cannot drop role {} as it is the current primary role.",
                    self.raw(role)
                ),
            ));
        }
        let shared = self.objects.iter().find(|(id, object)| {
            object.kind == ObjectType::Database
                && object.owner == Some(role)
                && self.shares_of(**id).next().is_some()
        });
        if let Some((database, _)) = shared {
            return Err(SqlError::own(
                &rules::DROP_SHARING_ROLE,
                format!(
                    "role {} owns shared database {}; transfer its ownership first.",
                    self.raw(role),
                    self.raw(*database)
                ),
            ));
        }
        Ok(())
    }

    pub(super) fn comment(
        &mut self,
        session: &Session,
        object: ObjectType,
        if_exists: bool,
        path: &Path,
        column: Option<&Name>,
        text: String,
    ) -> Result<ResultSet, SqlError> {
        let active = self.active(session);
        let Some(id) = self.resolve_if(session, &active, object, path, if_exists, "COMMENT")?
        else {
            return Ok(ResultSet::done());
        };
        self.require_ownership(&active, id)?;
        match column {
            Some(column) => {
                self.column_of(id, column)?;
                if let Some(found) = self.column_mut(id, column) {
                    found.comment = Some(text);
                }
            }
            None => {
                if let Some(found) = self.objects.get_mut(&id) {
                    found.comment = text;
                }
            }
        }
        Ok(ResultSet::done())
    }

    pub(super) fn truncate(
        &mut self,
        session: &Session,
        path: &Path,
        if_exists: bool,
    ) -> Result<ResultSet, SqlError> {
        let active = self.active(session);
        let Some(id) = self.resolve_if(
            session,
            &active,
            ObjectType::Table,
            path,
            if_exists,
            "TRUNCATE",
        )?
        else {
            return Ok(ResultSet::done());
        };
        self.require(&active, "TRUNCATE", id, &rules::PRIVILEGE)?;
        if let Some(Body::Table { rows, .. }) = self.objects.get_mut(&id).map(|o| &mut o.body) {
            rows.clear();
        }
        Ok(ResultSet::done())
    }
}
