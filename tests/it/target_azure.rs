//! What the Azure target makes of a mesh, judged by meaning: each test reads the artifacts as Azure
//! would, not their text.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::meaning::{Mesh, blocks, document, of_type, resources};

const RESOURCES: &str = "prod/support/azure/resources/main.tf";
const ACCESS: &str = "prod/support/azure/access/main.tf";
const SUPPORT: &str = "domains/support.yaml";
/// `call-router`, and the domain's owner.
const ROUTER: &str = "1c7d9a52-0f7a-4b3e-9a64-5d1f2e3c4b5a";
const OWNER: &str = "9f2e0c1a-7b1d-4c55-8f3e-2d6a1b0c9e8f";
const BLOBS: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";

/// A personal column in `tickets`.
fn with_personal_column(mesh: Mesh) -> Mesh {
    mesh.with(
        SUPPORT,
        "      - {name: topic, type: string(64)}",
        "      - {name: topic, type: string(64)}\n      - {name: caller, type: string, classification: pii}",
    )
}

/// The products without Google Cloud, where a test is about Azure alone.
fn on_azure_only(mesh: Mesh) -> Mesh {
    let text = "    classification: internal\n    retention: 730d\n    targets: [azure, gcp]";
    mesh.with(SUPPORT, text, &text.replace("[azure, gcp]", "[azure]"))
}

#[test]
fn storage_is_private_encrypted_with_the_domains_key_and_cannot_be_destroyed() {
    let outcome = Mesh::minimal().compile();
    let all = resources(outcome.compiled(), RESOURCES);
    let account = &all["azurerm_storage_account.tickets_account"];
    for (key, value) in [
        ("is_hns_enabled", json!(true)),
        ("shared_access_key_enabled", json!(false)),
        ("public_network_access_enabled", json!(false)),
        ("allow_nested_items_to_be_public", json!(false)),
        ("local_user_enabled", json!(false)),
        ("cross_tenant_replication_enabled", json!(false)),
        ("min_tls_version", json!("TLS1_2")),
        ("https_traffic_only_enabled", json!(true)),
        ("account_replication_type", json!("ZRS")),
    ] {
        assert_eq!(account[key], value, "{key}");
    }
    assert_eq!(account["network_rules"][0]["default_action"], "Deny");
    assert_eq!(
        account["customer_managed_key"][0]["key_vault_key_id"],
        "<azurerm_key_vault_key.internal.versionless_id>"
    );
    // The account waits until its identity may use the key.
    assert_eq!(
        account["depends_on"],
        json!(["<azurerm_role_assignment.encryption_internal>"])
    );
    let containers = of_type(&all, "azurerm_storage_container");
    assert_eq!(
        containers,
        BTreeSet::from(["tickets_curated".to_owned(), "tickets_raw".to_owned()])
    );
    let vault = &all["azurerm_key_vault.keys"];
    assert_eq!(vault["purge_protection_enabled"], true);
    assert_eq!(vault["rbac_authorization_enabled"], true);
    assert_eq!(vault["network_acls"][0]["default_action"], "Deny");
    for (address, resource) in &all {
        let holds = [
            "storage_account.",
            "storage_container.",
            "key_vault",
            "eventhub",
            "resource_group",
        ];
        if holds
            .iter()
            .any(|kind| address.starts_with(&format!("azurerm_{kind}")))
        {
            assert_eq!(
                resource["lifecycle"][0]["prevent_destroy"], true,
                "{address}"
            );
        }
    }
}

const NETWORK: &str = "/subscriptions/0a1b2c3d-1111-4222-8333-000000000001/resourceGroups/network";

#[test]
fn a_subnet_gets_an_endpoint_to_everything_that_has_no_public_one() {
    let none = Mesh::minimal().compile();
    let none = of_type(
        &resources(none.compiled(), RESOURCES),
        "azurerm_private_endpoint",
    );
    assert!(none.is_empty(), "{none:?}");

    let subnet = format!("{NETWORK}/providers/Microsoft.Network/virtualNetworks/mesh/subnets/data");
    let with = Mesh::minimal().with(
        "domains/support.yaml",
        "    azure: {subscription: 0a1b2c3d-1111-4222-8333-777788889999}",
        &format!("    azure: {{subscription: 0a1b2c3d-1111-4222-8333-777788889999, subnet: {subnet}, dns-zones: {NETWORK}}}"),
    );
    let outcome = with.compile();
    let all = resources(outcome.compiled(), RESOURCES);
    let mut reached = BTreeSet::new();
    for label in of_type(&all, "azurerm_private_endpoint") {
        let endpoint = &all[&format!("azurerm_private_endpoint.{label}")];
        assert_eq!(endpoint["subnet_id"], subnet.as_str());
        let connection = &endpoint["private_service_connection"][0];
        assert_eq!(connection["is_manual_connection"], false);
        let zone = endpoint["private_dns_zone_group"][0]["private_dns_zone_ids"][0]
            .as_str()
            .unwrap();
        reached.insert((
            connection["private_connection_resource_id"]
                .as_str()
                .unwrap()
                .to_owned(),
            connection["subresource_names"][0]
                .as_str()
                .unwrap()
                .to_owned(),
            zone.strip_prefix(&format!(
                "{NETWORK}/providers/Microsoft.Network/privateDnsZones/"
            ))
            .unwrap()
            .to_owned(),
        ));
    }
    let expected = [
        (
            "<azurerm_eventhub_namespace.internal.id>",
            "namespace",
            "privatelink.servicebus.windows.net",
        ),
        (
            "<azurerm_key_vault.keys.id>",
            "vault",
            "privatelink.vaultcore.azure.net",
        ),
        (
            "<azurerm_storage_account.tickets_account.id>",
            "blob",
            "privatelink.blob.core.windows.net",
        ),
        (
            "<azurerm_storage_account.tickets_account.id>",
            "dfs",
            "privatelink.dfs.core.windows.net",
        ),
    ];
    let expected: BTreeSet<_> = expected
        .map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()))
        .into();
    assert_eq!(reached, expected);
}

#[test]
fn files_age_by_zone_under_one_policy_of_their_account() {
    let outcome = Mesh::minimal().compile();
    let all = resources(outcome.compiled(), RESOURCES);
    let policies = of_type(&all, "azurerm_storage_management_policy");
    assert_eq!(policies.len(), 1);
    let rules = all["azurerm_storage_management_policy.tickets_lifecycle"]["rule"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(rules.len(), 2);
    for rule in rules {
        let prefix = rule["filters"][0]["prefix_match"][0].as_str().unwrap();
        // Without the slash a rule would reach containers whose names go on.
        assert_eq!(prefix, format!("{}/", rule["name"].as_str().unwrap()));
        let ages = &rule["actions"][0]["base_blob"][0];
        assert_eq!(
            ages["tier_to_cold_after_days_since_modification_greater_than"],
            90
        );
        assert_eq!(
            ages["delete_after_days_since_modification_greater_than"],
            730
        );
    }
}

#[test]
fn every_group_has_exactly_its_roles_at_the_smallest_scope() {
    let outcome = Mesh::minimal().compile();
    let all = resources(outcome.compiled(), ACCESS);
    let mut given = BTreeSet::new();
    for (address, one) in &all {
        assert!(address.starts_with("azurerm_role_assignment."), "{address}");
        let scope = one["scope"].as_str().unwrap();
        assert!(
            scope.contains("/containers/") || scope.contains("/eventhubs/"),
            "{scope}"
        );
        let guid = one["name"].as_str().unwrap();
        assert_eq!(guid.len(), 36);
        let role = one["role_definition_id"]
            .as_str()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap();
        given.insert((
            one["principal_id"].as_str().unwrap().to_owned(),
            scope.rsplit('/').next().unwrap().to_owned(),
            role.to_owned(),
        ));
    }
    let custom = |slug: &str| {
        document(
            outcome.compiled(),
            &format!("prod/_mesh/azure/roles/{slug}.json"),
        )["name"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (sender, receiver) = (
        "2b629674-e913-4c01-ae53-ef4638d8f975",
        "a638d3c7-ab3a-418d-83e6-5f17a39d4fde",
    );
    let expected: BTreeSet<(String, String, String)> = [
        (ROUTER, "call-events-live", sender.to_owned()),
        (ROUTER, "tickets-raw", custom("files-write")),
        (OWNER, "call-events-live", sender.to_owned()),
        (OWNER, "call-events-live", receiver.to_owned()),
        (OWNER, "tickets-raw", custom("files-own")),
        (OWNER, "tickets-curated", custom("files-own")),
    ]
    .into_iter()
    .map(|(who, what, role)| (who.to_owned(), what.to_owned(), role))
    .collect();
    assert_eq!(given, expected);
}

#[test]
fn a_writer_may_list_but_not_read() {
    let outcome = Mesh::minimal().compile();
    let all = resources(outcome.compiled(), ACCESS);
    let writer = &all["azurerm_role_assignment.tickets_raw_call_router_write"];
    let condition = writer["condition"].as_str().unwrap();
    assert!(condition.starts_with(&format!(
        "((!(ActionMatches{{'{BLOBS}/read'}} AND NOT SubOperationMatches{{'Blob.List'}})) OR ("
    )));
    assert_eq!(writer["condition_version"], "2.0");
    assert_eq!(writer["principal_type"], "ServicePrincipal");
    let owner = &all["azurerm_role_assignment.tickets_raw_support_team_own"];
    assert_eq!(owner["condition"], Value::Null);
    assert_eq!(owner["principal_type"], "Group");
}

#[test]
fn an_end_is_in_the_condition_for_every_data_action_and_the_last_day_counts() {
    let mesh = on_azure_only(Mesh::minimal()).with(
        SUPPORT,
        "      - {group: call-router, can: [write], on: [raw]}",
        "      - {group: call-router, can: [own], on: [raw], until: 2027-06-30}",
    );
    let outcome = mesh.compile();
    let all = resources(outcome.compiled(), ACCESS);
    let condition = all["azurerm_role_assignment.tickets_raw_call_router_own"]["condition"]
        .as_str()
        .unwrap();
    for action in ["read", "write", "add/action", "delete", "move/action"] {
        assert!(
            condition.contains(&format!("!(ActionMatches{{'{BLOBS}/{action}'}})")),
            "{action}"
        );
    }
    assert!(
        condition.ends_with("(@Environment[UtcNow] DateTimeLessThan '2027-07-01T00:00:00.0Z'))"),
        "{condition}"
    );
}

#[test]
fn the_same_right_twice_is_one_assignment_that_ends_with_the_last() {
    let mesh = on_azure_only(Mesh::minimal()).with(
        SUPPORT,
        "      - {group: call-router, can: [write], on: [raw]}",
        "      - {group: call-router, can: [read], on: [curated], until: 2027-06-30}\n      - {group: call-router, can: [read], on: [curated], until: 2027-09-30}\n      - {group: support-team, can: [own], on: [raw], until: 2027-06-30}",
    );
    let outcome = mesh.compile();
    let all = resources(outcome.compiled(), ACCESS);
    let reader = &all["azurerm_role_assignment.tickets_curated_call_router_read"];
    assert!(
        reader["condition"]
            .as_str()
            .unwrap()
            .contains("'2027-10-01T00:00:00.0Z'")
    );
    assert!(
        reader["description"]
            .as_str()
            .unwrap()
            .contains("2027-09-30")
    );
    // The owner owns anyway.
    assert_eq!(
        all["azurerm_role_assignment.tickets_raw_support_team_own"]["condition"],
        Value::Null
    );
}

#[test]
fn custom_roles_hold_no_key_no_acl_and_no_wildcard() {
    let outcome = Mesh::minimal().compile();
    let mut names = BTreeSet::new();
    for slug in [
        "files-own",
        "files-write",
        "files-steward",
        "files-look",
        "stream-operate",
        "stream-look",
    ] {
        for env in ["dev", "prod"] {
            let role = document(
                outcome.compiled(),
                &format!("{env}/_mesh/azure/roles/{slug}.json"),
            );
            assert!(
                names.insert(role["name"].to_string()),
                "{slug}: one GUID per environment"
            );
            assert_eq!(
                role["properties"]["assignableScopes"],
                json!(["/providers/Microsoft.Management/managementGroups/acme-mesh"])
            );
            let text = role["properties"]["permissions"].to_string().to_lowercase();
            for never in [
                "*",
                "listkeys",
                "runassuperuser",
                "manageownership",
                "modifypermissions",
                "roleassignments",
                "containers/delete",
            ] {
                assert!(!text.contains(never), "{slug}: {never}");
            }
        }
    }
    let steward = document(
        outcome.compiled(),
        "prod/_mesh/azure/roles/files-steward.json",
    );
    assert_eq!(
        steward["properties"]["permissions"][0]["dataActions"],
        json!([])
    );
}

#[test]
fn whoever_may_not_see_a_column_in_clear_is_refused_files() {
    let outcome = with_personal_column(on_azure_only(Mesh::minimal()))
        .with(
            SUPPORT,
            "      - {group: call-router, can: [write], on: [raw]}",
            "      - {group: call-router, can: [read], on: [curated]}",
        )
        .compile();
    assert!(outcome.compiled.is_none());
    let refused: Vec<_> = outcome
        .diagnostics
        .iter()
        .filter(|one| one.code.id() == "E303")
        .collect();
    assert!(!refused.is_empty());
    for one in &refused {
        assert!(one.message.contains("`caller`"), "{}", one.message);
        assert!(one.help.iter().any(|help| help.contains("unmask")) && one.labels.len() == 1);
    }
    let places: BTreeSet<&str> = refused
        .iter()
        .map(|one| {
            let span = one.primary.as_ref().unwrap().span;
            outcome
                .map
                .file(span.file)
                .text()
                .get(span.start as usize..span.end as usize)
                .unwrap()
        })
        .collect();
    assert!(
        places.contains("{group: call-router, can: [read], on: [curated]}"),
        "{places:?}"
    );
}

#[test]
fn a_writer_of_hidden_columns_is_not_refused() {
    // `unmask` never counts in dev, so the example's prod alone shows it.
    let mesh = with_personal_column(on_azure_only(Mesh::minimal()))
        .with("mesh.yaml", "    governance:\n      unmask: never # nobody sees personal data in clear outside prod\n", "")
        .with(
            SUPPORT,
            "      - {group: call-router, can: [write], on: [raw]}",
            "      - {group: call-router, can: [write], on: [raw]}\n      - {group: support-team, can: [own, unmask]}",
        );
    let outcome = mesh.compile();
    let all = resources(outcome.compiled(), ACCESS);
    assert!(all.contains_key("azurerm_role_assignment.tickets_raw_call_router_write"));
    assert!(all.contains_key("azurerm_role_assignment.tickets_raw_support_team_own"));
}

#[test]
fn seeing_in_clear_for_a_while_does_not_make_reading_for_ever_right() {
    let mesh = |until: &str| {
        with_personal_column(on_azure_only(Mesh::minimal()))
            .with("mesh.yaml", "    governance:\n      unmask: never # nobody sees personal data in clear outside prod\n", "")
            .with(
                SUPPORT,
                "      - {group: call-router, can: [write], on: [raw]}",
                &format!("      - {{group: support-team, can: [own, unmask]{until}}}"),
            )
    };
    mesh("").compile().compiled();
    // The owner owns without an end, and would read in clear without one.
    let outcome = mesh(", until: 2027-06-30").compile();
    assert!(outcome.compiled.is_none());
    assert!(
        outcome
            .diagnostics
            .iter()
            .any(|one| one.code.id() == "E303")
    );
}

#[test]
fn labels_that_would_be_the_same_are_kept_apart() {
    let mesh = on_azure_only(Mesh::minimal())
        .with("mesh.yaml", "  - name: call-router\n", "  - name: x-y\n    azure: 1c7d9a52-0f7a-4b3e-9a64-5d1f2e3c4b5b\n  - name: y\n    azure: 1c7d9a52-0f7a-4b3e-9a64-5d1f2e3c4b5c\n  - name: call-router\n")
        .with(SUPPORT, "    zones: [raw, curated]\n", "    zones: [raw, raw-x]\n")
        .with(
            SUPPORT,
            "      - {group: call-router, can: [write], on: [raw]}",
            "      - {group: x-y, can: [read], on: [raw]}\n      - {group: y, can: [read], on: [raw-x]}",
        );
    let outcome = mesh.compile();
    let all = resources(outcome.compiled(), ACCESS);
    let labels: Vec<&String> = all
        .keys()
        .filter(|address| address.contains("tickets_raw_x_y_read"))
        .collect();
    assert_eq!(labels.len(), 2, "{:?}", all.keys());
}

#[test]
fn some_columns_of_files_are_refused() {
    let mesh = on_azure_only(Mesh::minimal()).with(
        SUPPORT,
        "      - {group: call-router, can: [write], on: [raw]}",
        "      - {group: call-router, can: [read], on: [curated], columns: [ticket_id]}",
    );
    let outcome = mesh.compile();
    assert!(outcome.compiled.is_none());
    assert!(
        outcome
            .diagnostics
            .iter()
            .any(|one| one.code.id() == "E305" && one.message.contains("some columns only"))
    );
}

#[test]
fn values_that_azure_does_not_take_are_refused_where_they_stand() {
    let replay = Mesh::minimal()
        .with(
            SUPPORT,
            "targets: [azure, gcp]\n    retention: 7d",
            "targets: [azure]\n    retention: 7d",
        )
        .with(SUPPORT, "replay: 24h", "replay: 90m");
    let outcome = replay.compile();
    let refused: Vec<_> = outcome
        .diagnostics
        .iter()
        .filter(|one| one.code.id() == "E306")
        .collect();
    assert!(
        refused
            .iter()
            .all(|one| one.message.contains("whole hours"))
            && !refused.is_empty()
    );
    let span = refused.first().unwrap().primary.as_ref().unwrap().span;
    assert_eq!(
        outcome
            .map
            .file(span.file)
            .text()
            .get(span.start as usize..span.end as usize),
        Some("90m")
    );

    let retention =
        on_azure_only(Mesh::minimal()).with(SUPPORT, "retention: 730d", "retention: 36h");
    let outcome = retention.compile();
    assert!(
        outcome
            .diagnostics
            .iter()
            .any(|one| one.code.id() == "E306" && one.message.contains("whole days"))
    );
}

#[test]
fn streams_with_a_customers_key_are_premium_and_others_standard() {
    let outcome = Mesh::minimal().compile();
    let all = resources(outcome.compiled(), RESOURCES);
    assert_eq!(all["azurerm_eventhub_namespace.internal"]["sku"], "Premium");
    assert_eq!(
        all["azurerm_eventhub_namespace.internal"]["local_authentication_enabled"],
        false
    );
    // A namespace takes a key only while it is empty.
    let hub = &all["azurerm_eventhub.call_events_live"];
    assert_eq!(
        hub["depends_on"],
        json!(["<azurerm_eventhub_namespace_customer_managed_key.internal>"])
    );
    assert_eq!(
        hub["retention_description"][0]["retention_time_in_hours"],
        24
    );

    let plain = Mesh::minimal().with(
        "mesh.yaml",
        "  encryption: customer # our own keys, not the provider's\n",
        "  encryption: provider\n",
    );
    let outcome = plain.compile();
    let all = resources(outcome.compiled(), RESOURCES);
    assert_eq!(all["azurerm_eventhub_namespace.events"]["sku"], "Standard");
    assert!(of_type(&all, "azurerm_eventhub_namespace_customer_managed_key").is_empty());
    assert!(of_type(&all, "azurerm_key_vault").is_empty());
    assert_eq!(
        all["azurerm_storage_account.tickets_account"]["customer_managed_key"],
        Value::Null
    );
}

#[test]
fn a_key_that_was_there_is_used_and_never_managed() {
    let mesh = Mesh::minimal().with(
        SUPPORT,
        "      - {group: call-router, can: [write], on: [raw]}",
        "      - {group: call-router, can: [write], on: [raw]}\n    existing:\n      prod:\n        azure: {key: \"https://acme-kv.vault.azure.net/keys/support\"}",
    );
    let outcome = mesh.compile();
    let all = resources(outcome.compiled(), RESOURCES);
    let account = &all["azurerm_storage_account.tickets_account"];
    assert_eq!(
        account["customer_managed_key"][0]["key_vault_key_id"],
        "https://acme-kv.vault.azure.net/keys/support"
    );
    let outputs: Vec<_> = blocks(outcome.compiled(), RESOURCES)
        .iter()
        .filter(|one| one.block.identifier() == "output")
        .collect();
    assert_eq!(outputs.len(), 1);
}

#[test]
fn a_renamed_product_keeps_its_names_and_moves_in_terraform() {
    let mesh = on_azure_only(Mesh::minimal()).with(
        SUPPORT,
        "  - name: tickets\n",
        "  - name: cases\n    was: support/tickets\n",
    );
    let outcome = mesh.compile();
    let moved: Vec<(Value, Value)> = blocks(outcome.compiled(), RESOURCES)
        .iter()
        .filter(|one| one.block.identifier() == "moved")
        .map(|one| crate::meaning::json(&one.block.body))
        .map(|body| (body["from"].clone(), body["to"].clone()))
        .collect();
    for (kind, suffix) in [
        ("azurerm_storage_account", "account"),
        ("azurerm_storage_container", "raw"),
        ("azurerm_resource_group", "group"),
    ] {
        let pair = (
            json!(format!("<{kind}.tickets_{suffix}>")),
            json!(format!("<{kind}.cases_{suffix}>")),
        );
        assert!(moved.contains(&pair), "{pair:?} in {moved:?}");
    }
    let access: Vec<_> = blocks(outcome.compiled(), ACCESS)
        .iter()
        .filter(|one| one.block.identifier() == "moved")
        .collect();
    assert_eq!(access.len(), 3);
}

#[test]
fn policies_look_at_their_own_environment_only_and_have_lawful_names() {
    let outcome = Mesh::minimal().compile();
    let compiled = outcome.compiled();
    let mut assigned = 0;
    for artifact in compiled
        .artifacts
        .iter()
        .filter(|artifact| artifact.path.contains("_mesh/azure/policies/assign-"))
    {
        assigned += 1;
        let env = artifact.path.split('/').next().unwrap();
        let name = artifact
            .path
            .rsplit('/')
            .next()
            .unwrap()
            .trim_start_matches("assign-")
            .trim_end_matches(".json");
        assert!(name.len() <= 24, "{name}");
        let assignment = &document(compiled, &artifact.path)["properties"];
        let id = assignment["policyDefinitionId"].as_str().unwrap();
        let definition = &document(
            compiled,
            &format!(
                "{env}/_mesh/azure/policies/{}.json",
                id.rsplit('/').next().unwrap()
            ),
        )["properties"];
        let subscription = if env == "dev" {
            "0a1b2c3d-1111-4222-8333-444455556666"
        } else {
            "0a1b2c3d-1111-4222-8333-777788889999"
        };
        assert_eq!(
            assignment["parameters"]["subscriptions"]["value"],
            json!([subscription])
        );
        assert_eq!(assignment["parameters"]["effect"]["value"], "deny");
        assert_eq!(definition["parameters"]["effect"]["defaultValue"], "audit");
        // Every parameter has a value or a default, and none is unknown.
        let declared = definition["parameters"].as_object().unwrap();
        for (name, parameter) in declared {
            assert!(
                parameter["defaultValue"] != Value::Null
                    || assignment["parameters"][name] != Value::Null,
                "{name}"
            );
        }
        assert!(
            assignment["parameters"]
                .as_object()
                .unwrap()
                .keys()
                .all(|name| declared.contains_key(name))
        );
        assert_eq!(
            definition["policyRule"]["then"],
            json!({"effect": "[parameters('effect')]"})
        );
    }
    assert_eq!(assigned, 10);
}

#[test]
fn azure_takes_every_role_policy_and_assignment() {
    let outcome = Mesh::minimal().compile();
    let compiled = outcome.compiled();
    let server = testkit::arm::ArmServer::start().unwrap();
    server.with(|arm, _| {
        arm.add_management_group("acme-mesh", None);
        for subscription in [
            "0a1b2c3d-1111-4222-8333-444455556666",
            "0a1b2c3d-1111-4222-8333-777788889999",
        ] {
            arm.add_subscription(subscription, subscription, Some("acme-mesh"));
        }
        arm.add_principal(ROUTER, "ServicePrincipal");
        arm.add_principal(OWNER, "Group");
    });
    let above = "/providers/Microsoft.Management/managementGroups/acme-mesh/providers/Microsoft.Authorization";
    let put = |target: &str, body: &Value| {
        let reply = server.ask("PUT", target, Some(body));
        assert!(
            (200..300).contains(&reply.status),
            "{target}: {} {}",
            reply.status,
            reply.value()
        );
    };
    let paths: Vec<&str> = compiled
        .artifacts
        .iter()
        .map(|artifact| artifact.path.as_str())
        .filter(|path| path.contains("_mesh/azure/"))
        .collect();
    let stem = |path: &str| {
        path.rsplit('/')
            .next()
            .unwrap()
            .trim_end_matches(".json")
            .to_owned()
    };
    for path in paths.iter().filter(|path| path.contains("/roles/")) {
        let role = document(compiled, path);
        put(
            &format!(
                "{above}/roleDefinitions/{}?api-version=2022-04-01",
                role["name"].as_str().unwrap()
            ),
            role,
        );
    }
    // Definitions before what assigns them.
    let (assignments, definitions): (Vec<&str>, Vec<&str>) = paths
        .iter()
        .filter(|path| path.contains("/policies/"))
        .partition(|path| path.contains("/assign-"));
    for path in definitions {
        put(
            &format!(
                "{above}/policyDefinitions/{}?api-version=2025-11-01",
                stem(path)
            ),
            document(compiled, path),
        );
    }
    for path in assignments {
        let name = stem(path);
        let name = name.trim_start_matches("assign-");
        put(
            &format!("{above}/policyAssignments/{name}?api-version=2025-11-01"),
            document(compiled, path),
        );
    }
    let mut given = 0;
    for env in ["dev", "prod"] {
        for one in resources(compiled, &format!("{env}/support/azure/access/main.tf")).values() {
            let text = |key: &str| one[key].as_str().unwrap();
            // The things themselves are Terraform's business; here it is enough that they are there.
            let segments: Vec<&str> = text("scope").split('/').collect();
            server.with(|arm, _| {
                // `/subscriptions/S/resourceGroups/G/providers/N/type/name/…`: each pair is one thing.
                for end in (5..=segments.len()).step_by(2).filter(|end| *end != 7) {
                    let id = segments[..end].join("/");
                    arm.put(&id, json!({"id": id, "type": "any/thing", "name": segments[end - 1], "location": "westeurope"}));
                }
            });
            let body = json!({"properties": {
                "roleDefinitionId": one["role_definition_id"], "principalId": one["principal_id"], "principalType": one["principal_type"],
                "description": one["description"], "condition": one["condition"], "conditionVersion": one["condition_version"],
            }});
            put(
                &format!(
                    "{}/providers/Microsoft.Authorization/roleAssignments/{}?api-version=2022-04-01",
                    text("scope"),
                    text("name")
                ),
                &body,
            );
            given += 1;
        }
    }
    assert_eq!(given, 12);
}

/// The aliases of storage accounts that the definitions use, as Azure's alias catalogue of
/// 2026-08-22 has them.
const ALIASES: &str = r#"[{"namespace": "Microsoft.Storage", "resourceTypes": [{"resourceType": "storageAccounts", "aliases": [
    {"name": "Microsoft.Storage/storageAccounts/supportsHttpsTrafficOnly", "defaultPath": "properties.supportsHttpsTrafficOnly"},
    {"name": "Microsoft.Storage/storageAccounts/minimumTlsVersion", "defaultPath": "properties.minimumTlsVersion"},
    {"name": "Microsoft.Storage/storageAccounts/allowBlobPublicAccess", "defaultPath": "properties.allowBlobPublicAccess"},
    {"name": "Microsoft.Storage/storageAccounts/publicNetworkAccess", "defaultPath": "properties.publicNetworkAccess"},
    {"name": "Microsoft.Storage/storageAccounts/networkAcls.defaultAction", "defaultPath": "properties.networkAcls.defaultAction"},
    {"name": "Microsoft.Storage/storageAccounts/allowSharedKeyAccess", "defaultPath": "properties.allowSharedKeyAccess"}
]}]}]"#;

/// What a definition under its assignment says of a resource in a subscription.
fn effect(definition: &Value, assignment: &Value, resource: &Value, subscription: &str) -> String {
    use regorus::languages::azure_policy::aliases::{AliasRegistry, normalizer};
    use regorus::languages::azure_policy::{compiler, parser};
    let mut registry = AliasRegistry::new();
    registry.load_from_json(ALIASES).unwrap();
    let registry = regorus::Rc::new(registry);
    // The engine takes lines of 8,192 columns at most.
    let text = serde_json::to_string_pretty(definition).unwrap();
    let source = regorus::Source::from_contents("definition.json".to_owned(), text).unwrap();
    let parsed = parser::parse_policy_definition(&source).unwrap();
    let program =
        compiler::compile_policy_definition_with_aliases(&parsed, registry.clone()).unwrap();
    let value = |json: &Value| regorus::Value::from_json_str(&json.to_string()).unwrap();
    let given: serde_json::Map<String, Value> = assignment["properties"]["parameters"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, one)| (name.clone(), one["value"].clone()))
        .collect();
    let normal = normalizer::normalize(&value(resource), Some(&registry), Some("2024-01-01"));
    let input = normalizer::build_input_envelope(normal, None, Some(value(&Value::Object(given))));
    let context = json!({
        "resourceGroup": {"name": "g", "id": "g", "location": "westeurope", "tags": {}, "managedBy": null},
        "subscription": {"subscriptionId": subscription, "id": format!("/subscriptions/{subscription}"), "tags": {}},
        "requestContext": {"apiVersion": "2024-01-01", "identity": {}}, "utcNow": "2026-11-01T00:00:00Z", "policy": {},
    });
    let mut vm = regorus::rvm::RegoVM::new();
    vm.load_program(program);
    vm.set_input(input);
    vm.set_context(value(&context));
    vm.set_strict_builtin_errors(true);
    let result = vm.execute_entry_point_by_name("main").unwrap();
    match serde_json::from_str::<Value>(&result.to_json_str().unwrap_or_default()) {
        Ok(value) => value["effect"].as_str().unwrap_or("none").to_lowercase(),
        Err(_) => "none".to_owned(),
    }
}

#[test]
fn policies_deny_exactly_what_the_guardrails_name() {
    let outcome = Mesh::minimal().compile();
    let compiled = outcome.compiled();
    let account = json!({
        "type": "Microsoft.Storage/storageAccounts", "name": "a", "location": "westeurope",
        "properties": {
            "supportsHttpsTrafficOnly": true, "minimumTlsVersion": "TLS1_2", "allowBlobPublicAccess": false,
            "publicNetworkAccess": "Disabled", "networkAcls": {"defaultAction": "Deny"}, "allowSharedKeyAccess": false,
        },
    });
    let with = |pointer: &str, value: Value| {
        let mut changed = account.clone();
        match changed.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => panic!("{pointer}"),
        }
        changed
    };
    let without = |key: &str| {
        let mut changed = account.clone();
        changed["properties"]
            .as_object_mut()
            .unwrap()
            .remove(key)
            .unwrap();
        changed
    };
    let open_network = {
        let mut changed = with("/properties/publicNetworkAccess", json!("Enabled"));
        changed["properties"]["networkAcls"]["defaultAction"] = json!("Allow");
        changed
    };
    let walled = with("/properties/publicNetworkAccess", json!("Enabled"));
    let vault = json!({"type": "Microsoft.KeyVault/vaults", "name": "v", "location": "westeurope", "properties": {}});
    let far = json!({"type": "Microsoft.KeyVault/vaults", "name": "v", "location": "eastus", "properties": {}});
    let global = json!({"type": "Microsoft.Network/privateDnsZones", "name": "z", "location": "global", "properties": {}});
    let group = |location: &str| json!({"type": "Microsoft.Resources/subscriptions/resourceGroups", "name": "g", "location": location});
    let cases: Vec<(&str, Vec<Value>, Vec<Value>)> = vec![
        (
            "storage-tls",
            vec![
                account.clone(),
                with("/properties/minimumTlsVersion", json!("TLS1_3")),
                vault.clone(),
            ],
            vec![
                with("/properties/supportsHttpsTrafficOnly", json!(false)),
                with("/properties/minimumTlsVersion", json!("TLS1_0")),
                without("minimumTlsVersion"),
                without("supportsHttpsTrafficOnly"),
            ],
        ),
        (
            "storage-public",
            vec![account.clone(), walled, vault.clone()],
            vec![
                with("/properties/allowBlobPublicAccess", json!(true)),
                without("allowBlobPublicAccess"),
                open_network,
            ],
        ),
        (
            "storage-shared-key",
            vec![account.clone(), vault.clone()],
            vec![
                with("/properties/allowSharedKeyAccess", json!(true)),
                without("allowSharedKeyAccess"),
            ],
        ),
        ("locations", vec![account.clone(), vault, global], vec![far]),
        (
            "group-locations",
            vec![group("westeurope"), account.clone()],
            vec![group("eastus")],
        ),
    ];
    let own = "0a1b2c3d-1111-4222-8333-777788889999";
    let mut judged = 0;
    for (slug, good, bad) in cases {
        let definition = document(
            compiled,
            &format!("prod/_mesh/azure/policies/minimal-prod-{slug}.json"),
        );
        let assigns = |path: &str| {
            document(compiled, path)["properties"]["policyDefinitionId"]
                .as_str()
                .is_some_and(|id| id.ends_with(&format!("/minimal-prod-{slug}")))
        };
        let path = compiled
            .artifacts
            .iter()
            .map(|one| one.path.as_str())
            .find(|path| path.starts_with("prod/_mesh/azure/policies/assign-") && assigns(path))
            .unwrap();
        let assignment = document(compiled, path);
        for resource in &good {
            assert_eq!(
                effect(definition, assignment, resource, own),
                "none",
                "{slug}: {resource}"
            );
        }
        for resource in &bad {
            assert_eq!(
                effect(definition, assignment, resource, own),
                "deny",
                "{slug}: {resource}"
            );
            // Another environment's subscription is none of its business.
            assert_eq!(
                effect(
                    definition,
                    assignment,
                    resource,
                    "0a1b2c3d-1111-4222-8333-444455556666"
                ),
                "none",
                "{slug}"
            );
        }
        judged += good.len() + 2 * bad.len();
    }
    println!("azure policies: {judged} evaluations");
}

/// Another domain in the same subscriptions, which takes `tickets` over.
pub(crate) fn taken_over(mesh: Mesh) -> Mesh {
    let helpdesk = "apiVersion: meshc/v1\nkind: Domain\nname: helpdesk\nowner: support-team\ncost-center: CC-2002\ncells:\n  dev:\n    azure: {subscription: 0a1b2c3d-1111-4222-8333-444455556666}\n    gcp: {project: acme-support-dev, number: \"100000000001\"}\n  prod:\n    azure: {subscription: 0a1b2c3d-1111-4222-8333-777788889999}\n    gcp: {project: acme-support-prod, number: \"100000000002\"}\nproducts:\n";
    let (mut product, rest) = mesh.cut(SUPPORT, "  - name: tickets\n", "\nneeds:\n");
    product = product.replacen(
        "  - name: tickets\n",
        "  - name: tickets\n    was: support/tickets\n",
        1,
    );
    rest.and("domains/helpdesk.yaml", &format!("{helpdesk}{product}"))
}

#[test]
fn a_product_that_another_domain_took_over_is_imported_there_and_forgotten_here() {
    let outcome = taken_over(Mesh::minimal()).compile();
    let compiled = outcome.compiled();
    let of = |path: &str, kind: &str| -> Vec<Value> {
        let blocks = blocks(compiled, path)
            .iter()
            .filter(|one| one.block.identifier() == kind);
        blocks
            .map(|one| crate::meaning::json(&one.block.body))
            .collect()
    };
    let imports = of("prod/helpdesk/azure/resources/main.tf", "import");
    let imported: BTreeSet<&str> = imports
        .iter()
        .map(|one| one["to"].as_str().unwrap())
        .collect();
    let removed = of(RESOURCES, "removed");
    let forgotten: BTreeSet<&str> = removed
        .iter()
        .map(|one| one["from"].as_str().unwrap())
        .collect();
    let kept = [
        "<azurerm_resource_group.tickets_group>",
        "<azurerm_storage_account.tickets_account>",
        "<azurerm_storage_container.tickets_raw>",
        "<azurerm_storage_container.tickets_curated>",
    ];
    assert_eq!(imported, BTreeSet::from(kept));
    assert_eq!(forgotten, BTreeSet::from(kept));
    assert!(
        removed
            .iter()
            .all(|one| one["lifecycle"][0]["destroy"] == false)
    );
    let all = resources(compiled, "prod/helpdesk/azure/resources/main.tf");
    for one in &imports {
        let address = one["to"].as_str().unwrap().trim_matches(['<', '>']);
        let id = one["id"].as_str().unwrap();
        assert!(id.ends_with(all[address]["name"].as_str().unwrap()), "{id}");
    }
}

#[test]
fn a_product_cannot_be_taken_over_into_another_subscription() {
    let elsewhere = taken_over(Mesh::minimal()).with(
        "domains/helpdesk.yaml",
        "    azure: {subscription: 0a1b2c3d-1111-4222-8333-777788889999}",
        "    azure: {subscription: 0a1b2c3d-1111-4222-8333-00001111aaaa}",
    );
    let outcome = elsewhere.compile();
    assert!(outcome.compiled.is_none());
    let refused: Vec<_> = outcome
        .diagnostics
        .iter()
        .filter(|one| one.code.id() == "E314")
        .collect();
    assert_eq!(refused.len(), 1);
    assert!(refused.iter().all(
        |one| one.message.contains("0a1b2c3d-1111-4222-8333-00001111aaaa") && one.labels.len() == 1
    ));
}

#[test]
fn a_stream_that_brings_its_key_has_a_namespace_of_its_own() {
    let mesh = Mesh::minimal().with(
        SUPPORT,
        "      - {group: call-router, can: [write]}\n",
        "      - {group: call-router, can: [write]}\n    existing:\n      prod:\n        azure: {key: \"https://acme-kv.vault.azure.net/keys/support\"}\n",
    );
    let outcome = mesh.compile();
    let all = resources(outcome.compiled(), RESOURCES);
    let key = &all["azurerm_eventhub_namespace_customer_managed_key.call_events_hubs"];
    assert_eq!(
        key["key_vault_key_ids"],
        json!(["https://acme-kv.vault.azure.net/keys/support"])
    );
    let namespace = &all["azurerm_eventhub_namespace.call_events_hubs"];
    assert_eq!(namespace["name"], "acme-prod-support-call-events");
    // It is the product's, so it keeps its name when the product is renamed.
    let hub = all["azurerm_eventhub.call_events_live"]["namespace_id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(hub, "<azurerm_eventhub_namespace.call_events_hubs.id>");
}
