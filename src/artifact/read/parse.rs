//! One file's bytes to what they say, by the file's name.

use std::path::Path;

use super::strict::{Strict, TWICE};
use super::{MAX_FILE, ReadBlock, ReadContent, ReadFile, ReadProblem};
use crate::artifact::{hcl, sql};
use crate::source::LineCol;
use crate::yaml::positions;
use hcl_edit::Span as _;

/// Reads one file; the error says where it stops making sense.
pub(super) fn parse(path: &str, bytes: Vec<u8>) -> Result<ReadFile, Box<ReadProblem>> {
    let problem = |at: Option<LineCol>, what: String| {
        Box::new(ReadProblem {
            path: path.to_owned(),
            at,
            what,
        })
    };
    if bytes.len() as u64 > MAX_FILE {
        return Err(problem(
            None,
            format!("it is larger than {} MiB", MAX_FILE / 1024 / 1024),
        ));
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let before = error
                .as_bytes()
                .get(..good)
                .map(String::from_utf8_lossy)
                .unwrap_or_default();
            let at = ReadFile::new(before.into_owned(), ReadContent::Text).line_col(good);
            return Err(problem(Some(at), "it is not UTF-8 text".to_owned()));
        }
    };
    // A byte order mark is no text; positions count from behind it, as editors do.
    let text = text
        .strip_prefix('\u{feff}')
        .map(str::to_owned)
        .unwrap_or(text);
    let content = match language(path) {
        Language::Hcl => read_hcl(&text).map_err(|(at, what)| problem(at, what))?,
        Language::Json => match serde_json::from_str::<Strict>(&text) {
            Ok(Strict(value)) => ReadContent::Json(value),
            Err(error) => {
                let at = line_col(error.line(), error.column());
                let what = error.to_string();
                let what = what.split(" at line ").next().unwrap_or(&what).to_owned();
                return Err(problem(at, what));
            }
        },
        Language::Yaml => match serde_yaml::from_str::<Strict>(&text) {
            Ok(Strict(value)) => ReadContent::Yaml(value),
            Err(error) => {
                let what = error.to_string();
                let what = what.split(" at line ").next().unwrap_or(&what).to_owned();
                // serde_yaml names the start of the map.
                let twice = if what.contains(TWICE) {
                    positions::key_twice(&text)
                } else {
                    None
                };
                let at = match (twice, error.location()) {
                    (Some(at), _) => Some(ReadFile::new(text, ReadContent::Text).line_col(at)),
                    (None, Some(at)) => line_col(at.line(), at.column()),
                    (None, None) => None,
                };
                return Err(problem(at, what));
            }
        },
        Language::Sql => match sql::read(&text) {
            Ok(found) => ReadContent::Sql(found),
            Err(what) => return Err(problem(None, what)),
        },
        Language::Text => ReadContent::Text,
    };
    Ok(ReadFile::new(text, content))
}

enum Language {
    Hcl,
    Json,
    Yaml,
    Sql,
    Text,
}

fn language(path: &str) -> Language {
    match Path::new(path).extension().and_then(|end| end.to_str()) {
        Some("tf" | "tfvars" | "hcl") => Language::Hcl,
        Some("json") => Language::Json,
        Some("yaml" | "yml") => Language::Yaml,
        Some("sql") => Language::Sql,
        _ => Language::Text,
    }
}

fn read_hcl(text: &str) -> Result<ReadContent, (Option<LineCol>, String)> {
    let read = hcl_edit::parser::parse_body(text).map_err(|error| {
        let at = error.location();
        (line_col(at.line(), at.column()), error.message().to_owned())
    })?;
    let body = hcl::from_edit(&read).map_err(|difference| {
        let file = ReadFile::new(text.to_owned(), ReadContent::Text);
        let what = format!(
            "a template that cannot be kept as it is: {}",
            difference.what
        );
        (difference.at.map(|at| file.line_col(at)), what)
    })?;
    let body = hcl::tidy(body);
    if body.attributes().next().is_some() {
        return Ok(ReadContent::HclValues(body));
    }
    let spans = read.blocks().map(|block| block.span().unwrap_or_default());
    let blocks = body.into_blocks().zip(spans);
    Ok(ReadContent::Hcl(
        blocks
            .map(|(block, span)| ReadBlock { block, span })
            .collect(),
    ))
}

fn line_col(line: usize, column: usize) -> Option<LineCol> {
    // serde_json says line 0 where it knows none.
    (line > 0).then(|| LineCol {
        line: super::small(line),
        column: super::small(column.max(1)),
    })
}
