//! The loopback Snowflake account, driven by the real `snow`.
#![allow(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "Scripts are put together from lines, and plainly."
)]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::{Value, json};
use testkit::snowflake::{
    Edition, Fault, FaultAt, Login, Options, REFUSALS, RULES, Secret, SnowServer, drive,
};
use testkit::tools::{Finished, Installed, Tool, Tools};

/// The files that make the mesh, and who runs each.
const MESH: [(&str, &str); 5] = [
    ("ADMIN", "01-bootstrap.sql"),
    ("MESHC", "02-resources.sql"),
    ("MESHC", "03-governance.sql"),
    ("MESHC", "04-access.sql"),
    ("ADMIN", "05-monitor.sql"),
];

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/servers/snowflake")
        .join(name)
}

/// The real client, installed once for this binary.
fn tools() -> &'static Installed {
    static TOOLS: OnceLock<Installed> = OnceLock::new();
    TOOLS.get_or_init(|| Tools::new().unwrap().ensure(&[Tool::Snow]).unwrap())
}

/// A server and a folder with snow's configuration for its users.
struct World {
    server: SnowServer,
    folder: tempfile::TempDir,
}

impl World {
    fn new(options: Options) -> Self {
        let server = SnowServer::start_with(options).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut logins = vec![server.admin_login()];
        for (connection, user) in [("meshc", "MESHC"), ("anna", "ANNA"), ("stefan", "STEFAN")] {
            let secret = Secret::Password(format!("password of {user}"));
            server.add_login(user, secret.clone());
            logins.push(Login {
                connection: connection.into(),
                user: user.into(),
                secret,
                role: None,
                warehouse: None,
            });
        }
        server.write_config(folder.path(), &logins).unwrap();
        Self { server, folder }
    }

    fn snow(&self, connection: &str, arguments: &[&str], stdin: &str) -> Finished {
        let config = self.folder.path().join("config.toml");
        tools()
            .launch(Tool::Snow, "snow")
            .unwrap()
            .arg("--config-file")
            .arg(&config)
            .args([
                "sql",
                "-c",
                connection,
                "--format",
                "json",
                "--enable-templating",
                "NONE",
            ])
            .args(arguments)
            .envs(SnowServer::env(self.folder.path()))
            .stdin(stdin)
            .run()
            .unwrap()
    }

    fn file(&self, connection: &str, name: &str) -> Finished {
        self.snow(connection, &["-f", path(name).to_str().unwrap()], "")
    }

    /// Runs a file that must succeed and returns its results, one list of rows per statement.
    fn results(&self, connection: &str, name: &str) -> Vec<Value> {
        let finished = self.file(connection, name);
        assert_eq!(finished.code, Some(0), "{name}: {finished}");
        rows(&finished)
    }

    /// The state after the files that make the mesh.
    fn with_mesh() -> Self {
        let world = Self::new(Options::default());
        for (user, name) in MESH {
            let script = std::fs::read_to_string(path(name)).unwrap();
            world.server.script(user, &script).unwrap();
        }
        world
    }
}

/// snow prints one list of rows for one statement and a list of lists for several.
fn rows(finished: &Finished) -> Vec<Value> {
    let text = String::from_utf8(finished.stdout.clone()).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
    value.as_array().unwrap().clone()
}

fn error_text(finished: &Finished) -> String {
    // snow draws its errors in a box and wraps them: undo both.
    String::from_utf8_lossy(&finished.stderr)
        .replace(['│', '╭', '╮', '╰', '╯', '─'], " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_mesh_is_deployed_and_read_back() {
    let world = World::new(Options::default());
    for (user, name) in MESH {
        world.results(&user.to_lowercase(), name);
    }
    // The client and the server's own way to run a script come to the same account.
    let before = world.server.state();
    assert_eq!(World::with_mesh().server.state(), before);
    // Everything a second time: scripts of IF NOT EXISTS and GRANT change nothing.
    for name in ["02-resources.sql", "04-access.sql"] {
        world.results("meshc", name);
    }
    assert_eq!(world.server.state(), before);

    let read = world.results("admin", "12-readback.sql");
    assert_eq!(read.len(), 8);
    let pick = |rows: &Value, keys: &[&str]| -> Vec<Vec<String>> {
        rows.as_array()
            .unwrap()
            .iter()
            .map(|row| {
                keys.iter()
                    .map(|key| row[*key].as_str().unwrap_or("null").to_owned())
                    .collect()
            })
            .collect()
    };
    let mut held = pick(
        &read[0],
        &[
            "privilege",
            "granted_on",
            "name",
            "granted_to",
            "grantee_name",
        ],
    );
    held.sort();
    let reader = "ORDERS_CURATED_READ";
    assert_eq!(
        held,
        [
            [
                "SELECT",
                "TABLE",
                "ACME_DEV_SALES.ORDERS_CURATED.ORDERS",
                "DATABASE_ROLE",
                reader
            ],
            [
                "SELECT",
                "VIEW",
                "ACME_DEV_SALES.ORDERS_CURATED.TOTALS",
                "DATABASE_ROLE",
                reader
            ],
            [
                "USAGE",
                "DATABASE",
                "ACME_DEV_SALES",
                "DATABASE_ROLE",
                reader
            ],
            [
                "USAGE",
                "SCHEMA",
                "ACME_DEV_SALES.ORDERS_CURATED",
                "DATABASE_ROLE",
                reader
            ],
        ]
    );
    assert_eq!(
        pick(
            &read[1],
            &["privilege", "grant_on", "name", "grant_to", "grantee_name"]
        ),
        [
            [
                "SELECT",
                "TABLE",
                "ACME_DEV_SALES.ORDERS_CURATED.<TABLE>",
                "DATABASE_ROLE",
                reader
            ],
            [
                "SELECT",
                "VIEW",
                "ACME_DEV_SALES.ORDERS_CURATED.<VIEW>",
                "DATABASE_ROLE",
                reader
            ],
        ]
    );
    let mut of = pick(&read[2], &["granted_to", "grantee_name"]);
    of.sort();
    assert_eq!(
        of,
        [
            ["DATABASE_ROLE", "ORDERS_CURATED_WRITE"],
            ["ROLE", "SALES_ANALYSTS"]
        ]
    );
    assert_eq!(
        pick(&read[3], &["privilege", "grantee_name", "granted_by"]),
        [
            ["OWNERSHIP", "MESH_DEPLOY", "MESH_DEPLOY"],
            ["USAGE", reader, "MESH_DEPLOY"],
            ["MANAGE GRANTS", "MESH_DEPLOY", "MESH_DEPLOY"],
        ]
    );
    assert_eq!(
        pick(&read[4], &["name", "options", "retention_time"])[1],
        ["ORDERS_CURATED", "MANAGED ACCESS", "7"]
    );
    let columns = pick(
        &read[5],
        &[
            "name",
            "type",
            "null?",
            "primary key",
            "comment",
            "policy name",
        ],
    );
    assert_eq!(
        columns[0],
        [
            "ORDER_ID",
            "NUMBER(38,0)",
            "N",
            "Y",
            "The order's number",
            "null"
        ]
    );
    assert_eq!(columns[1][5], "ACME_DEV_SALES.GOVERNANCE.MASK_TEXT");
    assert_eq!(
        pick(&read[6], &["TAG_NAME", "TAG_VALUE", "COLUMN_NAME"]),
        [["CLASSIFICATION", "pii", "EMAIL"]]
    );
    assert_eq!(
        pick(&read[7], &["POLICY_NAME", "POLICY_KIND", "REF_COLUMN_NAME"]),
        [
            ["MASK_TEXT", "MASKING_POLICY", "EMAIL"],
            ["ONLY_EU", "ROW_ACCESS_POLICY", "null"],
        ]
    );
}

#[test]
fn every_printed_form_runs_twice_and_settles() {
    let world = World::with_mesh();
    world.results("meshc", "13-printed.sql");
    let before = world.server.state();
    let objects = before["objects"].as_object().unwrap();
    let view = &objects["VIEW ACME_DEV_STOCK.LEVELS.SIZES"];
    assert_eq!(view["comment"], "Items and their sizes");
    assert_eq!(
        objects["DATABASE ACME_DEV_STOCK"]["comment"],
        "What is in the warehouses; it's counted nightly"
    );
    let script = std::fs::read_to_string(path("13-printed.sql")).unwrap();
    world.server.script("MESHC", &script).unwrap();
    assert_eq!(world.server.state(), before);
}

#[test]
fn readers_see_what_their_roles_let_them_see() {
    let world = World::with_mesh();
    let written = world.results("stefan", "07-rows.sql");
    assert_eq!(
        written[3],
        json!([
            {"ORDER_ID": 1, "EMAIL": "a@example.com"},
            {"ORDER_ID": 2, "EMAIL": "b@example.com"},
        ])
    );
    // The analyst is masked and filtered; the view runs with its owner's rights and is filtered too.
    let read = world.results("anna", "08-read.sql");
    assert_eq!(
        read[2],
        json!([{"ORDER_ID": 1, "EMAIL": "***MASKED***", "TOTAL": "10.50"}])
    );
    assert_eq!(read[3], json!([{"N": 1, "R": "SALES_ANALYSTS"}]));

    world.results("meshc", "06-evolve.sql");
    let later = world.server.state()["grants"].to_string();
    assert!(
        later.contains("TABLE ACME_DEV_SALES.ORDERS_CURATED.REFUNDS"),
        "{later}"
    );
    world.results("meshc", "11-revoke.sql");
    let denied = world.file("anna", "08-read.sql");
    assert_eq!(denied.code, Some(1));
    assert!(
        error_text(&denied).contains("Requested role 'SALES_ANALYSTS' is not assigned"),
        "{denied}"
    );
}

#[test]
fn an_error_stops_the_script() {
    let world = World::with_mesh();
    let finished = world.file("meshc", "10-stops.sql");
    assert_eq!(finished.code, Some(1), "{finished}");
    let text = error_text(&finished);
    assert!(text.contains("002003 (02000)"), "{text}");
    assert!(
        text.contains("Schema 'ACME_DEV_SALES.NOWHERE' does not exist or not authorized."),
        "{text}"
    );
    let state = world.server.state();
    assert!(
        state["objects"]
            .get("SCHEMA ACME_DEV_SALES.BEFORE")
            .is_some()
    );
    assert!(
        state["objects"]
            .get("SCHEMA ACME_DEV_SALES.AFTER")
            .is_none()
    );
    let last = world.server.queries().pop().unwrap();
    assert_eq!(
        last.refused,
        Some(("002003".into(), "missing-or-not-authorized".into()))
    );
    assert_eq!(
        (last.user.as_str(), last.role.as_deref()),
        ("MESHC", Some("MESH_DEPLOY"))
    );
}

#[test]
fn a_share_is_filled_in_order() {
    let world = World::with_mesh();
    world.results("admin", "09-share.sql");
    let shown = world.snow(
        "admin",
        &["-q", "SHOW GRANTS TO SHARE \"ACME_DEV_SALES_OUT\""],
        "",
    );
    let rows = rows(&shown);
    let privileges: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row["privilege"].as_str().unwrap(),
                row["granted_on"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        privileges,
        [
            ("USAGE", "DATABASE"),
            ("USAGE", "SCHEMA"),
            ("SELECT", "VIEW")
        ]
    );
}

#[test]
fn hostile_comments_come_back_byte_for_byte() {
    let world = World::new(Options::default());
    let hostile = [
        "'; DROP ROLE \"SYSADMIN\"; --",
        "back\\slash and \\' quote",
        "${%${local.secret}",
        "<% ctx.env.HOME %> &{ x } {{ y }}",
        "two\nlines",
        "\u{202e}right to left",
        "-- no comment /* nor this */",
    ];
    let mut script = String::new();
    for (at, text) in hostile.iter().enumerate() {
        let escaped = text.replace('\\', "\\\\").replace('\'', "''");
        script.push_str(&format!("CREATE ROLE \"R{at}\" COMMENT = '{escaped}';\n"));
    }
    // `-i` reads the script from stdin.
    let finished = world.snow("admin", &["-i"], &script);
    assert_eq!(finished.code, Some(0), "{finished}");
    let shown = world.snow("admin", &["-q", "SHOW ROLES LIKE 'R%'"], "");
    let comments: Vec<String> = rows(&shown)
        .iter()
        .map(|row| row["comment"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(comments, hostile);
}

#[test]
fn every_kind_of_login_is_checked() {
    let world = World::new(Options::default());
    let python = tools().launch(Tool::Snow, "python").unwrap();
    let pair = python
        .args([
            "-c",
            "from cryptography.hazmat.primitives.asymmetric import rsa\n\
             from cryptography.hazmat.primitives import serialization as s\n\
             k = rsa.generate_private_key(public_exponent=65537, key_size=2048)\n\
             print(k.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()).decode())\n\
             print(k.public_key().public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo).decode())",
        ])
        .succeed()
        .unwrap();
    let pair = String::from_utf8(pair.stdout).unwrap();
    let (private, public) = pair.split_once("-----BEGIN PUBLIC").unwrap();
    let public = format!("-----BEGIN PUBLIC{public}");
    let login = |connection: &str, user: &str, secret| Login {
        connection: connection.into(),
        user: user.into(),
        secret,
        role: None,
        warehouse: None,
    };
    world
        .server
        .add_login("KEYED", Secret::PublicKey(public.clone()));
    world.server.add_login("OTHER", Secret::PublicKey(public));
    world
        .server
        .add_login("TOKENED", Secret::Token("a token".into()));
    // OTHER's key is replaced by one that nobody has.
    world.server.add_login(
        "STRANGER",
        Secret::PublicKey("-----BEGIN PUBLIC KEY-----\nMIIB\n".into()),
    );
    let mut role = world.server.admin_login();
    role.connection = "badrole".into();
    role.role = Some("NO_SUCH_ROLE".into());
    let mut wrong = world.server.admin_login();
    wrong.connection = "wrong".into();
    wrong.secret = Secret::Password("guess".into());
    world
        .server
        .write_config(
            world.folder.path(),
            &[
                login("keyed", "KEYED", Secret::PublicKey(private.to_owned())),
                login(
                    "stranger",
                    "STRANGER",
                    Secret::PublicKey(private.to_owned()),
                ),
                login("tokened", "TOKENED", Secret::Token("a token".into())),
                login("badtoken", "TOKENED", Secret::Token("another".into())),
                wrong,
                role,
            ],
        )
        .unwrap();
    let who = "SELECT CURRENT_USER() AS U, CURRENT_ROLE() AS R";
    for (connection, user) in [("keyed", "KEYED"), ("tokened", "TOKENED")] {
        let finished = world.snow(connection, &["-q", who], "");
        assert_eq!(finished.code, Some(0), "{finished}");
        assert_eq!(rows(&finished), [json!({"U": user, "R": "PUBLIC"})]);
    }
    for (connection, said) in [
        ("wrong", "Incorrect username or password"),
        ("stranger", "JWT token is invalid"),
        ("badtoken", "Invalid OAuth access token"),
        ("badrole", "is not granted to this user"),
    ] {
        let finished = world.snow(connection, &["-q", who], "");
        assert_eq!(finished.code, Some(1), "{connection}: {finished}");
        assert!(
            error_text(&finished).contains(said),
            "{connection}: {finished}"
        );
    }
}

#[test]
fn the_driver_survives_what_a_network_does() {
    let world = World::new(Options::default());
    let server = &world.server;
    // One script of seven statements meets seven faults; none of its statements runs twice.
    server.fault(
        FaultAt::Login,
        Fault::Status {
            status: 503,
            times: 1,
        },
    );
    server.fault(
        FaultAt::Statement(1),
        Fault::Status {
            status: 429,
            times: 1,
        },
    );
    server.fault(FaultAt::Statement(2), Fault::DropAfter);
    server.fault(FaultAt::Statement(3), Fault::ExpireSession);
    server.fault(FaultAt::Statement(4), Fault::InProgress { polls: 2 });
    server.fault(FaultAt::Statement(5), Fault::DropBefore);
    server.fault(FaultAt::Statement(6), Fault::Rubbish);
    let script: String = (1..=7)
        .map(|n| format!("CREATE ROLE \"N{n}\";\n"))
        .collect();
    let finished = world.snow("admin", &["-i"], &script);
    assert_eq!(finished.code, Some(0), "{finished}");
    assert_eq!(server.pending_faults(), 0);
    let sql: Vec<_> = server.queries().into_iter().map(|q| q.sql).collect();
    assert_eq!(sql.len(), 7, "{sql:?}");

    server.fault(
        FaultAt::Statement(2),
        Fault::Refuse {
            code: "000625",
            sqlstate: "57014",
            message: "Statement was aborted.".into(),
        },
    );
    let finished = world.snow(
        "admin",
        &["-i"],
        "CREATE ROLE A; CREATE ROLE B; CREATE ROLE C;",
    );
    assert_eq!(finished.code, Some(1), "{finished}");
    assert!(
        error_text(&finished).contains("000625 (57014)"),
        "{finished}"
    );
    assert!(server.state()["objects"].get("ROLE A").is_some());
    assert!(server.state()["objects"].get("ROLE B").is_none());
}

#[test]
fn refusals_reach_the_real_client() {
    // A sample of the table goes the whole way: the client prints the vendor's code and stops.
    let world = World::new(Options {
        edition: Edition::Standard,
        ..Options::default()
    });
    for (sql, said) in [
        (
            "CREATE ROEL X",
            "001003 (42000): SQL compilation error: syntax error line 1 at position 7 unexpected 'ROEL'.",
        ),
        ("CREATE ROLE SYSADMIN", "002002 (42710)"),
        ("CREATE SCHEMA X", "090105 (22000)"),
    ] {
        let finished = world.snow("admin", &["-q", sql], "");
        assert_eq!(finished.code, Some(1), "{sql}: {finished}");
        assert!(error_text(&finished).contains(said), "{sql}: {finished}");
    }
    let script = "CREATE DATABASE D; CREATE MASKING POLICY D.PUBLIC.M AS (V VARCHAR) RETURNS VARCHAR -> '*';";
    let finished = world.snow("admin", &["-i"], script);
    assert!(
        error_text(&finished).contains("000002 (0A000): Unsupported feature 'MASKING POLICY'."),
        "{finished}"
    );
}

#[test]
fn the_table_of_corrupted_requests_holds() {
    let mut kinds = 0;
    for refusal in REFUSALS.iter().copied().flatten() {
        let verdict = drive(refusal).unwrap_or_else(|e| panic!("{}: {e}", refusal.kind));
        assert!(verdict.is_right(refusal), "{}: {verdict:?}", refusal.kind);
        kinds += 1;
    }
    let verified = RULES.iter().filter(|rule| rule.verified).count();
    println!(
        "snowflake server: {kinds} kinds of corrupted request refused, each twin accepted; \
         {} rules, {verified} read on the vendor's page",
        RULES.len()
    );
    assert!(kinds >= 30);
}
