//! Diagnostics for people, in rustc's look: `file:line:column`, excerpt, both places, ways out.

use std::borrow::Cow;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::diag::{Diagnostic, Label, Severity, code};
use crate::source::{SourceFile, SourceMap, secrets};

/// How messages are shown.
#[derive(Debug, Clone, Copy)]
pub struct Human {
    /// Whether colours may be used.
    pub color: bool,
}

/// Lines longer than this are pointed at without an excerpt: nobody could read it.
const LONGEST_LINE: usize = 400;

/// Places farther apart than this many lines are shown in excerpts of their own.
const NEAR: u32 = 12;

impl Human {
    /// Every diagnostic, with an empty line after each.
    pub fn render(self, list: &[Diagnostic], map: &SourceMap) -> String {
        let mut text = String::new();
        for one in list {
            text.push_str(&self.render_one(one, map));
            text.push_str("\n\n");
        }
        text
    }

    fn render_one(self, one: &Diagnostic, map: &SourceMap) -> String {
        self.message(
            &Message {
                severity: one.severity,
                id: one.code.id(),
                text: &one.message,
                primary: one.primary.as_ref(),
                labels: &one.labels,
                help: &one.help,
            },
            map,
        )
    }

    /// One message, whoever has it to say: a stage or a rule.
    pub fn message(self, one: &Message<'_>, map: &SourceMap) -> String {
        let level = match one.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(visible(one.text)).id(one.id);
        let mut group = Group::with_title(title);
        for excerpt in excerpts(one, map) {
            group = excerpt.add_to(group, one.id == code::SECRET_IN_BLUEPRINT.id());
        }
        for help in one.help {
            group = group.element(Level::HELP.message(visible(help)));
        }
        let renderer = if self.color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer.render(&[group])
    }
}

/// What a message consists of.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// Whether it blocks.
    pub severity: Severity,
    /// The code or the rule's id.
    pub id: &'a str,
    /// One line.
    pub text: &'a str,
    /// The place it is about.
    pub primary: Option<&'a Label>,
    /// Other places.
    pub labels: &'a [Label],
    /// Ways out.
    pub help: &'a [String],
}

/// `2 errors and 1 warning`, or nothing to say.
pub fn count_line(list: &[Diagnostic]) -> Option<String> {
    let count = |severity| list.iter().filter(|one| one.severity == severity).count();
    let say = |number: usize, what: &str| {
        format!("{number} {what}{}", if number == 1 { "" } else { "s" })
    };
    match (count(Severity::Error), count(Severity::Warning)) {
        (0, 0) => None,
        (0, warnings) => Some(say(warnings, "warning")),
        (errors, 0) => Some(say(errors, "error")),
        (errors, warnings) => Some(format!(
            "{} and {}",
            say(errors, "error"),
            say(warnings, "warning")
        )),
    }
}

/// Messages quote what the user wrote; whatever could move the cursor or reorder text is shown as
/// its code.
fn visible(text: &str) -> String {
    let covered = secrets::covered(text);
    let text = covered.as_deref().unwrap_or(text);
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || crate::source::is_forbidden(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// One excerpt: places of one file that are near each other.
struct Excerpt<'a> {
    file: &'a SourceFile,
    first: u32,
    last: u32,
    labels: Vec<(&'a Label, bool)>,
}

fn excerpts<'a>(one: &Message<'a>, map: &'a SourceMap) -> Vec<Excerpt<'a>> {
    let mut excerpts: Vec<Excerpt<'a>> = Vec::new();
    let places = one
        .primary
        .into_iter()
        .map(|label| (label, true))
        .chain(one.labels.iter().map(|label| (label, false)));
    for (label, primary) in places {
        let file = map.file(label.span.file);
        let (first, last) = (
            file.line_col(label.span.start).line,
            file.line_col(label.span.end).line,
        );
        let near = excerpts.iter_mut().find(|excerpt| {
            std::ptr::eq(excerpt.file, file)
                && first <= excerpt.last + NEAR
                && excerpt.first <= last + NEAR
        });
        match near {
            Some(excerpt) => {
                excerpt.first = excerpt.first.min(first);
                excerpt.last = excerpt.last.max(last);
                excerpt.labels.push((label, primary));
            }
            None => excerpts.push(Excerpt {
                file,
                first,
                last,
                labels: vec![(label, primary)],
            }),
        }
    }
    excerpts
}

impl<'a> Excerpt<'a> {
    /// `secret` covers the place itself too: a secret that is written with escapes looks like none.
    fn add_to(self, group: Group<'a>, secret: bool) -> Group<'a> {
        let path = self.file.path().to_string_lossy();
        let start = self.file.offset_of(self.first as usize, 1) as usize;
        let end = self.file.offset_of(self.last as usize + 1, 1) as usize;
        let text = self.file.shown().get(start..end).unwrap_or_default();
        if text.is_empty() || text.lines().any(|line| line.len() > LONGEST_LINE) {
            let place = self
                .labels
                .first()
                .map(|(label, _)| self.file.line_col(label.span.start));
            let (line, column) =
                place.map_or((1, 1), |place| (place.line as usize, place.column as usize));
            return group.element(Origin::path(path).line(line).char_column(column));
        }
        let annotations: Vec<Annotation<'a>> = self
            .labels
            .iter()
            .map(|(label, primary)| {
                let from = (label.span.start as usize)
                    .saturating_sub(start)
                    .min(text.len());
                let to = (label.span.end as usize)
                    .saturating_sub(start)
                    .clamp(from, text.len());
                let kind = if *primary {
                    AnnotationKind::Primary
                } else {
                    AnnotationKind::Context
                };
                let annotation = kind.span(from..one_line(text, from, to));
                if label.text.is_empty() {
                    annotation
                } else {
                    annotation.label(visible(&label.text))
                }
            })
            .collect();
        let text = match self.labels.first().filter(|_| secret) {
            Some((label, _)) => covered(text, start, label),
            None => text.into(),
        };
        group.element(
            Snippet::source(text)
                .line_start(self.first as usize)
                .path(path)
                .annotations(annotations),
        )
    }
}

/// The text with a place in it covered.
fn covered<'a>(text: &str, start: usize, label: &Label) -> Cow<'a, str> {
    let inside = |at: u32| (at as usize).saturating_sub(start).min(text.len());
    let (from, to) = (inside(label.span.start), inside(label.span.end));
    let mut shown = text.get(..from).unwrap_or_default().to_owned();
    secrets::cover(text.get(from..to).unwrap_or_default(), &mut shown);
    shown.push_str(text.get(to..).unwrap_or_default());
    Cow::Owned(shown)
}

/// The end of a place, cut at the end of its first line: a caret under one line is read at once.
fn one_line(text: &str, from: usize, to: usize) -> usize {
    let inside = text.get(from..to).unwrap_or_default();
    inside.find('\n').map_or(to, |at| from + at)
}
