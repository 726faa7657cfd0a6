//! Columns of tables and views: building them and finding them.

use std::collections::BTreeMap;

use super::super::error::{SqlError, rules};
use super::super::name::Name;
use super::super::object::ObjectType;
use super::super::syntax::ColumnDef;
use super::{Account, Active, Body, Column, ColumnMask, Id, Relation, Session};

impl Account {
    pub(crate) fn relation_of(&self, id: Id) -> Option<&Relation> {
        match &self.get(id)?.body {
            Body::Table { relation, .. } | Body::View { relation, .. } => Some(relation),
            _ => None,
        }
    }

    pub(crate) fn relation_mut(&mut self, id: Id) -> Option<&mut Relation> {
        match &mut self.objects.get_mut(&id)?.body {
            Body::Table { relation, .. } | Body::View { relation, .. } => Some(relation),
            _ => None,
        }
    }

    pub(crate) fn column_of(&self, id: Id, name: &Name) -> Result<&Column, SqlError> {
        self.relation_of(id)
            .and_then(|r| r.columns.iter().find(|c| c.name == *name))
            .ok_or_else(|| {
                SqlError::new(
                    &rules::UNKNOWN_COLUMN,
                    "000904",
                    "42000",
                    format!("SQL compilation error:\ninvalid identifier '{name}'"),
                )
            })
    }

    pub(crate) fn column_mut(&mut self, id: Id, name: &Name) -> Option<&mut Column> {
        self.relation_mut(id)?
            .columns
            .iter_mut()
            .find(|c| c.name == *name)
    }

    /// A column from its definition, with its tags and policy resolved and allowed.
    pub(crate) fn build_column(
        &self,
        session: &Session,
        active: &Active,
        definition: &ColumnDef,
    ) -> Result<Column, SqlError> {
        let mut tags = BTreeMap::new();
        for tag in &definition.tags {
            let (id, value) = self.tag_to_set(session, active, tag, None)?;
            tags.insert(id, value);
        }
        let masking = match &definition.masking {
            Some(masking) => {
                let policy = self.policy_to_set(
                    session,
                    active,
                    ObjectType::MaskingPolicy,
                    &masking.policy,
                    None,
                )?;
                Some(ColumnMask {
                    policy,
                    using: masking.using.clone(),
                })
            }
            None => None,
        };
        let default = definition.default.clone();
        if let Some(default) = &default {
            self.check_default(session, default, &definition.data_type)?;
        }
        Ok(Column {
            name: definition.name.clone(),
            data_type: definition.data_type.clone(),
            not_null: definition.not_null || definition.primary_key,
            primary_key: definition.primary_key,
            default,
            default_text: definition.default_text.clone(),
            comment: definition.comment.clone(),
            masking,
            tags,
        })
    }

    /// Refuses a relation whose columns are no set, or whose policies do not fit them.
    pub(crate) fn check_relation(&self, relation: &Relation) -> Result<(), SqlError> {
        for (at, column) in relation.columns.iter().enumerate() {
            if relation.columns[..at].iter().any(|c| c.name == column.name) {
                return Err(SqlError::new(
                    &rules::DUPLICATE_COLUMN,
                    "002025",
                    "42S21",
                    format!(
                        "SQL compilation error:\nduplicate column name '{}'",
                        column.name
                    ),
                ));
            }
        }
        for column in &relation.columns {
            if let Some(mask) = &column.masking {
                self.check_mask(relation, column, mask)?;
            }
        }
        Self::check_column_tags(relation)?;
        Ok(())
    }
}
