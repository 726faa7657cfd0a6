//! The table of every diagnostic code: one line each, in the order of the stages.
//!
//! `E1xx` text and schema, `E2xx` resolving, `E3xx` kinds and lowering, `V4xx` verifying our own
//! output, `A5xx` files, plan and apply, `W…` warnings. Findings carry their rule's id instead.
//! A code names the situation, not the cure, and is never used again for another one.

use super::Severity;

/// A stable code such as `E203`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static CodeInfo);

/// What the table knows about a code.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeInfo {
    /// `E203`.
    pub id: &'static str,
    /// `unknown-group`.
    pub name: &'static str,
}

impl Code {
    /// `E203`.
    pub fn id(self) -> &'static str {
        self.0.id
    }

    /// `unknown-group`.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// Warnings start with `W`; everything else blocks.
    pub fn severity(self) -> Severity {
        if self.0.id.starts_with('W') { Severity::Warning } else { Severity::Error }
    }

    /// The code of that id, in any case.
    pub fn find(id: &str) -> Option<Self> {
        ALL.iter().copied().find(|code| code.id().eq_ignore_ascii_case(id))
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.id)
    }
}

macro_rules! codes {
    ($($id:literal $name:literal $konst:ident;)*) => {
        $(#[doc = concat!("`", $id, "`: ", $name, ".")]
        pub const $konst: Code = Code(&CodeInfo { id: $id, name: $name });)*
        /// Every code, in the order of the table.
        pub const ALL: &[Code] = &[$($konst),*];
    };
}

codes! {
    // Files and YAML.
    "E101" "not-utf8" NOT_UTF8;
    "E102" "file-too-large" FILE_TOO_LARGE;
    "E103" "yaml-syntax" YAML_SYNTAX;
    "E104" "duplicate-key" DUPLICATE_KEY;
    "E105" "too-deep" TOO_DEEP;
    "E106" "too-many-aliases" TOO_MANY_ALIASES;
    "E107" "forbidden-character" FORBIDDEN_CHARACTER;
    "E108" "several-documents" SEVERAL_DOCUMENTS;
    "E109" "empty-file" EMPTY_FILE;
    "E110" "yaml-tag" YAML_TAG;
    "E111" "odd-key" ODD_KEY;
    // Schema.
    "E120" "unknown-field" UNKNOWN_FIELD;
    "E121" "missing-field" MISSING_FIELD;
    "E122" "wrong-type" WRONG_TYPE;
    "E123" "unknown-choice" UNKNOWN_CHOICE;
    "E124" "malformed-value" MALFORMED_VALUE;
    "E125" "wrong-document" WRONG_DOCUMENT;
    "E126" "unknown-api-version" UNKNOWN_API_VERSION;
    "E127" "empty-list" EMPTY_LIST;
    "E128" "repeated-item" REPEATED_ITEM;
    "E129" "text-too-long" TEXT_TOO_LONG;
    "E130" "secret-in-blueprint" SECRET_IN_BLUEPRINT;
    // Finding the mesh.
    "E140" "no-mesh" NO_MESH;
    "E141" "unreadable-file" UNREADABLE_FILE;
    "E142" "misplaced-domain" MISPLACED_DOMAIN;
}
