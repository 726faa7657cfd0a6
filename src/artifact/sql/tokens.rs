//! SQL text to tokens with their places, by sqlparser's tokenizer for Snowflake. Its parser is not
//! used: it rejects ordinary statements about roles and policies.

use sqlparser::dialect::SnowflakeDialect;
use sqlparser::tokenizer::{Token, Tokenizer, Whitespace, Word};

use super::ident;

/// A token that matters; white space and comments are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tok {
    /// A bare word.
    Word(String),
    /// A quoted identifier, unescaped.
    Name(String),
    /// A string constant, unescaped.
    Text(String),
    /// A number.
    Number(String),
    /// Anything else, as it is written.
    Symbol(String),
}

/// Tokens of one statement, without its `;`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    /// The line on which it starts, from 1.
    pub(super) line: u32,
    /// Its tokens.
    pub(super) tokens: Vec<Tok>,
    /// Its text, without the `;`.
    pub(super) text: String,
}

/// What a file is made of.
#[derive(Debug, Default)]
pub(super) struct Lexed {
    /// Its statements.
    pub(super) runs: Vec<Run>,
    /// Its comments, without their markers, with their lines.
    pub(super) comments: Vec<(u32, String)>,
    /// Whether something follows the last `;`.
    pub(super) open_end: bool,
}

/// Cuts text into statements; the error names the line.
pub(super) fn lex(text: &str) -> Result<Lexed, String> {
    // Escapes are kept and resolved by our own reader: the tokenizer does not know `\u`.
    let tokens = Tokenizer::new(&SnowflakeDialect, text)
        .with_unescape(false)
        .tokenize_with_location();
    let tokens =
        tokens.map_err(|error| format!("line {}: {}", error.location.line, error.message))?;
    let offsets = Offsets::new(text);
    let mut lexed = Lexed::default();
    let mut run: Option<(u32, usize, Vec<Tok>)> = None;
    for token in tokens {
        let line = u32::try_from(token.span.start.line).unwrap_or(u32::MAX);
        match token.token {
            Token::Whitespace(
                Whitespace::SingleLineComment { comment, .. }
                | Whitespace::MultiLineComment(comment),
            ) => {
                lexed
                    .comments
                    .push((line, comment.trim_end_matches('\n').to_owned()));
            }
            Token::EOF | Token::Whitespace(_) => {}
            Token::SemiColon => {
                let end = offsets.byte(token.span.start.line, token.span.start.column);
                let (line, start, tokens) = run.take().unwrap_or((line, end, Vec::new()));
                let text = text
                    .get(start..end)
                    .unwrap_or_default()
                    .trim_end()
                    .to_owned();
                lexed.runs.push(Run { line, tokens, text });
            }
            other => {
                let start = offsets.byte(token.span.start.line, token.span.start.column);
                let (_, _, tokens) = run.get_or_insert_with(|| (line, start, Vec::new()));
                tokens.push(tok(other).map_err(|why| format!("line {line}: {why}"))?);
            }
        }
    }
    if let Some((line, start, tokens)) = run {
        lexed.open_end = true;
        lexed.runs.push(Run {
            line,
            tokens,
            text: text.get(start..).unwrap_or_default().trim_end().to_owned(),
        });
    }
    Ok(lexed)
}

fn tok(token: Token) -> Result<Tok, String> {
    Ok(match token {
        Token::Word(Word {
            value,
            quote_style: Some('"'),
            ..
        }) => Tok::Name(value.replace("\"\"", "\"")),
        Token::Word(Word { value, .. }) => Tok::Word(value),
        Token::SingleQuotedString(raw) => Tok::Text(
            ident::unescape(&raw).ok_or_else(|| format!("`{raw}` is not a string constant"))?,
        ),
        Token::Number(number, _) => Tok::Number(number),
        other => Tok::Symbol(other.to_string()),
    })
}

/// Byte offsets of places that count characters.
struct Offsets<'a> {
    lines: Vec<&'a str>,
    starts: Vec<usize>,
}

impl<'a> Offsets<'a> {
    fn new(text: &'a str) -> Self {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let mut starts = Vec::with_capacity(lines.len());
        let mut at = 0;
        for line in &lines {
            starts.push(at);
            at += line.len();
        }
        Self { lines, starts }
    }

    fn byte(&self, line: u64, column: u64) -> usize {
        let (line, column) = (
            usize::try_from(line).unwrap_or(0),
            usize::try_from(column).unwrap_or(0),
        );
        let (Some(text), Some(start)) = (
            self.lines.get(line.wrapping_sub(1)),
            self.starts.get(line.wrapping_sub(1)),
        ) else {
            return 0;
        };
        let before: usize = text
            .chars()
            .take(column.saturating_sub(1))
            .map(char::len_utf8)
            .sum();
        start + before
    }
}
