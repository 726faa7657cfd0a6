//! Hostile values in every free-text field: refused at their place, or nothing but a string in
//! everything that is written, the same string at the same place, among the same tokens as a
//! harmless one.
//!
//! What is read here is the printed text, by parsers that are not ours (serde, sqlparser), and for
//! HCL by the scanner below.

use std::collections::BTreeMap;

use meshc::pipeline::Compiled;
use rayon::prelude::*;
use serde_json::Value;
use sqlparser::dialect::SnowflakeDialect;
use sqlparser::tokenizer::{Token, Tokenizer};

use crate::hostile_mesh::{
    FIELDS, Field, HARMLESS, Outcome, VALUES, compile, forms, groups, is_label,
};
use crate::meaning;

/// One file: its tokens with every string taken out, and the strings in their order.
#[derive(Debug, Default, PartialEq, Eq)]
struct Skeleton {
    tokens: Vec<String>,
    strings: Vec<String>,
}

fn skeletons(compiled: &Compiled) -> BTreeMap<String, Skeleton> {
    compiled
        .printed
        .iter()
        .map(|(path, printed)| {
            let mut skeleton = Skeleton::default();
            match path.rsplit('.').next().unwrap() {
                "json" => walk(&serde_json::from_str(&printed.text).unwrap(), &mut skeleton),
                "yaml" => walk(&serde_yaml::from_str(&printed.text).unwrap(), &mut skeleton),
                "sql" => sql(&printed.text, &mut skeleton),
                "tf" => {
                    hcl(&printed.text, &mut skeleton);
                    // The scanner does not resolve escapes; the structure has the strings.
                    for block in meaning::blocks(compiled, path) {
                        walk(&meaning::json(block.block.body()), &mut skeleton);
                    }
                }
                // Prose for people, which no machine reads.
                "md" => {}
                other => panic!("{path}: no reader for {other}"),
            }
            (path.clone(), skeleton)
        })
        .collect()
}

fn walk(value: &Value, out: &mut Skeleton) {
    match value {
        Value::String(text) => {
            out.tokens.push("string".to_owned());
            out.strings.push(text.clone());
        }
        Value::Array(items) => {
            out.tokens.push(format!("[{}", items.len()));
            for item in items {
                walk(item, out);
            }
        }
        Value::Object(entries) => {
            out.tokens.push(format!("{{{}", entries.len()));
            for (key, item) in entries {
                out.tokens.push("key".to_owned());
                out.strings.push(key.clone());
                walk(item, out);
            }
        }
        other => out.tokens.push(other.to_string()),
    }
}

fn sql(text: &str, out: &mut Skeleton) {
    for token in Tokenizer::new(&SnowflakeDialect {}, text)
        .tokenize()
        .unwrap()
    {
        match token {
            Token::Whitespace(_) => {}
            Token::SingleQuotedString(text) => {
                out.tokens.push("string".to_owned());
                out.strings.push(text);
            }
            Token::Word(word) if word.quote_style.is_some() => {
                out.tokens.push("identifier".to_owned());
                out.strings.push(word.value);
            }
            other => out.tokens.push(other.to_string()),
        }
    }
}

/// HCL's native syntax, as far as strings go (hcl/hclsyntax/spec.md, "Template Expressions"): what is
/// outside of strings, and what is live inside of them.
fn hcl(text: &str, out: &mut Skeleton) {
    let mut code = String::new();
    let mut rest = text;
    let mut in_string = false;
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        match (in_string, c) {
            (false, '#') => length = rest.find('\n').unwrap_or(rest.len()),
            (false, '"') => in_string = true,
            (false, c) if c.is_whitespace() => code.push(' '),
            (false, c) => code.push(c),
            (true, '\\') => length += rest.chars().nth(1).map_or(0, char::len_utf8),
            (true, '"') => {
                in_string = false;
                code.push_str("\"\"");
            }
            (true, '$' | '%') if rest.starts_with("$${") || rest.starts_with("%%{") => length = 3,
            (true, '$' | '%') if rest[1..].starts_with('{') => code.push_str("LIVE"),
            (true, '\n') => panic!("a string does not end on its line"),
            (true, _) => {}
        }
        rest = &rest[length..];
    }
    assert!(!in_string, "a string does not end");
    out.tokens
        .extend(code.split_whitespace().map(str::to_owned));
}

/// Why a value is not nothing but a string; the number of strings that hold it.
fn judge(harmless: &Compiled, hostile: &Compiled, value: &str) -> Result<usize, String> {
    let (was, is) = (skeletons(harmless), skeletons(hostile));
    if was.keys().ne(is.keys()) {
        return Err("other files are written".to_owned());
    }
    let mut seen = 0;
    for (path, was) in &was {
        let is = &is[path];
        if was.tokens != is.tokens {
            let at = was.tokens.iter().zip(&is.tokens).position(|(a, b)| a != b);
            return Err(format!("{path}: other tokens from {at:?} on"));
        }
        for (was, is) in was.strings.iter().zip(&is.strings) {
            if forms(was, value).contains(is) {
                seen += usize::from(was.contains(HARMLESS));
                continue;
            }
            if is_label(path, was, is) {
                seen += 1;
                continue;
            }
            // ARM reads a string that starts with `[` as an expression; `[[` starts a text.
            let plain = was.replace(HARMLESS, value);
            let is_azure = path.contains("/azure/") && !path.contains(".tf");
            if is_azure && *is == format!("[{plain}") && plain.starts_with('[') {
                seen += 1;
                continue;
            }
            return Err(format!("{path}: `{was}` became {is:?}, wanted {plain:?}"));
        }
        let raw_bracket = path.contains("/azure/")
            && path.contains("/policies/")
            && is.strings.iter().any(|text| {
                text.starts_with(value) && value.starts_with('[') && !value.starts_with("[[")
            });
        if raw_bracket {
            return Err(format!("{path}: `{value}` would be an expression to ARM"));
        }
    }
    Ok(seen)
}

fn refused_where_it_stands(outcome: &Outcome, file: &str) -> Result<(), String> {
    for one in outcome
        .diagnostics
        .iter()
        .filter(|one| one.severity == meshc::diag::Severity::Error)
    {
        if one.code.id().starts_with('V') {
            return Err(format!("{}: {}", one.code.id(), one.message));
        }
        let place = one
            .primary
            .as_ref()
            .map(|label| outcome.map.place(label.span));
        if !place.as_ref().is_some_and(|place| place.starts_with(file)) {
            return Err(format!(
                "{} is at {place:?}: {}",
                one.code.id(),
                one.message
            ));
        }
        if one.help.is_empty() {
            return Err(format!("{} has no way out: {}", one.code.id(), one.message));
        }
    }
    Ok(())
}

type Verdict = (String, Result<Option<usize>, String>);

/// One value in all fields at once, or in each alone where that is refused.
fn verdicts(value: &str, bases: &[(Vec<Field>, Compiled)]) -> Vec<Verdict> {
    let mut rows = Vec::new();
    for (fields, base) in bases {
        let together = compile(fields, value);
        if let Some(compiled) = &together.compiled {
            let what = format!("{} fields = {value:?}", fields.len());
            rows.push((what, judge(base, compiled, value).map(Some)));
            continue;
        }
        for field in fields {
            let outcome = compile(&[*field], value);
            let verdict = match &outcome.compiled {
                Some(compiled) => {
                    let base = compile(&[*field], HARMLESS);
                    judge(&base.compiled.unwrap(), compiled, value).map(Some)
                }
                None => refused_where_it_stands(&outcome, field.1).map(|()| None),
            };
            rows.push((format!("{} = {value:?}", field.0), verdict));
        }
    }
    rows
}

#[test]
fn a_hostile_value_is_refused_or_stays_a_string() {
    let bases: Vec<(Vec<Field>, Compiled)> = groups()
        .into_iter()
        .map(|fields| {
            let harmless = compile(&fields, HARMLESS);
            let said = harmless.diagnostics;
            let compiled = harmless.compiled.unwrap_or_else(|| panic!("{said:?}"));
            (fields, compiled)
        })
        .collect();
    let verdicts: Vec<Verdict> = VALUES
        .par_iter()
        .flat_map_iter(|value| verdicts(value, &bases))
        .collect();
    let wrong: Vec<String> = verdicts
        .iter()
        .filter_map(|(what, verdict)| verdict.as_ref().err().map(|why| format!("{what}: {why}")))
        .collect();
    let refused = verdicts
        .iter()
        .filter(|(_, verdict)| matches!(verdict, Ok(None)))
        .count();
    let strings: usize = verdicts
        .iter()
        .filter_map(|(_, verdict)| verdict.clone().ok().flatten())
        .sum();
    println!(
        "hostile values: {} in {} fields; {refused} refused where they stand, {strings} strings read back",
        VALUES.len(),
        FIELDS.len()
    );
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        verdicts.len(),
        wrong.join("\n")
    );
    assert!(refused > 0 && strings > 0);
}

/// The judge must be able to fail: live text, another token and another string are all found.
#[test]
fn the_scanner_sees_what_is_live() {
    let scan = |text: &str| {
        let mut skeleton = Skeleton::default();
        hcl(text, &mut skeleton);
        skeleton.tokens
    };
    assert_eq!(scan(r#"a = "x""#), scan(r#"a = "$${x} %%{ \" # } $$""#));
    assert_ne!(scan(r#"a = "x""#), scan(r#"a = "${x}""#));
    assert_ne!(scan(r#"a = "x""#), scan(r#"a = "$${%${x}""#));
    assert_ne!(scan(r#"a = "x""#), scan("a = \"x\"\nb = \"y\""));
    let tokens = |text: &str| {
        let mut skeleton = Skeleton::default();
        sql(text, &mut skeleton);
        skeleton
    };
    let harmless = tokens("COMMENT = 'x';");
    let dropped = tokens("COMMENT = ''; DROP TABLE x; --';");
    assert_ne!(harmless.tokens, dropped.tokens);
    assert_eq!(tokens("COMMENT = '''; DROP';").tokens, harmless.tokens);
}

/// Nesting and aliases, which are no values: refused, at their place, before they cost anything.
#[test]
fn bombs_are_refused_at_their_place() {
    for (what, value) in [
        (
            ["E105", "E103"],
            format!("{}x{}", "[".repeat(10_000), "]".repeat(10_000)),
        ),
        (["E105", "E103"], format!("{}x", "{a: ".repeat(10_000))),
        (["E106", "E103"], {
            let mut text = "\na: &a0 [x, x, x, x, x, x, x, x]\n".to_owned();
            for level in 1..40 {
                let refs = vec![format!("*a{}", level - 1); 8].join(", ");
                text.push_str(&format!("b{level}: &a{level} [{refs}]\n"));
            }
            text
        }),
    ] {
        let text = format!("apiVersion: meshc/v1\nkind: Domain\nname: sales\ntitle: {value}\n");
        let started = std::time::Instant::now();
        let (mut map, mut out) = (
            meshc::source::SourceMap::default(),
            meshc::diag::Diagnostics::default(),
        );
        let file = map.add("domains/sales.yaml", text);
        assert!(meshc::blueprint::parse(&map, file, &mut out).is_none());
        let said = out.into_sorted();
        let first = said.first().unwrap();
        assert!(
            what.contains(&first.code.id()),
            "{}: {}",
            first.code.id(),
            first.message
        );
        assert!(first.primary.is_some());
        assert!(started.elapsed().as_secs() < 5);
    }
}
