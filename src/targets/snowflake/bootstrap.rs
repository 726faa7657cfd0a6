//! What must be there before the first file runs, as a page for an account administrator. It is
//! prose: nothing of it is run by meshc.

use std::fmt::Write as _;

use super::{ACCESS, ADMINISTRATOR, DEPLOY, governance};
use crate::artifact::sql::{Grantee, Privilege, Securable, SqlIdent, SqlString, Statement};
use crate::artifact::{Artifact, Content, Effect, Text};
use crate::primitive::CellSet;

/// The statements, in their order.
pub(super) fn statements(cell: &CellSet) -> Vec<Statement> {
    let mut access = vec![
        Privilege::CreateDatabase,
        Privilege::CreateRole,
        Privilege::ManageGrants,
    ];
    // The Standard edition has no masking policies (docs.snowflake.com/en/user-guide/intro-editions).
    if cell.setting("edition") != Some("standard") {
        access.push(Privilege::ApplyMaskingPolicy);
    }
    let role = |name: &str, comment: &str| Statement::CreateRole {
        role: SqlIdent::known(name),
        comment: SqlString::prose(comment),
    };
    let up = |name: &str, to: &str| Statement::GrantRole {
        role: SqlIdent::known(name),
        to: SqlIdent::known(to),
    };
    let may = |name: &str, privileges: &[Privilege]| Statement::Grant {
        privileges: privileges.to_vec(),
        on: Securable::Account,
        to: Grantee::Role(SqlIdent::known(name)),
    };
    vec![
        Statement::UseRole(SqlIdent::known(ADMINISTRATOR)),
        role(DEPLOY, "Makes the mesh's databases, tables and warehouses"),
        may(
            DEPLOY,
            &[Privilege::CreateDatabase, Privilege::CreateWarehouse],
        ),
        up(DEPLOY, "SYSADMIN"),
        role(
            ACCESS,
            "Owns the mesh's places, masks and views, and grants",
        ),
        may(ACCESS, &access),
        up(ACCESS, "SECURITYADMIN"),
    ]
}

/// The page.
pub(super) fn lower(cell: &CellSet) -> Artifact {
    let mut text = format!(
        "# Before the first run\n\nAn account administrator runs this once per account. It makes the two roles that run the mesh's\n\
         files: `{DEPLOY}` for `resources/`, `{ACCESS}` for `access/` and `10-governance.sql`. The files named\n\
         `20-compute-*.sql` set budgets and are run by an account administrator.\n\n```sql\n"
    );
    for statement in statements(cell) {
        let _ = writeln!(text, "{statement};");
    }
    text.push_str(
        "```\n\nGrant each role to the user of the pipeline that runs its files, and to nobody else. Whoever holds\n\
         both could make things and grant them.\n\nThe roles of groups are filled by the identity provider (SCIM). If it makes them itself, let it do so\n\
         before the first run: it manages only roles that it owns.\n",
    );
    let origin = governance::origin(cell, "what must be there first", Effect::Plain);
    Artifact {
        path: format!("{}/00-bootstrap.md", cell.id),
        content: Content::Text(Text { text, origin }),
    }
}
