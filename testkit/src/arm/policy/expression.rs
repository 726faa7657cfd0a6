//! Template expressions inside a policy: `[concat('tags[', parameters('tag'), ']')]`.
//!
//! A text is an expression when it starts with one bracket and ends with one; a doubled bracket at
//! its start escapes it. Source: Azure docs, "ARM template syntax", expressions. What comes out is
//! which functions are called and which parameters are named; nothing is evaluated.

use super::super::refusal::ArmRefusal;
use super::super::{Outcome, refuse};

/// The functions of policy rules: the template functions that policy allows, and policy's own.
/// Source: APD, definition-structure-policy-rule, "Policy functions", and Azure docs, "ARM template
/// functions", in the state of 2025.
const FUNCTIONS: &[&str] = &[
    "add",
    "adddays",
    "and",
    "array",
    "base64",
    "base64tojson",
    "base64tostring",
    "bool",
    "cidrhost",
    "cidrsubnet",
    "claims",
    "coalesce",
    "concat",
    "contains",
    "containskey",
    "createarray",
    "createobject",
    "current",
    "datauri",
    "datauritostring",
    "datetimeadd",
    "datetimefromepoch",
    "datetimetoepoch",
    "div",
    "empty",
    "endswith",
    "equals",
    "false",
    "field",
    "first",
    "float",
    "format",
    "greater",
    "greaterorequals",
    "guid",
    "if",
    "indexfromend",
    "indexof",
    "int",
    "intersection",
    "iprangecontains",
    "items",
    "join",
    "json",
    "last",
    "lastindexof",
    "length",
    "less",
    "lessorequals",
    "max",
    "min",
    "mod",
    "mul",
    "not",
    "null",
    "objectkeys",
    "or",
    "padleft",
    "parameters",
    "parsecidr",
    "policy",
    "range",
    "replace",
    "requestcontext",
    "resourcegroup",
    "shallowmerge",
    "skip",
    "split",
    "startswith",
    "string",
    "sub",
    "subscription",
    "substring",
    "take",
    "tolower",
    "toupper",
    "trim",
    "true",
    "tryget",
    "union",
    "uniquestring",
    "uri",
    "uricomponent",
    "uricomponenttostring",
    "utcnow",
];

/// Template functions that policy rules may not use.
/// Source: APD, definition-structure-policy-rule, "Policy functions": the list of exceptions.
const FORBIDDEN: &[&str] = &[
    "copyindex",
    "deployment",
    "environment",
    "extensionresourceid",
    "lambda",
    "lambdavariables",
    "listaccountsas",
    "listkeys",
    "listsecrets",
    "managementgroup",
    "newguid",
    "pickzones",
    "providers",
    "reference",
    "references",
    "resourceid",
    "subscriptionresourceid",
    "tenantresourceid",
    "tenant",
    "variables",
];

/// What an expression mentions.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Mentions {
    /// Functions that it calls, in lower case, in the order of their calls.
    pub(crate) functions: Vec<String>,
    /// Parameters that it names literally, as they are written.
    pub(crate) parameters: Vec<String>,
    /// Literal texts that it holds, other than names of parameters.
    pub(crate) texts: Vec<String>,
}

/// Whether a text is an expression.
pub(crate) fn is_expression(text: &str) -> bool {
    text.starts_with('[') && text.ends_with(']') && !text.starts_with("[[")
}

/// The parameter, if the whole expression is one reference to it.
pub(crate) fn sole_parameter(text: &str) -> Option<String> {
    if !is_expression(text) {
        return None;
    }
    let inner = text[1..text.len() - 1].trim();
    let name = inner.strip_prefix("parameters('")?.strip_suffix("')")?;
    (!name.contains('\'')).then(|| name.to_owned())
}

/// Parses an expression and checks its functions.
pub(crate) fn check(text: &str, place: &str) -> Outcome<Mentions> {
    let mentions = parse(text).ok_or_else(|| {
        refuse(
            ArmRefusal::RuleExpression,
            format!("The template language expression '{text}' at '{place}' is not valid."),
        )
    })?;
    for function in &mentions.functions {
        if FORBIDDEN.contains(&function.as_str()) || function.starts_with("list") {
            return Err(refuse(
                ArmRefusal::RuleFunction,
                format!("The function '{function}' at '{place}' is not available in policy rules."),
            ));
        }
        if !FUNCTIONS.contains(&function.as_str()) {
            return Err(refuse(
                ArmRefusal::RuleExpression,
                format!("The template function '{function}' at '{place}' is not valid."),
            ));
        }
    }
    Ok(mentions)
}

/// Parses an expression, brackets included; `None` if it is malformed.
pub(crate) fn parse(text: &str) -> Option<Mentions> {
    if !is_expression(text) {
        return None;
    }
    let mut reader = Reader {
        text: &text[1..text.len() - 1],
        at: 0,
        depth: 0,
        mentions: Mentions::default(),
    };
    reader.value()?;
    reader.spaces();
    (reader.at == reader.text.len()).then_some(reader.mentions)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    mentions: Mentions,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn spaces(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// A literal, or a call with accesses behind it.
    fn value(&mut self) -> Option<()> {
        // A cloud would stop somewhere too; this keeps a hostile text from exhausting the stack.
        self.depth += 1;
        if self.depth > 64 {
            return None;
        }
        self.spaces();
        match self.peek()? {
            '\'' => {
                let text = self.quoted()?;
                self.mentions.texts.push(text);
            }
            '-' | '0'..='9' => self.number()?,
            c if c.is_ascii_alphabetic() || c == '_' => self.call()?,
            _ => return None,
        }
        self.depth -= 1;
        Some(())
    }

    /// A text in single quotes; a doubled quote stands for one.
    fn quoted(&mut self) -> Option<String> {
        if !self.eat('\'') {
            return None;
        }
        let mut out = String::new();
        loop {
            let c = self.peek()?;
            self.at += c.len_utf8();
            if c != '\'' {
                out.push(c);
            } else if self.eat('\'') {
                out.push('\'');
            } else {
                return Some(out);
            }
        }
    }

    fn number(&mut self) -> Option<()> {
        let start = self.at;
        self.eat('-');
        while self.peek().is_some_and(|c| c.is_ascii_digit() || c == '.') {
            self.at += 1;
        }
        self.text[start..self.at].parse::<f64>().ok().map(|_| ())
    }

    fn call(&mut self) -> Option<()> {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
        {
            self.at += 1;
        }
        let name = self.text[start..self.at].to_lowercase();
        self.spaces();
        if !self.eat('(') {
            // The bare words of JSON are literals; any other word is a call without parentheses.
            return matches!(name.as_str(), "true" | "false" | "null").then_some(());
        }
        self.mentions.functions.push(name.clone());
        let before = self.mentions.texts.len();
        self.arguments()?;
        if name == "parameters" && self.mentions.texts.len() > before {
            let parameter = self.mentions.texts.remove(before);
            self.mentions.parameters.push(parameter);
        }
        self.accesses()
    }

    fn arguments(&mut self) -> Option<()> {
        self.spaces();
        if self.eat(')') {
            return Some(());
        }
        loop {
            self.value()?;
            self.spaces();
            if self.eat(')') {
                return Some(());
            }
            if !self.eat(',') {
                return None;
            }
        }
    }

    /// `.name`, `[index]`, `['key']`, `[call()]`, any number of them.
    fn accesses(&mut self) -> Option<()> {
        loop {
            self.spaces();
            if self.eat('.') {
                let start = self.at;
                while self
                    .peek()
                    .is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
                {
                    self.at += 1;
                }
                if self.at == start {
                    return None;
                }
            } else if self.eat('[') {
                self.value()?;
                self.spaces();
                if !self.eat(']') {
                    return None;
                }
            } else {
                return Some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::{check, is_expression, parse, sole_parameter};

    #[test]
    fn calls_parameters_and_accesses_are_read() {
        let found =
            parse("[if(empty(field('tags')), parameters('a').b['c'], concat('x''y', 1))]").unwrap();
        assert_eq!(
            found.functions,
            ["if", "empty", "field", "parameters", "concat"]
        );
        assert_eq!(found.parameters, ["a"]);
        assert_eq!(found.texts, ["tags", "c", "x'y"]);
        assert_eq!(
            sole_parameter("[parameters('effect')]").as_deref(),
            Some("effect")
        );
    }

    #[test]
    fn escaped_and_plain_texts_are_no_expressions() {
        assert!(!is_expression("[[parameters('x')]"));
        assert!(!is_expression("deny"));
        assert!(is_expression("[utcNow()]"));
    }

    #[test]
    fn malformed_and_forbidden_ones_are_refused() {
        for text in [
            "[parameters('x')",
            "[concat('a' 'b')]",
            "[foo(]",
            "[]",
            "[1 2]",
            "[concat('a]",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
        for text in [
            "[resourceId('a')]",
            "[listKeys('a')]",
            "[newGuid()]",
            "[nonsense()]",
        ] {
            assert!(check(text, "then.effect").is_err(), "{text}");
        }
        assert!(parse(&format!("[{}1{}]", "not(".repeat(5_000), ")".repeat(5_000))).is_none());
    }
}
