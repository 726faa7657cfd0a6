//! Files as a policy sees them, whoever wrote them: the same keys for what meshc generated, for a
//! folder of foreign files, and for a plan of Terraform.

use serde_json::{Value, json};

use super::terraform::{POLICY_DATA, Reader, data_name, folder, policy_document};

/// How many words of a statement say what sort it is: `CREATE OR REPLACE ROW ACCESS POLICY IF NOT`.
const HEAD: usize = 8;

/// What the files of one input hold.
#[derive(Debug, Default)]
pub(in crate::check) struct Parts {
    resources: Vec<Value>,
    data_sources: Vec<Value>,
    providers: Vec<Value>,
    documents: Vec<Value>,
    statements: Vec<Value>,
    policies: Vec<Value>,
}

impl Parts {
    /// Adds a block of Terraform. `place` makes an `at` of a JSON pointer into the block, which is
    /// empty for the block itself.
    pub(in crate::check) fn block(
        &mut self,
        block: &hcl::Block,
        path: &str,
        mut place: impl FnMut(&str) -> usize,
    ) {
        let labels: Vec<&str> = block
            .labels()
            .iter()
            .map(hcl::structure::BlockLabel::as_str)
            .collect();
        let root = folder(path);
        let (list, kind, name) = match (block.identifier(), labels.as_slice()) {
            ("resource", [kind, name]) => (&mut self.resources, *kind, *name),
            ("data", [kind, name]) => (&mut self.data_sources, *kind, *name),
            ("provider", [name]) => (&mut self.providers, "provider", *name),
            _ => return,
        };
        let owner = match block.identifier() {
            "data" => format!("data.{kind}.{name}"),
            _ => format!("{kind}.{name}"),
        };
        let mut reader = Reader {
            root,
            owner: &owner,
            inner: Vec::new(),
        };
        let values = reader.body(block.body(), "");
        let inner = reader.inner;
        let at = place("");
        if block.identifier() == "data" && kind == POLICY_DATA {
            self.documents.push(json!({
                "path": path,
                "name": data_name(root, kind, name),
                "value": policy_document(&values),
                "at": at,
            }));
        }
        list.push(json!({
            "type": kind,
            "name": name,
            "path": path,
            "root": root,
            "values": values,
            "at": at,
        }));
        for inner in inner {
            let at = place(&inner.pointer);
            self.documents
                .push(json!({"path": path, "name": inner.name, "value": inner.value, "at": at}));
        }
    }

    /// Adds a resource of a plan, whose values are known already.
    pub(in crate::check) fn planned(
        &mut self,
        kind: &str,
        name: &str,
        root: &str,
        values: &Value,
        at: usize,
    ) {
        if let Value::Object(map) = values {
            for (key, value) in map {
                let text = value.as_str().filter(|text| text.starts_with('{'));
                let document = text.and_then(|text| serde_json::from_str::<Value>(text).ok());
                if let Some(document) = document.filter(Value::is_object) {
                    let name = format!("{root}|{kind}.{name}/{key}");
                    self.documents
                        .push(json!({"path": root, "name": name, "value": document, "at": at}));
                }
            }
        }
        self.resources.push(json!({
            "type": kind,
            "name": name,
            "path": root,
            "root": root,
            "values": values,
            "at": at,
        }));
    }

    /// Adds a JSON or YAML document.
    pub(in crate::check) fn document(&mut self, path: &str, value: &Value, at: usize) {
        self.documents
            .push(json!({"path": path, "name": path, "value": value, "at": at}));
    }

    /// Adds a statement of SQL, as it is written but for its `;`.
    pub(in crate::check) fn statement(&mut self, path: &str, text: &str, at: usize) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = text.trim_end_matches(';');
        // Rules look at the first words before they look at the whole.
        let words: Vec<&str> = text.split(' ').take(HEAD).collect();
        let head = words.join(" ").to_ascii_uppercase();
        self.statements
            .push(json!({"path": path, "head": head, "text": text, "at": at}));
    }

    /// Adds a policy in Rego.
    pub(in crate::check) fn policy(&mut self, path: &str, text: &str, at: usize) {
        self.policies
            .push(json!({"path": path, "text": text, "at": at}));
    }

    /// Puts everything into an input.
    pub(in crate::check) fn put(self, input: &mut serde_json::Map<String, Value>) {
        for (key, list) in [
            ("resources", self.resources),
            ("data_sources", self.data_sources),
            ("providers", self.providers),
            ("documents", self.documents),
            ("statements", self.statements),
            ("policies", self.policies),
        ] {
            input.insert(key.to_owned(), Value::Array(list));
        }
    }
}
