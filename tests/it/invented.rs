//! Ten invented meshes: each compiles without an error and passes every gate, and comes out the same whatever the
//! order of its files.

use meshc::diag::{Diagnostics, Severity};
use meshc::pipeline;
use meshc::source::SourceMap;
use meshc::template::Templates;
use rayon::prelude::*;
use testkit::invented_meshes::{self, Invented};

/// Every file that is printed, or what was said instead.
fn printed(mesh: &Invented, backwards: bool) -> Result<Vec<(String, String)>, String> {
    let (mut map, mut out) = (SourceMap::default(), Diagnostics::default());
    let templates = Templates::embedded(&mut map, &mut out);
    let mut files: Vec<_> = mesh.files.iter().collect();
    if backwards {
        files.reverse();
    }
    let ids: Vec<_> = files
        .into_iter()
        .map(|(path, text)| map.add(path, text.clone()))
        .collect();
    let compiled = pipeline::compile(&map, &ids, None, &templates, &mut out);
    let errors: Vec<String> = out
        .into_sorted()
        .iter()
        .filter(|one| one.severity == Severity::Error)
        .map(|one| {
            let place = one.primary.as_ref().map(|label| map.place(label.span));
            format!("{} at {place:?}: {}", one.code.id(), one.message)
        })
        .collect();
    match compiled {
        Some(compiled) if errors.is_empty() => Ok(compiled
            .printed
            .into_iter()
            .map(|(path, printed)| (path, printed.text.clone()))
            .collect()),
        _ => Err(format!("{}:\n{}", mesh.name, errors.join("\n"))),
    }
}

#[test]
fn invented_meshes_compile_and_their_order_does_not_matter() {
    let meshes = invented_meshes::all();
    assert_eq!(meshes.len(), 10);
    let counts: Vec<Result<(usize, usize), String>> = meshes
        .par_iter()
        .map(|mesh| {
            let (one, other) = (printed(mesh, false)?, printed(mesh, true)?);
            for (a, b) in one.iter().zip(&other) {
                assert_eq!(a, b, "{}", mesh.name);
            }
            assert_eq!(one.len(), other.len());
            let bytes = one.iter().map(|(_, text)| text.len()).sum();
            Ok((one.len(), bytes))
        })
        .collect();
    let problems: Vec<&String> = counts
        .iter()
        .filter_map(|count| count.as_ref().err())
        .collect();
    assert!(
        problems.is_empty(),
        "{}",
        problems
            .iter()
            .map(|it| it.as_str())
            .collect::<Vec<_>>()
            .join("\n")
    );
    let files: usize = counts.iter().flatten().map(|count| count.0).sum();
    let bytes: usize = counts.iter().flatten().map(|count| count.1).sum();
    println!(
        "invented meshes: {} with {files} files, {bytes} bytes",
        meshes.len()
    );
    assert!(files > 500);
}
