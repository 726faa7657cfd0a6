//! AWS: S3 and KMS for data, Glue, Lake Formation and Athena to read it, Kinesis for events, IAM for
//! who may, and service control policies above.
//!
//! In: the primitives of one cell. Out: two Terraform roots with the documents that they carry, or
//! the documents that stand above domains. Shapes of plain resources come from `templates/aws`;
//! everything that carries authority is built here. It never looks anything up on AWS.

mod access;
mod bucket;
mod bucket_policy;
mod catalogue;
mod guardrails;
mod here;
mod key;
mod key_policy;
mod lake_grants;
mod limits;
mod moves;
mod policy;
mod query;
mod rights;
mod shape;
mod steps;
mod stream;
mod tags;
mod trust;

use std::collections::BTreeSet;

use self::here::{Here, Place};
use super::terraform::{Part, Pin, Root};
use super::{Lowering, Target};
use crate::artifact::hcl::build::provider;
use crate::artifact::hcl::expr;
use crate::artifact::{Artifact, HclBlock};
use crate::cell::TargetId;
use crate::diag::Diagnostics;
use crate::naming::NameRequest;
use crate::primitive::CellSet;
use crate::step::Draft;

/// The major version of the provider that is written for unless the mesh says otherwise.
const PROVIDER: u32 = 6;

/// The target.
#[derive(Debug)]
pub(super) struct Aws;

impl Target for Aws {
    fn id(&self) -> TargetId {
        TargetId::Aws
    }

    fn names(&self, cell: &CellSet) -> Vec<NameRequest> {
        here::requests(cell)
    }

    fn lower(&self, cell: &CellSet, cx: &Lowering<'_>, out: &mut Diagnostics) -> Vec<Artifact> {
        match Here::new(cell, cx.names) {
            Some(here) => domain(here, cx, out),
            None => guardrails::lower(cell, out),
        }
    }

    fn steps(&self, cell: &CellSet, artifacts: &[&Artifact]) -> Vec<Draft> {
        steps::of(cell, artifacts)
    }
}

fn domain(here: Here<'_>, cx: &Lowering<'_>, out: &mut Diagnostics) -> Vec<Artifact> {
    let mut artifacts = Vec::new();
    moves::check_accounts(here, out);
    tags::check(here, out);
    let root = Root::new(here.cell, Part::Resources);
    let (mut blocks, documents) = catalogue::lake_role(here, root, out);
    for place in here.places() {
        blocks.extend(key::lower(here, place, cx, out));
        blocks.extend(bucket::lower(here, place, cx, out));
        blocks.extend(catalogue::lower(here, place, cx, out));
        blocks.extend(query::lower(here, place, cx, out));
        blocks.extend(stream::lower(here, place, cx, out));
    }
    for place in here.places() {
        blocks.extend(key::outputs(here, place));
    }
    artifacts.extend(whole(here, root, blocks, documents));
    let root = Root::new(here.cell, Part::Access);
    let (blocks, documents) = access::lower(here, root, out);
    artifacts.extend(whole(here, root, blocks, documents));
    artifacts
}

/// A root with its files; nothing where there is nothing in it.
fn whole(
    here: Here<'_>,
    root: Root<'_>,
    blocks: Vec<HclBlock>,
    documents: Vec<Artifact>,
) -> Vec<Artifact> {
    let arrivals = root.arrivals(&blocks, |block| moves::import_id(here, block, &blocks));
    let departures = here
        .cell
        .moved_out
        .iter()
        .flat_map(|moved| root.departures(moved, moves::imported(moved, root.part())));
    let mut left = BTreeSet::new();
    let mut behind = Vec::new();
    for moved in &here.cell.moved_out {
        // Two products may leave the same key.
        let new = moves::left_behind(here, moved, root.part());
        let new: Vec<_> = new
            .into_iter()
            .filter(|one| left.insert(one.clone()))
            .collect();
        behind.extend(root.left_behind(moved, &blocks, new));
    }
    let blocks: Vec<HclBlock> = arrivals
        .into_iter()
        .chain(departures)
        .chain(behind)
        .chain(blocks)
        .collect();
    if blocks.is_empty() {
        return Vec::new();
    }
    let pin = Pin {
        name: "aws",
        source: "hashicorp/aws",
        major: here.cell.provider_major(PROVIDER),
    };
    let providers = here
        .places()
        .into_iter()
        .map(|place| provider_block(here, root, place))
        .collect();
    let mut artifacts = vec![
        root.backend(),
        root.providers(&[pin], providers),
        root.hcl("main.tf", blocks),
    ];
    artifacts.extend(documents);
    artifacts
}

/// One provider for each region, bound to the account, so that credentials of another one change
/// nothing.
fn provider_block(here: Here<'_>, root: Root<'_>, place: Place<'_>) -> HclBlock {
    let region = here
        .cell
        .region
        .as_ref()
        .map_or(here.cell.span, |region| region.span);
    let origin = root.origin(
        region,
        "provider",
        &format!("account {} in {}", here.account(), place.region),
    );
    provider("aws")
        .attr_if("alias", place.provider())
        .attr("region", place.region)
        .attr("allowed_account_ids", expr::list([here.account()]))
        .by(&origin)
}
