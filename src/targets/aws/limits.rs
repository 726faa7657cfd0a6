//! How large AWS lets documents be, and what text it takes.

use crate::artifact::Document;
use crate::artifact::json::minified_len;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::source::Span;

/// A limit on a document, in characters without white space unless `raw`.
#[derive(Debug)]
pub(super) struct Limit {
    /// What is limited, with an article.
    what: &'static str,
    most: usize,
    /// Whether white space counts.
    raw: bool,
    source: &'static str,
    /// A way out.
    help: &'static str,
}

/// Inline policies of a role, all together.
pub(super) const ROLE_POLICY: Limit = Limit {
    what: "the policy of an IAM role",
    most: 10_240,
    raw: false,
    source: "IAM user guide, quotas: inline policies of a role",
    help: "grant the group fewer zones, or split the domain: every zone adds about 300 characters to its policy",
};

/// A role's trust policy, unless AWS raised it for the account.
pub(super) const TRUST: Limit = Limit {
    what: "the trust policy of an IAM role",
    most: 2_048,
    raw: false,
    source: "IAM user guide, quotas: role trust policy length",
    help: "shorten the identity provider's name or the claim's value",
};

/// A bucket's policy.
pub(super) const BUCKET_POLICY: Limit = Limit {
    what: "the policy of a bucket",
    most: 20_480,
    raw: false,
    source: "S3 user guide, bucket policies: 20 KB",
    help: "split the domain, so that fewer buckets write their access logs into one",
};

/// A key's policy.
pub(super) const KEY_POLICY: Limit = Limit {
    what: "the policy of a key",
    most: 32_768,
    raw: false,
    source: "KMS developer guide, quotas: key policy document size",
    help: "split the domain, so that fewer groups share a key",
};

/// A service or resource control policy. White space counts when the CLI sends it; the limit for
/// service control policies was doubled in May 2026, the smaller one is kept to.
pub(super) const CONTROL_POLICY: Limit = Limit {
    what: "a control policy",
    most: 5_120,
    raw: true,
    source: "AWS Organizations user guide, quotas",
    help: "allow fewer regions",
};

impl Limit {
    /// Reports a document that is larger than AWS takes, or nearly so.
    pub(super) fn check(&self, document: &Document, of: &str, span: Span, out: &mut Diagnostics) {
        let size = if self.raw {
            raw_len(document)
        } else {
            minified_len(&document.value)
        };
        if size > self.most {
            let message = format!(
                "{} has {size} characters for {of}, AWS takes {} ({})",
                self.what, self.most, self.source
            );
            out.push(Diagnostic::new(code::LIMIT_EXCEEDED, span, message).help(self.help));
        } else if size > self.most / 10 * 9 {
            let message = format!(
                "{} has {size} of {} characters for {of} ({})",
                self.what, self.most, self.source
            );
            out.push(Diagnostic::new(code::NEAR_LIMIT, span, message).help(self.help));
        }
    }
}

fn raw_len(document: &Document) -> usize {
    crate::artifact::json::print(document).text.len()
}

/// Whether IAM takes a text in a policy document: tab, line breaks, and U+0020 to U+00FF
/// (IAM API, policyDocumentType).
pub(super) fn is_policy_text(text: &str) -> bool {
    text.chars()
        .all(|c| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}'))
}
