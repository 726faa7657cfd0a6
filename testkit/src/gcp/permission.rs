//! The permissions that the loopback Google Cloud knows, and what custom roles may do with them.
//!
//! Source: iann0036/iam-dataset @2073fa5 (2026-08-22), the permissions of roles/storage.admin,
//! bigquery.admin, pubsub.admin, cloudkms.admin, datacatalog.admin and organizationAdmin, completed
//! by the names that the documentation of those services gives. One line per resource: the service,
//! the resource, the verbs.

/// Service and resource, then verbs.
const PERMISSIONS: &[(&str, &str)] = &[
    ("bigquery.bireservations", "get update"),
    (
        "bigquery.capacityCommitments",
        "create delete get list update",
    ),
    ("bigquery.config", "get update"),
    (
        "bigquery.connections",
        "create delegate delete get getIamPolicy list setIamPolicy update updateTag use",
    ),
    (
        "bigquery.dataPolicies",
        "attach create delete get getIamPolicy getRawData list maskedGet maskedSet setIamPolicy update",
    ),
    (
        "bigquery.datasets",
        "create createTagBinding delete deleteTagBinding get getIamPolicy link listEffectiveTags listSharedDatasetUsage listTagBindings setIamPolicy update updateTag",
    ),
    (
        "bigquery.jobs",
        "create createGlobalQuery delete get list listAll listExecutionMetadata update",
    ),
    (
        "bigquery.models",
        "create delete export getData getMetadata list updateData updateMetadata updateTag",
    ),
    ("bigquery.readsessions", "create getData update"),
    (
        "bigquery.reservationAssignments",
        "create delete list search",
    ),
    (
        "bigquery.reservations",
        "create delete get getIamPolicy list listFailoverDatasets setIamPolicy update use",
    ),
    (
        "bigquery.routines",
        "create delete get list update updateTag",
    ),
    (
        "bigquery.rowAccessPolicies",
        "create delete get getFilteredData getIamPolicy list overrideTimeTravelRestrictions setIamPolicy update",
    ),
    ("bigquery.savedqueries", "create delete get list update"),
    (
        "bigquery.tables",
        "create createIndex createSnapshot createTagBinding delete deleteIndex deleteSnapshot deleteTagBinding export get getData getIamPolicy list listEffectiveTags listTagBindings replicateData restoreSnapshot setCategory setColumnDataPolicy setIamPolicy update updateData updateIndex updateTag",
    ),
    ("bigquery.transfers", "get update"),
    (
        "cloudkms.cryptoKeyVersions",
        "create destroy get list manageRawAesCbcKeys restore update useToDecrypt useToDecryptViaDelegation useToEncrypt useToEncryptViaDelegation useToSign useToVerify viewPublicKey",
    ),
    (
        "cloudkms.cryptoKeys",
        "create get getIamPolicy list setIamPolicy update",
    ),
    (
        "cloudkms.importJobs",
        "create get getIamPolicy list setIamPolicy useToImport",
    ),
    ("cloudkms.keyHandles", "create get list"),
    (
        "cloudkms.keyRings",
        "create createTagBinding deleteTagBinding get getIamPolicy list listEffectiveTags listTagBindings setIamPolicy",
    ),
    ("cloudkms.locations", "get list"),
    ("cloudkms.operations", "get"),
    ("cloudkms.projects", "showEffectiveAutokeyConfig"),
    ("datacatalog.catalogs", "searchAll"),
    (
        "datacatalog.categories",
        "fineGrainedGet getIamPolicy setIamPolicy",
    ),
    (
        "datacatalog.entries",
        "create delete get getIamPolicy list setIamPolicy update updateContacts updateOverview updateTag",
    ),
    (
        "datacatalog.entryGroups",
        "create delete get getIamPolicy list setIamPolicy update updateTag",
    ),
    ("datacatalog.operations", "list"),
    ("datacatalog.relationships", "create delete list"),
    (
        "datacatalog.tagTemplates",
        "create delete get getIamPolicy getTag setIamPolicy update use",
    ),
    (
        "datacatalog.taxonomies",
        "create delete get getIamPolicy list setIamPolicy update",
    ),
    (
        "dataplex.aspectTypes",
        "create delete get getIamPolicy list setIamPolicy update use",
    ),
    (
        "dataplex.assets",
        "create delete get getIamPolicy list ownData readData setIamPolicy update writeData",
    ),
    (
        "dataplex.datascans",
        "create delete get getData getIamPolicy list run setIamPolicy update",
    ),
    (
        "dataplex.entries",
        "create delete get getData link list update",
    ),
    (
        "dataplex.entryGroups",
        "create delete export get getIamPolicy import list setIamPolicy update useGenericAspect useGenericEntry useOverviewAspect useSchemaAspect",
    ),
    (
        "dataplex.entryTypes",
        "create delete get getIamPolicy list setIamPolicy update use",
    ),
    (
        "dataplex.glossaries",
        "create delete get getIamPolicy import list setIamPolicy update",
    ),
    (
        "dataplex.lakes",
        "create delete get getIamPolicy list setIamPolicy update",
    ),
    ("dataplex.locations", "get list"),
    ("dataplex.operations", "cancel delete get list"),
    ("dataplex.projects", "search"),
    (
        "dataplex.zones",
        "create delete get getIamPolicy list setIamPolicy update",
    ),
    ("iam.roles", "create delete get list undelete update"),
    (
        "iam.serviceAccountKeys",
        "create delete disable enable get list",
    ),
    (
        "iam.serviceAccounts",
        "actAs create createTagBinding delete deleteTagBinding disable enable get getAccessToken getIamPolicy getOpenIdToken implicitDelegation list listEffectiveTags listTagBindings setIamPolicy signBlob signJwt undelete update",
    ),
    (
        "logging.buckets",
        "create delete get list undelete update write",
    ),
    ("logging.logEntries", "create list route"),
    ("logging.logMetrics", "create delete get list update"),
    ("logging.logs", "delete list"),
    ("logging.sinks", "create delete get list update"),
    (
        "monitoring.alertPolicies",
        "create createTagBinding delete deleteTagBinding get list listEffectiveTags listTagBindings update",
    ),
    ("monitoring.timeSeries", "create list"),
    ("orgpolicy.constraints", "list"),
    ("orgpolicy.policies", "create delete list update"),
    ("orgpolicy.policy", "get set"),
    ("pubsub.messageTransforms", "validate"),
    (
        "pubsub.schemas",
        "attach commit create delete get getIamPolicy list listRevisions rollback setIamPolicy validate",
    ),
    (
        "pubsub.snapshots",
        "create createTagBinding delete deleteTagBinding get getIamPolicy list listEffectiveTags listTagBindings seek setIamPolicy update",
    ),
    (
        "pubsub.subscriptions",
        "consume create createTagBinding delete deleteTagBinding get getIamPolicy list listEffectiveTags listTagBindings setIamPolicy update",
    ),
    (
        "pubsub.topics",
        "attachSubscription create createTagBinding delete deleteTagBinding detachSubscription get getIamPolicy list listEffectiveTags listTagBindings publish setIamPolicy update updateTag",
    ),
    (
        "resourcemanager.folders",
        "create delete get getIamPolicy list move setIamPolicy undelete update",
    ),
    (
        "resourcemanager.hierarchyNodes",
        "createTagBinding deleteTagBinding listEffectiveTags listTagBindings",
    ),
    (
        "resourcemanager.organizations",
        "get getIamPolicy setIamPolicy",
    ),
    (
        "resourcemanager.projects",
        "create createBillingAssignment delete deleteBillingAssignment get getIamPolicy list move setIamPolicy undelete update updateLiens",
    ),
    (
        "resourcemanager.tagKeys",
        "create delete get getIamPolicy list setIamPolicy update",
    ),
    ("resourcemanager.tagValueBindings", "create delete"),
    (
        "resourcemanager.tagValues",
        "create delete get getIamPolicy list setIamPolicy update",
    ),
    ("serviceusage.quotas", "get update"),
    ("serviceusage.services", "disable enable get list use"),
    (
        "storage.anywhereCaches",
        "create disable get list pause resume update",
    ),
    ("storage.bucketOperations", "cancel get list"),
    (
        "storage.buckets",
        "create createTagBinding delete deleteTagBinding enableObjectRetention get getIamPolicy getIpFilter getObjectInsights list listEffectiveTags listTagBindings relocate restore setIamPolicy setIpFilter update",
    ),
    ("storage.folders", "create delete get list rename"),
    ("storage.hmacKeys", "create delete get list update"),
    (
        "storage.managedFolders",
        "create delete get getIamPolicy list setIamPolicy",
    ),
    ("storage.managementHubs", "get update"),
    ("storage.multipartUploads", "abort create list listParts"),
    (
        "storage.objects",
        "create delete get getIamPolicy list move overrideUnlockedRetention restore setIamPolicy setRetention update",
    ),
];

/// How far custom roles may use a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Support {
    Supported,
    Testing,
    NotSupported,
}

impl Support {
    /// The name in `Permission.customRolesSupportLevel`; SUPPORTED is the default and omitted.
    pub(crate) const fn name(self) -> Option<&'static str> {
        match self {
            Self::Supported => None,
            Self::Testing => Some("TESTING"),
            Self::NotSupported => Some("NOT_SUPPORTED"),
        }
    }
}

/// Permissions that custom roles may not use or only try out. The service's own list is longer;
/// these stand for their kind. Source: cloud.google.com, "Support level for permissions in custom
/// roles"; membership from memory.
const LEVELS: &[(&str, Support)] = &[
    ("resourcemanager.tagValueBindings.create", Support::Testing),
    ("resourcemanager.tagValueBindings.delete", Support::Testing),
    (
        "resourcemanager.projects.createBillingAssignment",
        Support::Supported,
    ),
    ("storage.managementHubs.get", Support::Testing),
    ("storage.managementHubs.update", Support::Testing),
    (
        "bigquery.rowAccessPolicies.getFilteredData",
        Support::NotSupported,
    ),
    (
        "bigquery.rowAccessPolicies.overrideTimeTravelRestrictions",
        Support::NotSupported,
    ),
    (
        "iam.serviceAccounts.createTagBinding",
        Support::NotSupported,
    ),
    (
        "iam.serviceAccounts.deleteTagBinding",
        Support::NotSupported,
    ),
];

/// Every permission, in order.
pub(crate) fn all() -> impl Iterator<Item = String> {
    PERMISSIONS.iter().flat_map(|(resource, verbs)| {
        verbs
            .split(' ')
            .map(move |verb| format!("{resource}.{verb}"))
    })
}

/// Whether a permission exists.
pub(crate) fn exists(name: &str) -> bool {
    let Some((resource, verb)) = name.rsplit_once('.') else {
        return false;
    };
    PERMISSIONS
        .iter()
        .any(|(known, verbs)| *known == resource && verbs.split(' ').any(|other| other == verb))
}

/// The support level of a permission.
pub(crate) fn support(name: &str) -> Support {
    LEVELS
        .iter()
        .find(|(known, _)| *known == name)
        .map_or(Support::Supported, |(_, level)| *level)
}

/// Whether a permission is usable in roles of organizations only.
/// Source: cloud.google.com, "Create and manage custom roles": project-level custom roles cannot
/// contain permissions that apply to folders and organizations, such as resourcemanager.folders.get.
pub(crate) fn is_organizational(name: &str) -> bool {
    name.starts_with("resourcemanager.folders.")
        || name.starts_with("resourcemanager.organizations.")
        || name == "resourcemanager.projects.list"
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{LEVELS, all, exists, is_organizational};

    #[test]
    fn names_are_unique_and_levels_exist() {
        let names: Vec<String> = all().collect();
        assert!(names.len() > 400, "{}", names.len());
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        assert!(LEVELS.iter().all(|(name, _)| exists(name)));
        assert!(
            exists("storage.objects.get") && !exists("storage.objects.fetch") && !exists("storage")
        );
        assert!(is_organizational("resourcemanager.projects.list"));
        assert!(!is_organizational("resourcemanager.projects.get"));
    }
}
