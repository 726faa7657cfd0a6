//! A second opinion that shares no code with the parser: counts what is live in printed text.
//!
//! In: text in the printer's own narrow dialect. Out: the headers of its top-level blocks and the
//! number of live `${` and `%{`. If a parser and this scanner ever disagree about where a string
//! ends, nothing is written.

/// What a scan found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Lives {
    /// The header line of every top-level block, up to its `{`.
    pub headers: Vec<String>,
    /// Live interpolations, nested ones included.
    pub interpolations: usize,
}

/// Scans a printed file; the error says what the dialect does not have, and on which line.
pub(super) fn scan(text: &str) -> Result<Lives, String> {
    let mut lives = Lives::default();
    let mut depth = 0_usize;
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let fail = |what: &str| Err(format!("line {}: {what}", at + 1));
        let Some(line) = line.strip_suffix('\n') else {
            return fail("the last line does not end");
        };
        if line.chars().any(super::visible::is_hidden) {
            return fail("a hidden or control character");
        }
        let code = line.trim_start_matches(' ');
        if code.starts_with('#') {
            continue;
        }
        let before = depth;
        if let Err(what) = scan_line(code.as_bytes(), &mut depth, &mut lives.interpolations) {
            return fail(what);
        }
        if before == 0 && !code.is_empty() {
            // At the top, a line is the header of a block, or a whole empty block.
            let header = match depth {
                0 => code.strip_suffix(" {}"),
                1 => code.strip_suffix(" {"),
                _ => None,
            };
            match header {
                Some(header) => lives.headers.push(header.to_owned()),
                None => return fail("something other than a block at the top"),
            }
        } else if before > 0 && depth == 0 && code != "}" {
            return fail("a block that ends within a line");
        }
    }
    if depth == 0 {
        Ok(lives)
    } else {
        Err("the last block does not end".to_owned())
    }
}

/// One line of code. Strings end on their line, so every bracket outside of them is structure.
fn scan_line(code: &[u8], depth: &mut usize, live: &mut usize) -> Result<(), &'static str> {
    // One entry per open string or interpolation of this line.
    enum Inside {
        Text,
        Marker { braces: usize },
    }
    let mut inside: Vec<Inside> = Vec::new();
    let mut rest = code;
    while let Some((&byte, after)) = rest.split_first() {
        let next = after.first().copied();
        rest = after;
        if let Some(Inside::Text) = inside.last() {
            match byte {
                b'\\' if next.is_some() => rest = rest.get(1..).unwrap_or_default(),
                b'"' => drop(inside.pop()),
                b'$' | b'%' if next == Some(byte) && after.get(1) == Some(&b'{') => {
                    rest = rest.get(2..).unwrap_or_default();
                }
                b'$' if next == Some(b'{') => {
                    *live += 1;
                    inside.push(Inside::Marker { braces: 0 });
                    rest = rest.get(1..).unwrap_or_default();
                }
                b'%' if next == Some(b'{') => return Err("a live `%{`"),
                _ => {}
            }
            continue;
        }
        match (byte, inside.last_mut()) {
            (b'"', _) => inside.push(Inside::Text),
            (b'{', Some(Inside::Marker { braces })) => *braces += 1,
            (b'}', Some(Inside::Marker { braces: 0 })) => drop(inside.pop()),
            (b'}', Some(Inside::Marker { braces })) => *braces -= 1,
            (b'{' | b'[' | b'(', None) => *depth += 1,
            (b'}' | b']' | b')', None) => {
                *depth = depth.checked_sub(1).ok_or("a closing bracket too many")?;
            }
            (b'#', _) => return Err("a comment behind code"),
            (b'/', _) if matches!(next, Some(b'/' | b'*')) => return Err("a comment behind code"),
            (b'<', _) if next == Some(b'<') => return Err("a heredoc"),
            (0x80.., _) => return Err("a character outside of strings and comments"),
            _ => {}
        }
    }
    if inside.is_empty() {
        Ok(())
    } else {
        Err("a string that does not end on its line")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;

    #[test]
    fn live_and_escaped_markers_are_told_apart() {
        let text =
            "a \"b\" {\n  c = \"$${d}$${${e}%%{f}\\\"${g(\"${h}\", { i = \"}\" })}\"\n}\n\nj {}\n";
        let lives = scan(text).unwrap();
        assert_eq!(lives.headers, ["a \"b\"", "j"]);
        assert_eq!(lives.interpolations, 3);
    }

    #[test]
    fn what_the_printer_never_writes_is_refused() {
        for (text, what) in [
            ("a {\n  b = \"x\n", "does not end on its line"),
            ("a {\n", "last block does not end"),
            ("a {\n}}\n", "too many"),
            ("a {\n  b = \"%{ if c }\"\n}\n", "live `%{`"),
            ("a {\n  b = <<E\nE\n}\n", "heredoc"),
            ("a {\n  b = 1 # c\n}\n", "behind code"),
            ("a {\n  b = 1 // c\n}\n", "behind code"),
            ("a {\n  b = /* c */ 1\n}\n", "behind code"),
            ("a = 1\n", "other than a block"),
            ("a { b = 1 }\n", "other than a block"),
            ("a {\n  b = \"\u{202e}\"\n}\n", "hidden"),
            ("a {\n  b = ü\n}\n", "outside of strings"),
            ("a {\n  b = 1 }\n", "within a line"),
            ("a {\n}", "last line"),
        ] {
            let error = scan(text).unwrap_err();
            assert!(error.contains(what), "{text:?}: {error}");
        }
    }
}
