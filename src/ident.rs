//! Names as a blueprint may use them, before any cloud has a say.

use std::fmt;
use std::sync::Arc;

/// The longest name that a blueprint may give; clouds shorten further, deterministically.
pub const MAX_NAME: usize = 63;

/// A name of a domain, product, zone, port, environment or group: `[a-z][a-z0-9-]*`, at most
/// [`MAX_NAME`] characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

impl Name {
    /// Checks a text; the error says what is wrong with it, in plain words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut chars = text.chars();
        match chars.next() {
            None => return Err("a name cannot be empty".to_owned()),
            Some('a'..='z') => {}
            Some(_) => return Err("a name starts with a lower-case letter".to_owned()),
        }
        if let Some(odd) = chars.find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-')) {
            return Err(format!(
                "a name has only lower-case letters, digits and `-`, not `{}`",
                odd.escape_debug()
            ));
        }
        if text.len() > MAX_NAME {
            return Err(format!(
                "a name has at most {MAX_NAME} characters, this has {}",
                text.len()
            ));
        }
        Ok(Self(text.into()))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_case_and_start_with_a_letter() {
        for good in ["a", "sales", "call-records", "a1-"] {
            assert!(Name::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "1a",
            "Sales",
            "a_b",
            "a.b",
            "ä",
            "a b",
            "a\n",
            &"a".repeat(64),
        ] {
            assert!(Name::parse(bad).is_err(), "{bad}");
        }
    }
}
