resource "aws_athena_data_catalog" "this" {
  name        = "federated"
  description = "Orders in DynamoDB"
  type        = "LAMBDA"

  parameters = {
    function = "arn:aws:lambda:eu-west-1:444455556666:function:orders"
  }
}

resource "aws_athena_named_query" "this" {
  name      = "orders-of-today"
  workgroup = aws_athena_workgroup.this.id
  database  = aws_glue_catalog_database.this.name
  query     = "SELECT 1"
}

resource "aws_athena_workgroup" "this" {
  name          = "acme-prod-sales"
  state         = "ENABLED"
  force_destroy = false

  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = 10737418240

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }

    result_configuration {
      output_location       = "s3://acme-prod-athena-results/sales/"
      expected_bucket_owner = "444455556666"

      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = "arn:aws:kms:eu-west-1:444455556666:key/1b4a2c3d-0000-4000-8000-123456789012"
      }
    }
  }
}

resource "aws_glue_catalog_database" "this" {
  name         = "prod_sales"
  catalog_id   = "444455556666"
  description  = "Sales"
  location_uri = "s3://acme-prod-sales-orders-raw/"

  create_table_default_permission {
    permissions = ["SELECT"]

    principal {
      data_lake_principal_identifier = "IAM_ALLOWED_PRINCIPALS"
    }
  }
}

resource "aws_glue_catalog_table" "this" {
  name          = "orders_raw"
  database_name = aws_glue_catalog_database.this.name
  catalog_id    = "444455556666"
  description   = "Orders as they arrive"
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    classification = "parquet"
  }

  partition_keys {
    name = "ingest_date"
    type = "date"
  }

  storage_descriptor {
    location      = "s3://acme-prod-sales-orders-raw/orders/"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"

    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    }

    columns {
      name    = "order_id"
      type    = "string"
      comment = "key"
    }
  }
}

resource "aws_glue_crawler" "this" {
  name          = "orders"
  database_name = aws_glue_catalog_database.this.name
  role          = "arn:aws:iam::444455556666:role/crawler"
  schedule      = "cron(0 3 * * ? *)"

  s3_target {
    path = "s3://acme-prod-sales-orders-raw/orders/"
  }

  schema_change_policy {
    delete_behavior = "LOG"
    update_behavior = "LOG"
  }
}

resource "aws_glue_data_catalog_encryption_settings" "this" {
  catalog_id = "444455556666"

  data_catalog_encryption_settings {
    connection_password_encryption {
      aws_kms_key_id                       = "arn:aws:kms:eu-west-1:444455556666:key/1b4a2c3d-0000-4000-8000-123456789012"
      return_connection_password_encrypted = true
    }

    encryption_at_rest {
      catalog_encryption_mode = "SSE-KMS"
      sse_aws_kms_key_id      = "arn:aws:kms:eu-west-1:444455556666:key/1b4a2c3d-0000-4000-8000-123456789012"
    }
  }
}

resource "aws_glue_partition_index" "this" {
  database_name = aws_glue_catalog_database.this.name
  table_name    = aws_glue_catalog_table.this.name

  partition_index {
    index_name = "by_date"
    keys       = ["ingest_date"]
  }
}

resource "aws_glue_registry" "this" {
  registry_name = "acme-prod"
  description   = "Contracts"
}

resource "aws_glue_resource_policy" "this" {
  policy        = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"},\"Action\":\"glue:GetTable\",\"Resource\":\"arn:aws:glue:eu-west-1:444455556666:catalog\"}]}"
  enable_hybrid = "TRUE"
}

resource "aws_glue_schema" "this" {
  schema_name       = "orders"
  registry_arn      = aws_glue_registry.this.arn
  data_format       = "JSON"
  compatibility     = "BACKWARD"
  schema_definition = "{\"$schema\":\"http://json-schema.org/draft-07/schema#\"}"
}

resource "aws_glue_security_configuration" "this" {
  name = "acme-prod"

  encryption_configuration {
    cloudwatch_encryption {
      cloudwatch_encryption_mode = "DISABLED"
    }

    job_bookmarks_encryption {
      job_bookmarks_encryption_mode = "DISABLED"
    }

    s3_encryption {
      s3_encryption_mode = "SSE-KMS"
      kms_key_arn        = "arn:aws:kms:eu-west-1:444455556666:key/1b4a2c3d-0000-4000-8000-123456789012"
    }
  }
}
