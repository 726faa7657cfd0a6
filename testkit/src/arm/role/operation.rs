//! The control operations of the providers that custom roles of a data platform name most.
//!
//! Source: MicrosoftDocs/azure-docs, "Azure permissions for Storage" (2026-02-23) and the Event Hubs
//! part of "Azure permissions for Analytics". One line per type below the provider's main type, with
//! its operations; `/action` is left out where a name is no read, write or delete.

/// The part of a provider that is listed in full.
struct Listed {
    prefix: &'static str,
    operations: &'static [(&'static str, &'static str)],
}

const LISTED: &[Listed] = &[
    Listed {
        prefix: "microsoft.storage/storageaccounts",
        operations: &[
            (
                "",
                "read write delete updateaccountcontainerholdingperiod updateinternalproperties consumerdatashare hnsonmigration networksecurityperimeterconfigurations privateendpointconnections restoreblobranges privateendpointconnectionsapproval failover listkeys regeneratekey rotatekey revokeuserdelegationkeys joinperimeter listaccountsas listservicesas",
            ),
            ("accountlocks", "read write delete deletelock"),
            ("accountmigrations", "read write"),
            ("advancedplatformmetrics", "read write delete"),
            (
                "blobservices",
                "read write generateuserdelegationkey getinfo",
            ),
            (
                "blobservices/containers",
                "read write delete migrate setacl getacl lease clearlegalhold setlegalhold",
            ),
            (
                "blobservices/containers/immutabilitypolicies",
                "read write delete extend lock",
            ),
            (
                "blobservices/providers/microsoft.insights/diagnosticsettings",
                "read write",
            ),
            (
                "blobservices/providers/microsoft.insights/logdefinitions",
                "read",
            ),
            (
                "blobservices/providers/microsoft.insights/metricdefinitions",
                "read",
            ),
            ("connectors", "read write delete testexistingconnection"),
            ("consumerdatasharepolicies", "read write"),
            ("datasharepolicies", "read write delete"),
            ("datashares", "read write delete"),
            ("encryptionscopes", "read write"),
            ("encryptionscopes/hoboconfigurations", "read write"),
            ("fileservices", "read write generateuserdelegationkey"),
            (
                "fileservices/providers/microsoft.insights/diagnosticsettings",
                "read write",
            ),
            (
                "fileservices/providers/microsoft.insights/logdefinitions",
                "read",
            ),
            (
                "fileservices/providers/microsoft.insights/metricdefinitions",
                "read",
            ),
            (
                "fileservices/shares",
                "read write delete lease restore revert",
            ),
            ("fileservices/usages", "read"),
            ("hoboconfigurations", "read write"),
            ("inventorypolicies", "read write delete"),
            (
                "localusers",
                "read write delete regeneratepassword listkeys regeneratesharedkey",
            ),
            ("managementpolicies", "read write delete"),
            (
                "networksecurityperimeterassociationproxies",
                "read write delete",
            ),
            ("networksecurityperimeterconfigurations", "read"),
            ("objectreplicationpolicies", "read write delete"),
            ("objectreplicationpolicies/restorepointmarkers", "write"),
            (
                "privateendpointconnectionproxies",
                "read write delete updateprivateendpointproperties",
            ),
            ("privateendpointconnections", "read write delete"),
            ("privateendpoints", "move"),
            ("privatelinkresources", "read"),
            (
                "providers/microsoft.insights/diagnosticsettings",
                "read write",
            ),
            ("providers/microsoft.insights/metricdefinitions", "read"),
            ("queueservices", "read write generateuserdelegationkey"),
            (
                "queueservices/providers/microsoft.insights/diagnosticsettings",
                "read write",
            ),
            (
                "queueservices/providers/microsoft.insights/logdefinitions",
                "read",
            ),
            (
                "queueservices/providers/microsoft.insights/metricdefinitions",
                "read",
            ),
            ("queueservices/queues", "read write delete setacl getacl"),
            ("reports", "read"),
            ("restorepoints", "read delete"),
            ("services/diagnosticsettings", "write"),
            ("storagetaskassignments", "read write delete"),
            ("storagetaskassignments/reports", "read"),
            ("tableservices", "read write generateuserdelegationkey"),
            (
                "tableservices/providers/microsoft.insights/diagnosticsettings",
                "read write",
            ),
            (
                "tableservices/providers/microsoft.insights/logdefinitions",
                "read",
            ),
            (
                "tableservices/providers/microsoft.insights/metricdefinitions",
                "read",
            ),
            ("tableservices/tables", "read write delete setacl getacl"),
        ],
    },
    Listed {
        prefix: "microsoft.eventhub/namespaces",
        operations: &[
            (
                "",
                "read write delete authorizationrules removeacsnamepsace updatestate privateendpointconnectionsapproval joinperimeter",
            ),
            ("applicationgroups", "read write delete"),
            (
                "authorizationrules",
                "read write delete listkeys regeneratekeys",
            ),
            (
                "disasterrecoveryconfigs",
                "read write delete checknameavailability breakpairing failover",
            ),
            (
                "disasterrecoveryconfigs/authorizationrules",
                "read listkeys",
            ),
            ("eventhubs", "read write delete authorizationrules"),
            (
                "eventhubs/authorizationrules",
                "read write delete listkeys regeneratekeys",
            ),
            ("eventhubs/consumergroups", "read write delete"),
            ("ipfilterrules", "read write delete"),
            ("messagingplan", "read write"),
            ("networkruleset", "read write delete"),
            ("networkrulesets", "read write delete"),
            (
                "networksecurityperimeterassociationproxies",
                "read write delete reconcile",
            ),
            ("networksecurityperimeterconfigurations", "read reconcile"),
            ("operationresults", "read"),
            (
                "privateendpointconnectionproxies",
                "read write delete validate",
            ),
            ("privateendpointconnectionproxies/operationstatus", "read"),
            ("privateendpointconnections", "read write delete"),
            ("privateendpointconnections/operationstatus", "read"),
            ("privatelinkresources", "read"),
            (
                "providers/microsoft.insights/diagnosticsettings",
                "read write",
            ),
            ("providers/microsoft.insights/logdefinitions", "read"),
            ("providers/microsoft.insights/metricdefinitions", "read"),
            ("schemagroups", "read write delete"),
            ("virtualnetworkrules", "read write delete"),
        ],
    },
];

/// Whether a control action without wildcards exists, as far as its provider is listed here; `None`
/// where it is not.
pub(crate) fn exists(action: &str) -> Option<bool> {
    let action = action.to_lowercase();
    let listed = LISTED.iter().find(|listed| {
        action.strip_prefix(listed.prefix).is_some_and(|rest| rest.starts_with('/'))
            // A misspelt main type, `Microsoft.Storage/storageAcounts/read`, is nobody's either.
            || is_main_type_misspelt(&action, listed.prefix)
    })?;
    let Some(rest) = action.strip_prefix(listed.prefix) else {
        return Some(false);
    };
    let rest = rest.trim_start_matches('/');
    let plain = rest.strip_suffix("/action").unwrap_or(rest);
    let (kind, verb) = plain.rsplit_once('/').unwrap_or(("", plain));
    let basic = matches!(verb, "read" | "write" | "delete");
    let known = listed
        .operations
        .iter()
        .any(|(known, verbs)| *known == kind && verbs.split(' ').any(|other| other == verb));
    Some(known && basic == (plain == rest))
}

/// Whether an action names a type of a listed provider that stands beside its main type and is none
/// of the few others that the provider has.
fn is_main_type_misspelt(action: &str, prefix: &str) -> bool {
    let others = [
        "register",
        "unregister",
        "checknameavailability",
        "checknamespaceavailability",
        "availableclusterregions",
        "clusters",
        "deletedaccounts",
        "locations",
        "operations",
        "resilienciesprogressions",
        "sku",
        "skus",
        "storagetasks",
        "usages",
        "namespaces",
        "storageaccounts",
    ];
    let provider = prefix.split('/').next().unwrap_or_default();
    let mut parts = action.split('/');
    parts.next() == Some(provider) && parts.next().is_some_and(|kind| !others.contains(&kind))
}

#[cfg(test)]
mod tests {
    use super::exists;

    #[test]
    fn listed_operations() {
        for good in [
            "Microsoft.Storage/storageAccounts/read",
            "Microsoft.Storage/storageAccounts/listKeys/action",
            "Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies/lock/action",
            "Microsoft.Storage/storageAccounts/providers/Microsoft.Insights/diagnosticSettings/write",
            "Microsoft.EventHub/namespaces/eventHubs/consumergroups/Delete",
            "Microsoft.EventHub/namespaces/eventhubs/authorizationRules/action",
        ] {
            assert_eq!(exists(good), Some(true), "{good}");
        }
        for bad in [
            "Microsoft.Storage/storageAcounts/read",
            "Microsoft.Storage/storageAccounts/listKeys",
            "Microsoft.Storage/storageAccounts/read/action",
            "Microsoft.Storage/storageAccounts/containers/read",
            "Microsoft.EventHub/namespaces/eventhubs/send/action",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
        ] {
            assert_eq!(exists(bad), Some(false), "{bad}");
        }
        for unlisted in [
            "Microsoft.Storage/skus/read",
            "Microsoft.KeyVault/vaults/read",
        ] {
            assert_eq!(exists(unlisted), None, "{unlisted}");
        }
    }
}
