//! Operational fields: any layer may set them, the nearest one wins.

use crate::blueprint::decode::Decoder;
use crate::blueprint::schema::{Field, Shape, Table};
use crate::blueprint::values::{self, Duration, Size};
use crate::source::Spanned;
use crate::yaml::NodeId;

/// The `defaults:` of one layer, as written.
#[derive(Debug, Clone, Default)]
pub struct DefaultsLayer {
    /// How long replaced or deleted objects can still be brought back.
    pub undelete: Option<Spanned<Duration>>,
    /// How long an idle warehouse stays up.
    pub auto_suspend: Option<Spanned<Duration>>,
    /// Credits that a warehouse may use in a month.
    pub credit_quota: Option<Spanned<i64>>,
    /// The most that one query may read where queries are paid by the byte.
    pub scan_limit: Option<Spanned<Size>>,
}

/// The keys of `defaults:`.
pub const TABLE: Table = Table {
    name: "defaults",
    doc: "Operational settings. The nearest layer wins: product, domain, environment, mesh.",
    fields: &[
        Field::optional(
            "undelete",
            Shape::Leaf(&values::DURATION),
            "How long replaced or deleted objects can be brought back; whole days from 1 to 90.",
        ),
        Field::optional(
            "auto-suspend",
            Shape::Leaf(&values::DURATION),
            "How long an idle warehouse stays up.",
        ),
        Field::optional(
            "credit-quota",
            Shape::Integer(1, 1_000_000),
            "Credits that a domain's warehouse may use in a month.",
        ),
        Field::optional(
            "scan-limit",
            Shape::Leaf(&values::SIZE),
            "The most that one query may read where queries are paid by the byte.",
        ),
    ],
};

/// Reads one layer.
pub(super) fn decode(cx: &mut Decoder<'_, '_>, node: NodeId) -> Option<DefaultsLayer> {
    let object = cx.object(node, &TABLE)?;
    Some(DefaultsLayer {
        undelete: super::leaf(cx, &object, "undelete", &values::DURATION, Duration::parse),
        auto_suspend: super::leaf(
            cx,
            &object,
            "auto-suspend",
            &values::DURATION,
            Duration::parse,
        ),
        credit_quota: object
            .get("credit-quota")
            .and_then(|node| cx.integer(node, 1, 1_000_000)),
        scan_limit: super::leaf(cx, &object, "scan-limit", &values::SIZE, Size::parse),
    })
}
