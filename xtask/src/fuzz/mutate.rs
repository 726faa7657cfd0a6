//! Mutations, from gentle ones that mostly compile to wild ones that mostly do not parse.
//!
//! They work on lines and on values within lines (`key: value`, `[a, b]`, `{a: b}`), since a
//! blueprint is lines; that keeps them fast and lets broken YAML come out as well as good.

use super::bases::Base;
use super::hostile;
use super::random::Random;

/// A key and the place of its value on one line.
struct Slot {
    line: usize,
    key: String,
    start: usize,
    end: usize,
}

/// Mutates one to three times; what comes out depends on the numbers alone.
pub(super) fn mesh(base: &Base, random: &mut Random) -> Vec<(&'static str, Vec<u8>)> {
    let mut files: Vec<(&'static str, Vec<u8>)> = base
        .files
        .iter()
        .map(|(path, text)| (*path, text.clone().into_bytes()))
        .collect();
    let strength = random.below(100);
    let times = match random.below(10) {
        0..=5 => 1,
        6..=8 => 2,
        _ => 3,
    };
    for _ in 0..times {
        let at = random.below(files.len());
        let other = random.below(files.len());
        let donor = files
            .get(other)
            .map(|(_, bytes)| bytes.clone())
            .unwrap_or_default();
        let Some((_, bytes)) = files.get_mut(at) else {
            continue;
        };
        if strength >= 70 {
            wild(bytes, &donor, random);
            continue;
        }
        let text = String::from_utf8_lossy(bytes).into_owned();
        let donor = String::from_utf8_lossy(&donor).into_owned();
        let changed = if strength < 25 {
            gentle(&text, random)
        } else {
            rough(&text, &donor, random)
        };
        *bytes = changed.into_bytes();
    }
    files
}

fn slots(lines: &[String]) -> Vec<Slot> {
    let mut found = Vec::new();
    for (line, text) in lines.iter().enumerate() {
        let code = text.find(" #").map_or(text.as_str(), |at| &text[..at]);
        for (colon, _) in code.match_indices(": ") {
            let before = &code[..colon];
            let from = before
                .rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
                .map_or(0, |at| {
                    at + before[at..].chars().next().map_or(1, char::len_utf8)
                });
            let start = colon + 2;
            let rest = &code[start..];
            let inside = before.contains('{');
            let end = start + value_length(rest, inside);
            if end > start && from < colon {
                found.push(Slot {
                    line,
                    key: before[from..].to_owned(),
                    start,
                    end,
                });
            }
        }
    }
    found
}

/// Up to the comma or bracket that ends a value; quotes and brackets inside are kept whole.
fn value_length(rest: &str, inside: bool) -> usize {
    let (mut depth, mut quoted) = (0usize, None);
    for (at, c) in rest.char_indices() {
        match (quoted, c) {
            (Some(quote), c) if c == quote => quoted = None,
            (None, '"' | '\'') => quoted = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') if depth == 0 => return if inside { at } else { rest.len() },
            (None, ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 && inside => return at,
            _ => {}
        }
    }
    rest.len()
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn joined(lines: &[String]) -> String {
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

/// Puts a value in the place of another.
fn replace(lines: &mut [String], slot: &Slot, value: &str) {
    if let Some(line) = lines.get_mut(slot.line) {
        line.replace_range(slot.start..slot.end, value);
    }
}

const TEXT_KEYS: &[&str] = &[
    "title",
    "description",
    "purpose",
    "ticket",
    "cost-center",
    "value",
];

fn gentle(text: &str, random: &mut Random) -> String {
    let mut lines = lines(text);
    let found = slots(&lines);
    match random.below(8) {
        // Free text.
        0..=2 => {
            let texts: Vec<&Slot> = found
                .iter()
                .filter(|slot| TEXT_KEYS.contains(&slot.key.as_str()))
                .collect();
            if let (Some(slot), Some(value)) = (random.pick(&texts), random.pick(hostile::TEXTS)) {
                replace(&mut lines, slot, value);
            }
        }
        // The value of the same key elsewhere.
        3..=4 => {
            if let Some(slot) = random.pick(&found) {
                let same: Vec<&Slot> = found.iter().filter(|one| one.key == slot.key).collect();
                let value = random
                    .pick(&same)
                    .and_then(|one| lines.get(one.line)?.get(one.start..one.end))
                    .map(str::to_owned);
                if let Some(value) = value {
                    replace(&mut lines, slot, &value);
                }
            }
        }
        // A number, a little different.
        5 => number(&mut lines, random),
        // A whole line goes, which leaves out an optional key.
        6 => {
            let at = random.below(lines.len());
            if at < lines.len() {
                lines.remove(at);
            }
        }
        // An item of a list goes.
        _ => {
            let lists: Vec<&Slot> = found
                .iter()
                .filter(|slot| lines[slot.line][slot.start..slot.end].starts_with('['))
                .collect();
            if let Some(slot) = random.pick(&lists) {
                let value = lines[slot.line][slot.start..slot.end].to_owned();
                let mut items: Vec<&str> = value
                    .trim_matches(|c| matches!(c, '[' | ']'))
                    .split(", ")
                    .collect();
                let at = random.below(items.len());
                if random.percent(50) {
                    items.remove(at);
                } else {
                    let to = random.below(items.len());
                    items.swap(at, to);
                }
                replace(&mut lines, slot, &format!("[{}]", items.join(", ")));
            }
        }
    }
    joined(&lines)
}

fn number(lines: &mut [String], random: &mut Random) {
    let at = random.below(lines.len());
    let Some(line) = lines.get_mut(at) else {
        return;
    };
    let digits: Vec<usize> = line
        .char_indices()
        .filter(|(_, c)| c.is_ascii_digit())
        .map(|(at, _)| at)
        .collect();
    if let Some(at) = random.pick(&digits).copied() {
        let digit = random.below(10).to_string();
        line.replace_range(at..=at, &digit);
        if random.percent(20) {
            line.insert_str(at, &"9".repeat(random.below(25)));
        }
    }
}

fn rough(text: &str, donor: &str, random: &mut Random) -> String {
    let mut lines = lines(text);
    let donor = self::lines(donor);
    let found = slots(&lines);
    match random.below(9) {
        0 | 1 => {
            if let (Some(slot), Some(value)) = (random.pick(&found), random.pick(hostile::VALUES)) {
                replace(&mut lines, slot, value);
            }
        }
        // Any value from any place.
        2 => {
            let theirs = slots(&donor);
            if let (Some(slot), Some(one)) = (random.pick(&found), random.pick(&theirs))
                && let Some(value) = donor
                    .get(one.line)
                    .and_then(|line| line.get(one.start..one.end))
            {
                replace(&mut lines, slot, value);
            }
        }
        // A key becomes another.
        3 => {
            if let (Some(slot), Some(other)) = (random.pick(&found), random.pick(&found)) {
                let end = slot.start.saturating_sub(2);
                let start = end.saturating_sub(slot.key.len());
                if let Some(line) = lines.get_mut(slot.line) {
                    line.replace_range(start..end, &other.key);
                }
            }
        }
        // A line twice, gone, or elsewhere.
        4 => {
            let at = random.below(lines.len());
            if let Some(line) = lines.get(at).cloned() {
                let to = if random.percent(50) {
                    at
                } else {
                    random.below(lines.len())
                };
                lines.insert(to, line);
            }
        }
        5 => {
            let at = random.below(lines.len());
            let many = 1 + random.below(6);
            let end = (at + many).min(lines.len());
            lines.drain(at.min(end)..end);
        }
        6 => {
            let (a, b) = (random.below(lines.len()), random.below(lines.len()));
            if a < lines.len() && b < lines.len() {
                lines.swap(a, b);
            }
        }
        // A block of another file.
        7 => {
            let at = random.below(donor.len());
            let many = 1 + random.below(12);
            let end = (at + many).min(donor.len());
            let to = random.below(lines.len());
            let block = donor.get(at..end).unwrap_or_default().to_vec();
            lines.splice(to..to, block);
        }
        // Indentation.
        _ => {
            let at = random.below(lines.len());
            if let Some(line) = lines.get_mut(at) {
                if random.percent(50) {
                    line.insert_str(0, "  ");
                } else if line.starts_with("  ") {
                    line.replace_range(..2, "");
                }
            }
        }
    }
    joined(&lines)
}

fn wild(bytes: &mut Vec<u8>, donor: &[u8], random: &mut Random) {
    let at = random.below(bytes.len());
    match random.below(12) {
        0..=2 => {
            for _ in 0..=random.below(8) {
                let at = random.below(bytes.len());
                let bit = random.below(8);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            }
        }
        3 => {
            let marks = b":{}[],&*#?|>!%@`'\"-\n \t\\\0";
            let mark = random.pick(marks).copied().unwrap_or(b':');
            bytes.insert(at, mark);
        }
        4 => bytes.truncate(at),
        5 => {
            let from = random.below(donor.len());
            let end = (from + random.below(200)).min(donor.len());
            let piece = donor.get(from..end).unwrap_or_default().to_vec();
            bytes.splice(at..at, piece);
        }
        6 => {
            let end = (at + random.below(60)).min(bytes.len());
            bytes.drain(at..end);
        }
        7 => {
            let open = *random.pick(&["[", "{a: ", "- ", "? "]).unwrap_or(&"[");
            let many = [10, 63, 64, 65, 1_000, 10_000][random.below(6)];
            bytes.splice(at..at, open.repeat(many).into_bytes());
        }
        8 => {
            let bomb = bomb(2 + random.below(12), 2 + random.below(10));
            let line = bytes[..at]
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1);
            bytes.splice(line..line, bomb.into_bytes());
        }
        9 => {
            let value = random.pick(hostile::VALUES).copied().unwrap_or_default();
            bytes.splice(at..at, value.bytes());
        }
        10 => {
            let long = "x".repeat([500, 5_000, 50_000][random.below(3)]);
            bytes.splice(at..at, long.into_bytes());
        }
        _ => {
            let c = char::from_u32(u32::try_from(random.below(0x1_1000)).unwrap_or(65));
            bytes.splice(at..at, c.unwrap_or('\u{fffd}').to_string().into_bytes());
        }
    }
}

/// `a0: &a0 [x]`, `a1: &a1 [*a0, *a0…]`: each level repeats the one before.
fn bomb(levels: usize, width: usize) -> String {
    let mut text = String::from("a0: &a0 [x]\n");
    for level in 1..levels {
        let refs = vec![format!("*a{}", level - 1); width].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{refs}]\n"));
    }
    text
}
