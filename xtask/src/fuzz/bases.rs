//! The blueprints that are mutated: the example as it is, and two small ones with every feature,
//! since a small mesh compiles several times as fast.

/// A mesh as text: paths and what is in them; `mesh.lock` is told apart by its name.
#[derive(Debug, Clone)]
pub(super) struct Base {
    pub(super) files: Vec<(&'static str, String)>,
}

/// Every base with how many of a hundred runs start from it.
pub(super) fn all() -> Vec<(Base, usize)> {
    vec![
        (
            base(&[
                (
                    "mesh.yaml",
                    include_str!("../../../examples/minimal/mesh.yaml"),
                ),
                (
                    "domains/sales.yaml",
                    include_str!("../../../examples/minimal/domains/sales.yaml"),
                ),
                (
                    "domains/support.yaml",
                    include_str!("../../../examples/minimal/domains/support.yaml"),
                ),
                (
                    "mesh.lock",
                    include_str!("../../../examples/minimal/mesh.lock"),
                ),
            ]),
            10,
        ),
        (
            base(&[
                ("mesh.yaml", include_str!("bases/small-a.mesh.yaml")),
                (
                    "domains/sales.yaml",
                    include_str!("bases/small-a.sales.yaml"),
                ),
            ]),
            45,
        ),
        (
            base(&[
                ("mesh.yaml", include_str!("bases/small-b.mesh.yaml")),
                (
                    "domains/support.yaml",
                    include_str!("bases/small-b.support.yaml"),
                ),
                ("domains/desk.yaml", include_str!("bases/small-b.desk.yaml")),
            ]),
            45,
        ),
    ]
}

fn base(files: &[(&'static str, &str)]) -> Base {
    Base {
        files: files
            .iter()
            .map(|(path, text)| (*path, (*text).to_owned()))
            .collect(),
    }
}
