//! Pictures of a terminal in the documentation: what the binary prints in colour, drawn as SVG.
//! `UPDATE=1` draws them again.

use std::path::Path;
use std::process::Command;

/// A command as the reader would type it, and where its picture lies. It runs beside a copy of the examples.
const PICTURES: &[(&str, &[&str])] = &[(
    "docs/pictures/build.svg",
    &["build", "examples/retail", "--as-of", "2026-11-25"],
)];

#[test]
fn pictures_show_what_is_printed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (picture, args) in PICTURES {
        let mesh = crate::golden::copy_example("retail");
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("examples")).unwrap();
        std::fs::rename(mesh.path(), folder.path().join("examples/retail")).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_meshc"))
            .args(*args)
            .args(["--color", "always"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && said.contains("\u{1b}["),
            "{said}"
        );
        let shown: Vec<&str> = args
            .iter()
            .copied()
            .take_while(|arg| *arg != "--as-of")
            .collect();
        let text = format!("$ meshc {}\n{said}", shown.join(" "));
        let drawn = anstyle_svg::Term::new().render_svg(&text);
        let path = root.join(picture);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &drawn).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == drawn,
            "{picture}: run with UPDATE=1 and look at it"
        );
    }
}
