//! ALTER of every object type.

use super::super::error::{SqlError, rules};
use super::super::name::{Name, dotted_raw};
use super::super::object::{Level, ObjectType};
use super::super::result::ResultSet;
use super::super::syntax::{
    Change, ColumnChange, ColumnDef, Path, RowAccessRef, Setting, Settings,
};
use super::super::types::DataType;
use super::{ACCOUNT, Account, Active, Body, ColumnMask, Id, Session, Value};

impl Account {
    pub(super) fn alter(
        &mut self,
        session: &mut Session,
        object: ObjectType,
        if_exists: bool,
        name: Option<&Path>,
        change: Change,
    ) -> Result<ResultSet, SqlError> {
        self.require_edition(object)?;
        let active = self.active(session);
        let id = match name {
            None => ACCOUNT,
            Some(path) => {
                match self.resolve_if(session, &active, object, path, if_exists, "ALTER")? {
                    Some(id) => id,
                    None => return Ok(ResultSet::done()),
                }
            }
        };
        match change {
            Change::Rename(to) => self.rename(session, &active, id, object, &to)?,
            Change::Set(settings) => self.set(session, &active, id, object, settings)?,
            Change::Unset(keys) => self.unset(&active, id, object, &keys)?,
            Change::SetTags(tags) => {
                let mut set = Vec::new();
                for tag in &tags {
                    set.push(self.tag_to_set(session, &active, tag, Some(id))?);
                }
                let mut after = self.get(id).map(|o| o.tags.clone()).unwrap_or_default();
                after.extend(set);
                Self::check_tag_count(after.len())?;
                if let Some(target) = self.objects.get_mut(&id) {
                    target.tags = after;
                }
            }
            Change::UnsetTags(tags) => {
                let tags = self.tags_to_unset(session, &active, &tags, id)?;
                if let Some(target) = self.objects.get_mut(&id) {
                    target.tags.retain(|tag, _| !tags.contains(tag));
                }
            }
            Change::ManagedAccess(on) => {
                self.require_ownership(&active, id)?;
                if let Some(Body::Schema { managed, .. }) =
                    self.objects.get_mut(&id).map(|o| &mut o.body)
                {
                    *managed = on;
                }
            }
            Change::Secure(on) => {
                self.require_ownership(&active, id)?;
                if let Some(Body::View { secure, .. }) =
                    self.objects.get_mut(&id).map(|o| &mut o.body)
                {
                    *secure = on;
                }
            }
            Change::SetBody { body, text } => {
                self.require_ownership(&active, id)?;
                let Some(policy) = self.policy_of(id).cloned() else {
                    return Ok(ResultSet::done());
                };
                let found = self.infer_with(&body, &policy.arguments)?;
                if found.is_some_and(|found| !found.same_family(&policy.returns)) {
                    return Err(SqlError::compilation(
                        &rules::MASKING_BODY_TYPE,
                        "Masking policy function argument and return type mismatch.",
                    ));
                }
                if let Some(Body::Policy(policy)) = self.objects.get_mut(&id).map(|o| &mut o.body) {
                    policy.body = *body;
                    policy.text = text;
                }
            }
            Change::AddAllowedValues(_)
            | Change::DropAllowedValues(_)
            | Change::SetAllowedValues(_) => self.allowed_values(&active, id, &change)?,
            Change::SetTagMasking { policies, force } => {
                self.require_containers(&active, id)?;
                let list = self.tag_policies_to_set(session, &active, id, &policies, force)?;
                if let Some(Body::Tag { policies, .. }) =
                    self.objects.get_mut(&id).map(|o| &mut o.body)
                {
                    *policies = list;
                }
            }
            Change::UnsetTagMasking(paths) => {
                if !self.holds(&active.all, "APPLY MASKING POLICY", ACCOUNT) {
                    return Err(self.insufficient(&rules::TAG_POLICY_AUTHORITY, id));
                }
                let mut gone = Vec::new();
                for path in &paths {
                    gone.push(self.resolve(
                        session,
                        &active,
                        ObjectType::MaskingPolicy,
                        path,
                        "UNSET",
                    )?);
                }
                if let Some(Body::Tag { policies, .. }) =
                    self.objects.get_mut(&id).map(|o| &mut o.body)
                {
                    policies.retain(|policy| !gone.contains(policy));
                }
            }
            Change::Suspend | Change::Resume { .. } => self.operate(&active, id, &change)?,
            Change::AddAccounts(_) | Change::RemoveAccounts(_) | Change::SetAccounts(_) => {
                self.share_accounts(&active, id, change)?;
            }
            Change::Triggers(settings, triggers) => {
                self.require(&active, "MODIFY", id, &rules::PRIVILEGE)?;
                self.check_settings(object, false, &settings)?;
                Self::check_triggers(&triggers)?;
                if let Some(target) = self.objects.get_mut(&id) {
                    target.settings.extend(settings);
                    if let Body::Monitor { triggers: old } = &mut target.body
                        && !triggers.is_empty()
                    {
                        *old = triggers;
                    }
                }
            }
            Change::AddColumns {
                columns,
                if_not_exists,
            } => self.add_columns(session, &active, id, &columns, if_not_exists)?,
            Change::DropColumns { names, if_exists } => {
                self.drop_columns(&active, id, &names, if_exists)?;
            }
            Change::RenameColumn { from, to } => self.rename_column(&active, id, &from, to)?,
            Change::Column { name, change } => {
                self.change_column(session, &active, id, &name, change)?;
            }
            Change::AddRowAccess(reference) => {
                self.add_row_access(session, &active, id, &reference, None)?;
            }
            Change::SwapRowAccess { drop, add } => {
                self.add_row_access(session, &active, id, &add, Some(&drop))?;
            }
            Change::DropRowAccess(path) => {
                let policy =
                    self.resolve(session, &active, ObjectType::RowAccessPolicy, &path, "DROP")?;
                self.drop_row_access(&active, id, Some(policy))?;
            }
            Change::DropAllRowAccess => self.drop_row_access(&active, id, None)?,
        }
        Ok(ResultSet::done())
    }

    fn rename(
        &mut self,
        session: &Session,
        active: &Active,
        id: Id,
        object: ObjectType,
        to: &Path,
    ) -> Result<(), SqlError> {
        if self.is_system_role(id) {
            return Err(SqlError::own(
                &rules::SYSTEM_ROLE,
                "system roles cannot be renamed.",
            ));
        }
        self.require_ownership(active, id)?;
        let mut to = to.clone();
        // A bare new name stays in the object's own container.
        if to.0.len() == 1 && object.level() != Level::Account {
            let mut parts = self.path(id);
            parts.pop();
            parts.append(&mut to.0);
            to = Path(parts);
        }
        let place = self.place(session, active, object, &to, "RENAME")?;
        let from = self.get(id).and_then(|o| o.parent);
        if place.parent != from {
            if object == ObjectType::DatabaseRole {
                return Err(SqlError::own(
                    &rules::DATABASE_ROLE_RENAME,
                    "a database role cannot move to a different database.",
                ));
            }
            if let Some(parent) = place.parent {
                self.require_create(active, &format!("CREATE {object}"), parent)?;
                // Into a managed access schema only if the owner owns that schema too.
                let owner = self.get(id).and_then(|o| o.owner);
                if self.is_managed(parent) && self.get(parent).and_then(|o| o.owner) != owner {
                    return Err(self.insufficient(&rules::MANAGED_ACCESS, parent));
                }
            }
        }
        match self.find(object, place.parent, &place.name) {
            Some(other) if other != id => {
                Err(SqlError::exists(&rules::EXISTS, place.name.as_str()))
            }
            _ => {
                self.move_object(id, place.parent, place.name);
                Ok(())
            }
        }
    }

    /// SET of properties: ownership, or MODIFY where the page says so.
    fn may_modify(&self, active: &Active, id: Id, object: ObjectType) -> Result<(), SqlError> {
        match object {
            ObjectType::Warehouse | ObjectType::Database | ObjectType::Schema => {
                self.require(active, "MODIFY", id, &rules::PRIVILEGE)
            }
            ObjectType::Account => {
                if active.all.contains(&self.system_role("ACCOUNTADMIN")) {
                    Ok(())
                } else {
                    Err(self.insufficient(&rules::PRIVILEGE, ACCOUNT))
                }
            }
            _ => self.require_ownership(active, id),
        }
    }

    fn set(
        &mut self,
        session: &Session,
        active: &Active,
        id: Id,
        object: ObjectType,
        settings: Settings,
    ) -> Result<(), SqlError> {
        let only_monitor = object == ObjectType::Warehouse
            && settings.iter().all(|(k, _)| k == "RESOURCE_MONITOR");
        let monitor = self.monitor_setting(session, active, &settings)?;
        // Assigning a monitor is the account administrator's, whoever owns the warehouse.
        if !only_monitor {
            if object == ObjectType::Account
                && settings.iter().all(|(k, _)| k == "NETWORK_POLICY")
                && self.holds(&active.all, "ATTACH POLICY", ACCOUNT)
            {
                // ATTACH POLICY activates a network policy for the account.
            } else {
                self.may_modify(active, id, object)?;
            }
        }
        let transient = matches!(
            self.get(id).map(|o| &o.body),
            Some(
                Body::Database { transient: true }
                    | Body::Schema {
                        transient: true,
                        ..
                    }
                    | Body::Table {
                        transient: true,
                        ..
                    }
            )
        );
        self.check_settings(object, transient, &settings)?;
        if let Some((_, value)) = settings.iter().find(|(k, _)| k == "NETWORK_POLICY")
            && object == ObjectType::Account
        {
            let path = Path(vec![Name::exact(value.text())]);
            self.resolve(session, active, ObjectType::NetworkPolicy, &path, "SET")?;
        }
        let sets_monitor = settings.iter().any(|(k, _)| k == "RESOURCE_MONITOR");
        if let Some(target) = self.objects.get_mut(&id) {
            for (key, value) in settings {
                if key == "COMMENT" {
                    target.comment = value.text();
                } else {
                    target.settings.insert(key, value);
                }
            }
            if let Body::Warehouse { monitor: old, .. } = &mut target.body
                && sets_monitor
            {
                *old = monitor;
            }
        }
        Ok(())
    }

    fn unset(
        &mut self,
        active: &Active,
        id: Id,
        object: ObjectType,
        keys: &[String],
    ) -> Result<(), SqlError> {
        self.may_modify(active, id, object)?;
        if let Some(target) = self.objects.get_mut(&id) {
            for key in keys {
                if key == "COMMENT" {
                    target.comment.clear();
                }
                target.settings.remove(key);
                match &mut target.body {
                    Body::Tag { allowed, .. } if key == "ALLOWED_VALUES" => *allowed = None,
                    Body::Warehouse { monitor, .. } if key == "RESOURCE_MONITOR" => {
                        *monitor = None;
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn allowed_values(&mut self, active: &Active, id: Id, change: &Change) -> Result<(), SqlError> {
        self.require_ownership(active, id)?;
        let Some(Body::Tag { allowed, .. }) = self.get(id).map(|o| &o.body) else {
            return Ok(());
        };
        let mut list = allowed.clone().unwrap_or_default();
        match change {
            Change::AddAllowedValues(values) => {
                for value in values {
                    if !list.contains(value) {
                        list.push(value.clone());
                    }
                }
            }
            Change::DropAllowedValues(values) => list.retain(|value| !values.contains(value)),
            Change::SetAllowedValues(values) => list.clone_from(values),
            _ => {}
        }
        Self::check_allowed_values(Some(&list))?;
        if let Some(Body::Tag { allowed, .. }) = self.objects.get_mut(&id).map(|o| &mut o.body) {
            *allowed = Some(list);
        }
        Ok(())
    }

    fn operate(&mut self, active: &Active, id: Id, change: &Change) -> Result<(), SqlError> {
        self.require(active, "OPERATE", id, &rules::PRIVILEGE)?;
        let name = self.raw(id);
        if let Some(Body::Warehouse { suspended, .. }) =
            self.objects.get_mut(&id).map(|o| &mut o.body)
        {
            let state = |what: &str| {
                SqlError::new(
                    &rules::SETTING,
                    "090064",
                    "22000",
                    format!("Invalid state. Warehouse '{name}' cannot be {what}."),
                )
            };
            match change {
                Change::Suspend if *suspended => return Err(state("suspended")),
                Change::Suspend => *suspended = true,
                Change::Resume {
                    if_suspended: false,
                } if !*suspended => return Err(state("resumed")),
                _ => *suspended = false,
            }
        }
        Ok(())
    }

    fn add_columns(
        &mut self,
        session: &Session,
        active: &Active,
        id: Id,
        columns: &[ColumnDef],
        if_not_exists: bool,
    ) -> Result<(), SqlError> {
        self.require_ownership(active, id)?;
        let Some(mut relation) = self.relation_of(id).cloned() else {
            return Ok(());
        };
        let has_rows = matches!(self.get(id).map(|o| &o.body), Some(Body::Table { rows, .. }) if !rows.is_empty());
        let mut defaults = Vec::new();
        for definition in columns {
            if relation.columns.iter().any(|c| c.name == definition.name) {
                if if_not_exists {
                    continue;
                }
                return Err(SqlError::new(
                    &rules::DUPLICATE_COLUMN,
                    "001430",
                    "42601",
                    format!(
                        "SQL compilation error:\ncolumn '{}' already exists",
                        definition.name
                    ),
                ));
            }
            if definition.not_null && definition.default.is_none() && has_rows {
                return Err(SqlError::own(
                    &rules::ROW_SHAPE,
                    format!(
                        "Non-nullable column '{}' cannot be added to non-empty table without a default.",
                        definition.name
                    ),
                ));
            }
            let column = self.build_column(session, active, definition)?;
            defaults.push(self.default_value(session, &column)?);
            relation.columns.push(column);
        }
        self.check_relation(&relation)?;
        if let Some(Body::Table {
            relation: old,
            rows,
            ..
        }) = self.objects.get_mut(&id).map(|o| &mut o.body)
        {
            *old = relation;
            for row in rows {
                row.extend(defaults.iter().cloned());
            }
        }
        Ok(())
    }

    fn drop_columns(
        &mut self,
        active: &Active,
        id: Id,
        names: &[Name],
        if_exists: bool,
    ) -> Result<(), SqlError> {
        self.require_ownership(active, id)?;
        let mut gone = Vec::new();
        for name in names {
            match self.column_of(id, name) {
                Err(_) if if_exists => continue,
                Err(error) => return Err(error),
                Ok(column) => {
                    let filtered = self
                        .relation_of(id)
                        .and_then(|r| r.row_access.as_ref())
                        .is_some_and(|a| a.columns.contains(name));
                    if column.masking.is_some() || filtered {
                        return Err(SqlError::own(
                            &rules::POLICY_ATTACHED,
                            format!(
                                "column '{name}' cannot be dropped while a policy is set on it."
                            ),
                        ));
                    }
                }
            }
            let at = self
                .relation_of(id)
                .and_then(|r| r.columns.iter().position(|c| c.name == *name));
            gone.extend(at);
        }
        gone.sort_unstable();
        if self
            .relation_of(id)
            .is_some_and(|r| r.columns.len() == gone.len())
        {
            return Err(SqlError::own(
                &rules::ROW_SHAPE,
                "a table keeps at least one column.",
            ));
        }
        if let Some(Body::Table { relation, rows, .. }) =
            self.objects.get_mut(&id).map(|o| &mut o.body)
        {
            for at in gone.into_iter().rev() {
                relation.columns.remove(at);
                for row in rows.iter_mut() {
                    row.remove(at);
                }
            }
        }
        Ok(())
    }

    fn rename_column(
        &mut self,
        active: &Active,
        id: Id,
        from: &Name,
        to: Name,
    ) -> Result<(), SqlError> {
        self.require_ownership(active, id)?;
        self.column_of(id, from)?;
        if *from != to && self.column_of(id, &to).is_ok() {
            return Err(SqlError::new(
                &rules::DUPLICATE_COLUMN,
                "001430",
                "42601",
                format!("SQL compilation error:\ncolumn '{to}' already exists"),
            ));
        }
        if let Some(relation) = self.relation_mut(id) {
            if let Some(access) = &mut relation.row_access {
                for column in access.columns.iter_mut().filter(|c| *c == from) {
                    *column = to.clone();
                }
            }
            for column in &mut relation.columns {
                if let Some(mask) = &mut column.masking {
                    for used in mask.using.iter_mut().filter(|c| *c == from) {
                        *used = to.clone();
                    }
                }
            }
        }
        if let Some(column) = self.column_mut(id, from) {
            column.name = to;
        }
        Ok(())
    }

    fn change_column(
        &mut self,
        session: &Session,
        active: &Active,
        id: Id,
        name: &Name,
        change: ColumnChange,
    ) -> Result<(), SqlError> {
        // A steward with a global APPLY privilege works on tables it does not own.
        let by_owner = !matches!(
            change,
            ColumnChange::SetMasking { .. }
                | ColumnChange::UnsetMasking
                | ColumnChange::SetTags(_)
                | ColumnChange::UnsetTags(_)
        );
        if by_owner {
            self.require_ownership(active, id)?;
        }
        let column = self.column_of(id, name)?.clone();
        match change {
            ColumnChange::SetMasking { masking, force } => {
                let policy = self.policy_to_set(
                    session,
                    active,
                    ObjectType::MaskingPolicy,
                    &masking.policy,
                    Some(id),
                )?;
                if column.masking.is_some() && !force {
                    return Err(SqlError::new(
                        &rules::MASKING_ONE_PER_COLUMN,
                        "003529",
                        "42601",
                        "SQL compilation error:\nSpecified column already attached to another \
                         masking policy. A column cannot be attached to multiple masking policies. \
                         Please drop the current association in order to attach a new masking \
                         policy.",
                    ));
                }
                let mask = ColumnMask {
                    policy,
                    using: masking.using,
                };
                if let Some(relation) = self.relation_of(id) {
                    self.check_mask(relation, &column, &mask)?;
                }
                if let Some(column) = self.column_mut(id, name) {
                    column.masking = Some(mask);
                }
            }
            ColumnChange::UnsetMasking => {
                if let Some(mask) = &column.masking {
                    self.may_apply(active, mask.policy, Some(id))?;
                }
                if let Some(column) = self.column_mut(id, name) {
                    column.masking = None;
                }
            }
            ColumnChange::SetTags(tags) => {
                let mut set = Vec::new();
                for tag in &tags {
                    set.push(self.tag_to_set(session, active, tag, Some(id))?);
                }
                let Some(mut relation) = self.relation_of(id).cloned() else {
                    return Ok(());
                };
                for column in relation.columns.iter_mut().filter(|c| c.name == *name) {
                    column.tags.extend(set.iter().cloned());
                }
                Self::check_column_tags(&relation)?;
                if let Some(old) = self.relation_mut(id) {
                    *old = relation;
                }
            }
            ColumnChange::UnsetTags(tags) => {
                let tags = self.tags_to_unset(session, active, &tags, id)?;
                if let Some(column) = self.column_mut(id, name) {
                    column.tags.retain(|tag, _| !tags.contains(tag));
                }
            }
            ColumnChange::Comment(text) => self.column_update(id, name, |c| c.comment = Some(text)),
            ColumnChange::UnsetComment => self.column_update(id, name, |c| c.comment = None),
            ColumnChange::SetNotNull => self.column_update(id, name, |c| c.not_null = true),
            ColumnChange::DropNotNull => self.column_update(id, name, |c| c.not_null = false),
            ColumnChange::DropDefault => self.column_update(id, name, |c| {
                c.default = None;
                c.default_text = None;
            }),
            ColumnChange::Type(data_type) => {
                if !may_change(&column.data_type, &data_type) {
                    return Err(SqlError::new(
                        &rules::UNKNOWN_TYPE,
                        "002108",
                        "22000",
                        format!(
                            "SQL compilation error:\ncannot change column {name} from type {} to {data_type}",
                            column.data_type
                        ),
                    ));
                }
                self.column_update(id, name, |c| c.data_type = data_type);
            }
        }
        Ok(())
    }

    fn column_update(&mut self, id: Id, name: &Name, update: impl FnOnce(&mut super::Column)) {
        if let Some(column) = self.column_mut(id, name) {
            update(column);
        }
    }

    fn add_row_access(
        &mut self,
        session: &Session,
        active: &Active,
        id: Id,
        reference: &RowAccessRef,
        instead_of: Option<&Path>,
    ) -> Result<(), SqlError> {
        let Some(relation) = self.relation_of(id).cloned() else {
            return Ok(());
        };
        let replaced = match instead_of {
            Some(path) => {
                Some(self.resolve(session, active, ObjectType::RowAccessPolicy, path, "DROP")?)
            }
            None => None,
        };
        let current = relation.row_access.as_ref().map(|a| a.policy);
        if current != replaced {
            return Err(match current {
                Some(_) => SqlError::new(
                    &rules::ROW_ACCESS_ONE,
                    "003549",
                    "23505",
                    format!(
                        "Object {} already has a ROW_ACCESS_POLICY. Only one ROW_ACCESS_POLICY is \
                         allowed at a time.",
                        self.get(id).map_or("", |o| o.name.as_str())
                    ),
                ),
                None => SqlError::missing(
                    "Row access policy",
                    dotted_raw(&instead_of.map(|p| p.0.clone()).unwrap_or_default()),
                ),
            });
        }
        let access = self.row_access_to_set(session, active, reference, &relation, Some(id))?;
        if let Some(relation) = self.relation_mut(id) {
            relation.row_access = Some(access);
        }
        Ok(())
    }

    fn drop_row_access(
        &mut self,
        active: &Active,
        id: Id,
        policy: Option<Id>,
    ) -> Result<(), SqlError> {
        let current = self
            .relation_of(id)
            .and_then(|r| r.row_access.as_ref())
            .map(|a| a.policy);
        match (current, policy) {
            (None, None) => return Ok(()),
            (Some(current), wanted) if wanted.is_none_or(|wanted| wanted == current) => {
                self.may_apply(active, current, Some(id))?;
            }
            _ => {
                return Err(SqlError::missing(
                    "Row access policy",
                    policy.map_or_else(String::new, |p| self.raw(p)),
                ));
            }
        }
        if let Some(relation) = self.relation_mut(id) {
            relation.row_access = None;
        }
        Ok(())
    }

    /// The value that new columns and omitted columns get.
    pub(crate) fn default_value(
        &self,
        session: &Session,
        column: &super::Column,
    ) -> Result<Value, SqlError> {
        match &column.default {
            None => Ok(Value::Null),
            Some(default) => {
                let value = self.constant(session, default)?;
                value.cast(&column.data_type).ok_or_else(|| {
                    SqlError::own(
                        &rules::ROW_SHAPE,
                        format!(
                            "the default of column '{}' is not of its type.",
                            column.name
                        ),
                    )
                })
            }
        }
    }

    /// What is stored of a setting, as text.
    pub(crate) fn setting_text(&self, id: Id, key: &str) -> Option<String> {
        self.get(id)?.settings.get(key).map(Setting::text)
    }
}

/// The type changes that ALTER TABLE allows: longer text, more digits before the point
/// (docs.snowflake.com/en/sql-reference/sql/alter-table-column).
fn may_change(from: &DataType, to: &DataType) -> bool {
    use super::super::types::Family;
    if from.family != to.family {
        return false;
    }
    match from.family {
        Family::Text | Family::Binary => to.size >= from.size,
        Family::Number => from.scale == to.scale,
        _ => from == to,
    }
}
