//! What a reader of a generated file can see: every printer escapes the characters that cannot be
//! seen or that reorder the text around them, and no free text leaves its comment.
//!
//! In: any text of a blueprint. Out: text for one comment line, or the answer whether a character
//! must be escaped. It never changes what a string means.

use super::Origin;

/// A comment is for orientation; a longer `why` is cut, the blueprint has it whole.
const MAX_COMMENT: usize = 200;

/// Whether a character is invisible or changes the direction of the text around it.
///
/// Controls and format characters (Unicode 16, categories Cc, Cf, Zl and Zp), as far as they can
/// hide text from a reviewer ("Trojan Source", CVE-2021-42574), and noncharacters.
pub(super) fn is_hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    matches!(
        u32::from(c),
        0x80..=0x9f
            | 0xad
            | 0x34f
            | 0x600..=0x605
            | 0x61c
            | 0x6dd
            | 0x70f
            | 0x890..=0x891
            | 0x8e2
            | 0x115f..=0x1160
            | 0x17b4..=0x17b5
            | 0x180b..=0x180f
            | 0x200b..=0x200f
            | 0x2028..=0x202e
            | 0x2060..=0x206f
            | 0x3164
            | 0xfe00..=0xfe0f
            | 0xfeff
            | 0xffa0
            | 0xfff0..=0xfffb
            | 0x1_10bd
            | 0x1_10cd
            | 0x1_3430..=0x1_343f
            | 0x1_bca0..=0x1_bca3
            | 0x1_d173..=0x1_d17a
            | 0xe_0000..=0xe_0fff
    ) || u32::from(c) & 0xfffe == 0xfffe
}

/// One line of text that is safe inside a comment of any of our languages.
///
/// Line breaks and hidden characters become spaces, runs of spaces become one. `*/` needs no care:
/// only line comments are written.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut length = 0;
    for c in text.chars() {
        let c = if is_hidden(c) || c.is_whitespace() {
            ' '
        } else {
            c
        };
        if c == ' ' && (line.is_empty() || line.ends_with(' ')) {
            continue;
        }
        if length == MAX_COMMENT {
            line.truncate(line.trim_end().len());
            line.push('…');
            return line;
        }
        line.push(c);
        length += 1;
    }
    line.truncate(line.trim_end().len());
    line
}

/// The comment above a block or statement, without the comment marker: `ADDRESS — WHY`.
///
/// Addresses are stable and line numbers are not, so the place is kept in the provenance only.
pub(super) fn origin_line(origin: &Origin) -> String {
    let address = origin.address.to_string();
    match (address.is_empty(), origin.why.is_empty()) {
        (true, _) => one_line(&origin.why),
        (false, true) => one_line(&address),
        (false, false) => one_line(&format!("{address} — {}", origin.why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_stays_on_its_line() {
        assert_eq!(
            one_line("a\nresource \"x\" {\r\n\tb\u{2028}c\0d"),
            "a resource \"x\" { b c d"
        );
        assert_eq!(one_line(" \u{202e}evil\u{2066} "), "evil");
        assert_eq!(one_line("größe – 数据"), "größe – 数据");
        assert_eq!(one_line(""), "");
    }

    #[test]
    fn a_long_comment_is_cut_where_it_can_be_seen() {
        let cut = one_line(&"ä".repeat(500));
        assert_eq!(cut.chars().count(), MAX_COMMENT + 1);
        assert!(cut.ends_with('…'));
        assert_eq!(one_line(&"a".repeat(MAX_COMMENT)), "a".repeat(MAX_COMMENT));
    }

    #[test]
    fn letters_of_every_script_are_visible() {
        for c in "az09 ~äßéŁжλ数かなกิहि한🙂€".chars() {
            assert!(!is_hidden(c), "{c:?}");
        }
        for c in [
            '\0',
            '\n',
            '\u{7f}',
            '\u{85}',
            '\u{ad}',
            '\u{200b}',
            '\u{202e}',
            '\u{feff}',
            '\u{e0041}',
            '\u{ffff}',
        ] {
            assert!(is_hidden(c), "{c:?}");
        }
    }
}
