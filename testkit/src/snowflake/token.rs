//! The tokenizer of Snowflake SQL.
//!
//! In goes one statement's text, out come its tokens with line and column, string escapes and
//! doubled quotes already undone. It knows nothing of grammar.
//! Rules: docs.snowflake.com/en/sql-reference/data-types-text (string constants and their escape
//! sequences, dollar quoting) and /sql-reference/identifiers-syntax.

use super::error::{Rule, SqlError, rules};

/// What one token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An unquoted word as it was written.
    Word(String),
    /// A double-quoted identifier, undone.
    Quoted(String),
    /// A string constant, undone.
    Text(String),
    /// A number as it was written.
    Number(String),
    /// Punctuation or an operator.
    Symbol(&'static str),
    /// The end of the statement.
    End,
}

/// A token and where it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// The line, from 1, as Snowflake counts in its messages.
    pub(crate) line: usize,
    /// The position in the line, from 0, as Snowflake counts in its messages.
    pub(crate) position: usize,
    /// Byte offsets of the token in the statement, to quote bodies verbatim.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Longest first, so that `->` is not read as `-` and `>`.
const SYMBOLS: &[&str] = &[
    "->>", "->", "=>", "::", "<=", ">=", "<>", "!=", "||", "(", ")", ",", ";", ".", "=", "<", ">",
    "+", "-", "*", "/", "%", ":", "[", "]", "{", "}", "@", "!", "?", "|", "&", "^", "~",
];

/// Cuts a script into statements at its semicolons; comments and blanks alone are no statement.
pub(crate) fn split(script: &str) -> Result<Vec<&str>, SqlError> {
    let mut statements = Vec::new();
    // Where the statement began and where its last token ended.
    let mut open: Option<(usize, usize)> = None;
    for token in tokenize(script)? {
        if token.kind == Kind::End || token.kind == Kind::Symbol(";") {
            if let Some((start, end)) = open.take() {
                statements.extend(script.get(start..end));
            }
        } else {
            open = Some((open.map_or(token.start, |(start, _)| start), token.end));
        }
    }
    Ok(statements)
}

/// Splits a statement into tokens; the last one is always [`Kind::End`].
pub(crate) fn tokenize(sql: &str) -> Result<Vec<Token>, SqlError> {
    let mut scan = Scan {
        sql,
        at: 0,
        line: 1,
        line_start: 0,
    };
    let mut tokens = Vec::new();
    loop {
        scan.skip_blank()?;
        let (line, position, start) = (scan.line, scan.position(), scan.at);
        let kind = scan.next_kind()?;
        let done = kind == Kind::End;
        tokens.push(Token {
            kind,
            line,
            position,
            start,
            end: scan.at,
        });
        if done {
            return Ok(tokens);
        }
    }
}

struct Scan<'a> {
    sql: &'a str,
    at: usize,
    line: usize,
    line_start: usize,
}

impl Scan<'_> {
    fn rest(&self) -> &str {
        self.sql.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn position(&self) -> usize {
        self.sql
            .get(self.line_start..self.at)
            .unwrap_or_default()
            .chars()
            .count()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        if c == '\n' {
            self.line += 1;
            self.line_start = self.at;
        }
        Some(c)
    }

    fn refuse<T>(&self, rule: &'static Rule, what: &str) -> Result<T, SqlError> {
        Err(SqlError::compilation(
            rule,
            format!(
                "parse error line {} at position {} near '<EOF>'. {what}",
                self.line,
                self.position()
            ),
        ))
    }

    /// Skips white space and comments (`--`, `//` and `/* */`; Snowflake does not nest them).
    fn skip_blank(&mut self) -> Result<(), SqlError> {
        loop {
            let rest = self.rest();
            if rest.starts_with("--") || rest.starts_with("//") {
                while self.peek().is_some_and(|c| c != '\n') {
                    self.bump();
                }
            } else if rest.starts_with("/*") {
                self.bump();
                self.bump();
                while !self.rest().starts_with("*/") {
                    if self.bump().is_none() {
                        return self.refuse(&rules::SYNTAX, "unterminated comment");
                    }
                }
                self.bump();
                self.bump();
            } else if self.peek().is_some_and(char::is_whitespace) {
                self.bump();
            } else {
                return Ok(());
            }
        }
    }

    fn next_kind(&mut self) -> Result<Kind, SqlError> {
        let Some(first) = self.peek() else {
            return Ok(Kind::End);
        };
        if first.is_ascii_alphabetic() || first == '_' {
            return Ok(Kind::Word(self.take_while(|c| {
                c.is_ascii_alphanumeric() || c == '_' || c == '$'
            })));
        }
        if first.is_ascii_digit()
            || (first == '.'
                && self
                    .rest()
                    .chars()
                    .nth(1)
                    .is_some_and(|c| c.is_ascii_digit()))
        {
            return Ok(self.number());
        }
        match first {
            '\'' => self.string(),
            '"' => self.quoted(),
            '$' if self.rest().starts_with("$$") => self.dollar(),
            _ => {
                for symbol in SYMBOLS {
                    if self.rest().starts_with(symbol) {
                        for _ in 0..symbol.len() {
                            self.bump();
                        }
                        return Ok(Kind::Symbol(symbol));
                    }
                }
                Err(SqlError::compilation(
                    &rules::SYNTAX,
                    format!(
                        "parse error line {} at position {} near '{}'.",
                        self.line,
                        self.position(),
                        u32::from(first)
                    ),
                ))
            }
        }
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.peek().is_some_and(&keep) {
            self.bump();
        }
        self.sql.get(start..self.at).unwrap_or_default().to_owned()
    }

    fn number(&mut self) -> Kind {
        let start = self.at;
        self.take_while(|c| c.is_ascii_digit());
        if self.peek() == Some('.') {
            self.bump();
            self.take_while(|c| c.is_ascii_digit());
        }
        let mut ahead = self.rest().chars();
        if matches!(ahead.next(), Some('e' | 'E')) {
            let next = ahead.next();
            let signed = matches!(next, Some('+' | '-'));
            let digit = if signed { ahead.next() } else { next };
            if digit.is_some_and(|c| c.is_ascii_digit()) {
                self.bump();
                if signed {
                    self.bump();
                }
                self.take_while(|c| c.is_ascii_digit());
            }
        }
        Kind::Number(self.sql.get(start..self.at).unwrap_or_default().to_owned())
    }

    fn quoted(&mut self) -> Result<Kind, SqlError> {
        self.bump();
        let mut text = String::new();
        loop {
            match self.bump() {
                None => return self.refuse(&rules::SYNTAX, "unterminated quoted identifier"),
                Some('"') if self.peek() == Some('"') => {
                    self.bump();
                    text.push('"');
                }
                Some('"') => return Ok(Kind::Quoted(text)),
                Some(c) => text.push(c),
            }
        }
    }

    fn dollar(&mut self) -> Result<Kind, SqlError> {
        self.bump();
        self.bump();
        let mut text = String::new();
        while !self.rest().starts_with("$$") {
            match self.bump() {
                None => return self.refuse(&rules::STRING_ESCAPES, "unterminated $$ constant"),
                Some(c) => text.push(c),
            }
        }
        self.bump();
        self.bump();
        Ok(Kind::Text(text))
    }

    fn string(&mut self) -> Result<Kind, SqlError> {
        self.bump();
        let mut text = String::new();
        loop {
            match self.bump() {
                None => {
                    return self.refuse(&rules::STRING_ESCAPES, "unterminated string constant");
                }
                Some('\'') if self.peek() == Some('\'') => {
                    self.bump();
                    text.push('\'');
                }
                Some('\'') => return Ok(Kind::Text(text)),
                Some('\\') => self.escape(&mut text)?,
                Some(c) => text.push(c),
            }
        }
    }

    /// One backslash escape. A backslash before any other character is dropped, as the page says.
    fn escape(&mut self, text: &mut String) -> Result<(), SqlError> {
        let Some(c) = self.bump() else {
            return self.refuse(&rules::STRING_ESCAPES, "unterminated string constant");
        };
        match c {
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            'n' => text.push('\n'),
            'r' => text.push('\r'),
            't' => text.push('\t'),
            'x' => {
                let code = self.digits(2, 16)?;
                text.push(code);
            }
            'u' => {
                let code = self.digits(4, 16)?;
                text.push(code);
            }
            '0'..='7' => {
                let octal: String = self.rest().chars().take(2).collect();
                if octal.len() == 2 && octal.chars().all(|o| o.is_digit(8)) {
                    self.bump();
                    self.bump();
                    let value = u32::from_str_radix(&format!("{c}{octal}"), 8).unwrap_or(0);
                    text.push(char::from_u32(value).unwrap_or('\u{fffd}'));
                } else if c == '0' {
                    text.push('\0');
                } else {
                    text.push(c);
                }
            }
            other => text.push(other),
        }
        Ok(())
    }

    fn digits(&mut self, count: usize, radix: u32) -> Result<char, SqlError> {
        let digits: String = self.rest().chars().take(count).collect();
        let value = u32::from_str_radix(&digits, radix).ok();
        match value {
            Some(value) if digits.chars().count() == count => {
                for _ in 0..count {
                    self.bump();
                }
                // A lone surrogate has no character; Snowflake prints a replacement.
                Ok(char::from_u32(value).unwrap_or('\u{fffd}'))
            }
            _ => self.refuse(&rules::STRING_ESCAPES, "incomplete escape sequence"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        reason = "A failed unwrap is the test's failure message."
    )]
    use super::*;

    fn kinds(sql: &str) -> Vec<Kind> {
        let mut tokens: Vec<Kind> = tokenize(sql).unwrap().into_iter().map(|t| t.kind).collect();
        assert_eq!(tokens.pop(), Some(Kind::End));
        tokens
    }

    #[test]
    fn escapes_of_the_vendor_page() {
        // The table of docs.snowflake.com/en/sql-reference/data-types-text, example by example.
        for (written, meant) in [
            (r"'Hello\tWorld'", "Hello\tWorld"),
            (r"'Hello\nWorld'", "Hello\nWorld"),
            (r"'C:\\user'", r"C:\user"),
            (r"'-\041-'", "-!-"),
            (r"'-\x21-'", "-!-"),
            (r"'-\u26c4-'", "-\u{26c4}-"),
            (r"'\z'", "z"),
            (r"'\0'", "\0"),
            ("'-''''-'", "-''-"),
            (r"'a\'b'", "a'b"),
            ("$$a ' \\t$$", "a ' \\t"),
        ] {
            assert_eq!(kinds(written), [Kind::Text(meant.to_owned())], "{written}");
        }
    }

    #[test]
    fn unterminated_constants_are_refused() {
        for sql in [
            "'abc", r"'abc\'", "\"abc", "$$abc", "/* abc", r"'\u12'", r"'\xg1'",
        ] {
            assert!(tokenize(sql).is_err(), "{sql}");
        }
    }

    #[test]
    fn positions_count_as_snowflake_does() {
        let tokens = tokenize("CREATE\n  ROEL x -- why\n").unwrap();
        assert_eq!((tokens[1].line, tokens[1].position), (2, 2));
        assert_eq!(tokens.len(), 4);
    }

    #[test]
    fn scripts_are_cut_at_semicolons_outside_of_constants() {
        let script = "-- a; b\nSELECT ';' ; ;\nCREATE ROLE \"x;y\" /* ; */;\n";
        assert_eq!(
            split(script).unwrap(),
            ["SELECT ';'", "CREATE ROLE \"x;y\""]
        );
    }

    #[test]
    fn symbols_are_read_longest_first() {
        assert_eq!(
            kinds("a::b->c<>1.5e3"),
            [
                Kind::Word("a".into()),
                Kind::Symbol("::"),
                Kind::Word("b".into()),
                Kind::Symbol("->"),
                Kind::Word("c".into()),
                Kind::Symbol("<>"),
                Kind::Number("1.5e3".into()),
            ]
        );
    }
}
