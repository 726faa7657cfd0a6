//! The access root: a role for each group, what it may do, the policies of buckets and keys, and
//! what Lake Formation shows.

use super::here::{Here, PATH};
use super::policy::document;
use super::{bucket_policy, key_policy, lake_grants, limits, rights, tags, trust};
use crate::artifact::hcl::build::resource;
use crate::artifact::hcl::expr;
use crate::artifact::{Artifact, HclBlock};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::mesh::capability::Atom;
use crate::primitive::{Grant, Principal};
use crate::targets::terraform::{self, Root};

/// A session lasts an hour, the shortest that AWS offers as a role's longest (IAM API, `CreateRole`).
const SESSION: u32 = 3600;

/// The blocks of the access root and their documents.
pub(super) fn lower(
    here: Here<'_>,
    root: Root<'_>,
    out: &mut Diagnostics,
) -> (Vec<HclBlock>, Vec<Artifact>) {
    let (mut blocks, mut documents) = (Vec::new(), Vec::new());
    let grants: Vec<&Grant> = here
        .grants()
        .filter(|grant| is_possible(here, grant, out))
        .collect();
    for place in here.places() {
        blocks.extend(key_policy::variables(here, place));
    }
    for place in here.places() {
        for (more, files) in [
            key_policy::lower(here, place, root, out),
            bucket_policy::lower(here, place, root, out),
        ] {
            blocks.extend(more);
            documents.extend(files);
        }
    }
    for principal in here.principals() {
        let own: Vec<&Grant> = grants
            .iter()
            .filter(|grant| grant.group == principal.group)
            .copied()
            .collect();
        let (more, files) = role(here, principal, &own, root, out);
        blocks.extend(more);
        documents.extend(files);
    }
    (blocks, documents)
}

fn role(
    here: Here<'_>,
    principal: &Principal,
    grants: &[&Grant],
    root: Root<'_>,
    out: &mut Diagnostics,
) -> (Vec<HclBlock>, Vec<Artifact>) {
    let statements = rights::statements(here, &principal.group, grants);
    let trusted = trust::document(here, principal, out);
    let (Some(trusted), false) = (trusted, statements.is_empty()) else {
        return (Vec::new(), Vec::new());
    };
    let (group, origin) = (&principal.group, &principal.origin);
    let label = terraform::label([group.as_str()]);
    let policy = document(&statements, origin);
    limits::ROLE_POLICY.check(&policy, &format!("`{group}`"), origin.span, out);
    let (trust_file, policy_file) = (
        format!("iam/{group}.trust.json"),
        format!("iam/{group}.json"),
    );
    let mut blocks = vec![
        resource("aws_iam_role", &label)
            .attr("name", here.role(group))
            .attr("path", PATH)
            .attr("description", format!("{group} on {}", here.domain))
            .attr("assume_role_policy", terraform::file(&trust_file))
            .attr("max_session_duration", SESSION)
            .attr(
                "tags",
                expr::literal(&tags::stamped(here, &tags::of_domain(here))),
            )
            .by(origin),
        resource("aws_iam_role_policy", &label)
            .attr("name", "grants")
            .attr(
                "role",
                expr::reference(&format!("aws_iam_role.{label}.name")),
            )
            .attr("policy", terraform::file(&policy_file))
            .by(origin),
    ];
    blocks.extend(lake_grants::lower(here, group, grants, out));
    (
        blocks,
        vec![
            root.document(&trust_file, trusted),
            root.document(&policy_file, policy),
        ],
    )
}

/// Reports a grant that AWS could not keep to.
fn is_possible(here: Here<'_>, grant: &Grant, out: &mut Diagnostics) -> bool {
    if crosses_accounts(here, grant, out) {
        return false;
    }
    if !grant.has(Atom::ReadData) || grant.reaches_files() {
        return true;
    }
    if here.stream(&grant.resource).is_some() {
        out.push(on_stream(grant));
        return false;
    }
    let Some(storage) = here.storage(&grant.resource) else {
        return true;
    };
    if lake_grants::visible(grant, storage).is_empty() {
        let message = format!(
            "nothing of `{}` would be left to see for `{}`: Lake Formation hides masked columns, and all are masked",
            grant.resource, grant.group
        );
        let problem = Diagnostic::new(code::MASK_NOT_ENFORCEABLE, grant.origin.span, message);
        out.push(problem.help("add `unmask`, or take the grant back"));
        return false;
    }
    true
}

fn on_stream(grant: &Grant) -> Diagnostic {
    let help = "publish what they may see as a dataset or as a stream of its own, or leave `aws` out of the product's targets";
    if grant.masked.is_empty() {
        let columns = grant
            .columns
            .iter()
            .flatten()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", ");
        let message = format!(
            "Kinesis shows whole events, so `{}` cannot be kept to {columns} of `{}`",
            grant.group, grant.resource
        );
        Diagnostic::new(code::COLUMNS_NOT_ENFORCEABLE, grant.origin.span, message).help(help)
    } else {
        let message = format!(
            "Kinesis shows whole events, so {} of `{}` cannot be hidden from `{}`",
            grant.masked.join(", "),
            grant.resource,
            grant.group
        );
        Diagnostic::new(code::MASK_NOT_ENFORCEABLE, grant.origin.span, message)
            .help(help)
            .help("or add `unmask`, where governance allows it")
    }
}

/// A consumer that has an account of its own would use the grant from there, which needs a half in
/// its account as well; only what happens in the provider's account is written so far.
fn crosses_accounts(here: Here<'_>, grant: &Grant, out: &mut Diagnostics) -> bool {
    let Some(consumer) = &grant.consumer else {
        return false;
    };
    let Some(account) = grant
        .consumer_cell
        .as_ref()
        .and_then(|cell| cell.get("account"))
    else {
        return false;
    };
    if account.value == here.account() {
        return false;
    }
    let message = format!(
        "`{consumer}` has an AWS account of its own, and agreements across accounts are not written yet"
    );
    let problem = Diagnostic::new(code::AGREEMENT_ACROSS_ACCOUNTS, grant.origin.span, message)
        .label(account.span, format!("the account of `{consumer}`"));
    let problem = problem.help(format!("give `{}` `access` on the product instead of the agreement: it then gets a role in the provider's account {}", grant.group, here.account()));
    out.push(problem.help("or let both domains use one account in this environment"));
    true
}
