//! The page of a code or of a rule.

use include_dir::{Dir, include_dir};

use crate::check::Suite;

static PAGES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/docs/errors");

/// The page, if the word is a code or a rule's id.
pub(super) fn page(word: &str) -> anyhow::Result<Option<String>> {
    let file = PAGES.get_file(format!("{}.md", word.to_ascii_uppercase()));
    if let Some(text) = file.and_then(include_dir::File::contents_utf8) {
        return Ok(Some(text.to_owned()));
    }
    let suite = Suite::embedded()?;
    let rule = suite
        .rules()
        .iter()
        .find(|rule| rule.id.eq_ignore_ascii_case(word));
    Ok(rule.map(|rule| {
        format!(
            "# {}: {}\n\n{}\n\n**Way out.** {}\n\nThe rule is policies/{}.\n",
            rule.id, rule.title, rule.description, rule.remediation, rule.path
        )
    }))
}
