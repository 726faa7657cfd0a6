//! Service accounts.
//!
//! Source: SDK, iam v1, projects.serviceAccounts.

use serde_json::{Value, json};

use super::refusal::GcpRefusal;
use super::service::Gcp;
use super::{Outcome, refuse};
use crate::loopback::{Reply, digest};

/// Creates an account.
pub(crate) fn create(gcp: &mut Gcp, project: &str, body: &Value) -> Outcome<Reply> {
    super::service::only(body, &["accountId", "serviceAccount"], "")?;
    let id = body["accountId"].as_str().unwrap_or_default();
    if !is_account_id(id) {
        return Err(refuse(
            GcpRefusal::AccountId,
            format!("The account ID \"{id}\" does not match [a-z]([-a-z0-9]{{4,28}}[a-z0-9])."),
        ));
    }
    let given = &body["serviceAccount"];
    let display = given["displayName"].as_str().unwrap_or_default();
    if display.len() > 100 {
        return Err(refuse(
            GcpRefusal::AccountDisplayName,
            "The display name must be at most 100 bytes long.",
        ));
    }
    let email = format!("{id}@{project}.iam.gserviceaccount.com");
    let name = format!("projects/{project}/serviceAccounts/{email}");
    if gcp.store.contains_key(&name) {
        return Err(refuse(
            GcpRefusal::AccountExists,
            format!("Service account {id} already exists within project projects/{project}."),
        ));
    }
    // 21 digits that depend on the name alone.
    let unique: String = digest(&name)
        .bytes()
        .take(20)
        .map(|byte| char::from(b'0' + byte % 10))
        .collect();
    let mut account = json!({
        "name": name,
        "projectId": project,
        "uniqueId": format!("1{unique}"),
        "email": email,
        "etag": gcp.next_etag(),
        "oauth2ClientId": format!("1{unique}"),
    });
    for field in ["displayName", "description"] {
        if let Some(text) = given[field].as_str().filter(|text| !text.is_empty()) {
            account[field] = json!(text);
        }
    }
    gcp.store.insert(name, account.clone());
    Ok(Reply::json(200, &account))
}

/// The stored name of an account that a path names by e-mail, with `-` for any project.
pub(crate) fn resolve(gcp: &Gcp, project: &str, email: &str) -> Outcome<String> {
    let found = if project == "-" {
        gcp.store
            .iter()
            .find(|(_, object)| object["email"] == email && object["projectId"].is_string())
            .map(|(name, _)| name.clone())
    } else {
        let name = format!("projects/{project}/serviceAccounts/{email}");
        gcp.store.contains_key(&name).then_some(name)
    };
    found.ok_or_else(|| {
        refuse(
            GcpRefusal::AccountUnknown,
            format!("Unknown service account: {email}"),
        )
    })
}

fn is_account_id(id: &str) -> bool {
    (6..=30).contains(&id.len())
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
