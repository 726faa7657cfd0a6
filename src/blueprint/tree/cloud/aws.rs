//! AWS: accounts, regions, and how people and workloads prove who they are.

use super::{CloudTables, check_chars, leaf};
use crate::blueprint::schema::{Field, Leaf, Shape, Table};

const ACCOUNT: Leaf = leaf("an AWS account id", "111122223333", "^[0-9]{12}$", |text| {
    check_chars(text, 12, 12, |c| c.is_ascii_digit(), "digits")
});

const REGION: Leaf = leaf(
    "an AWS region",
    "eu-west-1",
    "^[a-z]{2}(-[a-z]+)+-[0-9]+$",
    |text| {
        let parts: Vec<&str> = text.split('-').collect();
        let letters = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
        match parts.split_last() {
            Some((number, words))
                if words.len() >= 2
                    && words.iter().all(|word| letters(word))
                    && !number.is_empty()
                    && number.bytes().all(|b| b.is_ascii_digit()) =>
            {
                Ok(())
            }
            _ => Err("it looks like `eu-west-1`".to_owned()),
        }
    },
);

// The patterns of the Organizations API: `^o-[a-z0-9]{10,32}$` and `^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$`.
const ORGANIZATION: Leaf = leaf(
    "an AWS organization id",
    "o-a1b2c3d4e5",
    "^o-[a-z0-9]{10,32}$",
    |text| {
        let rest = text.strip_prefix("o-").ok_or("it starts with `o-`")?;
        check_chars(
            rest,
            10,
            32,
            |c| c.is_ascii_lowercase() || c.is_ascii_digit(),
            "lower-case letters and digits after `o-`",
        )
    },
);

const UNIT: Leaf = leaf(
    "an organizational unit id",
    "ou-ab12-cd34ef56",
    "^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$",
    |text| {
        let rest = text.strip_prefix("ou-").ok_or("it starts with `ou-`")?;
        let (root, unit) = rest
            .split_once('-')
            .ok_or("it has the root's id and its own, as `ou-ab12-cd34ef56`")?;
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        check_chars(root, 4, 32, allowed, "lower-case letters and digits")?;
        check_chars(unit, 8, 32, allowed, "lower-case letters and digits")
    },
);

// An identity provider as it stands in an ARN after `arn:aws:iam::ACCOUNT:`.
const PROVIDER: Leaf = leaf(
    "an identity provider",
    "saml-provider/acme-sso",
    "^(saml-provider/[A-Za-z0-9._-]{1,128}|oidc-provider/[A-Za-z0-9._/-]{1,255})$",
    |text| match text.split_once('/') {
        Some(("saml-provider", name)) => check_chars(
            name,
            1,
            128,
            |c| c.is_ascii_alphanumeric() || "._-".contains(c),
            "letters, digits, `.`, `_` and `-`",
        ),
        Some(("oidc-provider", host)) => check_chars(
            host,
            1,
            255,
            |c| c.is_ascii_alphanumeric() || "._-/".contains(c),
            "letters, digits, `.`, `_`, `-` and `/`",
        ),
        _ => Err("it starts with `saml-provider/` or `oidc-provider/`".to_owned()),
    },
);

// Claims that STS puts into a trust policy's condition keys; others cannot be tested there.
const CLAIM: &[&str] = &[
    "aud",
    "sub",
    "amr",
    "email",
    "eduPersonAffiliation",
    "eduPersonPrimaryAffiliation",
    "eduPersonEntitlement",
    "commonName",
];

const KEY_ARN: Leaf = leaf(
    "a KMS key's ARN",
    "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "^arn:(aws|aws-cn|aws-us-gov):kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$",
    |text| {
        let parts: Vec<&str> = text.split(':').collect();
        let [arn, partition, service, region, account, key] = parts[..] else {
            return Err("it has six parts with colons".to_owned());
        };
        let right = arn == "arn"
            && matches!(partition, "aws" | "aws-cn" | "aws-us-gov")
            && service == "kms"
            && !region.is_empty()
            && region
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && (ACCOUNT.check)(account).is_ok()
            && key.strip_prefix("key/").is_some_and(|id| {
                !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            });
        if right {
            Ok(())
        } else {
            Err("it names a key, not an alias: `arn:aws:kms:REGION:ACCOUNT:key/ID`".to_owned())
        }
    },
);

const CLAIM_VALUE: Shape = Shape::Text(256);

pub(super) const TABLES: CloudTables = CloudTables {
    mesh: &Table {
        name: "AWS settings",
        doc: "What the whole mesh needs to know about AWS.",
        fields: &[
            Field::optional(
                "organization",
                Shape::Leaf(&ORGANIZATION),
                "The organization that every account belongs to; nobody outside it may use anything.",
            ),
            Field::optional(
                "ou",
                Shape::Leaf(&UNIT),
                "The organizational unit that service control policies are written for; never the root.",
            ),
            Field::required(
                "region",
                Shape::Leaf(&REGION),
                "Where things are made unless a cell or product says otherwise.",
            ),
            Field::optional(
                "provider",
                Shape::Choice(&["5", "6"]),
                "Major version of the Terraform provider `hashicorp/aws`; 6 unless said otherwise.",
            ),
        ],
    },
    cell: &Table {
        name: "AWS cell",
        doc: "One AWS account per cell.",
        fields: &[
            Field::required(
                "account",
                Shape::Leaf(&ACCOUNT),
                "The account's id, quoted, since it may start with a zero.",
            ),
            Field::optional(
                "region",
                Shape::Leaf(&REGION),
                "The cell's region, if it differs from the mesh's.",
            ),
        ],
    },
    identity: &Table {
        name: "AWS identity",
        doc: "How a group's people or workloads prove to AWS that they belong to it.",
        fields: &[
            Field::required(
                "idp",
                Shape::Leaf(&PROVIDER),
                "The identity provider in each account, as `saml-provider/NAME` or `oidc-provider/HOST`.",
            ),
            Field::required(
                "claim",
                Shape::Choice(CLAIM),
                "The claim that names the group.",
            ),
            Field::required("value", CLAIM_VALUE, "The claim's value for this group."),
        ],
    },
    short_identity: None,
    existing: &Table {
        name: "existing AWS things",
        doc: "Things that were there before meshc and stay outside it.",
        fields: &[Field::optional(
            "key",
            Shape::Leaf(&KEY_ARN),
            "The KMS key that encrypts the product, by ARN; its policy stays its owner's.",
        )],
    },
};
