//! The last gate: printed text is cut into tokens again and compared with what the statements are.
//!
//! One statement per value, each with exactly its tokens, nothing after the last one, and comments
//! that are ours alone; and what the reader understands is the same statement again.

use super::pieces::{Piece, pieces};
use super::print;
use super::read;
use super::statement::Statement;
use super::tokens::{Tok, lex};
use crate::artifact::{HEADER, SqlStatement};

/// Compares printed text with the statements that it was printed from.
pub fn verify(statements: &[SqlStatement], text: &str) -> Result<(), String> {
    if let Some((at, line)) = text
        .lines()
        .enumerate()
        .find(|(_, line)| is_client_command(line))
    {
        return Err(format!(
            "line {}: `{}` would be a command to snow",
            at + 1,
            line.escape_debug()
        ));
    }
    let lexed = lex(text)?;
    if lexed.open_end {
        return Err("the last statement has no `;`".to_owned());
    }
    if lexed.runs.len() != statements.len() {
        return Err(format!(
            "{} statements came back, {} were meant",
            lexed.runs.len(),
            statements.len()
        ));
    }
    for (run, meant) in lexed.runs.iter().zip(statements) {
        let wanted = expected(&meant.statement);
        if let Some(at) = (0..wanted.len().max(run.tokens.len()))
            .find(|at| wanted.get(*at) != run.tokens.get(*at))
        {
            let show = |tok: Option<&Tok>| {
                tok.map_or_else(|| "nothing".to_owned(), |tok| format!("{tok:?}"))
            };
            let (wanted, found) = (show(wanted.get(at)), show(run.tokens.get(at)));
            return Err(format!(
                "line {}: {found} came back where {wanted} was meant",
                run.line
            ));
        }
        if read::statement(&run.tokens).as_ref() != Some(&meant.statement) {
            return Err(format!(
                "line {}: the statement reads back as another one",
                run.line
            ));
        }
    }
    comments_are_ours(statements, &lexed.comments)
}

/// A line that starts with `!` is a command to snow (snowflake-connector-python,
/// `util_text.split_statements`), wherever it stands outside of quotes.
fn is_client_command(line: &str) -> bool {
    line.starts_with('!')
}

/// Every comment is the header or the line of an origin, in their order; none was made by a value.
fn comments_are_ours(
    statements: &[SqlStatement],
    comments: &[(u32, String)],
) -> Result<(), String> {
    let mut wanted = vec![HEADER.to_owned()];
    let mut before = None;
    for statement in statements {
        wanted.extend(print::comment(before, &statement.origin).filter(|line| !line.is_empty()));
        before = Some(statement.origin.as_ref());
    }
    let mut wanted = wanted.iter().map(String::as_str);
    for (line, comment) in comments {
        if wanted.next() != comment.strip_prefix(' ') {
            return Err(format!(
                "line {line}: the comment `{}` is nobody's",
                comment.escape_debug()
            ));
        }
    }
    if wanted.next().is_some() {
        Err("the comment of an origin is missing".to_owned())
    } else {
        Ok(())
    }
}

fn expected(statement: &Statement) -> Vec<Tok> {
    let symbol = |text: &str| Some(Tok::Symbol(text.to_owned()));
    let tokens = pieces(statement)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Word(word) => Some(Tok::Word(word.to_owned())),
            Piece::Name(name) => Some(Tok::Name(name.as_str().to_owned())),
            Piece::Bare(name) => Some(Tok::Word(name.to_owned())),
            Piece::Text(text) => Some(Tok::Text(text.as_str().to_owned())),
            Piece::OwnText(text) => Some(Tok::Text(text.to_owned())),
            Piece::Number(number) => Some(Tok::Number(number.to_string())),
            Piece::Dot => symbol("."),
            Piece::Open | Piece::Call => symbol("("),
            Piece::Close => symbol(")"),
            Piece::Comma => symbol(","),
            Piece::Equals => symbol("="),
            Piece::Day(day) => Some(Tok::Text(day.to_string())),
            Piece::Less => symbol("<"),
            Piece::Minus => symbol("-"),
            Piece::Arrow => symbol("->"),
            Piece::Line(_) => None,
        });
    tokens.collect()
}
