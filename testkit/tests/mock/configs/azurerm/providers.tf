terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
  }
}

provider "azurerm" {
  subscription_id = "0a1b2c3d-1111-4222-8333-444455556666"
  tenant_id       = "72f988bf-86f1-41af-91ab-2d7cd011db47"

  features {}
}
