//! `meshc apply` through the real command lines: terraform with mock providers, `aws` on moto, `az`, `gcloud` and
//! `snow` on loopback servers. What it makes is read from the servers, not from meshc.
#![allow(clippy::print_stdout, reason = "a case prints its counts")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use testkit::arm::ArmServer;
use testkit::cases::{Bench, Case};
use testkit::gcp::GcpServer;
use testkit::judges::moto::{Credentials, Moto};
use testkit::judges::terraform::NO_PROVIDERS;
use testkit::mock_provider::MockProviders;
use testkit::snowflake::SnowServer;
use testkit::tools::{Tool, Tools};

use crate::roots;

/// Without gcloud everything but Google's own documents is still judged.
const NEEDED: &[Tool] = &[Tool::Terraform, Tool::Aws, Tool::Az, Tool::Snow];

pub(crate) fn cases() -> Vec<Case> {
    vec![Case::new("apply/whole-mesh-and-killed", NEEDED, judged)]
}

/// Every cloud of the example, empty.
struct World {
    arm: ArmServer,
    gcp: GcpServer,
    moto: Moto,
    snow: SnowServer,
    mocks: MockProviders,
    /// Programs by name, nothing else.
    path: PathBuf,
    env: BTreeMap<String, String>,
    mesh: PathBuf,
    unit: String,
    has_gcloud: bool,
}

impl World {
    fn new(bench: &Bench<'_>) -> Result<Self> {
        let arm = ArmServer::start()?;
        arm.with(|arm, _| {
            arm.add_management_group("acme-mesh", None);
            for id in [
                "0a1b2c3d-1111-4222-8333-444455556666",
                "0a1b2c3d-1111-4222-8333-777788889999",
            ] {
                arm.add_subscription(id, id, Some("acme-mesh"));
            }
        });
        let gcp = GcpServer::start()?;
        gcp.with(|gcp, _| {
            for project in ["acme-support-dev", "acme-support-prod"] {
                gcp.add_project(project, GcpServer::ORGANIZATION);
            }
        });
        let mut world = Self {
            arm,
            gcp,
            moto: Moto::start(bench.tools)?,
            snow: SnowServer::start()?,
            mocks: MockProviders::start_all()?,
            path: bench.tools.folder("programs")?,
            env: BTreeMap::new(),
            mesh: bench.tools.folder("mesh")?,
            unit: String::new(),
            has_gcloud: false,
        };
        world.programs(bench)?;
        world.environment(bench)?;
        world.prepare()?;
        Ok(world)
    }

    /// The only programs that meshc finds. `aws` is told where moto is each time, since some services do not ask the
    /// environment.
    fn programs(&mut self, bench: &Bench<'_>) -> Result<()> {
        let put = |name: &str, exe: &Path, more: &str| -> Result<()> {
            let file = self.path.join(name);
            std::fs::write(
                &file,
                format!("#!/bin/sh\nexec '{}' {more} \"$@\"\n", exe.display()),
            )?;
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            Ok(std::fs::set_permissions(&file, mode)?)
        };
        let endpoint = format!("--endpoint-url {}", self.moto.url());
        put(
            "terraform",
            &bench.tools.exe(Tool::Terraform, "terraform")?,
            "",
        )?;
        put("aws", &bench.tools.exe(Tool::Aws, "aws")?, &endpoint)?;
        put("az", &bench.tools.exe(Tool::Az, "az")?, "")?;
        put("snow", &bench.tools.exe(Tool::Snow, "snow")?, "")?;
        match Tools::new()?.ensure(&[Tool::Gcloud]) {
            Ok(tools) => {
                put("gcloud", &tools.exe(Tool::Gcloud, "gcloud")?, "")?;
                self.has_gcloud = true;
            }
            Err(error) => println!("apply: gcloud is not judged: {error:#}"),
        }
        Ok(())
    }

    fn environment(&mut self, bench: &Bench<'_>) -> Result<()> {
        let config = bench.tools.folder("terraform")?.join("terraform.rc");
        std::fs::write(&config, NO_PROVIDERS)?;
        let snow = bench.tools.folder("snow")?;
        self.snow.write_config(&snow, &[self.snow.admin_login()])?;
        let text = |value: std::ffi::OsString| value.to_string_lossy().into_owned();
        let mut env = BTreeMap::from([
            ("HOME".to_owned(), bench.tools.home().display().to_string()),
            (
                "PATH".to_owned(),
                format!("{}:/usr/local/bin:/usr/bin:/bin", self.path.display()),
            ),
            ("LANG".to_owned(), "C.UTF-8".to_owned()),
            ("TZ".to_owned(), "UTC".to_owned()),
            (
                "TF_CLI_CONFIG_FILE".to_owned(),
                config.display().to_string(),
            ),
            (
                "TF_REATTACH_PROVIDERS".to_owned(),
                self.mocks.reattach_env(),
            ),
            ("AWS_EC2_METADATA_DISABLED".to_owned(), "true".to_owned()),
        ]);
        env.extend(SnowServer::env(&snow));
        env.extend(
            self.arm
                .env()
                .into_iter()
                .map(|(name, value)| (name, text(value))),
        );
        env.extend(
            self.gcp
                .env()
                .into_iter()
                .map(|(name, value)| (name, text(value))),
        );
        let aws = self.moto.env(&Credentials::anybody());
        env.extend(
            aws.into_iter()
                .map(|(name, value)| (name.to_owned(), value)),
        );
        self.env = env;
        Ok(())
    }

    /// What an administrator has done before: signed in, made the organization and the first roles.
    fn prepare(&mut self) -> Result<()> {
        for step in self.arm.sign_in_steps() {
            self.call("az", &step.iter().map(String::as_str).collect::<Vec<_>>())?;
        }
        self.arm.clear_log();
        self.call(
            "aws",
            &[
                "organizations",
                "create-organization",
                "--feature-set",
                "ALL",
            ],
        )?;
        let roots = self.call("aws", &["organizations", "list-roots"])?;
        let root = roots["Roots"][0]["Id"]
            .as_str()
            .context("no root")?
            .to_owned();
        let kinds = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"];
        for kind in kinds {
            self.call(
                "aws",
                &[
                    "organizations",
                    "enable-policy-type",
                    "--root-id",
                    &root,
                    "--policy-type",
                    kind,
                ],
            )?;
        }
        let unit = self.call(
            "aws",
            &[
                "organizations",
                "create-organizational-unit",
                "--parent-id",
                &root,
                "--name",
                "mesh",
            ],
        )?;
        unit["OrganizationalUnit"]["Id"]
            .as_str()
            .context("no unit")?
            .clone_into(&mut self.unit);
        let bootstrap = std::fs::read_to_string(
            roots::repository().join("generated/minimal/prod/_mesh/snowflake/00-bootstrap.md"),
        )?;
        let script = bootstrap
            .split("```sql\n")
            .nth(1)
            .and_then(|rest| rest.split("```").next())
            .context("no SQL in the bootstrap page")?;
        for statement in script
            .split(";\n")
            .map(str::trim)
            .filter(|one| !one.is_empty())
        {
            let made = self.snow.admin(statement);
            ensure!(made.is_ok(), "{statement}: {made:?}");
        }
        // The tests' user runs both sorts of files; a real mesh has a user for each.
        for role in ["MESHC_DEPLOY", "MESHC_ACCESS"] {
            let user = self.snow.admin_login().user;
            let made = self
                .snow
                .admin(&format!("GRANT ROLE {role} TO USER {user}"));
            ensure!(made.is_ok(), "{made:?}");
        }
        self.copy_mesh()
    }

    /// The example, with the organizational unit that moto gave.
    fn copy_mesh(&self) -> Result<()> {
        let example = roots::repository().join("examples/minimal");
        for file in [
            "mesh.yaml",
            "mesh.lock",
            "domains/sales.yaml",
            "domains/support.yaml",
        ] {
            let to = self.mesh.join(file);
            std::fs::create_dir_all(to.parent().context("no folder")?)?;
            let text = std::fs::read_to_string(example.join(file))?;
            std::fs::write(to, text.replace("ou-ab12-cd34ef56", &self.unit))?;
        }
        Ok(())
    }

    fn command(&self, program: &str, words: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(words)
            .env_clear()
            .envs(&self.env)
            .current_dir(&self.mesh)
            .stdin(Stdio::null());
        command
    }

    /// A call that must succeed; its output as JSON, where it is.
    fn call(&self, name: &str, words: &[&str]) -> Result<Value> {
        let program = self.path.join(name);
        let output = self.command(&program.to_string_lossy(), words).output()?;
        ensure!(
            output.status.success(),
            "{name} {words:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(serde_json::from_slice(&output.stdout).unwrap_or(Value::Null))
    }

    /// The scope of every command: one environment, and without gcloud not Google.
    fn scope(&self) -> Vec<&'static str> {
        let mut words = vec!["--as-of", "2026-11-25", "--env", "dev"];
        if !self.has_gcloud {
            words.extend([
                "--target",
                "aws",
                "--target",
                "azure",
                "--target",
                "snowflake",
            ]);
        }
        words
    }

    fn meshc(&self, words: &[&str]) -> Command {
        let words: Vec<&str> = words.iter().copied().chain(self.scope()).collect();
        self.command(env!("CARGO_BIN_EXE_meshc"), &words)
    }

    /// A command of meshc that must succeed; what it printed.
    fn ok(&self, words: &[&str]) -> Result<String> {
        let output = self.meshc(words).output()?;
        ensure!(
            output.status.success(),
            "meshc {words:?}: {}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// How many steps the journals call done.
    fn done(&self) -> usize {
        walkdir::WalkDir::new(self.mesh.join(".meshc"))
            .into_iter()
            .filter_map(Result::ok)
            .filter(|entry| entry.file_name() == "journal.jsonl")
            .filter_map(|entry| std::fs::read_to_string(entry.path()).ok())
            .map(|text| text.matches("\"word\":\"done\"").count())
            .sum()
    }

    /// What the clouds have, without what each run has of its own: times, etags, ids that a server gives.
    fn state(&self) -> Result<Value> {
        let listed = |kind: &str| -> Result<Value> {
            let found = self.call("aws", &["organizations", "list-policies", "--filter", kind])?;
            let mut policies = BTreeMap::new();
            for policy in found["Policies"].as_array().context("no list")? {
                let id = policy["Id"].as_str().context("no id")?;
                let text = self.call(
                    "aws",
                    &["organizations", "describe-policy", "--policy-id", id],
                )?;
                let at = self.call(
                    "aws",
                    &[
                        "organizations",
                        "list-targets-for-policy",
                        "--policy-id",
                        id,
                    ],
                )?;
                let targets = at["Targets"].as_array().map_or(0, Vec::len);
                let name = policy["Name"].as_str().context("no name")?.to_owned();
                policies.insert(name, json!([text["Policy"]["Content"], targets]));
            }
            Ok(json!(policies))
        };
        let keys: Vec<String> = self
            .mocks
            .store()
            .keys()
            .iter()
            .map(|key| key.kind.clone())
            .collect();
        Ok(json!({
            "azure": stable(self.arm.snapshot()),
            "google": stable(self.gcp.snapshot()),
            "snowflake": stable(self.snow.state()),
            "service control": listed("SERVICE_CONTROL_POLICY")?,
            "resource control": listed("RESOURCE_CONTROL_POLICY")?,
            "resources": keys,
        }))
    }
}

/// A snapshot without the fields that say when, by whom and by which try something was made.
fn stable(mut value: Value) -> Value {
    fn walk(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.retain(|key, _| {
                    ![
                        "createdOn",
                        "updatedOn",
                        "updatedBy",
                        "etag",
                        "updateTime",
                        "created_on",
                        "systemData",
                        "spec.etag",
                    ]
                    .contains(&key.as_str())
                });
                map.values_mut().for_each(walk);
            }
            Value::Array(list) => list.iter_mut().for_each(walk),
            _ => {}
        }
    }
    walk(&mut value);
    value
}

fn judged(bench: &Bench<'_>) -> Result<()> {
    let world = World::new(bench)?;
    let (state, time, steps) = whole(&world)?;
    killed(bench, &state, time, steps)
}

/// An empty world gets the mesh, a second plan is empty, a right that goes is taken back. Returns what the first apply
/// made, and how long it took.
fn whole(world: &World) -> Result<(Value, Duration, usize)> {
    let plan = world.mesh.join("plan.json");
    let plan = plan.to_string_lossy();
    world.ok(&["plan", "--out", &plan])?;
    let planned: Value = serde_json::from_str(&std::fs::read_to_string(&*plan)?)?;
    let steps: usize = planned["waves"]
        .as_array()
        .context("no waves")?
        .iter()
        .map(|wave| wave["steps"].as_array().map_or(0, Vec::len))
        .sum();
    let start = Instant::now();
    world.ok(&["apply", &plan, "--parallel", "2"])?;
    let time = start.elapsed();
    let said = world.ok(&["plan"])?;
    ensure!(said.contains("nothing to do"), "a second plan: {said}");
    let state = world.state()?;
    ensure!(
        state["service control"]
            .as_object()
            .is_some_and(|all| all.len() >= 4),
        "{state:#}"
    );
    let grants = state["snowflake"].to_string();
    ensure!(grants.contains("SALES_ANALYSTS"), "no grant in {grants}");

    // A plan that was approved and is no longer true is refused.
    let domain = world.mesh.join("domains/sales.yaml");
    let text = std::fs::read_to_string(&domain)?;
    let less: String = text
        .lines()
        .filter(|line| !line.contains("group: sales-analysts"))
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(&domain, less)?;
    let refused = world.meshc(&["apply", &plan]).output()?;
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    ensure!(
        refused.status.code() == Some(1) && why.contains("A510"),
        "{why}"
    );

    world.ok(&["apply", "--parallel", "2"])?;
    let grants = world.snow.admin("SHOW GRANTS TO ROLE SALES_ANALYSTS");
    let left = format!("{grants:?}");
    ensure!(
        !left.contains("DAILY_REVENUE"),
        "a right was not taken back: {left}"
    );
    let said = world.ok(&["plan"])?;
    ensure!(said.contains("nothing to do"), "a third plan: {said}");
    println!("apply: {steps} steps through the real command lines, second plan empty");
    Ok((state, time, steps))
}

/// How often the process is killed at least.
const KILLS: usize = 12;

/// Another world gets the mesh by a process that is killed again and again: the same comes of it.
fn killed(bench: &Bench<'_>, undisturbed: &Value, whole: Duration, steps: usize) -> Result<()> {
    let world = World::new(bench)?;
    let mut kills = 0;
    let mut words = vec!["apply", "--parallel", "2"];
    let deadline = Instant::now() + whole * 6 + Duration::from_secs(60);
    loop {
        ensure!(
            Instant::now() < deadline,
            "it does not end after {kills} kills"
        );
        let mut child = world
            .meshc(&words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let ended = if kills < KILLS {
            // After so many steps, and at another moment of the next one each time.
            let after = (kills + 1) * steps / (KILLS + 2);
            let moment = Duration::from_millis(u64::try_from(kills % 5).unwrap_or(0) * 200);
            match wait(&mut child, || world.done() >= after)? {
                None => wait(&mut child, once(moment))?,
                ended => ended,
            }
        } else {
            wait(&mut child, once(whole * 3 + Duration::from_secs(60)))?
        };
        if let Some(code) = ended {
            let output = child.wait_with_output()?;
            let why = String::from_utf8_lossy(&output.stderr).into_owned();
            ensure!(code == 0, "after {kills} kills: {why}");
            break;
        }
        child.kill()?;
        child.wait()?;
        kills += 1;
        if world.mesh.join(".meshc/apply.json").exists() {
            words = vec!["apply", "--parallel", "2", "--resume"];
        }
    }
    ensure!(kills >= KILLS, "it ended after {kills} kills");
    let other = world.state()?;
    for part in [
        "azure",
        "google",
        "snowflake",
        "service control",
        "resource control",
        "resources",
    ] {
        ensure!(
            undisturbed[part] == other[part],
            "{part} is another after {kills} kills:\n{:#}\n{:#}",
            undisturbed[part],
            other[part]
        );
    }
    let said = world.ok(&["plan"])?;
    ensure!(said.contains("nothing to do"), "{said}");
    println!(
        "apply: killed {kills} times with the real command lines, ends as without it ({whole:.0?} undisturbed)"
    );
    Ok(())
}

/// True from so long after now on.
fn once(patience: Duration) -> impl FnMut() -> bool {
    let deadline = Instant::now() + patience;
    move || Instant::now() >= deadline
}

/// The exit code of a child, unless something else happens first.
fn wait(child: &mut Child, mut enough: impl FnMut() -> bool) -> Result<Option<i32>> {
    while !enough() {
        if let Some(status) = child.try_wait()? {
            return match status.code() {
                Some(code) => Ok(Some(code)),
                None => bail!("ended by a signal"),
            };
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(None)
}
