//! Rendering a template: what it must make, what it may refer to, in which region, and what each
//! resource does to data and access.

use std::collections::BTreeSet;

use hcl::structure::{Attribute, Structure};

use super::here::Place;
use crate::artifact::hcl::expr;
use crate::artifact::{Effect, HclBlock, OriginRef};
use crate::diag::Diagnostics;
use crate::targets::Lowering;
use crate::template::Expected;

/// A template about to be rendered.
#[derive(Debug)]
pub(super) struct Shape<'a> {
    template: &'static str,
    place: Place<'a>,
    origin: &'a OriginRef,
    resources: BTreeSet<String>,
    references: BTreeSet<String>,
}

impl<'a> Shape<'a> {
    /// A template for something in a region.
    pub(super) fn new(template: &'static str, place: Place<'a>, origin: &'a OriginRef) -> Self {
        Self {
            template,
            place,
            origin,
            resources: BTreeSet::new(),
            references: BTreeSet::new(),
        }
    }

    /// It makes this resource.
    pub(super) fn makes(mut self, kind: &str, label: &str) -> Self {
        self.resources.insert(format!("{kind}.{label}"));
        self
    }

    /// It may refer to this one.
    pub(super) fn refers_to(mut self, address: &str) -> Self {
        self.references.insert(address.to_owned());
        self
    }

    /// It may refer to the key with this label, if there is one.
    pub(super) fn refers_to_key(self, label: Option<&str>) -> Self {
        match label {
            Some(label) => self.refers_to(&format!("aws_kms_key.{label}")),
            None => self,
        }
    }

    /// The blocks, each with the effect of its type and the provider of its region.
    pub(super) fn render(
        self,
        values: &serde_json::Value,
        cx: &Lowering<'_>,
        out: &mut Diagnostics,
    ) -> Vec<HclBlock> {
        let expected = Expected {
            resources: self.resources,
            references: self.references,
        };
        let mut blocks = cx
            .templates
            .render(self.template, values, &expected, self.origin, out);
        for block in &mut blocks {
            let kind = block
                .block
                .labels
                .first()
                .map_or("", |label| label.as_str());
            block.origin = self.origin.with_effect(effect(kind));
            in_place(block, self.place);
        }
        blocks
    }
}

/// What a resource of a type does to data and access.
fn effect(kind: &str) -> Effect {
    match kind {
        "aws_s3_bucket" | "aws_kms_key" | "aws_kinesis_stream" => Effect::HoldsData,
        "aws_s3_bucket_ownership_controls"
        | "aws_s3_bucket_public_access_block"
        | "aws_s3_bucket_server_side_encryption_configuration"
        | "aws_s3_bucket_versioning" => Effect::Guards,
        _ => Effect::Plain,
    }
}

/// Names the provider of a region other than the cell's own. Templates may not choose one.
pub(super) fn in_place(block: &mut HclBlock, place: Place<'_>) {
    let Some(alias) = place.provider() else {
        return;
    };
    let mut body: Vec<Structure> = vec![Structure::Attribute(Attribute {
        key: hcl::Identifier::unchecked("provider"),
        expr: expr::reference(&format!("aws.{alias}")),
    })];
    body.extend(std::mem::take(&mut block.block.body).into_inner());
    block.block.body = body.into();
}
