//! GRANT and REVOKE to roles, database roles and users; role membership; ownership.
//!
//! Rules: docs.snowflake.com/en/sql-reference/sql/grant-privilege, .../revoke-privilege,
//! .../grant-role, .../grant-database-role and .../grant-ownership.

use super::super::error::{SqlError, rules};
use super::super::object::{Level, ObjectType, READ_ONLY};
use super::super::result::ResultSet;
use super::super::syntax::{Current, GranteeRef, Privileges, Target};
use super::{ACCOUNT, Account, Active, FutureGrant, Id, Session};

/// Privileges on a database that a database role may hold
/// (docs.snowflake.com/en/sql-reference/sql/grant-privilege#syntax, database roles).
const DATABASE_FOR_DATABASE_ROLE: &[&str] = &["CREATE SCHEMA", "MODIFY", "MONITOR", "USAGE"];

impl Account {
    pub(super) fn grant(
        &mut self,
        session: &Session,
        privileges: &Privileges,
        target: &Target,
        to: &GranteeRef,
        grant_option: bool,
    ) -> Result<ResultSet, SqlError> {
        let active = self.active(session);
        if let GranteeRef::Share(_) = to {
            return self.grant_to_share(session, &active, privileges, target, to, grant_option);
        }
        let to = self.grantee(session, &active, to)?;
        if let Target::Future(object, container, path) = target {
            let container = self.resolve(session, &active, *container, path, "GRANT")?;
            let names = Self::privilege_names(*object, privileges)?;
            self.may_define_future(&active, *object, container, to)?;
            for privilege in names {
                self.put_future(privilege, *object, container, to, grant_option);
            }
            return Ok(ResultSet::done());
        }
        let (object, ids) = self.targets(session, &active, target, privileges)?;
        let names = self.names_for(object, privileges, to)?;
        let mut refused: Vec<&String> = Vec::new();
        let mut planned = Vec::new();
        for id in &ids {
            self.check_scope(*id, to, &names)?;
            for privilege in &names {
                if *privilege == "REFERENCE_USAGE" {
                    if !refused.contains(&privilege) {
                        refused.push(privilege);
                    }
                    continue;
                }
                match self.grantor(&active, privilege, *id) {
                    Some(by) => planned.push((privilege, *id, by)),
                    None if ids.len() == 1 && names.len() > 1 => refused.push(privilege),
                    None => return Err(self.no_authority(&active, *id)),
                }
            }
        }
        if planned.is_empty()
            && !refused.is_empty()
            && let Some(id) = ids.first()
        {
            return Err(if names == ["REFERENCE_USAGE"] {
                SqlError::new(
                    &rules::REFERENCE_USAGE_ROLE,
                    "003012",
                    "0A000",
                    "SQL compilation error:\nREFERENCE_USAGE ON DATABASE can only be granted to share(s).",
                )
            } else {
                self.no_authority(&active, *id)
            });
        }
        for (privilege, id, by) in planned {
            self.put_grant(to, privilege, id, grant_option, Some(by));
        }
        if !refused.is_empty() {
            let list: Vec<&str> = refused.into_iter().map(String::as_str).collect();
            return Err(SqlError::new(
                &rules::GRANT_PARTIAL,
                "003011",
                "42501",
                format!(
                    "Grant partially executed: privileges [{}] not granted.",
                    list.join(", ")
                ),
            ));
        }
        Ok(match target {
            Target::All(..) => ResultSet::status(format!(
                "Statement executed successfully. {} objects affected.",
                ids.len()
            )),
            _ => ResultSet::done(),
        })
    }

    /// The error of a role that may not grant on an object it may see, or may not see.
    fn no_authority(&self, active: &Active, id: Id) -> SqlError {
        if !self.sees(active, id) {
            return self.not_there(id);
        }
        if let Some(schema) = self.managed_schema_of(id)
            && self.owned_by(&active.all, id)
        {
            return self.insufficient(&rules::MANAGED_ACCESS, schema);
        }
        self.insufficient(&rules::GRANT_AUTHORITY, id)
    }

    /// The objects that a target names, and their type.
    pub(super) fn targets(
        &self,
        session: &Session,
        active: &Active,
        target: &Target,
        privileges: &Privileges,
    ) -> Result<(ObjectType, Vec<Id>), SqlError> {
        match target {
            Target::Account => Ok((ObjectType::Account, vec![ACCOUNT])),
            Target::One(object, path) => {
                if *object == ObjectType::Tag && *privileges == Privileges::All {
                    return Err(SqlError::own(
                        &rules::ALL_ON_TAG,
                        "ALL PRIVILEGES cannot be specified for tags.",
                    ));
                }
                // TABLE names views too (SHOW GRANTS then tells the specific type).
                let id = if *object == ObjectType::Table {
                    self.relation(session, active, path, "GRANT")
                        .map_err(Self::as_table)?
                } else {
                    self.resolve(session, active, *object, path, "GRANT")?
                };
                let actual = self.get(id).map_or(*object, |o| o.kind);
                Ok((actual, vec![id]))
            }
            Target::All(object, container, path) => {
                if matches!(object, ObjectType::Tag | ObjectType::MaskingPolicy) {
                    return Err(SqlError::compilation(
                        &rules::BULK_TYPES,
                        format!("ALL {} cannot be specified in a grant.", object.plural()),
                    ));
                }
                if object.level() == Level::Account
                    || (*object == ObjectType::Schema && *container == ObjectType::Schema)
                    || *object == ObjectType::DatabaseRole
                {
                    return Err(SqlError::compilation(
                        &rules::SYNTAX,
                        format!("syntax error: ALL {} IN {container}.", object.plural()),
                    ));
                }
                let container = self.resolve(session, active, *container, path, "GRANT")?;
                Ok((*object, self.within(*object, container)))
            }
            Target::Future(object, ..) => Ok((*object, Vec::new())),
        }
    }

    fn as_table(mut error: SqlError) -> SqlError {
        error.message = error.message.replace("Object '", "Table '");
        error
    }

    /// The privileges that a statement names, each known to the type.
    pub(super) fn privilege_names(
        object: ObjectType,
        privileges: &Privileges,
    ) -> Result<Vec<String>, SqlError> {
        match privileges {
            Privileges::All => Ok(object
                .privileges()
                .iter()
                .filter(|p| **p != "IMPORTED PRIVILEGES")
                .map(|p| (*p).to_owned())
                .collect()),
            Privileges::These(list) => {
                for privilege in list {
                    if privilege != "OWNERSHIP"
                        && !object.privileges().contains(&privilege.as_str())
                    {
                        return Err(SqlError::own(
                            &rules::PRIVILEGE_FOR_TYPE,
                            format!(
                                "privilege {privilege} is not supported on object type {object}."
                            ),
                        ));
                    }
                }
                Ok(list.clone())
            }
        }
    }

    /// The same, less what a database role cannot hold when ALL is written.
    fn names_for(
        &self,
        object: ObjectType,
        privileges: &Privileges,
        to: Id,
    ) -> Result<Vec<String>, SqlError> {
        let mut names = Self::privilege_names(object, privileges)?;
        let database_role = self.get(to).map(|o| o.kind) == Some(ObjectType::DatabaseRole);
        if *privileges == Privileges::All && database_role && object == ObjectType::Database {
            names.retain(|p| DATABASE_FOR_DATABASE_ROLE.contains(&p.as_str()));
        }
        Ok(names)
    }

    /// Refuses what a grantee cannot hold at all.
    fn check_scope(&self, id: Id, to: Id, names: &[String]) -> Result<(), SqlError> {
        let Some(object) = self.get(id) else {
            return Ok(());
        };
        if names.iter().any(|p| p == "IMPORTED PRIVILEGES")
            && (object.name.as_str() != "SNOWFLAKE" || self.is_database_role(to))
        {
            return Err(SqlError::own(
                &rules::PRIVILEGE_FOR_TYPE,
                "IMPORTED PRIVILEGES applies to shared databases and to account roles only.",
            ));
        }
        if !self.is_database_role(to) {
            return Ok(());
        }
        let own = self.database_of(to);
        let outside = match object.kind {
            ObjectType::Database => {
                Some(id) != own
                    || names.iter().any(|p| {
                        !DATABASE_FOR_DATABASE_ROLE.contains(&p.as_str()) && p != "REFERENCE_USAGE"
                    })
            }
            _ => self.database_of(id).is_none() || self.database_of(id) != own,
        };
        if outside {
            return Err(SqlError::own(
                &rules::DATABASE_ROLE_SCOPE,
                format!(
                    "database role {} cannot hold privileges on {} {}.",
                    self.raw(to),
                    object.kind.lower(),
                    self.raw(id)
                ),
            ));
        }
        if self.is_shared(to) {
            if let Some(privilege) = names.iter().find(|p| !READ_ONLY.contains(&p.as_str())) {
                return Err(SqlError::own(
                    &rules::SHARED_DATABASE_ROLE_PRIVILEGES,
                    format!(
                        "{privilege} cannot be granted to database role {}, which is granted to a share.",
                        self.raw(to)
                    ),
                ));
            }
            self.may_be_shared(id, &self.raw(to))?;
        }
        Ok(())
    }

    pub(super) fn is_database_role(&self, id: Id) -> bool {
        self.get(id).map(|o| o.kind) == Some(ObjectType::DatabaseRole)
    }

    /// Refuses a future grant that the vendor does not allow.
    fn may_define_future(
        &self,
        active: &Active,
        object: ObjectType,
        container: Id,
        to: Id,
    ) -> Result<(), SqlError> {
        let in_schema = self.get(container).map(|o| o.kind) == Some(ObjectType::Schema);
        if !object.allows_future() || (object == ObjectType::Schema && in_schema) {
            return Err(SqlError::own(
                &rules::FUTURE_TYPES,
                format!("future grants cannot be defined on {}.", object.plural()),
            ));
        }
        if self.get(to).map(|o| o.kind) == Some(ObjectType::User) {
            return Err(SqlError::own(
                &rules::FUTURE_TYPES,
                "future grants to users are not supported.",
            ));
        }
        let by_owner =
            in_schema && self.is_managed(container) && self.owned_by(&active.all, container);
        if !by_owner && !self.manages_grants(active) {
            return Err(self.insufficient(&rules::FUTURE_AUTHORITY, container));
        }
        if self.is_database_role(to) {
            let own = self.database_of(to);
            if self.database_of(container) != own {
                return Err(SqlError::own(
                    &rules::DATABASE_ROLE_SCOPE,
                    format!(
                        "database role {} cannot hold future privileges in {}.",
                        self.raw(to),
                        self.raw(container)
                    ),
                ));
            }
            if self.is_shared(to) {
                return Err(SqlError::new(
                    &rules::FUTURE_SHARED_DATABASE_ROLE,
                    "003090",
                    "42601",
                    "Cannot grant future grants to a database role that is granted to a share.",
                ));
            }
            // MANAGE GRANTS alone does not do: the page asks for USAGE on the database too.
            if let Some(database) = own
                && !self.holds_any(&active.all, database)
            {
                return Err(self.insufficient(&rules::FUTURE_DATABASE_ROLE_USAGE, database));
            }
        }
        Ok(())
    }

    fn put_future(
        &mut self,
        privilege: String,
        object: ObjectType,
        container: Id,
        to: Id,
        grant_option: bool,
    ) {
        let created = self.now();
        if let Some(known) = self.future.iter_mut().find(|f| {
            f.privilege == privilege && f.kind == object && f.container == container && f.to == to
        }) {
            known.grant_option |= grant_option;
            return;
        }
        self.future.push(FutureGrant {
            privilege,
            kind: object,
            container,
            to,
            grant_option,
            created,
        });
    }

    pub(super) fn revoke(
        &mut self,
        session: &Session,
        privileges: &Privileges,
        target: &Target,
        from: &GranteeRef,
        option_only: bool,
        cascade: bool,
    ) -> Result<ResultSet, SqlError> {
        let active = self.active(session);
        let from = self.grantee(session, &active, from)?;
        if let Target::Future(object, container, path) = target {
            let names = Self::privilege_names(*object, privileges)?;
            let container = self.resolve(session, &active, *container, path, "REVOKE")?;
            let by_owner = self.is_managed(container) && self.owned_by(&active.all, container);
            if !by_owner && !self.manages_grants(&active) {
                return Err(self.insufficient(&rules::FUTURE_AUTHORITY, container));
            }
            self.future.retain(|f| {
                !(f.kind == *object
                    && f.container == container
                    && f.to == from
                    && names.contains(&f.privilege))
            });
            return Ok(ResultSet::done());
        }
        if matches!(privileges, Privileges::These(list) if list.iter().any(|p| p == "OWNERSHIP")) {
            return Err(SqlError::own(
                &rules::REVOKE_OWNERSHIP,
                "OWNERSHIP cannot be revoked; transfer it with GRANT OWNERSHIP.",
            ));
        }
        let (object, ids) = self.targets(session, &active, target, privileges)?;
        let names = Self::privilege_names(object, privileges)?;
        let all_instances = self.manages_grants(&active);
        let mut doomed = Vec::new();
        for id in &ids {
            for privilege in &names {
                let mut found: Vec<Option<Id>> = self
                    .grants
                    .get(&from)
                    .into_iter()
                    .flatten()
                    .filter(|g| g.on == *id && g.privilege == *privilege)
                    .map(|g| g.by)
                    .collect();
                if found.contains(&None) {
                    return Err(SqlError::own(
                        &rules::SYSTEM_PRIVILEGE,
                        format!(
                            "{privilege} was granted to {} by Snowflake and cannot be revoked.",
                            self.raw(from)
                        ),
                    ));
                }
                if !all_instances {
                    let authority = self.grantor(&active, privilege, *id).is_some();
                    found.retain(|by| by.is_some_and(|by| active.all.contains(&by)));
                    if !authority && found.is_empty() {
                        return Err(self.no_authority(&active, *id));
                    }
                }
                for by in found {
                    self.plan_revoke(
                        *id,
                        privilege,
                        from,
                        by,
                        cascade || option_only,
                        &mut doomed,
                    )?;
                }
            }
        }
        for (on, privilege, to, by) in doomed {
            if let Some(list) = self.grants.get_mut(&to) {
                if option_only && to == from {
                    for grant in list.iter_mut() {
                        if grant.on == on && grant.privilege == privilege && grant.by == by {
                            grant.option = false;
                        }
                    }
                } else {
                    list.retain(|g| !(g.on == on && g.privilege == privilege && g.by == by));
                }
            }
        }
        Ok(ResultSet::done())
    }

    /// A grant and, with CASCADE, what was granted on from it.
    fn plan_revoke(
        &self,
        on: Id,
        privilege: &str,
        to: Id,
        by: Option<Id>,
        cascade: bool,
        doomed: &mut Vec<(Id, String, Id, Option<Id>)>,
    ) -> Result<(), SqlError> {
        let entry = (on, privilege.to_owned(), to, by);
        if doomed.contains(&entry) {
            return Ok(());
        }
        doomed.push(entry);
        let owner = self.get(on).and_then(|o| o.owner);
        if owner == Some(to) {
            return Ok(());
        }
        // A parallel grant by another grantor keeps the dependents alive.
        let still_held = self.grants.get(&to).into_iter().flatten().any(|g| {
            g.on == on
                && g.privilege == privilege
                && !doomed.contains(&(on, privilege.to_owned(), to, g.by))
        });
        if still_held {
            return Ok(());
        }
        let dependents: Vec<Id> = self
            .grants
            .iter()
            .filter(|(_, list)| {
                list.iter()
                    .any(|g| g.on == on && g.privilege == privilege && g.by == Some(to))
            })
            .map(|(grantee, _)| *grantee)
            .collect();
        for grantee in dependents {
            if !cascade {
                return Err(self.dependent(privilege, on, grantee, &rules::REVOKE_DEPENDENT));
            }
            self.plan_revoke(on, privilege, grantee, Some(to), cascade, doomed)?;
        }
        Ok(())
    }

    fn dependent(
        &self,
        privilege: &str,
        on: Id,
        to: Id,
        rule: &'static super::super::rules::Rule,
    ) -> SqlError {
        SqlError::new(
            rule,
            "003036",
            "23001",
            format!(
                "SQL execution error:\nDependent grant of privilege '{privilege}' on securable \
                 '{}' to role '{}' exists.  It must be revoked first.  More than one dependent \
                 grant may exist: use 'SHOW GRANTS' command to view them.  To revoke all dependent \
                 grants while transferring object ownership, use convenience command 'GRANT \
                 OWNERSHIP ON <target_objects> TO <target_role> REVOKE CURRENT GRANTS'.",
                self.raw(on),
                self.raw(to)
            ),
        )
    }

    pub(super) fn grant_role(
        &mut self,
        session: &Session,
        role: &GranteeRef,
        to: &GranteeRef,
        grant_option: bool,
    ) -> Result<ResultSet, SqlError> {
        let active = self.active(session);
        let id = self.grantee(session, &active, role)?;
        let database_role = matches!(role, GranteeRef::DatabaseRole(_));
        match to {
            GranteeRef::Share(_) if database_role => {
                return self.share_database_role(session, &active, id, to);
            }
            GranteeRef::Share(_) => {
                return Err(SqlError::compilation(
                    &rules::SHARE_PRIVILEGES,
                    "an account role cannot be granted to a share.",
                ));
            }
            GranteeRef::DatabaseRole(_) if !database_role => {
                return Err(SqlError::compilation(
                    &rules::ACCOUNT_ROLE_TO_DATABASE_ROLE,
                    "an account role cannot be granted to a database role.",
                ));
            }
            GranteeRef::User(_) if grant_option => {
                return Err(SqlError::compilation(
                    &rules::ROLE_GRANT_OPTION_USER,
                    "WITH GRANT OPTION is not supported for grants of roles to users.",
                ));
            }
            _ => {}
        }
        let to = self.grantee(session, &active, to)?;
        if database_role
            && self.is_database_role(to)
            && self.database_of(to) != self.database_of(id)
        {
            return Err(SqlError::own(
                &rules::DATABASE_ROLE_SAME_DATABASE,
                format!(
                    "database role {} cannot be granted to {} of a different database.",
                    self.raw(id),
                    self.raw(to)
                ),
            ));
        }
        if self.is_database_role(to) && self.is_shared(to) {
            return Err(SqlError::own(
                &rules::SHARED_DATABASE_ROLE_HIERARCHY,
                format!(
                    "database role {} is granted to a share and cannot be granted {}.",
                    self.raw(to),
                    self.raw(id)
                ),
            ));
        }
        if self.closure(&[id]).contains(&to) {
            return Err(SqlError::own(
                &rules::ROLE_CYCLE,
                format!(
                    "role {} cannot be granted to {}: it inherits that role.",
                    self.raw(id),
                    self.raw(to)
                ),
            ));
        }
        let Some(by) = self.grantor(&active, "USAGE", id) else {
            return Err(if self.sees(&active, id) {
                self.insufficient(&rules::ROLE_GRANT_AUTHORITY, id)
            } else {
                self.not_there(id)
            });
        };
        self.put_grant(to, "USAGE", id, grant_option, Some(by));
        Ok(ResultSet::done())
    }

    pub(super) fn revoke_role(
        &mut self,
        session: &Session,
        role: &GranteeRef,
        from: &GranteeRef,
    ) -> Result<ResultSet, SqlError> {
        let active = self.active(session);
        let id = self.grantee(session, &active, role)?;
        let from = self.grantee(session, &active, from)?;
        let share = self.get(from).map(|o| o.kind) == Some(ObjectType::Share);
        if self.is_system_role(id) && self.is_system_role(from) {
            return Err(SqlError::own(
                &rules::SYSTEM_ROLE,
                "the hierarchy of system roles cannot be changed.",
            ));
        }
        let authority = self.grantor(&active, "USAGE", id).is_some()
            || (share && self.owned_by(&active.all, from));
        if !authority {
            return Err(self.insufficient(&rules::ROLE_GRANT_AUTHORITY, id));
        }
        if let Some(list) = self.grants.get_mut(&from) {
            list.retain(|g| !(g.on == id && g.privilege == "USAGE"));
        }
        Ok(ResultSet::done())
    }

    pub(super) fn grant_ownership(
        &mut self,
        session: &Session,
        target: &Target,
        to: &GranteeRef,
        current: Current,
    ) -> Result<ResultSet, SqlError> {
        let active = self.active(session);
        if !matches!(to, GranteeRef::Role(_) | GranteeRef::DatabaseRole(_)) {
            return Err(SqlError::compilation(
                &rules::SYNTAX,
                "OWNERSHIP can only be granted to a role or a database role.",
            ));
        }
        let to = self.grantee(session, &active, to)?;
        if let Target::Future(object, container, path) = target {
            let container = self.resolve(session, &active, *container, path, "GRANT")?;
            self.may_define_future(&active, *object, container, to)?;
            self.check_subordinate(container, to)?;
            let taken = self.future.iter().any(|f| {
                f.privilege == "OWNERSHIP"
                    && f.kind == *object
                    && f.container == container
                    && f.to != to
            });
            if taken {
                return Err(SqlError::own(
                    &rules::FUTURE_ONE_OWNERSHIP,
                    format!(
                        "there is already a future grant of OWNERSHIP on {} in {}.",
                        object.plural(),
                        self.raw(container)
                    ),
                ));
            }
            self.put_future("OWNERSHIP".into(), *object, container, to, true);
            return Ok(ResultSet::done());
        }
        if *target == Target::Account {
            return Err(SqlError::compilation(
                &rules::SYNTAX,
                "syntax error line 1 at position 19 unexpected 'ACCOUNT'.",
            ));
        }
        let owner_only = Privileges::These(vec!["OWNERSHIP".into()]);
        let (_, ids) = self.targets(session, &active, target, &owner_only)?;
        for id in &ids {
            self.may_transfer(&active, *id, to, current)?;
        }
        for id in &ids {
            self.transfer(*id, to, current);
        }
        Ok(match target {
            Target::All(..) => ResultSet::status(format!(
                "Statement executed successfully. {} objects affected.",
                ids.len()
            )),
            _ => ResultSet::done(),
        })
    }

    fn may_transfer(
        &self,
        active: &Active,
        id: Id,
        to: Id,
        current: Current,
    ) -> Result<(), SqlError> {
        let Some(object) = self.get(id) else {
            return Ok(());
        };
        if object.kind == ObjectType::Share {
            return Err(SqlError::compilation(
                &rules::OWNERSHIP_TYPES,
                "OWNERSHIP of a share cannot be transferred.",
            ));
        }
        if self.is_system_role(id) {
            return Err(SqlError::own(
                &rules::SYSTEM_ROLE,
                "OWNERSHIP of a system role cannot be transferred.",
            ));
        }
        let by_right = self.manages_grants(active);
        let managed = self.managed_schema_of(id);
        let allowed = match managed {
            Some(schema) => by_right || self.owned_by(&active.all, schema),
            None => by_right || self.owned_by(&active.all, id),
        };
        if !allowed {
            return Err(self.no_authority(active, id));
        }
        if self.is_database_role(to) && self.database_of(to) != self.database_of(id) {
            return Err(SqlError::own(
                &rules::DATABASE_ROLE_SCOPE,
                format!(
                    "database role {} cannot own {}, which is not in its database.",
                    self.raw(to),
                    self.raw(id)
                ),
            ));
        }
        if let Some(schema) = managed {
            self.check_subordinate(schema, to)?;
        }
        if self.is_managed(id)
            && object.owner != Some(to)
            && self
                .future
                .iter()
                .any(|f| f.container == id && f.privilege == "OWNERSHIP")
        {
            return Err(SqlError::own(
                &rules::MANAGED_FUTURE_OWNERSHIP,
                "open future grants of OWNERSHIP in the managed access schema must be revoked first.",
            ));
        }
        if object.owner == Some(to) {
            return Ok(());
        }
        let outbound = self.outbound(id);
        match current {
            Current::Copy => {
                if !by_right && !active.all.contains(&to) {
                    return Err(self.insufficient(&rules::OWNERSHIP_COPY_AUTHORITY, id));
                }
            }
            Current::Revoke => {
                let shared = outbound.iter().any(|(grantee, _)| {
                    self.get(*grantee).map(|o| o.kind) == Some(ObjectType::Share)
                });
                if shared && object.kind == ObjectType::Database {
                    return Err(SqlError::own(
                        &rules::OWNERSHIP_SHARED_DATABASE,
                        "GRANT OWNERSHIP ... REVOKE CURRENT GRANTS is not allowed on a shared database.",
                    ));
                }
            }
            Current::Keep => {
                let blocks = !matches!(object.kind, ObjectType::Role | ObjectType::DatabaseRole);
                if let Some((grantee, grant)) = outbound.first()
                    && blocks
                {
                    return Err(self.dependent(
                        &grant.privilege,
                        id,
                        *grantee,
                        &rules::OWNERSHIP_OUTBOUND,
                    ));
                }
            }
        }
        Ok(())
    }

    /// In a managed access schema ownership goes only to roles below the schema's owner.
    fn check_subordinate(&self, schema: Id, to: Id) -> Result<(), SqlError> {
        if !self.is_managed(schema) {
            return Ok(());
        }
        let below = self
            .get(schema)
            .and_then(|o| o.owner)
            .is_some_and(|owner| self.closure(&[owner]).contains(&to));
        if below {
            return Ok(());
        }
        Err(SqlError::own(
            &rules::MANAGED_OWNERSHIP,
            format!(
                "role {} is not a subordinate of the owner of managed access schema {}.",
                self.raw(to),
                self.raw(schema)
            ),
        ))
    }

    fn transfer(&mut self, id: Id, to: Id, current: Current) {
        let Some(object) = self.objects.get_mut(&id) else {
            return;
        };
        if object.owner == Some(to) {
            return;
        }
        object.owner = Some(to);
        for list in self.grants.values_mut() {
            match current {
                Current::Copy => {
                    for grant in list.iter_mut().filter(|g| g.on == id) {
                        grant.by = Some(to);
                    }
                }
                Current::Revoke => list.retain(|g| g.on != id),
                Current::Keep => {}
            }
        }
    }
}
