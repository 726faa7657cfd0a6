//! A YAML text as tokens: everything that is not white space, with its bytes.
//!
//! In: a text. Out: scalars (found by the parser) and what stands between them: indicators, anchors,
//! comments. Rarely used things that formatting and editing do not know (`? key`, tags, directives)
//! are an error with their place.

use saphyr_parser::{Event, Parser, ScalarStyle};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A plain or quoted scalar.
    Text,
    /// A `|` or `>` scalar with its header and all of its lines.
    Block,
    /// `*name`
    Alias,
    /// `&name`
    Anchor,
    /// `-`
    Dash,
    /// `:`
    Colon,
    /// `,`
    Comma,
    /// `{` or `[`
    Open,
    /// `}` or `]`
    Close,
    /// `# …` to the end of its line.
    Comment,
    /// `---`
    Marker,
}

/// A token and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it stands inside of `{ }` or `[ ]`; the outermost braces stand outside where they
    /// open, and inside where they close.
    pub(super) in_flow: bool,
    /// Whether nothing follows it on its line.
    pub(super) ends_line: bool,
}

impl Token {
    pub(super) fn text<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// Something that formatting does not understand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The byte at which it stands.
    pub at: usize,
    /// What it is, for people.
    pub what: String,
}

impl Trouble {
    pub(super) fn at(at: usize, what: impl Into<String>) -> Self {
        Self {
            at,
            what: what.into(),
        }
    }
}

/// A scalar that the parser found.
struct Solid {
    start: usize,
    end: usize,
    kind: Kind,
}

/// Every token of a text.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Trouble> {
    let solids = solids(text)?;
    let mut scan = Scan {
        text,
        at: 0,
        depth: 0,
        found: Vec::new(),
    };
    let mut blocks = solids.iter().filter(|solid| solid.kind == Kind::Block);
    for solid in solids.iter().filter(|solid| solid.kind != Kind::Block) {
        scan.gap(solid.start, &mut blocks)?;
        let end = solid.start + trimmed(text.get(solid.start..solid.end).unwrap_or_default());
        // The anchor of a scalar is part of what the parser points at.
        let start = scan.anchor(solid.start, end);
        if start < end {
            scan.push(solid.kind, start, end);
        }
        scan.at = end.max(scan.at);
    }
    scan.gap(text.len(), &mut blocks)?;
    let mut found = scan.found;
    for token in &mut found {
        let rest = text.get(token.end..).unwrap_or_default();
        let rest = rest.trim_start_matches([' ', '\t']);
        token.ends_line = rest.is_empty() || rest.starts_with(['\n', '#']);
    }
    Ok(found)
}

fn trimmed(text: &str) -> usize {
    text.trim_end_matches([' ', '\t', '\n']).len()
}

fn solids(text: &str) -> Result<Vec<Solid>, Trouble> {
    let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let byte = |index: usize| offsets.get(index).copied().unwrap_or(text.len());
    let mut found = Vec::new();
    for item in Parser::new_from_str(text) {
        let (event, span) =
            item.map_err(|error| Trouble::at(byte(error.marker().index()), error.info()))?;
        let (start, end) = (byte(span.start.index()), byte(span.end.index()));
        let kind = match event {
            Event::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded, _, None) => Kind::Block,
            // A value that is not there; what the parser points at then is its neighbour.
            Event::Scalar(text, ScalarStyle::Plain, _, None) if text.is_empty() => continue,
            Event::Scalar(_, _, _, None) => Kind::Text,
            Event::Alias(_) => Kind::Alias,
            Event::Scalar(..)
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => return Err(Trouble::at(start, "a tag")),
            _ => continue,
        };
        if start < end || kind == Kind::Block {
            found.push(Solid { start, end, kind });
        }
    }
    Ok(found)
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    found: Vec<Token>,
}

impl Scan<'_> {
    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        self.found.push(Token {
            kind,
            start,
            end,
            in_flow: self.depth > 0,
            ends_line: false,
        });
    }

    /// Takes an anchor in front of a scalar, and gives back where the scalar itself starts.
    fn anchor(&mut self, start: usize, end: usize) -> usize {
        let text = self.text.get(start..end).unwrap_or_default();
        if !text.starts_with('&') {
            return start;
        }
        let length = text.find([' ', '\t', '\n']).unwrap_or(text.len());
        self.push(Kind::Anchor, start, start + length);
        let rest = text.get(length..).unwrap_or_default();
        start + text.len() - rest.trim_start_matches([' ', '\t', '\n']).len()
    }

    /// Reads what stands before the next scalar.
    fn gap<'s>(
        &mut self,
        until: usize,
        blocks: &mut impl Iterator<Item = &'s Solid>,
    ) -> Result<(), Trouble> {
        while self.at < until {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some(c) = rest.chars().next() else {
                return Ok(());
            };
            let at = self.at;
            let one = |scan: &mut Self, kind: Kind| {
                scan.push(kind, at, at + 1);
                scan.at = at + 1;
            };
            match c {
                ' ' | '\t' | '\n' => self.at += 1,
                '#' => {
                    let end = at + rest.find('\n').unwrap_or(rest.len());
                    self.push(Kind::Comment, at, end);
                    self.at = end;
                }
                '-' if rest.starts_with("---") => {
                    if !rest.starts_with("---\n") {
                        return Err(Trouble::at(at, "a document that starts behind its `---`"));
                    }
                    self.push(Kind::Marker, at, at + 3);
                    self.at += 3;
                }
                '-' => one(self, Kind::Dash),
                ':' => one(self, Kind::Colon),
                ',' => one(self, Kind::Comma),
                '{' | '[' => {
                    one(self, Kind::Open);
                    self.depth += 1;
                }
                '}' | ']' => {
                    one(self, Kind::Close);
                    self.depth = self.depth.saturating_sub(1);
                }
                '&' => {
                    let length = rest.find([' ', '\t', '\n', ',', ']', '}']);
                    let end = at + length.unwrap_or(rest.len());
                    self.push(Kind::Anchor, at, end);
                    self.at = end;
                }
                '|' | '>' => self.block(blocks.next())?,
                '?' => return Err(Trouble::at(at, "a key behind a `?`")),
                '%' => return Err(Trouble::at(at, "a directive")),
                '.' => return Err(Trouble::at(at, "the end of a document")),
                _ => return Err(Trouble::at(at, "a spelling that is not known here")),
            }
        }
        Ok(())
    }

    fn block(&mut self, solid: Option<&Solid>) -> Result<(), Trouble> {
        let at = self.at;
        let Some(solid) = solid else {
            return Err(Trouble::at(at, "a spelling that is not known here"));
        };
        let rest = self.text.get(at..).unwrap_or_default();
        let header = rest.lines().next().unwrap_or_default();
        let indicators = header.split('#').next().unwrap_or_default();
        let body = self.text.get(at..solid.end.max(at)).unwrap_or_default();
        let length = if indicators.contains('+') {
            body.strip_suffix('\n').unwrap_or(body).len()
        } else {
            body.trim_end_matches(['\n', ' ', '\t']).len()
        };
        let end = at + length.max(header.trim_end().len());
        self.push(Kind::Block, at, end);
        self.at = end;
        Ok(())
    }
}
