//! Agreements between domains: the consumer asks, the provider grants; one side alone grants
//! nothing and is reported.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::blueprint::Blueprint;
use crate::blueprint::decode::listed;
use crate::blueprint::tree::access::{GrantDecl, NeedDecl, ShareDecl};
use crate::cell::{DomainName, TargetId};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::ident::Name;
use crate::mesh::capability::Capability;
use crate::mesh::{Domain, Product, Right, Share, Status, Via};
use crate::source::Spanned;

use super::{Shared, domains, products};

/// A need whose port was found.
struct Need<'a> {
    consumer: &'a Spanned<DomainName>,
    owner: &'a Spanned<Name>,
    declared: &'a NeedDecl,
    provider: DomainName,
    product: usize,
    port: Name,
    /// The clouds on which it is needed.
    targets: BTreeSet<TargetId>,
    met: bool,
}

/// Brings both sides together and adds the rights that follow.
pub(super) fn resolve(
    blueprint: &Blueprint<'_>,
    domains: &mut BTreeMap<DomainName, Domain>,
    shared: &Shared<'_>,
    out: &mut Diagnostics,
) {
    let mut needs: Vec<Need<'_>> = Vec::new();
    for source in &blueprint.domains {
        for need in &source.tree.needs {
            needs.extend(find_need(
                need,
                &source.tree.name,
                &source.tree.owner,
                domains,
                shared,
                out,
            ));
        }
    }
    for source in &blueprint.domains {
        for (index, declared) in source.tree.products.iter().enumerate() {
            for grant in &declared.grants {
                let Some(domain) = domains.get(&source.tree.name.value) else {
                    continue;
                };
                let Some(product) = domain
                    .products
                    .get(index)
                    .filter(|product| product.name.span == declared.name.span)
                else {
                    continue;
                };
                let (rights, shares) = match (&grant.consumer, &grant.share[..]) {
                    (Some(consumer), []) if grant.purpose.is_none() && grant.ticket.is_none() => {
                        let side = Side {
                            grant,
                            consumer,
                            domain,
                            product,
                            index,
                        };
                        let rights = meet(&side, &mut needs, domains, shared, out);
                        (rights, Vec::new())
                    }
                    (None, accounts @ [_, ..]) => {
                        (Vec::new(), shares(grant, accounts, product, shared, out))
                    }
                    _ => {
                        to_whom(grant, out);
                        continue;
                    }
                };
                if let Some(product) = domains
                    .get_mut(&source.tree.name.value)
                    .and_then(|domain| domain.products.get_mut(index))
                {
                    product.rights.extend(rights);
                    product.shares.extend(shares);
                }
            }
        }
    }
    for need in needs.iter().filter(|need| !need.met) {
        // A blueprint with errors may have lost the very grant that this need is met by.
        if out.has_errors() {
            break;
        }
        let message = format!(
            "`{}` needs `{}`, but `{}` grants it nothing there",
            need.consumer.value, need.declared.port.value, need.provider
        );
        let problem = Diagnostic::new(code::NEED_WITHOUT_GRANT, need.declared.port.span, message);
        out.push(problem.help(format!(
            "nothing is granted until the product has `grants: [{{consumer: {}, port: {}}}]`",
            need.consumer.value, need.port
        )));
    }
}

fn find_need<'a>(
    need: &'a NeedDecl,
    consumer: &'a Spanned<DomainName>,
    owner: &'a Spanned<Name>,
    domains: &BTreeMap<DomainName, Domain>,
    shared: &Shared<'_>,
    out: &mut Diagnostics,
) -> Option<Need<'a>> {
    for group in &need.groups {
        shared.group(group, out);
    }
    let (provider, product) = match domains::find(domains, &need.port) {
        Ok(found) => found,
        Err(problem) => {
            out.push(*problem);
            return None;
        }
    };
    if provider.name.value == consumer.value {
        let problem = Diagnostic::new(
            code::AGREEMENT_WITH_ITSELF,
            need.port.span,
            "a domain needs no agreement with itself",
        );
        out.push(problem.help("give its groups `access` on the product"));
        return None;
    }
    let port = need
        .port
        .port
        .clone()
        .or_else(|| product.zones.last().map(|zone| zone.value.clone()))?;
    if product.port(port.as_str()).is_none() {
        out.push(domains::unknown_port(&port, need.port.span, product));
        return None;
    }
    let targets = where_needed(need, product, shared, out)?;
    let product = provider
        .products
        .iter()
        .position(|other| other.address == product.address)?;
    Some(Need {
        consumer,
        owner,
        declared: need,
        provider: provider.name.value.clone(),
        product,
        port,
        targets,
        met: false,
    })
}

/// The clouds that a need means: the one behind its `@@`, or all of the product's. Whatever else
/// its address says must narrow something, or it is refused: it would be ignored otherwise.
fn where_needed(
    need: &NeedDecl,
    product: &Product,
    shared: &Shared<'_>,
    out: &mut Diagnostics,
) -> Option<BTreeSet<TargetId>> {
    let mut good = true;
    if let Some(column) = &need.port.column {
        let message = format!("a need is for a zone or port, not for the column `{column}`");
        let problem = Diagnostic::new(code::ADDRESS_TOO_NARROW, need.port.span, message);
        out.push(problem.help("leave `#…` out; the grant says which columns are given"));
        good = false;
    }
    if let Some(env) = &need.port.env {
        let env = Spanned::new(env.clone(), need.port.span);
        good &= shared.environment(&env, out);
    }
    if let Some(target) = need.port.target {
        good &= products::check_target(target, need.port.span, product, out);
    }
    good.then(|| {
        need.port
            .target
            .map_or_else(|| product.targets.clone(), |one| BTreeSet::from([one]))
    })
}

/// The provider's side.
struct Side<'a> {
    grant: &'a GrantDecl,
    consumer: &'a Spanned<DomainName>,
    domain: &'a Domain,
    product: &'a Product,
    index: usize,
}

/// The zone or port of a grant; the last zone if it names none.
fn port_of(grant: &GrantDecl, product: &Product) -> Option<Name> {
    let named = grant.port.as_ref().map(|port| port.value.clone());
    named.or_else(|| product.zones.last().map(|zone| zone.value.clone()))
}

/// A grant that names nobody, or two sides at once, or says what only the other side can say.
fn to_whom(grant: &GrantDecl, out: &mut Diagnostics) {
    let message = match (&grant.consumer, grant.share.is_empty()) {
        (None, true) => "this grant names nobody",
        (Some(_), false) => "this grant names a domain and somebody outside the mesh",
        _ => "what a domain reads for, it says itself",
    };
    let problem = Diagnostic::new(code::GRANT_TO_WHOM, grant.span, message);
    out.push(problem.help("name a `consumer`, whose own `needs` say purpose and ticket; or a `share` with `purpose`, `ticket` and `until`"));
}

/// What is shared with somebody outside the mesh. Nobody there can ask, so the one side that there is
/// says everything.
fn shares(
    grant: &GrantDecl,
    accounts: &[ShareDecl],
    product: &Product,
    shared: &Shared<'_>,
    out: &mut Diagnostics,
) -> Vec<Share> {
    let said = [
        ("purpose", grant.purpose.is_some()),
        ("ticket", grant.ticket.is_some()),
        ("until", grant.until.is_some()),
    ];
    let missing = said.iter().filter(|(_, there)| !there).map(|(key, _)| *key);
    let missing: Vec<&str> = missing.collect();
    if !missing.is_empty() {
        let message = format!("this share needs {}", listed(missing));
        let problem = Diagnostic::new(code::SHARE_INCOMPLETE, grant.span, message);
        out.push(problem.help("nobody outside the mesh asks for it, so it says by itself what for, where it was approved, and until when"));
    }
    let port = port_of(grant, product);
    let right = parts_are_there(grant, product, out);
    let rows = products::rows(&grant.rows, product, out);
    let (Some(purpose), Some(ticket), Some(until), Some(port), true) =
        (&grant.purpose, &grant.ticket, grant.until, port, right)
    else {
        return Vec::new();
    };
    if product.status >= Status::Retired {
        let message = format!(
            "`{}` is no longer served, so it is shared with nobody",
            product.address
        );
        let problem = Diagnostic::new(code::AGREEMENT_ON_INACTIVE, grant.span, message);
        out.push(problem.help("remove the share"));
        return Vec::new();
    }
    let reachable = accounts
        .iter()
        .filter(|one| is_reachable(one, product, shared, out));
    reachable
        .map(|one| Share {
            target: one.target,
            account: one.account.value.clone(),
            port: port.clone(),
            columns: columns_of(grant),
            rows: rows.clone(),
            purpose: purpose.value.clone(),
            ticket: ticket.value.clone(),
            until,
            span: grant.span,
        })
        .collect()
}

/// Whether an account is another one of the organization, on a cloud that the product lies on.
fn is_reachable(
    share: &ShareDecl,
    product: &Product,
    shared: &Shared<'_>,
    out: &mut Diagnostics,
) -> bool {
    let mut refuse = |message: String, help: &str| {
        let problem = Diagnostic::new(code::SHARE_UNREACHABLE, share.account.span, message);
        out.push(problem.help(help));
        false
    };
    if !product.targets.contains(&share.target) {
        return refuse(
            format!("`{}` does not lie on {}", product.address, share.target),
            "add the target, or remove the share",
        );
    }
    let mut clouds = shared.mesh.clouds.iter();
    let Some((_, cloud)) = clouds.find(|(target, _)| *target == share.target) else {
        // The product's target was reported.
        return false;
    };
    let own = |key| cloud.text(key).unwrap_or_default().to_ascii_uppercase();
    let (organization, account) = share.account.split_once('.').unwrap_or_default();
    if organization != own("organization") {
        return refuse(
            format!("`{organization}` is not the mesh's organization"),
            "accounts of other organizations are reached by listings, which meshc does not make",
        );
    }
    if account == own("account") {
        return refuse(
            "this is the mesh's own account".to_owned(),
            "give its groups `access`, or another domain a grant",
        );
    }
    true
}

fn columns_of(grant: &GrantDecl) -> Option<Vec<String>> {
    let names = grant.columns.iter().map(|column| column.value.clone());
    (!grant.columns.is_empty()).then(|| names.collect())
}

fn meet(
    side: &Side<'_>,
    needs: &mut [Need<'_>],
    domains: &BTreeMap<DomainName, Domain>,
    shared: &Shared<'_>,
    out: &mut Diagnostics,
) -> Vec<Right> {
    let Side {
        grant,
        consumer,
        domain,
        product,
        index,
    } = *side;
    if !grant_is_right(side, domains, out) {
        return Vec::new();
    }
    let Some(port) = port_of(grant, product) else {
        return Vec::new();
    };
    let rows = products::rows(&grant.rows, product, out);
    let mut rights = Vec::new();
    let mut asked = false;
    for need in needs.iter_mut() {
        let same = need.consumer.value == consumer.value
            && need.provider == domain.name.value
            && need.product == index
            && need.port == port;
        if !same {
            continue;
        }
        asked = true;
        need.met = true;
        if product.status >= Status::Retired {
            let message = format!(
                "`{}` is no longer served, so the agreement grants nothing",
                product.address
            );
            out.push(
                Diagnostic::new(code::AGREEMENT_ON_INACTIVE, grant.span, message)
                    .label(need.declared.span, "needed here")
                    .help("end both sides: remove the grant, and the need in the other domain"),
            );
            continue;
        }
        let groups: Vec<&Spanned<Name>> = if need.declared.groups.is_empty() {
            vec![need.owner]
        } else {
            need.declared.groups.iter().collect()
        };
        for group in groups {
            for target in &need.targets {
                products::check_identity(shared, group, *target, out);
            }
            rights.push(Right {
                group: group.value.clone(),
                can: [Capability::Read].into(),
                port: port.clone(),
                columns: columns_of(grant),
                rows: rows.clone(),
                until: Some(earlier(need.declared.until, grant.until)),
                env: need.declared.port.env.clone(),
                targets: need.targets.clone(),
                via: Via::Agreement {
                    consumer: need.consumer.value.clone(),
                    purpose: need.declared.purpose.value.clone(),
                    ticket: need.declared.ticket.value.clone(),
                    need: need.declared.span,
                },
                span: grant.span,
            });
        }
    }
    if !asked && !out.has_errors() {
        let message = format!(
            "`{}` is granted `{}:{port}` but does not ask for it",
            consumer.value, product.address
        );
        let problem = Diagnostic::new(code::GRANT_WITHOUT_NEED, consumer.span, message);
        out.push(problem.help(format!("nothing is granted until that domain has `needs: [{{port: \"{}:{port}\", purpose: …, ticket: …, until: …}}]`", product.address)));
    }
    rights
}

fn earlier(need: Spanned<Date>, grant: Option<Spanned<Date>>) -> Spanned<Date> {
    match grant {
        Some(grant) if grant.value < need.value => grant,
        _ => need,
    }
}

fn grant_is_right(
    side: &Side<'_>,
    domains: &BTreeMap<DomainName, Domain>,
    out: &mut Diagnostics,
) -> bool {
    let consumer = side.consumer;
    let mut right = true;
    if consumer.value == side.domain.name.value {
        let problem = Diagnostic::new(
            code::AGREEMENT_WITH_ITSELF,
            consumer.span,
            "a domain needs no agreement with itself",
        );
        out.push(problem.help("give its groups `access` on the product"));
        right = false;
    } else if !domains.contains_key(&consumer.value) {
        let message = format!("there is no domain `{}`", consumer.value);
        let names = domains.keys().map(DomainName::as_str);
        let problem = Diagnostic::new(code::UNKNOWN_DOMAIN, consumer.span, message)
            .did_you_mean(consumer.as_str(), names);
        out.push(domains::or_listed(problem, domains));
        right = false;
    }
    parts_are_there(side.grant, side.product, out) && right
}

/// Whether the product has the zone or port and the columns that a grant names.
fn parts_are_there(grant: &GrantDecl, product: &Product, out: &mut Diagnostics) -> bool {
    let mut right = true;
    if let Some(port) = grant
        .port
        .as_ref()
        .filter(|port| product.port(port.as_str()).is_none())
    {
        out.push(domains::unknown_port(&port.value, port.span, product));
        right = false;
    }
    for column in &grant.columns {
        if !product
            .columns
            .iter()
            .any(|known| known.name.value == column.value)
        {
            out.push(products::unknown_column(
                column,
                &product.columns,
                product.name.span,
            ));
            right = false;
        }
    }
    right
}
