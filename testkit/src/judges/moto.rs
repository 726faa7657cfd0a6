//! moto: AWS's services on loopback, for the real `aws` and the real Terraform provider to talk to.
//!
//! It knows actions and resources of identity policies when told to enforce them, and it ignores conditions: an Allow
//! with one always allows, a Deny always denies. So only a condition-free projection may be judged with it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use serde_json::Value;

use super::script;
use crate::cases::Bench;
use crate::tools::{Finished, Installed, Launch, Tool};

/// How long the server may take to be there.
const START: Duration = Duration::from_secs(120);

/// A region for calls that do not care.
pub const REGION: &str = "eu-west-1";

/// A running server. It ends when this value goes, or the process that holds it.
#[derive(Debug)]
pub struct Moto {
    address: SocketAddr,
    child: Child,
    // The server ends when this closes.
    _stdin: ChildStdin,
}

/// The exception of `tests/tools.toml` for what moto can hold, given time.
pub const SLOW: &str = "bucket-lifecycle";

/// Which of these blocks of Terraform moto cannot hold, by the exceptions of `tests/tools.toml`.
pub fn cannot_hold(bench: &Bench<'_>, blocks: &[String]) -> Result<Vec<Option<String>>> {
    let exceptions = &bench.table.judge("moto")?.not_judged;
    super::excuses(bench.tools, Tool::Aws, blocks, exceptions)
}

/// Who a call to AWS is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The access key's id.
    pub key: String,
    /// Its secret.
    pub secret: String,
    /// The session's token, for a role.
    pub token: Option<String>,
}

impl Credentials {
    /// Somebody of moto's own account, whose rights are never asked about unless rights are enforced.
    pub fn anybody() -> Self {
        Self {
            key: "test".to_owned(),
            secret: "test".to_owned(),
            token: None,
        }
    }
}

impl Moto {
    /// Starts a server and waits until it answers.
    pub fn start(tools: &Installed) -> Result<Self> {
        let launch = tools.script(Tool::Aws, &script("moto.py"))?;
        // AWS's own managed policies are there, as in every real account.
        let mut command = launch
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .command();
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().context("starting moto")?;
        let stdin = child.stdin.take().ok_or_else(|| anyhow!("no stdin"))?;
        let stdout = child.stdout.take().ok_or_else(|| anyhow!("no stdout"))?;
        let (sender, port) = mpsc::channel();
        std::thread::spawn(move || {
            let line = BufReader::new(stdout).lines().next();
            // Nobody listens any more if starting took too long.
            let _ = sender.send(line);
        });
        let moto = match port.recv_timeout(START) {
            Ok(Some(Ok(line))) => {
                let port: u16 = line
                    .trim()
                    .parse()
                    .with_context(|| format!("moto says `{line}`"))?;
                Self {
                    address: SocketAddr::from(([127, 0, 0, 1], port)),
                    child,
                    _stdin: stdin,
                }
            }
            answer => {
                let _ = child.kill();
                let _ = child.wait();
                bail!("moto did not start: {answer:?}");
            }
        };
        let deadline = Instant::now() + START;
        while let Err(error) = moto.request("GET", "/moto-api/", "") {
            ensure!(Instant::now() < deadline, "moto does not answer: {error:#}");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(moto)
    }

    /// Where it listens, as `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Forgets everything that was made.
    pub fn reset(&self) -> Result<()> {
        self.request("POST", "/moto-api/reset", "").map(drop)
    }

    /// From now on, calls need the rights that policies give them; or no longer.
    pub fn enforce_rights(&self, enforce: bool) -> Result<()> {
        // The body is how many calls may still be made without rights.
        self.request(
            "POST",
            "/moto-api/reset-auth",
            if enforce { "0" } else { "inf" },
        )
        .map(drop)
    }

    /// The environment of a client that is to talk to this server as somebody.
    pub fn env(&self, who: &Credentials) -> Vec<(&'static str, String)> {
        let mut env = vec![
            ("AWS_ENDPOINT_URL", self.url()),
            ("AWS_ACCESS_KEY_ID", who.key.clone()),
            ("AWS_SECRET_ACCESS_KEY", who.secret.clone()),
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
            ("AWS_REGION", REGION.to_owned()),
        ];
        env.extend(who.token.clone().map(|token| ("AWS_SESSION_TOKEN", token)));
        env
    }

    /// A call of the real `aws` on this server. `--endpoint-url` is said each time, for with the variable alone some
    /// services' calls would go to AWS.
    pub fn aws(&self, tools: &Installed, who: &Credentials, args: &[&str]) -> Result<Launch> {
        let launch = tools.launch(Tool::Aws, "aws")?.args([
            "--endpoint-url",
            &self.url(),
            "--output",
            "json",
        ]);
        Ok(launch.args(args).envs(self.env(who)))
    }

    /// The credentials of a role, by whose account later calls are in that account. The role need not exist as long as
    /// rights are not enforced.
    pub fn assume(&self, tools: &Installed, role_arn: &str) -> Result<Credentials> {
        let args = [
            "sts",
            "assume-role",
            "--role-session-name",
            "mesh",
            "--role-arn",
            role_arn,
        ];
        let answer = self
            .aws(tools, &Credentials::anybody(), &args)?
            .succeed()?
            .json()?;
        let text = |name: &str| answer["Credentials"][name].as_str().map(str::to_owned);
        Ok(Credentials {
            key: text("AccessKeyId").context("no AccessKeyId")?,
            secret: text("SecretAccessKey").context("no SecretAccessKey")?,
            token: Some(text("SessionToken").context("no SessionToken")?),
        })
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Result<String> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(START))?;
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: {}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let status = answer.split(' ').nth(1).unwrap_or_default();
        ensure!(
            status == "200",
            "{method} {path}: {}",
            answer.lines().next().unwrap_or("no answer")
        );
        Ok(answer)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a server knows, refuses, enforces and forgets; that two of them share nothing; and that none outlives its
/// value.
pub fn self_check(bench: &Bench<'_>) -> Result<()> {
    let moto = Moto::start(bench.tools)?;
    let other = Moto::start(bench.tools)?;
    ensure!(
        moto.address != other.address,
        "two servers on {}",
        moto.address
    );
    let anybody = Credentials::anybody();
    let aws = |args: &[&str]| moto.aws(bench.tools, &anybody, args)?.run();
    let bucket = [
        "s3api",
        "create-bucket",
        "--bucket",
        "acme-orders",
        "--create-bucket-configuration",
    ];
    let bucket = [&bucket[..], &["LocationConstraint=eu-west-1"]].concat();
    succeeds(&aws(&bucket)?)?;
    // A second bucket of that name, a bad name, a policy in bad grammar, a role that nobody could assume.
    fails(&aws(&bucket)?, "BucketAlreadyOwnedByYou")?;
    fails(
        &aws(&["s3api", "head-bucket", "--bucket", "acme-nothing"])?,
        "404",
    )?;
    let policy = |action: &str, resource: &str| {
        let statement =
            serde_json::json!({"Effect": "Allow", "Action": action, "Resource": resource});
        serde_json::json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
    };
    let create = |name: &str, document: &str| {
        aws(&[
            "iam",
            "create-policy",
            "--policy-name",
            name,
            "--policy-document",
            document,
        ])
    };
    succeeds(&create(
        "read",
        &policy("s3:GetObject", "arn:aws:s3:::acme-orders/*"),
    )?)?;
    fails(
        &create("none", &policy("GetObject", "arn:aws:s3:::acme-orders/*"))?,
        "MalformedPolicyDocument",
    )?;
    fails(
        &create("none", &policy("s3:GetObject", "acme-orders"))?,
        "MalformedPolicyDocument",
    )?;
    fails(
        &create("read", &policy("s3:GetObject", "*"))?,
        "EntityAlreadyExists",
    )?;
    // A queue: the call that would leave this machine without `--endpoint-url`.
    succeeds(&aws(&["sqs", "create-queue", "--queue-name", "orders"])?)?;

    // Rights: a user may list one bucket and nothing else.
    succeeds(&aws(&["iam", "create-user", "--user-name", "ann"])?)?;
    let document = policy("s3:ListBucket", "arn:aws:s3:::acme-orders");
    let grant = [
        "iam",
        "put-user-policy",
        "--user-name",
        "ann",
        "--policy-name",
        "list",
        "--policy-document",
        &document,
    ];
    succeeds(&aws(&grant)?)?;
    let made = succeeds(&aws(&["iam", "create-access-key", "--user-name", "ann"])?)?;
    let text = |name: &str| {
        made["AccessKey"][name]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let ann = Credentials {
        key: text("AccessKeyId"),
        secret: text("SecretAccessKey"),
        token: None,
    };
    let by_ann = |args: &[&str]| moto.aws(bench.tools, &ann, args)?.run();
    moto.enforce_rights(true)?;
    succeeds(&by_ann(&[
        "s3api",
        "list-objects-v2",
        "--bucket",
        "acme-orders",
    ])?)?;
    fails(&by_ann(&["iam", "list-users"])?, "AccessDenied")?;
    fails(
        &by_ann(&["s3api", "delete-bucket", "--bucket", "acme-orders"])?,
        "AccessDenied",
    )?;
    moto.enforce_rights(false)?;
    succeeds(&by_ann(&["iam", "list-users"])?)?;

    // Accounts: what a role of another account makes lies there.
    let role = moto.assume(bench.tools, "arn:aws:iam::111122223333:role/deployer")?;
    let identity = succeeds(
        &moto
            .aws(bench.tools, &role, &["sts", "get-caller-identity"])?
            .run()?,
    )?;
    ensure!(identity["Account"] == "111122223333", "{identity}");

    fails(
        &other
            .aws(
                bench.tools,
                &anybody,
                &["s3api", "head-bucket", "--bucket", "acme-orders"],
            )?
            .run()?,
        "404",
    )?;
    moto.reset()?;
    fails(
        &aws(&["s3api", "head-bucket", "--bucket", "acme-orders"])?,
        "404",
    )?;
    let address = other.address;
    drop(other);
    ensure!(
        TcpStream::connect(address).is_err(),
        "a server outlives its value"
    );
    // A client that forgets the endpoint must fail here, not reach AWS.
    let lost = bench
        .tools
        .launch(Tool::Aws, "aws")?
        .args(["sts", "get-caller-identity"])
        .envs([
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_DEFAULT_REGION", REGION),
            ("AWS_MAX_ATTEMPTS", "1"),
        ]);
    fails(&lost.run()?, "127.0.0.1:9")?;
    bench.tally.self_check("moto", 18);
    Ok(())
}

/// The call succeeded; its answer.
fn succeeds(finished: &Finished) -> Result<Value> {
    ensure!(finished.code == Some(0), "{finished}");
    if finished.stdout.iter().all(u8::is_ascii_whitespace) {
        Ok(Value::Null)
    } else {
        finished.json()
    }
}

/// The call failed with this word.
fn fails(finished: &Finished, wanted: &str) -> Result<()> {
    ensure!(
        finished.code != Some(0) && finished.err().contains(wanted),
        "wanted `{wanted}`: {finished}"
    );
    Ok(())
}

const APPLIED: &str = r#"terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  assume_role {
    role_arn = "arn:aws:iam::111122223333:role/deployer"
  }
}

resource "aws_s3_bucket" "orders" {
  bucket = "acme-orders"
}

resource "aws_iam_role" "reader" {
  name = "reader"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "glue.amazonaws.com" } }]
  })
}
"#;

/// The real AWS provider applies to moto, in the account of a role; the second plan is empty, and not so after a
/// change behind its back.
pub fn provider_self_check(bench: &Bench<'_>) -> Result<()> {
    let provider =
        crate::tools::aws_provider()?.context("the AWS provider was there a moment ago")?;
    let moto = Moto::start(bench.tools)?;
    let mut terraform =
        super::terraform::Terraform::new(bench.tools, Tool::Terraform, &provider.cli_config())?;
    for (name, value) in moto.env(&Credentials::anybody()) {
        terraform = terraform.env(name, &value);
    }
    let root = bench.tools.folder("moto-root")?;
    std::fs::write(root.join("main.tf"), APPLIED)?;
    terraform.init(&root)?;
    terraform
        .call(&root, &["apply", "-input=false", "-auto-approve"])?
        .succeed()?;
    let plan = |wanted: i32| -> Result<()> {
        let finished = terraform
            .call(&root, &["plan", "-input=false", "-detailed-exitcode"])?
            .run()?;
        ensure!(finished.code == Some(wanted), "wanted {wanted}: {finished}");
        Ok(())
    };
    plan(0)?;
    let role = moto.assume(bench.tools, "arn:aws:iam::111122223333:role/deployer")?;
    let seen = succeeds(
        &moto
            .aws(
                bench.tools,
                &role,
                &["iam", "get-role", "--role-name", "reader"],
            )?
            .run()?,
    )?;
    ensure!(
        seen["Role"]["Arn"] == "arn:aws:iam::111122223333:role/reader",
        "{seen}"
    );
    let change = [
        "iam",
        "update-role",
        "--role-name",
        "reader",
        "--description",
        "changed by hand",
    ];
    succeeds(&moto.aws(bench.tools, &role, &change)?.run()?)?;
    plan(2)?;
    bench.tally.self_check("aws-provider", 4);
    Ok(())
}
