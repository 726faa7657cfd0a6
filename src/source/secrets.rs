//! Text that looks like a secret: a blueprint is committed and read by many, so no secret may stand
//! in it, and no message may repeat one.
//!
//! In: any text. Out: the byte ranges that look like a secret, with what each looks like. The forms
//! are those that their makers document as recognisable; a mere random string (a hash, an id, a
//! digest) is none. Nothing here knows where the text came from.

use std::ops::Range;

/// A range of a text that looks like a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Where, in bytes.
    pub range: Range<usize>,
    /// What it looks like, with its article.
    pub what: &'static str,
}

/// A prefix that only secrets have, and what has to follow it.
struct Prefix {
    start: &'static str,
    /// How many characters follow at least.
    least: usize,
    /// How many at most; longer runs are something else.
    most: usize,
    of: fn(u8) -> bool,
    what: &'static str,
}

const fn prefix(
    start: &'static str,
    least: usize,
    most: usize,
    of: fn(u8) -> bool,
    what: &'static str,
) -> Prefix {
    Prefix {
        start,
        least,
        most,
        of,
        what,
    }
}

const AWS_ID: &str = "an AWS access key id";
const GITHUB: &str = "a GitHub token";
const GITLAB: &str = "a GitLab token";
const SLACK: &str = "a Slack token";

/// IAM user guide, "unique identifiers": AKIA and ASIA are access keys. docs.github.com, "about
/// authentication": token formats. docs.gitlab.com, "token overview". api.slack.com, "token types".
const PREFIXES: &[Prefix] = &[
    prefix("AKIA", 16, 16, is_upper_digit, AWS_ID),
    prefix("ASIA", 16, 16, is_upper_digit, AWS_ID),
    prefix("ghp_", 36, 255, is_alphanumeric, GITHUB),
    prefix("gho_", 36, 255, is_alphanumeric, GITHUB),
    prefix("ghu_", 36, 255, is_alphanumeric, GITHUB),
    prefix("ghs_", 36, 255, is_alphanumeric, GITHUB),
    prefix("ghr_", 36, 255, is_alphanumeric, GITHUB),
    prefix("github_pat_", 22, 255, is_word, GITHUB),
    prefix("glpat-", 20, 255, is_dashed, GITLAB),
    prefix("gldt-", 20, 255, is_dashed, GITLAB),
    prefix("glrt-", 20, 255, is_dashed, GITLAB),
    prefix("glcbt-", 20, 255, is_dashed, GITLAB),
    prefix("xoxb-", 20, 255, is_dashed, SLACK),
    prefix("xoxp-", 20, 255, is_dashed, SLACK),
    prefix("xoxa-", 20, 255, is_dashed, SLACK),
    prefix("xoxr-", 20, 255, is_dashed, SLACK),
    prefix("xoxs-", 20, 255, is_dashed, SLACK),
    prefix("xapp-", 20, 255, is_dashed, SLACK),
    prefix("AIza", 35, 35, is_dashed, "a Google API key"),
];

/// Words before `=` (or `:` in JSON's way) whose value is a secret, with the least length of it.
const ASSIGNED: &[(&str, usize, &str)] = &[
    // learn.microsoft.com, "configure Azure Storage connection strings", "Service Bus: SAS".
    ("accountkey", 40, "an Azure storage account's key"),
    ("sharedaccesskey", 20, "an Azure shared access key"),
    ("sig", 20, "the signature of an Azure shared access token"),
    ("aws_secret_access_key", 20, "an AWS secret access key"),
    ("secretaccesskey", 20, "an AWS secret access key"),
    ("private_key_passphrase", 1, "a passphrase"),
    ("client_secret", 8, "a client secret"),
    ("password", 1, "a password"),
    ("passwd", 1, "a password"),
    ("pwd", 1, "a password"),
];

fn is_upper_digit(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn is_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_dashed(byte: u8) -> bool {
    is_word(byte) || byte == b'-'
}

/// Every range that looks like a secret, in order and without overlaps.
pub fn find(text: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    private_keys(text, &mut found);
    for one in PREFIXES {
        prefixed(text, one, &mut found);
    }
    assigned(text, &mut found);
    web_tokens(text, &mut found);
    urls(text, &mut found);
    aws_secret_keys(text, &mut found);
    found.sort_by_key(|secret| (secret.range.start, std::cmp::Reverse(secret.range.end)));
    let mut kept: Vec<Secret> = Vec::with_capacity(found.len());
    for secret in found {
        if kept
            .last()
            .is_none_or(|last| last.range.end <= secret.range.start)
        {
            kept.push(secret);
        }
    }
    kept
}

/// The text with every secret covered by stars, as long as it was; `None` if there is none.
pub fn covered(text: &str) -> Option<String> {
    let found = find(text);
    if found.is_empty() {
        return None;
    }
    let mut covered = String::with_capacity(text.len());
    let mut at = 0;
    for secret in found {
        covered.push_str(&text[at..secret.range.start]);
        cover(&text[secret.range.clone()], &mut covered);
        at = secret.range.end;
    }
    covered.push_str(&text[at..]);
    Some(covered)
}

/// Stars for every byte but line breaks, so that places after it stay where they are.
pub fn cover(text: &str, out: &mut String) {
    out.extend(
        text.bytes()
            .map(|byte| if byte == b'\n' { '\n' } else { '*' }),
    );
}

/// How many bytes of a class follow.
fn run(text: &str, from: usize, of: impl Fn(u8) -> bool) -> usize {
    text.as_bytes()[from..]
        .iter()
        .take_while(|byte| of(**byte))
        .count()
}

/// Whether no word goes on just before a place.
fn starts_word(text: &str, at: usize) -> bool {
    text.as_bytes()[..at]
        .last()
        .is_none_or(|byte| !is_word(*byte))
}

/// RFC 7468: the label of the first line says what follows.
fn private_keys(text: &str, found: &mut Vec<Secret>) {
    let mut from = 0;
    while let Some(start) = text[from..].find("-----BEGIN ").map(|at| from + at) {
        from = start + 11;
        let label = text[from..].split("-----").next().unwrap_or_default();
        if label.len() > 40 || !label.ends_with("PRIVATE KEY") {
            continue;
        }
        let end = text[from..].find("-----END ").map_or(text.len(), |at| {
            let line = from + at;
            text[line + 9..]
                .find("-----")
                .map_or(text.len(), |dashes| line + 9 + dashes + 5)
        });
        found.push(Secret {
            range: start..end,
            what: "a private key",
        });
        from = end;
    }
}

fn prefixed(text: &str, prefix: &Prefix, found: &mut Vec<Secret>) {
    for (start, _) in text.match_indices(prefix.start) {
        let from = start + prefix.start.len();
        let length = run(text, from, prefix.of);
        let whole = text
            .as_bytes()
            .get(from + length)
            .is_none_or(|byte| !is_word(*byte));
        if (prefix.least..=prefix.most).contains(&length) && whole && starts_word(text, start) {
            found.push(Secret {
                range: start..from + length,
                what: prefix.what,
            });
        }
    }
}

fn assigned(text: &str, found: &mut Vec<Secret>) {
    for (equals, _) in text.match_indices('=') {
        let before = text[..equals].trim_end_matches([' ', '"', '\'']);
        let word_length = before
            .bytes()
            .rev()
            .take_while(|byte| is_word(*byte))
            .count();
        let word = &before[before.len() - word_length..];
        let Some((_, least, what)) = ASSIGNED
            .iter()
            .find(|(name, ..)| name.eq_ignore_ascii_case(word))
        else {
            continue;
        };
        let after = &text[equals + 1..];
        let value = after.trim_start_matches([' ', '"', '\'', '\\']);
        let start = equals + 1 + (after.len() - value.len());
        let length = run(text, start, |byte| {
            !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b';' | b'&' | b',' | b'}')
        });
        let value = &text[start..start + length];
        // `<password>`, `***`, `$PASSWORD` and `{{ password }}` stand for one.
        let stands_for_one =
            value.starts_with(['<', '*', '$', '{', '…', '=']) || value.starts_with("...");
        if length >= *least && !stands_for_one {
            found.push(Secret {
                range: start..start + length,
                what,
            });
        }
    }
}

/// RFC 7519: three parts, the first two JSON objects, which begin with `eyJ` in base64url.
fn web_tokens(text: &str, found: &mut Vec<Secret>) {
    let mut done = 0;
    for (start, _) in text.match_indices("eyJ") {
        if start < done || !starts_word(text, start) {
            continue;
        }
        let first = run(text, start, is_dashed);
        let second_at = start + first + 1;
        if first < 12 || !text[start + first..].starts_with(".eyJ") {
            continue;
        }
        let second = run(text, second_at, is_dashed);
        let third_at = second_at + second + 1;
        if second < 8 || text.as_bytes().get(third_at - 1) != Some(&b'.') {
            continue;
        }
        let end = third_at + run(text, third_at, is_dashed);
        if end - third_at >= 16 {
            found.push(Secret {
                range: start..end,
                what: "a JSON web token",
            });
            done = end;
        }
    }
}

/// RFC 3986, 3.2.1: `scheme://user:password@host`.
fn urls(text: &str, found: &mut Vec<Secret>) {
    for (at, _) in text.match_indices("://") {
        let from = at + 3;
        let length = run(text, from, |byte| {
            !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'')
        });
        let authority = &text[from..from + length];
        let Some((user_info, _)) = authority.rsplit_once('@') else {
            continue;
        };
        if let Some((user, password)) = user_info.split_once(':')
            && !password.is_empty()
            && !password.starts_with(['<', '*', '$', '{'])
        {
            let start = from + user.len() + 1;
            found.push(Secret {
                range: start..start + password.len(),
                what: "a password in a URL",
            });
        }
    }
}

/// Forty characters of base64 with everything in it, alone between blanks or quotes: what IAM makes.
/// A git commit or any other hash is hexadecimal and has no capitals beside small letters.
fn aws_secret_keys(text: &str, found: &mut Vec<Secret>) {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+');
    let mut at = 0;
    while at < text.len() {
        let length = run(text, at, is_base64);
        if length == 40 {
            let token = &text[at..at + length];
            let has = |of: fn(&u8) -> bool| token.as_bytes().iter().filter(|byte| of(byte)).count();
            let alone = |byte: Option<&u8>| {
                byte.is_none_or(|byte| {
                    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'=' | b',' | b'}')
                })
            };
            let mixed = has(u8::is_ascii_uppercase) >= 4
                && has(u8::is_ascii_lowercase) >= 4
                && has(u8::is_ascii_digit) >= 1
                && token.contains(['/', '+']);
            if mixed
                && alone(text.as_bytes()[..at].last())
                && alone(text.as_bytes().get(at + length))
            {
                found.push(Secret {
                    range: at..at + length,
                    what: "an AWS secret access key",
                });
            }
        }
        at += length.max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::{covered, find};

    /// Put together here, so that no scanner takes this file for a leak.
    fn secrets() -> Vec<(String, &'static str)> {
        let many = |what: &str, times: usize| what.repeat(times);
        let jwt = format!(
            "eyJ{}.eyJ{}.{}",
            "hbGciOiJIUzI1NiJ9",
            "zdWIiOiIxMjM0NTY3ODkwIn0",
            "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
        );
        vec![
            (format!("AKIA{}", "IOSFODNN7EXAMPLE"), "access key id"),
            (format!("ASIA{}", "IOSFODNN7EXAMPLE"), "access key id"),
            (
                format!("wJalrXUtnFEMI/K7MDENG/{}", "bPxRfiCYEXAMPLEKEY"),
                "secret access key",
            ),
            (
                format!("AWS_SECRET_ACCESS_KEY={}", many("aB3x", 10)),
                "secret access key",
            ),
            (
                format!(
                    "-----BEGIN {}PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----",
                    "RSA "
                ),
                "private key",
            ),
            (format!("-----BEGIN {}PRIVATE KEY-----", ""), "private key"),
            (
                format!(
                    "{{\"type\": \"service_account\", \"private_key\": \"-----BEGIN {}\\nMIIE\\n-----END PRIVATE KEY-----\\n\"}}",
                    "PRIVATE KEY-----"
                ),
                "private key",
            ),
            (format!("ghp_{}", many("aB3x", 9)), "GitHub"),
            (format!("github_pat_{}", many("aB3_", 20)), "GitHub"),
            (format!("glpat-{}", many("aB3x-", 4)), "GitLab"),
            (
                format!("xoxb-{}-{}", "123456789012", many("aB3x", 6)),
                "Slack",
            ),
            (
                format!(
                    "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={}==;EndpointSuffix=core.windows.net",
                    many("aB3x", 21)
                ),
                "storage account",
            ),
            (
                format!(
                    "https://acme.blob.core.windows.net/x?sv=2022-11-02&sp=r&sig={}%3D",
                    many("aB3x", 10)
                ),
                "shared access",
            ),
            (format!("Bearer {jwt}"), "web token"),
            (
                format!("account=ACME user=loader password={}", "hunter2"),
                "password",
            ),
            (format!("PASSWORD = '{}'", "hunter2"), "password"),
            (
                format!("postgres://loader:{}@db.acme.example/x", "hunter2"),
                "URL",
            ),
            (format!("AIza{}", many("aB3x5", 7)), "Google API key"),
        ]
    }

    #[test]
    fn secrets_are_found_and_covered() {
        for (text, what) in secrets() {
            let found = find(&text);
            assert_eq!(found.len(), 1, "{what}: {found:?}");
            assert!(found[0].what.contains(what), "{what}: {found:?}");
            let value = &text[found[0].range.clone()];
            let covered = covered(&text).unwrap_or_default();
            assert_eq!(covered.len(), text.len());
            assert!(!covered.contains(value), "{what}");
            // In the middle of prose and of YAML.
            for around in [
                format!("see {text} here"),
                format!("x: \"{text}\""),
                format!("größe {text}\n"),
            ] {
                assert_eq!(find(&around).len(), 1, "{around}");
            }
        }
    }

    #[test]
    fn what_only_looks_random_is_not_a_secret() {
        for text in [
            "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws:iam::111122223333:role/acme-dev-sales-orders-ReadOnly123",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
            "9f2e0c1a-7b1d-4c55-8f3e-2d6a1b0c9e8f",
            "https://acme-kv.vault.azure.net/keys/support/0123456789abcdef0123456789abcdef",
            "projects/acme-keys/locations/europe-west1/keyRings/mesh/cryptoKeys/support",
            "https://jira.acme.example/browse/DATA-1042?focusedId=12345&sort=sig",
            "https://github.com/acme/mesh/pull/17#issuecomment-1234567890",
            "AKIA",
            "AKIAIOSFODNN7",
            "the AKIA prefix marks access keys",
            "ghp_short",
            "password",
            "the password: see the vault",
            "password=<from the vault>",
            "password=${PASSWORD}",
            "password={{ password }}",
            "password == null",
            "design=oval",
            "sig=ok",
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN PUBLIC KEY-----",
            "eyJhbGciOiJub25lIn0",
            "sales-analysts@acme.example",
            "mailto://sales@acme.example",
            "https://acme.example:8443/a@b",
            "call-router@acme-support-prod.iam.gserviceaccount.com",
            "urn:oid:1.3.6.1.4.1.5923.1.1.1.7",
            "a/very/long/path/with/exactly/many/parts",
            "Look up an order while a customer is on the phone",
            "xoxb-",
            "0123456789012345678901234567890123456789",
        ] {
            assert_eq!(find(text), Vec::new(), "{text}");
            assert_eq!(covered(text), None);
        }
    }
}
