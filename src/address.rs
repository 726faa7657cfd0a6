//! The one address grammar, used by the CLI, diffs, findings, provenance and exemptions.
//!
//! `[env:]domain[.sub]/product[@major][:zone-or-port][#column][@@target]`; `env:domain` and `env:`
//! address a domain and the mesh in one environment.

use std::fmt;

use crate::cell::{DomainName, TargetId};
use crate::ident::Name;

/// The stable name of a thing in the mesh. A missing part means "every one" or "the only one".
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// Environment; `None` means every one.
    pub env: Option<Name>,
    /// Domain; `None` addresses the mesh.
    pub domain: Option<DomainName>,
    /// Product; `None` addresses the domain.
    pub product: Option<Name>,
    /// Major version; `None` means the only one.
    pub major: Option<u64>,
    /// Zone or port of the product.
    pub port: Option<Name>,
    /// Column, in the source's spelling.
    pub column: Option<String>,
    /// Target, where a product lies on several clouds.
    pub target: Option<TargetId>,
}

impl Address {
    /// The address of a whole domain.
    pub fn domain(domain: &DomainName) -> Self {
        Self {
            domain: Some(domain.clone()),
            ..Self::default()
        }
    }

    /// The address of a product.
    pub fn product(domain: &DomainName, product: &Name) -> Self {
        Self {
            product: Some(product.clone()),
            ..Self::domain(domain)
        }
    }

    /// The same thing in one environment.
    #[must_use]
    pub fn in_env(mut self, env: &Name) -> Self {
        self.env = Some(env.clone());
        self
    }

    /// One zone or port of it.
    #[must_use]
    pub fn with_port(mut self, port: &Name) -> Self {
        self.port = Some(port.clone());
        self
    }

    /// One column of it.
    #[must_use]
    pub fn with_column(mut self, column: &str) -> Self {
        self.column = Some(column.to_owned());
        self
    }

    /// The same thing on one target.
    #[must_use]
    pub fn on(mut self, target: TargetId) -> Self {
        self.target = Some(target);
        self
    }

    /// Reads an address; the error says which part is wrong and why.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut address = Self::default();
        let (rest, target) = split_target(text)?;
        address.target = target;
        let (rest, column) = split_column(rest)?;
        address.column = column;
        let rest = match rest.split_once(':') {
            Some((env, rest)) if !env.contains('/') => {
                address.env = Some(Name::parse(env).map_err(|why| format!("environment: {why}"))?);
                rest
            }
            _ => rest,
        };
        let (domain, product) = match rest.split_once('/') {
            Some((domain, product)) => (domain, Some(product)),
            None => (rest, None),
        };
        if !domain.is_empty() {
            let name = DomainName::parse(domain).map_err(|why| format!("domain: {why}"))?;
            address.domain = Some(name);
        } else if address.env.is_none() || product.is_some() {
            return Err("a domain is missing".to_owned());
        }
        if let Some(product) = product {
            address.read_product(product)?;
        } else if address.column.is_some() {
            return Err("a column needs a product before it".to_owned());
        }
        Ok(address)
    }

    fn read_product(&mut self, text: &str) -> Result<(), String> {
        let (rest, port) = match text.split_once(':') {
            Some((rest, port)) => (rest, Some(port)),
            None => (text, None),
        };
        let (name, major) = match rest.split_once('@') {
            Some((name, major)) => (name, Some(major)),
            None => (rest, None),
        };
        self.product = Some(Name::parse(name).map_err(|why| format!("product: {why}"))?);
        self.major = major.map(read_major).transpose()?;
        self.port = port
            .map(|port| Name::parse(port).map_err(|why| format!("zone or port: {why}")))
            .transpose()?;
        Ok(())
    }

    /// Whether `other` is the same thing as this address or lies inside it; parts that this
    /// address leaves open match anything.
    pub fn covers(&self, other: &Self) -> bool {
        fn open<T: PartialEq>(own: Option<&T>, other: Option<&T>) -> bool {
            own.is_none() || own == other
        }
        open(self.env.as_ref(), other.env.as_ref())
            && open(self.domain.as_ref(), other.domain.as_ref())
            && open(self.product.as_ref(), other.product.as_ref())
            && (self.major.is_none() || other.major.is_none() || self.major == other.major)
            && open(self.port.as_ref(), other.port.as_ref())
            && open(self.column.as_ref(), other.column.as_ref())
            && open(self.target.as_ref(), other.target.as_ref())
    }
}

fn read_major(text: &str) -> Result<u64, String> {
    let canonical = text == "0" || !text.starts_with('0');
    match text.parse() {
        Ok(major) if canonical && text.bytes().all(|b| b.is_ascii_digit()) => Ok(major),
        _ => Err(format!(
            "version: `{}` is not a major version number",
            text.escape_debug()
        )),
    }
}

fn split_target(text: &str) -> Result<(&str, Option<TargetId>), String> {
    // A quoted column may hold `@@`, so only what follows its closing quote counts.
    let from = text.rfind('"').unwrap_or(0);
    match text.get(from..).and_then(|tail| tail.find("@@")) {
        None => Ok((text, None)),
        Some(at) => {
            let (rest, target) = text.split_at(from + at);
            let target = target.trim_start_matches("@@");
            let id = TargetId::parse(target)
                .ok_or_else(|| format!("target: `{}` is not a target", target.escape_debug()))?;
            Ok((rest, Some(id)))
        }
    }
}

fn split_column(text: &str) -> Result<(&str, Option<String>), String> {
    let Some((rest, column)) = text.split_once('#') else {
        return Ok((text, None));
    };
    if let Some(quoted) = column.strip_prefix('"') {
        let inner = quoted
            .strip_suffix('"')
            .ok_or("column: the closing quote is missing")?;
        let name = inner.replace("\"\"", "\"");
        if inner.replace("\"\"", "").contains('"') {
            return Err("column: a quote inside a quoted column is written twice".to_owned());
        }
        return if name.is_empty() {
            Err("column: it is empty".to_owned())
        } else {
            Ok((rest, Some(name)))
        };
    }
    if column.is_empty() || !column.bytes().all(is_plain_column_byte) {
        return Err("column: one outside [A-Za-z0-9_] is written #\"…\"".to_owned());
    }
    Ok((rest, Some(column.to_owned())))
}

fn is_plain_column_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(env) = &self.env {
            write!(f, "{env}:")?;
        }
        if let Some(domain) = &self.domain {
            write!(f, "{domain}")?;
        }
        if let Some(product) = &self.product {
            write!(f, "/{product}")?;
        }
        if let Some(major) = self.major {
            write!(f, "@{major}")?;
        }
        if let Some(port) = &self.port {
            write!(f, ":{port}")?;
        }
        match &self.column {
            Some(column) if column.bytes().all(is_plain_column_byte) => write!(f, "#{column}")?,
            Some(column) => write!(f, "#\"{}\"", column.replace('"', "\"\""))?,
            None => {}
        }
        if let Some(target) = self.target {
            write!(f, "@@{target}")?;
        }
        Ok(())
    }
}

impl serde::Serialize for Address {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;

    #[test]
    fn every_written_address_comes_back() {
        for text in [
            "prod:sales/orders@1:curated#email",
            "sales/orders",
            "customer-support.call-records/calls:raw@@aws",
            "prod:sales",
            "prod:",
            "sales",
            "sales/orders#\"größe cm\"@@snowflake",
            "sales/orders#\"a\"\"b@@aws\"",
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn malformed_addresses_are_refused() {
        for text in [
            "",
            "/orders",
            "Sales/orders",
            "sales/",
            "sales/orders@",
            "sales/orders@01",
            "sales/orders@x",
            "sales/orders:",
            "sales/orders#",
            "sales/orders#a b",
            "sales/orders#\"a",
            "sales/orders#\"a\"b\"",
            "sales/orders@@mars",
            "a.b.c/d",
            "sales#x",
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_open_part_covers_every_value() {
        let whole = Address::parse("sales/orders").unwrap();
        let part = Address::parse("prod:sales/orders@1:raw").unwrap();
        assert!(whole.covers(&part));
        assert!(!part.covers(&whole));
    }
}
