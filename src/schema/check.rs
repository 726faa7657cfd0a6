//! The schema gate: one HCL block against what its provider accepts.
//!
//! In: a `resource`, `data` or `provider` block as hcl-rs holds it. Out: every difference from
//! the schema that `terraform validate` would report before it asks the provider. It reads
//! names, nesting, counts and literal types; the meaning of a value is the provider's affair.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use hcl::structure::Structure;
use hcl::{Body, Expression};

use super::literal::{self, MisfitKind};
use super::provider::{Attribute, Block, NestedBlock, Nesting, ProviderSchema};

/// One way in which a block differs from its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaProblem {
    pub kind: ProblemKind,
    /// Where, below the checked block: `rule[0].filter.prefix`. Empty for the block itself.
    pub path: String,
    /// What is wrong, in one line without a full stop.
    pub message: String,
    /// A known name that is close to the written one.
    pub suggestion: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// Not a block that a schema describes, or with the wrong labels.
    Shape,
    UnknownType,
    UnknownArgument,
    UnknownBlock,
    MissingArgument,
    MissingBlock,
    /// A literal that Terraform cannot convert to the argument's type.
    WrongType,
    /// Written `name = …` where the schema has a block.
    ArgumentForBlock,
    /// Written `name { … }` where the schema has an argument.
    BlockForArgument,
    /// Decided by the provider; a configuration cannot set it.
    ReadOnly,
    TooManyBlocks,
    Duplicate,
}

impl fmt::Display for SchemaProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        if let Some(suggestion) = &self.suggestion {
            write!(f, "; did you mean `{suggestion}`?")?;
        }
        Ok(())
    }
}

/// Compares a `resource`, `data` or `provider` block with a provider's schema.
///
/// An empty answer means that terraform accepts names, nesting and literal types.
pub fn check_block(schema: &ProviderSchema, block: &hcl::Block) -> Vec<SchemaProblem> {
    let mut gate = Gate {
        problems: Vec::new(),
        path: String::new(),
    };
    let labels: Vec<&str> = block.labels.iter().map(hcl::BlockLabel::as_str).collect();
    match (block.identifier(), labels.as_slice()) {
        ("resource", [kind, _]) => match schema.resource(kind) {
            Some(found) => gate.body(&found.block, &block.body, Meta::Resource),
            None => gate.unknown_type(
                "resource type",
                kind,
                schema.resources().map(|(name, _)| name),
            ),
        },
        ("data", [kind, _]) => match schema.data_source(kind) {
            Some(found) => gate.body(&found.block, &block.body, Meta::Data),
            None => gate.unknown_type(
                "data source",
                kind,
                schema.data_sources().map(|(name, _)| name),
            ),
        },
        ("provider", [_]) => gate.body(schema.provider_block(), &block.body, Meta::Provider),
        (identifier @ ("resource" | "data" | "provider"), labels) => gate.report(
            ProblemKind::Shape,
            format!("a `{identifier}` block cannot have {} labels", labels.len()),
            None,
        ),
        (identifier, _) => gate.report(
            ProblemKind::Shape,
            format!("no provider describes a `{identifier}` block"),
            None,
        ),
    }
    gate.problems
}

/// Which of Terraform's own arguments may stand in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meta {
    Resource,
    Data,
    Provider,
    /// A nested block has none.
    None,
}

impl Meta {
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Resource | Self::Data => &["count", "for_each", "depends_on", "provider"],
            Self::Provider => &["alias", "version"],
            Self::None => &[],
        }
    }

    fn blocks(self) -> &'static [&'static str] {
        match self {
            Self::Resource => &["lifecycle", "connection", "provisioner"],
            Self::Data => &["lifecycle"],
            Self::Provider | Self::None => &[],
        }
    }
}

struct Gate {
    problems: Vec<SchemaProblem>,
    path: String,
}

impl Gate {
    fn report(&mut self, kind: ProblemKind, message: String, suggestion: Option<String>) {
        self.problems.push(SchemaProblem {
            kind,
            path: self.path.clone(),
            message,
            suggestion,
        });
    }

    fn inside(&mut self, step: &str, check: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        if length > 0 && !step.starts_with('[') {
            self.path.push('.');
        }
        self.path.push_str(step);
        check(self);
        self.path.truncate(length);
    }

    fn unknown_type<'a>(&mut self, what: &str, name: &str, known: impl Iterator<Item = &'a str>) {
        let suggestion = closest(name, known);
        self.report(
            ProblemKind::UnknownType,
            format!("`{name}` is not a {what} of the embedded provider schema"),
            suggestion,
        );
    }

    fn body(&mut self, schema: &Block, body: &Body, meta: Meta) {
        let mut seen = BTreeSet::new();
        // Blocks of one name, in order; `dynamic` ones count as present but uncounted.
        let mut blocks: BTreeMap<&str, Vec<&hcl::Block>> = BTreeMap::new();
        let mut dynamic = BTreeSet::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let name = attribute.key();
                    if !seen.insert(name) {
                        self.inside(name, |gate| {
                            gate.report(
                                ProblemKind::Duplicate,
                                format!("`{name}` is set twice"),
                                None,
                            );
                        });
                    }
                    self.argument(schema, name, attribute.expr(), meta);
                }
                Structure::Block(block) if block.identifier() == "dynamic" => {
                    if let Some(name) = self.dynamic(schema, block) {
                        dynamic.insert(name);
                    }
                }
                Structure::Block(block) => {
                    if meta.blocks().contains(&block.identifier()) {
                        self.meta_block(block);
                    } else {
                        blocks.entry(block.identifier()).or_default().push(block);
                    }
                }
            }
        }
        for (name, written) in &blocks {
            self.blocks(schema, name, written);
        }
        for (name, attribute) in &schema.attributes {
            let written = seen.contains(name.as_str()) || blocks.contains_key(name.as_str());
            if attribute.required && !written && !dynamic.contains(name.as_str()) {
                self.report(
                    ProblemKind::MissingArgument,
                    format!("the argument `{name}` is required"),
                    None,
                );
            }
        }
        for (name, nested) in &schema.blocks {
            let count = blocks.get(name.as_str()).map_or(0, Vec::len) as u64;
            if count < nested.min_items && !dynamic.contains(name.as_str()) {
                self.report(
                    ProblemKind::MissingBlock,
                    if nested.min_items == 1 {
                        format!("a `{name}` block is required")
                    } else {
                        format!("at least {} `{name}` blocks are required", nested.min_items)
                    },
                    None,
                );
            }
        }
    }

    fn argument(&mut self, schema: &Block, name: &str, value: &Expression, meta: Meta) {
        if let Some(attribute) = schema.attributes.get(name) {
            self.inside(name, |gate| gate.value(name, attribute, value, meta));
        } else if meta.arguments().contains(&name) {
            self.inside(name, |gate| gate.meta_argument(name, value));
        } else if schema.blocks.contains_key(name) {
            self.inside(name, |gate| {
                gate.report(
                    ProblemKind::ArgumentForBlock,
                    format!("`{name}` is a block: write `{name} {{ … }}` without `=`"),
                    None,
                );
            });
        } else {
            let suggestion = closest(name, names(schema).chain(meta.arguments().iter().copied()));
            self.inside(name, |gate| {
                gate.report(
                    ProblemKind::UnknownArgument,
                    format!("there is no argument `{name}` here"),
                    suggestion,
                );
            });
        }
    }

    fn value(&mut self, name: &str, attribute: &Attribute, value: &Expression, meta: Meta) {
        if !attribute.is_settable() || is_reserved_id(name, attribute, meta) {
            self.report(
                ProblemKind::ReadOnly,
                format!("`{name}` is decided by the provider and cannot be set"),
                None,
            );
            return;
        }
        if attribute.required && matches!(value, Expression::Null) {
            self.report(
                ProblemKind::MissingArgument,
                format!("the argument `{name}` is required, so it cannot be null"),
                None,
            );
            return;
        }
        self.literal(value, &attribute.ty);
    }

    fn literal(&mut self, value: &Expression, ty: &super::Type) {
        for misfit in literal::misfits(value, ty) {
            let length = self.path.len();
            self.path.push_str(&misfit.path);
            match misfit.kind {
                MisfitKind::Type { found, wanted } => self.report(
                    ProblemKind::WrongType,
                    format!("expected {}, found {}", article(&wanted), article(found)),
                    None,
                ),
                MisfitKind::MissingMember(name) => self.report(
                    ProblemKind::MissingArgument,
                    format!("the member `{name}` of this object is required"),
                    None,
                ),
                MisfitKind::UnknownMember { name, known } => self.report(
                    ProblemKind::UnknownArgument,
                    format!("this object has no member `{name}`"),
                    closest(&name, known.iter().map(String::as_str)),
                ),
            }
            self.path.truncate(length);
        }
    }

    fn blocks(&mut self, schema: &Block, name: &str, written: &[&hcl::Block]) {
        if let Some(nested) = schema.blocks.get(name) {
            if let Some(limit) = nested
                .limit()
                .filter(|limit| (written.len() as u64) > *limit)
            {
                self.inside(name, |gate| {
                    gate.report(
                        ProblemKind::TooManyBlocks,
                        format!(
                            "{} `{name}` blocks, but at most {limit} may be written",
                            written.len()
                        ),
                        None,
                    );
                });
            }
            for (index, block) in written.iter().enumerate() {
                let step = if written.len() == 1 {
                    name.to_owned()
                } else {
                    format!("{name}[{index}]")
                };
                self.inside(&step, |gate| {
                    gate.labels(nested, block);
                    gate.body(&nested.block, &block.body, Meta::None);
                });
            }
        } else if let Some(attribute) = schema.attributes.get(name) {
            self.attribute_as_blocks(name, attribute, written);
        } else {
            let suggestion = closest(name, names(schema));
            self.inside(name, |gate| {
                gate.report(
                    ProblemKind::UnknownBlock,
                    format!("there is no block `{name}` here"),
                    suggestion,
                );
            });
        }
    }

    fn labels(&mut self, nested: &NestedBlock, block: &hcl::Block) {
        let wanted = usize::from(nested.nesting == Nesting::Map);
        if block.labels.len() != wanted {
            let name = block.identifier();
            self.report(
                ProblemKind::Shape,
                format!(
                    "a `{name}` block takes {wanted} labels, not {}",
                    block.labels.len()
                ),
                None,
            );
        }
    }

    /// Terraform accepts block syntax for an argument that is a list or set of objects
    /// ("attributes as blocks", internal/lang/blocktoattr). In that form members may be left out.
    fn attribute_as_blocks(&mut self, name: &str, attribute: &Attribute, written: &[&hcl::Block]) {
        if !attribute.is_settable() {
            self.inside(name, |gate| {
                gate.report(
                    ProblemKind::ReadOnly,
                    format!("`{name}` is decided by the provider and cannot be set"),
                    None,
                );
            });
            return;
        }
        let Some(members) = attribute.ty.element_object() else {
            self.inside(name, |gate| {
                gate.report(
                    ProblemKind::BlockForArgument,
                    format!("`{name}` is an argument: write `{name} = …`"),
                    None,
                );
            });
            return;
        };
        for (index, block) in written.iter().enumerate() {
            self.inside(&format!("{name}[{index}]"), |gate| {
                for structure in &block.body {
                    let member = match structure {
                        Structure::Attribute(attribute) => attribute.key(),
                        Structure::Block(block) => block.identifier(),
                    };
                    match (members.get(member), structure) {
                        (Some(ty), Structure::Attribute(attribute)) => {
                            gate.inside(member, |gate| gate.literal(attribute.expr(), ty));
                        }
                        (Some(_), Structure::Block(_)) => {}
                        (None, _) => {
                            let suggestion = closest(member, members.keys().map(String::as_str));
                            gate.report(
                                ProblemKind::UnknownArgument,
                                format!("there is no argument `{member}` here"),
                                suggestion,
                            );
                        }
                    }
                }
            });
        }
    }

    /// Checks a `dynamic` block and returns the name of the blocks that it makes.
    fn dynamic<'a>(&mut self, schema: &'a Block, block: &hcl::Block) -> Option<&'a str> {
        let label = block.labels.first().map_or("", hcl::BlockLabel::as_str);
        let has = |wanted: &str| {
            block
                .body
                .attributes()
                .any(|attribute| attribute.key() == wanted)
        };
        let Some((name, nested)) = schema.blocks.get_key_value(label) else {
            let suggestion = closest(label, schema.blocks.keys().map(String::as_str));
            self.inside(label, |gate| {
                gate.report(
                    ProblemKind::UnknownBlock,
                    format!("there is no block `{label}` here"),
                    suggestion,
                );
            });
            return None;
        };
        self.inside(name, |gate| {
            if !has("for_each") {
                gate.report(
                    ProblemKind::MissingArgument,
                    "a `dynamic` block needs `for_each`".to_owned(),
                    None,
                );
            }
            let mut contents = block
                .body
                .blocks()
                .filter(|inner| inner.identifier() == "content");
            match (contents.next(), contents.next()) {
                (Some(content), None) => gate.body(&nested.block, &content.body, Meta::None),
                _ => gate.report(
                    ProblemKind::MissingBlock,
                    "a `dynamic` block needs exactly one `content` block".to_owned(),
                    None,
                ),
            }
        });
        Some(name.as_str())
    }

    /// Terraform's own arguments take expressions of one form each
    /// (Terraform language, "Meta-Arguments").
    fn meta_argument(&mut self, name: &str, value: &Expression) {
        let fits = match name {
            // References only, never text.
            "depends_on" => match value {
                Expression::Array(items) => items.iter().all(is_reference),
                _ => false,
            },
            "provider" => is_reference(value),
            "alias" | "version" => matches!(value, Expression::String(_)),
            _ => true,
        };
        if !fits {
            let wanted = match name {
                "depends_on" => "a list of references",
                "provider" => "a reference to a provider configuration",
                _ => "text",
            };
            self.report(
                ProblemKind::WrongType,
                format!("`{name}` takes {wanted}"),
                None,
            );
        }
    }

    /// `lifecycle` is the one meta block that meshc emits, so it is checked to the end;
    /// `connection` and `provisioner` have no fixed schema.
    fn meta_block(&mut self, block: &hcl::Block) {
        const ARGUMENTS: &[&str] = &[
            "create_before_destroy",
            "prevent_destroy",
            "ignore_changes",
            "replace_triggered_by",
        ];
        const BLOCKS: &[&str] = &["precondition", "postcondition"];
        if block.identifier() != "lifecycle" {
            return;
        }
        self.inside("lifecycle", |gate| {
            for structure in &block.body {
                match structure {
                    Structure::Attribute(attribute) => {
                        let name = attribute.key();
                        gate.inside(name, |gate| {
                            gate.lifecycle_argument(name, attribute.expr(), ARGUMENTS);
                        });
                    }
                    Structure::Block(inner) if BLOCKS.contains(&inner.identifier()) => {}
                    Structure::Block(inner) => {
                        let name = inner.identifier();
                        let suggestion = closest(name, BLOCKS.iter().copied());
                        gate.report(
                            ProblemKind::UnknownBlock,
                            format!("there is no block `{name}` in `lifecycle`"),
                            suggestion,
                        );
                    }
                }
            }
        });
    }

    fn lifecycle_argument(&mut self, name: &str, value: &Expression, known: &[&str]) {
        let fits = match name {
            "create_before_destroy" | "prevent_destroy" => matches!(value, Expression::Bool(_)),
            "ignore_changes" => {
                matches!(value, Expression::Array(_))
                    || matches!(value, Expression::Variable(name) if name.as_str() == "all")
            }
            "replace_triggered_by" => matches!(value, Expression::Array(_)),
            _ => {
                let suggestion = closest(name, known.iter().copied());
                self.report(
                    ProblemKind::UnknownArgument,
                    format!("there is no argument `{name}` in `lifecycle`"),
                    suggestion,
                );
                return;
            }
        };
        if !fits {
            self.report(
                ProblemKind::WrongType,
                format!("`{name}` takes a literal of its own form"),
                None,
            );
        }
    }
}

/// The providers' SDK lists `id` as optional and computed, but refuses to have it set
/// (terraform-plugin-sdk v2, "Invalid or unknown key": the field name is reserved).
fn is_reserved_id(name: &str, attribute: &Attribute, meta: Meta) -> bool {
    meta == Meta::Resource && name == "id" && attribute.optional && attribute.computed
}

fn is_reference(value: &Expression) -> bool {
    matches!(value, Expression::Traversal(_) | Expression::Variable(_))
}

fn names(schema: &Block) -> impl Iterator<Item = &str> {
    let settable = schema
        .attributes
        .iter()
        .filter(|(_, attribute)| attribute.is_settable());
    settable
        .map(|(name, _)| name.as_str())
        .chain(schema.blocks.keys().map(String::as_str))
}

/// The nearest known name, if it is near enough to be what was meant.
fn closest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    known
        .map(|name| (strsim::damerau_levenshtein(written, name), name))
        .filter(|(distance, name)| *distance <= (name.len() / 3).max(1))
        .min()
        .map(|(_, name)| name.to_owned())
}

fn article(noun: &str) -> String {
    match noun.chars().next() {
        Some('a' | 'e' | 'i' | 'o' | 'u') if noun != "any type" => format!("an {noun}"),
        _ if noun == "any type" => noun.to_owned(),
        _ => format!("a {noun}"),
    }
}
