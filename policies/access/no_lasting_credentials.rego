# METADATA
# title: Nobody holds a credential that lasts
# description: >
#   A key in a file is copied, mailed and kept; Terraform keeps it in its state as well. People sign in
#   through the identity provider, programs take an identity of the place where they run.
# custom:
#   id: MESH-ACC-004
#   severity: error
#   remediation: >
#     Use federation: an identity provider, OIDC, a managed identity or workload identity.
package meshc.access.no_lasting_credentials

import data.meshc.lib.terraform
import rego.v1

lasting := {
	"aws_iam_access_key", "aws_iam_user", "aws_iam_user_login_profile", "google_service_account_key",
	"azuread_application_password", "azuread_service_principal_password", "google_storage_hmac_key",
	"azurerm_storage_account_local_user",
}

deny contains finding if {
	some resource in input.resources
	resource.type in lasting
	finding := {"message": sprintf("`%s` is a credential that lasts", [terraform.label(resource)]), "at": resource.at}
}
