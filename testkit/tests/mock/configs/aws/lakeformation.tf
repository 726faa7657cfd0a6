resource "aws_lakeformation_data_cells_filter" "this" {
  table_data {
    database_name    = "prod_sales"
    name             = "no_email"
    table_catalog_id = "444455556666"
    table_name       = "orders_curated"
    column_names     = ["order_id", "total"]

    row_filter {
      filter_expression = "country = 'DE'"
    }
  }
}

resource "aws_lakeformation_data_lake_settings" "this" {
  catalog_id = "444455556666"
  admins     = ["arn:aws:iam::444455556666:role/lake-admin"]

  parameters = {
    CROSS_ACCOUNT_VERSION = "4"
  }

  create_database_default_permissions {
    permissions = []
    principal   = "IAM_ALLOWED_PRINCIPALS"
  }
}

resource "aws_lakeformation_lf_tag" "this" {
  key        = "classification"
  values     = ["confidential", "pii"]
  catalog_id = "444455556666"
}

resource "aws_lakeformation_opt_in" "this" {
  principal {
    data_lake_principal_identifier = "arn:aws:iam::444455556666:role/analyst"
  }

  resource_data {
    database {
      name       = "prod_sales"
      catalog_id = "444455556666"
    }
  }
}

resource "aws_lakeformation_permissions" "this" {
  principal   = "arn:aws:iam::444455556666:role/analyst"
  permissions = ["SELECT", "DESCRIBE"]
  catalog_id  = "444455556666"

  table_with_columns {
    database_name = "prod_sales"
    name          = "orders_curated"
    column_names  = ["order_id", "total"]
  }
}

resource "aws_lakeformation_resource" "this" {
  arn                     = "arn:aws:s3:::acme-prod-sales-orders-raw"
  role_arn                = "arn:aws:iam::444455556666:role/lake"
  use_service_linked_role = false
  hybrid_access_enabled   = false
}

resource "aws_lakeformation_resource_lf_tag" "this" {
  catalog_id = "444455556666"

  database {
    name = "prod_sales"
  }

  lf_tag {
    key   = "classification"
    value = "pii"
  }
}

resource "aws_lakeformation_resource_lf_tags" "this" {
  catalog_id = "444455556666"

  database {
    name = "prod_sales"
  }

  lf_tag {
    key   = "classification"
    value = "pii"
  }
}
