//! Built-in roles that a data platform names, with their real GUIDs.
//!
//! Source: iann0036/iam-dataset @2073fa5 (2026-08-22), Azure built-in roles. Permissions are given
//! where the row is about data; elsewhere the list is shortened to what the role is known for.

use serde_json::{Value, json};

use super::super::id::is;

type Row = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const ROLES: &[Row] = &[
    (
        "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        "Reader",
        &["*/read"],
        &[],
    ),
    (
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "Contributor",
        &["*"],
        &[],
    ),
    ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", &["*"], &[]),
    (
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "User Access Administrator",
        &["*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"],
        &[],
    ),
    (
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        "Role Based Access Control Administrator",
        &[
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete",
            "*/read",
        ],
        &[],
    ),
    (
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        "Storage Blob Data Reader",
        &[
            "Microsoft.Storage/storageAccounts/blobServices/containers/read",
            "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
        ],
        &["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"],
    ),
    (
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "Storage Blob Data Contributor",
        &[
            "Microsoft.Storage/storageAccounts/blobServices/containers/delete",
            "Microsoft.Storage/storageAccounts/blobServices/containers/read",
            "Microsoft.Storage/storageAccounts/blobServices/containers/write",
            "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
        ],
        &[
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/move/action",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action",
        ],
    ),
    (
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        "Storage Blob Data Owner",
        &[
            "Microsoft.Storage/storageAccounts/blobServices/containers/*",
            "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
        ],
        &["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*"],
    ),
    (
        "db58b8e5-c6ad-4a2a-8342-4190687cbf4a",
        "Storage Blob Delegator",
        &["Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action"],
        &[],
    ),
    (
        "17d1049b-9a84-46fb-8f53-869881c3d3ab",
        "Storage Account Contributor",
        &["Microsoft.Storage/storageAccounts/*"],
        &[],
    ),
    (
        "36243c78-bf99-498c-9df9-86d9f8d28608",
        "Resource Policy Contributor",
        &[
            "*/read",
            "Microsoft.Authorization/policyassignments/*",
            "Microsoft.Authorization/policydefinitions/*",
        ],
        &[],
    ),
    (
        "4a9ae827-6dc8-4573-8ac7-8239d42aa03f",
        "Tag Contributor",
        &["Microsoft.Resources/tags/*"],
        &[],
    ),
    (
        "e147488a-f6f5-4113-8e2d-b22465e65bf6",
        "Key Vault Crypto Service Encryption User",
        &["Microsoft.EventGrid/eventSubscriptions/read"],
        &[
            "Microsoft.KeyVault/vaults/keys/read",
            "Microsoft.KeyVault/vaults/keys/wrap/action",
            "Microsoft.KeyVault/vaults/keys/unwrap/action",
        ],
    ),
    (
        "12338af0-0e69-4776-bea7-57ae8d297424",
        "Key Vault Crypto User",
        &[],
        &["Microsoft.KeyVault/vaults/keys/read"],
    ),
    (
        "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
        "Key Vault Crypto Officer",
        &[],
        &["Microsoft.KeyVault/vaults/keys/*"],
    ),
    (
        "00482a5a-887f-4fb3-b363-3b7fe8e74483",
        "Key Vault Administrator",
        &[],
        &["Microsoft.KeyVault/vaults/*"],
    ),
    (
        "2b629674-e913-4c01-ae53-ef4638d8f975",
        "Azure Event Hubs Data Sender",
        &[],
        &["Microsoft.EventHub/*/send/action"],
    ),
    (
        "a638d3c7-ab3a-418d-83e6-5f17a39d4fde",
        "Azure Event Hubs Data Receiver",
        &[],
        &["Microsoft.EventHub/*/receive/action"],
    ),
    (
        "f526a384-b230-433a-b45c-95f59c4a2dec",
        "Azure Event Hubs Data Owner",
        &["Microsoft.EventHub/*"],
        &["Microsoft.EventHub/*"],
    ),
    (
        "673868aa-7521-48a0-acc6-0f60742d39f5",
        "Data Factory Contributor",
        &["Microsoft.DataFactory/factories/*"],
        &[],
    ),
    (
        "749f88d5-cbae-40b8-bcfc-e573ddc772fa",
        "Monitoring Contributor",
        &["*/read", "Microsoft.Insights/diagnosticSettings/*"],
        &[],
    ),
    (
        "92aaf0da-9dab-42b6-94a3-d43ce8d16293",
        "Log Analytics Contributor",
        &["*/read", "Microsoft.OperationalInsights/*"],
        &[],
    ),
    (
        "5d58bcaf-24a5-4b20-bdb6-eed9f69fbe4c",
        "Management Group Contributor",
        &["Microsoft.Management/managementGroups/*"],
        &[],
    ),
];

/// Every built-in role as a stored one, its id relative to the tenant's root.
pub(crate) fn all() -> impl Iterator<Item = Value> {
    ROLES.iter().map(show)
}

/// A built-in role by its GUID.
pub(crate) fn find(name: &str) -> Option<Value> {
    ROLES.iter().find(|row| is(row.0, name)).map(show)
}

fn show((name, role, actions, data): &Row) -> Value {
    json!({
        "properties": {
            "roleName": role,
            "type": "BuiltInRole",
            "description": role,
            "assignableScopes": ["/"],
            "permissions": [{"actions": actions, "notActions": [], "dataActions": data, "notDataActions": []}],
            "createdOn": "2015-02-02T21:55:09.8806423Z",
            "updatedOn": "2021-11-11T20:13:47.8628684Z",
            "createdBy": null,
            "updatedBy": null,
        },
        "id": format!("/providers/Microsoft.Authorization/roleDefinitions/{name}"),
        "type": "Microsoft.Authorization/roleDefinitions",
        "name": name,
    })
}
