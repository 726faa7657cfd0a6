//! Predefined and basic roles that a data platform binds.
//!
//! Source: iann0036/iam-dataset @2073fa5 (2026-08-22), GCP predefined roles. Permissions are listed
//! for the roles about data; the others are known by name only.

use serde_json::{Value, json};

/// Roles that take no condition. Source: CND.
pub(crate) const BASIC: &[&str] = &["roles/owner", "roles/editor", "roles/viewer"];

const ROLES: &[(&str, &str, &[&str])] = &[
    ("roles/owner", "Owner", &[]),
    ("roles/editor", "Editor", &[]),
    ("roles/viewer", "Viewer", &[]),
    (
        "roles/browser",
        "Browser",
        &["resourcemanager.projects.get"],
    ),
    ("roles/bigquery.admin", "BigQuery Admin", &[]),
    (
        "roles/bigquery.connectionUser",
        "BigQuery Connection User",
        &["bigquery.connections.get", "bigquery.connections.use"],
    ),
    (
        "roles/bigquery.dataEditor",
        "BigQuery Data Editor",
        &[
            "bigquery.datasets.create",
            "bigquery.datasets.get",
            "bigquery.tables.create",
            "bigquery.tables.get",
            "bigquery.tables.getData",
            "bigquery.tables.list",
            "bigquery.tables.updateData",
        ],
    ),
    (
        "roles/bigquery.dataOwner",
        "BigQuery Data Owner",
        &[
            "bigquery.datasets.setIamPolicy",
            "bigquery.rowAccessPolicies.create",
        ],
    ),
    (
        "roles/bigquery.dataViewer",
        "BigQuery Data Viewer",
        &[
            "bigquery.datasets.get",
            "bigquery.datasets.getIamPolicy",
            "bigquery.tables.export",
            "bigquery.tables.get",
            "bigquery.tables.getData",
            "bigquery.tables.list",
        ],
    ),
    (
        "roles/bigquery.filteredDataViewer",
        "BigQuery Filtered Data Viewer",
        &["bigquery.rowAccessPolicies.getFilteredData"],
    ),
    (
        "roles/bigquery.jobUser",
        "BigQuery Job User",
        &[
            "bigquery.jobs.create",
            "resourcemanager.projects.get",
            "resourcemanager.projects.list",
        ],
    ),
    (
        "roles/bigquery.metadataViewer",
        "BigQuery Metadata Viewer",
        &[
            "bigquery.datasets.get",
            "bigquery.tables.get",
            "bigquery.tables.list",
        ],
    ),
    (
        "roles/bigquery.readSessionUser",
        "BigQuery Read Session User",
        &[
            "bigquery.readsessions.create",
            "bigquery.readsessions.getData",
            "bigquery.readsessions.update",
        ],
    ),
    (
        "roles/bigquery.user",
        "BigQuery User",
        &["bigquery.datasets.create", "bigquery.jobs.create"],
    ),
    (
        "roles/bigquerydatapolicy.maskedReader",
        "Masked Reader",
        &["bigquery.dataPolicies.maskedGet"],
    ),
    (
        "roles/bigquerydatapolicy.rawDataReader",
        "Raw Data Reader",
        &["bigquery.dataPolicies.getRawData"],
    ),
    ("roles/cloudkms.admin", "Cloud KMS Admin", &[]),
    (
        "roles/cloudkms.cryptoKeyDecrypter",
        "Cloud KMS CryptoKey Decrypter",
        &["cloudkms.cryptoKeyVersions.useToDecrypt"],
    ),
    (
        "roles/cloudkms.cryptoKeyEncrypter",
        "Cloud KMS CryptoKey Encrypter",
        &["cloudkms.cryptoKeyVersions.useToEncrypt"],
    ),
    (
        "roles/cloudkms.cryptoKeyEncrypterDecrypter",
        "Cloud KMS CryptoKey Encrypter/Decrypter",
        &[
            "cloudkms.cryptoKeyVersions.useToDecrypt",
            "cloudkms.cryptoKeyVersions.useToEncrypt",
        ],
    ),
    ("roles/cloudkms.viewer", "Cloud KMS Viewer", &[]),
    ("roles/datacatalog.admin", "Data Catalog Admin", &[]),
    ("roles/datacatalog.categoryAdmin", "Policy Tag Admin", &[]),
    (
        "roles/datacatalog.categoryFineGrainedReader",
        "Fine-Grained Reader",
        &["datacatalog.categories.fineGrainedGet"],
    ),
    ("roles/datacatalog.viewer", "Data Catalog Viewer", &[]),
    ("roles/dataplex.admin", "Dataplex Administrator", &[]),
    (
        "roles/dataplex.catalogEditor",
        "Dataplex Catalog Editor",
        &[],
    ),
    (
        "roles/dataplex.catalogViewer",
        "Dataplex Catalog Viewer",
        &[],
    ),
    (
        "roles/dataplex.dataReader",
        "Dataplex Data Reader",
        &["dataplex.assets.readData"],
    ),
    ("roles/dataplex.viewer", "Dataplex Viewer", &[]),
    (
        "roles/iam.organizationRoleAdmin",
        "Organization Role Administrator",
        &[],
    ),
    (
        "roles/iam.roleAdmin",
        "Role Administrator",
        &[
            "iam.roles.create",
            "iam.roles.delete",
            "iam.roles.get",
            "iam.roles.list",
            "iam.roles.undelete",
            "iam.roles.update",
        ],
    ),
    (
        "roles/iam.roleViewer",
        "Role Viewer",
        &["iam.roles.get", "iam.roles.list"],
    ),
    ("roles/iam.securityReviewer", "Security Reviewer", &[]),
    (
        "roles/iam.serviceAccountAdmin",
        "Service Account Admin",
        &[],
    ),
    (
        "roles/iam.serviceAccountTokenCreator",
        "Service Account Token Creator",
        &["iam.serviceAccounts.getAccessToken"],
    ),
    (
        "roles/iam.serviceAccountUser",
        "Service Account User",
        &["iam.serviceAccounts.actAs"],
    ),
    (
        "roles/iam.workloadIdentityUser",
        "Workload Identity User",
        &["iam.serviceAccounts.getAccessToken"],
    ),
    (
        "roles/logging.logWriter",
        "Logs Writer",
        &["logging.logEntries.create"],
    ),
    ("roles/logging.viewer", "Logs Viewer", &[]),
    (
        "roles/monitoring.metricWriter",
        "Monitoring Metric Writer",
        &["monitoring.timeSeries.create"],
    ),
    ("roles/monitoring.viewer", "Monitoring Viewer", &[]),
    (
        "roles/orgpolicy.policyAdmin",
        "Organization Policy Administrator",
        &[],
    ),
    ("roles/pubsub.admin", "Pub/Sub Admin", &[]),
    ("roles/pubsub.editor", "Pub/Sub Editor", &[]),
    (
        "roles/pubsub.publisher",
        "Pub/Sub Publisher",
        &["pubsub.topics.publish"],
    ),
    (
        "roles/pubsub.subscriber",
        "Pub/Sub Subscriber",
        &[
            "pubsub.snapshots.seek",
            "pubsub.subscriptions.consume",
            "pubsub.topics.attachSubscription",
        ],
    ),
    ("roles/pubsub.viewer", "Pub/Sub Viewer", &[]),
    (
        "roles/resourcemanager.organizationAdmin",
        "Organization Administrator",
        &[],
    ),
    (
        "roles/resourcemanager.projectIamAdmin",
        "Project IAM Admin",
        &[],
    ),
    ("roles/storage.admin", "Storage Admin", &[]),
    (
        "roles/storage.bucketViewer",
        "Storage Bucket Viewer",
        &["storage.buckets.get", "storage.buckets.list"],
    ),
    (
        "roles/storage.legacyBucketOwner",
        "Storage Legacy Bucket Owner",
        &[
            "storage.buckets.get",
            "storage.buckets.getIamPolicy",
            "storage.buckets.setIamPolicy",
            "storage.buckets.update",
            "storage.objects.create",
            "storage.objects.delete",
            "storage.objects.list",
        ],
    ),
    (
        "roles/storage.legacyBucketReader",
        "Storage Legacy Bucket Reader",
        &["storage.buckets.get", "storage.objects.list"],
    ),
    (
        "roles/storage.legacyBucketWriter",
        "Storage Legacy Bucket Writer",
        &[
            "storage.buckets.get",
            "storage.objects.create",
            "storage.objects.delete",
            "storage.objects.list",
        ],
    ),
    (
        "roles/storage.legacyObjectOwner",
        "Storage Legacy Object Owner",
        &[
            "storage.objects.get",
            "storage.objects.getIamPolicy",
            "storage.objects.setIamPolicy",
            "storage.objects.update",
        ],
    ),
    (
        "roles/storage.legacyObjectReader",
        "Storage Legacy Object Reader",
        &["storage.objects.get"],
    ),
    (
        "roles/storage.objectAdmin",
        "Storage Object Admin",
        &[
            "storage.objects.create",
            "storage.objects.delete",
            "storage.objects.get",
            "storage.objects.getIamPolicy",
            "storage.objects.list",
            "storage.objects.setIamPolicy",
            "storage.objects.update",
        ],
    ),
    (
        "roles/storage.objectCreator",
        "Storage Object Creator",
        &["storage.objects.create"],
    ),
    (
        "roles/storage.objectUser",
        "Storage Object User",
        &[
            "storage.objects.create",
            "storage.objects.delete",
            "storage.objects.get",
            "storage.objects.list",
            "storage.objects.update",
        ],
    ),
    (
        "roles/storage.objectViewer",
        "Storage Object Viewer",
        &["storage.objects.get", "storage.objects.list"],
    ),
];

/// A predefined role as the API shows it.
pub(crate) fn find(name: &str) -> Option<Value> {
    ROLES.iter().find(|(known, _, _)| *known == name).map(show)
}

/// All of them, without their permissions.
pub(crate) fn all() -> impl Iterator<Item = Value> {
    ROLES.iter().map(
        |(name, title, _)| json!({"name": name, "title": title, "stage": "GA", "etag": "AA=="}),
    )
}

/// Whether a role exists.
pub(crate) fn exists(name: &str) -> bool {
    ROLES.iter().any(|(known, _, _)| *known == name)
}

fn show((name, title, permissions): &(&str, &str, &[&str])) -> Value {
    let mut role = json!({"name": name, "title": title, "stage": "GA", "etag": "AA=="});
    if !permissions.is_empty() {
        role["includedPermissions"] = json!(permissions);
    }
    role
}

#[cfg(test)]
mod tests {
    use super::super::permission;
    use super::ROLES;

    #[test]
    fn their_permissions_exist() {
        for (role, _, permissions) in ROLES {
            for name in *permissions {
                assert!(permission::exists(name), "{role}: {name}");
            }
        }
    }
}
