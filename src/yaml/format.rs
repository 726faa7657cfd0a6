//! The canonical spelling of a YAML text, for `meshc fmt`.
//!
//! In: one document. Out: the same document in two-space indentation, with one space where one
//! belongs, at most one empty line, double quotes and a final newline; or the place of what is not
//! understood. Tokens are kept as they are and only the white space between them is made anew, so
//! that comments, order, line breaks and block scalars survive. The result is parsed and compared
//! with what was read; should it differ, there is no result.
//!
//! Never: breaks or joins a line, reorders, removes quotes, or looks at what a key means.

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::tokens::{Kind, Token, Trouble, tokens};

/// Spaces of one level.
const STEP: usize = 2;

/// The canonical spelling; the error says where something stands that is not understood.
pub fn format(original: &str) -> Result<String, Trouble> {
    let unmarked = original.strip_prefix('\u{feff}').unwrap_or(original);
    let skipped = original.len() - unmarked.len();
    let breaks = unmarked.matches('\n').count();
    let windows = breaks > 0 && unmarked.matches("\r\n").count() == breaks;
    let text = unmarked.replace("\r\n", "\n");
    if let Some(at) = text.find('\r') {
        // Carriage returns before it were removed with their line feeds.
        let removed = unmarked
            .match_indices("\r\n")
            .take_while(|(place, _)| *place < at)
            .count();
        return Err(Trouble::at(
            at + removed + skipped,
            "a carriage return without a line feed",
        ));
    }
    let made = of_text(&text).map_err(|trouble| {
        let before = text.get(..trouble.at).unwrap_or_default();
        let returns = if windows {
            before.matches('\n').count()
        } else {
            0
        };
        Trouble {
            at: trouble.at + returns + skipped,
            ..trouble
        }
    })?;
    Ok(if windows {
        made.replace('\n', "\r\n")
    } else {
        made
    })
}

fn of_text(text: &str) -> Result<String, Trouble> {
    let before = tokens(text)?;
    let made = Printer::new(text).print(&before);
    if meaning(text) != meaning(&made) || comments(text, &before) != comments_of(&made) {
        return Err(Trouble::at(
            0,
            "this file would not stay what it is if it were formatted",
        ));
    }
    Ok(made)
}

/// What a parser makes of a text, places and ways of quoting left out.
fn meaning(text: &str) -> Option<Vec<(u8, String, bool, usize)>> {
    Parser::new_from_str(text)
        .map(|item| {
            let (event, _) = item.ok()?;
            Some(match event {
                Event::Scalar(text, style, anchor, tag) => {
                    let tag = tag.map_or(String::new(), |tag| format!("\0{tag:?}"));
                    let plain = style == ScalarStyle::Plain;
                    (0, format!("{text}{tag}"), plain, anchor)
                }
                Event::Alias(anchor) => (1, String::new(), false, anchor),
                Event::SequenceStart(anchor, tag) => (2, format!("{tag:?}"), false, anchor),
                Event::SequenceEnd => (3, String::new(), false, 0),
                Event::MappingStart(anchor, tag) => (4, format!("{tag:?}"), false, anchor),
                Event::MappingEnd => (5, String::new(), false, 0),
                Event::DocumentStart(explicit) => (6, String::new(), explicit, 0),
                _ => (7, String::new(), false, 0),
            })
        })
        .collect()
}

fn comments(text: &str, tokens: &[Token]) -> Vec<String> {
    tokens
        .iter()
        .filter(|token| token.kind == Kind::Comment)
        .map(|token| token.text(text).trim_end().to_owned())
        .collect()
}

fn comments_of(text: &str) -> Vec<String> {
    tokens(text).map_or_else(|_| Vec::new(), |found| comments(text, &found))
}

/// An open list or map in block style: its column in the old text and in the new one.
#[derive(Debug, Clone, Copy)]
struct Level {
    old: usize,
    new: usize,
    is_list: bool,
}

struct Printer<'t> {
    text: &'t str,
    out: String,
    levels: Vec<Level>,
    /// For each token, the first one from it on that is no comment.
    content: Vec<Option<usize>>,
}

impl<'t> Printer<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            out: String::with_capacity(text.len() + 64),
            levels: Vec::new(),
            content: Vec::new(),
        }
    }

    fn print(mut self, tokens: &[Token]) -> String {
        let mut content = None;
        for (at, token) in tokens.iter().enumerate().rev() {
            content = if token.kind == Kind::Comment {
                content
            } else {
                Some(at)
            };
            self.content.push(content);
        }
        self.content.reverse();
        let mut end = 0;
        for (at, token) in tokens.iter().enumerate() {
            let gap = self.text.get(end..token.start).unwrap_or_default();
            let breaks = gap.matches('\n').count();
            let leads = at == 0 || breaks > 0;
            if leads {
                let indent = self.indent(tokens, at);
                if at > 0 {
                    self.out.push_str(if breaks > 1 { "\n\n" } else { "\n" });
                }
                self.out.push_str(&" ".repeat(indent));
            } else if let Some(previous) = at.checked_sub(1).and_then(|before| tokens.get(before)) {
                self.same_line(previous, token, gap, tokens, at);
            }
            self.token(token);
            end = token.end;
        }
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out
    }

    /// The column of a token, counted in the old text.
    fn column(&self, token: &Token) -> usize {
        let before = self.text.get(..token.start).unwrap_or_default();
        before.len() - before.rfind('\n').map_or(0, |line| line + 1)
    }

    fn top(&self) -> Level {
        self.levels.last().copied().unwrap_or(Level {
            old: 0,
            new: 0,
            is_list: false,
        })
    }

    /// The indentation of a token that starts a line.
    fn indent(&mut self, tokens: &[Token], at: usize) -> usize {
        let Some(token) = tokens.get(at) else {
            return 0;
        };
        let column = self.column(token);
        if token.in_flow {
            let top = self.top();
            return (column + top.new).saturating_sub(top.old);
        }
        match token.kind {
            Kind::Marker => 0,
            Kind::Comment => self.comment(column, tokens, at),
            _ => {
                self.settle(column, token.kind == Kind::Dash);
                self.top().new
            }
        }
    }

    /// A comment goes with what follows it, unless it stands deeper than that: then it ends what is
    /// before it. Before the first line of a level there is nothing on that level to end.
    fn comment(&mut self, column: usize, tokens: &[Token], at: usize) -> usize {
        let next = self.content.get(at).copied().flatten();
        let next = next.and_then(|at| tokens.get(at));
        if let Some(next) = next.filter(|next| next.kind != Kind::Marker) {
            // What follows may open or close levels; that is tried on a copy.
            let levels = self.levels.clone();
            let next_column = self.column(next);
            self.settle(next_column, next.kind == Kind::Dash);
            let opens = self.levels.len() > levels.len();
            let new = self.top().new;
            self.levels = levels;
            if opens || column <= next_column {
                return new;
            }
        }
        let around = self.levels.iter().rev().find(|level| level.old <= column);
        around.map_or(0, |level| level.new)
    }

    /// Closes and opens levels so that the innermost one is that of a line at this column.
    fn settle(&mut self, column: usize, is_dash: bool) {
        while let Some(top) = self.levels.last() {
            // A list may stand at the column of the key that it belongs to.
            let ends = top.old > column || (top.old == column && top.is_list && !is_dash);
            if !ends {
                break;
            }
            self.levels.pop();
        }
        let new = match self.levels.last() {
            None => 0,
            Some(top) if top.old == column && top.is_list == is_dash => return,
            Some(top) => top.new + STEP,
        };
        self.levels.push(Level {
            old: column,
            new,
            is_list: is_dash,
        });
    }

    /// White space between two tokens of a line.
    fn same_line(
        &mut self,
        previous: &Token,
        token: &Token,
        gap: &str,
        tokens: &[Token],
        at: usize,
    ) {
        let between = match (previous.kind, token.kind) {
            (_, Kind::Comment) if !gap.is_empty() && gap.bytes().all(|byte| byte == b' ') => gap,
            (Kind::Alias | Kind::Anchor, Kind::Colon) | (Kind::Open, Kind::Comment) => " ",
            (_, Kind::Comma | Kind::Colon | Kind::Close) | (Kind::Open, _) => "",
            _ => " ",
        };
        self.out.push_str(between);
        if previous.kind == Kind::Dash && starts_level(tokens, at) {
            let new = self.top().new + STEP;
            self.levels.push(Level {
                old: self.column(token),
                new,
                is_list: token.kind == Kind::Dash,
            });
        }
    }

    fn token(&mut self, token: &Token) {
        let text = token.text(self.text);
        match token.kind {
            Kind::Comment => self.out.push_str(text.trim_end()),
            Kind::Text if text.contains('\n') => self.lines(text, token.in_flow),
            Kind::Text => self.out.push_str(&quoted(text)),
            Kind::Block => self.lines(text, false),
            _ => self.out.push_str(text),
        }
    }

    /// A scalar of several lines: its lines go along with the level in which it stands.
    fn lines(&mut self, text: &str, in_flow: bool) {
        let top = self.top();
        if top.old == top.new {
            self.out.push_str(text);
            return;
        }
        let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let least = text
            .lines()
            .skip(1)
            .filter(|line| !line.trim().is_empty())
            .map(indent)
            .min();
        let lowest = if in_flow { 0 } else { top.new + 1 };
        let wanted = least.map_or(0, |least| (least + top.new).saturating_sub(top.old));
        let wanted = wanted.max(lowest);
        for (number, line) in text.split('\n').enumerate() {
            if number == 0 {
                self.out.push_str(line);
                continue;
            }
            self.out.push('\n');
            let own = indent(line);
            let least = least.unwrap_or(0);
            if own >= least && !line.is_empty() {
                self.out.push_str(&" ".repeat(own - least + wanted));
            }
            self.out.push_str(line.get(own..).unwrap_or_default());
        }
    }
}

/// Whether what follows a dash is a map or a list of its own: `- name: x`, `- - x`.
fn starts_level(tokens: &[Token], at: usize) -> bool {
    let mut rest = tokens.get(at..).unwrap_or_default().iter();
    let mut depth = 0usize;
    let mut before: Option<&Token> = None;
    loop {
        let Some(token) = rest.next() else {
            return false;
        };
        match token.kind {
            Kind::Dash | Kind::Colon if depth == 0 => return true,
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            Kind::Block | Kind::Comment => return false,
            // A scalar that is no key ends the line's business.
            Kind::Text | Kind::Alias
                if depth == 0
                    && before.is_some_and(|one| matches!(one.kind, Kind::Text | Kind::Alias)) =>
            {
                return false;
            }
            _ => {}
        }
        if depth == 0 && token.ends_line {
            return false;
        }
        before = Some(token);
    }
}

/// Double quotes for single ones, where nothing in them would mean something else then.
fn quoted(text: &str) -> std::borrow::Cow<'_, str> {
    let inner = text
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''))
        .filter(|inner| text.len() > 1 && !inner.contains(['\'', '"', '\\']));
    match inner {
        Some(inner) => format!("\"{inner}\"").into(),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests;
