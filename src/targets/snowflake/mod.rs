//! Snowflake: SQL files that `snow` runs in the order of their names.
//!
//! In: the primitives of one cell. Out: `resources/` (databases, schemas, tables), run by
//! [`DEPLOY`]; `access/` (ownership, masks, views, roles, grants), run by [`ACCESS`]; and what only
//! an account administrator may do, above domains. Every statement can be run again and changes
//! nothing the second time. A file holds what is wanted; what is no longer wanted is revoked by the
//! plan, which knows what was applied before. It never looks anything up on Snowflake.
//!
//! Who may what is split three ways. `MESHC_DEPLOY` makes things but owns neither database nor
//! schema once `access/` ran, so in a managed access schema it can grant nothing to anybody
//! (docs.snowflake.com/en/user-guide/security-access-control-configure#creating-managed-access-schemas).
//! `MESHC_ACCESS` owns the places, masks and views, and grants. Budgets are an account
//! administrator's.

mod access;
mod bootstrap;
mod column;
mod compute;
mod derived;
mod governance;
mod here;
mod levels;
mod masks;
mod relation;
mod resources;
mod shares;
mod steps;
mod tags;
mod views;

use self::here::Here;
pub(super) use self::steps::input;
use super::{Lowering, Target};
use crate::artifact::sql::{SqlIdent, Statement};
use crate::artifact::{Artifact, Content, Effect, OriginRef, SqlStatement};
use crate::cell::TargetId;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::naming::NameRequest;
use crate::primitive::CellSet;
use crate::step::Draft;

/// The file that is run when every domain has granted.
const DERIVED: &str = "60-derived";

/// The role that makes things.
const DEPLOY: &str = "MESHC_DEPLOY";

/// The role that owns places, masks and views, and grants.
const ACCESS: &str = "MESHC_ACCESS";

/// The only role that may make resource monitors and put warehouses under them
/// (docs.snowflake.com/en/user-guide/resource-monitors).
const ADMINISTRATOR: &str = "ACCOUNTADMIN";

/// The target.
#[derive(Debug)]
pub(super) struct Snowflake;

impl Target for Snowflake {
    fn id(&self) -> TargetId {
        TargetId::Snowflake
    }

    fn names(&self, cell: &CellSet) -> Vec<NameRequest> {
        here::requests(cell)
    }

    fn lower(&self, cell: &CellSet, cx: &Lowering<'_>, out: &mut Diagnostics) -> Vec<Artifact> {
        match Here::new(cell, cx.names) {
            Some(here) => domain(here, out),
            None if cell.domain.is_none() => above(cell, cx, out),
            None => Vec::new(),
        }
    }

    fn filters_rows(&self) -> bool {
        true
    }

    fn steps(&self, cell: &CellSet, artifacts: &[&Artifact]) -> Vec<Draft> {
        steps::of(cell, artifacts)
    }
}

fn domain(here: Here<'_>, out: &mut Diagnostics) -> Vec<Artifact> {
    refuse_moves(here.cell, out);
    if here.relations().next().is_none() {
        return Vec::new();
    }
    let cell = &here.cell.id;
    let resources = |name: &str| format!("{cell}/resources/{name}.sql");
    let access = |name: &str| format!("{cell}/access/{name}.sql");
    let above = |name: &str| {
        let (env, target) = (&cell.env, cell.target);
        format!("{env}/_mesh/{target}/{name}-{}.sql", here.domain)
    };
    let files = [
        (
            above("20-compute"),
            ADMINISTRATOR,
            compute::lower(here, out),
        ),
        (above("30-shares"), ADMINISTRATOR, shares::allowed(here)),
        (resources("10-places"), DEPLOY, resources::places(here)),
        (resources("20-tables"), DEPLOY, resources::tables(here, out)),
        (access("10-ownership"), ACCESS, access::ownership(here, out)),
        (access("20-masks"), ACCESS, masks::lower(here, out)),
        (access("30-views"), ACCESS, views::lower(here, out)),
        (access("40-roles"), ACCESS, access::roles(here)),
        (access("50-grants"), ACCESS, access::grants(here, out)),
        (access("55-shares"), ACCESS, shares::lower(here)),
        (access(DERIVED), ACCESS, derived::lower(here, out)),
    ];
    let files = files
        .into_iter()
        .filter(|(_, _, statements)| !statements.is_empty());
    files
        .map(|(path, role, statements)| {
            file(
                path,
                role,
                &here.origin(&format!("run by {role}"), Effect::Plain),
                statements,
            )
        })
        .collect()
}

fn above(cell: &CellSet, cx: &Lowering<'_>, out: &mut Diagnostics) -> Vec<Artifact> {
    let origin = governance::origin(cell, &format!("run by {ACCESS}"), Effect::Plain);
    let path = format!("{}/10-governance.sql", cell.id);
    vec![
        bootstrap::lower(cell),
        file(
            path,
            ACCESS,
            &origin,
            governance::lower(cell, cx.names, out),
        ),
    ]
}

/// A file that starts with the role that it runs as.
fn file(path: String, role: &str, origin: &OriginRef, statements: Vec<SqlStatement>) -> Artifact {
    let mut all = vec![run_as(role, origin)];
    all.extend(statements);
    Artifact {
        path,
        content: Content::Sql(all),
    }
}

/// `USE ROLE`.
fn run_as(role: &str, origin: &OriginRef) -> SqlStatement {
    by(origin, Statement::UseRole(SqlIdent::known(role)))
}

/// A statement and who asked for it.
fn by(origin: &OriginRef, statement: Statement) -> SqlStatement {
    SqlStatement {
        statement,
        origin: origin.clone(),
    }
}

/// A table stays in its domain's database. `ALTER TABLE … RENAME TO` could move it to another one,
/// but the privileges on it are held by database roles of the old database, which cannot hold any
/// in the new one (docs.snowflake.com/en/sql-reference/sql/grant-privilege): nobody could read it
/// until somebody noticed, and a second run would not find the old table.
fn refuse_moves(cell: &CellSet, out: &mut Diagnostics) {
    for moved in cell
        .moved_in
        .iter()
        .filter(|moved| moved.from.domain != moved.to.domain && !moved.things.is_empty())
    {
        let message = format!(
            "`{}` cannot move to `{}` on Snowflake: each domain has a database of its own",
            moved.from, moved.to
        );
        let problem = Diagnostic::new(code::MOVED_ACROSS_DATABASES, moved.span, message);
        out.push(
            problem
                .help("leave it in its domain on Snowflake; `title` changes what people see")
                .help("or add it as a new product without `was`, copy it with CREATE TABLE … CLONE, and give the old one `status: retired`"),
        );
    }
}
