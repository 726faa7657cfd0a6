//! The last gate: the text means what the structure says, or nothing is written (`V401`).
//!
//! In: blocks and their printed text. Out: what is wrong with it, with the line. Three checks that
//! know nothing of each other: what may be emitted, what the parser reads back, and a scan for live
//! markers that shares no code with the parser.

use super::{HclBlock, emittable, lives, refs, same, tidy};

/// Checks one printed file.
pub fn verify(blocks: &[HclBlock], text: &str) -> Result<(), String> {
    emittable::check(blocks)?;

    let read = hcl_edit::parser::parse_body(text).map_err(|error| tidy::located(&error))?;
    let ours: Vec<&hcl::Block> = blocks.iter().map(|block| &block.block).collect();
    same::file(&ours, &read).map_err(|difference| difference.located(text))?;

    let lives = lives::scan(text)?;
    let headers: Vec<String> = ours.iter().map(|block| header(block)).collect();
    if lives.headers != headers {
        return Err("a scan of the text found other blocks than were printed".to_owned());
    }
    let expected: usize = ours
        .iter()
        .map(|block| refs::references(&block.body).interpolations)
        .sum();
    if lives.interpolations != expected {
        return Err(format!(
            "a scan of the text found {} live interpolations where {expected} were meant",
            lives.interpolations
        ));
    }
    Ok(())
}

/// Names were checked before, so nothing in them needs quoting.
fn header(block: &hcl::Block) -> String {
    let mut header = block.identifier.to_string();
    for label in &block.labels {
        header.push_str(" \"");
        header.push_str(label.as_str());
        header.push('"');
    }
    header
}
