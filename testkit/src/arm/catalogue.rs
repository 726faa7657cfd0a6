//! Closed lists that the service knows: regions, provider namespaces, resource types, api-versions.
//!
//! Sources: Azure docs, "Azure resource providers by service" (namespaces); the names of the
//! Azure.ResourceManager REST references (types); Azure/azure-rest-api-specs, the folders under
//! specification/*/resource-manager (api-versions); az account list-locations (regions).

use super::id::is;

/// Regions, as their canonical names.
pub(crate) const REGIONS: &[&str] = &[
    "australiacentral",
    "australiaeast",
    "australiasoutheast",
    "austriaeast",
    "brazilsouth",
    "canadacentral",
    "canadaeast",
    "centralindia",
    "centralus",
    "chilecentral",
    "eastasia",
    "eastus",
    "eastus2",
    "francecentral",
    "francesouth",
    "germanynorth",
    "germanywestcentral",
    "indonesiacentral",
    "israelcentral",
    "italynorth",
    "japaneast",
    "japanwest",
    "koreacentral",
    "koreasouth",
    "malaysiawest",
    "mexicocentral",
    "newzealandnorth",
    "northcentralus",
    "northeurope",
    "norwayeast",
    "norwaywest",
    "polandcentral",
    "qatarcentral",
    "southafricanorth",
    "southafricawest",
    "southcentralus",
    "southeastasia",
    "southindia",
    "spaincentral",
    "swedencentral",
    "switzerlandnorth",
    "switzerlandwest",
    "uaecentral",
    "uaenorth",
    "uksouth",
    "ukwest",
    "westcentralus",
    "westeurope",
    "westindia",
    "westus",
    "westus2",
    "westus3",
];

/// The canonical name of a region: lower case, without spaces. "West Europe" is westeurope.
pub(crate) fn region(given: &str) -> Option<&'static str> {
    let name: String = given
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    REGIONS.iter().find(|region| **region == name).copied()
}

/// Namespaces that Azure Resource Manager lists and that custom roles may name.
const NAMESPACES: &[&str] = &[
    "Microsoft.AAD",
    "Microsoft.AadIam",
    "Microsoft.Addons",
    "Microsoft.Advisor",
    "Microsoft.AlertsManagement",
    "Microsoft.AnalysisServices",
    "Microsoft.ApiManagement",
    "Microsoft.App",
    "Microsoft.AppConfiguration",
    "Microsoft.Attestation",
    "Microsoft.Authorization",
    "Microsoft.Automation",
    "Microsoft.Batch",
    "Microsoft.Billing",
    "Microsoft.Blueprint",
    "Microsoft.Cache",
    "Microsoft.Capacity",
    "Microsoft.Cdn",
    "Microsoft.ClassicCompute",
    "Microsoft.ClassicNetwork",
    "Microsoft.ClassicStorage",
    "Microsoft.CognitiveServices",
    "Microsoft.Compute",
    "Microsoft.Consumption",
    "Microsoft.ContainerInstance",
    "Microsoft.ContainerRegistry",
    "Microsoft.ContainerService",
    "Microsoft.CostManagement",
    "Microsoft.CustomProviders",
    "Microsoft.DataBox",
    "Microsoft.DataFactory",
    "Microsoft.DataLakeAnalytics",
    "Microsoft.DataLakeStore",
    "Microsoft.DataMigration",
    "Microsoft.DataProtection",
    "Microsoft.DataShare",
    "Microsoft.Databricks",
    "Microsoft.DBforMariaDB",
    "Microsoft.DBforMySQL",
    "Microsoft.DBforPostgreSQL",
    "Microsoft.DesktopVirtualization",
    "Microsoft.Devices",
    "Microsoft.DevTestLab",
    "Microsoft.DocumentDB",
    "Microsoft.DomainRegistration",
    "Microsoft.ElasticSan",
    "Microsoft.EventGrid",
    "Microsoft.EventHub",
    "Microsoft.Fabric",
    "Microsoft.Features",
    "Microsoft.GuestConfiguration",
    "Microsoft.HDInsight",
    "Microsoft.HealthcareApis",
    "Microsoft.HybridCompute",
    "Microsoft.Insights",
    "Microsoft.IoTCentral",
    "Microsoft.KeyVault",
    "Microsoft.Kubernetes",
    "Microsoft.KubernetesConfiguration",
    "Microsoft.Kusto",
    "Microsoft.LabServices",
    "Microsoft.Logic",
    "Microsoft.MachineLearningServices",
    "Microsoft.Maintenance",
    "Microsoft.ManagedIdentity",
    "Microsoft.ManagedServices",
    "Microsoft.Management",
    "Microsoft.Maps",
    "Microsoft.Marketplace",
    "Microsoft.MarketplaceOrdering",
    "Microsoft.Media",
    "Microsoft.Migrate",
    "Microsoft.NetApp",
    "Microsoft.Network",
    "Microsoft.NotificationHubs",
    "Microsoft.OperationalInsights",
    "Microsoft.OperationsManagement",
    "Microsoft.PolicyInsights",
    "Microsoft.Portal",
    "Microsoft.PowerBIDedicated",
    "Microsoft.Purview",
    "Microsoft.Quota",
    "Microsoft.RecoveryServices",
    "Microsoft.Relay",
    "Microsoft.ResourceGraph",
    "Microsoft.ResourceHealth",
    "Microsoft.Resources",
    "Microsoft.Search",
    "Microsoft.Security",
    "Microsoft.SecurityInsights",
    "Microsoft.ServiceBus",
    "Microsoft.ServiceFabric",
    "Microsoft.SignalRService",
    "Microsoft.Solutions",
    "Microsoft.Sql",
    "Microsoft.SqlVirtualMachine",
    "Microsoft.Storage",
    "Microsoft.StorageActions",
    "Microsoft.StorageCache",
    "Microsoft.StorageMover",
    "Microsoft.StorageSync",
    "Microsoft.StreamAnalytics",
    "Microsoft.Subscription",
    "Microsoft.Support",
    "Microsoft.Synapse",
    "Microsoft.VirtualMachineImages",
    "Microsoft.Web",
];

/// Whether a namespace is a provider.
pub(crate) fn is_namespace(namespace: &str) -> bool {
    NAMESPACES.iter().any(|known| is(known, namespace))
}

/// The namespaces, for the list of providers.
pub(crate) fn namespaces() -> impl Iterator<Item = &'static str> {
    NAMESPACES.iter().copied()
}

/// One resource type.
#[derive(Debug)]
pub(crate) struct Kind {
    /// The full type, spelled as the service spells it.
    pub(crate) name: &'static str,
    /// Whether it has a location of its own and shows in resource lists.
    pub(crate) tracked: bool,
    /// The api-versions, oldest first; none means that any well-formed one is taken.
    pub(crate) versions: &'static [&'static str],
}

const POLICY: &[&str] = &[
    "2015-10-01-preview",
    "2016-04-01",
    "2016-12-01",
    "2017-06-01-preview",
    "2018-03-01",
    "2018-05-01",
    "2019-01-01",
    "2019-06-01",
    "2019-09-01",
    "2020-03-01",
    "2020-07-01-preview",
    "2020-08-01",
    "2020-09-01",
    "2021-06-01",
    "2022-06-01",
    "2022-07-01-preview",
    "2023-04-01",
    "2024-04-01",
    "2024-05-01",
    "2025-01-01",
    "2025-03-01",
    "2025-11-01",
    "2025-12-01-preview",
];
const ROLES: &[&str] = &[
    "2015-07-01",
    "2018-01-01-preview",
    "2022-04-01",
    "2022-05-01-preview",
    "2023-07-01-preview",
];
const GRANTS: &[&str] = &[
    "2015-07-01",
    "2017-10-01-preview",
    "2018-01-01-preview",
    "2018-09-01-preview",
    "2019-04-01-preview",
    "2020-03-01-preview",
    "2020-04-01-preview",
    "2020-08-01-preview",
    "2020-10-01-preview",
    "2022-04-01",
];
const STORAGE: &[&str] = &[
    "2015-05-01-preview",
    "2015-06-15",
    "2016-01-01",
    "2016-05-01",
    "2016-12-01",
    "2017-06-01",
    "2017-10-01",
    "2018-02-01",
    "2018-03-01-preview",
    "2018-07-01",
    "2018-11-01",
    "2019-04-01",
    "2019-06-01",
    "2020-08-01-preview",
    "2021-01-01",
    "2021-02-01",
    "2021-04-01",
    "2021-05-01",
    "2021-06-01",
    "2021-08-01",
    "2021-09-01",
    "2022-05-01",
    "2022-09-01",
    "2023-01-01",
    "2023-04-01",
    "2023-05-01",
    "2024-01-01",
    "2025-01-01",
    "2025-06-01",
    "2025-08-01",
];
const EVENT_HUB: &[&str] = &[
    "2014-09-01",
    "2015-08-01",
    "2017-04-01",
    "2018-01-01-preview",
    "2021-01-01-preview",
    "2021-06-01-preview",
    "2021-11-01",
    "2022-01-01-preview",
    "2022-10-01-preview",
    "2023-01-01-preview",
    "2024-01-01",
    "2024-05-01-preview",
    "2025-05-01-preview",
    "2026-01-01",
    "2026-07-01-preview",
];

/// The types that this server stores.
pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "Microsoft.Authorization/policyDefinitions",
        tracked: false,
        versions: POLICY,
    },
    Kind {
        name: "Microsoft.Authorization/policySetDefinitions",
        tracked: false,
        versions: POLICY,
    },
    Kind {
        name: "Microsoft.Authorization/policyAssignments",
        tracked: false,
        versions: POLICY,
    },
    Kind {
        name: "Microsoft.Authorization/policyExemptions",
        tracked: false,
        versions: &[
            "2020-07-01-preview",
            "2022-07-01-preview",
            "2024-12-01-preview",
            "2026-01-01-preview",
        ],
    },
    Kind {
        name: "Microsoft.Authorization/roleDefinitions",
        tracked: false,
        versions: ROLES,
    },
    Kind {
        name: "Microsoft.Authorization/roleAssignments",
        tracked: false,
        versions: GRANTS,
    },
    Kind {
        name: "Microsoft.Authorization/locks",
        tracked: false,
        versions: &[],
    },
    Kind {
        name: "Microsoft.Management/managementGroups",
        tracked: false,
        versions: &[],
    },
    Kind {
        name: "Microsoft.Management/managementGroups/subscriptions",
        tracked: false,
        versions: &[],
    },
    Kind {
        name: "Microsoft.Insights/diagnosticSettings",
        tracked: false,
        versions: &[],
    },
    Kind {
        name: "Microsoft.Storage/storageAccounts",
        tracked: true,
        versions: STORAGE,
    },
    Kind {
        name: "Microsoft.Storage/storageAccounts/blobServices",
        tracked: false,
        versions: STORAGE,
    },
    Kind {
        name: "Microsoft.Storage/storageAccounts/blobServices/containers",
        tracked: false,
        versions: STORAGE,
    },
    Kind {
        name: "Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies",
        tracked: false,
        versions: STORAGE,
    },
    Kind {
        name: "Microsoft.Storage/storageAccounts/fileServices",
        tracked: false,
        versions: STORAGE,
    },
    Kind {
        name: "Microsoft.Storage/storageAccounts/queueServices",
        tracked: false,
        versions: STORAGE,
    },
    Kind {
        name: "Microsoft.Storage/storageAccounts/tableServices",
        tracked: false,
        versions: STORAGE,
    },
    Kind {
        name: "Microsoft.Storage/storageAccounts/managementPolicies",
        tracked: false,
        versions: STORAGE,
    },
    Kind {
        name: "Microsoft.Storage/storageAccounts/encryptionScopes",
        tracked: false,
        versions: STORAGE,
    },
    Kind {
        name: "Microsoft.Storage/storageAccounts/privateEndpointConnections",
        tracked: false,
        versions: STORAGE,
    },
    Kind {
        name: "Microsoft.EventHub/namespaces",
        tracked: true,
        versions: EVENT_HUB,
    },
    Kind {
        name: "Microsoft.EventHub/namespaces/eventhubs",
        tracked: false,
        versions: EVENT_HUB,
    },
    Kind {
        name: "Microsoft.EventHub/namespaces/eventhubs/consumergroups",
        tracked: false,
        versions: EVENT_HUB,
    },
    Kind {
        name: "Microsoft.EventHub/namespaces/eventhubs/authorizationRules",
        tracked: false,
        versions: EVENT_HUB,
    },
    Kind {
        name: "Microsoft.EventHub/namespaces/authorizationRules",
        tracked: false,
        versions: EVENT_HUB,
    },
    Kind {
        name: "Microsoft.EventHub/namespaces/networkRuleSets",
        tracked: false,
        versions: EVENT_HUB,
    },
    Kind {
        name: "Microsoft.EventHub/namespaces/schemagroups",
        tracked: false,
        versions: EVENT_HUB,
    },
    Kind {
        name: "Microsoft.KeyVault/vaults",
        tracked: true,
        versions: &[],
    },
    Kind {
        name: "Microsoft.KeyVault/vaults/keys",
        tracked: false,
        versions: &[],
    },
    Kind {
        name: "Microsoft.KeyVault/vaults/secrets",
        tracked: false,
        versions: &[],
    },
    Kind {
        name: "Microsoft.KeyVault/vaults/accessPolicies",
        tracked: false,
        versions: &[],
    },
    Kind {
        name: "Microsoft.ManagedIdentity/userAssignedIdentities",
        tracked: true,
        versions: &[],
    },
    Kind {
        name: "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        tracked: false,
        versions: &[],
    },
    Kind {
        name: "Microsoft.DataFactory/factories",
        tracked: true,
        versions: &[],
    },
    Kind {
        name: "Microsoft.DataFactory/factories/linkedservices",
        tracked: false,
        versions: &[],
    },
    Kind {
        name: "Microsoft.DataFactory/factories/datasets",
        tracked: false,
        versions: &[],
    },
    Kind {
        name: "Microsoft.DataFactory/factories/pipelines",
        tracked: false,
        versions: &[],
    },
    Kind {
        name: "Microsoft.DataFactory/factories/triggers",
        tracked: false,
        versions: &[],
    },
    Kind {
        name: "Microsoft.Databricks/workspaces",
        tracked: true,
        versions: &[],
    },
    Kind {
        name: "Microsoft.Databricks/accessConnectors",
        tracked: true,
        versions: &[],
    },
    Kind {
        name: "Microsoft.DocumentDB/databaseAccounts",
        tracked: true,
        versions: &[],
    },
    Kind {
        name: "Microsoft.DocumentDB/databaseAccounts/sqlDatabases",
        tracked: false,
        versions: &[],
    },
    Kind {
        name: "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers",
        tracked: false,
        versions: &[],
    },
    Kind {
        name: "Microsoft.Insights/metricAlerts",
        tracked: true,
        versions: &[],
    },
    Kind {
        name: "Microsoft.Insights/actionGroups",
        tracked: true,
        versions: &[],
    },
    Kind {
        name: "Microsoft.Network/privateEndpoints",
        tracked: true,
        versions: &[],
    },
    Kind {
        name: "Microsoft.Network/virtualNetworks",
        tracked: true,
        versions: &[],
    },
    Kind {
        name: "Microsoft.Network/virtualNetworks/subnets",
        tracked: false,
        versions: &[],
    },
    Kind {
        name: "Microsoft.OperationalInsights/workspaces",
        tracked: true,
        versions: &[],
    },
    Kind {
        name: "Microsoft.Purview/accounts",
        tracked: true,
        versions: &[],
    },
    Kind {
        name: "Microsoft.Sql/servers",
        tracked: true,
        versions: &[],
    },
    Kind {
        name: "Microsoft.Sql/servers/databases",
        tracked: true,
        versions: &[],
    },
    Kind {
        name: "Microsoft.Synapse/workspaces",
        tracked: true,
        versions: &[],
    },
];

/// Finds a type by its name.
pub(crate) fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| is(kind.name, name))
}

/// Whether a text has the form of an api-version: a date, optionally with `-preview`.
pub(crate) fn is_version(text: &str) -> bool {
    let date = text.strip_suffix("-preview").unwrap_or(text);
    let parts: Vec<&str> = date.split('-').collect();
    parts.iter().map(|part| part.len()).eq([4, 2, 2])
        && parts
            .iter()
            .all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::{is_version, kind, region};

    #[test]
    fn regions_are_found_in_any_spelling() {
        assert_eq!(region("West Europe"), Some("westeurope"));
        assert_eq!(region("atlantis"), None);
    }

    #[test]
    fn versions_are_dates() {
        assert!(is_version("2022-05-01-preview"));
        assert!(!is_version("latest"));
        assert!(!is_version("2022-5-1"));
        assert!(kind("microsoft.storage/STORAGEACCOUNTS").is_some());
    }
}
