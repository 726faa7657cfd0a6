//! `meshc fmt`: whole files, mutated ones, and the command.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use meshc::diag::Diagnostics;
use meshc::source::SourceMap;
use meshc::yaml::format::format;
use meshc::yaml::{NodeId, Value, Yaml, parse};

use crate::golden::copy_example;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every blueprint file that is shipped.
fn shipped() -> Vec<(PathBuf, String)> {
    let files: Vec<_> = ["examples", "blueprints"]
        .iter()
        .flat_map(|folder| walkdir::WalkDir::new(root().join(folder)).sort_by_file_name())
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .filter(|path| {
            !path
                .components()
                .any(|part| part.as_os_str() == "generated" || part.as_os_str() == "pitfalls")
        })
        .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
        .collect();
    assert!(files.len() >= 6, "only {} files are shipped", files.len());
    files
}

#[test]
fn shipped_files_are_formatted_already() {
    for (path, text) in shipped() {
        let made = format(&text).unwrap_or_else(|trouble| panic!("{path:?}: {trouble:?}"));
        assert_eq!(made, text, "{path:?}");
    }
}

/// What a document says, as text: the arena without its places.
fn said(yaml: &Yaml<'_>, node: NodeId) -> String {
    match yaml.value(node) {
        Value::Scalar { text, plain } => format!("{plain}{text:?}"),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(|item| said(yaml, *item)).collect();
            format!("[{}]", items.join(","))
        }
        Value::Map(entries) => {
            let one = |(key, value): &(NodeId, NodeId)| {
                format!("{}:{}", said(yaml, *key), said(yaml, *value))
            };
            let entries: Vec<_> = entries.iter().map(one).collect();
            format!("{{{}}}", entries.join(","))
        }
    }
}

fn arena(text: &str) -> Option<String> {
    let (mut map, mut out) = (SourceMap::default(), Diagnostics::default());
    let id = map.add("x.yaml", text);
    let yaml = parse(&map, id, &mut out)?;
    Some(said(&yaml, yaml.root()))
}

/// Everything but white space and the marks of quoting, which formatting may change.
fn ink(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '"' | '\u{feff}'))
        .collect()
}

/// How a text fared.
#[derive(PartialEq, Eq)]
enum Fared {
    /// It is no YAML, or none that meshc reads.
    Unreadable,
    /// It was left as it is.
    Refused,
    Formatted,
}

/// Checks what must hold of any text.
fn holds(text: &str) -> Fared {
    let Some(before) = arena(text) else {
        return Fared::Unreadable;
    };
    let Ok(made) = format(text) else {
        return Fared::Refused;
    };
    assert_eq!(
        arena(&made).as_ref(),
        Some(&before),
        "another meaning:\n{text}\n---\n{made}"
    );
    assert_eq!(ink(&made), ink(text), "something was lost:\n{text}");
    assert_eq!(
        format(&made).as_ref(),
        Ok(&made),
        "not a fixed point:\n{text}\n---\n{made}"
    );
    assert!(made.ends_with('\n') || made.is_empty());
    Fared::Formatted
}

/// A small generator, so that the same texts are tried everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// The same document in another spelling: indentation, spaces, empty lines, line ends.
fn respelled(text: &str, dice: &mut Dice) -> String {
    let (step, offset) = (1 + dice.roll(4), dice.roll(3));
    let mut made = String::new();
    for line in text.lines() {
        let rest = line.trim_start_matches(' ');
        let depth = line.len() - rest.len();
        // Dashes and what stands behind them keep their distance of two.
        if !rest.is_empty() {
            made.push_str(&" ".repeat(depth / 2 * step.max(2) + offset));
        }
        let rest = match dice.roll(6) {
            0 if !rest.contains(['"', '\'']) && !rest.starts_with('#') => {
                rest.replacen(": ", ":    ", 1)
            }
            1 => format!("{rest}   "),
            2 => rest.replace(": {", ": {  ").replace(": [", ": [ "),
            _ => rest.to_owned(),
        };
        made.push_str(&rest);
        made.push('\n');
        if dice.roll(12) == 0 {
            made.push_str("\n  \n\n");
        }
    }
    match dice.roll(4) {
        0 => made.replace('\n', "\r\n"),
        1 => format!("\u{feff}{made}"),
        _ => made,
    }
}

/// What once came out otherwise the second time.
#[test]
fn comments_before_the_first_line_of_a_level_go_with_it() {
    for (text, wanted) in [
        ("a:\n  # c\n b:\n    d: 1\n", "a:\n  # c\n  b:\n    d: 1\n"),
        ("a:\n    # c\n- 1\n- 2\n", "a:\n  # c\n  - 1\n  - 2\n"),
        // It stands deeper than what follows, and something is there for it to end.
        ("a:\n  b: 1\n  # c\nd: 2\n", "a:\n  b: 1\n  # c\nd: 2\n"),
    ] {
        assert_eq!(format(text).as_deref(), Ok(wanted), "{text}");
        assert!(holds(text) == Fared::Formatted);
    }
}

#[test]
fn other_spellings_of_shipped_files_come_back_as_the_same_document() {
    let mut dice = Dice(1);
    let mut formatted = 0;
    for (_, text) in shipped() {
        for _ in 0..60 {
            let spelled = respelled(&text, &mut dice);
            // Steps of three and four tear a list's items apart: that is no YAML.
            match holds(&spelled) {
                Fared::Formatted => formatted += 1,
                Fared::Refused => panic!("refused:\n{spelled}"),
                Fared::Unreadable => {}
            }
        }
    }
    println!("respelled files formatted: {formatted}");
    assert!(formatted > 150, "only {formatted}");
}

#[test]
fn nothing_is_damaged_by_formatting_mutated_files() {
    const PIECES: &[&str] = &[
        " ",
        "  ",
        "\n",
        "\n\n",
        "- ",
        ": ",
        "# x\n",
        " # y",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "'",
        "\"",
        "|\n",
        ">-\n",
        "&a ",
        "*a",
        "~",
        "\t",
        "\r\n",
        "? ",
        "---\n",
        "ä",
        "key: ",
        "\n    ",
        "\n  # z\n",
    ];
    let mut dice = Dice(2);
    let (mut tried, mut formatted, mut refused) = (0, 0, 0);
    for (path, text) in shipped() {
        if path.to_string_lossy().contains("blueprints") {
            continue;
        }
        for _ in 0..400 {
            let mut mutated: Vec<char> = text.chars().collect();
            for _ in 0..=dice.roll(3) {
                let at = dice.roll(mutated.len());
                match dice.roll(3) {
                    0 => {
                        mutated.remove(at);
                    }
                    1 => {
                        let piece = PIECES[dice.roll(PIECES.len())];
                        mutated.splice(at..at, piece.chars());
                    }
                    _ => {
                        let end = (at + dice.roll(40)).min(mutated.len());
                        let cut: Vec<char> = mutated.drain(at..end).collect();
                        let to = dice.roll(mutated.len());
                        mutated.splice(to..to, cut);
                    }
                }
            }
            let mutated: String = mutated.into_iter().collect();
            tried += 1;
            match holds(&mutated) {
                Fared::Formatted => formatted += 1,
                Fared::Refused => refused += 1,
                Fared::Unreadable => {}
            }
        }
    }
    println!("mutated files: {tried}, formatted {formatted}, left as they are {refused}");
    assert!(formatted * 10 > tried, "only {formatted} of {tried}");
    assert!(
        refused * 100 <= formatted,
        "{refused} were left as they are"
    );
}

fn meshc(dir: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_meshc"))
        .args(words)
        .current_dir(dir)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

fn both(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn the_command_formats_what_it_understands_and_leaves_the_rest() {
    let mesh = copy_example("minimal");
    let at = |name: &str| mesh.path().join(name);
    let output = meshc(mesh.path(), &["fmt", "--check"]);
    assert_eq!(both(&output), "nothing to format\n");
    assert_eq!(output.status.code(), Some(0));

    let good = std::fs::read_to_string(at("domains/sales.yaml")).unwrap();
    let bad = good.replace("kind: Domain", "kind:    Domain   ");
    let odd = std::fs::read_to_string(at("domains/support.yaml"))
        .unwrap()
        .replace("title: Call events", "? title\n    : Call events");
    std::fs::write(at("domains/sales.yaml"), &bad).unwrap();

    let output = meshc(mesh.path(), &["fmt", "--check"]);
    assert_eq!(both(&output), "would change domains/sales.yaml\n");
    assert_eq!(output.status.code(), Some(2));
    let kept = std::fs::read_to_string(at("domains/sales.yaml")).unwrap();
    assert_eq!(kept, bad, "--check writes nothing");

    std::fs::write(at("domains/support.yaml"), &odd).unwrap();
    let output = meshc(mesh.path(), &["fmt"]);
    let said = both(&output);
    assert!(said.contains("formatted domains/sales.yaml\n"), "{said}");
    assert!(said.contains("error[E112]"), "{said}");
    assert!(said.contains("domains/support.yaml:19:5"), "{said}");
    assert_eq!(output.status.code(), Some(1));
    let read = |name: &str| std::fs::read_to_string(at(name)).unwrap();
    assert_eq!(read("domains/sales.yaml"), good);
    assert_eq!(read("domains/support.yaml"), odd, "left as it is");

    std::fs::write(at("domains/support.yaml"), "a: [1\n").unwrap();
    let output = meshc(mesh.path(), &["fmt", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(json["diagnostics"][0]["code"], "E103");
    assert_eq!(read("domains/support.yaml"), "a: [1\n");
}
