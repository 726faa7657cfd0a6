//! The judges themselves are judged first: each on inputs whose verdict is known.

use testkit::cases::Case;
use testkit::judges::{
    cel, checkov, clients, jsonschema, mock_provider, moto, parliament, policy_sentry, regopy,
    sqlfluff, strings, terraform,
};
use testkit::tools::Tool;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = vec![
        // The longest first, so that none of them is the last to run.
        Case::new("moto/self-check", &[Tool::Aws], moto::self_check),
        Case::new(
            "aws-provider/self-check",
            &[Tool::AwsProvider, Tool::Terraform],
            terraform::aws_provider_self_check,
        ),
        Case::new(
            "aws-provider/applies-to-moto",
            &[Tool::AwsProvider, Tool::Terraform, Tool::Aws],
            moto::provider_self_check,
        ),
        Case::new("az/self-check", &[Tool::Az], clients::az_self_check),
        Case::new("snow/self-check", &[Tool::Snow], clients::snow_self_check),
        Case::new(
            "gcloud/self-check",
            &[Tool::Gcloud],
            clients::gcloud_self_check,
        ),
        Case::new("checkov/self-check", &[Tool::Checkov], checkov::self_check),
        Case::new(
            "policy_sentry/self-check",
            &[Tool::Iam],
            policy_sentry::self_check,
        ),
        Case::new(
            "parliament/self-check",
            &[Tool::Iam],
            parliament::self_check,
        ),
        Case::new(
            "sqlfluff/self-check",
            &[Tool::Sqlfluff],
            sqlfluff::self_check,
        ),
        Case::new(
            "mock-provider/self-check",
            &[Tool::Terraform],
            mock_provider::self_check,
        ),
        Case::new("regopy/self-check", &[Tool::Regopy], regopy::self_check),
        Case::new("cel/self-check", &[Tool::Cel], cel::self_check),
        Case::new(
            "jsonschema/self-check",
            &[Tool::JsonSchema],
            jsonschema::self_check,
        ),
        Case::new(
            "json/self-check",
            &[Tool::JsonSchema],
            strings::json_self_check,
        ),
    ];
    // The same checks for the Terraform that the tests use and for the one from a package, which may be one and the
    // same: where there is one on PATH, the fallback would otherwise never be seen to work.
    for tool in [Tool::Terraform, Tool::TerraformLib] {
        let name = |what: &str| format!("{}/{what}", tool.name());
        cases.push(Case::new(name("self-check"), &[tool], move |bench| {
            terraform::self_check(bench, tool)
        }));
        cases.push(Case::new(name("strings"), &[tool], move |bench| {
            strings::hcl_self_check(bench, tool)
        }));
    }
    cases
}
