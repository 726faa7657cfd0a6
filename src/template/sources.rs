//! Where templates come from: embedded ones, a mesh's own folder, a folder named on the command
//! line. The nearest one wins, whole files only.

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::diag::{Diagnostic, Diagnostics, code};
use crate::source::{FileId, SourceMap};

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// How a template's file ends.
const ENDING: &str = ".tf.tera";

/// A template in force.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name: `aws/storage`.
    pub name: String,
    /// Its text.
    pub file: FileId,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a template comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Part of the binary.
    Embedded,
    /// A file that overrides an embedded one.
    File(PathBuf),
}

/// Every template by name; an override without an embedded twin is reported, since nothing would
/// ever render it.
pub(super) fn collect(
    folders: &[&Path],
    map: &mut SourceMap,
    out: &mut Diagnostics,
) -> Vec<Source> {
    let mut sources = Vec::new();
    embedded(&EMBEDDED, &mut |name, text| {
        let shown = PathBuf::from(format!("<embedded>/{name}{ENDING}"));
        let file = map.add(shown, text);
        sources.push(Source {
            name: name.to_owned(),
            file,
            origin: Origin::Embedded,
        });
    });
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    for folder in folders {
        overrides(folder, &mut sources, map, out);
    }
    sources
}

fn embedded(dir: &'static Dir<'static>, visit: &mut dyn FnMut(&str, &'static str)) {
    for file in dir.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        if let (Some(name), Some(text)) = (path.strip_suffix(ENDING), file.contents_utf8()) {
            visit(name, text);
        }
    }
    for folder in dir.dirs() {
        embedded(folder, visit);
    }
}

fn overrides(folder: &Path, sources: &mut [Source], map: &mut SourceMap, out: &mut Diagnostics) {
    if !folder.is_dir() {
        return;
    }
    let entries = walkdir::WalkDir::new(folder)
        .min_depth(1)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok);
    for entry in entries.filter(|entry| entry.file_type().is_file()) {
        let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        let relative = relative.to_string_lossy().replace('\\', "/");
        let Some(name) = relative.strip_suffix(ENDING) else {
            continue;
        };
        let text = match std::fs::read_to_string(entry.path()) {
            Ok(text) => text,
            Err(error) => {
                let message = format!(
                    "the template `{}` cannot be read: {error}",
                    entry.path().display()
                );
                out.push(Diagnostic::without_place(
                    code::TEMPLATE_UNREADABLE,
                    message,
                ));
                continue;
            }
        };
        let file = map.add(entry.path(), text);
        match sources.iter_mut().find(|source| source.name == name) {
            Some(source) => {
                source.file = file;
                source.origin = Origin::File(entry.path().to_owned());
            }
            None => {
                let span = crate::source::Span {
                    file,
                    start: 0,
                    end: 0,
                };
                let names: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
                let problem = Diagnostic::new(
                    code::TEMPLATE_UNREADABLE,
                    span,
                    format!("`{name}` overrides no template of meshc"),
                );
                out.push(
                    problem
                        .did_you_mean(name, names.iter().map(String::as_str))
                        .help("`meshc templates list` shows the names"),
                );
            }
        }
    }
}

/// The text of an embedded template, for `meshc templates eject`.
pub fn embedded_text(name: &str) -> Option<&'static str> {
    EMBEDDED
        .get_file(format!("{name}{ENDING}"))
        .and_then(include_dir::File::contents_utf8)
}
