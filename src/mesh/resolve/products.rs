//! Products: their columns, ports, layers, bounds, and the access that their own domain gives.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::blueprint::decode::listed;
use crate::blueprint::tree::access::{AccessDecl, RowsDecl};
use crate::blueprint::tree::domain::{CellDecl, DomainFile};
use crate::blueprint::tree::product::{ColumnDecl, OutputDecl, ProductDecl};
use crate::cell::{DomainName, TargetId};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::ident::Name;
use crate::mesh::capability::Capability;
use crate::mesh::governance::{Defaults, Layer};
use crate::mesh::rows::{RowValue, Rows};
use crate::mesh::{Column, Domain, Port, Product, Right, Status, Via};
use crate::source::Spanned;

use super::{Shared, domains, given_twice, layers};

/// Resolves the products of one domain.
pub(super) fn resolve(
    file: &DomainFile,
    domain: &Domain,
    defaults: &BTreeMap<Name, Defaults>,
    shared: &Shared<'_>,
    kinds: &[&str],
    out: &mut Diagnostics,
) -> Vec<Product> {
    let mut products: Vec<Product> = Vec::new();
    for declared in &file.products {
        let twin = products.iter().find(|other| {
            other.name.value == declared.name.value && other.version.major == declared.version.major
        });
        if let Some(first) = twin {
            out.push(
                given_twice(
                    "product",
                    declared.name.as_str(),
                    declared.name.span,
                    first.name.span,
                )
                .help("two versions of a product differ in their major version"),
            );
            continue;
        }
        let several = file
            .products
            .iter()
            .filter(|other| other.name.value == declared.name.value)
            .count()
            > 1;
        let mut cx = Cx {
            declared,
            cells: &file.cells,
            domain,
            shared,
            out,
        };
        products.push(cx.product(several, defaults, kinds));
    }
    products
}

struct Cx<'a, 'm> {
    declared: &'a ProductDecl,
    cells: &'a [CellDecl],
    domain: &'a Domain,
    shared: &'a Shared<'m>,
    out: &'a mut Diagnostics,
}

impl Cx<'_, '_> {
    fn product(
        &mut self,
        several: bool,
        defaults: &BTreeMap<Name, Defaults>,
        kinds: &[&str],
    ) -> Product {
        let declared = self.declared;
        let mut address = Address::product(&self.domain.name.value, &declared.name.value);
        address.major = several.then_some(declared.version.major);
        self.kind(kinds);
        self.label(&declared.classification);
        let zones = self.zones();
        let columns = self.columns();
        let ports = self.ports(&zones, &columns);
        let mut product = Product {
            address,
            name: declared.name.clone(),
            title: declared.title.as_ref().map(|title| title.value.clone()),
            description: declared.description.as_ref().map(|text| text.value.clone()),
            kind: declared.kind.clone(),
            version: declared.version,
            status: self.status(),
            was: declared.was.clone(),
            classification: declared.classification.clone(),
            retention: declared.retention,
            archive_after: declared.archive_after,
            targets: declared.targets.iter().map(|target| target.value).collect(),
            region: declared.region.clone(),
            zones,
            partition_by: self.partitions(&columns),
            columns,
            sla: declared.sla.clone(),
            inputs: declared.inputs.clone(),
            ports,
            rights: Vec::new(),
            shares: Vec::new(),
            existing: BTreeMap::new(),
            defaults: self.defaults(defaults),
            options: declared.options,
            span: declared.span,
        };
        self.existing(&mut product);
        self.bounds(&product);
        self.places();
        product.rights = self.rights(&product);
        product
    }

    fn kind(&mut self, kinds: &[&str]) {
        let kind = &self.declared.kind;
        if !kinds.contains(&kind.as_str()) {
            let message = format!("`{}` is not a kind of product", kind.value);
            let problem = Diagnostic::new(code::UNKNOWN_KIND, kind.span, message)
                .did_you_mean(kind, kinds.iter().copied());
            self.out
                .push(problem.help(format!("the kinds are {}", listed(kinds.iter().copied()))));
        }
    }

    fn label(&mut self, label: &Spanned<Name>) -> Option<usize> {
        let rank = self.shared.labels.rank(label);
        if rank.is_none() && !self.shared.labels.0.is_empty() {
            self.out
                .push(layers::unknown_label(label, &self.shared.labels));
        }
        rank
    }

    fn status(&mut self) -> Status {
        let own = match self.declared.status.map(|status| status.value) {
            Some("deprecated") => Status::Deprecated,
            Some("retired") => Status::Retired,
            Some("destroyed") => Status::Destroyed,
            _ => Status::Active,
        };
        if self.domain.retired {
            own.max(Status::Retired)
        } else {
            own
        }
    }

    /// A product without zones has one, so that every later stage can rely on it.
    fn zones(&self) -> Vec<Spanned<Name>> {
        if !self.declared.zones.is_empty() {
            return self.declared.zones.clone();
        }
        let only = if self.declared.kind.value == "stream" {
            "live"
        } else {
            "curated"
        };
        Name::parse(only)
            .map(|name| vec![Spanned::new(name, self.declared.name.span)])
            .unwrap_or_default()
    }

    fn columns(&mut self) -> Vec<Column> {
        let own_rank = self.shared.labels.rank(&self.declared.classification);
        let mut columns: Vec<Column> = Vec::new();
        for declared in &self.declared.columns {
            if let Some(first) = columns
                .iter()
                .find(|other| other.name.value == declared.name.value)
            {
                self.out.push(given_twice(
                    "column",
                    &declared.name,
                    declared.name.span,
                    first.name.span,
                ));
                continue;
            }
            let label = self.column_label(declared, own_rank);
            columns.push(Column {
                name: declared.name.clone(),
                logical: declared.kind.value.clone(),
                key: declared.key,
                required: declared.required,
                classification: label,
                from: None,
                description: declared.description.as_ref().map(|text| text.value.clone()),
            });
        }
        columns
    }

    fn column_label(&mut self, declared: &ColumnDecl, own_rank: Option<usize>) -> Name {
        let Some(label) = &declared.classification else {
            return self.declared.classification.value.clone();
        };
        if let (Some(rank), Some(own)) = (self.label(label), own_rank)
            && rank < own
        {
            let message = format!(
                "column `{}` is labelled `{}`, below its product's `{}`",
                declared.name.value, label.value, self.declared.classification.value
            );
            let problem = Diagnostic::new(code::CLASSIFICATION_LOWERED, label.span, message)
                .label(self.declared.classification.span, "the product's label");
            self.out.push(problem.help("a column may be labelled stricter than its product, never weaker; lower the product's label and raise the other columns'"));
        }
        label.value.clone()
    }

    fn ports(&mut self, zones: &[Spanned<Name>], columns: &[Column]) -> Vec<Port> {
        let mut ports: Vec<Port> = Vec::new();
        for output in &self.declared.outputs {
            if let Some(zone) = zones.iter().find(|zone| zone.value == output.name.value) {
                let message = format!("the port `{}` is named like a zone", output.name.value);
                let problem =
                    Diagnostic::new(code::PORT_NAMED_LIKE_ZONE, output.name.span, message)
                        .label(zone.span, "the zone");
                self.out.push(problem.help(
                    "zones and ports share one namespace, since addresses name either; rename one",
                ));
            } else if let Some(first) = ports
                .iter()
                .find(|port| port.name.value == output.name.value)
            {
                self.out.push(given_twice(
                    "port",
                    output.name.as_str(),
                    output.name.span,
                    first.name.span,
                ));
            } else if self.port_is_right(output, zones, columns) {
                ports.push(Port {
                    name: output.name.clone(),
                    zone: output.zone.value.clone(),
                    columns: names_or_all(&output.columns),
                    description: output.description.as_ref().map(|text| text.value.clone()),
                    sunset: output.sunset.map(|day| day.value),
                });
            }
        }
        ports
    }

    fn port_is_right(
        &mut self,
        output: &OutputDecl,
        zones: &[Spanned<Name>],
        columns: &[Column],
    ) -> bool {
        let zone_known = zones.iter().any(|zone| zone.value == output.zone.value);
        if !zone_known {
            let names = || zones.iter().map(|zone| zone.as_str());
            let message = format!("the product has no zone `{}`", output.zone.value);
            let problem = Diagnostic::new(code::UNKNOWN_PORT, output.zone.span, message)
                .did_you_mean(output.zone.as_str(), names())
                .label(self.declared.name.span, "the product");
            self.out
                .push(problem.help(format!("its zones are {}", listed(names()))));
        }
        self.columns_known(&output.columns, columns) && zone_known
    }

    fn columns_known(&mut self, names: &[Spanned<String>], columns: &[Column]) -> bool {
        let mut all = true;
        for name in names {
            if !columns.iter().any(|column| column.name.value == name.value) {
                all = false;
                self.out
                    .push(unknown_column(name, columns, self.declared.name.span));
            }
        }
        all
    }

    fn partitions(&mut self, columns: &[Column]) -> Vec<String> {
        self.columns_known(&self.declared.partition_by, columns);
        let own = self.shared.labels.rank(&self.declared.classification);
        for name in &self.declared.partition_by {
            let column = columns
                .iter()
                .find(|column| column.name.value == name.value);
            if let Some(column) = column
                && self.shared.labels.rank(&column.classification) > own
            {
                let message = format!(
                    "`{}` is labelled `{}` and would stand in clear in every object's name",
                    name.value, column.classification
                );
                let problem = Diagnostic::new(code::PARTITION_COLUMN_SENSITIVE, name.span, message)
                    .label(column.name.span, "the column");
                self.out.push(
                    problem.help(
                        "partition by a column that is not labelled stricter than the product",
                    ),
                );
            }
        }
        self.declared
            .partition_by
            .iter()
            .map(|name| name.value.clone())
            .collect()
    }

    fn defaults(&self, below: &BTreeMap<Name, Defaults>) -> BTreeMap<Name, Defaults> {
        let layer = Layer::Product(self.declared.name.value.clone());
        let mut defaults = below.clone();
        for env in defaults.values_mut() {
            layers::set_defaults(env, &self.declared.defaults, &layer);
        }
        defaults
    }

    fn existing(&mut self, product: &mut Product) {
        for existing in &self.declared.existing {
            if self.shared.environment(&existing.env, self.out) {
                product.existing.insert(
                    (existing.env.value.clone(), existing.target),
                    existing.settings.clone(),
                );
            }
        }
    }

    /// The archive age against the governance of every environment it lies in. Retention and region
    /// are the policy suite's business, which sees the finished model.
    fn bounds(&mut self, product: &Product) {
        let environments: BTreeSet<&Name> = self
            .domain
            .cells
            .keys()
            .filter(|(_, target)| product.targets.contains(target))
            .map(|(env, _)| env)
            .collect();
        for env in environments {
            let Some(governance) = self.domain.governance.get(env) else {
                continue;
            };
            self.archive(product, governance);
        }
    }

    fn archive(&mut self, product: &Product, governance: &crate::mesh::governance::Governance) {
        let Some(archive) = product.archive_after else {
            return;
        };
        if let Some(latest) = governance
            .archive_after
            .as_ref()
            .filter(|latest| archive.value > latest.value)
        {
            let message = format!(
                "data is archived after {}, the latest allowed is {}",
                archive.value, latest.value
            );
            let mut problem = Diagnostic::new(code::ARCHIVE_TOO_LATE, archive.span, message);
            if let Some(span) = latest.span() {
                problem = problem.label(span, "the latest allowed");
            }
            self.out
                .push(problem.help(format!("write at most `{}`", latest.value)));
        }
        if let Some(retention) = product
            .retention
            .filter(|retention| archive.value >= retention.value)
        {
            let message = format!(
                "data would be archived after {} but is deleted after {}",
                archive.value, retention.value
            );
            self.out.push(
                Diagnostic::new(code::ARCHIVED_AFTER_EXPIRY, archive.span, message)
                    .label(retention.span, "deleted then")
                    .help("archive it earlier, keep it longer, or leave `archive-after` out"),
            );
        }
    }

    /// Every target needs a cell in at least one environment, and the cloud needs settings.
    fn places(&mut self) {
        for target in &self.declared.targets {
            if !self
                .shared
                .mesh
                .clouds
                .iter()
                .any(|(cloud, _)| *cloud == target.value)
            {
                // The domain's own cell there has been reported, and says the same.
                if self.declares_cell(target.value) {
                    continue;
                }
                let message = format!("the mesh does not use {}", target.value);
                let problem = Diagnostic::new(code::CLOUD_WITHOUT_SETTINGS, target.span, message);
                self.out
                    .push(problem.help(format!("add `{}` to `clouds` in mesh.yaml", target.value)));
            } else if !self
                .domain
                .cells
                .keys()
                .any(|(_, cell)| *cell == target.value)
            {
                let message = format!(
                    "domain `{}` has no cell on {}",
                    self.domain.name.value, target.value
                );
                let problem = Diagnostic::new(code::MISSING_CELL, target.span, message)
                    .label(self.domain.name.span, "the domain");
                self.out.push(problem.help(format!(
                    "add `{}` to its `cells`, per environment",
                    target.value
                )));
            }
        }
    }

    fn declares_cell(&self, target: TargetId) -> bool {
        self.cells.iter().any(|cell| cell.target == target)
    }

    fn rights(&mut self, product: &Product) -> Vec<Right> {
        if product.status >= Status::Retired {
            return Vec::new();
        }
        let mut rights = self.domain_rights(product);
        for access in &self.declared.access {
            rights.extend(self.access_rights(access, product));
        }
        rights
    }

    /// The domain's owner owns, its steward stewards: nobody has to write that down per product.
    fn domain_rights(&self, product: &Product) -> Vec<Right> {
        let owner = Some((&self.domain.owner, Capability::Own));
        let steward = self
            .domain
            .steward
            .as_ref()
            .map(|steward| (steward, Capability::Steward));
        let mut rights = Vec::new();
        for (group, capability) in owner.into_iter().chain(steward) {
            rights.extend(product.zones.iter().map(|zone| Right {
                group: group.value.clone(),
                can: BTreeSet::from([capability]),
                port: zone.value.clone(),
                columns: None,
                rows: Rows::default(),
                until: None,
                env: None,
                targets: product.targets.clone(),
                via: Via::Domain,
                span: group.span,
            }));
        }
        rights
    }

    fn access_rights(&mut self, access: &AccessDecl, product: &Product) -> Vec<Right> {
        let targets = self.access_targets(access, product);
        if self.shared.group(&access.group, self.out) {
            self.identity(&access.group, &targets);
        }
        let can: BTreeSet<Capability> = access
            .can
            .iter()
            .filter_map(|word| Capability::parse(word))
            .collect();
        let reads = can.contains(&Capability::Read) || can.contains(&Capability::Own);
        if can.contains(&Capability::Unmask) && !reads {
            let span = access
                .can
                .iter()
                .find(|word| word.value == "unmask")
                .map_or(access.span, |word| word.span);
            let message = format!("`{}` may unmask but not read", access.group.value);
            self.out.push(
                Diagnostic::new(code::UNMASK_WITHOUT_READ, span, message)
                    .help("add `read`, or remove `unmask`"),
            );
        }
        self.columns_known(&access.columns, &product.columns);
        let rows = rows(&access.rows, product, self.out);
        if let (false, Some((column, _))) = (reads, access.rows.first()) {
            let message = format!(
                "`{}` may read no rows, so `rows` says nothing",
                access.group.value
            );
            let problem = Diagnostic::new(code::ROWS_WITHOUT_READ, column.span, message);
            self.out.push(problem.help("add `read`, or remove `rows`"));
        }
        let ports: Vec<&Name> = if access.on.is_empty() {
            product.zones.iter().map(|zone| &zone.value).collect()
        } else {
            access.on.iter().map(|port| &port.value).collect()
        };
        for port in access
            .on
            .iter()
            .filter(|port| product.port(port.as_str()).is_none())
        {
            self.out
                .push(domains::unknown_port(&port.value, port.span, product));
        }
        ports
            .into_iter()
            .map(|port| Right {
                group: access.group.value.clone(),
                can: can.clone(),
                port: port.clone(),
                columns: names_or_all(&access.columns),
                rows: rows.clone(),
                until: access.until,
                env: None,
                targets: targets.clone(),
                via: Via::Access,
                span: access.span,
            })
            .collect()
    }

    /// The clouds on which an entry counts: those it names, or the product's.
    fn access_targets(&mut self, access: &AccessDecl, product: &Product) -> BTreeSet<TargetId> {
        if access.targets.is_empty() {
            return product.targets.clone();
        }
        for target in &access.targets {
            check_target(**target, target.span, product, self.out);
        }
        access.targets.iter().map(|target| target.value).collect()
    }

    fn identity(&mut self, group: &Spanned<Name>, targets: &BTreeSet<TargetId>) {
        // A cloud without a cell is reported as such; nobody needs an identity there.
        let used = |target: &TargetId| self.domain.cells.keys().any(|(_, cell)| cell == target);
        for target in targets.iter().filter(|target| used(target)) {
            check_identity(self.shared, group, *target, self.out);
        }
    }
}

/// Reports a cloud that a right names although the product does not lie there.
pub(super) fn check_target(
    target: TargetId,
    span: crate::source::Span,
    product: &Product,
    out: &mut Diagnostics,
) -> bool {
    let lies = product.targets.contains(&target);
    if !lies {
        let message = format!("`{}` does not lie on {target}", product.address);
        let names = product.targets.iter().map(|target| target.as_str());
        out.push(
            Diagnostic::new(code::RIGHT_ELSEWHERE, span, message)
                .label(product.name.span, "the product")
                .help(format!("it lies on {}", listed(names))),
        );
    }
    lies
}

/// Reports a group that cannot be named on a cloud where it is given something.
pub(super) fn check_identity(
    shared: &Shared<'_>,
    group: &Spanned<Name>,
    target: TargetId,
    out: &mut Diagnostics,
) {
    let Some(found) = shared.groups.get(&group.value) else {
        return;
    };
    if !found.identities.contains_key(&target) {
        let message = format!("group `{}` has no identity on {target}", group.value);
        let problem = Diagnostic::new(code::IDENTITY_MISSING, group.span, message)
            .label(found.name.span, "the group");
        out.push(problem.help(format!(
            "add `{target}:` to the group in mesh.yaml; nothing is looked up"
        )));
    }
}

/// The message for a column that a product does not have.
pub(super) fn unknown_column(
    name: &Spanned<String>,
    columns: &[Column],
    product: crate::source::Span,
) -> Diagnostic {
    let names = || columns.iter().map(|column| column.name.value.as_str());
    let message = format!("the product has no column `{}`", name.value.escape_debug());
    let mut problem = Diagnostic::new(code::UNKNOWN_COLUMN, name.span, message)
        .did_you_mean(name, names())
        .label(product, "the product");
    if problem.help.is_empty() {
        problem = problem.help(match columns {
            [] => "the product has none: describe them under `columns`".to_owned(),
            _ => format!("its columns are {}", listed(names())),
        });
    }
    problem
}

/// The rows of a right; reports columns that are not there and values of another type.
pub(super) fn rows(declared: &[RowsDecl], product: &Product, out: &mut Diagnostics) -> Rows {
    let mut rows = Rows::default();
    for (name, values) in declared {
        let mut columns = product.columns.iter();
        let Some(column) = columns.find(|column| column.name.value == name.value) else {
            out.push(unknown_column(name, &product.columns, product.name.span));
            continue;
        };
        let mut typed = BTreeSet::new();
        for value in values {
            match RowValue::parse(&column.logical, value) {
                Ok(value) => drop(typed.insert(value)),
                Err(why) => {
                    let message = format!(
                        "`{}` is no value by which rows of `{}` can be told: {why}",
                        value.escape_debug(),
                        name.value
                    );
                    out.push(
                        Diagnostic::new(code::ROW_VALUE_MISTYPED, value.span, message)
                            .label(column.name.span, "the column")
                            .help("write values as the column holds them, without conversion"),
                    );
                }
            }
        }
        rows.insert(&name.value, typed);
    }
    rows
}

fn names_or_all(names: &[Spanned<String>]) -> Option<Vec<String>> {
    (!names.is_empty()).then(|| names.iter().map(|name| name.value.clone()).collect())
}

/// Reports `was:` that points at itself or at something that is still there.
pub(super) fn check_moves(domains: &BTreeMap<DomainName, Domain>, out: &mut Diagnostics) {
    for product in domains.values().flat_map(|domain| &domain.products) {
        let Some(was) = &product.was else { continue };
        if was.value == product.address {
            out.push(
                Diagnostic::new(
                    code::MOVED_FROM_ITSELF,
                    was.span,
                    "this is the address it has now",
                )
                .help("remove `was`"),
            );
        } else if let Ok((_, other)) = domains::find(domains, was) {
            let message = format!(
                "`{}` is still there, so this product cannot have been it",
                was.value
            );
            out.push(
                Diagnostic::new(code::MOVED_FROM_EXISTING, was.span, message)
                    .label(other.name.span, "still here")
                    .help("`was` is for a product that took another's place: remove the old one, or remove `was`"),
            );
        } else if was.product.is_none() {
            let message = format!("`{}` is not the address of a product", was.value);
            out.push(
                Diagnostic::new(code::ADDRESS_TOO_VAGUE, was.span, message)
                    .help("write `domain/product`"),
            );
        }
    }
}
