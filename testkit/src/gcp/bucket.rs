//! Cloud Storage buckets, by the JSON API.
//!
//! Source: GCS, buckets resource and methods; GSB; GPD.

use serde_json::{Map, Value, json};

use super::policy::Carrier;
use super::refusal::GcpRefusal;
use super::service::Gcp;
use super::{Outcome, policy, refuse};
use crate::loopback::{Clock, Reply, Request};

/// Regions, dual-regions and multi-regions. Source: GCS, bucket locations.
const LOCATIONS: &[&str] = &[
    "US",
    "EU",
    "ASIA",
    "NAM4",
    "EUR4",
    "EUR5",
    "EUR7",
    "EUR8",
    "ASIA1",
    "IN",
    "AFRICA-SOUTH1",
    "ASIA-EAST1",
    "ASIA-EAST2",
    "ASIA-NORTHEAST1",
    "ASIA-NORTHEAST2",
    "ASIA-NORTHEAST3",
    "ASIA-SOUTH1",
    "ASIA-SOUTH2",
    "ASIA-SOUTHEAST1",
    "ASIA-SOUTHEAST2",
    "AUSTRALIA-SOUTHEAST1",
    "AUSTRALIA-SOUTHEAST2",
    "EUROPE-CENTRAL2",
    "EUROPE-NORTH1",
    "EUROPE-NORTH2",
    "EUROPE-SOUTHWEST1",
    "EUROPE-WEST1",
    "EUROPE-WEST2",
    "EUROPE-WEST3",
    "EUROPE-WEST4",
    "EUROPE-WEST6",
    "EUROPE-WEST8",
    "EUROPE-WEST9",
    "EUROPE-WEST10",
    "EUROPE-WEST12",
    "ME-CENTRAL1",
    "ME-CENTRAL2",
    "ME-WEST1",
    "NORTHAMERICA-NORTHEAST1",
    "NORTHAMERICA-NORTHEAST2",
    "NORTHAMERICA-SOUTH1",
    "SOUTHAMERICA-EAST1",
    "SOUTHAMERICA-WEST1",
    "US-CENTRAL1",
    "US-EAST1",
    "US-EAST4",
    "US-EAST5",
    "US-SOUTH1",
    "US-WEST1",
    "US-WEST2",
    "US-WEST3",
    "US-WEST4",
];

/// Storage classes. Source: GCS, storage classes.
const CLASSES: &[&str] = &[
    "STANDARD",
    "NEARLINE",
    "COLDLINE",
    "ARCHIVE",
    "MULTI_REGIONAL",
    "REGIONAL",
    "DURABLE_REDUCED_AVAILABILITY",
];

/// The stored name of a bucket.
pub(crate) fn key(name: &str) -> String {
    format!("buckets/{name}")
}

/// Creates a bucket.
pub(crate) fn insert(
    gcp: &mut Gcp,
    request: &Request,
    body: &Value,
    clock: &mut Clock,
) -> Outcome<Reply> {
    let project = request.parameter("project").unwrap_or_default();
    if project.is_empty() {
        return Err(refuse(
            GcpRefusal::BucketProject,
            "Required parameter: project",
        ));
    }
    gcp.check_project(project)?;
    let name = body["name"].as_str().unwrap_or_default();
    if !is_bucket_name(name) {
        return Err(refuse(
            GcpRefusal::BucketName,
            format!("Invalid bucket name: '{name}'"),
        ));
    }
    if gcp.store.contains_key(&key(name)) {
        return Err(refuse(
            GcpRefusal::BucketTaken,
            "Your previous request to create the named bucket succeeded and you already own it, or the name is taken.",
        ));
    }
    let mut bucket = body.as_object().cloned().unwrap_or_default();
    normalise(&mut bucket)?;
    let now = clock.tick();
    let number = gcp.project_number(project);
    for (field, value) in [
        ("kind", json!("storage#bucket")),
        ("id", json!(name)),
        (
            "selfLink",
            json!(format!("{}/storage/v1/b/{name}", gcp.url)),
        ),
        ("projectNumber", json!(number)),
        ("generation", json!("1")),
        ("metageneration", json!("1")),
        ("timeCreated", json!(now)),
        ("updated", json!(now)),
    ] {
        bucket.insert(field.to_owned(), value);
    }
    bucket.insert("etag".to_owned(), json!(gcp.next_etag()));
    let bucket = Value::Object(bucket);
    gcp.store.insert(key(name), bucket.clone());
    // Every bucket starts with the legacy grants to the project's basic roles. Source: GCS, IAM
    // overview, "default access of new buckets".
    let etag = gcp.next_etag();
    gcp.store.insert(
        policy::key(&key(name)),
        json!({
            "version": 1,
            "etag": etag,
            "bindings": [
                {"role": "roles/storage.legacyBucketOwner", "members": [format!("projectEditor:{project}"), format!("projectOwner:{project}")]},
                {"role": "roles/storage.legacyBucketReader", "members": [format!("projectViewer:{project}")]},
            ],
        }),
    );
    Ok(Reply::json(200, &bucket))
}

/// Reads a bucket.
pub(crate) fn get(gcp: &Gcp, name: &str) -> Outcome<Value> {
    gcp.store.get(&key(name)).cloned().ok_or_else(|| {
        refuse(
            GcpRefusal::BucketUnknown,
            "The specified bucket does not exist.",
        )
    })
}

/// Lists the buckets of a project.
pub(crate) fn list(gcp: &Gcp, request: &Request) -> Outcome<Reply> {
    let project = request.parameter("project").unwrap_or_default();
    if project.is_empty() {
        return Err(refuse(
            GcpRefusal::BucketProject,
            "Required parameter: project",
        ));
    }
    gcp.check_project(project)?;
    let number = gcp.project_number(project);
    let items: Vec<&Value> = gcp
        .store
        .iter()
        .filter(|(name, bucket)| name.starts_with("buckets/") && bucket["projectNumber"] == number)
        .map(|(_, bucket)| bucket)
        .collect();
    Ok(Reply::json(
        200,
        &json!({"kind": "storage#buckets", "items": items}),
    ))
}

/// Merges a patch into a bucket; null removes a field. Source: GCS, buckets.patch, patch semantics.
pub(crate) fn patch(
    gcp: &mut Gcp,
    name: &str,
    request: &Request,
    body: &Value,
    clock: &mut Clock,
) -> Outcome<Reply> {
    let old = get(gcp, name)?;
    precondition(&old, request)?;
    let given = body.as_object().cloned().unwrap_or_default();
    let moved = |field: &str| {
        given
            .get(field)
            .and_then(Value::as_str)
            .is_some_and(|value| {
                !old[field]
                    .as_str()
                    .unwrap_or_default()
                    .eq_ignore_ascii_case(value)
            })
    };
    if moved("name") || moved("location") {
        return Err(refuse(
            GcpRefusal::BucketImmutable,
            "The name and location of a bucket cannot be changed.",
        ));
    }
    let mut bucket = old.as_object().cloned().unwrap_or_default();
    merge(&mut bucket, &given);
    locked(&old, &bucket)?;
    normalise(&mut bucket)?;
    let count = old["metageneration"]
        .as_str()
        .and_then(|count| count.parse::<u64>().ok())
        .unwrap_or_default()
        + 1;
    bucket.insert("metageneration".to_owned(), json!(count.to_string()));
    bucket.insert("updated".to_owned(), json!(clock.tick()));
    bucket.insert("etag".to_owned(), json!(gcp.next_etag()));
    let bucket = Value::Object(bucket);
    gcp.store.insert(key(name), bucket.clone());
    Ok(Reply::json(200, &bucket))
}

/// Deletes a bucket and its policy.
pub(crate) fn delete(gcp: &mut Gcp, name: &str, request: &Request) -> Outcome<Reply> {
    let old = get(gcp, name)?;
    precondition(&old, request)?;
    gcp.store.remove(&key(name));
    gcp.store.remove(&policy::key(&key(name)));
    Ok(Reply::empty(204))
}

/// What a bucket's policy has to mind.
pub(crate) fn carrier(bucket: &Value) -> Carrier {
    let access = &bucket["iamConfiguration"];
    Carrier::Bucket {
        uniform: access["uniformBucketLevelAccess"]["enabled"] == true,
        prevents_public: access["publicAccessPrevention"] == "enforced",
    }
}

/// A policy as the JSON API dresses it.
pub(crate) fn dress(mut shown: Value, name: &str) -> Value {
    shown["kind"] = json!("storage#policy");
    shown["resourceId"] = json!(format!("projects/_/buckets/{name}"));
    shown
}

/// Whether a name is lawful. Source: GSB.
fn is_bucket_name(name: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let longest = if name.contains('.') { 222 } else { 63 };
    let parts: Vec<&str> = name.split('.').collect();
    let address = parts.len() == 4 && parts.iter().all(|part| part.parse::<u8>().is_ok());
    (3..=longest).contains(&name.len())
        && parts
            .iter()
            .all(|part| !part.is_empty() && part.len() <= 63)
        && name.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte)
        })
        && edge(name.chars().next())
        && edge(name.chars().last())
        && !address
        && !name.starts_with("goog")
        && !name.replace('0', "o").contains("google")
}

/// Checks the fields and writes them as the service does: upper-case location, defaults filled in.
fn normalise(bucket: &mut Map<String, Value>) -> Outcome<()> {
    let location = bucket
        .get("location")
        .and_then(Value::as_str)
        .unwrap_or("US")
        .to_uppercase();
    if !LOCATIONS.contains(&location.as_str()) {
        return Err(refuse(
            GcpRefusal::BucketLocation,
            format!("The specified location constraint is not valid: {location}"),
        ));
    }
    let kind = if matches!(location.as_str(), "US" | "EU" | "ASIA") {
        "multi-region"
    } else if location.contains('-') {
        "region"
    } else {
        "dual-region"
    };
    bucket.insert("location".to_owned(), json!(location));
    bucket.insert("locationType".to_owned(), json!(kind));
    let class = bucket
        .get("storageClass")
        .and_then(Value::as_str)
        .unwrap_or("STANDARD")
        .to_uppercase();
    if !CLASSES.contains(&class.as_str()) {
        return Err(refuse(
            GcpRefusal::BucketClass,
            format!("Invalid argument: storage class {class}"),
        ));
    }
    bucket.insert("storageClass".to_owned(), json!(class));
    labels(bucket)?;
    soft_delete(bucket)?;
    let mut access = bucket
        .get("iamConfiguration")
        .cloned()
        .unwrap_or_else(|| json!({}));
    if access["uniformBucketLevelAccess"].is_null() {
        access["uniformBucketLevelAccess"] = json!({"enabled": false});
    }
    // The older name shows the same state. Source: GCS, buckets, bucketPolicyOnly.
    access["bucketPolicyOnly"] = access["uniformBucketLevelAccess"].clone();
    if access["publicAccessPrevention"].is_null() {
        access["publicAccessPrevention"] = json!("inherited");
    }
    bucket.insert("iamConfiguration".to_owned(), access);
    bucket.entry("rpo").or_insert_with(|| json!("DEFAULT"));
    Ok(())
}

fn labels(bucket: &Map<String, Value>) -> Outcome<()> {
    let Some(labels) = bucket.get("labels").and_then(Value::as_object) else {
        return Ok(());
    };
    let lawful = |text: &str, empty: bool| {
        (empty || !text.is_empty())
            && text.chars().count() <= 63
            && text
                .chars()
                .all(|c| (c.is_alphanumeric() && !c.is_uppercase()) || matches!(c, '_' | '-'))
    };
    let bad = labels.iter().find(|(key, value)| {
        !lawful(key, false)
            || key.starts_with(|c: char| !c.is_alphabetic())
            || !value.as_str().is_some_and(|value| lawful(value, true))
    });
    if bad.is_none() && labels.len() <= 64 {
        return Ok(());
    }
    Err(refuse(
        GcpRefusal::BucketLabel,
        format!(
            "Invalid argument: label {}",
            bad.map_or("count", |(key, _)| key.as_str())
        ),
    ))
}

fn soft_delete(bucket: &mut Map<String, Value>) -> Outcome<()> {
    let policy = bucket
        .entry("softDeletePolicy")
        .or_insert_with(|| json!({"retentionDurationSeconds": "604800"}));
    let seconds = match &policy["retentionDurationSeconds"] {
        Value::String(text) => text.parse::<u64>().ok(),
        other => other.as_u64(),
    };
    match seconds {
        Some(seconds) if seconds == 0 || (604_800..=7_776_000).contains(&seconds) => {
            // 64-bit integers are texts in JSON. Source: GCS, buckets, format int64.
            policy["retentionDurationSeconds"] = json!(seconds.to_string());
            Ok(())
        }
        _ => Err(refuse(
            GcpRefusal::BucketSoftDelete,
            "Soft delete retention duration must be 0 or between 604800 and 7776000 seconds.",
        )),
    }
}

fn locked(old: &Value, new: &Map<String, Value>) -> Outcome<()> {
    if old["retentionPolicy"]["isLocked"] != true {
        return Ok(());
    }
    let seconds = |policy: &Value| {
        policy["retentionPeriod"]
            .as_str()
            .and_then(|text| text.parse::<u64>().ok())
    };
    let before = seconds(&old["retentionPolicy"]).unwrap_or_default();
    let after = new
        .get("retentionPolicy")
        .and_then(seconds)
        .unwrap_or_default();
    if after >= before {
        return Ok(());
    }
    Err(refuse(
        GcpRefusal::BucketRetentionLocked,
        "Cannot reduce retention duration of a locked Retention Policy.",
    ))
}

fn precondition(bucket: &Value, request: &Request) -> Outcome<()> {
    match request.parameter("ifMetagenerationMatch") {
        Some(wanted) if bucket["metageneration"] != wanted => Err(refuse(
            GcpRefusal::BucketMetageneration,
            "At least one of the pre-conditions you specified did not hold.",
        )),
        _ => Ok(()),
    }
}

fn merge(into: &mut Map<String, Value>, given: &Map<String, Value>) {
    for (field, value) in given {
        match (into.get_mut(field), value) {
            (_, Value::Null) => {
                into.remove(field);
            }
            (Some(Value::Object(present)), Value::Object(inner)) => merge(present, inner),
            _ => {
                into.insert(field.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_bucket_name;

    #[test]
    fn names() {
        for good in [
            "acme-mesh-orders-raw-dev",
            "a1b",
            "my_bucket",
            "data.example.com",
        ] {
            assert!(is_bucket_name(good), "{good}");
        }
        for bad in [
            "ab",
            "Acme",
            "-acme",
            "acme-",
            "192.168.5.4",
            "goog-mesh",
            "my-g00gle-bucket",
            "a b",
            "a..b",
        ] {
            assert!(!is_bucket_name(bad), "{bad}");
        }
    }
}
