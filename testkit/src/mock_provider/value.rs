//! Terraform values, between msgpack (the protocol), JSON (states, the world) and a tree.
//!
//! In and out: the protocol's `DynamicValue`. A value here has no type of its own; the
//! schema says what it means. Only msgpack can say "unknown".

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use rmpv::Value as Msgpack;
use serde_json::Value as Json;

use super::protocol::tfplugin6::DynamicValue;

/// A value as Terraform sends it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    /// Known only after apply.
    Unknown,
    Bool(bool),
    Number(Number),
    String(String),
    /// A list, a set (in Terraform's own order) or a tuple.
    List(Vec<Value>),
    /// A map or an object.
    Map(BTreeMap<String, Value>),
}

/// A number, kept as it came so that it goes back unchanged.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Number {
    Integer(i64),
    Float(f64),
}

impl Number {
    pub(super) fn as_f64(&self) -> f64 {
        match self {
            #[allow(
                clippy::cast_precision_loss,
                reason = "compared with bounds far below 2^53"
            )]
            Self::Integer(number) => *number as f64,
            Self::Float(number) => *number,
        }
    }
}

impl Value {
    pub(super) fn decode(value: Option<&DynamicValue>) -> Result<Self> {
        let Some(value) = value else {
            return Ok(Self::Null);
        };
        if !value.msgpack.is_empty() {
            let mut bytes = value.msgpack.as_slice();
            let tree = rmpv::decode::read_value(&mut bytes).context("a value is not msgpack")?;
            return Self::from_msgpack(tree);
        }
        if !value.json.is_empty() {
            return Ok(Self::from_json(&serde_json::from_slice(&value.json)?));
        }
        Ok(Self::Null)
    }

    pub(super) fn encode(&self) -> Result<DynamicValue> {
        let mut bytes = Vec::new();
        rmpv::encode::write_value(&mut bytes, &self.to_msgpack())
            .context("a value does not encode")?;
        Ok(DynamicValue {
            msgpack: bytes,
            json: Vec::new(),
        })
    }

    fn from_msgpack(tree: Msgpack) -> Result<Self> {
        Ok(match tree {
            Msgpack::Nil => Self::Null,
            Msgpack::Boolean(value) => Self::Bool(value),
            Msgpack::Integer(number) => match number.as_i64() {
                Some(number) => Self::Number(Number::Integer(number)),
                None => Self::Number(Number::Float(number.as_f64().unwrap_or_default())),
            },
            Msgpack::F32(number) => Self::Number(Number::Float(f64::from(number))),
            Msgpack::F64(number) => Self::Number(Number::Float(number)),
            Msgpack::String(text) => match text.into_str() {
                Some(text) => Self::String(text),
                None => bail!("a string is not UTF-8"),
            },
            Msgpack::Array(items) => Self::List(
                items
                    .into_iter()
                    .map(Self::from_msgpack)
                    .collect::<Result<_>>()?,
            ),
            Msgpack::Map(members) => Self::Map(
                members
                    .into_iter()
                    .map(|(key, value)| {
                        let key = key.as_str().context("a map key is not text")?.to_owned();
                        Ok((key, Self::from_msgpack(value)?))
                    })
                    .collect::<Result<_>>()?,
            ),
            // Type 0 is an unknown value, type 12 one with refinements (go-cty, docs of
            // the msgpack package). What is known about it does not matter here.
            Msgpack::Ext(0 | 12, _) => Self::Unknown,
            Msgpack::Ext(kind, _) => bail!("msgpack extension {kind} is not a Terraform value"),
            Msgpack::Binary(_) => bail!("binary is not a Terraform value"),
        })
    }

    fn to_msgpack(&self) -> Msgpack {
        match self {
            Self::Null => Msgpack::Nil,
            Self::Unknown => Msgpack::Ext(0, vec![0]),
            Self::Bool(value) => Msgpack::Boolean(*value),
            Self::Number(Number::Integer(number)) => Msgpack::from(*number),
            Self::Number(Number::Float(number)) => Msgpack::F64(*number),
            Self::String(text) => Msgpack::from(text.as_str()),
            Self::List(items) => Msgpack::Array(items.iter().map(Self::to_msgpack).collect()),
            Self::Map(members) => Msgpack::Map(
                members
                    .iter()
                    .map(|(key, value)| (Msgpack::from(key.as_str()), value.to_msgpack()))
                    .collect(),
            ),
        }
    }

    pub(super) fn from_json(tree: &Json) -> Self {
        match tree {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => match number.as_i64() {
                Some(number) => Self::Number(Number::Integer(number)),
                None => Self::Number(Number::Float(number.as_f64().unwrap_or_default())),
            },
            Json::String(text) => Self::String(text.clone()),
            Json::Array(items) => Self::List(items.iter().map(Self::from_json).collect()),
            Json::Object(members) => Self::Map(
                members
                    .iter()
                    .map(|(key, value)| (key.clone(), Self::from_json(value)))
                    .collect(),
            ),
        }
    }

    /// JSON has no unknowns: they become null, so only whole values should be stored.
    pub(super) fn to_json(&self) -> Json {
        match self {
            Self::Null | Self::Unknown => Json::Null,
            Self::Bool(value) => Json::Bool(*value),
            Self::Number(Number::Integer(number)) => Json::from(*number),
            Self::Number(Number::Float(number)) => Json::from(*number),
            Self::String(text) => Json::String(text.clone()),
            Self::List(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Self::Map(members) => Json::Object(
                members
                    .iter()
                    .map(|(key, value)| (key.clone(), value.to_json()))
                    .collect(),
            ),
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn member(&self, name: &str) -> &Value {
        const NULL: &Value = &Value::Null;
        match self {
            Self::Map(members) => members.get(name).unwrap_or(NULL),
            _ => NULL,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn values_survive_msgpack_and_unknowns_are_kept() {
        let value = Value::Map(BTreeMap::from([
            ("a".to_owned(), Value::Unknown),
            ("b".to_owned(), Value::Number(Number::Integer(-7))),
            (
                "c".to_owned(),
                Value::List(vec![Value::String("ü".to_owned()), Value::Null]),
            ),
            ("d".to_owned(), Value::Number(Number::Float(0.5))),
            ("e".to_owned(), Value::Bool(true)),
        ]));
        let bytes = value.encode().unwrap();
        assert_eq!(Value::decode(Some(&bytes)).unwrap(), value);
    }

    #[test]
    fn a_refined_unknown_is_an_unknown() {
        let mut bytes = Vec::new();
        rmpv::encode::write_value(&mut bytes, &Msgpack::Ext(12, vec![0x81, 1, 0xc2])).unwrap();
        let value = DynamicValue {
            msgpack: bytes,
            json: Vec::new(),
        };
        assert_eq!(Value::decode(Some(&value)).unwrap(), Value::Unknown);
    }

    #[test]
    fn json_is_read_as_the_same_value() {
        let json = serde_json::json!({"n": 3, "f": 1.5, "l": [true, null], "s": "x"});
        assert_eq!(Value::from_json(&json).to_json(), json);
    }
}
