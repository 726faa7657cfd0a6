//! What stands above domains: service control policies for the mesh's organizational unit, and a
//! resource control policy. Every statement is a Deny with conditions, which is valid under the old
//! and the new rules for control policies. They are carried by `aws organizations`, not by Terraform.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::json;

use super::here::PATH;
use super::limits;
use super::policy::{self, Statement};
use crate::artifact::{Artifact, Document, OriginRef};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::primitive::{CellSet, GuardrailRule, Primitive};
use crate::targets::terraform::{Part, Root};

#[derive(serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Facts {
    global_services: Listed,
    public_acls: Acls,
    widening: Listed,
}

#[derive(serde::Deserialize)]
struct Listed {
    actions: Vec<String>,
}

#[derive(serde::Deserialize)]
struct Acls {
    acls: Vec<String>,
}

static FACTS: LazyLock<Option<Facts>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../data/aws/guardrails.json")).ok());

/// The documents above domains; none without an organizational unit to attach them to.
pub(super) fn lower(cell: &CellSet, out: &mut Diagnostics) -> Vec<Artifact> {
    let root = Root::new(cell, Part::Above);
    let (Some(_), Some(facts)) = (cell.cloud.text("ou"), FACTS.as_ref()) else {
        return Vec::new();
    };
    let mut documents = Vec::new();
    for primitive in &cell.primitives {
        let Primitive::Guardrail(guardrail) = primitive else {
            continue;
        };
        let origin = &guardrail.origin;
        let made = match &guardrail.rule {
            GuardrailRule::Regions(regions) => regions_policy(cell, regions, facts, origin, out)
                .map(|one| ("scp-regions", one))
                .into_iter()
                .collect(),
            GuardrailRule::Plaintext => vec![
                ("scp-plaintext", scp_plaintext(origin)),
                ("rcp-plaintext", rcp_plaintext(origin)),
            ],
            GuardrailRule::PublicAccess => vec![
                ("scp-public-access", public_access(facts, origin)),
                ("scp-widening", widening(facts, origin)),
            ],
        };
        for (name, document) in made {
            limits::CONTROL_POLICY.check(&document, &format!("`{name}`"), origin.span, out);
            documents.push(root.document(&format!("policies/{name}.json"), document));
        }
    }
    documents
}

/// Regions of other clouds stand in the same list: AWS's end in a dash and a number.
fn is_aws_region(region: &str) -> bool {
    let parts: Vec<&str> = region.split('-').collect();
    parts.len() >= 3
        && parts
            .last()
            .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

fn regions_policy(
    cell: &CellSet,
    regions: &BTreeSet<String>,
    facts: &Facts,
    origin: &OriginRef,
    out: &mut Diagnostics,
) -> Option<Document> {
    let ours: Vec<&str> = regions
        .iter()
        .map(String::as_str)
        .filter(|region| is_aws_region(region))
        .collect();
    if ours.is_empty() {
        let message = format!(
            "no AWS region is allowed in `{}`, although domains use AWS there",
            cell.id.env
        );
        out.push(
            Diagnostic::new(code::OUT_OF_CLOUD_RANGE, origin.span, message)
                .help("add one to `governance.regions`, for example eu-west-1"),
        );
        return None;
    }
    let deny = Statement::deny_all_but(
        "DenyOtherRegions",
        facts.global_services.actions.iter().cloned(),
        origin,
    )
    .on("*")
    .when("StringNotEquals", "aws:RequestedRegion", ours);
    Some(policy::document(&[deny], origin))
}

/// Calls of our own principals.
fn scp_plaintext(origin: &OriginRef) -> Document {
    let deny = Statement::deny("DenyPlaintext", ["s3:*"], origin)
        .on("*")
        .when("Bool", "aws:SecureTransport", ["false"]);
    policy::document(&[deny], origin)
}

/// Calls of anybody to our buckets; AWS's own services are left alone.
fn rcp_plaintext(origin: &OriginRef) -> Document {
    let deny = Statement::deny("DenyPlaintext", ["s3:*"], origin)
        // A resource control policy takes no other principal (AWS Organizations user guide).
        .principal(json!("*"))
        .on("*")
        .when("BoolIfExists", "aws:SecureTransport", ["false"])
        .when("BoolIfExists", "aws:PrincipalIsAWSService", ["false"]);
    policy::document(&[deny], origin)
}

/// Nothing is opened by access lists, and the account's own block stays as it is.
fn public_access(facts: &Facts, origin: &OriginRef) -> Document {
    let acls = Statement::deny(
        "DenyPublicLists",
        [
            "s3:CreateBucket",
            "s3:PutBucketAcl",
            "s3:PutObject",
            "s3:PutObjectAcl",
            "s3:PutObjectVersionAcl",
        ],
        origin,
    )
    .on("*")
    .when(
        "StringEquals",
        "s3:x-amz-acl",
        facts.public_acls.acls.iter().cloned(),
    );
    let block = Statement::deny(
        "DenyChangingTheAccountsBlock",
        ["s3:PutAccountPublicAccessBlock"],
        origin,
    )
    .on("*");
    policy::document(&[acls, block], origin)
}

/// Whoever uses data as a group never changes who may use it, whatever its role should come to say.
fn widening(facts: &Facts, origin: &OriginRef) -> Document {
    let groups = format!("arn:*:iam::*:role{PATH}*");
    let deny = Statement::deny(
        "DenyGroupsToWiden",
        facts.widening.actions.iter().cloned(),
        origin,
    )
    .on("*")
    .when("ArnLike", "aws:PrincipalArn", [groups]);
    policy::document(&[deny], origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_of_other_clouds_are_left_out() {
        assert!(FACTS.is_some());
        let ours = ["eu-west-1", "us-gov-east-1", "ap-southeast-2"];
        assert!(ours.iter().all(|region| is_aws_region(region)));
        assert!(
            ["westeurope", "europe-west1", "eu", "us-central1"]
                .iter()
                .all(|region| !is_aws_region(region))
        );
    }
}
