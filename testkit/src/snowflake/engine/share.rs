//! Shares: what may be granted to them, in which order, and to whom they go.
//!
//! Rules: docs.snowflake.com/en/sql-reference/sql/grant-privilege-share,
//! .../grant-database-role-share, docs.snowflake.com/en/user-guide/data-sharing-provider and
//! .../data-sharing-multiple-db.

use std::collections::BTreeSet;

use super::super::error::{SqlError, rules};
use super::super::object::{ObjectType, READ_ONLY};
use super::super::result::ResultSet;
use super::super::syntax::{Change, GranteeRef, Privileges, Target};
use super::{Account, Active, Body, Id, Session};

impl Account {
    pub(super) fn grant_to_share(
        &mut self,
        session: &Session,
        active: &Active,
        privileges: &Privileges,
        target: &Target,
        to: &GranteeRef,
        grant_option: bool,
    ) -> Result<ResultSet, SqlError> {
        let share = self.grantee(session, active, to)?;
        self.may_change_share(active, share)?;
        let refuse = |what: &str| Err(SqlError::compilation(&rules::SHARE_PRIVILEGES, what));
        if let Target::Future(..) = target {
            return Err(SqlError::compilation(
                &rules::SHARE_NO_FUTURE,
                "future grants cannot be made to a share.",
            ));
        }
        if grant_option {
            return refuse("a share takes no grant option.");
        }
        let Privileges::These(names) = privileges else {
            return refuse("ALL PRIVILEGES cannot be granted to a share.");
        };
        let (object, ids) = self.targets(session, active, target, privileges)?;
        let allowed: &[&str] = match object {
            ObjectType::Database => &["USAGE", "REFERENCE_USAGE"],
            ObjectType::Schema => &["USAGE"],
            ObjectType::Table => &["SELECT", "EVOLVE SCHEMA"],
            ObjectType::View => &["SELECT"],
            ObjectType::Tag => &["READ"],
            _ => &[],
        };
        if let Some(wrong) = names.iter().find(|p| !allowed.contains(&p.as_str())) {
            return refuse(&format!(
                "privilege {wrong} on {object} cannot be granted to a share."
            ));
        }
        if let Target::All(kind, container, _) = target {
            let views = *kind == ObjectType::View && !self.secure_only(share);
            if *container != ObjectType::Schema || !(*kind == ObjectType::Table || views) {
                return refuse("only ALL TABLES IN SCHEMA can be granted to a share.");
            }
        }
        for id in &ids {
            for privilege in names {
                self.may_share(share, *id, privilege)?;
                if self.grantor(active, privilege, *id).is_none() {
                    return Err(self.insufficient(&rules::GRANT_AUTHORITY, *id));
                }
            }
        }
        for id in &ids {
            for privilege in names {
                let by = self.get(*id).and_then(|o| o.owner);
                self.put_grant(share, privilege, *id, false, by);
            }
        }
        Ok(match target {
            Target::All(..) => ResultSet::status(format!(
                "Statement executed successfully. {} objects affected.",
                ids.len()
            )),
            _ => ResultSet::done(),
        })
    }

    /// Only the share's owner, or MANAGE GRANTS in its name, changes what is in it.
    fn may_change_share(&self, active: &Active, share: Id) -> Result<(), SqlError> {
        if self.owned_by(&active.all, share) || self.manages_grants(active) {
            return Ok(());
        }
        Err(self.insufficient(&rules::OWNERSHIP_NEEDED, share))
    }

    fn secure_only(&self, share: Id) -> bool {
        self.setting_text(share, "SECURE_OBJECTS_ONLY").as_deref() != Some("FALSE")
    }

    fn share_holds(&self, share: Id, privilege: &str, on: Id) -> bool {
        self.grants
            .get(&share)
            .into_iter()
            .flatten()
            .any(|g| g.on == on && g.privilege == privilege)
    }

    /// The one database that a share is about: the one it has USAGE on.
    pub(crate) fn shared_database(&self, share: Id) -> Option<Id> {
        self.grants
            .get(&share)
            .into_iter()
            .flatten()
            .filter(|g| g.privilege == "USAGE")
            .map(|g| g.on)
            .find(|on| self.get(*on).map(|o| o.kind) == Some(ObjectType::Database))
    }

    /// The shares that an object is granted to.
    pub(crate) fn shares_of(&self, on: Id) -> impl Iterator<Item = Id> + '_ {
        self.objects
            .iter()
            .filter(|(_, object)| object.kind == ObjectType::Share)
            .map(|(id, _)| *id)
            .filter(move |share| {
                self.grants
                    .get(share)
                    .into_iter()
                    .flatten()
                    .any(|grant| grant.on == on)
            })
    }

    /// Whether a database role is granted to some share; none is through another one.
    pub(crate) fn is_shared(&self, role: Id) -> bool {
        self.objects
            .iter()
            .filter(|(_, o)| o.kind == ObjectType::Share)
            .any(|(share, _)| self.direct_roles(*share).contains(&role))
    }

    fn may_share(&self, share: Id, id: Id, privilege: &str) -> Result<(), SqlError> {
        let Some(object) = self.get(id) else {
            return Ok(());
        };
        let shared = self.shared_database(share);
        if privilege == "REFERENCE_USAGE" {
            if shared.is_none() {
                return Err(SqlError::own(
                    &rules::SHARE_USAGE_BEFORE_REFERENCE,
                    format!(
                        "Cannot grant REFERENCE_USAGE on database {} to share {}. Grant USAGE on a \
                         database to share prior to granting REFERENCE_USAGE.",
                        self.raw(id),
                        self.raw(share)
                    ),
                ));
            }
            return Ok(());
        }
        let foreign = match object.kind {
            ObjectType::Database => shared.is_some_and(|database| database != id),
            _ => shared.is_none() || shared != self.database_of(id),
        };
        if foreign {
            return Err(SqlError::new(
                &rules::SHARE_ONE_DATABASE,
                "003033",
                "0A000",
                format!(
                    "SQL compilation error:\n{} '{}' does not belong to the database that is being \
                     shared.",
                    object.kind.capitalised(),
                    self.raw(id)
                ),
            ));
        }
        let Some(schema) = self.schema_of(id) else {
            return Ok(());
        };
        if !self.share_holds(share, "USAGE", schema) {
            return Err(SqlError::own(
                &rules::SHARE_SCHEMA_FIRST,
                format!(
                    "USAGE on schema {} must be granted to share {} first.",
                    self.raw(schema),
                    self.raw(share)
                ),
            ));
        }
        let Body::View { secure, .. } = &object.body else {
            return Ok(());
        };
        if !secure && self.secure_only(share) {
            return Err(Self::not_secure(""));
        }
        for database in self.databases_read(id) {
            if Some(database) != shared && !self.share_holds(share, "REFERENCE_USAGE", database) {
                return Err(SqlError::own(
                    &rules::SHARE_REFERENCE_FIRST,
                    format!(
                        "view {} reads database {}: grant REFERENCE_USAGE on it to share {} first.",
                        self.raw(id),
                        self.raw(database),
                        self.raw(share)
                    ),
                ));
            }
        }
        Ok(())
    }

    fn not_secure(prefix: &str) -> SqlError {
        SqlError::new(
            &rules::SHARE_SECURE_VIEW,
            "003063",
            "42601",
            format!(
                "SQL compilation error:\n{prefix}Non-secure object can only be granted to shares \
                 with \"secure_objects_only\" property set to false."
            ),
        )
    }

    /// The databases of everything that a view reads, through other views too.
    pub(crate) fn databases_read(&self, view: Id) -> BTreeSet<Id> {
        let mut databases = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut queue = vec![view];
        while let Some(id) = queue.pop() {
            if !seen.insert(id) {
                continue;
            }
            databases.extend(self.database_of(id));
            if let Some(Body::View { reads, .. }) = self.get(id).map(|o| &o.body) {
                queue.extend(reads);
            }
        }
        databases
    }

    /// Refuses an object that a shared database role cannot give access to.
    pub(crate) fn may_be_shared(&self, id: Id, role: &str) -> Result<(), SqlError> {
        let Some(object) = self.get(id) else {
            return Ok(());
        };
        let Body::View { secure, .. } = &object.body else {
            return Ok(());
        };
        if !secure {
            return Err(Self::not_secure(&format!(
                "Cannot share a database role that is granted privilege 'SELECT' on View '{}':\n",
                object.name.as_str()
            )));
        }
        if self.databases_read(id).len() > 1 {
            return Err(SqlError::own(
                &rules::SHARE_VIEW_THROUGH_ROLE,
                format!(
                    "view {} reads several databases and cannot be shared through database role {role}.",
                    self.raw(id)
                ),
            ));
        }
        Ok(())
    }

    /// GRANT DATABASE ROLE ... TO SHARE.
    pub(super) fn share_database_role(
        &mut self,
        session: &Session,
        active: &Active,
        role: Id,
        to: &GranteeRef,
    ) -> Result<ResultSet, SqlError> {
        let share = self.grantee(session, active, to)?;
        self.may_change_share(active, share)?;
        let Some(by) = self.grantor(active, "USAGE", role) else {
            return Err(self.insufficient(&rules::ROLE_GRANT_AUTHORITY, role));
        };
        if self.shared_database(share) != self.database_of(role) {
            return Err(SqlError::new(
                &rules::SHARE_ONE_DATABASE,
                "003033",
                "0A000",
                format!(
                    "SQL compilation error:\nDatabase role '{}' does not belong to the database that \
                     is being shared.",
                    self.raw(role)
                ),
            ));
        }
        if let Some(inherited) = self.direct_roles(role).first() {
            return Err(SqlError::own(
                &rules::SHARED_DATABASE_ROLE_HIERARCHY,
                format!(
                    "database role {} inherits {} and cannot be granted to a share.",
                    self.raw(role),
                    self.raw(*inherited)
                ),
            ));
        }
        if self.future.iter().any(|f| f.to == role) {
            return Err(SqlError::new(
                &rules::FUTURE_SHARED_DATABASE_ROLE,
                "003089",
                "42601",
                "Cannot share a database role with future grants to it.",
            ));
        }
        if self.objects.values().any(|o| o.owner == Some(role)) {
            return Err(SqlError::own(
                &rules::SHARED_DATABASE_ROLE_PRIVILEGES,
                format!("database role {} owns objects.", self.raw(role)),
            ));
        }
        for grant in self.grants.get(&role).into_iter().flatten() {
            if !READ_ONLY.contains(&grant.privilege.as_str()) {
                return Err(SqlError::own(
                    &rules::SHARED_DATABASE_ROLE_PRIVILEGES,
                    format!(
                        "Cannot share a database role that is granted privilege '{}' on '{}'.",
                        grant.privilege,
                        self.raw(grant.on)
                    ),
                ));
            }
            self.may_be_shared(grant.on, &self.raw(role))?;
        }
        self.put_grant(share, "USAGE", role, false, Some(by));
        Ok(ResultSet::done())
    }

    /// ALTER SHARE ... ADD, REMOVE and SET ACCOUNTS.
    pub(super) fn share_accounts(
        &mut self,
        active: &Active,
        share: Id,
        change: Change,
    ) -> Result<(), SqlError> {
        self.may_change_share(active, share)?;
        let adds = matches!(change, Change::AddAccounts(_) | Change::SetAccounts(_));
        if adds && self.shared_database(share).is_none() {
            return Err(SqlError::own(
                &rules::SHARE_NEEDS_DATABASE,
                format!(
                    "share {} has no database: grant USAGE on one before adding accounts.",
                    self.raw(share)
                ),
            ));
        }
        if let Some(Body::Share { accounts }) = self.objects.get_mut(&share).map(|o| &mut o.body) {
            match change {
                Change::AddAccounts(list) => {
                    for account in list {
                        if !accounts.contains(&account) {
                            accounts.push(account);
                        }
                    }
                }
                Change::RemoveAccounts(list) => accounts.retain(|a| !list.contains(a)),
                Change::SetAccounts(list) => *accounts = list,
                _ => {}
            }
        }
        Ok(())
    }
}
