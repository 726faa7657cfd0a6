//! Domains: their cells, their layers, their owner, and what their products are made from.

use std::collections::BTreeMap;

use crate::address::Address;
use crate::blueprint::Blueprint;
use crate::blueprint::decode::listed;
use crate::blueprint::tree::domain::{CellDecl, DomainFile};
use crate::cell::{CellId, DomainName, TargetId};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::ident::Name;
use crate::mesh::governance::{Defaults, Governance, Layer};
use crate::mesh::{Cell, Domain, Product};
use crate::source::Spanned;

use super::{Shared, given_twice, layers, products};

/// Resolves every domain with its products' own side of things.
pub(super) fn resolve(
    blueprint: &Blueprint<'_>,
    shared: &Shared<'_>,
    kinds: &[&str],
    out: &mut Diagnostics,
) -> BTreeMap<DomainName, Domain> {
    let mut files: BTreeMap<DomainName, &DomainFile> = BTreeMap::new();
    let mut domains = BTreeMap::new();
    for source in &blueprint.domains {
        match files.get(&source.tree.name.value) {
            Some(first) => out.push(given_twice(
                "domain",
                source.tree.name.as_str(),
                source.tree.name.span,
                first.name.span,
            )),
            None => drop(files.insert(source.tree.name.value.clone(), &source.tree)),
        }
    }
    for (index, source) in blueprint.domains.iter().enumerate() {
        let file = &source.tree;
        if domains.contains_key(&file.name.value) {
            continue;
        }
        let parent = parent_of(file, &files, out);
        let cells = cells(file, parent, shared, out);
        let (governance, defaults) = layers_of(file, parent, shared, out);
        shared.group(&file.owner, out);
        if let Some(steward) = &file.steward {
            shared.group(steward, out);
        }
        cost_center_given(file, &governance, out);
        let mut domain = Domain {
            name: file.name.clone(),
            title: file.title.as_ref().map(|title| title.value.clone()),
            owner: file.owner.clone(),
            steward: file.steward.clone(),
            cost_center: file.cost_center.as_ref().map(|center| center.value.clone()),
            was: file.was.clone(),
            retired: file.status.is_some_and(|status| status.value == "retired"),
            cells,
            governance,
            products: Vec::new(),
            file: source.file,
            source: index,
        };
        domain.products = products::resolve(file, &domain, &defaults, shared, kinds, out);
        domains.insert(file.name.value.clone(), domain);
    }
    domains
}

fn parent_of<'a>(
    file: &DomainFile,
    files: &BTreeMap<DomainName, &'a DomainFile>,
    out: &mut Diagnostics,
) -> Option<&'a DomainFile> {
    let parent = file.name.parent()?;
    let found = files.get(&parent).copied();
    if found.is_none() {
        let message = format!(
            "the sub-domain `{}` has no parent: there is no domain `{parent}`",
            file.name.value
        );
        let problem = Diagnostic::new(code::PARENT_MISSING, file.name.span, message);
        out.push(
            problem
                .did_you_mean(parent.as_str(), files.keys().map(DomainName::as_str))
                .help(format!(
                    "add domains/{parent}.yaml, or give the domain a name without a dot"
                )),
        );
    }
    found
}

/// A tag that every resource carries needs something to be filled from.
fn cost_center_given(
    file: &DomainFile,
    governance: &BTreeMap<Name, Governance>,
    out: &mut Diagnostics,
) {
    let asking = governance
        .values()
        .find(|governance| governance.tags.value.0.contains("cost-center"));
    let Some(asking) = asking.filter(|_| file.cost_center.is_none()) else {
        return;
    };
    let message = format!("domain `{}` needs `cost-center`", file.name.value);
    let mut problem = Diagnostic::new(code::GOVERNANCE_INCOMPLETE, file.name.span, message);
    if let Some(span) = asking.tags.span() {
        problem = problem.label(span, "every resource carries this tag");
    }
    out.push(problem.help("say who pays, for example `cost-center: CC-1001`"));
}

fn cells(
    file: &DomainFile,
    parent: Option<&DomainFile>,
    shared: &Shared<'_>,
    out: &mut Diagnostics,
) -> BTreeMap<(Name, TargetId), Cell> {
    // A sub-domain that names cells of its own uses those; otherwise it shares its parent's.
    let declared: &[CellDecl] = match parent {
        Some(parent) if file.cells.is_empty() => &parent.cells,
        _ => &file.cells,
    };
    let mut cells = BTreeMap::new();
    let mut unused: BTreeMap<TargetId, Diagnostic> = BTreeMap::new();
    for cell in declared {
        if !shared.environment(&cell.env, out) {
            continue;
        }
        let Some((_, cloud)) = shared
            .mesh
            .clouds
            .iter()
            .find(|(cloud, _)| *cloud == cell.target)
        else {
            // One message for a cloud, however many environments have a cell on it.
            if let Some(said) = unused.get_mut(&cell.target) {
                *said = said.clone().label(cell.settings.span, "here too");
                continue;
            }
            let message = format!(
                "domain `{}` has a cell on {}, which the mesh does not use",
                file.name.value, cell.target
            );
            let problem =
                Diagnostic::new(code::CLOUD_WITHOUT_SETTINGS, cell.settings.span, message);
            let help = format!(
                "add `{}` to `clouds` in mesh.yaml, or remove the cell",
                cell.target
            );
            unused.insert(cell.target, problem.help(help));
            continue;
        };
        let id = CellId {
            env: cell.env.value.clone(),
            domain: Some(file.name.value.clone()),
            target: cell.target,
        };
        let region = ["region", "location"]
            .iter()
            .find_map(|key| cell.settings.get(key).or_else(|| cloud.get(key)))
            .cloned();
        cells.insert(
            (cell.env.value.clone(), cell.target),
            Cell {
                id,
                settings: cell.settings.clone(),
                region,
            },
        );
    }
    for problem in unused.into_values() {
        out.push(problem);
    }
    cells
}

fn layers_of(
    file: &DomainFile,
    parent: Option<&DomainFile>,
    shared: &Shared<'_>,
    out: &mut Diagnostics,
) -> (BTreeMap<Name, Governance>, BTreeMap<Name, Defaults>) {
    let mut governance = shared.governance.clone();
    let mut defaults = shared.defaults.clone();
    for file in parent.into_iter().chain([file]) {
        let layer = Layer::Domain(file.name.value.clone());
        let mut tighten = layers::Tighten {
            labels: &shared.labels,
            out,
        };
        for env in governance.values_mut() {
            tighten.lay(env, &file.governance, &layer);
        }
        for env in defaults.values_mut() {
            layers::set_defaults(env, &file.defaults, &layer);
        }
    }
    (governance, defaults)
}

/// The product behind an address, or why there is none.
pub(super) fn find<'m>(
    domains: &'m BTreeMap<DomainName, Domain>,
    address: &Spanned<Address>,
) -> Result<(&'m Domain, &'m Product), Box<Diagnostic>> {
    let vague = |what: &str| {
        let message = format!("`{}` names no {what}", address.value);
        Box::new(
            Diagnostic::new(code::ADDRESS_TOO_VAGUE, address.span, message)
                .help("write `domain/product`, with `:zone-or-port` where one is meant"),
        )
    };
    let domain_name = address.domain.as_ref().ok_or_else(|| vague("domain"))?;
    let product_name = address.product.as_ref().ok_or_else(|| vague("product"))?;
    let Some(domain) = domains.get(domain_name) else {
        let message = format!("there is no domain `{domain_name}`");
        let names = domains.keys().map(DomainName::as_str);
        let problem = Diagnostic::new(code::UNKNOWN_DOMAIN, address.span, message)
            .did_you_mean(domain_name.as_str(), names);
        return Err(Box::new(or_listed(problem, domains)));
    };
    let mut named = domain
        .products
        .iter()
        .filter(|product| product.name.value == *product_name);
    let found = match address.major {
        Some(major) => named.find(|product| product.version.major == major),
        None => named.next(),
    };
    let Some(product) = found else {
        let message = format!(
            "domain `{domain_name}` has no product `{}`",
            Address {
                env: None,
                domain: None,
                port: None,
                column: None,
                target: None,
                ..address.value.clone()
            }
            .to_string()
            .trim_start_matches('/')
        );
        let versions: Vec<String> = domain
            .products
            .iter()
            .filter(|product| product.name.value == *product_name)
            .map(|product| format!("{product_name}@{}", product.version.major))
            .collect();
        let names = || domain.products.iter().map(|product| product.name.as_str());
        let mut problem = Diagnostic::new(code::UNKNOWN_PRODUCT, address.span, message);
        if versions.is_empty() {
            problem = problem.did_you_mean(product_name.as_str(), names());
        } else {
            let versions = listed(versions.iter().map(String::as_str));
            problem = problem.help(format!("it has {versions}"));
        }
        if problem.help.is_empty() {
            problem = problem.help(format!("its products are {}", listed(names())));
        }
        return Err(Box::new(problem.label(domain.name.span, "the domain")));
    };
    Ok((domain, product))
}

/// Lists the domains where none was near enough to be meant.
pub(super) fn or_listed(problem: Diagnostic, domains: &BTreeMap<DomainName, Domain>) -> Diagnostic {
    if !problem.help.is_empty() {
        return problem;
    }
    let names = listed(domains.keys().map(DomainName::as_str));
    problem.help(format!("the domains are {names}"))
}

/// Reports inputs that are not there, and products that are made from themselves.
pub(super) fn check_inputs(domains: &BTreeMap<DomainName, Domain>, out: &mut Diagnostics) {
    let mut edges: BTreeMap<&Address, Vec<(&Address, &Spanned<Address>)>> = BTreeMap::new();
    for product in domains.values().flat_map(|domain| &domain.products) {
        for input in &product.inputs {
            match find(domains, input) {
                Err(problem) => out.push(*problem),
                Ok((_, source)) => {
                    if let Some(port) = input
                        .port
                        .as_ref()
                        .filter(|port| source.port(port.as_str()).is_none())
                    {
                        out.push(unknown_port(port, input.span, source));
                    }
                    edges
                        .entry(&product.address)
                        .or_default()
                        .push((&source.address, input));
                }
            }
        }
    }
    let mut done = std::collections::BTreeSet::new();
    for start in edges.keys() {
        if let Some((through, path)) = cycle(start, &edges, &mut done) {
            let message = format!("`{start}` is made from itself: {path}");
            out.push(
                Diagnostic::new(code::INPUT_CYCLE, through.span, message)
                    .help("remove one of these inputs"),
            );
        }
    }
}

type Edges<'a> = BTreeMap<&'a Address, Vec<(&'a Address, &'a Spanned<Address>)>>;

/// A way from a product back to itself, found without recursion so that depth does not matter.
fn cycle<'a>(
    start: &'a Address,
    edges: &Edges<'a>,
    done: &mut std::collections::BTreeSet<&'a Address>,
) -> Option<(&'a Spanned<Address>, String)> {
    let mut path: Vec<(&Address, usize)> = vec![(start, 0)];
    while let Some((at, next)) = path.last_mut() {
        let step = edges.get(at).and_then(|list| list.get(*next)).copied();
        *next += 1;
        match step {
            None => {
                done.insert(at);
                path.pop();
            }
            Some((to, input)) => {
                if let Some(from) = path.iter().position(|(seen, _)| *seen == to) {
                    let names: Vec<String> = path
                        .iter()
                        .skip(from)
                        .map(|(seen, _)| seen.to_string())
                        .chain([to.to_string()])
                        .collect();
                    done.extend(path.iter().map(|(seen, _)| *seen));
                    return Some((input, names.join(" ← ")));
                }
                if !done.contains(to) {
                    path.push((to, 0));
                }
            }
        }
    }
    None
}

/// The message for a zone or port that a product does not have.
pub(super) fn unknown_port(
    port: &Name,
    span: crate::source::Span,
    product: &Product,
) -> Diagnostic {
    let names = || {
        product
            .zones
            .iter()
            .map(|zone| zone.as_str())
            .chain(product.ports.iter().map(|port| port.name.as_str()))
    };
    let message = format!("`{}` has no zone or port `{port}`", product.address);
    let mut problem =
        Diagnostic::new(code::UNKNOWN_PORT, span, message).did_you_mean(port.as_str(), names());
    if problem.help.is_empty() {
        problem = problem.help(format!(
            "it has {}",
            crate::blueprint::decode::listed(names())
        ));
    }
    problem.label(product.name.span, "the product")
}
