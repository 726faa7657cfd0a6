//! What stands above domains in one environment: a database with the tags that all of them use.

use std::sync::Arc;

use super::{DEPLOY, by, here, tags};
use crate::address::Address;
use crate::artifact::sql::{Grantee, Object, Privilege, Securable, SqlIdent, SqlString, Statement};
use crate::artifact::{Effect, Origin, OriginRef, SqlStatement};
use crate::diag::Diagnostics;
use crate::naming::Names;
use crate::primitive::CellSet;

/// Why something exists that belongs to the whole mesh.
pub(super) fn origin(cell: &CellSet, why: &str, effect: Effect) -> OriginRef {
    Arc::new(Origin {
        address: Address {
            env: Some(cell.id.env.clone()),
            ..Address::default()
        },
        span: cell.span,
        maker: "mesh",
        why: why.to_owned(),
        effect,
    })
}

/// The database, its tags, and the right to set them.
pub(super) fn lower(cell: &CellSet, names: &Names, _: &mut Diagnostics) -> Vec<SqlStatement> {
    let schema = here::governance(&cell.id, names);
    let [database, _] = schema.clone();
    let plain = origin(cell, "tags that every domain uses", Effect::Plain);
    let mut statements = vec![
        by(&plain, Statement::CreateDatabase(database.clone())),
        by(&plain, Statement::CreateSchema(schema.clone())),
    ];
    for (key, about) in tags::ALL {
        let tag = here::tag(&cell.id, names, key);
        statements.push(by(
            &plain,
            Statement::CreateTag {
                tag,
                comment: SqlString::prose(about),
            },
        ));
    }
    // The order is from least to most sensitive.
    let labels = cell
        .mesh
        .classifications
        .iter()
        .map(|label| SqlString::prose(label.as_str()));
    statements.push(by(
        &plain,
        Statement::SetTagValues {
            tag: here::tag(&cell.id, names, "classification"),
            values: labels.collect(),
        },
    ));
    let stamp = (
        here::tag(&cell.id, names, "meshc"),
        SqlString::prose(cell.mesh.name.as_str()),
    );
    statements.push(by(
        &plain,
        Statement::SetTags {
            on: Object::Database(database.clone()),
            tags: vec![stamp],
        },
    ));
    let grants = origin(
        cell,
        "whoever makes tables sets their tags; no mask hangs on a tag",
        Effect::GrantsAccess,
    );
    let mut grant = |privilege, on| {
        let to = Grantee::Role(SqlIdent::known(DEPLOY));
        statements.push(by(
            &grants,
            Statement::Grant {
                privileges: vec![privilege],
                on: Securable::One(on),
                to,
            },
        ));
    };
    grant(Privilege::Usage, Object::Database(database));
    grant(Privilege::Usage, Object::Schema(schema));
    for (key, _) in tags::ALL {
        grant(
            Privilege::Apply,
            Object::Tag(here::tag(&cell.id, names, key)),
        );
    }
    statements
}
