//! Folders of configuration for the tests.

use std::path::{Path, PathBuf};

use testkit::tools::{Installed, Tool, Tools};

/// The real terraform. None at all is an error, never a skip.
pub(crate) fn terraform() -> Installed {
    Tools::new().unwrap().ensure(&[Tool::Terraform]).unwrap()
}

/// A copy of one of the committed configurations, to be changed and applied.
pub(crate) struct Root {
    folder: tempfile::TempDir,
}

impl Root {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A copy of `configs/NAME`.
    pub(crate) fn copy_of(name: &str) -> Self {
        let root = Self::empty();
        for (file, text) in files(name) {
            root.write(&file, &text);
        }
        root
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        std::fs::write(self.path().join(file), text).unwrap();
    }

    pub(crate) fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path().join(file)).unwrap()
    }

    /// Replaces text that must be there, once.
    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {file}");
        std::fs::write(path, text.replace(from, to)).unwrap();
    }
}

/// The committed files of a configuration, by name.
pub(crate) fn files(name: &str) -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/mock/configs")
        .join(name);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let file = path.file_name().unwrap().to_str().unwrap().to_owned();
            (file, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}
