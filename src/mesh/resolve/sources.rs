//! What columns are computed from: the address that a column names, bound to the column that it means.
//!
//! A column of a view is labelled at least as its source is, unless it says otherwise: nobody has to
//! repeat what the owner of the source has said.

use std::collections::BTreeMap;

use crate::address::Address;
use crate::blueprint::Blueprint;
use crate::cell::DomainName;
use crate::diag::{Diagnostic, Diagnostics};
use crate::ident::Name;
use crate::mesh::{Domain, Source};
use crate::source::Spanned;

use super::{Shared, domains, products};

/// Binds every `from`. A product of a domain that is not in the mesh is somebody else's, and its
/// address is documentation.
pub(super) fn resolve(
    blueprint: &Blueprint<'_>,
    domains: &mut BTreeMap<DomainName, Domain>,
    shared: &Shared<'_>,
    out: &mut Diagnostics,
) {
    let mut found: Vec<(DomainName, usize, usize, Source, Option<Name>)> = Vec::new();
    for domain in domains.values() {
        let Some(declared) = blueprint.domains.get(domain.source) else {
            continue;
        };
        for (at, product) in domain.products.iter().enumerate() {
            let same = |other: &&crate::blueprint::tree::product::ProductDecl| {
                other.name.span == product.name.span
            };
            let Some(declared) = declared.tree.products.iter().find(same) else {
                continue;
            };
            let is_view = product.kind.value == "view";
            for (index, column) in product.columns.iter().enumerate() {
                let written = declared
                    .columns
                    .iter()
                    .find(|other| other.name.span == column.name.span);
                let Some((written, from)) =
                    written.and_then(|written| Some((written, written.from.as_ref()?)))
                else {
                    continue;
                };
                let outside = |address: &Address| {
                    let known = |name| domains.contains_key(name);
                    !is_view && !address.domain.as_ref().is_some_and(known)
                };
                if outside(from) {
                    continue;
                }
                match find(domains, from) {
                    Err(problem) => out.push(*problem),
                    Ok(source) => {
                        let own = shared.labels.rank(&column.classification);
                        let label = label_of(domains, &source).filter(|label| {
                            is_view
                                && written.classification.is_none()
                                && shared.labels.rank(label) > own
                        });
                        let label = label.cloned();
                        found.push((domain.name.value.clone(), at, index, source, label));
                    }
                }
            }
        }
    }
    for (domain, product, column, source, label) in found {
        let column = domains
            .get_mut(&domain)
            .and_then(|domain| domain.products.get_mut(product))
            .and_then(|product| product.columns.get_mut(column));
        if let Some(column) = column {
            column.from = Some(source);
            if let Some(label) = label {
                column.classification = label;
            }
        }
    }
}

fn label_of<'m>(domains: &'m BTreeMap<DomainName, Domain>, source: &Source) -> Option<&'m Name> {
    let domain = domains.get(source.product.domain.as_ref()?)?;
    let product = domain
        .products
        .iter()
        .find(|product| product.address == source.product)?;
    product
        .columns
        .iter()
        .find(|column| column.name.value == source.column)
        .map(|column| &column.classification)
}

/// The column behind an address, or why there is none. Without a zone or port the last zone is
/// meant, as in agreements.
pub fn find(
    domains: &BTreeMap<DomainName, Domain>,
    address: &Spanned<Address>,
) -> Result<Source, Box<Diagnostic>> {
    let (_, product) = domains::find(domains, address)?;
    let port = address
        .port
        .clone()
        .or_else(|| product.zones.last().map(|zone| zone.value.clone()));
    let shown = port.as_ref().and_then(|port| product.port(port.as_str()));
    let (Some(port), Some((zone, columns))) = (&port, shown) else {
        let port = port.unwrap_or_else(|| product.name.value.clone());
        return Err(Box::new(domains::unknown_port(
            &port,
            address.span,
            product,
        )));
    };
    let name = address.column.clone().unwrap_or_default();
    let known = product
        .columns
        .iter()
        .any(|column| column.name.value == name);
    if !known {
        let name = Spanned::new(name, address.span);
        let problem = products::unknown_column(&name, &product.columns, product.name.span);
        return Err(Box::new(problem));
    }
    if columns.is_some_and(|columns| !columns.contains(&name)) {
        let message = format!(
            "the port `{}:{port}` does not show `{name}`",
            product.address
        );
        let problem = Diagnostic::new(crate::diag::code::UNKNOWN_COLUMN, address.span, message)
            .label(product.name.span, "the product");
        return Err(Box::new(problem.help(
            "name the zone or another port, or let the port show the column",
        )));
    }
    Ok(Source {
        product: product.address.clone(),
        port: port.clone(),
        zone: zone.value.clone(),
        column: name,
        span: address.span,
    })
}
