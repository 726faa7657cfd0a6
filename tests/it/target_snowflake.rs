//! What the Snowflake target makes of a mesh, judged by meaning: statements as structure, and what
//! people see once the loopback account has run them.

use std::collections::BTreeSet;

use meshc::artifact::Content;
use meshc::artifact::sql::Statement;
use testkit::snowflake::{Edition, Options, SnowServer};

use crate::meaning::{Mesh, Outcome};

pub(crate) const SALES: &str = "domains/sales.yaml";
pub(crate) const STOCK: &str = "domains/stock.yaml";
pub(crate) const ANALYTICS: &str = "domains/analytics.yaml";
const MESH: &str = "mesh.yaml";

/// Three domains on one account: sales and stock have tables, analytics shows both as one view.
pub(crate) fn mesh() -> Mesh {
    Mesh::empty()
        .and(MESH, include_str!("../meshes/wide-snowflake/mesh.yaml"))
        .and(
            SALES,
            include_str!("../meshes/wide-snowflake/domains/sales.yaml"),
        )
        .and(
            STOCK,
            include_str!("../meshes/wide-snowflake/domains/stock.yaml"),
        )
        .and(
            ANALYTICS,
            include_str!("../meshes/wide-snowflake/domains/analytics.yaml"),
        )
}

/// The statements of one file.
fn statements<'o>(outcome: &'o Outcome, path: &str) -> Vec<&'o Statement> {
    let artifact = outcome.compiled().artifacts.get(path);
    match &artifact.unwrap_or_else(|| panic!("no {path}")).content {
        Content::Sql(all) => all.iter().map(|one| &one.statement).collect(),
        other => panic!("{path} is {other:?}"),
    }
}

fn texts(outcome: &Outcome, path: &str) -> Vec<String> {
    let all = statements(outcome, path);
    all.iter().map(ToString::to_string).collect()
}

/// The codes of what blocked.
fn codes(outcome: &Outcome) -> BTreeSet<&'static str> {
    let all = outcome.diagnostics.iter().map(|one| one.code.id());
    all.filter(|code| !code.starts_with('W')).collect()
}

/// An account on a day, with what an administrator does once.
struct Account(SnowServer);

impl Account {
    fn on(now: &str) -> Self {
        let options = Options {
            now: now.to_owned(),
            edition: Edition::Enterprise,
            ..Options::default()
        };
        Self(SnowServer::start_with(options).unwrap())
    }

    fn run(&self, sql: &str) {
        if let Err(error) = self.0.admin(sql) {
            panic!("{sql}\n{error:?}");
        }
    }

    /// Runs everything of one environment in the order of a plan.
    fn apply(&self, outcome: &Outcome, env: &str) {
        let compiled = outcome.compiled();
        let page = compiled
            .artifacts
            .get(&format!("{env}/_mesh/snowflake/00-bootstrap.md"));
        let Content::Text(page) = &page.unwrap().content else {
            panic!("no page")
        };
        let script = page.text.split("```sql\n").nth(1).unwrap();
        for one in script.split("```").next().unwrap().split(";\n") {
            if !one.trim().is_empty() {
                self.run(one);
            }
        }
        for role in ["MESHC_DEPLOY", "MESHC_ACCESS"] {
            self.run(&format!("GRANT ROLE {role} TO USER ADMIN"));
        }
        let mut steps = Vec::new();
        let place = |_| String::new();
        for (cell, carried) in meshc::plan::carried(compiled, &place) {
            let here = cell.starts_with(&format!("{env}/")) && cell.ends_with("/snowflake");
            for step in carried.into_values().filter(|_| here) {
                steps.push((step.draft.wave, cell.clone(), step));
            }
        }
        steps.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        // The order of a fresh world: budgets name warehouses that they make themselves.
        for (_, cell, step) in steps {
            for file in &step.draft.files {
                for one in statements(outcome, &format!("{cell}/{file}")) {
                    self.run(&one.to_string());
                }
            }
        }
    }

    /// What somebody sees who has one role and no other, or the code of the refusal.
    fn sees(&self, role: &str, sql: &str) -> Result<Vec<Vec<Option<String>>>, String> {
        let user = format!("U_{role}");
        self.run("USE ROLE ACCOUNTADMIN");
        self.run(&format!("CREATE USER IF NOT EXISTS {user}"));
        self.run(&format!("GRANT ROLE {role} TO USER {user}"));
        // Whoever reads something of a domain uses the domain's warehouse.
        let database = sql
            .split("FROM ")
            .nth(1)
            .unwrap()
            .split('.')
            .next()
            .unwrap();
        let warehouse = format!("{database}_WH");
        let script = format!(
            "USE ROLE {role};\nUSE SECONDARY ROLES NONE;\nUSE WAREHOUSE {warehouse};\n{sql};"
        );
        match self.0.script(&user, &script) {
            Ok(mut results) => Ok(results.pop().unwrap().rows),
            Err((sql, error)) => Err(format!("{} at {sql}: {}", error.rule.id, error.message)),
        }
    }

    fn fill(&self) {
        self.run("USE ROLE MESHC_DEPLOY");
        self.run("INSERT INTO ACME_PROD_SALES.ORDERS_CURATED.ORDERS_CURATED (ORDER_ID, EMAIL, COUNTRY, ITEMS, GIFT, ORDERED) VALUES ('1', 'a@x', 'DE', 3, FALSE, '2026-11-01'), ('2', 'b@x', 'AT', 1, TRUE, '2026-11-02'), ('3', 'c@x', 'FR', 1, TRUE, '2026-11-01'), ('4', 'd@x', 'FR', 1, FALSE, '2026-11-01')");
        self.run("INSERT INTO ACME_PROD_STOCK.ITEMS_CURATED.ITEMS_CURATED (ORDER_ID, SHELF) VALUES ('1', 7), ('3', 9)");
    }
}

const VIEW: &str = "SELECT ORDER_ID, EMAIL, SHELF FROM ACME_PROD_ANALYTICS.ORDER_STOCK_CURATED.ORDER_STOCK_CURATED ORDER BY ORDER_ID";

fn row(values: &[&str]) -> Vec<Option<String>> {
    values.iter().map(|one| Some((*one).to_owned())).collect()
}

#[test]
fn a_view_shows_columns_of_two_domains_and_the_masks_of_both_sides_hold() {
    let outcome = mesh().compile();
    let account = Account::on("2026-11-25 12:00:00");
    account.apply(&outcome, "prod");
    account.fill();
    // Clear for whoever may see it clear at the source and in the view, and for nobody else.
    let masked = vec![row(&["1", "*", "7"]), row(&["3", "*", "9"])];
    assert_eq!(account.sees("READERS", VIEW), Ok(masked.clone()));
    assert_eq!(account.sees("HALF_TRUSTED", VIEW), Ok(masked));
    let clear = vec![row(&["1", "a@x", "7"]), row(&["3", "c@x", "9"])];
    assert_eq!(account.sees("TRUSTED", VIEW), Ok(clear));
    // The view opens no way to what it reads.
    for table in [
        "ACME_PROD_SALES.ORDERS_CURATED.ORDERS_CURATED",
        "ACME_PROD_STOCK.ITEMS_CURATED.ITEMS_CURATED",
    ] {
        let said = account.sees("READERS", &format!("SELECT * FROM {table}"));
        assert!(said.is_err(), "{table}: {said:?}");
    }
}

#[test]
fn a_view_ends_with_the_first_of_its_agreements() {
    let outcome = mesh().compile();
    let account = Account::on("2027-07-01 00:00:00");
    account.apply(&outcome, "prod");
    account.fill();
    assert_eq!(account.sees("TRUSTED", VIEW), Ok(Vec::new()));
}

#[test]
fn a_view_is_secure_lists_its_columns_and_reads_what_was_agreed() {
    let outcome = mesh().compile();
    let all = texts(&outcome, "prod/analytics/snowflake/access/60-derived.sql");
    let made: Vec<_> = all
        .iter()
        .filter(|one| one.contains(" AS \"T1\""))
        .collect();
    let expected = r#"CREATE OR REPLACE SECURE VIEW "ACME_PROD_ANALYTICS"."ORDER_STOCK_CURATED"."ORDER_STOCK_CURATED" (
    "ORDER_ID" COMMENT 'The order',
    "EMAIL" WITH MASKING POLICY "ACME_PROD_ANALYTICS"."ORDER_STOCK_CURATED"."ORDER_STOCK_CURATED_PII_VARCHAR" WITH TAG ("ACME_PROD_MESH"."GOVERNANCE"."CLASSIFICATION" = 'pii'),
    "SHELF"
  )
  COPY GRANTS
  COMMENT = 'Where the items of each order lie.'
  WITH TAG ("ACME_PROD_MESH"."GOVERNANCE"."CLASSIFICATION" = 'internal')
  AS SELECT "T1"."ORDER_ID", "T1"."EMAIL", "T2"."SHELF"
  FROM "ACME_PROD_SALES"."ORDERS_CURATED"."ORDERS_CURATED_FOR_ANALYTICS" AS "T1"
  INNER JOIN "ACME_PROD_STOCK"."ITEMS_CURATED"."ITEMS_CURATED_FOR_ANALYTICS" AS "T2" ON "T1"."ORDER_ID" = "T2"."ORDER_ID""#;
    assert_eq!(made, [expected]);
    // Nothing is stored and nothing runs: no table, and nobody may make one there.
    let path = "prod/analytics/snowflake/access/10-ownership.sql";
    assert!(
        texts(&outcome, path)
            .iter()
            .all(|one| !one.contains("CREATE TABLE"))
    );
    // The owner of the domain reads the view; there is nothing that it could write.
    assert!(
        all.iter()
            .all(|one| !one.contains("INSERT") && !one.contains("DELETE"))
    );
}

#[test]
fn a_plan_leaves_out_a_view_whose_agreement_has_ended() {
    let outcome = mesh().compile();
    let mut primitives = outcome.compiled.unwrap().primitives;
    let said = primitives.leave_out_expired(jiff::civil::date(2027, 7, 1));
    assert!(
        said.iter()
            .any(|one| one
                == "prod:analytics/order-stock:curated, whose agreements ended on 2027-06-30"),
        "{said:?}"
    );
    for (id, cell) in &primitives.cells {
        let about = format!("{:?}", cell.primitives);
        assert!(!about.contains("order-stock"), "{id}");
    }
}

#[test]
fn a_view_without_both_sides_of_an_agreement_is_refused() {
    let one_sided = mesh().with(
        SALES,
        "      - {consumer: analytics, port: curated, columns: [order_id, email, country]}\n",
        "",
    );
    assert_eq!(codes(&one_sided.compile()), BTreeSet::from(["E334"]));
    let fewer = mesh().with(
        SALES,
        "port: curated, columns: [order_id, email, country]",
        "port: curated, columns: [order_id, country]",
    );
    let outcome = fewer.compile();
    assert_eq!(codes(&outcome), BTreeSet::from(["E334"]));
    assert!(
        outcome
            .diagnostics
            .iter()
            .any(|one| one.message.contains("#email"))
    );
}

#[test]
fn a_view_of_one_table_of_its_own_domain_needs_neither_join_nor_agreement() {
    let own = r#"
  - name: countries
    kind: view
    version: 1.0.0
    classification: internal
    targets: [snowflake]
    columns:
      - {name: order_id, type: string, from: "sales/orders:curated#order_id"}
      - {name: country, type: string, from: "sales/orders:curated#country"}
    access:
      - {group: readers, can: [read]}
"#;
    let text = include_str!("../meshes/wide-snowflake/domains/sales.yaml");
    let outcome = mesh().and(SALES, &format!("{text}{own}")).compile();
    let all = texts(&outcome, "prod/sales/snowflake/access/60-derived.sql");
    assert!(
        all.iter().any(|one| one.ends_with("AS SELECT \"T1\".\"ORDER_ID\", \"T1\".\"COUNTRY\"\n  FROM \"ACME_PROD_SALES\".\"ORDERS_CURATED\".\"ORDERS_CURATED\" AS \"T1\"")),
        "{all:#?}"
    );
    let account = Account::on("2026-11-25 12:00:00");
    account.apply(&outcome, "prod");
    account.fill();
    let seen = account.sees(
        "READERS",
        "SELECT ORDER_ID, COUNTRY FROM ACME_PROD_SALES.COUNTRIES_CURATED.COUNTRIES_CURATED ORDER BY ORDER_ID",
    );
    assert_eq!(
        seen,
        Ok(vec![
            row(&["1", "DE"]),
            row(&["2", "AT"]),
            row(&["3", "FR"]),
            row(&["4", "FR"])
        ])
    );
}

const FILTERED: &str = "ACME_PROD_SALES.ORDERS_CURATED.ORDERS_CURATED_FOR_GROUP_REGIONAL";

#[test]
fn a_right_to_some_rows_shows_these_rows_and_adds_up_with_another_one_until_it_ends() {
    let outcome = mesh().compile();
    let query = format!("SELECT ORDER_ID, EMAIL, COUNTRY FROM {FILTERED} ORDER BY ORDER_ID");
    for (now, third) in [
        ("2027-03-31 23:59:59", true),
        ("2027-04-01 00:00:00", false),
    ] {
        let account = Account::on(now);
        account.apply(&outcome, "prod");
        account.fill();
        let mut seen = vec![row(&["1", "*", "DE"]), row(&["2", "*", "AT"])];
        // One gift of one item from France, on that day.
        seen.extend(third.then(|| row(&["3", "*", "FR"])));
        assert_eq!(account.sees("REGIONAL", &query), Ok(seen), "{now}");
        let table = "SELECT COUNTRY FROM ACME_PROD_SALES.ORDERS_CURATED.ORDERS_CURATED";
        assert!(account.sees("REGIONAL", table).is_err());
    }
}

#[test]
fn an_agreement_to_some_rows_narrows_what_a_view_of_the_other_domain_shows() {
    let mesh = mesh().with(
        SALES,
        "columns: [order_id, email, country]}",
        "columns: [order_id, email, country], rows: {country: [FR]}}",
    );
    let outcome = mesh.compile();
    let account = Account::on("2026-11-25 12:00:00");
    account.apply(&outcome, "prod");
    account.fill();
    let seen = account.sees("READERS", VIEW);
    assert_eq!(seen, Ok(vec![row(&["3", "*", "9"])]));
}

#[test]
fn rights_that_only_look_at_metadata_open_no_view() {
    let mesh = mesh().with(
        SALES,
        "      - {group: regional, can: [read], rows: {country: [DE, AT]}}",
        "      - {group: readers, can: [steward], columns: [country]}\n      - {group: regional, can: [read], rows: {country: [DE, AT]}}",
    );
    let outcome = mesh.compile();
    let held: Vec<_> = texts(&outcome, "prod/sales/snowflake/access/50-grants.sql")
        .into_iter()
        .filter(|one| one.contains("TO ROLE \"READERS\"") && one.contains("DATABASE ROLE"))
        .collect();
    assert_eq!(
        held,
        ["GRANT DATABASE ROLE \"ACME_PROD_SALES\".\"ORDERS_CURATED_DESCRIBE\" TO ROLE \"READERS\""]
    );
}

const SHARE_OF_ORDERS: &str = "ACME_PROD_SALES_ORDERS_CURATED_ACCOUNT_ACME_PARTNER";
const SHARE_OF_VIEW: &str = "ACME_PROD_ANALYTICS_ORDER_STOCK_CURATED_ACCOUNT_ACME_PARTNER";

impl Account {
    /// What a share holds, as privilege and name, and the accounts that read it.
    fn shared(&self, share: &str) -> (BTreeSet<(String, String)>, String) {
        self.run("USE ROLE ACCOUNTADMIN");
        let column = |found: &testkit::snowflake::ResultSet, name: &str| {
            found
                .columns
                .iter()
                .position(|one| one.name == name)
                .unwrap()
        };
        let held = self
            .0
            .admin(&format!("SHOW GRANTS TO SHARE {share}"))
            .unwrap();
        let (privilege, name) = (column(&held, "privilege"), column(&held, "name"));
        let rows = held.rows.iter();
        let held = rows
            .map(|row| (row[privilege].clone().unwrap(), row[name].clone().unwrap()))
            .collect();
        let shares = self
            .0
            .admin(&format!("SHOW SHARES LIKE '{share}'"))
            .unwrap();
        let to = column(&shares, "to");
        (held, shares.rows[0][to].clone().unwrap_or_default())
    }
}

fn pairs(list: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    list.iter()
        .map(|(one, other)| ((*one).to_owned(), (*other).to_owned()))
        .collect()
}

#[test]
fn a_share_holds_its_view_and_what_the_view_reads_and_ends() {
    let outcome = mesh().compile();
    let account = Account::on("2026-11-25 12:00:00");
    account.apply(&outcome, "prod");
    let (held, to) = account.shared(SHARE_OF_ORDERS);
    let expected = pairs(&[
        ("USAGE", "ACME_PROD_SALES"),
        ("USAGE", "ACME_PROD_SALES.ORDERS_CURATED"),
        (
            "SELECT",
            "ACME_PROD_SALES.ORDERS_CURATED.ORDERS_CURATED_FOR_ACCOUNT_ACME_PARTNER",
        ),
    ]);
    assert_eq!((held, to.as_str()), (expected, "ACME.PARTNER"));
    // The view of two domains reads their databases too.
    let (held, to) = account.shared(SHARE_OF_VIEW);
    let references: BTreeSet<_> = held
        .iter()
        .filter(|(privilege, _)| privilege == "REFERENCE_USAGE")
        .map(|(_, name)| name.as_str())
        .collect();
    assert_eq!(
        references,
        BTreeSet::from(["ACME_PROD_SALES", "ACME_PROD_STOCK"])
    );
    assert_eq!(to, "ACME.PARTNER");
    // Each ends by itself, and what it was given can be taken back in the order of a plan.
    for (path, view) in [
        ("prod/sales/snowflake/access/30-views.sql", "FOR_ACCOUNT"),
        (
            "prod/analytics/snowflake/access/60-derived.sql",
            "FOR_ACCOUNT",
        ),
    ] {
        let all = texts(&outcome, path);
        let made = all
            .iter()
            .find(|one| one.starts_with("CREATE OR") && one.contains(view));
        let made = made.unwrap();
        assert!(
            made.contains("SYSDATE() < TO_TIMESTAMP_NTZ('2027-02-01')"),
            "{made}"
        );
    }
    account.run("USE ROLE MESHC_ACCESS");
    let given = statements(&outcome, "prod/sales/snowflake/access/55-shares.sql");
    let given: BTreeSet<&Statement> = given.into_iter().collect();
    for undo in given.into_iter().filter_map(Statement::undo) {
        account.run(&undo.to_string());
    }
    let (held, to) = account.shared(SHARE_OF_ORDERS);
    assert_eq!((held.len(), to.as_str()), (0, ""));
}

#[test]
fn whoever_grants_may_make_shares_only_where_something_is_shared() {
    let outcome = mesh().compile();
    let path = "prod/_mesh/snowflake/30-shares-sales.sql";
    assert_eq!(
        texts(&outcome, path),
        [
            "USE ROLE \"ACCOUNTADMIN\"",
            "GRANT CREATE SHARE ON ACCOUNT TO ROLE \"MESHC_ACCESS\""
        ]
    );
    let other = "prod/_mesh/snowflake/30-shares-stock.sql";
    assert!(outcome.compiled().artifacts.get(other).is_none());
}

#[test]
fn a_right_says_what_the_masks_of_a_source_hide_through_a_view() {
    let outcome = mesh().compile();
    let cells = &outcome.compiled().primitives.cells;
    let cell = cells
        .iter()
        .find(|(id, _)| id.to_string() == "prod/analytics/snowflake");
    let masked = |group: &str| {
        let grants = cell.unwrap().1.primitives.iter();
        let mut grants = grants.filter_map(|one| match one {
            meshc::primitive::Primitive::Grant(grant) => Some(grant),
            _ => None,
        });
        grants
            .find(|one| one.group.as_str() == group)
            .unwrap()
            .masked
            .clone()
    };
    assert_eq!(masked("readers"), ["email"]);
    assert_eq!(masked("half-trusted"), ["email"]);
    assert!(masked("trusted").is_empty());
}

/// Who sees values in clear at the source on another cloud sees none of them here.
#[test]
fn clear_sight_of_a_source_counts_only_on_the_clouds_that_it_is_kept_to() {
    const CLEAR: &str =
        "{group: privacy-office, can: [read, unmask], on: [curated], until: 2027-06-30}";
    let view = "products:
  - name: buyers
    kind: view
    version: 1.0.0
    classification: confidential
    targets: [snowflake]
    columns:
      - {name: order_id, type: string, key: true, from: \"sales/orders:curated#order_id\"}
      - {name: email, type: string, from: \"sales/orders:curated#email\"}
    access:
      - {group: privacy-office, can: [read, unmask], until: 2027-06-30}
";
    let retail = || {
        let retail = Mesh::shipped("blueprints/retail");
        retail.with("domains/marketing.yaml", "products:\n", view)
    };
    let masked = |mesh: Mesh| {
        let outcome = mesh.compile();
        let cells = &outcome.compiled().primitives.cells;
        let (_, cell) = cells
            .iter()
            .find(|(id, _)| id.to_string() == "prod/marketing/snowflake")
            .unwrap();
        let mut grants = cell.primitives.iter().filter_map(|one| match one {
            meshc::primitive::Primitive::Grant(grant) => Some(grant),
            _ => None,
        });
        let of_view = |one: &&meshc::primitive::Grant| {
            one.group.as_str() == "privacy-office" && one.resource.to_string().contains("buyers")
        };
        grants.find(of_view).unwrap().masked.clone()
    };
    assert!(masked(retail()).is_empty());
    let elsewhere = CLEAR.replace("[curated],", "[curated], targets: [aws],");
    let elsewhere = retail().with("domains/sales.yaml", CLEAR, &elsewhere);
    assert_eq!(masked(elsewhere), ["email"]);
}

#[test]
fn the_standard_edition_has_views_rows_and_shares_but_no_masks() {
    let standard = mesh().with(MESH, "edition: enterprise", "edition: standard");
    let outcome = standard.compile();
    assert_eq!(codes(&outcome), BTreeSet::from(["E308"]));
    let said = outcome
        .diagnostics
        .iter()
        .filter(|one| one.code.id() == "E308");
    let about: Vec<_> = said
        .map(|one| one.message.split(' ').next().unwrap())
        .collect();
    assert!(
        about.contains(&"`analytics/order-stock:curated`")
            && about.contains(&"`sales/orders:curated`"),
        "{about:?}"
    );
    let open = mesh()
        .with(MESH, "edition: enterprise", "edition: standard")
        .with(MESH, "  masked: [pii]\n", "");
    let outcome = open.compile();
    let options = Options {
        edition: Edition::Standard,
        ..Options::default()
    };
    let account = Account(SnowServer::start_with(options).unwrap());
    account.apply(&outcome, "prod");
    account.fill();
    let seen = account.sees("READERS", VIEW);
    assert_eq!(
        seen,
        Ok(vec![row(&["1", "a@x", "7"]), row(&["3", "c@x", "9"])])
    );
}

#[test]
fn people_are_told_who_outside_the_mesh_reads_and_which_rows_somebody_has() {
    let folder = tempfile::tempdir().unwrap();
    let mesh = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/meshes/wide-snowflake");
    std::fs::create_dir(folder.path().join("domains")).unwrap();
    for file in [
        "mesh.yaml",
        "domains/sales.yaml",
        "domains/stock.yaml",
        "domains/analytics.yaml",
    ] {
        std::fs::copy(mesh.join(file), folder.path().join(file)).unwrap();
    }
    let said = std::process::Command::new(env!("CARGO_BIN_EXE_meshc"))
        .args(["explain", "prod:sales/orders"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    for line in [
        "ACME.PARTNER         read-data, outside the mesh; only order_id, email, country; rows whose country is DE; until 2027-01-31",
        "regional             read-data, list, read-meta; rows whose country is AT or DE; hidden: email",
    ] {
        assert!(said.contains(line), "{said}");
    }
}
