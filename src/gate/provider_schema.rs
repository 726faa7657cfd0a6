//! Every resource fits the embedded schema of the provider major that the mesh writes for.

use super::Root;
use crate::cell::TargetId;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::primitive::CellSet;
use crate::schema::{Provider, ProviderSchema, check_block};

/// The provider that carries a target's resources; Snowflake's are statements.
fn provider(target: TargetId) -> Option<Provider> {
    match target {
        TargetId::Aws => Some(Provider::Aws),
        TargetId::Azure => Some(Provider::Azurerm),
        TargetId::Gcp => Some(Provider::Google),
        TargetId::Snowflake => None,
    }
}

/// The major that a cell is written for: the mesh's choice, or the newest that is embedded.
pub(super) fn major(cell: &CellSet) -> Option<u64> {
    let newest = ProviderSchema::majors(provider(cell.target())?).max()?;
    Some(
        cell.cloud
            .text("provider")
            .and_then(|text| text.parse().ok())
            .unwrap_or(newest),
    )
}

/// Checks the resources and data sources of one root.
pub(super) fn check(root: &Root<'_>, target: TargetId, major: u64, out: &mut Diagnostics) {
    let Some(schema) = provider(target).and_then(|provider| ProviderSchema::get(provider, major))
    else {
        return;
    };
    let carried = |block: &&&crate::artifact::HclBlock| {
        matches!(block.block.identifier(), "resource" | "data")
    };
    for block in root.blocks.iter().filter(carried) {
        for problem in check_block(schema, &block.block) {
            let message = format!("{}: {problem}", root.path);
            out.push(
                Diagnostic::new(code::NOT_IN_SCHEMA, block.origin.span, message).help(code::DEFECT),
            );
        }
    }
}
