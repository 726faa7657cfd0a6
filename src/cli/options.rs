//! Options that every command has.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use crate::blueprint::values::parse_date;
use crate::cell::{CellId, DomainName, TargetId};
use crate::ident::Name;

/// Options that every command has.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Only this environment (repeatable); compiling and checking still see the whole mesh
    #[arg(long, global = true, value_name = "ENV", value_parser = Name::parse, help_heading = "Scope")]
    pub(crate) env: Vec<Name>,
    /// Only this domain (repeatable)
    #[arg(long, global = true, value_name = "DOMAIN", value_parser = DomainName::parse, help_heading = "Scope")]
    pub(crate) domain: Vec<DomainName>,
    /// Only this cloud (repeatable)
    #[arg(long, global = true, value_name = "TARGET", value_parser = parse_target, help_heading = "Scope")]
    pub(crate) target: Vec<TargetId>,
    /// The mesh folder [default: the current folder, or the nearest above with a mesh.yaml]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help_heading = "Common options"
    )]
    pub(crate) mesh: Option<PathBuf>,
    /// The day for which expiry is judged [default: today]; never changes an artifact
    #[arg(long, global = true, value_name = "DATE", value_parser = parse_date, help_heading = "Common options")]
    pub(crate) as_of: Option<Date>,
    /// Form of the output
    #[arg(long, global = true, value_enum, default_value_t = Format::Human, help_heading = "Common options")]
    pub(crate) format: Format,
    /// Say nothing but errors
    #[arg(long, short, global = true, help_heading = "Common options")]
    pub(crate) quiet: bool,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN", help_heading = "Common options")]
    pub(crate) color: When,
}

/// Form of the output. Which forms a command has is in its help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// One versioned object for programs.
    Json,
    /// For code hosts and editors (check).
    Sarif,
    /// For test reports (check).
    Junit,
    /// Workflow commands of GitHub Actions (check).
    Github,
    /// For a pull request (plan).
    Markdown,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

fn parse_target(text: &str) -> Result<TargetId, String> {
    TargetId::parse(text).ok_or_else(|| format!("the targets are {}", TargetId::NAMES.join(", ")))
}

impl Common {
    /// Whether a cell is in scope.
    pub(crate) fn in_scope(&self, cell: &CellId) -> bool {
        let env = self.env.is_empty() || self.env.contains(&cell.env);
        let target = self.target.is_empty() || self.target.contains(&cell.target);
        // What stands above domains belongs to no domain, so naming one leaves it alone.
        let domain = self.domain.is_empty()
            || cell
                .domain
                .as_ref()
                .is_some_and(|domain| self.domain.contains(domain));
        env && target && domain
    }

    /// Whether anything is left out of scope.
    pub(crate) fn is_scoped(&self) -> bool {
        !(self.env.is_empty() && self.domain.is_empty() && self.target.is_empty())
    }

    /// The day for which expiry is judged.
    pub(crate) fn day(&self) -> Date {
        self.as_of.unwrap_or_else(today)
    }
}

/// Today in UTC: the clouds' own conditions are in UTC too.
fn today() -> Date {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    let hours = i64::try_from(since.as_secs() / 3_600).unwrap_or(0);
    let start = jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0);
    start
        .checked_add(jiff::SignedDuration::from_hours(hours))
        .map_or(start.date(), jiff::civil::DateTime::date)
}
