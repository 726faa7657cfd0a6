//! What one Snowflake cell knows: the physical names of what lies in it, and the primitives by
//! sort. Nothing here makes output.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::column::{self, type_of};
use super::levels::{Level, levels_of};
use super::relation::Relation;
use super::views;
use crate::address::Address;
use crate::artifact::sql::{InDatabase, InSchema, SqlIdent, SqlType};
use crate::artifact::{Effect, Origin, OriginRef};
use crate::cell::{CellId, DomainName};
use crate::ident::Name;
use crate::naming::{NameRequest, NameRule, Names, Scope};
use crate::primitive::{
    CellSet, Compute, Grant, Mask, Primitive, Principal, Share, Storage, View, ViewTable,
};
use crate::source::Span;

macro_rules! rules {
    ($($name:ident: $what:literal, $scope:ident;)*) => {
        $(const $name: NameRule = NameRule {
            what: $what,
            least: 1,
            most: 255,
            separator: Some('_'),
            // An unquoted name in a query means its upper-case form, so these can be written plain.
            upper: true,
            scope: Scope::$scope,
            source: "docs.snowflake.com/en/sql-reference/identifiers-syntax",
        };)*
    };
}

rules! {
    DATABASE: "a Snowflake database", World;
    WAREHOUSE: "a Snowflake warehouse", World;
    MONITOR: "a Snowflake resource monitor", World;
    SCHEMA: "a Snowflake schema", Cell;
    // Tables and views share one name space.
    RELATION: "a Snowflake table or view", Cell;
    POLICY: "a Snowflake masking policy", Cell;
    DATABASE_ROLE: "a Snowflake database role", Cell;
    SHARE: "a Snowflake share", World;
}

/// A domain's cell.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    /// The cell.
    pub cell: &'a CellSet,
    /// The domain.
    pub domain: &'a DomainName,
    span: Span,
    names: &'a Names,
}

macro_rules! each {
    ($(#[$doc:meta] $name:ident: $variant:ident;)*) => {
        $(#[$doc]
        pub(super) fn $name(self) -> impl Iterator<Item = &'a $variant> {
            each::<&'a $variant>(self.cell, |one| match one {
                Primitive::$variant(one) => Some(one),
                _ => None,
            })
        })*
    };
}

fn each<'a, T: 'a>(
    cell: &'a CellSet,
    pick: fn(&'a Primitive) -> Option<T>,
) -> impl Iterator<Item = T> {
    cell.primitives.iter().filter_map(pick)
}

impl<'a> Here<'a> {
    /// A domain's cell; nothing for what stands above domains, nor for what a domain left behind.
    pub(super) fn new(cell: &'a CellSet, names: &'a Names) -> Option<Self> {
        let domain = cell
            .domain
            .as_ref()
            .filter(|domain| cell.id.domain.as_ref() == Some(&domain.name))?;
        Some(Self {
            cell,
            domain: &domain.name,
            span: domain.span,
            names,
        })
    }

    each! {
        /// Tables.
        storages: Storage;
        /// Views of several tables.
        derived: View;
        /// What runs queries.
        computes: Compute;
        /// Groups.
        principals: Principal;
        /// Rights.
        grants: Grant;
        /// Hidden columns.
        masks: Mask;
        /// What somebody outside the mesh reads.
        shares: Share;
    }

    /// Why something exists that belongs to the whole domain.
    pub(super) fn origin(self, why: &str, effect: Effect) -> OriginRef {
        Arc::new(Origin {
            address: Address::domain(self.domain).in_env(&self.cell.id.env),
            span: self.span,
            maker: "domain",
            why: why.to_owned(),
            effect,
        })
    }

    fn name(self, owner: &Address, role: &str) -> SqlIdent {
        SqlIdent::known(self.names.get(&self.cell.id, owner, role))
    }

    /// The domain's database.
    pub(super) fn database(self) -> SqlIdent {
        self.name(&Address::domain(self.domain), "database")
    }

    /// The domain's warehouse.
    pub(super) fn warehouse(self) -> SqlIdent {
        self.name(&Address::domain(self.domain), "warehouse")
    }

    /// What watches the warehouse's credits.
    pub(super) fn monitor(self) -> SqlIdent {
        self.name(&Address::domain(self.domain), "resource-monitor")
    }

    /// The schema of one zone of a product.
    pub(super) fn schema(self, relation: Relation<'_>) -> InDatabase {
        [self.database(), self.name(relation.address, "schema")]
    }

    /// The share of a zone or port with an account.
    pub(super) fn share(self, relation: Relation<'_>, share: &Share) -> SqlIdent {
        self.name(relation.address, &share_name_role(share))
    }

    /// Something of a zone, by its role.
    pub(super) fn in_schema(self, relation: Relation<'_>, role: &str) -> InSchema {
        let [database, schema] = self.schema(relation);
        [database, schema, self.name(relation.address, role)]
    }

    /// The table of one zone of a product, or the view that it is.
    pub(super) fn table(self, relation: Relation<'_>) -> InSchema {
        self.in_schema(relation, relation.role())
    }

    /// What a view reads: a table of its own domain, or the view that another domain has made for it.
    pub(super) fn source(self, table: &ViewTable) -> InSchema {
        let domain = table.resource.domain.as_ref();
        let cell = CellId {
            domain: domain.cloned(),
            ..self.cell.id.clone()
        };
        let role = match &table.consumer {
            None => "table".to_owned(),
            Some(consumer) => views::agreement_role(&table.port, consumer),
        };
        let name =
            |owner: &Address, role: &str| SqlIdent::known(self.names.get(&cell, owner, role));
        [
            name(&domain.map(Address::domain).unwrap_or_default(), "database"),
            name(&table.resource, "schema"),
            name(&table.resource, &role),
        ]
    }

    /// A view of a zone.
    pub(super) fn view(self, relation: Relation<'_>, view: &views::View) -> InSchema {
        self.in_schema(relation, &view.role)
    }

    /// The database role that reads a view.
    pub(super) fn reader(self, relation: Relation<'_>, view: &views::View) -> InDatabase {
        [
            self.database(),
            self.name(relation.address, &format!("reader-{}", view.role)),
        ]
    }

    /// The masking policy of a zone for one label and type.
    pub(super) fn policy(
        self,
        relation: Relation<'_>,
        label: &Name,
        data_type: SqlType,
    ) -> InSchema {
        self.in_schema(relation, &policy_role(label, data_type))
    }

    /// The database role of a zone for one level.
    pub(super) fn level(self, relation: Relation<'_>, level: Level) -> InDatabase {
        [
            self.database(),
            self.name(relation.address, &level_role(level)),
        ]
    }

    /// A tag of the environment.
    pub(super) fn tag(self, key: &str) -> InSchema {
        tag(&self.cell.id, self.names, key)
    }

    /// Everything that has rows.
    pub(super) fn relations(self) -> impl Iterator<Item = Relation<'a>> {
        Relation::all(self.cell)
    }

    /// What has the rows of that address.
    pub(super) fn relation(self, address: &Address) -> Option<Relation<'a>> {
        self.relations()
            .find(|relation| relation.address == address)
    }

    /// The account role of a group; nothing for a group that this account does not know.
    pub(super) fn role(self, group: &Name) -> Option<&'a str> {
        self.principals()
            .find(|one| one.group == *group)
            .and_then(|one| one.identity.text("role"))
    }

    /// Whether some of a zone's columns are hidden from somebody.
    pub(super) fn is_masked(self, relation: Relation<'_>) -> bool {
        self.masks().any(|mask| mask.resource == *relation.address)
    }
}

/// A tag: all of an environment's lie in one database that stands above domains.
pub(super) fn tag(cell: &CellId, names: &Names, key: &str) -> InSchema {
    let [database, schema] = governance(cell, names);
    [
        database,
        schema,
        SqlIdent::known(&key.replace('-', "_").to_ascii_uppercase()),
    ]
}

/// The schema of the tags of an environment.
pub(super) fn governance(cell: &CellId, names: &Names) -> InDatabase {
    let above = CellId {
        domain: None,
        ..cell.clone()
    };
    let database = names.get(&above, &Address::default(), "database");
    [SqlIdent::known(database), SqlIdent::known("GOVERNANCE")]
}

fn policy_role(label: &Name, data_type: SqlType) -> String {
    format!("mask-{label}-{}", column::slug(data_type))
}

fn share_name_role(share: &Share) -> String {
    format!("share-{}-{}", share.port, share.account)
}

fn level_role(level: Level) -> String {
    format!("role-{}", level.word())
}

/// Every physical name that a cell needs.
pub(super) fn requests(cell: &CellSet) -> Vec<NameRequest> {
    let env = [cell.mesh.prefix.to_string(), cell.id.env.to_string()];
    let Some(domain) = &cell.domain else {
        let parts = env.into_iter().chain(["mesh".to_owned()]).collect();
        return vec![request(
            Address::default(),
            "database",
            parts,
            &DATABASE,
            cell.span,
        )];
    };
    if cell.id.domain.as_ref() != Some(&domain.name) {
        return Vec::new();
    }
    let whole = |role: &str, suffix: Option<&str>, rule| {
        let parts = env
            .iter()
            .cloned()
            .chain(domain.name.parts().chain(suffix).map(str::to_owned))
            .collect();
        request(
            Address::domain(&domain.name),
            role,
            parts,
            rule,
            domain.span,
        )
    };
    let mut all = vec![
        whole("database", None, &DATABASE),
        whole("warehouse", Some("wh"), &WAREHOUSE),
        whole("resource-monitor", Some("rm"), &MONITOR),
    ];
    for relation in Relation::all(cell) {
        all.extend(of_relation(cell, relation));
    }
    all
}

fn of_relation(cell: &CellSet, relation: Relation<'_>) -> Vec<NameRequest> {
    let mut product = vec![relation.product.to_string()];
    product.extend(relation.address.major.map(|major| format!("v{major}")));
    let parts = |more: &[String]| product.iter().chain(more).cloned().collect::<Vec<_>>();
    let zone = relation.zone.to_string();
    let ask = |role: &str, more: &[String], rule| {
        request(
            relation.address.clone(),
            role,
            parts(more),
            rule,
            relation.origin.span,
        )
    };
    let mut all = vec![
        ask("schema", std::slice::from_ref(&zone), &SCHEMA),
        ask(relation.role(), std::slice::from_ref(&zone), &RELATION),
    ];
    for view in views::of(cell, relation) {
        all.push(ask(&view.role, &view.parts, &RELATION));
        if view.shared {
            continue;
        }
        let reader: Vec<String> = view
            .parts
            .iter()
            .cloned()
            .chain(["read".to_owned()])
            .collect();
        all.push(ask(
            &format!("reader-{}", view.role),
            &reader,
            &DATABASE_ROLE,
        ));
    }
    let shares = each(cell, |one| match one {
        Primitive::Share(share) => Some(share),
        _ => None,
    });
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for share in shares.filter(|share| share.resource == *relation.address) {
        let domain = relation.address.domain.iter().flat_map(DomainName::parts);
        let mut parts = vec![cell.mesh.prefix.to_string(), cell.id.env.to_string()];
        parts.extend(domain.map(str::to_owned));
        parts.extend(product.iter().cloned());
        parts.push(share.port.to_string());
        parts.extend(views::account_parts(share));
        named.insert(share_name_role(share), parts);
    }
    all.extend(named.into_iter().map(|(role, parts)| {
        request(
            relation.address.clone(),
            &role,
            parts,
            &SHARE,
            relation.origin.span,
        )
    }));
    let masks = each(cell, |one| match one {
        Primitive::Mask(mask) => Some(mask),
        _ => None,
    });
    let mut policies: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mask in masks.filter(|mask| mask.resource == *relation.address) {
        for column in &mask.columns {
            let data_type = type_of(&column.logical);
            let parts = vec![
                zone.clone(),
                mask.label.to_string(),
                column::slug(data_type),
            ];
            policies.insert(policy_role(&mask.label, data_type), parts);
        }
    }
    all.extend(
        policies
            .iter()
            .map(|(role, parts)| ask(role, parts, &POLICY)),
    );
    let grants = each(cell, |one| match one {
        Primitive::Grant(grant) => Some(grant),
        _ => None,
    });
    for level in levels_of(relation, grants) {
        all.push(ask(
            &level_role(level),
            &[zone.clone(), level.word().to_owned()],
            &DATABASE_ROLE,
        ));
    }
    all
}

fn request(
    owner: Address,
    role: &str,
    parts: Vec<String>,
    rule: &'static NameRule,
    span: Span,
) -> NameRequest {
    NameRequest {
        owner,
        role: role.to_owned(),
        parts,
        rule,
        span,
    }
}
