//! The clouds' own command lines (`aws`, `az`, `snow`, `gcloud`) as judges of requests: what is asked here is only
//! that they start, that they refuse bad usage, and that none of them can get off this machine.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Result, anyhow, ensure};

use crate::cases::Bench;
use crate::tools::{Finished, Launch, Tool};

/// A call that would leave this machine must fail within this time: refused, not timed out.
const AT_ONCE: Duration = Duration::from_secs(150);

/// `az` has its version, knows a command from a misspelt one, and cannot reach Azure.
pub fn az_self_check(bench: &Bench<'_>) -> Result<()> {
    let config = bench.tools.folder("az")?;
    let az = |args: &[&str]| -> Result<Finished> {
        let launch = bench.tools.launch(Tool::Az, "az")?.args(args);
        launch
            .env("AZURE_CONFIG_DIR", &config)
            .env("AZURE_EXTENSION_USE_DYNAMIC_INSTALL", "no")
            .patience(AT_ONCE)
            .run()
    };
    let version = az(&["version", "--output", "json"])?;
    ensure!(version.code == Some(0), "{version}");
    refused(&az(&["policy", "definition", "craete"])?, "misspelled")?;
    refused(&az(&["policy", "definition", "create"])?, "required")?;
    refused(
        &az(&[
            "login",
            "--service-principal",
            "-u",
            "u",
            "-p",
            "p",
            "--tenant",
            "t",
        ])?,
        "127.0.0.1",
    )?;
    bench.tally.self_check("az", 4);
    Ok(())
}

/// `snow` knows an option from a misspelt one and cannot reach Snowflake.
pub fn snow_self_check(bench: &Bench<'_>) -> Result<()> {
    let snow = |args: &[&str]| {
        bench
            .tools
            .launch(Tool::Snow, "snow")?
            .args(args)
            .patience(AT_ONCE)
            .run()
    };
    let help = snow(&["sql", "--help"])?;
    ensure!(
        help.code == Some(0) && help.out().contains("--filename"),
        "{help}"
    );
    refused(&snow(&["sql", "--flie", "x.sql"])?, "No such option")?;
    let connection = [
        "--temporary-connection",
        "--account",
        "acme",
        "--user",
        "u",
        "--password",
        "p",
    ];
    let query = [&["sql", "-q", "select 1"], &connection[..]].concat();
    refused(&snow(&query)?, "")?;
    bench.tally.self_check("snow", 3);
    Ok(())
}

/// `gcloud` has a version, knows a command from a misspelt one, and asks the server that it is told to ask. That it
/// cannot reach Google is not tried: it asks a proxy that refuses again and again for half a minute.
pub fn gcloud_self_check(bench: &Bench<'_>) -> Result<()> {
    let config = bench.tools.folder("gcloud")?;
    let gcloud = |args: &[&str]| -> Result<Launch> {
        let launch = bench
            .tools
            .launch(Tool::Gcloud, "gcloud")?
            .args(args)
            .patience(AT_ONCE);
        let launch = launch
            .env("CLOUDSDK_CONFIG", &config)
            .env("CLOUDSDK_CORE_DISABLE_PROMPTS", "1");
        Ok(launch.env("CLOUDSDK_AUTH_DISABLE_CREDENTIALS", "true"))
    };
    let version = gcloud(&["version", "--format", "json"])?.run()?;
    ensure!(
        version.code == Some(0) && version.json()?.is_object(),
        "{version}"
    );
    refused(&gcloud(&["iam", "rolse", "list"])?.run()?, "Invalid choice")?;
    let describe = [
        "iam",
        "roles",
        "describe",
        "reader",
        "--project",
        "mesh",
        "--format",
        "json",
    ];
    let role = r#"{"name": "projects/mesh/roles/reader", "title": "from loopback"}"#;
    for (status, answer, wanted) in [
        ("200 OK", role, true),
        ("403 Forbidden", r#"{"error": {"code": 403}}"#, false),
    ] {
        let (address, asked) = answer_once(status, answer)?;
        let launch = gcloud(&describe)?.env(
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM",
            format!("http://{address}/"),
        );
        let finished = launch.run()?;
        ensure!((finished.code == Some(0)) == wanted, "{finished}");
        ensure!(
            !wanted || finished.out().contains("from loopback"),
            "{finished}"
        );
        let asked = asked.join().map_err(|_| anyhow!("the server died"))??;
        ensure!(
            asked.starts_with("GET /v1/projects/mesh/roles/reader"),
            "gcloud asked `{asked}`"
        );
    }
    bench.tally.self_check("gcloud", 4);
    Ok(())
}

/// A server on loopback that answers one request, and the first line of that request.
fn answer_once(status: &str, body: &str) -> Result<(SocketAddr, JoinHandle<Result<String>>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept()?;
        let mut lines = BufReader::new(stream.try_clone()?).lines();
        let first = lines.next().transpose()?.unwrap_or_default();
        // The rest of the head; a GET has no body.
        while lines
            .next()
            .transpose()?
            .is_some_and(|line| !line.is_empty())
        {}
        stream.write_all(answer.as_bytes())?;
        Ok(first)
    });
    Ok((address, server))
}

/// The call failed and said why.
fn refused(finished: &Finished, wanted: &str) -> Result<()> {
    let said = finished.out() + &finished.err();
    ensure!(finished.code != Some(0), "should have failed: {finished}");
    ensure!(said.contains(wanted), "should say `{wanted}`: {finished}");
    Ok(())
}
