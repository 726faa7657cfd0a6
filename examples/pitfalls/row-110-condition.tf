# One role for files and tables, and one condition that knows files only.
resource "google_project_iam_custom_role" "reader" {
  project = "acme-analytics-prod"
  role_id = "mesh_reader_v1"
  title   = "Reads files and tables"

  permissions = [
    "bigquery.jobs.create",
    "bigquery.tables.getData",
    "storage.objects.get",
  ]
}

resource "google_project_iam_member" "readers" {
  project = "acme-analytics-prod"
  role    = google_project_iam_custom_role.reader.id
  member  = "group:readers@acme.example"

  condition {
    title      = "buckets of the mesh"
    expression = "resource.name.startsWith(\"projects/_/buckets/acme-\")"
  }
}
