"""What teams do without a compiler: a Jinja script that reads the same blueprint and writes Terraform and SQL.

It checks nothing, names nothing, grants less, and writes two files for each domain; it is here as a floor of effort,
not as an equal. Usage: jinja.py MESH OUT
"""

import pathlib
import sys

import jinja2
import yaml

TERRAFORM = """\
{% for p in d.products %}{% if 'aws' in p.targets %}
resource "aws_s3_bucket" "{{ p.name }}" {
  bucket = "acme-prod-{{ d.name }}-{{ p.name }}"
  tags = {
    owner          = "{{ d.owner }}"
    cost_center    = "{{ d['cost-center'] }}"
    classification = "{{ p.classification }}"
  }
}

resource "aws_s3_bucket_public_access_block" "{{ p.name }}" {
  bucket                  = aws_s3_bucket.{{ p.name }}.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_glue_catalog_table" "{{ p.name }}" {
  name          = "{{ p.name }}"
  database_name = "prod_{{ d.name }}"
  storage_descriptor {
{% for c in p.columns %}    columns {
      name = "{{ c.name }}"
      type = "{{ c.type }}"
    }
{% endfor %}  }
}
{% endif %}{% if 'azure' in p.targets %}
resource "azurerm_storage_container" "{{ p.name }}" {
  name               = "{{ p.name }}"
  storage_account_id = azurerm_storage_account.{{ d.name }}.id
}
{% endif %}{% if 'gcp' in p.targets %}
resource "google_storage_bucket" "{{ p.name }}" {
  name                        = "acme-prod-{{ d.name }}-{{ p.name }}"
  location                    = "europe-west1"
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
}
{% endif %}{% endfor %}"""

SQL = """\
{% for p in d.products %}{% if 'snowflake' in p.targets %}CREATE TABLE IF NOT EXISTS {{ d.name }}.{{ p.name }} (
{% for c in p.columns %}  {{ c.name }} {{ c.type }}{{ "," if not loop.last }}
{% endfor %});
{% for a in p.access %}GRANT SELECT ON TABLE {{ d.name }}.{{ p.name }} TO ROLE {{ a.group }};
{% endfor %}{% endif %}{% endfor %}"""

mesh, out = map(pathlib.Path, sys.argv[1:3])
environment = jinja2.Environment(autoescape=False)
terraform, sql = environment.from_string(TERRAFORM), environment.from_string(SQL)
for path in sorted((mesh / "domains").glob("*.yaml")):
    domain = yaml.load(path.read_text(), yaml.CSafeLoader)
    folder = out / domain["name"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "main.tf").write_text(terraform.render(d=domain))
    (folder / "grants.sql").write_text(sql.render(d=domain))
