//! A data product inside a domain's file.

use jiff::civil::Date;

use crate::address::Address;
use crate::blueprint::decode::Decoder;
use crate::blueprint::schema::{Field, Shape, Table};
use crate::blueprint::tree::access::{self, AccessDecl, GrantDecl};
use crate::blueprint::tree::cloud::{self, Settings};
use crate::blueprint::tree::defaults::{self, DefaultsLayer};
use crate::blueprint::values::{self, Duration, LogicalType, Percent, Version};
use crate::cell::TargetId;
use crate::ident::Name;
use crate::source::{Span, Spanned};
use crate::yaml::NodeId;

/// A product, as written.
#[derive(Debug)]
pub struct ProductDecl {
    /// Its name.
    pub name: Spanned<Name>,
    /// Its title.
    pub title: Option<Spanned<String>>,
    /// What it is, for people.
    pub description: Option<Spanned<String>>,
    /// What sort of product it is; bound to a kind when resolved.
    pub kind: Spanned<String>,
    /// Its version.
    pub version: Spanned<Version>,
    /// `active`, `deprecated`, `retired` or `destroyed`.
    pub status: Option<Spanned<&'static str>>,
    /// The address it had before.
    pub was: Option<Spanned<Address>>,
    /// Its label.
    pub classification: Spanned<Name>,
    /// How long its data is kept.
    pub retention: Option<Spanned<Duration>>,
    /// After which time its data goes to archive storage.
    pub archive_after: Option<Spanned<Duration>>,
    /// Where it lies.
    pub targets: Vec<Spanned<TargetId>>,
    /// Where it lies inside a cloud, if not where its cell is.
    pub region: Option<Spanned<String>>,
    /// Its zones, from raw to refined.
    pub zones: Vec<Spanned<Name>>,
    /// Its columns.
    pub columns: Vec<ColumnDecl>,
    /// Columns that split its storage.
    pub partition_by: Vec<Spanned<String>>,
    /// Its promises.
    pub sla: Option<SlaDecl>,
    /// What it is made from.
    pub inputs: Vec<Spanned<Address>>,
    /// What it offers besides its zones.
    pub outputs: Vec<OutputDecl>,
    /// Who of the mesh's groups may do what.
    pub access: Vec<AccessDecl>,
    /// The provider's side of agreements.
    pub grants: Vec<GrantDecl>,
    /// Things that were there before, per environment and cloud.
    pub existing: Vec<ExistingDecl>,
    /// Its own layer of defaults.
    pub defaults: DefaultsLayer,
    /// What its kind's own table reads.
    pub options: Option<NodeId>,
    /// Where it stands.
    pub span: Span,
}

/// Things of one environment and cloud that were there before, as written.
#[derive(Debug)]
pub struct ExistingDecl {
    /// The environment.
    pub env: Spanned<Name>,
    /// The cloud.
    pub target: TargetId,
    /// What is there.
    pub settings: Settings,
}

/// A column, as written.
#[derive(Debug)]
pub struct ColumnDecl {
    /// Its name, in the source's spelling.
    pub name: Spanned<String>,
    /// What it holds.
    pub kind: Spanned<LogicalType>,
    /// Whether it identifies a row.
    pub key: bool,
    /// Whether it is always there.
    pub required: bool,
    /// Its label, if stricter than the product's.
    pub classification: Option<Spanned<Name>>,
    /// The column that it is computed from.
    pub from: Option<Spanned<Address>>,
    /// What it means.
    pub description: Option<Spanned<String>>,
}

/// Promises, as written.
#[derive(Debug, Clone)]
pub struct SlaDecl {
    /// Data is at most this old.
    pub freshness: Option<Spanned<Duration>>,
    /// The share of time in which it can be read.
    pub availability: Option<Spanned<Percent>>,
}

/// A named port: some columns of a zone.
#[derive(Debug)]
pub struct OutputDecl {
    /// Its name.
    pub name: Spanned<Name>,
    /// The zone it shows.
    pub zone: Spanned<Name>,
    /// Its columns; all if left out.
    pub columns: Vec<Spanned<String>>,
    /// What it is for.
    pub description: Option<Spanned<String>>,
    /// The day after which it may go, if it is on its way out.
    pub sunset: Option<Spanned<Date>>,
}

/// The life of a product.
pub const STATUSES: &[&str] = &["active", "deprecated", "retired", "destroyed"];

const COLUMN: Table = Table {
    name: "column",
    doc: "A column of a product.",
    fields: &[
        Field::required(
            "name",
            Shape::Leaf(&values::COLUMN),
            "The column's name, in the source's spelling.",
        ),
        Field::required(
            "type",
            Shape::Leaf(&values::LOGICAL_TYPE),
            "What it holds, independent of any cloud.",
        ),
        Field::optional("key", Shape::Boolean, "Whether it identifies a row."),
        Field::optional(
            "required",
            Shape::Boolean,
            "Whether it is always there; keys always are.",
        ),
        Field::optional(
            "classification",
            Shape::Leaf(&values::NAME),
            "Its label, if stricter than the product's.",
        ),
        Field::optional(
            "from",
            Shape::Leaf(&values::SOURCE),
            "The column of another product that it is computed from; a `view` shows that column, elsewhere it is documentation.",
        ),
        Field::optional("description", Shape::Text(255), "What it means."),
    ],
};

const SLA: Table = Table {
    name: "service level",
    doc: "What the owner promises.",
    fields: &[
        Field::optional(
            "freshness",
            Shape::Leaf(&values::DURATION),
            "Data is at most this old.",
        ),
        Field::optional(
            "availability",
            Shape::Leaf(&values::PERCENT),
            "The share of time in which it can be read.",
        ),
    ],
};

const OUTPUT: Table = Table {
    name: "output port",
    doc: "A named port that shows some columns of a zone.",
    fields: &[
        Field::required(
            "name",
            Shape::Leaf(&values::NAME),
            "The port's name; zones and ports share one namespace per product.",
        ),
        Field::required("zone", Shape::Leaf(&values::NAME), "The zone it shows."),
        Field::optional(
            "columns",
            Shape::List(&Shape::Leaf(&values::COLUMN)),
            "Its columns; all if left out.",
        ),
        Field::optional("description", Shape::Text(512), "What it is for."),
        Field::optional(
            "sunset",
            Shape::Leaf(&values::DATE),
            "The day after which it may go.",
        ),
    ],
};

const EXISTING: Table = Table {
    name: "existing things",
    doc: "Things of one environment that were there before meshc and stay outside it, per cloud.",
    fields: &[
        Field::optional(
            "aws",
            Shape::Object(cloud::tables(TargetId::Aws).existing),
            "On AWS.",
        ),
        Field::optional(
            "azure",
            Shape::Object(cloud::tables(TargetId::Azure).existing),
            "On Azure.",
        ),
        Field::optional(
            "gcp",
            Shape::Object(cloud::tables(TargetId::Gcp).existing),
            "On Google Cloud.",
        ),
        Field::optional(
            "snowflake",
            Shape::Object(cloud::tables(TargetId::Snowflake).existing),
            "On Snowflake.",
        ),
    ],
};

const KIND: crate::blueprint::schema::Leaf = crate::blueprint::schema::Leaf {
    name: "a kind of product",
    example: "dataset",
    pattern: "^[a-z][a-z0-9-]{0,62}$",
    check: |text| Name::parse(text).map(|_| ()),
};

/// The keys of a product.
pub const TABLE: Table = Table {
    name: "product",
    doc: "A data product.",
    fields: &[
        Field::required(
            "name",
            Shape::Leaf(&values::NAME),
            "The product's name, unique in its domain.",
        ),
        Field::optional("title", Shape::Text(128), "The product's name for people."),
        Field::optional(
            "description",
            Shape::Text(2048),
            "What it is and what it is for.",
        ),
        Field::required(
            "kind",
            Shape::Leaf(&KIND),
            "What sort of product it is: `dataset`, `stream`, `table` or `view`.",
        ),
        Field::required(
            "version",
            Shape::Leaf(&values::VERSION),
            "Its version; a new major is a new product.",
        ),
        Field::optional(
            "status",
            Shape::Choice(STATUSES),
            "`active`, `deprecated`, `retired` (access revoked, data kept) or `destroyed` (named for destruction).",
        ),
        Field::optional(
            "was",
            Shape::Leaf(&values::ADDRESS),
            "The address it had before; its data and physical names stay.",
        ),
        Field::required(
            "classification",
            Shape::Leaf(&values::NAME),
            "Its label, which its columns inherit.",
        ),
        Field::optional(
            "retention",
            Shape::Leaf(&values::DURATION),
            "How long its data is kept.",
        ),
        Field::optional(
            "archive-after",
            Shape::Leaf(&values::DURATION),
            "When its data goes to archive storage.",
        ),
        Field::required(
            "targets",
            Shape::List(&Shape::Choice(&TargetId::NAMES)),
            "The clouds it lies on.",
        ),
        Field::optional(
            "region",
            Shape::Text(40),
            "Where it lies inside its cloud, if not where its cell is.",
        ),
        Field::optional(
            "zones",
            Shape::List(&Shape::Leaf(&values::NAME)),
            "Its zones, from raw to refined.",
        ),
        Field::optional(
            "columns",
            Shape::List(&Shape::Object(&COLUMN)),
            "Its columns.",
        ),
        Field::optional(
            "partition-by",
            Shape::List(&Shape::Leaf(&values::COLUMN)),
            "Columns that split its storage.",
        ),
        Field::optional("sla", Shape::Object(&SLA), "What the owner promises."),
        Field::optional(
            "inputs",
            Shape::List(&Shape::Leaf(&values::ADDRESS)),
            "What it is made from.",
        ),
        Field::optional(
            "outputs",
            Shape::List(&Shape::Object(&OUTPUT)),
            "Named ports besides its zones.",
        ),
        Field::optional(
            "access",
            Shape::List(&Shape::Object(&access::ACCESS)),
            "Who may do what.",
        ),
        Field::optional(
            "grants",
            Shape::List(&Shape::Object(&access::GRANT)),
            "The provider's side of agreements with other domains.",
        ),
        Field::optional(
            "existing",
            Shape::Map(&values::NAME, &Shape::Object(&EXISTING)),
            "Per environment, things that were there before and stay outside meshc.",
        ),
        Field::optional(
            "defaults",
            Shape::Object(&defaults::TABLE),
            "Operational settings of this product.",
        ),
        Field::optional("options", Shape::KindOptions, "Settings of its kind."),
    ],
};

/// Reads one product.
pub(super) fn decode(cx: &mut Decoder<'_, '_>, node: NodeId) -> Option<ProductDecl> {
    let object = cx.object(node, &TABLE)?;
    let duration = |cx: &mut Decoder<'_, '_>, key| {
        super::leaf(cx, &object, key, &values::DURATION, Duration::parse)
    };
    let retention = duration(cx, "retention");
    let archive_after = duration(cx, "archive-after");
    let zones = object
        .get("zones")
        .map(|node| super::names(cx, node, "zones").value)
        .unwrap_or_default();
    let columns = super::items(cx, &object, "columns", "columns", decode_column);
    let partition_by = super::column_names(cx, &object, "partition-by");
    let targets = super::targets(cx, object.get("targets"));
    let outputs = super::items(cx, &object, "outputs", "output ports", decode_output);
    let inputs = super::items(cx, &object, "inputs", "addresses", |cx, node| {
        cx.leaf(node, &values::ADDRESS, Address::parse)
    });
    let access = super::items(
        cx,
        &object,
        "access",
        "access entries",
        access::decode_access,
    );
    let grants = super::items(cx, &object, "grants", "grants", access::decode_grant);
    let existing = object
        .get("existing")
        .map(|node| decode_existing(cx, node))
        .unwrap_or_default();
    let name = super::leaf(cx, &object, "name", &values::NAME, Name::parse);
    let kind = super::leaf(cx, &object, "kind", &KIND, |text| {
        Name::parse(text).map(|name| name.to_string())
    });
    let version = super::leaf(cx, &object, "version", &values::VERSION, Version::parse);
    let classification = super::leaf(cx, &object, "classification", &values::NAME, Name::parse);
    Some(ProductDecl {
        title: object.get("title").and_then(|node| cx.text(node, 128)),
        description: object
            .get("description")
            .and_then(|node| cx.text(node, 2048)),
        status: object
            .get("status")
            .and_then(|node| cx.choice(node, STATUSES)),
        was: super::leaf(cx, &object, "was", &values::ADDRESS, Address::parse),
        region: object.get("region").and_then(|node| cx.text(node, 40)),
        sla: object.get("sla").and_then(|node| decode_sla(cx, node)),
        defaults: super::defaults_of(cx, &object),
        options: object.get("options"),
        span: object.span,
        name: name?,
        kind: kind?,
        version: version?,
        classification: classification?,
        retention,
        archive_after,
        targets,
        zones,
        columns,
        partition_by,
        inputs,
        outputs,
        access,
        grants,
        existing,
    })
}

fn decode_column(cx: &mut Decoder<'_, '_>, node: NodeId) -> Option<ColumnDecl> {
    let object = cx.object(node, &COLUMN)?;
    let flag = |cx: &mut Decoder<'_, '_>, key| {
        object
            .get(key)
            .and_then(|node| cx.boolean(node))
            .is_some_and(|it| it.value)
    };
    let key = flag(cx, "key");
    let required = flag(cx, "required") || key;
    let name = super::leaf(cx, &object, "name", &values::COLUMN, values::parse_column);
    let kind = super::leaf(
        cx,
        &object,
        "type",
        &values::LOGICAL_TYPE,
        LogicalType::parse,
    );
    Some(ColumnDecl {
        key,
        required,
        classification: super::leaf(cx, &object, "classification", &values::NAME, Name::parse),
        from: super::leaf(cx, &object, "from", &values::SOURCE, values::parse_source),
        description: object
            .get("description")
            .and_then(|node| cx.text(node, 255)),
        name: name?,
        kind: kind?,
    })
}

fn decode_sla(cx: &mut Decoder<'_, '_>, node: NodeId) -> Option<SlaDecl> {
    let object = cx.object(node, &SLA)?;
    Some(SlaDecl {
        freshness: super::leaf(cx, &object, "freshness", &values::DURATION, Duration::parse),
        availability: super::leaf(
            cx,
            &object,
            "availability",
            &values::PERCENT,
            Percent::parse,
        ),
    })
}

fn decode_output(cx: &mut Decoder<'_, '_>, node: NodeId) -> Option<OutputDecl> {
    let object = cx.object(node, &OUTPUT)?;
    Some(OutputDecl {
        columns: super::column_names(cx, &object, "columns"),
        description: object
            .get("description")
            .and_then(|node| cx.text(node, 512)),
        sunset: super::leaf(cx, &object, "sunset", &values::DATE, values::parse_date),
        name: super::leaf(cx, &object, "name", &values::NAME, Name::parse)?,
        zone: super::leaf(cx, &object, "zone", &values::NAME, Name::parse)?,
    })
}

fn decode_existing(cx: &mut Decoder<'_, '_>, node: NodeId) -> Vec<ExistingDecl> {
    let mut existing = Vec::new();
    for (key, value) in cx.map(node, "environments") {
        let env = cx.leaf(key, &values::NAME, Name::parse);
        let object = cx.object(value, &EXISTING);
        let (Some(env), Some(object)) = (env, object) else {
            continue;
        };
        for &target in TargetId::ALL {
            let table = cloud::tables(target).existing;
            let settings = object
                .get(target.as_str())
                .and_then(|node| cloud::decode_settings(cx, node, table));
            existing.extend(settings.map(|settings| ExistingDecl {
                env: env.clone(),
                target,
                settings,
            }));
        }
    }
    existing
}
