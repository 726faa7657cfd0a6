//! GUIDs that are the same every time: of role definitions and role assignments, which Azure names
//! by GUIDs and would otherwise invent anew.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// The GUID of some words: version 8 of RFC 9562, whose bits are ours to fill; here with SHA-256.
pub(super) fn of<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    let digest = Sha256::digest(words.join("\u{1f}").as_bytes());
    let mut guid = String::with_capacity(36);
    for (at, byte) in digest.iter().take(16).enumerate() {
        let byte = match at {
            6 => (byte & 0x0f) | 0x80,
            8 => (byte & 0x3f) | 0x80,
            _ => *byte,
        };
        if matches!(at, 4 | 6 | 8 | 10) {
            guid.push('-');
        }
        // Writing to a string cannot fail.
        let _ = write!(guid, "{byte:02x}");
    }
    guid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_are_lawful_and_stay() {
        let guid = of(["minimal", "dev", "files own"]);
        assert_eq!(guid.len(), 36);
        assert_eq!(guid.chars().nth(14), Some('8'));
        assert!(guid.chars().nth(19).is_some_and(|c| "89ab".contains(c)));
        assert_eq!(guid, of(["minimal", "dev", "files own"]));
        assert_ne!(of(["a", "bc"]), of(["ab", "c"]));
    }
}
