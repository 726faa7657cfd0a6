//! What the Google Cloud target makes of a mesh, judged by meaning: each test reads the artifacts as
//! Google Cloud would, not their text.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::meaning::{Mesh, blocks, document, of_type, resources};

const RESOURCES: &str = "prod/support/gcp/resources/main.tf";
const ACCESS: &str = "prod/support/gcp/access/main.tf";
const SUPPORT: &str = "domains/support.yaml";
const ROUTER: &str = "serviceAccount:call-router@acme-support-prod.iam.gserviceaccount.com";

fn on_gcp_only(mesh: Mesh) -> Mesh {
    let text = "    classification: internal\n    retention: 730d\n    targets: [azure, gcp]";
    mesh.with(SUPPORT, text, &text.replace("[azure, gcp]", "[gcp]"))
}

fn with_personal_column(mesh: Mesh) -> Mesh {
    mesh.with(
        SUPPORT,
        "      - {name: topic, type: string(64)}",
        "      - {name: topic, type: string(64)}\n      - {name: caller, type: string, classification: pii}",
    )
}

/// `tickets` with another access list.
fn with_access(mesh: Mesh, list: &str) -> Mesh {
    mesh.with(
        SUPPORT,
        "      - {group: call-router, can: [write], on: [raw]}",
        list,
    )
}

/// Every binding of a member as `(type, thing, role without prefix)`.
fn bindings(
    all: &std::collections::BTreeMap<String, Value>,
    member: &str,
) -> BTreeSet<(String, String, String)> {
    all.iter()
        .filter(|(_, one)| one["member"] == member)
        .map(|(address, one)| {
            let kind = address
                .split('.')
                .next()
                .unwrap()
                .trim_start_matches("google_")
                .trim_end_matches("_iam_member");
            let on = [
                "table_id",
                "bucket",
                "topic",
                "subscription",
                "data_policy_id",
                "policy_tag",
                "project",
            ];
            let on = on.iter().find_map(|key| one[*key].as_str()).unwrap();
            let role = one["role"].as_str().unwrap().rsplit('/').next().unwrap();
            (
                kind.to_owned(),
                on.to_owned(),
                role.trim_start_matches("minimal_prod_").to_owned(),
            )
        })
        .collect()
}

fn triples(list: &[(&str, &str, &str)]) -> BTreeSet<(String, String, String)> {
    list.iter()
        .map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned()))
        .collect()
}

#[test]
fn buckets_are_private_encrypted_and_age_without_the_trap_of_a_missing_age() {
    let outcome = Mesh::minimal().compile();
    let all = resources(outcome.compiled(), RESOURCES);
    assert_eq!(of_type(&all, "google_storage_bucket").len(), 2);
    let bucket = &all["google_storage_bucket.tickets_curated"];
    assert_eq!(bucket["uniform_bucket_level_access"], true);
    assert_eq!(bucket["public_access_prevention"], "enforced");
    assert_eq!(bucket["force_destroy"], false);
    assert_eq!(
        bucket["encryption"][0]["default_kms_key_name"],
        "<google_kms_crypto_key.internal.id>"
    );
    assert_eq!(bucket["lifecycle"][0]["prevent_destroy"], true);
    assert_eq!(
        bucket["soft_delete_policy"][0]["retention_duration_seconds"],
        30 * 86_400
    );
    for rule in bucket["lifecycle_rule"].as_array().unwrap() {
        // A rule without an age is sent as one of age 0 and fires at once.
        assert_eq!(rule["condition"][0]["send_age_if_zero"], false);
    }
    let ages: Vec<_> = bucket["lifecycle_rule"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| {
            (
                rule["action"][0]["type"].clone(),
                rule["condition"][0]["age"].clone(),
            )
        })
        .collect();
    assert!(
        ages.contains(&(json!("SetStorageClass"), json!(90)))
            && ages.contains(&(json!("Delete"), json!(730))),
        "{ages:?}"
    );
}

#[test]
fn replaced_objects_come_back_by_soft_delete_or_by_versions() {
    let short = on_gcp_only(Mesh::minimal()).with(
        SUPPORT,
        "    zones: [raw, curated]\n",
        "    zones: [raw, curated]\n    defaults: {undelete: 3d}\n",
    );
    let outcome = short.compile();
    let all = resources(outcome.compiled(), RESOURCES);
    let bucket = &all["google_storage_bucket.tickets_raw"];
    assert_eq!(
        bucket["soft_delete_policy"][0]["retention_duration_seconds"],
        0
    );
    assert_eq!(bucket["versioning"][0]["enabled"], true);
    let rule = bucket["lifecycle_rule"]
        .as_array()
        .unwrap()
        .iter()
        .find(|rule| rule["condition"][0]["days_since_noncurrent_time"] == 3)
        .unwrap();
    assert_eq!(rule["action"][0]["type"], "Delete");
    assert_eq!(rule["condition"][0]["send_age_if_zero"], false);
}

#[test]
fn service_agents_may_use_the_key_and_nobody_else() {
    let outcome = Mesh::minimal().compile();
    let all = resources(outcome.compiled(), RESOURCES);
    let members: BTreeSet<&str> = of_type(&all, "google_kms_crypto_key_iam_member")
        .iter()
        .map(|label| {
            all[&format!("google_kms_crypto_key_iam_member.{label}")]["member"]
                .as_str()
                .unwrap()
        })
        .collect();
    let expected = BTreeSet::from([
        "serviceAccount:service-100000000002@gs-project-accounts.iam.gserviceaccount.com",
        "serviceAccount:bq-100000000002@bigquery-encryption.iam.gserviceaccount.com",
        "serviceAccount:service-100000000002@gcp-sa-pubsub.iam.gserviceaccount.com",
    ]);
    assert_eq!(members, expected);
    let key = &all["google_kms_crypto_key.internal"];
    assert_eq!(key["rotation_period"], "7776000s");
    assert_eq!(key["lifecycle"][0]["prevent_destroy"], true);
}

#[test]
fn a_dataset_gives_editors_and_viewers_of_the_project_nothing() {
    let outcome = Mesh::minimal().compile();
    let all = resources(outcome.compiled(), RESOURCES);
    let dataset = &all["google_bigquery_dataset.tickets_tables"];
    assert_eq!(
        dataset["access"],
        json!([{"role": "OWNER", "special_group": "projectOwners"}])
    );
    assert_eq!(
        dataset["lifecycle"][0]["ignore_changes"],
        json!(["<access>"])
    );
    assert_eq!(
        dataset["default_encryption_configuration"][0]["kms_key_name"],
        "<google_kms_crypto_key.internal.id>"
    );
}

#[test]
fn every_group_has_exactly_its_roles_on_each_thing() {
    let outcome = Mesh::minimal().compile();
    let all = resources(outcome.compiled(), ACCESS);
    assert!(all.keys().all(|address| !address.contains("_iam_binding")
        && !address.contains("_iam_policy")
        && !address.contains("dataset_iam")));
    assert_eq!(
        bindings(&all, ROUTER),
        triples(&[
            (
                "storage_bucket",
                "acme-prod-support-tickets-raw",
                "bucket_write"
            ),
            ("bigquery_table", "raw", "table_look"),
            (
                "pubsub_topic",
                "acme-prod-support-call-events-live",
                "topic_write"
            ),
        ])
    );
    assert_eq!(
        bindings(&all, "group:support-team@acme.example"),
        triples(&[
            (
                "storage_bucket",
                "acme-prod-support-tickets-raw",
                "bucket_own"
            ),
            (
                "storage_bucket",
                "acme-prod-support-tickets-curated",
                "bucket_own"
            ),
            ("bigquery_table", "raw", "table_read"),
            ("bigquery_table", "raw", "table_steward"),
            ("bigquery_table", "curated", "table_read"),
            ("bigquery_table", "curated", "table_steward"),
            (
                "pubsub_topic",
                "acme-prod-support-call-events-live",
                "topic_write"
            ),
            (
                "pubsub_subscription",
                "acme-prod-support-call-events-live-support-team",
                "subscription_read"
            ),
            ("project", "acme-support-prod", "project_query"),
        ])
    );
    // Every role that is bound is defined, at the organization.
    for one in all.values().filter_map(|one| one["role"].as_str()) {
        let id = one
            .strip_prefix("organizations/123456789012/roles/")
            .unwrap();
        document(
            outcome.compiled(),
            &format!("prod/_mesh/gcp/roles/{id}.yaml"),
        );
    }
}

#[test]
fn a_right_that_ends_has_a_condition_where_the_thing_takes_one() {
    let mesh = with_access(
        on_gcp_only(Mesh::minimal()),
        "      - {group: call-router, can: [read], on: [curated], until: 2027-12-31}",
    )
    .with(
        SUPPORT,
        "      - {group: call-router, can: [write]}",
        "      - {group: call-router, can: [write], until: 2027-12-31}",
    );
    let outcome = mesh.compile();
    let all = resources(outcome.compiled(), ACCESS);
    let mut conditional = BTreeSet::new();
    for (address, one) in all.iter().filter(|(_, one)| one["member"] == ROUTER) {
        if one["condition"] == Value::Null {
            assert!(address.contains("pubsub"), "{address}");
        } else {
            assert_eq!(
                one["condition"][0]["expression"],
                "request.time < timestamp(\"2028-01-01T00:00:00Z\")"
            );
            assert_eq!(one["condition"][0]["title"], "until 2027-12-31");
            conditional.insert(address.split('.').next().unwrap().to_owned());
        }
    }
    assert_eq!(
        conditional,
        BTreeSet::from([
            "google_bigquery_table_iam_member".to_owned(),
            "google_project_iam_member".to_owned(),
            "google_storage_bucket_iam_member".to_owned()
        ])
    );
}

#[test]
fn hidden_columns_come_as_null_and_never_with_objects() {
    let mesh = with_access(
        with_personal_column(on_gcp_only(Mesh::minimal())),
        "      - {group: call-router, can: [read], on: [curated]}",
    );
    let outcome = mesh.compile();
    let compiled = outcome.compiled();
    let all = resources(compiled, ACCESS);
    assert_eq!(
        bindings(&all, ROUTER),
        triples(&[
            ("bigquery_table", "curated", "table_read"),
            (
                "bigquery_datapolicy_data_policy",
                "prod_support_tickets_curated_pii",
                "bigquerydatapolicy.maskedReader"
            ),
            (
                "pubsub_topic",
                "acme-prod-support-call-events-live",
                "topic_write"
            ),
            ("project", "acme-support-prod", "project_query"),
        ])
    );
    // The owner writes and deletes objects and reads none.
    let owner = bindings(&all, "group:support-team@acme.example");
    assert!(owner.contains(&(
        "storage_bucket".to_owned(),
        "acme-prod-support-tickets-raw".to_owned(),
        "bucket_change".to_owned()
    )));
    assert!(
        !owner
            .iter()
            .any(|(_, _, role)| role == "bucket_own" || role == "bucket_read")
    );
    let schema = document(
        compiled,
        "prod/support/gcp/resources/schemas/prod_support_tickets-curated.json",
    );
    let caller = schema
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["name"] == "caller")
        .unwrap();
    assert_eq!(
        caller["policyTags"]["names"],
        json!(["@@policy_tag_tickets_curated_pii@@"])
    );
    assert!(
        schema
            .as_array()
            .unwrap()
            .iter()
            .filter(|field| field["name"] != "caller")
            .all(|field| field["policyTags"] == Value::Null)
    );
    let things = resources(compiled, RESOURCES);
    let table = &things["google_bigquery_table.tickets_curated"];
    let text = table["schema"].as_str().unwrap();
    assert!(text.contains("replace(file(\"schemas/prod_support_tickets-curated.json\"), \"@@policy_tag_tickets_curated_pii@@\", google_data_catalog_policy_tag.tickets_curated_pii.name)"), "{text}");
    let policy = &things["google_bigquery_datapolicy_data_policy.tickets_curated_pii"];
    assert_eq!(
        policy["data_masking_policy"][0]["predefined_expression"],
        "ALWAYS_NULL"
    );
    assert_eq!(
        things["google_data_catalog_taxonomy.tickets_columns"]["activated_policy_types"],
        json!(["FINE_GRAINED_ACCESS_CONTROL"])
    );
}

#[test]
fn whoever_may_unmask_reads_the_tag_of_that_zone_only() {
    let mesh = with_access(
        with_personal_column(on_gcp_only(Mesh::minimal())),
        "      - {group: call-router, can: [read, unmask], on: [curated]}",
    );
    let outcome = mesh.compile();
    let all = resources(outcome.compiled(), ACCESS);
    let router = bindings(&all, ROUTER);
    assert!(
        router.contains(&(
            "data_catalog_policy_tag".to_owned(),
            "<var.policy_tag_tickets_curated_pii>".to_owned(),
            "datacatalog.categoryFineGrainedReader".to_owned()
        )),
        "{router:?}"
    );
    assert!(router.contains(&(
        "storage_bucket".to_owned(),
        "acme-prod-support-tickets-curated".to_owned(),
        "bucket_read".to_owned()
    )));
    assert!(
        !router
            .iter()
            .any(|(kind, _, _)| kind == "bigquery_datapolicy_data_policy")
    );
    let variables: Vec<&str> = blocks(outcome.compiled(), ACCESS)
        .iter()
        .filter(|one| one.block.identifier() == "variable")
        .map(|one| one.block.labels[0].as_str())
        .collect();
    assert_eq!(variables, ["policy_tag_tickets_curated_pii"]);
    let outputs: BTreeSet<&str> = blocks(outcome.compiled(), RESOURCES)
        .iter()
        .filter(|one| one.block.identifier() == "output")
        .map(|one| one.block.labels[0].as_str())
        .collect();
    assert!(outputs.contains("policy_tag_tickets_curated_pii"));
    // In dev nobody unmasks.
    let dev = resources(outcome.compiled(), "dev/support/gcp/access/main.tf");
    assert!(of_type(&dev, "google_data_catalog_policy_tag_iam_member").is_empty());
    assert!(!of_type(&dev, "google_bigquery_datapolicy_data_policy_iam_member").is_empty());
}

#[test]
fn some_columns_are_a_view_and_neither_table_nor_objects() {
    let mesh = with_access(on_gcp_only(Mesh::minimal()), "      - {group: call-router, can: [read], on: [topics]}").with(
        SUPPORT,
        "    zones: [raw, curated]\n",
        "    zones: [raw, curated]\n    outputs:\n      - {name: topics, zone: curated, columns: [topic, ticket_id]}\n",
    );
    let outcome = mesh.compile();
    let compiled = outcome.compiled();
    let all = resources(compiled, ACCESS);
    assert_eq!(
        bindings(&all, ROUTER)
            .into_iter()
            .filter(|(kind, _, _)| kind != "pubsub_topic")
            .collect::<BTreeSet<_>>(),
        triples(&[
            ("bigquery_table", "topics", "table_read"),
            ("project", "acme-support-prod", "project_query")
        ])
    );
    let things = resources(compiled, RESOURCES);
    let view = &things["google_bigquery_table.tickets_topics"];
    assert_eq!(
        view["view"][0]["query"],
        "SELECT `ticket_id`, `topic` FROM `acme-support-prod.prod_support_tickets.curated`"
    );
    let entry = &all["google_bigquery_dataset_access.tickets_topics"];
    assert_eq!(entry["dataset_id"], "prod_support_tickets");
    assert_eq!(entry["view"][0]["dataset_id"], "prod_support_tickets_views");
}

#[test]
fn tables_of_bigquerys_own_expire_row_by_row_and_have_exact_types() {
    let mesh = Mesh::minimal().with(
        SUPPORT,
        "needs:\n",
        "  - name: costs\n    kind: table\n    version: 1.0.0\n    classification: internal\n    retention: 400d\n    targets: [gcp]\n    columns:\n      - {name: id, type: string(36), key: true}\n      - {name: amount, type: \"decimal(12,2)\", required: true}\n      - {name: day, type: date, required: true}\n      - {name: region, type: string}\n      - {name: tags, type: array(string)}\n      - {name: seen, type: timestamp}\n    partition-by: [day, region]\n\nneeds:\n",
    );
    let outcome = mesh.compile();
    let things = resources(outcome.compiled(), RESOURCES);
    let tables = of_type(&things, "google_bigquery_table");
    let label = tables
        .iter()
        .find(|label| label.starts_with("costs_"))
        .unwrap();
    let table = &things[&format!("google_bigquery_table.{label}")];
    assert_eq!(table["time_partitioning"][0]["field"], "day");
    assert_eq!(
        table["time_partitioning"][0]["expiration_ms"],
        400_u64 * 86_400_000
    );
    assert_eq!(table["clustering"], json!(["region"]));
    assert_eq!(
        table["table_constraints"][0]["primary_key"][0]["columns"],
        json!(["id"])
    );
    assert_eq!(
        table["encryption_configuration"][0]["kms_key_name"],
        "<google_kms_crypto_key.internal.id>"
    );
    let zone = label.strip_prefix("costs_").unwrap();
    let schema = document(
        outcome.compiled(),
        &format!("prod/support/gcp/resources/schemas/prod_support_costs-{zone}.json"),
    );
    let by_name = |name: &str| {
        schema
            .as_array()
            .unwrap()
            .iter()
            .find(|field| field["name"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(
        by_name("amount"),
        json!({"name": "amount", "type": "NUMERIC", "mode": "REQUIRED", "precision": "12", "scale": "2"})
    );
    assert_eq!(by_name("id")["maxLength"], "36");
    assert_eq!(
        by_name("tags"),
        json!({"name": "tags", "type": "STRING", "mode": "REPEATED"})
    );
    assert_eq!(by_name("seen")["type"], "DATETIME");
}

#[test]
fn files_that_are_split_by_a_column_keep_it_out_of_the_schema() {
    let mesh = on_gcp_only(Mesh::minimal()).with(
        SUPPORT,
        "    zones: [raw, curated]\n",
        "    zones: [raw, curated]\n    partition-by: [topic]\n",
    );
    let outcome = mesh.compile();
    let things = resources(outcome.compiled(), RESOURCES);
    let split = &things["google_bigquery_table.tickets_raw"]["external_data_configuration"][0]["hive_partitioning_options"]
        [0];
    assert_eq!(
        split["source_uri_prefix"],
        "gs://acme-prod-support-tickets-raw/{topic:STRING}"
    );
    let schema = document(
        outcome.compiled(),
        "prod/support/gcp/resources/schemas/prod_support_tickets-raw.json",
    );
    assert!(
        schema
            .as_array()
            .unwrap()
            .iter()
            .all(|field| field["name"] != "topic")
    );
}

#[test]
fn what_google_does_not_take_is_refused() {
    let hidden = Mesh::minimal()
        .with(
            SUPPORT,
            "targets: [azure, gcp]\n    retention: 7d",
            "targets: [gcp]\n    retention: 7d",
        )
        .with(
            SUPPORT,
            "      - {name: event, type: string, required: true}",
            "      - {name: event, type: string, classification: pii}",
        );
    let (message, (), help) = {
        let outcome = hidden.compile();
        assert!(outcome.compiled.is_none());
        let one = outcome
            .diagnostics
            .iter()
            .find(|one| one.code.id() == "E303")
            .unwrap();
        (one.message.clone(), (), one.help.clone())
    };
    assert!(
        message.contains("whoever reads an event sees all of it") && !help.is_empty(),
        "{message}"
    );

    let replay = Mesh::minimal()
        .with(
            SUPPORT,
            "targets: [azure, gcp]\n    retention: 7d",
            "targets: [gcp]\n    retention: 7d",
        )
        .with(SUPPORT, "replay: 24h", "replay: 5m");
    assert!(
        replay
            .compile()
            .diagnostics
            .iter()
            .any(|one| one.code.id() == "E306" && one.message.contains("10m to 31d"))
    );

    let name =
        on_gcp_only(Mesh::minimal()).with(SUPPORT, "  - name: tickets\n", "  - name: google-ads\n");
    assert!(
        name.compile()
            .diagnostics
            .iter()
            .any(|one| one.code.id() == "E306" && one.message.contains("google"))
    );

    let column = on_gcp_only(Mesh::minimal()).with(
        SUPPORT,
        "{name: topic, type: string(64)}",
        "{name: \"größe cm\", type: string(64)}",
    );
    assert!(
        column
            .compile()
            .diagnostics
            .iter()
            .any(|one| one.code.id() == "E310" && one.message.contains("größe"))
    );

    let key = Mesh::minimal().with(
        SUPPORT,
        "      - {group: call-router, can: [write], on: [raw]}",
        "      - {group: call-router, can: [write], on: [raw]}\n    existing:\n      prod:\n        gcp: {key: \"projects/acme-keys/locations/europe-west4/keyRings/mesh/cryptoKeys/support\"}",
    );
    assert!(
        key.compile()
            .diagnostics
            .iter()
            .any(|one| one.code.id() == "E306" && one.message.contains("europe-west4"))
    );
}

#[test]
fn an_owner_who_may_unmask_reads_events_with_hidden_columns() {
    let mesh = |can: &str| {
        Mesh::minimal()
            .with("mesh.yaml", "    governance:\n      unmask: never # nobody sees personal data in clear outside prod\n", "")
            .with(SUPPORT, "targets: [azure, gcp]\n    retention: 7d", "targets: [gcp]\n    retention: 7d")
            .with(SUPPORT, "      - {name: event, type: string, required: true}", "      - {name: event, type: string, classification: pii}")
            .with(SUPPORT, "      - {group: call-router, can: [write]}", &format!("      - {{group: support-team, can: [{can}]}}"))
    };
    let outcome = mesh("own, unmask").compile();
    let all = resources(outcome.compiled(), ACCESS);
    assert!(all.contains_key(
        "google_pubsub_subscription_iam_member.call_events_live_support_team_subscription_read"
    ));
    assert!(
        mesh("own")
            .compile()
            .diagnostics
            .iter()
            .any(|one| one.code.id() == "E303")
    );
}

#[test]
fn custom_roles_and_organization_policies_are_lawful() {
    let outcome = Mesh::minimal().compile();
    let compiled = outcome.compiled();
    let (mut roles, mut policies) = (0, 0);
    for artifact in compiled
        .artifacts
        .iter()
        .filter(|artifact| artifact.path.contains("_mesh/gcp/"))
    {
        let name = artifact
            .path
            .rsplit('/')
            .next()
            .unwrap()
            .trim_end_matches(".yaml");
        let value = document(compiled, &artifact.path);
        if artifact.path.contains("/roles/") {
            roles += 1;
            assert!(
                (3..=64).contains(&name.len())
                    && name
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.'),
                "{name}"
            );
            assert!(
                value["title"].as_str().unwrap().len() <= 100
                    && value["description"].as_str().unwrap().len() <= 256
            );
            assert_eq!(value["stage"], "GA");
            for permission in value["includedPermissions"].as_array().unwrap() {
                assert!(
                    !permission.as_str().unwrap().starts_with("resourcemanager."),
                    "{permission}"
                );
                assert!(
                    !permission
                        .as_str()
                        .unwrap()
                        .to_lowercase()
                        .contains("setiampolicy"),
                    "{permission}"
                );
            }
        } else {
            policies += 1;
            let env = artifact.path.split('/').next().unwrap();
            assert!(
                value["name"]
                    .as_str()
                    .unwrap()
                    .starts_with(&format!("projects/acme-support-{env}/policies/"))
            );
            assert_eq!(value["spec"]["rules"].as_array().unwrap().len(), 1);
        }
    }
    assert_eq!((roles, policies), (28, 10));
    let regions = document(
        compiled,
        "prod/_mesh/gcp/policies/acme-support-prod-gcp-resourceLocations.yaml",
    );
    assert_eq!(
        regions["spec"]["rules"][0]["values"]["allowedValues"],
        json!(["in:europe-west1-locations"])
    );
}

#[test]
fn google_takes_every_role_and_policy() {
    let outcome = Mesh::minimal().compile();
    let compiled = outcome.compiled();
    let server = testkit::gcp::GcpServer::start().unwrap();
    server.with(|gcp, _| {
        gcp.add_project("acme-support-dev", "123456789012");
        gcp.add_project("acme-support-prod", "123456789012");
    });
    let post = |target: &str, body: &Value| {
        let reply = server.ask("POST", target, Some(body));
        assert!(
            (200..300).contains(&reply.status),
            "{target}: {} {}",
            reply.status,
            reply.value()
        );
    };
    let mut taken = 0;
    for artifact in compiled
        .artifacts
        .iter()
        .filter(|artifact| artifact.path.contains("_mesh/gcp/"))
    {
        let value = document(compiled, &artifact.path);
        let stem = artifact
            .path
            .rsplit('/')
            .next()
            .unwrap()
            .trim_end_matches(".yaml");
        if artifact.path.contains("/roles/") {
            post(
                "/v1/organizations/123456789012/roles",
                &json!({"roleId": stem, "role": value}),
            );
        } else {
            let parent = value["name"]
                .as_str()
                .unwrap()
                .split("/policies/")
                .next()
                .unwrap();
            post(&format!("/v2/{parent}/policies"), value);
        }
        taken += 1;
    }
    assert_eq!(taken, 38);
}

#[test]
fn a_product_that_another_domain_took_over_is_imported_there_and_forgotten_here() {
    let outcome = crate::target_azure::taken_over(Mesh::minimal()).compile();
    let compiled = outcome.compiled();
    let of = |path: &str, kind: &str, key: &str| -> BTreeSet<String> {
        let blocks = blocks(compiled, path)
            .iter()
            .filter(|one| one.block.identifier() == kind);
        blocks
            .map(|one| {
                crate::meaning::json(&one.block.body)[key]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    };
    let imported = of("prod/helpdesk/gcp/resources/main.tf", "import", "to");
    assert_eq!(imported, of(RESOURCES, "removed", "from"));
    let ids = of("prod/helpdesk/gcp/resources/main.tf", "import", "id");
    for id in [
        "acme-support-prod/acme-prod-helpdesk-tickets-raw",
        "projects/acme-support-prod/datasets/prod_helpdesk_tickets",
        "projects/acme-support-prod/datasets/prod_helpdesk_tickets/tables/raw",
    ] {
        // Without a lock the names are the new ones; with one they are those that are there.
        assert!(ids.contains(id), "{id} in {ids:?}");
    }
}
