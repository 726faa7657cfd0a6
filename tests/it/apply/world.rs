//! A world in memory that answers `terraform`, `aws`, `az`, `gcloud` and `snow` as their documents say,
//! refusals first: what is not there cannot be changed, what is there cannot be made twice, what is
//! used cannot be deleted, and what is not understood is refused.
//!
//! Sources: Terraform command reference (exit codes, saved plans, local backend); AWS Organizations API
//! reference (errors); Azure Resource Manager (PUT is create or update; a definition is needed before
//! its assignment); Google Cloud SDK reference and IAM documents (deleted roles); Snowflake SQL
//! reference (GRANT and REVOKE can be repeated; a role must exist to be granted).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use meshc::runner::{Answer, RunError, Runner};
use meshc::step::Call;
use serde_json::{Value, json};

/// Everything that the clouds have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Clouds {
    /// Terraform's things, by state file and address, with the text that made them.
    pub(crate) resources: BTreeMap<String, BTreeMap<String, String>>,
    /// Azure's documents by path.
    pub(crate) azure: BTreeMap<String, Value>,
    /// Google's roles, with whether they are deleted, and policies.
    pub(crate) roles: BTreeMap<String, (String, bool)>,
    pub(crate) org_policies: BTreeMap<String, String>,
    /// Control policies: name, content, what they are attached to.
    pub(crate) control: BTreeMap<String, (String, String, BTreeSet<String>)>,
    /// Snowflake: what was made or set, and who has what.
    pub(crate) made: BTreeSet<String>,
    pub(crate) grants: BTreeSet<String>,
}

/// The world, and how a test disturbs it.
#[derive(Debug, Default)]
pub(crate) struct World {
    clouds: Mutex<Clouds>,
    calls: Mutex<Vec<String>>,
    /// Calls that contain a text fail once each with these words.
    faults: Mutex<Vec<(String, String)>>,
    /// What outputs give instead of the usual.
    pub(crate) output: Mutex<Option<String>>,
    pub(crate) killer: Killer,
}

/// Ends the process, as far as a test can: unwinds, at the n-th moment.
#[derive(Debug, Default)]
pub(crate) struct Killer {
    at: AtomicU64,
    seen: AtomicU64,
}

/// What a killed process leaves as its panic.
#[derive(Debug)]
pub(crate) struct Killed;

impl Killer {
    /// Kills at the n-th moment from now; 0 is never.
    pub(crate) fn arm(&self, at: u64) {
        self.seen.store(0, Ordering::SeqCst);
        self.at.store(at, Ordering::SeqCst);
    }

    /// How many moments there were since.
    pub(crate) fn seen(&self) -> u64 {
        self.seen.load(Ordering::SeqCst)
    }

    /// A moment at which a process may end.
    pub(crate) fn moment(&self) {
        let seen = self.seen.fetch_add(1, Ordering::SeqCst) + 1;
        if seen == self.at.load(Ordering::SeqCst) {
            std::panic::resume_unwind(Box::new(Killed));
        }
    }
}

type Said = Result<String, (i32, String)>;

fn refused<T>(code: i32, text: impl Into<String>) -> Result<T, (i32, String)> {
    Err((code, text.into()))
}

impl World {
    /// A world that has these things already.
    pub(crate) fn of(clouds: Clouds) -> Self {
        Self {
            clouds: Mutex::new(clouds),
            ..Self::default()
        }
    }

    pub(crate) fn clouds(&self) -> Clouds {
        self.clouds.lock().unwrap().clone()
    }

    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    /// The next call that contains `text` fails with `words`.
    pub(crate) fn fail(&self, text: &str, words: &str) {
        self.faults
            .lock()
            .unwrap()
            .push((text.to_owned(), words.to_owned()));
    }
}

impl Runner for World {
    fn run(&self, call: &Call, folder: &Path) -> Result<Answer, RunError> {
        self.killer.moment();
        let line = call.argv.join(" ");
        self.calls.lock().unwrap().push(line.clone());
        {
            let mut faults = self.faults.lock().unwrap();
            if let Some(at) = faults.iter().position(|(text, _)| line.contains(text)) {
                let (_, words) = faults.remove(at);
                return Ok(Answer {
                    code: Some(1),
                    stdout: String::new(),
                    stderr: words,
                });
            }
        }
        let words: Vec<&str> = call.argv.iter().map(String::as_str).collect();
        let mut guard = self.clouds.lock().unwrap();
        let clouds = &mut *guard;
        let said = match words[..] {
            ["terraform", verb, ref rest @ ..] => {
                let output = self.output.lock().unwrap().clone();
                terraform(clouds, verb, rest, folder, output)
            }
            ["az", "rest", ref rest @ ..] => az(clouds, rest, folder),
            ["aws", "organizations", verb, ref rest @ ..] => aws(clouds, verb, rest, folder),
            ["gcloud", ref rest @ ..] => gcloud(clouds, rest, folder),
            ["snow", "sql", ref rest @ ..] => snow(clouds, rest, call, folder),
            _ => return Err(RunError::Missing(words[0].to_owned())),
        };
        drop(guard);
        self.killer.moment();
        Ok(match said {
            Ok(stdout) => Answer {
                // `plan` tells changes by its exit code.
                code: Some(if stdout == CHANGES { 2 } else { 0 }),
                stdout,
                stderr: String::new(),
            },
            Err((code, stderr)) => Answer {
                code: Some(code),
                stdout: String::new(),
                stderr,
            },
        })
    }

    fn pause(&self, _: Duration) {}
}

const CHANGES: &str = "Plan: changes\n";

/// The value of an option.
fn option<'w>(words: &[&'w str], name: &str) -> Option<&'w str> {
    let at = words.iter().position(|word| *word == name)?;
    words.get(at + 1).copied()
}

fn read(folder: &Path, file: &str) -> Result<String, (i32, String)> {
    std::fs::read_to_string(folder.join(file))
        .map_err(|error| (2, format!("cannot read {file}: {error}")))
}

/// A block of a root, as far as this Terraform needs to know it.
#[derive(Debug, Clone)]
struct Block {
    kind: String,
    address: String,
    text: String,
    has_default: bool,
    has_backend: bool,
}

/// Parsing is most of the work, and the same files come again and again.
static PARSED: LazyLock<Mutex<HashMap<String, Arc<Vec<Block>>>>> = LazyLock::new(Mutex::default);

fn parse(text: &str) -> Result<Arc<Vec<Block>>, (i32, String)> {
    if let Some(known) = PARSED.lock().unwrap().get(text) {
        return Ok(known.clone());
    }
    let body: hcl::Body = hcl::parse(text).map_err(|error| (1, error.to_string()))?;
    let block = |block: hcl::Block| {
        let labels: Vec<&str> = block
            .labels
            .iter()
            .map(hcl::structure::BlockLabel::as_str)
            .collect();
        Block {
            kind: block.identifier.to_string(),
            address: labels.join("."),
            text: hcl::to_string(&block).unwrap(),
            has_default: block
                .body
                .attributes()
                .any(|one| one.key.as_str() == "default"),
            has_backend: block
                .body
                .blocks()
                .any(|one| one.identifier.as_str() == "backend"),
        }
    };
    let blocks = Arc::new(body.into_blocks().map(block).collect::<Vec<_>>());
    PARSED
        .lock()
        .unwrap()
        .insert(text.to_owned(), blocks.clone());
    Ok(blocks)
}

/// The blocks of a root.
fn blocks(folder: &Path) -> Result<Vec<Block>, (i32, String)> {
    let mut all = Vec::new();
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "tf"))
        .collect();
    files.sort();
    for file in files {
        all.extend(
            parse(&std::fs::read_to_string(&file).unwrap())?
                .iter()
                .cloned(),
        );
    }
    Ok(all)
}

fn terraform(
    clouds: &mut Clouds,
    verb: &str,
    words: &[&str],
    folder: &Path,
    output: Option<String>,
) -> Said {
    let blocks = blocks(folder)?;
    let local = blocks
        .iter()
        .any(|block| block.kind == "terraform" && block.has_backend);
    if !local {
        return refused(1, "no backend: state would be in the root");
    }
    let initialised = folder.join(".terraform/backend");
    if verb == "init" {
        let path = words
            .iter()
            .find_map(|word| word.strip_prefix("-backend-config=path="))
            .ok_or((1, "no path for the local state".to_owned()))?;
        std::fs::create_dir_all(folder.join(".terraform")).unwrap();
        std::fs::write(&initialised, path).unwrap();
        return Ok("initialised\n".to_owned());
    }
    let Ok(state) = std::fs::read_to_string(&initialised) else {
        return refused(
            1,
            "Backend initialization required, please run \"terraform init\"",
        );
    };
    let state = folder.join(state);
    let key = state_key(&state);
    let known: BTreeMap<String, String> = match std::fs::read_to_string(&state) {
        Ok(text) => serde_json::from_str(&text).unwrap(),
        Err(_) => BTreeMap::new(),
    };
    match verb {
        "plan" => {
            let given: Value = match words
                .iter()
                .find_map(|word| word.strip_prefix("-var-file="))
            {
                Some(file) => serde_json::from_str(&read(folder, file)?).unwrap(),
                None => json!({}),
            };
            for variable in blocks.iter().filter(|block| block.kind == "variable") {
                let name = &variable.address;
                if !variable.has_default && given.get(name).is_none() {
                    return refused(1, format!("No value for required variable {name}"));
                }
            }
            let destroy = words.contains(&"-destroy");
            let wanted: BTreeMap<String, String> = blocks
                .iter()
                .filter(|block| block.kind == "resource" && !destroy)
                .map(|block| (block.address.clone(), block.text.clone()))
                .collect();
            let mut changes = Vec::new();
            for (address, text) in &wanted {
                let actions = match known.get(address) {
                    None => json!(["create"]),
                    Some(old) if old != text => json!(["update"]),
                    Some(_) => continue,
                };
                changes.push(json!({"address": address, "change": {"actions": actions}}));
            }
            for address in known
                .keys()
                .filter(|address| !wanted.contains_key(*address))
            {
                changes.push(json!({"address": address, "change": {"actions": ["delete"]}}));
            }
            let out = words
                .iter()
                .find_map(|word| word.strip_prefix("-out="))
                .ok_or((1, "no -out".to_owned()))?;
            let plan = json!({"resource_changes": changes, "wanted": wanted, "known": known});
            std::fs::write(folder.join(out), plan.to_string()).unwrap();
            Ok(if changes.is_empty() {
                String::new()
            } else {
                CHANGES.to_owned()
            })
        }
        "show" => read(folder, words.last().unwrap()),
        "apply" => {
            let plan: Value = serde_json::from_str(&read(folder, words.last().unwrap())?).unwrap();
            if plan["known"] != json!(known) {
                return refused(1, "Saved plan is stale");
            }
            let wanted: BTreeMap<String, String> =
                serde_json::from_value(plan["wanted"].clone()).unwrap();
            std::fs::write(&state, json!(wanted).to_string()).unwrap();
            clouds.resources.insert(key, wanted);
            Ok(String::new())
        }
        "output" => {
            let outputs = blocks.iter().filter(|block| block.kind == "output");
            let value = output.unwrap_or("1234abcd-12ab-34cd-56ef-1234567890ab".to_owned());
            let applied = !known.is_empty();
            let values: serde_json::Map<String, Value> = outputs
                .filter(|_| applied)
                .map(|block| (block.address.clone(), json!({"value": value})))
                .collect();
            Ok(Value::Object(values).to_string())
        }
        other => refused(1, format!("Terraform has no command named \"{other}\"")),
    }
}

/// The state file below the state folder.
fn state_key(path: &Path) -> String {
    let mut parts = Vec::new();
    for part in path.components() {
        match part.as_os_str().to_str().unwrap() {
            ".." => drop(parts.pop()),
            part => parts.push(part.to_owned()),
        }
    }
    let at = parts.iter().position(|part| part == ".meshc").unwrap();
    parts[at..].join("/")
}

fn az(clouds: &mut Clouds, words: &[&str], folder: &Path) -> Said {
    let url = option(words, "--url").ok_or((2, "--url is required".to_owned()))?;
    let path = url.split("?api-version=").next().unwrap().to_owned();
    if path == url {
        return refused(1, "MissingApiVersionParameter");
    }
    match option(words, "--method") {
        Some("put") => {
            let body = option(words, "--body")
                .and_then(|body| body.strip_prefix('@'))
                .ok_or((1, "a body is required".to_owned()))?;
            let body: Value = serde_json::from_str(&read(folder, body)?)
                .map_err(|error| (1, format!("InvalidRequestContent: {error}")))?;
            if let Some(definition) = body.pointer("/properties/policyDefinitionId")
                && !clouds.azure.contains_key(definition.as_str().unwrap())
            {
                return refused(1, "PolicyDefinitionNotFound");
            }
            clouds.azure.insert(path, body.clone());
            Ok(body.to_string())
        }
        Some("delete") => {
            let used = clouds.azure.values().any(|document| {
                document
                    .pointer("/properties/policyDefinitionId")
                    .and_then(Value::as_str)
                    == Some(path.as_str())
            });
            if used {
                return refused(1, "PolicyDefinitionInUse");
            }
            // Deleting what is not there is answered with 204 No Content for policies.
            clouds.azure.remove(&path);
            Ok(String::new())
        }
        _ => refused(1, "MethodNotAllowed"),
    }
}

fn aws(clouds: &mut Clouds, verb: &str, words: &[&str], folder: &Path) -> Said {
    let id = option(words, "--policy-id").unwrap_or_default().to_owned();
    let content = match option(words, "--content") {
        Some(file) => {
            let file = file
                .strip_prefix("file://")
                .ok_or((252, "not a file".to_owned()))?;
            read(folder, file)?
        }
        None => String::new(),
    };
    let missing = "An error occurred (PolicyNotFoundException)";
    match verb {
        "list-policies" => {
            let kind = option(words, "--filter").ok_or((252, "--filter is required".to_owned()))?;
            let list: Vec<Value> = clouds
                .control
                .iter()
                .filter(|(id, _)| id.ends_with(kind))
                .map(|(id, (name, _, _))| json!({"Id": id, "Name": name, "Type": kind}))
                .collect();
            Ok(json!({"Policies": list}).to_string())
        }
        "create-policy" => {
            let kind = option(words, "--type").unwrap();
            let name = option(words, "--name").unwrap().to_owned();
            if clouds.control.values().any(|(other, _, _)| *other == name) {
                return refused(254, "An error occurred (DuplicatePolicyException)");
            }
            let id = format!("p-{}-{kind}", name.len() + clouds.control.len() * 100);
            clouds
                .control
                .insert(id.clone(), (name, content, BTreeSet::new()));
            Ok(json!({"Policy": {"PolicySummary": {"Id": id}}}).to_string())
        }
        "update-policy" => match clouds.control.get_mut(&id) {
            Some(policy) => {
                policy.1 = content;
                Ok("{}".to_owned())
            }
            None => refused(254, missing),
        },
        "attach-policy" | "detach-policy" => {
            let target = option(words, "--target-id").unwrap().to_owned();
            let Some(policy) = clouds.control.get_mut(&id) else {
                return refused(254, missing);
            };
            let (changed, error) = if verb == "attach-policy" {
                (
                    policy.2.insert(target),
                    "DuplicatePolicyAttachmentException",
                )
            } else {
                (policy.2.remove(&target), "PolicyNotAttachedException")
            };
            if changed {
                Ok(String::new())
            } else {
                refused(254, format!("An error occurred ({error})"))
            }
        }
        "delete-policy" => match clouds.control.get(&id) {
            None => refused(254, missing),
            Some(policy) if !policy.2.is_empty() => {
                refused(254, "An error occurred (PolicyInUseException)")
            }
            Some(_) => {
                clouds.control.remove(&id);
                Ok(String::new())
            }
        },
        other => refused(252, format!("Invalid choice: {other}")),
    }
}

fn gcloud(clouds: &mut Clouds, words: &[&str], folder: &Path) -> Said {
    if !words.contains(&"--quiet") {
        return refused(1, "would ask, and nobody answers");
    }
    match words {
        ["iam", "roles", verb, id, rest @ ..] => {
            let Some(organization) = option(rest, "--organization") else {
                return refused(1, "one of --organization and --project is required");
            };
            let name = format!("organizations/{organization}/roles/{id}");
            let text = option(rest, "--file")
                .map(|file| read(folder, file))
                .transpose()?;
            let role = clouds.roles.get_mut(&name);
            match (*verb, role, text) {
                ("create", None, Some(text)) => {
                    clouds.roles.insert(name, (text, false));
                    Ok("{}".to_owned())
                }
                ("create", Some((_, true)), _) => {
                    refused(1, "INVALID_ARGUMENT: marked for deletion")
                }
                ("create", Some(_), _) => refused(1, "ALREADY_EXISTS"),
                (_, None, _) => refused(
                    1,
                    format!("NOT_FOUND: The role named {name} was not found."),
                ),
                ("describe", Some((_, deleted)), _) => Ok(if *deleted {
                    json!({"name": name, "deleted": true})
                } else {
                    json!({"name": name})
                }
                .to_string()),
                ("update", Some((_, true)), _) => {
                    refused(1, "FAILED_PRECONDITION: the role is deleted")
                }
                ("update", Some(role), Some(text)) => {
                    role.0 = text;
                    Ok("{}".to_owned())
                }
                ("undelete", Some((_, false)), _) => refused(1, "FAILED_PRECONDITION: not deleted"),
                ("undelete" | "delete", Some(role), _) => {
                    role.1 = *verb == "delete";
                    Ok("{}".to_owned())
                }
                (other, ..) => refused(2, format!("Invalid choice: {other}")),
            }
        }
        ["org-policies", "set-policy", file, ..] => {
            clouds
                .org_policies
                .insert((*file).to_owned(), read(folder, file)?);
            Ok("{}".to_owned())
        }
        ["org-policies", "delete", constraint, rest @ ..] => {
            let project = option(rest, "--project").unwrap();
            let file = format!("policies/{project}-{}.yaml", constraint.replace('.', "-"));
            match clouds.org_policies.remove(&file) {
                Some(_) => Ok(String::new()),
                None => refused(1, "NOT_FOUND"),
            }
        }
        other => refused(2, format!("Invalid choice: {other:?}")),
    }
}

fn snow(clouds: &mut Clouds, words: &[&str], call: &Call, folder: &Path) -> Said {
    if option(words, "--enable-templating") != Some("NONE") {
        return refused(1, "templates are on");
    }
    let mut text = String::new();
    for (at, _) in words.iter().enumerate().filter(|(_, word)| **word == "-f") {
        text.push_str(&read(folder, words[at + 1])?);
    }
    if words.contains(&"-i") {
        text.push_str(call.stdin.as_deref().ok_or((1, "no input".to_owned()))?);
    }
    let lines = text.lines().filter(|line| !line.starts_with("--"));
    let text = lines.collect::<Vec<_>>().join("\n");
    for statement in text.split(";\n").flat_map(|rest| rest.split(";\r\n")) {
        let statement = statement.trim().trim_end_matches(';').replace('\n', " ");
        if statement.is_empty() || statement.starts_with("USE ROLE ") {
            continue;
        }
        if let Some(rest) = statement.strip_prefix("REVOKE ") {
            for one in rights(rest, " FROM ") {
                clouds.grants.remove(&one);
            }
        } else if let Some(rest) = statement.strip_prefix("GRANT ") {
            if let Some(role) = rest.strip_prefix("ROLE ") {
                let role = role.split(" TO ").next().unwrap();
                let made = format!("CREATE ROLE IF NOT EXISTS {role} ");
                if !clouds.made.iter().any(|one| one.starts_with(&made)) {
                    return refused(5, format!("002003 (02000): Role {role} does not exist"));
                }
            }
            clouds.grants.extend(rights(rest, " TO "));
        } else if ["CREATE ", "ALTER ", "COMMENT "]
            .iter()
            .any(|word| statement.starts_with(word))
        {
            clouds.made.insert(statement);
        } else {
            return refused(5, format!("001003 (42000): syntax error: {statement}"));
        }
    }
    Ok("[]".to_owned())
}

/// Each single right of a grant.
fn rights(rest: &str, to: &str) -> Vec<String> {
    let (what, who) = rest.split_once(to).unwrap();
    match what.split_once(" ON ") {
        Some((privileges, on)) => privileges
            .split(", ")
            .map(|privilege| format!("{privilege} ON {on} | {who}"))
            .collect(),
        None => vec![format!("{what} | {who}")],
    }
}
