//! Conditions of role assignments (Azure ABAC), version 2.0: is a text one that the service takes?
//!
//! Source: AZR, conditions-format: operators AND/&&, OR/||, NOT/!, Exists, the function operators
//! `ActionMatches` and `SubOperationMatches`, the comparison operators with their cross-product
//! prefixes; attributes `@Resource[...]`, `@Request[...]`, `@Principal[...]`, `@Environment[...]`.
//! Keywords are compared without regard to case: REC, `test_role_assignment_create_update`, stores
//! `@Resource[...containers:Name] stringEquals 'foo'` with a Reader role.

use super::super::refusal::ArmRefusal;
use super::super::{Outcome, refuse};

/// Comparison operators. Source: AZR, conditions-format, the operator tables.
const OPERATORS: &[&str] = &[
    "stringequals",
    "stringequalsignorecase",
    "stringnotequals",
    "stringnotequalsignorecase",
    "stringstartswith",
    "stringstartswithignorecase",
    "stringnotstartswith",
    "stringnotstartswithignorecase",
    "stringlike",
    "stringlikeignorecase",
    "stringnotlike",
    "stringnotlikeignorecase",
    "numericequals",
    "numericnotequals",
    "numericlessthan",
    "numericlessthanequals",
    "numericgreaterthan",
    "numericgreaterthanequals",
    "boolequals",
    "boolnotequals",
    "guidequals",
    "guidnotequals",
    "datetimeequals",
    "datetimenotequals",
    "datetimelessthan",
    "datetimelessthanequals",
    "datetimegreaterthan",
    "datetimegreaterthanequals",
    "ipaddressequals",
    "ipaddressnotequals",
];

/// Cross-product prefixes. Source: AZR, conditions-format, cross product comparison operators.
const PREFIXES: &[&str] = &[
    "foranyofanyvalues",
    "forallofanyvalues",
    "foranyofallvalues",
    "forallofallvalues",
];

/// Attributes of the request and the resource by their key, in lower case, without a suffix such as
/// `<$key_case_sensitive$>`. Source: Azure docs, "Actions and attributes for Azure role assignment
/// conditions for Azure Blob Storage" and its queue twin; AZR, delegate-role-assignments.
const ATTRIBUTES: &[&str] = &[
    "microsoft.storage/storageaccounts:name",
    "microsoft.storage/storageaccounts:ishnsenabled",
    "microsoft.storage/storageaccounts/blobservices/containers:name",
    "microsoft.storage/storageaccounts/blobservices/containers/metadata",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs:path",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs:prefix",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs:snapshot",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs:versionid",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs:iscurrentversion",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs:include",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs/tags",
    "microsoft.storage/storageaccounts/encryptionscopes:name",
    "microsoft.storage/storageaccounts/queueservices/queues:name",
    "microsoft.authorization/roleassignments:roledefinitionid",
    "microsoft.authorization/roleassignments:principalid",
    "microsoft.authorization/roleassignments:principaltype",
];

/// Attributes of the environment. Source: as ATTRIBUTES.
const ENVIRONMENT: &[&str] = &[
    "isprivatelink",
    "microsoft.network/privateendpoints",
    "microsoft.network/virtualnetworks/subnets",
    "utcnow",
];

/// Checks a condition of version 2.0.
pub(crate) fn check(text: &str) -> Outcome<()> {
    let tokens = tokens(text)?;
    let mut reader = Reader {
        tokens: &tokens,
        at: 0,
        depth: 0,
    };
    reader.expression()?;
    if reader.at < tokens.len() {
        return Err(syntax(&format!(
            "unexpected '{}'",
            tokens[reader.at].show()
        )));
    }
    Ok(())
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Open,
    Close,
    BraceOpen,
    BraceClose,
    Comma,
    And,
    Or,
    Not,
    Word(String),
    Text(String),
    /// Source and key of an attribute, as written.
    Attribute(String, String),
}

impl Token {
    fn show(&self) -> String {
        match self {
            Self::Open => "(".to_owned(),
            Self::Close => ")".to_owned(),
            Self::BraceOpen => "{".to_owned(),
            Self::BraceClose => "}".to_owned(),
            Self::Comma => ",".to_owned(),
            Self::And => "AND".to_owned(),
            Self::Or => "OR".to_owned(),
            Self::Not => "NOT".to_owned(),
            Self::Word(word) => word.clone(),
            Self::Text(text) => format!("'{text}'"),
            Self::Attribute(source, key) => format!("@{source}[{key}]"),
        }
    }
}

fn tokens(text: &str) -> Outcome<Vec<Token>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let single = match c {
            '(' => Some(Token::Open),
            ')' => Some(Token::Close),
            '{' => Some(Token::BraceOpen),
            '}' => Some(Token::BraceClose),
            ',' => Some(Token::Comma),
            '!' => Some(Token::Not),
            _ => None,
        };
        if let Some(token) = single {
            out.push(token);
            rest = &rest[1..];
        } else if c.is_whitespace() {
            rest = &rest[c.len_utf8()..];
        } else if let Some(after) = rest.strip_prefix("&&") {
            out.push(Token::And);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("||") {
            out.push(Token::Or);
            rest = after;
        } else if c == '\'' {
            let (value, after) = quoted(&rest[1..])?;
            out.push(Token::Text(value));
            rest = after;
        } else if c == '@' {
            let (token, after) = attribute(&rest[1..])?;
            out.push(token);
            rest = after;
        } else {
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || "-_:./".contains(c)))
                .unwrap_or(rest.len());
            if end == 0 {
                return Err(syntax(&format!("unexpected character '{c}'")));
            }
            let word = &rest[..end];
            out.push(match word.to_ascii_uppercase().as_str() {
                "AND" => Token::And,
                "OR" => Token::Or,
                "NOT" => Token::Not,
                _ => Token::Word(word.to_owned()),
            });
            rest = &rest[end..];
        }
    }
    Ok(out)
}

/// A text up to its closing quote; a backslash escapes the next character (AZR, `StringLike`).
fn quoted(text: &str) -> Outcome<(String, &str)> {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' => return Ok((out, &text[at + 1..])),
            '\\' => {
                out.push(c);
                if let Some((_, next)) = chars.next() {
                    out.push(next);
                }
            }
            _ => out.push(c),
        }
    }
    Err(syntax("a text is not closed"))
}

fn attribute(text: &str) -> Outcome<(Token, &str)> {
    let open = text
        .find('[')
        .ok_or_else(|| syntax("an attribute has no bracket"))?;
    let close = text
        .find(']')
        .filter(|close| *close > open)
        .ok_or_else(|| syntax("an attribute is not closed"))?;
    let (source, key) = (&text[..open], &text[open + 1..close]);
    judge_attribute(source, key)?;
    Ok((
        Token::Attribute(source.to_owned(), key.to_owned()),
        &text[close + 1..],
    ))
}

fn judge_attribute(source: &str, key: &str) -> Outcome<()> {
    let lower = key.to_lowercase();
    // Tags and metadata carry the name of the tag behind a colon, or ask for all keys.
    let bare = ["blobs/tags", "containers/metadata"]
        .iter()
        .find_map(|stem| lower.find(stem).map(|at| &lower[..at + stem.len()]))
        .unwrap_or(&lower);
    let known = match source.to_lowercase().as_str() {
        "resource" | "request" => ATTRIBUTES.contains(&bare),
        "environment" => ENVIRONMENT.contains(&lower.as_str()),
        // Custom security attributes: @Principal[Microsoft.Directory/CustomSecurityAttributes/Id:set_name].
        "principal" => lower
            .strip_prefix("microsoft.directory/customsecurityattributes/id:")
            .is_some_and(|name| !name.is_empty()),
        _ => false,
    };
    if known {
        return Ok(());
    }
    Err(refuse(
        ArmRefusal::ConditionAttribute,
        format!(
            "The given role assignment condition is invalid. The attribute '@{source}[{key}]' is not valid."
        ),
    ))
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn eat(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.at += usize::from(found);
        found
    }

    /// Terms joined by one kind of operator. AND beside OR needs parentheses: AZR,
    /// conditions-troubleshoot, "condition with AND and OR operators".
    fn expression(&mut self) -> Outcome<()> {
        self.depth += 1;
        if self.depth > 100 {
            return Err(syntax("nested too deeply"));
        }
        self.term()?;
        let mut joined = None;
        while let Some(token) = self
            .peek()
            .filter(|token| matches!(token, Token::And | Token::Or))
            .cloned()
        {
            if joined.get_or_insert_with(|| token.clone()) != &token {
                return Err(syntax("AND and OR are mixed without parentheses"));
            }
            self.at += 1;
            self.term()?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn term(&mut self) -> Outcome<()> {
        if self.eat(&Token::Not) {
            self.depth += 1;
            if self.depth > 100 {
                return Err(syntax("nested too deeply"));
            }
            let inner = self.term();
            self.depth -= 1;
            return inner;
        }
        if self.eat(&Token::Open) {
            self.expression()?;
            return if self.eat(&Token::Close) {
                Ok(())
            } else {
                Err(syntax("a parenthesis is not closed"))
            };
        }
        match self.peek().cloned() {
            Some(Token::Word(word)) => self.function(&word),
            Some(Token::Attribute(..)) => {
                self.at += 1;
                self.comparison()
            }
            Some(other) => Err(syntax(&format!("unexpected '{}'", other.show()))),
            None => Err(syntax("the condition ends too early")),
        }
    }

    /// `ActionMatches{'...'}`, `SubOperationMatches{'...'}`, `Exists @...`.
    fn function(&mut self, word: &str) -> Outcome<()> {
        self.at += 1;
        match word.to_lowercase().as_str() {
            "actionmatches" | "suboperationmatches" => self.set(),
            "exists" | "notexists" => match self.peek() {
                Some(Token::Attribute(..)) => {
                    self.at += 1;
                    Ok(())
                }
                _ => Err(syntax("Exists takes an attribute")),
            },
            _ => Err(refuse(
                ArmRefusal::ConditionOperator,
                format!(
                    "The given role assignment condition is invalid. '{word}' is no function of conditions."
                ),
            )),
        }
    }

    fn comparison(&mut self) -> Outcome<()> {
        let Some(Token::Word(word)) = self.peek().cloned() else {
            return Err(syntax("an attribute is compared with nothing"));
        };
        self.at += 1;
        let lower = word.to_lowercase();
        let (prefix, operator) = match lower.split_once(':') {
            Some((prefix, operator)) => (Some(prefix), operator),
            None => (None, lower.as_str()),
        };
        if prefix.is_some_and(|prefix| !PREFIXES.contains(&prefix))
            || !OPERATORS.contains(&operator)
        {
            return Err(refuse(
                ArmRefusal::ConditionOperator,
                format!(
                    "The given role assignment condition is invalid. '{word}' is no operator of conditions."
                ),
            ));
        }
        match self.peek() {
            Some(Token::BraceOpen) => self.set(),
            Some(Token::Text(_) | Token::Word(_) | Token::Attribute(..)) if prefix.is_none() => {
                self.at += 1;
                Ok(())
            }
            _ => Err(syntax(
                "a comparison has no value, or a cross product no set",
            )),
        }
    }

    /// `{'a', 'b'}`.
    fn set(&mut self) -> Outcome<()> {
        if !self.eat(&Token::BraceOpen) {
            return Err(syntax("a set is missing"));
        }
        loop {
            match self.peek() {
                Some(Token::Text(_) | Token::Word(_)) => self.at += 1,
                _ => return Err(syntax("a set holds texts")),
            }
            if self.eat(&Token::BraceClose) {
                return Ok(());
            }
            if !self.eat(&Token::Comma) {
                return Err(syntax("a set is not closed"));
            }
        }
    }
}

fn syntax(what: &str) -> super::super::Refused {
    refuse(
        ArmRefusal::ConditionSyntax,
        format!("The given role assignment condition is invalid. {what}."),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::super::super::refusal::ArmRefusal;
    use super::check;

    const CONTAINER: &str =
        "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]";

    #[test]
    fn the_documented_forms_are_taken() {
        for good in [
            format!("{CONTAINER} StringEquals 'orders'"),
            format!("{CONTAINER} stringEquals 'foo'"),
            format!("((!(ActionMatches{{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'}} AND NOT SubOperationMatches{{'Blob.List'}})) OR ({CONTAINER} StringEquals 'c'))"),
            format!("{CONTAINER} ForAnyOfAnyValues:StringEquals {{'a', 'b'}}"),
            "@Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:prefix] StringStartsWith 'dir/'".to_owned(),
            "Exists @Principal[Microsoft.Directory/CustomSecurityAttributes/Id:Mesh_Domain]".to_owned(),
            "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags:Project<$key_case_sensitive$>] StringEquals 'x'".to_owned(),
            "@Environment[UtcNow] DateTimeLessThan '2026-12-31T00:00:00.0Z'".to_owned(),
            "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {acdd72a7-3385-48ef-bd42-f606fba81ae7}".to_owned(),
        ] {
            check(&good).unwrap();
        }
    }

    #[test]
    fn malformed_ones_are_refused_by_kind() {
        let cases = [
            (
                format!("(({CONTAINER} StringEquals 'c')"),
                ArmRefusal::ConditionSyntax,
            ),
            (
                format!(
                    "{CONTAINER} StringEquals 'c' AND {CONTAINER} StringEquals 'd' OR {CONTAINER} StringEquals 'e'"
                ),
                ArmRefusal::ConditionSyntax,
            ),
            (
                format!("{CONTAINER} StringEquals"),
                ArmRefusal::ConditionSyntax,
            ),
            (
                format!("{CONTAINER} StringEquals 'c"),
                ArmRefusal::ConditionSyntax,
            ),
            ("ActionMatches{}".to_owned(), ArmRefusal::ConditionSyntax),
            (
                format!("{CONTAINER} StringSame 'c'"),
                ArmRefusal::ConditionOperator,
            ),
            ("Matches{'x'}".to_owned(), ArmRefusal::ConditionOperator),
            (
                "@Resource[Microsoft.Storage/storageAccounts:colour] StringEquals 'c'".to_owned(),
                ArmRefusal::ConditionAttribute,
            ),
            (
                "@Sky[x] StringEquals 'c'".to_owned(),
                ArmRefusal::ConditionAttribute,
            ),
            (String::new(), ArmRefusal::ConditionSyntax),
            ("(".repeat(5_000), ArmRefusal::ConditionSyntax),
            ("!".repeat(5_000), ArmRefusal::ConditionSyntax),
        ];
        for (text, kind) in cases {
            assert_eq!(check(&text).unwrap_err().kind, kind, "{text}");
        }
    }
}
