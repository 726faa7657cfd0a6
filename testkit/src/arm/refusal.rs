//! What the loopback Azure Resource Manager refuses, row by row, with the vendor's rule.
//!
//! Sources, as cited in the rows:
//! - AZL: Azure docs, include "azure-policy-limits"; RBL: include "role-based-access-control/limits".
//! - APD: Azure docs, governance/policy/concepts, definition-structure and effect pages.
//! - AZN: Azure docs, "Naming rules and restrictions for Azure resources".
//! - AZR: Azure docs, role-based-access-control, custom-roles and conditions pages.
//! - REST: learn.microsoft.com, REST reference of the resource named.
//! - SDK: azure-sdk-for-net, live tests that assert the service's own error codes
//!   (LivePolicyTests.cs, `RoleDefinitionTests`).
//! - REC: azure-cli, recordings of the real service under tests/latest/recordings.
//! - GH: an issue of a public repository that quotes the service's answer.
//!
//! "code from memory" marks a rule that is documented while the exact error code is not.

use crate::loopback::refusals;

refusals! {
    /// Every kind of request that the loopback ARM refuses.
    ArmRefusal {
        // The front door.
        TokenMissing "token-missing" => 401 "AuthenticationFailed",
            "every call carries a bearer token",
            "REST: Azure REST API reference, 'Request header'";
        TokenUnknown "token-unknown" => 401 "InvalidAuthenticationToken",
            "the token must be one that the tenant issued",
            "REST: Azure REST API reference, 'Request header'";
        ApiVersionMissing "api-version-missing" => 400 "MissingApiVersionParameter",
            "the api-version query parameter is required for all requests",
            "GH: cloudquery/cloudquery#6626 quotes the body";
        ApiVersionMalformed "api-version-malformed" => 400 "InvalidApiVersionParameter",
            "an api-version is a date, optionally followed by -preview",
            "REST: Azure REST API reference, 'Versions'; code from memory";
        ApiVersionUnsupported "api-version-unsupported" => 400 "NoRegisteredProviderFound",
            "a resource type knows a closed list of api-versions",
            "GH: Azure/azure-cli#28496 quotes the body";
        NamespaceUnknown "namespace-unknown" => 404 "InvalidResourceNamespace",
            "a resource belongs to a registered resource provider",
            "Azure docs, 'Resolve errors for invalid resource namespace'; status from memory";
        TypeUnknown "type-unknown" => 404 "InvalidResourceType",
            "a provider knows a closed list of resource types",
            "Azure docs, 'Resource providers and types'; status from memory";
        SubscriptionUnknown "subscription-unknown" => 404 "SubscriptionNotFound",
            "the subscription must exist in the tenant",
            "Azure docs, 'Resolve errors: SubscriptionNotFound'";
        GroupUnknown "group-unknown" => 404 "ResourceGroupNotFound",
            "the resource group must exist",
            "Azure docs, 'Resolve resource not found errors'";
        ManagementGroupUnknown "management-group-unknown" => 403 "AuthorizationFailed",
            "an unknown management group is answered like a forbidden one",
            "from memory: the message says 'or the scope is invalid'";
        PathMalformed "path-malformed" => 400 "InvalidRequestUri",
            "behind the provider, types and names alternate",
            "REST: Azure REST API reference, 'Request URI'; code from memory";
        MethodUnsupported "method-unsupported" => 405 "MethodNotAllowed",
            "a resource type supports a closed list of methods",
            "REST: the operations listed for each type; code from memory";
        JsonMalformed "json-malformed" => 400 "InvalidRequestContent",
            "the body is one JSON object",
            "GH: Azure/azure-powershell#9012 quotes the message";
        MediaTypeWrong "media-type-wrong" => 415 "UnsupportedMediaType",
            "the body is application/json",
            "from memory";
        ResourceUnknown "resource-unknown" => 404 "ResourceNotFound",
            "a resource that was never made cannot be read",
            "Azure docs, 'Resolve resource not found errors'";
        ParentUnknown "parent-unknown" => 404 "ParentResourceNotFound",
            "a child resource needs its parent",
            "Azure docs, 'Resolve errors for parent resources'";
        EtagStale "etag-stale" => 412 "PreconditionFailed",
            "If-Match must name the present etag",
            "Azure docs, 'Conditional requests'; code from memory";

        // Resource groups and resources.
        GroupName "group-name" => 400 "InvalidResourceGroup",
            "a resource group name has 1-90 letters, digits, or _ - . ( ) and does not end in a dot",
            "AZN; code from memory";
        LocationMissing "location-missing" => 400 "LocationRequired",
            "a resource group and every tracked resource have a location",
            "REST: Resource Groups - Create Or Update";
        LocationUnknown "location-unknown" => 400 "LocationNotAvailableForResourceGroup",
            "the location is an Azure region",
            "REST: Subscriptions - List Locations; code from memory";
        GroupMoved "group-moved" => 409 "InvalidResourceGroupLocation",
            "a resource group cannot change its location",
            "REST: Resource Groups - Create Or Update: location cannot be changed after creation";
        ResourceMoved "resource-moved" => 409 "InvalidResourceLocation",
            "a resource cannot change its location",
            "Azure docs, 'Resolve errors: InvalidResourceLocation'";
        TagName "tag-name" => 400 "InvalidTagNameCharacters",
            "a tag name has no < > % & \\ ? /",
            "AZN";
        TagLength "tag-length" => 400 "InvalidTagValueLength",
            "a tag name has at most 512 characters (128 on storage accounts), a value at most 256",
            "AZN; code from memory";
        TagCount "tag-count" => 400 "InvalidTagCount",
            "a resource has at most 50 tags",
            "Azure docs, 'Use tags', limitations; code from memory";
        StorageName "storage-name" => 400 "AccountNameInvalid",
            "a storage account name has 3-24 lower-case letters and digits",
            "AZN";
        StorageTaken "storage-taken" => 409 "StorageAccountAlreadyTaken",
            "a storage account name is unique in all of Azure",
            "AZN";
        StorageSku "storage-sku" => 400 "InvalidRequestPropertyValue",
            "sku.name and kind come from closed lists",
            "REST: Storage Accounts - Create, SkuName and Kind; code from memory";
        StorageHnsChanged "storage-hns-changed" => 409 "PropertyImmutable",
            "isHnsEnabled is fixed at creation",
            "REST: Storage Accounts - Update has no isHnsEnabled; code from memory";
        ContainerName "container-name" => 400 "InvalidResourceName",
            "a container name has 3-63 lower-case letters, digits and single hyphens, and starts and ends with a letter or digit",
            "AZN; code from memory";
        ContainerPublic "container-public" => 409 "PublicAccessNotPermitted",
            "no container is public while the account forbids it",
            "Azure docs, 'Remediate anonymous read access'";
        EventHubNamespaceName "eventhub-namespace-name" => 400 "BadRequest",
            "an Event Hubs namespace has 6-50 letters, digits and hyphens, a letter first",
            "AZN; code from memory";
        EventHubPartitions "eventhub-partitions" => 400 "BadRequest",
            "an event hub has 1-32 partitions below the premium tiers",
            "Azure docs, 'Azure Event Hubs quotas and limits'; code from memory";

        // Policy definitions.
        PolicyName "policy-name" => 400 "InvalidPolicyDefinitionName",
            "a policy object's name matches ^[^<>*%&:\\?.+/]*[^<>*%&:\\?.+/ ]+$ and has at most 64 characters",
            "REST: Policy Definitions - Create Or Update; length and code from memory";
        PolicyDisplayName "policy-display-name" => 400 "InvalidPolicyDisplayName",
            "displayName has at most 128 characters",
            "APD; code from memory";
        PolicyDescription "policy-description" => 400 "InvalidPolicyDescription",
            "description has at most 512 characters",
            "APD; code from memory";
        PolicyMetadata "policy-metadata" => 400 "InvalidPolicyMetadata",
            "metadata is an object whose values have at most 1,024 characters",
            "APD; code from memory";
        PolicyBodySize "policy-body-size" => 413 "RequestEntityTooLarge",
            "a policy request body has at most 1,048,576 bytes",
            "AZL; code from memory";
        PolicyProperty "policy-property" => 400 "InvalidRequestContent",
            "properties hold the documented members and no others",
            "GH: Azure/azure-powershell#9012: Could not find member ... on object of type ...";
        PolicyRuleMissing "policy-rule-missing" => 400 "InvalidRequestContent",
            "a policy definition needs a policyRule",
            "SDK: ValidatePolicyDefinitionErrorHandling";
        PolicyTypeReadOnly "policy-type" => 400 "InvalidPolicyType",
            "a customer's definition is of policyType Custom",
            "APD: definition-structure-basics, policy type; code from memory";
        PolicyMode "policy-mode" => 400 "InvalidPolicyDefinitionMode",
            "mode is All, Indexed or a resource provider mode",
            "SDK: ValidatePolicyDefinitionErrorHandling";
        PolicyQuota "policy-quota" => 409 "PolicyDefinitionQuotaExceeded",
            "a scope holds at most 500 policy definitions",
            "AZL; REC: test_resource_policyset_default";
        PolicyUnknown "policy-unknown" => 404 "PolicyDefinitionNotFound",
            "a policy definition that is named must exist",
            "REC: test_resource_policy_identity_systemassigned";
        PolicyInUse "policy-in-use" => 400 "InvalidDeletePolicyDefinitionRequest",
            "a definition that is assigned or in a set cannot be deleted",
            "GH: Azure/terraform-azurerm-caf-enterprise-scale#1304";

        // Policy parameters.
        ParameterShape "parameter-shape" => 400 "InvalidRequestContent",
            "a parameter has type, metadata, defaultValue, allowedValues, schema and nothing else",
            "APD: definition-structure-parameters; GH: Azure/azure-powershell#9012";
        ParameterType "parameter-type" => 400 "InvalidRequestContent",
            "a parameter's type is string, array, object, boolean, integer, float or dateTime",
            "APD: definition-structure-parameters";
        ParameterCount "parameter-count" => 400 "TooManyPolicyParameters",
            "a definition has at most 20 parameters, a set at most 300",
            "AZL; code from memory";
        ParameterDefault "parameter-default" => 400 "InvalidPolicyParameters",
            "a default value is of the parameter's type and among its allowed values",
            "APD: definition-structure-parameters; code from memory";
        ParameterUnused "parameter-unused" => 400 "UnusedPolicyParameters",
            "every declared parameter is used",
            "SDK: ValidatePolicyDefinitionErrorHandling";
        ParameterUndeclared "parameter-undeclared" => 400 "InvalidPolicyParameters",
            "every parameter that the rule uses is declared",
            "SDK: ValidatePolicyDefinitionErrorHandling";
        ParameterRemoved "parameter-removed" => 400 "InvalidPolicyParameterUpdate",
            "an update removes no parameter",
            "APD: definition-structure-parameters; the message is quoted in public runbooks";
        ParameterAdded "parameter-added" => 400 "InvalidPolicyParameterUpdate",
            "an update adds a parameter only with a default value",
            "APD: definition-structure-parameters; the message is quoted in public runbooks";

        // The policy rule.
        RuleMember "rule-member" => 400 "InvalidPolicyRule",
            "a rule has exactly if and then",
            "GH: MicrosoftDocs/azure-docs#13435 quotes the message";
        RuleCondition "rule-condition" => 400 "InvalidPolicyRule",
            "a condition is one logical operator, or one subject with one operator",
            "APD: definition-structure-policy-rule, conditions";
        RuleOperator "rule-operator" => 400 "InvalidPolicyRule",
            "an operator comes from the closed list of conditions",
            "APD: definition-structure-policy-rule, conditions";
        RuleOperand "rule-operand" => 400 "InvalidPolicyRule",
            "an operator's value is of the kind that the operator takes",
            "APD: definition-structure-policy-rule, conditions";
        RuleWildcards "rule-wildcards" => 400 "InvalidPolicyRule",
            "like and notLike take at most one *",
            "APD: definition-structure-policy-rule, conditions";
        RuleField "rule-field" => 400 "InvalidPolicyRule",
            "a field is a documented field, a tag, or an alias",
            "APD: definition-structure-policy-rule, fields";
        RuleAlias "rule-alias" => 400 "InvalidPolicyAlias",
            "an alias exists under its provider and resource type",
            "GH: Azure/azure-policy#363 quotes the message";
        RuleCount "rule-count" => 400 "InvalidPolicyRule",
            "count has either field or value, and where is a condition",
            "APD: definition-structure-policy-rule, count";
        RuleNesting "rule-nesting" => 400 "InvalidPolicyRule",
            "a rule has at most 512 nested conditionals",
            "AZL; code from memory";
        RuleExpression "rule-expression" => 400 "InvalidPolicyRule",
            "an expression is a well-formed call of a known function",
            "APD: definition-structure-policy-rule, policy functions";
        RuleFunction "rule-function" => 400 "InvalidPolicyRule",
            "some template functions are not available in policy rules",
            "APD: definition-structure-policy-rule, policy functions";
        EffectMissing "effect-missing" => 400 "InvalidPolicyRule",
            "then needs an effect",
            "APD: effect-basics";
        EffectUnknown "effect-unknown" => 400 "InvalidPolicyRule",
            "an effect comes from the closed list",
            "APD: effect-basics";
        DetailsMissing "details-missing" => 400 "InvalidPolicyRuleEffectDetails",
            "append, modify, auditIfNotExists, deployIfNotExists, denyAction need details",
            "APD: the page of each effect; code from memory";
        DetailsMember "details-member" => 400 "InvalidPolicyRuleEffectDetails",
            "details hold the members of their effect and no others",
            "APD: the page of each effect; code from memory";
        DetailsRoles "details-roles" => 400 "InvalidPolicyRuleEffectDetails",
            "modify and deployIfNotExists name roleDefinitionIds",
            "APD: effect-modify, effect-deploy-if-not-exists; code from memory";
        DetailsOperation "details-operation" => 400 "InvalidPolicyRuleEffectDetails",
            "an operation of modify is add, addOrReplace or remove, with a field, a value to add, and remove only for tags",
            "APD: effect-modify; code from memory";
        DetailsDeployment "details-deployment" => 400 "InvalidPolicyRuleEffectDetails",
            "deployIfNotExists has a deployment with a template",
            "APD: effect-deploy-if-not-exists; code from memory";
        DetailsType "details-type" => 400 "InvalidPolicyRuleEffectDetails",
            "auditIfNotExists and deployIfNotExists name the type of the related resource",
            "APD: effect-audit-if-not-exists; code from memory";

        // Policy sets.
        SetEmpty "set-empty" => 400 "InvalidRequestContent",
            "a policy set references at least one definition",
            "SDK: ValidatePolicySetDefinitionErrorHandling";
        SetReference "set-reference" => 400 "InvalidRequestContent",
            "a reference has the documented members, and its policyDefinitionReferenceId is unique in the set",
            "REST: Policy Set Definitions - Create Or Update; code from memory";
        SetCount "set-count" => 400 "PolicySetDefinitionTooManyPolicies",
            "a set references at most 1,000 definitions",
            "AZL; code from memory";
        SetGroup "set-group" => 400 "InvalidPolicyDefinitionGroups",
            "a reference's groupNames are declared in policyDefinitionGroups",
            "REST: Policy Set Definitions - Create Or Update; code from memory";
        SetScope "set-scope" => 400 "InvalidCreatePolicySetDefinitionRequest",
            "a set references definitions at or above its own scope only",
            "from memory";
        SetUnknown "set-unknown" => 404 "PolicySetDefinitionNotFound",
            "a policy set that is named must exist",
            "REST: Policy Set Definitions - Get";
        SetInUse "set-in-use" => 400 "InvalidDeletePolicySetDefinitionRequest",
            "a set that is assigned cannot be deleted",
            "GH: azuredemoenvironment/ade#37 quotes the message";

        // Policy assignments.
        AssignmentName "assignment-name" => 400 "InvalidPolicyAssignmentName",
            "an assignment name has at most 24 characters at a management group, 64 elsewhere",
            "azurerm provider docs, the four policy_assignment resources; code from memory";
        AssignmentTarget "assignment-target" => 400 "InvalidRequestContent",
            "an assignment names a policyDefinitionId",
            "SDK: ValidatePolicyAssignmentErrorHandling";
        AssignmentScope "assignment-scope" => 400 "InvalidCreatePolicyAssignmentRequest",
            "the definition is at or above the assignment's scope",
            "APD: assignment-structure; message from memory";
        AssignmentParameterUndefined "assignment-parameter-undefined" => 400 "UndefinedPolicyParameter",
            "a value is given only for a parameter that the definition has",
            "GH: Azure/terraform-azurerm-caf-enterprise-scale#282 quotes the message";
        AssignmentParameterMissing "assignment-parameter-missing" => 400 "MissingPolicyParameter",
            "a parameter without a default needs a value",
            "GH: Azure/enterprise-azure-policy-as-code#729 quotes the message";
        AssignmentParameterValue "assignment-parameter-value" => 400 "PolicyParameterValueNotAllowed",
            "a value is of the parameter's type and, compared with case, among its allowed values",
            "GH: salesforce/cloud-guardrails#53 quotes the message";
        AssignmentEnforcement "assignment-enforcement" => 400 "InvalidRequestContent",
            "enforcementMode is Default, DoNotEnforce or Enroll",
            "REST: Policy Assignments - Create";
        AssignmentIdentity "assignment-identity" => 400 "ResourceIdentityRequired",
            "an assignment of modify or deployIfNotExists has a managed identity",
            "GH: Azure/azure-cli#13150 quotes the message";
        AssignmentLocation "assignment-location" => 400 "LocationRequired",
            "an assignment with an identity has a location",
            "REST: Policy Assignments - Create: location is required with an identity";
        AssignmentNotScopes "assignment-not-scopes" => 400 "InvalidPolicyAssignmentNotScopes",
            "notScopes are at most 400 scopes under the assignment's",
            "AZL; code from memory";
        AssignmentQuota "assignment-quota" => 409 "PolicyAssignmentQuotaExceeded",
            "a scope holds at most 200 assignments",
            "AZL; code from memory";
        AssignmentUnknown "assignment-unknown" => 404 "PolicyAssignmentNotFound",
            "an assignment that is read must exist",
            "REST: Policy Assignments - Get";
        AssignmentRetargeted "assignment-retargeted" => 400 "InvalidUpdatePolicyAssignmentRequest",
            "an existing assignment keeps its definition",
            "from memory";
        ExemptionShape "exemption-shape" => 400 "InvalidRequestContent",
            "an exemption names an existing assignment and the category Waiver or Mitigated",
            "REST: Policy Exemptions - Create Or Update";

        // Role definitions.
        RoleId "role-id" => 400 "InvalidRoleDefinitionId",
            "a role definition's name is a GUID",
            "REST: Role Definitions - Create Or Update; code from memory";
        RoleName "role-name" => 400 "RoleDefinitionNameNullOrEmpty",
            "a role has a roleName",
            "SDK: RoleDefinitionCreateTests";
        RoleNameLength "role-name-length" => 400 "RoleDefinitionNameTooLong",
            "a roleName has at most 512 characters",
            "RBL; code from memory";
        RoleDescription "role-description" => 400 "RoleDefinitionDescriptionTooLong",
            "a role's description has at most 2,048 characters",
            "RBL; code from memory";
        RoleNameTaken "role-name-taken" => 409 "RoleDefinitionWithSameNameExists",
            "a roleName is unique in the tenant",
            "AZR: custom-roles; SDK: RoleDefinitionCreateTests";
        RoleBuiltIn "role-built-in" => 409 "RoleDefinitionExists",
            "a built-in role cannot be overwritten",
            "SDK: RoleDefinitionCreateTests";
        RoleType "role-type" => 400 "InvalidRoleDefinitionType",
            "a customer's role is of type CustomRole",
            "SDK: RoleDefinitionCreateTests";
        RoleScopesMissing "role-scopes-missing" => 400 "MissingAssignableScopes",
            "a role has assignable scopes",
            "SDK: RoleDefinitionCreateTests";
        RoleScopeInvalid "role-scope-invalid" => 400 "LinkedInvalidPropertyId",
            "an assignable scope is a full scope id: not the root, no wildcard",
            "AZR: custom-roles, AssignableScopes; SDK: RoleDefinitionCreateTests";
        RoleScopeGroups "role-scope-groups" => 400 "InvalidAssignableScopes",
            "a role has at most one management group among its assignable scopes",
            "AZR: custom-roles, AssignableScopes; code from memory";
        RoleScopeForeign "role-scope-foreign" => 400 "AssignableScopeNotUnderSubscriptionScope",
            "the scope at which a role is written is among its assignable scopes",
            "SDK: RoleDefinitionCreateTests names the code; rule from memory";
        RolePermissionsMissing "role-permissions-missing" => 400 "InvalidRequestContent",
            "permissions is a list of objects with actions, notActions, dataActions, notDataActions",
            "REST: Role Definitions - Create Or Update";
        RoleAction "role-action" => 400 "InvalidActionOrNotAction",
            "an action matches one that the providers support",
            "GH: MicrosoftDocs/azure-docs#102571 quotes the message";
        RoleActionProvider "role-action-provider" => 400 "InvalidActionOrNotAction",
            "an action starts with a provider that Azure Resource Manager lists",
            "GH: Azure/azure-powershell#9800 quotes the message";
        RoleActionWildcards "role-action-wildcards" => 400 "InvalidActionOrNotAction",
            "an action string has at most one *",
            "AZR: custom-roles, wildcard permissions; code from memory";
        RoleDataAction "role-data-action" => 400 "InvalidDataActionOrNotDataAction",
            "a data action matches one that the providers support",
            "AZR: custom-roles, DataActions; code from memory";
        RoleUnknown "role-unknown" => 404 "RoleDefinitionDoesNotExist",
            "a role that is named must exist",
            "GH: the azurerm provider's messages quote status and code";
        RoleInUse "role-in-use" => 400 "RoleDefinitionHasAssignments",
            "a role that is assigned cannot be deleted",
            "AZR: custom-roles";

        // Role assignments.
        GrantId "grant-id" => 400 "InvalidRoleAssignmentId",
            "a role assignment's name is a GUID",
            "REST: Role Assignments - Create; code from memory";
        GrantBody "grant-body" => 400 "InvalidRequestContent",
            "a role assignment has roleDefinitionId and principalId, and no undocumented member",
            "REST: Role Assignments - Create";
        GrantPrincipal "grant-principal" => 400 "InvalidPrincipalId",
            "a principalId is a GUID",
            "REST: Role Assignments - Create; code from memory";
        GrantPrincipalType "grant-principal-type" => 400 "InvalidRequestContent",
            "principalType is User, Group, ServicePrincipal, ForeignGroup or Device",
            "REST: Role Assignments - Create, PrincipalType";
        GrantPrincipalUnknown "grant-principal-unknown" => 400 "PrincipalNotFound",
            "the principal exists in the directory",
            "Azure docs, 'Troubleshoot Azure RBAC'";
        GrantPrincipalMismatch "grant-principal-mismatch" => 400 "UnmatchedPrincipalType",
            "principalType agrees with the directory",
            "GH: Azure/azure-dev#3581 quotes the code";
        GrantRoleId "grant-role-id" => 400 "InvalidRoleDefinitionId",
            "roleDefinitionId is the full id of a role definition",
            "REST: Role Assignments - Create; code from memory";
        GrantExists "grant-exists" => 409 "RoleAssignmentExists",
            "one principal has one role once at one scope",
            "Azure docs, 'Troubleshoot Azure RBAC'; azure-cli 2.91 swallows exactly this code";
        GrantImmutable "grant-immutable" => 400 "RoleAssignmentUpdateNotPermitted",
            "an update changes no principal, role or scope",
            "GH: OfficeDev/microsoft-teams-apps-company-communicator#569 quotes the message";
        GrantRoleScope "grant-role-scope" => 400 "InvalidRoleAssignmentScope",
            "a role is assigned only within its assignable scopes",
            "AZR: custom-roles, AssignableScopes; code from memory";
        GrantDataAtGroup "grant-data-at-group" => 400 "InvalidRoleAssignmentScope",
            "a custom role with data actions is not assigned at a management group",
            "AZR: custom-roles, limits; code from memory";
        GrantDescription "grant-description" => 400 "RoleAssignmentDescriptionTooLong",
            "a description has at most 2 KB",
            "RBL; code from memory";
        GrantQuota "grant-quota" => 400 "RoleAssignmentLimitExceeded",
            "a subscription holds at most 4,000 assignments, a management group 500",
            "RBL; Azure docs, 'Troubleshoot Azure RBAC limits'";
        GrantUnknown "grant-unknown" => 404 "RoleAssignmentNotFound",
            "a role assignment that is read must exist",
            "REST: Role Assignments - Get";
        GrantFilter "grant-filter" => 400 "InvalidFilter",
            "a filter is atScope(), principalId eq, or assignedTo()",
            "Azure docs, 'List Azure role assignments using the REST API'; code from memory";
        ConditionVersion "condition-version" => 400 "InvalidRoleAssignmentCondition",
            "a condition comes with conditionVersion 2.0",
            "Azure docs, 'Troubleshoot Azure role assignment conditions'; code from memory";
        ConditionLength "condition-length" => 400 "InvalidRoleAssignmentCondition",
            "a condition has at most 8 KB",
            "RBL; code from memory";
        ConditionSyntax "condition-syntax" => 400 "InvalidRoleAssignmentCondition",
            "a condition follows the grammar: balanced parentheses, no AND beside OR without them",
            "AZR: conditions-format, conditions-troubleshoot; code from memory";
        ConditionOperator "condition-operator" => 400 "InvalidRoleAssignmentCondition",
            "an operator comes from the closed list",
            "AZR: conditions-format, operators; code from memory";
        ConditionAttribute "condition-attribute" => 400 "InvalidRoleAssignmentCondition",
            "an attribute starts with @Resource, @Request, @Principal or @Environment and is known",
            "AZR: conditions-format, attributes; Azure docs, Storage ABAC attributes; code from memory";
    }
}
