//! Stage 4: backends. Each target is a folder that turns the primitives of one cell into the
//! artifacts of one platform. Targets are pure: they never read files, run programs, look at the
//! clock, see the blueprint, or import each other.

mod aws;
mod azure;
mod gcp;
mod snowflake;
mod terraform;

use crate::artifact::Artifact;
use crate::artifact::sql::Statement;
use crate::cell::TargetId;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::naming::{NameRequest, Names};
use crate::primitive::{CellSet, Grant, Primitive};
use crate::step::{Call, Draft};
use crate::template::Templates;

/// A backend.
pub trait Target: Sync {
    /// Which one it is.
    fn id(&self) -> TargetId;

    /// Every physical name that the cell's artifacts will ask for.
    fn names(&self, cell: &CellSet) -> Vec<NameRequest>;

    /// The artifacts of one cell, or of what stands above domains where the cell has no domain.
    fn lower(&self, cell: &CellSet, cx: &Lowering<'_>, out: &mut Diagnostics) -> Vec<Artifact>;

    /// Whether it can show some rows of a thing and hold back the others.
    fn filters_rows(&self) -> bool {
        false
    }

    /// How the cell's artifacts get into the cloud. Every artifact but prose is in exactly one step.
    fn steps(&self, cell: &CellSet, artifacts: &[&Artifact]) -> Vec<Draft>;
}

/// What lowering needs besides the cell.
#[derive(Debug, Clone, Copy)]
pub struct Lowering<'a> {
    /// Every physical name.
    pub names: &'a Names,
    /// The templates that draft the shape of resources.
    pub templates: &'a Templates,
}

/// Every target, in the order in which they are listed to people.
pub const TARGETS: &[&dyn Target] = &[&aws::Aws, &azure::Azure, &gcp::Gcp, &snowflake::Snowflake];

/// The target of that id. The match is exhaustive, so that no cell is ever left without output in
/// silence.
pub fn find(id: TargetId) -> &'static dyn Target {
    match id {
        TargetId::Aws => &aws::Aws,
        TargetId::Azure => &azure::Azure,
        TargetId::Gcp => &gcp::Gcp,
        TargetId::Snowflake => &snowflake::Snowflake,
    }
}

/// The artifacts of one cell. A target that cannot hold rows back never sees a right to some of them.
pub fn lower(cell: &CellSet, cx: &Lowering<'_>, out: &mut Diagnostics) -> Vec<Artifact> {
    let target = find(cell.target());
    if !target.filters_rows() {
        for primitive in &cell.primitives {
            if let Primitive::Grant(grant) = primitive {
                refuse_rows(cell, grant, out);
            }
        }
    }
    target.lower(cell, cx, out)
}

fn refuse_rows(cell: &CellSet, grant: &Grant, out: &mut Diagnostics) {
    if grant.rows.is_everything() {
        return;
    }
    let message = format!(
        "`{}` may read some rows only, which cannot be held back on {} yet",
        grant.group,
        cell.target()
    );
    let problem = Diagnostic::new(code::ROWS_NOT_ENFORCEABLE, grant.origin.span, message);
    out.push(
        problem
            .help("make a product of these rows alone and grant that")
            .help("or serve the product on snowflake, where a view shows them"),
    );
}

/// How a cell's artifacts get into its cloud.
pub fn steps(cell: &CellSet, artifacts: &[&Artifact]) -> Vec<Draft> {
    find(cell.target()).steps(cell, artifacts)
}

/// The call that runs single Snowflake statements.
pub fn snowflake_input(statements: &[Statement]) -> Call {
    snowflake::input(statements)
}

/// Every physical name that a cell asks for.
pub fn names(cell: &CellSet) -> Vec<NameRequest> {
    find(cell.target()).names(cell)
}
