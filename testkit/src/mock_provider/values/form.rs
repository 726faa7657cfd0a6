//! The forms that text may be asked to have: ARNs, JSON, policies, times, URLs.
//!
//! In: a rule and a text. Out: a complaint, or nothing.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::table::Rule;

pub(super) fn complaint(rule: &Rule, text: &str) -> Option<String> {
    let fits = match rule {
        Rule::OneOf(allowed) => {
            return (!allowed.iter().any(|allowed| allowed == text))
                .then(|| format!("`{text}` is not one of {}", allowed.join(", ")));
        }
        Rule::Length(least, most) => {
            let length = text.len();
            return (length < *least || length > *most)
                .then(|| format!("{length} characters are not in the range {least} to {most}"));
        }
        Rule::Pattern(pattern) => {
            return (!pattern.0.is_match(text))
                .then(|| format!("`{text}` does not match {}", pattern.0));
        }
        Rule::NotPattern(pattern) => {
            return pattern
                .0
                .is_match(text)
                .then(|| format!("`{text}` may not match {}", pattern.0));
        }
        Rule::NotEmpty => !text.is_empty(),
        Rule::Arn { empty } => (text.is_empty() && *empty) || is_arn(text),
        Rule::Json { empty } => (text.is_empty() && *empty) || is_json(text),
        Rule::IamPolicy => return policy_complaint(text),
        Rule::Timestamp => is_timestamp(text),
        Rule::Url(schemes) => is_url(text, schemes),
        _ => true,
    };
    (!fits).then(|| format!("`{}` has not the form that is asked for", shortened(text)))
}

fn shortened(text: &str) -> String {
    if text.chars().count() > 60 {
        text.chars().take(60).chain("…".chars()).collect()
    } else {
        text.to_owned()
    }
}

/// `arn:partition:service:region:account:resource` with the checks of the AWS provider's
/// `verify.ValidARN`: a known partition form, a region form, twelve digits or `aws` as account.
fn is_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [prefix, partition, service, region, account, resource] = parts.as_slice() else {
        return false;
    };
    let region_ok = region.is_empty() || is_region(region);
    let account_ok = account.is_empty() || is_account(account);
    *prefix == "arn"
        && is_partition(partition)
        && !service.is_empty()
        && region_ok
        && account_ok
        && !resource.is_empty()
}

/// `^aws(-[a-z]+)*$` (verify, partitionRegexpPattern).
fn is_partition(text: &str) -> bool {
    let mut words = text.split('-');
    words.next() == Some("aws")
        && words.all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// `^[a-z]{2}(-[a-z]+)+-\d{1,2}$` (verify, regionRegexpPattern).
fn is_region(text: &str) -> bool {
    let words: Vec<&str> = text.split('-').collect();
    let [first, middle @ .., last] = words.as_slice() else {
        return false;
    };
    first.len() == 2
        && first.bytes().all(|byte| byte.is_ascii_lowercase())
        && !middle.is_empty()
        && middle
            .iter()
            .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        && (1..=2).contains(&last.len())
        && last.bytes().all(|byte| byte.is_ascii_digit())
}

/// `^(aws|aws-managed|third-party|aws-marketplace|\d{12}|cw.{10})$` (verify,
/// accountIDRegexpPattern).
fn is_account(text: &str) -> bool {
    matches!(
        text,
        "aws" | "aws-managed" | "third-party" | "aws-marketplace"
    ) || (text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()))
        || (text.starts_with("cw") && text.chars().count() == 12)
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// An object, in JSON, whose members are not repeated at any depth: the AWS provider's
/// `verify.ValidIAMPolicyJSON` refuses text that is empty, starts with white space or is no
/// object, is no JSON, or repeats a key.
fn policy_complaint(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some("an empty text is not a policy".to_owned());
    }
    if !text.starts_with('{') {
        return Some("a policy is a JSON object and starts with `{`".to_owned());
    }
    match serde_json::from_str::<Unique>(text) {
        Ok(_) => None,
        Err(error) => Some(format!("not a policy: {error}")),
    }
}

/// JSON without repeated keys.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Walk;
        impl<'de> Visitor<'de> for Walk {
            type Value = Unique;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }
            fn visit_bool<E>(self, _: bool) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_str<E>(self, _: &str) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_unit<E>(self) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Unique, A::Error> {
                while items.next_element::<Unique>()?.is_some() {}
                Ok(Unique)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Unique, A::Error> {
                let mut seen = BTreeSet::new();
                while let Some(key) = members.next_key::<String>()? {
                    members.next_value::<Unique>()?;
                    if !seen.insert(key.clone()) {
                        return Err(serde::de::Error::custom(format!(
                            "the key `{key}` is repeated"
                        )));
                    }
                }
                Ok(Unique)
            }
        }
        deserializer.deserialize_any(Walk)
    }
}

/// RFC 3339: `2026-01-31T00:00:00Z`, with an optional fraction and `Z` or an offset.
fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shape = "0000-00-00T00:00:00";
    if bytes.len() <= shape.len() {
        return false;
    }
    let (start, rest) = bytes.split_at(shape.len());
    let shaped = start
        .iter()
        .zip(shape.bytes())
        .all(|(byte, wanted)| match wanted {
            b'0' => byte.is_ascii_digit(),
            wanted => *byte == wanted,
        });
    let number = |from: usize| {
        text.get(from..from + 2)
            .and_then(|digits| digits.parse::<u32>().ok())
            .unwrap_or(99)
    };
    let in_range = (1..=12).contains(&number(5))
        && (1..=31).contains(&number(8))
        && number(11) < 24
        && number(14) < 60
        && number(17) < 60;
    let rest = match rest.split_first() {
        Some((b'.', fraction)) => {
            let digits = fraction
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            if digits == 0 {
                return false;
            }
            &fraction[digits..]
        }
        _ => rest,
    };
    let zone = match rest {
        [b'Z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => {
            [h1, h2, m1, m2].iter().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    };
    shaped && in_range && zone
}

fn is_url(text: &str, schemes: &[String]) -> bool {
    schemes.iter().any(|scheme| {
        text.strip_prefix(scheme.as_str())
            .and_then(|rest| rest.strip_prefix("://"))
            .and_then(|rest| rest.split(['/', '?', '#']).next())
            .is_some_and(|host| !host.is_empty() && !host.contains(char::is_whitespace))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_have_six_parts_with_their_own_forms() {
        for right in [
            "arn:aws:s3:::bucket",
            "arn:aws:iam::444455556666:role/x",
            "arn:aws-us-gov:kms:us-gov-west-1:444455556666:key/1:2",
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
        ] {
            assert!(is_arn(right), "{right}");
        }
        for wrong in [
            "",
            "arn:aws:s3",
            "arn:aws:s3:::",
            "arn:aws::::x",
            "arn:gcp:s3:::b",
            "arn:aws:iam::12:role/x",
            "arn:aws:kms:europe:444455556666:key/1",
            "not-an-arn",
        ] {
            assert!(!is_arn(wrong), "{wrong}");
        }
    }

    #[test]
    fn policies_are_objects_without_repeated_keys() {
        assert_eq!(policy_complaint(r#"{"Statement":[{"a":1},{"a":2}]}"#), None);
        for wrong in ["", "[]", " {}", "{not json", r#"{"a":{"b":1,"b":2}}"#] {
            assert!(policy_complaint(wrong).is_some(), "{wrong}");
        }
    }

    #[test]
    fn timestamps_are_rfc_3339() {
        for right in ["2026-01-31T00:00:00Z", "2026-01-31T00:00:00.5+02:00"] {
            assert!(is_timestamp(right), "{right}");
        }
        for wrong in [
            "",
            "2026-01-31",
            "2026-13-31T00:00:00Z",
            "2026-01-31T00:00:00",
            "2026-01-31T00:00:00.Z",
        ] {
            assert!(!is_timestamp(wrong), "{wrong}");
        }
    }

    #[test]
    fn urls_need_a_scheme_and_a_host() {
        let https = ["https".to_owned()];
        assert!(is_url("https://a.example/b", &https));
        assert!(!is_url("http://a.example", &https));
        assert!(!is_url("https://", &https));
        assert!(!is_url("a.example", &https));
    }
}
