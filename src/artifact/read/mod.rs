//! Reading artifacts back: our own tree, or files that somebody else wrote.
//!
//! In: a folder, or files in memory (a git revision). Out: a [`ReadTree`] of structured files, each
//! part of which knows its place, and a located [`ReadProblem`] for everything that could not be
//! read. A file that cannot be read in full is not read in part: whoever judges a tree must know
//! what was not seen. Nothing is written, and no link is followed out of the folder.

mod parse;
mod positions;
mod strict;
mod walk;

pub use walk::read;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;
use serde_json::Value;

use super::sql;
use super::write::{MANIFEST, Manifest, PROVENANCE, Provenance};
use crate::source::LineCol;
use positions::Positions;

/// The largest file that is read, in bytes.
pub const MAX_FILE: u64 = 16 * 1024 * 1024;
/// The most files that are read.
pub const MAX_FILES: usize = 200_000;
/// The deepest folder that is read.
pub const MAX_DEPTH: usize = 32;

/// Every file of a folder.
#[derive(Debug, Default)]
pub struct ReadTree {
    /// By path below the folder, with forward slashes.
    pub files: BTreeMap<String, ReadFile>,
    /// What could not be read, sorted by path and place.
    pub problems: Vec<ReadProblem>,
    /// Our manifest, if the folder is a tree of ours.
    pub manifest: Option<Manifest>,
    /// Where its lines came from, if the folder is a tree of ours.
    pub provenance: Option<Provenance>,
}

/// One file.
#[derive(Debug)]
pub struct ReadFile {
    /// Its whole text.
    pub text: String,
    /// What it says.
    pub content: ReadContent,
    line_starts: OnceLock<Vec<usize>>,
    positions: OnceLock<Positions>,
}

/// What a file says, by its language.
#[derive(Debug, Clone, PartialEq)]
pub enum ReadContent {
    /// Terraform, in the spelling that [`super::hcl::tidy`] gives it.
    Hcl(Vec<ReadBlock>),
    /// `*.tfvars`, and arguments outside of blocks in foreign files.
    HclValues(::hcl::Body),
    /// A JSON document.
    Json(Value),
    /// A YAML document, as the same JSON.
    Yaml(Value),
    /// Snowflake statements, known ones and others.
    Sql(Vec<sql::Found>),
    /// A file of no language that is known here: prose, scripts. Its text is kept.
    Text,
}

/// One top-level block of a Terraform file.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadBlock {
    /// The block.
    pub block: ::hcl::Block,
    /// Its bytes in the text.
    pub span: Range<usize>,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReadProblem {
    /// The file or folder, below the folder that was read.
    pub path: String,
    /// The place in it, where there is one.
    pub at: Option<LineCol>,
    /// What is wrong, for people.
    pub what: String,
}

impl ReadTree {
    /// Reads files that are in memory already. The two records of a tree of ours are recognised at
    /// its top.
    pub fn from_files(files: Vec<(String, Vec<u8>)>) -> Self {
        let read: Vec<_> = files
            .into_par_iter()
            .map(|(path, bytes)| {
                let file = parse::parse(&path, bytes);
                (path, file)
            })
            .collect();
        let mut tree = Self::default();
        for (path, file) in read {
            match file {
                Ok(file) => tree.take(path, file),
                Err(problem) => tree.problems.push(*problem),
            }
        }
        tree.problems.sort();
        tree
    }

    fn take(&mut self, path: String, file: ReadFile) {
        let problem = |why: String| ReadProblem {
            path: path.clone(),
            at: None,
            what: why,
        };
        match path.as_str() {
            MANIFEST => match Manifest::parse(file.text.as_bytes()) {
                Ok(manifest) => self.manifest = Some(manifest),
                Err(why) => self.problems.push(problem(why)),
            },
            PROVENANCE => match Provenance::parse(file.text.as_bytes()) {
                Ok(provenance) => self.provenance = Some(provenance),
                Err(why) => self.problems.push(problem(why)),
            },
            _ => {
                self.files.insert(path, file);
            }
        }
    }
}

impl ReadFile {
    fn new(text: String, content: ReadContent) -> Self {
        Self {
            text,
            content,
            line_starts: OnceLock::new(),
            positions: OnceLock::new(),
        }
    }

    /// The bytes of a part, by JSON pointer, or of the nearest part around it that has a place.
    ///
    /// JSON and YAML: the usual pointers. Terraform: the number of the block, then arguments by
    /// name, nested blocks by name and number, and keys and indexes of objects and lists:
    /// `/3/lifecycle_rule/0/status`, `/3/tags/owner`.
    pub fn span(&self, pointer: &str) -> Range<usize> {
        let positions = self
            .positions
            .get_or_init(|| positions::of(&self.text, &self.content));
        positions.nearest(pointer).unwrap_or(0..self.text.len())
    }

    /// Line and column of a part's first character.
    pub fn place(&self, pointer: &str) -> LineCol {
        self.line_col(self.span(pointer).start)
    }

    /// Line and column (in characters, both from 1) of a byte of the text.
    pub fn line_col(&self, at: usize) -> LineCol {
        let starts = self.line_starts.get_or_init(|| {
            std::iter::once(0)
                .chain(self.text.match_indices('\n').map(|(at, _)| at + 1))
                .collect()
        });
        let line = starts.partition_point(|start| *start <= at).max(1);
        let start = starts.get(line - 1).copied().unwrap_or(0);
        let column = self
            .text
            .get(start..at)
            .map_or(1, |before| before.chars().count() + 1);
        LineCol {
            line: small(line),
            column: small(column),
        }
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
