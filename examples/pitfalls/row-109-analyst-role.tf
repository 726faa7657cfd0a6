# Analysts get this role on the whole project, so that they can query its tables.
resource "google_project_iam_custom_role" "analyst" {
  project = "acme-analytics-prod"
  role_id = "mesh_analyst_v1"
  title   = "Reads tables"

  permissions = [
    "bigquery.datasets.get",
    "bigquery.tables.get",
    "bigquery.tables.getData",
    "bigquery.tables.list",
  ]
}

resource "google_project_iam_member" "analysts" {
  project = "acme-analytics-prod"
  role    = google_project_iam_custom_role.analyst.id
  member  = "group:analysts@acme.example"
}
