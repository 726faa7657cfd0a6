//! The expression of an IAM condition: is it well-formed CEL over the documented attributes?
//!
//! Source: CND, "IAM Conditions attribute reference", and google/cel-spec, the grammar. Nothing is
//! evaluated; types are not inferred.

use super::refusal::GcpRefusal;
use super::{Outcome, refuse};

/// What an expression may start from, with the members that are documented.
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("resource", &["name", "type", "service"]),
    ("request", &["time", "path", "host", "auth"]),
    ("destination", &["ip", "port"]),
    ("source", &["ip"]),
];

/// Free functions, and functions of a value.
const FUNCTIONS: &[&str] = &[
    "timestamp",
    "duration",
    "date",
    "int",
    "string",
    "size",
    "has",
    "inIpRange",
];
const METHODS: &[&str] = &[
    "startsWith",
    "endsWith",
    "contains",
    "matches",
    "extract",
    "matchTag",
    "matchTagId",
    "hasTagKey",
    "hasTagKeyId",
    "hasOnly",
    "getAttribute",
    "getFullYear",
    "getMonth",
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getDayOfYear",
    "getHours",
    "getMinutes",
    "getSeconds",
    "size",
];

/// Checks an expression.
pub(crate) fn check(text: &str) -> Outcome<()> {
    let tokens = tokens(text)?;
    let mut reader = Reader {
        tokens: &tokens,
        at: 0,
        depth: 0,
        logical: 0,
    };
    reader.expression()?;
    if let Some(token) = reader.tokens.get(reader.at) {
        return Err(malformed(&format!("unexpected '{token:?}'")));
    }
    if reader.logical > 12 {
        return Err(refuse(
            GcpRefusal::ConditionOperators,
            format!(
                "The condition expression has {} logical operators; the limit is 12.",
                reader.logical
            ),
        ));
    }
    Ok(())
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Text,
    Number,
    Word(String),
    Sign(&'static str),
}

/// Longer signs first, so that `<=` is not read as `<`.
const SIGNS: &[&str] = &[
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", ",", ".", "+", "-", "*",
    "/", "%", "?", ":",
];

fn tokens(text: &str) -> Outcome<Vec<Token>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c.is_whitespace() {
            rest = &rest[c.len_utf8()..];
        } else if let Some(after) = rest.strip_prefix("//") {
            // A comment goes to the end of its line.
            rest = after.find('\n').map_or("", |end| &after[end..]);
        } else if c == '"' || c == '\'' {
            rest = literal(rest, c)?;
            out.push(Token::Text);
        } else if c.is_ascii_digit() {
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
                .unwrap_or(rest.len());
            rest = &rest[end..];
            out.push(Token::Number);
        } else if c.is_ascii_alphabetic() || c == '_' {
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                .unwrap_or(rest.len());
            out.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            out.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        } else {
            return Err(malformed(&format!("unexpected character '{c}'")));
        }
    }
    Ok(out)
}

fn literal(text: &str, quote: char) -> Outcome<&str> {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if c == '\n' {
            break;
        } else if c == quote {
            return Ok(&text[at + 1..]);
        }
    }
    Err(malformed("a text is not closed"))
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    logical: usize,
}

impl Reader<'_> {
    fn sign(&self) -> Option<&'static str> {
        match self.tokens.get(self.at) {
            Some(Token::Sign(sign)) => Some(sign),
            _ => None,
        }
    }

    fn eat(&mut self, sign: &str) -> bool {
        let found = self.sign() == Some(sign);
        self.at += usize::from(found);
        found
    }

    /// Binary operators of all ranks: their precedence does not matter for being well-formed.
    fn expression(&mut self) -> Outcome<()> {
        self.depth += 1;
        if self.depth > 64 {
            return Err(malformed("nested too deeply"));
        }
        loop {
            self.unary()?;
            let next = self.tokens.get(self.at);
            let binary = match next {
                Some(Token::Word(word)) => word == "in",
                Some(Token::Sign(sign)) => {
                    matches!(
                        *sign,
                        "&&" | "||"
                            | "=="
                            | "!="
                            | "<"
                            | "<="
                            | ">"
                            | ">="
                            | "+"
                            | "-"
                            | "*"
                            | "/"
                            | "%"
                    )
                }
                _ => false,
            };
            if !binary {
                break;
            }
            self.logical += usize::from(matches!(self.sign(), Some("&&" | "||")));
            self.at += 1;
        }
        if self.eat("?") {
            self.expression()?;
            if !self.eat(":") {
                return Err(malformed("a ternary has no ':'"));
            }
            self.expression()?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn unary(&mut self) -> Outcome<()> {
        while self.sign().is_some_and(|sign| matches!(sign, "!" | "-")) {
            self.logical += usize::from(self.sign() == Some("!"));
            self.at += 1;
        }
        self.primary()?;
        self.suffixes()
    }

    fn primary(&mut self) -> Outcome<()> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        match token {
            Some(Token::Text | Token::Number) => Ok(()),
            Some(Token::Sign("(")) => {
                self.expression()?;
                if self.eat(")") {
                    Ok(())
                } else {
                    Err(malformed("a parenthesis is not closed"))
                }
            }
            Some(Token::Sign("[")) => self.list("]"),
            Some(Token::Word(word)) => self.word(&word),
            Some(Token::Sign(sign)) => Err(malformed(&format!("unexpected '{sign}'"))),
            None => Err(malformed("the expression ends too early")),
        }
    }

    fn word(&mut self, word: &str) -> Outcome<()> {
        if matches!(word, "true" | "false" | "null") {
            return Ok(());
        }
        if self.eat("(") {
            if !FUNCTIONS.contains(&word) {
                return Err(unknown(word));
            }
            return self.list(")");
        }
        if word == "api" {
            return Ok(());
        }
        let Some((_, members)) = ATTRIBUTES.iter().find(|(known, _)| *known == word) else {
            return Err(unknown(word));
        };
        // `resource.matchTag(...)` is a function of the resource itself.
        match (
            self.tokens.get(self.at),
            self.tokens.get(self.at + 1),
            self.tokens.get(self.at + 2),
        ) {
            (Some(Token::Sign(".")), Some(Token::Word(member)), next) => {
                if next == Some(&Token::Sign("(")) || members.contains(&member.as_str()) {
                    Ok(())
                } else {
                    Err(unknown(&format!("{word}.{member}")))
                }
            }
            _ => Err(unknown(word)),
        }
    }

    fn suffixes(&mut self) -> Outcome<()> {
        loop {
            if self.eat(".") {
                let Some(Token::Word(member)) = self.tokens.get(self.at).cloned() else {
                    return Err(malformed("a member has no name"));
                };
                self.at += 1;
                if self.eat("(") {
                    if !METHODS.contains(&member.as_str()) {
                        return Err(unknown(&member));
                    }
                    self.list(")")?;
                }
            } else if self.eat("[") {
                self.expression()?;
                if !self.eat("]") {
                    return Err(malformed("a bracket is not closed"));
                }
            } else {
                return Ok(());
            }
        }
    }

    fn list(&mut self, end: &str) -> Outcome<()> {
        if self.eat(end) {
            return Ok(());
        }
        loop {
            self.expression()?;
            if self.eat(end) {
                return Ok(());
            }
            if !self.eat(",") {
                return Err(malformed("a list is not closed"));
            }
        }
    }
}

fn malformed(what: &str) -> super::Refused {
    refuse(
        GcpRefusal::ConditionExpression,
        format!("Error while compiling the condition expression: {what}."),
    )
}

fn unknown(name: &str) -> super::Refused {
    refuse(
        GcpRefusal::ConditionAttribute,
        format!(
            "Error while compiling the condition expression: undeclared reference to '{name}'."
        ),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::super::refusal::GcpRefusal;
    use super::check;

    #[test]
    fn the_documented_forms_are_taken() {
        for good in [
            "resource.name.startsWith(\"projects/_/buckets/b/objects/p/\")",
            "request.time < timestamp('2027-06-30T00:00:00Z')",
            "resource.type == 'bigquery.googleapis.com/Dataset' && (resource.name == 'projects/p/datasets/d' || resource.name.startsWith('projects/p/datasets/d/'))",
            "resource.matchTag('123/env', 'prod') && !(request.time.getHours('Europe/Berlin') >= 9)",
            "resource.name.extract('buckets/{name}/').endsWith('x') ? true : false",
            "api.getAttribute('storage.googleapis.com/objectListPrefix', '').startsWith('p/')",
            "request.time.getDayOfWeek() in [1, 2, 3]",
        ] {
            check(good).unwrap();
        }
    }

    #[test]
    fn malformed_ones_are_refused_by_kind() {
        let many = ["true"; 14].join(" && ");
        let cases = [
            ("", GcpRefusal::ConditionExpression),
            ("resource.name ==", GcpRefusal::ConditionExpression),
            ("(resource.name == 'x'", GcpRefusal::ConditionExpression),
            ("resource.name == \"x", GcpRefusal::ConditionExpression),
            ("resource.name = 'x'", GcpRefusal::ConditionExpression),
            ("resource.colour == 'x'", GcpRefusal::ConditionAttribute),
            ("bucket == 'x'", GcpRefusal::ConditionAttribute),
            (
                "resource.name.beginsWith('x')",
                GcpRefusal::ConditionAttribute,
            ),
            ("now() < timestamp('x')", GcpRefusal::ConditionAttribute),
            (many.as_str(), GcpRefusal::ConditionOperators),
        ];
        for (text, kind) in cases {
            assert_eq!(check(text).unwrap_err().kind, kind, "{text}");
        }
        assert!(check(&"(".repeat(5_000)).is_err());
        assert!(check(&"[".repeat(5_000)).is_err());
    }
}
