//! Custom roles of projects and organizations: create, get, list, patch, soft delete, undelete.
//!
//! Source: SDK, iam v1, projects.roles and organizations.roles.

use serde_json::{Map, Value, json};

use super::refusal::GcpRefusal;
use super::service::Gcp;
use super::{Outcome, etag, permission, predefined, refuse};
use crate::loopback::{Clock, Reply, Request};

/// Stages in the order of the enum; ALPHA is 0, the default, and therefore never shown.
/// Source: SDK, iam v1, Role.stage.
const STAGES: &[&str] = &["ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP"];

/// Seconds in which a deleted role can be undeleted, and after which its id is free again.
/// Source: GH, terraform-google-modules/terraform-google-bastion-host#14.
const UNDELETABLE: i64 = 7 * 86_400;
const GONE: i64 = 37 * 86_400;

/// Fields of a role.
const FIELDS: &[&str] = &[
    "name",
    "title",
    "description",
    "includedPermissions",
    "stage",
    "etag",
    "deleted",
];

/// Creates a role in `parent`, which is `projects/P` or `organizations/O`.
pub(crate) fn create(
    gcp: &mut Gcp,
    parent: &str,
    body: &Value,
    clock: &mut Clock,
) -> Outcome<Reply> {
    super::service::only(body, &["roleId", "role"], "")?;
    let id = body["roleId"].as_str().unwrap_or_default();
    if !is_role_id(id) {
        return Err(refuse(
            GcpRefusal::RoleId,
            format!(
                "The role_id \"{id}\" is invalid. It doesn't match pattern \"[a-zA-Z0-9_\\.]{{3,64}}\". The role_id must be \
                 3 to 64 characters long and can be a mix of uppercase and lowercase English letters, digits, underscores \
                 and periods."
            ),
        ));
    }
    let empty = json!({});
    let given = body.get("role").unwrap_or(&empty);
    let fields = fields(given, parent)?;
    let name = format!("{parent}/roles/{id}");
    collect(gcp, clock);
    if let Some(old) = gcp.store.get(&name) {
        return Err(if old["deleted"] == true {
            refuse(
                GcpRefusal::RoleTombstone,
                format!("You can't create a role_id ({id}) which has been marked for deletion."),
            )
        } else {
            refuse(
                GcpRefusal::RoleExists,
                format!("A role named {id} in {parent} already exists."),
            )
        });
    }
    let stem = format!("{parent}/roles/");
    if gcp
        .store
        .keys()
        .filter(|key| key.starts_with(&stem))
        .count()
        >= 300
    {
        return Err(refuse(
            GcpRefusal::RoleQuota,
            "Maximum number of roles reached. Maximum is: 300",
        ));
    }
    clock.tick();
    let mut role = Map::from_iter([("name".to_owned(), json!(name))]);
    role.extend(fields);
    role.insert("etag".to_owned(), json!(gcp.next_etag()));
    let role = Value::Object(role);
    gcp.store.insert(name, role.clone());
    Ok(Reply::json(200, &show(&role, true)))
}

/// Reads a role, custom or predefined.
pub(crate) fn get(gcp: &mut Gcp, name: &str, clock: &Clock) -> Outcome<Reply> {
    collect(gcp, clock);
    well_named(name)?;
    if let Some(role) = predefined::find(name) {
        return Ok(Reply::json(200, &role));
    }
    gcp.store
        .get(name)
        .map(|role| Reply::json(200, &show(role, true)))
        .ok_or_else(|| unknown(name))
}

/// Lists the roles of a parent. The basic view leaves the permissions out; deleted roles show only
/// on request. Source: SDK, iam v1, projects.roles.list, view and showDeleted.
pub(crate) fn list(gcp: &mut Gcp, parent: &str, request: &Request, clock: &Clock) -> Reply {
    collect(gcp, clock);
    let full = request.parameter("view") == Some("FULL");
    let deleted = request
        .parameter("showDeleted")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let stem = format!("{parent}/roles/");
    let roles: Vec<Value> = gcp
        .store
        .iter()
        .filter(|(name, role)| name.starts_with(&stem) && (deleted || role["deleted"] != true))
        .map(|(_, role)| show(role, full))
        .collect();
    // An empty list is an empty message.
    Reply::json(
        200,
        &if roles.is_empty() {
            json!({})
        } else {
            json!({ "roles": roles })
        },
    )
}

/// Changes a role. Without a mask every given field counts.
pub(crate) fn patch(
    gcp: &mut Gcp,
    name: &str,
    request: &Request,
    body: &Value,
    clock: &mut Clock,
) -> Outcome<Reply> {
    collect(gcp, clock);
    let mut role = live(gcp, name)?;
    if role["deleted"] == true {
        return Err(refuse(
            GcpRefusal::RolePatchedDeleted,
            format!("You can't update role_id ({name}) as it is deleted. Undelete it first."),
        ));
    }
    let parent = name
        .rsplit_once("/roles/")
        .map_or("", |(parent, _)| parent)
        .to_owned();
    let fields = fields(body, &parent)?;
    current(&role, body.get("etag").and_then(Value::as_str))?;
    let masked = mask(request.parameter("updateMask"), body)?;
    for field in &masked {
        match fields.get(field) {
            Some(value) => role[field] = value.clone(),
            None => {
                role.as_object_mut().map(|role| role.remove(field));
            }
        }
    }
    clock.tick();
    role["etag"] = json!(gcp.next_etag());
    gcp.store.insert(name.to_owned(), role.clone());
    Ok(Reply::json(200, &show(&role, true)))
}

/// Deletes a role softly.
pub(crate) fn delete(
    gcp: &mut Gcp,
    name: &str,
    given: Option<&str>,
    clock: &mut Clock,
) -> Outcome<Reply> {
    collect(gcp, clock);
    let mut role = live(gcp, name)?;
    if role["deleted"] == true {
        return Err(refuse(
            GcpRefusal::RoleDeletedTwice,
            format!("You can't delete role_id ({name}) as it is already deleted."),
        ));
    }
    current(&role, given)?;
    clock.tick();
    role["deleted"] = json!(true);
    role["etag"] = json!(gcp.next_etag());
    gcp.tombstones.insert(name.to_owned(), clock.seconds());
    gcp.store.insert(name.to_owned(), role.clone());
    Ok(Reply::json(200, &show(&role, true)))
}

/// Brings a deleted role back within seven days.
pub(crate) fn undelete(
    gcp: &mut Gcp,
    name: &str,
    given: Option<&str>,
    clock: &mut Clock,
) -> Outcome<Reply> {
    collect(gcp, clock);
    let mut role = live(gcp, name)?;
    if role["deleted"] != true {
        return Err(refuse(
            GcpRefusal::RoleUndeletedLive,
            format!("You can't undelete role_id ({name}) as it is not deleted."),
        ));
    }
    let since = gcp.tombstones.get(name).copied().unwrap_or_default();
    if clock.seconds() - since > UNDELETABLE {
        return Err(refuse(
            GcpRefusal::RoleUndeletedLate,
            format!("You can't undelete role_id ({name}) as it was deleted more than 7 days ago."),
        ));
    }
    current(&role, given)?;
    clock.tick();
    role.as_object_mut().map(|role| role.remove("deleted"));
    role["etag"] = json!(gcp.next_etag());
    gcp.tombstones.remove(name);
    gcp.store.insert(name.to_owned(), role.clone());
    Ok(Reply::json(200, &show(&role, true)))
}

/// Whether an id is lawful for a role.
pub(crate) fn is_role_id(id: &str) -> bool {
    (3..=64).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte))
}

/// Roles whose 37 days are over vanish, and their ids are free.
fn collect(gcp: &mut Gcp, clock: &Clock) {
    let now = clock.seconds();
    let gone: Vec<String> = gcp
        .tombstones
        .iter()
        .filter(|(_, since)| now - **since > GONE)
        .map(|(name, _)| name.clone())
        .collect();
    for name in gone {
        gcp.tombstones.remove(&name);
        gcp.store.remove(&name);
    }
}

/// A role's name must have one of the three forms.
fn well_named(name: &str) -> Outcome<()> {
    let fits = name.strip_prefix("roles/").is_some_and(|id| !id.is_empty())
        || name
            .rsplit_once("/roles/")
            .is_some_and(|(_, id)| is_role_id(id));
    if fits {
        return Ok(());
    }
    Err(refuse(
        GcpRefusal::RoleNameForm,
        "The role name must be in the form \"roles/{role}\", \"organizations/{organization_id}/roles/{role}\", or \
         \"projects/{project_id}/roles/{role}\".",
    ))
}

fn live(gcp: &Gcp, name: &str) -> Outcome<Value> {
    well_named(name)?;
    gcp.store.get(name).cloned().ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> super::Refused {
    refuse(
        GcpRefusal::RoleUnknown,
        format!("The role named {name} was not found."),
    )
}

/// An etag that is given must be the present one. An empty one asks for no check.
fn current(role: &Value, given: Option<&str>) -> Outcome<()> {
    let Some(given) = given.filter(|given| !given.is_empty()) else {
        return Ok(());
    };
    if !etag::is_etag(given) {
        return Err(refuse(
            GcpRefusal::EtagMalformed,
            format!(
                "Invalid value at 'role.etag' (TYPE_BYTES), Base64 decoding failed for \"{given}\""
            ),
        ));
    }
    if etag::same(given, role["etag"].as_str().unwrap_or_default()) {
        return Ok(());
    }
    Err(refuse(
        GcpRefusal::RoleEtagStale,
        "There were concurrent changes to the role. Please retry the whole read-modify-write with exponential backoff.",
    ))
}

/// The fields that a patch changes.
fn mask(given: Option<&str>, body: &Value) -> Outcome<Vec<String>> {
    let changeable = ["title", "description", "includedPermissions", "stage"];
    let Some(given) = given.filter(|given| !given.is_empty()) else {
        return Ok(changeable
            .iter()
            .filter(|field| body.get(**field).is_some())
            .map(|field| (*field).to_owned())
            .collect());
    };
    given
        .split(',')
        .map(|field| {
            // A mask may come in the style of protocol buffers.
            let field = if field == "included_permissions" {
                "includedPermissions"
            } else {
                field
            };
            if changeable.contains(&field) {
                return Ok(field.to_owned());
            }
            Err(refuse(
                GcpRefusal::RoleMask,
                format!("The update mask path \"{field}\" is invalid for a role."),
            ))
        })
        .collect()
}

/// Checks and normalises the fields of a role: permissions are sorted and unique, what is empty or
/// the default is left out.
fn fields(given: &Value, parent: &str) -> Outcome<Map<String, Value>> {
    super::service::only(given, FIELDS, "role")?;
    let text = |field: &str| given[field].as_str().unwrap_or_default();
    let (title, description) = (text("title"), text("description"));
    if title.len() > 100 {
        return Err(refuse(
            GcpRefusal::RoleTitle,
            "The role title must be at most 100 bytes long.",
        ));
    }
    if description.len() > 300 {
        return Err(refuse(
            GcpRefusal::RoleDescription,
            "The role description must be at most 300 bytes long.",
        ));
    }
    let mut out = Map::new();
    for (field, value) in [("title", title), ("description", description)] {
        if !value.is_empty() {
            out.insert(field.to_owned(), json!(value));
        }
    }
    let permissions = permissions(given, parent)?;
    // The names are counted as they were sent, repetitions included: whether the service counts before
    // or after it removes them is not documented.
    let sent = given["includedPermissions"]
        .as_array()
        .into_iter()
        .flatten();
    let names: usize = sent.filter_map(Value::as_str).map(str::len).sum();
    let size = title.len() + description.len() + names;
    if size > 65_536 {
        return Err(refuse(
            GcpRefusal::RoleSize,
            "The total size of the title, description and permission names exceeds 64 KB.",
        ));
    }
    if !permissions.is_empty() {
        out.insert("includedPermissions".to_owned(), json!(permissions));
    }
    match given.get("stage") {
        None | Some(Value::Null) => {}
        Some(stage) => {
            let Some(known) = STAGES.iter().find(|known| stage == **known) else {
                return Err(refuse(
                    GcpRefusal::RoleStage,
                    format!(
                        "Invalid value at 'role.stage' (type.googleapis.com/google.iam.admin.v1.Role.RoleLaunchStage), {stage}"
                    ),
                ));
            };
            if *known != "ALPHA" {
                out.insert("stage".to_owned(), json!(known));
            }
        }
    }
    Ok(out)
}

fn permissions(given: &Value, parent: &str) -> Outcome<Vec<String>> {
    let mut out: Vec<String> = Vec::new();
    for value in given["includedPermissions"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let name = value.as_str().unwrap_or_default();
        if !permission::exists(name) {
            return Err(refuse(
                GcpRefusal::RolePermission,
                format!("Permission {name} is not valid."),
            ));
        }
        if permission::support(name) == permission::Support::NotSupported {
            return Err(refuse(
                GcpRefusal::RolePermissionUnsupported,
                format!("Permission {name} is not supported in custom roles."),
            ));
        }
        if parent.starts_with("projects/") && permission::is_organizational(name) {
            return Err(refuse(
                GcpRefusal::RolePermissionScope,
                format!("Permission {name} is not valid."),
            ));
        }
        out.push(name.to_owned());
    }
    if out.len() > 3_000 {
        return Err(refuse(
            GcpRefusal::RolePermissionCount,
            "A role can have at most 3000 permissions.",
        ));
    }
    out.sort();
    out.dedup();
    Ok(out)
}

fn show(role: &Value, full: bool) -> Value {
    let mut role = role.clone();
    if !full && let Some(members) = role.as_object_mut() {
        members.remove("includedPermissions");
    }
    role
}
