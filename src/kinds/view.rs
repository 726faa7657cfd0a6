//! `view`: columns of other products' tables, put together by the cloud whenever somebody reads.
//! Nothing is copied, so nothing is kept, archived or loaded.
//!
//! Every column says where it comes from, and `join` says which columns are equal. There is no text of
//! a query: what a view shows is what the model knows, so labels, agreements and masks follow it.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Kind, ZoneView, dataset};
use crate::address::Address;
use crate::blueprint::schema::{Field, Shape, Table};
use crate::blueprint::tree::cloud::Settings;
use crate::blueprint::values::{self, LogicalType};
use crate::cell::{DomainName, TargetId};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::ident::Name;
use crate::mesh::capability::Capability;
use crate::mesh::resolve;
use crate::mesh::{Domain, Mesh, Product, Source, Status, Via};
use crate::primitive::{self, ColumnOf, Primitive, ViewTable};
use crate::source::{Span, Spanned};

/// The kind.
#[derive(Debug)]
pub(super) struct View;

const OPTIONS: Table = Table {
    name: "view options",
    doc: "How the tables of a view belong together.",
    fields: &[Field::optional(
        "join",
        Shape::List(&Shape::List(&Shape::Leaf(&values::SOURCE))),
        "Pairs of columns that are equal; together they connect every table that is used. A view of one table needs none.",
    )],
};

/// Two columns that are equal.
type Pair = [Source; 2];

impl Kind for View {
    fn name(&self) -> &'static str {
        "view"
    }

    fn doc(&self) -> &'static str {
        "Columns of other products' tables, put together by the cloud whenever they are read; never a copy."
    }

    fn options(&self) -> &'static Table {
        &OPTIONS
    }

    fn targets(&self) -> &'static [TargetId] {
        &[TargetId::Snowflake]
    }

    fn capabilities(&self) -> &'static [Capability] {
        // Nothing can be written through a view, and nothing runs to fill it.
        &[
            Capability::Read,
            Capability::Own,
            Capability::Steward,
            Capability::Unmask,
        ]
    }

    fn check(&self, product: &Product, _: &Settings, out: &mut Diagnostics) {
        dataset::needs_columns(product, out);
        if product.zones.len() > 1 {
            let span = product.zones.last().map_or(product.span, |zone| zone.span);
            let message = format!(
                "a view has one zone, `{}` names {}",
                product.address,
                product.zones.len()
            );
            let problem = Diagnostic::new(code::ZONES_NOT_ON_KIND, span, message);
            out.push(problem.help("remove `zones`; the zone of a view is `curated`"));
        }
        keeps_nothing(product, out);
        for column in product
            .columns
            .iter()
            .filter(|column| column.from.is_none())
        {
            let message = format!(
                "`{}` does not say where its values come from",
                column.name.value.escape_debug()
            );
            let problem =
                Diagnostic::new(code::VIEW_COLUMN_WITHOUT_SOURCE, column.name.span, message);
            out.push(problem.help("add `from: \"domain/product:zone#column\"`, or make the product a `table` and fill it"));
        }
    }

    fn check_in_mesh(
        &self,
        mesh: &Mesh,
        domain: &Domain,
        product: &Product,
        options: &Settings,
        out: &mut Diagnostics,
    ) {
        let before = out.has_errors();
        let pairs = pairs(mesh, options, out);
        let look = Look {
            mesh,
            domain,
            product,
        };
        let mut named: BTreeSet<&Address> = BTreeSet::new();
        for source in used(product, &pairs) {
            // One message per product is enough for what is wrong with the product.
            if look.is_served(source, named.insert(&source.product), out) {
                look.is_agreed(source, out);
            }
        }
        look.types(&pairs, out);
        look.compares_clear_values(&pairs, out);
        if before || !out.has_errors() {
            look.is_connected(&pairs, options, out);
        }
    }

    fn expand(&self, zone: &ZoneView<'_>) -> Vec<Primitive> {
        let mut silent = Diagnostics::default();
        let pairs = pairs(zone.mesh, zone.options, &mut silent);
        let consumer = &zone.domain.name.value;
        let mut tables: Vec<ViewTable> = Vec::new();
        let mut place = |source: &Source| {
            let resource = source.product.clone().with_port(&source.zone);
            let own = source.product.domain.as_ref() == Some(consumer);
            // An agreement holds for the port that it names; a domain reads its own zones.
            let same = |table: &ViewTable| {
                table.resource == resource && (own || table.port == source.port)
            };
            let at = tables.iter().position(same).unwrap_or_else(|| {
                let agreed = zone.mesh.source(source).filter(|_| !own);
                tables.push(ViewTable {
                    resource,
                    port: source.port.clone(),
                    consumer: (!own).then(|| consumer.clone()),
                    until: agreed.and_then(|(_, product)| {
                        agreed_until(product, consumer, source, (zone.env, zone.target))
                    }),
                });
                tables.len() - 1
            });
            ColumnOf {
                table: at,
                column: source.column.clone(),
            }
        };
        let sources = zone.product.columns.iter();
        let from = sources
            .filter_map(|column| column.from.as_ref())
            .map(&mut place)
            .collect();
        let joins = pairs
            .iter()
            .map(|[one, other]| [place(one), place(other)])
            .collect();
        vec![Primitive::View(primitive::View {
            origin: zone.origin.clone(),
            address: zone.address.clone(),
            product: zone.product.name.value.clone(),
            zone: zone.zone.clone(),
            comment: zone.comment(),
            label: zone.product.classification.value.clone(),
            columns: zone.columns.clone(),
            from,
            tables,
            joins,
            ports: zone.ports.clone(),
            tags: zone.tags.clone(),
        })]
    }
}

/// A view has no rows of its own that could be kept, archived, split or encrypted.
fn keeps_nothing(product: &Product, out: &mut Diagnostics) {
    let partitions = (!product.partition_by.is_empty()).then_some(product.name.span);
    let said: [(&str, Option<Span>); 4] = [
        ("retention", product.retention.map(|it| it.span)),
        ("archive-after", product.archive_after.map(|it| it.span)),
        ("partition-by", partitions),
        (
            "existing",
            product.existing.values().next().map(|it| it.span),
        ),
    ];
    for (key, span) in said {
        let Some(span) = span else { continue };
        let message = format!("a view keeps no rows, so `{key}` says nothing");
        let problem = Diagnostic::new(code::VIEW_KEEPS_NO_DATA, span, message);
        out.push(problem.help(format!(
            "remove `{key}`; what it is computed from has its own"
        )));
    }
}

/// The pairs of `join`; reports what is no pair of columns.
fn pairs(mesh: &Mesh, options: &Settings, out: &mut Diagnostics) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for row in options.rows("join") {
        let mut sources = Vec::new();
        for written in row {
            // The decoder has read it once already.
            let Ok(address) = values::parse_source(written) else {
                continue;
            };
            match resolve::source(&mesh.domains, &Spanned::new(address, written.span)) {
                Ok(source) => sources.push(source),
                Err(problem) => out.push(*problem),
            }
        }
        let span = row.first().map_or(options.span, |first| first.span);
        match <Pair>::try_from(sources) {
            Ok(pair) => pairs.push(pair),
            // One side is missing because it was just reported.
            Err(_) if row.len() == 2 => {}
            Err(_) => {
                let message = format!("a join is a pair of columns, this names {}", row.len());
                let problem = Diagnostic::new(code::VIEW_NOT_CONNECTED, span, message);
                out.push(problem.help("write `[\"one/product#column\", \"other/product#column\"]`, one pair per equality"));
            }
        }
    }
    pairs
}

/// Every column of another product that a view uses.
fn used<'m>(product: &'m Product, pairs: &'m [Pair]) -> impl Iterator<Item = &'m Source> {
    let shown = product.columns.iter().filter_map(|one| one.from.as_ref());
    shown.chain(pairs.iter().flatten())
}

/// The last day of an agreement by which a domain reads a column in an environment on a cloud, if
/// there is one.
fn agreed_until(
    product: &Product,
    consumer: &DomainName,
    source: &Source,
    (env, target): (&Name, TargetId),
) -> Option<Date> {
    let rights = product.rights.iter().filter(|right| {
        let columns = right.columns.as_ref();
        right.port == source.port
            && right.counts_in(env, target)
            && matches!(&right.via, Via::Agreement { consumer: one, .. } if one == consumer)
            && columns.is_none_or(|columns| columns.contains(&source.column))
    });
    rights
        .filter_map(|right| right.until)
        .map(|until| until.value)
        .max()
}

/// A view and what surrounds it.
struct Look<'a> {
    mesh: &'a Mesh,
    domain: &'a Domain,
    product: &'a Product,
}

impl Look<'_> {
    /// Whether the source lies where the view lies, as a table that is served.
    fn is_served(&self, source: &Source, says: bool, out: &mut Diagnostics) -> bool {
        let Some((domain, product)) = self.mesh.source(source) else {
            return false;
        };
        let mut refuse = |why: String, help: &str| {
            if says {
                let message = format!(
                    "`{}` cannot show `{}`: {why}",
                    self.product.address, source.product
                );
                let problem = Diagnostic::new(code::VIEW_SOURCE_NOT_THERE, source.span, message)
                    .label(product.name.span, "the source");
                out.push(problem.help(help));
            }
            false
        };
        if product.kind.value == self.product.kind.value {
            return refuse(
                "it is a view itself".to_owned(),
                "name the tables that it is computed from",
            );
        }
        if product.status >= Status::Retired {
            return refuse(
                "it is no longer served".to_owned(),
                "take its columns out of the view",
            );
        }
        for target in &self.product.targets {
            if !product.targets.contains(target) {
                return refuse(
                    format!("it does not lie on {target}"),
                    "a view reads tables of its own cloud only: add the target there, or make this a `table` that a job fills",
                );
            }
            let cells = self.domain.cells.keys();
            for (env, _) in cells.filter(|(_, cell)| cell == target) {
                if !domain.cells.contains_key(&(env.clone(), *target)) {
                    return refuse(
                        format!("`{}` has no cell on {target} in {env}", domain.name.value),
                        "add the cell there, or take this one away",
                    );
                }
            }
        }
        true
    }

    /// The environments and clouds in which the view lies.
    fn cells(&self) -> impl Iterator<Item = (&Name, TargetId)> {
        let cells = self.domain.cells.keys();
        cells
            .filter(|(_, target)| self.product.targets.contains(target))
            .map(|(env, target)| (env, *target))
    }

    /// Whether both domains have agreed that the column is read, wherever the view lies.
    fn is_agreed(&self, source: &Source, out: &mut Diagnostics) {
        let Some((provider, product)) = self.mesh.source(source) else {
            return;
        };
        let consumer = &self.domain.name.value;
        if provider.name.value == *consumer {
            return;
        }
        let is_agreed =
            |cell: &(&Name, TargetId)| agreed_until(product, consumer, source, *cell).is_some();
        let (agreed, missing): (Vec<_>, Vec<_>) = self.cells().partition(is_agreed);
        let place = match missing.first() {
            _ if agreed.is_empty() => String::new(),
            Some((env, target)) => format!(" in {env} on {target}"),
            None => return,
        };
        let message = format!(
            "`{}` shows `{}:{}#{}`, which no agreement lets `{consumer}` read{place}",
            self.product.address, source.product, source.port, source.column
        );
        let problem = Diagnostic::new(code::VIEW_WITHOUT_AGREEMENT, source.span, message)
            .label(product.name.span, "the source");
        out.push(
            problem
                .help(format!(
                    "here: `needs: [{{port: \"{}:{}\", purpose: …, ticket: …, until: …}}]`",
                    source.product, source.port
                ))
                .help(format!(
                    "there: `grants: [{{consumer: {consumer}, port: {}}}]` with this column",
                    source.port
                )),
        );
    }

    fn column(&self, source: &Source) -> Option<&crate::mesh::Column> {
        let (_, product) = self.mesh.source(source)?;
        let mut columns = product.columns.iter();
        columns.find(|column| column.name.value == source.column)
    }

    /// A view converts nothing, so that what is equal and what is shown is never a matter of rounding.
    fn types(&self, pairs: &[Pair], out: &mut Diagnostics) {
        for column in &self.product.columns {
            let Some(source) = &column.from else { continue };
            let Some(other) = self.column(source) else {
                continue;
            };
            if other.logical != column.logical {
                let message = format!(
                    "`{}` is declared as {}, but `{}#{}` is {}",
                    column.name.value, column.logical, source.product, source.column, other.logical
                );
                let problem = Diagnostic::new(code::VIEW_TYPES_DIFFER, column.name.span, message)
                    .label(other.name.span, "the source");
                out.push(problem.help(format!("write `type: {}`", other.logical)));
            }
        }
        for [one, other] in pairs {
            let (Some(left), Some(right)) = (self.column(one), self.column(other)) else {
                continue;
            };
            if !comparable(&left.logical, &right.logical) {
                let message = format!(
                    "`{}` is {} and `{}` is {}: they are never equal as they stand",
                    one.column, left.logical, other.column, right.logical
                );
                let problem = Diagnostic::new(code::VIEW_TYPES_DIFFER, one.span, message)
                    .label(other.span, "the other side");
                out.push(problem.help("join by columns of one type"));
            }
        }
    }

    /// A mask holds wherever the column is used, also in the condition of a join: for everybody who
    /// sees it masked every row would fit every other
    /// (docs.snowflake.com/en/user-guide/security-column-intro, "Masking policies at query runtime").
    fn compares_clear_values(&self, pairs: &[Pair], out: &mut Diagnostics) {
        for source in pairs.iter().flatten() {
            let (Some((provider, _)), Some(column)) =
                (self.mesh.source(source), self.column(source))
            else {
                continue;
            };
            let envs = self.domain.cells.keys().map(|(env, _)| env);
            let hidden = envs
                .filter_map(|env| Some((env, provider.governance.get(env)?)))
                .find(|(_, governance)| governance.masked.value.0.contains(&column.classification));
            if let Some((env, governance)) = hidden {
                let message = format!(
                    "`{}#{}` is hidden in {env}, so rows cannot be joined by it",
                    source.product, source.column
                );
                let mut problem = Diagnostic::new(code::COMPARES_HIDDEN, source.span, message);
                if let Some(span) = governance.masked.span() {
                    problem = problem.label(span, "hidden here");
                }
                out.push(problem.help("masks hold in conditions too: every masked value is equal to every other; join by a key that is not hidden"));
            }
        }
    }

    /// Whether the pairs connect every table: two that nothing connects would give every row of one
    /// with every row of the other.
    fn is_connected(&self, pairs: &[Pair], options: &Settings, out: &mut Diagnostics) {
        // An agreement holds for the port that it names; a domain reads its own zones.
        let table = |source: &Source| {
            let own = source.product.domain.as_ref() == Some(&self.domain.name.value);
            let through = if own { &source.zone } else { &source.port };
            (source.product.clone(), through.clone())
        };
        for [one, other] in pairs.iter().filter(|[a, b]| table(a) == table(b)) {
            let message = format!("both columns are of `{}`", one.product);
            let problem = Diagnostic::new(code::VIEW_NOT_CONNECTED, one.span, message)
                .label(other.span, "and this");
            out.push(problem.help("a join connects two tables"));
        }
        let all: BTreeSet<_> = used(self.product, pairs).map(table).collect();
        let mut reached: BTreeSet<_> = all.iter().take(1).cloned().collect();
        loop {
            let before = reached.len();
            for [one, other] in pairs {
                let (one, other) = (table(one), table(other));
                if reached.contains(&one) || reached.contains(&other) {
                    reached.extend([one, other]);
                }
            }
            if reached.len() == before {
                break;
            }
        }
        let alone: Vec<String> = all
            .difference(&reached)
            .map(|(product, zone)| format!("`{}`", product.clone().with_port(zone)))
            .collect();
        if let (false, Some((first, zone))) = (alone.is_empty(), all.first()) {
            let span = match pairs.first() {
                Some([one, _]) => one.span,
                None if self.product.options.is_some() => options.span,
                None => self.product.name.span,
            };
            let message = format!(
                "nothing connects {} with `{}`",
                alone.join(" and "),
                first.clone().with_port(zone)
            );
            let problem = Diagnostic::new(code::VIEW_NOT_CONNECTED, span, message);
            out.push(problem.help("name the columns that are equal: `options: {join: [[\"one/product#column\", \"other/product#column\"]]}`"));
        }
    }
}

/// Whether values of two types can be equal without a conversion.
fn comparable(one: &LogicalType, other: &LogicalType) -> bool {
    use LogicalType::{Array, Binary, Decimal, Integer, Number, Object, String};
    match (one, other) {
        // What has structure identifies nothing, and binary floating point is equal by accident.
        (Array(_) | Object | Binary | Number, _) => false,
        (String(_), String(_)) | (Integer | Decimal(..), Integer | Decimal(..)) => true,
        _ => one == other,
    }
}
