//! Azure: subscriptions, locations, and Entra ID object ids.

use super::{CloudTables, check_chars, check_guid, leaf};
use crate::blueprint::schema::{Field, Leaf, Shape, Table};

const TENANT: Leaf = leaf(
    "a tenant id",
    "72f988bf-86f1-41af-91ab-2d7cd011db47",
    "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
    check_guid,
);
const SUBSCRIPTION: Leaf = leaf(
    "a subscription id",
    "00000000-1111-2222-3333-444444444444",
    "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
    check_guid,
);
const OBJECT: Leaf = leaf(
    "an Entra ID object id",
    "9f2e0c1a-7b1d-4c55-8f3e-2d6a1b0c9e8f",
    "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
    check_guid,
);

// Azure docs "Naming rules": 1-90 letters, digits, `-`, `_`, `(`, `)`, `.`, not ending with `.`.
const MANAGEMENT_GROUP: Leaf = leaf(
    "a management group id",
    "acme-mesh",
    "^[A-Za-z0-9._()-]{0,89}[A-Za-z0-9_()-]$",
    |text| {
        check_chars(
            text,
            1,
            90,
            |c| c.is_ascii_alphanumeric() || "-_().".contains(c),
            "letters, digits, `-`, `_`, `(`, `)` and `.`",
        )?;
        if text.ends_with('.') {
            Err("it does not end with a dot".to_owned())
        } else {
            Ok(())
        }
    },
);

const LOCATION: Leaf = leaf("an Azure location", "westeurope", "^[a-z0-9]+$", |text| {
    check_chars(
        text,
        3,
        40,
        |c| c.is_ascii_lowercase() || c.is_ascii_digit(),
        "lower-case letters and digits, as `westeurope`",
    )
});

// Azure docs "Naming rules": resource groups 1-90, virtual networks 2-64, subnets 1-80 characters.
const SUBNET: Leaf = leaf(
    "a subnet's id",
    "/subscriptions/00000000-1111-2222-3333-444444444444/resourceGroups/network/providers/Microsoft.Network/virtualNetworks/hub/subnets/data",
    "^/subscriptions/[0-9a-f-]{36}/resourceGroups/[A-Za-z0-9._()-]{1,90}/providers/Microsoft\\.Network/virtualNetworks/[A-Za-z0-9._-]{2,64}/subnets/[A-Za-z0-9._-]{1,80}$",
    |text| {
        const FORM: &str = "it looks like `/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.Network/virtualNetworks/NETWORK/subnets/SUBNET`";
        let (group, rest) = text
            .split_once("/providers/Microsoft.Network/virtualNetworks/")
            .ok_or(FORM)?;
        check_group(group)?;
        let (network, subnet) = rest.split_once("/subnets/").ok_or(FORM)?;
        for (part, least, most) in [(network, 2, 64), (subnet, 1, 80)] {
            check_chars(
                part,
                least,
                most,
                |c| c.is_ascii_alphanumeric() || "-_.".contains(c),
                "letters, digits, `-`, `_` and `.` in names of networks and subnets",
            )?;
        }
        Ok(())
    },
);

const RESOURCE_GROUP: Leaf = leaf(
    "a resource group's id",
    "/subscriptions/00000000-1111-2222-3333-444444444444/resourceGroups/dns",
    "^/subscriptions/[0-9a-f-]{36}/resourceGroups/[A-Za-z0-9._()-]{1,90}$",
    check_group,
);

fn check_group(text: &str) -> Result<(), String> {
    let (subscription, group) = text
        .strip_prefix("/subscriptions/")
        .and_then(|rest| rest.split_once("/resourceGroups/"))
        .ok_or("it starts with `/subscriptions/ID/resourceGroups/GROUP`")?;
    check_guid(subscription)?;
    check_chars(
        group,
        1,
        90,
        |c| c.is_ascii_alphanumeric() || "-_().".contains(c),
        "letters, digits, `-`, `_`, `(`, `)` and `.` in a resource group's name",
    )
}

const KEY_ID: Leaf = leaf(
    "a Key Vault key id",
    "https://acme-kv.vault.azure.net/keys/support",
    "^https://[a-z0-9-]{3,24}\\.vault\\.azure\\.net/keys/[A-Za-z0-9-]{1,127}$",
    |text| {
        let rest = text
            .strip_prefix("https://")
            .ok_or("it starts with `https://`")?;
        let (vault, key) = rest
            .split_once(".vault.azure.net/keys/")
            .ok_or("it looks like `https://VAULT.vault.azure.net/keys/KEY`, without a version")?;
        check_chars(
            vault,
            3,
            24,
            |c| c.is_ascii_alphanumeric() || c == '-',
            "letters, digits and `-` in the vault's name",
        )?;
        check_chars(
            key,
            1,
            127,
            |c| c.is_ascii_alphanumeric() || c == '-',
            "letters, digits and `-` in the key's name",
        )
    },
);

pub(super) const TABLES: CloudTables = CloudTables {
    mesh: &Table {
        name: "Azure settings",
        doc: "What the whole mesh needs to know about Azure.",
        fields: &[
            Field::required("tenant", Shape::Leaf(&TENANT), "The Entra ID tenant."),
            Field::required(
                "management-group",
                Shape::Leaf(&MANAGEMENT_GROUP),
                "The management group above every subscription of the mesh; policies and roles are defined there.",
            ),
            Field::required(
                "location",
                Shape::Leaf(&LOCATION),
                "Where things are made unless a cell or product says otherwise.",
            ),
            Field::optional(
                "provider",
                Shape::Choice(&["4"]),
                "Major version of the Terraform provider `hashicorp/azurerm`.",
            ),
        ],
    },
    cell: &Table {
        name: "Azure cell",
        doc: "One subscription per cell.",
        fields: &[
            Field::required(
                "subscription",
                Shape::Leaf(&SUBSCRIPTION),
                "The subscription's id.",
            ),
            Field::optional(
                "location",
                Shape::Leaf(&LOCATION),
                "The cell's location, if it differs from the mesh's.",
            ),
            Field::optional(
                "subnet",
                Shape::Leaf(&SUBNET),
                "The subnet in which private endpoints are made; without it whoever runs the network makes them.",
            ),
            Field::optional(
                "dns-zones",
                Shape::Leaf(&RESOURCE_GROUP),
                "The resource group of the private DNS zones (`privatelink.…`) in which endpoints are entered.",
            ),
        ],
    },
    identity: &Table {
        name: "Azure identity",
        doc: "A group's object in Entra ID.",
        fields: &[
            Field::required(
                "object-id",
                Shape::Leaf(&OBJECT),
                "The object id of the group or service principal.",
            ),
            Field::optional(
                "type",
                Shape::Choice(&["group", "service-principal"]),
                "What the object is; a group for people, a service principal for workloads unless said otherwise.",
            ),
        ],
    },
    short_identity: Some((&OBJECT, "object-id")),
    existing: &Table {
        name: "existing Azure things",
        doc: "Things that were there before meshc and stay outside it.",
        fields: &[Field::optional(
            "key",
            Shape::Leaf(&KEY_ID),
            "The Key Vault key that encrypts the product, by id without version.",
        )],
    },
};
