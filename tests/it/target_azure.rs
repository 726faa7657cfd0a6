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
