//! Validate, plan, apply, plan again, change in place, replace, remove behind terraform's back, import, destroy.

use testkit::judges::terraform::{Change, Terraform};
use testkit::mock_provider::{Key, MockProviders, Operation, embedded};

use crate::roots::{Root, terraform};

/// Everything that a configuration holds is made, read back as it is, and destroyed.
fn whole_life(config: &str, provider: (&str, &str), resources: usize) {
    let tools = terraform();
    let mocks = MockProviders::start(&[provider]).unwrap();
    let terraform = Terraform::with_mocks(&tools, &mocks).unwrap();
    let root = Root::copy_of(config);
    assert_eq!(terraform.unformatted(root.path()).unwrap(), [""; 0]);
    terraform.init_state(root.path()).unwrap();
    assert_eq!(terraform.validate(root.path()).unwrap(), []);
    let plan = terraform.plan(root.path(), &[]).unwrap();
    assert_eq!(plan.with_actions(&["create"]).len(), resources);
    terraform.apply(root.path(), &[]).unwrap();
    assert_eq!(mocks.store().keys().len(), resources);
    let second = terraform.plan(root.path(), &[]).unwrap();
    assert!(!second.has_changes, "{:#?}", second.done());
    assert_eq!(second.drift, []);
    terraform.destroy(root.path()).unwrap();
    assert_eq!(mocks.store().keys(), []);
    let deleted = |it: &&_| Operation::Delete == ops(it);
    assert_eq!(mocks.log().iter().filter(deleted).count(), resources);
}

fn ops(entry: &testkit::mock_provider::LogEntry) -> Operation {
    entry.op
}

#[test]
fn every_aws_type_lives_and_dies() {
    whole_life("aws", embedded::AWS_5, 70);
}

#[test]
fn azurerm_types_live_and_die() {
    whole_life("azurerm", embedded::AZURERM_4, 6);
}

#[test]
fn google_types_live_and_die() {
    whole_life("google", embedded::GOOGLE_6, 6);
}

/// The change that an edit of an applied configuration leads to, and what the apply did to the object.
fn edited(
    config: &str,
    provider: (&str, &str),
    edits: &[(&str, &str)],
    address: &str,
) -> (Change, Vec<Operation>) {
    let tools = terraform();
    let mocks = MockProviders::start(&[provider]).unwrap();
    let terraform = Terraform::with_mocks(&tools, &mocks).unwrap();
    let root = Root::copy_of(config);
    terraform.init_state(root.path()).unwrap();
    terraform.apply(root.path(), &[]).unwrap();
    let before = mocks.log().len();
    for (from, to) in edits {
        root.edit("main.tf", from, to);
    }
    let plan = terraform.plan(root.path(), &[]).unwrap();
    let change = plan.change(address).unwrap().clone();
    terraform.apply(root.path(), &[]).unwrap();
    let second = terraform.plan(root.path(), &[]).unwrap();
    assert!(!second.has_changes, "{:#?}", second.done());
    let kind = address.split('.').next().unwrap();
    let log = mocks.log();
    let done = log[before..].iter().filter(|it| it.kind == kind);
    (change, done.map(ops).collect())
}

#[test]
fn a_tag_changes_in_place() {
    let (change, done) = edited(
        "azurerm",
        embedded::AZURERM_4,
        &[("owner = \"sales\"", "owner = \"support\"")],
        "azurerm_storage_account.orders",
    );
    assert_eq!(change.actions, ["update"]);
    assert_eq!(change.replace_paths, [""; 0]);
    assert_eq!(done, [Operation::Update]);
}

#[test]
fn a_name_replaces() {
    let (change, done) = edited(
        "azurerm",
        embedded::AZURERM_4,
        &[("= \"raw\"", "= \"curated\"")],
        "azurerm_storage_container.raw",
    );
    assert_eq!(change.actions, ["delete", "create"]);
    assert_eq!(change.replace_paths, ["name"]);
    assert_eq!(done, [Operation::Delete, Operation::Create]);

    let (change, done) = edited(
        "google",
        embedded::GOOGLE_6,
        &[("\"acme-orders-events\"", "\"acme-orders-clicks\"")],
        "google_pubsub_topic.events",
    );
    assert_eq!(change.actions, ["delete", "create"]);
    assert_eq!(change.replace_paths, ["name"]);
    assert_eq!(done, [Operation::Delete, Operation::Create]);
}

#[test]
fn a_replacement_that_is_forbidden_stays_undone() {
    let tools = terraform();
    let mocks = MockProviders::start(&[embedded::GOOGLE_6]).unwrap();
    let terraform = Terraform::with_mocks(&tools, &mocks).unwrap();
    let root = Root::copy_of("google");
    root.edit(
        "main.tf",
        "  uniform_bucket_level_access = true\n",
        "  lifecycle {\n    prevent_destroy = true\n  }\n",
    );
    terraform.init_state(root.path()).unwrap();
    terraform.apply(root.path(), &[]).unwrap();
    let before = mocks.log().len();
    root.edit("main.tf", "\"acme-orders-gcp\"", "\"acme-sales-gcp\"");
    let refused = terraform.plan(root.path(), &[]).unwrap_err().to_string();
    assert!(
        refused.contains("Instance cannot be destroyed"),
        "{refused}"
    );
    assert_eq!(mocks.log().len(), before);
}

#[test]
fn what_somebody_removed_is_planned_again_and_what_somebody_changed_is_put_back() {
    let tools = terraform();
    let mocks = MockProviders::start(&[embedded::GOOGLE_6]).unwrap();
    let terraform = Terraform::with_mocks(&tools, &mocks).unwrap();
    let root = Root::copy_of("google");
    terraform.init_state(root.path()).unwrap();
    terraform.apply(root.path(), &[]).unwrap();
    let store = mocks.store();
    let of = |kind: &str| -> Key {
        let keys = store.keys();
        keys.into_iter().find(|key| key.kind == kind).unwrap()
    };
    store.remove(&of("google_pubsub_topic")).unwrap();
    let bucket = of("google_storage_bucket");
    let mut object = store.get(&bucket).unwrap();
    object.insert("storage_class".to_owned(), "COLDLINE".into());
    store.put(&bucket, object);
    let plan = terraform.plan(root.path(), &[]).unwrap();
    let change = |address: &str| plan.change(address).unwrap().actions.clone();
    assert_eq!(change("google_pubsub_topic.events"), ["create"]);
    assert_eq!(change("google_storage_bucket.orders"), ["update"]);
    assert_eq!(plan.drift.len(), 2, "{:#?}", plan.drift);
    terraform.apply(root.path(), &[]).unwrap();
    assert_eq!(store.get(&bucket).unwrap()["storage_class"], "STANDARD");
}

#[test]
fn moved_and_imported_objects_are_the_same_objects() {
    let tools = terraform();
    let mocks = MockProviders::start(&[embedded::GOOGLE_6]).unwrap();
    let terraform = Terraform::with_mocks(&tools, &mocks).unwrap();
    let root = Root::copy_of("google");
    terraform.init_state(root.path()).unwrap();
    terraform.apply(root.path(), &[]).unwrap();
    let before = mocks.log().len();
    root.edit(
        "main.tf",
        "resource \"google_pubsub_topic\" \"events\"",
        "resource \"google_pubsub_topic\" \"clicks\"",
    );
    root.write(
        "moved.tf",
        "moved {\n  from = google_pubsub_topic.events\n  to   = google_pubsub_topic.clicks\n}\n",
    );
    let plan = terraform.plan(root.path(), &[]).unwrap();
    let moved = plan.change("google_pubsub_topic.clicks").unwrap();
    assert_eq!(moved.actions, ["no-op"]);
    assert_eq!(
        moved.previous.as_deref(),
        Some("google_pubsub_topic.events")
    );
    terraform.apply(root.path(), &[]).unwrap();

    // Another root takes the topic over by its id, and must not find anything to do to it.
    let other = Root::empty();
    let (_, topic) = root
        .read("main.tf")
        .split_once("resource \"google_pubsub_topic\"")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    let topic = topic.split("\n}\n").next().unwrap().to_owned();
    other.write("providers.tf", &root.read("providers.tf"));
    other.write("main.tf", &format!("resource \"google_pubsub_topic\"{topic}\n}}\n\nimport {{\n  to = google_pubsub_topic.clicks\n  id = \"projects/acme-orders/topics/acme-orders-events\"\n}}\n"));
    terraform.init_state(other.path()).unwrap();
    let plan = terraform.plan(other.path(), &[]).unwrap();
    let imported = plan.change("google_pubsub_topic.clicks").unwrap();
    assert!(
        imported.imports && imported.actions == ["no-op"],
        "{imported:?}"
    );
    terraform.apply(other.path(), &[]).unwrap();
    assert_eq!(mocks.log().len(), before);

    other.write("main.tf", "resource \"google_pubsub_topic\" \"clicks\" {\n  name = \"nothing\"\n}\n\nimport {\n  to = google_pubsub_topic.clicks\n  id = \"projects/acme-orders/topics/nothing\"\n}\n");
    std::fs::remove_file(other.path().join("terraform.tfstate")).unwrap();
    let refused = terraform.plan(other.path(), &[]).unwrap_err().to_string();
    assert!(refused.contains("non-existent remote object"), "{refused}");
}

#[test]
fn a_name_that_is_taken_is_refused() {
    let tools = terraform();
    let mocks = MockProviders::start(&[embedded::AZURERM_4]).unwrap();
    let terraform = Terraform::with_mocks(&tools, &mocks).unwrap();
    let root = Root::copy_of("azurerm");
    terraform.init_state(root.path()).unwrap();
    terraform.apply(root.path(), &[]).unwrap();
    let second = Root::copy_of("azurerm");
    terraform.init_state(second.path()).unwrap();
    let refused = terraform.apply(second.path(), &[]).unwrap_err().to_string();
    assert!(refused.contains("already exists"), "{refused}");
}
