//! Resource groups and all resources that are neither policy nor role.
//!
//! Every type is stored; groups, storage accounts, containers, Event Hubs namespaces and hubs are
//! checked and normalised as their services do. Sources are in the rows of `refusal.rs`.

use serde_json::{Map, Value, json};

use super::Arm;
use super::catalogue::{self, region};
use super::id::{ResourceId, Scope, is, key};
use super::refusal::ArmRefusal;
use super::tenant::guid;
use super::{Outcome, refuse};
use crate::loopback::{Reply, digest};

/// Creates or updates a resource group.
pub(crate) fn put_group(
    arm: &mut Arm,
    subscription: &str,
    name: &str,
    body: &Value,
) -> Outcome<Reply> {
    let lawful = |c: char| c.is_alphanumeric() || "_-.()".contains(c);
    if name.is_empty()
        || name.chars().count() > 90
        || name.ends_with('.')
        || !name.chars().all(lawful)
    {
        return Err(refuse(
            ArmRefusal::GroupName,
            format!("The provided resource group name '{name}' is invalid."),
        ));
    }
    let location = location(body)?;
    let tags = tags(body, 512)?;
    let path = format!("/subscriptions/{subscription}/resourceGroups/{name}");
    let old = arm.store.get(&key(&path)).cloned();
    if let Some(old) = &old
        && old["location"] != location
    {
        return Err(refuse(
            ArmRefusal::GroupMoved,
            format!(
                "Invalid resource group location '{location}'. The Resource group already exists in location '{}'.",
                old["location"].as_str().unwrap_or_default()
            ),
        ));
    }
    let mut stored = Map::new();
    stored.insert(
        "id".to_owned(),
        old.as_ref()
            .map_or_else(|| json!(path), |old| old["id"].clone()),
    );
    stored.insert("name".to_owned(), json!(name));
    stored.insert(
        "type".to_owned(),
        json!("Microsoft.Resources/resourceGroups"),
    );
    stored.insert("location".to_owned(), json!(location));
    if let Some(tags) = tags {
        stored.insert("tags".to_owned(), tags);
    }
    if let Some(managed) = body.get("managedBy").filter(|value| value.is_string()) {
        stored.insert("managedBy".to_owned(), managed.clone());
    }
    stored.insert(
        "properties".to_owned(),
        json!({"provisioningState": "Succeeded"}),
    );
    let stored = Value::Object(stored);
    arm.store.insert(key(&path), stored.clone());
    Ok(Reply::json(if old.is_none() { 201 } else { 200 }, &stored))
}

/// Deletes a resource group with everything in it, role assignments included.
pub(crate) fn delete_group(arm: &mut Arm, subscription: &str, name: &str) -> Outcome<Reply> {
    let path = key(&format!(
        "/subscriptions/{subscription}/resourceGroups/{name}"
    ));
    if !arm.store.contains_key(&path) {
        return Err(group_unknown(name));
    }
    let below = format!("{path}/");
    arm.store
        .retain(|id, _| *id != path && !id.starts_with(&below));
    let poll = format!(
        "{}/subscriptions/{subscription}/operationresults/{}?api-version=2024-11-01",
        arm.url,
        digest(&path)
    );
    // Retry-After 0 spares a polling client its default pause.
    Ok(Reply::empty(202)
        .with_header("Location", &poll)
        .with_header("Retry-After", "0"))
}

pub(crate) fn group_unknown(name: &str) -> super::Refused {
    refuse(
        ArmRefusal::GroupUnknown,
        format!("Resource group '{name}' could not be found."),
    )
}

/// Types whose providers answer 200 to the PUT that creates; az accepts no 201 from them.
/// Source: REST, the responses of each type's Create Or Update.
const ALWAYS_200: &[&str] = &[
    "Microsoft.Storage/storageAccounts",
    "Microsoft.Storage/storageAccounts/blobServices",
    "Microsoft.Storage/storageAccounts/fileServices",
    "Microsoft.Storage/storageAccounts/queueServices",
    "Microsoft.Storage/storageAccounts/tableServices",
    "Microsoft.Storage/storageAccounts/managementPolicies",
    "Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies",
    "Microsoft.EventHub/namespaces/eventhubs",
    "Microsoft.EventHub/namespaces/eventhubs/consumergroups",
    "Microsoft.EventHub/namespaces/eventhubs/authorizationRules",
    "Microsoft.EventHub/namespaces/authorizationRules",
    "Microsoft.EventHub/namespaces/networkRuleSets",
    "Microsoft.Insights/diagnosticSettings",
];

/// Creates or replaces a resource.
pub(crate) fn put(arm: &mut Arm, id: &ResourceId, body: &Value, now: &str) -> Outcome<Reply> {
    let path = id.path();
    parent(arm, id)?;
    let Some(kind) = catalogue::kind(&id.kind()) else {
        return Err(refuse(
            ArmRefusal::TypeUnknown,
            format!("The resource type '{}' could not be found.", id.kind()),
        ));
    };
    let old = arm.store.get(&key(&path)).cloned();
    let mut stored = body.as_object().cloned().unwrap_or_default();
    if kind.tracked {
        let location = location(body)?;
        if let Some(old) = &old
            && old["location"] != location
        {
            return Err(refuse(
                ArmRefusal::ResourceMoved,
                format!(
                    "The resource '{}' already exists in location '{}'.",
                    id.name(),
                    old["location"]
                ),
            ));
        }
        stored.insert("location".to_owned(), json!(location));
    }
    let longest = if is(kind.name, "Microsoft.Storage/storageAccounts") {
        128
    } else {
        512
    };
    if let Some(tags) = tags(body, longest)? {
        stored.insert("tags".to_owned(), tags);
    }
    let mut properties = body
        .get("properties")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let created = if old.is_none() && !ALWAYS_200.contains(&kind.name) {
        201
    } else {
        200
    };
    match kind.name {
        "Microsoft.Storage/storageAccounts" => {
            storage_account(arm, id, &mut stored, &mut properties, old.as_ref(), now)?;
        }
        "Microsoft.Storage/storageAccounts/blobServices/containers" => {
            container(arm, id, &mut properties, now)?;
        }
        "Microsoft.EventHub/namespaces" => {
            event_hub_namespace(id, &mut stored, &mut properties, now)?;
        }
        "Microsoft.EventHub/namespaces/eventhubs" => event_hub(id, &mut properties, now)?,
        _ => {
            if kind.tracked {
                properties.insert("provisioningState".to_owned(), json!("Succeeded"));
            }
        }
    }
    mint_identity(arm, &path, &mut stored);
    stored.insert("id".to_owned(), json!(path));
    stored.insert("name".to_owned(), json!(id.name()));
    stored.insert("type".to_owned(), json!(kind.name));
    stored.insert("properties".to_owned(), Value::Object(properties));
    let bare = Value::Object(stored.clone()).to_string();
    stored.insert("etag".to_owned(), json!(format!("\"{}\"", digest(&bare))));
    let stored = Value::Object(stored);
    arm.store.insert(key(&path), stored.clone());
    Ok(Reply::json(created, &stored))
}

/// Merges a body into a resource, as PATCH does for tags and properties.
pub(crate) fn patch(arm: &mut Arm, id: &ResourceId, body: &Value, now: &str) -> Outcome<Reply> {
    let Some(old) = arm.store.get(&key(&id.path())).cloned() else {
        return Err(unknown(id));
    };
    let mut merged = old;
    for (member, value) in body.as_object().into_iter().flatten() {
        match (
            merged.get_mut(member).and_then(Value::as_object_mut),
            value.as_object(),
        ) {
            // Tags are replaced as a whole, other objects are merged member by member.
            (Some(present), Some(given)) if member != "tags" => present.extend(given.clone()),
            _ => merged[member] = value.clone(),
        }
    }
    let reply = put(arm, id, &merged, now)?;
    Ok(Reply {
        status: 200,
        ..reply
    })
}

/// Deletes a resource and its children: 200 if it was there, 204 if not.
pub(crate) fn delete(arm: &mut Arm, id: &ResourceId) -> Reply {
    let path = key(&id.path());
    let found = arm.store.remove(&path).is_some();
    let below = format!("{path}/");
    arm.store.retain(|id, _| !id.starts_with(&below));
    Reply::empty(if found { 200 } else { 204 })
}

pub(crate) fn unknown(id: &ResourceId) -> super::Refused {
    let place = match Scope::read(&id.scope) {
        Some(Scope::Group(_, group) | Scope::Resource(_, group, _)) => {
            format!(" under resource group '{group}'")
        }
        _ => String::new(),
    };
    let name = id
        .types
        .iter()
        .zip(&id.names)
        .fold(id.namespace.clone(), |path, (kind, name)| {
            format!("{path}/{kind}/{name}")
        });
    refuse(
        ArmRefusal::ResourceUnknown,
        format!(
            "The Resource '{name}'{place} was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"
        ),
    )
}

/// The parent of a child must exist; services with one fixed name, as blobServices/default, always do.
fn parent(arm: &Arm, id: &ResourceId) -> Outcome<()> {
    let Some(parent) = id.parent() else {
        return Ok(());
    };
    let fixed = is(parent.name(), "default");
    let judged = if fixed {
        parent.parent().unwrap_or(parent)
    } else {
        parent
    };
    if arm.store.contains_key(&key(&judged.path())) {
        return Ok(());
    }
    Err(refuse(
        ArmRefusal::ParentUnknown,
        format!(
            "Failed to perform 'write' on resource(s) of type '{}', because the parent resource '{}' could not be found.",
            id.kind(),
            judged.path()
        ),
    ))
}

fn location(body: &Value) -> Outcome<&'static str> {
    let given = body
        .get("location")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if given.is_empty() {
        return Err(refuse(
            ArmRefusal::LocationMissing,
            "The location property is required for this definition.",
        ));
    }
    region(given).ok_or_else(|| {
        refuse(
            ArmRefusal::LocationUnknown,
            format!(
                "The provided location '{given}' is not available for resource group. List of available regions is '{}'.",
                catalogue::REGIONS.join(",")
            ),
        )
    })
}

fn tags(body: &Value, longest: usize) -> Outcome<Option<Value>> {
    let Some(tags) = body.get("tags").and_then(Value::as_object) else {
        return Ok(None);
    };
    if tags.len() > 50 {
        return Err(refuse(
            ArmRefusal::TagCount,
            "The number of tags exceeds the limit of 50.",
        ));
    }
    for (name, value) in tags {
        if name.is_empty() || name.contains(|c| "<>%&\\?/".contains(c)) {
            return Err(refuse(
                ArmRefusal::TagName,
                format!(
                    "The tag name '{name}' has reserved characters '<,>,%,&,\\,?,/' or control characters."
                ),
            ));
        }
        let long = value
            .as_str()
            .is_none_or(|value| value.chars().count() > 256);
        if name.chars().count() > longest || long {
            return Err(refuse(
                ArmRefusal::TagLength,
                format!("The tag '{name}' or its value is too long, or no text."),
            ));
        }
    }
    Ok(Some(Value::Object(tags.clone())))
}

/// A system identity gets a principal, which stays on update because it depends on the path.
fn mint_identity(arm: &mut Arm, path: &str, stored: &mut Map<String, Value>) {
    let Some(identity) = stored
        .get("identity")
        .filter(|identity| identity.is_object())
        .cloned()
    else {
        return;
    };
    let kind = identity["type"].as_str().unwrap_or_default();
    if kind.to_lowercase().contains("systemassigned") {
        let principal = arm.tenant.mint_identity(path);
        let mut identity = identity;
        identity["principalId"] = json!(principal);
        identity["tenantId"] = json!(arm.tenant.id());
        stored.insert("identity".to_owned(), identity);
    }
}

/// SKU names. Source: REST, Storage Accounts - Create, `SkuName`.
const SKUS: &[&str] = &[
    "Standard_LRS",
    "Standard_GRS",
    "Standard_RAGRS",
    "Standard_ZRS",
    "Premium_LRS",
    "Premium_ZRS",
    "Standard_GZRS",
    "Standard_RAGZRS",
    "StandardV2_LRS",
    "StandardV2_GRS",
    "StandardV2_ZRS",
    "StandardV2_GZRS",
    "PremiumV2_LRS",
    "PremiumV2_ZRS",
];
/// Kinds. Source: REST, Storage Accounts - Create, Kind.
const STORAGE_KINDS: &[&str] = &[
    "Storage",
    "StorageV2",
    "BlobStorage",
    "FileStorage",
    "BlockBlobStorage",
];

fn storage_account(
    arm: &Arm,
    id: &ResourceId,
    stored: &mut Map<String, Value>,
    properties: &mut Map<String, Value>,
    old: Option<&Value>,
    now: &str,
) -> Outcome<()> {
    let name = id.name();
    if !is_storage_name(name) {
        return Err(refuse(
            ArmRefusal::StorageName,
            format!(
                "{name} is not a valid storage account name. Storage account name must be between 3 and 24 characters \
                 in length and use numbers and lower-case letters only."
            ),
        ));
    }
    let path = key(&id.path());
    let taken = arm.store.iter().any(|(other, resource)| {
        *other != path
            && resource["type"] == "Microsoft.Storage/storageAccounts"
            && resource["name"] == name
    });
    if taken {
        return Err(refuse(
            ArmRefusal::StorageTaken,
            format!("The storage account named {name} is already taken."),
        ));
    }
    let sku = stored
        .get("sku")
        .and_then(|sku| sku["name"].as_str())
        .unwrap_or_default();
    let kind = stored
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let (Some(sku), Some(kind)) = (
        SKUS.iter().find(|known| is(known, sku)),
        STORAGE_KINDS.iter().find(|known| is(known, kind)),
    ) else {
        return Err(refuse(
            ArmRefusal::StorageSku,
            format!(
                "The value '{sku}' of sku.name or '{kind}' of kind is not among the allowed values."
            ),
        ));
    };
    let tier = if sku.starts_with("Premium") {
        "Premium"
    } else {
        "Standard"
    };
    stored.insert("sku".to_owned(), json!({"name": sku, "tier": tier}));
    stored.insert("kind".to_owned(), json!(kind));
    let hns = properties
        .get("isHnsEnabled")
        .cloned()
        .unwrap_or(json!(false));
    if let Some(old) = old
        && old["properties"]["isHnsEnabled"] != Value::Null
        && old["properties"]["isHnsEnabled"] != hns
    {
        return Err(refuse(
            ArmRefusal::StorageHnsChanged,
            "The property 'isHnsEnabled' was specified in the input, but it cannot be updated.",
        ));
    }
    // Defaults of the service. Source: REST, Storage Accounts - Create, the description of each property.
    for (member, value) in [
        ("supportsHttpsTrafficOnly", json!(true)),
        ("minimumTlsVersion", json!("TLS1_0")),
        ("allowBlobPublicAccess", json!(false)),
        ("isHnsEnabled", hns),
        ("publicNetworkAccess", json!("Enabled")),
        (
            "networkAcls",
            json!({"bypass": "AzureServices", "virtualNetworkRules": [], "ipRules": [], "defaultAction": "Allow"}),
        ),
        (
            "encryption",
            json!({"services": {"file": {"keyType": "Account", "enabled": true}, "blob": {"keyType": "Account", "enabled": true}}, "keySource": "Microsoft.Storage"}),
        ),
    ] {
        properties.entry(member).or_insert(value);
    }
    if *kind != "Storage" {
        properties
            .entry("accessTier")
            .or_insert_with(|| json!("Hot"));
    }
    properties.insert("provisioningState".to_owned(), json!("Succeeded"));
    let creation = old.map_or_else(
        || json!(now),
        |old| old["properties"]["creationTime"].clone(),
    );
    properties.insert("creationTime".to_owned(), creation);
    let location = stored.get("location").cloned().unwrap_or_default();
    properties.insert("primaryLocation".to_owned(), location);
    properties.insert("statusOfPrimary".to_owned(), json!("available"));
    properties.insert(
        "primaryEndpoints".to_owned(),
        json!({
            "blob": format!("https://{name}.blob.core.windows.net/"),
            "dfs": format!("https://{name}.dfs.core.windows.net/"),
            "queue": format!("https://{name}.queue.core.windows.net/"),
            "table": format!("https://{name}.table.core.windows.net/"),
            "file": format!("https://{name}.file.core.windows.net/"),
        }),
    );
    Ok(())
}

/// Whether a text is a lawful storage account name.
pub(crate) fn is_storage_name(name: &str) -> bool {
    (3..=24).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

fn container(
    arm: &Arm,
    id: &ResourceId,
    properties: &mut Map<String, Value>,
    now: &str,
) -> Outcome<()> {
    let name = id.name();
    let edges = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let lawful = (3..=63).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !name.contains("--")
        && edges(name.chars().next())
        && edges(name.chars().last());
    if !lawful {
        return Err(refuse(
            ArmRefusal::ContainerName,
            format!(
                "The specified resource name '{name}' contains invalid characters or has a wrong length."
            ),
        ));
    }
    let access = properties
        .get("publicAccess")
        .and_then(Value::as_str)
        .unwrap_or("None")
        .to_owned();
    let account = id
        .parent()
        .and_then(|service| service.parent())
        .map(|account| key(&account.path()));
    let open = account
        .and_then(|account| arm.store.get(&account))
        .is_some_and(|account| account["properties"]["allowBlobPublicAccess"] == true);
    if !is(&access, "None") && !open {
        return Err(refuse(
            ArmRefusal::ContainerPublic,
            "Public access is not permitted on this storage account.",
        ));
    }
    for (member, value) in [
        ("publicAccess", json!("None")),
        ("defaultEncryptionScope", json!("$account-encryption-key")),
        ("denyEncryptionScopeOverride", json!(false)),
        ("leaseState", json!("Available")),
        ("leaseStatus", json!("Unlocked")),
        ("hasImmutabilityPolicy", json!(false)),
        ("hasLegalHold", json!(false)),
        ("immutableStorageWithVersioning", json!({"enabled": false})),
        ("lastModifiedTime", json!(now)),
    ] {
        properties.entry(member).or_insert(value);
    }
    Ok(())
}

fn event_hub_namespace(
    id: &ResourceId,
    stored: &mut Map<String, Value>,
    properties: &mut Map<String, Value>,
    now: &str,
) -> Outcome<()> {
    let name = id.name();
    let lawful = (6..=50).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric());
    if !lawful {
        return Err(refuse(
            ArmRefusal::EventHubNamespaceName,
            format!("The specified name '{name}' is not available or not valid."),
        ));
    }
    let sku = stored
        .get("sku")
        .and_then(|sku| sku["name"].as_str())
        .unwrap_or("Standard")
        .to_owned();
    let capacity = stored
        .get("sku")
        .and_then(|sku| sku["capacity"].as_i64())
        .unwrap_or(1);
    stored.insert(
        "sku".to_owned(),
        json!({"name": sku, "tier": sku, "capacity": capacity}),
    );
    for (member, value) in [
        ("minimumTlsVersion", json!("1.2")),
        ("publicNetworkAccess", json!("Enabled")),
        ("disableLocalAuth", json!(false)),
        ("zoneRedundant", json!(true)),
        ("isAutoInflateEnabled", json!(false)),
        ("maximumThroughputUnits", json!(0)),
        ("kafkaEnabled", json!(true)),
        ("createdAt", json!(now)),
    ] {
        properties.entry(member).or_insert(value);
    }
    properties.insert("provisioningState".to_owned(), json!("Succeeded"));
    properties.insert("status".to_owned(), json!("Active"));
    properties.insert("updatedAt".to_owned(), json!(now));
    properties.insert(
        "serviceBusEndpoint".to_owned(),
        json!(format!("https://{name}.servicebus.windows.net:443/")),
    );
    properties.insert("metricId".to_owned(), json!(guid(name)));
    Ok(())
}

fn event_hub(id: &ResourceId, properties: &mut Map<String, Value>, now: &str) -> Outcome<()> {
    let partitions = properties
        .get("partitionCount")
        .and_then(Value::as_i64)
        .unwrap_or(4);
    if !(1..=32).contains(&partitions) {
        return Err(refuse(
            ArmRefusal::EventHubPartitions,
            format!(
                "The value '{partitions}' of partitionCount of the event hub '{}' is not between 1 and 32.",
                id.name()
            ),
        ));
    }
    properties.insert("partitionCount".to_owned(), json!(partitions));
    properties.insert(
        "partitionIds".to_owned(),
        (0..partitions).map(|at| json!(at.to_string())).collect(),
    );
    for (member, value) in [
        ("messageRetentionInDays", json!(7)),
        ("createdAt", json!(now)),
    ] {
        properties.entry(member).or_insert(value);
    }
    properties.insert("status".to_owned(), json!("Active"));
    properties.insert("updatedAt".to_owned(), json!(now));
    Ok(())
}
