//! Documented rules that take several statements to see, without a client.

#![allow(clippy::panic, reason = "A panic is a test's failure message.")]

use super::super::error::{SqlError, rules};
use super::super::result::ResultSet;
use super::super::{Options, Rule};
use super::{Account, Session};

struct World {
    account: Account,
    session: Session,
}

impl World {
    /// A database with an owner, a role with MANAGE GRANTS and three readers, all of one user.
    fn new() -> Self {
        let account = Account::new(Options::default());
        let session = account.admin_session();
        let mut world = Self { account, session };
        world.run(
            "CREATE ROLE OWNER; CREATE ROLE GRANTER; CREATE ROLE A; CREATE ROLE B; CREATE ROLE C;
             GRANT ROLE OWNER TO USER ADMIN; GRANT ROLE GRANTER TO USER ADMIN;
             GRANT ROLE A TO USER ADMIN; GRANT ROLE B TO USER ADMIN; GRANT ROLE C TO USER ADMIN;
             GRANT MANAGE GRANTS ON ACCOUNT TO ROLE GRANTER;
             GRANT CREATE DATABASE ON ACCOUNT TO ROLE OWNER;
             CREATE WAREHOUSE W; GRANT USAGE ON WAREHOUSE W TO ROLE PUBLIC;
             USE ROLE OWNER; CREATE DATABASE D; CREATE SCHEMA D.S; CREATE SCHEMA D.M WITH MANAGED ACCESS;
             CREATE TABLE D.S.T (ID NUMBER, EMAIL VARCHAR, REGION VARCHAR);
             USE SECONDARY ROLES NONE",
        );
        world
    }

    fn try_run(&mut self, sql: &str) -> Result<ResultSet, SqlError> {
        self.account.execute(&mut self.session, sql)
    }

    /// Statements that must succeed; the last one's result.
    fn run(&mut self, script: &str) -> ResultSet {
        let mut last = ResultSet::done();
        let statements =
            super::super::token::split(script).unwrap_or_else(|error| panic!("{error}"));
        for sql in statements {
            last = self
                .try_run(sql)
                .unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
        last
    }

    fn refused(&mut self, sql: &str, rule: &'static Rule) {
        match self.try_run(sql) {
            Ok(_) => panic!("accepted: {sql}"),
            Err(error) => assert_eq!(error.rule.id, rule.id, "{sql}: {error}"),
        }
    }

    /// `privilege grantee` of every grant on an object, sorted, OWNERSHIP left out.
    fn grants(&mut self, on: &str) -> Vec<String> {
        let result = self.as_role("GRANTER", &format!("SHOW GRANTS ON {on}"));
        let mut found: Vec<String> = (0..result.rows.len())
            .map(|row| {
                let cell = |column| result.cell(row, column).unwrap_or_default().to_owned();
                (cell("privilege"), cell("grantee_name"))
            })
            .filter(|(privilege, _)| privilege != "OWNERSHIP")
            .map(|(privilege, to)| format!("{privilege} {to}"))
            .collect();
        found.sort();
        found
    }

    fn owner(&mut self, on: &str) -> String {
        let result = self.as_role("GRANTER", &format!("SHOW GRANTS ON {on}"));
        (0..result.rows.len())
            .find(|row| result.cell(*row, "privilege") == Some("OWNERSHIP"))
            .and_then(|row| result.cell(row, "grantee_name"))
            .unwrap_or_default()
            .to_owned()
    }

    /// The rows of a query, values joined by spaces.
    fn rows(&mut self, sql: &str) -> Vec<String> {
        let result = self.run(sql);
        result
            .rows
            .iter()
            .map(|row| {
                row.iter()
                    .map(|value| value.as_deref().unwrap_or("NULL"))
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect()
    }

    fn as_role(&mut self, role: &str, script: &str) -> ResultSet {
        let before = self.session.clone();
        self.run(&format!("USE ROLE {role}"));
        let result = self.run(script);
        self.session = before;
        result
    }
}

#[test]
fn future_grants_of_a_schema_replace_those_of_its_database() {
    // docs.snowflake.com/en/sql-reference/sql/grant-privilege#considerations
    let mut world = World::new();
    world.as_role(
        "ACCOUNTADMIN",
        "GRANT SELECT ON FUTURE TABLES IN DATABASE D TO ROLE A;
         GRANT SELECT ON FUTURE VIEWS IN DATABASE D TO ROLE A;
         GRANT INSERT ON FUTURE TABLES IN SCHEMA D.S TO ROLE B",
    );
    world.run("CREATE TABLE D.S.N (X NUMBER); CREATE TABLE D.PUBLIC.N (X NUMBER)");
    world.run("CREATE VIEW D.S.V AS SELECT X FROM D.S.N");
    assert_eq!(world.grants("TABLE D.S.N"), ["INSERT B"]);
    assert_eq!(world.grants("TABLE D.PUBLIC.N"), ["SELECT A"]);
    assert_eq!(world.grants("VIEW D.S.V"), ["SELECT A"]);
    // An object that existed before has nothing, and revoking the future grant leaves the present.
    assert_eq!(world.grants("TABLE D.S.T"), [""; 0]);
    world.as_role(
        "ACCOUNTADMIN",
        "REVOKE INSERT ON FUTURE TABLES IN SCHEMA D.S FROM ROLE B",
    );
    assert_eq!(world.grants("TABLE D.S.N"), ["INSERT B"]);
    world.run("CREATE TABLE D.S.N2 (X NUMBER)");
    assert_eq!(world.grants("TABLE D.S.N2"), ["SELECT A"]);
}

#[test]
fn replacing_drops_grants_and_renaming_keeps_them() {
    let mut world = World::new();
    world.run("GRANT SELECT ON TABLE D.S.T TO ROLE A");
    world.run("ALTER TABLE D.S.T RENAME TO D.S.T2");
    assert_eq!(world.grants("TABLE D.S.T2"), ["SELECT A"]);
    world.run("CREATE OR REPLACE TABLE D.S.T2 (ID NUMBER) COPY GRANTS");
    assert_eq!(world.grants("TABLE D.S.T2"), ["SELECT A"]);
    world.as_role(
        "GRANTER",
        "GRANT INSERT ON FUTURE TABLES IN SCHEMA D.S TO ROLE B",
    );
    world.run("CREATE OR REPLACE TABLE D.S.T2 (ID NUMBER)");
    assert_eq!(world.grants("TABLE D.S.T2"), ["INSERT B"]);
    world.run("DROP SCHEMA D.S; CREATE SCHEMA D.S; CREATE TABLE D.S.T2 (ID NUMBER)");
    assert_eq!(world.grants("TABLE D.S.T2"), [""; 0]);
}

#[test]
fn granting_twice_and_revoking_nothing_succeed() {
    let mut world = World::new();
    world.run("GRANT SELECT ON TABLE D.S.T TO ROLE A; GRANT SELECT ON TABLE D.S.T TO ROLE A");
    assert_eq!(world.grants("TABLE D.S.T"), ["SELECT A"]);
    world.run("REVOKE INSERT ON TABLE D.S.T FROM ROLE A; REVOKE SELECT ON TABLE D.S.T FROM ROLE B");
    world.run("REVOKE SELECT ON TABLE D.S.T FROM ROLE A; REVOKE SELECT ON TABLE D.S.T FROM ROLE A");
    assert_eq!(world.grants("TABLE D.S.T"), [""; 0]);
}

#[test]
fn a_chain_of_grants_is_revoked_as_one() {
    let mut world = World::new();
    world.run(
        "GRANT USAGE ON DATABASE D TO ROLE A; GRANT USAGE ON SCHEMA D.S TO ROLE A;
         GRANT SELECT ON TABLE D.S.T TO ROLE A WITH GRANT OPTION",
    );
    world.as_role("A", "GRANT SELECT ON TABLE D.S.T TO ROLE B");
    world.refused(
        "REVOKE SELECT ON TABLE D.S.T FROM ROLE A RESTRICT",
        &rules::REVOKE_DEPENDENT,
    );
    assert_eq!(world.grants("TABLE D.S.T"), ["SELECT A", "SELECT B"]);
    world.run("REVOKE SELECT ON TABLE D.S.T FROM ROLE A CASCADE");
    assert_eq!(world.grants("TABLE D.S.T"), [""; 0]);
}

#[test]
fn ownership_moves_with_or_without_the_grants() {
    let mut world = World::new();
    world.run("GRANT SELECT ON TABLE D.S.T TO ROLE A");
    world.refused(
        "GRANT OWNERSHIP ON TABLE D.S.T TO ROLE B",
        &rules::OWNERSHIP_OUTBOUND,
    );
    world.refused(
        "GRANT OWNERSHIP ON TABLE D.S.T TO ROLE B COPY CURRENT GRANTS",
        &rules::OWNERSHIP_COPY_AUTHORITY,
    );
    world.as_role(
        "GRANTER",
        "GRANT OWNERSHIP ON TABLE D.S.T TO ROLE B COPY CURRENT GRANTS",
    );
    assert_eq!(world.owner("TABLE D.S.T"), "B");
    assert_eq!(world.grants("TABLE D.S.T"), ["SELECT A"]);
    // The former owner keeps nothing on the table, not even the sight of it.
    world.refused(
        "ALTER TABLE D.S.T ADD COLUMN X NUMBER",
        &rules::MISSING_OR_NOT_AUTHORIZED,
    );
    world.as_role(
        "GRANTER",
        "GRANT OWNERSHIP ON TABLE D.S.T TO ROLE OWNER REVOKE CURRENT GRANTS",
    );
    assert_eq!(world.grants("TABLE D.S.T"), [""; 0]);
}

#[test]
fn a_dropped_role_leaves_its_objects_and_takes_its_grants() {
    // docs.snowflake.com/en/sql-reference/sql/drop-role#usage-notes
    let mut world = World::new();
    world.run(
        "GRANT USAGE ON DATABASE D TO ROLE A; GRANT USAGE, CREATE TABLE ON SCHEMA D.S TO ROLE A",
    );
    world.as_role(
        "A",
        "CREATE TABLE D.S.MINE (X NUMBER); GRANT SELECT ON TABLE D.S.MINE TO ROLE B",
    );
    assert_eq!(world.grants("TABLE D.S.MINE"), ["SELECT B"]);
    world.as_role("ACCOUNTADMIN", "DROP ROLE A");
    assert_eq!(world.owner("TABLE D.S.MINE"), "ACCOUNTADMIN");
    assert_eq!(world.grants("TABLE D.S.MINE"), [""; 0]);
    assert_eq!(world.grants("SCHEMA D.S"), [""; 0]);
}

#[test]
fn secondary_roles_add_privileges_and_are_seen_by_policies() {
    let mut world = World::new();
    world.run(
        "USE WAREHOUSE W; INSERT INTO D.S.T VALUES (1, 'a@b.c', 'EU');
         CREATE MASKING POLICY D.S.MASK AS (V VARCHAR) RETURNS VARCHAR ->
           CASE WHEN IS_ROLE_IN_SESSION('B') THEN V ELSE '***' END;
         ALTER TABLE D.S.T MODIFY COLUMN EMAIL SET MASKING POLICY D.S.MASK;
         GRANT USAGE ON DATABASE D TO ROLE A; GRANT USAGE ON SCHEMA D.S TO ROLE A;
         GRANT SELECT ON TABLE D.S.T TO ROLE A",
    );
    let read = "SELECT EMAIL FROM D.S.T";
    world.run("USE ROLE A");
    assert_eq!(world.rows(read), ["***"]);
    world.run("USE ROLE B");
    world.refused(read, &rules::PARENT_PRIVILEGE);
    world.run("USE SECONDARY ROLES A");
    assert_eq!(world.rows(read), ["a@b.c"]);
    assert_eq!(
        world.rows("SELECT CURRENT_SECONDARY_ROLES()"),
        [r#"{"roles":"A","value":""}"#]
    );
    world.run("USE ROLE A; USE SECONDARY ROLES ALL");
    assert_eq!(world.rows(read), ["a@b.c"]);
    world.run("USE SECONDARY ROLES NONE");
    assert_eq!(world.rows(read), ["***"]);
}

#[test]
fn a_tag_carries_its_policy_down_to_the_columns() {
    // docs.snowflake.com/en/user-guide/tag-based-masking-policies
    let mut world = World::new();
    world.run(
        "USE WAREHOUSE W; INSERT INTO D.S.T VALUES (1, 'a@b.c', 'EU');
         CREATE TAG D.S.CLASS;
         CREATE MASKING POLICY D.S.TEXT AS (V VARCHAR) RETURNS VARCHAR -> 'by tag';
         CREATE MASKING POLICY D.S.DIRECT AS (V VARCHAR) RETURNS VARCHAR -> 'direct'",
    );
    world.as_role(
        "ACCOUNTADMIN",
        "GRANT ROLE OWNER TO ROLE ACCOUNTADMIN; ALTER TAG D.S.CLASS SET MASKING POLICY D.S.TEXT",
    );
    let read = "SELECT ID, EMAIL, REGION FROM D.S.T";
    assert_eq!(world.rows(read), ["1 a@b.c EU"]);
    world.run("ALTER TABLE D.S.T MODIFY COLUMN EMAIL SET TAG D.S.CLASS = 'pii'");
    assert_eq!(world.rows(read), ["1 by tag EU"]);
    world.run("ALTER SCHEMA D.S SET TAG D.S.CLASS = 'pii'");
    assert_eq!(world.rows(read), ["1 by tag by tag"]);
    world.run("ALTER TABLE D.S.T MODIFY COLUMN EMAIL SET MASKING POLICY D.S.DIRECT");
    assert_eq!(world.rows(read), ["1 direct by tag"]);
}

#[test]
fn rows_are_filtered_before_columns_are_masked() {
    let mut world = World::new();
    world.run(
        "USE WAREHOUSE W; INSERT INTO D.S.T VALUES (1, 'a', 'EU'), (2, 'b', 'US');
         CREATE TABLE D.S.MAP (ROLE_NAME VARCHAR, REGION VARCHAR);
         INSERT INTO D.S.MAP VALUES ('A', 'EU'), ('B', 'US');
         CREATE ROW ACCESS POLICY D.S.REGIONS AS (R VARCHAR) RETURNS BOOLEAN -> EXISTS (
           SELECT 1 FROM D.S.MAP M WHERE M.REGION = R AND M.ROLE_NAME = CURRENT_ROLE());
         CREATE MASKING POLICY D.S.MASK AS (V VARCHAR) RETURNS VARCHAR -> UPPER(V);
         ALTER TABLE D.S.T ADD ROW ACCESS POLICY D.S.REGIONS ON (REGION);
         ALTER TABLE D.S.T MODIFY COLUMN EMAIL SET MASKING POLICY D.S.MASK;
         GRANT USAGE ON DATABASE D TO ROLE PUBLIC; GRANT USAGE ON SCHEMA D.S TO ROLE PUBLIC;
         CREATE SECURE VIEW D.S.V AS SELECT EMAIL, COUNT(*) AS N FROM D.S.T GROUP BY EMAIL;
         GRANT SELECT ON VIEW D.S.V TO ROLE A; GRANT SELECT ON VIEW D.S.V TO ROLE B",
    );
    // The readers have no privilege on the table or the map: view and policy run as their owner.
    world.run("USE ROLE A");
    assert_eq!(world.rows("SELECT * FROM D.S.V"), ["A 1"]);
    world.refused("SELECT * FROM D.S.T", &rules::MISSING_OR_NOT_AUTHORIZED);
    world.run("USE ROLE B");
    assert_eq!(world.rows("SELECT * FROM D.S.V"), ["B 1"]);
    world.run("USE ROLE OWNER");
    assert_eq!(world.rows("SELECT * FROM D.S.V"), [""; 0]);
}

#[test]
fn a_view_resolves_names_in_its_own_schema() {
    // docs.snowflake.com/en/sql-reference/sql/create-view#usage-notes
    let mut world = World::new();
    world.run(
        "CREATE DATABASE E; CREATE TABLE E.PUBLIC.T (OTHER NUMBER);
         USE SCHEMA E.PUBLIC;
         CREATE VIEW D.S.V AS SELECT ID, CURRENT_SCHEMA() AS HERE FROM T;
         USE WAREHOUSE W; INSERT INTO D.S.T VALUES (7, 'a', 'EU')",
    );
    assert_eq!(world.rows("SELECT * FROM D.S.V"), ["7 S"]);
    assert_eq!(world.rows("SELECT CURRENT_SCHEMA()"), ["PUBLIC"]);
}

#[test]
fn a_replaced_view_keeps_tags_only_when_told_to() {
    let mut world = World::new();
    world.run(
        "CREATE TAG D.S.CLASS; CREATE TAG D.S.ZONE;
         CREATE VIEW D.S.V (ID WITH TAG (D.S.CLASS = 'old'), MAIL) AS SELECT ID, EMAIL FROM D.S.T;
         ALTER VIEW D.S.V SET TAG D.S.ZONE = 'old';
         CREATE OR REPLACE VIEW D.S.V COPY GRANTS COPY TAGS WITH TAG (D.S.ZONE = 'new', D.S.CLASS = 'new')
           AS SELECT ID, EMAIL AS MAIL FROM D.S.T",
    );
    let tags = "SELECT SYSTEM$GET_TAG('D.S.ZONE', 'D.S.V', 'TABLE'),
        SYSTEM$GET_TAG('D.S.CLASS', 'D.S.V', 'TABLE'), SYSTEM$GET_TAG('D.S.CLASS', 'D.S.V.ID', 'COLUMN')";
    assert_eq!(world.rows(tags), ["old new old"]);
    world.run("CREATE OR REPLACE VIEW D.S.V AS SELECT ID FROM D.S.T");
    assert_eq!(world.rows(tags), ["NULL NULL NULL"]);
}

#[test]
fn views_are_nested_twenty_deep() {
    let mut world = World::new();
    let mut below = "T".to_owned();
    for level in 1..=20 {
        world.run(&format!(
            "CREATE VIEW D.S.V{level} AS SELECT ID FROM {below}"
        ));
        below = format!("V{level}");
    }
    world.refused(
        "CREATE VIEW D.S.V21 AS SELECT ID FROM V20",
        &rules::VIEW_LIMITS,
    );
    world.run("CREATE VIEW D.S.W AS SELECT ID FROM V19");
}

#[test]
fn a_secure_view_keeps_its_definition_from_others() {
    let mut world = World::new();
    world.run(
        "CREATE SECURE VIEW D.S.SAFE AS SELECT ID FROM D.S.T; CREATE VIEW D.S.OPEN AS SELECT ID FROM D.S.T;
         GRANT USAGE ON DATABASE D TO ROLE A; GRANT USAGE ON SCHEMA D.S TO ROLE A;
         GRANT SELECT ON ALL VIEWS IN SCHEMA D.S TO ROLE A",
    );
    let show = "SHOW VIEWS IN SCHEMA D.S";
    let texts = |result: &ResultSet| {
        (0..result.rows.len())
            .map(|row| {
                result
                    .cell(row, "text")
                    .is_some_and(|text| !text.is_empty())
            })
            .collect::<Vec<_>>()
    };
    let own = world.run(show);
    assert_eq!(texts(&own), [true, true]);
    let others = world.as_role("A", show);
    assert_eq!(texts(&others), [true, false]);
}

#[test]
fn in_managed_access_schemas_grants_are_the_schema_owners() {
    let mut world = World::new();
    world.run(
        "GRANT USAGE ON DATABASE D TO ROLE A; GRANT USAGE, CREATE TABLE ON SCHEMA D.M TO ROLE A",
    );
    world.as_role("A", "CREATE TABLE D.M.MINE (X NUMBER)");
    // The schema's owner owns neither the table nor a role that does.
    world.run("GRANT SELECT ON TABLE D.M.MINE TO ROLE B");
    world.as_role("GRANTER", "GRANT SELECT ON TABLE D.M.MINE TO ROLE C");
    world.run("GRANT INSERT ON FUTURE TABLES IN SCHEMA D.M TO ROLE B");
    world.refused(
        "GRANT INSERT ON FUTURE TABLES IN SCHEMA D.S TO ROLE B",
        &rules::FUTURE_AUTHORITY,
    );
    assert_eq!(world.grants("TABLE D.M.MINE"), ["SELECT B", "SELECT C"]);
    let shown = world.run("SHOW GRANTS ON TABLE D.M.MINE");
    for row in 0..shown.rows.len() {
        // Everything is granted in the table owner's name.
        assert_eq!(shown.cell(row, "granted_by"), Some("A"));
    }
    // Without managed access the owner grants again; with it, it no longer does.
    world.run("ALTER SCHEMA D.M DISABLE MANAGED ACCESS");
    world.as_role("A", "REVOKE SELECT ON TABLE D.M.MINE FROM ROLE B");
    world.run("ALTER SCHEMA D.M ENABLE MANAGED ACCESS; USE ROLE A");
    world.refused(
        "GRANT SELECT ON TABLE D.M.MINE TO ROLE B",
        &rules::MANAGED_ACCESS,
    );
}

#[test]
fn a_column_keeps_tags_and_policies_when_the_table_is_renamed() {
    let mut world = World::new();
    world.run(
        "CREATE TAG D.S.CLASS; CREATE MASKING POLICY D.S.MASK AS (V VARCHAR) RETURNS VARCHAR -> '#';
         ALTER TABLE D.S.T MODIFY COLUMN EMAIL SET TAG D.S.CLASS = 'pii';
         ALTER TABLE D.S.T MODIFY COLUMN EMAIL SET MASKING POLICY D.S.MASK;
         ALTER TABLE D.S.T RENAME COLUMN EMAIL TO MAIL; ALTER TABLE D.S.T RENAME TO D.S.T2",
    );
    assert_eq!(
        world.rows("SELECT SYSTEM$GET_TAG('D.S.CLASS', 'D.S.T2.MAIL', 'COLUMN')"),
        ["pii"]
    );
    let described = world.run("DESCRIBE TABLE D.S.T2");
    assert_eq!(described.cell(1, "name"), Some("MAIL"));
    assert_eq!(described.cell(1, "policy name"), Some("D.S.MASK"));
    world.refused("DROP MASKING POLICY D.S.MASK", &rules::POLICY_ATTACHED);
    world.run(
        "ALTER TABLE D.S.T2 MODIFY COLUMN MAIL UNSET MASKING POLICY; DROP MASKING POLICY D.S.MASK",
    );
}
