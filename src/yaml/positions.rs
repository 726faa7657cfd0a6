//! Where the parts of a YAML text stand, by JSON pointer.
//!
//! YAML has many spellings; its own parser knows them. Markers count characters, text counts bytes.

use std::collections::BTreeMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser};

/// A key as a step of a pointer, by RFC 6901.
pub fn push_step(pointer: &mut String, key: &str) {
    pointer.push('/');
    for c in key.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

/// The byte at which a key stands that its map has already.
pub fn key_twice(text: &str) -> Option<usize> {
    of_parts(text).1
}

/// Byte ranges by pointer, and where the first key stands that its map has already. A text that
/// cannot be parsed has the parts before the mistake.
pub fn of_parts(text: &str) -> (BTreeMap<String, Range<usize>>, Option<usize>) {
    enum Open {
        List {
            pointer: String,
            next: usize,
        },
        Map {
            pointer: String,
            key: Option<(String, usize)>,
        },
    }
    let offsets: Vec<usize> = text
        .char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .collect();
    let byte = |index: usize| offsets.get(index).copied().unwrap_or(text.len());
    let mut open: Vec<Open> = Vec::new();
    let mut twice = None;
    let mut found = BTreeMap::new();
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else {
            return (found, twice);
        };
        let (start, end) = (byte(span.start.index()), byte(span.end.index()));
        let ends = matches!(event, Event::SequenceEnd | Event::MappingEnd);
        if ends {
            open.pop();
            continue;
        }
        if !matches!(
            event,
            Event::Scalar(..)
                | Event::Alias(_)
                | Event::SequenceStart(..)
                | Event::MappingStart(..)
        ) {
            continue;
        }
        let pointer = match open.last_mut() {
            None => {
                found.insert(String::new(), start..text.len());
                String::new()
            }
            Some(Open::List { pointer, next }) => {
                let mut inner = pointer.clone();
                push_step(&mut inner, &next.to_string());
                *next += 1;
                found.insert(inner.clone(), start..end);
                inner
            }
            Some(Open::Map { pointer, key }) => match key.take() {
                // The key comes first; it is a scalar, or the document was refused.
                None => {
                    if let Event::Scalar(name, ..) = &event {
                        *key = Some((name.to_string(), start));
                    }
                    continue;
                }
                Some((name, from)) => {
                    let mut inner = pointer.clone();
                    push_step(&mut inner, &name);
                    if found.insert(inner.clone(), from..end.max(start)).is_some() {
                        twice = twice.or(Some(from));
                    }
                    inner
                }
            },
        };
        match event {
            Event::SequenceStart(..) => open.push(Open::List { pointer, next: 0 }),
            Event::MappingStart(..) => open.push(Open::Map { pointer, key: None }),
            _ => {}
        }
    }
    (found, twice)
}
