//! Governed fields: what a layer below may only tighten. Each field says which way is tighter.

use crate::blueprint::decode::Decoder;
use crate::blueprint::schema::{Field, Shape, Table};
use crate::blueprint::values::{self, Duration};
use crate::ident::Name;
use crate::source::{Span, Spanned};
use crate::yaml::NodeId;

/// Bounds on how long data is kept.
#[derive(Debug, Clone)]
pub struct RetentionBounds {
    /// Data is kept at least this long; a layer below may only raise it.
    pub min: Option<Spanned<Duration>>,
    /// Data is kept at most this long; a layer below may only lower it.
    pub max: Option<Spanned<Duration>>,
}

/// The `governance:` of one layer, as written.
#[derive(Debug, Clone, Default)]
pub struct GovernanceLayer {
    /// The labels from least to most sensitive; only the mesh may give them.
    pub classifications: Option<Spanned<Vec<Spanned<Name>>>>,
    /// Bounds per label.
    pub retention: Vec<(Spanned<Name>, RetentionBounds)>,
    /// Data is archived after this time at the latest; may only be lowered.
    pub archive_after: Option<Spanned<Duration>>,
    /// Where data may lie; may only lose items.
    pub regions: Option<Spanned<Vec<Spanned<String>>>>,
    /// Tags that every resource carries; may only gain items.
    pub tags: Option<Spanned<Vec<Spanned<&'static str>>>>,
    /// Who holds the keys: `provider` < `customer`; may only rise.
    pub encryption: Option<Spanned<&'static str>>,
    /// Labels whose columns are hidden from everyone without `unmask`; may only gain items.
    pub masked: Option<Spanned<Vec<Spanned<Name>>>>,
    /// Whether `unmask` counts here: `allowed` < `never`; may only rise.
    pub unmask: Option<Spanned<&'static str>>,
    /// Where the layer stands.
    pub span: Option<Span>,
}

/// The tags that meshc knows how to fill from the blueprint.
pub const TAGS: &[&str] = &[
    "owner",
    "cost-center",
    "classification",
    "domain",
    "product",
    "environment",
];

/// Customer-managed keys are stricter than the provider's own.
pub const ENCRYPTION: &[&str] = &["provider", "customer"];

/// Never is stricter than allowed.
pub const UNMASK: &[&str] = &["allowed", "never"];

/// `min` and `max` of retention.
pub const RETENTION: Table = Table {
    name: "retention bounds",
    doc: "How long data of a classification is kept at least and at most.",
    fields: &[
        Field::optional(
            "min",
            Shape::Leaf(&values::DURATION),
            "At least this long; lower layers may only raise it.",
        ),
        Field::optional(
            "max",
            Shape::Leaf(&values::DURATION),
            "At most this long; lower layers may only lower it.",
        ),
    ],
};

const REGION: crate::blueprint::schema::Leaf = crate::blueprint::schema::Leaf {
    name: "a region or location",
    example: "eu-west-1",
    pattern: "^[A-Za-z0-9-]{2,40}$",
    check: |text| parse_region(text).map(|_| ()),
};

fn parse_region(text: &str) -> Result<String, String> {
    let right = (2..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if right {
        Ok(text.to_owned())
    } else {
        Err("it has letters, digits and `-`".to_owned())
    }
}

/// The keys of `governance:`.
pub const TABLE: Table = Table {
    name: "governance",
    doc: "Rules for everything below. An environment, domain or product may tighten them, never loosen them.",
    fields: &[
        Field::optional(
            "classifications",
            Shape::List(&Shape::Leaf(&values::NAME)),
            "The labels of data from least to most sensitive. Only `mesh.yaml` gives them.",
        ),
        Field::optional(
            "retention",
            Shape::Map(&values::NAME, &Shape::Object(&RETENTION)),
            "Bounds on retention per classification.",
        ),
        Field::optional(
            "archive-after",
            Shape::Leaf(&values::DURATION),
            "Data goes to archive storage after this time at the latest; may only be lowered.",
        ),
        Field::optional(
            "regions",
            Shape::List(&Shape::Leaf(&REGION)),
            "Where data may lie, over all clouds; may only lose items.",
        ),
        Field::optional(
            "tags",
            Shape::List(&Shape::Choice(TAGS)),
            "Tags that every resource carries; may only gain items.",
        ),
        Field::optional(
            "encryption",
            Shape::Choice(ENCRYPTION),
            "Who holds the keys of storage; `customer` is stricter than `provider`.",
        ),
        Field::optional(
            "masked",
            Shape::List(&Shape::Leaf(&values::NAME)),
            "Classifications whose columns are hidden from everyone without `unmask`; may only gain items.",
        ),
        Field::optional(
            "unmask",
            Shape::Choice(UNMASK),
            "Whether `unmask` counts here; `never` is stricter than `allowed`.",
        ),
    ],
};

/// Reads one layer.
pub(super) fn decode(cx: &mut Decoder<'_, '_>, node: NodeId) -> Option<GovernanceLayer> {
    let object = cx.object(node, &TABLE)?;
    let mut layer = GovernanceLayer {
        span: Some(object.span),
        ..GovernanceLayer::default()
    };
    if let Some(node) = object.get("classifications") {
        layer.classifications = Some(super::names(cx, node, "classifications"));
    }
    if let Some(node) = object.get("retention") {
        layer.retention = decode_retention(cx, node);
    }
    layer.archive_after = super::leaf(
        cx,
        &object,
        "archive-after",
        &values::DURATION,
        Duration::parse,
    );
    if let Some(node) = object.get("regions") {
        let items = cx.list(node, "regions");
        let regions = items
            .into_iter()
            .filter_map(|item| cx.leaf(item, &REGION, parse_region))
            .collect();
        layer.regions = Some(super::distinct(
            cx,
            Spanned::new(regions, cx.span(node)),
            std::clone::Clone::clone,
        ));
    }
    if let Some(node) = object.get("tags") {
        let items = cx.list(node, "tags");
        let tags = items
            .into_iter()
            .filter_map(|item| cx.choice(item, TAGS))
            .collect();
        layer.tags = Some(super::distinct(
            cx,
            Spanned::new(tags, cx.span(node)),
            |tag| (*tag).to_owned(),
        ));
    }
    layer.encryption = object
        .get("encryption")
        .and_then(|node| cx.choice(node, ENCRYPTION));
    if let Some(node) = object.get("masked") {
        layer.masked = Some(super::names(cx, node, "classifications"));
    }
    layer.unmask = object
        .get("unmask")
        .and_then(|node| cx.choice(node, UNMASK));
    Some(layer)
}

fn decode_retention(
    cx: &mut Decoder<'_, '_>,
    node: NodeId,
) -> Vec<(Spanned<Name>, RetentionBounds)> {
    let mut bounds = Vec::new();
    for (key, value) in cx.map(node, "classifications") {
        let name = cx.leaf(key, &values::NAME, Name::parse);
        let Some(object) = cx.object(value, &RETENTION) else {
            continue;
        };
        let min = super::leaf(cx, &object, "min", &values::DURATION, Duration::parse);
        let max = super::leaf(cx, &object, "max", &values::DURATION, Duration::parse);
        if let Some(name) = name {
            bounds.push((name, RetentionBounds { min, max }));
        }
    }
    bounds
}
