//! `was:` before the real Terraform: the example is applied, its products are renamed, and what is made then neither
//! destroys nor replaces anything, and ends where it says.
//!
//! AWS on moto by the real provider; all three by mock providers that replace by `data/force-new.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use testkit::cases::{Bench, Case};
use testkit::judges::moto::Moto;
use testkit::judges::terraform::{Plan, Terraform};
use testkit::mock_provider::{MockProviders, Operation, embedded};
use testkit::tools::Tool;

use crate::aws::{self, account, fit};
use crate::roots::{self, Root};
use crate::terraform::{cells, side_by_side};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "renames-on-moto/renamed",
            &[Tool::Terraform, Tool::AwsProvider, Tool::Aws],
            |bench| on_moto(bench, Change::Renamed),
        ),
        Case::new("renames-on-mocks/renamed", &[Tool::Terraform], |bench| {
            on_mocks(bench, Change::Renamed)
        }),
    ]
}

/// What happens to the blueprint between two builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// Each product has a new name in its domain.
    Renamed,
}

impl Change {
    fn make(self, mesh: &Path) -> Result<()> {
        let sales = mesh.join("domains/sales.yaml");
        let support = mesh.join("domains/support.yaml");
        match self {
            Self::Renamed => {
                for (file, from, to) in [
                    (&sales, "orders", "purchases"),
                    (&support, "call-events", "call-log"),
                    (&support, "tickets", "cases"),
                ] {
                    let domain = if file == &sales { "sales" } else { "support" };
                    roots::edit(
                        file,
                        &format!("  - name: {from}\n"),
                        &format!("  - name: {to}\n    was: {domain}/{from}\n"),
                    )?;
                }
                roots::edit(
                    &sales,
                    "\"sales/orders:curated\"",
                    "\"sales/purchases:curated\"",
                )?;
                roots::edit(
                    &support,
                    "\"sales/orders:curated\"",
                    "\"sales/purchases:curated\"",
                )
            }
        }
    }
}

/// A mesh that was built, and the folder where its roots are applied, beside their states.
struct Applied {
    mesh: PathBuf,
    folder: PathBuf,
}

impl Applied {
    fn new(bench: &Bench<'_>, stem: &str) -> Result<Self> {
        let mesh = bench.tools.folder(&format!("{stem}-mesh"))?;
        let folder = bench.tools.folder(&format!("{stem}-applied"))?;
        roots::minimal_for_aws_5(&mesh)?;
        Ok(Self { mesh, folder })
    }

    /// Builds and puts the roots over those that are applied.
    fn build(&self) -> Result<Vec<Root>> {
        roots::build(&self.mesh)?;
        roots::copied(&self.mesh.join("generated"), &self.folder)
    }
}

/// Plans and applies the roots of a cell after a change. What is left is nothing to do.
fn changed(terraform: &Terraform<'_>, cell: &[Root], counts: &mut Counts) -> Result<()> {
    let mut outputs = BTreeMap::new();
    for root in cell {
        let shown = root.folder.display();
        terraform.init_state(&root.folder)?;
        let variables = root.variables(&outputs)?;
        let plan = terraform.plan(&root.folder, &variables)?;
        counts.add(&plan);
        let destroyed: Vec<_> = plan.changes.iter().filter(|it| it.destroys()).collect();
        ensure!(destroyed.is_empty(), "{shown} destroys {destroyed:#?}");
        terraform.apply(&root.folder, &variables)?;
        let again = terraform.plan(&root.folder, &variables)?;
        ensure!(
            !again.has_changes,
            "{shown}: after the change there is still something to do: {:#?}",
            again.done()
        );
        outputs.extend(terraform.outputs(&root.folder)?);
    }
    Ok(())
}

/// What plans do, by the kind of doing.
#[derive(Debug, Default)]
struct Counts {
    renamed: usize,
    imported: usize,
    forgotten: usize,
    updated: BTreeSet<String>,
    created: BTreeSet<String>,
}

impl Counts {
    /// A new name is nothing but that.
    fn check(&self, change: Change) -> Result<()> {
        let as_wanted = match change {
            Change::Renamed => {
                self.renamed >= 20
                    && self.imported + self.forgotten == 0
                    && self.updated.is_empty()
                    && self.created.is_empty()
            }
        };
        ensure!(as_wanted, "{change:?}: {self:#?}");
        Ok(())
    }

    /// What is there as before, under another address.
    fn kept(&self) -> usize {
        self.renamed + self.imported
    }

    fn add(&mut self, plan: &Plan) {
        for change in &plan.changes {
            let is = |action: &str| change.actions.iter().any(|it| it == action);
            self.renamed += usize::from(change.previous.is_some());
            self.imported += usize::from(change.imports);
            self.forgotten += usize::from(is("forget"));
            if is("update") {
                self.updated.insert(change.address.clone());
            }
            if is("create") {
                self.created.insert(change.address.clone());
            }
        }
    }
}

/// The cells of dev, of some clouds. Those of prod differ in their names only.
fn cells_of(applied: &Applied, roots: Vec<Root>, clouds: &[&str]) -> Vec<Vec<Root>> {
    let dev = applied.folder.join("dev");
    let wanted = |root: &Root| {
        let below = root.folder.strip_prefix(&dev).ok();
        let cloud = below.and_then(|below| below.components().nth(1));
        cloud.is_some_and(|cloud| clouds.iter().any(|one| cloud.as_os_str() == *one))
    };
    cells(roots.into_iter().filter(wanted).collect())
}

/// Applies the roots of a cell as they were before the change.
fn set_up(terraform: &Terraform<'_>, cell: &[Root]) -> Result<()> {
    let mut outputs = BTreeMap::new();
    for root in cell {
        terraform.init_state(&root.folder)?;
        terraform.apply(&root.folder, &root.variables(&outputs)?)?;
        outputs.extend(terraform.outputs(&root.folder)?);
    }
    Ok(())
}

fn on_mocks(bench: &Bench<'_>, change: Change) -> Result<()> {
    const CLOUDS: &[&str] = &["aws", "azure", "gcp"];
    let applied = Applied::new(bench, "renames-mocked")?;
    let mocks = MockProviders::start(&[embedded::AWS_5, embedded::AZURERM_4, embedded::GOOGLE_6])?;
    let terraform = Terraform::with_mocks(bench.tools, &mocks)?;
    let first = cells_of(&applied, applied.build()?, CLOUDS);
    ensure!(first.len() == 3, "{} cells", first.len());
    side_by_side(first, |cell| set_up(&terraform, &cell))?;
    let before: BTreeSet<_> = mocks.store().keys().into_iter().collect();
    let steps = mocks.log().len();
    change.make(&applied.mesh)?;
    let mut counts = Counts::default();
    for cell in &cells_of(&applied, applied.build()?, CLOUDS) {
        changed(&terraform, cell, &mut counts)?;
    }
    // What was there is there, whatever the plans said.
    let after: BTreeSet<_> = mocks.store().keys().into_iter().collect();
    let gone: Vec<_> = before.difference(&after).collect();
    let log = mocks.log();
    let deleted: Vec<_> = log[steps..]
        .iter()
        .filter(|it| it.op == Operation::Delete)
        .collect();
    ensure!(
        gone.is_empty() && deleted.is_empty(),
        "{gone:#?} {deleted:#?}"
    );
    counts.check(change)?;
    bench.tally.judged("mock-provider", counts.kept());
    Ok(())
}

fn on_moto(bench: &Bench<'_>, change: Change) -> Result<()> {
    let applied = Applied::new(bench, "renames-moto")?;
    let moto = Moto::start(bench.tools)?;
    let first = cells_of(&applied, applied.build()?, &["aws"]);
    let root = first.iter().flatten().next().context("there is a root")?;
    let terraform = aws::on_moto(bench, &moto, &account(root)?)?;
    for cell in &first {
        for root in cell {
            fit(bench, root, false)?;
        }
        set_up(&terraform, cell)?;
    }
    change.make(&applied.mesh)?;
    let mut counts = Counts::default();
    for cell in cells_of(&applied, applied.build()?, &["aws"]) {
        for root in &cell {
            fit(bench, root, false)?;
        }
        changed(&terraform, &cell, &mut counts)?;
    }
    counts.check(change)?;
    bench.tally.judged("moto", counts.kept());
    Ok(())
}
