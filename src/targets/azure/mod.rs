//! Azure: files in ADLS Gen2 containers, streams in Event Hubs, access by role assignments, and
//! Azure Policy above domains.
//!
//! In: a cell. Out: two Terraform roots for `azurerm` (only arguments that its majors 4 and 5 both
//! know), or, above domains, the documents of custom roles and policies for `az`. Azure has no
//! catalogue of ours yet and nothing that hides columns of files: grants that need it are refused.

mod access;
mod condition;
mod endpoints;
mod guid;
mod moves;
mod naming;
mod policy;
mod resources;
mod roles;
mod steps;

use std::collections::BTreeMap;

use crate::artifact::hcl::build::{block, expr, provider};
use crate::artifact::{Artifact, HclBlock};
use crate::cell::TargetId;
use crate::diag::Diagnostics;
use crate::ident::Name;
use crate::mesh::capability::Atom;
use crate::naming::NameRequest;
use crate::primitive::{
    CellSet, Grant, Key, KeyUse, Mask, Primitive, Principal, Storage, Stream, Tags,
};
use crate::step::Draft;
use crate::targets::terraform::{Part, Pin, Root};
use crate::targets::{Lowering, Target};

use naming::Physical;

/// The target.
#[derive(Debug)]
pub(super) struct Azure;

/// The major that is written for if the mesh does not say.
const MAJOR: u32 = 4;

impl Target for Azure {
    fn id(&self) -> TargetId {
        TargetId::Azure
    }

    fn names(&self, cell: &CellSet) -> Vec<NameRequest> {
        match cell.id.domain {
            Some(_) => naming::of_cell(cell),
            None => naming::above(cell, policy::slugs(cell)),
        }
    }

    fn lower(&self, cell: &CellSet, cx: &Lowering<'_>, out: &mut Diagnostics) -> Vec<Artifact> {
        let physical = Physical::new(cell, cx.names);
        if cell.id.domain.is_none() {
            return roles::definitions(cell)
                .into_iter()
                .chain(policy::documents(cell, physical))
                .collect();
        }
        let things = Things::of(cell);
        moves::check(cell, out);
        let root = Root::new(cell, Part::Resources);
        let blocks = resources::blocks(cell, &things, cx, physical, root, out);
        let arrivals = root.arrivals(&blocks, |block| moves::import_id(block, &things, physical));
        let departures = cell
            .moved_out
            .iter()
            .flat_map(|moved| root.departures(moved, moves::imported(moved)));
        let blocks = arrivals
            .into_iter()
            .chain(departures)
            .chain(blocks)
            .collect();
        let mut artifacts = whole(cell, root, blocks);

        let root = Root::new(cell, Part::Access);
        let blocks = access::blocks(cell, &things, physical, out);
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
        name: "azurerm",
        source: "hashicorp/azurerm",
        major: cell.provider_major(MAJOR),
    }
}

/// The provider's settings. Resource providers are registered by name, since the default changed
/// from a long list (4.x) to none (5.x); accounts are never reached through their data endpoints,
/// which have no public address.
fn settings(cell: &CellSet, root: Root<'_>) -> HclBlock {
    let things = root.part() == Part::Resources;
    let origin = root.origin(cell.cloud.span, "provider", "the subscription of this cell");
    let mut features = block("features");
    if things {
        features = features.block(block("storage").attr("data_plane_available", false));
    }
    let provider = provider("azurerm")
        .attr(
            "subscription_id",
            cell.settings.text("subscription").unwrap_or_default(),
        )
        .attr("tenant_id", cell.cloud.text("tenant").unwrap_or_default())
        .attr("resource_provider_registrations", "none");
    let provider = if things {
        provider.attr(
            "resource_providers_to_register",
            expr::list(NAMESPACES.to_vec()),
        )
    } else {
        provider
    };
    provider.block(features).by(&origin)
}

/// What the resources root makes things of.
const NAMESPACES: [&str; 6] = [
    "Microsoft.EventHub",
    "Microsoft.Insights",
    "Microsoft.KeyVault",
    "Microsoft.ManagedIdentity",
    "Microsoft.OperationalInsights",
    "Microsoft.Storage",
];

/// A cell's primitives by sort.
#[derive(Debug, Default)]
struct Things<'a> {
    keys: Vec<&'a Key>,
    storages: Vec<&'a Storage>,
    streams: Vec<&'a Stream>,
    principals: BTreeMap<Name, &'a Principal>,
    masks: Vec<&'a Mask>,
    grants: Vec<&'a Grant>,
    /// The tags of what products share.
    tags: Tags,
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
                // Azure has no query engine of ours; guardrails stand above domains only.
                Primitive::Compute(compute) => things.tags.clone_from(&compute.tags),
                // A view's kind is refused here.
                Primitive::View(_) | Primitive::Share(_) | Primitive::Guardrail(_) => {}
            }
        }
        if things.tags.is_empty() {
            things.tags = shared_tags(&things);
        }
        things
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

    fn key_uses(&self) -> impl Iterator<Item = &'a KeyUse> + '_ {
        self.storages
            .iter()
            .map(|storage| &storage.key)
            .chain(self.streams.iter().map(|stream| &stream.key))
    }
}

/// The tags that every product has with the same value: the domain's own.
fn shared_tags(things: &Things<'_>) -> Tags {
    let mut all = things
        .storages
        .iter()
        .map(|one| &one.tags)
        .chain(things.streams.iter().map(|one| &one.tags));
    let Some(first) = all.next() else {
        return Tags::new();
    };
    let same = |(key, value): &(&&'static str, &String)| {
        !matches!(**key, "product" | "classification") && !value.is_empty()
    };
    first
        .iter()
        .filter(same)
        .map(|(key, value)| (*key, value.clone()))
        .collect()
}
