//! Templates draft the shape of resources; they never grant authority.
//!
//! In: a template's name, the values that a target hands over, and the addresses that it must
//! make. Out: blocks that passed the gates of [`gates`], or located diagnostics. The rendered text
//! is parsed at once and thrown away. Nothing else imports tera.

mod filters;
mod gates;
mod sources;

pub use sources::{Origin as TemplateOrigin, Source, embedded_text};

use std::collections::BTreeSet;
use std::path::Path;

use tera::{Context, Tera};

use crate::artifact::{HclBlock, OriginRef, hcl};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::source::{SourceMap, Span};

/// The templates in force: the embedded ones, with a mesh's or a folder's overrides on top.
#[derive(Debug)]
pub struct Templates {
    tera: Tera,
    sources: Vec<Source>,
}

/// What a rendered template must come to.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// The resources that it makes, as `type.label`, each exactly once.
    pub resources: BTreeSet<String>,
    /// What it may refer to besides them, as `type.label` or `var.name`.
    pub references: BTreeSet<String>,
}

impl Expected {
    /// Exactly these resources, `(type, label)`.
    pub fn resources(addresses: &[(&str, &str)]) -> Self {
        let resources = addresses
            .iter()
            .map(|(kind, label)| format!("{kind}.{label}"))
            .collect();
        Self {
            resources,
            references: BTreeSet::new(),
        }
    }

    /// May also refer to this.
    #[must_use]
    pub fn may_refer_to(mut self, address: impl Into<String>) -> Self {
        self.references.insert(address.into());
        self
    }
}

impl Templates {
    /// The embedded templates alone, as tests and benchmarks use them.
    pub fn embedded(map: &mut SourceMap, out: &mut Diagnostics) -> Self {
        Self::load(&[], map, out)
    }

    /// The embedded templates with the overrides of some folders, the later ones on top.
    pub fn load(folders: &[&Path], map: &mut SourceMap, out: &mut Diagnostics) -> Self {
        let sources = sources::collect(folders, map, out);
        let mut tera = Tera::new();
        // Every template escapes, and escaping is refused: only the two filters mark a value as
        // safe, so that a bare `{{ value }}` can never print.
        tera.autoescape_on(vec![""]);
        tera.set_escape_fn(filters::refuse);
        filters::register(&mut tera);
        for source in &sources {
            let text = map.file(source.file).text();
            for (range, why) in gates::unquoted(text) {
                let span = Span {
                    file: source.file,
                    start: range.0,
                    end: range.1,
                };
                out.push(
                    Diagnostic::new(code::TEMPLATE_VALUE_UNQUOTED, span, why)
                        .help("end it with `| hcl` for a value or `| ident` for a label"),
                );
            }
            if let Err(error) = tera.add_raw_template(&source.name, text) {
                out.push(template_error(&error, code::TEMPLATE_SYNTAX, source, map));
            }
        }
        Self { tera, sources }
    }

    /// Every template in force and where it comes from, by name.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Renders a template to blocks of one origin; pushes what any gate has against it.
    pub fn render(
        &self,
        name: &str,
        values: &serde_json::Value,
        expected: &Expected,
        origin: &OriginRef,
        out: &mut Diagnostics,
    ) -> Vec<HclBlock> {
        match self.blocks(name, values, expected, origin) {
            Ok(blocks) => blocks
                .into_iter()
                .map(|block| HclBlock {
                    block,
                    origin: origin.clone(),
                })
                .collect(),
            Err(problem) => {
                out.push(*problem);
                Vec::new()
            }
        }
    }

    fn blocks(
        &self,
        name: &str,
        values: &serde_json::Value,
        expected: &Expected,
        origin: &OriginRef,
    ) -> Result<Vec<::hcl::Block>, Box<Diagnostic>> {
        let source = self.sources.iter().find(|source| source.name == name);
        let Some(source) = source else {
            let message = format!("there is no template `{name}`");
            return Err(Box::new(
                Diagnostic::new(code::TEMPLATE_UNREADABLE, origin.span, message).help(code::DEFECT),
            ));
        };
        let at = Span {
            file: source.file,
            start: 0,
            end: 0,
        };
        let problem = |code, message: String| {
            Box::new(Diagnostic::new(code, at, message).label(origin.span, "rendered for this"))
        };
        let context = Context::from_serialize(values).map_err(|error| {
            problem(
                code::TEMPLATE_UNREADABLE,
                format!("its values cannot be handed over: {error}"),
            )
        })?;
        let text = self.tera.render(name, &context).map_err(|error| {
            let mut diagnostic = located(&error, code::TEMPLATE_VALUE_UNQUOTED, source);
            diagnostic = diagnostic.label(origin.span, "rendered for this");
            Box::new(diagnostic)
        })?;
        let body = hcl::parse(&text).map_err(|why| {
            problem(
                code::TEMPLATE_NOT_HCL,
                format!("what it renders is not HCL: {why}"),
            )
        })?;
        gates::check(&body, expected).map_err(|(code, why)| problem(code, why))?;
        Ok(body.into_blocks().collect())
    }
}

fn template_error(
    error: &tera::Error,
    code: crate::diag::Code,
    source: &Source,
    _: &SourceMap,
) -> Diagnostic {
    located(error, code, source)
}

/// Points at the place in the template that tera names, or at its start.
fn located(error: &tera::Error, code: crate::diag::Code, source: &Source) -> Diagnostic {
    let (message, start, end) = match error.kind() {
        tera::ErrorKind::SyntaxError(report) | tera::ErrorKind::RenderingError(report) => {
            let range = &report.span().range;
            (report.message().to_owned(), range.start, range.end)
        }
        _ => (error.to_string(), 0, 0),
    };
    let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
    let message = format!(
        "template `{}`: {}",
        source.name,
        message.lines().next().unwrap_or_default()
    );
    Diagnostic::new(
        code,
        Span {
            file: source.file,
            start: offset(start),
            end: offset(end),
        },
        message,
    )
}
