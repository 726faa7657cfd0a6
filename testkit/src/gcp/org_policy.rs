//! Organization policies, version 2.
//!
//! Source: SDK, orgpolicy v2, `GoogleCloudOrgpolicyV2Policy`, `PolicySpec`, `PolicySpecPolicyRule`.

use serde_json::{Map, Value, json};

use super::refusal::GcpRefusal;
use super::service::Gcp;
use super::{Outcome, cel, etag, refuse};
use crate::loopback::{Clock, Reply};

/// Constraints of a data platform, and whether they are boolean.
/// Source: GoogleCloudPlatform/cloud-foundation-fabric @11c1d24, org-policy factories.
const CONSTRAINTS: &[(&str, bool)] = &[
    ("bigquery.disableBQOmniAWS", true),
    ("bigquery.disableBQOmniAzure", true),
    ("cloudkms.minimumDestroyScheduledDuration", false),
    ("compute.requireOsLogin", true),
    ("compute.skipDefaultNetworkCreation", true),
    ("compute.vmExternalIpAccess", false),
    ("gcp.detailedAuditLoggingMode", true),
    ("gcp.resourceLocations", false),
    ("gcp.restrictCmekCryptoKeyProjects", false),
    ("gcp.restrictNonCmekServices", false),
    ("gcp.restrictServiceUsage", false),
    ("gcp.restrictTLSVersion", false),
    ("iam.allowedPolicyMemberDomains", false),
    ("iam.automaticIamGrantsForDefaultServiceAccounts", true),
    ("iam.disableServiceAccountCreation", true),
    ("iam.disableServiceAccountKeyCreation", true),
    ("iam.disableServiceAccountKeyUpload", true),
    ("iam.managed.allowedPolicyMembers", true),
    ("iam.managed.disableServiceAccountKeyCreation", true),
    ("storage.publicAccessPrevention", true),
    ("storage.retentionPolicySeconds", false),
    ("storage.secureHttpTransport", true),
    ("storage.softDeletePolicySeconds", false),
    ("storage.uniformBucketLevelAccess", true),
];

/// Creates a policy at a project, folder or organization.
pub(crate) fn create(
    gcp: &mut Gcp,
    parent: &str,
    body: &Value,
    clock: &mut Clock,
) -> Outcome<Reply> {
    let name = body["name"].as_str().unwrap_or_default().to_owned();
    let Some(constraint) = name
        .strip_prefix(&format!("{parent}/policies/"))
        .map(str::to_owned)
    else {
        return Err(refuse(
            GcpRefusal::OrgPolicyName,
            format!("The policy name '{name}' is not of the form '{parent}/policies/CONSTRAINT'."),
        ));
    };
    let policy = check(&name, &constraint, body)?;
    if gcp.store.contains_key(&name) {
        return Err(refuse(
            GcpRefusal::OrgPolicyExists,
            format!("The policy '{name}' already exists."),
        ));
    }
    Ok(store(gcp, &name, policy, clock))
}

/// Reads a policy. A constraint that exists but is not set answers 404.
pub(crate) fn get(gcp: &Gcp, name: &str) -> Outcome<Reply> {
    gcp.store
        .get(name)
        .map(|policy| Reply::json(200, policy))
        .ok_or_else(|| unknown(name))
}

/// The policy that takes effect: its own, or the constraint's default.
pub(crate) fn effective(gcp: &Gcp, name: &str) -> Outcome<Reply> {
    let constraint = name
        .rsplit_once("/policies/")
        .map_or("", |(_, constraint)| constraint);
    let boolean = kind(constraint)?;
    let default = if boolean {
        json!([{"enforce": false}])
    } else {
        json!([{"allowAll": true}])
    };
    let rules = gcp
        .store
        .get(name)
        .map(|policy| policy["spec"]["rules"].clone())
        .filter(|rules| !rules.is_null());
    Ok(Reply::json(
        200,
        &json!({"name": name, "spec": {"rules": rules.unwrap_or(default)}}),
    ))
}

/// Lists the constraints that can be set at a parent. gcloud reads them before it sets a policy.
pub(crate) fn constraints(parent: &str) -> Reply {
    let constraints: Vec<Value> = CONSTRAINTS
        .iter()
        .map(|(name, boolean)| {
            let mut shown = json!({"name": format!("{parent}/constraints/{name}"), "displayName": name, "constraintDefault": "ALLOW"});
            if *boolean {
                shown["booleanConstraint"] = json!({});
            } else {
                shown["listConstraint"] = json!({"supportsIn": true});
            }
            shown
        })
        .collect();
    Reply::json(200, &json!({ "constraints": constraints }))
}

/// Lists the policies of a parent.
pub(crate) fn list(gcp: &Gcp, parent: &str) -> Reply {
    let stem = format!("{parent}/policies/");
    let policies: Vec<&Value> = gcp
        .store
        .iter()
        .filter(|(name, _)| name.starts_with(&stem))
        .map(|(_, policy)| policy)
        .collect();
    Reply::json(
        200,
        &if policies.is_empty() {
            json!({})
        } else {
            json!({ "policies": policies })
        },
    )
}

/// Replaces a policy's spec.
pub(crate) fn patch(gcp: &mut Gcp, name: &str, body: &Value, clock: &mut Clock) -> Outcome<Reply> {
    let constraint = name
        .rsplit_once("/policies/")
        .map_or("", |(_, constraint)| constraint);
    if body["name"].as_str().is_some_and(|given| given != name) {
        return Err(refuse(
            GcpRefusal::OrgPolicyName,
            format!("The policy name is not '{name}'."),
        ));
    }
    let policy = check(name, constraint, body)?;
    let Some(old) = gcp.store.get(name) else {
        return Err(unknown(name));
    };
    let given = body["spec"]["etag"]
        .as_str()
        .or_else(|| body["etag"].as_str())
        .filter(|given| !given.is_empty());
    if let Some(given) = given
        && !etag::same(given, old["etag"].as_str().unwrap_or_default())
    {
        return Err(refuse(
            GcpRefusal::OrgPolicyEtagStale,
            "The etag does not match the current policy. Please retry the whole read-modify-write.",
        ));
    }
    Ok(store(gcp, name, policy, clock))
}

/// Deletes a policy.
pub(crate) fn delete(gcp: &mut Gcp, name: &str) -> Outcome<Reply> {
    gcp.store
        .remove(name)
        .map(|_| Reply::json(200, &json!({})))
        .ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> super::Refused {
    refuse(
        GcpRefusal::OrgPolicyUnknown,
        format!("Requested entity was not found: {name}"),
    )
}

/// Whether a constraint is boolean. Custom constraints are.
fn kind(constraint: &str) -> Outcome<bool> {
    if constraint.starts_with("custom.") {
        return Ok(true);
    }
    CONSTRAINTS
        .iter()
        .find(|(known, _)| *known == constraint)
        .map(|(_, boolean)| *boolean)
        .ok_or_else(|| {
            refuse(
                GcpRefusal::ConstraintUnknown,
                format!("Requested entity was not found: constraints/{constraint}"),
            )
        })
}

fn check(name: &str, constraint: &str, body: &Value) -> Outcome<Map<String, Value>> {
    super::service::only(
        body,
        &["name", "spec", "dryRunSpec", "etag", "alternate"],
        "policy",
    )?;
    let boolean = kind(constraint)?;
    let mut out = Map::new();
    out.insert("name".to_owned(), json!(name));
    for part in ["spec", "dryRunSpec"] {
        if let Some(spec) = body.get(part).filter(|spec| !spec.is_null()) {
            check_spec(spec, boolean)?;
            let mut spec = spec.clone();
            if let Some(members) = spec.as_object_mut() {
                members.remove("etag");
                members.remove("updateTime");
            }
            out.insert(part.to_owned(), spec);
        }
    }
    if out.len() == 1 {
        return Err(refuse(
            GcpRefusal::OrgPolicyRules,
            "A policy has a spec or a dryRunSpec.",
        ));
    }
    Ok(out)
}

fn check_spec(spec: &Value, boolean: bool) -> Outcome<()> {
    super::service::only(
        spec,
        &["etag", "updateTime", "rules", "inheritFromParent", "reset"],
        "policy.spec",
    )?;
    let rules: Vec<&Value> = spec["rules"].as_array().into_iter().flatten().collect();
    let (reset, inherit) = (spec["reset"] == true, spec["inheritFromParent"] == true);
    if reset && (inherit || !rules.is_empty()) {
        return Err(refuse(
            GcpRefusal::OrgPolicyReset,
            "A spec with reset has neither rules nor inheritFromParent.",
        ));
    }
    if inherit && boolean {
        return Err(refuse(
            GcpRefusal::OrgPolicyInherit,
            "inheritFromParent can only be set for list constraints.",
        ));
    }
    if (!reset && !inherit && rules.is_empty()) || rules.len() > 10 {
        return Err(refuse(
            GcpRefusal::OrgPolicyRules,
            "A spec has between 1 and 10 rules, or reset, or inheritFromParent.",
        ));
    }
    rules.iter().try_for_each(|rule| check_rule(rule, boolean))
}

fn check_rule(rule: &Value, boolean: bool) -> Outcome<()> {
    super::service::only(
        rule,
        &[
            "values",
            "allowAll",
            "denyAll",
            "enforce",
            "condition",
            "parameters",
        ],
        "policy.spec.rules",
    )?;
    let set = |field: &str| {
        rule.get(field)
            .is_some_and(|value| !value.is_null() && *value != json!(false))
    };
    let lists = ["values", "allowAll", "denyAll"]
        .iter()
        .filter(|field| set(field))
        .count();
    let enforce = rule.get("enforce").is_some_and(Value::is_boolean);
    let fits = if boolean {
        enforce && lists == 0
    } else {
        !enforce && lists == 1
    };
    if !fits {
        return Err(refuse(
            GcpRefusal::OrgPolicyKind,
            "A boolean constraint takes enforce; a list constraint takes exactly one of values, allowAll and denyAll.",
        ));
    }
    match rule
        .get("condition")
        .filter(|condition| !condition.is_null())
    {
        None => Ok(()),
        Some(condition) => cel::check(condition["expression"].as_str().unwrap_or_default()),
    }
}

fn store(gcp: &mut Gcp, name: &str, mut policy: Map<String, Value>, clock: &mut Clock) -> Reply {
    let etag = gcp.next_etag();
    let now = clock.tick();
    for part in ["spec", "dryRunSpec"] {
        if let Some(spec) = policy.get_mut(part) {
            spec["etag"] = json!(etag);
            spec["updateTime"] = json!(now);
        }
    }
    policy.insert("etag".to_owned(), json!(etag));
    let policy = Value::Object(policy);
    gcp.store.insert(name.to_owned(), policy.clone());
    Reply::json(200, &policy)
}
