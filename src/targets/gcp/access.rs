//! The access root: one additive binding per group, thing and role, with a condition where the right
//! ends and the thing takes one; authorized views; and the audit of data access.
//!
//! Additive bindings (`…_iam_member`) leave alone what others granted; authoritative ones would take
//! it away. Dataset access entries, never `google_bigquery_dataset_iam_*`, which drop authorized views.

use std::collections::BTreeMap;
use std::sync::Arc;

use hcl::Expression;
use jiff::civil::Date;

use super::naming::{self, Physical, product_of};
use super::roles::{self, On};
use super::{Things, masks, views};
use crate::address::Address;
use crate::artifact::hcl::build::{block, expr, resource, variable};
use crate::artifact::{Effect, HclBlock, Origin, OriginRef};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::mesh::capability::Atom;
use crate::primitive::{CellSet, Form, Grant, Principal, Storage, Stream};
use crate::targets::terraform::{Root, label, product_label};

/// The predefined roles that hold exactly one permission each, which a custom role could only repeat.
const CLEAR_READER: &str = "roles/datacatalog.categoryFineGrainedReader";
const MASKED_READER: &str = "roles/bigquerydatapolicy.maskedReader";

/// One binding to be made.
struct Binding {
    kind: &'static str,
    label: String,
    /// What it is on.
    on: Vec<(&'static str, Expression)>,
    role: String,
    member: String,
    /// The last day, if every grant behind it has one and the thing takes conditions.
    until: Option<Date>,
    why: Vec<String>,
    origin: OriginRef,
}

struct Bindings<'a> {
    things: &'a Things<'a>,
    physical: Physical<'a>,
    cell: &'a CellSet,
    made: BTreeMap<String, Binding>,
    /// Holes for policy tags, with who needs them first.
    holes: BTreeMap<String, OriginRef>,
}

/// Every binding of a cell.
pub(super) fn blocks(
    cell: &CellSet,
    things: &Things<'_>,
    physical: Physical<'_>,
    root: Root<'_>,
    out: &mut Diagnostics,
) -> Vec<HclBlock> {
    let mut bindings = Bindings {
        things,
        physical,
        cell,
        made: BTreeMap::new(),
        holes: BTreeMap::new(),
    };
    for grant in &things.grants {
        let Some(principal) = things.principals.get(&grant.group) else {
            continue;
        };
        if let Some(storage) = things.storage(&grant.resource) {
            bindings.on_storage(grant, principal, storage, out);
        } else if let Some(stream) = things
            .streams
            .iter()
            .find(|stream| stream.address == grant.resource)
        {
            bindings.on_stream(grant, principal, stream, out);
        }
    }
    let mut blocks: Vec<HclBlock> = bindings
        .holes
        .iter()
        .map(|(hole, origin)| hole_block(hole, origin))
        .collect();
    blocks.extend(audit(cell, things, root));
    blocks.extend(authorized_views(things, physical));
    keep_apart(&mut bindings.made);
    blocks.extend(bindings.made.values().map(binding_block));
    blocks
}

/// Labels of different bindings may come out the same, since names are joined with what they may
/// themselves hold; the later ones say a hash of what they are.
fn keep_apart(made: &mut BTreeMap<String, Binding>) {
    let mut taken = std::collections::BTreeSet::new();
    for (key, binding) in made {
        if !taken.insert((binding.kind, binding.label.clone())) {
            binding.label = label([binding.label.as_str(), &views::short_hash(&[key.as_str()])]);
        }
    }
}

/// Who a group is.
fn member(principal: &Principal) -> String {
    let kind = match principal.identity.text("type") {
        Some("service-account") => "serviceAccount",
        None if principal.workload => "serviceAccount",
        _ => "group",
    };
    format!(
        "{kind}:{}",
        principal.identity.text("email").unwrap_or_default()
    )
}

impl Bindings<'_> {
    fn on_storage(
        &mut self,
        grant: &Grant,
        principal: &Principal,
        storage: &Storage,
        out: &mut Diagnostics,
    ) {
        let reads = grant.has(Atom::ReadData);
        let whole = self.things.sees_all(grant);
        let files = storage.form == Form::Files;
        let mut atoms = grant.atoms.clone();
        if reads && !whole {
            // Neither objects nor, where columns are left out, the table show rows then.
            atoms.remove(&Atom::ReadData);
        }
        let changes = atoms.contains(&Atom::Write) || atoms.contains(&Atom::Delete);
        if files && (!reads || whole || changes) {
            let on = vec![("bucket", Expression::from(self.physical.bucket(storage)))];
            self.roles(
                grant,
                principal,
                On::Bucket,
                "google_storage_bucket_iam_member",
                &on,
                &atoms,
                true,
                out,
            );
        }
        let product = product_of(&storage.address);
        let view = views::of_grant(grant, storage);
        let mut table_atoms = if view.is_some() {
            atoms
        } else {
            grant.atoms.clone()
        };
        if files {
            // Rows are written as files.
            table_atoms.retain(|atom| !matches!(atom, Atom::Write | Atom::Delete));
        }
        let only_looks = table_atoms
            .iter()
            .all(|atom| matches!(atom, Atom::List | Atom::ReadMeta | Atom::Unmask));
        if view.is_none() || !only_looks {
            let on = self.table(
                self.physical.dataset(&product),
                &naming::table_id(storage.zone.as_str()),
            );
            self.roles(
                grant,
                principal,
                On::Table,
                "google_bigquery_table_iam_member",
                &on,
                &table_atoms,
                true,
                out,
            );
        }
        if let Some(view) = view {
            let on = self.table(self.physical.views(&product), &view.id);
            let atoms = [Atom::List, Atom::ReadData, Atom::ReadMeta]
                .into_iter()
                .filter(|atom| grant.has(*atom))
                .collect();
            self.roles(
                grant,
                principal,
                On::Table,
                "google_bigquery_table_iam_member",
                &on,
                &atoms,
                true,
                out,
            );
        }
        // Whoever sees everything by another grant sees hidden columns by that one.
        if reads && (grant.reaches_files() || !whole) {
            self.columns(grant, principal, storage);
        }
        self.queries(grant, principal, storage);
    }

    fn table(&self, dataset: &str, table: &str) -> Vec<(&'static str, Expression)> {
        vec![
            ("project", self.physical.project().into()),
            ("dataset_id", dataset.into()),
            ("table_id", table.into()),
        ]
    }

    /// Hidden columns: in clear for whoever may unmask, as NULL for the rest.
    fn columns(&mut self, grant: &Grant, principal: &Principal, storage: &Storage) {
        let shown = |name: &str| {
            grant
                .columns
                .as_ref()
                .is_none_or(|only| only.iter().any(|one| one == name))
        };
        for mask in self
            .things
            .masks
            .iter()
            .filter(|mask| mask.resource == storage.address)
        {
            if !mask.columns.iter().any(|column| shown(&column.name)) {
                continue;
            }
            if mask
                .columns
                .iter()
                .any(|column| grant.masked.contains(&column.name))
            {
                let location = masks::location_of(
                    storage,
                    self.cell
                        .region
                        .as_ref()
                        .map(|region| region.value.as_str()),
                );
                let on = vec![
                    ("project", self.physical.project().into()),
                    ("location", location.into()),
                    (
                        "data_policy_id",
                        masks::data_policy_id(self.physical, mask).into(),
                    ),
                ];
                let name = binding_label(grant, &["masked", mask.label.as_str()]);
                self.bind(
                    grant,
                    principal,
                    "google_bigquery_datapolicy_data_policy_iam_member",
                    name,
                    on,
                    MASKED_READER.to_owned(),
                    false,
                );
            } else {
                let hole = masks::hole(&mask.resource, &mask.label);
                self.holes
                    .entry(hole.clone())
                    .or_insert_with(|| mask.origin.clone());
                let on = vec![("policy_tag", expr::reference(&format!("var.{hole}")))];
                let name = binding_label(grant, &["clear", mask.label.as_str()]);
                self.bind(
                    grant,
                    principal,
                    "google_data_catalog_policy_tag_iam_member",
                    name,
                    on,
                    CLEAR_READER.to_owned(),
                    false,
                );
            }
        }
    }

    /// Queries run in the domain's own project for its own groups; whoever reads by agreement pays
    /// for its queries in its own project.
    fn queries(&mut self, grant: &Grant, principal: &Principal, storage: &Storage) {
        let queries = grant.has(Atom::ReadData)
            || grant.has(Atom::Run)
            || (grant.has(Atom::Write) && storage.form == Form::Table);
        if grant.consumer.is_some() || !queries {
            return;
        }
        let (chosen, _) =
            roles::choose(On::Project, &std::collections::BTreeSet::from([Atom::Run]));
        for role in chosen {
            let name = label([role.slug.as_str(), grant.group.as_str()]);
            let on = vec![("project", Expression::from(self.physical.project()))];
            let key = self.bind(
                grant,
                principal,
                "google_project_iam_member",
                name,
                on,
                self.physical.role(On::Project.as_str(), &role.slug),
                true,
            );
            if let Some(binding) = self.made.get_mut(&key) {
                // It is the domain's, whichever product asked first.
                let address = self
                    .cell
                    .id
                    .domain
                    .as_ref()
                    .map(Address::domain)
                    .unwrap_or_default()
                    .in_env(&self.cell.id.env);
                binding.origin = Arc::new(Origin {
                    address,
                    why: format!("queries of {}", grant.group),
                    ..Origin::clone(&grant.origin)
                });
            }
        }
    }

    fn on_stream(
        &mut self,
        grant: &Grant,
        principal: &Principal,
        stream: &Stream,
        out: &mut Diagnostics,
    ) {
        let reads = grant.has(Atom::ReadData);
        if reads && !self.things.sees_all(grant) {
            report_event(grant, self.things, out);
            return;
        }
        let project = || ("project", Expression::from(self.physical.project()));
        let topic = vec![project(), ("topic", self.physical.topic(stream).into())];
        // Pub/Sub takes no conditions (cloud.google.com/iam/help/conditions/resource-policies): what
        // has an end is taken away by `plan` and `apply`.
        self.roles(
            grant,
            principal,
            On::Topic,
            "google_pubsub_topic_iam_member",
            &topic,
            &grant.atoms,
            false,
            out,
        );
        if reads {
            let subscription = vec![
                ("project", Expression::from(self.physical.project())),
                (
                    "subscription",
                    self.physical
                        .subscription(stream, grant.group.as_str())
                        .into(),
                ),
            ];
            self.roles(
                grant,
                principal,
                On::Subscription,
                "google_pubsub_subscription_iam_member",
                &subscription,
                &grant.atoms,
                false,
                out,
            );
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "each is a part of one binding, and all are named where it is made"
    )]
    fn roles(
        &mut self,
        grant: &Grant,
        principal: &Principal,
        thing: On,
        kind: &'static str,
        on: &[(&'static str, Expression)],
        atoms: &std::collections::BTreeSet<Atom>,
        conditional: bool,
        out: &mut Diagnostics,
    ) {
        let (chosen, missing) = roles::choose(thing, atoms);
        for atom in missing {
            let message = format!(
                "nothing on Google Cloud stands for `{atom}` on `{}`",
                grant.resource
            );
            out.push(
                Diagnostic::new(code::CAPABILITY_NOT_ON_KIND, grant.origin.span, message)
                    .help(code::DEFECT),
            );
        }
        for role in chosen {
            let name = binding_label(grant, &[thing.as_str(), &role.slug]);
            self.bind(
                grant,
                principal,
                kind,
                name,
                on.to_vec(),
                self.physical.role(thing.as_str(), &role.slug),
                conditional,
            );
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "each is a part of one binding, and all are named where it is made"
    )]
    fn bind(
        &mut self,
        grant: &Grant,
        principal: &Principal,
        kind: &'static str,
        name: String,
        on: Vec<(&'static str, Expression)>,
        role: String,
        conditional: bool,
    ) -> String {
        let member = member(principal);
        let until = grant.until.map(|until| until.value).filter(|_| conditional);
        // Two grants of one right on one thing are one binding, which ends when the last of them does.
        let key = format!("{kind} {on:?} {role} {member}");
        let binding = self.made.entry(key.clone()).or_insert_with(|| Binding {
            kind,
            label: name,
            on,
            role,
            member,
            until,
            why: Vec::new(),
            origin: grant.origin.with_effect(Effect::GrantsAccess),
        });
        binding.until = binding.until.zip(until).map(|(one, other)| one.max(other));
        if !binding.why.contains(&grant.origin.why) {
            binding.why.push(grant.origin.why.clone());
        }
        key
    }
}

fn binding_label(grant: &Grant, last: &[&str]) -> String {
    let product = product_label(&grant.resource);
    let port = grant.port.as_str();
    label(
        [product.as_str(), port, grant.group.as_str()]
            .into_iter()
            .chain(last.iter().copied()),
    )
}

fn binding_block(binding: &Binding) -> HclBlock {
    let mut built = resource(binding.kind, &binding.label);
    for (key, value) in &binding.on {
        built = built.attr(key, value.clone());
    }
    built = built
        .attr("role", binding.role.as_str())
        .attr("member", binding.member.as_str());
    if let Some(last) = binding.until {
        let cut = last.tomorrow().unwrap_or(last);
        // A title has 100 characters at most, a description 256 (cloud.google.com/iam/quotas).
        let why: String = binding.why.join("; ").chars().take(256).collect();
        built = built.block(
            block("condition")
                .attr("title", format!("until {last}"))
                .attr("description", why)
                .attr(
                    "expression",
                    format!("request.time < timestamp(\"{cut}T00:00:00Z\")"),
                ),
        );
    }
    built.by(&binding.origin)
}

fn hole_block(hole: &str, origin: &OriginRef) -> HclBlock {
    variable(hole)
        .attr(
            "description",
            format!("The policy tag that the resources root made: its output {hole}."),
        )
        .attr("type", expr::name("string"))
        .by(&origin.with_effect(Effect::Plain))
}

/// Views read their tables with a right of their own, which is an entry in the dataset's list.
fn authorized_views(things: &Things<'_>, physical: Physical<'_>) -> Vec<HclBlock> {
    let mut blocks = Vec::new();
    for (product, views) in views::by_product(things) {
        for view in views.values() {
            let shown = block("view")
                .attr("project_id", physical.project())
                .attr("dataset_id", physical.views(&product))
                .attr("table_id", view.id.as_str());
            let entry = resource("google_bigquery_dataset_access", &view.label())
                .attr("project", physical.project())
                .attr("dataset_id", physical.dataset(&product))
                .block(shown);
            blocks.push(entry.by(&view.storage.origin.with_effect(Effect::GrantsAccess)));
        }
    }
    blocks
}

/// Who read and wrote what; BigQuery's data access is always in the audit log.
/// Source: cloud.google.com/logging/docs/audit/configure-data-access.
fn audit(cell: &CellSet, things: &Things<'_>, root: Root<'_>) -> Vec<HclBlock> {
    let span = cell.domain.as_ref().map_or(cell.span, |domain| domain.span);
    let origin = root
        .origin(span, "domain", "who reads and writes data is logged")
        .with_effect(Effect::Guards);
    let files = things
        .storages
        .iter()
        .any(|storage| storage.form == Form::Files);
    let services = [("storage", files), ("cloudkms", !things.keys.is_empty())];
    let log = |kind: &str| block("audit_log_config").attr("log_type", kind);
    let made = |(service, _): &(&str, bool)| {
        resource("google_project_iam_audit_config", service)
            .attr("project", cell.settings.text("project").unwrap_or_default())
            .attr("service", format!("{service}.googleapis.com"))
            .block(log("DATA_READ"))
            .block(log("DATA_WRITE"))
            .by(&origin)
    };
    services
        .iter()
        .filter(|(_, used)| *used)
        .map(made)
        .collect()
}

/// A broker has no columns that could be held back.
fn report_event(grant: &Grant, things: &Things<'_>, out: &mut Diagnostics) {
    let problem = if let Some(column) = grant.masked.first() {
        let message = format!(
            "`{}` may not see `{column}` in clear, but whoever reads an event sees all of it",
            grant.group
        );
        let mut problem = Diagnostic::new(code::MASK_NOT_ENFORCEABLE, grant.origin.span, message);
        if let Some(mask) = things
            .masks
            .iter()
            .find(|mask| mask.resource == grant.resource)
        {
            problem = problem.label(
                mask.origin.span,
                format!("`{}` is hidden without `unmask`", mask.label),
            );
        }
        problem.help(format!(
            "grant `unmask` as well, if `{}` may see it",
            grant.group
        ))
    } else {
        let message = format!(
            "`{}` may read some columns only, but whoever reads an event sees all of it",
            grant.group
        );
        Diagnostic::new(code::COLUMNS_NOT_ENFORCEABLE, grant.origin.span, message)
    };
    out.push(
        problem
            .help("leave the column out of the events, or land them as a `dataset` and grant that"),
    );
}
