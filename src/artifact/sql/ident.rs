//! The only two things that print text which somebody wrote: quoted identifiers and string
//! constants. Both are checked or escaped when they are made, so printing cannot fail.

use std::fmt;

use super::super::visible;

/// Snowflake's longest identifier (docs.snowflake.com/en/sql-reference/identifiers-syntax).
const LONGEST: usize = 255;

/// An identifier, always printed in double quotes, so that no keyword and no case folding matters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SqlIdent(String);

impl SqlIdent {
    /// Checks a name; the error says in plain words what is wrong.
    pub fn new(name: &str) -> Result<Self, String> {
        if name.is_empty() {
            return Err("it is empty".to_owned());
        }
        let length = name.chars().count();
        if length > LONGEST {
            return Err(format!(
                "it has {length} characters, Snowflake allows {LONGEST}"
            ));
        }
        if let Some(odd) = name.chars().find(|c| visible::is_hidden(*c)) {
            return Err(format!(
                "it holds the invisible character U+{:04X}",
                u32::from(odd)
            ));
        }
        // Snowflake takes a backslash in an identifier literally, but snow's splitter of statements
        // (snowflake-connector-python, util_text.split_statements) reads it as an escape of the
        // closing quote and would cut the file somewhere else.
        if name.contains('\\') {
            return Err("it holds a backslash, which snow misreads in an identifier".to_owned());
        }
        Ok(Self(name.to_owned()))
    }

    /// A name that was found lawful where it was made. Should it not be, then the file that it
    /// stands in does not read back and nothing is written.
    pub fn known(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The name without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SqlIdent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('"', "\"\""))
    }
}

/// A string constant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SqlString(String);

impl SqlString {
    /// Takes any text that can be written so that a reader sees all of it.
    pub fn new(text: &str) -> Result<Self, String> {
        // An escape takes four hexadecimal digits, so invisible characters beyond U+FFFF have none.
        match text
            .chars()
            .find(|c| visible::is_hidden(*c) && u32::from(*c) > 0xffff)
        {
            Some(odd) => Err(format!(
                "it holds the invisible character U+{:X}",
                u32::from(odd)
            )),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// Takes text of which every character is seen as it is written: values that decide something.
    pub fn plain(text: &str) -> Result<Self, String> {
        match text.chars().find(|c| visible::is_hidden(*c)) {
            Some(odd) => Err(format!(
                "it holds the invisible character U+{:04X}",
                u32::from(odd)
            )),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// Prose for people on one line: what cannot be seen becomes a space.
    pub fn prose(text: &str) -> Self {
        let seen: String = text
            .chars()
            .map(|c| if visible::is_hidden(c) { ' ' } else { c })
            .collect();
        Self(seen.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// The text that the database will hold.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SqlString {
    /// In a single-quoted constant both the quote and the backslash are escaped
    /// (docs.snowflake.com/en/sql-reference/data-types-text#escape-sequences). Line breaks are
    /// escaped too: a line of a file that starts with `!` is a command to snow.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("'")?;
        for c in self.0.chars() {
            match c {
                '\'' => f.write_str("''")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c if visible::is_hidden(c) => write!(f, "\\u{:04x}", u32::from(c))?,
                c => write!(f, "{c}")?,
            }
        }
        f.write_str("'")
    }
}

/// An account with its organization, which are written without quotes
/// (docs.snowflake.com/en/user-guide/admin-account-identifier).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountName([String; 2]);

impl AccountName {
    /// Reads `ORGANIZATION.ACCOUNT`: upper-case letters, digits and `_`, from a letter on.
    pub fn new(text: &str) -> Option<Self> {
        let plain = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_uppercase())
                && part
                    .chars()
                    .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        };
        let (organization, account) = text.split_once('.')?;
        (plain(organization) && plain(account))
            .then(|| Self([organization.to_owned(), account.to_owned()]))
    }

    /// The organization and the account.
    pub fn parts(&self) -> &[String; 2] {
        &self.0
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [organization, account] = &self.0;
        write!(f, "{organization}.{account}")
    }
}

/// Reads what stands between the quotes of a string constant; `None` if no constant is written so.
pub(super) fn unescape(raw: &str) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' if chars.next() == Some('\'') => text.push('\''),
            '\'' => return None,
            '\\' => match chars.next()? {
                'n' => text.push('\n'),
                'r' => text.push('\r'),
                't' => text.push('\t'),
                '0' => text.push('\0'),
                'b' => text.push('\u{8}'),
                'f' => text.push('\u{c}'),
                'u' => {
                    let digits: String = chars.by_ref().take(4).collect();
                    let code = u32::from_str_radix(&digits, 16)
                        .ok()
                        .filter(|_| digits.len() == 4)?;
                    text.push(char::from_u32(code)?);
                }
                'x' => {
                    let digits: String = chars.by_ref().take(2).collect();
                    let code = u32::from_str_radix(&digits, 16)
                        .ok()
                        .filter(|_| digits.len() == 2)?;
                    text.push(char::from_u32(code)?);
                }
                other => text.push(other),
            },
            c => text.push(c),
        }
    }
    Some(text)
}

/// A name with its schema and database: `"DB"."SCHEMA"."TABLE"`.
pub type InSchema = [SqlIdent; 3];

/// A name with its database: `"DB"."SCHEMA"`.
pub type InDatabase = [SqlIdent; 2];

/// The types of Snowflake that columns have (docs.snowflake.com/en/sql-reference/intro-summary-data-types).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SqlType {
    /// Text, with its longest length in characters.
    Varchar(Option<u32>),
    /// An exact decimal.
    Number(u8, u8),
    /// A binary floating-point number.
    Float,
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A date and time without a zone.
    TimestampNtz,
    /// A moment, shown in the session's zone.
    TimestampLtz,
    /// Bytes.
    Binary,
    /// A list.
    Array,
    /// A JSON-like object.
    Object,
}

impl SqlType {
    /// Whether it is text.
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Varchar(_))
    }

    /// Its keyword.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Varchar(_) => "VARCHAR",
            Self::Number(..) => "NUMBER",
            Self::Float => "FLOAT",
            Self::Boolean => "BOOLEAN",
            Self::Date => "DATE",
            Self::Time => "TIME",
            Self::TimestampNtz => "TIMESTAMP_NTZ",
            Self::TimestampLtz => "TIMESTAMP_LTZ",
            Self::Binary => "BINARY",
            Self::Array => "ARRAY",
            Self::Object => "OBJECT",
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;

    #[test]
    fn identifiers_are_quoted_and_their_quotes_doubled() {
        assert_eq!(SqlIdent::new("ORDERS").unwrap().to_string(), "\"ORDERS\"");
        assert_eq!(
            SqlIdent::new("a\"; DROP TABLE x --").unwrap().to_string(),
            "\"a\"\"; DROP TABLE x --\""
        );
        assert_eq!(
            SqlIdent::new("größe cm").unwrap().to_string(),
            "\"größe cm\""
        );
    }

    #[test]
    fn names_that_cannot_be_identifiers_are_refused() {
        for bad in [
            "",
            "a\nb",
            "a\0",
            "a\\",
            "a\\\"b",
            "\u{202e}x",
            "a\u{200b}b",
            &"x".repeat(256),
        ] {
            assert!(SqlIdent::new(bad).is_err(), "{bad:?}");
        }
        assert!(SqlIdent::new(&"ä".repeat(255)).is_ok());
    }

    #[test]
    fn strings_double_quotes_and_backslashes_and_stay_on_one_line() {
        let print = |text: &str| SqlString::new(text).unwrap().to_string();
        assert_eq!(print("it's"), "'it''s'");
        assert_eq!(print("a\\"), "'a\\\\'");
        assert_eq!(print("a\n!source x"), "'a\\n!source x'");
        assert_eq!(print("\u{202e}"), "'\\u202e'");
        assert_eq!(print("<% x %> &{ y } ;>"), "'<% x %> &{ y } ;>'");
        assert!(SqlString::new("a\u{e0041}").is_err());
        assert_eq!(SqlString::prose(" a\n\u{e0041}b ").as_str(), "a b");
    }

    #[test]
    fn what_is_escaped_is_read_back() {
        for text in [
            "",
            "'",
            "''",
            "\\",
            "\\'",
            "a\r\n\tb",
            "\u{0}\u{7}\u{200d}",
            "größe 🙂",
            "\\u0041",
        ] {
            let printed = SqlString::new(text).unwrap().to_string();
            let raw = printed
                .strip_prefix('\'')
                .and_then(|rest| rest.strip_suffix('\''))
                .unwrap();
            assert_eq!(unescape(raw).as_deref(), Some(text), "{printed}");
        }
        for bad in ["'", "\\", "\\u12", "\\xg0"] {
            assert_eq!(unescape(bad), None, "{bad}");
        }
    }
}
