resource "google_kms_key_ring" "keys" {
  name     = "acme-orders"
  location = "europe-west1"
}

resource "google_kms_crypto_key" "internal" {
  name            = "internal"
  key_ring        = google_kms_key_ring.keys.id
  rotation_period = "7776000s"
}

resource "google_storage_bucket" "orders" {
  name                        = "acme-orders-gcp"
  location                    = "EUROPE-WEST1"
  storage_class               = "STANDARD"
  uniform_bucket_level_access = true

  encryption {
    default_kms_key_name = google_kms_crypto_key.internal.id
  }
}

resource "google_storage_bucket_iam_member" "reader" {
  bucket = google_storage_bucket.orders.name
  role   = "roles/storage.objectViewer"
  member = "group:sales@acme.example"
}

resource "google_pubsub_topic" "events" {
  name = "acme-orders-events"

  labels = {
    owner = "sales"
  }
}

resource "google_bigquery_dataset" "orders" {
  dataset_id = "orders"
  location   = "europe-west1"
}
