//! What README and docs show is run: every `$ meshc …` of a `console` block, in an empty folder per
//! file, in order; the lines below it are its output and errors. `UPDATE=1` rewrites them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// One command and what the document says it prints.
struct Step {
    command: String,
    shown: String,
}

fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
    files.extend(
        walkdir::WalkDir::new(root.join("docs"))
            .sort_by_file_name()
            .into_iter()
            .map(|entry| entry.unwrap().into_path())
            .filter(|path| path.extension().is_some_and(|ext| ext == "md")),
    );
    files
}

fn run(command: &str, dir: &Path) -> String {
    let words: Vec<&str> = command.split_whitespace().collect();
    let (program, rest) = words.split_first().unwrap();
    assert_eq!(
        *program, "meshc",
        "a transcript runs meshc and nothing else: {command}"
    );
    let output = Command::new(env!("CARGO_BIN_EXE_meshc"))
        .args(rest)
        .current_dir(dir)
        .env("NO_COLOR", "1")
        .env_remove("COLUMNS")
        .output()
        .unwrap();
    let mut text = String::from_utf8(output.stdout).unwrap();
    text.push_str(&String::from_utf8(output.stderr).unwrap());
    if let Some(code) = output.status.code().filter(|code| *code != 0) {
        text.push_str(&format!("[exit {code}]\n"));
    }
    text
}

/// Splits a document into text and commands; gives back the document with every output replaced
/// by what the commands really print.
fn replay(text: &str, dir: &Path, run_count: &mut usize) -> String {
    let (mut fresh, mut lines) = (String::new(), text.lines().peekable());
    let mut in_console = false;
    while let Some(line) = lines.next() {
        fresh.push_str(line);
        fresh.push('\n');
        match line {
            "```console" => in_console = true,
            "```" => in_console = false,
            _ => {}
        }
        let Some(command) = line.strip_prefix("$ ").filter(|_| in_console) else {
            continue;
        };
        let mut step = Step {
            command: command.to_owned(),
            shown: String::new(),
        };
        while let Some(next) = lines
            .peek()
            .filter(|next| !next.starts_with("$ ") && **next != "```")
        {
            step.shown.push_str(next);
            step.shown.push('\n');
            lines.next();
        }
        fresh.push_str(&run(&step.command, dir));
        *run_count += 1;
    }
    fresh
}

#[test]
fn every_transcript_is_what_meshc_prints() {
    let mut run_count = 0;
    for path in documents() {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        if !text.contains("```console") {
            continue;
        }
        let dir = tempfile::tempdir().unwrap();
        let fresh = replay(&text, dir.path(), &mut run_count);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &fresh).unwrap();
        }
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            fresh == text,
            "{}: run with UPDATE=1 and review\n{fresh}",
            path.display()
        );
    }
    println!("commands of transcripts run: {run_count}");
    assert!(run_count >= 5, "only {run_count} commands were found");
}
