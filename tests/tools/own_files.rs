//! Files of this repository that tools can judge.

use std::path::Path;

use testkit::cases::Case;
use testkit::judges::jsonschema::{Schema, judge};
use testkit::tools::Tool;

pub(crate) fn cases() -> Vec<Case> {
    vec![Case::new(
        "jsonschema/workflow-of-this-repository",
        &[Tool::JsonSchema],
        |bench| {
            let workflow = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows/ci.yml");
            judge(
                bench,
                Schema::Carried("vendor.github-workflows"),
                &[workflow],
            )
        },
    )]
}
