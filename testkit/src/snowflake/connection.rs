//! What `snow` needs to reach the server: its configuration file and environment.
//!
//! Secrets stand in the file (mode 600) or in a key file beside it, never in an argument.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::Secret;

/// One connection of the configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The connection's name, as `snow -c NAME` takes it.
    pub connection: String,
    /// The user.
    pub user: String,
    /// Its proof; for a key pair the private key as PEM, in the place of the public one.
    pub secret: Secret,
    /// The role to begin with, if not the user's default.
    pub role: Option<String>,
    /// The warehouse to begin with.
    pub warehouse: Option<String>,
}

/// Writes `config.toml` with one connection per login; the first one is the default.
pub(crate) fn write(
    directory: &Path,
    port: u16,
    account: &str,
    logins: &[Login],
) -> anyhow::Result<PathBuf> {
    let mut text = String::new();
    if let Some(first) = logins.first() {
        writeln!(
            text,
            "default_connection_name = {}\n",
            quoted(&first.connection)
        )?;
    }
    // Logs and the look for newer versions would leave the folder and the machine.
    text.push_str("[cli]\nignore_new_version_warning = true\n\n[cli.logs]\nsave_logs = false\n\n");
    for login in logins {
        writeln!(text, "[connections.{}]", login.connection)?;
        let mut line = |key: &str, value: &str| writeln!(text, "{key} = {}", quoted(value));
        line("account", account)?;
        line("host", "127.0.0.1")?;
        line("protocol", "http")?;
        line("user", &login.user)?;
        match &login.secret {
            Secret::Password(password) => line("password", password)?,
            Secret::Token(token) => {
                line("authenticator", "PROGRAMMATIC_ACCESS_TOKEN")?;
                line("token", token)?;
            }
            Secret::PublicKey(private) => {
                let file = directory.join(format!("{}.p8", login.connection));
                private_file(&file, private)?;
                line("authenticator", "SNOWFLAKE_JWT")?;
                line("private_key_file", &file.to_string_lossy())?;
            }
        }
        if let Some(role) = &login.role {
            line("role", role)?;
        }
        if let Some(warehouse) = &login.warehouse {
            line("warehouse", warehouse)?;
        }
        writeln!(text, "port = {port}")?;
        // The driver else asks the cloud's metadata addresses where it runs.
        writeln!(text, "platform_detection_timeout_seconds = 0.0\n")?;
    }
    let file = directory.join("config.toml");
    private_file(&file, &text)?;
    Ok(file)
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => {
                // Writing to a String cannot fail.
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A file that only its owner can read, as snow demands.
fn private_file(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options
        .open(path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    file.write_all(text.as_bytes())?;
    Ok(())
}

/// Environment variables for snow: everything it writes stays below the folder.
pub(crate) fn environment(directory: &Path) -> BTreeMap<String, String> {
    let home = directory.to_string_lossy().into_owned();
    BTreeMap::from([
        ("HOME".into(), home.clone()),
        ("SNOWFLAKE_HOME".into(), home.clone()),
        ("XDG_CONFIG_HOME".into(), home.clone()),
        ("XDG_CACHE_HOME".into(), home),
        ("NO_PROXY".into(), "127.0.0.1".into()),
        ("no_proxy".into(), "127.0.0.1".into()),
        ("PYTHONUTF8".into(), "1".into()),
        ("NO_COLOR".into(), "1".into()),
        ("TERM".into(), "dumb".into()),
    ])
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn toml_strings_hold_anything() {
        assert_eq!(quoted("a\"b\\c\nd"), "\"a\\\"b\\\\c\\u000Ad\"");
    }
}
