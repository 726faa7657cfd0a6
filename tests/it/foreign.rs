//! `check` over what meshc did not write: folders, plans, and a team's own rules.

use std::path::Path;
use std::process::Command;

/// Standard output, standard error and exit code, in a folder with these files.
fn run(files: &[(&str, &str)], arguments: &[&str]) -> (String, String, i32) {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_meshc"))
        .arg("check")
        .args(arguments)
        .args(["--as-of", "2026-11-25"])
        .current_dir(dir.path())
        .env("NO_COLOR", "1")
        .env_remove("COLUMNS")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        text(output.stdout),
        text(output.stderr),
        output.status.code().unwrap(),
    )
}

/// The number of built-in rules.
fn rules() -> usize {
    meshc::check::Suite::embedded().unwrap().rules().len()
}

const ACL: &str = "# A list.\nresource \"aws_s3_bucket_acl\" \"raw\" {\n  bucket = \"acme-raw\"\n  acl    = \"private\"\n}\n";

#[test]
fn a_finding_names_the_line_of_the_foreign_file() {
    let (stdout, stderr, exit) = run(&[("infra/raw.tf", ACL)], &["--input", "infra"]);
    assert_eq!(
        stderr,
        "error[MESH-EXP-002]: `aws_s3_bucket_acl.raw` is an access control list\n \
         --> infra/raw.tf:2:1\n  \
         |\n\
         2 | resource \"aws_s3_bucket_acl\" \"raw\" {\n  \
         | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Access to buckets is never a list on an object\n  \
         |\n  \
         = help: Drop the list, set object ownership to `BucketOwnerEnforced`, and grant by policy.\n\n"
    );
    assert_eq!(stdout, format!("checked: {} rules, 1 finding\n", rules()));
    assert_eq!(exit, 2);
}

#[test]
fn one_file_is_an_input_too() {
    let (_, stderr, exit) = run(&[("infra/raw.tf", ACL)], &["--input", "infra/raw.tf"]);
    assert!(stderr.contains("--> infra/raw.tf:2:1"), "{stderr}");
    assert_eq!(exit, 2);
}

#[test]
fn a_folder_without_anything_to_judge_passes() {
    let (stdout, stderr, exit) = run(&[("notes/a.txt", "text")], &["--input", "notes"]);
    assert_eq!(stderr, "");
    assert_eq!(stdout, format!("checked: {} rules, no findings\n", rules()));
    assert_eq!(exit, 0);
}

#[test]
fn other_forms_name_the_foreign_file() {
    let json = |form: &str| -> serde_json::Value {
        let (stdout, _, exit) = run(
            &[("infra/raw.tf", ACL)],
            &["--input", "infra", "--format", form],
        );
        assert_eq!(exit, 2);
        serde_json::from_str(&stdout).unwrap()
    };
    let finding = &json("json")["findings"][0];
    assert_eq!(finding["rule"], "MESH-EXP-002");
    assert_eq!(finding["blueprint"], serde_json::Value::Null);
    assert_eq!(
        finding["file"],
        serde_json::json!({"file": "infra/raw.tf", "line": 2, "column": 1})
    );
    let result = &json("sarif")["runs"][0]["results"][0];
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "infra/raw.tf");
    assert_eq!(place["region"]["startLine"], 2);
    let (stdout, ..) = run(
        &[("infra/raw.tf", ACL)],
        &["--input", "infra", "--format", "github"],
    );
    assert!(
        stdout.starts_with("::error file=infra/raw.tf,line=2,col=1,title=MESH-EXP-002"),
        "{stdout}"
    );
}

/// Five buckets that everybody may read, each through a policy that is written in another way.
const OPEN: &str = r#"
resource "aws_s3_bucket_policy" "encoded" {
  bucket = "acme-a"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "*" }] })
}

resource "aws_s3_bucket_policy" "heredoc" {
  bucket = "acme-b"
  policy = <<-POLICY
    {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "${aws_s3_bucket.b.arn}/*"}]}
  POLICY
}

resource "aws_s3_bucket_policy" "plain" {
  bucket = "acme-c"
  policy = "{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"*\"}, \"Action\": \"s3:GetObject\", \"Resource\": \"*\"}]}"
}

data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceVpce"
      values   = ["vpce-1"]
    }
  }

  statement {
    actions = ["s3:PutObject"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

resource "aws_s3_bucket_policy" "filed" {
  bucket = "acme-e"
  policy = file("${path.module}/policies/e.json")
}
"#;

const OPEN_FILE: &str =
    r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}}"#;

#[test]
fn policies_are_found_wherever_terraform_keeps_them() {
    let (_, stderr, exit) = run(
        &[("infra/a.tf", OPEN), ("infra/policies/e.json", OPEN_FILE)],
        &["--input", "infra"],
    );
    let places: Vec<&str> = stderr
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--> "))
        .collect();
    assert_eq!(
        places,
        [
            "infra/a.tf:4:3",
            "infra/a.tf:9:3",
            "infra/a.tf:16:3",
            "infra/a.tf:19:1",
            "infra/policies/e.json:1:1"
        ]
    );
    assert_eq!(stderr.matches("error[MESH-EXP-001]").count(), 5, "{stderr}");
    assert_eq!(exit, 2);
}

/// A plan whose bucket is in a module, with a block that refers to it and a policy that is known.
fn plan(block: bool) -> String {
    let policy = serde_json::json!({"Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }]});
    let on = serde_json::json!({
        "block_public_acls": true, "block_public_policy": block,
        "ignore_public_acls": true, "restrict_public_buckets": true,
    });
    let resource = |kind: &str, values: serde_json::Value| {
        serde_json::json!({
            "address": format!("module.lake[\"eu\"].{kind}.raw"), "mode": "managed",
            "type": kind, "name": "raw", "values": values,
        })
    };
    let kinds = [
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_versioning",
        "aws_s3_bucket_policy",
    ];
    let refers = |kind: &&str| {
        serde_json::json!({
            "address": format!("{kind}.raw"),
            "expressions": {"bucket": {"references": ["aws_s3_bucket.raw.id", "aws_s3_bucket.raw"]}},
        })
    };
    let changes = |kind: &&str| {
        serde_json::json!({
            "address": format!("module.lake[\"eu\"].{kind}.raw"),
            "change": {"after_unknown": {"bucket": true, "id": true}},
        })
    };
    serde_json::json!({
        "format_version": "1.2",
        "planned_values": {"root_module": {"child_modules": [{
            "address": "module.lake[\"eu\"]",
            "resources": [
                resource("aws_s3_bucket", serde_json::json!({"tags": {"owner": "sales"}, "acl": null})),
                resource(kinds[0], on),
                resource(kinds[1], serde_json::json!({"versioning_configuration": [{"status": "Enabled"}]})),
                resource(kinds[2], serde_json::json!({"policy": policy.to_string()})),
            ],
        }]}},
        "resource_changes": kinds.iter().map(changes).collect::<Vec<_>>(),
        "configuration": {"root_module": {"module_calls": {"lake": {"module": {
            "resources": kinds.iter().map(refers).collect::<Vec<_>>(),
        }}}}},
    })
    .to_string()
}

#[test]
fn a_plan_is_judged_with_its_modules() {
    let (stdout, stderr, exit) = run(&[("plan.json", &plan(true))], &["--plan-json", "plan.json"]);
    assert_eq!((stderr.as_str(), exit), ("", 0), "{stdout}");
    let (_, stderr, exit) = run(
        &[("plan.json", &plan(false))],
        &["--plan-json", "plan.json"],
    );
    assert_eq!(
        stderr,
        "error[MESH-EXP-001]: module.lake[\"eu\"].aws_s3_bucket_public_access_block.raw: the public access block `raw` leaves off: block_public_policy\n \
         |\n \
         = help: Restore the setting in the template, or remove the template's override; name whom a policy is for.\n\n"
    );
    assert_eq!(exit, 2);
}

const RULE: &str = "# METADATA\n# title: No files\n# description: None.\n# custom:\n#   id: TEAM-001\n#   severity: warning\n#   remediation: Use tables.\npackage team.no_files\n\nimport data.team.lib.words\nimport rego.v1\n\ndeny contains finding if {\n\tsome resource in input.resources\n\tresource.type == \"aws_s3_bucket_acl\"\n\tfinding := {\"message\": words.no, \"at\": resource.at}\n}\n";

const LIBRARY: &str = "package team.lib.words\n\nno := \"no files here\"\n";

#[test]
fn a_teams_rules_stand_beside_the_built_in_ones() {
    let (stdout, stderr, exit) = run(
        &[
            ("infra/raw.tf", ACL),
            ("rules/no_files.rego", RULE),
            ("rules/no_files_test.rego", "package team.no_files_test\n"),
            ("rules/lib/words.rego", LIBRARY),
        ],
        &["--input", "infra", "--policies", "rules"],
    );
    assert!(
        stderr.contains("warning[TEAM-001]: no files here"),
        "{stderr}"
    );
    assert!(stderr.contains("error[MESH-EXP-002]"), "{stderr}");
    assert_eq!(
        stdout,
        format!("checked: {} rules, 2 findings\n", rules() + 1)
    );
    assert_eq!(exit, 2);
}

#[test]
fn a_teams_rules_judge_a_mesh() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/minimal");
    let rule = RULE.replace("aws_s3_bucket_acl", "aws_s3_bucket");
    let (_, stderr, exit) = run(
        &[
            ("rules/no_files.rego", &rule),
            ("rules/lib/words.rego", LIBRARY),
        ],
        &[example.to_str().unwrap(), "--policies", "rules"],
    );
    assert!(
        stderr.contains("warning[TEAM-001]: no files here (in `dev` and `prod`)"),
        "{stderr}"
    );
    assert_eq!(exit, 0, "a warning never blocks");
}

/// What is said about input that cannot be read.
fn refused(files: &[(&str, &str)], arguments: &[&str], said: &str) {
    let (stdout, stderr, exit) = run(files, arguments);
    assert_eq!(stderr, said);
    assert_eq!((stdout.as_str(), exit), ("", 1));
}

const REPAIR: &str =
    "a file that is not read in full is not judged at all: repair it or take it out";

const MAKE: &str = "make it with `terraform show -json PLAN > FILE`, where PLAN is what `terraform plan -out PLAN` wrote";

#[test]
fn bad_input_is_refused_with_its_place() {
    refused(
        &[],
        &["--input", "nowhere"],
        "error[A515]: `nowhere` cannot be read: No such file or directory (os error 2)\n\n1 error\n",
    );
    refused(
        &[
            ("infra/a.tf", "resource \"a\" \"b\" {\n  x = \n}\n"),
            ("infra/b.tf", ACL),
        ],
        &["--input", "infra"],
        &format!(
            "error[A515]: `infra/a.tf` cannot be judged: invalid expression; expected `\"`, `[`, `{{`, `-`, `!`, `(`, `_`, `<`, letter or digit\n --> infra/a.tf:2:7\n  |\n2 |   x = \n  |       ^\n  |\n  = help: {REPAIR}\n\n1 error\n"
        ),
    );
    refused(
        &[("infra/a.json", "{\n  \"a\": 1,\n  \"a\": 2\n}\n")],
        &["--input", "infra"],
        &format!(
            "error[A515]: `infra/a.json` cannot be judged: the key `a` stands twice\n --> infra/a.json:3:5\n  |\n3 |   \"a\": 2\n  |     ^\n  |\n  = help: {REPAIR}\n\n1 error\n"
        ),
    );
}

#[test]
fn a_plan_that_is_none_is_refused() {
    let plan = ["--plan-json", "p"];
    refused(
        &[],
        &plan,
        "error[A515]: `p` cannot be read: No such file or directory (os error 2)\n\n1 error\n",
    );
    refused(
        &[("p", "{\n  \"format_version\" 1\n}\n")],
        &plan,
        &format!(
            "error[A515]: `p` cannot be judged: expected `:`\n --> p:2:20\n  |\n2 |   \"format_version\" 1\n  |                    ^\n  |\n  = help: {REPAIR}\n\n1 error\n"
        ),
    );
    for (text, why) in [
        ("{}", "it has no `format_version`"),
        ("[]", "it has no `format_version`"),
        (
            "{\"format_version\": \"2.0\", \"planned_values\": {}}",
            "its `format_version` is `2.0`, and 1.x is read",
        ),
        (
            "{\"format_version\": \"1.2\"}",
            "it has no `planned_values`",
        ),
    ] {
        refused(
            &[("p", text)],
            &plan,
            &format!("error[A517]: `p` is not a plan: {why}\n |\n = help: {MAKE}\n\n1 error\n"),
        );
    }
}

#[test]
fn a_rule_that_cannot_be_used_is_refused_with_its_place() {
    let judged = ["--input", "infra", "--policies", "rules"];
    let broken = |rule: &str, why: &str, place: &str| {
        let files = [
            ("infra/raw.tf", ACL),
            ("rules/a.rego", rule),
            ("rules/lib/words.rego", LIBRARY),
        ];
        let said = format!(
            "error[A516]: the rule `rules/a.rego` cannot be used: {why}\n{place}\n\n1 error\n"
        );
        refused(&files, &judged, &said);
    };
    broken(
        &RULE.replace("some resource in", "some resource im"),
        "expecting `}` while parsing query",
        "  --> rules/a.rego:14:19\n   |\n14 |     some resource im input.resources\n   |                      ^",
    );
    let start = " --> rules/a.rego:1:1\n  |\n1 | # METADATA\n  | ^";
    broken(
        "package team.a\n\ndeny := {}\n",
        "it has no `# METADATA` comment",
        " --> rules/a.rego:1:1\n  |\n1 | package team.a\n  | ^",
    );
    broken(
        &RULE.replace("severity: warning", "severity: loud"),
        "its metadata cannot be read: custom.severity: unknown variant `loud`, expected `error` or `warning` at line 5 column 13",
        start,
    );
    broken(
        &RULE.replace("TEAM-001", "MESH-EXP-002"),
        "its id MESH-EXP-002 is also that of exposure/no_acls.rego",
        start,
    );
    broken(
        &RULE.replace("\"message\"", "\"text\""),
        "a finding has a `message`",
        start,
    );
}

#[test]
fn one_thing_is_judged_at_a_time() {
    let (_, stderr, exit) = run(&[], &["mesh", "--input", "infra"]);
    assert!(
        stderr.starts_with("error: the argument '[MESH]' cannot be used with '--input <DIR>'"),
        "{stderr}"
    );
    assert_eq!(exit, 1);
}
