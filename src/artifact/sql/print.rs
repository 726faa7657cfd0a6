//! The printer: a header, one comment line per origin, statements that end with `;`.

use std::fmt::{self, Write as _};

use super::pieces::{Piece, pieces};
use super::statement::Statement;
use crate::artifact::{HEADER, Origin, Printed, SqlStatement, visible};

/// Prints one file; statements run in the order in which they stand.
pub fn print(statements: &[SqlStatement]) -> Printed {
    let mut text = format!("-- {HEADER}\n");
    let mut line: u32 = 2;
    let mut ranges: Vec<(std::ops::RangeInclusive<u32>, crate::artifact::OriginRef)> = Vec::new();
    let mut before: Option<&Origin> = None;
    for SqlStatement { statement, origin } in statements {
        let mut first = line;
        if let Some(why) = comment(before, origin) {
            text.push('\n');
            line += 1;
            first = line;
            if !why.is_empty() {
                let _ = writeln!(text, "-- {why}");
                line += 1;
            }
        }
        let printed = statement.to_string();
        line += u32::try_from(printed.matches('\n').count()).unwrap_or(u32::MAX) + 1;
        let _ = writeln!(text, "{printed};");
        match ranges
            .last_mut()
            .filter(|(range, other)| other == origin && *range.end() + 1 == first)
        {
            Some((range, _)) => *range = *range.start()..=line - 1,
            None => ranges.push((first..=line - 1, origin.clone())),
        }
        before = Some(origin);
    }
    Printed { text, ranges }
}

/// The comment above a statement, where it differs from the one before; it may be empty.
pub(super) fn comment(before: Option<&Origin>, origin: &Origin) -> Option<String> {
    let same = |before: &Origin| before.address == origin.address && before.why == origin.why;
    (!before.is_some_and(same)).then(|| visible::origin_line(origin))
}

impl fmt::Display for Statement {
    /// The statement without its final `;`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut glued = true;
        for piece in pieces(self) {
            let follows = matches!(
                piece,
                Piece::Dot | Piece::Call | Piece::Close | Piece::Comma | Piece::Line(_)
            );
            if !glued && !follows {
                f.write_str(" ")?;
            }
            glued = matches!(
                piece,
                Piece::Dot | Piece::Call | Piece::Open | Piece::Minus | Piece::Line(_)
            );
            match piece {
                Piece::Word(word) => f.write_str(word)?,
                Piece::Name(name) => write!(f, "{name}")?,
                Piece::Bare(name) => f.write_str(name)?,
                Piece::Text(text) => write!(f, "{text}")?,
                Piece::OwnText(text) => write!(f, "'{text}'")?,
                Piece::Number(number) => write!(f, "{number}")?,
                Piece::Dot => f.write_str(".")?,
                Piece::Open | Piece::Call => f.write_str("(")?,
                Piece::Close => f.write_str(")")?,
                Piece::Comma => f.write_str(",")?,
                Piece::Equals => f.write_str("=")?,
                Piece::Day(day) => write!(f, "'{day}'")?,
                Piece::Less => f.write_str("<")?,
                Piece::Minus => f.write_str("-")?,
                Piece::Arrow => f.write_str("->")?,
                Piece::Line(depth) => {
                    f.write_str("\n")?;
                    for _ in 0..depth {
                        f.write_str("  ")?;
                    }
                }
            }
        }
        Ok(())
    }
}
