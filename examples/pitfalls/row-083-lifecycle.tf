# A versioned bucket moves what is old to an archive, and forgets what was replaced.
resource "aws_s3_bucket_lifecycle_configuration" "orders" {
  bucket = "acme-sales-orders-raw"

  rule {
    id     = "archive"
    status = "Enabled"

    filter {}

    transition {
      days          = 90
      storage_class = "GLACIER_IR"
    }
  }

  rule {
    id     = "uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}
