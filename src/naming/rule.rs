//! What a lawful name is, and how one is made from parts.

use sha2::{Digest, Sha256};

use crate::primitive::CellSet;

/// How far a name must be unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Over everything that this mesh makes on the target, since others compete for it too.
    World,
    /// Within one account, subscription or project.
    Account,
    /// Within one cell.
    Cell,
}

/// The rule for one sort of name on one cloud.
#[derive(Debug)]
pub struct NameRule {
    /// What is named, with an article: `an S3 bucket`.
    pub what: &'static str,
    /// Shortest length.
    pub least: usize,
    /// Longest length.
    pub most: usize,
    /// What stands between parts; nothing where the cloud allows only letters and digits.
    pub separator: Option<char>,
    /// Whether letters are upper case.
    pub upper: bool,
    /// How far it must be unique.
    pub scope: Scope,
    /// Where the cloud says so.
    pub source: &'static str,
}

/// Characters of the hash that a shortened name ends with: 32 bits are plenty within one scope,
/// and a clash is an error anyway.
const HASH: usize = 8;

impl NameRule {
    /// Joins parts; a name that is too long keeps its start and ends with a hash of all of it.
    pub fn derive(&self, parts: &[String]) -> String {
        let separator = self.separator.map(String::from).unwrap_or_default();
        let joined = parts
            .iter()
            .map(|part| self.spell(part))
            .collect::<Vec<_>>()
            .join(&separator);
        // A blueprint's name may end with a hyphen, a cloud's may not.
        let joined = joined.trim_end_matches(|c| Some(c) == self.separator);
        if joined.chars().count() <= self.most {
            return joined.to_owned();
        }
        let digest = Sha256::digest(parts.join("\u{1f}").as_bytes());
        let hash: String = digest
            .iter()
            .take(HASH / 2)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let hash = if self.upper {
            hash.to_uppercase()
        } else {
            hash
        };
        let keep = self.most.saturating_sub(HASH + separator.len());
        let head: String = joined.chars().take(keep).collect();
        let head = head.trim_end_matches(|c| Some(c) == self.separator);
        format!("{head}{separator}{hash}")
    }

    /// A part in the characters that the cloud allows.
    fn spell(&self, part: &str) -> String {
        let mut text = String::with_capacity(part.len());
        for c in part.chars() {
            match (c, self.separator) {
                ('a'..='z' | 'A'..='Z' | '0'..='9', _) if self.upper => {
                    text.push(c.to_ascii_uppercase());
                }
                ('a'..='z' | 'A'..='Z' | '0'..='9', _) => text.push(c.to_ascii_lowercase()),
                (_, Some(separator)) => text.push(separator),
                (_, None) => {}
            }
        }
        text
    }

    /// Whether a name, which may come from a lock that somebody edited, is lawful.
    pub fn check(&self, name: &str) -> Result<(), String> {
        let length = name.chars().count();
        if length < self.least || length > self.most {
            return Err(format!(
                "it has {length} characters, {} to {} are allowed ({})",
                self.least, self.most, self.source
            ));
        }
        let letter = |c: char| {
            if self.upper {
                c.is_ascii_uppercase()
            } else {
                c.is_ascii_lowercase()
            }
        };
        if let Some(odd) = name
            .chars()
            .find(|c| !letter(*c) && !c.is_ascii_digit() && Some(*c) != self.separator)
        {
            return Err(format!(
                "`{}` is not allowed ({})",
                odd.escape_debug(),
                self.source
            ));
        }
        if !name.starts_with(letter) || name.ends_with(|c| Some(c) == self.separator) {
            return Err(format!(
                "it starts with a letter and ends with a letter or digit ({})",
                self.source
            ));
        }
        Ok(())
    }

    /// What the name must be unique within.
    pub(super) fn scope_of(&self, cell: &CellSet) -> String {
        let target = cell.target();
        let account = ["account", "subscription", "project"]
            .iter()
            .find_map(|key| cell.settings.text(key))
            .unwrap_or_default();
        match self.scope {
            Scope::World => format!("{target} {}", self.what),
            Scope::Account => format!("{target} {account} {}", self.what),
            Scope::Cell => format!("{} {}", cell.id, self.what),
        }
    }

    /// The form in which two names are the same.
    pub(super) fn folded(name: &str) -> String {
        name.to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: NameRule = NameRule {
        what: "a bucket",
        least: 3,
        most: 20,
        separator: Some('-'),
        upper: false,
        scope: Scope::World,
        source: "test",
    };

    fn parts(parts: &[&str]) -> Vec<String> {
        parts.iter().map(|part| (*part).to_owned()).collect()
    }

    #[test]
    fn a_hyphen_at_the_end_of_a_name_does_not_reach_the_cloud() {
        let name = RULE.derive(&parts(&["acme", "dev", "list-"]));
        assert_eq!(name, "acme-dev-list");
        assert_eq!(RULE.check(&name), Ok(()));
        // Two names that become one are a collision, which is reported where names are given.
        assert_eq!(name, RULE.derive(&parts(&["acme", "dev", "list"])));
    }

    #[test]
    fn long_names_are_shortened_the_same_way_every_time_and_stay_lawful() {
        let long = RULE.derive(&parts(&["acme", "dev", "sales", "orders", "curated"]));
        assert_eq!(long.len(), 20);
        assert_eq!(
            long,
            RULE.derive(&parts(&["acme", "dev", "sales", "orders", "curated"]))
        );
        assert_ne!(
            long,
            RULE.derive(&parts(&["acme", "dev", "sales", "orders", "curate"]))
        );
        assert_eq!(RULE.check(&long), Ok(()));
    }

    #[test]
    fn names_that_share_their_start_stay_apart() {
        let names: std::collections::BTreeSet<String> = (0..1000)
            .map(|n| {
                RULE.derive(&parts(&[
                    "acme",
                    "dev",
                    "a-very-long-domain",
                    &format!("p{n}"),
                ]))
            })
            .collect();
        assert_eq!(names.len(), 1000);
    }

    #[test]
    fn unlawful_names_are_found() {
        for bad in ["ab", "1ab", "a_b", "Abc", "abc-", &"a".repeat(21)] {
            assert!(RULE.check(bad).is_err(), "{bad}");
        }
    }
}
