//! `was:` before the real Terraform: the example is applied, a product is renamed or moved to another domain of the
//! same target, and what is made then neither destroys nor replaces anything, and ends where it says.
//!
//! AWS on moto by the real provider; all three by mock providers that replace by `data/force-new.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
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
            "renames-on-moto/moved-and-renamed",
            &[Tool::Terraform, Tool::AwsProvider, Tool::Aws],
            on_moto,
        ),
        Case::new("moves-on-mocks/moved", &[Tool::Terraform], |bench| {
            on_mocks(bench, Change::Moved)
        }),
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
    /// `orders` and `tickets` go to other domains of the same accounts, subscriptions and projects.
    Moved,
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
            Self::Moved => {
                take_over(&sales, "orders", "commerce", "aws")?;
                take_over(&support, "tickets", "helpdesk", "azure gcp")?;
                roots::edit(
                    &sales,
                    "\"sales/orders:curated\"",
                    "\"commerce/orders:curated\"",
                )?;
                roots::edit(
                    &support,
                    "\"sales/orders:curated\"",
                    "\"commerce/orders:curated\"",
                )
            }
        }
    }
}

/// Moves a product from a domain's file to that of a new domain, which has the same cells on some clouds.
fn take_over(file: &Path, product: &str, domain: &str, clouds: &str) -> Result<()> {
    let text = std::fs::read_to_string(file)?;
    let start = text
        .find(&format!("  - name: {product}\n"))
        .context("the product is in the file")?;
    let rest = &text[start..];
    let length = ["\n  - name: ", "\nneeds:\n"]
        .iter()
        .filter_map(|next| rest.find(next))
        .min()
        .context("something follows the product")?;
    let body = &rest[..=length];
    let old = file
        .file_stem()
        .and_then(|stem| stem.to_str())
        .context("a domain file has a name")?;
    let body = body.replacen('\n', &format!("\n    was: {old}/{product}\n"), 1);
    // The head of the new domain is that of the old one, with fewer clouds.
    let (head, _) = text
        .split_once("products:\n")
        .context("a domain has products")?;
    let kept = head.lines().filter(|line| {
        let cloud = line.trim().split(':').next().unwrap_or_default();
        let is_cloud = matches!(cloud, "aws" | "azure" | "gcp" | "snowflake");
        !is_cloud || clouds.split(' ').any(|wanted| wanted == cloud)
    });
    let head: String = kept.map(|line| format!("{line}\n")).collect();
    let head = head.replacen(&format!("name: {old}\n"), &format!("name: {domain}\n"), 1);
    let new = file.with_file_name(format!("{domain}.yaml"));
    std::fs::write(new, format!("{head}products:\n{body}"))?;
    let left = format!("{}{}", &text[..start], &rest[length + 1..]);
    std::fs::write(file, left)?;
    Ok(())
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
        roots::for_aws_5("minimal", &mesh)?;
        Ok(Self { mesh, folder })
    }

    /// Domains that were there before a change come first: what they forget and the rights that they take back are
    /// then free for the new ones.
    fn old_first(mut cells: Vec<Vec<Root>>) -> Vec<Vec<Root>> {
        let has_state = |root: &Root| root.folder.join("terraform.tfstate").exists();
        cells.sort_by_key(|cell| !cell.iter().any(has_state));
        cells
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

/// Whether a domain may destroy something of this type after a product went away: roles, rights, and settings that
/// the new domain has in its own root. Nothing that holds data, and no key, is among them.
fn may_go(kind: &str) -> bool {
    kind.ends_with("_iam_member")
        || matches!(
            kind,
            "aws_athena_workgroup"
                | "aws_iam_role"
                | "aws_iam_role_policy"
                | "aws_lakeformation_permissions"
                | "aws_lakeformation_resource"
                | "azurerm_monitor_diagnostic_setting"
                | "azurerm_role_assignment"
                | "azurerm_storage_management_policy"
                | "google_bigquery_connection"
                | "google_project_iam_audit_config"
        )
}

/// What plans do, by the kind of doing.
#[derive(Debug, Default)]
struct Counts {
    renamed: usize,
    imported: usize,
    forgotten: usize,
    updated: BTreeSet<String>,
    created: BTreeSet<String>,
    destroyed: BTreeSet<String>,
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
                    && self.destroyed.is_empty()
            }
            Change::Moved => {
                let kind = |address: &String| address.split('.').next().map(str::to_owned);
                let mut kinds = self.destroyed.iter().filter_map(kind);
                self.imported >= 10
                    && self.forgotten >= self.imported
                    && kinds.all(|kind| may_go(&kind))
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
            if is("delete") {
                self.destroyed.insert(change.address.clone());
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
    for cell in Applied::old_first(cells_of(&applied, applied.build()?, CLOUDS)) {
        changed(&terraform, &cell, &mut counts)?;
    }
    // What was there is there, whatever the plans said.
    let after: BTreeSet<_> = mocks.store().keys().into_iter().collect();
    let may_be_gone = |kind: &str| change == Change::Moved && may_go(kind);
    let gone: Vec<_> = before
        .difference(&after)
        .filter(|key| !may_be_gone(&key.kind))
        .collect();
    let log = mocks.log();
    let deleted: Vec<_> = log[steps..]
        .iter()
        .filter(|it| it.op == Operation::Delete && !may_be_gone(&it.kind))
        .collect();
    ensure!(
        gone.is_empty() && deleted.is_empty(),
        "{gone:#?} {deleted:#?}"
    );
    counts.check(change)?;
    bench.tally.judged("mock-provider", counts.kept());
    Ok(())
}

/// One set-up for both: a move is planned only, for moto does not revoke what the old domain takes back.
fn on_moto(bench: &Bench<'_>) -> Result<()> {
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
    // Keys of the new domain are not made; any id stands for theirs.
    let id = Value::from("1234abcd-12ab-34cd-56ef-1234567890ab");
    let outputs = BTreeMap::from([("key_confidential_id".to_owned(), id)]);
    let moved = Applied {
        mesh: bench.tools.folder("moved-mesh")?,
        folder: applied.folder.clone(),
    };
    roots::copy(&applied.mesh, &moved.mesh)?;
    Change::Moved.make(&moved.mesh)?;
    let mut counts = Counts::default();
    let cells = cells_of(&moved, moved.build()?, &["aws"]);
    ensure!(cells.len() == 2, "{} cells", cells.len());
    for root in cells.iter().flatten() {
        fit(bench, root, false)?;
        terraform.init_state(&root.folder)?;
        counts.add(&terraform.plan(&root.folder, &root.variables(&outputs)?)?);
    }
    counts.check(Change::Moved)?;
    bench.tally.judged("moto", counts.kept());
    std::fs::remove_dir_all(applied.folder.join("dev/commerce"))?;

    Change::Renamed.make(&applied.mesh)?;
    let mut counts = Counts::default();
    for cell in cells_of(&applied, applied.build()?, &["aws"]) {
        for root in &cell {
            fit(bench, root, false)?;
        }
        changed(&terraform, &cell, &mut counts)?;
    }
    counts.check(Change::Renamed)?;
    bench.tally.judged("moto", counts.kept());
    Ok(())
}
