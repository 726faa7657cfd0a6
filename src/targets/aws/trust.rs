//! Who may take on a group's role: the identity provider and the claim that names the group.

use std::sync::LazyLock;

use serde_json::json;

use super::here::Here;
use super::limits::{self, is_policy_text};
use super::policy::{self, Statement, literal, sid_part};
use crate::artifact::Document;
use crate::blueprint::decode::listed;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::primitive::Principal;

/// A claim that a trust policy can test.
#[derive(Debug, serde::Deserialize)]
struct Claim {
    provider: String,
    #[serde(rename = "claim")]
    name: String,
    key: String,
    list: bool,
    verified: bool,
}

#[derive(serde::Deserialize)]
struct File {
    rows: Vec<Claim>,
}

static CLAIMS: LazyLock<Vec<Claim>> = LazyLock::new(|| {
    // The file is part of the binary and a test reads every row of it, so it cannot fail later.
    serde_json::from_str::<File>(include_str!("../../../data/aws/claims.json"))
        .map(|file| file.rows)
        .unwrap_or_default()
});

/// The issuer of GitHub's tokens, which every organisation on GitHub shares.
const SHARED: &str = "token.actions.githubusercontent.com";

/// The trust policy of a group's role; nothing if AWS could not keep to it.
pub(super) fn document(
    here: Here<'_>,
    principal: &Principal,
    out: &mut Diagnostics,
) -> Option<Document> {
    let [idp, claim, value] = ["idp", "claim", "value"].map(|key| principal.identity.get(key));
    let (idp, claim, value) = (idp?, claim?, value?);
    let (kind, host) = idp.value.split_once('/')?;
    let kind = kind.strip_suffix("-provider")?;
    let known = || CLAIMS.iter().filter(|row| row.provider == kind);
    let Some(row) = known().find(|row| row.name == claim.value) else {
        let message = format!(
            "the trust policy of a role cannot tell a group by `{}` for a {} provider",
            claim.value,
            kind.to_uppercase()
        );
        let problem = Diagnostic::new(code::OUT_OF_CLOUD_RANGE, claim.span, message)
            .label(idp.span, "the provider");
        out.push(problem.help(format!(
            "what it can test is {}",
            listed(known().map(|row| row.name.as_str()))
        )));
        return None;
    };
    if !row.verified {
        let message = format!(
            "that AWS tests `{}` of an {} provider is not documented",
            row.name,
            kind.to_uppercase()
        );
        out.push(
            Diagnostic::new(code::UNVERIFIED_FACT, claim.span, message)
                .help("try it on one account first, or use `sub`"),
        );
    }
    if host == SHARED && row.name != "sub" {
        // IAM user guide, identity-provider controls for shared OIDC providers.
        let message =
            format!("every organisation shares the provider `{host}`, so AWS wants `sub` tested");
        out.push(
            Diagnostic::new(code::OUT_OF_CLOUD_RANGE, claim.span, message)
                .help("use `claim: sub`, with a value as `repo:OWNER/NAME:ref:refs/heads/main`"),
        );
        return None;
    }
    if !is_policy_text(&value.value) {
        let message = "IAM takes only characters up to U+00FF in policies";
        out.push(
            Diagnostic::new(code::TEXT_NOT_FOR_CLOUD, value.span, message)
                .help("let the identity provider send a plain name for the group"),
        );
        return None;
    }
    let key = if kind == "oidc" {
        format!("{host}:{}", row.key)
    } else {
        row.key.clone()
    };
    let operator = if row.list {
        "ForAnyValue:StringEquals"
    } else {
        "StringEquals"
    };
    let action = if kind == "oidc" {
        "sts:AssumeRoleWithWebIdentity"
    } else {
        "sts:AssumeRoleWithSAML"
    };
    let statement = Statement::allow(
        sid_part(&format!("sign-in-{}", principal.group)),
        [action],
        &principal.origin,
    )
    .principal(json!({"Federated": here.iam_arn(&idp.value)}))
    .when(operator, &key, [literal(&value.value)]);
    let statement = if kind == "saml" {
        statement.when("StringEquals", "saml:aud", [sign_in(here)])
    } else {
        statement
    };
    let document = policy::document(&[statement], &principal.origin);
    limits::TRUST.check(
        &document,
        &format!("`{}`", principal.group),
        principal.origin.span,
        out,
    );
    Some(document)
}

/// Where SAML assertions are presented, by partition (IAM user guide, SAML assertions).
fn sign_in(here: Here<'_>) -> &'static str {
    match here.partition() {
        "aws-cn" => "https://signin.amazonaws.cn/saml",
        "aws-us-gov" => "https://signin.amazonaws-us-gov.com/saml",
        _ => "https://signin.aws.amazon.com/saml",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;

    #[test]
    fn every_row_is_about_a_known_sort_of_provider() {
        let file: File =
            serde_json::from_str(include_str!("../../../data/aws/claims.json")).unwrap();
        assert!(!file.rows.is_empty());
        for row in &file.rows {
            assert!(matches!(row.provider.as_str(), "saml" | "oidc"));
            assert_eq!(row.provider == "saml", row.key.starts_with("saml:"));
        }
    }
}
