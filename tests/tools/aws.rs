//! What the AWS target makes, before AWS's judges: documents of a mesh that has everything before the reference of
//! actions, and the cells of that mesh and of the example applied to moto by the real Terraform and the real provider.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use testkit::cases::{Bench, Case};
use testkit::judges::moto::{self, Moto};
use testkit::judges::policy_sentry;
use testkit::judges::terraform::Terraform;
use testkit::tools::Tool;

use crate::artifacts::documents;
use crate::roots::{self, Root, repository};
use crate::terraform::{apply_cell, cells, side_by_side};

/// Everything that the target can do, small.
const WIDE: &str = "tests/meshes/wide-aws";

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "moto-applied/every-aws-cell",
            &[Tool::Terraform, Tool::AwsProvider, Tool::Aws],
            applied,
        ),
        Case::new("aws-documents/wide", &[Tool::Iam], |bench| {
            let mesh = wide(bench)?;
            let documents = documents(&mesh.join("generated"))?;
            ensure!(documents.len() >= 25, "only {} documents", documents.len());
            policy_sentry::judge(bench, &documents)
        }),
        Case::new(
            "mock-wide/applies-every-root",
            &[Tool::Terraform],
            wide_mocked,
        ),
    ]
}

/// A built copy of the wide mesh.
fn wide(bench: &Bench<'_>) -> Result<PathBuf> {
    let mesh = bench.tools.folder("wide-aws")?;
    roots::copy(&repository().join(WIDE), &mesh)?;
    roots::build(&mesh)?;
    Ok(mesh)
}

/// A cell that is to be applied to a moto of its own mesh.
struct Cell {
    roots: Vec<Root>,
    server: usize,
    /// Whether even what moto is slow with is applied.
    whole: bool,
}

/// The roots of each cell are applied one after the other, in the account of the cell; then there is nothing left
/// to do.
fn applied(bench: &Bench<'_>) -> Result<()> {
    let minimal = bench.tools.folder("minimal-on-moto")?;
    roots::for_aws_5("minimal", &minimal)?;
    roots::build(&minimal)?;
    let retail = bench.tools.folder("retail-on-moto")?;
    roots::for_aws_5("retail", &retail)?;
    roots::build(&retail)?;
    let meshes = [
        minimal.join("generated"),
        wide(bench)?.join("generated"),
        retail.join("generated/dev"),
    ];
    let servers = meshes
        .iter()
        .map(|_| Moto::start(bench.tools))
        .collect::<Result<Vec<_>>>()?;
    let mut work = Vec::new();
    for (server, tree) in meshes.iter().enumerate() {
        for roots in cells(roots::on(tree, "aws")?) {
            let whole = work.is_empty();
            work.push(Cell {
                roots,
                server,
                whole,
            });
        }
    }
    ensure!(work.len() == 5, "{} cells", work.len());
    let counts = side_by_side(work, |cell| {
        let server = servers.get(cell.server).context("a server a mesh")?;
        let first = cell.roots.first().context("a cell has roots")?;
        let terraform = on_moto(bench, server, &account(first)?)?;
        for root in &cell.roots {
            fit(bench, root, cell.whole)?;
        }
        apply_cell(&terraform, &cell.roots)
    })?;
    bench.tally.judged("moto", counts.into_iter().sum());
    Ok(())
}

/// The same without the real provider, and with everything that moto cannot hold.
fn wide_mocked(bench: &Bench<'_>) -> Result<()> {
    use testkit::mock_provider::{MockProviders, embedded};
    let mesh = wide(bench)?;
    let mocks = MockProviders::start(&[embedded::AWS_5])?;
    let terraform = Terraform::with_mocks(bench.tools, &mocks)?;
    let mut written = 0;
    for cell in cells(roots::on(&mesh.join("generated"), "aws")?) {
        written += apply_cell(&terraform, &cell)?;
    }
    ensure!(
        mocks.log().len() == written && written >= 60,
        "{written} resources are written, the mock did {} things",
        mocks.log().len()
    );
    bench.tally.judged("mock-provider", written);
    Ok(())
}

/// Terraform with the real provider, as somebody in an account of a moto.
pub(crate) fn on_moto<'b>(bench: &Bench<'b>, moto: &Moto, account: &str) -> Result<Terraform<'b>> {
    // Whoever assumes a role of an account is in that account from then on.
    let role = format!("arn:aws:iam::{account}:role/deployer");
    let who = moto.assume(bench.tools, &role)?;
    let terraform = Terraform::with_aws(bench.tools)?;
    let env = moto.env(&who).into_iter();
    Ok(env.fold(terraform, |terraform, (name, value)| {
        terraform.env(name, &value)
    }))
}

/// The account that a root may be applied in.
pub(crate) fn account(root: &Root) -> Result<String> {
    let text = std::fs::read_to_string(root.folder.join("providers.tf"))?;
    let rest = text.split("allowed_account_ids = [\"").nth(1);
    let account = rest.and_then(|rest| rest.split('"').next());
    Ok(account.context("a provider has an account")?.to_owned())
}

/// Fits a root to moto: where buckets are found, and without what moto cannot hold, which is counted.
pub(crate) fn fit(bench: &Bench<'_>, root: &Root, whole: bool) -> Result<()> {
    let providers = std::fs::read_to_string(root.folder.join("providers.tf"))?;
    let aliases = providers
        .lines()
        .filter_map(|line| line.trim().strip_prefix("alias"))
        .map(|rest| format!("  alias {rest}\n"));
    // Hosts such as `bucket.127.0.0.1` do not exist.
    let blocks = std::iter::once(String::new())
        .chain(aliases)
        .map(|alias| format!("provider \"aws\" {{\n{alias}  s3_use_path_style = true\n}}\n"));
    std::fs::write(
        root.folder.join("moto_override.tf"),
        blocks.collect::<String>(),
    )?;
    let main = root.folder.join("main.tf");
    let text = std::fs::read_to_string(&main)?;
    let blocks: Vec<String> = text.split("\n\n# ").map(str::to_owned).collect();
    let mut gaps: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept = Vec::new();
    let mut addresses = Vec::new();
    for (block, gap) in blocks.iter().zip(moto::cannot_hold(bench, &blocks)?) {
        match gap {
            Some(gap) if !(whole && gap == moto::SLOW) => {
                *gaps.entry(gap).or_default() += 1;
                let labels = block.split("resource \"").nth(1).unwrap_or_default();
                let mut labels = labels.split('"').step_by(2);
                let labels = (labels.next(), labels.next());
                if let (Some(kind), Some(label)) = labels {
                    addresses.push(format!(" = {kind}.{label}\n"));
                }
            }
            _ => kept.push(block.as_str()),
        }
    }
    // Nor can what is left out be brought in.
    kept.retain(|block| {
        !block.contains("\nimport {") || !addresses.iter().any(|one| block.contains(one))
    });
    std::fs::write(main, kept.join("\n\n# "))?;
    for (gap, count) in gaps {
        bench.tally.not_judged("moto", &gap, count);
    }
    Ok(())
}
