//! What the loopback Google Cloud refuses, row by row, with the vendor's rule.
//!
//! Sources, as cited in the rows:
//! - SDK: Google Cloud SDK 528.0.0, the generated API messages of the service named, whose
//!   docstrings are the API reference (`lib/googlecloudsdk/generated_clients/apis`).
//! - GQ: cloud.google.com, "IAM quotas and limits".
//! - GSB: cloud.google.com, "Bucket naming guidelines".
//! - GCS: cloud.google.com, Cloud Storage JSON API reference and IAM overview.
//! - CND: cloud.google.com, "Overview of IAM Conditions" and "IAM Conditions attribute reference".
//! - GPD: terraform-provider-google v7.45.0, documentation and validators.
//! - GH: an issue of a public repository that quotes the service's answer.
//!
//! "code from memory" marks a rule that is documented while the exact status is not.

use crate::loopback::refusals;

refusals! {
    /// Every kind of request that the loopback Google Cloud refuses.
    GcpRefusal {
        // The front door.
        JsonMalformed "json-malformed" => 400 "INVALID_ARGUMENT",
            "the body is one JSON object",
            "cloud.google.com/apis/design/errors: Invalid JSON payload received";
        FieldUnknown "field-unknown" => 400 "INVALID_ARGUMENT",
            "a body holds the fields of its message and no others",
            "cloud.google.com/apis/design/errors: Unknown name ... Cannot find field";
        MethodUnknown "method-unknown" => 404 "NOT_FOUND",
            "a path is one of the service's methods",
            "from memory: the front end answers 404 for an unknown method";
        ProjectUnknown "project-unknown" => 403 "PERMISSION_DENIED",
            "an unknown project is answered like a forbidden one",
            "SDK: cloudresourcemanager v1, projects.get; GH: terraform-google-modules/terraform-google-org-policy#101 quotes 'or it may not exist'";
        OrganizationUnknown "organization-unknown" => 403 "PERMISSION_DENIED",
            "an unknown organization is answered like a forbidden one",
            "SDK: cloudresourcemanager v1, organizations.get";
        ResourceUnknown "resource-unknown" => 404 "NOT_FOUND",
            "a resource that was never made cannot be read",
            "cloud.google.com/apis/design/errors, NOT_FOUND";

        // Custom roles.
        RoleNameForm "role-name-form" => 400 "INVALID_ARGUMENT",
            "a role is named roles/R, projects/P/roles/R or organizations/O/roles/R",
            "GH: GoogleCloudPlatform/k8s-config-connector#210 quotes the message";
        RoleId "role-id" => 400 "INVALID_ARGUMENT",
            "a role id matches [a-zA-Z0-9_.]{3,64}, so it has no hyphen",
            "GH: GoogleCloudPlatform/k8s-config-connector#210 quotes the message";
        RoleTitle "role-title" => 400 "INVALID_ARGUMENT",
            "a title has at most 100 bytes",
            "SDK: iam v1, Role.title";
        RoleDescription "role-description" => 400 "INVALID_ARGUMENT",
            "a description has at most 300 bytes",
            "GQ";
        RoleStage "role-stage" => 400 "INVALID_ARGUMENT",
            "a stage is ALPHA, BETA, GA, DEPRECATED, DISABLED or EAP",
            "SDK: iam v1, Role.stage";
        RolePermission "role-permission" => 400 "INVALID_ARGUMENT",
            "a permission exists",
            "GH: terraform-google-modules/terraform-google-iam#158 quotes the message";
        RolePermissionScope "role-permission-scope" => 400 "INVALID_ARGUMENT",
            "a project's role holds no permission of folders and organizations, nor resourcemanager.projects.list",
            "GH: terraform-google-modules/terraform-google-iam#158";
        RolePermissionUnsupported "role-permission-unsupported" => 400 "INVALID_ARGUMENT",
            "a permission of support level NOT_SUPPORTED is in no custom role",
            "SDK: iam v1, Permission.customRolesSupportLevel; code from memory";
        RolePermissionCount "role-permission-count" => 400 "INVALID_ARGUMENT",
            "a role has at most 3,000 permissions",
            "GQ; code from memory";
        RoleSize "role-size" => 400 "INVALID_ARGUMENT",
            "title, description and permission names have at most 64 KB together",
            "GQ; code from memory";
        RoleExists "role-exists" => 409 "ALREADY_EXISTS",
            "a role id is used once in its parent",
            "SDK: iam v1, projects.roles.create";
        RoleTombstone "role-tombstone" => 400 "FAILED_PRECONDITION",
            "the id of a deleted role cannot be reused for 37 days",
            "GH: terraform-google-modules/terraform-google-bastion-host#14 quotes message and documentation";
        RoleUnknown "role-unknown" => 404 "NOT_FOUND",
            "a role that is named exists",
            "SDK: iam v1, projects.roles.get";
        RoleDeletedTwice "role-deleted-twice" => 400 "FAILED_PRECONDITION",
            "a deleted role cannot be deleted again",
            "GH: GoogleCloudPlatform/k8s-config-connector#338 quotes the message";
        RolePatchedDeleted "role-patched-deleted" => 400 "FAILED_PRECONDITION",
            "a deleted role cannot be changed, only undeleted",
            "GH: hashicorp/terraform-provider-google#1681";
        RoleUndeletedLive "role-undeleted-live" => 400 "FAILED_PRECONDITION",
            "only a deleted role can be undeleted",
            "SDK: iam v1, projects.roles.undelete; code from memory";
        RoleUndeletedLate "role-undeleted-late" => 400 "FAILED_PRECONDITION",
            "a role can be undeleted within 7 days",
            "GH: terraform-google-modules/terraform-google-bastion-host#14 quotes the documentation; code from memory";
        RoleEtagStale "role-etag-stale" => 409 "ABORTED",
            "an update's etag is the present one",
            "SDK: surface/iam/roles/update.py handles HttpConflictError as a stale etag";
        EtagMalformed "etag-malformed" => 400 "INVALID_ARGUMENT",
            "an etag is base64",
            "SDK: iam v1, Role.etag is of type bytes";
        RoleMask "role-mask" => 400 "INVALID_ARGUMENT",
            "an update mask names fields of a role that can change",
            "SDK: iam v1, projects.roles.patch, updateMask; code from memory";
        RoleQuota "role-quota" => 429 "RESOURCE_EXHAUSTED",
            "a project or organization has at most 300 custom roles, deleted ones included",
            "GQ; status from memory";
        RoleParent "role-parent" => 400 "INVALID_ARGUMENT",
            "a role is made in a project or an organization, not in a folder",
            "SDK: iam v1, has organizations.roles and projects.roles only";

        // Allow policies.
        PolicyEtagStale "policy-etag-stale" => 409 "ABORTED",
            "a policy's etag is the present one",
            "GH: pulumi/pulumi-google-native#862 quotes the message";
        PolicyVersion "policy-version" => 400 "INVALID_ARGUMENT",
            "a policy's version is 0, 1 or 3",
            "SDK: cloudresourcemanager v1, Policy.version";
        PolicyVersionLow "policy-version-low" => 400 "INVALID_ARGUMENT",
            "a version is not below that of the present policy",
            "GH: hashicorp/vault-plugin-secrets-gcp#88 quotes the message";
        ConditionVersion "condition-version" => 400 "INVALID_ARGUMENT",
            "a policy with conditions has version 3",
            "SDK: cloudresourcemanager v1, Policy.version";
        ConditionBasicRole "condition-basic-role" => 400 "INVALID_ARGUMENT",
            "owner, editor and viewer take no condition",
            "CND; GH: hashicorp/terraform-provider-google#7833";
        ConditionPublic "condition-public" => 400 "INVALID_ARGUMENT",
            "allUsers and allAuthenticatedUsers take no condition",
            "CND; code from memory";
        ConditionTitle "condition-title" => 400 "INVALID_ARGUMENT",
            "a condition has a title of at most 100 characters",
            "CND: title is required; SDK: Expr.title; length from memory";
        ConditionDescription "condition-description" => 400 "INVALID_ARGUMENT",
            "a condition's description has at most 256 characters",
            "CND; length and code from memory";
        ConditionExpression "condition-expression" => 400 "INVALID_ARGUMENT",
            "a condition's expression is well-formed CEL",
            "CND; SDK: surface/iam/policies/lint_condition.py";
        ConditionAttribute "condition-attribute" => 400 "INVALID_ARGUMENT",
            "an expression uses the documented attributes and functions",
            "CND: attribute reference";
        ConditionOperators "condition-operators" => 400 "INVALID_ARGUMENT",
            "an expression has at most 12 logical operators",
            "GQ";
        BindingShape "binding-shape" => 400 "INVALID_ARGUMENT",
            "a binding has a role and at least one member",
            "SDK: cloudresourcemanager v1, Policy.bindings: must contain at least one principal";
        BindingRole "binding-role" => 400 "INVALID_ARGUMENT",
            "a binding's role exists and is supported for the resource",
            "GH, many: Role roles/x is not supported for this resource";
        BindingRoleForeign "binding-role-foreign" => 400 "INVALID_ARGUMENT",
            "a custom role is bound in its own project or organization only",
            "cloud.google.com, 'Create and manage custom roles', availability";
        BindingRoleDeleted "binding-role-deleted" => 400 "INVALID_ARGUMENT",
            "a deleted role takes no new binding",
            "SDK: iam v1, projects.roles.delete";
        BindingWithcond "binding-withcond" => 400 "INVALID_ARGUMENT",
            "a role name with _withcond_ is an artefact of a read and cannot be written",
            "cloud.google.com, 'Troubleshoot withcond in policies and role bindings'";
        BindingVariants "binding-variants" => 400 "INVALID_ARGUMENT",
            "one role has one member under at most 20 conditions",
            "GQ";
        MemberPrefix "member-prefix" => 400 "INVALID_ARGUMENT",
            "a member starts with user:, group:, serviceAccount:, domain:, principal: and the like",
            "SDK: cloudresourcemanager v1, Binding.members";
        MemberForm "member-form" => 400 "INVALID_ARGUMENT",
            "behind user:, group: and serviceAccount: stands an e-mail address",
            "SDK: cloudresourcemanager v1, Binding.members";
        MemberPublic "member-public" => 400 "INVALID_ARGUMENT",
            "a project's policy has no allUsers and no allAuthenticatedUsers",
            "SDK: cloudresourcemanager v1, projects.setIamPolicy, constraints";
        MemberUnknown "member-unknown" => 400 "INVALID_ARGUMENT",
            "a user, group or service account that is bound exists",
            "GH, many: User x@y does not exist / Service account x does not exist";
        MemberCount "member-count" => 400 "INVALID_ARGUMENT",
            "a policy has at most 1,500 principals",
            "GQ; SDK: cloudresourcemanager v1, Policy.bindings";
        GroupCount "group-count" => 400 "INVALID_ARGUMENT",
            "at most 250 of a policy's principals are groups",
            "GQ; SDK: cloudresourcemanager v1, Policy.bindings";
        PolicyMask "policy-mask" => 400 "INVALID_ARGUMENT",
            "an update mask of setIamPolicy names fields of a policy",
            "SDK: cloudresourcemanager v1, SetIamPolicyRequest.updateMask; code from memory";

        // Service accounts.
        AccountId "account-id" => 400 "INVALID_ARGUMENT",
            "an account id matches [a-z]([-a-z0-9]{4,28}[a-z0-9])",
            "SDK: iam v1, CreateServiceAccountRequest.accountId";
        AccountDisplayName "account-display-name" => 400 "INVALID_ARGUMENT",
            "a display name has at most 100 bytes",
            "SDK: iam v1, ServiceAccount.displayName";
        AccountExists "account-exists" => 409 "ALREADY_EXISTS",
            "an account id is used once in a project",
            "SDK: iam v1, projects.serviceAccounts.create";
        AccountUnknown "account-unknown" => 404 "NOT_FOUND",
            "a service account that is named exists",
            "SDK: iam v1, projects.serviceAccounts.get";

        // Buckets.
        BucketName "bucket-name" => 400 "invalid",
            "a bucket name has 3-63 of a-z 0-9 - _ ., starts and ends with a letter or digit, is no address, and has no google in it",
            "GSB";
        BucketTaken "bucket-taken" => 409 "conflict",
            "a bucket name is unique in all of Cloud Storage",
            "GSB; GCS: buckets.insert, 409";
        BucketUnknown "bucket-unknown" => 404 "notFound",
            "a bucket that is named exists",
            "GCS: HTTP status and error codes, 404";
        BucketProject "bucket-project" => 400 "required",
            "a bucket is made in a project",
            "GCS: buckets.insert, parameter project";
        BucketLocation "bucket-location" => 400 "invalid",
            "a location is a region, a dual-region or a multi-region",
            "GCS: bucket locations";
        BucketClass "bucket-class" => 400 "invalid",
            "a storage class is STANDARD, NEARLINE, COLDLINE, ARCHIVE or a legacy one",
            "GCS: storage classes";
        BucketLabel "bucket-label" => 400 "invalid",
            "a label has a lower-case key of at most 63 characters, 64 labels at most",
            "GPD; cloud.google.com, 'Creating and managing labels'";
        BucketSoftDelete "bucket-soft-delete" => 400 "invalid",
            "soft delete keeps 0 or 604,800 to 7,776,000 seconds",
            "GPD: google_storage_bucket, soft_delete_policy";
        BucketImmutable "bucket-immutable" => 400 "invalid",
            "a bucket keeps its name and location",
            "GPD: google_storage_bucket; GCS: buckets.patch";
        BucketRetentionLocked "bucket-retention-locked" => 403 "forbidden",
            "a locked retention policy can be neither removed nor shortened",
            "GCS: Bucket Lock";
        BucketMetageneration "bucket-metageneration" => 412 "conditionNotMet",
            "ifMetagenerationMatch names the present metageneration",
            "GCS: request preconditions";
        BucketCondition "bucket-condition" => 412 "conditionNotMet",
            "conditions need uniform bucket-level access",
            "GCS: IAM conditions; code from memory";
        BucketPublic "bucket-public" => 412 "conditionNotMet",
            "a bucket that enforces public access prevention takes no allUsers",
            "GCS: public access prevention";

        // Organization policies.
        ConstraintUnknown "constraint-unknown" => 404 "NOT_FOUND",
            "a policy's constraint exists",
            "GH: terraform-google-modules/terraform-google-org-policy#99";
        OrgPolicyName "org-policy-name" => 400 "INVALID_ARGUMENT",
            "a policy is named PARENT/policies/CONSTRAINT, with its own parent",
            "SDK: orgpolicy v2, GoogleCloudOrgpolicyV2Policy.name";
        OrgPolicyRules "org-policy-rules" => 400 "INVALID_ARGUMENT",
            "a spec has rules or reset, at most 10 rules",
            "SDK: orgpolicy v2, PolicySpec.rules";
        OrgPolicyKind "org-policy-kind" => 400 "INVALID_ARGUMENT",
            "a boolean constraint takes enforce, a list constraint values, allowAll or denyAll",
            "SDK: orgpolicy v2, PolicySpecPolicyRule";
        OrgPolicyReset "org-policy-reset" => 400 "INVALID_ARGUMENT",
            "reset goes without rules and without inheritFromParent",
            "SDK: orgpolicy v2, PolicySpec.reset";
        OrgPolicyInherit "org-policy-inherit" => 400 "INVALID_ARGUMENT",
            "inheritFromParent is for list constraints only",
            "SDK: orgpolicy v2, PolicySpec.inheritFromParent";
        OrgPolicyExists "org-policy-exists" => 409 "ALREADY_EXISTS",
            "a constraint has one policy at a resource",
            "SDK: orgpolicy v2, projects.policies.create";
        OrgPolicyUnknown "org-policy-unknown" => 404 "NOT_FOUND",
            "a policy that is named exists",
            "SDK: orgpolicy v2, projects.policies.get";
        OrgPolicyEtagStale "org-policy-etag-stale" => 409 "ABORTED",
            "an update's etag is the present one",
            "SDK: orgpolicy v2, projects.policies.patch";
    }
}
