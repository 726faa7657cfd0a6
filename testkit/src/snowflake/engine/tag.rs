//! Tags: allowed values, quotas, who may set them, and the masking policies they carry.
//!
//! Rules: docs.snowflake.com/en/user-guide/object-tagging/introduction, .../sql/create-tag and
//! .../sql/alter-tag.

use std::collections::BTreeSet;

use super::super::error::{SqlError, rules};
use super::super::object::ObjectType;
use super::super::syntax::{Path, TagValue};
use super::{ACCOUNT, Account, Active, Body, Id, Relation, Session};

const MAX_VALUE: usize = 256;
const MAX_ALLOWED: usize = 5_000;
const MAX_TAGS: usize = 50;

impl Account {
    /// A tag and the value it shall get on an object (`None`: on one that is being created).
    pub(crate) fn tag_to_set(
        &self,
        session: &Session,
        active: &Active,
        tag: &TagValue,
        on: Option<Id>,
    ) -> Result<(Id, String), SqlError> {
        let id = self.resolve(session, active, ObjectType::Tag, &tag.tag, "SET TAG")?;
        self.may_tag(active, id, on)?;
        if tag.value.chars().count() > MAX_VALUE {
            return Err(SqlError::own(
                &rules::TAG_VALUE_LENGTH,
                format!(
                    "the value of tag {} is longer than {MAX_VALUE} characters.",
                    self.raw(id)
                ),
            ));
        }
        if let Some(Body::Tag {
            allowed: Some(allowed),
            ..
        }) = self.get(id).map(|o| &o.body)
            && !allowed.contains(&tag.value)
        {
            return Err(SqlError::own(
                &rules::TAG_ALLOWED_VALUES,
                format!(
                    "'{}' is not an allowed value of tag {}; allowed are {}.",
                    tag.value,
                    self.raw(id),
                    allowed.join(", ")
                ),
            ));
        }
        Ok((id, tag.value.clone()))
    }

    /// Whether the active roles may set or unset the tag on the object.
    pub(crate) fn may_tag(&self, active: &Active, tag: Id, on: Option<Id>) -> Result<(), SqlError> {
        if self.holds(&active.all, "APPLY TAG", ACCOUNT) {
            return Ok(());
        }
        let on_tag = self.holds(&active.all, "APPLY", tag);
        let owns = on.is_none_or(|id| self.owned_by(&active.all, id));
        if on_tag && owns {
            return Ok(());
        }
        Err(self.insufficient(
            &rules::TAG_APPLY,
            if on_tag { on.unwrap_or(tag) } else { tag },
        ))
    }

    /// Tags by path, for UNSET.
    pub(crate) fn tags_to_unset(
        &self,
        session: &Session,
        active: &Active,
        tags: &[Path],
        on: Id,
    ) -> Result<Vec<Id>, SqlError> {
        tags.iter()
            .map(|path| {
                let id = self.resolve(session, active, ObjectType::Tag, path, "UNSET TAG")?;
                self.may_tag(active, id, Some(on))?;
                Ok(id)
            })
            .collect()
    }

    pub(crate) fn check_tag_count(count: usize) -> Result<(), SqlError> {
        if count > MAX_TAGS {
            return Err(SqlError::own(
                &rules::TAG_QUOTA,
                format!("at most {MAX_TAGS} tags can be set on one object."),
            ));
        }
        Ok(())
    }

    /// The separate quota of a table's columns: different tags over all columns.
    pub(crate) fn check_column_tags(relation: &Relation) -> Result<(), SqlError> {
        let different: BTreeSet<Id> = relation
            .columns
            .iter()
            .flat_map(|column| column.tags.keys().copied())
            .collect();
        Self::check_tag_count(different.len())
    }

    pub(crate) fn check_allowed_values(allowed: Option<&[String]>) -> Result<(), SqlError> {
        let Some(allowed) = allowed else {
            return Ok(());
        };
        if allowed.len() > MAX_ALLOWED {
            return Err(SqlError::own(
                &rules::TAG_ALLOWED_FIRST,
                format!("a tag has at most {MAX_ALLOWED} allowed values."),
            ));
        }
        if let Some(long) = allowed.iter().find(|v| v.chars().count() > MAX_VALUE) {
            return Err(SqlError::own(
                &rules::TAG_VALUE_LENGTH,
                format!("the allowed value '{long}' is longer than {MAX_VALUE} characters."),
            ));
        }
        Ok(())
    }

    /// The objects that carry a tag, themselves or on a column.
    pub(crate) fn tagged(&self, tag: Id) -> Vec<Id> {
        self.objects
            .iter()
            .filter(|(id, object)| {
                object.tags.contains_key(&tag)
                    || self
                        .relation_of(**id)
                        .is_some_and(|r| r.columns.iter().any(|c| c.tags.contains_key(&tag)))
            })
            .map(|(id, _)| *id)
            .collect()
    }

    /// The policies that a tag shall have after SET MASKING POLICY.
    pub(crate) fn tag_policies_to_set(
        &self,
        session: &Session,
        active: &Active,
        tag: Id,
        policies: &[Path],
        force: bool,
    ) -> Result<Vec<Id>, SqlError> {
        self.require_edition(ObjectType::MaskingPolicy)?;
        if !self.holds(&active.all, "APPLY MASKING POLICY", ACCOUNT) {
            return Err(self.insufficient(&rules::TAG_POLICY_AUTHORITY, tag));
        }
        let mut list = match self.get(tag).map(|o| &o.body) {
            Some(Body::Tag { policies, .. }) => policies.clone(),
            _ => Vec::new(),
        };
        for path in policies {
            let policy = self.resolve(session, active, ObjectType::MaskingPolicy, path, "SET")?;
            if list.contains(&policy) {
                continue;
            }
            let family = |id: Id| {
                self.policy_of(id)
                    .and_then(|p| p.arguments.first())
                    .map(|(_, data_type)| data_type.family)
            };
            if let Some(at) = list
                .iter()
                .position(|other| family(*other) == family(policy))
            {
                if !force {
                    return Err(SqlError::own(
                        &rules::TAG_ONE_POLICY_PER_TYPE,
                        format!(
                            "tag {} already has masking policy {} for this data type.",
                            self.raw(tag),
                            self.raw(list[at])
                        ),
                    ));
                }
                list[at] = policy;
            } else {
                list.push(policy);
            }
        }
        Ok(list)
    }
}
