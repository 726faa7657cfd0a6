//! What `az` asks before its first real call: the cloud's endpoints, `OpenID` discovery, a token, the
//! tenants and subscriptions, and Microsoft Graph for the names of principals.

use serde_json::{Value, json};

use super::Arm;
use super::tenant::{APPLICATION, TENANT};
use crate::loopback::{Reply, Request, base64};

/// The token that the server issues and takes.
pub(crate) fn token() -> String {
    let claims = json!({
        "oid": "22222222-2222-2222-2222-222222222222",
        "tid": TENANT,
        "appid": APPLICATION,
        "sub": "22222222-2222-2222-2222-222222222222",
    });
    let part = |text: &str| {
        base64(text.as_bytes(), true)
            .trim_end_matches('=')
            .to_owned()
    };
    format!(
        "{}.{}.c2lnbmF0dXJl",
        part(r#"{"alg":"none","typ":"JWT"}"#),
        part(&claims.to_string())
    )
}

/// Answers what needs no token; `None` if the path is none of these.
pub(crate) fn answer(arm: &Arm, request: &Request) -> Option<Reply> {
    let base = &arm.url;
    let path = request.path.as_str();
    if path == "/metadata/endpoints" {
        return Some(Reply::json(200, &endpoints(base)));
    }
    if path.contains("/discovery/instance") {
        return Some(Reply::json(
            200,
            &json!({"tenant_discovery_endpoint": format!("{base}/{TENANT}/v2.0/.well-known/openid-configuration"), "metadata": []}),
        ));
    }
    if path.ends_with("/.well-known/openid-configuration") {
        return Some(Reply::json(
            200,
            &json!({
                "authorization_endpoint": format!("{base}/{TENANT}/oauth2/v2.0/authorize"),
                "token_endpoint": format!("{base}/{TENANT}/oauth2/v2.0/token"),
                "issuer": format!("{base}/{TENANT}/v2.0"),
                "device_authorization_endpoint": format!("{base}/{TENANT}/oauth2/v2.0/devicecode"),
                "tenant_region_scope": "EU",
            }),
        ));
    }
    if path.contains("/oauth2/") && path.ends_with("/token") {
        return Some(Reply::json(
            200,
            &json!({"token_type": "Bearer", "expires_in": 86_400, "ext_expires_in": 86_400, "access_token": token()}),
        ));
    }
    None
}

/// Answers what needs a token but changes nothing: tenants, subscriptions, Graph.
pub(crate) fn account(arm: &Arm, request: &Request) -> Option<Reply> {
    let path = request.path.trim_end_matches('/').to_lowercase();
    match path.as_str() {
        "/tenants" => Some(Reply::json(
            200,
            &json!({"value": [{"id": format!("/tenants/{TENANT}"), "tenantId": TENANT, "displayName": "mesh"}]}),
        )),
        "/subscriptions" => {
            let value: Vec<Value> = arm
                .tenant
                .subscriptions()
                .map(|(id, name)| subscription(id, name))
                .collect();
            Some(Reply::json(200, &json!({ "value": value })))
        }
        _ if path.ends_with("/directoryobjects/getbyids") => {
            Some(Reply::json(200, &principals(arm, request)))
        }
        _ => {
            let id = path.strip_prefix("/subscriptions/")?;
            let (id, name) = arm.tenant.subscriptions().find(|(known, _)| *known == id)?;
            Some(Reply::json(200, &subscription(id, name)))
        }
    }
}

/// Whether a path belongs to signing in rather than to a deployment.
pub(crate) fn is_housekeeping(request: &Request) -> bool {
    let path = request.path.trim_end_matches('/').to_lowercase();
    path == "/metadata/endpoints"
        || path == "/tenants"
        || path == "/subscriptions"
        || path.contains("/discovery/instance")
        || path.contains("/.well-known/")
        || path.contains("/oauth2/")
        || path.ends_with("/directoryobjects/getbyids")
}

fn subscription(id: &str, name: &str) -> Value {
    json!({
        "id": format!("/subscriptions/{id}"),
        "subscriptionId": id,
        "tenantId": TENANT,
        "displayName": name,
        "state": "Enabled",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
    })
}

/// Microsoft Graph, directoryObject: getByIds. Source: learn.microsoft.com/graph.
fn principals(arm: &Arm, request: &Request) -> Value {
    let ids = request.json().unwrap_or_default();
    let value: Vec<Value> = ids["ids"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter_map(|id| {
            let kind = arm.tenant.principal(id)?;
            Some(match kind {
                "User" => json!({"@odata.type": "#microsoft.graph.user", "id": id, "userPrincipalName": format!("{id}@mesh.example")}),
                "ServicePrincipal" => json!({"@odata.type": "#microsoft.graph.servicePrincipal", "id": id, "servicePrincipalNames": [id], "displayName": id}),
                _ => json!({"@odata.type": "#microsoft.graph.group", "id": id, "displayName": format!("group {id}")}),
            })
        })
        .collect();
    json!({ "value": value })
}

fn endpoints(base: &str) -> Value {
    json!({
        "name": "Mesh",
        "portal": base,
        "authentication": {
            "loginEndpoint": base, "audiences": [base], "tenant": "common", "identityProvider": "AAD",
        },
        "graphAudience": base,
        "graph": base,
        "resourceManager": base,
        "microsoftGraphResourceId": base,
        "batch": base,
        "media": base,
        "gallery": base,
        "sqlManagement": base,
        "vmImageAliasDoc": base,
        "activeDirectoryDataLake": base,
        "suffixes": {
            "storage": "localhost",
            "keyVaultDns": "vault.localhost",
            "acrLoginServer": "acr.localhost",
            "sqlServerHostname": "sql.localhost",
        },
    })
}
