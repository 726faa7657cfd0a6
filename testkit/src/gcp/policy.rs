//! Allow policies of projects, organizations, buckets, topics, keys and service accounts.
//!
//! Source: SDK, cloudresourcemanager v1, Policy, Binding, Expr; GQ; CND.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::refusal::GcpRefusal;
use super::service::Gcp;
use super::{Outcome, cel, etag, predefined, refuse};
use crate::loopback::digest;

/// What a policy hangs on, as far as the rules differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carrier {
    Project,
    Organization,
    /// A bucket, and whether it has uniform bucket-level access and public access prevention.
    Bucket {
        uniform: bool,
        prevents_public: bool,
    },
    /// Anything else that takes a policy.
    Other,
}

/// The key under which the policy of a resource is stored.
pub(crate) fn key(resource: &str) -> String {
    format!("{resource}:iamPolicy")
}

/// Reads a policy in a requested version. Below version 3 a conditional binding shows without its
/// condition and with a name that cannot be written back.
/// Source: cloud.google.com, "Troubleshoot withcond in policies and role bindings".
pub(crate) fn get(gcp: &Gcp, resource: &str, requested: i64) -> Outcome<Value> {
    known_version(requested)?;
    let stored = gcp
        .store
        .get(&key(resource))
        .cloned()
        .unwrap_or_else(|| json!({"etag": etag::EMPTY, "version": 1}));
    if requested >= 3 {
        return Ok(stored);
    }
    let mut shown = stored;
    let mut conditional = false;
    for binding in shown["bindings"].as_array_mut().into_iter().flatten() {
        if let Some(condition) = binding
            .as_object_mut()
            .and_then(|binding| binding.remove("condition"))
        {
            conditional = true;
            let role = binding["role"].as_str().unwrap_or_default();
            binding["role"] = json!(format!(
                "{role}_withcond_{}",
                &digest(&condition.to_string())[..20]
            ));
        }
    }
    if conditional {
        shown["version"] = json!(1);
    }
    Ok(shown)
}

/// Checks a policy and stores it in the form in which the service keeps it.
pub(crate) fn set(
    gcp: &mut Gcp,
    resource: &str,
    carrier: Carrier,
    policy: &Value,
    mask: Option<&str>,
) -> Outcome<Value> {
    super::service::only(
        policy,
        &[
            "version",
            "bindings",
            "etag",
            "auditConfigs",
            "kind",
            "resourceId",
        ],
        "policy",
    )?;
    check_mask(mask)?;
    let present = gcp.store.get(&key(resource)).cloned();
    current(present.as_ref(), policy)?;
    let version = policy["version"].as_i64().unwrap_or_default();
    known_version(version)?;
    let bindings = bindings(gcp, resource, carrier, policy, present.as_ref())?;
    let conditional = bindings
        .iter()
        .any(|binding| binding.get("condition").is_some());
    if conditional && version != 3 {
        return Err(refuse(
            GcpRefusal::ConditionVersion,
            "The policy has conditional role bindings, so its version must be 3. For more information, please refer to \
             https://cloud.google.com/iam/docs/policies#versions.",
        ));
    }
    let had = present
        .as_ref()
        .and_then(|present| present["version"].as_i64())
        .unwrap_or(1);
    // An etag-less blind overwrite is where the service insists on the version that it has.
    if had == 3 && version < 3 {
        return Err(refuse(
            GcpRefusal::PolicyVersionLow,
            format!(
                "Specified policy version ({version}) cannot be less than the existing policy version (3). For more \
                 information, please refer to https://cloud.google.com/iam/docs/policies#versions."
            ),
        ));
    }
    let mut stored = Map::new();
    stored.insert("version".to_owned(), json!(if conditional { 3 } else { 1 }));
    stored.insert("etag".to_owned(), json!(gcp.next_etag()));
    if !bindings.is_empty() {
        stored.insert("bindings".to_owned(), Value::Array(bindings));
    }
    // A mask without auditConfigs, which is the default, keeps the present ones.
    let audits = if mask.is_some_and(|mask| mask.to_lowercase().contains("audit")) {
        policy.get("auditConfigs").cloned()
    } else {
        present
            .as_ref()
            .and_then(|present| present.get("auditConfigs").cloned())
    };
    if let Some(audits) = audits {
        stored.insert("auditConfigs".to_owned(), audits);
    }
    let stored = Value::Object(stored);
    gcp.store.insert(key(resource), stored.clone());
    Ok(stored)
}

fn known_version(version: i64) -> Outcome<()> {
    if matches!(version, 0 | 1 | 3) {
        return Ok(());
    }
    Err(refuse(
        GcpRefusal::PolicyVersion,
        format!("Policy version {version} is invalid. Valid versions are 0, 1 and 3."),
    ))
}

fn check_mask(mask: Option<&str>) -> Outcome<()> {
    let known = [
        "bindings",
        "etag",
        "version",
        "auditConfigs",
        "audit_configs",
    ];
    match mask
        .into_iter()
        .flat_map(|mask| mask.split(','))
        .find(|field| !known.contains(field))
    {
        None => Ok(()),
        Some(field) => Err(refuse(
            GcpRefusal::PolicyMask,
            format!("The update mask path \"{field}\" is invalid for a policy."),
        )),
    }
}

/// A given etag must be the present one; a policy without one overwrites blindly.
fn current(present: Option<&Value>, policy: &Value) -> Outcome<()> {
    let Some(given) = policy["etag"].as_str().filter(|given| !given.is_empty()) else {
        return Ok(());
    };
    if !etag::is_etag(given) {
        return Err(refuse(
            GcpRefusal::EtagMalformed,
            format!(
                "Invalid value at 'policy.etag' (TYPE_BYTES), Base64 decoding failed for \"{given}\""
            ),
        ));
    }
    let now = present
        .and_then(|present| present["etag"].as_str())
        .unwrap_or(etag::EMPTY);
    if etag::same(given, now) {
        return Ok(());
    }
    Err(refuse(
        GcpRefusal::PolicyEtagStale,
        format!(
            "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff. The \
             request's ETag '\\{given}' did not match the current policy's ETag '\\{now}'."
        ),
    ))
}

/// Checks the bindings, merges those of one role and condition, sorts them and their members.
/// Merging and sorting are how the service shows them; from memory.
fn bindings(
    gcp: &Gcp,
    resource: &str,
    carrier: Carrier,
    policy: &Value,
    present: Option<&Value>,
) -> Outcome<Vec<Value>> {
    let mut merged: BTreeMap<(String, String), (Value, BTreeSet<String>)> = BTreeMap::new();
    let mut principals = 0;
    let mut groups = 0;
    for binding in policy["bindings"].as_array().into_iter().flatten() {
        super::service::only(
            binding,
            &["role", "members", "condition", "bindingId"],
            "policy.bindings",
        )?;
        let role = binding["role"].as_str().unwrap_or_default();
        let members: Vec<&str> = binding["members"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if role.is_empty() || members.is_empty() {
            return Err(refuse(
                GcpRefusal::BindingShape,
                "Each binding must have a role and at least one member.",
            ));
        }
        check_role(gcp, resource, role, present)?;
        let condition = binding
            .get("condition")
            .filter(|condition| !condition.is_null());
        let shown = condition
            .map(|condition| check_condition(role, &members, carrier, condition))
            .transpose()?;
        let place = (
            role.to_owned(),
            shown.as_ref().map(Value::to_string).unwrap_or_default(),
        );
        let entry = merged
            .entry(place)
            .or_insert_with(|| (shown.unwrap_or_default(), BTreeSet::new()));
        for member in members {
            let member = check_member(gcp, carrier, member)?;
            principals += 1;
            groups += usize::from(member.starts_with("group:"));
            entry.1.insert(member);
        }
    }
    if principals > 1_500 {
        return Err(refuse(
            GcpRefusal::MemberCount,
            format!("The policy has {principals} principals; the limit is 1500."),
        ));
    }
    if groups > 250 {
        return Err(refuse(
            GcpRefusal::GroupCount,
            format!("The policy has {groups} groups; the limit is 250."),
        ));
    }
    variants(&merged)?;
    Ok(merged
        .into_iter()
        .map(|((role, _), (condition, members))| {
            let mut binding = json!({"role": role, "members": members});
            if !condition.is_null() {
                binding["condition"] = condition;
            }
            binding
        })
        .collect())
}

/// At most 20 bindings of one role and member with different conditions. Source: GQ.
fn variants(merged: &BTreeMap<(String, String), (Value, BTreeSet<String>)>) -> Outcome<()> {
    let mut count: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for ((role, _), (_, members)) in merged {
        for member in members {
            *count.entry((role, member)).or_default() += 1;
        }
    }
    match count.iter().find(|(_, count)| **count > 20) {
        None => Ok(()),
        Some(((role, member), count)) => Err(refuse(
            GcpRefusal::BindingVariants,
            format!(
                "The policy binds {role} to {member} under {count} conditions; the limit is 20."
            ),
        )),
    }
}

fn check_role(gcp: &Gcp, resource: &str, role: &str, present: Option<&Value>) -> Outcome<()> {
    if role.contains("_withcond_") {
        return Err(refuse(
            GcpRefusal::BindingWithcond,
            format!(
                "The role name {role} contains _withcond_, which is not allowed. Read the policy in version 3."
            ),
        ));
    }
    if role.starts_with("roles/") {
        return if predefined::exists(role) {
            Ok(())
        } else {
            Err(refuse(
                GcpRefusal::BindingRole,
                format!("Role {role} is not supported for this resource."),
            ))
        };
    }
    let Some((parent, _)) = role.rsplit_once("/roles/") else {
        return Err(refuse(
            GcpRefusal::BindingRole,
            format!("Role ({role}) does not exist in the resource's hierarchy."),
        ));
    };
    let Some(found) = gcp.store.get(role) else {
        return Err(refuse(
            GcpRefusal::BindingRole,
            format!("Role ({role}) does not exist in the resource's hierarchy."),
        ));
    };
    if !gcp.is_within(resource, parent) {
        return Err(refuse(
            GcpRefusal::BindingRoleForeign,
            format!("Role ({role}) does not exist in the resource's hierarchy."),
        ));
    }
    let bound = || {
        present
            .and_then(|present| present["bindings"].as_array())
            .into_iter()
            .flatten()
            .any(|binding| binding["role"] == role)
    };
    if found["deleted"] == true && !bound() {
        return Err(refuse(
            GcpRefusal::BindingRoleDeleted,
            format!("Role ({role}) is deleted and cannot be bound."),
        ));
    }
    Ok(())
}

fn check_condition(
    role: &str,
    members: &[&str],
    carrier: Carrier,
    condition: &Value,
) -> Outcome<Value> {
    super::service::only(
        condition,
        &["title", "description", "expression", "location"],
        "policy.bindings.condition",
    )?;
    if predefined::BASIC.contains(&role) {
        return Err(refuse(
            GcpRefusal::ConditionBasicRole,
            format!("Conditions can't be set on primitive roles: {role}."),
        ));
    }
    if members
        .iter()
        .any(|member| matches!(*member, "allUsers" | "allAuthenticatedUsers"))
    {
        return Err(refuse(
            GcpRefusal::ConditionPublic,
            "Conditions can't be set on bindings of allUsers or allAuthenticatedUsers.",
        ));
    }
    if let Carrier::Bucket { uniform: false, .. } = carrier {
        return Err(refuse(
            GcpRefusal::BucketCondition,
            "Conditions are only allowed on buckets with uniform bucket-level access enabled.",
        ));
    }
    let text = |field: &str| condition[field].as_str().unwrap_or_default();
    let title = text("title");
    if title.is_empty() || title.chars().count() > 100 {
        return Err(refuse(
            GcpRefusal::ConditionTitle,
            "A condition must have a title of at most 100 characters.",
        ));
    }
    if text("description").chars().count() > 256 {
        return Err(refuse(
            GcpRefusal::ConditionDescription,
            "A condition's description must be at most 256 characters long.",
        ));
    }
    cel::check(text("expression"))?;
    let mut shown = Map::new();
    for field in ["title", "description", "expression"] {
        if !text(field).is_empty() {
            shown.insert(field.to_owned(), json!(text(field)));
        }
    }
    Ok(Value::Object(shown))
}

/// Checks a member and writes its address in lower case, as the service stores it; from memory.
fn check_member(gcp: &Gcp, carrier: Carrier, member: &str) -> Outcome<String> {
    if matches!(member, "allUsers" | "allAuthenticatedUsers") {
        return match carrier {
            Carrier::Project | Carrier::Organization => Err(refuse(
                GcpRefusal::MemberPublic,
                format!(
                    "The member {member} is not supported in a policy of a project or an organization."
                ),
            )),
            Carrier::Bucket {
                prevents_public: true,
                ..
            } => Err(refuse(
                GcpRefusal::BucketPublic,
                "The member bindings allUsers and allAuthenticatedUsers are not allowed since public access prevention is enforced.",
            )),
            _ => Ok(member.to_owned()),
        };
    }
    let (prefix, rest) = member.split_once(':').unwrap_or(("", member));
    match prefix {
        "user" | "group" | "serviceAccount" => {
            let address = rest.to_lowercase();
            // A Kubernetes service account: PROJECT.svc.id.goog[NAMESPACE/NAME].
            let kubernetes = prefix == "serviceAccount"
                && address.contains(".svc.id.goog[")
                && address.ends_with(']');
            if !kubernetes && !is_address(&address) {
                return Err(refuse(
                    GcpRefusal::MemberForm,
                    format!(
                        "The member {member} is of an unknown type or its address is malformed."
                    ),
                ));
            }
            known_address(gcp, prefix, &address)?;
            Ok(format!("{prefix}:{address}"))
        }
        "domain" if rest.contains('.') && !rest.contains('@') => {
            Ok(format!("domain:{}", rest.to_lowercase()))
        }
        "deleted" if rest.contains("?uid=") || rest.starts_with("principal") => {
            Ok(member.to_owned())
        }
        "principal" | "principalSet" if rest.starts_with("//") => Ok(member.to_owned()),
        "projectOwner" | "projectEditor" | "projectViewer"
            if matches!(carrier, Carrier::Bucket { .. }) =>
        {
            Ok(member.to_owned())
        }
        "domain" | "deleted" | "principal" | "principalSet" => Err(refuse(
            GcpRefusal::MemberForm,
            format!("The member {member} is malformed."),
        )),
        _ => Err(refuse(
            GcpRefusal::MemberPrefix,
            format!(
                "The member {member} is of an unknown type. Please set a valid type prefix for the member."
            ),
        )),
    }
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty()
            && domain.contains('.')
            && !domain.contains('@')
            && text
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"<>()[]{},;\"\\".contains(&byte))
    })
}

/// A service account of a project that this server knows must have been made; other addresses are
/// unknown only if a test says so.
fn known_address(gcp: &Gcp, prefix: &str, address: &str) -> Outcome<()> {
    let home = address
        .strip_suffix(".iam.gserviceaccount.com")
        .and_then(|rest| rest.split_once('@'))
        .map(|(_, project)| project);
    let missing = home
        .filter(|_| prefix == "serviceAccount")
        .is_some_and(|project| {
            gcp.has_project(project)
                && !gcp
                    .store
                    .contains_key(&format!("projects/{project}/serviceAccounts/{address}"))
        });
    if !missing && !gcp.strangers.contains(address) {
        return Ok(());
    }
    let what = match prefix {
        "user" => "User",
        "group" => "Group",
        _ => "Service account",
    };
    Err(refuse(
        GcpRefusal::MemberUnknown,
        format!("{what} {address} does not exist."),
    ))
}
