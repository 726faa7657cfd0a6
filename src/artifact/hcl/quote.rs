//! Quoted strings: the ten lines that keep free text from becoming structure.
//!
//! In: any text. Out: the inside of a quoted HCL string that means exactly that text, to hcl-edit
//! and to Terraform itself.

use std::fmt::Write as _;

use super::visible::is_hidden;

/// Where a literal stands, which decides what has to be escaped beyond the common rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A value or a label.
    Value,
    /// An object key. `terraform fmt` aligns by grapheme clusters, so that only characters that are
    /// surely one cluster each are printed as they are.
    Key,
}

/// Appends the text to `out`, escaped, without the quotes around it.
///
/// The rule, tried on every string up to length 5 over `$ % { } \` against Terraform itself: double
/// `$` or `%` whenever the next character is `{`; escape quotes, backslashes and controls.
pub(super) fn push_escaped(out: &mut String, text: &str, place: Place) {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '$' | '%' if chars.peek() == Some(&'{') => {
                out.push(c);
                out.push(c);
            }
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_hidden(c) || (place == Place::Key && !is_one_cluster(c)) => push_code(out, c),
            c => out.push(c),
        }
    }
}

/// The same for a literal of a template with an interpolation behind it: a final `$` or `%` would
/// join the marker that follows and escape it, so it is written as a code.
pub(super) fn push_escaped_before_marker(out: &mut String, text: &str, place: Place) {
    match text.chars().next_back() {
        Some(last @ ('$' | '%')) => {
            push_escaped(
                out,
                text.get(..text.len() - last.len_utf8()).unwrap_or(""),
                place,
            );
            push_code(out, last);
        }
        _ => push_escaped(out, text, place),
    }
}

/// The text as a whole quoted string.
pub(super) fn quoted(text: &str, place: Place) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    push_escaped(&mut out, text, place);
    out.push('"');
    out
}

fn push_code(out: &mut String, c: char) {
    let code = u32::from(c);
    // Writing to a String cannot fail.
    let _ = if code > 0xffff {
        write!(out, "\\U{code:08x}")
    } else {
        write!(out, "\\u{code:04x}")
    };
}

/// Characters that never join the ones beside them (Latin, Greek, Cyrillic, kana, ideographs).
fn is_one_cluster(c: char) -> bool {
    matches!(
        u32::from(c),
        0x20..=0x7e
            | 0xa1..=0x2ff
            | 0x370..=0x482
            | 0x48a..=0x52f
            | 0x3041..=0x3096
            | 0x30a1..=0x30fa
            | 0x4e00..=0x9fff
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;

    /// What hcl-edit reads back, which must be a plain string.
    fn read_back(quoted: &str) -> Option<String> {
        let parsed: hcl_edit::expr::Expression = quoted.parse().ok()?;
        parsed.as_str().map(str::to_owned)
    }

    /// Every text up to a length over an alphabet.
    fn every_text(alphabet: &[char], longest: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut last = all.clone();
        for _ in 0..longest {
            last = last
                .iter()
                .flat_map(|text| alphabet.iter().map(move |c| format!("{text}{c}")))
                .collect();
            all.extend(last.iter().cloned());
        }
        all
    }

    #[test]
    fn every_hostile_string_comes_back() {
        let texts = every_text(&['$', '%', '{', '}', '\\', '"', 'x'], 5);
        assert_eq!(texts.len(), 19_608);
        for text in texts {
            for place in [Place::Value, Place::Key] {
                assert_eq!(
                    read_back(&quoted(&text, place)).as_ref(),
                    Some(&text),
                    "{text:?}"
                );
            }
        }
    }

    #[test]
    fn every_string_with_controls_comes_back() {
        let alphabet = [
            '$',
            '{',
            '"',
            '\n',
            '\t',
            '\r',
            '\0',
            '\u{202e}',
            'é',
            '\u{e0041}',
        ];
        for text in every_text(&alphabet, 4) {
            for place in [Place::Value, Place::Key] {
                let quoted = quoted(&text, place);
                assert_eq!(read_back(&quoted).as_ref(), Some(&text), "{text:?}");
                assert!(!quoted.chars().any(is_hidden), "{quoted:?}");
            }
        }
    }

    #[test]
    fn a_literal_cannot_escape_the_marker_behind_it() {
        for text in every_text(&['$', '%', '{', '\\'], 4) {
            let template = format!("\"{}${{x}}\"", {
                let mut literal = String::new();
                push_escaped_before_marker(&mut literal, &text, Place::Value);
                literal
            });
            let parsed: hcl_edit::expr::Expression = template.parse().unwrap();
            let elements: Vec<_> = parsed.as_template().unwrap().iter().collect();
            let literal = elements
                .iter()
                .find_map(|e| e.as_literal())
                .map(|l| l.as_str());
            assert_eq!(literal.unwrap_or(""), text, "{template}");
            assert!(elements.last().unwrap().is_interpolation(), "{template}");
        }
    }
}
