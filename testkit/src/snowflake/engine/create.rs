//! CREATE: the object, its owner, the grants it is born with, and the session's new context.

use std::collections::{BTreeMap, BTreeSet};

use super::super::error::{SqlError, rules};
use super::super::name::{Name, dotted_raw};
use super::super::object::ObjectType;
use super::super::result::ResultSet;
use super::super::syntax::{
    ColumnDef, Create, Creation, Expr, Mode, PolicyDef, Query, SelectItem, Setting, Settings,
    ViewColumn,
};
use super::lookup::Place;
use super::{
    ACCOUNT, Account, Active, Body, Column, ColumnMask, Grant, Id, Policy, RESERVED_ROLES,
    Relation, RowAccess, Session,
};

/// What a CREATE that was found to be allowed will do.
enum Plan {
    /// IF NOT EXISTS found the object.
    Exists(String),
    New(Box<New>),
}

/// An object that can be created.
struct New {
    object: ObjectType,
    place: Place,
    /// What it replaces.
    existing: Option<Id>,
    body: Body,
    copy_grants: bool,
    tags: BTreeMap<Id, String>,
    settings: Settings,
}

impl Account {
    pub(super) fn create(
        &mut self,
        session: &mut Session,
        create: Create,
    ) -> Result<ResultSet, SqlError> {
        let active = self.active(session);
        // Only the primary role and what it inherits is searched for the privileges that a new
        // object needs (docs.snowflake.com/en/user-guide/security-access-control-overview).
        let own = Active {
            all: active.primary.clone(),
            ..active.clone()
        };
        let plan = match self.plan_create(session, &own, create.clone()) {
            Ok(plan) => plan,
            Err(error) => {
                let by_others = self.plan_create(session, &active, create).is_ok();
                return Err(if by_others {
                    SqlError {
                        rule: &rules::CREATE_BY_PRIMARY_ROLE,
                        ..error
                    }
                } else {
                    error
                });
            }
        };
        match plan {
            Plan::Exists(name) => Ok(ResultSet::status(format!(
                "{name} already exists, statement succeeded."
            ))),
            Plan::New(new) => Ok(self.build(session, active.role, *new)),
        }
    }

    /// Checks everything that a CREATE needs and says what it will do.
    fn plan_create(
        &self,
        session: &Session,
        active: &Active,
        create: Create,
    ) -> Result<Plan, SqlError> {
        let object = create.object;
        self.require_edition(object)?;
        let doing = format!("CREATE {object}");
        let place = self.place(session, active, object, &create.name, &doing)?;
        // The privilege is checked before the name: IF NOT EXISTS does not excuse it.
        self.may_create(active, object, &place)?;
        let existing = self.find(object, place.parent, &place.name);
        let reserved = object == ObjectType::Role && RESERVED_ROLES.contains(&place.name.as_str());
        if reserved {
            return Err(SqlError::own(
                &rules::SYSTEM_ROLE,
                format!("the role name '{}' is reserved.", place.name.as_str()),
            ));
        }
        if let Some(id) = existing {
            match create.mode {
                Mode::Plain => {
                    return Err(SqlError::exists(&rules::EXISTS, place.name.as_str()));
                }
                Mode::IfNotExists => {
                    return Ok(Plan::Exists(place.name.as_str().to_owned()));
                }
                Mode::OrReplace => self.may_replace(active, id, object)?,
            }
        }
        let transient = match &create.what {
            Creation::Database { transient }
            | Creation::Schema { transient, .. }
            | Creation::Table { transient, .. } => *transient,
            _ => false,
        } || place.parent.is_some_and(|parent| self.is_transient(parent));
        self.check_settings(object, transient, &create.settings)?;
        let propagates = create.settings.iter().any(|(key, _)| key == "PROPAGATE");
        if propagates && !self.holds(&active.all, "APPLY TAG", ACCOUNT) {
            return Err(self.insufficient(&rules::TAG_PROPAGATE, ACCOUNT));
        }
        let mut tags = BTreeMap::new();
        for tag in &create.tags {
            let (id, value) = self.tag_to_set(session, active, tag, None)?;
            tags.insert(id, value);
        }
        Self::check_tag_count(tags.len())?;
        let copy_tags = matches!(
            create.what,
            Creation::Table {
                copy_tags: true,
                ..
            } | Creation::View {
                copy_tags: true,
                ..
            }
        );
        let (mut body, copy_grants) =
            self.body(session, active, &place, create.what, &create.settings)?;
        if copy_tags && let Some(old) = existing.and_then(|id| self.get(id)) {
            tags.extend(old.tags.clone());
            copy_column_tags(&old.body, &mut body);
        }
        Ok(Plan::New(Box::new(New {
            object,
            place,
            existing,
            body,
            copy_grants,
            tags,
            settings: create.settings,
        })))
    }

    /// Carries a plan out; it can no longer fail.
    fn build(&mut self, session: &mut Session, owner: Option<Id>, new: New) -> ResultSet {
        let New {
            object,
            place,
            existing,
            body,
            copy_grants,
            tags,
            settings,
        } = new;
        let copied = match existing {
            Some(old) => {
                let copied = if copy_grants {
                    self.outbound(old)
                } else {
                    Vec::new()
                };
                self.remove(old);
                copied
            }
            None => Vec::new(),
        };
        let id = self.add(object, place.name.clone(), place.parent, owner, body);
        let by = self.get(id).and_then(|o| o.owner);
        if let Some(created) = self.objects.get_mut(&id) {
            created.tags = tags;
            for (key, value) in settings {
                match (key.as_str(), &value) {
                    ("COMMENT", Setting::Text(text)) => created.comment.clone_from(text),
                    _ => {
                        created.settings.insert(key, value);
                    }
                }
            }
        }
        if copy_grants {
            for (to, grant) in copied {
                self.put_grant(to, &grant.privilege, id, grant.option, by);
            }
        } else {
            self.apply_future_grants(id);
        }
        self.settle(session, id, object);
        ResultSet::status(format!(
            "{} {} successfully created.",
            object.capitalised(),
            place.name.as_str()
        ))
    }

    fn is_transient(&self, id: Id) -> bool {
        matches!(
            self.get(id).map(|o| &o.body),
            Some(
                Body::Database { transient: true }
                    | Body::Schema {
                        transient: true,
                        ..
                    }
            )
        )
    }

    /// The privilege that each CREATE page lists.
    fn may_create(
        &self,
        active: &Active,
        object: ObjectType,
        place: &Place,
    ) -> Result<(), SqlError> {
        if active.role.is_none() {
            return Err(self.insufficient(&rules::CREATE_BY_PRIMARY_ROLE, ACCOUNT));
        }
        if object == ObjectType::ResourceMonitor {
            // There is no privilege for it (docs.snowflake.com/en/user-guide/resource-monitors).
            if active.primary.contains(&self.system_role("ACCOUNTADMIN")) {
                return Ok(());
            }
            return Err(self.insufficient(&rules::RESOURCE_MONITOR_ADMIN, ACCOUNT));
        }
        let privilege = format!("CREATE {object}");
        self.require_create(active, &privilege, Self::container(place.parent))
    }

    /// Refuses OR REPLACE of what may not be dropped.
    fn may_replace(&self, active: &Active, id: Id, object: ObjectType) -> Result<(), SqlError> {
        if self.is_system_role(id) {
            return Err(SqlError::exists(
                &rules::SYSTEM_ROLE,
                self.get(id).map_or("", |o| o.name.as_str()),
            ));
        }
        if !self.owned_by(&active.all, id) {
            return Err(self.insufficient(&rules::REPLACE_NEEDS_OWNERSHIP, id));
        }
        let actual = self.get(id).map_or(object, |o| o.kind);
        if actual != object {
            // A table does not replace a view nor the other way round.
            return Err(SqlError::exists(
                &rules::EXISTS,
                self.get(id).map_or("", |o| o.name.as_str()),
            ));
        }
        self.may_vanish(id)
    }

    /// Grants on an object, as COPY GRANTS copies them.
    pub(crate) fn outbound(&self, id: Id) -> Vec<(Id, Grant)> {
        self.grants
            .iter()
            .flat_map(|(to, list)| list.iter().map(move |grant| (*to, grant.clone())))
            .filter(|(_, grant)| grant.on == id)
            .collect()
    }

    /// What an object is made of; also whether grants of a replaced one are copied.
    fn body(
        &self,
        session: &Session,
        active: &Active,
        place: &Place,
        what: Creation,
        settings: &[(String, Setting)],
    ) -> Result<(Body, bool), SqlError> {
        let body = match what {
            Creation::Database { transient } => Body::Database { transient },
            Creation::Schema { transient, managed } => Body::Schema { transient, managed },
            Creation::Table {
                transient,
                columns,
                primary_key,
                row_access,
                copy_grants,
                copy_tags: _,
                query,
            } => {
                let (relation, rows) = self.table_relation(
                    session,
                    active,
                    &columns,
                    &primary_key,
                    row_access.as_ref(),
                    query.as_ref(),
                )?;
                return Ok((
                    Body::Table {
                        transient,
                        relation,
                        rows,
                    },
                    copy_grants,
                ));
            }
            Creation::View {
                secure,
                columns,
                row_access,
                copy_grants,
                copy_tags: _,
                query,
                text,
            } => {
                let home = Session {
                    database: place.parent.and_then(|schema| self.database_of(schema)),
                    schema: place.parent,
                    ..session.clone()
                };
                let mut relation = self.view_relation(session, &home, active, &columns, &query)?;
                if let Some(reference) = &row_access {
                    relation.row_access =
                        Some(self.row_access_to_set(session, active, reference, &relation, None)?);
                }
                self.check_relation(&relation)?;
                let reads = self.reads(&home, active, &query)?;
                self.check_view(&text, &reads)?;
                return Ok((
                    Body::View {
                        secure,
                        relation,
                        query: Box::new(query),
                        text,
                        reads,
                    },
                    copy_grants,
                ));
            }
            Creation::Warehouse => Body::Warehouse {
                // A warehouse starts unless INITIALLY_SUSPENDED says otherwise.
                suspended: settings
                    .iter()
                    .any(|(k, v)| k == "INITIALLY_SUSPENDED" && v.text() == "TRUE"),
                monitor: self.monitor_setting(session, active, settings)?,
            },
            Creation::ResourceMonitor { triggers } => {
                Self::check_triggers(&triggers)?;
                Body::Monitor { triggers }
            }
            Creation::NetworkPolicy | Creation::Role | Creation::DatabaseRole | Creation::User => {
                Body::Plain
            }
            Creation::Share => Body::Share {
                accounts: Vec::new(),
            },
            Creation::Tag { allowed } => {
                Self::check_allowed_values(allowed.as_deref())?;
                Body::Tag {
                    allowed,
                    policies: Vec::new(),
                }
            }
            Creation::MaskingPolicy(definition) => {
                self.check_masking_policy(&definition)?;
                Body::Policy(Self::policy(definition, settings))
            }
            Creation::RowAccessPolicy(definition) => {
                self.check_row_access_policy(&definition)?;
                Body::Policy(Self::policy(definition, settings))
            }
        };
        Ok((body, false))
    }

    fn policy(definition: PolicyDef, settings: &[(String, Setting)]) -> Policy {
        Policy {
            arguments: definition.arguments,
            returns: definition.returns,
            body: definition.body,
            text: definition.text,
            exempt: settings
                .iter()
                .any(|(k, v)| k == "EXEMPT_OTHER_POLICIES" && v.text() == "TRUE"),
        }
    }

    /// The monitor that `RESOURCE_MONITOR` names; only account administrators may assign one.
    pub(crate) fn monitor_setting(
        &self,
        session: &Session,
        active: &Active,
        settings: &[(String, Setting)],
    ) -> Result<Option<Id>, SqlError> {
        let Some((_, value)) = settings.iter().find(|(k, _)| k == "RESOURCE_MONITOR") else {
            return Ok(None);
        };
        if !active.all.contains(&self.system_role("ACCOUNTADMIN")) {
            return Err(SqlError::insufficient(
                &rules::RESOURCE_MONITOR_ADMIN,
                "resource monitor",
                value.text(),
            ));
        }
        if value.text() == "NULL" {
            return Ok(None);
        }
        let path = super::super::syntax::Path(vec![Name::exact(value.text())]);
        self.resolve(session, active, ObjectType::ResourceMonitor, &path, "SET")
            .map(Some)
    }

    fn table_relation(
        &self,
        session: &Session,
        active: &Active,
        columns: &[ColumnDef],
        primary_key: &[Name],
        row_access: Option<&super::super::syntax::RowAccessRef>,
        query: Option<&Query>,
    ) -> Result<(Relation, Vec<Vec<super::Value>>), SqlError> {
        let mut relation = Relation::default();
        for definition in columns {
            relation
                .columns
                .push(self.build_column(session, active, definition)?);
        }
        let mut rows = Vec::new();
        if let Some(query) = query {
            let output = self.run(session, active, query)?;
            if relation.columns.is_empty() {
                for (name, data_type) in output.columns {
                    relation.columns.push(plain_column(name, data_type));
                }
            } else if relation.columns.len() != output.columns.len() {
                return Err(SqlError::compilation(
                    &rules::VIEW_COLUMNS,
                    "Invalid column definition list.",
                ));
            }
            rows = output.rows;
        }
        for key in primary_key {
            let column = relation.columns.iter_mut().find(|c| c.name == *key);
            match column {
                Some(column) => {
                    column.primary_key = true;
                    column.not_null = true;
                }
                None => {
                    return Err(SqlError::new(
                        &rules::UNKNOWN_COLUMN,
                        "000904",
                        "42000",
                        format!("SQL compilation error:\ninvalid identifier '{key}'"),
                    ));
                }
            }
        }
        if let Some(reference) = row_access {
            relation.row_access =
                Some(self.row_access_to_set(session, active, reference, &relation, None)?);
        }
        self.check_relation(&relation)?;
        Ok((relation, rows))
    }

    fn view_relation(
        &self,
        session: &Session,
        home: &Session,
        active: &Active,
        columns: &[ViewColumn],
        query: &Query,
    ) -> Result<Relation, SqlError> {
        if columns.is_empty() && has_nameless_column(query) {
            return Err(SqlError::own(
                &rules::VIEW_COLUMN_NAMES,
                "a column of the view that is an expression has no name.",
            ));
        }
        let output = self.describe_query(home, active, query)?;
        if !columns.is_empty() && columns.len() != output.len() {
            return Err(SqlError::compilation(
                &rules::VIEW_COLUMNS,
                "Invalid column definition list.",
            ));
        }
        let mut relation = Relation::default();
        for (at, (name, data_type)) in output.into_iter().enumerate() {
            let mut column = plain_column(name, data_type);
            if let Some(named) = columns.get(at) {
                column.name = named.name.clone();
                column.comment.clone_from(&named.comment);
                for tag in &named.tags {
                    let (id, value) = self.tag_to_set(session, active, tag, None)?;
                    column.tags.insert(id, value);
                }
                if let Some(masking) = &named.masking {
                    let policy = self.policy_to_set(
                        session,
                        active,
                        ObjectType::MaskingPolicy,
                        &masking.policy,
                        None,
                    )?;
                    column.masking = Some(ColumnMask {
                        policy,
                        using: masking.using.clone(),
                    });
                }
            }
            relation.columns.push(column);
        }
        Ok(relation)
    }

    /// Limits of a view's definition (docs.snowflake.com/en/sql-reference/sql/create-view#usage-notes).
    fn check_view(&self, text: &str, reads: &BTreeSet<Id>) -> Result<(), SqlError> {
        const MAX_TEXT: usize = 1024 * 1024;
        const MAX_NESTING: usize = 20;
        if text.len() > MAX_TEXT {
            return Err(SqlError::own(
                &rules::VIEW_LIMITS,
                "a view's definition has at most 1 MB.",
            ));
        }
        let mut level = reads.clone();
        for _ in 0..MAX_NESTING {
            if level.is_empty() {
                return Ok(());
            }
            level = level
                .iter()
                .filter_map(|id| match &self.get(*id)?.body {
                    Body::View { reads, .. } => Some(reads),
                    _ => None,
                })
                .flatten()
                .copied()
                .collect();
        }
        if level.is_empty() {
            return Ok(());
        }
        Err(SqlError::own(
            &rules::VIEW_LIMITS,
            format!("views are nested at most {MAX_NESTING} levels deep."),
        ))
    }

    /// What comes with a new object, and what the session has in use afterwards.
    fn settle(&mut self, session: &mut Session, id: Id, object: ObjectType) {
        match object {
            ObjectType::Database => {
                let owner = self.get(id).and_then(|o| o.owner);
                let body = Body::Schema {
                    transient: self.is_transient(id),
                    managed: false,
                };
                let public = self.add(
                    ObjectType::Schema,
                    Name::exact("PUBLIC"),
                    Some(id),
                    owner,
                    body,
                );
                session.database = Some(id);
                session.schema = Some(public);
            }
            ObjectType::Schema => {
                session.database = self.database_of(id);
                session.schema = Some(id);
            }
            ObjectType::Warehouse => session.warehouse = Some(id),
            ObjectType::DatabaseRole => {
                // A database role is born with USAGE on its database
                // (docs.snowflake.com/en/user-guide/data-sharing-provider).
                if let Some(database) = self.database_of(id) {
                    let owner = self.get(database).and_then(|o| o.owner);
                    self.put_grant(id, "USAGE", database, false, owner);
                }
            }
            _ => {}
        }
    }

    /// Future grants of the schema, or of the database where the schema has none of this type.
    fn apply_future_grants(&mut self, id: Id) {
        let Some(object) = self.get(id).cloned() else {
            return;
        };
        let Some(parent) = object.parent else { return };
        let applies = |container: Id| {
            self.future
                .iter()
                .filter(|f| f.container == container && f.kind == object.kind)
                .cloned()
                .collect::<Vec<_>>()
        };
        let mut grants = applies(parent);
        let from_schema = !grants.is_empty();
        if !from_schema && let Some(database) = self.database_of(id) {
            grants = applies(database);
        }
        // OWNERSHIP from the database level does not reach managed access schemas.
        let managed = self.managed_schema_of(id).is_some();
        for grant in grants {
            if grant.privilege == "OWNERSHIP" {
                if (from_schema || !managed)
                    && let Some(object) = self.objects.get_mut(&id)
                {
                    object.owner = Some(grant.to);
                }
                continue;
            }
            let by = self.get(id).and_then(|o| o.owner);
            self.put_grant(grant.to, &grant.privilege, id, grant.grant_option, by);
        }
    }

    /// The row access policy to set, its columns checked against the signature.
    pub(crate) fn row_access_to_set(
        &self,
        session: &Session,
        active: &Active,
        reference: &super::super::syntax::RowAccessRef,
        relation: &Relation,
        on: Option<Id>,
    ) -> Result<RowAccess, SqlError> {
        let policy = self.policy_to_set(
            session,
            active,
            ObjectType::RowAccessPolicy,
            &reference.policy,
            on,
        )?;
        let access = RowAccess {
            policy,
            columns: reference.columns.clone(),
        };
        self.check_row_access(relation, &access)?;
        Ok(access)
    }

    /// The dotted, unquoted name of an object for messages.
    pub(crate) fn raw(&self, id: Id) -> String {
        dotted_raw(&self.path(id))
    }
}

/// Whether a query has a column that is more than a column's name and has no alias.
fn has_nameless_column(query: &Query) -> bool {
    query.first.items.iter().any(|item| {
        matches!(
            item,
            SelectItem::Expr { expr, alias: None, .. } if !matches!(expr, Expr::Column(_))
        )
    })
}

/// COPY TAGS: columns that keep their name and type keep their tags, over those of the statement
/// (docs.snowflake.com/en/sql-reference/sql/create-view#usage-notes).
fn copy_column_tags(from: &Body, to: &mut Body) {
    let (
        Body::Table { relation: old, .. } | Body::View { relation: old, .. },
        Body::Table { relation: new, .. } | Body::View { relation: new, .. },
    ) = (from, to)
    else {
        return;
    };
    for column in &mut new.columns {
        let kept = old
            .columns
            .iter()
            .find(|c| c.name == column.name && c.data_type == column.data_type);
        if let Some(kept) = kept {
            column.tags.extend(kept.tags.clone());
        }
    }
}

pub(super) fn plain_column(name: Name, data_type: super::super::types::DataType) -> Column {
    Column {
        name,
        data_type,
        not_null: false,
        primary_key: false,
        default: None,
        default_text: None,
        comment: None,
        masking: None,
        tags: BTreeMap::new(),
    }
}
