//! Files and places: what a blueprint's text is and where something stands in it.
//!
//! In: the bytes of a mesh folder. Out: a [`SourceMap`] that every later stage points into with
//! [`Span`]s. Reading happens only in [`load`]; nothing here knows what a mesh is.

mod characters;
pub mod load;
pub mod secrets;
mod span;

pub use characters::is_forbidden;
pub use span::{LineCol, Span, Spanned};

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// A file of the [`SourceMap`]; cheap to copy and to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// One text file of a mesh, with the table that turns byte offsets into lines and columns.
#[derive(Debug)]
pub struct SourceFile {
    path: PathBuf,
    text: String,
    line_starts: OnceLock<Vec<u32>>,
    covered: OnceLock<Option<String>>,
}

impl SourceFile {
    /// The path as it is shown to people: relative to where the command was started.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole text as it may be shown: as long, with what looks like a secret covered by stars.
    pub fn shown(&self) -> &str {
        self.covered
            .get_or_init(|| secrets::covered(&self.text))
            .as_deref()
            .unwrap_or(&self.text)
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let breaks = self
                .text
                .bytes()
                .enumerate()
                .filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0)
                .chain(breaks.map(|(at, _)| offset(at) + 1))
                .collect()
        })
    }

    /// The byte offset of a line and column as [`SourceFile::line_col`] counts them; the end of
    /// the file if it has no such place.
    pub fn offset_of(&self, line: usize, column: usize) -> u32 {
        let start = self
            .line_starts()
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or(offset(self.text.len())) as usize;
        let rest = self.text.get(start..).unwrap_or_default();
        let inside = rest
            .char_indices()
            .nth(column.saturating_sub(1))
            .map_or(rest.len(), |(at, _)| at);
        offset(start + inside)
    }

    /// Line and column (both from 1, columns in characters) of a byte offset.
    pub fn line_col(&self, at: u32) -> LineCol {
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start <= at).max(1);
        let start = starts.get(line - 1).copied().unwrap_or(0) as usize;
        let end = (at as usize).min(self.text.len());
        let column = self
            .text
            .get(start..end)
            .map_or(1, |before| before.chars().count() + 1);
        LineCol {
            line: offset(line),
            column: offset(column),
        }
    }
}

/// Files larger than 4 GiB are refused by the loader, so an offset always fits.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Every file that was read, in the order of their ids.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Adds a file and returns the id under which spans refer to it.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: impl Into<String>) -> FileId {
        let id = FileId(offset(self.files.len()));
        self.files.push(SourceFile {
            path: path.into(),
            text: text.into(),
            line_starts: OnceLock::new(),
            covered: OnceLock::new(),
        });
        id
    }

    /// The file behind an id that this map gave out.
    ///
    /// # Panics
    /// Never for an id of this map; ids cannot be made elsewhere.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// Every file with its id.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files
            .iter()
            .enumerate()
            .map(|(at, file)| (FileId(offset(at)), file))
    }

    /// The empty span at a line and column, as [`SourceFile::offset_of`] finds them.
    pub fn point(&self, file: FileId, line: usize, column: usize) -> Span {
        let at = self.file(file).offset_of(line, column);
        Span {
            file,
            start: at,
            end: at,
        }
    }

    /// `file:line:column` of a span's start, as editors and terminals make it clickable.
    pub fn place(&self, span: Span) -> String {
        let file = self.file(span.file);
        let at = file.line_col(span.start);
        format!("{}:{}:{}", file.path().display(), at.line, at.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_start_at_one() {
        let mut map = SourceMap::default();
        let file = map.add("a.yaml", "größe: 1\nb: 2\n");
        let at = |start| {
            map.place(Span {
                file,
                start,
                end: start,
            })
        };
        assert_eq!(at(0), "a.yaml:1:1");
        assert_eq!(at("größe".len().try_into().unwrap_or(0)), "a.yaml:1:6");
        assert_eq!(
            at("größe: 1\nb".len().try_into().unwrap_or(0)),
            "a.yaml:2:2"
        );
    }
}
