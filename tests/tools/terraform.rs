//! What meshc makes of the examples for Terraform, applied by the real one with mock providers: every root is
//! valid, applied as a whole, and has nothing to do a second time.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context, Result, ensure};
use testkit::cases::{Bench, Case};
use testkit::judges::terraform::Terraform;
use testkit::mock_provider::{MockProviders, Operation};
use testkit::tools::Tool;

use crate::roots::{self, Root};

pub(crate) fn cases() -> Vec<Case> {
    vec![Case::new(
        "mock-provider/applies-every-root",
        &[Tool::Terraform],
        applied,
    )]
}

fn applied(bench: &Bench<'_>) -> Result<()> {
    for (example, count) in [("minimal", 12), ("retail", 36)] {
        apply_example(bench, example, count)?;
    }
    Ok(())
}

fn apply_example(bench: &Bench<'_>, example: &str, count: usize) -> Result<()> {
    let folder = bench.tools.folder(&format!("{example}-applied"))?;
    let tree = roots::repository().join("generated").join(example);
    let roots = roots::copied(&tree, &folder)?;
    ensure!(roots.len() == count, "{example}: {} roots", roots.len());
    let mocks = MockProviders::start_all()?;
    let terraform = Terraform::with_mocks(bench.tools, &mocks)?;
    let written: usize = side_by_side(cells(roots), |cell| apply_cell(&terraform, &cell))?
        .into_iter()
        .sum();
    // The mocks made just what is written: nothing was left out, nothing made twice.
    let log = mocks.log();
    let created = log.iter().filter(|it| it.op == Operation::Create).count();
    ensure!(
        created == written && log.len() == written,
        "{example}: {written} resources are written, the mocks made {created} in {} steps",
        log.len()
    );
    bench.tally.judged("terraform", count);
    bench.tally.judged("mock-provider", written);
    Ok(())
}

/// Applies the roots of a cell, each with the outputs of those before it. Returns how many resources they have.
pub(crate) fn apply_cell(terraform: &Terraform<'_>, cell: &[Root]) -> Result<usize> {
    let mut outputs = BTreeMap::new();
    let mut written = 0;
    for root in cell {
        let shown = root.folder.display();
        terraform.init_state(&root.folder)?;
        let errors = terraform.validate(&root.folder)?;
        ensure!(errors.is_empty(), "{shown}: {errors:#?}");
        let variables = root.variables(&outputs)?;
        terraform.apply(&root.folder, &variables)?;
        let again = terraform.plan(&root.folder, &variables)?;
        ensure!(
            !again.has_changes,
            "{shown}: a second plan has something to do: {:#?}",
            again.done()
        );
        written += root.resources()?;
        outputs.extend(terraform.outputs(&root.folder)?);
    }
    Ok(written)
}

/// Roots by cell, in the order in which they are applied.
pub(crate) fn cells(roots: Vec<Root>) -> Vec<Vec<Root>> {
    let mut cells: BTreeMap<PathBuf, Vec<Root>> = BTreeMap::new();
    for root in roots {
        let cell = root.folder.parent().map(Path::to_owned).unwrap_or_default();
        cells.entry(cell).or_default().push(root);
    }
    cells
        .into_values()
        .map(|mut roots| {
            // Access is given to what is there.
            roots.sort_by_key(|root| root.part() != "resources");
            roots
        })
        .collect()
}

/// Works on two at a time, which share nothing but the machine.
pub(crate) fn side_by_side<T: Send, R: Send>(
    work: Vec<T>,
    each: impl Fn(T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let queue = Mutex::new(VecDeque::from(work));
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(item) = queue.lock().ok().and_then(|mut queue| queue.pop_front()) {
                    let result = each(item);
                    if let Ok(mut done) = done.lock() {
                        done.push(result);
                    }
                }
            });
        }
    });
    let done = done.into_inner().ok().context("a thread died")?;
    done.into_iter().collect()
}
