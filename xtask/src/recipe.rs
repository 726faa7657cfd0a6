//! `recipe`: follows a recipe of CONTRIBUTING.md in a git worktree, runs the tests there, and fails if
//! any other file changed than the recipe names.
//!
//! What is added lies in `xtask/recipes/`; the list of files that may change is read from
//! CONTRIBUTING.md, from the block after `<!-- recipe: NAME -->`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

/// Arguments of `recipe`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// `rule`, `kind` or `target`
    recipe: String,
    /// Leave the worktree where it is
    #[arg(long)]
    keep: bool,
}

/// A file that is added.
type Added = (&'static str, &'static str);

/// Text that is put behind the first place where another text stands, in every file named.
type Edit = (&'static str, &'static str, &'static str);

struct Recipe {
    adds: &'static [Added],
    edits: &'static [Edit],
}

const RULE: Recipe = Recipe {
    adds: &[
        (
            "policies/retention/replay.rego",
            include_str!("../recipes/rule/replay.rego"),
        ),
        (
            "policies/retention/replay_test.rego",
            include_str!("../recipes/rule/replay_test.rego"),
        ),
        (
            "tests/mutants/MESH-RET-101",
            include_str!("../recipes/rule/mutant"),
        ),
    ],
    edits: &[],
};

const PRODUCT: &str = include_str!("../recipes/kind/product.yaml");

const KIND: Recipe = Recipe {
    adds: &[(
        "src/kinds/sheet.rs",
        include_str!("../recipes/kind/sheet.rs"),
    )],
    edits: &[
        ("src/kinds/mod.rs", "mod expand;\n", "mod sheet;\n"),
        (
            "src/kinds/mod.rs",
            "    &dataset::Dataset,\n",
            "    &sheet::Sheet,\n",
        ),
        (
            "examples/minimal/domains/sales.yaml",
            "      - {group: sales-analysts, can: [read]}\n",
            PRODUCT,
        ),
        (
            "blueprints/minimal/domains/sales.yaml",
            "      - {group: sales-analysts, can: [read]}\n",
            PRODUCT,
        ),
    ],
};

const DUCK_PRODUCT: &str = include_str!("../recipes/target/product.yaml");

const TARGET: Recipe = Recipe {
    adds: &[
        (
            "src/targets/duck/mod.rs",
            include_str!("../recipes/target/mod.rs"),
        ),
        (
            "src/blueprint/tree/cloud/duck.rs",
            include_str!("../recipes/target/tables.rs"),
        ),
        (
            "docs/targets/duck.md",
            include_str!("../recipes/target/page.md"),
        ),
    ],
    edits: &[
        (
            "src/cell.rs",
            "    /// Snowflake.\n    Snowflake,\n",
            "    /// A folder of tables.\n    Duck,\n",
        ),
        (
            "src/cell.rs",
            "&[Self::Aws, Self::Azure, Self::Gcp, Self::Snowflake",
            ", Self::Duck",
        ),
        (
            "src/cell.rs",
            "            Self::Snowflake => \"snowflake\",\n",
            "            Self::Duck => \"duck\",\n",
        ),
        (
            "src/blueprint/tree/cloud/mod.rs",
            "mod azure;\n",
            "mod duck;\n",
        ),
        (
            "src/blueprint/tree/cloud/mod.rs",
            "        TargetId::Snowflake => &snowflake::TABLES,\n",
            "        TargetId::Duck => &duck::TABLES,\n",
        ),
        (
            "src/blueprint/tree/mesh.rs",
            "            \"Snowflake.\",\n        ),\n",
            "        Field::optional(\n            \"duck\",\n            Shape::Object(cloud_table(TargetId::Duck)),\n            \"Duck.\",\n        ),\n",
        ),
        (
            "src/blueprint/tree/mesh.rs",
            "            \"The role that the identity provider fills.\",\n        ),\n",
            "        Field::optional(\n            \"duck\",\n            cloud::identity_shape(cloud::tables(TargetId::Duck)),\n            \"The user of the group's members.\",\n        ),\n",
        ),
        (
            "src/blueprint/tree/domain.rs",
            "            \"The Snowflake database's settings; `{}` is enough.\",\n        ),\n",
            "        Field::optional(\n            \"duck\",\n            Shape::Object(cloud::tables(TargetId::Duck).cell),\n            \"The Duck database's settings; `{}` is enough.\",\n        ),\n",
        ),
        (
            "src/blueprint/tree/product.rs",
            "            \"On Snowflake.\",\n        ),\n",
            "        Field::optional(\n            \"duck\",\n            Shape::Object(cloud::tables(TargetId::Duck).existing),\n            \"On Duck.\",\n        ),\n",
        ),
        (
            "src/gate/provider_schema.rs",
            "        TargetId::Snowflake",
            " | TargetId::Duck",
        ),
        ("src/targets/mod.rs", "mod azure;\n", "mod duck;\n"),
        (
            "src/targets/mod.rs",
            "&[&aws::Aws, &azure::Azure, &gcp::Gcp, &snowflake::Snowflake",
            ", &duck::Duck",
        ),
        (
            "src/targets/mod.rs",
            "        TargetId::Snowflake => &snowflake::Snowflake,\n",
            "        TargetId::Duck => &duck::Duck,\n",
        ),
        (
            "src/kinds/table.rs",
            "&[TargetId::Gcp, TargetId::Snowflake",
            ", TargetId::Duck",
        ),
        (
            "examples/minimal/mesh.yaml",
            "  snowflake: {organization: ACME, account: RETAIL, edition: enterprise, region: eu-west-1}\n",
            "  duck: {}\n",
        ),
        (
            "blueprints/minimal/mesh.yaml",
            "  snowflake: {organization: ACME, account: RETAIL, edition: enterprise, region: eu-west-1}\n",
            "  duck: {}\n",
        ),
        (
            "examples/minimal/mesh.yaml",
            "    snowflake: SALES_ENGINEERING\n",
            "    duck: {user: sales-engineering}\n",
        ),
        (
            "blueprints/minimal/mesh.yaml",
            "    snowflake: SALES_ENGINEERING\n",
            "    duck: {user: sales-engineering}\n",
        ),
        (
            "examples/minimal/domains/sales.yaml",
            "    snowflake: {}\n",
            "    duck: {}\n",
        ),
        (
            "blueprints/minimal/domains/sales.yaml",
            "    snowflake: {}\n",
            "    duck: {}\n",
        ),
        (
            "examples/minimal/domains/sales.yaml",
            "      - {group: sales-analysts, can: [read]}\n",
            DUCK_PRODUCT,
        ),
        (
            "blueprints/minimal/domains/sales.yaml",
            "      - {group: sales-analysts, can: [read]}\n",
            DUCK_PRODUCT,
        ),
    ],
};

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<()> {
    let recipe = match args.recipe.as_str() {
        "rule" => RULE,
        "kind" => KIND,
        "target" => TARGET,
        other => bail!("there is no recipe `{other}`: rule, kind or target"),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("no repository")?;
    let tree = Worktree::new(root, args.keep)?;
    for (path, text) in recipe.adds {
        let to = tree.path.join(path);
        std::fs::create_dir_all(to.parent().context("no folder")?)?;
        std::fs::write(to, text)?;
    }
    for edit in recipe.edits {
        put(&tree.path, edit)?;
    }
    // What tests compare with is rewritten, as CONTRIBUTING.md says, and then every fast test passes.
    tree.test(
        &[
            "--test",
            "it",
            "--",
            "golden",
            "transcripts",
            "reference",
            "diagnostics",
            "pictures",
        ],
        true,
    )?;
    // Plan, apply and killed writes are as they were, and slow.
    tree.test(
        &[
            "--lib", "--test", "it", "--", "--skip", "apply::", "--skip", "kill::", "--skip",
            "write::",
        ],
        false,
    )?;
    let allowed = listed(root, &args.recipe)?;
    let changed = tree.changed()?;
    let other: Vec<&String> = changed
        .iter()
        .filter(|path| !allowed.iter().any(|allowed| fits(path, allowed)))
        .collect();
    ensure!(
        other.is_empty(),
        "files changed that CONTRIBUTING.md does not name: {other:?}"
    );
    let idle: Vec<&String> = allowed
        .iter()
        .filter(|allowed| !changed.iter().any(|path| fits(path, allowed)))
        .collect();
    ensure!(
        idle.is_empty(),
        "CONTRIBUTING.md names files that did not change: {idle:?}"
    );
    say(&format!(
        "recipe {}: {} files changed, all of them named; tests pass\n",
        args.recipe,
        changed.len()
    ));
    Ok(())
}

/// A developer command talks to a terminal.
#[allow(clippy::print_stdout, reason = "xtask is a command line of its own")]
fn say(text: &str) {
    print!("{text}");
}

fn put(tree: &Path, (file, behind, text): &Edit) -> Result<()> {
    let path = tree.join(file);
    let old = std::fs::read_to_string(&path)?;
    let at = old
        .find(behind)
        .with_context(|| format!("`{behind}` is not in {file}"))?
        + behind.len();
    let (head, tail) = old.split_at(at);
    std::fs::write(path, format!("{head}{text}{tail}"))?;
    Ok(())
}

/// The files that a recipe may change: the lines of the block behind its mark.
fn listed(root: &Path, recipe: &str) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(root.join("CONTRIBUTING.md"))?;
    let block = text
        .split(&format!("<!-- recipe: {recipe} -->\n"))
        .nth(1)
        .and_then(|rest| rest.split("```text\n").nth(1))
        .and_then(|rest| rest.split("```").next())
        .with_context(|| format!("CONTRIBUTING.md has no list for `{recipe}`"))?;
    Ok(block.lines().map(str::to_owned).collect())
}

/// Whether a path is the one that is named, or below the folder that is.
fn fits(path: &str, allowed: &str) -> bool {
    path == allowed || allowed.ends_with('/') && path.starts_with(allowed)
}

/// A checkout of the last commit that goes with this value.
struct Worktree {
    root: PathBuf,
    path: PathBuf,
    keep: bool,
}

impl Worktree {
    fn new(root: &Path, keep: bool) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("meshc-recipe-{}", std::process::id()));
        let tree = Self {
            root: root.to_owned(),
            path,
            keep,
        };
        let to = tree.path.to_string_lossy().into_owned();
        git(
            root,
            &["worktree", "add", "--quiet", "--detach", &to, "HEAD"],
        )?;
        Ok(tree)
    }

    fn test(&self, words: &[&str], update: bool) -> Result<()> {
        let mut command = Command::new("cargo");
        command
            .args(["test", "--quiet", "-p", "meshc"])
            .args(words)
            .current_dir(&self.path)
            .env("CARGO_TARGET_DIR", self.target());
        if update {
            command.env("UPDATE", "1");
        }
        // A run that rewrites may fail where it rewrites: the next one may not.
        let passed = command.status()?.success();
        ensure!(
            passed || update,
            "the tests fail in {}",
            self.path.display()
        );
        Ok(())
    }

    /// Dependencies are built once for the repository and its worktrees.
    fn target(&self) -> PathBuf {
        std::env::var_os("CARGO_TARGET_DIR").map_or(self.root.join("target"), PathBuf::from)
    }

    fn changed(&self) -> Result<Vec<String>> {
        let answer = git(
            &self.path,
            &["status", "--porcelain", "--untracked-files=all"],
        )?;
        Ok(answer
            .lines()
            .filter_map(|line| line.get(3..))
            .map(str::to_owned)
            .collect())
    }
}

impl Drop for Worktree {
    fn drop(&mut self) {
        if !self.keep {
            let path = self.path.to_string_lossy().into_owned();
            // Nothing more can be done about a folder that does not go.
            let _ = git(&self.root, &["worktree", "remove", "--force", &path]);
        }
    }
}

fn git(folder: &Path, words: &[&str]) -> Result<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(words)
        .output()?;
    ensure!(
        output.status.success(),
        "git {words:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
