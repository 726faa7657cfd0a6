//! `.manifest.json`: whose tree it is and what meshc wrote into it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The version of the format that is written, and the only one that is read.
const VERSION: u64 = 1;

/// What was written last, as far as it can be trusted: the tree itself is the truth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The mesh.
    pub mesh: String,
    /// The version of the meshc that wrote the tree.
    pub meshc: String,
    /// The SHA-256 of every file, by its path below the tree.
    pub files: BTreeMap<String, String>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "_")]
    _about: Option<String>,
    version: u64,
    meshc: String,
    mesh: String,
    files: BTreeMap<String, String>,
}

impl Manifest {
    /// Reads a manifest; the error is for people. Paths that could leave the tree are refused.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let version = serde_json::from_slice::<Value>(bytes).map_err(|error| error.to_string())?;
        match version.get("version").and_then(Value::as_u64) {
            Some(VERSION) => {}
            Some(other) => {
                return Err(format!(
                    "it has version {other}, this meshc knows version {VERSION}"
                ));
            }
            None => return Err("it has no version".to_owned()),
        }
        let file: File = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        for path in file.files.keys() {
            super::paths::check(path).map_err(|error| error.to_string())?;
        }
        debug_assert_eq!(file.version, VERSION);
        Ok(Self {
            mesh: file.mesh,
            meshc: file.meshc,
            files: file.files,
        })
    }

    /// The text of the file: one line for each file, so that it merges line by line.
    pub fn print(&self) -> String {
        let mut text = String::with_capacity(256 + self.files.len() * 128);
        let _ = write!(
            text,
            "{{\n  \"_\": {},\n  \"version\": {VERSION},\n  \"meshc\": {},\n  \"mesh\": {},\n  \"files\": {{",
            Value::from(crate::artifact::HEADER),
            Value::from(self.meshc.as_str()),
            Value::from(self.mesh.as_str())
        );
        for (at, (path, hash)) in self.files.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let _ = write!(
                text,
                "{comma}\n    {}: {}",
                Value::from(path.as_str()),
                Value::from(hash.as_str())
            );
        }
        text.push_str(if self.files.is_empty() {
            "}\n}\n"
        } else {
            "\n  }\n}\n"
        });
        text
    }
}

/// The hash that `sha256sum` prints.
pub fn sha256(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;

    #[test]
    fn what_is_printed_is_read() {
        let mut manifest = Manifest {
            mesh: "retail".to_owned(),
            meshc: "0.1.0".to_owned(),
            files: BTreeMap::new(),
        };
        assert_eq!(
            Manifest::parse(manifest.print().as_bytes()).unwrap(),
            manifest
        );
        manifest.files.insert("a/b.tf".to_owned(), sha256(b""));
        manifest
            .files
            .insert("a/\"c\".tf".to_owned(), sha256(b"abc"));
        assert_eq!(
            Manifest::parse(manifest.print().as_bytes()).unwrap(),
            manifest
        );
        let pretty = serde_json::from_str::<Value>(&manifest.print()).unwrap();
        assert_eq!(
            serde_json::to_string_pretty(&pretty).unwrap() + "\n",
            manifest.print()
        );
    }

    #[test]
    fn a_manifest_that_cannot_be_trusted_is_refused() {
        let good = Manifest {
            mesh: "m".to_owned(),
            meshc: "1".to_owned(),
            files: BTreeMap::new(),
        }
        .print();
        for (from, to) in [
            ("\"version\": 1", "\"version\": 2"),
            ("\"version\": 1,", ""),
            ("\"files\": {}", "\"files\": {\"../x\": \"\"}"),
            ("\"files\": {}", "\"files\": {\"/etc/x\": \"\"}"),
            ("\"files\": {}", "\"files\": []"),
            ("\"mesh\"", "\"mash\""),
            ("}\n}", "}\n<<<<"),
        ] {
            assert!(good.contains(from), "{from}");
            assert!(
                Manifest::parse(good.replace(from, to).as_bytes()).is_err(),
                "{to}"
            );
        }
    }

    #[test]
    fn the_hash_is_the_usual_one() {
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
