//! Terraform as a judge of roots: format, validity, plans. The same for the executable on PATH and for the library
//! behind our launcher; with the real AWS provider from a mirror on this machine, or with whatever the caller's CLI
//! configuration and environment name. Nothing is ever downloaded.

mod answer;
mod self_check;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use serde_json::Value;

pub use answer::{Change, Diagnostic, Plan};
pub use self_check::{aws_provider_self_check, self_check};

use crate::mock_provider::MockProviders;
use crate::tools::{Installed, Launch, Tool, aws_provider};

/// A CLI configuration with which no provider is to be had but the builtin ones.
pub const NO_PROVIDERS: &str = "disable_checkpoint = true\n\nprovider_installation {\n  filesystem_mirror {\n    \
                                path = \"/nonexistent\"\n  }\n}\n";

/// Terraform with one CLI configuration.
#[derive(Debug)]
pub struct Terraform<'a> {
    tools: &'a Installed,
    tool: Tool,
    config: PathBuf,
    env: Vec<(String, String)>,
}

impl<'a> Terraform<'a> {
    /// Terraform (`Tool::Terraform` or `Tool::TerraformLib`) with the text of a CLI configuration.
    pub fn new(tools: &'a Installed, tool: Tool, cli_config: &str) -> Result<Self> {
        let config = tools.folder("terraform")?.join("terraform.rc");
        std::fs::write(&config, cli_config)?;
        Ok(Self {
            tools,
            tool,
            config,
            env: Vec::new(),
        })
    }

    /// Terraform with mock providers, which must outlive every call, and with no others.
    pub fn with_mocks(tools: &'a Installed, mocks: &MockProviders) -> Result<Self> {
        Ok(Self::new(tools, Tool::Terraform, NO_PROVIDERS)?
            .env("TF_REATTACH_PROVIDERS", &mocks.reattach_env()))
    }

    /// Terraform with the real AWS provider, which a machine may lack.
    pub fn with_aws(tools: &'a Installed) -> Result<Self> {
        let provider = aws_provider()?.context("the AWS provider was there a moment ago")?;
        Self::new(tools, Tool::Terraform, &provider.cli_config())
    }

    /// Adds a variable to the environment of every call, such as `TF_REATTACH_PROVIDERS`.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A call in a root.
    pub fn call(&self, root: &Path, args: &[&str]) -> Result<Launch> {
        let launch = self
            .tools
            .launch(self.tool, "terraform")?
            .args(args)
            .cwd(root);
        let launch = launch
            .env("TF_CLI_CONFIG_FILE", &self.config)
            .env("TF_IN_AUTOMATION", "1");
        let launch = launch.envs(self.env.iter().map(|(name, value)| (name, value)));
        Ok(launch.patience(Duration::from_secs(600)))
    }

    /// The files below a folder that `terraform fmt` would change.
    pub fn unformatted(&self, folder: &Path) -> Result<Vec<String>> {
        let finished = self
            .call(folder, &["fmt", "-check", "-recursive", "-list=true"])?
            .run()?;
        // 0: nothing to do; 3: there are files to change; anything else: a file cannot be read.
        match finished.code {
            Some(0 | 3) => Ok(finished.out().lines().map(str::to_owned).collect()),
            _ => bail!("{finished}"),
        }
    }

    /// `terraform init`, without a backend.
    pub fn init(&self, root: &Path) -> Result<()> {
        self.call(root, &["init", "-input=false", "-backend=false"])?
            .succeed()?;
        Ok(())
    }

    /// `terraform init` with the backend that the root names, for a root that is to be planned and applied.
    pub fn init_state(&self, root: &Path) -> Result<()> {
        self.call(root, &["init", "-input=false"])?.succeed()?;
        Ok(())
    }

    /// The errors that `terraform validate` finds in a root.
    pub fn validate(&self, root: &Path) -> Result<Vec<Diagnostic>> {
        let finished = self.call(root, &["validate", "-json"])?.run()?;
        let answer = finished.json()?;
        let all = answer["diagnostics"]
            .as_array()
            .ok_or_else(|| anyhow!("no diagnostics: {finished}"))?;
        let errors: Vec<Diagnostic> = all
            .iter()
            .filter(|it| it["severity"] == "error")
            .map(answer::diagnostic)
            .collect();
        ensure!(
            answer["valid"] == Value::Bool(errors.is_empty()),
            "valid or not? {finished}"
        );
        Ok(errors)
    }

    /// Plans a root with a state, with further arguments such as `-var=NAME=VALUE` or `-refresh=false`.
    pub fn plan(&self, root: &Path, args: &[String]) -> Result<Plan> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let file = self.config.with_file_name(format!("plan-{number}"));
        let file = file.to_str().context("the temporary folder is not UTF-8")?;
        let out = format!("-out={file}");
        let all = [
            "plan",
            "-no-color",
            "-input=false",
            "-detailed-exitcode",
            &out,
        ];
        let finished = self.call(root, &all)?.args(args).run()?;
        // 0 is no change, 2 is a change, 1 an error.
        ensure!(matches!(finished.code, Some(0 | 2)), "{finished}");
        let shown = self.call(root, &["show", "-json", file])?.succeed()?;
        Plan::read(&shown.json()?, finished.code == Some(2))
    }

    /// Applies a root with a state, with further arguments.
    pub fn apply(&self, root: &Path, args: &[String]) -> Result<()> {
        let all = ["apply", "-no-color", "-input=false", "-auto-approve"];
        self.call(root, &all)?.args(args).succeed()?;
        Ok(())
    }

    /// Destroys what the state of a root has.
    pub fn destroy(&self, root: &Path) -> Result<()> {
        let all = ["destroy", "-no-color", "-input=false", "-auto-approve"];
        self.call(root, &all)?.succeed()?;
        Ok(())
    }

    /// The outputs of an applied root.
    pub fn outputs(&self, root: &Path) -> Result<BTreeMap<String, Value>> {
        let answer = self.call(root, &["output", "-json"])?.succeed()?.json()?;
        let outputs = answer.as_object().context("outputs are an object")?;
        let value = |(name, it): (&String, &Value)| (name.clone(), it["value"].clone());
        Ok(outputs.iter().map(value).collect())
    }
}
