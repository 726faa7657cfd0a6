//! Masking and row access policies: their definition, where they are attached, and what that blocks.
//!
//! Rules: docs.snowflake.com/en/sql-reference/sql/create-masking-policy, .../create-row-access-policy
//! and docs.snowflake.com/en/user-guide/security-column-ddm-intro (its table of error messages).

use super::super::error::{SqlError, rules};
use super::super::name::Name;
use super::super::object::ObjectType;
use super::super::syntax::{Path, PolicyDef};
use super::super::types::Family;
use super::{
    ACCOUNT, Account, Active, Body, Column, ColumnMask, Id, Policy, Relation, RowAccess, Session,
};

impl Account {
    pub(crate) fn policy_of(&self, id: Id) -> Option<&Policy> {
        match &self.get(id)?.body {
            Body::Policy(policy) => Some(policy),
            _ => None,
        }
    }

    /// A policy that shall be set on an object (`None`: on one that is being created).
    pub(crate) fn policy_to_set(
        &self,
        session: &Session,
        active: &Active,
        object: ObjectType,
        path: &Path,
        on: Option<Id>,
    ) -> Result<Id, SqlError> {
        self.require_edition(object)?;
        let id = self.resolve(session, active, object, path, "SET")?;
        self.may_apply(active, id, on)?;
        Ok(id)
    }

    /// Whether the active roles may set or unset a policy on an object.
    pub(crate) fn may_apply(
        &self,
        active: &Active,
        policy: Id,
        on: Option<Id>,
    ) -> Result<(), SqlError> {
        let object = self
            .get(policy)
            .map_or(ObjectType::MaskingPolicy, |o| o.kind);
        if self.holds(&active.all, &format!("APPLY {object}"), ACCOUNT) {
            return Ok(());
        }
        let on_policy = self.holds(&active.all, "APPLY", policy);
        let owns = on.is_none_or(|id| self.owned_by(&active.all, id));
        if on_policy && owns {
            return Ok(());
        }
        Err(self.insufficient(
            &rules::POLICY_APPLY,
            if on_policy {
                on.unwrap_or(policy)
            } else {
                policy
            },
        ))
    }

    /// Refuses a masking policy that cannot be created.
    pub(crate) fn check_masking_policy(&self, policy: &PolicyDef) -> Result<(), SqlError> {
        Self::check_arguments(policy)?;
        let Some((_, first)) = policy.arguments.first() else {
            return Ok(());
        };
        if !first.same_family(&policy.returns) {
            return Err(SqlError::compilation(
                &rules::MASKING_RETURN_TYPE,
                "Masking policy function argument and return type mismatch.",
            ));
        }
        self.check_body(policy, &rules::MASKING_BODY_TYPE)
    }

    /// Refuses a row access policy that cannot be created.
    pub(crate) fn check_row_access_policy(&self, policy: &PolicyDef) -> Result<(), SqlError> {
        Self::check_arguments(policy)?;
        if policy.returns.family != Family::Boolean {
            return Err(SqlError::compilation(
                &rules::ROW_ACCESS_BOOLEAN,
                "Row access policy must return BOOLEAN.",
            ));
        }
        self.check_body(policy, &rules::ROW_ACCESS_BOOLEAN)
    }

    fn check_arguments(policy: &PolicyDef) -> Result<(), SqlError> {
        for (at, (name, _)) in policy.arguments.iter().enumerate() {
            if policy.arguments[..at]
                .iter()
                .any(|(other, _)| other == name)
            {
                return Err(SqlError::own(
                    &rules::DUPLICATE_COLUMN,
                    format!("duplicate argument '{name}'."),
                ));
            }
        }
        Ok(())
    }

    fn check_body(
        &self,
        policy: &PolicyDef,
        rule: &'static super::super::rules::Rule,
    ) -> Result<(), SqlError> {
        let found = self.infer_with(&policy.body, &policy.arguments)?;
        let fits = found.is_none_or(|found| found.same_family(&policy.returns));
        if fits {
            return Ok(());
        }
        Err(SqlError::compilation(
            rule,
            "Masking policy function argument and return type mismatch.",
        ))
    }

    /// Refuses a mask that does not fit its column.
    pub(crate) fn check_mask(
        &self,
        relation: &Relation,
        column: &Column,
        mask: &ColumnMask,
    ) -> Result<(), SqlError> {
        let Some(policy) = self.policy_of(mask.policy) else {
            return Ok(());
        };
        let first = policy.arguments.first();
        if !first.is_some_and(|(_, wanted)| wanted.same_family(&column.data_type)) {
            return Err(SqlError::own(
                &rules::MASKING_COLUMN_TYPE,
                format!(
                    "masking policy {} does not take a column of type {}.",
                    self.raw(mask.policy),
                    column.data_type
                ),
            ));
        }
        if !mask.using.is_empty() {
            if mask.using.first() != Some(&column.name)
                || mask.using.len() != policy.arguments.len()
            {
                return Err(SqlError::own(
                    &rules::MASKING_COLUMN_TYPE,
                    "USING names the masked column first and one column per argument.",
                ));
            }
            for (name, (_, wanted)) in mask.using.iter().zip(&policy.arguments) {
                let found = relation.columns.iter().find(|c| c.name == *name);
                if !found.is_some_and(|c| c.data_type.same_family(wanted)) {
                    return Err(SqlError::own(
                        &rules::MASKING_COLUMN_TYPE,
                        format!("column '{name}' does not fit the policy's signature."),
                    ));
                }
            }
        }
        let filtered = relation
            .row_access
            .as_ref()
            .is_some_and(|access| access.columns.contains(&column.name));
        if filtered && !policy.exempt {
            return Err(Self::column_in_both(&column.name));
        }
        Ok(())
    }

    fn column_in_both(column: &Name) -> SqlError {
        SqlError::own(
            &rules::POLICY_COLUMN_EXCLUSIVE,
            format!(
                "column '{column}' cannot be both masked and in a row access policy's signature."
            ),
        )
    }

    /// Refuses a row access policy whose signature does not fit the columns.
    pub(crate) fn check_row_access(
        &self,
        relation: &Relation,
        access: &RowAccess,
    ) -> Result<(), SqlError> {
        let Some(policy) = self.policy_of(access.policy) else {
            return Ok(());
        };
        let mismatch = |what: String| Err(SqlError::own(&rules::ROW_ACCESS_SIGNATURE, what));
        if access.columns.len() != policy.arguments.len() {
            return mismatch(format!(
                "the policy takes {} columns, {} are given.",
                policy.arguments.len(),
                access.columns.len()
            ));
        }
        for (name, (_, wanted)) in access.columns.iter().zip(&policy.arguments) {
            let Some(column) = relation.columns.iter().find(|c| c.name == *name) else {
                return Err(SqlError::new(
                    &rules::UNKNOWN_COLUMN,
                    "000904",
                    "42000",
                    format!("SQL compilation error:\ninvalid identifier '{name}'"),
                ));
            };
            if !column.data_type.same_family(wanted) {
                return mismatch(format!(
                    "column '{name}' is {}, the policy takes {wanted}.",
                    column.data_type
                ));
            }
            let exempt = column
                .masking
                .as_ref()
                .and_then(|mask| self.policy_of(mask.policy))
                .is_none_or(|mask| mask.exempt);
            if !exempt {
                return Err(Self::column_in_both(name));
            }
        }
        Ok(())
    }

    /// Tables, views and tags that a policy is attached to, with the column if it has one.
    pub(crate) fn attachments(&self, policy: Id) -> Vec<(Id, Option<Name>)> {
        let mut found = Vec::new();
        for (id, object) in &self.objects {
            match &object.body {
                Body::Table { relation, .. } | Body::View { relation, .. } => {
                    if relation
                        .row_access
                        .as_ref()
                        .is_some_and(|a| a.policy == policy)
                    {
                        found.push((*id, None));
                    }
                    for column in &relation.columns {
                        if column.masking.as_ref().is_some_and(|m| m.policy == policy) {
                            found.push((*id, Some(column.name.clone())));
                        }
                    }
                }
                Body::Tag { policies, .. } if policies.contains(&policy) => {
                    found.push((*id, None));
                }
                _ => {}
            }
        }
        found
    }

    /// Refuses to drop or replace what others depend on.
    pub(crate) fn may_vanish(&self, id: Id) -> Result<(), SqlError> {
        let Some(object) = self.get(id) else {
            return Ok(());
        };
        match object.kind {
            ObjectType::MaskingPolicy | ObjectType::RowAccessPolicy => {
                if self.attachments(id).is_empty() {
                    return Ok(());
                }
                Err(SqlError::new(
                    &rules::POLICY_ATTACHED,
                    "003531",
                    "42601",
                    format!(
                        "SQL compilation error:\nPolicy {} cannot be dropped/replaced as it is \
                         associated with one or more entities.",
                        object.name.as_str()
                    ),
                ))
            }
            ObjectType::Tag => match &object.body {
                Body::Tag { policies, .. } if !policies.is_empty() => Err(SqlError::own(
                    &rules::TAG_DROP_WITH_POLICY,
                    format!(
                        "tag {} cannot be dropped while a masking policy is assigned to it.",
                        object.name.as_str()
                    ),
                )),
                _ => Ok(()),
            },
            ObjectType::Database | ObjectType::Schema => self.container_may_vanish(id),
            _ => Ok(()),
        }
    }

    fn container_may_vanish(&self, container: Id) -> Result<(), SqlError> {
        let inside = |id: Id| {
            id == container
                || self.schema_of(id) == Some(container)
                || self.database_of(id) == Some(container)
        };
        let outside = self
            .objects
            .iter()
            .filter(|(id, object)| object.kind.is_policy() && inside(**id))
            .find_map(|(id, _)| {
                self.attachments(*id)
                    .into_iter()
                    .find(|(on, _)| !inside(*on))
                    .map(|(on, _)| (*id, on))
            });
        if let Some((policy, on)) = outside {
            return Err(SqlError::own(
                &rules::CONTAINER_IN_USE,
                format!(
                    "{} cannot be dropped: its policy {} is attached to {}.",
                    self.raw(container),
                    self.raw(policy),
                    self.raw(on)
                ),
            ));
        }
        let tagged = self
            .objects
            .iter()
            .filter(|(id, object)| object.kind == ObjectType::Tag && inside(**id))
            .find_map(|(tag, _)| {
                self.tagged(*tag)
                    .into_iter()
                    .find(|on| !inside(*on))
                    .map(|on| (*tag, on))
            });
        if let Some((tag, on)) = tagged {
            return Err(SqlError::own(
                &rules::CONTAINER_IN_USE,
                format!(
                    "{} cannot be dropped: its tag {} is set on {}.",
                    self.raw(container),
                    self.raw(tag),
                    self.raw(on)
                ),
            ));
        }
        if let Some(share) = self.shares_of(container).next() {
            return Err(SqlError::own(
                &rules::CONTAINER_SHARED,
                format!(
                    "{} cannot be dropped: it is granted to share {}.",
                    self.raw(container),
                    self.raw(share)
                ),
            ));
        }
        Ok(())
    }

    /// The masking policies that protect a column: its own, or those of its tags.
    ///
    /// A policy set directly on the column wins over one of a tag, and a tag counts on the column,
    /// its table, schema and database (docs.snowflake.com/en/user-guide/tag-based-masking-policies).
    pub(crate) fn mask_of(&self, relation: Id, column: &Column) -> Option<ColumnMask> {
        if let Some(mask) = &column.masking {
            return Some(mask.clone());
        }
        let mut tags: Vec<Id> = column.tags.keys().copied().collect();
        let mut at = Some(relation);
        while let Some(object) = at.and_then(|id| self.get(id)) {
            tags.extend(object.tags.keys().copied());
            at = object.parent;
        }
        tags.into_iter()
            .filter_map(|tag| match &self.get(tag)?.body {
                Body::Tag { policies, .. } => Some(policies),
                _ => None,
            })
            .flatten()
            .find(|policy| {
                self.policy_of(**policy)
                    .and_then(|p| p.arguments.first())
                    .is_some_and(|(_, wanted)| wanted.same_family(&column.data_type))
            })
            .map(|policy| ColumnMask {
                policy: *policy,
                using: Vec::new(),
            })
    }
}
