//! The mock providers under the real Terraform: whether they say yes and no.
//!
//! The words of a refusal are Terraform's own where the schema decides (names, types, nesting), and ours where a rule
//! table does. Every refusal of this file is at a known address, so that a mock that refuses everything fails too.

use anyhow::{Result, ensure};

use super::terraform::Terraform;
use crate::cases::Bench;
use crate::mock_provider::{MockProviders, embedded};

const ROOT: &str = r#"resource "aws_s3_bucket" "orders" {
  bucket = "acme-orders"
}

resource "aws_s3_bucket_versioning" "orders" {
  bucket = aws_s3_bucket.orders.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_kms_key" "orders" {
  deletion_window_in_days = 30
}

resource "aws_iam_role_policy_attachment" "read" {
  role       = "reader"
  policy_arn = "arn:aws:iam::111122223333:policy/read"
}

resource "azurerm_resource_group" "orders" {
  name     = "acme-orders"
  location = "westeurope"
}

resource "azurerm_storage_account" "orders" {
  name                     = "acmeorders"
  resource_group_name      = azurerm_resource_group.orders.name
  location                 = azurerm_resource_group.orders.location
  account_tier             = "Standard"
  account_replication_type = "ZRS"
}

resource "google_storage_bucket" "orders" {
  name     = "acme-orders-gcp"
  location = "europe-west1"

  lifecycle_rule {
    action {
      type = "Delete"
    }

    condition {
      age = 30
    }
  }
}
"#;

const PROVIDERS: &str = r#"terraform {
  required_providers {
    aws     = { source = "hashicorp/aws" }
    azurerm = { source = "hashicorp/azurerm" }
    google  = { source = "hashicorp/google" }
  }
}

provider "aws" {
  region = "eu-west-1"
}

provider "azurerm" {
  subscription_id = "0a1b2c3d-1111-4222-8333-444455556666"

  features {}
}

provider "google" {
  project = "acme-orders"
}
"#;

/// What is written in its place, and what has to be said of it.
const WRONG: &[(&str, &str, &str)] = &[
    (
        "  bucket = \"acme-orders\"",
        "  bukcet = \"acme-orders\"",
        "Unsupported argument",
    ),
    (
        "  role       = \"reader\"\n",
        "",
        "Missing required argument",
    ),
    (
        "deletion_window_in_days = 30",
        "deletion_window_in_days = \"soon\"",
        "Incorrect attribute value type",
    ),
    (
        "deletion_window_in_days = 30",
        "deletion_window_in_days = 3",
        "range",
    ),
    ("\"Enabled\"", "\"Enabledd\"", "is not one of"),
    (
        "\"arn:aws:iam::111122223333:policy/read\"",
        "\"reader\"",
        "the form that is asked for",
    ),
    (
        "\"aws_kms_key\"",
        "\"aws_kms_kye\"",
        "Invalid resource type",
    ),
    ("\"ZRS\"", "\"ZSR\"", "is not one of"),
    ("\"acmeorders\"", "\"Acme-Orders\"", "does not match"),
    (
        "  location = \"westeurope\"\n",
        "",
        "Missing required argument",
    ),
    ("      type = \"Delete\"\n", "", "Missing required argument"),
    ("\"acme-orders-gcp\"", "\"Acme Orders\"", "does not match"),
    ("      age = 30", "      aeg = 30", "Unsupported argument"),
    (
        "aws_s3_bucket.orders.id",
        "aws_s3_bucket.odrers.id",
        "Reference to undeclared resource",
    ),
    (
        "  versioning_configuration {\n    status = \"Enabled\"\n  }\n",
        "",
        "Insufficient versioning_configuration blocks",
    ),
];

/// Each provider takes what is right, makes it, has nothing to do then, and refuses what is wrong.
pub fn self_check(bench: &Bench<'_>) -> Result<()> {
    let mocks = MockProviders::start(&[embedded::AWS_5, embedded::AZURERM_4, embedded::GOOGLE_6])?;
    let terraform = Terraform::with_mocks(bench.tools, &mocks)?;
    let root = bench.tools.folder("mock-root")?;
    let main = root.join("main.tf");
    std::fs::write(root.join("providers.tf"), PROVIDERS)?;
    std::fs::write(&main, ROOT)?;
    terraform.init_state(&root)?;
    for (right, wrong, wanted) in WRONG {
        ensure!(ROOT.contains(right), "{right} is not in the root");
        std::fs::write(&main, ROOT.replacen(right, wrong, 1))?;
        let found = terraform.validate(&root)?;
        ensure!(
            found.len() == 1 && found[0].to_string().contains(wanted),
            "{right} became {wrong}: wanted `{wanted}`, got {found:#?}"
        );
    }
    std::fs::write(&main, ROOT)?;
    ensure!(terraform.validate(&root)?.is_empty(), "{ROOT} is valid");
    terraform.apply(&root, &[])?;
    ensure!(mocks.log().len() == 7, "{}", mocks.log_lines());
    let again = terraform.plan(&root, &[])?;
    ensure!(!again.has_changes, "{:?}", again.done());
    bench.tally.self_check("mock-provider", WRONG.len() + 2);
    Ok(())
}
