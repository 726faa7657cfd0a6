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
        if self.0.id.starts_with('W') {
            Severity::Warning
        } else {
            Severity::Error
        }
    }

    /// The code of that id, in any case.
    pub fn find(id: &str) -> Option<Self> {
        ALL.iter()
            .copied()
            .find(|code| code.id().eq_ignore_ascii_case(id))
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.id)
    }
}

/// The way out of a message that no blueprint should ever cause.
pub const DEFECT: &str = "this is a defect of meshc, nothing was written; please report it with the blueprint line it points at";

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
    "E112" "spelling-not-formatted" SPELLING_NOT_FORMATTED;
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
    // Resolving.
    "E201" "unknown-group" UNKNOWN_GROUP;
    "E202" "unknown-domain" UNKNOWN_DOMAIN;
    "E203" "unknown-product" UNKNOWN_PRODUCT;
    "E204" "unknown-port" UNKNOWN_PORT;
    "E205" "unknown-column" UNKNOWN_COLUMN;
    "E206" "unknown-classification" UNKNOWN_CLASSIFICATION;
    "E207" "unknown-environment" UNKNOWN_ENVIRONMENT;
    "E208" "unused-cloud" CLOUD_WITHOUT_SETTINGS;
    "E209" "missing-cell" MISSING_CELL;
    "E210" "name-given-twice" NAME_GIVEN_TWICE;
    "E211" "governance-loosened" GOVERNANCE_LOOSENED;
    "E214" "classification-lowered" CLASSIFICATION_LOWERED;
    "E215" "identity-missing" IDENTITY_MISSING;
    "E216" "agreement-with-itself" AGREEMENT_WITH_ITSELF;
    "E217" "bounds-cross" BOUNDS_CROSS;
    "E218" "mesh-only-field" MESH_ONLY_FIELD;
    "E219" "parent-missing" PARENT_MISSING;
    "E220" "zone-and-port-share-a-name" PORT_NAMED_LIKE_ZONE;
    "E221" "address-too-vague" ADDRESS_TOO_VAGUE;
    "E222" "archive-after-too-late" ARCHIVE_TOO_LATE;
    "E223" "archived-after-expiry" ARCHIVED_AFTER_EXPIRY;
    "E224" "unmask-without-read" UNMASK_WITHOUT_READ;
    "E225" "moved-from-itself" MOVED_FROM_ITSELF;
    "E226" "moved-from-existing" MOVED_FROM_EXISTING;
    "E228" "vanished" VANISHED;
    "E229" "name-collision" NAME_COLLISION;
    "E230" "unreadable-lock" UNREADABLE_LOCK;
    "E231" "other-meshs-lock" OTHER_MESHS_LOCK;
    "E233" "state-setting-missing" STATE_SETTING_MISSING;
    "E234" "state-setting-unused" STATE_SETTING_UNUSED;
    "E235" "agreement-on-inactive-product" AGREEMENT_ON_INACTIVE;
    "E236" "input-cycle" INPUT_CYCLE;
    "E238" "partition-column-sensitive" PARTITION_COLUMN_SENSITIVE;
    "E239" "governance-incomplete" GOVERNANCE_INCOMPLETE;
    "E240" "address-too-narrow" ADDRESS_TOO_NARROW;
    "E241" "row-value-mistyped" ROW_VALUE_MISTYPED;
    "E242" "rows-without-read" ROWS_WITHOUT_READ;
    "E243" "grant-to-whom" GRANT_TO_WHOM;
    "E244" "share-incomplete" SHARE_INCOMPLETE;
    "E245" "share-unreachable" SHARE_UNREACHABLE;
    "E246" "right-where-the-product-is-not" RIGHT_ELSEWHERE;
    // Kinds and lowering.
    "E301" "unknown-kind" UNKNOWN_KIND;
    "E302" "kind-not-on-target" KIND_NOT_ON_TARGET;
    "E303" "mask-not-enforceable" MASK_NOT_ENFORCEABLE;
    "E304" "capability-not-on-kind" CAPABILITY_NOT_ON_KIND;
    "E305" "columns-not-enforceable" COLUMNS_NOT_ENFORCEABLE;
    "E306" "value-out-of-the-clouds-range" OUT_OF_CLOUD_RANGE;
    "E307" "columns-missing" COLUMNS_MISSING;
    "E308" "edition-too-low" EDITION_TOO_LOW;
    "E309" "limit-exceeded" LIMIT_EXCEEDED;
    "E310" "text-not-for-this-cloud" TEXT_NOT_FOR_CLOUD;
    "E311" "expiry-not-enforceable" EXPIRY_NOT_ENFORCEABLE;
    "E312" "zones-not-on-kind" ZONES_NOT_ON_KIND;
    "E313" "agreement-across-accounts" AGREEMENT_ACROSS_ACCOUNTS;
    "E314" "moved-across-accounts" MOVED_ACROSS_ACCOUNTS;
    "E315" "moved-across-databases" MOVED_ACROSS_DATABASES;
    // Views and rows.
    "E331" "view-keeps-no-data" VIEW_KEEPS_NO_DATA;
    "E332" "view-column-without-source" VIEW_COLUMN_WITHOUT_SOURCE;
    "E333" "view-source-not-there" VIEW_SOURCE_NOT_THERE;
    "E334" "view-without-agreement" VIEW_WITHOUT_AGREEMENT;
    "E335" "view-not-connected" VIEW_NOT_CONNECTED;
    "E336" "view-types-differ" VIEW_TYPES_DIFFER;
    "E337" "compares-hidden-values" COMPARES_HIDDEN;
    "E338" "rows-not-enforceable" ROWS_NOT_ENFORCEABLE;
    "E339" "rights-not-separable" RIGHTS_NOT_SEPARABLE;
    // Templates.
    "E320" "template-unreadable" TEMPLATE_UNREADABLE;
    "E321" "template-syntax" TEMPLATE_SYNTAX;
    "E322" "template-value-unquoted" TEMPLATE_VALUE_UNQUOTED;
    "E323" "template-output-not-hcl" TEMPLATE_NOT_HCL;
    "E324" "template-adds-or-drops" TEMPLATE_ADDS_OR_DROPS;
    "E325" "template-smuggles-reference" TEMPLATE_SMUGGLES_REFERENCE;
    "E326" "template-grants-access" TEMPLATE_GRANTS_ACCESS;
    // Verifying our own output.
    "V401" "output-not-read-back" NOT_READ_BACK;
    "V402" "output-not-in-schema" NOT_IN_SCHEMA;
    "V403" "output-reference-dangling" DANGLING_REFERENCE;
    "V404" "output-path-twice" PATH_TWICE;
    // Files, plan and apply.
    "A501" "not-our-tree" NOT_OUR_TREE;
    "A502" "other-meshs-tree" OTHER_MESHS_TREE;
    "A503" "hand-edited" HAND_EDITED;
    "A504" "cannot-write" CANNOT_WRITE;
    "A505" "cannot-recover" CANNOT_RECOVER;
    "A506" "unreadable-tree" UNREADABLE_TREE;
    "A507" "apply-busy" APPLY_BUSY;
    "A508" "state-folder" STATE_FOLDER;
    "A509" "not-a-plan" NOT_A_PLAN;
    "A510" "plan-stale" PLAN_STALE;
    "A511" "needs-leave" NEEDS_LEAVE;
    "A512" "step-failed" STEP_FAILED;
    "A513" "nothing-to-resume" NOTHING_TO_RESUME;
    "A514" "unknown-revision" UNKNOWN_REVISION;
    "A515" "unreadable-input" UNREADABLE_INPUT;
    "A516" "unusable-policy" UNUSABLE_POLICY;
    "A517" "not-a-terraform-plan" NOT_A_TERRAFORM_PLAN;
    // Warnings.
    "W601" "need-without-grant" NEED_WITHOUT_GRANT;
    "W602" "grant-without-need" GRANT_WITHOUT_NEED;
    "W603" "expired" EXPIRED;
    "W604" "unverified-fact" UNVERIFIED_FACT;
    "W605" "unused-group" UNUSED_GROUP;
    "W606" "near-a-limit" NEAR_LIMIT;
}
