//! The access root: one role assignment per group, thing and role, each with a name that follows
//! from the three, so that it can be read back and is never made twice.
//!
//! Azure knows a role once per scope and principal, so grants that ask for the same role are one
//! assignment here; it ends when the last of them does.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::naming::Physical;
use super::roles::{self, On, Role};
use super::{Things, condition, guid};
use crate::artifact::hcl::build::resource;
use crate::artifact::{Effect, HclBlock, OriginRef};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::mesh::capability::Atom;
use crate::primitive::{CellSet, Grant, Principal};
use crate::targets::terraform::{label, product_label};

/// Azure docs, Azure RBAC limits.
const ASSIGNMENTS: usize = 4_000;

/// One assignment to be made.
struct Assignment<'a> {
    role: &'static Role,
    on: On,
    group: &'a Principal,
    label: String,
    /// The last day, if every grant behind it has one.
    until: Option<Date>,
    why: Vec<String>,
    origin: OriginRef,
}

/// Every assignment of a cell.
pub(super) fn blocks(
    cell: &CellSet,
    things: &Things<'_>,
    physical: Physical<'_>,
    out: &mut Diagnostics,
) -> Vec<HclBlock> {
    let mut assignments: BTreeMap<(String, String, &str), Assignment<'_>> = BTreeMap::new();
    for grant in &things.grants {
        let Some(principal) = things.principals.get(&grant.group) else {
            continue;
        };
        let Some((on, scope)) = scope_of(grant, things, physical) else {
            continue;
        };
        if !readable(grant, on, things, out) {
            continue;
        }
        let (chosen, missing) = roles::choose(on, &grant.atoms);
        report_missing(grant, &missing, out);
        let object = principal
            .identity
            .text("object-id")
            .unwrap_or_default()
            .to_owned();
        for role in chosen {
            let until = grant.until.map(|until| until.value);
            let entry = assignments
                .entry((scope.clone(), object.clone(), role.slug.as_str()))
                .or_insert_with(|| Assignment {
                    role,
                    on,
                    group: principal,
                    label: assignment_label(grant, role),
                    until,
                    why: Vec::new(),
                    origin: grant.origin.clone(),
                });
            entry.until = entry.until.zip(until).map(|(one, other)| one.max(other));
            if !entry.why.contains(&grant.origin.why) {
                entry.why.push(grant.origin.why.clone());
            }
        }
    }
    if assignments.len() > ASSIGNMENTS {
        let message = format!(
            "{} role assignments in one subscription, Azure allows {ASSIGNMENTS}",
            assignments.len()
        );
        out.push(
            Diagnostic::new(code::LIMIT_EXCEEDED, cell.span, message)
                .help("give several products' groups one group above them, or split the domain"),
        );
    }
    keep_apart(&mut assignments);
    assignments
        .iter()
        .map(|((scope, object, _), assignment)| {
            assignment_block(cell, physical, scope, object, assignment)
        })
        .collect()
}

/// Labels of different assignments may come out the same, since names are joined with what they may
/// themselves hold; the later ones say a part of their own GUID.
fn keep_apart(assignments: &mut BTreeMap<(String, String, &str), Assignment<'_>>) {
    let mut taken = std::collections::BTreeSet::new();
    for ((scope, object, role), assignment) in assignments {
        if !taken.insert(assignment.label.clone()) {
            let guid = guid::of(["label", scope, object, role]);
            assignment.label.push('_');
            assignment.label.extend(guid.chars().take(8));
        }
    }
}

fn assignment_block(
    cell: &CellSet,
    physical: Physical<'_>,
    scope: &str,
    object: &str,
    assignment: &Assignment<'_>,
) -> HclBlock {
    let role = roles::id(cell, assignment.on, assignment.role);
    let condition = condition::of(
        assignment.role,
        assignment.until.filter(|_| assignment.on == On::Files),
    );
    let version = condition.is_some().then_some(condition::VERSION);
    resource("azurerm_role_assignment", &assignment.label)
        // Azure invents a name otherwise, and a lost state would make the same assignment again.
        .attr("name", guid::of(["assignment", scope, object, &role]))
        .attr("scope", scope)
        // The form in which Azure answers, so that no plan ever sees a difference.
        .attr(
            "role_definition_id",
            format!(
                "{}/providers/Microsoft.Authorization/roleDefinitions/{role}",
                physical.subscription()
            ),
        )
        .attr("principal_id", object)
        .attr("principal_type", principal_type(assignment.group))
        .attr("description", assignment.why.join("; "))
        .attr_if("condition", condition)
        .attr_if("condition_version", version)
        .by(&assignment.origin.with_effect(Effect::GrantsAccess))
}

/// What Entra ID calls the principal; assignments that say it do not have to be looked up.
fn principal_type(principal: &Principal) -> &'static str {
    match principal.identity.text("type") {
        Some("service-principal") => "ServicePrincipal",
        None if principal.workload => "ServicePrincipal",
        _ => "Group",
    }
}

fn assignment_label(grant: &Grant, role: &Role) -> String {
    let zone = grant
        .resource
        .port
        .as_ref()
        .map_or("", |zone| zone.as_str());
    label([
        product_label(&grant.resource).as_str(),
        zone,
        grant.group.as_str(),
        role.slug.as_str(),
    ])
}

fn scope_of(grant: &Grant, things: &Things<'_>, physical: Physical<'_>) -> Option<(On, String)> {
    if let Some(storage) = things
        .storages
        .iter()
        .find(|storage| storage.address == grant.resource)
    {
        return Some((On::Files, physical.container_id(storage)));
    }
    let stream = things
        .streams
        .iter()
        .find(|stream| stream.address == grant.resource)?;
    Some((On::Stream, physical.hub_id(stream)))
}

/// Whether Azure can give this grant's reader what it may see and nothing else: blobs and events
/// have no columns that could be held back.
fn readable(grant: &Grant, on: On, things: &Things<'_>, out: &mut Diagnostics) -> bool {
    if !grant.has(Atom::ReadData) || things.sees_all(grant) {
        return true;
    }
    let what = match on {
        On::Files => "a blob",
        On::Stream => "an event",
    };
    let problem = if let Some(column) = grant.masked.first() {
        let message = format!(
            "`{}` may not see `{column}` in clear, but on Azure whoever reads {what} sees all of it",
            grant.group
        );
        let mut problem = Diagnostic::new(code::MASK_NOT_ENFORCEABLE, grant.origin.span, message);
        if let Some(mask) = things
            .masks
            .iter()
            .find(|mask| mask.resource == grant.resource)
        {
            problem = problem.label(
                mask.origin.span,
                format!("`{}` is hidden without `unmask`", mask.label),
            );
        }
        problem.help(format!(
            "grant `unmask` as well, if `{}` may see it",
            grant.group
        ))
    } else {
        let message = format!(
            "`{}` may read some columns only, but on Azure whoever reads {what} sees all of it",
            grant.group
        );
        Diagnostic::new(code::COLUMNS_NOT_ENFORCEABLE, grant.origin.span, message)
            .help("make a product of these columns alone and grant that")
    };
    out.push(
        problem
            .help("leave the column out of the zone that is read")
            .help("or put the product on snowflake, gcp or aws, where columns can be held back"),
    );
    false
}

/// Every atom has a role or means nothing on Azure: a test holds the table to that.
fn report_missing(
    grant: &Grant,
    missing: &std::collections::BTreeSet<Atom>,
    out: &mut Diagnostics,
) {
    for atom in missing {
        let message = format!(
            "nothing on Azure stands for `{atom}` on `{}`",
            grant.resource
        );
        out.push(
            Diagnostic::new(code::CAPABILITY_NOT_ON_KIND, grant.origin.span, message)
                .help(code::DEFECT),
        );
    }
}
