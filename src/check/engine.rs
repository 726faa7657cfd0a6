//! Rego through regorus' virtual machine; nothing else imports regorus.
//!
//! A suite is compiled once to one program; every thread runs it on a machine of its own.

use std::sync::Arc;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::program::Program;
use regorus::rvm::vm::RegoVM;
use regorus::{CompiledPolicy, Rc, Value};

use crate::source::LineCol;

use super::suite::{Rule, Suite, SuiteProblem};

/// A compiled suite.
pub(super) struct Compiled {
    policy: Option<CompiledPolicy>,
    program: Option<Arc<Program>>,
}

/// A machine that runs a suite; one per thread.
pub struct Engine {
    machine: RegoVM,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

/// One answer of a rule, before its place is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raw {
    /// What is wrong.
    pub message: String,
    /// Index into the input's places.
    pub at: Option<usize>,
}

/// Compiles a suite; the error names the rule that does not compile.
pub(super) fn compile(suite: &Suite) -> Result<Compiled, SuiteProblem> {
    let mut engine = regorus::Engine::new();
    engine.set_strict_builtin_errors(true);
    let add = |engine: &mut regorus::Engine, path: &str, text: &str| {
        let added = engine.add_policy(path.to_owned(), text.to_owned());
        added.map_err(|error| SuiteProblem {
            path: path.to_owned(),
            at: place(&error.to_string()),
            what: cause(&error.to_string()),
        })
    };
    for (path, text) in suite.libraries() {
        add(&mut engine, path, text)?;
    }
    for rule in suite.rules() {
        add(&mut engine, &rule.path, &rule.text)?;
    }
    let entries: Vec<String> = suite.rules().iter().map(entry).collect();
    let Some(first) = suite.rules().first() else {
        return Ok(Compiled {
            policy: None,
            program: None,
        });
    };
    let whole = |what: String| SuiteProblem {
        path: first.path.clone(),
        at: None,
        what,
    };
    let start: Rc<str> = Rc::from(entry(first));
    let policy = engine
        .compile_with_entrypoint(&start)
        .map_err(|error| whole(first_lines(&error.to_string())))?;
    let names: Vec<&str> = entries.iter().map(String::as_str).collect();
    let program = Compiler::compile_from_policy(&policy, &names)
        .map_err(|error| whole(first_lines(&error.to_string())))?;
    Ok(Compiled {
        policy: Some(policy),
        program: Some(program),
    })
}

fn entry(rule: &Rule) -> String {
    format!("{}.deny", rule.package)
}

/// The place in an error of the engine: `--> path:line:column` stands above an excerpt.
fn place(text: &str) -> Option<LineCol> {
    let arrow = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("--> "))?;
    let mut parts = arrow.rsplit(':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    Some(LineCol { line, column })
}

/// What an error of the engine says without its excerpt, where it has one.
fn cause(text: &str) -> String {
    let said = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("error: "));
    said.map_or_else(|| first_lines(text), str::to_owned)
}

fn first_lines(text: &str) -> String {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(6)
        .collect::<Vec<_>>()
        .join("; ")
}

/// How much one rule may do for one cell. The engine's own bound of 25,000 is reached by what stands
/// above a few hundred domains; a rule always ends, so this bounds time and nothing else.
const MAX_INSTRUCTIONS: usize = 1_000_000_000;

impl Compiled {
    pub(super) fn engine(&self) -> Engine {
        let mut machine = RegoVM::new();
        machine.set_max_instructions(MAX_INSTRUCTIONS);
        if let (Some(policy), Some(program)) = (&self.policy, &self.program) {
            machine.load_program(program.clone());
            machine.set_compiled_policy(policy.clone());
        }
        Engine { machine }
    }
}

impl Engine {
    pub(super) fn set_input(&mut self, input: &Value) {
        self.machine.set_input(input.clone());
    }

    /// What one rule denies.
    pub(super) fn deny(&mut self, rule: &Rule) -> Result<Vec<Raw>, SuiteProblem> {
        let problem = |what: String| SuiteProblem {
            path: rule.path.clone(),
            at: None,
            what,
        };
        let answer = self
            .machine
            .execute_entry_point_by_name(&entry(rule))
            .map_err(|error| problem(first_lines(&error.to_string())))?;
        let Value::Set(found) = &answer else {
            return Err(problem(format!("`deny` is not a set but {answer}")));
        };
        found.iter().map(|one| raw(one).map_err(problem)).collect()
    }
}

fn raw(value: &Value) -> Result<Raw, String> {
    let Value::Object(fields) = value else {
        return Err(format!("a finding is an object, not {value}"));
    };
    let field = |name: &str| fields.get(&Value::from(name));
    let message = match field("message") {
        Some(Value::String(text)) => text.to_string(),
        _ => return Err("a finding has a `message`".to_owned()),
    };
    let at = match field("at") {
        None | Some(Value::Null) => None,
        Some(Value::Number(number)) => number.as_u64().and_then(|at| usize::try_from(at).ok()),
        Some(other) => {
            return Err(format!(
                "`at` is what the input carries as `at`, not {other}"
            ));
        }
    };
    Ok(Raw { message, at })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;
    use crate::check::Suite;

    #[test]
    fn a_large_input_is_looked_at_to_its_end() {
        let suite = Suite::embedded().unwrap();
        let documents: Vec<serde_json::Value> = (0..20_000)
            .map(|number| {
                let statement = serde_json::json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"});
                let open = number == 19_999;
                let list = if open { vec![statement] } else { Vec::new() };
                serde_json::json!({"path": format!("{number}.json"), "value": {"Statement": list}, "at": number})
            })
            .collect();
        let input = serde_json::json!({
            "version": 1, "domain": null, "products": [], "storages": [], "streams": [], "grants": [],
            "resources": [], "documents": documents,
        });
        let mut engine = compile(&suite).unwrap().engine();
        engine.set_input(&Value::from(input));
        let found: usize = suite
            .rules()
            .iter()
            .filter(|rule| rule.id == "MESH-EXP-001")
            .map(|rule| engine.deny(rule).unwrap().len())
            .sum();
        assert_eq!(found, 1);
    }
}
