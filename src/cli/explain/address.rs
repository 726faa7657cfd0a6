//! What is known of an address: where it is declared, which layer set each value, who may do what.

use std::path::Path;

use anyhow::bail;
use serde_json::{Value, json};

use super::super::options::{Common, Format};
use super::super::shell::Shell;
use super::super::{Outcome, session, tree};
use crate::address::Address;
use crate::cli::session::Session;
use crate::diag::closest;
use crate::mesh::governance::{Governance, Layered};
use crate::mesh::{Domain, Product};
use crate::pipeline::Compiled;
use crate::primitive::{Grant, Primitive, Share};

/// Explains one address.
pub(super) fn run(
    address: &Address,
    out: Option<&Path>,
    common: &Common,
    shell: &mut Shell,
) -> anyhow::Result<Outcome> {
    let dir = match session::find(None, common, shell)? {
        Ok(dir) => dir,
        Err(outcome) => return Ok(outcome),
    };
    if let Err(problem) = tree::settle(&dir, &tree::folder(&dir, out)) {
        return session::fail(&[problem], shell);
    }
    let (session, compiled) = match session::open(dir, None, common, shell)? {
        Ok(opened) => opened,
        Err(outcome) => return Ok(outcome),
    };
    let (domain, product) = find(&compiled, address)?;
    let values = values(&session, domain, product, address);
    let grants = grants(&session, &compiled, address);
    if shell.format() == Format::Json {
        let rows: Vec<Value> = grants.iter().map(|row| json!({"where": row.place, "group": row.group, "atoms": row.atoms, "blueprint": row.at})).collect();
        let layers: Vec<Value> = values
            .iter()
            .map(|(name, value, from)| json!({"name": name, "value": value, "from": from}))
            .collect();
        shell.print_json(&json!({
            "version": 1,
            "address": product.address,
            "declared": session.map.place(product.name.span),
            "values": layers,
            "grants": rows,
        }))?;
        return Ok(Outcome::Fine);
    }
    let mut text = format!(
        "{} is a {} {} of {}, {}\n  --> {}\n",
        product.address,
        product.kind.value,
        product.version.value,
        domain.title.as_deref().unwrap_or(domain.name.as_str()),
        product
            .description
            .as_deref()
            .or(product.title.as_deref())
            .unwrap_or("without a description"),
        session.map.place(product.name.span)
    );
    text.push_str("values and the layer that set them:\n");
    for (name, value, from) in &values {
        text.push_str(&format!("  {name:24} {value:22} {from}\n"));
    }
    text.push_str("rights:\n");
    for row in &grants {
        text.push_str(&format!(
            "  {:44} {:20} {}\n",
            row.place, row.group, row.atoms
        ));
        text.push_str(&format!("  {:44} --> {}\n", "", row.at));
    }
    shell.print(&text)?;
    Ok(Outcome::Fine)
}

fn find<'m>(
    compiled: &'m Compiled,
    address: &Address,
) -> anyhow::Result<(&'m Domain, &'m Product)> {
    let domains = &compiled.mesh.domains;
    let (Some(domain), Some(product)) = (&address.domain, &address.product) else {
        bail!("`{address}` names no product; write `domain/product`");
    };
    let Some(found) = domains.get(domain) else {
        let near = closest(
            domain.as_str(),
            domains.keys().map(crate::cell::DomainName::as_str),
        );
        bail!(
            "there is no domain `{domain}`{}",
            near.map(|near| format!("; did you mean `{near}`?"))
                .unwrap_or_default()
        );
    };
    let named = found.products.iter().find(|other| {
        other.name.value == *product
            && address
                .major
                .is_none_or(|major| other.version.major == major)
    });
    match named {
        Some(named) => Ok((found, named)),
        None => {
            let near = closest(
                product.as_str(),
                found.products.iter().map(|other| other.name.as_str()),
            );
            bail!(
                "domain `{domain}` has no product `{product}`{}",
                near.map(|near| format!("; did you mean `{near}`?"))
                    .unwrap_or_default()
            )
        }
    }
}

/// `(name, value, where it was set)`, one row per environment where they differ in nothing else.
fn values(
    session: &Session,
    domain: &Domain,
    product: &Product,
    address: &Address,
) -> Vec<(String, String, String)> {
    let mut rows = vec![(
        "classification".to_owned(),
        product.classification.to_string(),
        session.map.place(product.classification.span),
    )];
    if let Some(retention) = &product.retention {
        rows.push((
            "retention".to_owned(),
            retention.value.to_string(),
            session.map.place(retention.span),
        ));
    }
    for (env, governance) in &domain.governance {
        if address.env.as_ref().is_none_or(|only| only == env) {
            rows.extend(
                governed(session, product, governance)
                    .into_iter()
                    .map(|(name, value, from)| (format!("{env}: {name}"), value, from)),
            );
        }
    }
    for (env, defaults) in &product.defaults {
        if address.env.as_ref().is_none_or(|only| only == env) {
            rows.push((
                format!("{env}: undelete"),
                defaults.undelete.value.to_string(),
                layers(session, &defaults.undelete),
            ));
            rows.push((
                format!("{env}: auto-suspend"),
                defaults.auto_suspend.value.to_string(),
                layers(session, &defaults.auto_suspend),
            ));
            rows.push((
                format!("{env}: credit-quota"),
                defaults.credit_quota.value.to_string(),
                layers(session, &defaults.credit_quota),
            ));
            rows.push((
                format!("{env}: scan-limit"),
                defaults.scan_limit.value.to_string(),
                layers(session, &defaults.scan_limit),
            ));
        }
    }
    rows
}

fn governed(
    session: &Session,
    product: &Product,
    governance: &Governance,
) -> Vec<(String, String, String)> {
    let mut rows = Vec::new();
    if let Some(bounds) = governance.retention.get(&product.classification.value) {
        for (name, bound) in [
            ("retention at least", &bounds.min),
            ("retention at most", &bounds.max),
        ] {
            rows.extend(bound.as_ref().map(|bound| {
                (
                    name.to_owned(),
                    bound.value.to_string(),
                    layers(session, bound),
                )
            }));
        }
    }
    rows.extend(governance.archive_after.as_ref().map(|after| {
        (
            "archive after".to_owned(),
            after.value.to_string(),
            layers(session, after),
        )
    }));
    rows.push((
        "encryption".to_owned(),
        governance.encryption.value.to_string(),
        layers(session, &governance.encryption),
    ));
    rows.push((
        "masked".to_owned(),
        governance.masked.value.to_string(),
        layers(session, &governance.masked),
    ));
    rows.push((
        "unmask".to_owned(),
        governance.unmask.value.to_string(),
        layers(session, &governance.unmask),
    ));
    rows
}

/// The layer that counts and its line; what it replaced follows.
fn layers<T>(session: &Session, value: &Layered<T>) -> String {
    let shown: Vec<String> = value
        .layers
        .iter()
        .rev()
        .map(|(layer, span, text)| match span {
            Some(span) => format!("{layer}: {text} ({})", session.map.place(*span)),
            None => format!("{layer}: {text}"),
        })
        .collect();
    shown.join(", over ")
}

struct Row {
    place: String,
    group: String,
    atoms: String,
    at: String,
}

fn grants(session: &Session, compiled: &Compiled, address: &Address) -> Vec<Row> {
    let mut rows = Vec::new();
    for (id, cell) in &compiled.primitives.cells {
        for primitive in &cell.primitives {
            let place = primitive.origin().address.clone().on(id.target);
            if !address.covers(&place) {
                continue;
            }
            match primitive {
                Primitive::Grant(grant) => rows.push(row(session, grant, &place)),
                Primitive::Share(share) => rows.push(outside(session, share, &place)),
                _ => {}
            }
        }
    }
    rows
}

/// What somebody outside the mesh has.
fn outside(session: &Session, share: &Share, place: &Address) -> Row {
    let mut atoms = "read-data, outside the mesh".to_owned();
    if let Some(columns) = &share.columns {
        atoms.push_str(&format!("; only {}", columns.join(", ")));
    }
    if !share.rows.is_everything() {
        atoms.push_str(&format!("; rows whose {}", share.rows));
    }
    atoms.push_str(&format!("; until {}", share.until));
    Row {
        place: place.to_string(),
        group: share.account.clone(),
        atoms,
        at: session.map.place(share.origin.span),
    }
}

fn row(session: &Session, grant: &Grant, place: &Address) -> Row {
    let mut atoms = grant
        .atoms
        .iter()
        .map(|atom| atom.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    if let Some(columns) = &grant.columns {
        atoms.push_str(&format!("; only {}", columns.join(", ")));
    }
    if !grant.rows.is_everything() {
        atoms.push_str(&format!("; rows whose {}", grant.rows));
    }
    if !grant.masked.is_empty() {
        atoms.push_str(&format!("; hidden: {}", grant.masked.join(", ")));
    }
    if let Some(until) = &grant.until {
        atoms.push_str(&format!("; until {}", until.value));
    }
    Row {
        place: place.to_string(),
        group: grant.group.to_string(),
        atoms,
        at: session.map.place(grant.origin.span),
    }
}
