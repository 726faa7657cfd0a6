//! The AWS roots of `examples/minimal`, each time with one edit, before the real provider and before the mock: both
//! have to say the same.
//!
//! Two cases, so that the mock is judged where the real provider is absent: each compares with the verdict of the
//! table, which is what the real provider 5.100.0 says.
//!
//! Not in the table, for there the mock knows more: the real provider does not look at the values of a block in which
//! anything is not known yet, such as `sse_algorithm` beside the ARN of a new key; the mock does.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, ensure};
use testkit::cases::{Bench, Case};
use testkit::judges::terraform::{Diagnostic, Terraform};
use testkit::mock_provider::{MockProviders, embedded};
use testkit::tools::Tool;

use crate::roots;
use crate::terraform::side_by_side;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("mock-mutations/same-verdict", &[Tool::Terraform], |bench| {
            let mocks = MockProviders::start(&[embedded::AWS_5])?;
            let terraform = Terraform::with_mocks(bench.tools, &mocks)?;
            judged(bench, &terraform, "mock-provider")?;
            ensure!(mocks.log().is_empty(), "validating changed a world");
            Ok(())
        }),
        Case::new(
            "aws-mutations/same-verdict",
            &[Tool::Terraform, Tool::AwsProvider],
            |bench| judged(bench, &Terraform::with_aws(bench.tools)?, "aws-provider"),
        ),
    ]
}

/// An edit of one file of `dev/sales/aws`.
struct Mutation {
    file: &'static str,
    /// Is there at least once; the first is replaced.
    from: &'static str,
    to: &'static str,
    verdict: Verdict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Valid,
    /// Invalid, at the line of `main.tf` that holds this text after the edit; where it is there more often, at the
    /// first of them.
    Invalid(&'static str),
}

use Verdict::{Invalid, Valid};

const fn edit(
    file: &'static str,
    from: &'static str,
    to: &'static str,
    verdict: Verdict,
) -> Mutation {
    Mutation {
        file,
        from,
        to,
        verdict,
    }
}

const RESOURCES: &str = "resources/main.tf";
const ACCESS: &str = "access/main.tf";

const MUTATIONS: &[Mutation] = &[
    // Names.
    edit(
        RESOURCES,
        "enable_key_rotation ",
        "enable_key_rotatoin ",
        Invalid("enable_key_rotatoin"),
    ),
    edit(
        RESOURCES,
        "resource \"aws_athena_workgroup\"",
        "resource \"aws_athena_workgruop\"",
        Invalid("aws_athena_workgruop"),
    ),
    edit(
        RESOURCES,
        "  create_table_default_permission {",
        "  create_table_default_permissions {",
        Invalid("create_table_default_permissions"),
    ),
    edit(
        RESOURCES,
        "aws_s3_bucket.orders_raw.id",
        "aws_s3_bucket.orders_row.id",
        Invalid("orders_row"),
    ),
    edit(
        RESOURCES,
        "value = aws_kms_key.key_confidential.key_id",
        "value = aws_kms_key.key_confidential.key_number",
        Invalid("key_number"),
    ),
    // What has to be there, once, and not beside another.
    edit(
        RESOURCES,
        "  target_key_id = aws_kms_key.key_confidential.key_id\n",
        "",
        Invalid("resource \"aws_kms_alias\""),
    ),
    edit(
        RESOURCES,
        "  rule {\n    object_ownership = \"BucketOwnerEnforced\"\n  }\n",
        "",
        Invalid("resource \"aws_s3_bucket_ownership_controls\""),
    ),
    edit(
        RESOURCES,
        "  versioning_configuration {\n    status = \"Enabled\"\n  }\n",
        "  versioning_configuration {\n    status = \"Enabled\"\n  }\n\n  versioning_configuration {\n    status = \"Suspended\"\n  }\n",
        Invalid("  versioning_configuration {\n    status = \"Suspended\""),
    ),
    edit(
        ACCESS,
        "  database {\n    catalog_id = \"111122223333\"\n",
        "  data_location {\n    arn = \"arn:aws:s3:::acme-dev-sales-orders-raw\"\n  }\n\n  database {\n    catalog_id = \"111122223333\"\n",
        Invalid("resource \"aws_lakeformation_permissions\""),
    ),
    // Types.
    edit(
        RESOURCES,
        "deletion_window_in_days = 30",
        "deletion_window_in_days = \"a month\"",
        Invalid("a month"),
    ),
    // Values: ranges, words, forms.
    edit(
        RESOURCES,
        "deletion_window_in_days = 30",
        "deletion_window_in_days = 31",
        Invalid("= 31"),
    ),
    edit(
        RESOURCES,
        "\"BucketOwnerEnforced\"",
        "\"NobodyEnforced\"",
        Invalid("NobodyEnforced"),
    ),
    // In a set, where the place is that of the block.
    edit(
        RESOURCES,
        "\"GLACIER_IR\"",
        "\"GLACIER_COLD\"",
        Invalid("    transition {"),
    ),
    edit(
        ACCESS,
        "permissions = [\"DESCRIBE\"]",
        "permissions = [\"DESCRIBED\"]",
        Invalid("DESCRIBED"),
    ),
    edit(
        RESOURCES,
        "\"alias/acme-dev-sales-confidential\"",
        "\"acme-dev-sales-confidential\"",
        Invalid("name          = \"acme-dev-sales-confidential\""),
    ),
    edit(
        RESOURCES,
        "\"acme-dev-sales-lake-formation\"",
        "\"acme dev sales lake formation\"",
        Invalid("acme dev sales lake formation"),
    ),
    edit(
        RESOURCES,
        "role_arn                = aws_iam_role.lake_formation.arn",
        "role_arn                = \"lake-formation\"",
        Invalid("role_arn                = \"lake-formation\""),
    ),
    edit(
        RESOURCES,
        "kms_key_arn       = aws_kms_key.key_confidential.arn",
        "kms_key_arn       = \"arn:aws:kms:somewhere:1:key/x\"",
        Invalid("somewhere"),
    ),
    // Documents: broken, of another kind, a key twice.
    edit(
        "resources/iam/lake-formation.json",
        "\"Version\": \"2012-10-17\",",
        "\"Version\": \"2012-10-17\"",
        Invalid("policy = file(\"iam/lake-formation.json\")"),
    ),
    edit(
        "resources/iam/lake-formation.trust.json",
        "{\n",
        "[\n",
        Invalid("assume_role_policy   = file("),
    ),
    edit(
        "resources/iam/lake-formation.json",
        "\"Version\": \"2012-10-17\",",
        "\"Version\": \"2012-10-17\", \"Version\": \"2008-10-17\",",
        Invalid("policy = file(\"iam/lake-formation.json\")"),
    ),
    // What is another mesh, but not a wrong one, or wrong only to AWS itself.
    edit(
        RESOURCES,
        "deletion_window_in_days = 30",
        "deletion_window_in_days = 7",
        Valid,
    ),
    edit(RESOURCES, "\"GLACIER_IR\"", "\"DEEP_ARCHIVE\"", Valid),
    edit(
        ACCESS,
        "  permissions = [\"DESCRIBE\"]",
        "  permissions = [\"DESCRIBE\", \"ALTER\"]",
        Valid,
    ),
    edit(
        "access/policies/bucket-access-logs.json",
        "\"Version\": \"2012-10-17\",",
        "\"Version\": \"2012-10-17\", \"Version\": \"2008-10-17\",",
        Valid,
    ),
];

/// A judge's verdict on each mutation is that of the table, at the line that is wrong.
fn judged(bench: &Bench<'_>, terraform: &Terraform<'_>, judge: &str) -> Result<()> {
    ensure!(MUTATIONS.len() >= 20, "{} mutations", MUTATIONS.len());
    let mesh = bench.tools.folder("mutated")?;
    roots::for_aws_5("minimal", &mesh)?;
    roots::build(&mesh)?;
    let cell = mesh.join("generated/dev/sales/aws");
    // Each worker edits copies of its own and puts them back.
    let halves: Vec<(usize, Vec<&Mutation>)> = (0..2)
        .map(|half| {
            let own = MUTATIONS.iter().skip(half).step_by(2).collect();
            (half, own)
        })
        .collect();
    let surprises = side_by_side(halves, |(half, mutations)| {
        let copy = mesh.join(format!("half-{half}"));
        let roots = roots::copied(&cell, &copy)?;
        for root in &roots {
            terraform.init(&root.folder)?;
        }
        let mut surprises = BTreeMap::new();
        for mutation in mutations {
            let found = verdict(terraform, &copy, mutation)?;
            if let Err(surprise) = found {
                surprises.insert(
                    format!("{}: {} -> {}", mutation.file, mutation.from, mutation.to),
                    surprise,
                );
            }
        }
        Ok(surprises)
    })?;
    let surprises: BTreeMap<_, _> = surprises.into_iter().flatten().collect();
    ensure!(surprises.is_empty(), "{judge}: {surprises:#?}");
    bench.tally.judged(judge, MUTATIONS.len());
    Ok(())
}

/// What a judge says of a mutation, if it is not what is wanted.
fn verdict(
    terraform: &Terraform<'_>,
    cell: &Path,
    mutation: &Mutation,
) -> Result<Result<(), Vec<Diagnostic>>> {
    let file = cell.join(mutation.file);
    let text = std::fs::read_to_string(&file)?;
    ensure!(
        text.contains(mutation.from),
        "`{}` is not in {}",
        mutation.from,
        mutation.file
    );
    std::fs::write(&file, text.replacen(mutation.from, mutation.to, 1))?;
    let (part, _) = mutation.file.split_once('/').unwrap_or_default();
    let root = cell.join(part);
    let found = terraform.validate(&root)?;
    let main = std::fs::read_to_string(root.join("main.tf"))?;
    std::fs::write(&file, text)?;
    let as_wanted = match mutation.verdict {
        Valid => found.is_empty(),
        Invalid(at) => {
            let start = main.find(at);
            let line = start.map(|at| main[..at].matches('\n').count() as u64 + 1);
            ensure!(line.is_some(), "`{at}` is not in {part}/main.tf");
            found.iter().any(|error| error.line == line)
        }
    };
    Ok(if as_wanted { Ok(()) } else { Err(found) })
}
