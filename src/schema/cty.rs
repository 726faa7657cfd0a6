//! Terraform's types, as a provider schema writes them in JSON.
//!
//! In: `"string"`, `["list", "string"]`, `["object", {"name": "string"}]`. Out: [`Type`],
//! which prints the way Terraform's own messages do. Conversions are in `literal`.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

/// The type of an attribute (cty, in Terraform's words).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    String,
    Number,
    Bool,
    /// Any type at all; decided by the value.
    Dynamic,
    List(Box<Type>),
    Set(Box<Type>),
    Map(Box<Type>),
    Object(BTreeMap<String, Type>),
}

impl Type {
    /// The members of the object that a list or set holds, for attributes that may
    /// also be written as blocks.
    pub fn element_object(&self) -> Option<&BTreeMap<String, Type>> {
        match self {
            Self::List(inner) | Self::Set(inner) => match inner.as_ref() {
                Self::Object(members) => Some(members),
                _ => None,
            },
            _ => None,
        }
    }

    fn from_json(value: &Value) -> Result<Self, String> {
        match value {
            Value::String(name) => match name.as_str() {
                "string" => Ok(Self::String),
                "number" => Ok(Self::Number),
                "bool" => Ok(Self::Bool),
                "dynamic" => Ok(Self::Dynamic),
                other => Err(format!("`{other}` is not a type")),
            },
            Value::Array(parts) => match parts.as_slice() {
                [Value::String(kind), inner] => Self::compound(kind, inner),
                _ => Err(format!("{value} is not a type")),
            },
            _ => Err(format!("{value} is not a type")),
        }
    }

    fn compound(kind: &str, inner: &Value) -> Result<Self, String> {
        match (kind, inner) {
            ("list", inner) => Ok(Self::List(Box::new(Self::from_json(inner)?))),
            ("set", inner) => Ok(Self::Set(Box::new(Self::from_json(inner)?))),
            ("map", inner) => Ok(Self::Map(Box::new(Self::from_json(inner)?))),
            ("object", Value::Object(members)) => members
                .iter()
                .map(|(name, inner)| Ok((name.clone(), Self::from_json(inner)?)))
                .collect::<Result<_, String>>()
                .map(Self::Object),
            _ => Err(format!("`{kind}` is not a compound type")),
        }
    }
}

impl<'de> Deserialize<'de> for Type {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_json(&Value::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String => f.write_str("string"),
            Self::Number => f.write_str("number"),
            Self::Bool => f.write_str("bool"),
            Self::Dynamic => f.write_str("any type"),
            Self::List(inner) => write!(f, "list of {inner}"),
            Self::Set(inner) => write!(f, "set of {inner}"),
            Self::Map(inner) => write!(f, "map of {inner}"),
            Self::Object(_) => f.write_str("object"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn types_are_read_from_their_json_form() {
        let parse = |text: &str| serde_json::from_str::<Type>(text);
        assert_eq!(parse(r#""bool""#).unwrap(), Type::Bool);
        assert_eq!(
            parse(r#"["set",["object",{"a":"string"}]]"#)
                .unwrap()
                .to_string(),
            "set of object"
        );
        assert!(parse(r#""unknown""#).is_err());
        assert!(parse(r#"["tuple",["string"]]"#).is_err());
    }
}
