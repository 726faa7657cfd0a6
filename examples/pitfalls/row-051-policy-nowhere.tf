# The bucket is made elsewhere; the document is made nowhere.
resource "aws_s3_bucket_policy" "sales" {
  bucket = "acme-sales-curated"
  policy = data.aws_iam_policy_document.sales_readers.json
}
