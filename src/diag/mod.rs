//! What meshc tells people: one type for every stage, tied to places in the blueprint.
//!
//! Stages push [`Diagnostic`]s into [`Diagnostics`]; whether the next stage runs is decided by
//! [`Diagnostics::has_errors`]. Rendering lives in [`render`] and never inside a stage.

pub mod code;
pub mod render;

pub use code::Code;

use crate::source::Span;

/// Errors block, warnings never do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The command stops and exits 1.
    Error,
    /// The command goes on.
    Warning,
}

/// A place and what it has to do with the message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there, in a few words; may be empty for the place the message is about.
    pub text: String,
}

/// One message: a stable code, one line, the place it is about, other places, and ways out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its stable code.
    pub code: Code,
    /// Usually the code's own severity.
    pub severity: Severity,
    /// One line, lower case, user text in back-ticks.
    pub message: String,
    /// The place that the message is about; `None` only where no file is to blame.
    pub primary: Option<Label>,
    /// Other places that matter.
    pub labels: Vec<Label>,
    /// Ways out, one sentence each.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// A message about one place.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        let primary = Some(Label {
            span,
            text: String::new(),
        });
        Self {
            primary,
            ..Self::without_place(code, message)
        }
    }

    /// A message that no file is to blame for, such as a missing program.
    pub fn without_place(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            primary: None,
            labels: Vec::new(),
            help: Vec::new(),
        }
    }

    /// Says what stands at the primary place.
    #[must_use]
    pub fn here(mut self, text: impl Into<String>) -> Self {
        if let Some(primary) = &mut self.primary {
            primary.text = text.into();
        }
        self
    }

    /// Adds another place that matters.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Adds a way out.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds "did you mean" when a known name is close to what was written.
    #[must_use]
    pub fn did_you_mean<'a>(self, written: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match closest(written, known) {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None => self,
        }
    }
}

/// The known name nearest to what was written, if it is near enough to be a slip.
pub fn closest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (written.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(written, name), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, name)| name)
}

/// The sink that stages push into.
#[derive(Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Takes one message.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Takes all messages of another sink, as when domains were worked on in parallel.
    pub fn append(&mut self, other: Self) {
        self.list.extend(other.list);
    }

    /// Whether anything blocks.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|one| one.severity == Severity::Error)
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Everything said, sorted by place and code and without repetitions, so that the order in
    /// which stages or threads found things never shows.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by(|a, b| {
            let key = |d: &Diagnostic| (d.primary.as_ref().map(|label| label.span), d.code);
            key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
        });
        self.list.dedup();
        self.list
    }

    /// What was said so far, in the order it came.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }
}
