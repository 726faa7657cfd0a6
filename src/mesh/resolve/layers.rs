//! Layers over each other: governance may only get tighter, defaults are simply replaced.

use std::collections::BTreeSet;
use std::fmt::Display;

use crate::blueprint::tree::defaults::DefaultsLayer;
use crate::blueprint::tree::governance::GovernanceLayer;
use crate::blueprint::values::{Duration, Size};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::ident::Name;
use crate::mesh::governance::{
    Bounds, Classifications, Defaults, Encryption, Governance, Layer, Layered, Listed, Unmask,
};
use crate::source::{Span, Spanned};

/// Before any layer: nothing is bounded, nothing is masked, the provider holds the keys.
pub(super) fn no_governance() -> Governance {
    Governance {
        retention: std::collections::BTreeMap::new(),
        archive_after: None,
        regions: None,
        tags: Layered::new(Listed::default(), Layer::BuiltIn, None),
        encryption: Layered::new(Encryption::Provider, Layer::BuiltIn, None),
        masked: Layered::new(Listed::default(), Layer::BuiltIn, None),
        unmask: Layered::new(Unmask::Allowed, Layer::BuiltIn, None),
    }
}

/// Before any layer: a month to bring things back, a minute of idling, 10 GB per query.
pub(super) fn built_in_defaults() -> Defaults {
    let gigabytes = Size::parse("10GB").unwrap_or_else(|_| unreachable!("the literal is a size"));
    let minute =
        Duration::parse("60s").unwrap_or_else(|_| unreachable!("the literal is a duration"));
    Defaults {
        undelete: Layered::new(Duration::days(30), Layer::BuiltIn, None),
        auto_suspend: Layered::new(minute, Layer::BuiltIn, None),
        credit_quota: Layered::new(100, Layer::BuiltIn, None),
        scan_limit: Layered::new(gigabytes, Layer::BuiltIn, None),
    }
}

/// Lays one layer of defaults over what counted so far.
pub(super) fn set_defaults(below: &mut Defaults, layer: &DefaultsLayer, name: &Layer) {
    fn set<T: Display + Copy>(field: &mut Layered<T>, value: Option<Spanned<T>>, name: &Layer) {
        if let Some(value) = value {
            field.set(value.value, name.clone(), value.span);
        }
    }
    set(&mut below.undelete, layer.undelete, name);
    set(&mut below.auto_suspend, layer.auto_suspend, name);
    set(&mut below.credit_quota, layer.credit_quota, name);
    set(&mut below.scan_limit, layer.scan_limit, name);
}

/// Lays layers of governance over each other and reports what a layer loosens.
pub(super) struct Tighten<'a> {
    pub(super) labels: &'a Classifications,
    pub(super) out: &'a mut Diagnostics,
}

impl Tighten<'_> {
    /// Lays one layer over what counted so far.
    pub(super) fn lay(&mut self, below: &mut Governance, layer: &GovernanceLayer, name: &Layer) {
        if *name != Layer::Mesh
            && let Some(labels) = &layer.classifications
        {
            let problem = Diagnostic::new(
                code::MESH_ONLY_FIELD,
                labels.span,
                "only `mesh.yaml` gives the classifications",
            );
            self.out.push(
                problem.help("remove it: every domain uses the mesh's labels, in the mesh's order"),
            );
        }
        for (label, bounds) in &layer.retention {
            if self.knows(label) {
                let entry = below.retention.entry(label.value.clone()).or_default();
                self.raise_to(
                    &mut entry.min,
                    bounds.min,
                    name,
                    "the shortest retention",
                    "raised",
                );
                self.lower_to(
                    &mut entry.max,
                    bounds.max,
                    name,
                    "the longest retention",
                    "lowered",
                );
                self.bounds_cross(label, entry);
            }
        }
        self.lower_to(
            &mut below.archive_after,
            layer.archive_after,
            name,
            "the archive age",
            "lowered",
        );
        if let Some(regions) = &layer.regions {
            self.shrink(&mut below.regions, regions, name);
        }
        if let Some(tags) = &layer.tags {
            self.grow(&mut below.tags, tags, name, "the list of tags");
        }
        if let Some(masked) = &layer.masked {
            let known = masked
                .value
                .iter()
                .filter(|label| self.knows(label))
                .cloned()
                .collect();
            self.grow(
                &mut below.masked,
                &Spanned::new(known, masked.span),
                name,
                "the list of masked labels",
            );
        }
        let encryption = layer.encryption.map(|word| {
            word.map(|word| match word {
                "customer" => Encryption::Customer,
                _ => Encryption::Provider,
            })
        });
        self.step_up(&mut below.encryption, encryption, name, "encryption");
        let unmask = layer.unmask.map(|word| {
            word.map(|word| match word {
                "never" => Unmask::Never,
                _ => Unmask::Allowed,
            })
        });
        self.step_up(&mut below.unmask, unmask, name, "unmask");
    }

    fn knows(&mut self, label: &Spanned<Name>) -> bool {
        let known = self.labels.rank(label).is_some();
        // A mesh without any labels has been told so once.
        if !known && !self.labels.0.is_empty() {
            self.out.push(unknown_label(label, self.labels));
        }
        known
    }

    fn bounds_cross(&mut self, label: &Spanned<Name>, bounds: &Bounds) {
        let (Some(min), Some(max)) = (&bounds.min, &bounds.max) else {
            return;
        };
        if min.value <= max.value {
            return;
        }
        let message = format!(
            "no retention of `{}` data can be right: at least {}, at most {}",
            label.value, min.value, max.value
        );
        let mut problem = Diagnostic::new(code::BOUNDS_CROSS, label.span, message);
        for (bound, text) in [(min, "at least"), (max, "at most")] {
            if let Some(span) = bound.span() {
                problem = problem.label(span, text);
            }
        }
        self.out
            .push(problem.help("lower the least or raise the most, in the layer that set it"));
    }

    fn loosened(
        &mut self,
        span: Span,
        name: &Layer,
        what: &str,
        way: &str,
        older: Option<Span>,
        was: &str,
    ) {
        let message = format!("{name} loosens {what}: it may only be {way}");
        let mut problem = Diagnostic::new(code::GOVERNANCE_LOOSENED, span, message);
        if let Some(older) = older {
            problem = problem.label(older, format!("{was} above"));
        }
        self.out.push(problem.help("a layer below may tighten governance, never loosen it; change the layer above, or ask for an exemption"));
    }

    fn raise_to(
        &mut self,
        field: &mut Option<Layered<Duration>>,
        value: Option<Spanned<Duration>>,
        name: &Layer,
        what: &str,
        way: &str,
    ) {
        self.bound(field, value, name, what, way, |new, old| new >= old);
    }

    fn lower_to(
        &mut self,
        field: &mut Option<Layered<Duration>>,
        value: Option<Spanned<Duration>>,
        name: &Layer,
        what: &str,
        way: &str,
    ) {
        self.bound(field, value, name, what, way, |new, old| new <= old);
    }

    fn bound(
        &mut self,
        field: &mut Option<Layered<Duration>>,
        value: Option<Spanned<Duration>>,
        name: &Layer,
        what: &str,
        way: &str,
        tighter: fn(Duration, Duration) -> bool,
    ) {
        let Some(value) = value else { return };
        match field {
            None => *field = Some(Layered::new(value.value, name.clone(), Some(value.span))),
            Some(old) if tighter(value.value, old.value) => {
                old.set(value.value, name.clone(), value.span);
            }
            Some(old) => {
                let (older, was) = (old.span(), old.value.to_string());
                self.loosened(value.span, name, what, way, older, &was);
            }
        }
    }

    fn step_up<T: Ord + Display + Copy>(
        &mut self,
        field: &mut Layered<T>,
        value: Option<Spanned<T>>,
        name: &Layer,
        what: &str,
    ) {
        let Some(value) = value else { return };
        if value.value >= field.value {
            field.set(value.value, name.clone(), value.span);
        } else {
            let (older, was) = (field.span(), field.value.to_string());
            self.loosened(value.span, name, what, "made stricter", older, &was);
        }
    }

    fn shrink(
        &mut self,
        field: &mut Option<Layered<Listed<String>>>,
        value: &Spanned<Vec<Spanned<String>>>,
        name: &Layer,
    ) {
        let wanted = Listed(value.value.iter().map(|item| item.value.clone()).collect());
        let Some(old) = field else {
            *field = Some(Layered::new(wanted, name.clone(), Some(value.span)));
            return;
        };
        let extra = value
            .value
            .iter()
            .find(|item| !old.value.0.contains(&item.value));
        if let Some(extra) = extra {
            let (older, was) = (old.span(), old.value.to_string());
            self.loosened(
                extra.span,
                name,
                "the list of regions",
                "made shorter",
                older,
                &was,
            );
        } else {
            old.set(wanted, name.clone(), value.span);
        }
    }

    fn grow<T: Ord + Display + Clone>(
        &mut self,
        field: &mut Layered<Listed<T>>,
        value: &Spanned<Vec<Spanned<T>>>,
        name: &Layer,
        what: &str,
    ) {
        let wanted: BTreeSet<T> = value.value.iter().map(|item| item.value.clone()).collect();
        let missing: Vec<String> = field
            .value
            .0
            .difference(&wanted)
            .map(|item| format!("`{item}`"))
            .collect();
        if missing.is_empty() {
            field.set(Listed(wanted), name.clone(), value.span);
        } else {
            let (older, was) = (field.span(), field.value.to_string());
            let what = format!("{what} (it leaves out {})", missing.join(", "));
            self.loosened(value.span, name, &what, "made longer", older, &was);
        }
    }
}

/// The message for a label that the mesh does not have.
pub(super) fn unknown_label(label: &Spanned<Name>, labels: &Classifications) -> Diagnostic {
    let message = format!("`{}` is not a classification of this mesh", label.value);
    Diagnostic::new(code::UNKNOWN_CLASSIFICATION, label.span, message)
        .did_you_mean(label.as_str(), labels.0.iter().map(Name::as_str))
        .help(format!(
            "the mesh has {}",
            crate::blueprint::decode::listed(labels.0.iter().map(Name::as_str))
        ))
}
