//! Streams: Kinesis, on demand, encrypted.
//!
//! A stream has no resource policy: nobody outside the account is let in, its endpoints speak only
//! TLS, and IAM decides alone.

use serde_json::json;

use super::bucket::{check_existing_key, key_values};
use super::here::{Here, Place};
use super::shape::Shape;
use super::tags;
use crate::artifact::HclBlock;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::primitive::Stream;
use crate::targets::{Lowering, terraform};

/// The label of a stream.
pub(super) fn label(stream: &Stream) -> String {
    terraform::label([
        terraform::product_label(&stream.address).as_str(),
        stream.zone.as_str(),
    ])
}

/// The streams of a region.
pub(super) fn lower(
    here: Here<'_>,
    place: Place<'_>,
    cx: &Lowering<'_>,
    out: &mut Diagnostics,
) -> Vec<HclBlock> {
    let mut blocks = Vec::new();
    for stream in here
        .streams()
        .filter(|stream| here.place(stream.region.as_ref()) == place)
    {
        let Some(hours) = retention_hours(stream, out) else {
            continue;
        };
        check_existing_key(&stream.key, here, place, out);
        let label = label(stream);
        let (own_key, existing_key) = key_values(&stream.key, place);
        let values = json!({
            "label": label,
            "stream": here.stream_name(stream),
            "retention_hours": hours,
            "own_key": own_key,
            "existing_key": existing_key,
            "tags": tags::stamped(here, &stream.tags),
        });
        let shape =
            Shape::new("aws/stream", place, &stream.origin).makes("aws_kinesis_stream", &label);
        blocks.extend(
            shape
                .refers_to_key(own_key.as_deref())
                .render(&values, cx, out),
        );
    }
    blocks
}

/// Whole hours from a day to a year (Kinesis API, `IncreaseStreamRetentionPeriod`).
fn retention_hours(stream: &Stream, out: &mut Diagnostics) -> Option<u64> {
    match stream.replay.value.whole_hours() {
        Some(hours @ 24..=8760) => Some(hours),
        _ => {
            let message = format!(
                "Kinesis keeps events for whole hours from 24h to 8760h, `replay` is {}",
                stream.replay.value
            );
            out.push(
                Diagnostic::new(code::OUT_OF_CLOUD_RANGE, stream.replay.span, message)
                    .help("write for example 24h, 7d or 365d"),
            );
            None
        }
    }
}
