//! Lists of a Terraform block that are sets for its provider: sorted, so that their order is no
//! difference. The order of any other list is one.

use serde_json::{Map, Value};

use crate::schema::{Block, Nesting, Provider, ProviderSchema, ResourceSchema, Type};

/// Sorts every set of a resource. Types without a schema have none that is known.
pub(super) fn sort(kind: &str, value: &mut Value) {
    if let (Some(schema), Value::Object(body)) = (schema_of(kind), value) {
        block(&schema.block, body);
    }
}

/// The schema of the newest major that has the type.
fn schema_of(kind: &str) -> Option<&'static ResourceSchema> {
    let provider = Provider::of_resource(kind)?;
    let majors: Vec<u64> = ProviderSchema::majors(provider).collect();
    let found = |major: &u64| ProviderSchema::get(provider, *major)?.resource(kind);
    majors.iter().rev().find_map(found)
}

fn block(schema: &Block, body: &mut Map<String, Value>) {
    for (name, value) in body {
        if let Some(attribute) = schema.attributes.get(name) {
            of_type(&attribute.ty, value);
        } else if let (Some(nested), Value::Array(list)) = (schema.blocks.get(name), value) {
            for one in list.iter_mut() {
                if let Value::Object(inner) = one {
                    block(&nested.block, inner);
                }
            }
            if nested.nesting == Nesting::Set {
                list.sort_by_key(Value::to_string);
            }
        }
    }
}

fn of_type(ty: &Type, value: &mut Value) {
    match (ty, value) {
        (Type::List(inner), Value::Array(list)) => {
            for one in list.iter_mut() {
                of_type(inner, one);
            }
        }
        (Type::Set(inner), Value::Array(list)) => {
            for one in list.iter_mut() {
                of_type(inner, one);
            }
            list.sort_by_key(Value::to_string);
        }
        (Type::Map(inner), Value::Object(map)) => {
            for one in map.values_mut() {
                of_type(inner, one);
            }
        }
        (Type::Object(members), Value::Object(map)) => {
            for (name, one) in map {
                if let Some(ty) = members.get(name) {
                    of_type(ty, one);
                }
            }
        }
        _ => {}
    }
}
