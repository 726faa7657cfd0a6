//! What providers refuse although the schema allows it: values, and arguments together.
//!
//! In: a resource's configuration. Out: refusals with the argument's path. The rules are
//! tables, one a provider, and each row repeats what the vendor says (`says`): for AWS the
//! message of the real provider, for the others a sentence of its documents. A value that
//! terraform does not know yet is never refused.

mod form;
mod table;

use super::schema::Block;
use super::value::Value;
pub(super) use table::RuleTable;
use table::{Row, Rule};

/// One refused value or combination.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    /// Steps from the resource to the argument: names and list positions.
    pub(super) path: Vec<Step>,
    pub(super) summary: String,
    /// The vendor's own words for the rule.
    pub(super) says: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    Name(String),
    Index(usize),
}

impl RuleTable {
    /// Every rule of a resource type that its configuration breaks.
    pub(super) fn refusals(&self, kind: &str, block: &Block, config: &Value) -> Vec<Refusal> {
        let mut found = Vec::new();
        for row in self.rows_of(kind) {
            let mut path = Vec::new();
            visit(
                block,
                config,
                &row.steps(),
                &mut path,
                &mut |holder, path| {
                    row.judge(holder, path, &mut found);
                },
            );
        }
        found
    }
}

/// A block of a configuration, with what the schema says of it.
struct Holder<'a> {
    block: &'a Block,
    value: &'a Value,
}

impl Holder<'_> {
    /// Whether an argument or block counts as written. No block at all is an empty list; an
    /// argument that is an empty list was written.
    fn presence(&self, name: &str) -> Presence {
        match self.value.member(name) {
            Value::Null => Presence::Absent,
            Value::Unknown => Presence::Unknown,
            Value::List(items) if items.is_empty() && self.block.blocks.contains_key(name) => {
                Presence::Absent
            }
            _ => Presence::Set,
        }
    }

    /// How many of these are written, and how many are not known.
    fn count(&self, names: &[String]) -> (usize, usize) {
        let all: Vec<Presence> = names.iter().map(|name| self.presence(name)).collect();
        let of = |wanted: Presence| all.iter().filter(|presence| **presence == wanted).count();
        (of(Presence::Set), of(Presence::Unknown))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Absent,
    Unknown,
    Set,
}

/// Calls `judge` with every block that the path leads to, through lists and sets.
fn visit(
    block: &Block,
    value: &Value,
    steps: &[&str],
    path: &mut Vec<Step>,
    judge: &mut impl FnMut(&Holder<'_>, &mut Vec<Step>),
) {
    match value {
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(Step::Index(index));
                visit(block, item, steps, path, judge);
                path.pop();
            }
        }
        Value::Map(_) => match steps {
            [] => judge(&Holder { block, value }, path),
            [first, rest @ ..] => {
                if let Some(nested) = block.blocks.get(*first) {
                    path.push(Step::Name((*first).to_owned()));
                    visit(&nested.block, value.member(first), rest, path, judge);
                    path.pop();
                }
            }
        },
        // Absent or unknown: nothing to judge.
        _ => {}
    }
}

impl Row {
    fn judge(&self, holder: &Holder<'_>, path: &mut Vec<Step>, found: &mut Vec<Refusal>) {
        match &self.rule {
            Rule::ExactlyOneOf(names) => {
                let (set, unknown) = holder.count(names);
                if set > 1 || (set == 0 && unknown == 0) {
                    self.refuse(
                        path,
                        None,
                        format!("exactly one of {} must be set", names.join(", ")),
                        found,
                    );
                }
            }
            Rule::AtMostOneOf(names) => {
                if holder.count(names).0 > 1 {
                    self.refuse(
                        path,
                        None,
                        format!("at most one of {} may be set", names.join(", ")),
                        found,
                    );
                }
            }
            Rule::AtLeastOneOf(names) => {
                let (set, unknown) = holder.count(names);
                if set == 0 && unknown == 0 {
                    self.refuse(
                        path,
                        None,
                        format!("one of {} must be set", names.join(", ")),
                        found,
                    );
                }
            }
            Rule::Together { argument, with } => {
                let absent = |name: &String| holder.presence(name) == Presence::Absent;
                if holder.presence(argument) == Presence::Set && with.iter().any(absent) {
                    self.refuse(
                        path,
                        Some(argument),
                        format!("`{argument}` needs {}", with.join(", ")),
                        found,
                    );
                }
            }
            Rule::RequiredBlock(name) => {
                if holder.presence(name) == Presence::Absent {
                    self.refuse(path, None, format!("a `{name}` block is required"), found);
                }
            }
            rule => {
                let Some(name) = self.argument() else {
                    return;
                };
                let value = holder.value.member(name);
                let mut complaints = Vec::new();
                rule.complaints(value, &mut complaints);
                for (index, complaint) in complaints {
                    path.push(Step::Name(name.to_owned()));
                    if let Some(index) = index {
                        path.push(Step::Index(index));
                    }
                    self.refuse(path, None, complaint, found);
                    if index.is_some() {
                        path.pop();
                    }
                    path.pop();
                }
            }
        }
    }

    fn refuse(
        &self,
        path: &[Step],
        argument: Option<&str>,
        summary: String,
        found: &mut Vec<Refusal>,
    ) {
        let mut path = path.to_vec();
        path.extend(argument.map(|name| Step::Name(name.to_owned())));
        found.push(Refusal {
            path,
            summary,
            says: self.says.clone(),
        });
    }
}

impl Rule {
    /// Collects complaints about one value, or about the items of a list or set.
    fn complaints(&self, value: &Value, out: &mut Vec<(Option<usize>, String)>) {
        match (self, value) {
            (_, Value::Null | Value::Unknown) => {}
            (Self::MinItems(least), Value::List(items)) => {
                if (items.len() as u64) < *least {
                    out.push((None, format!("at least {least} items are needed")));
                }
            }
            (Self::MaxItems(most), Value::List(items)) => {
                if (items.len() as u64) > *most {
                    out.push((None, format!("at most {most} items are allowed")));
                }
            }
            (Self::MaxItems(most), Value::Map(members)) => {
                if (members.len() as u64) > *most {
                    out.push((None, format!("at most {most} members are allowed")));
                }
            }
            (Self::MinItems(least), Value::Map(members)) => {
                if (members.len() as u64) < *least {
                    out.push((None, format!("at least {least} members are needed")));
                }
            }
            (Self::MapKeyPattern(pattern), Value::Map(members)) => {
                for key in members.keys().filter(|key| !pattern.0.is_match(key)) {
                    out.push((
                        None,
                        format!("the key `{key}` does not match {}", pattern.0),
                    ));
                }
            }
            (Self::MapKeyLength(least, most), Value::Map(members)) => {
                for key in members.keys() {
                    if key.len() < *least || key.len() > *most {
                        out.push((
                            None,
                            format!("the key `{key}` must have {least} to {most} characters"),
                        ));
                    }
                }
            }
            (_, Value::List(items)) => {
                for (index, item) in items.iter().enumerate() {
                    if let Some(complaint) = self.complaint(item) {
                        out.push((Some(index), complaint));
                    }
                }
            }
            (_, Value::Map(members)) => {
                for item in members.values() {
                    if let Some(complaint) = self.complaint(item) {
                        out.push((None, complaint));
                    }
                }
            }
            _ => out.extend(self.complaint(value).map(|complaint| (None, complaint))),
        }
    }

    fn complaint(&self, value: &Value) -> Option<String> {
        match (self, value) {
            (Self::Any(rules), _) => {
                let complaints: Option<Vec<_>> =
                    rules.iter().map(|rule| rule.complaint(value)).collect();
                complaints.map(|all| all.join(", or "))
            }
            (Self::Range(least, most), Value::Number(number)) => {
                let number = number.as_f64();
                let low = least.is_some_and(|least| number < least);
                let high = most.is_some_and(|most| number > most);
                (low || high).then(|| format!("{number} is not in the range {least:?} to {most:?}"))
            }
            (Self::OneOfNumbers(allowed), Value::Number(number)) => {
                let number = number.as_f64();
                let known = allowed
                    .iter()
                    .any(|allowed| (allowed - number).abs() < f64::EPSILON);
                (!known).then(|| format!("{number} is not one of {allowed:?}"))
            }
            (rule, Value::String(text)) => form::complaint(rule, text),
            _ => None,
        }
    }
}
