//! `mesh.yaml`: what is true for every domain.

use crate::blueprint::decode::Decoder;
use crate::blueprint::schema::{Field, Leaf, Shape, Table};
use crate::blueprint::tree::cloud::{self, Settings};
use crate::blueprint::tree::defaults::{self, DefaultsLayer};
use crate::blueprint::tree::governance::{self, GovernanceLayer};
use crate::blueprint::values;
use crate::cell::TargetId;
use crate::ident::Name;
use crate::source::{Span, Spanned};
use crate::yaml::NodeId;

/// `mesh.yaml`, as written.
#[derive(Debug)]
pub struct MeshFile {
    /// Its name.
    pub name: Spanned<Name>,
    /// Its title.
    pub title: Option<Spanned<String>>,
    /// Its description.
    pub description: Option<Spanned<String>>,
    /// What every globally unique name starts with.
    pub prefix: Spanned<Name>,
    /// The environments, in the order in which changes go through them.
    pub environments: Vec<EnvironmentDecl>,
    /// Settings per cloud.
    pub clouds: Vec<(TargetId, Settings)>,
    /// People and workloads.
    pub groups: Vec<GroupDecl>,
    /// The first layer of governance.
    pub governance: GovernanceLayer,
    /// The first layer of defaults.
    pub defaults: DefaultsLayer,
    /// Where Terraform's state and meshc's ledger lie.
    pub state: Option<StateDecl>,
}

/// One environment, with its layers.
#[derive(Debug)]
pub struct EnvironmentDecl {
    /// Its name.
    pub name: Spanned<Name>,
    /// Its governance.
    pub governance: GovernanceLayer,
    /// Its defaults.
    pub defaults: DefaultsLayer,
}

/// One group of people or workloads.
#[derive(Debug)]
pub struct GroupDecl {
    /// Its name.
    pub name: Spanned<Name>,
    /// Its title.
    pub title: Option<Spanned<String>>,
    /// `people` or `workload`.
    pub kind: Option<Spanned<&'static str>>,
    /// Its identity per cloud.
    pub identities: Vec<(TargetId, Settings)>,
}

/// Where state lies.
#[derive(Debug)]
pub struct StateDecl {
    /// `local`, `s3`, `azurerm` or `gcs`.
    pub kind: Spanned<&'static str>,
    /// The rest, checked against the kind when resolved.
    pub settings: Vec<(&'static str, Spanned<String>)>,
    /// Where the declaration stands.
    pub span: Span,
}

/// People sign in; workloads are programs.
pub const GROUP_KINDS: &[&str] = &["people", "workload"];

/// The backends that Terraform and meshc both know.
pub const STATE_KINDS: &[&str] = &["local", "s3", "azurerm", "gcs"];

// Globally unique names start with it, and the tightest of them (an Azure storage account) has 24
// characters in all.
const PREFIX: Leaf = Leaf {
    name: "a prefix",
    example: "acme",
    pattern: "^[a-z][a-z0-9]{1,7}$",
    check: |text| parse_prefix(text).map(|_| ()),
};

fn parse_prefix(text: &str) -> Result<Name, String> {
    let name = Name::parse(text)?;
    if text.contains('-') || !(2..=8).contains(&text.len()) {
        return Err("it has 2 to 8 lower-case letters and digits, since every globally unique name starts with it".to_owned());
    }
    Ok(name)
}

const ENVIRONMENT: Table = Table {
    name: "environment",
    doc: "An environment with layers of its own.",
    fields: &[
        Field::required(
            "name",
            Shape::Leaf(&values::NAME),
            "The environment's name.",
        ),
        Field::optional(
            "governance",
            Shape::Object(&governance::TABLE),
            "Tightens the mesh's governance in this environment.",
        ),
        Field::optional(
            "defaults",
            Shape::Object(&defaults::TABLE),
            "Operational settings of this environment.",
        ),
    ],
};

const CLOUDS: Table = Table {
    name: "clouds",
    doc: "Settings per cloud; only clouds that are named here can be used.",
    fields: &[
        Field::optional(
            "aws",
            Shape::Object(cloud_table(TargetId::Aws)),
            "Amazon Web Services.",
        ),
        Field::optional(
            "azure",
            Shape::Object(cloud_table(TargetId::Azure)),
            "Microsoft Azure.",
        ),
        Field::optional(
            "gcp",
            Shape::Object(cloud_table(TargetId::Gcp)),
            "Google Cloud.",
        ),
        Field::optional(
            "snowflake",
            Shape::Object(cloud_table(TargetId::Snowflake)),
            "Snowflake.",
        ),
    ],
};

const fn cloud_table(target: TargetId) -> &'static Table {
    cloud::tables(target).mesh
}

const GROUP: Table = Table {
    name: "group",
    doc: "People or workloads that access is given to, with their identity on each cloud. Nothing is looked up.",
    fields: &[
        Field::required("name", Shape::Leaf(&values::NAME), "The group's name."),
        Field::optional("title", Shape::Text(128), "The group's name for people."),
        Field::optional(
            "kind",
            Shape::Choice(GROUP_KINDS),
            "`people` (the default) or `workload`.",
        ),
        Field::optional(
            "aws",
            cloud::identity_shape(cloud::tables(TargetId::Aws)),
            "How members prove their membership to AWS.",
        ),
        Field::optional(
            "azure",
            cloud::identity_shape(cloud::tables(TargetId::Azure)),
            "The group's object in Entra ID.",
        ),
        Field::optional(
            "gcp",
            cloud::identity_shape(cloud::tables(TargetId::Gcp)),
            "The group's e-mail address.",
        ),
        Field::optional(
            "snowflake",
            cloud::identity_shape(cloud::tables(TargetId::Snowflake)),
            "The role that the identity provider fills.",
        ),
    ],
};

const STATE: Table = Table {
    name: "state",
    doc: "Where Terraform's state and meshc's ledger lie: one object per root.",
    fields: &[
        Field::required(
            "kind",
            Shape::Choice(STATE_KINDS),
            "`local` for trying out, a cloud's object store otherwise.",
        ),
        Field::optional("bucket", Shape::Text(222), "The bucket (s3, gcs)."),
        Field::optional("region", Shape::Text(40), "The bucket's region (s3)."),
        Field::optional(
            "resource-group",
            Shape::Text(90),
            "The storage account's resource group (azurerm).",
        ),
        Field::optional(
            "storage-account",
            Shape::Text(24),
            "The storage account (azurerm).",
        ),
        Field::optional("container", Shape::Text(63), "The container (azurerm)."),
        Field::optional(
            "subscription",
            Shape::Text(36),
            "The storage account's subscription (azurerm).",
        ),
    ],
};

/// The keys of `mesh.yaml`.
pub const TABLE: Table = Table {
    name: "mesh",
    doc: "A data mesh: what is true for every domain.",
    fields: &[
        Field::required(
            "apiVersion",
            Shape::Choice(super::API_VERSIONS),
            "The version of this language.",
        ),
        Field::required("kind", Shape::Choice(&["Mesh"]), "What this document is."),
        Field::required("name", Shape::Leaf(&values::NAME), "The mesh's name."),
        Field::optional("title", Shape::Text(128), "The mesh's name for people."),
        Field::optional("description", Shape::Text(2048), "What the mesh is for."),
        Field::required(
            "prefix",
            Shape::Leaf(&PREFIX),
            "What every globally unique name starts with.",
        ),
        Field::required(
            "environments",
            Shape::List(&Shape::ShortOrLong(&values::NAME, &ENVIRONMENT)),
            "The environments, in the order in which changes go through them.",
        ),
        Field::required("clouds", Shape::Object(&CLOUDS), "Settings per cloud."),
        Field::optional(
            "groups",
            Shape::List(&Shape::Object(&GROUP)),
            "People and workloads.",
        ),
        Field::required(
            "governance",
            Shape::Object(&governance::TABLE),
            "Rules for everything; lower layers may only tighten them.",
        ),
        Field::optional(
            "defaults",
            Shape::Object(&defaults::TABLE),
            "Operational settings; the nearest layer wins.",
        ),
        Field::optional(
            "state",
            Shape::Object(&STATE),
            "Where state lies; local unless said otherwise.",
        ),
    ],
};

/// Reads `mesh.yaml`.
pub(super) fn decode(cx: &mut Decoder<'_, '_>, root: NodeId) -> Option<MeshFile> {
    let object = cx.object(root, &TABLE)?;
    super::check_header(cx, &object);
    let environments = super::items(
        cx,
        &object,
        "environments",
        "environments",
        decode_environment,
    );
    let clouds = object
        .get("clouds")
        .map(|node| decode_clouds(cx, node))
        .unwrap_or_default();
    Some(MeshFile {
        name: super::leaf(cx, &object, "name", &values::NAME, Name::parse)?,
        title: object.get("title").and_then(|node| cx.text(node, 128)),
        description: object
            .get("description")
            .and_then(|node| cx.text(node, 2048)),
        prefix: super::leaf(cx, &object, "prefix", &PREFIX, parse_prefix)?,
        environments,
        clouds,
        groups: super::items(cx, &object, "groups", "groups", decode_group),
        governance: super::governance_of(cx, &object),
        defaults: super::defaults_of(cx, &object),
        state: object.get("state").and_then(|node| decode_state(cx, node)),
    })
}

fn decode_environment(cx: &mut Decoder<'_, '_>, node: NodeId) -> Option<EnvironmentDecl> {
    if cx.yaml.text(node).is_some() {
        let name = cx.leaf(node, &values::NAME, Name::parse)?;
        let (governance, defaults) = (GovernanceLayer::default(), DefaultsLayer::default());
        return Some(EnvironmentDecl {
            name,
            governance,
            defaults,
        });
    }
    let object = cx.object(node, &ENVIRONMENT)?;
    let governance = super::governance_of(cx, &object);
    let defaults = super::defaults_of(cx, &object);
    let name = super::leaf(cx, &object, "name", &values::NAME, Name::parse)?;
    Some(EnvironmentDecl {
        name,
        governance,
        defaults,
    })
}

fn decode_clouds(cx: &mut Decoder<'_, '_>, node: NodeId) -> Vec<(TargetId, Settings)> {
    let Some(object) = cx.object(node, &CLOUDS) else {
        return Vec::new();
    };
    let mut clouds = Vec::new();
    for &target in TargetId::ALL {
        let settings = object
            .get(target.as_str())
            .and_then(|node| cloud::decode_settings(cx, node, cloud::tables(target).mesh));
        clouds.extend(settings.map(|settings| (target, settings)));
    }
    clouds
}

fn decode_group(cx: &mut Decoder<'_, '_>, node: NodeId) -> Option<GroupDecl> {
    let object = cx.object(node, &GROUP)?;
    let mut identities = Vec::new();
    for &target in TargetId::ALL {
        let identity = object
            .get(target.as_str())
            .and_then(|node| cloud::decode_identity(cx, node, target));
        identities.extend(identity.map(|identity| (target, identity)));
    }
    Some(GroupDecl {
        name: super::leaf(cx, &object, "name", &values::NAME, Name::parse)?,
        title: object.get("title").and_then(|node| cx.text(node, 128)),
        kind: object
            .get("kind")
            .and_then(|node| cx.choice(node, GROUP_KINDS)),
        identities,
    })
}

fn decode_state(cx: &mut Decoder<'_, '_>, node: NodeId) -> Option<StateDecl> {
    let object = cx.object(node, &STATE)?;
    let kind = object
        .get("kind")
        .and_then(|node| cx.choice(node, STATE_KINDS))?;
    let mut settings = Vec::new();
    for (key, node) in object.entries().filter(|(key, _)| *key != "kind") {
        let value = STATE
            .field(key)
            .and_then(|field| cx.settings_value(node, &field.shape));
        settings.extend(value.map(|value| (key, value)));
    }
    Some(StateDecl {
        kind,
        settings,
        span: object.span,
    })
}
