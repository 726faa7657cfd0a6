//! `domains/<domain>.yaml`: one domain, its cells and its products.

use crate::blueprint::decode::Decoder;
use crate::blueprint::schema::{Field, Shape, Table};
use crate::blueprint::tree::access::{self, NeedDecl};
use crate::blueprint::tree::cloud::{self, Settings};
use crate::blueprint::tree::defaults::{self, DefaultsLayer};
use crate::blueprint::tree::governance::{self, GovernanceLayer};
use crate::blueprint::tree::product::{self, ProductDecl};
use crate::blueprint::values;
use crate::cell::{DomainName, TargetId};
use crate::ident::Name;
use crate::source::{Span, Spanned};
use crate::yaml::NodeId;

/// A domain's file, as written.
#[derive(Debug)]
pub struct DomainFile {
    /// Its name.
    pub name: Spanned<DomainName>,
    /// Its title.
    pub title: Option<Spanned<String>>,
    /// What it is about.
    pub description: Option<Spanned<String>>,
    /// The group that answers for it.
    pub owner: Spanned<Name>,
    /// The group that looks after its metadata.
    pub steward: Option<Spanned<Name>>,
    /// Who pays.
    pub cost_center: Option<Spanned<String>>,
    /// The name it had before.
    pub was: Option<Spanned<DomainName>>,
    /// `active` or `retired`.
    pub status: Option<Spanned<&'static str>>,
    /// Environment and cloud to account, subscription or project.
    pub cells: Vec<CellDecl>,
    /// Its layer of governance.
    pub governance: GovernanceLayer,
    /// Its layer of defaults.
    pub defaults: DefaultsLayer,
    /// Its products.
    pub products: Vec<ProductDecl>,
    /// What it reads elsewhere.
    pub needs: Vec<NeedDecl>,
    /// Where the file starts.
    pub span: Span,
}

/// One cell, as written.
#[derive(Debug)]
pub struct CellDecl {
    /// The environment.
    pub env: Spanned<Name>,
    /// The cloud.
    pub target: TargetId,
    /// The cell's settings.
    pub settings: Settings,
}

const CELL: Table = Table {
    name: "cells of an environment",
    doc: "The clouds that the domain uses in one environment.",
    fields: &[
        Field::optional(
            "aws",
            Shape::Object(cloud::tables(TargetId::Aws).cell),
            "The AWS account.",
        ),
        Field::optional(
            "azure",
            Shape::Object(cloud::tables(TargetId::Azure).cell),
            "The Azure subscription.",
        ),
        Field::optional(
            "gcp",
            Shape::Object(cloud::tables(TargetId::Gcp).cell),
            "The Google Cloud project.",
        ),
        Field::optional(
            "snowflake",
            Shape::Object(cloud::tables(TargetId::Snowflake).cell),
            "The Snowflake database's settings; `{}` is enough.",
        ),
    ],
};

/// A retired domain's products are all retired.
pub const STATUSES: &[&str] = &["active", "retired"];

/// The keys of a domain's file.
pub const TABLE: Table = Table {
    name: "domain",
    doc: "A domain: a team that owns data products.",
    fields: &[
        Field::required(
            "apiVersion",
            Shape::Choice(super::API_VERSIONS),
            "The version of this language.",
        ),
        Field::required("kind", Shape::Choice(&["Domain"]), "What this document is."),
        Field::required(
            "name",
            Shape::Leaf(&values::DOMAIN),
            "The domain's name; also the name of its file.",
        ),
        Field::optional("title", Shape::Text(128), "The domain's name for people."),
        Field::optional(
            "description",
            Shape::Text(2048),
            "What the domain is about.",
        ),
        Field::required(
            "owner",
            Shape::Leaf(&values::NAME),
            "The group that answers for the domain.",
        ),
        Field::optional(
            "steward",
            Shape::Leaf(&values::NAME),
            "The group that looks after its metadata.",
        ),
        Field::optional("cost-center", Shape::Text(64), "Who pays."),
        Field::optional(
            "was",
            Shape::Leaf(&values::DOMAIN),
            "The name it had before; data and physical names stay.",
        ),
        Field::optional(
            "status",
            Shape::Choice(STATUSES),
            "`active` or `retired` (access revoked, data kept).",
        ),
        Field::optional(
            "cells",
            Shape::Map(&values::NAME, &Shape::Object(&CELL)),
            "Per environment, the clouds and their account, subscription or project; a sub-domain inherits its parent's.",
        ),
        Field::optional(
            "governance",
            Shape::Object(&governance::TABLE),
            "Tightens the mesh's governance in this domain.",
        ),
        Field::optional(
            "defaults",
            Shape::Object(&defaults::TABLE),
            "Operational settings of this domain.",
        ),
        Field::optional(
            "products",
            Shape::List(&Shape::Object(&product::TABLE)),
            "Its data products.",
        ),
        Field::optional(
            "needs",
            Shape::List(&Shape::Object(&access::NEED)),
            "The consumer's side of agreements: what it reads elsewhere.",
        ),
    ],
};

/// Reads a domain's file.
pub(super) fn decode(cx: &mut Decoder<'_, '_>, root: NodeId) -> Option<DomainFile> {
    let object = cx.object(root, &TABLE)?;
    super::check_header(cx, &object);
    let cells = object
        .get("cells")
        .map(|node| decode_cells(cx, node))
        .unwrap_or_default();
    let products = super::items(cx, &object, "products", "products", product::decode);
    let needs = super::items(cx, &object, "needs", "needs", access::decode_need);
    let name = super::leaf(cx, &object, "name", &values::DOMAIN, DomainName::parse);
    let owner = super::leaf(cx, &object, "owner", &values::NAME, Name::parse);
    Some(DomainFile {
        title: object.get("title").and_then(|node| cx.text(node, 128)),
        description: object
            .get("description")
            .and_then(|node| cx.text(node, 2048)),
        steward: super::leaf(cx, &object, "steward", &values::NAME, Name::parse),
        cost_center: object.get("cost-center").and_then(|node| cx.text(node, 64)),
        was: super::leaf(cx, &object, "was", &values::DOMAIN, DomainName::parse),
        status: object
            .get("status")
            .and_then(|node| cx.choice(node, STATUSES)),
        governance: super::governance_of(cx, &object),
        defaults: super::defaults_of(cx, &object),
        span: object.span,
        name: name?,
        owner: owner?,
        cells,
        products,
        needs,
    })
}

fn decode_cells(cx: &mut Decoder<'_, '_>, node: NodeId) -> Vec<CellDecl> {
    let mut cells = Vec::new();
    for (key, value) in cx.map(node, "environments") {
        let env = cx.leaf(key, &values::NAME, Name::parse);
        let object = cx.object(value, &CELL);
        let (Some(env), Some(object)) = (env, object) else {
            continue;
        };
        for &target in TargetId::ALL {
            let table = cloud::tables(target).cell;
            let settings = object
                .get(target.as_str())
                .and_then(|node| cloud::decode_settings(cx, node, table));
            cells.extend(settings.map(|settings| CellDecl {
                env: env.clone(),
                target,
                settings,
            }));
        }
    }
    cells
}
