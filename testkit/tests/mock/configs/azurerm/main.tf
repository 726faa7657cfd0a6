resource "azurerm_resource_group" "orders" {
  name     = "acme-orders"
  location = "westeurope"
}

resource "azurerm_storage_account" "orders" {
  name                       = "acmeorders"
  resource_group_name        = azurerm_resource_group.orders.name
  location                   = azurerm_resource_group.orders.location
  account_tier               = "Standard"
  account_replication_type   = "ZRS"
  https_traffic_only_enabled = true
  min_tls_version            = "TLS1_2"

  tags = {
    owner = "sales"
  }
}

resource "azurerm_storage_container" "raw" {
  name                  = "raw"
  storage_account_id    = azurerm_storage_account.orders.id
  container_access_type = "private"
}

resource "azurerm_eventhub_namespace" "orders" {
  name                = "acme-orders-events"
  resource_group_name = azurerm_resource_group.orders.name
  location            = azurerm_resource_group.orders.location
  sku                 = "Standard"
}

resource "azurerm_eventhub" "clicks" {
  name              = "clicks"
  namespace_id      = azurerm_eventhub_namespace.orders.id
  partition_count   = 2
  message_retention = 7
}

resource "azurerm_role_assignment" "reader" {
  scope                = azurerm_storage_account.orders.id
  role_definition_name = "Storage Blob Data Reader"
  principal_id         = "9f2e0c1a-7b1d-4c55-8f3e-2d6a1b0c9e8f"
}
