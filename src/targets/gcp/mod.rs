//! Google Cloud: files in Cloud Storage with `BigLake` tables over them, tables in BigQuery, streams in
//! Pub/Sub, access by additive conditional bindings of custom roles.
//!
//! In: a cell. Out: two Terraform roots for `google`, or, above domains, the documents of custom roles
//! and organization policies for `gcloud`.
//!
//! Choices, for whoever asks why:
//! - Masked columns are columns with a policy tag of their own zone and label; whoever reads them in
//!   clear reads that tag, everybody else sees NULL through a data policy. A part of the columns is an
//!   authorized view. Neither comes with the right to read objects.
//! - A reader of a stream has a subscription of its own, in which it keeps its place.
//! - Data access is in Cloud Audit Logs, switched on in the access root; Cloud Storage's older usage
//!   logs would need a grant to a group outside the organization.

mod access;
mod guardrails;
mod masks;
mod moves;
mod naming;
mod resources;
mod roles;
mod schema;
mod steps;
mod tables;
mod views;

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::artifact::hcl::build::provider;
use crate::artifact::{Artifact, HclBlock};
use crate::cell::TargetId;
use crate::diag::Diagnostics;
use crate::ident::Name;
use crate::mesh::capability::Atom;
use crate::naming::NameRequest;
use crate::primitive::{
    CellSet, Form, Grant, Key, KeyUse, Mask, Primitive, Principal, Storage, Stream,
};
use crate::step::Draft;
use crate::targets::terraform::{Part, Pin, Root};
use crate::targets::{Lowering, Target};

use naming::Physical;

/// The target.
#[derive(Debug)]
pub(super) struct Gcp;

/// The major that is written for if the mesh does not say.
const MAJOR: u32 = 6;

impl Target for Gcp {
    fn id(&self) -> TargetId {
        TargetId::Gcp
    }

    fn names(&self, cell: &CellSet) -> Vec<NameRequest> {
        match cell.id.domain {
            Some(_) => naming::of_cell(cell),
            None => naming::above(cell, roles::all()),
        }
    }

    fn lower(&self, cell: &CellSet, cx: &Lowering<'_>, out: &mut Diagnostics) -> Vec<Artifact> {
        let physical = Physical::new(cell, cx.names);
        if cell.id.domain.is_none() {
            return roles::definitions(cell, physical)
                .into_iter()
                .chain(guardrails::documents(cell))
                .collect();
        }
        let things = Things::of(cell);
        moves::check(cell, out);
        let root = Root::new(cell, Part::Resources);
        let drawn = resources::draw(cell, &things, cx, physical, root, out);
        let arrivals = root.arrivals(&drawn.blocks, |block| {
            moves::import_id(block, &things, physical)
        });
        let departures = cell
            .moved_out
            .iter()
            .flat_map(|moved| root.departures(moved, moves::imported(moved)));
        let blocks = arrivals
            .into_iter()
            .chain(departures)
            .chain(drawn.blocks)
            .collect();
        let mut artifacts = whole(cell, root, blocks);
        artifacts.extend(drawn.documents);

        let root = Root::new(cell, Part::Access);
        let blocks = access::blocks(cell, &things, physical, root, out);
        let arrivals = root.arrivals(&blocks, |_| None);
        artifacts.extend(whole(
            cell,
            root,
            arrivals.into_iter().chain(blocks).collect(),
        ));
        artifacts
    }

    fn steps(&self, cell: &CellSet, artifacts: &[&Artifact]) -> Vec<Draft> {
        steps::of(cell, artifacts)
    }
}

/// A root with its files; nothing where there is nothing in it.
fn whole(cell: &CellSet, root: Root<'_>, blocks: Vec<HclBlock>) -> Vec<Artifact> {
    if blocks.is_empty() {
        return Vec::new();
    }
    vec![
        root.backend(),
        root.providers(&[pin(cell)], vec![settings(cell, root)]),
        root.hcl("main.tf", blocks),
    ]
}

fn pin(cell: &CellSet) -> Pin {
    Pin {
        name: "google",
        source: "hashicorp/google",
        major: cell.provider_major(MAJOR),
    }
}

fn settings(cell: &CellSet, root: Root<'_>) -> HclBlock {
    let origin = root.origin(cell.cloud.span, "provider", "the project of this cell");
    let region = cell.region.as_ref().map(|region| region.value.clone());
    provider("google")
        .attr("project", cell.settings.text("project").unwrap_or_default())
        .attr_if("region", region)
        // Terraform would otherwise add a label of its own that nobody asked for.
        .attr("add_terraform_attribution_label", false)
        .by(&origin)
}

/// A cell's primitives by sort.
#[derive(Debug, Default)]
struct Things<'a> {
    keys: Vec<&'a Key>,
    storages: Vec<&'a Storage>,
    streams: Vec<&'a Stream>,
    principals: BTreeMap<Name, &'a Principal>,
    masks: Vec<&'a Mask>,
    grants: Vec<&'a Grant>,
}

impl<'a> Things<'a> {
    fn of(cell: &'a CellSet) -> Self {
        let mut things = Self::default();
        for primitive in &cell.primitives {
            match primitive {
                Primitive::Key(key) => things.keys.push(key),
                Primitive::Storage(storage) => things.storages.push(storage),
                Primitive::Stream(stream) => things.streams.push(stream),
                Primitive::Principal(principal) => {
                    things.principals.insert(principal.group.clone(), principal);
                }
                Primitive::Mask(mask) => things.masks.push(mask),
                Primitive::Grant(grant) => things.grants.push(grant),
                // Queries run on demand in the project: there is nothing to make for them.
                // Guardrails stand above domains only.
                // A view's kind is refused here.
                Primitive::View(_)
                | Primitive::Share(_)
                | Primitive::Compute(_)
                | Primitive::Guardrail(_) => {}
            }
        }
        things
    }

    /// Every key with every place where something uses it; a key encrypts in its own location only.
    fn key_places(&self) -> BTreeSet<(&'a Name, Option<&'a str>)> {
        let storages = self
            .storages
            .iter()
            .map(|storage| (&storage.key, storage.region.as_ref()));
        let streams = self
            .streams
            .iter()
            .map(|stream| (&stream.key, stream.region.as_ref()));
        let own =
            |(key, region): (&'a KeyUse, Option<&'a crate::source::Spanned<String>>)| match key {
                KeyUse::Own(label) => Some((label, region.map(|region| region.value.as_str()))),
                KeyUse::Provider | KeyUse::Existing(_) => None,
            };
        storages.chain(streams).filter_map(own).collect()
    }

    /// Every place where tables are laid over files.
    fn lake_places(&self) -> BTreeSet<Option<&'a str>> {
        let files = self
            .storages
            .iter()
            .filter(|storage| storage.form == Form::Files);
        files
            .map(|storage| storage.region.as_ref().map(|region| region.value.as_str()))
            .collect()
    }

    /// The groups that read a stream.
    fn readers(&self, stream: &Address) -> BTreeSet<&'a Name> {
        let reads = |grant: &&&'a Grant| grant.resource == *stream && grant.has(Atom::ReadData);
        self.grants
            .iter()
            .filter(reads)
            .map(|grant| &grant.group)
            .collect()
    }

    /// Whether a reader may see the whole of a thing for as long as a grant lasts: by the grant
    /// itself, or by another one that lasts as long. Only then may the grant's own reading be
    /// given as it stands.
    fn sees_all(&self, grant: &Grant) -> bool {
        let day = |grant: &Grant| grant.until.map(|until| until.value);
        let lasts = |other: &Grant| match (day(other), day(grant)) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(end), Some(needed)) => end >= needed,
        };
        let whole = |other: &&Grant| other.has(Atom::ReadData) && other.reaches_files();
        let same = |other: &&Grant| other.group == grant.group && other.resource == grant.resource;
        let others = self.grants.iter().copied();
        grant.reaches_files() || others.filter(same).filter(whole).any(lasts)
    }

    fn storage(&self, address: &Address) -> Option<&'a Storage> {
        self.storages
            .iter()
            .copied()
            .find(|storage| storage.address == *address)
    }
}
