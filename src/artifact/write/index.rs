//! What a tree looked like when it was last known to be what its inputs say: a stat index, as git has one.
//!
//! In: a tree that was just written or found unchanged, and an opaque key and note of the caller. Out: a file
//! outside of the tree, and later the answer whether the tree still holds exactly those files. It is a memory
//! and never an authority: whoever gets no answer, or the answer no, does the whole work. Nothing here writes
//! into the tree, and nothing of a compile is known here.
//!
//! **When a file's metadata is believed.** Device, inode, size and both times must be those that were recorded.
//! That alone is not enough: a change within the same tick of the file system's clock as the recorded one leaves
//! the times as they are (git calls such entries racily clean). So the times must also lie before the moment at
//! which the recording began, by the clock of the tree's own file system. Every other file is read and hashed.

use std::fs::{self, Metadata};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::manifest::{Manifest, sha256};
use super::{MANIFEST, PROVENANCE, STAGE, paths};

/// The form of the file; another one is not read.
const MAGIC: &[u8] = b"meshc tree index 1\n";

/// How many trees of one mesh are remembered; the one that was written longest ago goes first.
const REMEMBERED: usize = 16;

/// A SHA-256.
pub type Hash = [u8; 32];

/// What the metadata of a file said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: Time,
    changed: Time,
}

/// Seconds and nanoseconds, as the file system tells them.
type Time = (i64, i64);

impl Stamp {
    #[cfg(unix)]
    fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        metadata.is_file().then(|| Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }

    /// Without a time of the last change of any kind, nothing tells an edit that restores its time.
    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Option<Self> {
        None
    }

    /// Whether the file cannot have changed since without other metadata.
    fn is_before(&self, moment: &Moment) -> bool {
        self.device == moment.device && self.modified < moment.time && self.changed < moment.time
    }
}

/// A moment by the clock of one file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment {
    device: u64,
    time: Time,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    path: String,
    stamp: Stamp,
    hash: Hash,
}

/// What was known about a tree at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    key: Hash,
    note: String,
    moment: Moment,
    /// Sorted by path; manifest and provenance are among them.
    entries: Vec<Entry>,
}

/// What is expected of a tree that is to be recorded: the hashes of its own two records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Records {
    /// Of `.manifest.json`.
    pub manifest: String,
    /// Of `.provenance.json`.
    pub provenance: String,
}

/// Whether files that meshc did not write matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strays {
    /// They do: the question is whether the tree is exactly this one.
    Matter,
    /// They are somebody else's.
    Ignored,
}

impl Index {
    /// Looks at a whole tree and remembers it. `None` if it is not what the records say: somebody else wrote in
    /// the meantime, or this system does not tell enough about a file.
    ///
    /// `draft` is where the index will be written; it is made first, since its time is the moment after which
    /// nothing is believed. A tree on another disk has another clock: there its own manifest gives the moment.
    pub fn of(
        out: &Path,
        records: &Records,
        key: Hash,
        note: String,
        draft: &Path,
        before: Option<&Self>,
    ) -> io::Result<Option<Self>> {
        let now = moment(&fs::symlink_metadata(draft)?);
        let path = out.join(MANIFEST);
        let Some(own) = moment(&fs::symlink_metadata(&path)?) else {
            return Ok(None);
        };
        let bytes = fs::read(&path)?;
        if sha256(&bytes) != records.manifest {
            return Ok(None);
        }
        let Ok(manifest) = Manifest::parse(&bytes) else {
            return Ok(None);
        };
        let moment = now.filter(|now| now.device == own.device).unwrap_or(own);
        let mut wanted: Vec<(&str, &str)> = manifest
            .files
            .iter()
            .map(|(path, hash)| (path.as_str(), hash.as_str()))
            .collect();
        wanted.push((MANIFEST, &records.manifest));
        wanted.push((PROVENANCE, &records.provenance));
        wanted.sort_unstable();
        let entries: Option<Vec<Entry>> = wanted
            .par_iter()
            .map(|(path, hash)| {
                let hash = from_hex(hash)?;
                let place = out.join(path);
                // Looked at before it is read: what happens in between shows next time.
                let stamp = Stamp::of(&fs::symlink_metadata(&place).ok()?)?;
                let known = before
                    .and_then(|index| index.entry(path).map(|entry| (entry, &index.moment)))
                    .is_some_and(|(entry, moment)| {
                        entry.hash == hash && entry.stamp == stamp && stamp.is_before(moment)
                    });
                (known || read_hash(&place)? == hash).then(|| Entry {
                    path: (*path).to_owned(),
                    stamp,
                    hash,
                })
            })
            .collect();
        Ok(entries.map(|entries| Self {
            key,
            note,
            moment,
            entries,
        }))
    }

    /// What everything but the tree was, as the caller hashed it.
    pub fn key(&self) -> &Hash {
        &self.key
    }

    /// What the caller wanted to remember.
    pub fn note(&self) -> &str {
        &self.note
    }

    /// The same knowledge with another note.
    #[must_use]
    pub fn with_note(self, note: String) -> Self {
        Self { note, ..self }
    }

    /// How many files the tree has, its two records left out.
    pub fn files(&self) -> usize {
        self.entries.len().saturating_sub(2)
    }

    /// Whether a tree is, byte for byte, the one that was recorded. Whatever cannot be looked at makes it no.
    pub fn holds(&self, out: &Path, strays: Strays) -> bool {
        self.entries
            .par_iter()
            .all(|entry| self.is_unchanged(out, entry))
            && (strays == Strays::Ignored || self.is_all(out, ""))
    }

    fn is_unchanged(&self, out: &Path, entry: &Entry) -> bool {
        let place = out.join(&entry.path);
        let stamp = fs::symlink_metadata(&place)
            .ok()
            .and_then(|metadata| Stamp::of(&metadata));
        match stamp {
            Some(stamp) if stamp == entry.stamp && stamp.is_before(&self.moment) => true,
            Some(stamp) if stamp.size == entry.stamp.size => read_hash(&place) == Some(entry.hash),
            _ => false,
        }
    }

    fn entry(&self, path: &str) -> Option<&Entry> {
        let at = self
            .entries
            .binary_search_by(|entry| entry.path.as_str().cmp(path))
            .ok()?;
        self.entries.get(at)
    }

    /// Whether a folder holds nothing but what is known, and what other tools leave there.
    fn is_all(&self, out: &Path, folder: &str) -> bool {
        let Ok(listed) = fs::read_dir(out.join(folder)) else {
            return false;
        };
        let mut folders = Vec::new();
        for one in listed {
            let Ok((name, kind)) = one.and_then(|one| Ok((one.file_name(), one.file_type()?)))
            else {
                return false;
            };
            // As the whole comparison shows such a name.
            let name = name.to_string_lossy();
            if paths::is_foreign(&name) || (folder.is_empty() && name == STAGE) {
                continue;
            }
            let path = if folder.is_empty() {
                name.into_owned()
            } else {
                format!("{folder}/{name}")
            };
            if kind.is_dir() {
                folders.push(path);
            } else if self.entry(&path).is_none() {
                return false;
            }
        }
        folders.par_iter().all(|folder| self.is_all(out, folder))
    }

    /// Reads an index. One that is missing, damaged or of another form is none.
    pub fn read(path: &Path) -> Option<Self> {
        Self::parse(&fs::read(path).ok()?)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (sum, body) = rest.split_at_checked(32)?;
        if sum != hash(body) {
            return None;
        }
        let mut reader = Reader(body);
        let key = reader.hash()?;
        let note = reader.text()?;
        let moment = Moment {
            device: reader.number()?,
            time: reader.time()?,
        };
        let mut entries = Vec::new();
        while !reader.0.is_empty() {
            entries.push(Entry {
                path: reader.text()?,
                stamp: Stamp {
                    device: reader.number()?,
                    inode: reader.number()?,
                    size: reader.number()?,
                    modified: reader.time()?,
                    changed: reader.time()?,
                },
                hash: reader.hash()?,
            });
        }
        Some(Self {
            key,
            note,
            moment,
            entries,
        })
    }

    fn print(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(self.note.len() + 160 * (1 + self.entries.len()));
        body.extend(self.key);
        push_text(&mut body, &self.note);
        body.extend(self.moment.device.to_le_bytes());
        push_time(&mut body, self.moment.time);
        for entry in &self.entries {
            push_text(&mut body, &entry.path);
            for number in [entry.stamp.device, entry.stamp.inode, entry.stamp.size] {
                body.extend(number.to_le_bytes());
            }
            push_time(&mut body, entry.stamp.modified);
            push_time(&mut body, entry.stamp.changed);
            body.extend(entry.hash);
        }
        let mut bytes = MAGIC.to_vec();
        bytes.extend(hash(&body));
        bytes.extend(body);
        bytes
    }

    /// Writes an index over a draft and moves it into place. What a power failure leaves of it does not fit its
    /// checksum, so it is not waited for.
    pub fn write(&self, draft: &Path, path: &Path) -> io::Result<()> {
        fs::OpenOptions::new()
            .write(true)
            .truncate(true)
            .open(draft)?
            .write_all(&self.print())?;
        fs::rename(draft, path)
    }
}

/// An empty file for [`Index::of`] and [`Index::write`], readable by its owner alone: whoever may not read the
/// tree may not be told about it. What is remembered about too many trees is forgotten.
pub fn draft(folder: &Path) -> io::Result<PathBuf> {
    let mut old: Vec<_> = fs::read_dir(folder)?
        .filter_map(|one| {
            let one = one.ok()?;
            let modified = one.metadata().ok()?.modified().ok()?;
            Some((modified, one.path()))
        })
        .collect();
    old.sort_unstable();
    for (_, path) in old.iter().rev().skip(REMEMBERED - 1) {
        fs::remove_file(path)?;
    }
    let path = folder.join(format!("draft-{}", std::process::id()));
    // Left by a process of that number that was killed.
    let _ = fs::remove_file(&path);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(&path)?;
    Ok(path)
}

/// The moment of a file's last change of any kind.
fn moment(metadata: &Metadata) -> Option<Moment> {
    Stamp::of(metadata).map(|stamp| Moment {
        device: stamp.device,
        time: stamp.changed,
    })
}

fn hash(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

fn read_hash(path: &Path) -> Option<Hash> {
    fs::read(path).ok().map(|bytes| hash(&bytes))
}

fn from_hex(text: &str) -> Option<Hash> {
    let mut hash = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (at, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(hash)
}

fn push_text(body: &mut Vec<u8>, text: &str) {
    body.extend((text.len() as u64).to_le_bytes());
    body.extend(text.as_bytes());
}

fn push_time(body: &mut Vec<u8>, time: Time) {
    body.extend(time.0.to_le_bytes());
    body.extend(time.1.to_le_bytes());
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn eight(&mut self) -> Option<[u8; 8]> {
        self.take(8)?.try_into().ok()
    }

    fn number(&mut self) -> Option<u64> {
        self.eight().map(u64::from_le_bytes)
    }

    fn time(&mut self) -> Option<Time> {
        Some((
            i64::from_le_bytes(self.eight()?),
            i64::from_le_bytes(self.eight()?),
        ))
    }

    fn hash(&mut self) -> Option<Hash> {
        self.take(32)?.try_into().ok()
    }

    fn text(&mut self) -> Option<String> {
        let length = usize::try_from(self.number()?).ok()?;
        String::from_utf8(self.take(length)?.to_vec()).ok()
    }
}
