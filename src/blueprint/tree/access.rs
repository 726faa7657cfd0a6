//! Who may do what: access for groups, and the two sides of an agreement between domains.

use jiff::civil::Date;

use crate::address::Address;
use crate::blueprint::decode::{Decoder, Object};
use crate::blueprint::schema::{Field, Shape, Table};
use crate::blueprint::tree::cloud;
use crate::blueprint::values;
use crate::cell::{DomainName, TargetId};
use crate::ident::Name;
use crate::source::{Span, Spanned};
use crate::yaml::NodeId;

/// A group's access to a product of its own domain, as written.
#[derive(Debug)]
pub struct AccessDecl {
    /// The group.
    pub group: Spanned<Name>,
    /// What it may do.
    pub can: Vec<Spanned<&'static str>>,
    /// The zones or ports; every zone if left out.
    pub on: Vec<Spanned<Name>>,
    /// The columns; all if left out.
    pub columns: Vec<Spanned<String>>,
    /// The clouds; all of the product's if left out.
    pub targets: Vec<Spanned<TargetId>>,
    /// The rows; all if left out.
    pub rows: Vec<RowsDecl>,
    /// The last day on which it counts.
    pub until: Option<Spanned<Date>>,
    /// Where it stands.
    pub span: Span,
}

/// Somebody outside the mesh on one cloud, as written.
#[derive(Debug)]
pub struct ShareDecl {
    /// The cloud.
    pub target: TargetId,
    /// Its name there.
    pub account: Spanned<String>,
}

/// The values that a column of the rows has, as written.
pub type RowsDecl = (Spanned<String>, Vec<Spanned<String>>);

/// The provider's side of an agreement, or a share with somebody outside the mesh, as written.
#[derive(Debug)]
pub struct GrantDecl {
    /// The domain that may read.
    pub consumer: Option<Spanned<DomainName>>,
    /// Who outside the mesh may read, per cloud.
    pub share: Vec<ShareDecl>,
    /// What for; of a share only, since a consumer says it itself.
    pub purpose: Option<Spanned<String>>,
    /// Where it was approved; of a share only.
    pub ticket: Option<Spanned<String>>,
    /// The zone or port; the last zone if left out.
    pub port: Option<Spanned<Name>>,
    /// The columns; all of the port's if left out.
    pub columns: Vec<Spanned<String>>,
    /// The rows; all if left out.
    pub rows: Vec<RowsDecl>,
    /// The last day on which it counts.
    pub until: Option<Spanned<Date>>,
    /// Where it stands.
    pub span: Span,
}

/// The consumer's side of an agreement, as written.
#[derive(Debug)]
pub struct NeedDecl {
    /// The zone or port of another domain's product.
    pub port: Spanned<Address>,
    /// The groups that read; the domain's owner if left out.
    pub groups: Vec<Spanned<Name>>,
    /// What for.
    pub purpose: Spanned<String>,
    /// Where it was approved.
    pub ticket: Spanned<String>,
    /// The last day on which it is needed.
    pub until: Spanned<Date>,
    /// Where it stands.
    pub span: Span,
}

/// What a blueprint can grant; what each is made of is a table of its own (`data/capabilities.json`).
pub const CAPABILITIES: &[&str] = &["read", "write", "own", "steward", "operate", "unmask"];

const ROWS: Field = Field::optional(
    "rows",
    Shape::Map(
        &values::COLUMN,
        &Shape::List(&Shape::Leaf(&values::ROW_VALUE)),
    ),
    "The rows it may read, as values of columns that a row has in each: `{country: [DE, AT]}`; all if left out.",
);

/// The keys of an access entry.
pub const ACCESS: Table = Table {
    name: "access",
    doc: "What a group may do with a product of its domain.",
    fields: &[
        Field::required("group", Shape::Leaf(&values::NAME), "The group."),
        Field::required(
            "can",
            Shape::List(&Shape::Choice(CAPABILITIES)),
            "What it may do.",
        ),
        Field::optional(
            "on",
            Shape::List(&Shape::Leaf(&values::NAME)),
            "The zones or ports; all if left out.",
        ),
        Field::optional(
            "columns",
            Shape::List(&Shape::Leaf(&values::COLUMN)),
            "The columns it may read; all if left out.",
        ),
        ROWS,
        Field::optional(
            "targets",
            Shape::List(&Shape::Choice(&TargetId::NAMES)),
            "The clouds; all of the product's if left out.",
        ),
        Field::optional(
            "until",
            Shape::Leaf(&values::DATE),
            "The last day on which it counts.",
        ),
    ],
};

/// Who outside the mesh may read, per cloud.
pub const SHARE: Table = Table {
    name: "share",
    doc: "Somebody outside the mesh, per cloud.",
    fields: &[Field::optional(
        "snowflake",
        Shape::Leaf(&cloud::PARTNER),
        "Another Snowflake account of the organization.",
    )],
};

/// The keys of a grant.
pub const GRANT: Table = Table {
    name: "grant",
    doc: "The provider's side of an agreement: what another domain may read if it also asks for it; or what somebody outside the mesh may read.",
    fields: &[
        Field::optional(
            "consumer",
            Shape::Leaf(&values::DOMAIN),
            "The domain that may read.",
        ),
        Field::optional(
            "share",
            Shape::Object(&SHARE),
            "In place of `consumer`: who outside the mesh may read. It needs `purpose`, `ticket` and `until`, since nobody asks for it.",
        ),
        Field::optional("purpose", Shape::Text(512), "What a share is for."),
        Field::optional("ticket", Shape::Text(128), "Where a share was approved."),
        Field::optional(
            "port",
            Shape::Leaf(&values::NAME),
            "The zone or port; the last zone if left out.",
        ),
        Field::optional(
            "columns",
            Shape::List(&Shape::Leaf(&values::COLUMN)),
            "The columns; all if left out.",
        ),
        ROWS,
        Field::optional(
            "until",
            Shape::Leaf(&values::DATE),
            "The last day on which it counts; the earlier of both sides wins.",
        ),
    ],
};

/// The keys of a need.
pub const NEED: Table = Table {
    name: "need",
    doc: "The consumer's side of an agreement: what this domain reads elsewhere, why, and until when.",
    fields: &[
        Field::required(
            "port",
            Shape::Leaf(&values::ADDRESS),
            "The zone or port of another domain's product; `env:` before it and `@@cloud` behind it narrow it.",
        ),
        Field::optional(
            "groups",
            Shape::List(&Shape::Leaf(&values::NAME)),
            "The groups that read; the domain's owner if left out.",
        ),
        Field::required("purpose", Shape::Text(512), "What for."),
        Field::required("ticket", Shape::Text(128), "Where it was approved."),
        Field::required(
            "until",
            Shape::Leaf(&values::DATE),
            "The last day on which it is needed.",
        ),
    ],
};

pub(super) fn decode_access(cx: &mut Decoder<'_, '_>, node: NodeId) -> Option<AccessDecl> {
    let object = cx.object(node, &ACCESS)?;
    let can = super::items(cx, &object, "can", "capabilities", |cx, node| {
        cx.choice(node, CAPABILITIES)
    });
    let on = object
        .get("on")
        .map(|node| super::names(cx, node, "zones or ports").value)
        .unwrap_or_default();
    Some(AccessDecl {
        can,
        on,
        columns: super::column_names(cx, &object, "columns"),
        targets: super::targets(cx, object.get("targets")),
        rows: decode_rows(cx, &object),
        until: super::leaf(cx, &object, "until", &values::DATE, values::parse_date),
        span: object.span,
        group: super::leaf(cx, &object, "group", &values::NAME, Name::parse)?,
    })
}

fn decode_rows(cx: &mut Decoder<'_, '_>, object: &Object) -> Vec<RowsDecl> {
    let Some(node) = object.get("rows") else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    for (key, value) in cx.map(node, "columns") {
        let column = cx.leaf(key, &values::COLUMN, values::parse_column);
        let items = cx.list(value, "values");
        let values = items
            .into_iter()
            .filter_map(|item| cx.leaf(item, &values::ROW_VALUE, values::parse_row_value))
            .collect();
        let values = super::distinct(cx, Spanned::new(values, cx.span(value)), Clone::clone);
        rows.extend(column.map(|column| (column, values.value)));
    }
    rows
}

pub(super) fn decode_grant(cx: &mut Decoder<'_, '_>, node: NodeId) -> Option<GrantDecl> {
    let object = cx.object(node, &GRANT)?;
    Some(GrantDecl {
        port: super::leaf(cx, &object, "port", &values::NAME, Name::parse),
        columns: super::column_names(cx, &object, "columns"),
        rows: decode_rows(cx, &object),
        until: super::leaf(cx, &object, "until", &values::DATE, values::parse_date),
        span: object.span,
        consumer: super::leaf(cx, &object, "consumer", &values::DOMAIN, DomainName::parse),
        share: object
            .get("share")
            .and_then(|node| decode_share(cx, node))
            .unwrap_or_default(),
        purpose: object.get("purpose").and_then(|node| cx.text(node, 512)),
        ticket: object.get("ticket").and_then(|node| cx.text(node, 128)),
    })
}

fn decode_share(cx: &mut Decoder<'_, '_>, node: NodeId) -> Option<Vec<ShareDecl>> {
    let settings = cloud::decode_settings(cx, node, &SHARE)?;
    let accounts = settings.iter().filter_map(|(key, account)| {
        let target = TargetId::parse(key)?;
        let account = account.clone();
        Some(ShareDecl { target, account })
    });
    Some(accounts.collect())
}

pub(super) fn decode_need(cx: &mut Decoder<'_, '_>, node: NodeId) -> Option<NeedDecl> {
    let object = cx.object(node, &NEED)?;
    let groups = object
        .get("groups")
        .map(|node| super::names(cx, node, "groups").value)
        .unwrap_or_default();
    let port = super::leaf(cx, &object, "port", &values::ADDRESS, Address::parse);
    let purpose = object.get("purpose").and_then(|node| cx.text(node, 512));
    let ticket = object.get("ticket").and_then(|node| cx.text(node, 128));
    let until = super::leaf(cx, &object, "until", &values::DATE, values::parse_date);
    Some(NeedDecl {
        port: port?,
        groups,
        purpose: purpose?,
        ticket: ticket?,
        until: until?,
        span: object.span,
    })
}
