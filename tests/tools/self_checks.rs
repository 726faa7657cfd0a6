//! The judges themselves are judged first: each on inputs whose verdict is known.

use testkit::cases::Case;
use testkit::judges::{clients, sqlfluff};
use testkit::tools::Tool;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("az/self-check", &[Tool::Az], clients::az_self_check),
        Case::new(
            "gcloud/self-check",
            &[Tool::Gcloud],
            clients::gcloud_self_check,
        ),
        Case::new("snow/self-check", &[Tool::Snow], clients::snow_self_check),
        Case::new(
            "sqlfluff/self-check",
            &[Tool::Sqlfluff],
            sqlfluff::self_check,
        ),
    ]
}
