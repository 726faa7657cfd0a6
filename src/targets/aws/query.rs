//! What runs queries: an Athena workgroup for each group that reads something in a region.
//!
//! One for each group and not one for the domain: whoever may read results in a workgroup may read
//! everybody's (`athena:GetQueryResults` knows no finer resource), and a workgroup that enforces its
//! settings writes all results to one place. Groups that see different columns must not meet there.

use serde_json::json;

use super::bucket::key_values;
use super::here::{Here, Place};
use super::shape::Shape;
use super::{bucket, tags};
use crate::artifact::HclBlock;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::ident::Name;
use crate::primitive::Compute;
use crate::targets::{Lowering, terraform};

/// The least that a query may be cut off at (Athena API, `BytesScannedCutoffPerQuery`).
const LEAST_CUTOFF: u64 = 10_485_760;

/// The workgroups of a region.
pub(super) fn lower(
    here: Here<'_>,
    place: Place<'_>,
    cx: &Lowering<'_>,
    out: &mut Diagnostics,
) -> Vec<HclBlock> {
    let mut blocks = Vec::new();
    for compute in here.computes() {
        if compute.scan_limit.bytes() < LEAST_CUTOFF {
            let message = format!(
                "Athena cuts queries off at 10 MiB or more, `scan-limit` is {}",
                compute.scan_limit
            );
            out.push(
                Diagnostic::new(code::OUT_OF_CLOUD_RANGE, compute.origin.span, message)
                    .help("set `scan-limit: 10MiB` or more under `defaults`"),
            );
            continue;
        }
        for group in here.readers_in(place) {
            blocks.extend(workgroup(here, compute, group, place, cx, out));
        }
    }
    blocks
}

fn workgroup(
    here: Here<'_>,
    compute: &Compute,
    group: &Name,
    place: Place<'_>,
    cx: &Lowering<'_>,
    out: &mut Diagnostics,
) -> Vec<HclBlock> {
    let label = place.label(&terraform::label([group.as_str()]));
    let (own_key, existing_key) = key_values(here.results_key(compute, place), place);
    bucket::check_existing_key(here.results_key(compute, place), here, place, out);
    let values = json!({
        "label": label,
        "workgroup": here.workgroup(group),
        "description": format!("Queries of {group} on {}", here.domain),
        "scan_limit": compute.scan_limit.bytes(),
        "output": format!("s3://{}/{}", here.results_bucket(place), prefix(group)),
        "account": here.account(),
        "own_key": own_key,
        "existing_key": existing_key,
        "tags": tags::stamped(here, &compute.tags),
    });
    Shape::new("aws/workgroup", place, &compute.origin)
        .makes("aws_athena_workgroup", &label)
        .refers_to_key(own_key.as_deref())
        .render(&values, cx, out)
}

/// Where the results of a group's queries lie in their bucket.
pub(super) fn prefix(group: &Name) -> String {
    format!("{group}/")
}
