//! Real tools for tests: `aws`, `az`, `snow`, `sqlfluff` and the others that judge what meshc makes.
//!
//! In: a list of [`Tool`]s. Out: [`Installed`], with the path of every executable and a way to start it
//! ([`Launch`]) in an environment that holds nothing of the caller's and lets nothing reach the network.
//!
//! Each tool has its own Python environment, installed from a lock with hashes (`tests/locks/*.txt`, compiled
//! into this crate) into the user's cache. Nothing here skips: a tool that cannot be had is an error, and whether
//! that may be tolerated is for `tests/tools.toml` and its reader to say.

mod cache;
mod install;
mod launch;
mod python;
mod recipe;
mod terraform;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};

pub use cache::root as cache_root;
pub use launch::{Finished, Launch, NO_NETWORK};
pub use recipe::locked_version;
pub use terraform::{AwsProvider, aws_provider};

/// A tool that some test wants. One environment each, for a joint resolve would hold all of them to the oldest
/// version that any one asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// `aws` and moto.
    Aws,
    /// The real AWS provider of Terraform, which no package registry has: found in a mirror or absent.
    AwsProvider,
    /// `az`.
    Az,
    /// `cel-python`, a library.
    Cel,
    /// `checkov`.
    Checkov,
    /// `gcloud`, which no package registry has: found on PATH or absent.
    Gcloud,
    /// `policy_sentry`, `parliament` and `cfn-lint`.
    Iam,
    /// `check-jsonschema`.
    JsonSchema,
    /// `regopy`, a library: a Rego engine that shares no code with regorus.
    Regopy,
    /// `snow`.
    Snow,
    /// `sqlfluff`.
    Sqlfluff,
    /// `terraform`: the one on PATH, else [`Tool::TerraformLib`].
    Terraform,
    /// Terraform's core as a shared library from a wheel, behind a launcher that is called `terraform`.
    TerraformLib,
}

impl Tool {
    /// Every tool, in the order in which they are reported.
    pub const ALL: &[Self] = &[
        Self::Aws,
        Self::AwsProvider,
        Self::Az,
        Self::Cel,
        Self::Checkov,
        Self::Gcloud,
        Self::Iam,
        Self::JsonSchema,
        Self::Regopy,
        Self::Snow,
        Self::Sqlfluff,
        Self::Terraform,
        Self::TerraformLib,
    ];

    /// The word for it in reports, and the stem of its lock.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsProvider => "aws-provider",
            Self::Az => "az",
            Self::Cel => "cel",
            Self::Checkov => "checkov",
            Self::Gcloud => "gcloud",
            Self::Iam => "iam",
            Self::JsonSchema => "jsonschema",
            Self::Regopy => "regopy",
            Self::Snow => "snow",
            Self::Sqlfluff => "sqlfluff",
            Self::Terraform => "terraform",
            Self::TerraformLib => "terraform-lib",
        }
    }
}

/// One place where tools lie, and the memory of what this process already looked at.
#[derive(Debug)]
pub struct Tools {
    root: PathBuf,
    found: Mutex<BTreeMap<Tool, Found>>,
}

/// Where a tool was found.
#[derive(Debug, Clone)]
struct Found {
    /// The folder with its executables.
    bin: PathBuf,
    /// How long installing took; nothing if it lay in the cache.
    installed_in: Option<Duration>,
}

impl Tools {
    /// Tools in the user's cache (see [`cache_root`]).
    pub fn new() -> Result<Self> {
        Ok(Self::at(cache::root()?))
    }

    /// Tools under `root`, which need not exist.
    pub fn at(root: PathBuf) -> Self {
        Self {
            root,
            found: Mutex::new(BTreeMap::new()),
        }
    }

    /// Installs what is absent and returns where everything is. Safe to call from several threads and processes:
    /// each tool is installed once, the others wait for it.
    pub fn ensure(&self, tools: &[Tool]) -> Result<Installed> {
        let mut found = BTreeMap::new();
        for &tool in tools {
            found.insert(
                tool,
                self.find(tool)
                    .with_context(|| format!("tool `{}`", tool.name()))?,
            );
        }
        Ok(Installed {
            found,
            home: RunFolder::new(&self.root)?,
        })
    }

    fn find(&self, tool: Tool) -> Result<Found> {
        let known = self
            .found
            .lock()
            .map_err(|_| anyhow!("another thread died while looking for tools"))?;
        if let Some(found) = known.get(&tool) {
            return Ok(found.clone());
        }
        drop(known);
        let found = match tool {
            Tool::AwsProvider => {
                let provider =
                    aws_provider()?.ok_or_else(|| anyhow!("in no mirror on this machine"))?;
                Found {
                    bin: provider.mirror,
                    installed_in: None,
                }
            }
            Tool::Gcloud => {
                let exe =
                    launch::on_path("gcloud").ok_or_else(|| anyhow!("no `gcloud` on PATH"))?;
                Found {
                    bin: parent(&exe)?,
                    installed_in: None,
                }
            }
            Tool::Terraform => match terraform::on_path()? {
                Some(exe) => Found {
                    bin: parent(&exe)?,
                    installed_in: None,
                },
                None => self.find(Tool::TerraformLib)?,
            },
            _ => {
                let recipe = recipe::of(tool).ok_or_else(|| anyhow!("no recipe"))?;
                install::environment(&self.root, &recipe)?
            }
        };
        let mut known = self
            .found
            .lock()
            .map_err(|_| anyhow!("another thread died while looking for tools"))?;
        Ok(known.entry(tool).or_insert(found).clone())
    }
}

fn parent(exe: &Path) -> Result<PathBuf> {
    Ok(exe
        .parent()
        .ok_or_else(|| anyhow!("`{}` lies in no folder", exe.display()))?
        .to_owned())
}

/// Tools that are there, and a home folder for the processes started through this value. The folder goes when the
/// value does.
#[derive(Debug)]
pub struct Installed {
    found: BTreeMap<Tool, Found>,
    home: RunFolder,
}

impl Installed {
    /// The path of an executable of a tool, such as `moto_server` of [`Tool::Aws`].
    pub fn exe(&self, tool: Tool, name: &str) -> Result<PathBuf> {
        let Some(found) = self.found.get(&tool) else {
            bail!("tool `{}` was not asked for", tool.name());
        };
        let exe = found.bin.join(name);
        if !exe.exists() {
            bail!(
                "tool `{}` has no executable `{name}` in {}",
                tool.name(),
                found.bin.display()
            );
        }
        Ok(exe)
    }

    /// A call of an executable of a tool, with the clean environment of [`Launch`].
    pub fn launch(&self, tool: Tool, name: &str) -> Result<Launch> {
        Ok(Launch::new(self.exe(tool, name)?, self.home.path()))
    }

    /// A call of the Python of a tool's environment with a script of ours, to use the tool as a library.
    pub fn script(&self, tool: Tool, script: &Path) -> Result<Launch> {
        Ok(self.launch(tool, "python")?.arg("-I").arg(script))
    }

    /// The folder that is `HOME` for the processes started here.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// A new empty folder under [`Self::home`], for a configuration that no other process shares.
    pub fn folder(&self, stem: &str) -> Result<PathBuf> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let folder = self
            .home
            .path()
            .join(format!("{stem}-{}", COUNT.fetch_add(1, Ordering::Relaxed)));
        std::fs::create_dir(&folder).with_context(|| format!("creating {}", folder.display()))?;
        Ok(folder)
    }

    /// How long installing a tool took in this process; nothing if it was there.
    pub fn installed_in(&self, tool: Tool) -> Option<Duration> {
        self.found.get(&tool).and_then(|found| found.installed_in)
    }
}

/// A folder of this process under the cache. Those of processes that were killed are removed a day later.
#[derive(Debug)]
struct RunFolder(PathBuf);

impl RunFolder {
    fn new(root: &Path) -> Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let runs = root.join("runs");
        cache::forget_older_than(&runs, Duration::from_secs(24 * 3600));
        let path = runs.join(format!(
            "{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        ));
        // A process of the same number may have died here.
        if path.exists() {
            std::fs::remove_dir_all(&path)
                .with_context(|| format!("removing {}", path.display()))?;
        }
        std::fs::create_dir_all(&path).with_context(|| format!("creating {}", path.display()))?;
        Ok(Self(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        // What is left is removed by a later run.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
