//! The shortcut of `build`: if nothing that a build reads and nothing that it wrote has changed since, it says
//! again what it said, and does nothing.
//!
//! Everything that a compile reads is read again and hashed; nothing of it is believed by its date. The tree is
//! believed as far as [`Index`] can tell. With any doubt there is no answer, and the whole work is done. What is
//! remembered lies in `MESH/.meshc/trees`, and removing it costs nothing but time.

use std::collections::HashMap;
use std::path::PathBuf;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::findings::Checked;
use super::options::Common;
use super::session::{Inputs, Session};
use super::tree::Tree;
use crate::artifact::write::index::{self, Hash, Index, Records, Strays};
use crate::artifact::write::{LOCK, Plan, sha256};
use crate::check::{Finding, Suite};
use crate::diag::{Code, Diagnostic, Label, Severity};
use crate::pipeline::Compiled;
use crate::plan::STATE_FOLDER;
use crate::source::{FileId, SourceMap, Span};

/// Where a build remembers, below the state folder.
const FOLDER: &str = "trees";

/// What a build says about a mesh besides its messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Summary {
    pub(crate) mesh: String,
    pub(crate) domains: usize,
    pub(crate) products: usize,
    pub(crate) cells: usize,
    pub(crate) environments: usize,
}

impl Summary {
    pub(crate) fn of(compiled: &Compiled) -> Self {
        let mesh = &compiled.mesh;
        Self {
            mesh: mesh.name.value.to_string(),
            domains: mesh.domains.len(),
            products: mesh
                .domains
                .values()
                .map(|domain| domain.products.len())
                .sum(),
            cells: compiled.domain_cells,
            environments: mesh.environments.len(),
        }
    }
}

/// A build that would come to the same again.
#[derive(Debug)]
pub(crate) struct Last {
    /// What was compiled.
    pub(crate) summary: Summary,
    /// What the compiler had to say.
    pub(crate) said: Vec<Diagnostic>,
    /// What the policy suite had to say.
    pub(crate) checked: Checked,
    /// How many files the tree has.
    pub(crate) files: usize,
}

/// What may be remembered of one tree, and what is.
#[derive(Debug)]
pub(crate) struct Memory {
    /// The state folder of the mesh.
    state: PathBuf,
    /// Name of the index in its folder.
    name: String,
    /// Everything that was read but the lock.
    read: Sha256,
    /// What was known when the command began.
    known: Option<Index>,
}

impl Memory {
    /// What is known of a tree. `None` where nothing may be: only a part of the tree is in scope, or reading the
    /// mesh gave messages already, or the program itself cannot be looked at.
    pub(crate) fn of(inputs: &Inputs, tree: &Tree, common: &Common) -> Option<Self> {
        if common.is_scoped() || !inputs.is_clean() {
            return None;
        }
        let out = std::path::absolute(&tree.path).ok()?;
        let state = inputs.dir.path.join(STATE_FOLDER);
        let name = sha256(out.as_os_str().as_encoded_bytes());
        let name = format!("{}.index", name.get(..16)?);
        Some(Self {
            known: Index::read(&state.join(FOLDER).join(&name)),
            read: read(inputs, &program()?)?,
            state,
            name,
        })
    }

    /// What the last build said, if this one would say and write the same.
    pub(crate) fn last(
        &self,
        inputs: &Inputs,
        tree: &Tree,
        day: Date,
        strays: Strays,
    ) -> Option<Last> {
        let known = self.known.as_ref()?;
        let lock = inputs.map.file(inputs.lock?).text();
        if *known.key() != self.key(lock) {
            return None;
        }
        // The writer refuses a lock that is a link, whatever it leads to.
        let lock = std::fs::symlink_metadata(inputs.dir.path.join(LOCK)).ok()?;
        if !lock.is_file() {
            return None;
        }
        let note: Note = serde_json::from_str(known.note()).ok()?;
        if !note.counts_on(day) {
            return None;
        }
        let last = note.last(&inputs.map, known.files())?;
        known.holds(&tree.path, strays).then_some(last)
    }

    /// Remembers a tree that was just written, or found to be what it should be. Failing to is no failure of a
    /// build: the next one only takes longer.
    pub(crate) fn remember(
        &self,
        session: &Session,
        compiled: &Compiled,
        checked: &Checked,
        plan: &Plan<'_>,
        day: Date,
        tree: &Tree,
    ) {
        let key = self.key(&compiled.lock.print());
        if let Some(note) = Note::of(session, compiled, checked, day)
            && let Ok(note) = serde_json::to_string(&note)
        {
            let _ = self.write(key, note, &plan.records, tree);
        }
    }

    fn write(
        &self,
        key: Hash,
        note: String,
        records: &Records,
        tree: &Tree,
    ) -> std::io::Result<()> {
        let folder = self.folder()?;
        let draft = index::draft(&folder)?;
        let known = self.known.as_ref();
        let written =
            Index::of(&tree.path, records, key, note, &draft, known).and_then(
                |index| match index {
                    Some(index) => index.write(&draft, &folder.join(&self.name)),
                    None => std::fs::remove_file(&draft),
                },
            );
        if written.is_err() {
            let _ = std::fs::remove_file(&draft);
        }
        written
    }

    /// Makes the folder; links are not followed out of the mesh.
    fn folder(&self) -> std::io::Result<PathBuf> {
        let folder = self.state.join(FOLDER);
        for path in [&self.state, &folder] {
            match std::fs::symlink_metadata(path) {
                Ok(found) if found.is_dir() => {}
                Ok(_) => return Err(std::io::ErrorKind::NotADirectory.into()),
                Err(_) => std::fs::create_dir(path)?,
            }
        }
        let ignore = self.state.join(".gitignore");
        if !ignore.exists() {
            std::fs::write(&ignore, "*\n")?;
        }
        Ok(folder)
    }

    fn key(&self, lock: &str) -> Hash {
        let mut all = self.read.clone();
        update(&mut all, lock.as_bytes());
        all.finalize().into()
    }
}

/// Which program this is: another build of the same version may write something else.
fn program() -> Option<String> {
    let path = std::env::current_exe().ok()?;
    let found = std::fs::metadata(&path).ok()?;
    let version = env!("CARGO_PKG_VERSION");
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        Some(format!(
            "{version} {} {} {} {} {} {} {}",
            found.dev(),
            found.ino(),
            found.size(),
            found.mtime(),
            found.mtime_nsec(),
            found.ctime(),
            found.ctime_nsec(),
        ))
    }
    #[cfg(not(unix))]
    {
        Some(format!("{version} {} {:?}", found.len(), found.modified()))
    }
}

/// The hash of everything that a compile reads but the lock, which a build itself may write.
fn read(inputs: &Inputs, program: &str) -> Option<Sha256> {
    let mut all = Sha256::new();
    update(&mut all, program.as_bytes());
    // Paths are part of messages, as they are shown.
    update(&mut all, inputs.dir.shown.to_str()?.as_bytes());
    let templates = match &inputs.own_templates {
        Some(path) => path.to_str()?,
        None => "",
    };
    update(&mut all, templates.as_bytes());
    for (id, file) in inputs.map.files() {
        if Some(id) != inputs.lock {
            update(&mut all, file.path().to_str()?.as_bytes());
            update(&mut all, file.text().as_bytes());
        }
    }
    Some(all)
}

/// One piece, with its length, so that no two sequences of pieces run together.
fn update(all: &mut Sha256, piece: &[u8]) {
    all.update((piece.len() as u64).to_le_bytes());
    all.update(piece);
}

/// What an index keeps for the next build. Places are kept by file name: a lock that did not exist at the first
/// build moves the numbers of the files behind it.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    summary: Summary,
    /// The day of `--as-of`.
    day: Date,
    /// The last day on which anything counts that has an end.
    last_end: Option<Date>,
    files: Vec<String>,
    said: Vec<Said>,
    found: Vec<Found>,
}

/// File, first byte, one past the last.
type Place = (usize, u32, u32);

#[derive(Debug, Serialize, Deserialize)]
struct Said {
    code: String,
    is_error: bool,
    message: String,
    primary: Option<(Place, String)>,
    labels: Vec<(Place, String)>,
    help: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Found {
    rule: String,
    message: String,
    address: String,
    blueprint: Option<Place>,
    output: Option<(String, u32)>,
}

impl Note {
    fn of(session: &Session, compiled: &Compiled, checked: &Checked, day: Date) -> Option<Self> {
        let mut files = Files::default();
        let mut said = Vec::new();
        for one in &session.said {
            let mut label =
                |label: &Label| Some((files.place(&session.map, label.span)?, label.text.clone()));
            said.push(Said {
                code: one.code.id().to_owned(),
                is_error: one.severity == Severity::Error,
                message: one.message.clone(),
                primary: match &one.primary {
                    Some(primary) => Some(label(primary)?),
                    None => None,
                },
                labels: one.labels.iter().map(label).collect::<Option<_>>()?,
                help: one.help.clone(),
            });
        }
        let mut found = Vec::new();
        for one in checked.findings() {
            found.push(Found {
                rule: one.rule.clone(),
                message: one.message.clone(),
                address: one.address.clone(),
                blueprint: match one.blueprint {
                    Some(span) => Some(files.place(&session.map, span)?),
                    None => None,
                },
                output: one.output.clone(),
            });
        }
        Some(Self {
            summary: Summary::of(compiled),
            day,
            last_end: compiled.mesh.last_end(),
            files: files.names,
            said,
            found,
        })
    }

    /// Whether the same would be said on that day. While something has yet to end, rules may count the days
    /// until then.
    fn counts_on(&self, day: Date) -> bool {
        let over = |day| self.last_end.is_none_or(|last| last < day);
        day == self.day || over(day) && over(self.day)
    }

    fn last(self, map: &SourceMap, files: usize) -> Option<Last> {
        let ids: HashMap<&str, FileId> = map
            .files()
            .filter_map(|(id, file)| Some((file.path().to_str()?, id)))
            .collect();
        let names: Option<Vec<FileId>> = self
            .files
            .iter()
            .map(|name| ids.get(name.as_str()).copied())
            .collect();
        let names = names?;
        let span = |(file, start, end): Place| {
            Some(Span {
                file: *names.get(file)?,
                start,
                end,
            })
        };
        let label = |(place, text): (Place, String)| {
            Some(Label {
                span: span(place)?,
                text,
            })
        };
        let mut said = Vec::new();
        for one in self.said {
            said.push(Diagnostic {
                code: Code::find(&one.code)?,
                severity: if one.is_error {
                    Severity::Error
                } else {
                    Severity::Warning
                },
                message: one.message,
                primary: match one.primary {
                    Some(primary) => Some(label(primary)?),
                    None => None,
                },
                labels: one.labels.into_iter().map(label).collect::<Option<_>>()?,
                help: one.help,
            });
        }
        let suite = Suite::embedded().ok()?;
        let mut findings = Vec::new();
        for one in self.found {
            let rule = suite.rules().iter().find(|rule| rule.id == one.rule)?;
            findings.push(Finding {
                rule: rule.id.clone(),
                title: rule.title.clone(),
                severity: rule.severity,
                message: one.message,
                remediation: rule.remediation.clone(),
                address: one.address,
                blueprint: match one.blueprint {
                    Some(place) => Some(span(place)?),
                    None => None,
                },
                // A mesh has no file that meshc did not write.
                file: None,
                output: one.output,
            });
        }
        Some(Last {
            summary: self.summary,
            said,
            checked: Checked::of(suite, findings),
            files,
        })
    }
}

/// The files that messages are about, each named once.
#[derive(Debug, Default)]
struct Files {
    names: Vec<String>,
    known: HashMap<FileId, usize>,
}

impl Files {
    fn place(&mut self, map: &SourceMap, span: Span) -> Option<Place> {
        let at = match self.known.get(&span.file) {
            Some(at) => *at,
            None => {
                self.names
                    .push(map.file(span.file).path().to_str()?.to_owned());
                let at = self.names.len() - 1;
                self.known.insert(span.file, at);
                at
            }
        };
        Some((at, span.start, span.end))
    }
}
