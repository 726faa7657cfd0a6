//! Shapes of what the Google provider decides.
//!
//! Ids are those that each resource's documentation lists under "Attributes Reference"
//! (hashicorp/google 6.x).

use super::Shape;

pub(super) const SHAPES: &[Shape] = &[
    ("google_bigquery_connection", "connection_id", "{@uuid}"),
    (
        "google_bigquery_connection",
        "id",
        "projects/{@project}/locations/{location}/connections/{connection_id}",
    ),
    (
        "google_bigquery_connection",
        "name",
        "projects/{@project}/locations/{location}/connections/{connection_id}",
    ),
    (
        "google_bigquery_datapolicy_data_policy",
        "id",
        "projects/{@project}/locations/{location}/dataPolicies/{data_policy_id}",
    ),
    (
        "google_bigquery_datapolicy_data_policy",
        "name",
        "projects/{@project}/locations/{location}/dataPolicies/{data_policy_id}",
    ),
    (
        "google_bigquery_datapolicy_data_policy_iam_binding",
        "id",
        "projects/{@project}/locations/{location}/dataPolicies/{data_policy_id}/{role}{condition.0.title}",
    ),
    (
        "google_bigquery_datapolicy_data_policy_iam_member",
        "id",
        "projects/{@project}/locations/{location}/dataPolicies/{data_policy_id}/{role}/{member}{condition.0.title}",
    ),
    (
        "google_bigquery_dataset",
        "id",
        "projects/{@project}/datasets/{dataset_id}",
    ),
    (
        "google_bigquery_dataset",
        "self_link",
        "https://bigquery.googleapis.com/bigquery/v2/projects/{@project}/datasets/{dataset_id}",
    ),
    ("google_bigquery_dataset", "creation_time", "1767225600000"),
    (
        "google_bigquery_dataset",
        "last_modified_time",
        "1767225600000",
    ),
    ("google_bigquery_dataset", "max_time_travel_hours", "168"),
    (
        "google_bigquery_dataset_access",
        "id",
        "projects/{@project}/datasets/{dataset_id}/access/{@hex16}",
    ),
    (
        "google_bigquery_dataset_iam_binding",
        "id",
        "projects/{@project}/datasets/{dataset_id}/{role}{condition.0.title}",
    ),
    (
        "google_bigquery_dataset_iam_member",
        "id",
        "projects/{@project}/datasets/{dataset_id}/{role}/{member}{condition.0.title}",
    ),
    (
        "google_bigquery_routine",
        "id",
        "projects/{@project}/datasets/{dataset_id}/routines/{routine_id}",
    ),
    (
        "google_bigquery_row_access_policy",
        "id",
        "projects/{@project}/datasets/{dataset_id}/tables/{table_id}/rowAccessPolicies/{policy_id}",
    ),
    (
        "google_bigquery_table",
        "id",
        "projects/{@project}/datasets/{dataset_id}/tables/{table_id}",
    ),
    (
        "google_bigquery_table",
        "self_link",
        "https://bigquery.googleapis.com/bigquery/v2/projects/{@project}/datasets/{dataset_id}/tables/{table_id}",
    ),
    ("google_bigquery_table", "type", "TABLE"),
    ("google_bigquery_table", "schema", "[]"),
    (
        "google_bigquery_table_iam_binding",
        "id",
        "projects/{@project}/datasets/{dataset_id}/tables/{table_id}/{role}{condition.0.title}",
    ),
    (
        "google_bigquery_table_iam_member",
        "id",
        "projects/{@project}/datasets/{dataset_id}/tables/{table_id}/{role}/{member}{condition.0.title}",
    ),
    ("google_data_catalog_taxonomy", "region", "{@region}"),
    (
        "google_data_catalog_taxonomy",
        "name",
        "projects/{@project}/locations/{region}/taxonomies/{@digits19}",
    ),
    ("google_data_catalog_taxonomy", "id", "{name}"),
    (
        "google_data_catalog_policy_tag",
        "name",
        "{taxonomy}/policyTags/{@digits19}",
    ),
    ("google_data_catalog_policy_tag", "id", "{name}"),
    (
        "google_data_catalog_policy_tag_iam_binding",
        "id",
        "{policy_tag}/{role}",
    ),
    (
        "google_data_catalog_policy_tag_iam_member",
        "id",
        "{policy_tag}/{role}/{member}",
    ),
    (
        "google_data_catalog_taxonomy_iam_binding",
        "id",
        "{taxonomy}/{role}",
    ),
    (
        "google_data_catalog_taxonomy_iam_member",
        "id",
        "{taxonomy}/{role}/{member}",
    ),
    (
        "google_dataplex_aspect_type",
        "id",
        "projects/{@project}/locations/{location}/aspectTypes/{aspect_type_id}",
    ),
    (
        "google_dataplex_aspect_type",
        "name",
        "projects/{@project}/locations/{location}/aspectTypes/{aspect_type_id}",
    ),
    (
        "google_dataplex_entry",
        "id",
        "projects/{@project}/locations/{location}/entryGroups/{entry_group_id}/entries/{entry_id}",
    ),
    (
        "google_dataplex_entry",
        "name",
        "projects/{@project}/locations/{location}/entryGroups/{entry_group_id}/entries/{entry_id}",
    ),
    (
        "google_dataplex_entry_group",
        "id",
        "projects/{@project}/locations/{location}/entryGroups/{entry_group_id}",
    ),
    (
        "google_dataplex_entry_group",
        "name",
        "projects/{@project}/locations/{location}/entryGroups/{entry_group_id}",
    ),
    (
        "google_dataplex_entry_type",
        "id",
        "projects/{@project}/locations/{location}/entryTypes/{entry_type_id}",
    ),
    (
        "google_dataplex_entry_type",
        "name",
        "projects/{@project}/locations/{location}/entryTypes/{entry_type_id}",
    ),
    (
        "google_folder_iam_member",
        "id",
        "{folder}/{role}/{member}{condition.0.title}",
    ),
    ("google_iam_deny_policy", "id", "{parent}/{name}"),
    (
        "google_iam_workload_identity_pool",
        "name",
        "projects/{@project}/locations/global/workloadIdentityPools/{workload_identity_pool_id}",
    ),
    ("google_iam_workload_identity_pool", "id", "{name}"),
    ("google_iam_workload_identity_pool", "state", "ACTIVE"),
    (
        "google_iam_workload_identity_pool_provider",
        "name",
        "projects/{@project}/locations/global/workloadIdentityPools/{workload_identity_pool_id}/providers/{workload_identity_pool_provider_id}",
    ),
    ("google_iam_workload_identity_pool_provider", "id", "{name}"),
    (
        "google_iam_workload_identity_pool_provider",
        "state",
        "ACTIVE",
    ),
    (
        "google_kms_crypto_key",
        "id",
        "{key_ring}/cryptoKeys/{name}",
    ),
    (
        "google_kms_crypto_key",
        "destroy_scheduled_duration",
        "2592000s",
    ),
    (
        "google_kms_crypto_key_iam_binding",
        "id",
        "{crypto_key_id}/{role}{condition.0.title}",
    ),
    (
        "google_kms_crypto_key_iam_member",
        "id",
        "{crypto_key_id}/{role}/{member}{condition.0.title}",
    ),
    (
        "google_kms_key_ring",
        "id",
        "projects/{@project}/locations/{location}/keyRings/{name}",
    ),
    (
        "google_kms_key_ring_iam_member",
        "id",
        "{key_ring_id}/{role}/{member}{condition.0.title}",
    ),
    (
        "google_logging_project_bucket_config",
        "id",
        "projects/{project}/locations/{location}/buckets/{bucket_id}",
    ),
    (
        "google_logging_project_bucket_config",
        "name",
        "projects/{project}/locations/{location}/buckets/{bucket_id}",
    ),
    (
        "google_logging_project_bucket_config",
        "lifecycle_state",
        "ACTIVE",
    ),
    (
        "google_logging_project_sink",
        "id",
        "projects/{@project}/sinks/{name}",
    ),
    (
        "google_logging_project_sink",
        "writer_identity",
        "serviceAccount:service-{@project_number}@gcp-sa-logging.iam.gserviceaccount.com",
    ),
    (
        "google_monitoring_notification_channel",
        "name",
        "projects/{@project}/notificationChannels/{@digits19}",
    ),
    ("google_monitoring_notification_channel", "id", "{name}"),
    (
        "google_org_policy_custom_constraint",
        "id",
        "{parent}/customConstraints/{name}",
    ),
    ("google_org_policy_policy", "id", "{name}"),
    (
        "google_organization_iam_custom_role",
        "name",
        "organizations/{org_id}/roles/{role_id}",
    ),
    ("google_organization_iam_custom_role", "id", "{name}"),
    (
        "google_organization_iam_member",
        "id",
        "{org_id}/{role}/{member}{condition.0.title}",
    ),
    (
        "google_project_iam_audit_config",
        "id",
        "{project}/audit_config/{service}",
    ),
    (
        "google_project_iam_binding",
        "id",
        "{project}/{role}{condition.0.title}",
    ),
    (
        "google_project_iam_custom_role",
        "name",
        "projects/{@project}/roles/{role_id}",
    ),
    ("google_project_iam_custom_role", "id", "{name}"),
    (
        "google_project_iam_member",
        "id",
        "{project}/{role}/{member}{condition.0.title}",
    ),
    ("google_project_service", "id", "{@project}/{service}"),
    (
        "google_pubsub_schema",
        "id",
        "projects/{@project}/schemas/{name}",
    ),
    (
        "google_pubsub_subscription",
        "id",
        "projects/{@project}/subscriptions/{name}",
    ),
    ("google_pubsub_subscription", "ack_deadline_seconds", "10"),
    (
        "google_pubsub_subscription_iam_binding",
        "id",
        "projects/{@project}/subscriptions/{last:subscription}/{role}{condition.0.title}",
    ),
    (
        "google_pubsub_subscription_iam_member",
        "id",
        "projects/{@project}/subscriptions/{last:subscription}/{role}/{member}{condition.0.title}",
    ),
    (
        "google_pubsub_topic",
        "id",
        "projects/{@project}/topics/{name}",
    ),
    (
        "google_pubsub_topic_iam_binding",
        "id",
        "projects/{@project}/topics/{last:topic}/{role}{condition.0.title}",
    ),
    (
        "google_pubsub_topic_iam_member",
        "id",
        "projects/{@project}/topics/{last:topic}/{role}/{member}{condition.0.title}",
    ),
    (
        "google_service_account",
        "email",
        "{account_id}@{@project}.iam.gserviceaccount.com",
    ),
    (
        "google_service_account",
        "id",
        "projects/{@project}/serviceAccounts/{email}",
    ),
    ("google_service_account", "name", "{id}"),
    ("google_service_account", "member", "serviceAccount:{email}"),
    ("google_service_account", "unique_id", "{@digits21}"),
    (
        "google_service_account_iam_binding",
        "id",
        "{service_account_id}/{role}{condition.0.title}",
    ),
    (
        "google_service_account_iam_member",
        "id",
        "{service_account_id}/{role}/{member}{condition.0.title}",
    ),
    ("google_storage_bucket", "id", "{name}"),
    ("google_storage_bucket", "@import", "{project}/{name}"),
    (
        "google_storage_bucket",
        "self_link",
        "https://www.googleapis.com/storage/v1/b/{name}",
    ),
    ("google_storage_bucket", "url", "gs://{name}"),
    (
        "google_storage_bucket",
        "project_number",
        "{@project_number}",
    ),
    (
        "google_storage_bucket",
        "public_access_prevention",
        "inherited",
    ),
    (
        "google_storage_bucket_iam_binding",
        "id",
        "b/{bucket}/{role}{condition.0.title}",
    ),
    (
        "google_storage_bucket_iam_member",
        "id",
        "b/{bucket}/{role}/{member}{condition.0.title}",
    ),
    ("google_storage_bucket_iam_policy", "id", "b/{bucket}"),
    ("google_storage_bucket_object", "id", "{bucket}-{name}"),
    ("google_storage_bucket_object", "output_name", "{name}"),
    (
        "google_storage_bucket_object",
        "self_link",
        "https://www.googleapis.com/storage/v1/b/{bucket}/o/{name}",
    ),
    (
        "google_storage_bucket_object",
        "media_link",
        "https://storage.googleapis.com/download/storage/v1/b/{bucket}/o/{name}?alt=media",
    ),
    ("google_storage_bucket_object", "storage_class", "STANDARD"),
    ("google_storage_managed_folder", "id", "{bucket}/{name}"),
    (
        "google_storage_managed_folder_iam_binding",
        "id",
        "b/{bucket}/managedFolders/{managed_folder}/{role}{condition.0.title}",
    ),
    (
        "google_storage_managed_folder_iam_member",
        "id",
        "b/{bucket}/managedFolders/{managed_folder}/{role}/{member}{condition.0.title}",
    ),
    (
        "google_storage_notification",
        "notification_id",
        "{@digits4}",
    ),
    (
        "google_storage_notification",
        "id",
        "{bucket}/notificationConfigs/{notification_id}",
    ),
    ("google_tags_tag_binding", "name", "{parent}/{tag_value}"),
    ("google_tags_tag_binding", "id", "tagBindings/{name}"),
    ("google_tags_tag_key", "name", "{@digits15}"),
    ("google_tags_tag_key", "id", "tagKeys/{name}"),
    (
        "google_tags_tag_key",
        "namespaced_name",
        "{last:parent}/{short_name}",
    ),
    ("google_tags_tag_value", "name", "{@digits15}"),
    ("google_tags_tag_value", "id", "tagValues/{name}"),
    (
        "google_tags_tag_value",
        "namespaced_name",
        "{parent}/{short_name}",
    ),
    // Data sources.
    (
        "google_client_config",
        "id",
        "projects/{@project}/regions/{@region}/zones/",
    ),
    ("google_client_config", "project", "{@project}"),
    ("google_project", "project_id", "{@project}"),
    ("google_project", "number", "{@project_number}"),
    ("google_project", "id", "projects/{project_id}"),
    (
        "google_bigquery_default_service_account",
        "email",
        "bq-{@project_number}@bigquery-encryption.iam.gserviceaccount.com",
    ),
    (
        "google_bigquery_default_service_account",
        "member",
        "serviceAccount:{email}",
    ),
    ("google_bigquery_default_service_account", "id", "{email}"),
    (
        "google_storage_project_service_account",
        "email_address",
        "service-{@project_number}@gs-project-accounts.iam.gserviceaccount.com",
    ),
    (
        "google_storage_project_service_account",
        "member",
        "serviceAccount:{email_address}",
    ),
    (
        "google_storage_project_service_account",
        "id",
        "{email_address}",
    ),
];
