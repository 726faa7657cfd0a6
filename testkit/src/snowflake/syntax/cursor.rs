//! A position in a statement's tokens, and the small readers that every command shares.

use super::super::error::{SqlError, rules};
use super::super::name::{MAX_IDENTIFIER, Name};
use super::super::object::ObjectType;
use super::super::token::{Kind, Token, tokenize};
use super::{GranteeRef, Path, Setting, Settings, TagValue};

/// Keywords that cannot be unquoted identifiers
/// (docs.snowflake.com/en/sql-reference/reserved-keywords, the ANSI and Snowflake rows).
const RESERVED: &[&str] = &[
    "ALL",
    "ALTER",
    "AND",
    "ANY",
    "AS",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "CHECK",
    "COLUMN",
    "CONNECT",
    "CONSTRAINT",
    "CREATE",
    "CROSS",
    "CURRENT",
    "DELETE",
    "DISTINCT",
    "DROP",
    "ELSE",
    "EXISTS",
    "FALSE",
    "FOLLOWING",
    "FOR",
    "FROM",
    "FULL",
    "GRANT",
    "GROUP",
    "HAVING",
    "ILIKE",
    "IN",
    "INCREMENT",
    "INNER",
    "INSERT",
    "INTERSECT",
    "INTO",
    "IS",
    "JOIN",
    "LATERAL",
    "LEFT",
    "LIKE",
    "MINUS",
    "NATURAL",
    "NOT",
    "NULL",
    "OF",
    "ON",
    "OR",
    "ORDER",
    "QUALIFY",
    "REGEXP",
    "REVOKE",
    "RIGHT",
    "RLIKE",
    "ROW",
    "ROWS",
    "SAMPLE",
    "SELECT",
    "SET",
    "SOME",
    "START",
    "TABLE",
    "TABLESAMPLE",
    "THEN",
    "TO",
    "TRIGGER",
    "TRUE",
    "TRY_CAST",
    "UNION",
    "UNIQUE",
    "UPDATE",
    "USING",
    "VALUES",
    "WHEN",
    "WHENEVER",
    "WHERE",
    "WITH",
];

/// Reads tokens from left to right.
pub(crate) struct Cursor<'a> {
    sql: &'a str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

/// How deep expressions and queries may nest before the parser gives up instead of the stack.
const MAX_DEPTH: usize = 128;

impl<'a> Cursor<'a> {
    pub(super) fn new(sql: &'a str) -> Result<Self, SqlError> {
        Ok(Self {
            sql,
            tokens: tokenize(sql)?,
            at: 0,
            depth: 0,
        })
    }

    /// One level deeper; every success is paired with [`Self::leave`].
    pub(super) fn enter(&mut self) -> Result<(), SqlError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(SqlError::not_modelled("expressions nested this deeply"));
        }
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// The whole statement's text.
    pub(super) fn sql(&self) -> &'a str {
        self.sql
    }

    /// Where the next token starts, to cut text out of the statement.
    pub(super) fn offset(&self) -> usize {
        self.token(0).start
    }

    /// The text from an earlier offset to the end of the last token read.
    pub(super) fn text_since(&self, start: usize) -> String {
        let end = self
            .at
            .checked_sub(1)
            .and_then(|last| self.tokens.get(last))
            .map_or(start, |token| token.end);
        self.sql.get(start..end).unwrap_or_default().to_owned()
    }

    fn token(&self, ahead: usize) -> &Token {
        // The last token is always End, and reading beyond it stays there.
        let last = self.tokens.len() - 1;
        &self.tokens[(self.at + ahead).min(last)]
    }

    pub(super) fn kind(&self) -> &Kind {
        &self.token(0).kind
    }

    pub(super) fn advance(&mut self) {
        self.at += 1;
    }

    /// A place to return to.
    pub(super) fn mark(&self) -> usize {
        self.at
    }

    pub(super) fn reset(&mut self, mark: usize) {
        self.at = mark;
    }

    pub(super) fn at_end(&self) -> bool {
        *self.kind() == Kind::End
    }

    /// The word `ahead` tokens on, in upper case, if it is an unquoted word.
    pub(super) fn word_at(&self, ahead: usize) -> Option<String> {
        match &self.token(ahead).kind {
            Kind::Word(word) => Some(word.to_uppercase()),
            _ => None,
        }
    }

    pub(super) fn word(&self) -> Option<String> {
        self.word_at(0)
    }

    /// Whether the next words are these.
    pub(super) fn at(&self, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(i, word)| self.word_at(i).as_deref() == Some(word))
    }

    /// Reads these words if they come next.
    pub(super) fn eat(&mut self, words: &[&str]) -> bool {
        let here = self.at(words);
        if here {
            self.at += words.len();
        }
        here
    }

    pub(super) fn expect(&mut self, words: &[&str]) -> Result<(), SqlError> {
        for word in words {
            if !self.eat(&[word]) {
                return self.unexpected();
            }
        }
        Ok(())
    }

    pub(super) fn at_symbol(&self, symbol: &str) -> bool {
        matches!(self.kind(), Kind::Symbol(s) if *s == symbol)
    }

    pub(super) fn symbol_at(&self, ahead: usize, symbol: &str) -> bool {
        matches!(&self.token(ahead).kind, Kind::Symbol(s) if *s == symbol)
    }

    pub(super) fn eat_symbol(&mut self, symbol: &str) -> bool {
        let here = self.at_symbol(symbol);
        if here {
            self.advance();
        }
        here
    }

    pub(super) fn expect_symbol(&mut self, symbol: &str) -> Result<(), SqlError> {
        if self.eat_symbol(symbol) {
            Ok(())
        } else {
            self.unexpected()
        }
    }

    /// The vendor's syntax error at the next token.
    pub(super) fn unexpected<T>(&self) -> Result<T, SqlError> {
        let token = self.token(0);
        let shown = match &token.kind {
            Kind::Word(word) => word.clone(),
            Kind::Quoted(text) => format!("\"{text}\""),
            Kind::Text(text) => format!("'{text}'"),
            Kind::Number(number) => number.clone(),
            Kind::Symbol(symbol) => (*symbol).to_owned(),
            Kind::End => "<EOF>".to_owned(),
        };
        let shown = if matches!(token.kind, Kind::Text(_)) {
            shown
        } else {
            format!("'{shown}'")
        };
        Err(SqlError::compilation(
            &rules::SYNTAX,
            format!(
                "syntax error line {} at position {} unexpected {shown}.",
                token.line, token.position
            ),
        ))
    }

    /// One identifier.
    pub(super) fn name(&mut self) -> Result<Name, SqlError> {
        let name = match self.kind() {
            Kind::Quoted(text) => Name::exact(text.clone()),
            Kind::Word(word) => {
                if RESERVED.contains(&word.to_uppercase().as_str()) {
                    let mut error = match self.unexpected::<()>() {
                        Err(error) => error,
                        Ok(()) => SqlError::compilation(&rules::RESERVED_WORD, ""),
                    };
                    error.rule = &rules::RESERVED_WORD;
                    return Err(error);
                }
                Name::folded(word)
            }
            _ => return self.unexpected(),
        };
        let length = name.as_str().chars().count();
        if length == 0 || length > MAX_IDENTIFIER {
            return Err(SqlError::own(
                &rules::IDENTIFIER_LENGTH,
                format!(
                    "identifier of {length} characters; between 1 and {MAX_IDENTIFIER} are allowed."
                ),
            ));
        }
        self.advance();
        Ok(name)
    }

    /// A dotted name of at most `most` parts.
    pub(super) fn path(&mut self, most: usize) -> Result<Path, SqlError> {
        let mut parts = vec![self.name()?];
        while self.at_symbol(".") && parts.len() < most {
            self.advance();
            // `db..object` names the PUBLIC schema.
            if parts.len() == 1 && most == 3 && self.at_symbol(".") {
                parts.push(Name::folded("PUBLIC"));
                continue;
            }
            parts.push(self.name()?);
        }
        if self.at_symbol(".") {
            return self.unexpected();
        }
        Ok(Path(parts))
    }

    /// A path as long as objects of this type have.
    pub(super) fn path_of(&mut self, object: ObjectType) -> Result<Path, SqlError> {
        use super::super::object::Level;
        self.path(match object.level() {
            Level::Account => 1,
            Level::Database => 2,
            Level::Schema => 3,
        })
    }

    pub(super) fn text(&mut self) -> Result<String, SqlError> {
        match self.kind() {
            Kind::Text(text) => {
                let text = text.clone();
                self.advance();
                Ok(text)
            }
            _ => self.unexpected(),
        }
    }

    pub(super) fn texts(&mut self) -> Result<Vec<String>, SqlError> {
        let mut texts = vec![self.text()?];
        while self.eat_symbol(",") {
            texts.push(self.text()?);
        }
        Ok(texts)
    }

    pub(super) fn integer(&mut self) -> Result<u32, SqlError> {
        match self.kind() {
            Kind::Number(number) => match number.parse() {
                Ok(value) => {
                    self.advance();
                    Ok(value)
                }
                Err(_) => self.unexpected(),
            },
            _ => self.unexpected(),
        }
    }

    /// `( name [, name ...] )`
    pub(super) fn names_in_parens(&mut self) -> Result<Vec<Name>, SqlError> {
        self.expect_symbol("(")?;
        let mut names = vec![self.name()?];
        while self.eat_symbol(",") {
            names.push(self.name()?);
        }
        self.expect_symbol(")")?;
        Ok(names)
    }

    /// One object type in the singular, read greedily.
    pub(super) fn object_type(&mut self) -> Result<ObjectType, SqlError> {
        for object in ObjectType::all() {
            let words: Vec<&str> = object.singular().split(' ').collect();
            if self.eat(&words) {
                return Ok(object);
            }
        }
        self.unexpected()
    }

    /// One object type in the plural, read greedily.
    pub(super) fn object_types(&mut self) -> Result<ObjectType, SqlError> {
        for object in ObjectType::all() {
            let words: Vec<&str> = object.plural().split(' ').collect();
            if self.eat(&words) {
                return Ok(object);
            }
        }
        self.unexpected()
    }

    /// `[WITH] TAG ( name = 'value' [, ...] )` after TAG was seen.
    pub(super) fn tag_list(&mut self) -> Result<Vec<TagValue>, SqlError> {
        self.expect_symbol("(")?;
        let mut tags = Vec::new();
        loop {
            tags.push(self.tag_value()?);
            if !self.eat_symbol(",") {
                break;
            }
        }
        self.expect_symbol(")")?;
        Ok(tags)
    }

    pub(super) fn tag_value(&mut self) -> Result<TagValue, SqlError> {
        let tag = self.path(3)?;
        self.expect_symbol("=")?;
        Ok(TagValue {
            tag,
            value: self.text()?,
        })
    }

    /// `KEY = value` pairs, as many as follow, each key from the list.
    pub(super) fn settings(&mut self, keys: &[&str]) -> Result<Settings, SqlError> {
        let mut settings = Settings::new();
        while let Some(word) = self.word() {
            if !keys.contains(&word.as_str()) {
                break;
            }
            if settings.iter().any(|(key, _)| *key == word) {
                return self.unexpected();
            }
            self.advance();
            self.expect_symbol("=")?;
            settings.push((word, self.setting()?));
            self.eat_symbol(",");
        }
        Ok(settings)
    }

    fn setting(&mut self) -> Result<Setting, SqlError> {
        if self.eat_symbol("(") {
            let mut items = Vec::new();
            if !self.at_symbol(")") {
                items.push(self.setting()?);
                while self.eat_symbol(",") {
                    items.push(self.setting()?);
                }
            }
            self.expect_symbol(")")?;
            return Ok(Setting::List(items));
        }
        let negative = self.eat_symbol("-");
        let value = match self.kind() {
            Kind::Number(number) if negative => Setting::Number(format!("-{number}")),
            Kind::Number(number) => Setting::Number(number.clone()),
            _ if negative => return self.unexpected(),
            Kind::Text(text) => Setting::Text(text.clone()),
            Kind::Word(word) => Setting::Word(word.to_uppercase()),
            Kind::Quoted(text) => Setting::Word(text.clone()),
            Kind::Symbol(_) | Kind::End => return self.unexpected(),
        };
        self.advance();
        Ok(value)
    }

    /// Who a GRANT is to or a REVOKE is from: `[ROLE] r`, `DATABASE ROLE d.r`, `USER u`, `SHARE s`.
    pub(super) fn grantee(&mut self) -> Result<GranteeRef, SqlError> {
        if self.eat(&["DATABASE", "ROLE"]) {
            return Ok(GranteeRef::DatabaseRole(self.path(2)?));
        }
        // A role may be called USER or SHARE only in quotes, which `at` does not match.
        if self.eat(&["USER"]) {
            return Ok(GranteeRef::User(self.path(1)?));
        }
        if self.eat(&["SHARE"]) {
            return Ok(GranteeRef::Share(self.path(1)?));
        }
        if self.at(&["APPLICATION"]) {
            return Err(SqlError::not_modelled("grants to applications"));
        }
        self.eat(&["ROLE"]);
        Ok(GranteeRef::Role(self.path(1)?))
    }
}
