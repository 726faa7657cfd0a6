//! checkov on the committed trees: what it says against our output is known, one reason each.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use testkit::cases::{Bench, Case};
use testkit::judges::checkov;
use testkit::tools::Tool;

use crate::roots::{files, repository};

pub(crate) fn cases() -> Vec<Case> {
    vec![Case::new("checkov/known-failures", &[Tool::Checkov], known)]
}

fn known(bench: &Bench<'_>) -> Result<()> {
    let trees = repository().join("generated");
    for file in files(&trees, |path| {
        path.extension().is_some_and(|ext| ext == "tf")
    })? {
        let text = std::fs::read_to_string(&file)?;
        ensure!(
            !text.contains("checkov:skip"),
            "{} skips a check",
            file.display()
        );
    }
    let table = std::fs::read_to_string(repository().join("tests/checkov.toml"))?;
    let known = checkov::known(&table)?;
    let scan = checkov::scan(bench.tools, &trees)?;
    let mut failed: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for failure in &scan.failures {
        let kind = failure
            .resource
            .split('.')
            .next()
            .context("an address has a type")?;
        let place = format!("{}: {} ({})", failure.file, failure.resource, failure.title);
        failed
            .entry((failure.check.clone(), kind.to_owned()))
            .or_default()
            .push(place);
    }
    let new: Vec<_> = failed
        .iter()
        .filter(|(key, _)| !known.contains(key))
        .collect();
    let gone: Vec<_> = known
        .iter()
        .filter(|key| !failed.contains_key(key))
        .collect();
    ensure!(
        new.is_empty() && gone.is_empty(),
        "fails and is not listed: {new:#?}\nis listed and does not fail: {gone:?}"
    );
    ensure!(scan.passed >= 1000, "only {} checks passed", scan.passed);
    bench
        .tally
        .judged("checkov", scan.passed + scan.failures.len());
    Ok(())
}
