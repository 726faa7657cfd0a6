//! The domain's warehouse and what watches its credits. It stands above the domain: only an account
//! administrator makes resource monitors and puts warehouses under them
//! (docs.snowflake.com/en/user-guide/resource-monitors), and nobody raises a budget of their own.

use super::here::Here;
use super::{ADMINISTRATOR, DEPLOY, by, run_as};
use crate::artifact::SqlStatement;
use crate::artifact::sql::{MonitorAction, SqlString, Statement, Trigger, WarehouseSize};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::primitive::Compute;

/// Running queries may finish at the quota, and are stopped at a tenth beyond it.
const TRIGGERS: [Trigger; 3] = [
    Trigger {
        percent: 80,
        action: MonitorAction::Notify,
    },
    Trigger {
        percent: 100,
        action: MonitorAction::Suspend,
    },
    Trigger {
        percent: 110,
        action: MonitorAction::SuspendImmediate,
    },
];

/// What runs the domain's queries.
pub(super) fn lower(here: Here<'_>, out: &mut Diagnostics) -> Vec<SqlStatement> {
    let Some(compute) = here.computes().next() else {
        return Vec::new();
    };
    let Some(credits) = check(compute, out) else {
        return Vec::new();
    };
    let (warehouse, monitor, origin) = (here.warehouse(), here.monitor(), &compute.origin);
    let size = here.cell.settings.text("warehouse-size");
    let size = WarehouseSize::ALL
        .iter()
        .copied()
        .find(|one| Some(one.words()) == size.as_ref().map(std::slice::from_ref));
    let comment = SqlString::prose(&format!("Queries of {}", here.domain));
    vec![
        by(
            origin,
            Statement::CreateMonitor {
                monitor: monitor.clone(),
                credits,
            },
        ),
        by(
            origin,
            Statement::SetMonitor {
                monitor: monitor.clone(),
                credits,
                triggers: TRIGGERS.to_vec(),
            },
        ),
        run_as(DEPLOY, origin),
        by(origin, Statement::CreateWarehouse(warehouse.clone())),
        by(
            origin,
            Statement::SetWarehouse {
                warehouse: warehouse.clone(),
                size: size.unwrap_or(WarehouseSize::XSmall),
                auto_suspend: compute.auto_suspend.seconds(),
                comment,
            },
        ),
        run_as(ADMINISTRATOR, origin),
        by(
            origin,
            Statement::SetWarehouseMonitor { warehouse, monitor },
        ),
    ]
}

/// The quota, if it and the suspension are in Snowflake's range.
fn check(compute: &Compute, out: &mut Diagnostics) -> Option<u64> {
    let mut refuse = |message: &str, help: &str| {
        out.push(
            Diagnostic::new(code::OUT_OF_CLOUD_RANGE, compute.origin.span, message).help(help),
        );
    };
    // docs.snowflake.com/en/sql-reference/sql/alter-warehouse: 0 means that it never stops.
    if compute.auto_suspend.seconds() == 0 {
        refuse(
            "a warehouse that stops after no time at all never stops on Snowflake",
            "write `auto-suspend: 60s`",
        );
        return None;
    }
    match u64::try_from(compute.credit_quota) {
        Ok(credits) if credits > 0 => Some(credits),
        _ => {
            refuse(
                "a warehouse without credits cannot run on Snowflake",
                "write a `credit-quota` of at least 1",
            );
            None
        }
    }
}
