//! What the mocks refuse: one edit of a valid configuration each, with the words and the place that are due.

use std::collections::BTreeMap;

use testkit::judges::terraform::Terraform;
use testkit::mock_provider::{MockProviders, embedded};

use crate::roots::{Root, terraform};

/// An edit of `main.tf`, what is said of it, and the file's line of which it is said.
type Wrong = (&'static str, &'static str, &'static str);

/// Each edit leads to exactly one error. Rules that Terraform itself keeps (names, types, nesting) are said by it;
/// the others repeat the vendor's sentence from the rule table.
fn refuses(config: &str, provider: (&str, &str), wrong: &[Wrong]) {
    let tools = terraform();
    let mocks = MockProviders::start(&[provider]).unwrap();
    let terraform = Terraform::with_mocks(&tools, &mocks).unwrap();
    let root = Root::copy_of(config);
    terraform.init_state(root.path()).unwrap();
    assert_eq!(terraform.validate(root.path()).unwrap(), []);
    let main = root.read("main.tf");
    let mut surprises = BTreeMap::new();
    for (from, to, wanted) in wrong {
        assert_eq!(main.matches(from).count(), 1, "`{from}`");
        root.write("main.tf", &main.replace(from, to));
        let found = terraform.validate(root.path()).unwrap();
        let said = |text: &str| text.contains(wanted);
        if !(found.len() == 1 && said(&found[0].to_string()) && found[0].line.is_some()) {
            surprises.insert(format!("{from} -> {to}"), found);
        }
    }
    assert!(surprises.is_empty(), "{surprises:#?}");
    // Nothing of this reaches a world.
    assert_eq!(mocks.log(), []);
}

#[test]
fn azurerm() {
    refuses(
        "azurerm",
        embedded::AZURERM_4,
        &[
            // Names, types, what is required, nesting.
            (
                "  container_access_type ",
                "  container_acess_type ",
                "Unsupported argument",
            ),
            (
                "message_retention = 7",
                "message_retention = \"long\"",
                "Incorrect attribute value type",
            ),
            (
                "  sku                 = \"Standard\"\n",
                "",
                "Missing required argument",
            ),
            (
                "    owner = \"sales\"\n",
                "    owner = [\"sales\"]\n",
                "Incorrect attribute value type",
            ),
            (
                "\"azurerm_eventhub\" \"clicks\"",
                "\"azurerm_eventhubs\" \"clicks\"",
                "Invalid resource type",
            ),
            (
                "  partition_count ",
                "  id = \"x\"\n  partition_count ",
                "unconfigurable attribute",
            ),
            // Values: "Possible values are …", names, ranges.
            ("\"ZRS\"", "\"ZSR\"", "is not one of LRS"),
            ("\"TLS1_2\"", "\"TLS1_9\"", "is not one of"),
            ("\"acmeorders\"", "\"Acme-Orders\"", "does not match"),
            ("\"acmeorders\"", "\"ab\"", "does not match"),
            ("\"private\"", "\"secret\"", "is not one of"),
            (
                "\"Standard\"\n}\n\nresource \"azurerm_eventhub\"",
                "\"Standart\"\n}\n\nresource \"azurerm_eventhub\"",
                "is not one of Basic",
            ),
            (
                "message_retention = 7",
                "message_retention = 91",
                "not in the range",
            ),
            (
                "partition_count   = 2",
                "partition_count   = 0",
                "not in the range",
            ),
            ("\"raw\"\n  storage", "\"Raw\"\n  storage", "does not match"),
        ],
    );
}

#[test]
fn google() {
    refuses(
        "google",
        embedded::GOOGLE_6,
        &[
            (
                "  uniform_bucket_level_access",
                "  uniform_bucket_access",
                "Unsupported argument",
            ),
            (
                "uniform_bucket_level_access = true",
                "uniform_bucket_level_access = \"maybe\"",
                "Incorrect attribute value type",
            ),
            (
                "  dataset_id = \"orders\"\n",
                "",
                "Missing required argument",
            ),
            (
                "  encryption {\n",
                "  encrypted {\n",
                "Unsupported block type",
            ),
            (
                "    default_kms_key_name = google_kms_crypto_key.internal.id\n",
                "",
                "Missing required argument",
            ),
            (
                "google_kms_key_ring.keys.id",
                "google_kms_key_ring.kyes.id",
                "Reference to undeclared resource",
            ),
            (
                "\"google_pubsub_topic\"",
                "\"google_pubsub_topics\"",
                "Invalid resource type",
            ),
            (
                "\"acme-orders-gcp\"",
                "\"Acme_Orders GCP\"",
                "does not match",
            ),
            (
                "\"roles/storage.objectViewer\"",
                "\"storage.objectViewer\"",
                "does not match",
            ),
            (
                "\"group:sales@acme.example\"",
                "\"sales@acme.example\"",
                "does not match",
            ),
            ("\"7776000s\"", "\"90 days\"", "does not match"),
            (
                "\"orders\"\n  location   = ",
                "\"or-ders\"\n  location   = ",
                "does not match",
            ),
            (
                "    owner = \"sales\"\n",
                "    Owner = \"sales\"\n",
                "does not match",
            ),
            ("\"acme-orders-events\"", "\"goog-orders\"", "match"),
        ],
    );
}

#[test]
fn aws() {
    let tools = terraform();
    let mocks = MockProviders::start(&[embedded::AWS_5]).unwrap();
    let terraform = Terraform::with_mocks(&tools, &mocks).unwrap();
    let root = Root::copy_of("aws");
    terraform.init_state(root.path()).unwrap();
    let wrong: &[(&str, &str, &str, &str)] = &[
        (
            "kms.tf",
            "deletion_window_in_days = 30",
            "deletion_window_in_days = 6",
            "not in the range",
        ),
        (
            "kms.tf",
            "\"ENCRYPT_DECRYPT\"",
            "\"ENCRYPT\"",
            "is not one of",
        ),
        (
            "kms.tf",
            "\"alias/acme-prod-sales-confidential\"",
            "\"acme-prod-sales-confidential\"",
            "does not match",
        ),
        (
            "kms.tf",
            "rotation_period_in_days",
            "rotation_period_in_day",
            "Unsupported argument",
        ),
        (
            "kms.tf",
            "  operations        = [\"Decrypt\", \"DescribeKey\"]\n",
            "",
            "Missing required argument",
        ),
        (
            "kms.tf",
            "[\"Decrypt\", \"DescribeKey\"]",
            "[\"Decrypt\", \"Describe\"]",
            "is not one of",
        ),
        (
            "kms.tf",
            "  multi_region            = false",
            "  multi_region            = [false]",
            "Incorrect attribute value type",
        ),
        ("kms.tf", "  policy = \"{", "  policy = \"", ""),
    ];
    let mut surprises = BTreeMap::new();
    for (file, from, to, wanted) in wrong {
        let text = root.read(file);
        root.edit(file, from, to);
        let found = terraform.validate(root.path()).unwrap();
        if !(found.len() == 1 && found[0].to_string().contains(wanted)) {
            surprises.insert(format!("{from} -> {to}"), found);
        }
        root.write(file, &text);
    }
    assert!(surprises.is_empty(), "{surprises:#?}");
    assert_eq!(terraform.validate(root.path()).unwrap(), []);
}
