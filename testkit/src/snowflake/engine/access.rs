//! Who may do what: active roles, held privileges, visibility, and the authority to grant.
//!
//! Rules: docs.snowflake.com/en/user-guide/security-access-control-overview and the access control
//! section of each command's page. There is no deny: everything is a union.

use std::collections::BTreeSet;

use super::super::error::{Rule, SqlError, rules};
use super::super::name::{dotted, dotted_raw};
use super::super::object::ObjectType;
use super::{ACCOUNT, Account, Id, Secondary, Session};

/// The roles of a session.
#[derive(Clone, Debug)]
pub(crate) struct Active {
    /// The primary role itself.
    pub(crate) role: Option<Id>,
    /// The primary role's hierarchy, and PUBLIC.
    pub(crate) primary: BTreeSet<Id>,
    /// The hierarchies of the primary and all secondary roles, and PUBLIC.
    pub(crate) all: BTreeSet<Id>,
}

impl Account {
    /// Roles and everything they inherit.
    pub(crate) fn closure(&self, start: &[Id]) -> BTreeSet<Id> {
        let mut known: BTreeSet<Id> = start.iter().copied().collect();
        let mut queue: Vec<Id> = known.iter().copied().collect();
        while let Some(role) = queue.pop() {
            for grant in self.grants.get(&role).into_iter().flatten() {
                if grant.privilege == "USAGE" && self.is_role(grant.on) && known.insert(grant.on) {
                    queue.push(grant.on);
                }
            }
        }
        known
    }

    pub(crate) fn is_role(&self, id: Id) -> bool {
        self.get(id)
            .is_some_and(|o| matches!(o.kind, ObjectType::Role | ObjectType::DatabaseRole))
    }

    /// Roles granted directly to a user or role.
    pub(crate) fn direct_roles(&self, grantee: Id) -> Vec<Id> {
        self.grants
            .get(&grantee)
            .into_iter()
            .flatten()
            .filter(|grant| grant.privilege == "USAGE" && self.is_role(grant.on))
            .map(|grant| grant.on)
            .collect()
    }

    /// Whether a user may activate an account role: granted directly or through the hierarchy.
    pub(crate) fn may_activate(&self, user: Id, role: Id) -> bool {
        role == self.system_role("PUBLIC") || self.closure(&self.direct_roles(user)).contains(&role)
    }

    /// The active roles of a session, computed anew for every statement, as the vendor does.
    pub(crate) fn active(&self, session: &Session) -> Active {
        let public = self.system_role("PUBLIC");
        let mut start: Vec<Id> = session.role.into_iter().collect();
        start.push(public);
        let primary = self.closure(&start);
        match &session.secondary {
            Secondary::None => {}
            Secondary::All => {
                // Privileges granted to the user directly count only with secondary roles ALL.
                start.extend(self.direct_roles(session.user));
                start.push(session.user);
            }
            Secondary::These(roles) => start.extend(roles),
        }
        let all = self.closure(&start);
        Active {
            role: session.role,
            primary,
            all,
        }
    }

    /// Whether one of the roles owns the object.
    pub(crate) fn owned_by(&self, roles: &BTreeSet<Id>, id: Id) -> bool {
        self.get(id)
            .and_then(|object| object.owner)
            .is_some_and(|owner| roles.contains(&owner))
    }

    /// Whether one of the roles holds the privilege, or owns the object and so holds all.
    pub(crate) fn holds(&self, roles: &BTreeSet<Id>, privilege: &str, id: Id) -> bool {
        self.owned_by(roles, id)
            || roles.iter().any(|role| {
                self.grants
                    .get(role)
                    .into_iter()
                    .flatten()
                    .any(|grant| grant.on == id && grant.privilege == privilege)
            })
    }

    /// Whether one of the roles holds any privilege on the object.
    pub(crate) fn holds_any(&self, roles: &BTreeSet<Id>, id: Id) -> bool {
        self.owned_by(roles, id)
            || roles.iter().any(|role| {
                self.grants
                    .get(role)
                    .into_iter()
                    .flatten()
                    .any(|grant| grant.on == id)
            })
    }

    /// Whether one of the roles holds the privilege with its grant option.
    pub(crate) fn holds_option(&self, roles: &BTreeSet<Id>, privilege: &str, id: Id) -> Option<Id> {
        roles.iter().copied().find(|role| {
            self.grants
                .get(role)
                .into_iter()
                .flatten()
                .any(|grant| grant.on == id && grant.privilege == privilege && grant.option)
        })
    }

    pub(crate) fn manages_grants(&self, active: &Active) -> bool {
        self.holds(&active.all, "MANAGE GRANTS", ACCOUNT)
    }

    /// The first container on which no active role holds any privilege.
    fn closed_container(&self, active: &Active, id: Id) -> Option<Id> {
        let mut containers = Vec::new();
        let mut at = self.get(id).and_then(|object| object.parent);
        while let Some(container) = at {
            containers.push(container);
            at = self.get(container).and_then(|object| object.parent);
        }
        containers.reverse();
        containers
            .into_iter()
            .find(|container| !self.holds_any(&active.all, *container))
    }

    /// Whether the active roles may know that the object exists.
    pub(crate) fn sees(&self, active: &Active, id: Id) -> bool {
        let Some(object) = self.get(id) else {
            return false;
        };
        match object.kind {
            // Roles, users and the account have no secret names; everybody may grant to a role.
            ObjectType::Account | ObjectType::Role | ObjectType::User => true,
            // Any privilege on the database shows its database roles (SHOW DATABASE ROLES).
            ObjectType::DatabaseRole => {
                self.manages_grants(active) || self.closed_container(active, id).is_none()
            }
            // Shares and monitors are the account administrators' unless privileges say otherwise.
            _ => {
                self.manages_grants(active)
                    || (self.holds_any(&active.all, id)
                        || self.governs_schema_of(active, id)
                        || self.seen_by_monitor_usage(active, id)
                        || self.seen_by_global_apply(active, id))
                        && self.closed_container(active, id).is_none()
            }
        }
    }

    /// The owner of a managed access schema decides on everything in it, so it sees it.
    fn governs_schema_of(&self, active: &Active, id: Id) -> bool {
        self.managed_schema_of(id)
            .is_some_and(|schema| self.owned_by(&active.all, schema))
    }

    /// The global MONITOR USAGE shows all databases and warehouses.
    fn seen_by_monitor_usage(&self, active: &Active, id: Id) -> bool {
        self.get(id).is_some_and(|object| {
            matches!(object.kind, ObjectType::Database | ObjectType::Warehouse)
                && self.holds(&active.all, "MONITOR USAGE", ACCOUNT)
        })
    }

    /// The global APPLY privileges show what they govern.
    fn seen_by_global_apply(&self, active: &Active, id: Id) -> bool {
        self.get(id).is_some_and(|object| {
            let global = match object.kind {
                ObjectType::MaskingPolicy => "APPLY MASKING POLICY",
                ObjectType::RowAccessPolicy => "APPLY ROW ACCESS POLICY",
                ObjectType::Tag => "APPLY TAG",
                ObjectType::Table | ObjectType::View => {
                    return self.holds(&active.all, "APPLY MASKING POLICY", ACCOUNT)
                        || self.holds(&active.all, "APPLY ROW ACCESS POLICY", ACCOUNT)
                        || self.holds(&active.all, "APPLY TAG", ACCOUNT);
                }
                _ => return false,
            };
            self.holds(&active.all, global, ACCOUNT)
        })
    }

    /// The error for an object that does not exist for these roles.
    pub(crate) fn not_there(&self, id: Id) -> SqlError {
        let object = self.get(id);
        let what = object.map_or_else(String::new, |o| o.kind.capitalised());
        SqlError::missing(&what, dotted_raw(&self.path(id)))
    }

    /// Refuses unless the containers are open to the active roles (one privilege on each).
    pub(crate) fn require_containers(&self, active: &Active, id: Id) -> Result<(), SqlError> {
        match self.closed_container(active, id) {
            None => Ok(()),
            Some(container) => {
                let mut error = if self.manages_grants(active) {
                    self.insufficient(&rules::PARENT_PRIVILEGE, container)
                } else {
                    self.not_there(container)
                };
                error.rule = &rules::PARENT_PRIVILEGE;
                Err(error)
            }
        }
    }

    pub(crate) fn insufficient(&self, rule: &'static Rule, id: Id) -> SqlError {
        let Some(object) = self.get(id) else {
            return SqlError::insufficient(rule, "object", "");
        };
        SqlError::insufficient(rule, object.kind.lower(), object.name.as_str())
    }

    /// Refuses unless an active role holds the privilege and may reach the object.
    pub(crate) fn require(
        &self,
        active: &Active,
        privilege: &str,
        id: Id,
        rule: &'static Rule,
    ) -> Result<(), SqlError> {
        self.require_containers(active, id)?;
        if self.holds(&active.all, privilege, id) {
            return Ok(());
        }
        if self.sees(active, id) {
            Err(self.insufficient(rule, id))
        } else {
            Err(self.not_there(id))
        }
    }

    /// Refuses unless an active role owns the object and may reach it.
    pub(crate) fn require_ownership(&self, active: &Active, id: Id) -> Result<(), SqlError> {
        self.require_containers(active, id)?;
        if self.owned_by(&active.all, id) {
            return Ok(());
        }
        if self.sees(active, id) {
            Err(self.insufficient(&rules::OWNERSHIP_NEEDED, id))
        } else {
            Err(self.not_there(id))
        }
    }

    /// Refuses unless the roles hold the privilege to create in a container.
    pub(crate) fn require_create(
        &self,
        active: &Active,
        privilege: &str,
        container: Id,
    ) -> Result<(), SqlError> {
        if container != ACCOUNT {
            self.require_containers(active, container)?;
            if !self.sees(active, container) {
                return Err(self.not_there(container));
            }
        }
        if self.holds(&active.all, privilege, container) {
            return Ok(());
        }
        Err(self.insufficient(&rules::PRIVILEGE, container))
    }

    /// Who grants: the owner, a holder of the grant option, or MANAGE GRANTS in the owner's name
    /// (docs.snowflake.com/en/sql-reference/sql/show-grants#usage-notes). `None` has no authority.
    pub(crate) fn grantor(&self, active: &Active, privilege: &str, id: Id) -> Option<Id> {
        // What nobody in the account owns is granted in the account administrators' name.
        let admin = self.system_role("ACCOUNTADMIN");
        let owner = self.get(id)?.owner.unwrap_or(admin);
        if let Some(schema) = self.managed_schema_of(id) {
            let may = self.owned_by(&active.all, schema) || self.manages_grants(active);
            return may.then_some(owner);
        }
        if self.owned_by(&active.all, id) && self.closed_container(active, id).is_none() {
            return Some(owner);
        }
        self.holds_option(&active.all, privilege, id)
            .or_else(|| self.manages_grants(active).then_some(owner))
    }

    /// The display of a role as a grantee: database roles with their database.
    pub(crate) fn qualified(&self, id: Id) -> String {
        dotted(&self.path(id))
    }
}
