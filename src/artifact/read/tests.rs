//! Files of every language, with the places of their parts and of what is wrong with them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail by panicking"
)]

use std::fs;

use serde_json::json;

use super::*;
use crate::artifact::hcl::samples::origin;
use crate::artifact::{Artifact, Content, Document, HclBlock, print};

fn one(path: &str, text: &str) -> ReadFile {
    let mut tree = ReadTree::from_files(vec![(path.to_owned(), text.as_bytes().to_vec())]);
    assert_eq!(tree.problems, []);
    tree.files.remove(path).unwrap()
}

fn problem(path: &str, bytes: &[u8]) -> String {
    let tree = ReadTree::from_files(vec![(path.to_owned(), bytes.to_vec())]);
    assert!(
        tree.files.is_empty(),
        "a file that cannot be read in full is not read in part"
    );
    match tree.problems.as_slice() {
        [
            ReadProblem {
                at: Some(at), what, ..
            },
        ] => format!("{}:{}: {what}", at.line, at.column),
        [ReadProblem { at: None, what, .. }] => what.clone(),
        other => panic!("{other:?}"),
    }
}

fn at(file: &ReadFile, pointer: &str) -> (u32, u32) {
    let place = file.place(pointer);
    (place.line, place.column)
}

#[test]
fn terraform_is_read_with_the_places_of_its_parts() {
    let file = one(
        "a/main.tf",
        r#"# a comment
resource aws_s3_bucket "größe" {
  bucket = "${var.name}"
  tags = { owner = "sales", "cost center" = "1" }

  rule {
    days = [1,
      2]
  }
  rule {
    policy = jsonencode({ a = 1 })
  }
}

locals {
}
"#,
    );
    let ReadContent::Hcl(blocks) = &file.content else {
        panic!("{:?}", file.content)
    };
    assert_eq!(blocks.len(), 2);
    let labels: Vec<_> = blocks[0]
        .block
        .labels
        .iter()
        .map(hcl::BlockLabel::as_str)
        .collect();
    assert_eq!(labels, ["aws_s3_bucket", "größe"]);
    // Spelling is evened out, so that foreign files and ours compare.
    let bucket = blocks[0].block.body.attributes().next().unwrap();
    assert_eq!(
        bucket.expr,
        crate::artifact::hcl::expr::reference("var.name")
    );
    assert!(file.text[blocks[1].span.clone()].starts_with("locals {"));
    for (pointer, place) in [
        ("", (1, 1)),
        ("/0", (2, 1)),
        ("/0/bucket", (3, 3)),
        ("/0/tags/owner", (4, 12)),
        ("/0/tags/cost center", (4, 29)),
        ("/0/rule/0/days/1", (8, 7)),
        ("/0/rule/1", (10, 3)),
        ("/0/rule/1/policy/0/a", (11, 5)),
        ("/0/rule/7/nothing", (2, 1)),
        ("/1", (15, 1)),
    ] {
        assert_eq!(at(&file, pointer), place, "{pointer}");
    }
}

#[test]
fn json_is_read_with_the_places_of_its_parts() {
    let file = one(
        "a.json",
        "{\n  \"Statement\": [\n    {\"Sid\": \"ä\", \"a/b~c\": {}},\n    {\n      \"S\\u0069d\": \"\\\"}\",\n      \"N\": -1.5e3 }\n  ]\n , \"empty\":[]}\n",
    );
    let ReadContent::Json(value) = &file.content else {
        panic!("{:?}", file.content)
    };
    assert_eq!(
        *value,
        json!({
            "Statement": [{"Sid": "ä", "a/b~c": {}}, {"Sid": "\"}", "N": -1500.0}],
            "empty": []
        })
    );
    for (pointer, place) in [
        ("", (1, 1)),
        ("/Statement", (2, 3)),
        ("/Statement/0/Sid", (3, 6)),
        ("/Statement/0/a~1b~0c", (3, 18)),
        ("/Statement/1", (4, 5)),
        ("/Statement/1/Sid", (5, 7)),
        ("/Statement/1/N", (6, 7)),
        ("/Statement/1/N/x/y", (6, 7)),
        ("/empty", (8, 4)),
    ] {
        assert_eq!(at(&file, pointer), place, "{pointer}");
    }
    assert_eq!(&file.text[file.span("/Statement/1/N")], "\"N\": -1.5e3");
}

#[test]
fn yaml_is_read_with_the_places_of_its_parts() {
    let file = one(
        "a.yaml",
        "# größe\ntitle: 'ü'\nstage: GA\nlist:\n- one\n- {two: 2, \"three\": [3]}\nempty:\n",
    );
    let ReadContent::Yaml(value) = &file.content else {
        panic!("{:?}", file.content)
    };
    assert_eq!(
        *value,
        json!({
            "title": "ü", "stage": "GA", "list": ["one", {"two": 2, "three": [3]}], "empty": null
        })
    );
    for (pointer, place) in [
        ("/title", (2, 1)),
        ("/list/0", (5, 3)),
        ("/list/1/two", (6, 4)),
        ("/list/1/three/0", (6, 22)),
        ("/empty", (7, 1)),
    ] {
        assert_eq!(at(&file, pointer), place, "{pointer}");
    }
}

#[test]
fn sql_and_prose_are_kept() {
    let file = one("a.sql", "-- x\nUSE ROLE \"A\";\nSELECT ';';\n");
    let ReadContent::Sql(found) = &file.content else {
        panic!("{:?}", file.content)
    };
    assert_eq!(
        found.iter().map(|found| found.line).collect::<Vec<_>>(),
        [2, 3]
    );
    assert_eq!(one("README.md", "# hello\n").content, ReadContent::Text);
    assert!(matches!(
        one("x.tfvars", "a = 1\n").content,
        ReadContent::HclValues(_)
    ));
    assert!(matches!(one("empty.tf", "").content, ReadContent::Hcl(blocks) if blocks.is_empty()));
}

#[test]
fn what_cannot_be_read_is_said_with_its_place() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n\
        d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n";
    let deep_hcl = format!("a {{\n  b = {deep}\n}}\n");
    for (path, text, expected) in [
        ("a.tf", "a {\n  b = = 1\n}\n", "2:7: "),
        ("a.tf", "a {\n  b = 1\n  b = 2\n}\n", "3:"),
        (
            "a.tf",
            "a {\n  b = \"x${f(\"$${%$${local.secret}\")}\"\n}\n",
            "2:",
        ),
        ("a.tf", &deep_hcl, "2:"),
        ("a.json", "{\n  \"a\": 1,\n}", "3:1: "),
        (
            "a.json",
            "{\"a\": 1,\n \"\\u0061\": 2}",
            "2:9: the key `a` stands twice",
        ),
        ("a.json", &deep, "1:128: recursion limit exceeded"),
        ("a.json", "", "1:1: "),
        ("a.yaml", "a: 1\nb: [\n", "3:1: "),
        (
            "a.yaml",
            "a: 1\nb: 2\na: 3\n",
            "3:1: the key `a` stands twice",
        ),
        ("a.yaml", "a: .inf\n", "1:4: a: a number that is not finite"),
        ("a.yaml", bomb, "repetition limit exceeded"),
        ("a.sql", "SELECT 1;\nSELECT 'x\n", ""),
    ] {
        let shown = problem(path, text.as_bytes());
        assert!(
            shown.starts_with(expected),
            "{path}: {shown:?} is not {expected:?}"
        );
    }
    assert_eq!(problem("a.tf", b"ok\n  \xff"), "2:3: it is not UTF-8 text");
    let large = vec![b' '; usize::try_from(MAX_FILE).unwrap() + 1];
    assert_eq!(problem("a.json", &large), "it is larger than 16 MiB");
}

#[test]
fn what_was_printed_is_read_back() {
    let origin = origin("sales/orders", "test");
    let block = crate::artifact::hcl::build::resource("a_b", "c")
        .attr("d", "$${e}")
        .by(&origin);
    let document = Document {
        value: json!({"a": ["b\u{202e}"]}),
        origin,
        parts: Vec::new(),
    };
    let artifacts = [
        ("x/main.tf", Content::Hcl(vec![block.clone()])),
        ("x/p.json", Content::Json(document.clone())),
        ("x/r.yaml", Content::Yaml(document.clone())),
    ];
    let files = artifacts.map(|(path, content)| {
        let artifact = Artifact {
            path: path.to_owned(),
            content,
        };
        (path.to_owned(), print(&artifact).text.into_bytes())
    });
    let tree = ReadTree::from_files(files.to_vec());
    assert_eq!(tree.problems, []);
    let HclBlock { block, .. } = block;
    assert!(
        matches!(&tree.files["x/main.tf"].content, ReadContent::Hcl(read) if read[0].block == block)
    );
    assert_eq!(
        tree.files["x/p.json"].content,
        ReadContent::Json(document.value.clone())
    );
    assert_eq!(
        tree.files["x/r.yaml"].content,
        ReadContent::Yaml(document.value)
    );
}

#[test]
fn a_folder_is_read_without_leaving_it() {
    let dir = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.json"), "{}").unwrap();
    let root = dir.path();
    for (path, text) in [
        ("b/main.tf", "locals {}\n"),
        ("a.json", "{}"),
        ("b/.terraform/modules/x.tf", "ignored {}\n"),
        ("b/.terraform.lock.hcl", "ignored {}\n"),
        ("b/terraform.tfstate", "{}"),
        (".git/config.json", "{}"),
        (".meshc-stage/new/x.tf", "ignored {}\n"),
        ("bad.json", "{"),
        (".manifest.json", "{"),
        (".provenance.json", "{\"version\": 1, \"files\": {}}"),
    ] {
        fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs::write(root.join(path), text).unwrap();
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink(root.join("a.json"), root.join("alias.json")).unwrap();
        symlink(outside.path().join("secret.json"), root.join("out.json")).unwrap();
        symlink(outside.path(), root.join("out")).unwrap();
        symlink(root, root.join("b/circle")).unwrap();
        symlink("nowhere", root.join("nowhere.json")).unwrap();
    }
    let tree = read(root).unwrap();
    assert_eq!(
        tree.files.keys().collect::<Vec<_>>(),
        if cfg!(unix) {
            vec!["a.json", "alias.json", "b/main.tf"]
        } else {
            vec!["a.json", "b/main.tf"]
        }
    );
    assert!(tree.provenance.is_some() && tree.manifest.is_none());
    let problems: Vec<_> = tree
        .problems
        .iter()
        .map(|p| format!("{}: {}", p.path, p.what))
        .collect();
    let mut expected = vec![
        ".manifest.json: EOF while parsing an object",
        "b/circle: a link to a folder; not read under this name",
        "bad.json: EOF while parsing an object",
        "nowhere.json: a link that leads nowhere",
        "out: a link that leads out of the folder; not read",
        "out.json: a link that leads out of the folder; not read",
    ];
    if cfg!(not(unix)) {
        expected.retain(|problem| problem.contains("EOF"));
    }
    assert_eq!(problems, expected);

    let single = read(&root.join("a.json")).unwrap();
    assert_eq!(single.files.keys().collect::<Vec<_>>(), ["a.json"]);
    assert!(read(&root.join("nothing")).is_err());
}
