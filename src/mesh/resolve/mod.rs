//! Names to things: binds what the blueprint's files say to each other.
//!
//! In: a [`Blueprint`] and the names of the kinds that exist. Out: a [`Mesh`], or diagnostics that
//! name both places wherever two matter. Nothing here knows what a cloud does with the result.

mod agreements;
mod domains;
mod layers;
mod products;
mod sources;

pub use sources::find as source;

use std::collections::BTreeMap;

use crate::blueprint::Blueprint;
use crate::blueprint::decode::listed;
use crate::blueprint::tree::mesh::{EnvironmentDecl, GroupDecl, MeshFile, StateDecl};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::ident::Name;
use crate::mesh::governance::{Classifications, Defaults, Governance, Layer};
use crate::mesh::{Group, Mesh, State};
use crate::source::{Span, Spanned};

/// What products need to know of the mesh while they are resolved.
struct Shared<'a> {
    labels: Classifications,
    groups: BTreeMap<Name, Group>,
    environments: Vec<Spanned<Name>>,
    mesh: &'a MeshFile,
    governance: BTreeMap<Name, Governance>,
    defaults: BTreeMap<Name, Defaults>,
}

/// Resolves a blueprint. Returns a mesh only if nothing blocks.
pub fn resolve(blueprint: &Blueprint<'_>, kinds: &[&str], out: &mut Diagnostics) -> Option<Mesh> {
    let mesh = &blueprint.mesh;
    let labels = Classifications(
        mesh.governance
            .classifications
            .iter()
            .flat_map(|labels| labels.value.iter().map(|label| label.value.clone()))
            .collect(),
    );
    if labels.0.is_empty() {
        let span = mesh.governance.span.unwrap_or(mesh.name.span);
        let problem = Diagnostic::new(
            code::GOVERNANCE_INCOMPLETE,
            span,
            "the mesh's governance names no classifications",
        );
        out.push(problem.help("for example `classifications: [public, internal, confidential, pii]`, from least to most sensitive"));
    }
    let environments = environments(&mesh.environments, out);
    let (governance, defaults) = environment_layers(mesh, &labels, out);
    let groups = groups(&mesh.groups, mesh, out);
    let shared = Shared {
        labels,
        groups,
        environments,
        mesh,
        governance,
        defaults,
    };
    let mut domains = domains::resolve(blueprint, &shared, kinds, out);
    agreements::resolve(blueprint, &mut domains, &shared, out);
    sources::resolve(blueprint, &mut domains, &shared, out);
    domains::check_inputs(&domains, out);
    products::check_moves(&domains, out);
    report_unused_groups(&shared, &domains, out);
    let state = state(mesh.state.as_ref(), out);
    (!out.has_errors()).then(|| Mesh {
        name: mesh.name.clone(),
        title: mesh.title.as_ref().map(|title| title.value.clone()),
        prefix: mesh.prefix.value.clone(),
        environments: shared.environments,
        clouds: mesh
            .clouds
            .iter()
            .map(|(target, settings)| (*target, settings.clone()))
            .collect(),
        groups: shared.groups,
        classifications: shared.labels,
        governance: shared.governance,
        state,
        domains,
    })
}

fn environments(declared: &[EnvironmentDecl], out: &mut Diagnostics) -> Vec<Spanned<Name>> {
    let mut known: Vec<Spanned<Name>> = Vec::new();
    for env in declared {
        match known.iter().find(|other| other.value == env.name.value) {
            Some(first) => out.push(given_twice(
                "environment",
                env.name.as_str(),
                env.name.span,
                first.span,
            )),
            None => known.push(env.name.clone()),
        }
    }
    known
}

fn given_twice(what: &str, name: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(
        code::NAME_GIVEN_TWICE,
        span,
        format!("the {what} `{name}` is given twice"),
    )
    .label(first, "first given here")
    .help("rename one of them, or remove it")
}

fn environment_layers(
    mesh: &MeshFile,
    labels: &Classifications,
    out: &mut Diagnostics,
) -> (BTreeMap<Name, Governance>, BTreeMap<Name, Defaults>) {
    let mut base = layers::no_governance();
    let mut base_defaults = layers::built_in_defaults();
    let mut tighten = layers::Tighten { labels, out };
    tighten.lay(&mut base, &mesh.governance, &Layer::Mesh);
    layers::set_defaults(&mut base_defaults, &mesh.defaults, &Layer::Mesh);
    let mut governance = BTreeMap::new();
    let mut defaults = BTreeMap::new();
    for env in &mesh.environments {
        let layer = Layer::Environment(env.name.value.clone());
        let mut own = base.clone();
        tighten.lay(&mut own, &env.governance, &layer);
        governance.insert(env.name.value.clone(), own);
        let mut own = base_defaults.clone();
        layers::set_defaults(&mut own, &env.defaults, &layer);
        defaults.insert(env.name.value.clone(), own);
    }
    (governance, defaults)
}

fn groups(declared: &[GroupDecl], mesh: &MeshFile, out: &mut Diagnostics) -> BTreeMap<Name, Group> {
    let mut groups: BTreeMap<Name, Group> = BTreeMap::new();
    for group in declared {
        if let Some(first) = groups.get(&group.name.value) {
            out.push(given_twice(
                "group",
                group.name.as_str(),
                group.name.span,
                first.name.span,
            ));
            continue;
        }
        for (target, identity) in &group.identities {
            if !mesh.clouds.iter().any(|(cloud, _)| cloud == target) {
                let message = format!(
                    "group `{}` has an identity on {target}, which the mesh does not use",
                    group.name.value
                );
                let problem = Diagnostic::new(code::CLOUD_WITHOUT_SETTINGS, identity.span, message);
                out.push(problem.help(format!(
                    "add `{target}` to `clouds` in mesh.yaml, or remove the identity"
                )));
            }
        }
        groups.insert(
            group.name.value.clone(),
            Group {
                name: group.name.clone(),
                title: group.title.as_ref().map(|title| title.value.clone()),
                workload: group.kind.is_some_and(|kind| kind.value == "workload"),
                identities: group.identities.iter().cloned().collect(),
            },
        );
    }
    groups
}

impl Shared<'_> {
    /// Whether a group exists; reports one that does not.
    fn group(&self, name: &Spanned<Name>, out: &mut Diagnostics) -> bool {
        let known = self.groups.contains_key(&name.value);
        if !known {
            let names = || self.groups.keys().map(Name::as_str);
            let message = format!("`{}` is not a group of this mesh", name.value);
            let mut problem = Diagnostic::new(code::UNKNOWN_GROUP, name.span, message)
                .did_you_mean(name.as_str(), names());
            if problem.help.is_empty() {
                problem = problem.help(format!("the groups in mesh.yaml are {}", listed(names())));
            }
            out.push(problem);
        }
        known
    }

    /// Whether an environment exists; reports one that does not.
    fn environment(&self, name: &Spanned<Name>, out: &mut Diagnostics) -> bool {
        let known = self.environments.iter().any(|env| env.value == name.value);
        if !known {
            let names = || self.environments.iter().map(|env| env.as_str());
            let message = format!("`{}` is not an environment of this mesh", name.value);
            let problem = Diagnostic::new(code::UNKNOWN_ENVIRONMENT, name.span, message)
                .did_you_mean(name.as_str(), names());
            out.push(problem.help(format!(
                "the environments in mesh.yaml are {}",
                listed(names())
            )));
        }
        known
    }
}

fn report_unused_groups(
    shared: &Shared<'_>,
    domains: &BTreeMap<crate::cell::DomainName, crate::mesh::Domain>,
    out: &mut Diagnostics,
) {
    let used: std::collections::BTreeSet<&Name> = domains
        .values()
        .flat_map(|domain| {
            let roles = std::iter::once(&domain.owner.value)
                .chain(domain.steward.iter().map(|steward| &steward.value));
            roles.chain(
                domain
                    .products
                    .iter()
                    .flat_map(|product| product.rights.iter().map(|right| &right.group)),
            )
        })
        .collect();
    // A blueprint with errors may have lost the very lines that use a group.
    if out.has_errors() {
        return;
    }
    for group in shared
        .groups
        .values()
        .filter(|group| !used.contains(&group.name.value))
    {
        let message = format!(
            "no domain gives anything to the group `{}`",
            group.name.value
        );
        out.push(
            Diagnostic::new(code::UNUSED_GROUP, group.name.span, message)
                .help("give it `access` to something, or remove it"),
        );
    }
}

/// What each kind of state store needs.
const STATE_NEEDS: &[(&str, &[&str])] = &[
    ("local", &[]),
    ("s3", &["bucket", "region"]),
    (
        "azurerm",
        &[
            "resource-group",
            "storage-account",
            "container",
            "subscription",
        ],
    ),
    ("gcs", &["bucket"]),
];

fn state(declared: Option<&StateDecl>, out: &mut Diagnostics) -> State {
    let Some(declared) = declared else {
        return State {
            kind: "local",
            settings: BTreeMap::new(),
            span: None,
        };
    };
    let needs = STATE_NEEDS
        .iter()
        .find(|(kind, _)| *kind == declared.kind.value)
        .map_or(&[][..], |(_, needs)| needs);
    for need in needs
        .iter()
        .filter(|need| !declared.settings.iter().any(|(key, _)| key == *need))
    {
        let message = format!("state of kind `{}` needs `{need}`", declared.kind.value);
        out.push(
            Diagnostic::new(code::STATE_SETTING_MISSING, declared.kind.span, message)
                .help(format!("add `{need}` to `state`")),
        );
    }
    for (key, value) in declared
        .settings
        .iter()
        .filter(|(key, _)| !needs.contains(key))
    {
        let message = format!("state of kind `{}` has no `{key}`", declared.kind.value);
        out.push(
            Diagnostic::new(code::STATE_SETTING_UNUSED, value.span, message).help("remove it"),
        );
    }
    let settings = declared
        .settings
        .iter()
        .map(|(key, value)| (*key, value.value.clone()))
        .collect();
    State {
        kind: declared.kind.value,
        settings,
        span: Some(declared.span),
    }
}
