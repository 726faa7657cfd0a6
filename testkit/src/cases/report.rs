//! What a run prints: a line per case, and the table of judges at the end. Makes text, prints nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Outcome, Outcomes, Table, Tally, Tool};

/// The line of a case that has ended.
pub(super) fn line(name: &str, outcome: &Outcome, took: Duration) -> String {
    let seconds = took.as_secs_f64();
    match outcome {
        Outcome::Passed => format!("test {name} ... ok ({seconds:.1} s)"),
        Outcome::Failed(why) => {
            format!(
                "test {name} ... FAILED ({seconds:.1} s): {}",
                first_line(why)
            )
        }
        Outcome::Skipped(why) => format!("test {name} ... not run: {why}"),
    }
}

/// The cases that failed, each with its reason.
pub(super) fn failures(outcomes: &Outcomes) -> Vec<(String, String)> {
    let failed = outcomes
        .iter()
        .filter_map(|(name, (outcome, _))| match outcome {
            Outcome::Failed(why) => Some((name.clone(), why.clone())),
            Outcome::Passed | Outcome::Skipped(_) => None,
        });
    failed.collect()
}

/// Judges that nobody asked anything although their tool is there, words that no table knows, and the like: faults of
/// the tests themselves, found after a whole run.
pub(super) fn idle(
    table: &Table,
    tally: &Tally,
    absent: &BTreeMap<Tool, String>,
) -> Vec<(String, String)> {
    let counts = tally.counts();
    let mut faults = Vec::new();
    for (name, judge) in table.judges() {
        let there = judge.tool().is_some_and(|tool| !absent.contains_key(&tool));
        if there && counts.get(name).is_none_or(|counts| counts.self_check == 0) {
            faults.push((
                format!("judge `{name}`"),
                "has passed no self-check in this run".to_owned(),
            ));
        }
    }
    for (name, counts) in &counts {
        let Ok(judge) = table.judge(name) else {
            faults.push((
                format!("judge `{name}`"),
                "is not in tests/tools.toml".to_owned(),
            ));
            continue;
        };
        for id in counts.not_judged.keys() {
            if !judge.not_judged.iter().any(|exception| exception.id == *id) {
                faults.push((
                    format!("judge `{name}`"),
                    format!("has no exception `{id}` in tests/tools.toml"),
                ));
            }
        }
    }
    faults
}

/// The table: judge, what its self-check got right, what it judged, what it did not and why.
pub(super) fn table(table: &Table, tally: &Tally, absent: &BTreeMap<Tool, String>) -> String {
    let counts = tally.counts();
    let mut rows =
        vec![["judge", "self-check", "judged", "not judged", "why not"].map(str::to_owned)];
    for (name, judge) in table.judges() {
        let count = counts.get(name).cloned().unwrap_or_default();
        let mut row = |not: String, why: String| {
            let (checked, judged) = (count.self_check.to_string(), count.judged.to_string());
            rows.push([name.to_owned(), checked, judged, not, why]);
        };
        if let Some(why) = judge.tool().and_then(|tool| absent.get(&tool)) {
            row(
                "all".to_owned(),
                format!("`{}` is absent: {}", judge.tool, first_line(why)),
            );
        } else if count.not_judged.is_empty() {
            row("0".to_owned(), String::new());
        }
        for (id, number) in &count.not_judged {
            let why = judge
                .not_judged
                .iter()
                .find(|exception| exception.id == *id);
            row(
                number.to_string(),
                format!(
                    "{id}: {}",
                    why.map_or("", |exception| first_line(&exception.why))
                ),
            );
        }
    }
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths = [width(0), width(1), width(2), width(3)];
    let mut text = String::from("\n");
    for row in &rows {
        let [name, checked, judged, not, why] = row;
        let [a, b, c, d] = widths;
        let line = format!("{name:a$}  {checked:>b$}  {judged:>c$}  {not:>d$}  {why}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn first_line(text: &str) -> &str {
    text.trim().lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    #[test]
    fn a_judge_without_a_self_check_and_an_unknown_exception_are_faults() {
        let real = Table::embedded().unwrap();
        let tally = Tally::default();
        for (name, _) in real.judges() {
            tally.self_check(name, 1);
        }
        assert_eq!(idle(&real, &tally, &BTreeMap::new()), []);
        tally.not_judged("sqlfluff", "no-such-exception", 1);
        tally.judged("no-such-judge", 1);
        assert_eq!(idle(&real, &tally, &BTreeMap::new()).len(), 2);
        let fresh = Tally::default();
        assert_eq!(
            idle(&real, &fresh, &BTreeMap::new()).len(),
            real.judges().count()
        );
    }

    #[test]
    fn the_table_shows_counts_and_absence() {
        let real = Table::embedded().unwrap();
        let tally = Tally::default();
        tally.judged("sqlfluff", 36);
        let absent = [(Tool::Az, "offline\nand more".to_owned())].into();
        let text = table(&real, &tally, &absent);
        let row = |name: &str| {
            text.lines()
                .find(|line| line.starts_with(name))
                .unwrap_or_default()
                .to_owned()
        };
        assert!(row("sqlfluff").contains(" 36 "), "{text}");
        assert!(row("az").contains("all  `az` is absent: offline"), "{text}");
    }
}
