//! The whole mesh to primitives, cell by cell: each product through its kind, and what follows
//! from governance and access in the same way for every kind.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::address::Address;
use crate::artifact::{Effect, Origin, OriginRef};
use crate::blueprint::Blueprint;
use crate::blueprint::decode::{Decoder, listed};
use crate::blueprint::tree::cloud::{Settings, decode_settings};
use crate::blueprint::values::Duration;
use crate::cell::{CellId, DomainName, TargetId};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::ident::Name;
use crate::kinds::{Kind, ZoneView, find};
use crate::mesh::capability::{Atom, Capability, atoms};
use crate::mesh::governance::{Encryption, Governance, Unmask};
use crate::mesh::{Cell, Domain, Mesh, Product, Right, Status, Via};
use crate::primitive::{
    CellSet, Column, Compute, DomainInfo, Grant, Guardrail, GuardrailRule, Key, KeyUse, Mask,
    MeshInfo, Move, PortView, Primitive, PrimitiveSet, Principal, Share, Tags,
};

/// Keys are rotated once a year, which is also the default of the clouds that rotate by themselves.
const ROTATION: Duration = Duration::days(365);

/// Expands every product of a mesh.
pub fn expand(mesh: &Mesh, blueprint: &Blueprint<'_>, out: &mut Diagnostics) -> PrimitiveSet {
    let info = MeshInfo {
        name: mesh.name.value.clone(),
        prefix: mesh.prefix.clone(),
        state: mesh.state.clone(),
        environments: mesh
            .environments
            .iter()
            .map(|env| env.value.clone())
            .collect(),
        classifications: mesh.classifications.0.clone(),
    };
    let mut set = PrimitiveSet::default();
    for domain in mesh.domains.values() {
        let options = options_of(mesh, domain, blueprint, out);
        for ((env, target), cell) in &domain.cells {
            let Some(governance) = domain.governance.get(env) else {
                continue;
            };
            let expansion = Expansion {
                mesh,
                domain,
                env,
                target: *target,
                governance,
                options: &options,
            };
            let primitives = expansion.primitives();
            set.cells.insert(
                cell.id.clone(),
                cell_set(cell, domain, mesh, &info, primitives),
            );
        }
    }
    add_moves(mesh, &mut set, &info);
    add_guardrails(mesh, &mut set, &info);
    set
}

/// Every product's options, read by its kind's table, with what the kind itself has to say.
fn options_of(
    mesh: &Mesh,
    domain: &Domain,
    blueprint: &Blueprint<'_>,
    out: &mut Diagnostics,
) -> Vec<Settings> {
    let Some(source) = blueprint.domains.get(domain.source) else {
        return Vec::new();
    };
    let mut all = Vec::with_capacity(domain.products.len());
    for product in &domain.products {
        let Some(kind) = find(&product.kind) else {
            continue;
        };
        let mut cx = Decoder {
            yaml: &source.yaml,
            out,
        };
        let options = product
            .options
            .and_then(|node| decode_settings(&mut cx, node, kind.options()));
        let options = options.unwrap_or_else(|| Settings::empty(product.span));
        kind.check(product, &options, out);
        kind.check_in_mesh(mesh, domain, product, &options, out);
        check_kind(product, kind, out);
        check_rows(domain, product, out);
        all.push(options);
    }
    all
}

fn check_kind(product: &Product, kind: &dyn Kind, out: &mut Diagnostics) {
    for target in product
        .targets
        .iter()
        .filter(|target| !kind.targets().contains(target))
    {
        let message = format!("a {} cannot lie on {target}", kind.name());
        let names = kind.targets().iter().map(|target| target.as_str());
        let problem = Diagnostic::new(code::KIND_NOT_ON_TARGET, product.kind.span, message);
        out.push(problem.help(format!("a {} lies on {}", kind.name(), listed(names))));
    }
    for right in &product.rights {
        for capability in right
            .can
            .iter()
            .filter(|one| !kind.capabilities().contains(one))
        {
            let message = format!("`{capability}` means nothing on a {}", kind.name());
            let names = kind.capabilities().iter().map(|one| one.as_str());
            let problem = Diagnostic::new(code::CAPABILITY_NOT_ON_KIND, right.span, message);
            out.push(problem.help(format!(
                "on a {} groups can have {}",
                kind.name(),
                listed(names)
            )));
        }
    }
}

/// A mask holds in the condition that tells rows as well: whoever sees a column masked would be shown
/// no row, or every row.
fn check_rows(domain: &Domain, product: &Product, out: &mut Diagnostics) {
    let mut said = BTreeSet::new();
    // Nobody outside the mesh sees a hidden column in clear.
    let outside = product.shares.iter();
    let outside = outside.map(|share| (&share.rows, share.span, false, share.account.as_str()));
    let rights = product.rights.iter().map(|right| {
        let clear = right.can.contains(&Capability::Unmask);
        (&right.rows, right.span, clear, right.group.as_str())
    });
    for (rows, place, may_unmask, who) in rights.chain(outside) {
        for (name, _) in rows.iter() {
            let mut columns = product.columns.iter();
            let Some(column) = columns.find(|column| column.name.value == name) else {
                continue;
            };
            let is_hidden = |governance: &Governance| {
                let clear = may_unmask && governance.unmask.value == Unmask::Allowed;
                !clear && governance.masked.value.0.contains(&column.classification)
            };
            let hidden = domain.governance.iter().find(|(_, one)| is_hidden(one));
            let Some((env, governance)) = hidden.filter(|_| said.insert((place, name))) else {
                continue;
            };
            let message = format!(
                "`{name}` is hidden from `{who}` in {env}, so its rows cannot be told by it"
            );
            let mut problem = Diagnostic::new(code::COMPARES_HIDDEN, place, message)
                .label(column.name.span, "the column");
            if let Some(span) = governance.masked.span() {
                problem = problem.label(span, "hidden here");
            }
            out.push(
                problem
                    .help("masks hold in conditions too; tell rows by a column that is not hidden"),
            );
        }
    }
}

fn cell_set(
    cell: &Cell,
    domain: &Domain,
    mesh: &Mesh,
    info: &MeshInfo,
    primitives: Vec<Primitive>,
) -> CellSet {
    CellSet {
        id: cell.id.clone(),
        mesh: info.clone(),
        domain: Some(DomainInfo {
            name: domain.name.value.clone(),
            title: domain
                .title
                .clone()
                .unwrap_or_else(|| domain.name.value.to_string()),
            owner: domain.owner.value.clone(),
            span: domain.name.span,
        }),
        settings: cell.settings.clone(),
        cloud: mesh
            .clouds
            .get(&cell.id.target)
            .cloned()
            .unwrap_or_else(|| Settings::empty(cell.settings.span)),
        region: cell.region.clone(),
        primitives,
        moved_in: Vec::new(),
        moved_out: Vec::new(),
        siblings: Vec::new(),
        span: cell.settings.span,
    }
}

/// One cell being expanded.
struct Expansion<'a> {
    mesh: &'a Mesh,
    domain: &'a Domain,
    env: &'a Name,
    target: TargetId,
    governance: &'a Governance,
    options: &'a [Settings],
}

impl Expansion<'_> {
    fn primitives(&self) -> Vec<Primitive> {
        let mut things = Vec::new();
        let (mut grants, mut shares) = (Vec::new(), Vec::new());
        let products = self.domain.products.iter().zip(self.options);
        for (product, options) in products.filter(|(product, _)| self.lies_here(product)) {
            for zone in &product.zones {
                let view = self.zone(product, options, &zone.value);
                if let Some(kind) = find(&product.kind) {
                    things.extend(kind.expand(&view));
                }
                things.extend(self.masks(product, &view));
            }
            let here = product.shares.iter().filter(|it| it.target == self.target);
            shares.extend(here.filter_map(|share| self.share(product, share)));
            grants.extend(
                self.rights(product)
                    .filter_map(|right| self.grant(product, right)),
            );
        }
        let mut all = self.keys(&things);
        all.extend(self.compute(&things));
        all.extend(self.principals(&grants));
        all.extend(things);
        all.extend(grants.into_iter().map(Primitive::Grant));
        all.extend(shares.into_iter().map(Primitive::Share));
        all
    }

    /// The rights to a product that count in this cell.
    fn rights<'p>(&self, product: &'p Product) -> impl Iterator<Item = &'p Right> {
        product
            .rights
            .iter()
            .filter(|right| right.counts_in(self.env, self.target))
    }

    fn lies_here(&self, product: &Product) -> bool {
        product.status != Status::Destroyed && product.targets.contains(&self.target)
    }

    fn origin(&self, address: Address, product: &Product, why: String) -> OriginRef {
        let maker = find(&product.kind).map_or("product", Kind::name);
        Arc::new(Origin {
            address: address.in_env(self.env),
            span: product.name.span,
            maker,
            why,
            effect: Effect::HoldsData,
        })
    }

    fn zone<'v>(
        &'v self,
        product: &'v Product,
        options: &'v Settings,
        zone: &'v Name,
    ) -> ZoneView<'v> {
        let address = product.address.clone().with_port(zone);
        let bounds = self.governance.retention.get(&product.classification.value);
        let most = bounds
            .and_then(|bounds| bounds.max.as_ref())
            .map(|max| max.value);
        let retention = product.retention.map(|retention| retention.value).or(most);
        let latest = self
            .governance
            .archive_after
            .as_ref()
            .map(|latest| latest.value);
        let archive_after = product
            .archive_after
            .map(|archive| archive.value)
            .or(latest);
        // Data that is deleted before it would be archived is never archived.
        let archive_after =
            archive_after.filter(|archive| retention.is_none_or(|retention| *archive < retention));
        ZoneView {
            mesh: self.mesh,
            domain: self.domain,
            env: self.env,
            target: self.target,
            product,
            options,
            zone,
            origin: self.origin(
                address.clone(),
                product,
                format!("{} zone of a {}", zone, product.kind.value),
            ),
            address,
            columns: product.columns.iter().map(column).collect(),
            ports: ports(product, zone),
            key: self.key_use(product),
            retention,
            archive_after,
            defaults: product
                .defaults
                .get(self.env)
                .unwrap_or_else(|| unreachable!("defaults exist for every environment")),
            tags: self.tags(Some(product)),
            region: product.region.clone(),
        }
    }

    fn key_use(&self, product: &Product) -> KeyUse {
        let existing = product
            .existing
            .get(&(self.env.clone(), self.target))
            .and_then(|existing| existing.get("key"));
        match existing {
            Some(key) => KeyUse::Existing(key.clone()),
            // Snowflake encrypts with its own hierarchy of keys; a customer's key is a matter of the
            // whole account (Tri-Secret Secure), not of a table.
            None if self.target == TargetId::Snowflake => KeyUse::Provider,
            None if self.governance.encryption.value == Encryption::Customer => {
                KeyUse::Own(product.classification.value.clone())
            }
            None => KeyUse::Provider,
        }
    }

    fn tags(&self, product: Option<&Product>) -> Tags {
        let mut tags = Tags::new();
        for tag in &self.governance.tags.value.0 {
            let value = match *tag {
                "owner" => Some(self.domain.owner.value.to_string()),
                "cost-center" => self.domain.cost_center.clone(),
                "domain" => Some(self.domain.name.value.to_string()),
                "environment" => Some(self.env.to_string()),
                "product" => product.map(|product| product.name.value.to_string()),
                "classification" => product.map(|product| product.classification.value.to_string()),
                _ => None,
            };
            tags.extend(value.map(|value| (*tag, value)));
        }
        tags
    }

    fn is_masked(&self, label: &Name) -> bool {
        self.governance.masked.value.0.contains(label)
    }

    /// Whether a right sees masked columns in clear here.
    fn clear(&self, right: &Right) -> bool {
        right.can.contains(&Capability::Unmask) && self.governance.unmask.value == Unmask::Allowed
    }

    fn masks(&self, product: &Product, view: &ZoneView<'_>) -> Vec<Primitive> {
        let mut by_label: BTreeMap<&Name, Vec<Column>> = BTreeMap::new();
        for one in product
            .columns
            .iter()
            .filter(|one| self.is_masked(&one.classification))
        {
            by_label
                .entry(&one.classification)
                .or_default()
                .push(column(one));
        }
        let shows = |right: &&Right| {
            product
                .port(right.port.as_str())
                .is_some_and(|(zone, _)| zone.value == *view.zone)
        };
        let clear_for: BTreeSet<Name> = self
            .rights(product)
            .filter(shows)
            .filter(|right| self.clear(right))
            .map(|right| right.group.clone())
            .collect();
        by_label
            .into_iter()
            .map(|(label, columns)| {
                let origin = Arc::new(Origin {
                    address: view.address.clone().in_env(self.env),
                    span: self
                        .governance
                        .masked
                        .span()
                        .unwrap_or(product.classification.span),
                    maker: "masking",
                    why: format!("`{label}` columns are hidden without unmask"),
                    effect: Effect::Guards,
                });
                let (resource, clear_for) = (view.address.clone(), clear_for.clone());
                Primitive::Mask(Mask {
                    origin,
                    resource,
                    label: label.clone(),
                    columns,
                    clear_for,
                })
            })
            .collect()
    }

    fn grant(&self, product: &Product, right: &Right) -> Option<Grant> {
        let (zone, shown) = product.port(right.port.as_str())?;
        let columns = narrow(shown, right.columns.as_deref());
        let clear = self.clear(right);
        let visible = |name: &String| {
            columns
                .as_ref()
                .is_none_or(|columns| columns.contains(name))
        };
        let masked: Vec<String> = product
            .columns
            .iter()
            .filter(|column| {
                let here = !clear && self.is_masked(&column.classification);
                visible(&column.name.value)
                    && (here || self.is_hidden_at_source(product, right, column))
            })
            .map(|column| column.name.value.clone())
            .collect();
        let address = product.address.clone().with_port(&right.port);
        let mut atoms = atoms(&right.can);
        if !clear {
            atoms.remove(&Atom::Unmask);
        }
        if is_view(product) {
            // Nothing is written through a view, so whoever owns it reads and looks after it.
            atoms.remove(&Atom::Write);
            atoms.remove(&Atom::Delete);
        }
        let consumer = match &right.via {
            Via::Agreement { consumer, .. } => Some(consumer),
            Via::Access | Via::Domain => None,
        };
        Some(Grant {
            origin: Arc::new(Origin {
                address: address.in_env(self.env),
                span: right.span,
                maker: maker(&right.via),
                why: why(right),
                effect: Effect::GrantsAccess,
            }),
            group: right.group.clone(),
            resource: product.address.clone().with_port(&zone.value),
            port: right.port.clone(),
            atoms,
            columns,
            rows: right.rows.clone(),
            masked,
            until: right.until,
            consumer_cell: consumer.and_then(|consumer| self.cell_of(consumer)),
            consumer: consumer.cloned(),
        })
    }

    /// Whether a view shows a column masked because its source does. The masks of a source hold for
    /// whoever asks, so `unmask` on the view alone shows nothing in clear.
    fn is_hidden_at_source(
        &self,
        product: &Product,
        right: &Right,
        column: &crate::mesh::Column,
    ) -> bool {
        let Some(from) = column.from.as_ref().filter(|_| is_view(product)) else {
            return false;
        };
        let found = self.mesh.source(from);
        let Some((governance, source)) =
            found.and_then(|(domain, source)| Some((domain.governance.get(self.env)?, source)))
        else {
            return false;
        };
        let mut columns = source.columns.iter();
        let shown = columns.find(|one| one.name.value == from.column);
        let masked =
            shown.is_some_and(|one| governance.masked.value.0.contains(&one.classification));
        let clear = governance.unmask.value == Unmask::Allowed
            && self.rights(source).any(|other| {
                let zone = source.port(other.port.as_str());
                other.group == right.group
                    && other.can.contains(&Capability::Unmask)
                    && zone.is_some_and(|(zone, _)| zone.value == from.zone)
            });
        masked && !clear
    }

    fn share(&self, product: &Product, share: &crate::mesh::Share) -> Option<Share> {
        let (zone, shown) = product.port(share.port.as_str())?;
        let address = product.address.clone().with_port(&share.port);
        Some(Share {
            origin: Arc::new(Origin {
                address: address.in_env(self.env),
                span: share.span,
                maker: "share",
                why: format!(
                    "shared with {} until {} ({}: {})",
                    share.account, share.until.value, share.ticket, share.purpose
                ),
                effect: Effect::GrantsAccess,
            }),
            account: share.account.clone(),
            resource: product.address.clone().with_port(&zone.value),
            port: share.port.clone(),
            columns: narrow(shown, share.columns.as_deref()),
            rows: share.rows.clone(),
            until: share.until.value,
        })
    }

    /// Another domain's cell on this cloud in this environment.
    fn cell_of(&self, domain: &DomainName) -> Option<Settings> {
        let domain = self.mesh.domains.get(domain)?;
        domain
            .cells
            .get(&(self.env.clone(), self.target))
            .map(|cell| cell.settings.clone())
    }

    fn keys(&self, things: &[Primitive]) -> Vec<Primitive> {
        let mut keys: BTreeMap<&Name, &OriginRef> = BTreeMap::new();
        for thing in things {
            let key = match thing {
                Primitive::Storage(storage) => &storage.key,
                Primitive::Stream(stream) => &stream.key,
                _ => continue,
            };
            if let KeyUse::Own(label) = key {
                keys.entry(label).or_insert_with(|| thing.origin());
            }
        }
        keys.into_iter()
            .map(|(label, first)| {
                let origin = Arc::new(Origin {
                    address: Address::domain(&self.domain.name.value).in_env(self.env),
                    span: self.governance.encryption.span().unwrap_or(first.span),
                    maker: "encryption",
                    why: format!("key for {label} data"),
                    effect: Effect::HoldsData,
                });
                let mut tags = self.tags(None);
                if self.governance.tags.value.0.contains("classification") {
                    tags.insert("classification", label.to_string());
                }
                Primitive::Key(Key {
                    origin,
                    label: label.clone(),
                    rotation: ROTATION,
                    tags,
                })
            })
            .collect()
    }

    fn compute(&self, things: &[Primitive]) -> Option<Primitive> {
        let read = || {
            things.iter().filter_map(|thing| match thing {
                Primitive::Storage(storage) => Some((&storage.label, &storage.key)),
                // What a view shows is encrypted where it lies.
                Primitive::View(view) => Some((&view.label, &KeyUse::Provider)),
                _ => None,
            })
        };
        let rank = |label: &Name| self.mesh.classifications.rank(label);
        // Results are as sensitive as the most sensitive product they may come from.
        let (label, key) = read().max_by_key(|(label, _)| rank(label))?;
        let defaults = self
            .domain
            .products
            .iter()
            .find_map(|product| product.defaults.get(self.env))?;
        Some(Primitive::Compute(Compute {
            origin: Arc::new(Origin {
                address: Address::domain(&self.domain.name.value).in_env(self.env),
                span: self.domain.name.span,
                maker: "compute",
                why: "what runs the domain's queries".to_owned(),
                effect: Effect::Plain,
            }),
            auto_suspend: defaults.auto_suspend.value,
            credit_quota: defaults.credit_quota.value,
            scan_limit: defaults.scan_limit.value,
            label: label.clone(),
            key: key.clone(),
            tags: self.tags(None),
        }))
    }

    fn principals(&self, grants: &[Grant]) -> Vec<Primitive> {
        let mut seen: BTreeMap<&Name, &Grant> = BTreeMap::new();
        for grant in grants {
            // A group that is at home here is not foreign, whatever else it was granted.
            let entry = seen.entry(&grant.group).or_insert(grant);
            if grant.consumer.is_none() {
                *entry = grant;
            }
        }
        seen.into_iter()
            .filter_map(|(name, grant)| {
                let group = self.mesh.groups.get(name)?;
                let identity = group.identities.get(&self.target)?.clone();
                Some(Primitive::Principal(Principal {
                    origin: Arc::new(Origin {
                        address: Address::domain(&self.domain.name.value).in_env(self.env),
                        span: group.name.span,
                        maker: "group",
                        why: format!("group {name}"),
                        effect: Effect::GrantsAccess,
                    }),
                    group: name.clone(),
                    workload: group.workload,
                    identity,
                    foreign: grant.consumer.clone(),
                }))
            })
            .collect()
    }
}

fn is_view(product: &Product) -> bool {
    product.kind.value == "view"
}

fn column(column: &crate::mesh::Column) -> Column {
    Column {
        name: column.name.value.clone(),
        logical: column.logical.clone(),
        key: column.key,
        required: column.required,
        label: column.classification.clone(),
        comment: column.description.clone(),
    }
}

fn ports(product: &Product, zone: &Name) -> Vec<PortView> {
    let all = || {
        product
            .columns
            .iter()
            .map(|column| column.name.value.clone())
            .collect()
    };
    let shown = product.ports.iter().filter(|port| port.zone == *zone);
    shown
        .map(|port| PortView {
            name: port.name.value.clone(),
            columns: port.columns.clone().unwrap_or_else(all),
        })
        .collect()
}

/// What is left when a right names some columns of a port that shows some.
fn narrow(port: Option<&[String]>, right: Option<&[String]>) -> Option<Vec<String>> {
    match (port, right) {
        (None, None) => None,
        (Some(only), None) | (None, Some(only)) => Some(only.to_vec()),
        (Some(port), Some(right)) => Some(
            port.iter()
                .filter(|name| right.contains(name))
                .cloned()
                .collect(),
        ),
    }
}

fn maker(via: &Via) -> &'static str {
    match via {
        Via::Access => "access",
        Via::Domain => "domain",
        Via::Agreement { .. } => "agreement",
    }
}

fn why(right: &Right) -> String {
    let can: Vec<&str> = right.can.iter().map(|one| one.as_str()).collect();
    let mut text = format!("{} for {}", can.join(", "), right.group);
    if let Via::Agreement {
        consumer, ticket, ..
    } = &right.via
    {
        text.push_str(&format!(", agreed with {consumer} ({ticket})"));
    }
    if !right.rows.is_everything() {
        text.push_str(&format!(", rows whose {}", right.rows));
    }
    if let Some(until) = &right.until {
        text.push_str(&format!(", until {}", until.value));
    }
    text
}

/// Tells the cells that a product left or entered.
fn add_moves(mesh: &Mesh, set: &mut PrimitiveSet, info: &MeshInfo) {
    for domain in mesh.domains.values() {
        for product in &domain.products {
            let own = product
                .was
                .as_ref()
                .map(|was| (was.value.clone(), was.span));
            let of_domain = domain
                .was
                .as_ref()
                .map(|was| (Address::product(&was.value, &product.name.value), was.span));
            let Some((from, span)) = own.or(of_domain) else {
                continue;
            };
            let Some(old_domain) = &from.domain else {
                continue;
            };
            for ((env, target), cell) in domain
                .cells
                .iter()
                .filter(|((_, target), _)| product.targets.contains(target))
            {
                let Some(here) = set.cells.get_mut(&cell.id) else {
                    continue;
                };
                let old_cell = mesh.domains.get(old_domain);
                let old_cell = old_cell.and_then(|old| old.cells.get(&(env.clone(), *target)));
                let moved = Move {
                    from: from.clone(),
                    to: product.address.clone(),
                    span,
                    things: things_of(&product.address, &here.primitives),
                    old_cell: old_cell.map(|cell| cell.settings.clone()),
                };
                here.moved_in.push(moved.clone());
                if *old_domain == domain.name.value {
                    continue;
                }
                let old = CellId {
                    env: env.clone(),
                    domain: Some(old_domain.clone()),
                    target: *target,
                };
                let left = set.cells.entry(old.clone()).or_insert_with(|| CellSet {
                    id: old,
                    ..cell_set(cell, domain, mesh, info, Vec::new())
                });
                left.moved_out.push(moved);
            }
        }
    }
}

/// What a product has in a cell: its storages, streams and views.
fn things_of(product: &Address, primitives: &[Primitive]) -> Vec<Primitive> {
    let is_of = |thing: &&Primitive| {
        let address = match thing {
            Primitive::Storage(storage) => &storage.address,
            Primitive::Stream(stream) => &stream.address,
            Primitive::View(view) => &view.address,
            _ => return false,
        };
        product.covers(address)
    };
    primitives.iter().filter(is_of).cloned().collect()
}

/// What stands above domains, per environment and cloud that is used in it.
fn add_guardrails(mesh: &Mesh, set: &mut PrimitiveSet, info: &MeshInfo) {
    for env in &mesh.environments {
        let Some(governance) = mesh.governance.get(&env.value) else {
            continue;
        };
        for (target, cloud) in &mesh.clouds {
            let siblings: Vec<_> = mesh
                .domains
                .values()
                .filter_map(|domain| {
                    domain
                        .cells
                        .get(&(env.value.clone(), *target))
                        .map(|cell| (domain.name.value.clone(), cell.settings.clone()))
                })
                .collect();
            if siblings.is_empty() {
                continue;
            }
            let id = CellId {
                env: env.value.clone(),
                domain: None,
                target: *target,
            };
            let region = ["region", "location"]
                .iter()
                .find_map(|key| cloud.get(key))
                .cloned();
            let above = CellSet {
                id: id.clone(),
                mesh: info.clone(),
                domain: None,
                settings: cloud.clone(),
                cloud: cloud.clone(),
                region,
                primitives: guardrails(governance, &env.value, mesh.name.span),
                moved_in: Vec::new(),
                moved_out: Vec::new(),
                siblings,
                span: cloud.span,
            };
            set.cells.insert(id, above);
        }
    }
}

fn guardrails(governance: &Governance, env: &Name, mesh: crate::source::Span) -> Vec<Primitive> {
    let origin = |span, why: &str| {
        Arc::new(Origin {
            address: Address {
                env: Some(env.clone()),
                ..Address::default()
            },
            span,
            maker: "guardrail",
            why: why.to_owned(),
            effect: Effect::Guards,
        })
    };
    let mut rules = Vec::new();
    if let Some(regions) = &governance.regions {
        let origin = origin(
            regions.span().unwrap_or(mesh),
            "data stays in the allowed regions",
        );
        rules.push(Primitive::Guardrail(Guardrail {
            origin,
            rule: GuardrailRule::Regions(regions.value.0.clone()),
        }));
    }
    for (rule, why) in [
        (
            GuardrailRule::Plaintext,
            "nobody talks to storage without TLS",
        ),
        (GuardrailRule::PublicAccess, "nothing is open to the public"),
    ] {
        rules.push(Primitive::Guardrail(Guardrail {
            origin: origin(mesh, why),
            rule,
        }));
    }
    rules
}
